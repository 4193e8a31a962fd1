"""Choosing: the place of the largest entry, and rows taken by such a label.

Labels are whole numbers that count from 0, as in NumPy. They change in jumps and have no
derivative: what is chosen by a label has one, by the values it is taken from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.nodes import Apply, Expr, Eye
from derive.expr.shapes import Shape, say
from derive.ops.axes import Axes, counted_from_end, over, reduced, weave
from derive.ops.kernels import whole
from derive.ops.op import Op

__all__ = ["DISCRETE", "one_hot"]


def _argmax_settle(s: Shape, axis: Any = None, **kink: Any) -> dict[str, Any]:
    if axis is None and len(s) != 1:
        raise ShapeError(f"argmax of {say(s)} needs to know along what",
                         remedy="axis=1 finds the largest entry of each row")
    found = counted_from_end(axis, len(s))
    if len(found) != 1:
        raise ShapeError("argmax goes along one axis")
    return {"axis": found, **kink}


def _argmax_shape(s: Shape, axis: Axes, **kink: Any) -> Shape:
    return reduced(s, axis, keepdims=False)


def _argmax(s: Any, axis: Axes, **kink: Any) -> Any:
    """Return the place of the largest entry, of the first one among equals."""
    s = np.asarray(s)
    found = np.argmax(np.real(s), axis=axis[0])
    return whole(found) if s.dtype.kind == "O" else np.asarray(found, dtype=float)


def _argmax_entry(S: Any, at: Any, args: Any, axis: Axes, **kink: Any) -> Any:
    """sum_k k [all before are smaller] [none after is larger]"""
    s, rank = args[0], len(args[0].shape)
    size = s.shape[rank + axis[0]]

    def value(k: Any) -> Any:
        return s(*weave(rank, axis, iter(at), iter((k,))))

    def is_first(k: Any) -> Any:
        def is_behind(m: Any) -> Any:
            ahead, gap = S.Heaviside(k - m - S.Rational(1, 2)), value(k) - value(m)
            return ahead * S.Heaviside(gap, 0) + (1 - ahead) * S.Heaviside(gap, 1)
        return over(S, S.Product, (size,), is_behind)

    return over(S, S.Sum, (size,), lambda k: k * is_first(k))


ARGMAX = Op(
    "argmax", _argmax_shape, _argmax, _argmax_entry, (None,), params=("axis", "kink"),
    latex=r"\operatorname{arg\,max}", settle=_argmax_settle, exact=True, flat=True,
    sentence="The place of the largest entry stays the same while the scores move a little.",
    samples=((((3,),), {}), (((2, 3),), {"axis": (-1,)}), (((3, 2),), {"axis": (-2,)})),
)


def _gather_settle(table: Shape, label: Shape, **settings: Any) -> dict[str, Any]:
    if not table:
        raise ShapeError("a scalar has no entries to take by a label")
    if len(label) > 1:
        raise ShapeError(f"labels are one number or a vector, not {say(label)}")
    return {"ranks": (len(table), len(label))}


def _gather_shape(table: Shape, label: Shape, ranks: tuple[int, int]) -> Shape:
    return label + table[1:]


def _gather(table: Any, label: Any, ranks: tuple[int, int]) -> Any:
    """Return table[label]; either may have an axis more in front, which the result has too."""
    table, chosen = np.asarray(table), _labels(label)
    first = table.ndim - ranks[0]
    _refuse_outside(chosen, table.shape[first])
    if not first:
        return table[chosen]
    if chosen.ndim == ranks[1]:
        return np.take(table, chosen, axis=first)
    return np.stack([one[at] for one, at in zip(table, chosen, strict=True)])


def _labels(label: Any) -> Any:
    numbers = np.real(label).astype(float)
    if not np.all(numbers == np.floor(numbers)):
        raise DeriveError("a label is a whole number", remedy="labels count from 0")
    return numbers.astype(int)


def _refuse_outside(chosen: Any, size: int) -> None:
    outside = chosen[(chosen < 0) | (chosen >= size)]
    if outside.size:
        raise DeriveError(f"the label {outside.ravel()[0]} is out of range: 0..{size - 1}")


def _gather_entry(S: Any, at: Any, args: Any, ranks: tuple[int, int]) -> Any:
    """sum_r delta(label, r) table_r"""
    table, label = args
    chosen, rest = label(*at[:ranks[1]]), at[ranks[1]:]
    return over(S, S.Sum, tuple(table.shape[:1]),
                lambda r: S.KroneckerDelta(chosen, r) * table(r, *rest))


def one_hot(label: Expr, size: Any) -> Expr:
    """Return the vector that is 1 at a label and 0 elsewhere; one row for each of several."""
    table = Eye(size)
    ranks = (2, len(label.shape))
    return Apply("gather", (table, label), (("ranks", ranks),), (*label.shape, size))


def _scatter(g: Expr, y: Expr, table: Expr, label: Expr, ranks: tuple[int, int]) -> Expr:
    """Put g into the rows that were taken; the others had no part in the result."""
    taken = one_hot(label, table.shape[0])
    if ranks[1]:
        return build.matmul(build.transpose(taken), g)
    return build.outer(taken, g) if ranks[0] == 2 else _spread(g, taken, table)


def _spread(g: Expr, taken: Expr, table: Expr) -> Expr:
    if len(table.shape) > 1:
        raise DeriveError(f"there is no rule for the derivative of a part of {say(table.shape)}")
    return build.mul(g, taken)


GATHER = Op(
    "gather", _gather_shape, _gather, _gather_entry, (_scatter, None), params=("ranks",),
    settle=_gather_settle, exact=True, labels=(1,), aligned=False,
    sentence="Only the row that was taken has a part in the result.",
    samples=((((3,), ()), {}), (((3, 2), ()), {}), (((3,), (2,)), {}), (((3, 2), (2,)), {})),
)

DISCRETE = (ARGMAX, GATHER)
