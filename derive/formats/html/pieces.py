r"""Where a browser may break a formula: before a sign, and in a long product between two factors.

A page does not know how wide it will be shown, so a formula is written as pieces, each a ``<math>``
of its own, and wraps like words do. Nothing inside brackets, braces, fractions or roots is divided.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.syntax.write_latex import width

__all__ = ["INFIX", "entries", "pieces", "statements"]

_TOKEN = re.compile(r"\\(?:begin|end)\{\w+\*?\}|\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
SIDES = [("{", "}"), ("(", ")"), ("[", "]"), (r"\{", r"\}"), (r"\left", r"\right"),
         (r"\lfloor", r"\rfloor"), (r"\lceil", r"\rceil"), (r"\lvert", r"\rvert"),
         (r"\lVert", r"\rVert"), (r"\langle", r"\rangle")]
OPENING, CLOSING = map(frozenset, zip(*SIDES, strict=True))
FENCES = frozenset([r"\left", r"\right"])       # what is behind them is no bracket of its own
SIGNS = frozenset(["+", "-", r"\pm", r"\odot", r"\oplus", r"\otimes", r"\times"])
RELATIONS = frozenset(["=", "<", ">", r"\approx", r"\le", r"\ge", r"\in", r"\to", r"\mapsto"])
# behind these a sign belongs to what follows it
NO_OPERANDS = SIGNS | RELATIONS | frozenset(["", ",", r"\cdot", r"\quad", r"\qquad"])
_MATRIX_ENDS = re.compile(r"\\end\{\w*matrix\}(?:\^\{?\\top\}?)?\s*\Z")
_LETTER = re.compile(r"[A-Za-z]|\\(?:operatorname|mathbf|boldsymbol|psi|phi|sigma|delta)\b")
SPACE = "\\ "
INFIX = "{} "       # a sign at the start of a piece still stands between two operands
LONG = 18.0         # em of a product that a telephone has no room for


def pieces(latex: str) -> list[str]:
    """Divide a formula; the pieces after the first begin with their sign."""
    return [piece for term in _divided(latex, _is_sign)
            for piece in (_factors(term) if width(term) > LONG else [term])]


def _factors(latex: str) -> list[str]:
    """Divide a product; where it is broken a dot shows that it goes on."""
    first, *others = _divided(latex, _is_factor)
    return [first, *(rf"{INFIX}\cdot {factor}" for factor in others)]


def entries(latex: str) -> list[str]:
    """Divide a list at the spaces behind its commas, which are left out."""
    return [entry.removeprefix(SPACE).strip() for entry in _divided(latex, _is_space)]


def statements(latex: str) -> list[str]:
    """Divide a chain of equations before its relations."""
    return _divided(latex, _is_relation)


def _divided(latex: str, breaks: Callable[[str, str, str], bool]) -> list[str]:
    """Divide at the tokens outside all brackets before which *breaks* allows it."""
    found, before, depth = [""], "", 0
    for token in _tokens(latex.removeprefix(INFIX)):
        if depth == 0 and breaks(token, before, found[-1]):
            found.append(INFIX if token in SIGNS | RELATIONS else "")
        depth += _step(token)
        found[-1] += token
        before = before if token.isspace() else token
    first = INFIX if latex.startswith(INFIX) else ""
    return [first + found[0].strip(), *(piece.rstrip() for piece in found[1:])]


def _tokens(latex: str) -> list[str]:
    r"""Return the tokens, a fence and its delimiter as one."""
    found: list[str] = []
    for token in _TOKEN.findall(latex):
        if found and found[-1] in FENCES:
            found[-1] += token
        else:
            found.append(token)
    return found


def _step(token: str) -> int:
    """Tell how many levels deeper the next token stands."""
    opens = token in OPENING or token.startswith((r"\begin{", r"\left"))
    closes = token in CLOSING or token.startswith((r"\end{", r"\right"))
    return (opens and not token.startswith(r"\leftarrow")) - (
        closes and not token.startswith(r"\rightarrow"))


def _is_sign(token: str, before: str, piece: str) -> bool:
    """True for a sign between two operands."""
    return token in SIGNS and before not in NO_OPERANDS and bool(piece.strip())


def _is_space(token: str, before: str, piece: str) -> bool:
    return token == SPACE and before == ","


def _is_relation(token: str, before: str, piece: str) -> bool:
    return token in RELATIONS and bool(piece.strip())


def _is_factor(token: str, before: str, piece: str) -> bool:
    """True for a matrix behind a matrix, and for a letter or a name behind a bracket."""
    if token.startswith(r"\begin{"):
        return bool(_MATRIX_ENDS.search(piece))
    return before.endswith(")") and bool(_LETTER.match(token))
