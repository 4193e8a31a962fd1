"""Writing SymPy expressions as rational functions of one part that is not rational, and solving.

1/(1 + e^-x) and its derivative are rational in u = e^-x; sqrt(x) and 1/(2 sqrt(x)) in u = sqrt(x).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["in_one_generator", "solve_linear"]


def in_one_generator(forms: tuple[Any, ...], x: Any) -> tuple[Any, tuple[Any, ...]] | None:
    """Return (u, the forms in u), or None where one u is not enough."""
    import sympy

    parts = list(dict.fromkeys(part for form in forms for part in _irrational(form, x)))
    powers = [part.as_base_exp() for part in parts]
    if not parts or len({base for base, _ in powers}) > 1:
        return None
    # the smallest power carries the others: x^(1/2) for x^(3/2), e^x for e^(2x) and e^-x
    unit = min((exponent for _, exponent in powers), key=lambda e: abs(e.as_coeff_Mul()[0]))
    ratios = [exponent / unit for _, exponent in powers]
    if not all(ratio.is_Integer for ratio in ratios):
        return None
    u = sympy.Symbol("u")
    table = {part: u ** ratio for part, ratio in zip(parts, ratios, strict=True)}
    return u, tuple(form.xreplace(table) for form in forms)


def _irrational(form: Any, x: Any) -> Iterator[Any]:
    """Yield the largest parts that depend on *x* otherwise than by + - * / and whole powers."""
    if not form.has(x) or form == x:
        return
    if form.is_Add or form.is_Mul:
        for part in form.args:
            yield from _irrational(part, x)
    elif form.is_Pow and form.exp.is_Integer:
        yield from _irrational(form.base, x)
    else:
        yield form


def solve_linear(form: Any, u: Any, y: Any) -> Any | None:
    """Solve y = form(u) for u where, fractions cleared, u stands in it linearly; else None."""
    import sympy

    top, bottom = sympy.fraction(sympy.together(form))
    relation = sympy.expand(top - y * bottom)
    factor, rest = relation.coeff(u, 1), relation.coeff(u, 0)
    linear = factor != 0 and not sympy.expand(relation - factor * u - rest).has(u)
    return -rest / factor if linear else None
