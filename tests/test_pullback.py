"""Each rule of the reverse sweep against SymPy's derivative of one entry.

For a node z with parts x, y, ...: sum over the entries of z of g times dz/dx_j, z in index
notation, must be entry j of the cotangent that the rule writes. Once for sizes that are symbols
(sums and Kronecker's deltas), once entry by entry for small numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
import sympy
from structural_samples import SMALL, SYMBOLIC, quantity, samples

from derive.calculus.entries import entry
from derive.calculus.places import integer, position
from derive.calculus.pullback import Cotangents, pullback, unbroadcast
from derive.calculus.sums import normal, vanishes
from derive.errors import DeriveError
from derive.expr import build
from derive.expr.integers import named
from derive.expr.nodes import (
    Array,
    Diag,
    Dots,
    Expr,
    MatMul,
    MatrixProduct,
    Neg,
    Outer,
    Product,
    Range,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import PARTS, children
from derive.syntax.write_text import write

Rule = Callable[[Expr, Expr], Cotangents]
Formula = Any


def cotangent(expr: Expr) -> Symbol:
    return Symbol("g", (), expr.shape)


def places(symbol: Expr, letters: str) -> tuple[Formula, ...]:
    """A symbol per axis; an axis of size 1 has the one place 0."""
    return tuple(sympy.S.Zero if n == 1 else position(c)
                 for n, c in zip(symbol.shape, letters, strict=False))


def by_symbols(expr: Expr, part: Expr, at: tuple[Formula, ...]) -> Formula:
    """sum_out g_out dz_out/dx_at with the output's positions as summation indices."""
    out = tuple(position(c) for c in "pqr"[:len(expr.shape)])
    total = entry(cotangent(expr), out) * sympy.diff(entry(expr, out), entry(part, at))
    for p, n in zip(out, expr.shape, strict=True):
        total = sympy.Sum(total, (p, 0, integer(n) - 1))
    return total


def by_numbers(expr: Expr, part: Expr, at: tuple[Formula, ...]) -> Formula:
    g = cotangent(expr)
    x = entry(part, at)
    return sum(entry(g, out) * sympy.diff(entry(expr, out).doit(), x)
               for out in product(*(range(int(str(n))) for n in expr.shape)))


def judge_symbols(expr: Expr, rule: Rule = pullback) -> Iterator[tuple[Expr, bool]]:
    for part, claim in zip(children(expr), rule(expr, cotangent(expr)), strict=True):
        if claim is not None:
            at = places(part, "ab")
            yield part, claim.shape == part.shape and vanishes(
                by_symbols(expr, part, at) - entry(claim, at))


def judge_numbers(expr: Expr, rule: Rule = pullback) -> Iterator[tuple[Expr, bool]]:
    for part, claim in zip(children(expr), rule(expr, cotangent(expr)), strict=True):
        if claim is not None:
            for at in product(*(range(int(str(n))) for n in part.shape)):
                difference = by_numbers(expr, part, at) - entry(claim, at).doit()
                yield part, claim.shape == part.shape and vanishes(difference)


SYMBOL_SAMPLES = dict(samples(*SYMBOLIC))
# positions that are symbols stand for a place; among numbered entries they would be no place
NUMBER_SAMPLES = {name: expr for name, expr in samples(*SMALL) if "symbol" not in name}


@pytest.mark.parametrize("name", SYMBOL_SAMPLES)
def test_rule_holds_for_every_size(name: str) -> None:
    verdicts = list(judge_symbols(SYMBOL_SAMPLES[name]))
    assert verdicts
    assert [write(part) for part, right in verdicts if not right] == []


@pytest.mark.parametrize("name", NUMBER_SAMPLES)
def test_rule_holds_entry_by_entry(name: str) -> None:
    verdicts = list(judge_numbers(NUMBER_SAMPLES[name]))
    assert verdicts
    assert [write(part) for part, right in verdicts if not right] == []


def test_every_node_with_parts_has_a_sample() -> None:
    """Reductions over an index are the system's own matter; what only answers hold is refused."""
    judged = {type(expr) for expr in SYMBOL_SAMPLES.values()}
    assert set(PARTS) - judged == {Dots, MatrixProduct, Reduce}


A = quantity("A", named("n"), named("m"))
x, w = quantity("x", named("m")), quantity("w", named("n"))
SLIPS: dict[str, tuple[Any, Any]] = {
    "outer product the wrong way round": (
        MatMul(A, x), lambda e, g: (Outer(e.right, g), MatMul(Transpose(e.left), g))),
    "transpose left out": (
        MatMul(quantity("A", named("n"), named("n")), quantity("x", named("n"))),
        lambda e, g: (Outer(g, e.right), MatMul(e.left, g))),
    "sign lost": (Neg(x), lambda e, g: (g,)),
    "factor forgotten": (Product((x, quantity("y", named("m")))), lambda e, g: (g, e.factors[0])),
    "off by a factor of two": (
        Sum((x, quantity("y", named("m")))), lambda e, g: (g, build.mul(build.number(2), g))),
    "one entry of a diagonal": (Diag(x), lambda e, g: (build.sum_entries(g, (-1,)),)),
    "not summed over the repeated axis": (
        Sum((A, quantity("s"))), lambda e, g: (g, build.number(1)))
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_wrong_rule_is_caught(slip: str) -> None:
    expr, rule = SLIPS[slip]
    assert not all(right for _, right in judge_symbols(expr, rule))
    assert all(right for _, right in judge_symbols(expr))


def test_a_wrong_rule_is_caught_entry_by_entry() -> None:
    expr = MatMul(quantity("A", 2, 2), quantity("x", 2))
    wrong = list(judge_numbers(expr, lambda e, g: (Outer(expr.right, g), MatMul(expr.left, g))))
    assert not all(right for _, right in wrong)


def test_rules_are_written_as_people_write_them() -> None:
    g = quantity("g", named("n"))
    assert [write(c) for c in pullback(MatMul(A, x), g) if c] == ["outer(g, x)", "A.T @ g"]
    s = quantity("s")
    assert [write(c) for c in pullback(Product((s, w)), g) if c] == ["g @ w", "s * g"]
    assert pullback(Transpose(w), g) == (g,)
    squared = pullback(build.power(w, build.number(2)), g)[0]
    assert squared is not None
    assert write(squared) == "2 * w * g"


def test_output_names_the_value() -> None:
    from derive.ops import apply

    z, h = quantity("z", named("n")), quantity("h", named("n"))
    (local,) = pullback(apply("tanh", z), quantity("g", named("n")), h)
    assert local is not None
    assert write(local) == "(1 - h**2) * g"


def test_zero_cotangent_stays_zero() -> None:
    parts = pullback(MatMul(A, x), build.zero((named("n"),)))
    assert all(part is not None and build.is_zero(part) for part in parts)


def test_unbroadcast_sums_over_what_was_repeated() -> None:
    n, m = named("n"), named("m")
    g = quantity("g", n, m)
    assert unbroadcast(g, (n, m)) is g
    assert [unbroadcast(g, shape).shape for shape in ((m,), (n, 1), (1, m), (1, 1), (1,), ())] == [
        (m,), (n, 1), (1, m), (1, 1), (1,), ()]


def test_what_has_no_rule_is_refused_by_name() -> None:
    stack = MatMul(quantity("S", 2, 3, 4), quantity("T", 1, 4, 3))
    with pytest.raises(DeriveError, match="2 x 3 x 4"):
        pullback(stack, quantity("g", 2, 3, 3))
    with pytest.raises(DeriveError, match="reduction"):
        pullback(Reduce("sum", "t", Range((1,), (named("T"),)), x), quantity("g", named("m")))
    with pytest.raises(DeriveError, match="in part"):
        pullback(Dots((x,), (x,), Sum((x, x, x))), quantity("g", named("m")))


def test_an_array_cotangent_hands_its_items_on() -> None:
    a, b = quantity("a", 3), quantity("b", 3)
    assert pullback(Array((a, b)), Array((b, a))) == (b, a)


def test_normal_form_knows_sums_that_are_equal() -> None:
    """w^T A x by rows and by columns, and its transpose."""
    rows, columns = MatMul(w, MatMul(A, x)), MatMul(MatMul(w, A), x)
    turned = MatMul(x, MatMul(Transpose(A), w))
    assert normal(entry(rows) - entry(columns)) == 0
    assert vanishes(entry(rows) - entry(turned))
    assert not vanishes(entry(rows) - 2 * entry(turned))
