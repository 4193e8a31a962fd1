"""What is compared computes the same gradients: else no ratio would mean anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy

from tests.benchmarks import large, large_by_hand, models, ours, with_sympy
from tests.benchmarks.by_hand import backpropagation


@pytest.mark.parametrize(("size", "length"), [(3, 3), (16, 20), (64, 20), (16, 1000)])
def test_numbers_are_those_of_backpropagation_by_hand(size: int, length: int) -> None:
    found = ours.Numeric(models.question(size, length)).run()
    expected = backpropagation(models.numbers(size, length))
    for name in models.WEIGHTS:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-9, atol=1e-13)


def test_naive_sympy_derives_the_same_gradients() -> None:
    size, length = 2, 2
    n = models.numbers(size, length)
    n = models.Numbers(n.W, n.U, n.b, n.V, n.c, n.x, np.eye(size)[[0, 1]], np.zeros(size))
    expected = backpropagation(n)
    values = dict(with_sympy.symbols_with(n))
    found = [float(g.subs(values)) for g in with_sympy.naive(size, length)]
    flat = np.concatenate([expected[name].ravel() for name in ("W", "U", "V", "b", "c")])
    np.testing.assert_allclose(found, flat, rtol=1e-9)


def test_careful_sympy_prints_every_adjoint() -> None:
    printed = with_sympy.careful(2, 2)
    assert sum("adj" in line for line in printed) >= 2 * 2 * 4
    assert all(isinstance(line, str) for line in printed)
    assert sympy.latex(sympy.Symbol("adj_L")) in printed[0]


@pytest.mark.parametrize("layers", [1, 2])
def test_lstm_is_that_by_hand(layers: int) -> None:
    numbers, names = large.lstm_numbers(layers, 8, 6), large.lstm_weights(layers)
    found = ours.Numeric(large.lstm_question(layers, numbers)).run(names)
    agree(found, large_by_hand.lstm(numbers, layers))


def test_transformer_block_is_that_by_hand() -> None:
    numbers = large.block_numbers(4, 8, 16)
    found = ours.Numeric(large.block_question(numbers)).run(large.BLOCK_WEIGHTS)
    agree(found, large_by_hand.block(numbers))


def test_jax_gives_the_same_gradients() -> None:
    pytest.importorskip("jax", reason="JAX is not installed")
    from tests.benchmarks import with_jax

    numbers = large.lstm_numbers(2, 8, 6)
    agree(with_jax.lstm(numbers, 2)(), large_by_hand.lstm(numbers, 2))
    block = large.block_numbers(4, 8, 16)
    agree(with_jax.block(block)(), large_by_hand.block(block))


def agree(found: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-13, err_msg=name)
