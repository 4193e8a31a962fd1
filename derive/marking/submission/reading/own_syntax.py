"""Lines in the syntax of question files: ``dL/dW = sum(outer(dL/dz[t], x[t]), t)``.

They are read as an answer to `derive check` is. Where a side cannot be read like that, the line is
left to those who read what people type.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from derive.errors import DeriveError, Place
from derive.expr.nodes import Expr
from derive.marking.submission.claims import Side, Statement
from derive.marking.submission.limits import too_much
from derive.marking.texts import LONGEST, answer_scope
from derive.ops import OPS
from derive.question.binder import Binder
from derive.question.elaborate import FUNCTIONS, elaborate
from derive.question.latex.functions import WORDS
from derive.question.source import Scalar
from derive.syntax.read_latex.documents import Piece
from derive.syntax.read_latex.tree import Span

__all__ = ["CALL", "own_statement"]

# with an index behind a comma they are sums, and no function of entries
OVER_INDICES = ("sum", "mean", "prod")
_NAMES = {name for name in (*OPS, *FUNCTIONS) if name.isidentifier() and (
    name not in WORDS or "_" in name or name in OVER_INDICES)}
# a call of what nobody but these files calls so
CALL = re.compile(rf"(?<![\w\\])(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})(?=\()")
SIGNS = "=≈"
PLACE = Place("submission", 1, 1)


def own_statement(piece: Piece, line: str, at: int, binder: Binder) -> Statement | None:
    """Return a line that calls functions by their names in question files; None for others.

    at: where the line stands in the document.
    """
    if len(line) > LONGEST or CALL.search(line) is None:
        return None
    spans = list(_sides(line))
    apart = _apart(binder)
    found = [_side(line, span, at, piece, apart) for span in spans]
    sides = tuple(side for side in found if side is not None)
    if len(sides) < 2 or len(sides) < len(spans):
        return None
    relations = tuple(_sign(line, one, other) for one, other in pairwise(spans))
    return Statement(sides, relations)


def _sign(line: str, one: Span, other: Span) -> str:
    return "≈" if "≈" in line[one[1]:other[0]] else "="


def _sides(line: str) -> Iterator[Span]:
    """Yield what stands between the signs of a chain; those inside of brackets are settings."""
    depth, first = 0, 0
    for at, sign in enumerate(line):
        depth += (sign in "([") - (sign in ")]")
        if sign in SIGNS and not depth:
            yield _stripped(line, first, at)
            first = at + 1
    yield _stripped(line, first, len(line))


def _stripped(line: str, first: int, end: int) -> Span:
    piece = line[first:end]
    lead = len(piece) - len(piece.lstrip())
    return first + lead, max(first + lead, first + len(piece.rstrip()))


def _apart(binder: Binder) -> Binder:
    """Return a reader that leaves no trace of one submission for the next."""
    scope = binder.scope
    own = replace(scope, gradients=dict(scope.gradients), expressions=dict(scope.expressions),
                  errors=[], warnings=[])
    return replace(binder, model=replace(binder.model, scope=own), used=set())


def _side(line: str, span: Span, at: int, piece: Piece, binder: Binder) -> Side | None:
    text = line[slice(*span)]
    expr = _read(text, binder)
    if expr is None:
        return None
    fault = too_much(expr)
    return Side(text, (at + span[0], at + span[1]), None if fault else expr, fault,
                source=piece.text)


def _read(text: str, binder: Binder) -> Expr | None:
    """Return what a text means; None where it is none, or differentiates what has no name."""
    before = len(binder.scope.expressions)
    try:
        tree, source = binder.parsed(Scalar(text, PLACE, "", PLACE))
        if isinstance(tree, ast.Tuple):
            return None
        found = elaborate(tree, answer_scope(tree, binder.scope), source)
    except (DeriveError, RecursionError, OverflowError):
        return None
    return found if len(binder.scope.expressions) == before else None
