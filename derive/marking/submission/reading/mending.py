r"""What can still be read of a formula that cannot be read as a whole.

A brace that was lost is put in, or taken out; then the lines are read one by one, then what stands
in a line with a wide gap between, then the sides of one formula. Every character keeps its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from derive.syntax.read_latex.commands import ALIGNED, RELATIONS
from derive.syntax.read_latex.tree import Span

__all__ = ["apart", "balanced", "lines", "sides"]

_MARK = re.compile(r"\\begin\s*\{(?P<begin>[a-z*]+)\}|\\end\s*\{(?P<end>[a-z*]+)\}"
                   r"|(?P<line>\\\\\*?)|(?P<gap>[,;]?\s*(?:\\q?quad(?![A-Za-z])\s*)+)"
                   r"|\\(?:[A-Za-z]+|.)|[{}=<>≈≤≥]", re.DOTALL)
_GOES_ON = re.compile(r"(?:[&\s]|\\quad|\{\})*(?:[-+*/]|\\(?:cdot|times|odot)\b)")
# words that join two formulas; behind others stands for what the first is said
_JOINS = re.compile(r"(?!\\text|\\mathrm|\\mbox)|\\(?:text|mathrm|mbox)\s*\{\s*"
                    r"(?:and|so|hence|thus|then|therefore|with|und|also|mit)\b")
KEEPS_RELATIONS = re.compile(r"(?:[_^]|\\(?:text|boxed|underset|overset|fbox|mathop)\s*)\s*$")


def balanced(text: str) -> str:
    r"""Return a text of the same length whose braces match, so far as there is room for them.

    A brace that is open where a relation stands is closed in front of it; one that closes nothing
    is taken out.
    """
    out = list(text)
    opened: list[int] = []
    for mark in _MARK.finditer(text):
        sign, at = mark[0], mark.start()
        if sign == "{":
            opened.append(at)
        elif sign == "}":
            if opened:
                opened.pop()
            else:
                out[at] = " "
        elif sign in RELATIONS or mark["line"]:
            _close(out, opened, at)
    _close(out, opened, len(text))
    return "".join(out)


def _close(out: list[str], opened: list[int], at: int) -> None:
    """Close what was opened in front of a relation, but for what may hold one."""
    room = at
    while opened and room and out[room - 1] in " \n" and not _holds_relations(out, opened[-1]):
        room -= 1
        out[room] = "}"
        opened.pop()


def _holds_relations(out: list[str], brace: int) -> bool:
    return bool(KEEPS_RELATIONS.search("".join(out[max(0, brace - 12):brace])))


def lines(text: str) -> list[Span]:
    """Return the lines of a display: what a line break parts outside of a matrix.

    One that begins with an operator goes on with the line before.
    """
    cuts = [m for m, depth in _marks(text) if not depth and m["line"]
            and not _GOES_ON.match(text, m.end())]
    return _between(text, cuts)


def apart(text: str) -> list[Span]:
    r"""Return the formulas of a line that wide gaps part: \lambda = 1 \pm i, \qquad \|W\| = 2."""
    cuts = [m for m, depth in _marks(text) if not depth and m["gap"] and _JOINS.match(
        text, m.end())]
    found = _between(text, cuts)
    return found if all(len(sides(text[a:b])[0]) > 1 for a, b in found) else [(0, len(text))]


def sides(text: str) -> tuple[list[Span], list[str]]:
    """Return the sides of a line, and the relations between them."""
    cuts = [m for m, depth in _marks(text) if not depth and m[0] in RELATIONS]
    return _between(text, cuts), [RELATIONS[m[0]] for m in cuts]


def _between(text: str, cuts: list[re.Match[str]]) -> list[Span]:
    ends = [(0, 0), *(m.span() for m in cuts), (len(text), len(text))]
    return [(before[1], after[0]) for before, after in pairwise(ends)]


def _marks(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield the signs of a text, with how deep in braces and matrices they stand."""
    depth = 0
    for mark in _MARK.finditer(text):
        closes = mark[0] == "}" or (mark["end"] is not None and mark["end"] not in ALIGNED)
        depth = max(0, depth - closes)
        yield mark, depth
        depth += mark[0] == "{" or (mark["begin"] is not None and mark["begin"] not in ALIGNED)
