r"""The power in a bound: \|\partial h_T / \partial h_1\| \le \|W\|^{T-1}, one factor for each step.

With another power it may hold at numbers that were drawn, and it does not in general: the fewer
factors are less where the norm is above 1, and the more are where it is below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from derive.expr.integers import IntLike, text
from derive.expr.nodes import Expr, MatrixProduct, Partial, Power, Reduce, Symbol
from derive.expr.walk import free_indices, refs, walk
from derive.marking.submission.members import whole

__all__ = ["other_power"]

FACTORS = "the chain has {right} factors, and the power in the bound is {said}"


def other_power(left: Expr | None, right: Expr | None) -> str:
    """Return what is wrong with the power of a bound; "" for nothing that is known of."""
    if left is None or right is None:
        return ""
    steps = {_steps(ref) for ref in refs(left)}
    powers = {p for p in map(_power, _powers(right)) if p is not None}
    used = Counter(ref.name for ref in refs(right) if isinstance(ref, Symbol))
    plain = not any(isinstance(part, (Power, Reduce, MatrixProduct)) for part in walk(left)) and (
        all(count == 1 for count in used.values()))
    if not plain or len(steps) != 1 or len(powers) != 1:
        return ""
    (count,), (said,) = steps, powers
    if count is None or count == said:
        return ""
    return FACTORS.format(right=text(count), said=text(said))


def _steps(ref: Expr) -> IntLike | None:
    """Return how many steps lie between the two members of a derivative; None for others."""
    if not isinstance(ref, Partial) or not isinstance(ref.bottom, Symbol):
        return None
    top, bottom = ref.top, ref.bottom
    alike = top.name == bottom.name and len(top.index) == len(bottom.index) == 1
    return top.index[0] - bottom.index[0] if alike else None


def _powers(expr: Expr) -> Iterator[Power]:
    """Yield the powers in a formula whose base is the same at all steps."""
    return (power for power in _all_powers(expr)
            if list(refs(power.base)) and not free_indices(power.base))


def _all_powers(expr: Expr) -> Iterator[Power]:
    return (part for part in walk(expr) if isinstance(part, Power))


def _power(power: Power) -> IntLike | None:
    return whole(power.exponent)
