"""What we print as text is read back by a check: the same value, on the numbers of a solution.

What is read must never mean something else; what cannot be read must be little.
"""

from __future__ import annotations

import pytest
from conftest import ROOT
from test_latex_round_trip import differs, sides

import derive
from derive.expr.nodes import Dots, Expr
from derive.expr.walk import walk
from derive.marking.texts import Names, read_text
from derive.marking.typed import reader_of, set_apart
from derive.question.question import Question
from derive.solution.solver import Solver
from derive.solution.trials import trials_of
from derive.syntax.write_text import declaring, write

BUILT_IN = ["q3", "bptt_symbols", "jacobian_chain"]
OTHERS = ["attention", "backwards", "bound_gated", "closed_attention", "closed_bptt",
          "closed_components", "closed_every", "closed_gru", "closed_momentum", "closed_scalar",
          "conv_rgb", "holding_peepholes", "lstm", "products", "small_cnn", "symbolic_mlp",
          "truncated_bptt", "two_heads"]
CASES = [*BUILT_IN, *(str(ROOT / "tests" / "questions" / f"{name}.yaml") for name in OTHERS)]
ENOUGH = 0.97       # engine's own words (shape of, placed) are not for readers


@pytest.mark.parametrize("name", CASES, ids=[name.rpartition("/")[2] for name in CASES])
def test_what_is_printed_is_read_back(name: str) -> None:
    source = derive.load(name).source
    assert isinstance(source, Question)
    solver = Solver(source, False)
    trial = trials_of(solver)[-1]
    seen, unread, wrong = set[str](), list[str](), list[str]()
    for side, line, left in list(sides(solver)):
        with declaring(source.indices):
            text = write(side)
        if text in seen or any(isinstance(part, Dots) for part in walk(side)):
            continue
        seen.add(text)
        try:
            found = read_back(text, source)
        except derive.DeriveError as error:
            unread.append(f"{text}: {error}")
            continue
        if differs(trial, side, found, line, left):
            wrong.append(text)
    assert not wrong
    assert len(seen) > 3
    assert len(unread) <= (1 - ENOUGH) * len(seen) + 1, unread


def read_back(text: str, source: Question) -> Expr:
    return read_text(text, Names(reader_of(set_apart(source)), source.notation))


@pytest.mark.parametrize(("text", "again"), [
    ("sum(h[t], t=0..1)", "h[0] + h[1]"), ("sum(h[i], i=max(0, 1)..2)", "h[1] + h[2]"),
    ("mean(h[i]*x[i], i=1..2)", "(h[1]*x[1] + h[2]*x[2])/2"),
    ("prod(h[k], k=1..0) + h[1]", "1 + h[1]"), ("sum(h[k], k=0..min(2, 1))", "h[0] + h[1]"),
])
def test_range_of_a_sum_may_be_written(text: str, again: str) -> None:
    asked = derive.load(str(ROOT / "tests" / "questions" / "scalar_rnn.yaml"))
    assert isinstance(asked, derive.Question)
    assert asked.check(text, again), str(asked.check(text, again))
