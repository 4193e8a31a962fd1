"""From a SymPy scalar to an expression in the order in which a person writes it.

SymPy keeps its own order (-y**2 + 1, -y*(y - 1)); a person writes 1 - y^2 and y (1 - y).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError
from derive.expr import build
from derive.expr.nodes import Constant, Expr, Number, Reduce
from derive.ops.elementwise import ELEMENTWISE, entrywise

__all__ = ["from_sympy"]

Names = Mapping[Any, Expr]
NUMBER, LETTER, FUNCTION, BRACKET, LOGARITHM = range(5)


def from_sympy(expr: Any, names: Names) -> Expr:
    """Write a SymPy scalar; *names* says what its symbols stand for.

    A function is known by the name of its row in `ELEMENTWISE`. What has no written form is a
    `DeriveError` that names it.
    """
    if expr in names:
        return names[expr]
    for cls in type(expr).__mro__:
        rule = RULES.get(cls.__name__)
        if rule:
            return rule(expr, names)
    return _function(expr, names)


def _function(expr: Any, names: Names) -> Expr:
    unknown = getattr(type(expr), "unknown", None)
    if unknown is not None:
        called, order = unknown
        argument = from_sympy(expr.args[0], names)
        return entrywise("unknown function", argument, called=called, order=order)
    name = type(expr).__name__.lower()
    row = ELEMENTWISE.get(NUMPY_NAMES.get(name, name))
    if row is None or len(expr.args) != 1:
        raise DeriveError(f"SymPy's {expr.func.__name__} in `{expr}` has no written form here")
    return entrywise(row.name, from_sympy(expr.args[0], names))


def _symbol(expr: Any, names: Names) -> Expr:
    raise DeriveError(f"SymPy's symbol `{expr}` stands for nothing here")


def _rational(expr: Any, names: Names) -> Expr:
    return build.number(Fraction(int(expr.p), int(expr.q)))


def _add(expr: Any, names: Names) -> Expr:
    """Write a sum; a whole number that all terms share stands before it: 2 (p - y)."""
    shared, rest = expr.primitive()
    if shared.is_Integer and shared > 1:
        return build.mul(build.number(int(shared)), _add(rest, names))
    return build.add(*(from_sympy(term, names) for term in _start_positive(expr)))


def _start_positive(expr: Any) -> list[Any]:
    """Order terms so that no minus sign leads: 1 - y^2; by falling powers otherwise."""
    terms = list(expr.as_ordered_terms())
    if all(_rank(term.as_coeff_Mul()[1]) in (FUNCTION, LOGARITHM) for term in terms):
        terms.sort(key=lambda term: -abs(term.as_coeff_Mul()[0]))
    signs = [_is_negative(term) for term in terms]
    if not signs[0] or all(signs):
        return terms
    if not signs[-1]:
        return terms[::-1]
    first = signs.index(False)
    return [terms[first], *terms[:first], *terms[first + 1:]]


def _is_negative(term: Any) -> bool:
    return bool(term.as_coeff_Mul()[0] < 0)


def _mul(expr: Any, names: Names) -> Expr:
    coefficient, rest = expr.as_coeff_Mul()
    if not coefficient.is_Rational:
        raise DeriveError(f"SymPy's number `{coefficient}` is not exact")
    coefficient, factors = _without_minus(coefficient, rest.func.make_args(rest)
                                          if rest.is_Mul else (rest,))
    size = Fraction(abs(int(coefficient.p)), int(coefficient.q))
    tops, bottoms = [build.number(size.numerator)], [build.number(size.denominator)]
    if _is_long(factors, names):
        tops, bottoms = [build.number(size)], []  # 1/2 cos x, but x/2
    for factor in sorted(factors, key=_rank):
        below = _goes_below(factor)
        written = from_sympy(factor.base ** -factor.exp if below else factor, names)
        (bottoms if below else tops).append(written)
    value = build.div(build.mul(*tops), build.mul(*bottoms))
    return build.neg(value) if coefficient < 0 else value


def _is_long(factors: Sequence[Any], names: Names) -> bool:
    """True for what people leave beside a fraction instead of putting it on top: a sum, cos x."""
    return any(isinstance(names.get(factor), Reduce) for factor in factors) or all(
        _rank(factor) in (FUNCTION, LOGARITHM) and not _goes_below(factor) for factor in factors)


def _goes_below(factor: Any) -> bool:
    return bool(factor.is_Pow and factor.exp.is_number and factor.exp < 0)


def _without_minus(coefficient: Any, factors: tuple[Any, ...]) -> tuple[Any, list[Any]]:
    """Let a bracket take up a minus sign: -y (y - 1) is y (1 - y), but -(1 - y) x stays."""
    mixed = (i for i, f in enumerate(factors)
             if f.is_Add and len({_is_negative(term) for term in f.args}) == 2 and 1 not in f.args)
    place = next(mixed, None) if coefficient < 0 else None
    if place is None:
        return coefficient, list(factors)
    return -coefficient, [-f if i == place else f for i, f in enumerate(factors)]


def _rank(factor: Any) -> int:
    """Order factors: numbers, letters and their powers, functions, brackets, logarithms."""
    core = factor.base if factor.is_Pow else factor
    if type(core).__name__ == "log":
        return LOGARITHM
    if core.is_Function:
        return FUNCTION
    return LETTER if core.is_Symbol else NUMBER if core.is_number else BRACKET


def _pow(expr: Any, names: Names) -> Expr:
    base, exponent = expr.base, expr.exp
    if exponent.is_number and exponent < 0:
        return build.div(Number(Fraction(1)), from_sympy(base ** -exponent, names))
    if exponent.is_Rational and (exponent.p, exponent.q) == (1, 2):
        return entrywise("sqrt", from_sympy(base, names))
    return build.power(from_sympy(base, names), from_sympy(exponent, names))


def _stopped(expr: Any, names: Names) -> Expr:
    return entrywise("stop_gradient", from_sympy(expr.args[0], names))


NUMPY_NAMES = {f"a{name}": f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
# by the names of SymPy's classes: SymPy itself is not needed, and not imported, to read its trees
RULES: dict[str, Callable[[Any, Names], Expr]] = {
    "Symbol": _symbol,
    "Rational": _rational,
    "Add": _add,
    "Mul": _mul,
    "Pow": _pow,
    "Pi": lambda expr, names: Constant("pi"),
    "stop_gradient": _stopped,
    "Exp1": lambda expr, names: entrywise("exp", Number(Fraction(1))),
}
