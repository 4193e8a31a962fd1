"""From SymPy's index notation back to expressions, entry by entry.

``-y[k]/p[k]`` becomes the quotient of two entries, ``Sum(a[k], (k, 0, n - 1))`` a sum over k.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add as plus
from operator import mul as times

import sympy

from derive.calculus.places import Formula, Positions
from derive.calculus.sums import put
from derive.errors import DeriveError
from derive.expr.integers import IntLike, floored, letters_from, named
from derive.expr.nodes import Delta, Dimension, Entry, Expr, Range, Reduce, Ref
from derive.expr.positions import moved
from derive.expr.walk import refs
from derive.ops.from_sympy import from_sympy

__all__ = ["Letters", "Vocabulary", "free_names", "in_entries", "letter", "whole", "write_around"]

Letters = Mapping[Formula, str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The quantities and derivatives that formulas speak of, by the name of their family."""

    symbols: Mapping[str, Ref]

    @classmethod
    def of(cls, *exprs: Expr) -> Vocabulary:
        return cls({ref.family: ref for expr in exprs for ref in refs(expr)})

    def read(self, atom: Formula, letters: Letters) -> tuple[Ref, Positions]:
        """Split ``h[t, k]`` into the member ``h[t]`` and the positions ``(k,)``."""
        name, indices = (str(atom), ()) if atom.is_Symbol and not atom.args else (
            str(atom.base.label), tuple(atom.indices))
        if name not in self.symbols:
            raise DeriveError(f"SymPy's symbol `{atom}` stands for nothing here")
        like = self.symbols[name]
        cut = len(like.index)
        member = tuple(whole(i, letters) for i in indices[:cut])
        return moved(like, member), indices[cut:]


def letter(taken: Iterable[str], choices: str = "kijmrsuvwabcdefg") -> str:
    """Return a letter for an index that is not taken."""
    used = set(taken)
    return next(c for c in letters_from(choices) if c not in used)


def whole(value: Formula, letters: Letters) -> IntLike:
    """Return a SymPy integer as a size or position of ours; a label is a quantity, and neither."""
    if value.is_Integer:
        return int(value)
    if value in letters:
        return named(letters[value])
    if value.is_Symbol and value.is_integer:
        return named(value.name)
    if isinstance(value, sympy.floor):
        return floored(*(whole(part, letters) for part in value.args[0].as_numer_denom()))
    if not isinstance(value, (sympy.Add, sympy.Mul)):
        raise DeriveError(f"`{value}` is not a position")
    join = plus if value.is_Add else times
    return reduce(join, (whole(part, letters) for part in value.args))


Atom = Callable[[Formula], Expr]
# the parts of a formula that stand for something of ours as a whole
ATOMS = (sympy.Indexed, sympy.Symbol, sympy.Sum, sympy.KroneckerDelta)
# what comes first in a product: numbers, then quantities, then sums
ORDER = {sympy.KroneckerDelta: "2", sympy.Sum: "3"}


def _outermost(expr: Formula) -> Iterator[Formula]:
    if isinstance(expr, ATOMS):
        yield expr
        return
    for part in expr.args:
        yield from _outermost(part)


@lru_cache(maxsize=1024)
def _stand_in(order: str, part: Formula) -> Formula:
    return sympy.Dummy(f"{order}{part}", real=True)


def write_around(expr: Formula, atom: Atom) -> Expr:
    """Write the algebra around the atoms, and each atom by *atom*."""
    names, table = {}, {}
    for part in dict.fromkeys(_outermost(expr)):
        written = atom(part)
        order = ORDER.get(type(part), "1" if written.shape else "0")
        table[part] = _stand_in(order, part)
        names[table[part]] = written
    return from_sympy(put(expr, table), names)


def in_entries(expr: Formula, vocabulary: Vocabulary, letters: Letters,
               reserved: Iterable[str] = ()) -> Expr:
    """Write a formula entry by entry; *letters* names the positions that are SymPy dummies.

    Letters that are *reserved* are not taken for the index of a sum.
    """
    taken = frozenset((*free_names(expr, letters), *reserved))
    return _Entries(vocabulary, letters, taken).write(expr)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Writes formulas entry by entry; `taken` are the letters that mean something already."""

    vocabulary: Vocabulary
    letters: Letters
    taken: frozenset[str]

    def write(self, expr: Formula) -> Expr:
        return write_around(expr, self.atom)

    def atom(self, part: Formula) -> Expr:
        if isinstance(part, sympy.KroneckerDelta):
            return Delta(*(whole(a, self.letters) for a in part.args))
        if isinstance(part, sympy.Sum):
            return self.reduction(part)
        if part.is_integer:
            return Dimension(whole(part, self.letters))
        member, at = self.vocabulary.read(part, self.letters)
        return Entry(member, tuple(whole(p, self.letters) for p in at)) if at else member

    def reduction(self, total: Formula) -> Expr:
        inner, taken = dict(self.letters), self.taken.union(self.vocabulary.symbols)
        for bound, *_ in reversed(total.limits):
            inner[bound] = letter(taken)
            taken |= {inner[bound]}
        body = _Entries(self.vocabulary, inner, taken).write(total.function)
        for bound, low, high in total.limits:
            span = Range((whole(low, inner),), (whole(high, inner),))
            body = Reduce("sum", inner[bound], span, body)
        return body


def free_names(expr: Formula, letters: Letters) -> set[str]:
    """Return the letters of the positions and sizes that a formula holds."""
    return {letters.get(s, s.name) for s in expr.free_symbols if s.is_Symbol and s.is_integer}
