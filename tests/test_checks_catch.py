"""The checks are shown to fail: whatever is broken on purpose is reported, and nothing is written.

Each break is a slip of the program that could really happen: a wrong rule of differentiation, a
wrong pair of loss and softmax, a range that is off by one, a line or a digit that is not what was
worked out, a wrong value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import ROOT

import derive
from derive.calculus import contributions, pullback
from derive.calculus.closed import Recurrence
from derive.calculus.pieces import Piece
from derive.cli import main
from derive.errors import CheckFailed
from derive.expr.build import add, mul, number, transpose
from derive.expr.nodes import Apply, Expr, Literal, MatrixProduct, Partial, Reduce
from derive.expr.walk import children, walk
from derive.numbers.hand import Hand, Made
from derive.question.read import read_file
from derive.solution import closed as closed_steps
from derive.solution import lint, solve, unrolled
from derive.solution.checks import checks_of
from derive.solution.solver import Solver
from derive.solution.step import Check, Line, PartSolution, Step

KITCHEN = ROOT / "tests" / "questions" / "kitchen.yaml"
Q3 = ROOT / "derive" / "questions" / "q3.yaml"
TWICE = number(2)


def broken(path: Any, **chosen: Any) -> list[Check]:
    """Solve a question and return the checks that fail; rendering it has to fail too."""
    solution = derive.load(path).solve(**chosen)
    failed = [c for c in solution.checks if not c.ok]
    if failed:
        with pytest.raises(CheckFailed, match="check failed") as caught:
            solution.render("markdown")
        assert caught.value.exit_code == 1
        assert failed[0].target in str(caught.value)
    return failed


def kinds(failed: Sequence[Check]) -> set[str]:
    return {c.kind for c in failed}


@pytest.mark.parametrize("path", [KITCHEN, Q3], ids=lambda p: p.stem)
def test_what_is_right_passes(path: Any) -> None:
    assert broken(path) == []


# wrong rules of differentiation


def rule_of(expr: Expr) -> str:
    """The name of the rule that differentiates a node: its operation, or its kind."""
    return expr.op if isinstance(expr, Apply) else type(expr).__name__


def rules_used(path: Any) -> list[str]:
    found = {rule_of(node) for e in Solver(read_file(path)).named.equations
             for node in walk(e.rhs) if children(node) and not isinstance(node, Reduce)}
    return sorted(found)


def slip(rule: str, change: Callable[[Expr], Expr]) -> Callable[..., Any]:
    """The rules of differentiation with one of them wrong."""
    def wrong(expr: Expr, g: Expr, value: Expr | None = None) -> Any:
        found = pullback.pullback(expr, g, value)
        if rule_of(expr) != rule:
            return found
        return tuple(None if part is None else change(part) for part in found)

    return wrong


@pytest.mark.parametrize("path", [KITCHEN, Q3], ids=lambda p: p.stem)
def test_rules_are_used(path: Any) -> None:
    assert len(rules_used(path)) > 3


@pytest.mark.parametrize("rule", rules_used(KITCHEN))
def test_a_wrong_rule_is_caught_by_the_complex_step(rule: str, monkeypatch: Any) -> None:
    wrong = slip(rule, lambda part: mul(TWICE, part))
    monkeypatch.setattr(contributions, "pullback", wrong)
    monkeypatch.setattr(unrolled, "pullback", wrong)    # wrong in the second sweep as well
    assert {"line", "gradient"} <= kinds(broken(KITCHEN))


@pytest.mark.parametrize("rule", ["tanh", "MatMul", "Sum"])
@pytest.mark.parametrize("change", [lambda p: mul(TWICE, p), lambda p: mul(number(-1), p),
                                    lambda p: add(p, p, p)], ids=["twice", "sign", "thrice"])
def test_a_wrong_rule_of_the_sweep_is_caught_by_the_unrolled_graph(
        rule: str, change: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(contributions, "pullback", slip(rule, change))
    assert {"line", "gradient", "unrolled"} <= kinds(broken(Q3))


@pytest.mark.parametrize("kind", ["wrong sign", "one half", "the target left out"])
def test_a_wrong_pair_of_loss_and_softmax_is_caught(kind: str, monkeypatch: Any) -> None:
    changes = {"wrong sign": lambda d: mul(number(-1), d), "one half": lambda d: mul(TWICE, d),
               "the target left out": lambda d: add(d, d)}

    def fusions(self: Solver) -> Any:
        return tuple(replace(f, derivative=changes[kind](f.derivative)) for f in right(self))

    right = vars(Solver)["fusions"].func
    monkeypatch.setattr(Solver, "fusions", _cached(fusions, "fusions"))
    assert {"gradient", "unrolled"} <= kinds(broken(Q3))


def _cached(function: Any, name: str) -> Any:
    found = cached_property(function)
    found.__set_name__(Solver, name)
    return found


# ranges


@pytest.mark.parametrize(("end", "by"), [("los", 1), ("his", -1)])
def test_a_shifted_range_of_an_adjoint_is_caught(end: str, by: int, monkeypatch: Any) -> None:
    right = contributions._moved

    def moved(*args: Any) -> Any:
        item = right(*args)
        if item.target.name != "h":
            return item
        return replace(item, domain=tuple((n, _shifted(r, end, by)) for n, r in item.domain))

    monkeypatch.setattr(contributions, "_moved", moved)
    assert {"line", "gradient", "unrolled"} <= kinds(broken(Q3))


def _shifted(bounds: Any, end: str, by: int) -> Any:
    return replace(bounds, **{end: tuple(b + by for b in getattr(bounds, end))})


def test_a_case_that_claims_too_much_is_caught(monkeypatch: Any) -> None:
    """The base case t = T said for all t: the numbers are right, the line is not."""
    from derive.solution import derivation

    right = derivation.piece_lines

    def everywhere(solver: Any, adjoint: Any, family: str, piece: Piece, many: bool
                   ) -> Iterator[Line]:
        for line in right(solver, adjoint, family, piece, many):
            yield replace(line, where=())

    monkeypatch.setattr(derivation, "piece_lines", everywhere)
    failed = broken(Q3)
    assert kinds(failed) == {"line"}
    assert {c.target.split(",")[0] for c in failed} == {"q3.3.4.dL_dht"}


# lines and digits: every single line of q3, one after the other


def solved() -> tuple[Solver, tuple[PartSolution, ...]]:
    solver = Solver(read_file(Q3))
    return solver, tuple(solve._part(solver, part) for part in solver.question.parts)


def with_line(parts: Sequence[PartSolution], step: Step, n: int, line: Line
              ) -> list[PartSolution]:
    lines = (*step.lines[:n], line, *step.lines[n + 1:])
    return [replace(part, steps=tuple(replace(s, lines=lines) if s is step else s
                                      for s in part.steps)) for part in parts]


def test_every_changed_line_is_caught() -> None:
    solver, parts = solved()
    tried = 0
    for part in parts:
        for step in part.steps:
            for n, line in enumerate(step.lines):
                right = line.right
                if isinstance(right, Partial):
                    continue
                changed = replace(line, right=mul(number(3), add(right, right)), terms=())
                found = failures(solver, with_line([part], step, n, changed))
                vanishes = not np.any(_value(right)) if isinstance(right, Literal) else False
                assert vanishes or f"{step.id}, line {n + 1}" in found
                tried += 1
    assert tried > 80


def failures(solver: Solver, parts: Sequence[PartSolution]) -> set[str]:
    from derive.solution.checks import _line_checks
    from derive.solution.trials import trials_of

    return {c.target for c in _line_checks(solver, parts, trials_of(solver)) if not c.ok}


def _value(literal: Literal) -> Any:
    return np.asarray(literal.values, dtype=float)


def test_every_changed_digit_is_caught() -> None:
    solver, parts = solved()
    tried = 0
    for part in parts:
        for step in part.steps:
            for n, line in enumerate(step.lines):
                if isinstance(line.right, Literal) and line.right.values.size:
                    changed = replace(line, right=_misprint(line.right))
                    found = failures(solver, with_line([part], step, n, changed))
                    assert f"{step.id}, line {n + 1}" in found
                    tried += 1
    assert tried > 20


def _misprint(literal: Literal) -> Literal:
    """The same numbers with the last digit of the first one raised by one."""
    first = literal.values.ravel()[0]

    def say(value: Any) -> str:
        text = literal.say(value)
        return text[:-1] + str((int(text[-1]) + 1) % 10) if value == first else text

    return Literal(literal.values, literal.exact, say)


@pytest.mark.parametrize("carry", ["exact", "rounded"])
def test_a_number_that_does_not_follow_from_the_shown_ones_is_caught(
        carry: str, monkeypatch: Any) -> None:
    right = Hand.written
    count = iter(range(10**6))

    def written(self: Hand, expr: Expr, raw: Any) -> Made:
        wrong = raw * 1.02 if next(count) == 7 else raw
        return right(self, expr, np.asarray(wrong))

    monkeypatch.setattr(Hand, "written", written)
    assert "digits" in kinds(broken(Q3, carry=carry))


def test_digits_are_judged_at_all() -> None:
    solver, _ = solved()
    assert len(list(lint.digit_checks(solver))) > 40
    assert all(c.ok for c in lint.digit_checks(solver))


# values


def test_a_changed_forward_value_is_caught(monkeypatch: Any) -> None:
    right = vars(Solver)["values"].func

    def values(self: Solver) -> Any:
        found = right(self)
        found.stores["h"].array[2, 0] += 1e-6
        return found

    monkeypatch.setattr(Solver, "values", _cached(values, "values"))
    failed = broken(Q3)
    assert {"value", "gradient"} <= kinds(failed)
    assert "h" in {c.target for c in failed if c.kind == "value"}


def test_a_changed_derivative_is_caught(monkeypatch: Any) -> None:
    right = Solver.gradients

    def gradients(self: Solver, top: Any) -> Any:
        found = right(self, top)
        found.stores[Partial(top, self.question_symbol("V")).family].array[..., 0, 0] += 1e-6
        return found

    def question_symbol(self: Solver, name: str) -> Any:
        from derive.expr.nodes import Symbol

        return Symbol(name, (), self.question.families[name].shape)

    monkeypatch.setattr(Solver, "question_symbol", question_symbol, raising=False)
    monkeypatch.setattr(Solver, "gradients", gradients)
    failed = broken(Q3)
    assert {("gradient", "dL/dV"), ("unrolled", "dL/dV")} <= {(c.kind, c.target) for c in failed}


# closed forms


CLOSED = ROOT / "tests" / "questions" / "closed_every.yaml"
LAST = ROOT / "tests" / "questions" / "closed_last.yaml"
BACKWARDS = ROOT / "tests" / "questions" / "closed_backwards.yaml"


def _one_late(self: Recurrence, i: Any, j: Any, a: Expr) -> Expr:
    """The slip of a well-known staff solution: the product starts one index late."""
    return THROUGH(self, i + self.step, j, a)


def _one_more(self: Recurrence, i: Any, j: Any, a: Expr) -> Expr:
    return THROUGH(self, i - self.step, j, a)


def _turned(self: Recurrence, bounds: Any, count: Any) -> Expr:
    found = PRODUCT(self, bounds, count)
    return replace(found, falling=not found.falling) if isinstance(found, MatrixProduct) else found


def _untransposed(self: Recurrence, bounds: Any, count: Any) -> Expr:
    found = PRODUCT(self, bounds, count)
    return replace(found, body=transpose(found.body)) if isinstance(
        found, MatrixProduct) else found


def _without_last(self: Recurrence, bounds: Any, s: Expr, i: Any, known: Any) -> Expr:
    """The sum over the positions of the loss ends one too early."""
    shorter = bounds if bounds.los == bounds.his else (
        _shifted(bounds, "his", -1) if self.step == 1 else _shifted(bounds, "los", 1))
    return PART(self, shorter, s, i, known)


THROUGH, PRODUCT, PART = Recurrence._through, Recurrence._product, Recurrence._part
SLIPS = {"one late": ("_through", _one_late), "one more": ("_through", _one_more),
         "order": ("_product", _turned), "transposes": ("_product", _untransposed)}


@pytest.mark.parametrize("path", [CLOSED, LAST, BACKWARDS], ids=lambda p: p.stem)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_wrong_closed_form_is_caught(slip: str, path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Recurrence, *SLIPS[slip])
    assert any(".closed" in check.target for check in broken(path))


@pytest.mark.parametrize("path", [CLOSED, BACKWARDS], ids=lambda p: p.stem)
def test_a_closed_form_without_its_last_term_is_caught(path: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(Recurrence, "_part", _without_last)
    assert any(".closed" in check.target for check in broken(path))


def test_a_case_left_out_of_a_closed_form_is_not_said_for_all(monkeypatch: Any) -> None:
    """What is after the top has no part in it: said without its range, the product is wrong."""
    monkeypatch.setattr(closed_steps, "_where", lambda *args: ())
    assert any(".closed" in check.target for check in broken(CLOSED))


def test_a_check_that_cannot_be_made_is_a_failed_check() -> None:
    solver, parts = solved()
    step = parts[0].steps[0]
    nowhere = replace(step.lines[0], where=(("t", _range(7, 9)),), left=_general(step.lines[0]))
    found = [c for c in checks_of(solver, with_line(parts[:1], step, 0, nowhere)) if not c.ok]
    assert found
    assert found[0].error is None
    assert "no position" in found[0].note


def _range(lo: int, hi: int) -> Any:
    from derive.expr.nodes import Range

    return Range((lo,), (hi,))


def _general(line: Line) -> Any:
    from derive.expr.integers import named

    assert line.left is not None
    return replace(line.left, index=(named("t"),))  # type: ignore[call-arg]


# the command line


@pytest.fixture
def wrong_rule(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(contributions, "pullback", slip("tanh", lambda p: mul(TWICE, p)))


@pytest.mark.usefixtures("wrong_rule")
def test_verify_prints_what_failed_and_ends_with_1() -> None:
    result = CliRunner().invoke(main, ["verify", "q3"])
    assert result.exit_code == 1
    assert "FAILED" in result.stdout
    assert "dL/dU" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("format_name", ["latex", "markdown", "json"])
@pytest.mark.usefixtures("wrong_rule")
def test_render_names_the_line_writes_nothing_and_ends_with_1(
        format_name: str, tmp_path: Any) -> None:
    result = CliRunner().invoke(main, ["render", "q3", "--format", format_name])
    assert result.exit_code == 1
    assert "q3.3.4.dL_d" in result.stderr
    assert result.stdout == ""
    assert list(tmp_path.rglob("*")) == []
