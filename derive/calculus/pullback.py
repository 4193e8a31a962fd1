"""The rules of the reverse sweep: from the cotangent of a value to those of its parts.

For a scalar L and a node z made of x1, x2, ..., ``pullback(z, g)`` takes g = dL/dz and gives
dL/dx1, dL/dx2, ... as formulas. Every rule is proved against SymPy's derivative of one entry in
``tests/test_pullback.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import singledispatch

from derive.calculus.transposes import transposed
from derive.errors import DeriveError
from derive.expr.build import (
    div,
    is_zero,
    matmul,
    mul,
    neg,
    number,
    outer,
    power,
    sub,
    sum_entries,
    transpose,
    unbroadcast,
    zero,
)
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Array,
    Diag,
    Dots,
    Entry,
    Expr,
    Eye,
    MatMul,
    MatrixProduct,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Reduce,
    Sum,
    Transpose,
)
from derive.expr.shapes import Shape, say
from derive.expr.walk import children
from derive.ops.einsum import EINSUM
from derive.ops.elementwise import LOGARITHMS, entrywise
from derive.ops.products import diagonal
from derive.ops.registry import OPS

__all__ = ["Cotangents", "parted", "pullback", "unbroadcast"]

Cotangents = tuple[Expr | None, ...]


def pullback(expr: Expr, g: Expr, value: Expr | None = None) -> Cotangents:
    """Return the cotangent of each of ``children(expr)``, None where there is no derivative.

    *g* has the shape of *expr*; *value* is a name for the value of *expr*, used where a derivative
    is written by the result (tanh: 1 - h^2).
    """
    if is_zero(g):
        return tuple(zero(part.shape) for part in children(expr))
    return _rule(expr, g, expr if value is None else value)


def parted(expr: Expr) -> Expr:
    """Return log(a/b) as log a - log b, which has the same slopes: 1/a and -1/b."""
    if not (isinstance(expr, Apply) and expr.op in LOGARITHMS
            and isinstance(expr.args[0], Quotient)):
        return expr
    top, bottom = (entrywise(expr.op, part) for part in children(expr.args[0]))
    return Sum((top, Neg(bottom)))


@singledispatch
def _rule(expr: Expr, g: Expr, value: Expr) -> Cotangents:
    if children(expr):
        raise DeriveError(f"there is no rule for the derivative of {type(expr).__name__}")
    return ()


@_rule.register(Sum)
def _(expr: Sum, g: Expr, value: Expr) -> Cotangents:
    """d(a + b) = da + db."""
    return tuple(unbroadcast(g, term.shape) for term in expr.terms)


@_rule.register(Neg)
def _(expr: Neg, g: Expr, value: Expr) -> Cotangents:
    return (neg(g),)


@_rule.register(Product)
def _(expr: Product, g: Expr, value: Expr) -> Cotangents:
    """a: g * b, b: g * a, for a * b entry by entry."""
    parts = expr.factors
    return tuple(_scaled(g, parts[:m] + parts[m + 1:], factor.shape)
                 for m, factor in enumerate(parts))


def _scaled(g: Expr, others: tuple[Expr, ...], shape: Shape) -> Expr:
    """g times the other factors: numbers first, then g, then arrays."""
    arrays = tuple(f for f in others if f.shape)
    scalars = tuple(f for f in others if not f.shape)
    if not shape and arrays:
        return mul(*scalars, _total(g, mul(*arrays)))
    return unbroadcast(mul(*scalars, g, *arrays), shape)


def _total(g: Expr, a: Expr) -> Expr:
    """The sum of the entries of g * a, for two vectors as people write it: g^T a."""
    if len(g.shape) == 1 and a.shape == g.shape:
        return matmul(g, a)
    return sum_entries(mul(g, a), tuple(range(-len(g.shape), 0)))


@_rule.register(Quotient)
def _(expr: Quotient, g: Expr, value: Expr) -> Cotangents:
    """a: g/b, b: -g a/b^2, for a/b entry by entry."""
    a, b = expr.top, expr.bottom
    by_top = div(g, b) if b.shape else mul(div(number(1), b), g)
    squared = power(b, number(2))
    by_bottom = div(mul(g, a) if b.shape else _scaled(g, (a,), ()), squared)
    return unbroadcast(by_top, a.shape), unbroadcast(neg(by_bottom), b.shape)


@_rule.register(Power)
def _(expr: Power, g: Expr, value: Expr) -> Cotangents:
    """x: n x^(n-1) g, n: x^n log(x) g; an exponent that is a number has no derivative."""
    x, n = expr.base, expr.exponent
    constant = fixed_number(n)
    less = sub(n, number(1)) if constant is None else number(constant - 1)
    by_base = unbroadcast(mul(n, _raised(x, less), g), x.shape)
    if constant is not None:
        return by_base, None
    log = Apply("log", (x,), (), x.shape)
    return by_base, unbroadcast(mul(value, log, g), n.shape)


def _raised(x: Expr, exponent: Expr) -> Expr:
    return number(1) if is_zero(exponent) else power(x, exponent)


FIXED: dict[type[Expr], Callable[..., Fraction | None]] = {
    Number: lambda e: e.value,
    Neg: lambda e: _opposite(fixed_number(e.arg)),
    Quotient: lambda e: _ratio(fixed_number(e.top), fixed_number(e.bottom)),
}


def fixed_number(expr: Expr) -> Fraction | None:
    """Return the value of -2, 1/2, ...; None for anything that is not plainly a number."""
    read = FIXED.get(type(expr))
    return read(expr) if read else None


def _opposite(a: Fraction | None) -> Fraction | None:
    return None if a is None else -a


def _ratio(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or not b else a / b


@_rule.register(MatMul)
def _(expr: MatMul, g: Expr, value: Expr) -> Cotangents:
    """A: g B^T, B: A^T g, for A B; vectors make outer products of it, stacks sums over them."""
    ranks = (len(expr.left.shape), len(expr.right.shape))
    return PRODUCTS.get(ranks, _stacks)(expr.left, expr.right, g)


def _stacks(a: Expr, b: Expr, g: Expr) -> Cotangents:
    """Differentiate [sum_j a_{..ij} b_{..jk}] by its letters; a missing one is summed over."""
    if any(1 in (x, y) and x != y for x, y in zip(a.shape[-3::-1], b.shape[-3::-1], strict=False)):
        raise DeriveError(f"there is no rule for the derivative of {say(a.shape)} @ {say(b.shape)}",
                          remedy="give both stacks as many matrices")
    ahead = "abcdefgh"[:max(len(a.shape), len(b.shape)) - 2]
    left, right = ("j" if len(x.shape) == 1 else ahead[len(ahead) - len(x.shape) + 2:] + own
                   for x, own in ((a, "ij"), (b, "jk")))
    rest = "".join(c for c in left[-2:] + right[-2:] if c in "ik")
    rule = EINSUM.vjps[0]
    assert rule is not None, "einsum is smooth"
    spec = f"{left},{right}->{ahead}{rest}"
    return rule(g, g, a, b, spec=spec, which=0), rule(g, g, a, b, spec=spec, which=1)


# the ranks of a and b -> the cotangents of both, for a @ b
PRODUCTS: dict[tuple[int, int], Callable[[Expr, Expr, Expr], Cotangents]] = {
    (1, 1): lambda a, b, g: (mul(g, b), mul(g, a)),
    (2, 1): lambda a, b, g: (outer(g, b), matmul(transpose(a), g)),
    (1, 2): lambda a, b, g: (matmul(b, g), outer(a, g)),
    (2, 2): lambda a, b, g: (matmul(g, transpose(b)), matmul(transpose(a), g)),
}


@_rule.register(Transpose)
def _(expr: Transpose, g: Expr, value: Expr) -> Cotangents:
    """X: g^T, for X^T; the numbers of a row and of a column are the same."""
    return (transposed(g) if len(g.shape) > 1 else g,)


@_rule.register(Outer)
def _(expr: Outer, g: Expr, value: Expr) -> Cotangents:
    """a: g b, b: g^T a, for a b^T."""
    return matmul(g, expr.right), matmul(transpose(g), expr.left)


@_rule.register(Diag)
def _(expr: Diag, g: Expr, value: Expr) -> Cotangents:
    """v: the diagonal of g, for diag(v); of an outer product a b^T that is a * b."""
    return (_diagonal(g),)


def _diagonal(g: Expr) -> Expr:
    if isinstance(g, Neg):
        return neg(_diagonal(g.arg))
    if isinstance(g, Outer):
        return mul(g.left, g.right)
    return diagonal(g)


@_rule.register(Array)
def _(expr: Array, g: Expr, value: Expr) -> Cotangents:
    """a_i: entry i of g, for [a_0, a_1, ...]."""
    if isinstance(g, Array):
        return g.items
    return tuple(Entry(g, (m,)) for m in range(len(expr.items)))


@_rule.register(Entry)
def _(expr: Entry, g: Expr, value: Expr) -> Cotangents:
    """x: g at the entry that was taken, 0 elsewhere; e_i is row i of the identity."""
    places, shape = expr.at, expr.arg.shape
    if len(shape) > 2:
        return (_placed(g, places, shape),)
    axes = tuple(one_hot(shape[m], position) for m, position in enumerate(places))
    if len(axes) == 2:
        return (mul(g, outer(*axes)),)
    return (mul(g, axes[0]) if len(shape) == 1 else outer(axes[0], g),) if axes else (g,)


def _placed(g: Expr, at: tuple[IntLike, ...], shape: Shape) -> Expr:
    """Put g where an entry of a stack was taken, with zeros elsewhere."""
    rest = shape[len(at):]
    return Apply("placed", (g,), (
        ("kept", (False,) * len(at) + (True,) * len(rest)), ("shape", shape),
        ("starts", at + (0,) * len(rest)), ("stops", (*(p + 1 for p in at), *rest))), shape)


def one_hot(size: IntLike, position: IntLike) -> Expr:
    """Return the vector that is 1 at *position* and 0 elsewhere."""
    return Entry(Eye(size), (position,))


@_rule.register(Dots)
def _(expr: Dots, g: Expr, value: Expr) -> Cotangents:
    raise DeriveError("a sum that is only shown in part has no derivative of its own")


@_rule.register(MatrixProduct)
def _(expr: MatrixProduct, g: Expr, value: Expr) -> Cotangents:
    raise DeriveError("an ordered product over an index has no derivative of its own")


@_rule.register(Reduce)
def _(expr: Reduce, g: Expr, value: Expr) -> Cotangents:
    raise DeriveError("a reduction over an index is differentiated by the system's own sweep")


@_rule.register(Apply)
def _(expr: Apply, g: Expr, value: Expr) -> Cotangents:
    if expr.op not in OPS:
        raise DeriveError(f"there is no rule for the derivative of {expr.op}")
    op, params = OPS[expr.op], dict(expr.params)
    if op.refusal:
        raise DeriveError(f"`{op.name}` is not differentiated: {op.refusal}")
    return tuple(vjp(g, value, *expr.args, **params) if vjp else None for vjp in
                 op.rules(len(expr.args)))


