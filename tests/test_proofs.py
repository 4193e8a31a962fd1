"""Claims about derivatives: true ones are proved from SymPy's derivative, false ones refuted."""

from __future__ import annotations

import re

import pytest

import derive
from derive.calculus import slopes
from derive.errors import DeriveError
from derive.solution.step import claims_in, deep
from derive.syntax.write_text import write

SOFTMAX = ("{z: n, t: n}", "sum(t) == 1", "p = softmax(z); L = cross_entropy(t, p)")
NO_FACT = ("{z: n, t: n}", "", SOFTMAX[2])
SQUARES = ("{z: n, t: n}", "", "p = softmax(z); L = sum((p - t)**2)/2")
SIGMOID = ("{z: n, t: n}", "", "y = sigmoid(z); L = sum((y - t)**2)/2")
BINARY = ("{z: n, t: n}", "", "y = sigmoid(z); L = sum(binary_cross_entropy(t, y))")
UNIT = ("{w: n, x: n, b: scalar, y: scalar}", "",
        "a = w @ x + b; p = sigmoid(a); L = binary_cross_entropy(y, p)")
LOG_SOFTMAX = ("{z: n}", "", "q = z - log(sum(exp(z)))")
WARM = ("{z: n, t: n, tau: scalar}", ["sum(t) == 1", "tau > 0"],
        "p = softmax(z/tau); L = cross_entropy(t, p)")
SMOOTH = ("{z: n, t: n, eps: scalar}", "sum(t) == 1",
          "s = (1 - eps)*t + eps/n; p = softmax(z); L = cross_entropy(s, p)")
LAYER_NORM = ("{x: n, eps: scalar}", "eps > 0",
              "m = mean(x); v = mean((x - m)**2); y = (x - m)/sqrt(v + eps)")
RMS_NORM = ("{x: n, eps: scalar}", "eps > 0", "s = sqrt(mean(x**2) + eps); y = x/s")
STANDARD = ("{x: n}", "", "m = mean(x); s = sqrt(mean((x - m)**2)); y = (x - m)/s")
LAYER = ("{W: n x m, x: m, b: n, t: n}", "sum(t) == 1",
         "z = W @ x + b; p = softmax(z); L = cross_entropy(t, p)")
REGRESSION = ("{W: n x m, x: m, t: n}", "", "L = sum((W @ x - t)**2)/2")
FORM = ("{A: n x n, x: n}", "", "L = x @ A @ x")
EVEN_FORM = ("{A: n x n, x: n}", "A == A.T", "L = x @ A @ x")
ROWS = ("{Z: m x n, Y: m x n}", "sum(Y, axis=1) == 1",
        "P = softmax(Z); L = mean(cross_entropy(Y, P))")
BATCH = ("{X: m x n, W: n x q, Y: m x q}", "", "L = sum((X @ W - Y)**2)/2")
ENTROPY = ("{z: n}", "", "p = softmax(z); H = -sum(p*log(p))")
DIVERGENCE = ("{z: n, q: n}", ["sum(q) == 1", "q > 0"], "p = softmax(z); K = sum(p*log(p/q))")
LENGTH = ("{x: n}", "", "r = sqrt(x @ x); u = x/r")
COSINE = ("{a: n, b: n}", "", "c = (a @ b)/sqrt((a @ a)*(b @ b))")
LOG_SUM = ("{z: n}", "", "f = log(sum(exp(z)))")
SERIES = ("{W: n x m, 'x[t]': m, V: q x n, 'y[t]': q, T: length}", "sum(y[t]) == 1",
          ("h[t] = tanh(W @ x[t]); o[t] = V @ h[t]; p[t] = softmax(o[t]); "
          "l[t] = cross_entropy(y[t], p[t]); L = mean(l[t], t)"), "index: {t: 1..T}")
TANH = ("{z: n}", "", "y = tanh(z)")
ATTENTION = ("{q: d, K: m x d, V: m x e, g: e}", "",
             "s = K @ q/sqrt(d); a = softmax(s); o = V.T @ a; L = g @ o")
TRACE = ("{X: n x n, A: n x n}", "", "f = trace(A @ X); g = trace(X @ X)")
UNREAD = ("{x: n, u: n}", "", "p = softmax(x); s = sum(p); L = sum(x**2)")
HINGE = ("{w: d, x: d, y: scalar}", "", "m = y*(w @ x); L = relu(1 - m)")
FAR = ("{x: scalar}", "", "y = relu(x - 10); s = tanh(x/1000)*1000")
HUBER = ("{r: scalar}", "", "L = where(abs(r) <= 5, r**2/2, 5*abs(r) - 25/2)")
LOCAL = ("{W: n x n, V: q x n, 'x[t]': n, 'y[t]': q, T: length}", "sum(y[t]) == 1",
         ("h[t] = tanh(W @ h[t-1] + x[t]); r[t] = tanh(W @ r[t+1] + x[t]); "
          "o[t] = V @ (h[t] + r[t]); p[t] = softmax(o[t]); "
          "l[t] = cross_entropy(y[t], p[t]); L = sum(l[t], t)"),
         "index: {t: 1..T}\ngiven: {h: {0: zeros(n)}, r: {T+1: zeros(n)}}")
LETTERS = ("{i: k, j: k}", "sum(j) == 1", "m = softmax(i); s = cross_entropy(j, m)")
PAIR = ("{z: n, t: n, v: n}", ["sum(t) == 1"], "p = softmax(z*v); L = cross_entropy(t, p)")

TRUE = [
    (SOFTMAX, "dL/dz == p - t"),
    (SOFTMAX, "p - t == dL/dz"),
    (SOFTMAX, "∂L/∂z == -(t - p)"),
    (SOFTMAX, "d(L)/d(p) == -t/p"),
    (SOFTMAX, "dp/dz == diag(p) - outer(p, p)"),
    (SOFTMAX, "d(dL/dz)/dz == diag(p) - outer(p, p)"),
    (SOFTMAX, "d2L/dz2 == diag(p) - outer(p, p)"),
    (SOFTMAX, "dL/dz == (dp/dz).T @ (dL/dp)"),
    (NO_FACT, "dL/dz == p*sum(t) - t"),
    (SQUARES, "dL/dz == p*((p - t) - sum((p - t)*p))"),
    (SQUARES, "dL/dz == (diag(p) - outer(p, p)) @ (p - t)"),
    (SIGMOID, "dL/dz == (y - t)*y*(1 - y)"),
    (SIGMOID, "dL/dz == (y - t)*(y - y**2)"),
    (BINARY, "dL/dz == y - t"),
    (UNIT, "dL/dw == (p - y)*x"),
    (UNIT, "dL/db == dL/da"),
    (UNIT, "d2L/dw2 == p*(1 - p)*outer(x, x)"),
    (LOG_SOFTMAX, "dq/dz == eye(n) - outer(ones(n), softmax(z))"),
    (LOG_SOFTMAX, "dq/dz == eye(n) - outer(ones(n), exp(q))"),
    (WARM, "dL/dz == (p - t)/tau"),
    (SMOOTH, "dL/dz == p - s"),
    (SMOOTH, "dL/dz == p - (1 - eps)*t - eps/n"),
    (LAYER_NORM, "dy/dx == (eye(n) - ones(n, n)/n - outer(y, y)/n)/sqrt(v + eps)"),
    (RMS_NORM, "dy/dx == (eye(n) - outer(y, y)/n)/s"),
    (STANDARD, "dy/dx == (eye(n) - ones(n, n)/n - outer(y, y)/n)/s"),
    (LAYER, "dL/dW == outer(dL/dz, x)"),
    (LAYER, "dL/dW == outer(p - t, x)"),
    (LAYER, "dL/dx == W.T @ (dL/dz)"),
    (LAYER, "dL/dx == W.T @ (p - t)"),
    (REGRESSION, "dL/dW == outer(W @ x - t, x)"),
    (REGRESSION, "dL/dx == W.T @ (W @ x - t)"),
    (FORM, "dL/dx == (A + A.T) @ x"),
    (FORM, "dL/dA == outer(x, x)"),
    (FORM, "d2L/dx2 == A + A.T"),
    (EVEN_FORM, "dL/dx == 2*A @ x"),
    (ROWS, "dL/dZ == (P - Y)/m"),
    (BATCH, "dL/dW == X.T @ (X @ W - Y)"),
    (ENTROPY, "dH/dz == -p*(log(p) + H)"),
    (DIVERGENCE, "dK/dz == p*(log(p/q) - K)"),
    (LENGTH, "dr/dx == x/r"),
    (LENGTH, "du/dx == (eye(n) - outer(u, u))/r"),
    (COSINE, "dc/da == b/sqrt((a @ a)*(b @ b)) - c*a/(a @ a)"),
    (LOG_SUM, "df/dz == softmax(z)"),
    (LOG_SUM, "d2f/dz2 == diag(softmax(z)) - outer(softmax(z), softmax(z))"),
    (SERIES, "dl[t]/do[t] == p[t] - y[t]"),
    (SERIES, "dl[t]/dh[t] == V.T @ (p[t] - y[t])"),
    (SERIES, "dl[t]/dV == outer(p[t] - y[t], h[t])"),
    (SERIES, "dL/do[t] == (p[t] - y[t])/T"),
    (TANH, "dy/dz == diag(1 - y**2)"),
    (PAIR, "dL/dv == (p - t)*z"),
    (ATTENTION, "dL/ds == a*(V @ g - L)"),      # sums put in for L and o, one under the other
    (ATTENTION, "dL/dK == outer(dL/ds, q)/sqrt(d)"),
    (TRACE, "df/dX == A.T"),
    (TRACE, "dg/dX == 2*X.T"),
    (UNREAD, "dL/du == 0"),
    (UNREAD, "ds/dx == 0"),
    (LOCAL, "dl[t]/dh[t] == V.T @ (p[t] - y[t])"),
    (LOCAL, "dl[t]/dr[t] == V.T @ (p[t] - y[t])"),
    (LOCAL, "dh[t]/dh[t-1] == diag(1 - h[t]**2) @ W"),
    (LOCAL, "dl[1]/do[1] == p[1] - y[1]"),
    (LOCAL, "dL/dh[T] == V.T @ (p[T] - y[T])"),
    (LOCAL, "dl[t]/do[t-1] == 0"),
    (LETTERS, "ds/di == m - j"),
    (LETTERS, "d2s/di2 == diag(m) - outer(m, m)"),
]

FALSE = [
    (SOFTMAX, "dL/dz == t - p", ""),
    (SOFTMAX, "dp/dz == diag(p*(1 - p))", ""),
    (SOFTMAX, "dp/dz == diag(p) - p", ""),
    (SOFTMAX, "d2L/dz2 == diag(p)", ""),
    (SOFTMAX, "dL/dz == -t/p*(dL/dp)", ""),
    (NO_FACT, "dL/dz == p - t", "it would hold with assume: sum(t) == 1"),
    (SQUARES, "dL/dz == p*(p - t)", ""),
    (SQUARES, "dL/dz == p - t", ""),
    (SIGMOID, "dL/dz == y - t", ""),
    (SIGMOID, "dL/dz == 2*(y - t)*y*(1 - y)", ""),
    (LOG_SOFTMAX, "dq/dz == eye(n) - outer(softmax(z), ones(n))", ""),
    (WARM, "dL/dz == p - t", ""),
    (SMOOTH, "dL/dz == p - t", ""),
    (LAYER_NORM, "dy/dx == (eye(n) - outer(y, y)/n)/sqrt(v + eps)", ""),
    (RMS_NORM, "dy/dx == eye(n)/s", ""),
    (REGRESSION, "dL/dW == 2*outer(W @ x - t, x)", ""),
    (FORM, "dL/dx == 2*A @ x", "it would hold with assume: A == A.T"),
    (FORM, "dL/dx == A @ x + A @ x.T", "it would hold with assume: A == A.T"),
    (ROWS, "dL/dZ == P - Y", ""),
    (SERIES, "dL/do[t] == p[t] - y[t]", ""),
    (SOFTMAX, "dL/dz == p - t**2", ""),         # one-hot targets are not all there are
    (DIVERGENCE, "dK/dz == p - q", ""),
    (HINGE, "dL/dw == -y*x", ""),               # and no fact would mend it
    (FAR, "dy/dx == 0", ""),                    # wrong only for x > 10
    (FAR, "dy/dx == where(x > 50, 1, 0)", ""),
    (FAR, "ds/dx == 1", ""),                    # 0.999996
    (HUBER, "dL/dr == r", ""),                  # wrong only for |r| > 5
    (LOCAL, "dl[t]/dh[t] == V.T @ (y[t] - p[t])", ""),
    (LOCAL, "dL/dV == sum(outer(y[t] - p[t], h[t]), t)", ""),
    (LOCAL, "dh[t]/dh[t-1] == W.T @ diag(1 - h[t]**2)", ""),
]


def text(model: tuple[object, ...], *claims: str) -> str:
    symbols, facts, equations, *more = model
    lines = "".join(f"  {line.strip()}\n" for line in str(equations).split(";"))
    listed = ", ".join(f'"{claim}"' for claim in claims)
    known = f"assume: {facts!r}\n" if facts else ""
    head = "".join(f"{line}\n" for line in more)
    return (f"title: A proof\n{head}symbols: {symbols}\n{known}model: |\n{lines}"
            f"parts:\n  - {{prove: [{listed}]}}\n")


def solved(model: tuple[object, ...], *claims: str) -> derive.Solution:
    return derive.Question.from_text(text(model, *claims)).solve()


def shown(solution: derive.Solution) -> list[str]:
    """Return the lines of the first part, and the equations cited as reasons."""
    steps = list(deep(solution.solved.parts[0].steps))
    lines = [write(line.right) for step in steps for line in step.lines]
    return lines + [f"{write(c.left)} == {write(c.right)}" for s in steps for c in claims_in(s)]


@pytest.mark.parametrize(("model", "claim"), TRUE, ids=[claim for _, claim in TRUE])
def test_a_true_claim_is_proved_and_every_line_holds(model: tuple[object, ...], claim: str
                                                     ) -> None:
    solution = solved(model, claim)
    assert [check for check in solution.checks if not check.ok] == []
    assert {check.kind for check in solution.checks} >= {"line"}
    last = list(deep(solution.solved.parts[0].steps))[-1]
    assert last.answer
    assert last.lines[-1].kind == "result"


@pytest.mark.parametrize(("model", "claim", "remedy"), FALSE, ids=[c for _, c, _ in FALSE])
def test_a_false_claim_is_refused_with_numbers(model: tuple[object, ...], claim: str, remedy: str
                                               ) -> None:
    with pytest.raises(DeriveError, match="does not hold") as caught:
        solved(model, claim)
    message = str(caught.value)
    found = re.search(r"= (-?[\d.e+-]+), but the right side gives (-?[\d.e+-]+)", message)
    assert found, message
    assert found[1] != found[2]
    assert f"`{claim}`" in message
    assert caught.value.exit_code == 2
    assert caught.value.place.line > 1
    assert remedy in message if remedy else "assume" not in message


def test_the_counterexample_is_one() -> None:
    """The numbers of the message, put in by hand: p - t against t - p."""
    with pytest.raises(DeriveError) as caught:
        derive.Question.from_text(
            "given: {o: [1/2, -1], t: [1, 0]}\nassume: sum(t) == 1\nmodel: |\n  p = softmax(o)\n"
            "  L = cross_entropy(t, p)\nparts:\n  - {prove: dL/do == t - p}\n").solve()
    assert str(caught.value).endswith(
        "the claim `dL/do == t - p` does not hold: with o = (0.5, -1), t = (1, 0): "
        "dL/do[0] = -0.1824, but the right side gives 0.1824")


def test_a_claim_that_only_the_given_numbers_fulfil_is_no_theorem() -> None:
    with pytest.raises(DeriveError, match="it would hold with assume: sum"):
        derive.Question.from_text(
            "given: {o: [1/2, -1], t: [1, 0]}\nmodel: |\n  p = softmax(o)\n"
            "  L = cross_entropy(t, p)\nparts:\n  - {prove: dL/do == p - t}\n").solve()


def test_another_loss_has_another_proof() -> None:
    """Nothing is typed in: each proof ends where SymPy's derivative of its own model leads."""
    one = shown(solved(SOFTMAX, "dL/dz == p - t"))
    other = shown(solved(SQUARES, "dL/dz == p*((p - t) - sum((p - t)*p))"))
    assert "-t[k] / p[k]" in one
    assert "p[k] - t[k]" in other
    assert "-t[k] / p[k]" not in other


def test_the_fact_is_cited_where_it_is_declared_and_nowhere_else() -> None:
    assert "sum(t) == 1" in shown(solved(SOFTMAX, "dL/dz == p - t"))
    assert "sum(t) == 1" not in shown(solved(NO_FACT, "dL/dz == p*sum(t) - t"))
    layer_norm = next(claim for model, claim in TRUE if model == LAYER_NORM)
    assert "sum(x) == m * n" in shown(solved(LAYER_NORM, layer_norm))


def test_the_steps_of_softmax_and_cross_entropy() -> None:
    assert shown(solved(SOFTMAX, "dL/dz == p - t"))[4:] == [
        ("delta(i, k) * exp(z[k]) / sum(exp(z[j]), j) "
         "- exp(z[k]) * sum(delta(i, j) * exp(z[j]), j) / sum(exp(z[j]), j)**2"),
        "exp(z[k]) * (delta(i, k) * sum(exp(z[j]), j) - exp(z[i])) / sum(exp(z[j]), j)**2",
        "p[k] * (delta(i, k) - p[i])",
        "p[i] * (1 - p[i])",
        "-p[i] * p[k]",
        "sum((dL/dp)[k] * (dp[k]/dz)[i], k)",
        "sum(-t[k] / p[k] * p[k] * (delta(i, k) - p[i]), k)",
        "p[i] * sum(t[k], k) - sum(t[k] * delta(i, k), k)",
        "p[i] * sum(t[k], k) - t[i]",
        "p[i] - t[i]",
        "p - t",
        "sum(t) == 1",
    ]


def test_what_was_shown_is_not_derived_again() -> None:
    twice = shown(solved(LAYER, "dL/dz == p - t", "dL/dW == outer(p - t, x)"))
    assert sum(line.startswith("delta(i, k) * exp(z[k]) /") for line in twice) == 1


def test_a_wrong_derivative_does_not_prove(monkeypatch: pytest.MonkeyPatch) -> None:
    """A claim rests on the derivation: with the slopes doubled a true claim is not proved."""
    right = slopes.inner_slope
    monkeypatch.setattr(slopes, "inner_slope", lambda *args: 2 * right(*args))
    with pytest.raises(DeriveError, match="could not be proved"):
        solved(("{z: n, u: n}", "", "r = softmax(z*u)"), "dr/du == diag(r*z) - outer(r, r*z)")


REFUSED = [
    ("prove: z", "is no equation"),
    ("prove: z == t", "no side of `z == t` is a derivative"),
    ("prove: dL/dz < t", "is no equation"),
    ("prove: dL/dq == t", "is a derivative"),
    ("prove: dL/dz == W @ t", "the derivative is a vector of n, the other side a vector of m"),
    ("prove: 'dL/dz[0] == 1'", "not one entry"),
    ("prove: dL/dz == t + zz", "unknown name `zz`"),
    ("prove: dL/dz == dL/dz", "hold the derivative that is to be proved"),
    ("prove: dL/dz == dL/dz + 0*t", "hold the derivative that is to be proved"),
    ("prove: dL/dz == 2*(dL/dz) - (p - t)", "hold the derivative that is to be proved"),
    ("prove: dL/dz == 1/n", "the other side a scalar (a number for all entries is written c*ones"),
    ("prove: dp/dz == p*(1 - p)", "the other side a vector of n (where each entry depends on its"),
    ("prove: 'dp/dz == diag(p) - outer(p, p) == 0'", "is no equation"),
]


@pytest.mark.parametrize(("part", "message"), REFUSED)
def test_what_cannot_be_read_is_refused_by_name(part: str, message: str) -> None:
    source = ("symbols: {z: n, t: n, W: m x n}\nmodel: |\n  p = softmax(z)\n"
              f"  L = cross_entropy(t, p)\nparts:\n  - {{{part}}}\n")
    with pytest.raises(DeriveError, match=re.escape(message)):
        derive.Question.from_text(source)


ELMAN = ("{W: n x n, V: q x n, 'x[t]': n, 'y[t]': q, T: length}", "sum(y[t]) == 1",
         ("h[t] = tanh(W @ h[t-1] + x[t]); p[t] = softmax(V @ h[t]); "
         "l[t] = cross_entropy(y[t], p[t]); L = sum(l[t], t)"),
         "index: {t: 1..T}\ngiven: {h: {0: zeros(n)}}")


def test_a_recurrence_is_proved_where_the_claim_says_it() -> None:
    """The derivative one step later stands as a symbol, as in the claim."""
    solution = solved(ELMAN, "dL/dh[t] == V.T @ (p[t] - y[t]) "
                             "+ W.T @ ((1 - h[t+1]**2)*(dL/dh[t+1]))")
    assert [check for check in solution.checks if not check.ok] == []


def test_a_wrong_recurrence_is_refused() -> None:
    with pytest.raises(DeriveError, match="does not hold"):
        solved(ELMAN, "dL/dh[t] == V.T @ (p[t] - y[t]) + W.T @ ((1 - h[t]**2)*(dL/dh[t+1]))")


def test_a_shared_weight_is_refused_by_name() -> None:
    with pytest.raises(DeriveError, match="its derivative is a sum over t"):
        solved(ELMAN, "dL/dV == sum(outer(p[t] - y[t], h[t]), t)")


def test_a_way_without_an_end_is_a_recurrence() -> None:
    """h[t], h[t+1], ... all lead to the loss; there is no last one where T is a symbol."""
    claim = ("dL/dh[t] == V.T @ (p[t] - y[t]) + W.T @ ((1 - h[t+1]**2)*"
             "(V.T @ (p[t+1] - y[t+1]) + W.T @ ((1 - h[t+2]**2)*(dL/dh[t+2]))))")
    with pytest.raises(DeriveError, match=r"could not be proved.*at more than one position"):
        solved(ELMAN, claim)


def test_a_function_with_cases_is_refused_in_words() -> None:
    with pytest.raises(DeriveError, match="could not be proved: a function with cases"):
        solved(HINGE, "dL/dw == -y*x*step(1 - m)")


def test_facts_that_contradict_each_other_prove_nothing() -> None:
    both = (SOFTMAX[0], ["sum(t) == 1", "sum(t) == 2"], SOFTMAX[2])
    with pytest.raises(DeriveError, match="no numbers were found that obey all facts"):
        solved(both, "dL/dz == p - t")


@pytest.mark.parametrize("seed", range(6))
def test_numbers_far_away_do_not_refute_what_is_true(seed: int) -> None:
    """1 - sigmoid(30) has three digits; the difference that this makes is none."""
    model = ("{w: n, x: n, b: scalar, y: scalar}", "",
             f"m = relu(w @ x - {seed}); z = m + b; p = sigmoid(z); L = binary_cross_entropy(y, p)")
    assert solved(model, "dL/dm == p - y").checks


def test_a_gradient_that_was_proved_is_not_derived_once_more() -> None:
    source = text(SOFTMAX, "dL/dz == p - t") + "  - {find: dL/dz}\n"
    first, second = derive.Question.from_text(source).solve().solved.parts
    assert "slope" in [step.rule for step in first.steps]
    assert [step.rule for step in second.steps] == ["chain"]


@pytest.mark.parametrize(("model", "claim", "last"), [
    (SIGMOID, "dL/dz == (y - t)*y*(1 - y)", "(y[i] - t[i]) * y[i] * (1 - y[i])"),
    (SIGMOID, "dL/dz == y*(1 - y)*(y - t)", "y[i] * (1 - y[i]) * (y[i] - t[i])"),
    (SIGMOID, "dL/dz == -(t - y)*y*(1 - y)", "-(t[i] - y[i]) * y[i] * (1 - y[i])"),
])
def test_the_last_line_is_in_the_order_of_the_claim(model: tuple[object, ...], claim: str,
                                                    last: str) -> None:
    told = shown(solved(model, claim))
    *_, before, found, _ = told
    assert found.endswith(last)
    assert before != found
    assert told.count(found) == 1


def test_entries_are_not_called_by_an_index_of_the_question() -> None:
    solution = derive.Question.from_text("""
index: {t: 1..2, i: 1..t}
symbols: {'o[t]': n, 'y[t]': n}
assume: sum(y[t]) == 1
model: |
  p[t] = softmax(o[t])
  l[t] = cross_entropy(y[t], p[t])
  q[t] = sigmoid(o[t])
  s[t] = sum(binary_cross_entropy(y[t], q[t]))
parts: [{find: "dl[t]/do[t]"}, {prove: "ds[t]/do[t] == q[t] - y[t]"}]
""").solve()
    assert all(check.ok for check in solution.checks)
    told = "\n".join(shown(solution))
    assert "o[t][j]" in told
    assert "[i]" not in told


BASED = ("{F: n x m, W: n x n, 'x[t]': m, T: length}", "",
         "h[0] = F @ x[0]; h[t] = tanh(W @ h[t-1]) + F @ x[t]; l[t] = sum(h[t]**2)",
         "index: {t: 0..T}")


def test_a_base_case_is_not_claimed_to_follow_from_the_general_equation() -> None:
    solution = solved(BASED, "dl[t]/dx[t] == 2*F.T @ h[t]")
    (line,) = [line for step in deep(solution.solved.parts[0].steps) for line in step.lines
               if line.kind == "result"]
    assert [(n, str(r.lo), str(r.hi)) for n, r in line.where] == [("t", "1", "T")]
    assert all(check.ok for check in solution.checks)


def test_a_claim_with_a_derivative_that_is_a_recurrence_is_refused_in_its_own_words() -> None:
    with pytest.raises(DeriveError, match="although no counterexample was found"):
        solved(LOCAL, "dL/dh[t] == V.T @ (softmax(V @ (h[t] + r[t])) - y[t]) "
                      "+ W.T @ ((1 - tanh(W @ h[t] + x[t+1])**2) * (dL/dh[t+1]))")
