"""Integers that may hold names: sizes (``n``, ``2*n``) and positions of an index (``t - 1``).

A value is a plain ``int`` where it can be and an `Int`, a polynomial with integer coefficients,
where names are left. Names stand for positive integers (a size, a length, an index). A whole part,
floor((n - k)/2), counts as a name too: it is a word that knows what it is the whole part of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from math import prod

__all__ = [
    "Int", "IntLike", "WholePart", "coefficient", "constant_part", "floored", "is_nonnegative",
    "letters_from", "named", "names_in", "put", "shown_terms", "text",
]

Monomial = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Int:
    """A polynomial: pairs of a monomial (sorted names, ``()`` the constant) and a coefficient."""

    terms: tuple[tuple[Monomial, int], ...]

    def __add__(self, other: IntLike) -> IntLike:
        if isinstance(other, int):  # t - 1: the constant stands last
            named_part = self.terms[:-1] if self.terms[-1][0] == () else self.terms
            constant = constant_part(self) + other
            if constant and _is_whole_part(named_part):
                return _taken_in(named_part, constant)
            return Int((*named_part, ((), constant)) if constant else named_part)
        return _gather([*self.terms, *_terms(other)])

    __radd__ = __add__

    def __neg__(self) -> IntLike:
        return _gather([(m, -c) for m, c in self.terms])

    def __sub__(self, other: IntLike) -> IntLike:
        return self + -other

    def __rsub__(self, other: IntLike) -> IntLike:
        return -self + other

    def __mul__(self, other: IntLike) -> IntLike:
        pairs = [(m + k, c * d) for m, c in self.terms for k, d in _terms(other)]
        return _gather(pairs)

    __rmul__ = __mul__

    def __str__(self) -> str:
        return text(self)


IntLike = int | Int


class WholePart(str):
    """The name of floor(top / bottom), where that is not worked out."""

    __slots__ = ("bottom", "top")
    top: IntLike
    bottom: IntLike

    def __new__(cls, top: IntLike, bottom: IntLike) -> WholePart:
        found = super().__new__(cls, f"floor({_bracketed(top)}/{_bracketed(bottom)})")
        found.top, found.bottom = top, bottom
        return found


def _bracketed(value: IntLike) -> str:
    written = text(value)
    return written if written.isalnum() else f"({written})"


def floored(top: IntLike, bottom: IntLike) -> IntLike:
    """Return floor(top / bottom), with names that bottom goes into outside: n + floor(k/2)."""
    if bottom == 1:
        return top
    if isinstance(top, int) and isinstance(bottom, int):
        return top // bottom
    if not isinstance(bottom, int):
        return named(WholePart(top, bottom))
    outside = _gather([(m, int(c / bottom)) for m, c in _terms(top) if m])
    inside = top - bottom * outside
    if isinstance(inside, int):
        return outside + inside // bottom
    return outside + named(WholePart(inside, bottom))


def _terms(value: IntLike) -> tuple[tuple[Monomial, int], ...]:
    return value.terms if isinstance(value, Int) else (((), value),)


def _gather(pairs: Iterable[tuple[Monomial, int]]) -> IntLike:
    total: dict[Monomial, int] = {}
    for monomial, c in pairs:
        key = tuple(sorted(monomial))
        total[key] = total.get(key, 0) + c
    kept = tuple(sorted(((m, c) for m, c in total.items() if c), key=_print_order))
    if not kept:
        return 0
    if kept[-1][0] == () and _is_whole_part(kept[:-1]):
        return _taken_in(kept[:-1], kept[-1][1])
    if len(kept) == 1 and kept[0][0] == ():
        return kept[0][1]
    return Int(kept)


def _is_whole_part(terms: tuple[tuple[Monomial, int], ...]) -> bool:
    """True for floor(top / b) alone, b a number."""
    if len(terms) != 1 or terms[0][1] != 1 or len(terms[0][0]) != 1:
        return False
    name = terms[0][0][0]
    return isinstance(name, WholePart) and isinstance(name.bottom, int)


def _taken_in(terms: tuple[tuple[Monomial, int], ...], constant: int) -> IntLike:
    """floor(n/2) + 1 = floor((n + 2)/2): one way of writing, so that equal sizes are equal."""
    name = terms[0][0][0]
    assert isinstance(name, WholePart)
    return Int((((WholePart(name.top + constant * name.bottom, name.bottom),), 1),))


def _print_order(term: tuple[Monomial, int]) -> tuple[bool, bool, int, Monomial]:
    # people write T - t and n + 1: positive names first, the constant last
    monomial, c = term
    return (monomial == (), c < 0, -len(monomial), monomial)


def named(name: str) -> Int:
    """Return the integer called *name*."""
    return Int((((name,), 1),))


def letters_from(choices: str) -> Iterator[str]:
    """Yield names for positions: the letters, others of the alphabet, then k_1, k_2, ..."""
    yield from dict.fromkeys(choices + "kijmrsuvwabcdefgpq")
    yield from map("k_{}".format, count(1))


def names_in(value: IntLike) -> frozenset[str]:
    """Return the names a value depends on, those inside a whole part among them."""
    found = frozenset(n for m, _ in _terms(value) for n in m)
    wholes = [n for n in found if isinstance(n, WholePart)]
    return (found.difference(wholes).union(*(names_in(v) for n in wholes
                                             for v in (n.top, n.bottom))) if wholes else found)


def put(value: IntLike, env: Mapping[str, IntLike]) -> IntLike:
    """Replace names by integers."""
    if isinstance(value, int) or not any(n in env or type(n) is WholePart
                                         for m, _ in value.terms for n in m):
        return value
    total: IntLike = 0
    for monomial, c in value.terms:
        if len(monomial) == 1:  # t - 1: nearly every position there is
            total = total + c * _put_name(monomial[0], env)
        else:
            total = total + c * prod((_put_name(n, env) for n in monomial), start=1)
    return total


def _put_name(name: str, env: Mapping[str, IntLike]) -> IntLike:
    if isinstance(name, WholePart):
        return floored(put(name.top, env), put(name.bottom, env))
    found = env.get(name)
    return named(name) if found is None else found


def coefficient(value: IntLike, name: str) -> int | None:
    """Return how often *name* counts in an affine *value*; None where it stands in a product."""
    found = 0
    for monomial, c in _terms(value):
        if monomial == (name,):
            found = c
        elif name in names_in(Int(((monomial, 1),))):
            return None
    return found


def constant_part(value: IntLike) -> int:
    return sum(c for m, c in _terms(value) if m == ())


def is_nonnegative(value: IntLike) -> bool:
    """True where *value* cannot be negative when every name is at least 1."""
    shifted = put(value, {n: named(n) + 1 for n in names_in(value)})
    wholes = [n for m, _ in _terms(shifted) for n in m if isinstance(n, WholePart)]
    return (all(c >= 0 for _, c in _terms(shifted))
            and all(is_nonnegative(n.top) for n in wholes))


def shown_terms(value: IntLike) -> tuple[tuple[Monomial, int], ...]:
    """Return the terms as people write them: 2 - k, where no name has a plus."""
    terms = _terms(value)
    if terms and terms[-1][0] == () and terms[-1][1] > 0 and terms[0][1] < 0:
        return (terms[-1], *terms[:-1])
    return terms


def text(value: IntLike, times: str = "*") -> str:
    """Write a value as one would type it: ``2*n``, ``T - 1`` without blanks: ``T-1``."""
    out = ""
    for monomial, c in shown_terms(value):
        sign = "-" if c < 0 else ("+" if out else "")
        size = "" if abs(c) == 1 and monomial else str(abs(c))
        out += sign + times.join(([size] if size else []) + list(monomial))
    return out or "0"
