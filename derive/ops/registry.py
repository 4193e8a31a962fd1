"""Every operation by its name, elementwise ones included, and how a node of one is made."""

from __future__ import annotations

from typing import Any

from derive.errors import DeriveError, nearest
from derive.expr.build import diag, div, is_one, mul, neg
from derive.expr.nodes import Apply, Expr, Neg, Quotient
from derive.expr.shapes import Shape
from derive.ops.arrange import ARRANGING
from derive.ops.conv import CONVOLUTIONS
from derive.ops.conv_transpose import TRANSPOSED
from derive.ops.discrete import DISCRETE
from derive.ops.einsum import EINSUM
from derive.ops.elementwise import ELEMENTWISE, settings
from derive.ops.extremes import LARGEST_SLOPE
from derive.ops.flip import FLIP
from derive.ops.largest import LARGEST
from derive.ops.local import derivative
from derive.ops.losses import LOSSES
from derive.ops.norms import NORMS
from derive.ops.op import Elementwise, Op
from derive.ops.pool import POOLING
from derive.ops.products import PRODUCTS
from derive.ops.reduce import REDUCTIONS
from derive.ops.slices import SLICES
from derive.ops.softmax import LOGSUMEXP, SOFTMAX
from derive.ops.spread import SPREAD
from derive.ops.square import SQUARE
from derive.ops.stopped import STOPPED
from derive.ops.unknown_map import UNKNOWN_MAPS
from derive.ops.where import WHERE
from derive.ops.whole_numbers import WORKING

__all__ = ["OPS", "apply"]

SAMPLES: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = (
    (((),), {}), (((3,),), {}), (((2, 3),), {}),
)


def _times(slope: Expr, g: Expr) -> Expr:
    """Return slope times g entry by entry; 1/x times g is g/x."""
    if isinstance(slope, Neg):
        return neg(_times(slope.arg, g))
    if isinstance(slope, Quotient) and is_one(slope.top):
        return div(g, slope.bottom)
    return mul(slope, g)


def _whole(row: Elementwise) -> Op:
    """Return the operation on whole arrays: dy_i/dx_j = f'(x_i) delta_ij."""
    name = row.name
    return Op(
        name,
        shape=lambda x, **params: x,
        evaluate=lambda x, **params: row.evaluate(x, **settings(row, params)),
        entry=lambda S, at, args, **params: row.sympy(S, args[0](*at), **settings(row, params)),
        vjps=(lambda g, y, x, **params: _times(derivative(name, x, y, **params), g),),
        jacobian=(lambda y, x, **params: diag(derivative(name, x, y, **params)),),
        params=row.params + (("kink",) if row.kinks else ()),
        latex=row.latex,
        sentence=f"{name} acts on every entry by itself, so its Jacobian is diagonal.",
        samples=SAMPLES,
        positive=row.positive,
        exact=row.exact,
        flat=row.flat,
    )


OPS: dict[str, Op] = {
    op.name: op for op in (*map(_whole, ELEMENTWISE.values()), SOFTMAX, LOGSUMEXP, *LOSSES,
                           *REDUCTIONS, *NORMS, LARGEST_SLOPE, *SQUARE, *UNKNOWN_MAPS, *DISCRETE,
                           WHERE, STOPPED, *CONVOLUTIONS, *TRANSPOSED, *POOLING, *ARRANGING,
                           *PRODUCTS, *LARGEST, *SLICES, FLIP, *SPREAD, EINSUM, *WORKING)
}


def apply(name: str, *args: Expr, **params: Any) -> Apply:
    """Return the operation *name* applied to *args*, its shape worked out and checked.

    An operation or a setting that is not known is a `DeriveError`, shapes that do not fit a
    `ShapeError`.
    """
    op = OPS.get(name)
    if op is None:
        raise DeriveError(f"unknown operation `{name}`", remedy=nearest(name, OPS))
    if len(args) != len(op.vjps) and not op.variadic:
        raise DeriveError(f"`{name}` takes {len(op.vjps)} arguments, not {len(args)}")
    for setting in params:
        if setting not in op.params:
            raise DeriveError(f"`{name}` has no setting `{setting}`",
                              remedy=nearest(setting, op.params))
    shapes = [arg.shape for arg in args]
    if op.settle:
        params = op.settle(*shapes, **params)
    return Apply(name, args, tuple(sorted(params.items())), op.shape(*shapes, **params))
