"""Submissions that are marked: what is right, what follows, what is wrong and why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import islice

import numpy as np
import pytest
from marking_rates import Found, examine

import derive
from derive.errors import DeriveError, Unreadable
from derive.expr.nodes import Expr, Ref
from derive.marking.submission.claims import Claim, Judgement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.marking import judged
from derive.marking.submission.judging.verdicts import Judging
from derive.marking.submission.marked import Marked, marked
from derive.marking.submission.mistakes.missteps import MISSTEPS
from derive.marking.submission.mistakes.misworked import Misworked
from derive.marking.submission.mistakes.redone import Redone
from derive.marking.submission.reading.legible import legible
from derive.syntax.write_latex import write as latex


@cache
def marker(name: str) -> Marker:
    return Marker(derive.load(name).source)


def of(text: str, name: str = "q3") -> Marked:
    return marked(marker(name), text)


def verdicts(text: str, name: str = "q3") -> list[str]:
    return [j.verdict for j in of(text, name).claims]


def last(text: str, name: str = "q3") -> Judgement:
    return of(text, name).claims[-1]


CLEAN = r"""
## 3.1
$\bar h_0 = (-1, 0, 2)$ and so $h_0 = \tanh(\bar h_0) = (-0.762, 0, 0.964)^T$
$$\bar{h}_1 = W h_0 + U x_1 + b = \begin{pmatrix} -0.726 \\ 0.477 \\ -2.27 \end{pmatrix}$$
$$h_1 = tanh(\bar h_1) = (-0.620, 0.444, -0.979)$$
$$\begin{split} \overline{h}_2 &= Wh_1 + Ux_2 + b \\ &= (3.36, -0.797, 0.529) \end{split}$$
$h_2 = (0.998, -0.662, 0.484)$
## 3.2
$$p_0 = softmax(V h_0 + c) = (0.0885, 0.0723, 0.839)$$
$$p_1 = softmax(V h_1 + c) = (0.0610, 0.734, 0.205)$$
$$p_2 = softmax(V h_2 + c) = (0.939, 0.0567, 0.00386)$$
## 3.3
\begin{align} l_0 &= -\log 0.839 = 0.175 \\ l_1 &= 0.310 \\ l_2 &= 5.56 \\ L &= 2.01 \end{align}
## 3.4
$$\delta_2 = V^T (p_2 - y_2)/3$$
$$\frac{\partial L}{\partial h_1} = V^T(p_1 - y_1)/3 + W^T diag(1-h_2^2) \delta_2
= (-0.919, -1.047, -0.116)$$
## 3.5
$$\nabla_V L = \frac13 \sum_t (\hat y_t - y_t) h_t^T
= \begin{bmatrix} 0.277 & -0.198 & 0.160 \\ 0.0556 & -0.0519 & 0.119 \\ -0.333 & 0.250 & -0.280
\end{bmatrix}$$
## 3.6
$$\frac{dL}{dU} = \begin{bmatrix} -0.315 & 0.324 & 0 \\ -0.660 & -0.416 & 0 \\ -0.230 & -0.308 & 0
\end{bmatrix}$$
"""


def test_a_clean_submission_gets_full_marks() -> None:
    found = of(CLEAN)
    assert [j for j in found.claims if j.verdict != "right"] == []
    assert found.awarded == found.available == 20


@pytest.mark.parametrize(("text", "verdict", "slip"), [
    (r"$$\frac{\partial L}{\partial h_1} = (-2.757, -3.142, -0.3484)$$", "wrong", "factor"),
    (r"$$l_0 = 0.0762$$", "wrong", "logarithm"),
    (r"$$\hat y_1 = (0.061, 0.734, 0.235)$$", "refer", None),
    ((r"$$\frac{dL}{dU} = \begin{bmatrix} -0.315 & 0.342 & 0 \\ -0.660 & -0.416 & 0 \\"
      r" -0.230 & -0.308 & 0 \end{bmatrix}$$"), "refer", None),
    (r"$$\hat y_1 = softmax(W h_1 + c)$$", "wrong", "another quantity"),
    (r"$$\hat y_1 = softmax(V h_0 + c)$$", "wrong", "another step"),
    (r"$$\bar h_1 = W h_0 + U x_1$$", "wrong", "missing term"),
    (r"$$l_2 = -\log 0.00386 = 3.56$$", "wrong", "arithmetic"),
    (r"$$h_1 = \frac{$$", "unread", None),
    (r"$$h_1 = \begin{pmatrix} ? \\ 1 \end{pmatrix}$$", "unread", None),
])
def test_what_is_wrong_is_named(text: str, verdict: str, slip: str | None) -> None:
    found = last(text)
    assert (found.verdict, found.slip) == (verdict, slip), found


def test_what_follows_from_an_error_is_not_punished_again() -> None:
    text = r"""
    $$h_0 = (-0.762, 0, 0.946)$$
    $$\bar h_1 = W h_0 + U x_1 + b = (-0.708, 0.476, -2.292)$$
    $$h_1 = \tanh(\bar h_1) = (-0.609, 0.443, -0.980)$$"""
    found = of(text)
    assert [j.verdict for j in found.claims][-3:] == ["follow_through", "right", "follow_through"]
    assert "h[0]" in found.claims[2].carried


def test_a_slip_in_what_was_worked_out_from_a_wrong_value_is_named() -> None:
    text = r"$h_0 = (-0.762, 0.5, 0.964)$ $\bar h_1 = (0.726, -0.976, 1.274)$"
    found = of(text).claims[-1]
    assert (found.verdict, found.slip) == ("wrong", "sign")
    assert "h[0] as found before" in found.reason


def test_the_same_slip_costs_once() -> None:
    assert verdicts(r"$l_0 = 0.0762$, $l_1 = 0.134$, $l_2 = 2.41$, $L = 0.875$") == [
        "wrong", "repeated", "repeated", "follow_through"]


def test_a_wrong_label_is_told_by_what_is_written() -> None:
    text = (r"$$\frac{\partial L}{\partial V} = \frac13 \sum_t"
            r" \frac{\partial l_t}{\partial \hat y_t} \frac{\partial \hat y_t}{\partial U}"
            r" = \begin{bmatrix} -0.3145 & 0.3239 & 0 \\ -0.6601 & -0.4156 & 0 \\"
            r" -0.2297 & -0.3075 & 0 \end{bmatrix}$$")
    found = of(text)
    assert [(j.verdict, j.claim.of) for j in found.claims] == [
        ("refer", "dL/dU"), ("right", "dL/dU"), ("right", "dL/dU")]


def working_of(misstep: str) -> Judgement:
    """Return the judgement of the value that a mistake leads to, written with seven digits."""
    mine = marker("q3")
    ref = next(r for r in mine.asking.asked if str(r) == "<Partial dL/dU>")
    found = next(m for count in (1, 2) for m in mine.slips.mistakes.worked(ref, count).found
                 if misstep in m.words)
    return last(rf"$$\frac{{dL}}{{dU}} = {matrix(found.value)}$$")


def matrix(value: np.ndarray) -> str:
    rows = r" \\ ".join(" & ".join(f"{v:.7f}" for v in row) for row in np.atleast_2d(value))
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def misworked(slip: str) -> Iterator[tuple[Ref, Misworked]]:
    """Yield what a slip leads to in q3, alone, and with another one before or behind it."""
    mine = marker("q3")
    asked = mine.asking.asked
    for count in (1, 2):
        found = ((ref, m) for ref in (asked[-4], asked[-1], *asked)
                 for m in mine.slips.mistakes.worked(ref, count).found
                 if slip in m.slip.split(" + "))
        yield from islice(found, 2)


@pytest.mark.parametrize("slip", sorted({m.name for m in MISSTEPS}))
def test_every_slip_is_named_alone_and_with_a_second_one(slip: str) -> None:
    cases = list(misworked(slip))
    assert {" + " in m.slip for _, m in cases} == {False, True}
    for ref, made in cases:
        found = last(f"$${latex(ref)} = {matrix(made.value)}$$")
        assert found.verdict == "wrong"
        named = found.slip == made.slip or made.words in found.reason
        assert named or (found.slip and " + " in made.slip), (made.slip, found.reason)


@pytest.mark.parametrize("words", [
    "the recursion was run forward", "the path through the next time step is missing",
    "W is not transposed", "the derivative of the activation at hbar is missing",
    "the derivative of the activation is taken at h[t], not at hbar[t]",
    "in the derivative of the activation hbar[t] stands for h[t]",
    "W and U are exchanged", "b is left out",
    "a factor 1/3 is missing, and the recursion was run forward",
])
def test_a_mistake_throughout_a_working_is_named(words: str) -> None:
    found = working_of(words)
    assert found.verdict == "wrong"
    assert words in found.reason


def test_every_kind_of_mistake_is_made_somewhere() -> None:
    made = {name for mine in map(marker, ("q3", "bptt_symbols"))
            for ref in mine.asking.asked[-3:] for name in _made(mine, ref)}
    assert made >= {m.name for m in MISSTEPS}


def _made(mine: Marker, ref: object) -> set[str]:
    from derive.marking.submission.mistakes.missteps import missteps

    workings = mine.slips.mistakes.workings(ref)
    return {name for working, _ in workings for name, _, _ in missteps(working)}


def test_symbols_are_judged_up_to_layout() -> None:
    assert verdicts(r"$$\frac{\partial J_t}{\partial o_t} = \hat y_t - y_t$$",
                    "bptt_symbols") == ["right"]
    assert last(r"$$\frac{\partial h_t}{\partial h_{t-1}} = \psi'(z_t) \times w_{hh}$$",
                "bptt_symbols").verdict == "right"
    wrong = last(r"$$\frac{\partial J_t}{\partial W_{hh}} = \sum_{i=1}^t (\psi'(z_i) \odot"
                 r" \frac{\partial J_t}{\partial h_i}) h_{t-1}^\top$$", "bptt_symbols")
    assert (wrong.verdict, wrong.slip) == ("wrong", "another step")


def test_json_says_everything() -> None:
    text = "$h_0 = (-0.762, 0, 0.9)$"
    found = json.loads(of(text).to_json())
    claim = found["claims"][0]
    assert set(claim) == {"line", "span", "text", "of", "step", "verdict", "slip", "reason",
                          "expected", "carried"}
    first, after = claim["span"]
    assert text[first:after] == claim["text"]
    np.testing.assert_allclose(claim["expected"], [-0.761594, 0, 0.964028], atol=1e-6)
    assert found["marks"]["available"] == "20"


@pytest.mark.parametrize("text", [
    r"\input{/etc/passwd}", r"$$h_0 = 9^{9^{9^{9^9}}}$$", "$$" + "{" * 10_000 + "$$",
    r"$$\def\a{\a\a}\a$$", r"$$\newcommand{\x}{\x}\x$$", "$" * 5000, "= " * 5000,
])
def test_hostile_submissions_cost_nothing(text: str) -> None:
    assert of(text).awarded == 0


def test_what_nobody_writes_by_hand_is_refused() -> None:
    with pytest.raises((DeriveError, Unreadable), match="characters"):
        of("x" * 300_000)


def test_values_are_worked_out_anew_with_what_was_found() -> None:
    mine = marker("scalar_rnn")
    redone = {str(r): r for r in mine.asking.asked}
    yhat, gradient = redone["<Symbol yhat[1]>"], redone["<Partial dL/dh[1]>"]
    found = Redone(mine.judge.given, mine.slips.sweeps[0], {yhat: np.array(2.0)})
    assert found.look(gradient) == -8.0
    assert list(found.used) == [yhat]


# answer sheets of the questions themselves, and submissions that are made up

@pytest.mark.parametrize(("name", "style"), [
    ("q3", "latex"), ("scalar_rnn", "markdown"), ("bptt_symbols", "markdown"),
    ("tests/questions/mlp.yaml", "latex"), ("tests/questions/attention.yaml", "markdown"),
])
def test_an_answer_sheet_gets_full_marks(name: str, style: str) -> None:
    found = of(derive.load(name).solve().render(style), name)
    assert [j for j in found.claims if j.verdict not in ("right", "unread", "refer")] == []
    assert found.awarded == found.available
    assert sum(j.verdict == "right" for j in found.claims) > 0.8 * len(found.claims)


@pytest.mark.parametrize(("name", "seeds"), [
    ("q3", range(6)), ("scalar_rnn", range(15)), ("tests/questions/mlp.yaml", range(6))])
def test_submissions_that_are_made_up_are_marked_as_they_were_made(name: str, seeds: range) -> None:
    total = Found()
    for seed in seeds:
        total.add(examine(marker(name), seed))
    assert total.counts["clean claims"] > 0
    assert total.counts["false crosses"] == total.counts["false ticks"] == 0, total.told
    assert total.counts["caught of digit"] == total.counts["slips of digit"], total.told


@pytest.mark.parametrize(("text", "of"), [
    (r"$`h_0 = (-0.762, 0, 0.964)`$", "h[0]"),
    ("```math\nh_0 = (-0.762, 0, 0.964)\n```", "h[0]"),
    (r"$$o_t = V h_t + c$$ $$\frac{\partial l_t}{\partial o_t} = \hat y_t - y_t$$", "dl[t]/do[t]"),
    (r"$$\frac{\partial l_t}{\partial \hat y_{t,k}} = -\frac{y_{t,k}}{\hat y_{t,k}}$$",
     "(dl[t]/dyhat[t])[k]"),
    ((r"$$o_t = V h_t + c$$ $$\frac{\partial \hat y_{t,k}}{\partial o_{t,i}} = -\hat y_{t,i}"
     r"\hat y_{t,k} \qquad \text{for } i \ne k$$"), "(dyhat[t][k]/do[t])[i]"),
    ((r"$$o_t = V h_t + c$$ $$\frac{\partial L}{\partial h_t} = V^\top"
     r"\frac{\partial L}{\partial o_t} \qquad \text{for } t = 2$$"), "dL/dh[2]"),
    ((r"$$\frac{\partial L}{\partial h_t} = \frac13 V^\top (\hat y_t - y_t) + W^\top"
     r"\frac{\partial L}{\partial \bar h_{t+1}} \qquad \text{for } t = 0, 1$$"), "dL/dh[t]"),
    (r"$$\mathop{\mathrm{softmax}}\nolimits(V h_0 + c) = (0.0885, 0.0723, 0.839)$$",
     "softmax(V @ h[0] + c)"),
])
def test_what_sheets_write_is_read(text: str, of: str) -> None:
    found = last(text)
    assert (found.verdict, found.claim.of) == ("right", of), found


PLAIN = """
3.1) forward pass:
  h_0 = tanh(W h_{-1} + U x_0 + b) = [-0.762; 0; 0.964]
  so h1 = tanh(W*h0 + U*x1 + b), as above
h[2] = tanh(W @ h[1] + U @ x[2] + b)    (same as before)
3.2)
ŷ₀ = softmax(V·h₀ + c) and y_hat_1 = softmax(V h_1 + c)
3.3: the loss is L = sum_t 1/3 * l_t = 2.01
3.4) dL/dh_2 = 1/3 V^T (ŷ_2 - y_2)
3.5) dL/dV = Σ_t 1/3 (yhat_t - y_t) * h_t.T
 = [ 0.277 -0.198 0.160
     0.0556 -0.0519 0.119
     -0.333 0.250 -0.280 ]
"""


def test_what_is_typed_without_dollars_is_read() -> None:
    found = of(PLAIN).claims
    assert [(j.verdict, j.claim.of) for j in found] == [("right", of) for of in (
        "h[0]", "h[0]", "h[1]", "h[2]", "yhat[0]", "yhat[1]", "L", "L", "dL/dh[2]", "dL/dV",
        "dL/dV")]
    lines = PLAIN.splitlines()
    for judgement in found:     # every claim stands where it says
        claim = judgement.claim
        assert PLAIN[slice(*claim.span)].strip() == claim.text
        assert claim.text.splitlines()[0] in lines[claim.line - 1]
    assert {j.claim.label for j in found} == {"3.1", "3.2", "3.3", "3.4", "3.5"}


@pytest.mark.parametrize("line", [
    "We use lr = small, as in the lecture", "<!-- id=3 -->", "so it is = what we want",
    "the price is 5 = five",
])
def test_prose_is_no_formula(line: str) -> None:
    assert of(f"{CLEAN}\n{line}\n").claims[-1].claim.line <= CLEAN.count("\n")


@pytest.mark.parametrize(("name", "text", "subjects"), [
    ("q3", (r"$u_t = W s_{t-1} + U x_t + b$ and $s_t = \tanh(u_t)$, so "
            r"$\frac{\partial L}{\partial u_t} = (1 - s_t^2) \odot"
            r" \frac{\partial L}{\partial s_t}$"),
     ["hbar[t]", "h[t]", "dL/dhbar[t]"]),
    ("bptt_symbols", (r"$r_t = W_{yh} s_t$ with $s_t = \psi(a_t)$, $p_t = \text{softmax}(r_t)$,"
                      r" $\frac{\partial J_t}{\partial r_t} = p_t - y_t$"),
     ["o[t]", "h[t]", "yhat[t]", "dJ[t]/do[t]"]),
])
def test_names_that_explain_each_other(name: str, text: str, subjects: list[str]) -> None:
    found = of(text, name).claims
    assert [(j.verdict, j.claim.of) for j in found] == [("right", s) for s in subjects]


def test_names_of_a_wrong_equation_stay_unknown() -> None:
    found = of(r"$u_t = W s_{t-1} - U x_t + b$ and $s_t = \tanh(v_t)$").claims
    assert {j.verdict for j in found} == {"refer"}


def test_a_condition_counts() -> None:
    assert last(r"$$\frac{\partial L}{\partial h_t} = \frac13 V^\top (\hat y_t - y_t)"
                r" \qquad \text{for } t = 1$$").verdict == "wrong"
    assert last(r"This is valid if $i \leq t$.", "bptt_symbols").verdict == "right"
    assert last(r"This is valid if $i \leq 2$.", "bptt_symbols").verdict == "refer"


@pytest.mark.parametrize(("name", "text", "verdict", "slip"), [
    ("q3", "$h_2 = (0.998, -0.662)$", "wrong", "element dropped"),
    ("q3", r"$l_0 = -\log 0.0885 = 2.42$", "follow_through", None),
    ("q3", (r"$\frac{\partial L}{\partial V} = \frac{\partial L}{\partial l_0}"
           r"\frac{\partial l_0}{\partial V} + \dots + \frac{\partial L}{\partial l_2}"
           r"\frac{\partial l_2}{\partial V}$"), "right", None),
    ("vanishing_gradients", (r"$\frac{\partial h_n}{\partial h_0} = \frac{\partial h_n}"
     r"{\partial h_{n-1}} \frac{\partial h_{n-1}}{\partial h_{n-2}} \cdots"
     r"\frac{\partial h_1}{\partial h_0}$"), "right", None),
    ("vanishing_gradients", (r"$\frac{\partial h_n}{\partial h_{n-1}} ="
     r" \operatorname{diag}(\tanh'(W_{hh} h_{n-1}, W_{xh} x_n)) W_{hh}$"), "refer", None),
    ("scalar_rnn", r"$\frac{\partial h_2}{\partial h_1} \frac{\partial h_1}{w_h} = h_0 w_h$",
     "right", None),
    ("bptt_symbols", r"$\hat y_t = \sigma(o_t)$", "right", None),
    ("bptt_symbols", (r"$\frac{\partial J_t}{\partial o_t} = \frac{\partial J_t}"
     r"{\partial \hat y_{t,i}} \times \frac{\partial \hat y_{t,i}}{\partial o_t}$"),
     "right", None),
    ("hard_attention", r"$\text{Argmax}(q.K = [-2, 3, 0, 6]) = 3$", "right", None),
    ("lstm_cell", r"$\frac{\partial c_t}{\partial c_{t-1}} = \operatorname{diag}(f_t)$",
     "right", None),
])
def test_how_hands_write_is_read(name: str, text: str, verdict: str, slip: str | None) -> None:
    found = last(text, name)
    assert (found.verdict, found.slip) == (verdict, slip), found


def test_a_softmax_of_one_entry_tells_nothing() -> None:
    found = last("$p = y$", "softmax_cross_entropy")
    assert (found.verdict, found.slip) == ("wrong", "missing function")


def test_what_was_taken_on_trust_is_said() -> None:
    assert "softmax" in last(r"$\hat y_t = \sigma(o_t)$", "bptt_symbols").reason
    assert "comma" in last(r"$h_t = \tanh(W_{hh} h_{t-1}, W_{xh} x_t)$",
                           "vanishing_gradients").reason


def test_zeros_that_follow_from_zeros_are_left_to_a_person() -> None:
    zeros = r"\begin{pmatrix} 0 & 0 & 0 \\ 0 & 0 & 0 \\ 0 & 0 & 0 \end{pmatrix}"
    text = (r"$h_0 = (0, 0, 0)$ $h_1 = (0, 0, 0)$ $h_2 = (0, 0, 0)$"
            rf" $\frac{{\partial L}}{{\partial V}} = {zeros}$")
    found = last(text)
    assert found.verdict == "refer"
    assert found.carried


def test_two_explanations_are_both_told() -> None:
    found = last(r"$\hat y_1 = w_y = 2$", "scalar_rnn")
    assert "; or: " in "".join(j.reason for j in of(r"$\hat y_1 = 2$", "scalar_rnn").claims), found


def test_large_and_many_cost_little() -> None:
    many = "$h_0 = (-0.762, 0, 0.964)$\n\n" * 3000
    found = [j.verdict for j in of(many).claims]
    assert set(found[:-1]) == {"right"}
    assert found[-1] == "unread"
    for text in ("x" * 10_000_000, "$" + "h_0 = " * 1_000_000 + "$"):
        with pytest.raises((DeriveError, Unreadable), match="characters"):
            of(text)
    with pytest.raises((DeriveError, Unreadable), match="lines"):
        of("= 1\n" * 40_000)


@pytest.mark.parametrize("formula", [
    "$h_0 = " + "W U " * 400 + "x_0$", "$l_0 = " + r"\sum_{k=0}^{99} " * 20 + "k$",
    r"$l_0 = \sum_{k=0}^{999999999} k$", "$" + r"\partial " * 4000 + "= 1$",
])
def test_one_formula_that_would_take_long_is_not_judged(formula: str) -> None:
    assert verdicts(formula) == ["unread"]


@pytest.mark.parametrize("line", [
    "$h_1 = {k}$", "$q_{{{k}}} = w_h h_0 + {k}$",
])
def test_a_submission_is_looked_at_up_to_a_count_of_work(line: str) -> None:
    text = "\n\n".join(line.format(k=k) for k in range(3, 900))
    found = of(text, "scalar_rnn").claims
    assert 20 < len(found) < 800
    assert found[-1].reason.startswith("from here on nothing is judged")


def test_signs_that_close_nothing_take_no_time() -> None:
    assert of("$`" * 90_000).claims == ()
    assert of("$a\n\n" * 4_000).claims == ()


def test_marking_points_are_the_scheme_of_their_part() -> None:
    found = {p.label: p for p in of("$s = (-2, 3, 0, 6)$", "hard_attention").parts}
    assert [(a.awarded, a.available, a.referred) for a in found["3.2"].awards] == [(0, 1, True)] * 2
    assert all(a.of != "do/ds" for a in found["3.2"].awards)
    assert found["3.1"].awarded == Fraction(2, 3)


@pytest.mark.parametrize(("written", "meant"), [
    ("$a = 0,25$ and $b = 1,50$", "$a = 0.25$ and $b = 1.50$"),
    ("$a = 0{,}25$ and $b = 1{,}50$", "$a =   0.25$ and $b =   1.50$"),
    ("$t = 0,1,2$ and $1,000$ and $2,000$", "$t = 0,1,2$ and $1,000$ and $2,000$"),
    ("$a = 0.25$ of $(0,12)$ and $(0,50)$", "$a = 0.25$ of $(0,12)$ and $(0,50)$"),
    ("~~$L = 3$~~ $L = 2$", "            " + " $L = 2$"[1:]),
    (r"$\cancel{L = 3}$ and $\cancel{a} b$", r"$              $ and $\cancel{a} b$"),
    ("<del>L = 3 $L = 2$", "<del>L = 3 $L = 2$"),
])
def test_what_is_meant_keeps_its_place(written: str, meant: str) -> None:
    assert legible(written) == meant
    assert len(legible(written)) == len(written)


@pytest.mark.parametrize(("line", "verdict"), [
    (r"|\tanh'(z)| \leq 1", "right"), (r"\tanh' > 0", "right"), (r"\tanh'(z) \geq 1", "refer"),
    (r"\left\| \frac{\partial h_n}{\partial h_0} \right\| \leq \| W_{hh} \|^n", "right"),
    (r"\| W_{hh} \| < 1", "refer"),
    ((r"\frac{\partial J_n}{\partial w} = \frac{\partial J_n}{\partial y_n} "
     r"\frac{\partial y_n}{\partial w}"), "right"),
    ((r"\frac{\partial J_n}{\partial w} = \sum_{i=0}^n \frac{\partial J_n}{\partial h_n} "
     r"\frac{\partial h_n}{\partial h_i} \frac{\partial h_i}{\partial w}"), "right"),
    ((r"\frac{\partial J_n}{\partial w} = \frac{\partial J_n}{\partial y_n} "
     r"\frac{\partial h_n}{\partial w}"), "unread"),
])
def test_inequalities_and_chain_rules_of_other_names(line: str, verdict: str) -> None:
    assert verdicts(f"$${line}$$", "vanishing_gradients") == [verdict]


ENTRIES = "tests/submissions/questions/softmax_entries.yaml"
POOLED = "tests/submissions/questions/conv_pool.yaml"
GATED = "tests/submissions/questions/lstm_two.yaml"
SLOPE = r"\frac{\partial p_i}{\partial z_j}"


@pytest.mark.parametrize(("name", "text", "verdict"), [
    (ENTRIES, f"For $i \\ne j$: ${SLOPE} = -p_i p_j$", "right"),
    (ENTRIES, f"${SLOPE} = p_i (1 - p_i)$ if $i = j$", "right"),
    (ENTRIES, f"Case $i = j$: ${SLOPE} = -p_i p_j$", "wrong"),
    (ENTRIES, f"Case $i = j$. Together ${SLOPE} = p_i (1 - p_i)$", "wrong"),
    (ENTRIES, f"${SLOPE} = -p_i p_j$", "wrong"),
    (POOLED, "After pooling $(5 - 2)/2 + 1 = 2$", "notation"),
    (POOLED, "After pooling $(5 - 2)/2 + 1 = 3$", "wrong"),
    (POOLED, r"$P = \begin{pmatrix} 2 & 4 \\ 4 & 3 \end{pmatrix}$", "right"),
    (GATED, r"$\tilde{c}_1 = \tanh(0.4) = 0.380$, $\tilde{c}_2 = 0.655$", "right"),
    (GATED, r"$\tilde{c}_1 = \tanh(0.4) = 0.380$, $\tilde{c}_2 = 0.755$", "wrong"),
    ("tests/questions/layer_norm.yaml",
     r"$\sigma^2 = 1.556$, so $z = \frac{x - 7/3}{\sqrt{\sigma^2 + 0.01}}$", "right"),
])
def test_cases_floors_and_names_of_ones_own(name: str, text: str, verdict: str) -> None:
    assert last(text, name).verdict == verdict


@pytest.mark.parametrize("name", ["additive_mask", "closed_one_position", "entropies_with_zeros"])
def test_no_sheet_stops_the_marker(name: str) -> None:
    path = f"tests/questions/{name}.yaml"
    found = of(derive.load(path).solve().render("markdown"), path).claims
    assert len(found) > 10
    assert sum(j.verdict == "right" for j in found) > len(found)/2


def test_a_claim_that_fails_is_unread_and_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judging.one

    def failing(self: Judging, claim: Claim, before: Expr | None,
                chain: list[Judgement]) -> Judgement:
        if claim.of == "l[1]":
            raise KeyError("anything")
        return judge(self, claim, before, chain)

    monkeypatch.setattr(Judging, "one", failing)
    assert verdicts("$l_0 = 0.175$, $l_1 = 0.310$, $l_2 = 5.56$") == ["right", "unread", "right"]


@pytest.mark.parametrize("first", ["0.2", "0.20"])
def test_digits_of_another_submission_count_for_nothing(first: str) -> None:
    """0.2 is right for 0.1754, and 0.20 is not, whichever is marked first."""
    mine = Marker(derive.load("q3").source)
    second = {"0.2": "0.20", "0.20": "0.2"}[first]
    found = {typed: judged(mine, f"$l_0 = {typed}$")[0].verdict for typed in (first, second)}
    assert found == {"0.2": "right", "0.20": "wrong"}
