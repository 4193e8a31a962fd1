"""The numbers of a question: given ones, forward values and derivatives, by hand and in float64."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from derive.calculus.adjoint import Adjoint
from derive.expr.nodes import Literal, Partial, Symbol
from derive.expr.positions import integers
from derive.numbers.policy import Policy, literal
from derive.numbers.solve import solve
from derive.numbers.stores import Store, Values
from derive.question.question import Given

__all__ = ["adjoint_values", "derivative_value", "given_literal", "stores_of"]

TYPED = Policy(digits=15)   # given numbers are shown as they were typed


def stores_of(given: Mapping[str, Given]) -> dict[str, Store]:
    """Return what is given as float64 arrays over its positions."""
    return {name: _store(item) for name, item in given.items()}


def _store(item: Given) -> Store:
    positions = list(item.members)
    rank = len(positions[0])
    lows = tuple(min(p[k] for p in positions) for k in range(rank))
    highs = tuple(max(p[k] for p in positions) for k in range(rank))
    shape = tuple(np.shape(next(iter(item.members.values()))))
    store = Store.over(lows, highs, shape)
    for position, array in item.members.items():
        slot = store.slot(position)
        store.array[slot] = np.asarray(array, dtype=float)
        store.known[slot] = True
    return store


def given_literal(item: Given, at: tuple[int, ...]) -> Literal | None:
    """Return a given member as numbers on the page."""
    array = item.members.get(at)
    if array is None:
        return None
    return literal(np.asarray(array), TYPED, np.asarray(array).dtype == object)


def adjoint_values(adjoint: Adjoint, forward: Values) -> Values:
    """Return all derivatives of the sweep as numbers; entry by entry where the top is an array."""
    if adjoint.form != "component":
        return solve(adjoint.equations, forward.stores)
    names = [str(c) for c in adjoint.component]
    shape = integers(adjoint.top.shape)
    runs = {cell: solve(adjoint.equations, forward.stores, dict(zip(names, cell, strict=True)))
            for cell in np.ndindex(*shape)}
    return Values(_stacked(runs, shape, adjoint))


def _stacked(runs: Mapping[tuple[int, ...], Values], shape: tuple[int, ...], adjoint: Adjoint
             ) -> dict[str, Store]:
    """Put the runs for the entries of the top side by side, under the name of the whole."""
    first = next(iter(runs.values()))
    out = {}
    for name in adjoint.terms:
        symbol = adjoint.member(name)
        part, whole = adjoint.partial(symbol).family, Partial(adjoint.top, symbol).family
        store = first.stores.get(part)
        if store is None:
            continue    # nothing of it is reached at these lengths
        lead = (slice(None),) * store.known.ndim
        array = np.zeros(store.known.shape + shape + store.array.shape[len(lead):])
        for cell, values in runs.items():
            array[lead + cell] = values.stores[part].array
        out[whole] = Store(array, store.offset, store.known)
    return out


def derivative_value(adjoint: Adjoint, values: Values, bottom: Symbol) -> Any:
    """Return d top / d bottom; where the sweep does not reach, it is zero."""
    ref = Partial(adjoint.top, bottom)
    if bottom.name in adjoint.terms:
        store = values.stores.get(ref.family)
        slot = store.slot(integers(bottom.index)) if store is not None else None
        if store is not None and slot is not None and store.known[slot]:
            return store.array[slot]
    return np.zeros(integers(ref.shape))
