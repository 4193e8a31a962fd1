"""A prime on a quantity that is a number: S' is dS/dz, L'(w) is dL/dw, L'(1) that where w is 1.

By what it is taken is told by its argument, by a derivative written before, or by the question
where it takes one only. S(-5) and S'(-5) are said of the member where z is -5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.walk import array_of, at, free_indices, refs
from derive.marking.answers import constant_value
from derive.marking.submission.claims import Side, Statement
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.members import member_of
from derive.marking.submission.reading.words import Words
from derive.syntax.read_latex.tree import Fenced, Name, Node, Product, Scripted

__all__ = ["Primes"]

Meanings = list[tuple[Node, Expr]]


@dataclass
class Primes:
    """What primes on quantities mean in one submission."""

    marker: Marker
    words: Words
    memory: Memory
    _told: dict[str, Partial] = field(default_factory=dict)     # by an argument, by quantity

    def read(self, statement: Statement) -> tuple[Statement, Meanings]:
        """Return a statement with S' or S alone on its left, and what that means; or nothing."""
        first = statement.sides[0]
        function, inside = _function(first.node) if first is not None else (None, None)
        if first is None or function is None:
            return statement, []
        primes = function.primes if isinstance(function, Scripted) else 0
        quantity = self._quantity(function, first)
        if quantity is None or (primes and self.words.read(function, first.source) is not None):
            return statement, []
        found = self._slope(quantity, inside, statement) if primes else (
            self._value(quantity, inside, first))
        if found is None:
            return statement, []
        alone = replace(first, node=function, expr=None, fault="")
        return replace(statement, sides=(alone, *statement.sides[1:])), [(function, found)]

    @cached_property
    def _asked(self) -> tuple[Partial, ...]:
        """The derivatives that the parts ask for, or need."""
        tasks = (task for part in self.marker.question.parts for task in part.tasks)
        return (*(r for r in self.marker.asking.asked if isinstance(r, Partial)),
                *(Partial(r.top, r.bottom) for task in tasks for r in task.requests
                  if r.bottom is not None))

    def _quantity(self, function: Name | Scripted, first: Side) -> Symbol | None:
        """Return the number that an equation of the question makes, of which S or S' is said."""
        plain = replace(function, primes=0) if isinstance(function, Scripted) else function
        found = self.words.read(plain, first.source)
        made = isinstance(found, Symbol) and not found.shape and (
            found.name in self.marker.solver.named.by_target)
        return found if made and isinstance(found, Symbol) else None

    def _slope(self, quantity: Symbol, inside: Node | None, statement: Statement
               ) -> Partial | None:
        """Return dL/dw of L'(w), L'(1), and L'."""
        first = statement.sides[0]
        arg = None if inside is None or first is None else self.words.read(inside, first.source)
        if isinstance(arg, Symbol):
            self._told[quantity.name] = Partial(quantity, arg)
            return self._told[quantity.name]
        known = self._by_itself(quantity, statement)
        if inside is None or known is None:
            return known
        place = None if arg is None else self._where(known.bottom, arg)
        found = None if place is None else at(known, place)
        return found if isinstance(found, Partial) else None

    def _value(self, quantity: Symbol, inside: Node | None, first: Side) -> Expr | None:
        """Return the member of S of which S(-5) is said: that where the only z before it is -5."""
        arg = None if inside is None else self.words.read(inside, first.source)
        known = [r for r in self._slopes(quantity, self._asked) if free_indices(quantity)]
        if arg is None or len(known) != 1:
            return None
        place = self._where(known[0].bottom, arg)
        return at(quantity, place) if place else None

    def _where(self, of: Symbol, value: Expr) -> Mapping[str, IntLike] | None:
        """Return the position of the only member with a value; {} where there is one member only.
        """
        if any(True for _ in refs(value)) or value.shape or not self.marker.solver.numeric:
            return None
        members = list(self.marker.alike.members(of)) or [of]
        with suppress(*UNJUDGED):
            said = float(constant_value(value))
            found = [m for m in members if isinstance(m, Symbol)
                     and float(self.marker.truth(m)) == said]
            if len(found) == 1:
                return member_of(of, found[0]) if free_indices(of) else {}
        return None

    def _by_itself(self, quantity: Symbol, statement: Statement) -> Partial | None:
        """Return what is written behind it, what was spoken of, or the only one asked for."""
        behind = statement.sides[1].expr if len(statement.sides) > 1 and (
            statement.sides[1] is not None) else None
        if isinstance(behind, Partial) and behind.top.name == quantity.name:
            return behind
        if quantity.name in self._told:
            return self._told[quantity.name]
        spoken = list(self._slopes(quantity, (*self.memory.formulas, *self.memory.values)))
        asked = list(self._slopes(quantity, self._asked))
        return spoken[-1] if spoken else asked[0] if len(asked) == 1 else None

    def _slopes(self, quantity: Symbol, found: Iterable[Expr]) -> Iterator[Partial]:
        """Yield derivatives of a quantity among others, at its own step, each once."""
        seen = set[Partial]()
        for expr in found:
            ref = array_of(expr)
            if not isinstance(ref, Partial) or ref.top.name != quantity.name or ref.bottom.shape:
                continue
            moved = ref if ref.top == quantity else Partial(
                quantity, replace(ref.bottom, index=quantity.index))
            fits = ref.top == quantity or len(ref.bottom.index) == len(quantity.index)
            if fits and moved not in seen:
                seen.add(moved)
                yield moved


def _function(node: Node | None) -> tuple[Name | Scripted | None, Node | None]:
    """Return L' of L' and L'(w), and S of S(-5), with what stands in the brackets."""
    inside = None
    if isinstance(node, Product) and len(node.factors) == 2 and not any(node.signs):
        node, behind = node.factors
        if not isinstance(behind, Fenced) or len(behind.items) != 1:
            return None, None
        inside = behind.items[0]
    if isinstance(node, Name):
        return (node, inside) if inside is not None else (None, None)
    if not isinstance(node, Scripted) or node.primes > 1 or node.sup is not None or not isinstance(
            node.base, Name) or (not node.primes and inside is None):
        return None, None
    return node, inside
