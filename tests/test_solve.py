"""The fast evaluator against the plain one: every member of many systems, in every order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from derive.errors import DeriveError, Place
from derive.expr.equation import Equation
from derive.expr.nodes import Range, Symbol
from derive.numbers.solve import solve
from derive.numbers.stores import Values
from derive.question.model import Model, read_model
from derive.question.question import Given
from derive.solution.numeric import stores_of
from derive.solution.oracle import Oracle

RNG = np.random.default_rng(7)


def series(*shape: int, start: int = 0, count: int = 5) -> dict[tuple[int, ...], Any]:
    return {(t,): RNG.standard_normal(shape) for t in range(start, start + count)}


def alone(*shape: int) -> dict[tuple[int, ...], Any]:
    return {(): RNG.standard_normal(shape)}


def grid(rows: int, columns: int, *shape: int) -> dict[tuple[int, ...], Any]:
    return {(t, k): RNG.standard_normal(shape) for t in range(rows) for k in range(columns)}


T04 = {"t": Range((0,), (4,))}
TK = {"t": Range((0,), (4,)), "k": Range((0,), (4,))}

SYSTEMS: dict[str, tuple[dict[str, Range], dict[str, Any], tuple[str, ...]]] = {
    "recurrence": (T04, {"W": alone(3, 3), "x": series(3), "h": {(-1,): np.ones(3)}},
                   ("h[t] = tanh(W @ h[t-1] + x[t])", "L = sum(h[t] @ h[t], t)")),
    "two at once": (T04, {"W": alone(2, 2), "c": {(-1,): np.ones(2)}, "h": {(-1,): np.ones(2)}},
                    ("c[t] = c[t-1] * tanh(h[t-1]) - W @ h[t-1]", "h[t] = -tanh(c[t]) / 2")),
    "backwards": (T04, {"x": series(2), "r": {(5,): np.zeros(2)}},
                  ("r[t] = x[t] * 2 - r[t+1] ** 2",)),
    "two steps back": (T04, {"x": series(), "f": {(-1,): np.ones(()), (-2,): np.zeros(())}},
                       ("f[t] = f[t-1] + f[t-2] * x[t]",)),
    "shifted target": (T04, {"g": series(3), "w": {(0,): np.ones(3)}, "eta": alone()},
                       ("w[t+1] = w[t] - eta * g[t]",)),
    "base case by equation": (T04, {"F": alone(3, 2), "z": alone(2)},
                              ("h[0] = F @ z", "h[t] = tanh(h[t-1]) + outer(h[t-1], z) @ z")),
    "scalar recurrence": (T04, {"x": series(), "s": {(-1,): np.ones(())}},
                          ("s[t] = s[t-1] * x[t] + 1 / (1 + exp(-s[t-1]))",)),
    "matrix recurrence": (T04, {"A": series(2, 2), "P": {(-1,): np.eye(2)}},
                          ("P[t] = A[t] @ P[t-1].T - P[t-1] * 0.5",)),
    "stacked products": (T04, {"A": series(2, 3), "B": series(3, 2), "v": alone(3), "u": alone(2),
                               "w": series(3)},
                         ("a[t] = A[t] @ v", "b[t] = u @ A[t]", "c[t] = A[t] @ w[t]",
                          "d[t] = w[t] @ B[t]", "e[t] = A[t] @ B[t]", "f[t] = w[t] @ w[t]",
                          "g[t] = v @ w[t]", "m = sum(A[t] @ B[t], t)",
                          "o = sum(outer(w[t], v), t)", "p = sum(outer(w[t], w[t]), t)",
                          "q[t] = A[t].T @ u", "r = prod(w[t], t)", "s = mean(w[t] * v, t)",
                          "n[t] = [sum(w[t]), 1, t]")),
    "broadcasting": (T04, {"A": series(2, 3), "v": alone(3), "s": series()},
                     ("B[t] = A[t] * s[t] + v", "C[t] = s[t] * v", "D[t] = A[t] - s[t]",
                      "E[t] = softmax(A[t]) * mean(A[t], axis=0)", "f[t] = t * s[t] + t")),
    "two indices": (TK, {"q": series(2), "K": series(2)},
                    ("s[t,k] = q[t] @ K[k]", "a[t] = sum(s[t,k] * K[k], k)",
                     "b = sum(sum(s[t,k], k), t)", "c[t] = q[t] * sum(s[k,k], k)")),
    "a grid": (TK, {"x": grid(5, 5), "g": {(t, -1): np.ones(()) for t in range(-1, 5)}
                    | {(-1, t): np.ones(()) for t in range(5)}},
               ("g[t,k] = x[t,k] + g[t-1,k] * g[t,k-1] / 2",)),
    "every one before": ({"t": Range((1,), (4,)), "k": Range((0,), (3,))},
                         {"h": {(0,): np.ones(2)}, "w": alone(2, 2)},
                         ("h[t] = tanh(w @ h[t-1]) + mean(h[0] * w[0, 1], k)",)),
}


def modelled(name: str) -> Model:
    indices, given, equations = SYSTEMS[name]
    model = read_model([(text, Place()) for text in equations], [], indices=indices,
                       given={n: Given(n, members) for n, members in given.items()})
    assert not model.errors, model.errors
    return model


def by_target(equations: tuple[Equation, ...]) -> Mapping[str, list[Equation]]:
    found: dict[str, list[Equation]] = {}
    for equation in equations:
        found.setdefault(equation.target.family, []).append(equation)
    return found


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_member_is_what_the_plain_evaluator_gives(name: str) -> None:
    model = modelled(name)
    given = {Symbol(n, at, model.families[n].shape): array
             for n, item in model.given.items() for at, array in item.members.items()}
    oracle = Oracle(by_target(model.equations), given)
    values = solve(model.equations, stores_of(model.given))
    compared = 0
    for family in by_target(model.equations):
        for at in values.positions(family):
            member = Symbol(family, at, model.families[family].shape)
            np.testing.assert_allclose(values[member], oracle.value(member), rtol=1e-12, atol=1e-14)
            compared += 1
    assert compared


def test_a_program_that_runs_again_takes_the_new_numbers() -> None:
    model = modelled("recurrence")
    known = stores_of(model.given)
    first = solve(model.equations, known)
    known["x"].array += 1.0
    second = solve(model.equations, known)
    h4 = Symbol("h", (4,), (3,))
    assert not np.allclose(first[h4], second[h4])
    known["x"].array -= 1.0
    np.testing.assert_allclose(solve(model.equations, known)[h4], first[h4], rtol=1e-12)


def test_what_is_given_is_left_alone() -> None:
    model = modelled("recurrence")
    known = stores_of(model.given)
    before = {name: store.array.copy() for name, store in known.items()}
    solve(model.equations, known)
    assert all(np.array_equal(known[name].array, array) for name, array in before.items())


def test_equations_of_one_target_are_added() -> None:
    x, y = Symbol("x", (), (2,)), Symbol("y", (), (2,))
    stores = stores_of({"x": Given("x", {(): np.array([1.0, 2.0])})})
    values = solve((Equation(y, (), x), Equation(y, (), x)), stores)
    np.testing.assert_array_equal(values[y], [2.0, 4.0])


def test_a_loop_adds_to_what_stands_beside_it() -> None:
    model = modelled("shifted target")
    doubled = (*model.equations, *model.equations)
    values: Values = solve(doubled, stores_of(model.given))
    g, w = model.given["g"].members, model.given["w"].members[(0,)]
    eta = model.given["eta"].members[()]
    np.testing.assert_allclose(values[Symbol("w", (1,), (3,))], 2 * (w - eta * g[(0,)]))


@pytest.mark.parametrize(("equations", "words"), [
    (("y = 1 / sum(x)",), "`y` is not a finite number"),
    (("y = exp(1000 * sum(x) + 1000)", "z = 1 / y"), "`y` is not a finite number"),
])
def test_no_number_is_said_at_the_first_place(equations: tuple[str, ...], words: str) -> None:
    model = read_model([(text, Place()) for text in equations], [], indices={},
                       given={"x": Given("x", {(): np.array([1.0, -1.0])})})
    with pytest.raises(DeriveError, match=words):
        solve(model.equations, stores_of(model.given))


def test_a_circle_is_said() -> None:
    a, b = Symbol("a", (), ()), Symbol("b", (), ())
    with pytest.raises(DeriveError, match="in a circle"):
        solve((Equation(a, (), b), Equation(b, (), a)), {})
