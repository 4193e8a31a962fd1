r"""LaTeX read back as mathematics: what we print, what people write, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import ROOT

from derive.errors import DeriveError, Unreadable
from derive.expr.equation import Family
from derive.expr.nodes import Expr, Range, Ref, Symbol
from derive.numbers.reference import evaluate
from derive.question.latex import Vocabulary, read_latex, read_relations
from derive.syntax.read_latex import chains

FAMILIES = {
    name: Family(name, indices, shape) for name, indices, shape in [
        ("W", (), (3, 3)), ("W_hh", (), (3, 3)), ("V", (), (2, 3)), ("U", (), (3, 2)),
        ("h", ("t",), (3,)), ("hbar", ("t",), (3,)), ("x", ("t",), (2,)), ("yhat", ("t",), (2,)),
        ("y", ("t",), (2,)), ("b", (), (3,)), ("L", (), ()), ("l", ("t",), ()), ("s", (), ()),
    ]
}
VOCABULARY = Vocabulary(FAMILIES, {"t": Range((1,), (3,))})


def value_of(ref: Ref) -> np.ndarray:
    """Numbers of a quantity: the same for the same member, all positive and different."""
    assert isinstance(ref, Symbol)
    draw = np.random.default_rng([*ref.name.encode(), *map(int, ref.index)])  # type: ignore[arg-type]
    return draw.uniform(0.1, 0.9, ref.of)  # type: ignore[arg-type]


def val(name: str, *index: int) -> np.ndarray:
    return value_of(Symbol(name, index, FAMILIES[name].shape))


def number(expr: Expr) -> np.ndarray:
    return np.asarray(evaluate(expr, value_of, {"t": 2}))


h, hbar, x, yhat, y = (val(n, 2) for n in ("h", "hbar", "x", "yhat", "y"))
W, Whh, V, U, b, s = (val(n) for n in ("W", "W_hh", "V", "U", "b", "s"))
SAID = [
    (r"W h_t + U x_t + b", W @ h + U @ x + b),
    (r"W{h}_{2} + U\mathbf{x}_2", W @ h + U @ x),
    (r"\bar{h}_t", hbar), (r"\overline{h}_{2}", hbar), (r"\hat{\mathbf{y}}_t - y_t", yhat - y),
    (r"V^\top (\hat{y}_t - y_t)", V.T @ (yhat - y)),
    (r"V^T(\hat y_t-y_t)", V.T @ (yhat - y)), (r"V^{\mathsf T} y_t", V.T @ y),
    (r"y_t^\top V", y @ V), (r"y_t^{T} y_t", y @ y), (r"h_t x_t^\top", np.outer(h, x)),
    (r"(y_t^\top V)^\top", y @ V),
    (r"tanh(h_t)", np.tanh(h)), (r"\tanh h_t", np.tanh(h)),
    (r"\operatorname{tanh}(h_t)", np.tanh(h)),
    (r"\text{softmax}(V h_t)", np.exp(V @ h) / np.exp(V @ h).sum()),
    (r"-\sum_{i=1}^{2} y_{t,i} \log \hat{y}_{t,i}", -(y * np.log(yhat)).sum()),
    (r"-\sum_k y_{t,k}\ln\hat{y}_{t,k}", -(y * np.log(yhat)).sum()),
    (r"\log_{10}(s)", np.log10(s)),
    (r"\operatorname{diag}(1 - h_t^2) W", np.diag(1 - h**2) @ W),
    (r"(1 - h_t \odot h_t) \odot b", (1 - h * h) * b),
    (r"W_{hh} h_t", Whh @ h), (r"W_hh h_t", Whh @ h), (r"w_{hh} h_{t}", Whh @ h),
    (r"\frac{1}{3} s", s / 3), (r"\dfrac{s}{2}", s / 2), (r"\tfrac12 s", s / 2), (r"s/2", s / 2),
    (r"2 \times 3 + 1{,}000", 1006), (r"-3.2 \times 10^{-5}", -3.2e-5), (r"3.2e-5", 3.2e-5),
    (r"\|h_t\|^2", h @ h), (r"\left\lVert h_t \right\rVert_2^{2}", h @ h), (r"\|h_t\|_1", h.sum()),
    (r"\sqrt{s}", np.sqrt(s)), (r"e^{s}", np.exp(s)), (r"\exp(s)", np.exp(s)),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} x_t", np.array([[1, 2], [3, 4]]) @ x),
    (r"\left[\begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array}\right] x_t",
     np.array([[1, 2], [3, 4]]) @ x),
    (r"\begin{smallmatrix} 1 \\ -2 \end{smallmatrix}", np.array([1, -2])),
    (r"\boxed{s}", s), (r"\underbrace{W h_t}_{\text{state}} + b", W @ h + b),
    (r"\prod_{t=1}^{3} l_t", np.prod([val("l", k) for k in (1, 2, 3)])),
    (r"\sum_{t=1}^{3} l_t", np.sum([val("l", k) for k in (1, 2, 3)])),
    (r"\mathbf{1}[s > 0]", 1), (r"V W U", V @ W @ U), (r"W^{-1} b", np.linalg.solve(W, b)),
    (r"W^2", W @ W), (r"W^{\odot 2}", W**2), (r"I - W", np.eye(3) - W),
    (r"h_{t,0}", h[0]), (r"W_{1,2}", W[1, 2]), (r"\tanh'(h_t)", 1 - np.tanh(h)**2),
    (r"x_t * y_t", x * y), (r"x_t \cdot y_t", x @ y), (r"h_t \mathbf{1}^\top b", h * b.sum()),
    (r"\sigma(s)", 1 / (1 + np.exp(-s))), (r"\max(0, s)", s), ("y₂ᵀ V", y @ V),
]


@pytest.mark.parametrize(("latex", "value"), SAID, ids=[latex for latex, _ in SAID])
def test_what_people_write(latex: str, value: object) -> None:
    np.testing.assert_allclose(number(read_latex(latex, VOCABULARY)), value, rtol=1e-12)


REFUSED = [
    "h_t b", r"W * W_{hh}", r"s \pm 1", r"q + 1", r"\frac{s}{0}", r"9^{9^{9^9}}", "(s", "s)",
    r"\def\x{\x\x}\x", r"\input{a}", "{" * 10_000, "x" * 10_000_000, r"\sum " * 3000, "-" * 99,
    r"1 + \dots + 3", r"s^{5000}", r"\begin{bmatrix} 1 & 2 \\ 3 \end{bmatrix}", "", r"\frac{s}",
    r"\log s s", r"V + W", r"\begin{bmatrix} 1 ", r"1 = = 2",
]


@pytest.mark.parametrize("latex", REFUSED, ids=[latex[:20] for latex in REFUSED])
def test_what_cannot_be_read_is_refused_with_its_span(latex: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_latex(latex, VOCABULARY)
    first, last = caught.value.span
    assert 0 <= first <= last <= len(latex)


def test_a_chain_over_lines_has_all_its_sides() -> None:
    text = r"\begin{aligned} s &= a \\ &= 1 + 2 \\ &\approx 3 \end{aligned}"
    (found,) = read_relations(text, VOCABULARY)
    assert found.relations == ("=", "=", "≈")
    assert isinstance(found.sides[1], Unreadable)
    assert [text[a:b] for a, b in found.spans] == ["s", "a", "1 + 2", "3"]


def test_a_name_spelled_otherwise_is_noted() -> None:
    (found,) = read_relations(r"w_{hh} h_t", VOCABULARY)
    assert found.notes == ("w_{hh} is read as W_hh",)


@pytest.mark.parametrize("latex", ["s/s s", "1/2s", r"h_t + y_t^\top V",
                                   r"\sum_{i=1}^{2} h_{t,i}"])
def test_what_may_mean_two_things_is_not_read(latex: str) -> None:
    with pytest.raises(Unreadable):
        read_latex(latex, VOCABULARY)


def test_a_transpose_that_may_be_a_power_is_not_read() -> None:
    vocabulary = Vocabulary(FAMILIES, {"t": Range((1,), (3,))}, frozenset("T"))
    with pytest.raises(Unreadable, match="transpose or a power"):
        read_latex("W^T b", vocabulary)
    np.testing.assert_allclose(number(read_latex(r"W^\top b", vocabulary)), W.T @ b)


def test_entries_may_be_numbered_from_one() -> None:
    found = read_latex("W_{1,3}", Vocabulary(FAMILIES, first=1))
    np.testing.assert_allclose(number(found), W[0, 2])
    (reading,) = read_relations("W_{1,2}", VOCABULARY)
    assert reading.notes == ("entries are counted from 0",)


def test_an_index_that_is_not_written_is_noted() -> None:
    (found,) = read_relations(r"\hat{y} - y_t", VOCABULARY)
    assert found.notes == ("yhat is read as yhat[t]",)


def test_rows_and_columns_of_the_other_layout() -> None:
    families = {**FAMILIES, "z": Family("z", (), (3,))}
    for rows, latex in ((False, r"\frac{\partial L}{\partial z} b^\top"),
                        (True, r"b \frac{\partial L}{\partial z}")):
        assert read_latex(latex, Vocabulary(families, rows=rows)).shape == (3, 3)


def test_every_error_is_ours() -> None:
    for text in ("_", "^", "&", r"\\", "}", r"\left", r"\right)", r"\begin{matrix}", "'", "|", ","):
        try:
            chains(text)
        except DeriveError:
            continue


MISTAKES = ["h_t b", r"s + \input{a}", "s + s/s s"]


@pytest.mark.parametrize("latex", MISTAKES)
def test_messages_on_the_page_are_those_given(latex: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_latex(latex, VOCABULARY)
    assert str(caught.value) in (ROOT / "docs" / "latex.md").read_text(encoding="utf-8")
