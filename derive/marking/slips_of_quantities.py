"""Answers that are right for something else: h[t-1] for h[t], dL/dU for dL/dW."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Entry, Expr, Partial, Ref, Symbol
from derive.marking.case import Case
from derive.syntax.write_text import write

__all__ = ["Found", "evaluated", "other_quantities", "other_steps"]

Found = tuple[str, str, Sequence[Any]]      # a slip's name, the words for it, what it gives
MOST = 300


def evaluated(case: Case, expr: Expr) -> list[Any] | None:
    """Return the values of an expression at all samples; None where one of them has none."""
    if not all(s.trial.exists(expr, s.env) for s in case.samples):
        return None
    try:
        return case.values(expr)
    except (DeriveError, KeyError, IndexError, ValueError):
        return None


def other_steps(case: Case) -> Iterator[Found]:
    """Yield the same quantity at other positions."""
    whole, cell = _apart(case.target.expr)
    for other in islice(_shifted(case, whole), case.tries(MOST)):
        values = evaluated(case, _entry(other, cell))
        if values is not None:
            yield "another step", f"it is {write(_entry(other, cell))}", values


def _apart(expr: Expr) -> tuple[Expr, tuple[IntLike, ...]]:
    return (expr.arg, expr.at) if isinstance(expr, Entry) else (expr, ())


def _entry(expr: Expr, cell: tuple[IntLike, ...]) -> Expr:
    return Entry(expr, cell) if cell else expr


def _shifted(case: Case, expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Partial):
        yield from (replace(expr, bottom=b) for b in _neighbours(case, expr.bottom))
        yield from (replace(expr, top=t) for t in _neighbours(case, expr.top))
    if isinstance(expr, Symbol):
        yield from _neighbours(case, expr)


def _neighbours(case: Case, symbol: Symbol) -> Iterator[Symbol]:
    """Yield all other members where positions are numbers, those beside it otherwise."""
    if case.solver.numeric and all(isinstance(i, int) for i in symbol.index):
        for place in list(case.samples[0].trial.forward.positions(symbol.name))[:MOST]:
            if place != symbol.index:
                yield replace(symbol, index=place)
        return
    for axis in range(len(symbol.index)):
        for shift in (-1, 1):
            moved = [*symbol.index]
            moved[axis] = moved[axis] + shift
            yield replace(symbol, index=tuple(moved))


def other_quantities(case: Case) -> Iterator[Found]:
    """Yield quantities and derivatives of the same shape, at the same positions."""
    whole, cell = _apart(case.target.expr)
    for other in islice(_alike(case, whole), case.tries(MOST)):
        values = evaluated(case, _entry(other, cell))
        if values is not None:
            yield "another quantity", f"it is {write(_entry(other, cell))}", values


def _alike(case: Case, expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Partial):
        for symbol in _family_members(case, expr.bottom, expr.bottom.index):
            yield replace(expr, bottom=symbol, held=())
        if expr.held:
            yield replace(expr, held=())
        for symbol in _family_members(case, expr.top, expr.top.index):
            yield replace(expr, top=symbol, held=())
    if isinstance(expr, Ref):
        index = expr.bottom.index if isinstance(expr, Partial) else expr.index
        yield from _family_members(case, expr, index)


def _family_members(case: Case, like: Ref, index: tuple[IntLike, ...]) -> Iterator[Symbol]:
    """Yield the members of other families that have this shape, here or at every position."""
    own = like.name if isinstance(like, Symbol) else ""
    for family in case.solver.named.families.values():
        if family.shape != like.shape or family.name == own or family.name.startswith("'"):
            continue
        if len(family.indices) == len(index):
            yield Symbol(family.name, index, family.shape)
        elif not family.indices:
            yield Symbol(family.name, (), family.shape)
        elif case.solver.numeric and not index:
            for place in list(case.samples[0].trial.forward.positions(family.name))[:MOST]:
                yield Symbol(family.name, place, family.shape)


