"""Linear forms and transposes rewrite: entry by entry the values stay."""

from __future__ import annotations

import pytest
import sympy

from derive.calculus.entries import entry
from derive.calculus.linear import linear_form
from derive.calculus.places import integer, position
from derive.calculus.sums import vanishes
from derive.calculus.transposes import transposed
from derive.errors import DeriveError
from derive.expr import build
from derive.expr.integers import named
from derive.expr.nodes import (
    Array,
    Diag,
    Entry,
    Expr,
    Eye,
    MatMul,
    Neg,
    Outer,
    Partial,
    Product,
    Quotient,
    Range,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.ops import apply
from derive.syntax.write_text import write

N, M, K = named("n"), named("m"), named("k")


def quantity(name: str, *shape: object) -> Symbol:
    return Symbol(name, (), shape)  # type: ignore[arg-type]


S = quantity("s", N)
D, P, Q, R = (quantity(c, N) for c in "dpqr")
A, B, SQUARE = quantity("A", M, N), quantity("B", K, M), quantity("C", N, N)
C, E = quantity("c"), quantity("e", M)
SERIES = Symbol("W", (named("t"),), (M, N))
T = Range((1,), (named("T"),))

LINEAR: dict[str, Expr] = {
    "itself": S,
    "minus": Neg(S),
    "scaled": Product((C, S)),
    "by entries": Product((D, S)),
    "from the right": Product((S, D)),
    "three factors": Product((C, D, S, P)),
    "matrix": MatMul(A, S),
    "two matrices": MatMul(B, MatMul(A, S)),
    "row": MatMul(S, Transpose(A)),
    "dot": MatMul(P, S),
    "dot from the right": MatMul(S, P),
    "sum": Sum((MatMul(SQUARE, S), Product((D, S)))),
    "difference": Sum((Product((D, S)), Neg(Product((D, MatMul(P, S)))))),
    "softmax's own": MatMul(Sum((Diag(P), Neg(Outer(P, P)))), S),
    "vector times dot": Product((P, MatMul(Q, S))),
    "vector times dot with a matrix": Product((E, MatMul(P, MatMul(SQUARE, S)))),
    "vector times scaled dot": Product((E, Product((C, MatMul(P, S))))),
    "scalar repeated": Sum((MatMul(P, S), S)),
    "quotient by a scalar": Quotient(S, C),
    "quotient by a vector": Quotient(MatMul(SQUARE, S), D),
    "total": apply("sum", Product((D, S))),
    "times total": Product((P, apply("sum", S))),
    "diagonal matrix": MatMul(Diag(S), P),
    "transposed": Transpose(MatMul(A, S)),
    "array": Array((MatMul(P, S), MatMul(Q, S), Entry(S, (0,)))),
    "entry": Entry(MatMul(A, S), (named("j"),)),
    "over an index": Reduce("sum", "t", T, MatMul(SERIES, S)),
    "mean over an index": Reduce("mean", "t", T, MatMul(SERIES, S)),
    "zero": build.zero((N,)),
}


def applied(form: Expr, at: tuple[object, ...]) -> object:
    """Entry *at* of form @ s."""
    k = position("b")
    return sympy.Sum(entry(form, (*at, k)) * entry(S, (k,)), (k, 0, integer(N) - 1))


@pytest.mark.parametrize("name", LINEAR)
def test_linear_form_times_s_is_the_expression(name: str) -> None:
    expr = LINEAR[name]
    at = tuple(position(c) for c in "a"[:len(expr.shape)])
    form = linear_form(expr, S)
    assert form.shape == (*expr.shape, N)
    assert vanishes(entry(expr, at) - applied(form, at))


def test_linear_forms_are_written_as_people_write_them() -> None:
    assert linear_form(S, S) == Eye(N)
    assert write(linear_form(Product((D, MatMul(SQUARE, S))), S)) == "diag(d) @ C"
    assert write(linear_form(Product((P, MatMul(Q, S))), S)) == "outer(p, q)"
    assert write(linear_form(LINEAR["vector times dot with a matrix"], S)) == "outer(e, p) @ C"


@pytest.mark.parametrize("expr", [
    D,
    Sum((S, D)),
    Product((S, S)),
    Quotient(D, S),
    MatMul(S, S),
    MatMul(MatMul(SQUARE, S), S),
    apply("tanh", S),
    Reduce("prod", "t", T, S),
], ids=repr)
def test_what_is_not_linear_is_refused(expr: Expr) -> None:
    with pytest.raises(DeriveError):
        linear_form(expr, S)


def test_another_member_of_a_series_may_be_the_same() -> None:
    """sum_k h_k holds h_t without naming it."""
    t, k = named("t"), named("k")
    h_t, h_k = Symbol("h", (t,), (N,)), Symbol("h", (k,), (N,))
    body = Sum((h_t, h_k))
    with pytest.raises(DeriveError):
        linear_form(Reduce("sum", "k", T, body), h_t)


W, V = quantity("W", N, N), quantity("V", M, N)
BY_NEXT = Partial(quantity("L"), quantity("h", N))
TURNED: dict[str, Expr] = {
    "vector": D,
    "matrix": W,
    "transpose": Transpose(W),
    "scalar": C,
    "minus": Neg(MatMul(W, D)),
    "chain": MatMul(Transpose(W), Product((D, MatMul(Transpose(V), E)))),
    "row": MatMul(E, V),
    "scaled": Product((C, MatMul(W, D))),
    "derivative first": Product((BY_NEXT, D)),
    "equal factors": Product((D, D)),
    "sum": Sum((MatMul(W, D), P, Neg(Q))),
    "quotient": Quotient(MatMul(W, D), C),
    "quotient of vectors": Quotient(P, D),
    "outer": Outer(E, D),
    "diagonal": MatMul(Diag(D), W),
    "product of matrices": MatMul(V, MatMul(W, Diag(D))),
    "by entries": Product((W, SQUARE)),
    "matrix and row": Product((V, D)),
    "matrix plus row": Sum((V, D)),
    "over an index": Reduce("sum", "t", T, Outer(E, Symbol("h", (named("t"),), (N,)))),
    "function": apply("tanh", W),
    "power": build.power(W, build.number(2)),
    "vector times outer": MatMul(Outer(D, E), E),
}


@pytest.mark.parametrize("name", TURNED)
def test_transposed_keeps_the_values(name: str) -> None:
    expr = TURNED[name]
    at = tuple(position(c) for c in "ab"[:len(expr.shape)])
    turned = transposed(expr)
    assert turned.shape == expr.shape[::-1]
    assert vanishes(entry(expr, at) - entry(turned, at[::-1]))


def test_rows_run_from_the_left_to_the_right() -> None:
    assert write(transposed(TURNED["chain"])) == "e @ V @ diag(d) @ W"
    assert transposed(TURNED["chain"]) == MatMul(MatMul(MatMul(E, V), Diag(D)), W)
    assert transposed(TURNED["derivative first"]) == MatMul(BY_NEXT, Diag(D))
