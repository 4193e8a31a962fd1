"""Functions without a formula: psi and its derivatives, against the functions they stand for."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from derive.api import Question
from derive.errors import QuestionError
from derive.expr.nodes import Apply, Symbol
from derive.expr.walk import transform
from derive.ops import derivative
from derive.ops.from_sympy import from_sympy
from derive.ops.unknown import UNKNOWN, sample
from derive.syntax.write_text import write

PLACES = np.linspace(-3, 3, 13)
x, y = Symbol("x", (), ()), Symbol("y", (), ())
z = sympy.Symbol("z", real=True)


@pytest.mark.parametrize("order", range(4))
@pytest.mark.parametrize("called", ["psi", "phi", "f"])
def test_each_derivative_is_the_complex_step_of_the_one_before(called: str, order: int) -> None:
    stepped = np.imag(sample(PLACES + 1e-30j, called, order)) / 1e-30
    np.testing.assert_allclose(sample(PLACES, called, order + 1), stepped, rtol=1e-12, atol=1e-14)


def test_functions_of_two_names_differ() -> None:
    assert np.min(np.abs(sample(PLACES, "psi") - sample(PLACES, "phi"))) > 1e-4


def test_sympy_differentiates_and_adds_a_prime() -> None:
    f = UNKNOWN.sympy(sympy, z ** 2, called="psi", order=0)
    slope = from_sympy(sympy.diff(f, z), {z: x})
    assert write(slope) == "2 * x * psi'(x**2)"
    assert write(derivative("unknown function", x, y, called="psi", order=1)) == "psi''(x)"


def test_sympy_has_no_number_for_a_function_that_is_unknown() -> None:
    at_one = UNKNOWN.sympy(sympy, sympy.Float(1), called="psi", order=0)
    assert not at_one.evalf().is_number or not at_one.evalf().is_Float
    assert at_one.is_zero is None


MODEL = """
symbols: {%s}
model: |
  z = W @ x
  h = %s
  L = sum(h**2)
parts: [{find: dL/dW}]
"""
SHAPES = "W: n x m, x: m"


def read(symbols: str, h: str) -> Question:
    return Question.from_text(MODEL % (symbols, h))


def test_a_prime_may_be_typed() -> None:
    question = read(f"psi: function, {SHAPES}", "psi'(z) + psi''(2*z)")
    solution = question.solve()
    assert [c for c in solution.checks if not c.ok] == []
    text = solution.render("latex")
    assert r"\psi''(z)" in text
    assert r"\psi'''(" in text


def test_a_wrong_derivative_of_an_unknown_function_is_caught(
        monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.calculus import pullback

    right = pullback.pullback

    def wrong(expr, g, value=None):  # type: ignore[no-untyped-def]
        """Forget the prime."""
        found = right(expr, g, value)
        if not (isinstance(expr, Apply) and expr.op == "unknown function"):
            return found

        def plain(node):  # type: ignore[no-untyped-def]
            if isinstance(node, Apply) and node.op == "unknown function":
                return Apply(node.op, node.args, (("called", "psi"), ("order", 0)), node.of)
            return None

        return tuple(transform(part, plain) for part in found)

    monkeypatch.setattr("derive.calculus.contributions.pullback", wrong)
    solution = read(f"psi: function, {SHAPES}", "psi(z)").solve()
    assert {c.kind for c in solution.checks if not c.ok} >= {"line", "gradient"}


def test_the_sheet_says_that_the_function_is_any_and_takes_its_notation() -> None:
    text = read(f"act: function, {SHAPES}", "act(z)").solve().render("latex")
    assert "any differentiable function" in text
    other = Question.from_text(MODEL % (f"act: function, {SHAPES}", "act(z)")
                               + "notation: {act: '\\varphi'}").solve().render("latex")
    assert r"\varphi'(z)" in other


def test_a_question_with_an_unknown_function_has_no_numbers_for_it() -> None:
    question = Question.from_text(
        "symbols: {psi: function}\ngiven: {x: [1, 2]}\nmodel: L = sum(psi(x))\n"
        "parts: [{find: dL/dx}]")
    solution = question.solve()
    assert solution.values == {}
    assert [c for c in solution.checks if not c.ok] == []
    assert r"\psi'(x)" in solution.render("latex")


def test_a_function_that_nothing_calls_leaves_the_numbers_alone() -> None:
    question = Question.from_text(
        "symbols: {psi: function}\ngiven: {x: [1, 2]}\nmodel: L = sum(x)\nparts: [{find: dL/dx}]")
    np.testing.assert_array_equal(question.solve()["dL/dx"], [1, 1])
    assert any("`psi`" in w for w in question.warnings)


MAPS = """
symbols: {f: "function(n, m) -> n", g: function(n) -> n, l: "function(n x m, n, scalar) -> scalar",
          W: n x m, x: m, u: n, s: scalar, E: "function(n) -> n x m", v: n}
model: |
  %s
parts: [{find: [%s]}]
"""
WITH_MAPS = {
    "two arguments": ("L = sum(f(u, x)**2)", "dL/du, dL/dx"),
    "one of them read twice": ("L = v @ f(f(u, x), x)", "dL/du, dL/dx"),
    "in a row": ("y = g(g(u)) + u\n  L = y @ y", "dL/du, dy/du"),
    "of a matrix": ("L = l(W, u, s)*s", "dL/dW, dL/du, dL/ds"),
    "a matrix of a vector": ("Y = E(v*u)\n  L = sum(Y**2)", "dL/du, dL/dv"),
    "its Jacobian": ("L = sum(g'(u) @ v)", "dL/du, dL/dv"),
    "a Jacobian": ("y = f(u*s, x)", "dy/du, dy/ds, dy/dx"),
}


@pytest.mark.parametrize(("model", "wanted"), WITH_MAPS.values(), ids=list(WITH_MAPS))
@pytest.mark.parametrize("layout", ["gradient", "jacobian"])
def test_functions_of_arrays_are_differentiated_and_checked(
        model: str, wanted: str, layout: str) -> None:
    solution = Question.from_text(MAPS % (model, wanted)).solve(layout=layout)
    assert [c for c in solution.checks if not c.ok] == []
    assert "gradient" in {c.kind for c in solution.checks}
    for detail in ("normal", "full"):
        assert solution.render("latex", detail=detail)


def test_a_wrong_jacobian_of_an_unknown_function_is_caught(
        monkeypatch: pytest.MonkeyPatch) -> None:
    from derive.ops import unknown_map

    monkeypatch.setitem(unknown_map.PULLED, (1, 1), lambda g, D: g)
    solution = Question.from_text(MAPS % ("L = sum(g(u)**2)", "dL/du")).solve()
    assert {c.kind for c in solution.checks if not c.ok} >= {"line", "gradient"}


def test_gradients_and_jacobians_print_as_people_write_them() -> None:
    def latex(model: str, wanted: str) -> str:
        return Question.from_text(MAPS % (model, wanted)).solve().render("latex")

    assert r"J_{g}(u)" in latex("y = g(u)", "dy/du")
    assert r"\nabla_{W} l(W, u, s)" in latex("L = l(W, u, s)", "dL/dW")
    assert r"\frac{\partial f(u, x)}{\partial x}" in latex("y = f(u, x)", "dy/dx")


REFUSED = {
    "too many arguments": (f"psi: function(m) -> n, {SHAPES}", "psi(x, x)",
                           "`psi` takes 1 argument, not 2"),
    "another shape": (f"psi: function(m) -> n, {SHAPES}", "psi(z)",
                      "argument 1 of `psi` is a vector of m, not a vector of n"),
    "a comma not quoted": (f"psi: function(m, n) -> n, {SHAPES}", "psi(x, z)", "quote what holds"),
    "no result": (f"psi: function(m), {SHAPES}", "psi(x)", "takes and gives"),
    "primes of two arguments": (f'psi: "function(m, n) -> n", {SHAPES}', "psi'(x, z)",
                                "does not say by which argument"),
    "two arguments": (f"psi: function, {SHAPES}", "psi(z, z)", "takes 1 argument, not 2"),
    "no argument": (f"psi: function, {SHAPES}", "psi*z", "`psi` is a function: write psi(...)"),
    "defined": (f"h: function, {SHAPES}", "z", "`h` is a function, it cannot be defined"),
    "a near name": (f"psi: function, {SHAPES}", "psy(z)", "'psi'"),
    "a size": (f"n: function, {SHAPES}", "n(z)", "`n` is used as a size"),
    "a prime alone": (f"psi: function, {SHAPES}", "psi' * z", "has no place"),
    "a setting": (f"psi: function, {SHAPES}", "psi(z, axis=0)", "`psi` has no settings"),
}


@pytest.mark.parametrize(("symbols", "h", "message"), REFUSED.values(), ids=list(REFUSED))
def test_refused_by_name(symbols: str, h: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read(symbols, h)
    assert message in str(caught.value)


def test_places_behind_a_prime_are_those_of_the_file() -> None:
    with pytest.raises(QuestionError) as caught:
        read(f"psi: function, {SHAPES}", "psi'(z) + nothing")
    assert ":5:17: unknown name `nothing`" in str(caught.value)

