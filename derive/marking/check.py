"""Checking an answer to a question: the quantity, the answer, the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from derive.errors import DeriveError
from derive.marking.answers import read_answer, sizes_are_bearable
from derive.marking.judge import Judge
from derive.marking.target import read_target
from derive.marking.texts import Names
from derive.marking.typed import reader_of, set_apart, with_what_was_typed
from derive.marking.verdict import Verdict
from derive.question.question import Question
from derive.solution.declared import refuse_false_facts
from derive.solution.solver import Solver

__all__ = ["check", "refusing_what_is_too_much"]


def check(question: Question, quantity: str, answer: object, layout: str | None = None) -> Verdict:
    """Judge an answer about a quantity of a question.

    Raises DeriveError where either cannot be read, or the answer cannot be judged.
    """
    with refusing_what_is_too_much():
        question = set_apart(question)
        conventions = question.conventions
        target = read_target(question, quantity)
        if target.request is None:
            sizes_are_bearable(target.expr)
        names = Names(reader_of(question), question.notation, conventions.digits, quantity.strip(),
                      target.expr, conventions.layout == "jacobian")
        found = read_answer(answer, names)
        solver = Solver(with_what_was_typed(question))
        if solver.numeric:
            refuse_false_facts(solver)
        return Judge(solver, layout or conventions.layout).verdict(target, found)


@contextmanager
def refusing_what_is_too_much() -> Iterator[None]:
    """Say in words what Python's own limits stop."""
    try:
        yield
    except RecursionError:
        raise DeriveError("nested too deeply to be judged") from None
    except (OverflowError, MemoryError):
        raise DeriveError("too large a number or an array to be judged") from None
