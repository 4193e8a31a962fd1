r"""Where a browser may break a formula: before a sign, and in a long product between two factors.

A page does not know how wide it will be shown, so a formula is written as pieces, each a ``<math>``
of its own, and wraps like words do. What a telephone has no room for otherwise is divided inside a
bracket too, before a sign; nothing inside braces, fractions or roots is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derive.syntax.write_latex import width

__all__ = ["GOES_ON", "INFIX", "entries", "pieces", "statements"]

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
_LETTER = re.compile(r"[A-Za-z]|\\(?:operatorname|mathbf|boldsymbol|psi|phi|sigma|delta|d?frac)\b")
SPACES = ("\\ ", r"\quad", r"\qquad")
INFIX = "{} "       # a sign at the start of a piece still stands between two operands
GOES_ON = "{}\\cdot "    # a factor that has a dot before it on narrow pages only
NARROW = 13.0       # em that a telephone has room for
LONG = 18.0         # em of a product that may be broken on any page
# brackets that may be open at the end of a line
OPEN = {"(": "", "[": "", r"\{": "", r"\left(": r"\right.", r"\left[": r"\right.",
        r"\left\{": r"\right."}
_TABLE = re.compile(r"\\begin\{\w*matrix\}.*?\\end\{\w*matrix\}", re.DOTALL)


def pieces(latex: str) -> list[str]:
    """Divide a formula; the pieces after the first begin with their sign."""
    return [piece for term in _divided(latex, _is_sign) for factor in _narrow(term, _factors)
            for piece in _narrow(factor, _opened)]


def _narrow(latex: str, divide: Callable[[str], list[str]]) -> list[str]:
    return divide(latex) if width(latex) > NARROW else [latex]


def _factors(latex: str) -> list[str]:
    """Divide a product; where it is broken a dot shows that it goes on."""
    first, *others = _divided(latex, _is_factor)
    dot = rf"{INFIX}\cdot " if width(latex) > LONG else GOES_ON
    return [first, *(dot + factor for factor in others)]


def _opened(latex: str) -> list[str]:
    r"""Divide inside the widest bracket, at the signs or commas that stand in it.

    The first piece ends like ``\left( a \right.``, the last one begins like ``\left. + b \right)``.
    """
    tokens = _tokens(latex)
    found = max(_brackets(tokens), default=None,
                key=lambda pair: width("".join(tokens[pair[0] + 1:pair[1]])))
    if found is None:
        return [latex]
    start, end = found
    first, *others = _inside("".join(tokens[start + 1:end]))
    if not others or (OPEN[tokens[start]] and len({*map(_height, (first, *others))}) > 1):
        return [latex]
    head, tail = "".join(tokens[:start + 1]), "".join(tokens[end:])
    again = r"\left. " if OPEN[tokens[start]] else ""
    return [f"{head}{first}{OPEN[tokens[start]]}", *others[:-1], f"{again}{others[-1]}{tail}"]


def _inside(latex: str) -> list[str]:
    """Divide what stands in a bracket: at commas, at signs, or in a bracket within it."""
    ways = (_divided(latex, _is_behind_comma), _divided(latex, _is_sign))
    return next((way for way in ways if len(way) > 1), None) or _opened(latex)


def _brackets(tokens: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where the outermost brackets open and close."""
    depth, start = 0, 0
    for k, token in enumerate(tokens):
        step = _step(token)
        if depth == 0 and step > 0:
            start = k
        depth += step
        if depth == 0 and step < 0 and tokens[start] in OPEN:
            yield start, k


def _height(latex: str) -> tuple[int, bool]:
    """Tell terms of one height, for which both halves of a bracket grow alike."""
    tables = _TABLE.findall(latex)
    return max((table.count(r"\\") for table in tables), default=0), "frac" in latex


def entries(latex: str) -> list[str]:
    """Divide a list at the spaces behind its commas, which are left out."""
    return [_bare(entry) for entry in _divided(latex, _is_space)]


def _bare(entry: str) -> str:
    space = next((space for space in SPACES if entry.startswith(space)), "")
    return entry.removeprefix(space).strip()


def statements(latex: str) -> list[str]:
    """Divide a chain of equations before its relations."""
    return _divided(latex, _is_relation)


def _divided(latex: str, breaks: Callable[[str, str, str], bool]) -> list[str]:
    """Divide at the tokens outside all brackets before which *breaks* allows it."""
    found, before, depth = [""], "", 0
    for token in _tokens(latex.removeprefix(INFIX)):
        if depth == 0 and breaks(token, before, found[-1]):
            is_between = token in SIGNS | RELATIONS and before not in NO_OPERANDS
            found.append(INFIX if is_between else "")
        depth = max(0, depth + _step(token))    # a line may close what one before it opened
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
    return token in SPACES and before == ","


def _is_behind_comma(token: str, before: str, piece: str) -> bool:
    return before == "," and not token.isspace() and bool(piece.strip())


def _is_relation(token: str, before: str, piece: str) -> bool:
    return token in RELATIONS and bool(piece.strip())


def _is_factor(token: str, before: str, piece: str) -> bool:
    """True behind a matrix or a factor with a brace, and for a letter or name behind a bracket."""
    if token.startswith(r"\begin{") or token in OPEN:
        return bool(_MATRIX_ENDS.search(piece))
    if token == r"\underbrace":
        return before == "}" and token in piece
    return before.endswith(")") and bool(_LETTER.match(token))
