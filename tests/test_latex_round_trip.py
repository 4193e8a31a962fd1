r"""What we print in LaTeX is read back: the same value at the numbers a solution is checked on.

What is read must never mean something else; what cannot be read must be little, and say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from conftest import ROOT

import derive
from derive.errors import Unreadable
from derive.expr.integers import names_in
from derive.expr.nodes import Expr, Literal, Partial
from derive.expr.walk import free_indices, transform, walk
from derive.formats.writing import _functions
from derive.question.latex import Vocabulary, read_latex
from derive.solution.aliases import notation_of
from derive.solution.checks import relative
from derive.solution.solver import Solver
from derive.solution.step import Line, deep, statements
from derive.solution.tasks import solving
from derive.solution.trials import Trial, trials_of
from derive.syntax.write_latex import Style, write

BUILT_IN = ["q3", "bptt_symbols", "softmax_cross_entropy",
            "scalar_rnn", "lstm_cell", "jacobian_chain", "vanishing_numbers"]
OTHERS = ["mlp", "gru", "attention", "closed_bptt", "symbolic_mlp", "two_heads"]
CASES = [*BUILT_IN, *(str(ROOT / "tests" / "questions" / f"{name}.yaml") for name in OTHERS)]
ENOUGH = 0.97


def sides(solver: Solver) -> Iterator[tuple[Expr, Line, Expr]]:
    """Every expression of every line, with the line and what stands on its left."""
    for part in solver.question.parts:
        for task in part.tasks:
            for step in deep(tuple(solving(task).steps(solver, part, task))):
                for left, line in statements(step.lines):
                    if line.kind != "condition":
                        yield from ((side, line, left) for side in (line.left, line.right) if side)


def shown(expr: Expr) -> Expr:
    """The expression with the digits that are printed in place of its numbers."""
    def put(node: Expr) -> Expr | None:
        if not isinstance(node, Literal):
            return None
        digits = np.vectorize(lambda v: float(Fraction(node.say(v))), otypes=[float])(node.values)
        return Literal(digits, True, str)
    return transform(expr, put)


def meanings(found: Expr, left: Expr) -> Iterator[Expr]:
    """A derivative prints the same, be it total or that of one equation alone."""
    top = left.top if isinstance(left, Partial) else None
    kinds: list[Any] = [lambda p: False, lambda p: True, lambda p: bool(p.top.shape),
                        lambda p: p.top != top]
    for kind in kinds:
        yield transform(found, lambda e, kind=kind: replace(e, direct=True)
                        if isinstance(e, Partial) and kind(e) else None)


def differs(trial: Trial, side: Expr, found: Expr, line: Line, left: Expr) -> bool:
    ends = (names_in(b) for _, r in line.where for b in (*r.los, *r.his))
    free = sorted(free_indices(left).union(free_indices(line.right), *ends))
    for env in list(trial.positions(free, line, left))[:3]:
        errors = []
        for meant in meanings(found, left):
            ours, theirs = trial.both(shown(side), meant, env)
            errors.append(relative(np.squeeze(theirs), np.squeeze(ours)))
        if min(errors) > 1e-8:
            return True
    return False


@pytest.mark.parametrize("layout", ["gradient", "jacobian"])
@pytest.mark.parametrize("name", CASES, ids=[name.rpartition("/")[2] for name in CASES])
def test_what_is_printed_is_read_back(name: str, layout: str) -> None:
    source = derive.load(name).source
    question = replace(source, conventions=replace(source.conventions, layout=layout))
    solver = Solver(question, False)
    notation = {**notation_of(solver), **question.notation}
    style = Style(notation, _functions(question.conventions.log), rows=layout == "jacobian",
                  taken=solver.taken)
    own = Vocabulary.of(question)
    vocabulary = replace(own, families={**own.families, **solver.named.families},
                         notation={**own.notation, **notation})
    trial = trials_of(solver)[-1]
    count, unread, wrong = 0, list[str](), list[str]()
    for side, line, left in sides(solver):
        lies = layout == "jacobian" and any(isinstance(p, Partial) for p in (*walk(left),
                                                                             *walk(line.right)))
        latex = write(side, replace(style, rows=lies))
        count += 1
        try:
            found = read_latex(latex, replace(vocabulary, rows=lies), side.shape)
        except Unreadable as error:
            unread.append(f"{latex}: {error}")
            continue
        if differs(trial, side, found, line, left):
            wrong.append(latex)
    assert not wrong
    assert count > 3
    assert len(unread) <= (1 - ENOUGH) * count + 1, unread
