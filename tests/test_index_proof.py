"""The chain rule in index notation: what it prints, and that every line of it is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
import sympy

from derive.calculus.entries import entry
from derive.calculus.facts import cited
from derive.calculus.index_proof import LocalProof, compose
from derive.calculus.sums import put, standard, vanishes
from derive.errors import DeriveError
from derive.expr import build
from derive.expr.integers import IntLike, named
from derive.expr.nodes import (
    Expr,
    MatMul,
    Neg,
    Partial,
    Power,
    Product,
    Quotient,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import walk
from derive.ops import apply
from derive.syntax.write_text import write

Fact = tuple[Expr, Expr]
Case = tuple[Expr, Expr, Symbol, Symbol, tuple[Fact, ...]]
T = named("t")
ONE, TWO = build.number(1), build.number(2)


def series(name: str, *shape: IntLike) -> Symbol:
    return Symbol(name, (T,), shape)


def plain(name: str, *shape: IntLike) -> Symbol:
    return Symbol(name, (), shape)


def cases(n: IntLike, m: IntLike) -> Iterator[tuple[str, Case, str | None]]:
    """Yield a name, the arguments of compose, and dl/dx as it should be written."""
    o, y, p, tau = series("o", n), series("y", n), series("p", n), plain("tau")
    softmax, sigmoid = apply("softmax", o), apply("sigmoid", o)
    to_one: Fact = (apply("sum", y), ONE)
    ce, se = apply("cross_entropy", y, p), apply("squared_error", y, p)
    half = Product((Quotient(ONE, TWO), se))
    yield "softmax, cross entropy", (ce, softmax, p, o, (to_one,)), "p[t] - y[t]"
    yield "no fact", (ce, softmax, p, o, ()), "p[t] * sum(y[t]) - y[t]"
    yield ("targets that sum to c", (ce, softmax, p, o, ((apply("sum", y), plain("c")),)),
           "c * p[t] - y[t]")
    yield ("temperature", (ce, apply("softmax", Quotient(o, tau)), p, o, (to_one,)),
           "(p[t] - y[t]) / tau")
    yield ("softmax, squared error", (half, softmax, p, o, (to_one,)),
           "p[t] * (p[t] - y[t] - (p[t] - y[t]) @ p[t])")
    yield "sigmoid, squared error", (half, sigmoid, p, o, ()), "p[t] * (1 - p[t]) * (p[t] - y[t])"
    yield ("sigmoid, cross entropy",
           (apply("sum", apply("binary_cross_entropy", y, p)), sigmoid, p, o, ()), "p[t] - y[t]")
    form = MatMul(p, MatMul(plain("A", n, n), p))
    yield ("tanh, quadratic form", (form, apply("tanh", o), p, o, ()),
           "(1 - p[t]**2) * (A @ p[t] + A.T @ p[t])")
    yield "sum of probabilities", (apply("sum", p), softmax, p, o, ()), "zeros(n)"
    yield ("entropy", (Neg(apply("sum", Product((p, apply("log", p))))), softmax, p, o, ()),
           "p[t] * (p[t] @ log(p[t]) - log(p[t]))")
    yield ("weighted", (Product((plain("w"), ce)), softmax, p, o, (to_one,)),
           "w * (p[t] - y[t])")
    yield ("squares", (apply("sum", p), Power(o, TWO), p, o, ()), "2 * o[t]")
    yield from _of_other_ranks(n, m)


def _of_other_ranks(n: IntLike, m: IntLike) -> Iterator[tuple[str, Case, str | None]]:
    v, x, W = plain("v", n), plain("x", m), plain("W", n, m)
    yield ("linear", (MatMul(plain("u", n), v), MatMul(W, x), v, x, ()), "W.T @ u")
    p, y, z, w = plain("p"), plain("y"), plain("z"), plain("w", m)
    bce = apply("binary_cross_entropy", y, p)
    yield "one unit", (bce, apply("sigmoid", z), p, z, ()), "p - y"
    yield "logistic regression", (bce, apply("sigmoid", MatMul(w, x)), p, w, ()), "(p - y) * x"
    P, Y, Z = plain("P", m, n), plain("Y", m, n), plain("Z", m, n)
    rows: Fact = (apply("sum", Y, axis=-1), build.number(1))
    total = apply("sum", apply("cross_entropy", Y, P))
    yield "rows", (total, apply("softmax", Z), P, Z, (rows,)), "P - Y"
    yield ("rows without the fact", (total, apply("softmax", Z), P, Z, ()),
           "P * sum(Y, axis=-1, keepdims=True) - Y")


SYMBOLIC = {name: (case, written) for name, case, written in cases(named("n"), named("m"))}
SMALL = {name: case for name, case, _ in cases(3, 2)}


def proof_of(name: str) -> LocalProof:
    return compose(*SYMBOLIC[name][0], top=series("l"))


@pytest.mark.parametrize("name", SYMBOLIC)
def test_result_in_matrix_form(name: str) -> None:
    (*_, x, facts), written = SYMBOLIC[name]
    proof = proof_of(name)
    assert proof.result is not None
    assert write(proof.result) == written
    assert proof.result.shape == x.shape
    assert set(proof.facts) <= set(facts)


def explicit(expr: Expr) -> Iterator[Any]:
    """Yield every entry of a small array, written out."""
    for at in sympy.utilities.iterables.cartes(*(range(int(str(n))) for n in expr.shape)):
        yield entry(expr, at).doit()


def numbers(names: list[Any], facts: tuple[Fact, ...]) -> dict[Any, Any]:
    """Draw a rational for each quantity; targets are made to fulfil the facts."""
    found = {q: sympy.Rational(7 * k % 23 + 3, 29 + k) for k, q in enumerate(names)}
    for left, right in facts:
        for total, value in zip(explicit(left), [right] * 9, strict=False):
            last = sorted(total.free_symbols & set(found), key=str)[-1]
            rest = (total - last).xreplace(found)
            found[last] = entry(value).xreplace(found) - rest
    return found


@pytest.mark.parametrize("name", SMALL)
def test_result_against_the_whole_differentiated(name: str) -> None:
    """Put the inner function into the outer, entry by entry, and let SymPy differentiate."""
    outer, inner, y, x, facts = SMALL[name]
    result = compose(*SMALL[name]).result
    assert result is not None
    inside = dict(zip(explicit(y), explicit(inner), strict=True))
    loss = entry(outer).doit().xreplace(inside)
    claims = [claim.xreplace(inside) for claim in explicit(result)]
    names = sorted((loss + sum(claims)).atoms(sympy.Indexed) | {
        s for s in (loss + sum(claims)).free_symbols if not s.is_integer and s.is_real
        and not any(s == a.base.label for a in loss.atoms(sympy.Indexed))}, key=str)
    put_in = numbers(names, facts)
    for claim, by in zip(claims, explicit(x), strict=True):
        difference = (sympy.diff(loss, by) - claim).xreplace(put_in)
        assert abs(sympy.N(difference, 40)) < 1e-30


def holds_partials(expr: Expr) -> bool:
    return any(isinstance(part, Partial) for part in walk(expr))


@pytest.mark.parametrize("name", SYMBOLIC)
def test_every_line_follows_from_the_one_before(name: str) -> None:
    facts = SYMBOLIC[name][0][-1]
    lines = [line for line in proof_of(name).lines
             if line.rule in ("put in", "split", "delta", "tidy", "fact", "own fact")]
    assert lines
    for before, line in pairwise(lines):
        assert before.lhs == line.lhs
        earlier, later = standard(entry(before.rhs)), standard(entry(line.rhs))
        used = (line.fact,) if line.fact else ()
        difference, cites = cited(standard(sympy.expand_mul(earlier - later)), used)
        assert vanishes(put(difference, {}))
        assert cites == used
        assert line.rule != "fact" or line.fact in facts


@pytest.mark.parametrize("name", SYMBOLIC)
def test_chain_is_the_product_of_the_slopes_printed_above(name: str) -> None:
    """The first line with formulas is the chain rule with the printed slopes put in."""
    lines = proof_of(name).lines
    slopes = {line.lhs: line.rhs for line in lines if line.rule in ("outer", "inner", "alone")}
    chain = next(line for line in lines if line.rule.startswith("chain"))
    put_in = next(line for line in lines if line.rule == "put in")
    body, filled = chain.rhs, put_in.rhs
    while isinstance(body, Reduce):
        assert isinstance(filled, Reduce)
        body, filled = body.body, filled.body
    assert isinstance(body, Product)
    assert vanishes(entry(filled) - sympy.Mul(*(entry(slopes[f]) for f in body.factors)))


def test_the_lines_of_softmax_and_cross_entropy() -> None:
    shown = [(line.rule, write(line.rhs)) for line in proof_of("softmax, cross entropy").lines]
    assert shown == [
        ("term by term", "-sum(y[t][j] * delta(k, j) / p[t][j], j)"),
        ("outer", "-y[t][k] / p[t][k]"),
        ("term by term", ("delta(i, k) * exp(o[t][k]) / sum(exp(o[t][j]), j) - exp(o[t][k]) "
         "* sum(delta(i, j) * exp(o[t][j]), j) / sum(exp(o[t][j]), j)**2")),
        ("collected", ("exp(o[t][k]) * (delta(i, k) * sum(exp(o[t][j]), j) - exp(o[t][i])) "
         "/ sum(exp(o[t][j]), j)**2")),
        ("inner", "p[t][k] * (delta(i, k) - p[t][i])"),
        ("same", "p[t][i] * (1 - p[t][i])"),
        ("other", "-p[t][i] * p[t][k]"),
        ("chain", "sum((dl[t]/dp[t])[k] * (dp[t][k]/do[t])[i], k)"),
        ("put in", "sum(-y[t][k] / p[t][k] * p[t][k] * (delta(i, k) - p[t][i]), k)"),
        ("split", "p[t][i] * sum(y[t][k], k) - sum(y[t][k] * delta(i, k), k)"),
        ("delta", "p[t][i] * sum(y[t][k], k) - y[t][i]"),
        ("fact", "p[t][i] - y[t][i]"),
        ("matrix", "p[t] - y[t]"),
    ]


def test_the_fact_is_cited_only_where_it_is_used() -> None:
    with_fact, without = proof_of("softmax, cross entropy"), proof_of("no fact")
    assert [write(left) for left, _ in with_fact.facts] == ["sum(y[t])"]
    assert without.facts == ()
    assert "fact" not in [line.rule for line in without.lines]
    assert proof_of("softmax, squared error").facts == ()


def test_a_fact_about_another_member_is_not_used() -> None:
    outer, inner, y, x, _ = SYMBOLIC["softmax, cross entropy"][0]
    first = Symbol("y", (0,), (named("n"),))
    proof = compose(outer, inner, y, x, ((apply("sum", first), ONE),))
    assert proof.facts == ()
    assert proof.result is not None
    assert write(proof.result) == "p[t] * sum(y[t]) - y[t]"


def test_another_loss_has_another_result() -> None:
    outer, inner, y, x, facts = SYMBOLIC["softmax, cross entropy"][0]
    doubled = compose(Product((TWO, outer)), inner, y, x, facts).result
    shifted = compose(Sum((outer, MatMul(y, y))), inner, y, x, facts).result
    results = {compose(outer, inner, y, x, facts).result, doubled, shifted}
    assert len(results) == 3
    assert doubled is not None
    assert write(doubled) == "2 * (p[t] - y[t])"


def test_a_target_that_is_no_one_hot_keeps_its_sum() -> None:
    """The classic slip: p - y is only right where the targets sum to 1."""
    outer, inner, y, x, _ = SYMBOLIC["softmax, cross entropy"][0]
    half = ((apply("sum", series("y", named("n"))), Quotient(ONE, TWO)),)
    result = compose(outer, inner, y, x, half).result
    assert result is not None
    assert write(result) in ("1 / 2 * p[t] - y[t]", "p[t] / 2 - y[t]")


def test_equal_names_of_other_shapes_are_told_apart() -> None:
    first, second = (compose(*next(cases(n, 2))[1]).result for n in (3, 4))
    assert first is not None
    assert second is not None
    assert (first.shape, second.shape) == ((3,), (4,))


REFUSED: dict[str, Callable[[Symbol, Symbol, Symbol], tuple[Expr, Expr]]] = {
    "a loss that reads the argument too": (
        lambda p, o, y: (Sum((apply("cross_entropy", y, p), MatMul(o, o))), apply("softmax", o))),
    "a vector loss": lambda p, o, y: (Product((p, y)), apply("softmax", o)),
    "an inner function of itself": (
        lambda p, o, y: (apply("sum", p), Product((p, apply("softmax", o))))),
    "a kink": lambda p, o, y: (apply("squared_error", y, p), apply("relu", o)),
    "another shape": lambda p, o, y: (apply("sum", p), MatMul(o, o)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_result_rather_than_a_guess(name: str) -> None:
    p, o, y = (series(c, named("n")) for c in "poy")
    outer, inner = REFUSED[name](p, o, y)
    assert compose(outer, inner, p, o).result is None


def test_matrix_form_is_compared_with_the_formula() -> None:
    """A sum over part of an axis looks like a dot product and is none."""
    from derive.calculus.index_notation import Vocabulary
    from derive.calculus.matrix_form import matrix_form
    from derive.calculus.places import place, position, quantity

    a, b, k, n = plain("a", named("n")), plain("b", named("n")), position("k"), place("n")
    product = quantity("a", (k,)) * quantity("b", (k,))
    words = Vocabulary.of(a, b)
    whole = matrix_form(sympy.Sum(product, (k, 0, n - 1)), (), words, ())
    assert write(whole) == "a @ b"
    with pytest.raises(DeriveError):
        matrix_form(sympy.Sum(product, (k, 1, n - 1)), (), words, ())


def test_matrix_forms() -> None:
    from derive.calculus.index_notation import Vocabulary
    from derive.calculus.matrix_form import matrix_form
    from derive.calculus.places import position

    n, m = named("n"), named("m")
    A, B, a, b = plain("A", n, m), plain("B", m, n), plain("a", n), plain("b", m)
    words = Vocabulary.of(A, B, a, b)
    for expr in (MatMul(A, b), MatMul(Transpose(A), a), MatMul(A, B), Transpose(A),
                 Product((a, MatMul(A, b))), MatMul(a, MatMul(A, b)), apply("sum", A, axis=-1),
                 apply("sum", A, axis=-1, keepdims=True), apply("sum", A, axis=-2),
                 Quotient(a, Sum((MatMul(b, b), ONE))), apply("tanh", a)):
        at = tuple(position(c) for c in "ij"[:len(expr.shape)])
        assert write(matrix_form(standard(entry(expr, at)), at, words, expr.shape)) == write(expr)


NAMES = ("i", "j", "k", "m", "n", "t", "s")


@pytest.mark.parametrize("index", NAMES)
@pytest.mark.parametrize("size", [*NAMES, "l", "p", "q", "y"])
def test_sizes_and_indices_may_be_called_anything(size: str, index: str) -> None:
    """Bound letters and positions give way to the names of the file."""
    o, y, p = (Symbol(name, (named(index),), (named(size),)) for name in "oyp")
    loss, fact = apply("cross_entropy", y, p), (apply("sum", y), ONE)
    proof = compose(loss, apply("softmax", o), p, o, (fact,))
    assert proof.facts == (fact,)
    assert proof.result is not None
    assert write(proof.result) == f"p[{index}] - y[{index}]"
    assert all(vanishes(entry(line.rhs) - entry(before.rhs)) for before, line in pairwise(
        [line for line in proof.lines if line.rule in ("put in", "split", "delta")]))


@pytest.mark.parametrize("columns", NAMES)
@pytest.mark.parametrize("rows", NAMES)
def test_sizes_of_a_matrix_may_be_called_anything(rows: str, columns: str) -> None:
    shape = named(rows), named(columns)
    P, Y, Z = (plain(name, *shape) for name in "PYZ")
    fact = (apply("sum", Y, axis=-1), ONE)
    total = apply("sum", apply("cross_entropy", Y, P))
    proof = compose(total, apply("softmax", Z), P, Z, (fact,))
    assert proof.result is not None
    assert write(proof.result) == "P - Y"
    W, x, u, v = plain("W", *shape), plain("x", shape[1]), plain("u", shape[0]), plain(
        "v", shape[0])
    linear = compose(MatMul(u, v), MatMul(W, x), v, x).result
    assert linear is not None
    assert write(linear) == "W.T @ u"


def test_a_delta_picks_one_term_and_only_its_own() -> None:
    from derive.calculus.places import place, position, quantity
    from derive.calculus.sums import normal

    i, k, n = position("i"), position("k"), place("n")
    a = quantity("a", (k,))
    limits = (k, 0, n - 1)
    delta = sympy.KroneckerDelta
    assert normal(sympy.Sum(a * delta(k, i), limits)) == a.xreplace({k: i})
    assert normal(sympy.Sum(a * delta(k - 1, i), limits)) == a.xreplace({k: i + 1})
    assert normal(sympy.Sum(a.xreplace({k: i}), limits)) == n * a.xreplace({k: i})
    assert normal(sympy.Sum(delta(i, n), limits)) == n * delta(i, n)
