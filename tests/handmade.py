"""A solved question made by hand, with everything in it that is hard to print."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from derive.expr.build import matmul, mul, number, outer, sub, sum_over, transpose
from derive.expr.integers import named
from derive.expr.nodes import (
    Apply,
    Diag,
    Expr,
    Literal,
    MatMul,
    Number,
    Partial,
    Power,
    Range,
    Sum,
    Symbol,
)
from derive.solution.step import (
    Check,
    Claim,
    Line,
    PartSolution,
    Sentence,
    SolvedQuestion,
    Step,
)

SPECIAL = r"100% of a & b_c # $5 {x} ~y ^z \textbf <i> | `c` *d* [e](f) ∂L/∂W 中 ü"
EVIL = r"\input{/etc/passwd} $\input{/etc/passwd}$ \end{document} $\write18{x}$ $x^2$"
T, t = named("T"), named("t")


def symbol(name: str, *index: Any, of: tuple[Any, ...] = (3,)) -> Symbol:
    return Symbol(name, tuple(index), of)


def numbers(values: Any, exact: bool = False) -> Literal:
    return Literal(np.asarray(values, dtype=float), exact, lambda value: f"{value:.3g}")


def between(lo: Any, hi: Any) -> tuple[tuple[str, Range], ...]:
    return (("t", Range((lo,), (hi,))),)


L = symbol("L", of=())
W, U, V = (symbol(name, of=(3, 3)) for name in "WUV")
b, x0, h0, hbar0 = symbol("b"), symbol("x", 0), symbol("h", 0), symbol("hbar", 0)
MATRIX = numbers([[1, 0, -1], [2, 1, 0], [-1, 2, 1]], exact=True)
COLUMN = numbers([-0.762, 0, 0.964])
WIDE = numbers(np.arange(64 * 64).reshape(64, 64) / -777)


def forward() -> Step:
    """A chain: symbols, numbers put in, arithmetic, result."""
    rhs = Sum((matmul(W, symbol("h", -1)), matmul(U, x0), b))
    put_in = Sum((MatMul(MATRIX, COLUMN), MatMul(MATRIX, COLUMN), COLUMN))
    return Step("q.1.hbar0", "value", (
        Line("symbolic", hbar0, "=", rhs),
        Line("substituted", None, "≈", put_in),
        Line("arithmetic", None, "≈", Sum((COLUMN, COLUMN, COLUMN))),
        Line("result", None, "≈", COLUMN),
    ), title=Sentence("{}", (Claim(symbol("t", of=()), "=", number(0)),)), answer=True,
        marks=Fraction(3, 2))


def wide() -> Step:
    """A matrix of 64 by 64, and a product of two that has to be broken."""
    A = symbol("A", of=(64, 64))
    long = MatMul(MatMul(WIDE, WIDE), WIDE)
    return Step("q.1.wide", "value", (
        Line("symbolic", symbol("B", of=(64, 64)), "=", MatMul(MatMul(A, A), A)),
        Line("substituted", None, "≈", Sum((long, WIDE))),
        Line("result", None, "≈", WIDE),
    ), detail="normal")


def recurrence() -> Step:
    """The gradient with T a symbol: a case for t = T, one before it, and reasons."""
    left = Partial(L, symbol("h", t))
    o, later = Partial(L, symbol("o", t)), Partial(L, symbol("hbar", t + 1))
    long = Sentence("because " + "the loss reads every state, and every state but the last one is "
                    "read by the next one, so that {} collects two terms", (left,))
    return Step("q.2.dL_dh", "chain", (
        Line("symbolic", left, "=", matmul(transpose(V), o), between(T, T),
             Sentence("since {}", (Claim(symbol("h", t), "∈", h0),))),
        Line("symbolic", left, "=", Sum((matmul(transpose(V), o), matmul(transpose(W), later))),
             between(1, T - 1), long),
    ), title=Sentence("The derivative with respect to {}", (symbol("h", t),)),
        intro=Sentence("Here {} runs: {}.", (symbol("t", of=()), between(1, T))), answer=True,
        note=Sentence("It starts at {}.", (left,)))


def labelled(count: int = 2) -> Step:
    """A sum over paths, each factor over its derivative."""
    slope = Diag(Sum((number(1), mul(number(-1), Power(h0, number(2))))))
    factors: list[tuple[Expr, Expr]] = [
        (sub(symbol("yhat", 0), symbol("y", 0)), Partial(L, symbol("o", 0))),
        (V, Partial(symbol("o", 0), h0)), (slope, Partial(h0, hbar0)), (W, Partial(hbar0, h0))]
    term = tuple(factors)
    whole: Expr = factors[0][0]
    for factor, _ in factors[1:]:
        whole = matmul(whole, factor)
    return Step("q.2.paths", "paths", (
        Line("result", Partial(L, h0), "=", Sum((whole,) * count), terms=(term,) * count),))


def proof() -> Step:
    """Shown at full detail only."""
    total = sum_over("t", Range((1,), (T,)), outer(Partial(L, symbol("o", t)), symbol("h", t)))
    return Step("q.2.proof", "proof", (
        Line("symbolic", Partial(L, V), "=", total, apart=("i", "k")),), detail="full")


def handmade() -> SolvedQuestion:
    parts = (
        PartSolution("1", SPECIAL, EVIL, Fraction(7, 2), (hbar0,), (forward(), wide())),
        PartSolution("2", "", "", Fraction(1), (Partial(L, h0),),
                     (replace(recurrence(), substeps=(proof(),)), labelled())),
    )
    series = tuple((symbol("x", k), COLUMN) for k in range(40))
    tanh = Apply("tanh", (symbol("hbar", t),), (), (3,))
    return SolvedQuestion(
        "q", f"Title {SPECIAL}", ((W, MATRIX), (b, None), *series),
        (Line("definition", symbol("h", t), "=", tanh, between(1, T)),
         Line("definition", L, "=", Number(Fraction(1, 3)))),
        (Sentence("Values are rounded to 100%."), Sentence("It is known that {}.", (
            Claim(L, "<=", number(1)),))),
        parts, {"h[10]": np.array([1.0, 1 / 3]), "h[2]": np.array([0.0, -1e-17]), "L": 2.5},
        {"dL/dh[t]": recurrence().lines},
        (Check("line", "q.1", 1e-16, True), Check("gradient", "dL/dW", 2e-11, True)),
        {"hbar": r"\bar{h}"})
