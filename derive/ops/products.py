"""Products of matrices beside A B: the Kronecker product, powers, and the diagonal of a matrix.

Source of the rules: Magnus and Neudecker, Matrix Differential Calculus (2019), chs. 2 and 9.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import starmap
from operator import mul
from typing import Any

import numpy as np

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.integers import Int, IntLike, named
from derive.expr.nodes import Apply, Expr, Eye, Range, Reduce
from derive.expr.shapes import Shape, say
from derive.ops.axes import over
from derive.ops.op import Op

__all__ = ["PRODUCTS", "diagonal", "divided", "matrix_power"]

MOST_WRITTEN = 3    # up to this power the derivative is written out term by term
MOST_FACTORS = 6    # up to this power an entry is written as a sum


def _kron_shape(a: Shape, b: Shape) -> Shape:
    if len(a) != len(b) or not a:
        raise ShapeError(f"kron needs two vectors or two matrices, not {say(a)} and {say(b)}")
    return tuple(starmap(mul, zip(a, b, strict=True)))


def _interleaved(rank: int, ahead: int) -> tuple[int, ...]:
    """Return the order in which the axes of a and of b stand in the blocks: a0 b0 a1 b1."""
    inner = [ahead + axis + side * rank for axis in range(rank) for side in (0, 1)]
    return (*range(ahead), *inner)


def _kron(a: Any, b: Any, rank: int) -> Any:
    a, b = np.asarray(a), np.asarray(b)
    sizes = zip(a.shape[a.ndim - rank:], b.shape[b.ndim - rank:], strict=True)
    ahead = max(a.ndim, b.ndim) - rank
    wide = a.reshape(*a.shape, *(1,) * rank) * b.reshape(
        *b.shape[:b.ndim - rank], *(1,) * rank, *b.shape[b.ndim - rank:])
    return wide.transpose(_interleaved(rank, ahead)).reshape(
        *wide.shape[:ahead], *starmap(mul, sizes))


def _kron_entry(S: Any, at: Any, args: Any, rank: int) -> Any:
    """(A (x) B) at (i p + k, j q + l) is a_ij b_kl, for B of p x q."""
    a, b = args
    return (a(*(S.floor(S.Integer(1) * i / n) for i, n in zip(at, b.shape, strict=True)))
            * b(*(S.Mod(i, n) for i, n in zip(at, b.shape, strict=True))))


def _pair(name: str, a: Expr, b: Expr, shape: Shape, rank: int) -> Expr:
    return Apply(name, (a, b), (("rank", rank),), shape)


KRON = Op(
    "kron", lambda a, b, rank: _kron_shape(a, b), _kron, _kron_entry,
    (lambda g, y, a, b, rank: _pair("kron_left", g, b, a.shape, rank),
     lambda g, y, a, b, rank: _pair("kron_right", g, a, b.shape, rank)),
    settle=lambda a, b: {"rank": len(a)}, exact=True, aligned=False, latex=r"\otimes",
    sentence="The entry a_ij scales the block (i, j) of the product, which is a_ij B.",
    samples=((((2,), (2,)), {}), (((2, 1), (1, 2)), {}), (((2, 2), (2, 1)), {})))


def _quotient(g: Shape, b: Shape) -> Shape:
    """Return the sizes n with n times those of b the sizes of g."""
    return tuple(starmap(divided, zip(g, b, strict=True)))


def divided(whole: IntLike, part: IntLike) -> IntLike:
    if isinstance(whole, int) and isinstance(part, int) and whole % part == 0:
        return whole // part
    if whole == part:
        return 1
    if isinstance(whole, Int) and len(whole.terms) == 1:
        (names, count), = whole.terms
        left, own = list(names), [] if isinstance(part, int) else list(part.terms[0][0])
        known = part if isinstance(part, int) else part.terms[0][1]
        if count % known == 0 and all(name in left for name in own):
            for name in own:
                left.remove(name)
            return reduce(mul, map(named, left), count // known)
    raise ShapeError(f"blocks of {part} do not fill {whole}")


def _blocks(g: Any, part: Any, rank: int, ours: int) -> Any:
    """Sum g over the positions inside the blocks (or over the blocks), weighted by *part*."""
    g, part = np.asarray(g), np.asarray(part)
    inner = part.shape[part.ndim - rank:]
    pairs = [(m // n, n) if ours == 0 else (n, m // n)
             for m, n in zip(g.shape[g.ndim - rank:], inner, strict=True)]
    cut = g.reshape(*g.shape[:g.ndim - rank], *(n for pair in pairs for n in pair))
    places = [1 for _ in range(2 * rank)]
    for axis, n in enumerate(inner):
        places[2 * axis + (1 - ours)] = n
    weights = part.reshape(*part.shape[:part.ndim - rank], *places)
    gone = tuple(2 * axis + (1 - ours) - 2 * rank for axis in range(rank))
    return np.sum(cut * weights, axis=gone)


def _left_entry(S: Any, at: Any, args: Any, rank: int) -> Any:
    """sum_kl g_(i p + k, j q + l) b_kl"""
    g, b = args
    return over(S, S.Sum, tuple(b.shape), lambda *inner: b(*inner) * g(
        *(i * n + k for i, k, n in zip(at, inner, b.shape, strict=True))))


def _right_entry(S: Any, at: Any, args: Any, rank: int) -> Any:
    """sum_ij g_(i p + k, j q + l) a_ij, p = rows of g / rows of a"""
    g, a = args
    sizes = [S.Integer(1) * whole / n for whole, n in zip(g.shape, a.shape, strict=True)]
    return over(S, S.Sum, tuple(a.shape), lambda *outer: a(*outer) * g(
        *(i * n + k for i, k, n in zip(outer, at, sizes, strict=True))))


BLOCKS: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = (
    (((4,), (2,)), {}), (((2, 2), (1, 2)), {}), (((4, 2), (2, 1)), {}))

KRON_LEFT = Op(
    "kron_left", lambda g, b, rank: _quotient(g, b),
    lambda g, b, rank: _blocks(g, b, rank, 0), _left_entry,
    (lambda h, y, g, b, rank: _pair("kron", h, b, g.shape, rank),
     lambda h, y, g, b, rank: _pair("kron_right", g, h, b.shape, rank)),
    settle=lambda g, b: {"rank": len(b)}, exact=True, aligned=False, samples=BLOCKS,
    sentence="Each block of the cotangent meets B entry by entry, and is summed.")

KRON_RIGHT = Op(
    "kron_right", lambda g, a, rank: _quotient(g, a),
    lambda g, a, rank: _blocks(g, a, rank, 1), _right_entry,
    (lambda h, y, g, a, rank: _pair("kron", a, h, g.shape, rank),
     lambda h, y, g, a, rank: _pair("kron_left", g, h, a.shape, rank)),
    settle=lambda g, a: {"rank": len(a)}, exact=True, aligned=False, samples=BLOCKS,
    sentence="The blocks of the cotangent are added up, each weighted by its entry of A.")


def diagonal(x: Expr) -> Expr:
    """Return the vector of the entries on the diagonal of a square matrix."""
    return Apply("diagonal", (x,), (), x.shape[:1])


def _diagonal_shape(x: Shape) -> Shape:
    if len(x) != 2 or x[0] != x[1]:
        raise ShapeError(f"the diagonal is taken of a square matrix, not of {say(x)}")
    return x[:1]


DIAGONAL = Op(
    "diagonal", _diagonal_shape, lambda x: np.diagonal(x, axis1=-2, axis2=-1),
    lambda S, at, args: args[0](at[0], at[0]), (lambda g, y, x: build.diag(g),),
    latex=r"\operatorname{diag}", exact=True, samples=((((2, 2),), {}), (((3, 3),), {})),
    sentence="Only the entries on the diagonal count, so the cotangent is a diagonal matrix.")


def matrix_power(x: Expr, n: IntLike) -> Expr:
    """Return X^n without writing X^1 or X^0."""
    if n == 0:
        return Eye(x.shape[0])
    return x if n == 1 else Apply("matrix_power", (x,), (("n", (n,)),), x.shape)


def _power_settle(x: Shape, n: Any = None) -> dict[str, Any]:
    count = n[0] if isinstance(n, tuple) and len(n) == 1 else n
    if not isinstance(count, (int, Int)) or (isinstance(count, int) and count < 0):
        raise ShapeError("matrix_power needs a whole number from 0 on",
                         remedy="write matrix_power(A, 3), or matrix_power(inv(A), 3)")
    if len(x) != 2 or x[0] != x[1]:
        raise ShapeError(f"matrix_power needs a square matrix, not {say(x)}")
    return {"n": (count,)}


def _power(x: Any, n: tuple[int]) -> Any:
    x = np.asarray(x)
    (count,) = n
    return reduce(np.matmul, [x] * count) if count else np.broadcast_to(_identity(x), x.shape)


def _identity(x: Any) -> Any:
    one = np.eye(x.shape[-1])
    return np.vectorize(Fraction, otypes=[object])(one) if x.dtype == object else one


def _power_entry(S: Any, at: Any, args: Any, n: tuple[Any]) -> Any:
    """Sum x_ik x_kl ... x_mj over the positions between."""
    (count,) = n
    if not isinstance(count, int) or not 0 <= count <= MOST_FACTORS:
        raise DeriveError("an entry of this power of a matrix has no short formula")
    (x,), (i, j) = args, at
    if count == 0:
        return S.KroneckerDelta(i, j)
    return over(S, S.Sum, (x.shape[0],) * (count - 1), lambda *between: S.prod(
        [x(a, b) for a, b in zip((i, *between), (*between, j), strict=True)]))


def _power_vjp(g: Expr, y: Expr, x: Expr, n: tuple[IntLike]) -> Expr:
    """d(X^n) = sum_r X^r dX X^(n-1-r), so the cotangent is sum_r (X^T)^r g (X^T)^(n-1-r)."""
    (count,) = n
    turned = build.transpose(x)
    if isinstance(count, int) and count <= MOST_WRITTEN:
        terms = [_between(turned, r, g, count - 1 - r) for r in range(count)]
        return build.add(build.zero(x.shape), *terms)
    r = named("r")
    return Reduce("sum", "r", Range((0,), (count - 1,)),
                  _between(turned, r, g, count - 1 - r))


def _between(x: Expr, before: IntLike, g: Expr, after: IntLike) -> Expr:
    return build.matmul(build.matmul(matrix_power(x, before), g), matrix_power(x, after))


MATRIX_POWER = Op(
    "matrix_power", lambda x, n: x, _power, _power_entry, (_power_vjp,), params=("n",),
    settle=_power_settle, positional=("n",), exact=True,
    sentence="By the product rule each of the factors is differentiated in its place.",
    samples=tuple((((2, 2),), {"n": n}) for n in (0, 1, 2, 3)))

PRODUCTS = (KRON, KRON_LEFT, KRON_RIGHT, DIAGONAL, MATRIX_POWER)
