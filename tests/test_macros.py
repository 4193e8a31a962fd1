"""Cells and layers: every row derived and unrolled, its values against a cell written in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from cells_in_numpy import CELLS
from macro_samples import VARIANTS, Sample, draw, in_numbers, in_symbols

import derive
from derive.errors import QuestionError
from derive.ops import OPS
from derive.question.elaborate import FUNCTIONS, SPECIAL
from derive.question.macros import MACROS


def test_there_are_macros_and_none_hides_a_function() -> None:
    assert MACROS
    assert not MACROS.keys() & {*OPS, *FUNCTIONS, *SPECIAL}


@pytest.mark.parametrize("sample", VARIANTS, ids=str)
def test_row_is_derived_in_symbols(sample: Sample) -> None:
    """Undeclared parameters get shapes; every line and gradient holds at lengths 1 to 4."""
    solution = in_symbols(sample)
    assert [c for c in solution.checks if not c.ok] == []
    assert {"line", "gradient"} <= {c.kind for c in solution.checks}
    families = solution.source.families
    assert {n: "x".join(map(str, families[n].shape)) for n in sample.parameters} == {
        n: sample.shape(n).replace(" ", "").replace("scalar", "") for n in sample.parameters}
    for format_name in ("latex", "markdown"):
        assert solution.render(format_name)


@pytest.mark.parametrize("sample", VARIANTS, ids=str)
def test_values_are_those_of_numpy(sample: Sample) -> None:
    solution = in_numbers(sample)
    expected = CELLS[sample.macro.name](draw(sample), sample.chosen)
    assert expected
    for key, value in expected.items():
        np.testing.assert_allclose(solution[key], value, rtol=1e-10, atol=1e-12, err_msg=key)


HEAD = """index: {t: 1..2}
given: {x: [[1], [2]], h: {0: [0, 0]}, c: {0: [0, 0]}, W: [[1], [2]], U: "eye(2)", b: [1, 1]}
parts: [{find: h}]
model: |
"""
WRONG = [
    ("h[t], c[t] = lstm(x[t], h[t-1])", "question:5:16: `lstm` needs `c_prev`"),
    ("h[t] = rnn(x[t], h[t-1], bais=False)", "question:5:33: `rnn` has no `bais` (did you mean"),
    ("h[t] = rnn(x[t], h[t-1], bias=0)", "question:5:33: `0` cannot be chosen here (write True"),
    ('h[t] = rnn(x[t], h[t-1], activation="tahn")', "is not an activation function (did you mea"),
    ("h[t], c[t] = rnn(x[t], h[t-1])", "question:5:16: `rnn` gives h, not 2 quantities"),
    ("h[t] = rnn(x[t], h[t-1], c[t-1])", "`rnn` takes 2 arguments, not 3"),
    ("h[t] = rnn(x[t], h[t-1], b=b_2)",
     "needs `b_2` (give it under `given`, or another name as in b=..., or write bias=False)"),
    ("h[t] = rnn(x[t], h[t-1])\n  c[t] = rnn(h[t], c[t-1])",
     "question:6:10: `rnn` calls something `W`, `U`, `b`, and so does `rnn` on line 5"),
    ("h[t] = rnn(x[t], h[t-1], U=[[1, 2, 3], [2, 3, 4]])", "question:5:30: shapes do not fit"),
    ("h[t], c[t] = lstm(x[t], h[t-1], c[t-1], coupled=True, forget=False)",
     "without a forget gate there is nothing to couple"),
    ("h[t] = rnm(x[t], h[t-1])", "unknown function `rnm` (did you mean"),
    ('h[t] = rnn(x[t], h[t-1], name="a b")', "question:5"),
]


@pytest.mark.parametrize(("model", "message"), WRONG)
def test_what_is_wrong_is_said_at_its_place(model: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        derive.Question.from_text(f"{HEAD}  {model}\n")
    assert message in str(caught.value)


def test_instances_have_names_of_their_own() -> None:
    text = """index: {t: 1..T}
symbols: {'x[t]': m, 'h[t]': n, 'k[t]': q, v: q}
model: |
  h[t] = rnn(x[t], h[t-1], name="1")
  k[t] = rnn(h[t], k[t-1], name="2", b=b)
  L = v @ k[T]
parts: [{find: [dL/dW_1, dL/dU_2, dL/db]}]
"""
    solution = derive.Question.from_text(text).solve()
    assert all(check.ok for check in solution.checks)
    assert {"W_1", "U_1", "b_1", "W_2", "U_2", "b"} <= solution.source.families.keys()


def test_a_weight_is_shared_where_the_author_says_so() -> None:
    text = """index: {t: 1..T}
symbols: {'x[t]': n, 'h[t]': n, 'k[t]': n}
model: |
  h[t] = rnn(x[t], h[t-1], W=A, name="1")
  k[t] = rnn(h[t], k[t-1], W=A, name="2")
  L = sum(k[T]**2)
parts: [{find: dL/dA}]
"""
    solution = derive.Question.from_text(text).solve()
    assert all(check.ok for check in solution.checks)
    assert {"A", "U_1", "U_2"} <= solution.source.families.keys()


FOLDED = """index: {t: 1..T}
symbols: {'x[t]': m, 'h[t]': n}
model: |
  h[t], c[t] = lstm(x[t], h[t-1], c[t-1], peepholes=True)
  L = sum(h[T])
conventions: {cells: CELLS}
parts: [{find: dL/dW_f}]
"""


def test_the_sheet_says_what_the_equations_are() -> None:
    text = FOLDED.replace("CELLS", "expanded")
    page = derive.Question.from_text(text).solve().render("markdown")
    assert "are those of a long short-term memory cell (LSTM), after Hochreiter" in page
    assert "peepholes of Gers" in page
    assert "coupled" not in page


@pytest.mark.parametrize("format_name", ["markdown", "latex"])
def test_a_call_is_shown_as_one_line_where_cells_are_folded(format_name: str) -> None:
    folded, expanded = (derive.Question.from_text(FOLDED.replace("CELLS", word)).solve().render(
        format_name) for word in ("folded", "expanded"))
    assert "peepholes=True" in folded
    assert "where for" in folded
    assert "peepholes=True" not in expanded
    assert all(page.count(r"\odot \tanh(c_{t})") for page in (folded, expanded))


NESTED = """symbols: {X: N x m, Y: N x q, W_1: m x n, W_2: r x q, B: n x r, N: dimension}
model: |
  P = layer_norm(dense(X, name="1"), affine=False)
  Q = dense(2*dense(P, W=B, bias=False, activation="tanh"), W=W_2)
  L = sum((Q - dense(Y, W=eye(q), b=0))**2)
parts: [{find: dL/dW_1}]
"""


def test_a_macro_inside_an_expression_is_put_in_or_gets_a_name() -> None:
    """What feeds another macro gets a name; a single equation elsewhere is put in as it is."""
    solution = derive.Question.from_text(NESTED).solve()
    assert all(check.ok for check in solution.checks)
    assert {"y_1", "y", "mu", "xhat", "P", "Q", "L"} <= solution.source.families.keys()
    assert len(solution.source.equations) == 8
