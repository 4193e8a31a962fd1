"""Do the digits on the page follow from the digits on the page?

With ``carry: rounded`` every number written down must be what the numbers before it round to. With
full precision carried, a result may differ in its last digit from what the shown digits give, but
never by more than those digits leave open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Dots, Expr, Literal, Ref
from derive.expr.walk import transform, walk
from derive.numbers.hand import Made
from derive.numbers.policy import Policy
from derive.numbers.reference import evaluate
from derive.solution.solver import Solver
from derive.solution.step import Check
from derive.syntax.write_text import write

__all__ = ["LAST_DIGIT", "digit_checks"]

LAST_DIGIT = "the digits shown alone would give another last digit"
NOISE = 1e-12       # what is left of a zero, relative to the numbers around it
LARGEST = 64        # entries; larger arrays are not read digit by digit by anyone


def digit_checks(solver: Solver) -> Iterator[Check]:
    """Yield one check per number written down in steps."""
    for ref, worked in list(solver.worked.items()):
        for stage in worked.stages:
            for made in stage.made:
                if int(np.size(made.value.values)) <= LARGEST:
                    yield _checked(write(ref), made, solver.policy)


def misprinted(expr: Expr, policy: Policy) -> str:
    """Return a number on the page whose digits are not those of its value; "" if all are right."""
    for node in walk(expr):
        if isinstance(node, Literal) and 0 < node.values.size <= LARGEST:
            values = np.asarray(node.values, dtype=float)
            room = _half_unit(node, policy) * (1 + NOISE) + NOISE * max(1.0, np.max(np.abs(values)))
            if np.any(np.abs(_shown(node) - values) > room):
                return write(node)
    return ""


def _checked(name: str, made: Made, policy: Policy) -> Check:
    if any(isinstance(n, Dots) for n in walk(made.node)):
        return Check("digits", name, 0.0, True, "a long sum, judged as a whole")
    literals = [n for n in walk(made.node) if isinstance(n, Literal)]
    if any(np.size(n.values) > LARGEST for n in literals):
        return Check("digits", name, 0.0, True, "too large to be read digit by digit")
    shown = {id(n): _shown(n) for n in literals}
    try:
        return _compared(name, made, policy, literals, shown)
    except DeriveError as error:    # the digits alone give log of 0 or 1/0: 0.00385 shown as 0.00
        return Check("digits", name, 0.0, policy.carry == "exact", f"with these digits: {error}")


def _compared(name: str, made: Made, policy: Policy, literals: list[Literal],
              shown: dict[int, Any]) -> Check:
    again = _evaluate(made.node, shown)
    target = _shown(made.value)
    room = _half_unit(made.value, policy) + 1e-12 * np.abs(target)
    differs = bool(np.any(np.abs(again - target) > room))
    if policy.carry == "exact":
        room = room + _spread(made.node, literals, shown, policy)
    excess = float(np.max(np.abs(again - target) - room, initial=-1.0))
    note = LAST_DIGIT if differs else ""
    if excess > 0:
        note = f"{write(made.node)} does not give {write(made.value)}"
    return Check("digits", name, max(excess, 0.0), excess <= 0, note)


def _shown(literal: Literal) -> Any:
    cells = [float(_number(literal.say(v))) for v in literal.values.ravel()]
    return np.asarray(cells).reshape(literal.values.shape)


def _number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom) if bottom else float(top)


def _half_unit(literal: Literal, policy: Policy) -> Any:
    if literal.exact:
        return np.zeros(literal.values.shape)
    widths = [_width(literal.say(v), policy) for v in literal.values.ravel()]
    return np.asarray(widths).reshape(literal.values.shape)


def _width(text: str, policy: Policy) -> float:
    """Return half a unit of the last digit shown; a fraction is exact."""
    if "/" in text:
        return 0.0
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    if float(mantissa) == 0 and not places:
        return 0.0
    return 0.5 * 10.0 ** (int(exponent or 0) - places)


def _evaluate(node: Expr, shown: dict[int, Any]) -> Any:
    return np.asarray(evaluate(_with(node, shown), _nothing))


def _with(node: Expr, shown: dict[int, Any]) -> Expr:
    def change(e: Expr) -> Expr | None:
        if isinstance(e, Literal) and id(e) in shown:
            return Literal(shown[id(e)], e.exact, e.say)
        return None

    return transform(node, change)


def _nothing(ref: Ref) -> Any:
    raise DeriveError(f"{ref} should have been put in")


def _spread(node: Expr, literals: list[Literal], shown: dict[int, Any], policy: Policy) -> Any:
    """Bound how far the result can move while the shown digits stay what they are (first order)."""
    base = _evaluate(node, shown)
    total: Any = np.zeros(base.shape)
    for literal in literals:
        half = _half_unit(literal, policy)
        for cell in np.ndindex(*half.shape):
            if half[cell]:
                moved = np.array(shown[id(literal)])
                moved[cell] += half[cell]
                total = total + np.abs(_evaluate(node, {**shown, id(literal): moved}) - base) * 1.5
    return total
