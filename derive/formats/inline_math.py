r"""Which mathematics in an author's text may pass to the page as it is.

A small grammar of what draws symbols, accents, scripts, roots and fractions; whatever it cannot
read is refused, so nothing gets through that stops the typesetting or does more than print.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from string import ascii_letters, digits

__all__ = ["MATH_CHARACTERS", "harmless"]

LONGEST = 400
DEEPEST = 12
_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)

_SYMBOLS = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu
    nu xi pi rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma
    Upsilon Phi Psi Omega top partial nabla infty cdot cdots ldots vdots ddots times odot otimes
    oplus oslash le leq ge geq ne neq approx sim equiv propto in notin subset cup cap forall exists
    to mapsto rightarrow leftarrow Rightarrow implies iff pm mp circ ast star prime ell sum prod int
    lvert rvert lVert rVert langle rangle lfloor rfloor lceil rceil mid parallel perp quad qquad
    sin cos tan sinh cosh tanh arctan log ln exp max min det arg sup inf lim surd , ; : ! { } |"""
GREEK = frozenset(f"\\{name}" for name in _SYMBOLS.split()[:_SYMBOLS.split().index("top")])
_WITH_ONE = """sqrt bar hat tilde vec dot ddot mathbf mathrm mathbb mathcal mathit boldsymbol
    operatorname overline underline"""
# command -> how many groups it takes
GROUPS = {
    **dict.fromkeys(_SYMBOLS.split(), 0), **dict.fromkeys(_WITH_ONE.split(), 1),
    "frac": 2, "tfrac": 2,
}
DELIMITERS = frozenset([*"()[]|./", r"\{", r"\}", r"\|", r"\lvert", r"\rvert", r"\lVert", r"\rVert",
                        r"\langle", r"\rangle"])
PLAIN = frozenset(ascii_letters + digits + "+-*/=<>()[]|,.;:!? ")
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
    "⋯": r"\cdots", "√": r"\surd", "ϕ": r"\phi", "ϵ": r"\epsilon", "∗": r"\ast",
    **{c: f"^{{{n}}}" for n, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "ᵀ": r"^{\top}",
    **{c: f"_{{{n}}}" for n, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}, "ₜ": "_{t}", "′": "'",
}


def harmless(latex: str) -> str | None:
    """Return mathematics ready to be printed, or None where it is not all known to be harmless."""
    for character, command in MATH_CHARACTERS.items():
        if character in latex:
            latex = latex.replace(character, f"{command} " if command[-1].isalpha() else command)
    if not latex.strip() or len(latex) > LONGEST:
        return None
    reader = _Reader([token for token in _TOKEN.findall(latex) if not token.isspace()])
    return latex.strip() if reader.sequence("", 0) else None


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
        while self.peek() in PLAIN:
            self.take()
        return self.take() == "}"

    def fenced(self, depth: int) -> bool:
        return (self.take() in DELIMITERS and self.sequence(r"\right", depth + 1)
                and self.take() in DELIMITERS)


READERS: dict[str, Callable[[_Reader, int], bool]] = {
    r"\left": _Reader.fenced, r"\text": _Reader.words,
}
