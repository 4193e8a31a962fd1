r"""How large an array is: the norm, and the numbers that settle the norm of a matrix.

norm:            |x| of a number, the Euclidean norm of a vector, the spectral norm of a matrix:
                 the most by which it can stretch a vector.
frobenius:       the square root of the sum of the squares of a matrix (Golub and Van Loan, 2.3.1).
sigma_max:       the largest singular value; it equals the spectral norm.
spectral_radius: rho, the largest |lambda| among all eigenvalues of a square matrix;
                 sigma_max(A)^2 = rho(A^T A).

What is rational stays rational: the eigenvalues of a triangular matrix of fractions, and those of a
2 x 2 matrix where their formula has a rational root.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.nodes import Expr
from derive.expr.shapes import Shape, say
from derive.ops.axes import Axes, all_axes, over
from derive.ops.kernels import floats
from derive.ops.op import Op

__all__ = ["NORMS"]


# ---- values


def _real(name: str, a: Any) -> Any:
    if np.iscomplexobj(a):
        raise DeriveError(f"`{name}` is not differentiated")
    return floats(a)


def _norm(x: Any, axis: Axes) -> Any:
    if len(axis) == 2:
        return _sigma_max(x)
    x = floats(x)
    return np.sqrt(np.sum(x * x, axis=axis))


def _frobenius(a: Any) -> Any:
    return np.sqrt(np.sum(a * a, axis=(-2, -1)))


def _sigma_max(a: Any) -> Any:
    return np.linalg.svd(_real("sigma_max", a), compute_uv=False)[..., 0]


def _spectral_radius(a: Any) -> Any:
    return np.max(np.abs(np.linalg.eigvals(_real("spectral_radius", a))), axis=-1)


def _rational_norm(x: Any, axis: Axes) -> Fraction | None:
    return _rational_sigma(x) if len(axis) == 2 else _root(Fraction(np.sum(x * x)))


def _rational_sigma(a: Any) -> Fraction | None:
    return _root(_rational_radius(a.T @ a))


def _rational_radius(a: Any) -> Fraction | None:
    found = _eigenvalues(a)
    return None if found is None else max(map(abs, found))


def _eigenvalues(m: Any) -> list[Fraction] | None:
    """Return rational eigenvalues: of a triangular matrix, or of a 2 x 2 one by its polynomial."""
    below, above = np.tril(m, -1), np.triu(m, 1)
    if not below.any() or not above.any():
        return [Fraction(value) for value in np.diagonal(m)]
    if m.shape != (2, 2):
        return None
    trace, determinant = m[0, 0] + m[1, 1], m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    root = _root(Fraction(trace * trace - 4 * determinant))
    return None if root is None else [(trace + root) / 2, (trace - root) / 2]


def _root(value: Fraction | None) -> Fraction | None:
    """Return the square root where it is rational."""
    if value is None or value < 0:
        return None
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    root = Fraction(top, bottom)
    return root if root * root == value else None


# ---- shapes


def _norm_shape(x: Shape, axis: Axes | None = None) -> Shape:
    if len(x) > 2:
        raise ShapeError(f"norm needs a number, a vector or a matrix, not {say(x)}")
    return ()


def _matrix_shape(name: str, square: bool = False) -> Callable[[Shape], Shape]:
    def shape(a: Shape) -> Shape:
        if len(a) != 2 or (square and a[0] != a[1]):
            raise ShapeError(f"{name} needs a {'square ' if square else ''}matrix, not {say(a)}")
        return ()
    return shape


# ---- formulas of an entry, for matrices with two rows or columns


def _norm_entry(S: Any, at: Any, args: Any, axis: Axes) -> Any:
    x = args[0]
    if len(axis) == 2:
        return _sigma_entry(S, at, args)
    return S.sqrt(over(S, S.Sum, tuple(x.shape), lambda *k: x(*k) ** 2))


def _matrix_of(S: Any, a: Any) -> Any:
    rows, columns = a.shape
    return S.Matrix(rows, columns, lambda i, j: a(i, j))


def _two_eigenvalues(S: Any, m: Any) -> list[Any]:
    if m.shape != (2, 2):
        raise DeriveError("the eigenvalues of a large matrix have no formula in its entries")
    trace, spread = m.trace(), S.sqrt(m.trace() ** 2 - 4 * m.det())
    return [(trace + spread) / 2, (trace - spread) / 2]


def _sigma_entry(S: Any, at: Any, args: Any) -> Any:
    m = _matrix_of(S, args[0])
    gram = m.T * m if m.cols <= m.rows else m * m.T
    return S.sqrt(_two_eigenvalues(S, gram)[0])


def _radius_entry(S: Any, at: Any, args: Any) -> Any:
    return S.Max(*map(S.Abs, _two_eigenvalues(S, _matrix_of(S, args[0]))))


# ---- the operations


def _norm_vjp(g: Expr, y: Expr, x: Expr, axis: Axes) -> Expr:
    """Return g x / |x|: the norm grows fastest along x itself."""
    if len(axis) == 2:
        raise DeriveError("the spectral norm of a matrix is not differentiated", remedy=SQUARES)
    return build.div(build.mul(g, x), y)


def _frobenius_entry(S: Any, at: Any, args: Any) -> Any:
    x = args[0]
    return S.sqrt(over(S, S.Sum, tuple(x.shape), lambda *k: x(*k) ** 2))


SQUARES = "the Frobenius norm is, norm(A); or the sum of the squares, sum(A**2)"
REFUSAL = ("an eigenvalue depends on all entries at once, and has no derivative where two of them "
           "meet")
TWO_BY_TWO: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = ((((2, 2),), {}),)

NORMS = (
    Op("norm", _norm_shape, _norm, _norm_entry, (_norm_vjp,), params=("axis",),
       latex=r"\operatorname{norm}", settle=lambda x, axis=None: {"axis": all_axes(len(x))},
       sentence="|x|^2 is the sum of the squares, so 2 |x| d|x| = 2 x dx.",
       samples=((((3,),), {}), (((2,),), {})), rational=_rational_norm),
    Op("frobenius", _matrix_shape("frobenius"), _frobenius, _frobenius_entry,
       (lambda g, y, x: build.div(build.mul(g, x), y),), latex=r"\operatorname{frobenius}",
       sentence="|A|^2 is the sum of the squares, so 2 |A| d|A| = 2 tr(A^T dA).",
       samples=((((2, 3),), {}), (((2, 2),), {})),
       rational=lambda a: _root(Fraction(np.sum(a * a)))),
    Op("sigma_max", _matrix_shape("sigma_max"), _sigma_max, _sigma_entry, (None,),
       latex=r"\sigma_{\max}", samples=(*TWO_BY_TWO, (((3, 2),), {}), (((2, 3),), {})),
       rational=_rational_sigma, refusal=REFUSAL),
    Op("spectral_radius", _matrix_shape("spectral_radius", square=True), _spectral_radius,
       _radius_entry, (None,), latex=r"\rho", samples=TWO_BY_TWO, rational=_rational_radius,
       refusal=REFUSAL),
)
