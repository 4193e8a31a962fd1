r"""Inequalities of a submission: tried at the question's numbers, or at many drawn ones.

That one holds at all of them says that it is right; that it does not may be an assumption, which a
person judges. \tanh' \le 1 is said of a function: it is tried along its argument.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from derive.expr.nodes import Expr
from derive.marking.samples import places, value_of
from derive.marking.submission.claims import Side
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.reading.words import Words
from derive.syntax.read_latex.tree import Fenced, Name, Node, Numeral, Product, Scripted, Signed

__all__ = ["INEQUALITIES", "holds"]

INEQUALITIES: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "!=": np.not_equal}
ARGUMENTS = ("-6", "-2.5", "-1", "-0.3", "0", "0.2", "0.7", "1.5", "3", "7")
ROOM = 1e-9         # relative: what rounding may do to two sides that are equal
FINE = 1e-6         # what rounding may do to drawn numbers that are not large
LEAST = 1e-15       # what is left of 1 - tanh(9)^2
MOST = 60           # numbers at which an inequality is tried


def holds(marker: Marker, words: Words, left: Side, relation: str, right: Side) -> bool | None:
    """True where an inequality holds at all numbers tried; None where it cannot be tried."""
    found = [INEQUALITIES[relation](*_with_room(a, b, relation))
             for pair in _readings(words, left, right)
             for a, b in _values(marker, *pair, strict=not relation.endswith("="))]
    return all(map(np.all, found)) if found else None


def _with_room(a: Any, b: Any, relation: str) -> tuple[Any, Any]:
    """Let equal sides count where they may be equal."""
    room = ROOM * (np.abs(a) + np.abs(b)) + LEAST if relation.endswith("=") else 0.0
    if relation == "!=":
        return a, b
    return (a - room, b + room) if relation.startswith("<") else (a + room, b - room)


def _readings(words: Words, left: Side, right: Side) -> Iterator[tuple[Expr, Expr]]:
    """Yield both sides; a function without an argument is put at several."""
    if left.expr is not None and right.expr is not None:
        yield left.expr, right.expr
        return
    for argument in ARGUMENTS:
        pair = [side.expr or _put(words, side, argument) for side in (left, right)]
        if pair[0] is not None and pair[1] is not None:
            yield pair[0], pair[1]


def _put(words: Words, side: Side, argument: str) -> Expr | None:
    if side.node is None:
        return None
    made = _with_argument(side.node, Numeral(side.node.span, argument))
    return words.read(made, side.source)


def _with_argument(node: Node, argument: Node) -> Node:
    """Return a function, in bars perhaps, with an argument."""
    if isinstance(node, Fenced) and len(node.items) == 1:
        return replace(node, items=(_with_argument(node.items[0], argument),))
    if isinstance(node, Signed):
        return replace(node, arg=_with_argument(node.arg, argument))
    if isinstance(node, Product) and len(node.factors) == 2 and isinstance(
            node.factors[0], (Name, Scripted)) and isinstance(node.factors[1], Fenced):
        return _with_argument(node.factors[0], argument)    # of a letter that nothing has
    if isinstance(node, (Name, Scripted)):
        return Product(node.span, (node, Fenced(node.span, "(", (argument,))), ("",))
    return node


def _values(marker: Marker, left: Expr, right: Expr, strict: bool) -> Iterator[tuple[Any, Any]]:
    """Yield both sides; a strict one is not tried where a sigmoid is 1 to the last digit."""
    trials = [marker.judge.given] if marker.solver.numeric else [
        t for t, slack in marker.judge.drawn() if not strict or slack <= FINE]
    count = 0
    for trial in trials:
        for env in places(trial, (left, right)):
            try:
                with np.errstate(all="ignore"):
                    pair = value_of(trial, left, env), value_of(trial, right, env)
            except UNJUDGED:
                continue
            if all(np.all(np.isfinite(v)) for v in pair) and count < MOST:
                count += 1
                yield pair
