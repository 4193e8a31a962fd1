"""Kinks that cancel: max(x, 0) + log(1 + exp(-|x|)) is smooth at 0, and both its terms have a kink.

The convention at a kink is applied to each function by itself, so there the derivative that the
chain rule finds may not be that of the whole. Whether kinks cancel is seen from both sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Expr, Ref
from derive.expr.positions import assignments
from derive.expr.walk import at, refs, walk
from derive.numbers.reference import evaluate
from derive.ops import ELEMENTWISE
from derive.solution.solver import Solver
from derive.solution.words import Sentence

__all__ = ["cancelling_kinks"]

MOST_MEMBERS = 50
STEP, SAME = 1e-6, 1e-4    # of slopes; the slopes at a kink are about 1 apart
PAIRS = ("maximum", "minimum")
WARNING = ("In {} the kinks of {} and {} cancel at the numbers given: the whole is smooth there, "
           "and its derivative is not what the convention for each of them gives. Written without "
           "kinks, with softplus for instance, it has the true one.")


def cancelling_kinks(solver: Solver) -> Iterator[Sentence]:
    """Warn of each equation below a derivative that stands at kinks which cancel."""
    below = {name for top in solver.tops for name in solver.model.above(top.name)}
    for equation in solver.model.equations if solver.numeric else ():
        if equation.target.family in below and len(_kinked(equation.rhs)) > 1:
            members = islice(assignments(equation.domain, {}), MOST_MEMBERS)
            pairs = (p for env in members for p in _cancelling(solver, equation, env))
            found = next(pairs, ())
            if found:
                yield Sentence(WARNING, (equation.target, *found))


def _kinked(expr: Expr) -> list[Apply]:
    found = (node for node in walk(expr) if isinstance(node, Apply) and (node.op in PAIRS or (
        node.op in ELEMENTWISE and ELEMENTWISE[node.op].kinks and not ELEMENTWISE[node.op].flat)))
    return list(dict.fromkeys(found))


def _cancelling(solver: Solver, equation: Equation, env: Mapping[str, IntLike]
                ) -> Iterator[tuple[Expr, Expr]]:
    """Yield two functions at kinks where the right side has none, and another slope than theirs."""
    standing = [node for node in _kinked(equation.rhs) if _stands(solver, node, env)]
    if len(standing) > 1 and any(
            _is_told_wrong(solver, equation.rhs, at(ref, env), env)
            for ref in dict.fromkeys(r for node in standing for r in refs(node))):
        yield standing[0], standing[1]


def _stands(solver: Solver, node: Apply, env: Mapping[str, IntLike]) -> bool:
    """True where an entry of the argument is exactly at a kink."""
    try:
        values = [np.asarray(evaluate(arg, solver.float, env), dtype=float) for arg in node.args]
    except (DeriveError, KeyError):     # it stands under a sum, whose index has no value here
        return False
    if node.op in PAIRS:
        return bool(np.any(values[0] == values[1]))
    return any(np.any(values[0] == float(place)) for place, _ in ELEMENTWISE[node.op].kinks)


def _is_told_wrong(solver: Solver, rhs: Expr, ref: Ref, env: Mapping[str, IntLike]) -> bool:
    """True where, along some entry, both sides have one slope and the conventions another."""
    here = np.asarray(solver.float(ref))

    def value(moved: object) -> Any:
        return np.asarray(evaluate(rhs, lambda r: moved if r == ref else solver.float(r), env))

    middle = value(here)
    for entry in np.ndindex(here.shape):
        along = np.zeros(here.shape)
        along[entry] = STEP
        above, below = value(here + along), value(here - along)
        smooth = np.abs(above + below - 2*middle) < SAME*STEP
        told = np.imag(value(here + 1j*along))
        if np.any(smooth & (np.abs((above - below)/2 - told) > SAME*STEP)):
            return True
    return False
