r"""An operator in front of a formula, \frac{\partial}{\partial z_i} (1 + e^{-z_i}), worked out.

Only numbers are differentiated, by a number or by one entry: their rules leave no layout open. What
the formula reads that depends on z has its derivative standing as one symbol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from derive.expr.build import add, div, is_zero, mul, neg, number, power, sub
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import (
    Apply,
    Delta,
    Entry,
    Expr,
    Neg,
    Partial,
    Power,
    Quotient,
    Reduce,
    Sum,
    Symbol,
)
from derive.expr.nodes import Product as ProductOf
from derive.expr.walk import at, refs
from derive.ops.elementwise import ELEMENTWISE
from derive.ops.local import derivative

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["By", "rate"]

By = tuple[Symbol, tuple[IntLike, ...]]     # what is differentiated by, and which entry of it
LETTERS = "mnrsquvw"


def rate(reader: Reader, expr: Expr, by: By) -> Expr | None:
    """Return the derivative of a number; None where its rules are not known here."""
    if expr.shape or len(by[1]) != len(by[0].shape):
        return None
    if not list(refs(expr)):
        return number(0)
    rule = RULES.get(type(expr))
    return None if rule is None else rule(reader, expr, by)


def _all(reader: Reader, parts: tuple[Expr, ...], by: By) -> list[Expr] | None:
    found = [rate(reader, part, by) for part in parts]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def _of_sum(reader: Reader, expr: Expr, by: By) -> Expr | None:
    assert isinstance(expr, Sum), "a sum"
    rates = _all(reader, expr.terms, by)
    return None if rates is None else add(*rates)


def _of_negative(reader: Reader, expr: Expr, by: By) -> Expr | None:
    assert isinstance(expr, Neg), "a negative"
    inner = rate(reader, expr.arg, by)
    return None if inner is None else neg(inner)


def _of_product(reader: Reader, expr: Expr, by: By) -> Expr | None:
    assert isinstance(expr, ProductOf), "a product"
    rates = _all(reader, expr.factors, by)
    if rates is None:
        return None
    return add(*(mul(*expr.factors[:k], one, *expr.factors[k + 1:])
                 for k, one in enumerate(rates)))


def _of_quotient(reader: Reader, expr: Expr, by: By) -> Expr | None:
    assert isinstance(expr, Quotient), "a quotient"
    top, bottom = expr.top, expr.bottom
    rates = _all(reader, (top, bottom), by)
    if rates is None:
        return None
    return div(sub(mul(rates[0], bottom), mul(top, rates[1])), power(bottom, number(2)))


def _of_power(reader: Reader, expr: Expr, by: By) -> Expr | None:
    assert isinstance(expr, Power), "a power"
    inner, exponent = rate(reader, expr.base, by), expr.exponent
    if inner is None or list(refs(exponent)):
        return None
    return mul(exponent, power(expr.base, sub(exponent, number(1))), inner)


def _of_function(reader: Reader, expr: Expr, by: By) -> Expr | None:
    assert isinstance(expr, Apply), "a function"
    if len(expr.args) != 1 or expr.op not in ELEMENTWISE:
        return None
    inner = rate(reader, expr.args[0], by)
    return None if inner is None else mul(derivative(expr.op, expr.args[0], expr), inner)


def _of_series(reader: Reader, expr: Expr, by: By) -> Expr | None:
    """Differentiate each term; its letter is not that of what stands below."""
    assert isinstance(expr, Reduce), "a sum over an index"
    if expr.kind != "sum":
        return None
    taken = frozenset().union(*map(names_in, (*by[0].index, *by[1])))
    letter, body = expr.index, expr.body
    if letter in taken:
        letter = next(c for c in LETTERS if c not in taken)
        body = at(body, {expr.index: named(letter)})
    inner = rate(reader, body, by)
    return None if inner is None else _summed(expr, letter, inner)


def _summed(series: Reduce, letter: str, body: Expr) -> Expr:
    """Return the sum of all terms; of those with a Kronecker delta only one is left."""
    if isinstance(body, Sum):
        return add(*(_summed(series, letter, term) for term in body.terms))
    if isinstance(body, Neg):
        return neg(_summed(series, letter, body.arg))
    factors = body.factors if isinstance(body, ProductOf) else (body,)
    for place, factor in enumerate(factors):
        if isinstance(factor, Delta) and factor.i == named(letter):
            rest = mul(number(1), *factors[:place], *factors[place + 1:])
            return at(rest, {letter: factor.j})
    return body if is_zero(body) else replace(series, index=letter, body=body)


def _of_quantity(reader: Reader, expr: Expr, by: By) -> Expr | None:
    whole = expr.arg if isinstance(expr, Entry) else expr
    place = expr.at if isinstance(expr, Entry) else ()
    symbol, cell = by
    if not isinstance(whole, Symbol):
        return None
    if whole.name == symbol.name:
        pairs = zip((*whole.index, *place), (*symbol.index, *cell), strict=True)
        return mul(*(Delta(a, b) for a, b in pairs if a != b), number(1))
    if whole.name in reader.vocabulary.given:
        return number(0)
    slope = Partial(whole, symbol, (), place)
    return Entry(slope, cell) if cell else slope


RULES: dict[type[Expr], Callable[[Reader, Expr, By], Expr | None]] = {
    Sum: _of_sum, Neg: _of_negative, ProductOf: _of_product, Quotient: _of_quotient,
    Power: _of_power, Apply: _of_function, Reduce: _of_series, Entry: _of_quantity,
    Symbol: _of_quantity,
}
