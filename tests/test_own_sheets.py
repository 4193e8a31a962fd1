"""What a question's own answer sheet earns, and what every slip makes of its answers."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

import derive
from derive.errors import DeriveError
from derive.marking.submission.claims import Judgement
from derive.marking.submission.document import ENDINGS, REFUSED, read_submission
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.marked import Marked, marked
from derive.marking.submission.proving import ALWAYS, CROSSES, GIVEN, proved
from derive.marking.submission.sources import marking
from derive.question import catalogue

HERE = Path(__file__).parent / "questions"
SETS = ("set_a", "set_b", "set_c", "set_d", "set_e")
QUESTIONS = sorted(set(catalogue.names()) - set(SETS))
FORMATS = ("markdown", "latex", "exam", "quarto", "notebook")
# questions that nobody built in: recurrent, gated, convolutions, batches, proofs, symbols
OTHERS = (
    "activations", "activations_with_numbers", "backwards", "base_in_the_middle", "bias_in_rows",
    "bound_scalar", "closed_entrywise", "closed_linear", "closed_named", "closed_positions",
    "closed_scalar", "conv_dilated", "deutsch_softmax", "fused_gates", "gradient_steps", "gru",
    "largest", "losses_named", "losses_rows", "losses_words", "lstm", "matrix_batch",
    "matrix_given", "meta_learning", "mlp", "perceptron_xor", "players_in_turn", "psi_rnn",
    "rates_and_clipping", "scalar_rnn", "second_order", "short_matrix", "symbolic_covariance",
    "symbolic_mlp", "symbolic_rnn", "thresholds", "two_losses", "viterbi", "word_vectors")
# how many of their claims are unread or for a person, at most
OPEN_OTHERS = {"closed_scalar": 2, "conv_dilated": 3, "deutsch_softmax": 4,
               "gradient_steps": 1, "matrix_batch": 2,
               "perceptron_xor": 7, "players_in_turn": 1, "symbolic_mlp": 1, "word_vectors": 6}
# what a machine leaves to a person on a sheet, and why
LEFT = (
    (r"nothing the model knows", "prose that speaks of another model: a plain RNN beside an LSTM"),
    (r"it does not hold for all numbers", "inequalities that say when something is so"),
    (r"not every solution has it", "an example of a solution, where there are many"),
    (r"what this is about is not said", "weights that the question does not have, batch sizes"),
    (r"this cannot be judged", "an entry that is written like a member: x_0 of a series x_n"),
)
UNREAD = ("unread", "refer")
# how many claims that may be, at most
OPEN = {"convolutions": 2, "lstm_cell": 1, "perceptron": 3, "rnn_essays": 1, "seq2seq": 2,
        "vanishing_gradients": 7, "vanishing_numbers": 1, "xor": 4}


@cache
def marker(name: str) -> Marker:
    return Marker(derive.load(name).source)


@cache
def solution(name: str) -> derive.Solution:
    return derive.load(name).solve()


def handed_in(name: str, style: str, folder: Path) -> Marked:
    """Mark the sheet of a question as a file that somebody hands in."""
    ending = {"latex": "tex", "exam": "tex", "quarto": "qmd", "notebook": "ipynb"}.get(style, "md")
    path = folder / f"sheet.{ending}"
    path.write_text(solution(name).render(style), encoding="utf-8")
    return marked(marker(name), read_submission(path))


def lost(found: Marked) -> list[tuple[str, str]]:
    """Return the marks that a machine awards, and did not."""
    return [(p.key, a.of) for p in found.parts for a in p.awards
            if not a.referred and a.awarded != a.available]


def said(judgements: list[Judgement]) -> list[str]:
    return [f"line {j.claim.line}: {j.verdict} {j.claim.text[:80]}: {j.reason}" for j in judgements]


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_can_be_marked(name: str, tmp_path: Path) -> None:
    earns_full_marks_in_every_format(name, tmp_path)
    slips_are_named_and_digits_are_caught(name)     # what is known of the question is at hand


def earns_full_marks_in_every_format(name: str, tmp_path: Path) -> None:
    for style in FORMATS:
        found = handed_in(name, style, tmp_path)
        assert said([j for j in found.claims if j.verdict in CROSSES]) == [], style
        assert lost(found) == [], style
        unread = [j for j in found.claims if j.verdict in UNREAD]
        assert len(unread) <= OPEN.get(name, 0), said(unread)
        assert said([j for j in unread if not any(re.search(w, j.reason) for w, _ in LEFT)]) == []
        left = sum((a.available for p in found.parts for a in p.awards if a.referred), Fraction(0))
        assert found.awarded + left >= found.available, style
        if marker(name).asking.asked:
            assert found.verdicts["right"] > 0.5 * len(found.claims) > 0, style


@pytest.mark.parametrize("name", ["set_d", "set_e"])     # the others take twenty seconds each
def test_the_sheet_of_a_set_earns_full_marks(name: str) -> None:
    found = marking(derive.load(name).source)(derive.load(name).solve().render("markdown"))
    assert said([j for j in found.claims if j.verdict in CROSSES]) == []
    assert lost(found) == []


@pytest.mark.parametrize("name", OTHERS)
def test_sheets_of_other_questions_are_read(name: str) -> None:
    path = str(HERE / f"{name}.yaml")
    found = marked(marker(path), solution(path).render("markdown"))
    assert said([j for j in found.claims if j.verdict in CROSSES]) == []
    assert lost(found) == []
    unread = [j for j in found.claims if j.verdict in UNREAD]
    assert len(unread) <= OPEN_OTHERS.get(name, 0), said(unread)
    assert found.verdicts["right"] > 0.75 * len(found.claims) > 0


# slips

# mistakes with one value, and how far they cannot be told apart
ALIKE = {"scalar_rnn": {ALWAYS: 1, GIVEN: 1},    # one step reads no other
         "q3": {ALWAYS: 6}}      # o for yhat in the slope is no softmax at all
MADE = {"q3": 250, "hard_attention": 50, "scalar_rnn": 30, "perceptron": 15, "bptt_symbols": 12,
        "softmax_squared_error": 5}


def slips_are_named_and_digits_are_caught(name: str) -> None:
    proof = proved(marker(name), solution(name).render("markdown"))
    assert [f"{t.outcome}: {t.slipped.of}: {t.slipped.words}; {t.reason}" for t in proof.tried
            if t.outcome != "named"] == []
    assert [c for c in proof.collisions if not c.told] == []
    assert Counter(c.how for c in proof.collisions) == ALIKE.get(name, {})
    assert proof.ticked == ()
    assert proof.holds
    assert len(proof.tried) >= MADE.get(name, 0)


def test_a_question_whose_slips_look_alike_is_found_out() -> None:
    source = derive.Question.from_text("""
        given: {a: 2, b: 2, x: 1, y: 1}
        model: |
          z = a*b
          L = z*x
        parts: [{label: a, marks: 1, find: [z, L]}]
    """.replace("        ", "")).source
    proof = proved(Marker(source), "$z = 4$")
    assert not proof.is_full
    assert not proof.holds
    assert proof.changed > 0


# files

@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_of_every_kind_that_is_read(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"answers{ending}"
    text = "$h_0 = (-0.762, 0, 0.964)$"
    cells = [{"cell_type": "code", "source": "1/0"}, {"cell_type": "markdown", "source": [text]}]
    whole = json.dumps({"cells": cells}) if ending == ".ipynb" else text
    path.write_text(whole, encoding="utf-8")
    assert [j.verdict for j in marked(marker("q3"), read_submission(path)).claims] == ["right"]


@pytest.mark.parametrize("ending", REFUSED)
def test_other_kinds_of_files_are_refused_by_name(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"answers{ending}"
    path.write_bytes(b"$h_0 = (-0.762, 0, 0.964)$")
    with pytest.raises(DeriveError, match=re.escape(ending)) as refused:
        read_submission(path)
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', '{"cells": [{}]}', "[" * 100_000])
def test_a_broken_notebook_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeriveError, match="notebook"):
        read_submission(path)


# how sheets write, and people too

QUADRATIC = r"$$\begin{aligned} f &= x^\top A x \\ g &= tr(A X) \end{aligned}$$"

WAYS = (r"$$\frac{\partial e_t}{\partial h_i} = \left(\frac{\partial o_{i+1}}{\partial h_i}"
        r"\right)^\top \frac{\partial e_t}{\partial o_{i+1}}"
        r"+ \left(\frac{\partial h_{i+1}}{\partial h_i}"
        r"\right)^\top \frac{\partial e_t}{\partial h_{i+1}} \qquad \text{for } i < t$$ ")
ONE_WAY = r"$\frac{\partial h_{i+1}}{\partial h_i} = \operatorname{diag}(f_{i+1})$"
TABLES = """2.4

| n | norm | upper bound |
|---|---|---|
| 2 | 2.50 | 2.50 |

2.3

| n | norm | bound |
|---|---|---|
| 1 | 0.3035 | 0.7226 |
"""


@pytest.mark.parametrize(("name", "text", "verdicts"), [
    ("tests/questions/lstm.yaml", (r"$$\frac{\partial L}{\partial c_t} = \left(\frac{\partial h_t}"
     r"{\partial c_t}\right)^\top \frac{\partial L}{\partial h_t} + \left(\frac{\partial c_{t+1}}"
     r"{\partial c_t}\right)^\top \frac{\partial L}{\partial c_{t+1}}$$"), ["right"]),
    ("jacobian_chain", r"$(q \times p)(p \times n) = q \times n$", ["right"]),
    ("jacobian_chain", r"$(q \times p)(n \times p) = q \times p$", ["wrong"]),
    ("jacobian_chain", r"$(q \times p)(p \times n) = n \times q$", ["wrong"]),
    ("q3", r"$L$ = $2.01$", ["right"]),
    ("q3", "$h_0$ = ($-0.762$, $0$, $0.964$)", ["right"]),
    ("q3", "```text\n  h_0 = 5 *  *\n```", []),
    ("q3", r"$\sum_k y_{t,k} = 1$", ["right"]),
    ("q3", r"$\sum_k y_{t,k} = 2$", ["wrong"]),
    ("q3", (r"\begin{align} L &= \frac13 (l_0 + l_1 + l_2) && \text{since } \sum_k y_{t,k} = 1 \\"
            r" &= 2.01 \end{align}"), ["right", "right", "right"]),
    ("loss_numbers", "With $z = -5$ it is $y = 0.0067$", ["right", "right"]),
    ("loss_numbers", "With $z = -5$ it is $y = 0.77$", ["right", "wrong"]),
    ("convolutions", r"$K_{0,1} = 0$", ["right"]),
    ("convolutions", r"$K_{0,0} = 0$", ["refer"]),
    ("convolutions", r"$K_{0,1} = 1$", ["wrong"]),
    ("convolutions", "The number of parameters is $N = 48$", ["wrong"]),
    ("convolutions", r"$W_{out} = W - 1$, $n_{rows} = H$", ["right", "wrong"]),
    ("xor", r"$x_2$: $w_0 + w_2 > 0$, $x_3$: $w_0 + w_2 > 0$", ["right", "wrong"]),
    ("xor", r"so $2 w_0 + w_1 + w_2 \le 0$, $w_0 + w_1 > 5$", ["right", "refer"]),
    ("loss_numbers", "z = 3: S = 0.0011, C = 0.3133", ["right", "right", "wrong"]),
    ("loss_numbers", "C = 5.007 at z = -2", ["wrong", "right"]),
    ("loss_numbers", "| z | y | S' |\n|---|---|---|\n| 3 | 0.9526 | -0.0529 |",
     ["right", "right", "wrong"]),
    ("loss_numbers", r"$p = \frac{e^z}{1 + e^z}$, $C = -\log(1 - p)$", ["right", "wrong"]),
    ("q3", r"$dh_1 = (1 - h_1^2) \odot d\bar h_1$", ["right"]),
    ("q3", r"$dh_1 = (1 - h_1) \odot d\bar h_1$", ["wrong"]),
    ("q3", r"$d\bar h_t = dW h_{t-1} + W dh_{t-1} + dU x_t + db$", ["right"]),
    ("q3", r"$d\bar h_t = dW h_{t-1} + W dh_{t-1} + dU x_t$", ["refer"]),     # b may be held
    ("q3", r"$d\bar h_t = dW h_{t-1} - W dh_{t-1} + dU x_t + db$", ["wrong"]),
    ("q3", r"$dL = \frac13 \sum_t (\hat y_t - y_t)^T do_t = \sum_t (\hat y_t - y_t)^T do_t$",
     ["right", "wrong"]),
    ("q3", r"$dL = \operatorname{tr}((\frac{\partial L}{\partial W})^T dW)$", ["right"]),
    ("q3", r"$dk = W dq$", ["refer"]),
    ("sigmoid_squared_error", r"$dy = y(1 - y) dz$", ["right"]),
    ("sigmoid_squared_error", r"$dy = y(1 + y) dz$", ["wrong"]),
    ("sigmoid_squared_error", r"$\sigma' = \sigma(1 - \sigma)$", ["right"]),
    ("sigmoid_squared_error", r"$\sigma' = \sigma(1 + \sigma)$", ["wrong"]),
    ("sigmoid_squared_error", r"$\sigma'(x) = \sigma(x)(1 - \sigma(x))$", ["right"]),
    ("sigmoid_squared_error", r"$y' = y(1 - y)$", ["right"]),
    ("sigmoid_squared_error", r"$y' = y(1 + y)$", ["wrong"]),
    ("sigmoid_squared_error", r"$y' = z(1 + y)$", ["refer"]),    # another name
    ("sigmoid_squared_error", r"$\frac{\partial y}{\partial z} = y(1 - y)$", ["right"]),
    ("sigmoid_squared_error", r"$\frac{\partial y}{\partial z} = y(1 + y)$", ["wrong"]),
    ("q3", r"$\frac{\partial h_1}{\partial \bar h_1} = 1 - h_1$", ["wrong"]),
    ("q3", r"$\tanh' = 1 - \tanh^2$", ["right"]),
    ("bptt_symbols", r"$\psi' = \psi(1 + \psi)$", ["wrong"]),
    ("bptt_symbols", r"$\psi'(z_t) = \psi(z_t)(1 - \psi(z_t))$", ["refer"]),    # if it is one
    # names that only the solution has
    ("activations", r"$$l = \sum_k u_k^2$$ $$\frac{\partial L}{\partial l} = 1$$",
     ["right", "right"]),
    ("activations", r"$$l = \sum_k u_k^2$$ $$\frac{\partial L}{\partial l} = 2$$",
     ["right", "wrong"]),
    ("q3", r"$$L = \frac13 (l_0 + l_1 + l_2)\qquad \text{weil } \sum_k y_{t,k} = 1$$",
     ["right", "right"]),
    # differentials
    ("matrix_numbers", QUADRATIC + r"$$df = dx^T A x + x^T A dx$$", ["right", "right", "right"]),
    ("matrix_numbers", QUADRATIC + r"$$df = 2 x^T A dx$$", ["right", "right", "wrong"]),
    ("matrix_numbers", QUADRATIC + r"$$dg = tr(dX\, A^T)$$", ["right", "right", "wrong"]),
    # derivatives of derivatives
    ("gradient_steps", (r"$$\frac{\partial R}{\partial (\partial L/\partial x)} = 2 \mu "
                        r"\frac{\partial L}{\partial x}$$"), ["right"]),
    ("gradient_steps", (r"$$\frac{\partial R}{\partial (\partial L/\partial x)} = \mu "
                        r"\frac{\partial L}{\partial x}$$"), ["wrong"]),
    ("gradient_steps", r"$$\frac{\partial}{\partial p} \frac{\partial L}{\partial x} = W^\top$$",
     ["right"]),
    ("gradient_steps", r"$$\frac{\partial}{\partial p} \frac{\partial L}{\partial x} = -W^\top$$",
     ["wrong"]),
    # what rows ask of weights
    ("perceptron_xor", "$w_1 + b > 0$", ["right"]),
    ("perceptron_xor", r"$b \le 0$", ["right"]),
    ("perceptron_xor", r"$w^\top p_n + b > 0$ where the label is $1$", ["right"]),
    ("perceptron_xor", r"$w^\top p_n + b > 0$ where the label is $0$", ["wrong"]),
    ("perceptron_xor", r"$w^\top p_n + b > 0$", ["refer"]),
    ("perceptron_xor", r"$b > 0$", ["refer"]),
    ("perceptron_xor", "$w_0 + w_1 + b > 0$", ["refer"]),     # of the others, which contradict it
    ("perceptron_xor", "$w_0 + w_1 + 2b > 0$", ["right"]),
    # parts of arrays, rows of each, powers of sizes, facts
    ("fused_gates", r"$i_t = \sigma(z_{t,0:2})$", ["right"]),
    ("fused_gates", r"$i_t = \sigma(z_{t,2:4})$", ["wrong"]),
    ("viterbi", r"$v_t = \max_{\text{rows}}(S_t) + e_t$", ["right"]),
    ("viterbi", r"$v_t = \max_{\text{columns}}(S_t) + e_t$", ["wrong"]),
    ("largest", r"$\mathbf{1}_{\max, \text{rows}}(X) = [[0, 1, 0], [1, 0, 0]]$", ["right"]),
    ("largest", r"$\mathbf{1}_{\max}(X) = [[0, 1, 0], [1, 0, 0]]$", ["wrong"]),
    # powers, and derivatives of one equation where a chain rule has them so
    ("closed_linear", r"$\frac{\partial h_t}{\partial h_i} = W^{t-i}$", ["right"]),
    ("closed_linear", r"$\frac{\partial h_t}{\partial h_i} = W^{t-i+1}$", ["wrong"]),
    ("closed_entrywise", WAYS + ONE_WAY, ["right", "right"]),
    ("closed_entrywise", ONE_WAY, ["wrong"]),
    # what is about so, tables in their place, headings of words, eigenvalues
    ("vanishing_numbers", r"$\frac{\partial g_n}{\partial g_{n-1}} \approx R$", ["right"]),
    ("vanishing_numbers", r"$\frac{\partial h_n}{\partial h_{n-1}} \approx W$", ["wrong"]),
    ("vanishing_numbers", TABLES, ["right"] * 6),
    ("vanishing_numbers", TABLES.replace("0.7226", "0.648"), [*["right"] * 5, "wrong"]),
    ("vanishing_numbers", r"$\lambda = 0.55 \pm 0.343i$, $|\lambda| = 0.648$", ["right", "right"]),
    ("vanishing_numbers", r"$\lambda = 0.43 \pm 0.0922$", ["right"]),
    ("vanishing_numbers", r"$\lambda = 0.55 \pm 0.434i$, $|\lambda| = 0.64$", ["unread", "refer"]),
    ("vanishing_numbers", r"$\lambda^2 - 1.1 \lambda + 0.42 = 0$", ["right"]),
    ("vanishing_numbers", r"$\lambda^2 + 1.1 \lambda + 0.42 = 0$", ["refer"]),
    ("any_stride", r"$C \times k \times k = C k^2$", ["right"]),
    ("any_stride", r"$C \times k \times k = C k^3$", ["wrong"]),
    ("symbolic_covariance", r"$A = A^\top$", ["right"]),
    ("symbolic_covariance", r"$A = A^{-1}$", ["unread"]),
    ("linear_conditions", "Find $x$ with $y = 0$", ["right"]),
])
def test_what_sheets_write_is_judged(name: str, text: str, verdicts: list[str]) -> None:
    own = HERE / f"{name}.yaml"
    known = str(own) if own.exists() else str(HERE.parent.parent / name) if "/" in name else name
    found = marked(marker(known), text)
    assert [j.verdict for j in found.claims] == verdicts, said(list(found.claims))
