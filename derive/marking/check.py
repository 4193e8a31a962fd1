"""Checking an answer to a question: the quantity, the answer, the verdict."""

from __future__ import annotations

from derive.errors import DeriveError
from derive.marking.answers import read_answer
from derive.marking.judge import Judge
from derive.marking.target import read_target
from derive.marking.texts import Names
from derive.marking.typed import reader_of, set_apart, with_what_was_typed
from derive.marking.verdict import Verdict
from derive.question.question import Question
from derive.solution.declared import refuse_false_facts
from derive.solution.solver import Solver

__all__ = ["check"]


def check(question: Question, quantity: str, answer: object, layout: str | None = None) -> Verdict:
    """Judge an answer about a quantity of a question.

    Raises DeriveError where either cannot be read, or the answer cannot be judged.
    """
    question = set_apart(question)
    conventions = question.conventions
    target = read_target(question, quantity)
    names = Names(reader_of(question), question.notation, conventions.digits, quantity.strip(),
                  target.expr, conventions.layout == "jacobian")
    try:
        found = read_answer(answer, names)
        solver = Solver(with_what_was_typed(question))
        if solver.numeric:
            refuse_false_facts(solver)
        return Judge(solver, layout or conventions.layout).verdict(target, found)
    except RecursionError:
        raise DeriveError("the answer is nested too deeply") from None
