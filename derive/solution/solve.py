"""From a question to everything there is to say about it."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.question.question import Part, Question
from derive.solution.accept import Intervals
from derive.solution.aliases import notation_of, written_with
from derive.solution.asked_entries import asked_entries
from derive.solution.checks import checks_of
from derive.solution.claimable import claimable
from derive.solution.declared import refuse_false_facts
from derive.solution.formulas import all_formulas
from derive.solution.head import (
    calls,
    given_of,
    last_digits,
    lines_behind,
    model_lines,
    stated,
    told_of_slopes,
)
from derive.solution.solver import Solver
from derive.solution.step import Line, PartSolution, SolvedQuestion, Step
from derive.solution.tasks import solving
from derive.solution.words import Sentence
from derive.syntax.write_text import write

__all__ = ["posed", "solve_question"]


def solve_question(question: Question, full: bool = False) -> SolvedQuestion:
    """Solve every part and check every line; failed checks are in the result, not raised.

    *full* adds what only a sheet at full detail shows.
    """
    solver = Solver(question, full)
    if solver.numeric:
        refuse_false_facts(solver)
    parts = tuple(_part(solver, part) for part in question.parts)
    found = checks_of(solver, parts)
    refs = refs_of(solver)
    return SolvedQuestion(
        question.name, question.title, given_of(solver), model_lines(solver), stated(solver),
        parts, {key: solver.float(ref) for key, ref in refs.items()} | entries_of(solver)
        | _results(solver),
        _formulas(solver, parts),
        tuple(found), {**notation_of(solver), **question.notation}, question.conventions.matrix,
        question.conventions.layout, Intervals(question, refs), _tables(solver),
        question.indices, question.conventions.log, calls(solver),
        lines_behind(solver), question.topics,
        (*told_of_slopes(solver), *last_digits(found)), solver.taken, question.language,
        question.authors)


def posed(question: Question) -> SolvedQuestion:
    """Return a question as it is put, with nothing solved: its head, what is asked, options."""
    solver = Solver(question)
    parts = tuple(PartSolution(part.label, part.ask, "", part.marks, (), _posed(solver, part),
                               _wanted(solver, part), part.words) for part in question.parts)
    return SolvedQuestion(
        question.name, question.title, given_of(solver), model_lines(solver), (), parts, {}, {}, (),
        question.notation, question.conventions.matrix, question.conventions.layout,
        indices=question.indices, log=question.conventions.log, taken=solver.taken,
        language=question.language, authors=question.authors)


def _formulas(solver: Solver, parts: tuple[PartSolution, ...]) -> dict[str, tuple[Line, ...]]:
    found = dict(all_formulas(solver, parts))
    others = {typed: found[write(ref)] for typed, ref in typed_otherwise(solver).items()
              if write(ref) in found}
    return found | others


def _part(solver: Solver, part: Part) -> PartSolution:
    steps: list[Step] = []
    for task in part.tasks:
        known = tuple(solver.aliases.values())
        steps += [written_with(step, known, solver.conventions.layout == "gradient")
                  for step in solving(task).steps(solver, part, task)]
    asked: list[Expr] = []
    for request in part.requests:
        for top, bottom in solver.instances(request):
            asked.append(top if bottom is None else Partial(top, bottom))
    asked += [ref for task in part.tasks for ref, _ in solving(task).results(solver, task)]
    return PartSolution(part.label, part.ask, part.note, part.marks, tuple(asked), tuple(steps),
                        _wanted(solver, part), part.words,
                        tuple(dict.fromkeys(claimable(solver, part))))


def _posed(solver: Solver, part: Part) -> tuple[Step, ...]:
    return tuple(step for task in part.tasks for step in solving(task).poses(solver, part, task))


def _wanted(solver: Solver, part: Part) -> tuple[Sentence, ...]:
    wanted = (solving(task).asks(solver, task) for task in part.tasks)
    return tuple(sentence for sentence in wanted if sentence.text)


def _tables(solver: Solver) -> dict[str, dict[str, Any]]:
    """Return the answers that are no values: shapes, counts."""
    found: dict[str, dict[str, Any]] = {}
    for part in solver.question.parts:
        for task in part.tasks:
            for table, key, value in solving(task).values(solver, task):
                found.setdefault(table, {})[key] = value
    return found


def _results(solver: Solver) -> dict[str, Any]:
    """Return the values of results that are no plain derivatives, by key."""
    return {write(ref): value for part in solver.question.parts for task in part.tasks
            for ref, value in solving(task).results(solver, task) if value is not None}


def refs_of(solver: Solver) -> dict[str, Ref]:
    """Return every quantity of the model and every derivative asked for, by key."""
    if not solver.numeric:
        return {}
    found: list[Ref] = [
        Symbol(name, at, family.shape) for name, family in solver.question.families.items()
        for at in solver.values.positions(name)]
    for part in solver.question.parts:
        for request in part.requests:
            found += [Partial(top, bottom) for top, bottom in solver.instances(request)
                      if bottom is not None]
    return {write(ref): ref for ref in found} | typed_otherwise(solver)


def typed_otherwise(solver: Solver) -> dict[str, Ref]:
    """Return what was typed in another way than its key: ``d2L/dx2``, ``x.T @ A @ x``."""
    found: dict[str, Ref] = {}
    for request in (r for part in solver.question.parts for r in part.requests if r.typed):
        members = solver.instances(request)
        if len(members) == 1:
            top, bottom = members[0]
            found[request.typed] = top if bottom is None else Partial(top, bottom)
    return found


def entries_of(solver: Solver) -> dict[str, Any]:
    """Return the single entries that are asked for, keyed as typed: ``dL/dW[0, 1]``."""
    found = {}
    for part in solver.question.parts:
        for ref, at in asked_entries(solver, part):
            key = f"{write(ref)}[{', '.join(map(str, at))}]"
            found[key] = np.asarray(solver.float(ref))[at]
    return found
