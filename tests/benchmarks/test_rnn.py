"""Times of deriving, of the numbers and of whole sheets (``python -m pytest tests/benchmarks``).

Each group holds one size and what it is compared with, run in turn by pytest-benchmark; nothing is
asserted about time. `tests.benchmarks.report` prints the ratios, interleaved.
"""

from __future__ import annotations

from itertools import product

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks import models, ours, with_sympy
from tests.benchmarks.by_hand import backpropagation

SIZES = (3, 16, 64, 256)
LENGTHS = (3, 20, 100, 1000)
GRID = list(product(SIZES, LENGTHS))
SHEETS = [(h, t) for h, t in GRID if h * t <= 6_400]    # larger sheets take seconds: see the report
BY_SYMPY = [(2, 3), (3, 3), (3, 6)]


@pytest.mark.parametrize(("size", "length"), GRID)
def test_derive(benchmark: BenchmarkFixture, size: int, length: int) -> None:
    benchmark.group = "derive"
    question = models.symbolic(size, length)
    ours.derive(question)   # what SymPy imports late is imported
    assert benchmark(ours.derive, question)


@pytest.mark.parametrize(("size", "length"), BY_SYMPY)
def test_derive_with_careful_sympy(benchmark: BenchmarkFixture, size: int, length: int) -> None:
    benchmark.group = "derive"
    assert benchmark.pedantic(with_sympy.careful, (size, length), rounds=3)


@pytest.mark.parametrize(("size", "length"), BY_SYMPY[:1])
def test_derive_with_naive_sympy(benchmark: BenchmarkFixture, size: int, length: int) -> None:
    benchmark.group = "derive"
    assert benchmark.pedantic(with_sympy.naive, (size, length), rounds=1)


@pytest.mark.parametrize(("size", "length"), GRID)
def test_solve(benchmark: BenchmarkFixture, size: int, length: int) -> None:
    benchmark.group = f"solve H={size} T={length}"
    numeric = ours.Numeric(models.question(size, length))
    numeric.run()
    assert benchmark(numeric.run)


@pytest.mark.parametrize(("size", "length"), GRID)
def test_backpropagation_by_hand(benchmark: BenchmarkFixture, size: int, length: int) -> None:
    benchmark.group = f"solve H={size} T={length}"
    assert benchmark(backpropagation, models.numbers(size, length))


@pytest.mark.parametrize(("size", "length"), SHEETS)
def test_render(benchmark: BenchmarkFixture, size: int, length: int) -> None:
    benchmark.group = "render"
    question = models.question(size, length)
    assert benchmark.pedantic(ours.render, (question,), rounds=3, warmup_rounds=1)
