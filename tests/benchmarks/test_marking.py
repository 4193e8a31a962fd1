"""Times of marking a submission, beside those of solving its question; nothing is asserted."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.marking import MANY, Class, solve


@pytest.fixture(scope="module")
def handed_in() -> Class:
    return Class()


def test_solve(benchmark: BenchmarkFixture) -> None:
    benchmark.group = "marking q3"
    assert benchmark.pedantic(solve, rounds=5, warmup_rounds=1)


def test_mark(benchmark: BenchmarkFixture, handed_in: Class) -> None:
    benchmark.group = "marking q3"
    assert benchmark.pedantic(handed_in.mark, rounds=MANY)


def test_mark_and_report(benchmark: BenchmarkFixture, handed_in: Class) -> None:
    benchmark.group = "marking q3"
    assert benchmark.pedantic(handed_in.mark_and_report, rounds=MANY)
