"""The sampled judge of large systems: it agrees with moving every entry, and it is not fooled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import ROOT

import derive
from derive.errors import DeriveError
from derive.expr.build import add
from derive.expr.nodes import Expr, Partial, Symbol
from derive.question.read import read
from derive.solution import derivatives, unrolled
from derive.solution.derivatives import Derivatives
from derive.solution.oracle import Oracle
from derive.solution.solver import Solver
from derive.solution.trials import trials_of

TEXT = (ROOT / "derive" / "questions" / "q3.yaml").read_text(encoding="utf-8")
L = Symbol("L", (), ())
BOTTOMS = (
    Symbol("W", (), (3, 3)), Symbol("b", (), (3,)), Symbol("V", (), (3, 3)),
    Symbol("h", (-1,), (3,)), Symbol("h", (1,), (3,)), Symbol("hbar", (0,), (3,)),
    Symbol("yhat", (2,), (3,)), Symbol("l", (1,), ()), Symbol("x", (0,), (3,)),
)


def oracle() -> Oracle:
    return trials_of(Solver(read(TEXT, "q3")))[0].oracle


@pytest.fixture
def sampling(monkeypatch: pytest.MonkeyPatch) -> Derivatives:
    """A judge that may move nothing entry by entry."""
    monkeypatch.setattr(derivatives, "MOST_WORK", -1)
    monkeypatch.setattr(derivatives, "MOST_ENTRIES", 0)
    return Derivatives(oracle(), frozenset({L}))


@pytest.mark.parametrize("bottom", BOTTOMS, ids=repr)
def test_swept_and_moved_derivatives_agree(sampling: Derivatives, bottom: Symbol) -> None:
    found = sampling.total(L, bottom)
    assert (L, (), bottom.name) in sampling.confirmed
    np.testing.assert_allclose(found, oracle().total(L, bottom), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("cell", [(0,), (2,)])
def test_one_entry_of_an_array_on_top(sampling: Derivatives, cell: tuple[int, ...]) -> None:
    top, bottom = Symbol("h", (2,), (3,)), Symbol("W", (), (3, 3))
    expected = oracle().total(top, bottom)[cell]
    np.testing.assert_allclose(sampling.total(top, bottom, cell), expected, rtol=1e-11)
    near = Symbol("hbar", (2,), (3,))
    np.testing.assert_allclose(sampling.local(near, bottom, cell),
                               oracle().local(near, bottom)[cell], rtol=1e-11)


def test_a_local_derivative_holds_all_else() -> None:
    judge = Derivatives(oracle())
    hbar, W, h = Symbol("hbar", (1,), (3,)), Symbol("W", (), (3, 3)), Symbol("h", (0,), (3,))
    np.testing.assert_allclose(judge.local(hbar, h), judge.oracle.value(W), rtol=1e-12)
    whole = judge.partial(Partial(hbar, h, direct=True))
    one = judge.partial(Partial(hbar, h, (), (2,), direct=True))
    np.testing.assert_array_equal(whole[2], one)


def test_a_wrong_rule_is_found_along_a_random_direction(
        sampling: Derivatives, monkeypatch: pytest.MonkeyPatch) -> None:
    right = unrolled.pullback

    def wrong(expr: Expr, g: Expr, value: Expr | None = None) -> Any:
        found = right(expr, g, value)
        return tuple(add(c, c) if c is not None and len(c.shape) == 2 else c for c in found)

    monkeypatch.setattr(unrolled, "pullback", wrong)
    with pytest.raises(DeriveError, match="the unrolled graph gives"):
        sampling.total(L, BOTTOMS[0])


@pytest.mark.usefixtures("sampling")
def test_a_question_judged_by_samples_alone_still_passes() -> None:
    checks = derive.Question.from_text(TEXT, "q3").solve().checks
    assert all(check.ok for check in checks)
    assert {check.kind for check in checks} >= {"line", "gradient", "unrolled", "digits"}
