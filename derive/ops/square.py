"""Functions of a square matrix: trace, inverse, determinant and its logarithm.

Source of the rules: Petersen and Pedersen, The Matrix Cookbook (2012), secs. 2.1, 2.2 and 2.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.nodes import Apply, Expr, Eye
from derive.expr.shapes import Shape, say
from derive.ops.axes import over
from derive.ops.kernels import floats
from derive.ops.op import Op

__all__ = ["SQUARE"]

LARGEST_WRITTEN = 4     # a determinant of n x n has n! terms
WORST_CONDITION = 1e13    # of a matrix that is inverted: three digits are left
SAMPLES: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = ((((2, 2),), {}), (((3, 3),), {}))


def _square(name: str, x: Shape) -> Shape:
    if len(x) != 2 or x[0] != x[1]:
        raise ShapeError(f"{name} needs a square matrix, not {say(x)}")
    return x


def _invertible(name: str, x: Any) -> Any:
    """Return the matrix as floats; a singular one (to rounding) is refused.

    A product of n x (n - 1) and (n - 1) x n has rank n - 1, but with its rounding a condition
    number of a few times 10^15; regular matrices that are drawn stay below 10^9.
    """
    x = floats(x)
    if np.any(np.linalg.cond(np.real(x)) > WORST_CONDITION):
        raise DeriveError(f"{name}: the matrix is singular")
    return x


def _log_determinant(x: Any) -> Any:
    """log |det X|; a small imaginary part moves along."""
    x = _invertible("logdet", x)
    if x.dtype.kind != "c":
        return np.linalg.slogdet(x)[1]
    value = np.linalg.det(x)
    return np.log(value * np.sign(np.real(value)))


def _trace_entry(S: Any, at: Any, args: Any) -> Any:
    return over(S, S.Sum, tuple(args[0].shape[:1]), lambda k: args[0](k, k))


def _written(S: Any, name: str, x: Any) -> Any:
    """Return a matrix of known, small size entry by entry."""
    size = int(x.shape[0]) if getattr(x.shape[0], "is_Integer", isinstance(x.shape[0], int)) else 0
    if not 0 < size <= LARGEST_WRITTEN:
        raise DeriveError(f"an entry of {name} has no short formula for this size")
    return S.Matrix(size, size, lambda i, j: x(i, j))


def _inverse_entry(S: Any, at: Any, args: Any) -> Any:
    """Entry (i, j) of the adjugate over the determinant; positions are numbers."""
    x = _written(S, "an inverse", args[0])
    if not all(getattr(p, "is_Integer", isinstance(p, int)) for p in at):
        raise DeriveError("an entry of an inverse has no formula in its position")
    return x.adjugate()[int(at[0]), int(at[1])] / x.det(method="berkowitz")


def _determinant_entry(S: Any, at: Any, args: Any) -> Any:
    return _written(S, "a determinant", args[0]).det(method="berkowitz")


def inverse(x: Expr) -> Expr:
    return Apply("inv", (x,), (), x.shape)


def _inverse_vjp(g: Expr, y: Expr, x: Expr) -> Expr:
    """dY = -Y dX Y, so the cotangent is -Y^T g Y^T."""
    return build.neg(build.matmul(build.matmul(build.transpose(y), g), build.transpose(y)))


SQUARE = (
    Op("trace", lambda x: _square("trace", x)[2:], lambda x: np.trace(x, axis1=-2, axis2=-1),
       _trace_entry, (lambda g, y, x: build.mul(g, Eye(x.shape[0])),),
       latex=r"\operatorname{tr}", samples=SAMPLES, exact=True,
       sentence="Only the entries on the diagonal count, each once."),
    Op("inv", lambda x: _square("inv", x), lambda x: np.linalg.inv(_invertible("inv", x)),
       _inverse_entry, (_inverse_vjp,), samples=SAMPLES,
       sentence="From X X^-1 = I follows d(X^-1) = -X^-1 dX X^-1."),
    Op("det", lambda x: _square("det", x)[2:], lambda x: np.linalg.det(floats(x)),
       _determinant_entry,
       (lambda g, y, x: build.mul(g, y, build.transpose(inverse(x))),),
       latex=r"\det", samples=SAMPLES,
       sentence="The derivative of the determinant by an entry is its cofactor: "
                "d(det X) = det X tr(X^-1 dX)."),
    Op("logdet", lambda x: _square("logdet", x)[2:], _log_determinant,
       lambda S, at, args: S.log(S.Abs(_determinant_entry(S, at, args))),
       (lambda g, y, x: build.mul(g, build.transpose(inverse(x))),),
       latex=r"\log\left\lvert\det {}\right\rvert", samples=SAMPLES,
       sentence="d(log |det X|) = tr(X^-1 dX)."),
)
