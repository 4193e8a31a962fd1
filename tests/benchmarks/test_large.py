"""Times of large models (``python -m pytest tests/benchmarks``), beside NumPy by hand and JAX."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks import large, large_by_hand, ours

LENGTHS = (25, 50, 100)


@pytest.mark.parametrize("length", LENGTHS)
def test_lstm(benchmark: BenchmarkFixture, length: int) -> None:
    benchmark.group = f"LSTM of 4 layers, H=64 T={length}"
    numeric = ours.Numeric(large.lstm_question(4, large.lstm_numbers(4, 64, length)))
    assert benchmark(numeric.run, large.lstm_weights(4))


@pytest.mark.parametrize("length", LENGTHS)
def test_lstm_by_hand(benchmark: BenchmarkFixture, length: int) -> None:
    benchmark.group = f"LSTM of 4 layers, H=64 T={length}"
    assert benchmark(large_by_hand.lstm, large.lstm_numbers(4, 64, length), 4)


@pytest.mark.parametrize("length", LENGTHS)
def test_lstm_in_jax(benchmark: BenchmarkFixture, length: int) -> None:
    pytest.importorskip("jax", reason="JAX is not installed")
    from tests.benchmarks import with_jax

    benchmark.group = f"LSTM of 4 layers, H=64 T={length}"
    compiled = with_jax.lstm(large.lstm_numbers(4, 64, length), 4)
    assert benchmark(compiled)


def test_transformer_sheet(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "transformer block, 8 tokens, d=32, as a sheet"
    question = large.block_question(large.block_numbers(8, 32, 64))
    assert benchmark.pedantic(ours.render, (question,), rounds=3)
