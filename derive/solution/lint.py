"""Do the digits on the page follow from the digits on the page?

With ``carry: rounded`` every number written down must be what the numbers before it round to. With
full precision carried, a result may differ in its last digit from what the shown digits give, but
never by more than those digits leave open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Dots, Expr, Literal, Ref, Symbol
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
            values = node.floats
            noise = NOISE * max(1.0, _largest(values))
            room = _half_unit(node, policy) * (1 + NOISE) + noise
            if np.any(_apart(_shown(node), values) > room):
                return write(node)
    return ""


def _largest(values: Any) -> float:
    return float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values)))


def _apart(a: Any, b: Any) -> Any:
    """Return how far numbers are apart; what is masked on both sides (-inf) is not."""
    masked = np.isinf(a) & (a == b)
    return np.abs(np.where(masked, 0.0, a) - np.where(masked, 0.0, b))


def _checked(name: str, made: Made, policy: Policy) -> Check:
    if any(isinstance(n, Dots) for n in walk(made.node)):
        return Check("digits", name, 0.0, True, "a long sum, judged as a whole")
    found = _Digits.of(made.node, policy)
    if any(np.size(literal.values) > LARGEST for literal in found.literals.values()):
        return Check("digits", name, 0.0, True, "too large to be read digit by digit")
    try:
        return _compared(name, made, policy, found)
    except DeriveError as error:    # the digits alone give log of 0 or 1/0: 0.00385 shown as 0.00
        return Check("digits", name, 0.0, policy.carry == "exact", f"with these digits: {error}")


def _compared(name: str, made: Made, policy: Policy, found: _Digits) -> Check:
    shown = found.shown()
    target = _shown(made.value)
    largest = max(map(_largest, (target, *shown.values())))
    gap = _apart(found.evaluated(shown), target) - NOISE * largest     # noise is shown as 0
    gap = gap - _half_unit(made.value, policy)
    differs = float(np.max(gap, initial=-1.0)) > 0
    if differs and policy.carry == "exact":
        gap = gap - found.spread(shown)
    excess = float(np.max(gap, initial=-1.0))
    note = LAST_DIGIT if differs else ""
    if excess > 0:
        note = f"{write(made.node)} does not give {write(made.value)}"
    return Check("digits", name, max(excess, 0.0), excess <= 0, note)


@dataclass(frozen=True, slots=True)
class _Digits:
    """An expression in which every array of numbers has a name, to be read by its digits."""

    node: Expr
    literals: Mapping[Ref, Literal]
    policy: Policy

    @staticmethod
    def of(node: Expr, policy: Policy) -> _Digits:
        found: dict[Ref, Literal] = {}

        def name(e: Expr) -> Expr | None:
            if not isinstance(e, Literal):
                return None
            symbol = Symbol(f"'{len(found)}", (), e.shape)
            found[symbol] = e
            return symbol

        return _Digits(transform(node, name), found, policy)

    def shown(self) -> dict[Ref, Any]:
        return {ref: _shown(literal) for ref, literal in self.literals.items()}

    def evaluated(self, values: Mapping[Ref, Any]) -> Any:
        return np.asarray(evaluate(self.node, values.__getitem__))

    def spread(self, shown: Mapping[Ref, Any]) -> Any:
        """Bound how far the result can move while the digits stay what they are (first order)."""
        base = self.evaluated(shown)
        total: Any = np.zeros(base.shape)
        for ref, literal in self.literals.items():
            half = _half_unit(literal, self.policy)
            for cell in np.ndindex(*half.shape):
                if half[cell]:
                    moved = np.array(shown[ref])
                    moved[cell] += half[cell]
                    total = total + _apart(self.evaluated({**shown, ref: moved}), base) * 1.5
        return total


def _shown(literal: Literal) -> Any:
    cells = [float(_number(literal.say(v))) for v in literal.values.ravel()]
    return np.asarray(cells).reshape(literal.values.shape)


def _number(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top) / float(bottom) if bottom else float(top)


def _half_unit(literal: Literal, policy: Policy) -> Any:
    """Return how far each value may be from its digits; what is shown as 0 may be all it is."""
    if literal.exact:
        return np.zeros(literal.values.shape)
    texts = [(literal.say(v), abs(float(v))) for v in literal.values.ravel()]
    widths = [_width(text, policy) or (size if text == "0" else 0.0) for text, size in texts]
    return np.asarray(widths).reshape(literal.values.shape)


def _width(text: str, policy: Policy) -> float:
    """Return half a unit of the last digit shown; a fraction is exact."""
    if "/" in text:
        return 0.0
    mantissa, _, exponent = text.lower().partition("e")
    places = _places(mantissa, policy)
    if float(mantissa) == 0 and not places:     # 0.00 is written 0
        return 0.5 * 10.0 ** -policy.digits if policy.mode == "decimal" else 0.0
    return 0.5 * 10.0 ** (int(exponent or 0) - places)


def _places(mantissa: str, policy: Policy) -> int:
    """Return the decimals shown; 1110 to three digits has -1: its last digit says nothing."""
    whole, point, decimals = mantissa.partition(".")
    if point or policy.mode != "significant":
        return len(decimals)
    return -max(len(whole.lstrip("-")) - policy.digits, 0)
