"""Every operation, judged by SymPy's formula of one entry: value, shape, cotangents, Jacobian."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as S
from explicit import Sample, applied, explicit, faults, settled
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError, ShapeError
from derive.expr import build
from derive.expr.integers import named
from derive.expr.nodes import Apply, Dimension, Expr, Fill, Product, Quotient, Symbol
from derive.numbers.reference import evaluate
from derive.ops import ELEMENTWISE, OPS, Op, apply
from derive.ops.unknown import UNKNOWN
from derive.ops.unknown_map import UNKNOWN_MAPS

CASES = [pytest.param(op, sample, id=f"{op.name}-{i}")
         for op in OPS.values() for i, sample in enumerate(op.samples)]
# of an unknown function SymPy knows the derivatives, but no value, of one of arrays neither: the
# complex step judges them, here and in tests/test_unknown_functions.py
WITH_SLOPES = [case for case in CASES if case.values[0] not in UNKNOWN_MAPS]
KNOWN = [case for case in WITH_SLOPES if case.values[0].name != UNKNOWN.name]
MUTANTS = [case for case in WITH_SLOPES if any(case.values[0].vjps)]


def numbers(op: Op, shapes: tuple[Any, ...], seed: int = 3) -> list[Any]:
    """Draw rational arguments away from kinks; probabilities where they must be positive."""
    draw = np.random.default_rng(seed)
    arrays = []
    for place, shape in enumerate(shapes):
        if place in op.labels:
            arrays.append(np.vectorize(Fraction, otypes=[object])(draw.integers(0, 2, shape)))
            continue
        size = draw.integers(5, 95, shape)
        low, high = ELEMENTWISE[op.name].within if op.name in ELEMENTWISE else (None, None)
        sign = 1 if op.positive else draw.choice([-2, 2] if high is None else [-1, 1], shape)
        values = np.asarray(size * sign) + (0 if low is None or high is not None else 100 * low)
        arrays.append(np.array([Fraction(int(v), 100) for v in values.flat], dtype=object)
                      .reshape(shape))
    return arrays


def as_floats(arrays: list[Any]) -> list[Any]:
    return [array.astype(float) for array in arrays]


def test_every_operation_has_samples() -> None:
    assert OPS
    assert [op.name for op in OPS.values() if not op.samples] == []


@pytest.mark.parametrize(("op", "sample"), WITH_SLOPES)
def test_rules_are_sympys_derivative(op: Op, sample: Sample) -> None:
    assert list(faults(op, sample)) == []


@pytest.mark.parametrize(("op", "sample"), MUTANTS)
def test_a_wrong_rule_is_caught(op: Op, sample: Sample) -> None:
    first = next(i for i, vjp in enumerate(op.vjps) if vjp)

    def off_by_one(*args: Expr, **params: Any) -> Expr:
        right = op.vjps[first](*args, **params)
        return build.add(right, Fill(Fraction(1), right.shape) if right.shape else build.number(1))

    vjps = (*op.vjps[:first], off_by_one, *op.vjps[first + 1:])
    assert list(faults(replace(op, vjps=vjps), sample)) != []


def test_a_wrong_softmax_jacobian_is_caught() -> None:
    wrong = replace(OPS["softmax"], jacobian=(lambda y, x, **params: build.diag(y),))
    assert any("jacobian" in fault for fault in faults(wrong, (((3,),), {})))


@pytest.mark.parametrize(("op", "sample"), KNOWN)
def test_value_is_the_formulas_value(op: Op, sample: Sample) -> None:
    node, _ = applied(op, sample)
    arrays = numbers(op, sample[0])
    exact = {f"x{i}": np.vectorize(S.Rational, otypes=[object])(a) for i, a in enumerate(arrays)}
    wanted = np.asarray(explicit(node, exact)).astype(float)
    got = np.asarray(op.evaluate(*as_floats(arrays), **settled(op, sample)))
    assert got.shape == node.shape
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_leading_axes_may_be_stacked(op: Op, sample: Sample) -> None:
    params = settled(op, sample)
    runs = [as_floats(numbers(op, sample[0], seed)) for seed in (4, 5)]
    rank = max((len(shape) for shape in sample[0]), default=0)
    pairs = [np.stack(pair) for pair in zip(*runs, strict=True)]
    if op.aligned:  # what is broadcast is lined up with the longest argument
        pairs = [p.reshape(2, *(1,) * (rank + 1 - p.ndim), *p.shape[1:]) for p in pairs]
    stacked = op.evaluate(*pairs, **params)
    np.testing.assert_allclose(stacked, [op.evaluate(*run, **params) for run in runs], rtol=1e-13)


@pytest.mark.parametrize(("op", "sample"), [c for c in CASES if c.values[0].exact])
def test_an_exact_operation_keeps_rationals(op: Op, sample: Sample) -> None:
    arrays, params = numbers(op, sample[0]), settled(op, sample)
    kept = np.asarray(op.evaluate(*arrays, **params))
    assert all(isinstance(value, (int, Fraction)) for value in kept.flat)
    np.testing.assert_allclose(kept.astype(float), op.evaluate(*as_floats(arrays), **params))


@pytest.mark.parametrize(("op", "sample"), CASES)
def test_cotangents_agree_with_the_complex_step(op: Op, sample: Sample) -> None:
    params = settled(op, sample)
    _, xs = applied(op, sample)
    values = as_floats(numbers(op, sample[0]))
    y = np.asarray(op.evaluate(*values, **params))
    g = np.random.default_rng(8).normal(size=y.shape)
    known = {"y": y, "g": g, **{x.name: v for x, v in zip(xs, values, strict=True)}}
    names = [Symbol(name, (), known[name].shape) for name in ("g", "y")]
    for i, vjp in enumerate(op.rules(len(sample[0]))):
        if vjp:
            got = evaluate(vjp(*names, *xs, **params), lambda ref: known[ref.name])
            np.testing.assert_allclose(got, stepped(op, values, i, g, params), rtol=1e-10,
                                       atol=1e-13)


def stepped(op: Op, values: list[Any], which: int, g: Any, params: dict[str, Any]) -> Any:
    """Return sum(g y) differentiated by each entry of one argument: Im f(x + ih) / h."""
    gradient = np.empty(values[which].shape)
    for at in np.ndindex(*gradient.shape):
        moved = [v.astype(complex) for v in values]
        moved[which][at] += 1e-30j
        gradient[at] = np.sum(g * op.evaluate(*moved, **params)).imag / 1e-30
    return gradient


@given(st.lists(st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=3), min_size=1))
def test_softmax_rows_sum_to_one(rows: list[list[float]]) -> None:
    with np.errstate(over="ignore"):  # the difference of two scores may overflow, to -inf
        p = OPS["softmax"].evaluate(np.array(rows), axis=(-1,))
    np.testing.assert_allclose(p.sum(axis=-1), 1)
    assert np.all(p >= 0)


@given(st.floats(-1e4, 1e4))
def test_large_arguments_do_not_overflow(x: float) -> None:
    assert 0 <= OPS["sigmoid"].evaluate(x) <= 1
    assert OPS["softplus"].evaluate(x) >= max(x, 0)
    OPS["softmax"].evaluate(np.array([x, -x, 0]), axis=(-1,))
    OPS["tanh"].evaluate(x)


def test_small_values_keep_their_digits() -> None:
    assert OPS["sigmoid"].evaluate(-40.0) == pytest.approx(np.exp(-40), rel=1e-14)
    assert OPS["softplus"].evaluate(-40.0) == pytest.approx(np.exp(-40), rel=1e-14)


def test_zero_log_zero_is_zero_and_log_zero_otherwise_an_error() -> None:
    loss = OPS["cross_entropy"].evaluate
    assert loss(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 0
    with pytest.raises(DeriveError, match="cross_entropy: log of a probability"):
        loss(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    with pytest.raises(DeriveError, match="log of 0"):
        OPS["log"].evaluate(np.array([1.0, 0.0]))
    with pytest.raises(DeriveError, match="binary_cross_entropy"):
        OPS["binary_cross_entropy"].evaluate(0.0, 1.0)


X = Symbol("X", (), (2, 3))


@pytest.mark.parametrize("n", [2, 3, 5])
def test_a_matrix_that_is_singular_but_for_rounding_has_no_inverse(n: int) -> None:
    draw = np.random.default_rng(n)
    for _ in range(3000):
        tall = draw.standard_normal((n, n - 1))
        with pytest.raises(DeriveError, match="singular"):
            OPS["logdet"].evaluate(tall @ np.diag(draw.standard_normal(n - 1)) @ tall.T)


def test_settings_are_settled() -> None:
    assert apply("sum", X).shape == ()
    total = apply("sum", X, axis=0, keepdims=True)
    assert isinstance(total, Apply)
    assert total.params == (("axis", (-2,)), ("keepdims", True))
    assert total.shape == (1, 3)
    assert apply("cross_entropy", X, X).shape == (2,)
    assert build.sum_entries(X, (-1,)) == apply("sum", X, axis=1)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: apply("sofmax", X), "did you mean 'softmax'"),
    (lambda: apply("softmax", X, axs=1), "no setting `axs`.*did you mean 'axis'"),
    (lambda: apply("tanh", X, X), "takes 1 argument"),
    (lambda: apply("sum", X, axis=2), "axis 2 is out of range"),
    (lambda: apply("softmax", Symbol("s", (), ())), "not a scalar"),
    (lambda: apply("cross_entropy", X, Symbol("p", (), (3,))), "2 x 3 and a vector of 3"),
])
def test_what_is_wrong_is_named(call: Any, message: str) -> None:
    with pytest.raises((DeriveError, ShapeError), match=message):
        call()


class Letters:
    """An argument of symbolic size: entries are x[i], x[k]."""

    def __init__(self, name: str, *shape: Any) -> None:
        self.base, self.shape = S.IndexedBase(name), shape

    def __call__(self, *at: Any) -> Any:
        return self.base[at]


def test_index_notation_of_a_symbolic_size() -> None:
    i, k, n = (S.Symbol(letter, integer=True) for letter in "ikn")
    z = Letters("z", n)
    entry = OPS["softmax"].entry(S, (i,), [z], axis=(-1,))
    assert entry == S.exp(z(i)) / S.Sum(S.exp(z(k)), (k, 0, n - 1))


def test_a_bound_letter_never_captures_one_in_use() -> None:
    i, k, n, m = (S.Symbol(letter, integer=True) for letter in "iknm")
    rows = Letters("X", m, n)
    entry = OPS["sum"].entry(S, (k,), [rows], axis=(-1,), keepdims=False)
    assert k in entry.free_symbols
    assert entry.subs({n: 2, k: i}).doit() == rows(i, 0) + rows(i, 1)


def test_a_mean_of_n_has_a_share_of_one_nth() -> None:
    n = named("n")
    g, y, x = Symbol("g", (), ()), Symbol("y", (), ()), Symbol("x", (), (n,))
    share = OPS["mean"].vjps[0](g, y, x, axis=(-1,), keepdims=False)
    assert share == Product((Quotient(build.number(1), Dimension(n)), g, Fill(Fraction(1), (n,))))
