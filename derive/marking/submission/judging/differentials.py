r"""Differentials: dz = V da + dV a, where d is no quantity of the question.

In a formula d and the name of a quantity are read as one symbol; `moving` gives it a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import islice
from typing import Any

from derive.expr.nodes import Expr, Symbol
from derive.marking.submission.claims import EQUALITIES, Claim, Judgement, Side, Statement
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.entrywise import acts_on_entries
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.moving import MOVED, Moving
from derive.marking.submission.reading.words import Words
from derive.question.latex import Vocabulary
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import Fenced, Name, Node, Product, Scripted
from derive.syntax.write_text import write

__all__ = ["Differentials", "is_about_differentials"]

RIGHT = "right: what stands on the left moves so"
WRONG = "what stands on the left does not move so"
TURNS = ("T", r"\top", r"\intercal")
PERSON = "an equation between differentials is for a person"
HELD = "it is so where {} is held: whether that is meant is for a person"
ASSUMING = "it would be so with {}: whether that may be assumed is for a person"


def is_about_differentials(statement: Statement, vocabulary: Vocabulary) -> bool:
    """True for a statement whose first side is one differential: d and a name behind it."""
    first = statement.sides[0]
    return first is not None and "d" not in vocabulary.patterns and (
        _differential(first) is not None) and statement.relations[:1] in (("=",), ("≈",))


def _differential(side: Side) -> Node | None:
    """Return what a side is the differential of."""
    node = side.node
    if not isinstance(node, Product) or len(node.factors) != 2 or any(node.signs):
        return None
    sign, of = node.factors
    near = side.source[sign.span[1]:of.span[0]].strip(" \n}") == ""     # \mathrm{d}x, too
    return of if near and _is_d(sign) and isinstance(of, (Name, Scripted, Fenced)) else None


def _is_d(node: Node) -> bool:
    return isinstance(node, Name) and node.stem == "d" and not node.accents


@dataclass(frozen=True)
class Differentials:
    """Judges equations between the differentials of quantities."""

    marker: Marker
    words: Words
    claiming: Claiming

    @property
    def _moving(self) -> Moving:
        return Moving(self.marker)

    def judged(self, statement: Statement) -> Iterator[Judgement]:
        """Judge every side that a differential is said to be."""
        first = statement.sides[0]
        of = _differential(first) if first is not None else None
        whole = self.words.read(of, first.source) if first is not None and of else None
        for side, relation in zip(statement.sides[1:], statement.relations, strict=False):
            if side is not None:
                claim = self.claiming.of(None, side, relation, statement)
                if whole is not None and relation in EQUALITIES:
                    claim = replace(claim, of=f"d{write(whole)}")
                yield self._judged(claim, whole, side)

    def _judged(self, claim: Claim, whole: Expr | None, side: Side) -> Judgement:
        if whole is None or side.node is None or claim.of is None:
            return Judgement(claim, "refer", PERSON)
        strict, loose = self._read(side.node, side.source)
        said = (strict, *loose)
        found = [self._moving.compared(whole, expr) for expr in said if expr is not None]
        right = next((f for f in found if f is not None and f.same), None)
        if right is not None:
            held = right.moved.held()
            return Judgement(claim, "refer", HELD.format(held)) if held else Judgement(
                claim, "right", RIGHT, notion="value")
        readable = strict is not None or any(acts_on_entries(e) and e.shape == whole.shape
                                             for e in loose)
        if not readable or not found or found[0] is None:
            return Judgement(claim, "refer", PERSON)
        held = self._moving.holding(whole, strict) if strict is not None else ""
        if held:
            return Judgement(claim, "refer", HELD.format(held))
        fact = self._moving.fact(whole, strict) if strict is not None else ""
        return Judgement(claim, "refer", ASSUMING.format(fact), fact=fact) if fact else Judgement(
            claim, "wrong", WRONG)

    def _read(self, node: Node, text: str) -> tuple[Expr | None, list[Expr]]:
        """Read a side in which d and a quantity are one symbol; and as people multiply numbers."""
        meanings: dict[str, tuple[Node, Expr]] = {}
        made = self._joined(node, text, meanings)
        if not meanings:
            return None, []
        with self.words.meaning(meanings.values()):
            return self.words.read(made, text), list(islice(self.words.loosely(made, text), 4))

    def _joined(self, node: Node, text: str, meanings: dict[str, tuple[Node, Expr]]) -> Node:
        """Return a formula with one name for each differential, noting what they mean."""
        if isinstance(node, Product):
            node = self._pairs(node, text, meanings)
        changed = {f.name: self._within(getattr(node, f.name), text, meanings)
                   for f in fields(node) if f.name != "span"}
        return replace(node, **changed)

    def _within(self, part: Any, text: str, meanings: dict[str, tuple[Node, Expr]]) -> Any:
        if isinstance(part, tuple):
            return tuple(self._within(p, text, meanings) for p in part)
        return self._joined(part, text, meanings) if is_dataclass(part) and isinstance(
            part, Node) else part

    def _pairs(self, node: Product, text: str, meanings: dict[str, tuple[Node, Expr]]) -> Product:
        factors, signs = list(node.factors), list(node.signs)
        for place in range(len(factors) - 2, -1, -1):
            sign, of = factors[place:place + 2]
            made = self._symbol(of, text, meanings) if _is_d(sign) and not signs[place] else None
            if made is not None:
                factors[place:place + 2] = [made]
                del signs[place]
        return replace(node, factors=tuple(factors), signs=tuple(signs))

    def _symbol(self, of: Node, text: str, meanings: dict[str, tuple[Node, Expr]]) -> Node | None:
        if isinstance(of, Scripted) and spelled(of.sup) in TURNS:     # dX^T is (dX)^T
            inner = self._symbol(replace(of, sup=None) if of.subs else of.base, text, meanings)
            return None if inner is None else Scripted(of.span, inner, sup=of.sup)
        quantity = self.words.read(of, text)
        base = of.base if isinstance(of, Scripted) else of
        if not isinstance(quantity, Symbol) or not isinstance(base, Name):
            return None
        name = replace(base, stem=f"d{base.stem}")
        made = replace(of, base=name) if isinstance(of, Scripted) else name
        meanings[spelled(made)] = made, replace(quantity, name=MOVED + quantity.name)
        return made
