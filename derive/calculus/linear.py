"""Linear expressions as matrices: M with ``expr == M @ s``, written from the parts of *expr*."""

from __future__ import annotations

from fractions import Fraction
from functools import singledispatch

from derive.calculus.transposes import transposed
from derive.errors import DeriveError
from derive.expr.build import (
    add,
    diag,
    div,
    is_zero,
    matmul,
    mul,
    neg,
    number,
    outer,
    sum_over,
    transpose,
    zero,
)
from derive.expr.nodes import (
    Apply,
    Array,
    Diag,
    Entry,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Product,
    Quotient,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import free_indices, walk

__all__ = ["linear_form", "transposed"]


def linear_form(expr: Expr, s: Symbol) -> Expr:
    """Return M with ``expr == M @ s`` for the vector *s*: a matrix, or a row for a scalar *expr*.

    Raises `DeriveError` where *expr* is not linear in *s*.
    """
    if len(s.shape) != 1 or len(expr.shape) > 1:
        raise DeriveError("a linear form needs a vector and a vector or scalar expression of it")
    return _form(expr, s)


def _holds(expr: Expr, s: Symbol) -> bool:
    return any(part == s for part in walk(expr))


def _nonlinear(expr: Expr, s: Symbol) -> DeriveError:
    return DeriveError(f"{type(expr).__name__} is not linear in {s.name}")


def _form(expr: Expr, s: Symbol) -> Expr:
    if is_zero(expr):
        return zero(expr.shape + s.shape)
    if not _holds(expr, s):
        raise _nonlinear(expr, s)
    return _matrix(expr, s)


@singledispatch
def _matrix(expr: Expr, s: Symbol) -> Expr:
    raise _nonlinear(expr, s)


@_matrix.register(Symbol)
def _(expr: Symbol, s: Symbol) -> Expr:
    return Eye(s.shape[0])


@_matrix.register(Neg)
def _(expr: Neg, s: Symbol) -> Expr:
    return neg(_form(expr.arg, s))


@_matrix.register(Sum)
def _(expr: Sum, s: Symbol) -> Expr:
    """(A + B) s; a scalar term is repeated in every row."""
    return add(*(_repeated(_form(term, s), expr, term) for term in expr.terms))


def _repeated(form: Expr, whole: Expr, part: Expr) -> Expr:
    if part.shape == whole.shape:
        return form
    if part.shape:
        raise DeriveError("a vector of one entry that is repeated has no linear form here")
    return _column_times_row(Fill(Fraction(1), whole.shape), form)


def _column_times_row(column: Expr, row: Expr) -> Expr:
    """p (q^T M) = (p q^T) M."""
    if isinstance(row, Neg):
        return neg(_column_times_row(column, row.arg))
    if isinstance(row, MatMul):
        return matmul(_column_times_row(column, row.left), row.right)
    if isinstance(row, Product):  # numbers stay in front
        scalars = [f for f in row.factors if not f.shape]
        return mul(*scalars, outer(column, mul(*(f for f in row.factors if f.shape))))
    return outer(column, row)


@_matrix.register(Product)
def _(expr: Product, s: Symbol) -> Expr:
    """d * (M s) = diag(d) M s."""
    inside = [f for f in expr.factors if _holds(f, s)]
    if len(inside) != 1:
        raise _nonlinear(expr, s)
    others = tuple(f for f in expr.factors if f is not inside[0])
    return _scale(expr, inside[0], _form(inside[0], s), others)


def _scale(whole: Expr, part: Expr, form: Expr, others: tuple[Expr, ...]) -> Expr:
    """Multiply a linear form by numbers and, entry by entry, by vectors."""
    vectors = tuple(f for f in others if f.shape)
    if vectors:
        d = mul(*vectors)
        if d.shape != whole.shape or part.shape not in ((), whole.shape):
            raise DeriveError("a vector of one entry that is repeated has no linear form here")
        form = matmul(diag(d), form) if part.shape else _column_times_row(d, form)
    return mul(*(f for f in others if not f.shape), form)


@_matrix.register(Quotient)
def _(expr: Quotient, s: Symbol) -> Expr:
    if _holds(expr.bottom, s):
        raise _nonlinear(expr, s)
    inverse = div(number(1), expr.bottom)
    return _scale(expr, expr.top, _form(expr.top, s), (inverse,))


@_matrix.register(MatMul)
def _(expr: MatMul, s: Symbol) -> Expr:
    """A (M s) = (A M) s, and (M s)^T B is B^T M s."""
    a, b = expr.left, expr.right
    if _holds(a, s) and _holds(b, s):
        raise _nonlinear(expr, s)
    if _holds(b, s):
        if len(b.shape) == 1:
            return matmul(a, _form(b, s))
    elif len(a.shape) == 1:
        return matmul(transpose(b) if len(b.shape) > 1 else b, _form(a, s))
    elif isinstance(a, Diag) and len(b.shape) == 1:
        return matmul(diag(b), _form(a.arg, s))
    raise _nonlinear(expr, s)


@_matrix.register(Transpose)
def _(expr: Transpose, s: Symbol) -> Expr:
    return _form(expr.arg, s)


@_matrix.register(Array)
def _(expr: Array, s: Symbol) -> Expr:
    return Array(tuple(_form(item, s) for item in expr.items))


@_matrix.register(Entry)
def _(expr: Entry, s: Symbol) -> Expr:
    return Entry(_form(expr.arg, s), expr.at)


@_matrix.register(Reduce)
def _(expr: Reduce, s: Symbol) -> Expr:
    """sum_t (M_t s) = (sum_t M_t) s, where s does not depend on t."""
    if expr.kind == "prod" or expr.index in free_indices(s) | _other_members(expr.body, s):
        raise _nonlinear(expr, s)
    form = _form(expr.body, s)
    return (sum_over(expr.index, expr.range, form) if expr.kind == "sum"
            else Reduce(expr.kind, expr.index, expr.range, form))


def _other_members(body: Expr, s: Symbol) -> frozenset[str]:
    """Index names in members of the family of *s* other than itself: h[k] may be h[t]."""
    members = [p for p in walk(body) if isinstance(p, Symbol) and p.name == s.name and p != s]
    return frozenset().union(*map(free_indices, members))


@_matrix.register(Apply)
def _(expr: Apply, s: Symbol) -> Expr:
    """The sum of the entries of a vector is a row of ones times it."""
    params = dict(expr.params)
    if expr.op != "sum" or params.get("keepdims") or len(expr.args[0].shape) != 1:
        raise _nonlinear(expr, s)
    part = expr.args[0]
    return matmul(Fill(Fraction(1), part.shape), _form(part, s))
