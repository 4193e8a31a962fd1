r"""Plain arithmetic as it is written, with letters for sizes: \frac{i + 2p - k}{s} + 1.

A map of windows has (i + 2p - k)/s + 1 places in a row: i is the size of the input, p the padding,
k the size of the window and s the stride.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from itertools import permutations

from derive.syntax.read_latex.tree import (
    Additive,
    Fenced,
    Name,
    Node,
    Numeral,
    Product,
    Scripted,
    Signed,
    nodes,
)
from derive.syntax.read_latex.tree import Fraction as Over

__all__ = ["is_of_windows", "letters_of", "worked_out"]

Letters = Mapping[Node, Fraction]
ROUNDED: Mapping[str, Callable[[Fraction], int]] = {"floor": math.floor, "ceil": math.ceil}
NOTHING: Letters = {}
# input, window, stride, padding: some with a remainder, some without
TRIED = ((9, 3, 2, 0), (12, 3, 2, 1), (7, 4, 3, 2), (16, 5, 4, 1), (11, 2, 5, 3))
MOST_LETTERS = 4
LARGEST = 10**6


def worked_out(node: Node | None, letters: Letters = NOTHING) -> Fraction | None:
    """Return the number that a formula is; None where it is more than arithmetic."""
    try:
        return None if node is None else _value(node, letters)
    except (ArithmeticError, ValueError, LookupError):
        return None


def letters_of(node: Node | None) -> list[Node]:
    """Return the names in a formula, those of functions left out, each once."""
    if node is None:
        return []
    found = (n for n in nodes(node) if isinstance(n, Name) or (
        isinstance(n, Scripted) and not isinstance(n.base, Numeral)))
    return [n for n in dict.fromkeys(found) if not (isinstance(n, Name) and n.stem in ROUNDED)]


def is_of_windows(node: Node | None) -> bool:
    """True for the number of windows in a row, whatever its letters are called."""
    names = letters_of(node)
    if not 2 <= len(names) <= MOST_LETTERS:
        return False
    return any(_counts(node, dict(zip(names, roles, strict=True)))
               for roles in permutations(range(MOST_LETTERS), len(names)))


def _counts(node: Node | None, roles: Mapping[Node, int]) -> bool:
    """True where a formula counts windows, if its letters have these roles."""
    floored, exact = True, True
    for tried in TRIED:
        known = [n if k in roles.values() else usual
                 for k, (n, usual) in enumerate(zip(tried, (0, 0, 1, 0), strict=True))]
        size, window, stride, padding = known
        found = worked_out(node, {name: Fraction(known[k]) for name, k in roles.items()})
        right = Fraction(size + 2 * padding - window, stride) + 1
        floored, exact = floored and found == math.floor(right), exact and found == right
    return {0, 1} <= set(roles.values()) and (floored or exact)


def _value(node: Node, letters: Letters) -> Fraction:
    if node in letters:
        return letters[node]
    if isinstance(node, Numeral):
        return Fraction(node.digits)
    if isinstance(node, Over):
        return _value(node.top, letters) / _value(node.bottom, letters)
    if isinstance(node, Fenced):
        return _fenced(node, letters)
    if isinstance(node, (Signed, Additive)):
        terms = node.terms if isinstance(node, Additive) else ((node.sign, node.arg),)
        return sum((-_value(term, letters) if sign == "-" else _value(term, letters)
                    for sign, term in terms), Fraction(0))
    if isinstance(node, Product):
        return _product(node, letters)
    return _power(node, letters)


def _fenced(node: Fenced, letters: Letters) -> Fraction:
    """Return what stands in brackets, or its whole part."""
    (inner,) = node.items
    if node.kind not in ("(", "[", "{", *ROUNDED):
        raise LookupError(node.kind)
    return Fraction(ROUNDED.get(node.kind, Fraction)(_value(inner, letters)))


def _product(node: Product, letters: Letters) -> Fraction:
    """Multiply and divide from left to right; floor(..) is a whole part."""
    first, *rest = node.factors
    if isinstance(first, Name) and first.stem in ROUNDED and node.signs[:1] == ("",):
        inner, *rest = rest
        found = Fraction(ROUNDED[first.stem](_value(inner, letters)))
        return reduce(operator.mul, _factors(node.signs[1:], rest, letters), found)
    return reduce(operator.mul, _factors(node.signs, rest, letters), _value(first, letters))


def _factors(signs: tuple[str, ...], rest: list[Node], letters: Letters) -> Iterator[Fraction]:
    for sign, factor in zip(signs, rest, strict=True):
        value = _value(factor, letters)
        yield 1 / value if sign in ("/", "div") else value


def _power(node: Node, letters: Letters) -> Fraction:
    if not isinstance(node, Scripted) or node.sup is None or node.subs or node.primes:
        raise LookupError(type(node).__name__)
    base, exponent = _value(node.base, letters), _value(node.sup, letters)
    if exponent.denominator > 1 or abs(exponent) > 10 or abs(base) > LARGEST:
        raise ValueError(exponent)
    return Fraction(base**int(exponent))
