"""One or more samples of every node that has parts, in all shape combinations it allows.

Every part is a symbol of its own, so that the rule of the node alone is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.expr.integers import IntLike, named
from derive.expr.nodes import (
    Array,
    Diag,
    Dimension,
    Entry,
    Expr,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from derive.ops import apply

N, M, K = named("n"), named("m"), named("k")
SYMBOLIC: tuple[IntLike, ...] = (N, M, K)
SMALL: tuple[IntLike, ...] = (2, 3, 2)


def quantity(name: str, *shape: IntLike) -> Symbol:
    return Symbol(name, (), shape)


def series(name: str, *shape: IntLike) -> Symbol:
    return Symbol(name, (named("t") - 1,), shape)


def number(value: str) -> Expr:
    exact = Fraction(value)
    return Neg(Number(-exact)) if exact < 0 else Number(exact)


def samples(n: IntLike, m: IntLike, k: IntLike) -> Iterator[tuple[str, Expr]]:
    """Yield samples for the given sizes, each with a name."""
    yield from _entrywise(n, m)
    yield from _matrices(n, m, k)
    yield from _parts(n, m)
    yield "tanh", apply("tanh", quantity("x", n))
    yield "sigmoid", apply("sigmoid", quantity("x", n))
    yield "softmax", apply("softmax", quantity("x", n))


def _entrywise(n: IntLike, m: IntLike) -> Iterator[tuple[str, Expr]]:
    s, r = quantity("s"), quantity("r")
    a, b, row = quantity("a", n), quantity("b", n), quantity("c", m)
    X, Y = quantity("X", n, m), quantity("Y", n, m)
    column, one = quantity("d", n, 1), quantity("o", 1)
    pairs = {"scalars": (s, r), "vectors": (a, b), "scalar, vector": (s, a),
             "vector, scalar": (a, s), "matrices": (X, Y), "matrix, row": (X, row),
             "row, matrix": (row, X), "matrix, column": (X, column), "matrix, scalar": (X, s),
             "scalar, matrix": (s, X), "column, row": (column, row), "vector, one": (a, one),
             "matrix, one": (X, one), "series": (series("h", n), b)}
    for name, (left, right) in pairs.items():
        yield f"sum of {name}", Sum((left, right))
        yield f"product of {name}", Product((left, right))
        yield f"quotient of {name}", Quotient(left, right)
        yield f"power of {name}", Power(left, right)
    yield "sum of four", Sum((X, row, s, column))
    yield "product of three", Product((s, a, b))
    yield "product of four", Product((X, row, s, column))
    for exponent in ("2", "3", "1", "-1", "-2", "1/2"):
        yield f"power {exponent}", Power(a, number(exponent))
    yield "power of a matrix", Power(X, number("2"))
    yield "power half as a quotient", Power(a, Quotient(number("1"), number("2")))
    yield "power of a size", Power(a, Dimension(N))
    for shape in ((), (n,), (n, m)):
        yield f"minus of rank {len(shape)}", Neg(quantity("x", *shape))


def _matrices(n: IntLike, m: IntLike, k: IntLike) -> Iterator[tuple[str, Expr]]:
    A, B, v, w = quantity("A", n, m), quantity("B", m, k), quantity("v", m), quantity("w", n)
    yield "matrix @ vector", MatMul(A, v)
    yield "row @ matrix", MatMul(w, A)
    yield "matrix @ matrix", MatMul(A, B)
    yield "dot", MatMul(v, quantity("u", m))
    yield "matrix @ column", MatMul(A, quantity("x", m, 1))
    yield "row matrix @ matrix", MatMul(quantity("x", 1, m), B)
    yield "matrix @ member", MatMul(A, series("h", m))
    yield "transpose", Transpose(A)
    yield "transpose of a vector", Transpose(v)
    yield "outer", Outer(w, v)
    yield "diagonal", Diag(v)


def _parts(n: IntLike, m: IntLike) -> Iterator[tuple[str, Expr]]:
    a, b, X = quantity("a", n), quantity("b", n), quantity("X", n, m)
    i, j = named("i"), named("j")
    yield "array of vectors", Array((a, b))
    yield "array of scalars", Array((quantity("r"), quantity("s"), quantity("q")))
    yield "entry of a vector", Entry(a, (1,))
    yield "entry at a symbol", Entry(a, (i,))
    yield "entry of a matrix", Entry(X, (0, 1))
    yield "entry of a matrix at symbols", Entry(X, (i, j))
    yield "row of a matrix", Entry(X, (1,))
    yield "all of a matrix", Entry(X, ())

