r"""Every sign and letter that a command or a character stands for: one entry each.

The kind is TeX's: \mid is a relation, | an ordinary symbol, \lvert opens.
"""

from __future__ import annotations

from string import ascii_letters

from derive.syntax.display.nodes import Classed, Kind, Letter, Name, Node, Row, Sign, Space

__all__ = ["DELIMITERS", "LARGE", "SYMBOLS"]

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "varrho": "ϱ", "varsigma": "ς", "varpi": "ϖ",
}
_CAPITALS = {
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}
_LETTERLIKE = {"partial": "∂", "ell": "ℓ", "hbar": "ℏ"}
_UPRIGHT = {"nabla": "∇", "infty": "∞", "Re": "ℜ", "Im": "ℑ", "emptyset": "∅",
            "varnothing": "∅", "aleph": "ℵ"}
_SIGNS: dict[Kind, dict[str, str]] = {
    "ord": {
        r"\top": "⊤", r"\bot": "⊥", r"\forall": "∀", r"\exists": "∃", r"\neg": "¬",
        r"\prime": "′", r"\surd": "√", r"\#": "#", r"\%": "%", r"\_": "_", r"\&": "&",
        r"\vdots": "⋮", r"\intercal": "⊺", r"\|": "‖", "|": "|", "/": "/", ".": ".",
    },
    "bin": {
        "+": "+", "-": "−", "*": "∗", r"\cdot": "⋅", r"\times": "×", r"\odot": "⊙",
        r"\otimes": "⊗", r"\oplus": "⊕", r"\oslash": "⊘", r"\cup": "∪", r"\cap": "∩",
        r"\setminus": "∖", r"\wedge": "∧", r"\vee": "∨", r"\land": "∧", r"\lor": "∨",
        r"\pm": "±", r"\mp": "∓", r"\circ": "∘", r"\ast": "∗", r"\star": "⋆", r"\bmod": "mod",
        r"\div": "÷", r"\bullet": "∙", r"\dagger": "†", r"\ddagger": "‡", r"\diamond": "⋄",
    },
    "rel": {
        "=": "=", "<": "<", ">": ">", ":": ":", r"\le": "≤", r"\leq": "≤", r"\ge": "≥",
        r"\geq": "≥", r"\ne": "≠", r"\neq": "≠", r"\approx": "≈", r"\sim": "∼", r"\equiv": "≡",
        r"\simeq": "≃", r"\cong": "≅", r"\propto": "∝", r"\in": "∈", r"\notin": "∉",
        r"\subset": "⊂", r"\subseteq": "⊆", r"\supset": "⊃", r"\supseteq": "⊇", r"\ll": "≪",
        r"\gg": "≫", r"\to": "→", r"\mapsto": "↦", r"\rightarrow": "→", r"\leftarrow": "←",
        r"\longrightarrow": "⟶", r"\leftrightarrow": "↔", r"\Rightarrow": "⇒",
        r"\Leftarrow": "⇐", r"\Leftrightarrow": "⇔", r"\uparrow": "↑", r"\downarrow": "↓",
        r"\mid": "∣", r"\parallel": "∥", r"\perp": "⟂",
        r"\prec": "≺", r"\preceq": "⪯", r"\succ": "≻", r"\succeq": "⪰", r"\triangleq": "≜",
        r"\doteq": "≐", r"\asymp": "≍", r"\models": "⊨",
    },
    "open": {"(": "(", "[": "[", r"\{": "{", r"\lvert": "|", r"\lVert": "‖", r"\langle": "⟨",
             r"\lfloor": "⌊", r"\lceil": "⌈"},
    "close": {")": ")", "]": "]", r"\}": "}", r"\rvert": "|", r"\rVert": "‖", r"\rangle": "⟩",
              r"\rfloor": "⌋", r"\rceil": "⌉", "!": "!", "?": "?"},
    "punct": {",": ",", ";": ";", r"\colon": ":"},
    "inner": {r"\ldots": "…", r"\dots": "…", r"\cdots": "⋯", r"\ddots": "⋱"},
    "op": {r"\sum": "∑", r"\prod": "∏", r"\int": "∫"},
}
# signs with their ends below and above in displays; the ends of an integral stand beside it
LARGE = frozenset("∑∏")
_NAMES = ("sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "log", "ln",
          "exp", "arg", "dim", "ker", "deg")
_WITH_LIMITS = ("max", "min", "sup", "inf", "lim", "det", "Pr")
_SPACES = {r"\,": 3 / 18, r"\:": 4 / 18, r"\;": 5 / 18, r"\!": -3 / 18, r"\ ": 1 / 3,
           r"\quad": 1.0, r"\qquad": 2.0}

# what may follow \left and \right: a full stop draws nothing
DELIMITERS: dict[str, str] = {
    **{command: sign for command, sign in (_SIGNS["open"] | _SIGNS["close"]).items()
       if sign not in "!?"},
    "|": "|", r"\|": "‖", "/": "/", ".": "",
}

def _roomy(sign: str) -> Node:
    """Return a relation with more space around it."""
    room = Space(5 / 18)
    return Classed(Row((room, Sign(sign, "rel"), room)), "rel")


SYMBOLS: dict[str, Node] = {
    **{letter: Letter(letter) for letter in ascii_letters},
    **{f"\\{name}": Letter(letter) for name, letter in (_GREEK | _LETTERLIKE).items()},
    **{f"\\{name}": Letter(letter, "upright") for name, letter in (_CAPITALS | _UPRIGHT).items()},
    **{command: Sign(sign, kind) for kind, signs in _SIGNS.items()
       for command, sign in signs.items()},
    **{f"\\{name}": Name(name) for name in _NAMES},
    **{f"\\{name}": Name(name, limits=True) for name in _WITH_LIMITS},
    r"\implies": _roomy("⟹"), r"\iff": _roomy("⟺"),
    **{command: Space(em) for command, em in _SPACES.items()},
}
