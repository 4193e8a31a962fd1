r"""Which mathematics in an author's text may pass to the page as it is.

A small grammar of what draws symbols, accents, scripts, roots, fractions and matrices; whatever it
cannot read is refused, so nothing gets through that stops the typesetting or does more than print.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import ascii_letters, digits

__all__ = ["LONGEST_DISPLAY", "MATH_CHARACTERS", "harmless", "mathematics", "unknown",
           "with_commands"]

LONGEST = 400
LONGEST_DISPLAY = 3000
DEEPEST = 12
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)

_BLANK_IN_NAME = re.compile(r"\\(?:begin|end) *\{[^}]* ")

_SYMBOLS = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu
    nu xi pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma
    Upsilon Phi Psi Omega top partial nabla infty cdot cdots ldots vdots ddots times odot otimes
    oplus oslash le leq ge geq ne neq approx sim equiv propto in notin subset cup cap forall exists
    to mapsto rightarrow leftarrow longrightarrow leftrightarrow Rightarrow Leftarrow
    Leftrightarrow implies iff subseteq supset supseteq setminus emptyset wedge vee lor land neg bot
    ll gg simeq cong colon dots uparrow downarrow hbar Re Im pm mp circ ast star prime ell sum
    prod int lvert rvert lVert rVert langle rangle lfloor rfloor lceil rceil mid parallel perp quad
    qquad sin cos tan sinh cosh tanh arctan log ln exp max min det arg sup inf lim Pr dim ker deg
    bmod surd varrho varsigma varpi varnothing aleph intercal div bullet dagger ddagger diamond prec
    preceq succ succeq triangleq doteq asymp models , ; : ! { } | % # _ &"""
GREEK = frozenset(f"\\{name}" for name in _SYMBOLS.split()[:_SYMBOLS.split().index("top")])
_WITH_ONE = """sqrt bar hat tilde vec dot ddot widehat widetilde mathbf mathrm mathbb mathcal
    mathit mathsf mathtt boldsymbol operatorname check breve acute grave overline underline
    underbrace overbrace boxed xrightarrow"""
# command -> how many groups it takes
GROUPS = {
    **dict.fromkeys(_SYMBOLS.split(), 0), **dict.fromkeys(_WITH_ONE.split(), 1),
    **dict.fromkeys(("frac", "tfrac", "dfrac", "binom", "stackrel", "overset", "underset"), 2),
}
DELIMITERS = frozenset([*"()[]|./", r"\{", r"\}", r"\|", r"\lvert", r"\rvert", r"\lVert", r"\rVert",
                        r"\langle", r"\rangle"])
PLAIN = frozenset(ascii_letters + digits + "+-*/=<>()[]|,.;:!? ")
# environment -> the most columns a row may have
ENVIRONMENTS = {**dict.fromkeys(("matrix", "bmatrix", "pmatrix", "vmatrix", "Vmatrix", "Bmatrix",
                                 "smallmatrix", "aligned"), 20), "cases": 2, "gathered": 1}
# commands TeX takes as a script without braces
SCRIPTABLE = frozenset(rf"\{name}" for name in (
    "top", "infty", "ast", "star", "prime", "circ", "ell", "partial", "ldots"))

_LOWER = "αβγδεζηθικλμνξπρστυφχψω"
_LOWER_NAMES = _SYMBOLS.replace("varepsilon ", "").replace("vartheta ", "").replace("varphi ", "")
# characters people type for mathematics, and the commands that draw them
MATH_CHARACTERS: dict[str, str] = {
    **{c: f"\\{name}" for c, name in zip(_LOWER, _LOWER_NAMES.split(), strict=False)},
    **{c: f"\\{name}" for c, name in zip("ΓΔΘΛΞΠΣΥΦΨΩ", (
        "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega"),
        strict=True)},
    "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "·": r"\cdot", "⋅": r"\cdot", "×": r"\times",
    "⊙": r"\odot", "⊗": r"\otimes", "⊕": r"\oplus", "≤": r"\le", "≥": r"\ge", "≠": r"\ne",
    "≈": r"\approx", "∼": r"\sim", "≡": r"\equiv", "∝": r"\propto", "∈": r"\in", "∉": r"\notin",
    "∀": r"\forall", "∃": r"\exists", "→": r"\to", "↦": r"\mapsto", "←": r"\leftarrow",
    "⇒": r"\Rightarrow", "⇔": r"\iff", "±": r"\pm", "∘": r"\circ", "∑": r"\sum", "∏": r"\prod",
    "∫": r"\int", "−": "-", "⊤": r"\top", "ℓ": r"\ell", "ℝ": r"\mathbb{R}", "…": r"\ldots",
    "⋯": r"\cdots", "√": r"\surd", "‖": r"\|", "ϕ": r"\phi", "ϵ": r"\epsilon", "∗": r"\ast",
    **{c: f"^{{{n}}}" for n, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "ᵀ": r"^{\top}",
    **{c: f"_{{{n}}}" for n, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}, "ₜ": "_{t}", "′": "'",
}


_MATHEMATICS = re.compile(r"(?<!\\)(?:\$\$(?P<display>(?:[^$\\]|\\.)+?)\$\$"
                          r"|\$(?=\S)(?P<inline>(?:[^$\\]|\\.)+?)(?<=\S)\$(?!\d))", re.DOTALL)


def mathematics(text: str, start: int = 0) -> Iterator[re.Match[str]]:
    """Yield what stands between dollars: in two of them as ``display``, else as ``inline``."""
    return _MATHEMATICS.finditer(text, start)


def unknown(latex: str) -> str:
    """Return the first command that is not known, if that is what is wrong."""
    commands = (token for token in _TOKEN.findall(latex) if token.startswith("\\"))
    return next((c for c in commands if c not in KNOWN), "")


def harmless(latex: str, longest: int = LONGEST) -> str | None:
    """Return mathematics ready to be printed, or None where it is not all known to be harmless."""
    latex = with_commands(latex)
    if not latex or len(latex) > longest or _BLANK_IN_NAME.search(latex):
        return None
    reader = _Reader([token for token in _TOKEN.findall(latex) if not token.isspace()])
    return latex if reader.sequence("", 0) else None


def with_commands(latex: str) -> str:
    """Return mathematics with commands for the characters people type: θ is \\theta."""
    for character, command in MATH_CHARACTERS.items():
        if character in latex:
            latex = latex.replace(character, f"{command} " if command[-1].isalpha() else command)
    return " ".join(latex.split())


class _Reader:
    """Reads tokens from the left to the right; every method returns whether they were all right."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def sequence(self, end: str, depth: int) -> bool:
        """Read up to the token *end* and over it."""
        while self.peek() != end:
            if not self.peek() or depth > DEEPEST or not self.item(depth):
                return False
        self.take()
        return True

    def item(self, depth: int) -> bool:
        """Read one symbol with its scripts: at most one below and one above."""
        if not self.atom(depth):
            return False
        seen = self.primes()
        while self.peek() in ("_", "^"):
            sign = self.take()
            if sign in seen or not self.script(depth):
                return False
            seen.append(sign)
        return True

    def script(self, depth: int) -> bool:
        token = self.peek()
        bare = not token.startswith("\\") or token in SCRIPTABLE or token in GREEK
        return bare and self.atom(depth)

    def primes(self) -> list[str]:
        found = self.peek() == "'"
        while self.peek() == "'":
            self.take()
        return ["^"] if found else []

    def atom(self, depth: int) -> bool:
        token = self.take()
        if token.startswith("\\"):
            read = READERS.get(token)
            return read(self, depth) if read else self.groups(GROUPS.get(token[1:], -1), depth)
        return self.sequence("}", depth + 1) if token == "{" else token in PLAIN

    def groups(self, count: int, depth: int) -> bool:
        """Read the groups a command takes; a command that is not known takes -1."""
        return count >= 0 and all(
            self.take() == "{" and self.sequence("}", depth + 1) for _ in range(count))

    def words(self, depth: int) -> bool:
        """Read a group of letters, where mathematics would be a mistake."""
        if self.take() != "{":
            return False
        while self.peek() in PLAIN or self.peek() == "'":
            self.take()
        return self.take() == "}"

    def environment(self, depth: int) -> bool:
        """Read rows of cells up to the end of the environment."""
        name = self.name()
        columns, most = 1, ENVIRONMENTS.get(name, 0)
        while most and depth <= DEEPEST and self.peek() not in (r"\end", ""):
            if self.peek() in ("&", r"\\"):
                columns = columns + 1 if self.take() == "&" else 1
                # TeX takes a bracket or a star after a row for an argument
                if columns > most or (columns == 1 and self.peek() in ("[", "*")):
                    return False
            elif not self.item(depth + 1):
                return False
        return self.take() == r"\end" and self.name() == name

    def name(self) -> str:
        """Read the name of an environment in its braces."""
        letters = []
        while self.take() != "}" and self.at <= len(self.tokens):
            letters.append(self.tokens[self.at - 1])
        return "".join(letters).removeprefix("{")

    def fenced(self, depth: int) -> bool:
        return (self.take() in DELIMITERS and self.sequence(r"\right", depth + 1)
                and self.take() in DELIMITERS)


READERS: dict[str, Callable[[_Reader, int], bool]] = {
    r"\left": _Reader.fenced, r"\text": _Reader.words, r"\begin": _Reader.environment,
}
KNOWN = {*(f"\\{name}" for name in GROUPS), *READERS, r"\right", r"\end", r"\\"}
