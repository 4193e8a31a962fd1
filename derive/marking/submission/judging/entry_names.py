"""Names for one entry of a vector: p for the first of two classes, t for its target, p_1.

Whoever writes p = e^z / (e^z + 1) of a softmax of two means one of its entries. What fits with all
vectors of a statement at one entry is meant so, and the names keep that meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from derive.expr.integers import named
from derive.expr.nodes import Entry, Expr, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Judgement, Side, Statement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.reading.words import MOST_NAMES, Words
from derive.syntax.read_latex.tree import Grid, Name, Node, Numeral, Scripted, nodes

__all__ = ["EntryNames"]

MOST_ENTRIES = 6    # of a vector, one of which may have its name
GOOD = ("right", "follow_through")
Judge = Callable[[Statement], list[Judgement]]
Meanings = tuple[tuple[Node, Expr], ...]


@dataclass
class EntryNames:
    """Tries what names may mean that are read as vectors where numbers would fit."""

    marker: Marker
    words: Words
    _meant: dict[Node, int] = field(default_factory=dict)     # which entry a name stands for

    def instead(self, statement: Statement, judge: Judge) -> list[Judgement]:
        """Return what is said of a statement whose names mean entries; [] where that helps nothing.

        What a name has meant it goes on to mean.
        """
        for meanings in self._ways(statement):
            kept = self.words.own, dict(self.words.defined)
            for node, meaning in meanings:
                self.words.define(node, meaning)
            found = judge(replace(statement, sides=tuple(map(self._again, statement.sides))))
            if found and all(j.verdict in GOOD for j in found):
                self._meant |= {node: meaning.at[0] for node, meaning in meanings
                                if isinstance(meaning, Entry) and isinstance(meaning.at[0], int)}
                return found
            self.words.put_back(*kept)
        return []

    def of_grid(self, first: Side | None, rest: Sequence[Side | None]) -> bool:
        """Take the names that are given to the entries of something unknown: K = [[a, b], [c, d]].
        """
        node = rest[0].node if rest and rest[0] is not None else None
        if first is None or first.expr is None or not isinstance(node, Grid) or len(rest) > 1 or (
                not self.marker.asking.is_sought(first.expr)):
            return False
        names = [(i, j, n) for i, row in enumerate(node.rows) for j, n in enumerate(row)]
        if not all(_is_name(n) for _, _, n in names) or len({n for *_, n in names}) < len(
                names) or first.expr.shape != (len(node.rows), len(node.rows[0])):
            return False
        for i, j, name in names:
            self.words.define(name, Entry(first.expr, (i, j)))
        return True

    def _again(self, side: Side | None) -> Side | None:
        if side is None or side.node is None:
            return side
        expr = self.words.counted(side.node, side.source, self.words.first)
        return side if expr is None else replace(side, expr=side.placed(expr), fault="")

    def _ways(self, statement: Statement) -> Iterator[Meanings]:
        """Yield what all vectors in a statement may mean: one entry of each, the same one."""
        if len(self.words.own) >= MOST_NAMES:
            return
        found = dict(self._vectors(statement.sides))
        sizes = [expr.shape[0] for expr in found.values() if isinstance(expr.shape[0], int)]
        formula = any(s is not None and s.expr is not None and list(refs(s.expr))
                      for s in statement.sides[1:])
        most = min(*sizes, MOST_ENTRIES) if len(sizes) > 1 else min([*sizes, MOST_ENTRIES])
        numbered = {node for node in found if _number(node) is not None}
        if numbered and (self.marker.asking.is_recurrent or not (formula or statement.row)):
            return      # h_1 is the state at the step 1
        if numbered:
            for start in (1, 0):
                yield tuple((node, Entry(found[node], (n - start,))) for node in numbered
                            if (n := _number(node)) is not None and 0 <= n - start < most)
        elif sizes and (formula or most <= 2):
            meant = {self._meant[node] for node in found if node in self._meant}
            for at in meant if len(meant) == 1 else range(most if formula else 1):
                yield tuple((node, Entry(expr, (at,))) for node, expr in found.items())

    def _vectors(self, sides: Sequence[Side | None]) -> Iterator[tuple[Node, Expr]]:
        """Yield the names that are read as vectors, with what each is for all members."""
        for side in sides:
            if side is None or side.node is None:
                continue
            for node in nodes(side.node):
                expr = self.words.plain(node, side.source) if isinstance(
                    node, (Name, Scripted)) else None
                if isinstance(expr, Symbol) and len(expr.shape) == 1:
                    yield from self._of_all(node, expr)

    def _of_all(self, node: Node, vector: Symbol) -> Iterator[tuple[Node, Expr]]:
        """Yield what a name is for all members: p, and p_1 too, if its number is one of an entry.
        """
        family = self.marker.solver.question.families.get(vector.name)
        letters = tuple(map(named, family.indices)) if family is not None else ()
        if isinstance(node, Name) and vector.index == letters:
            yield node, vector
        elif len(letters) == 1 and _number(node) is not None:
            yield node, replace(vector, index=letters)


def _is_name(node: Node) -> bool:
    """True for a letter, with a number under it or not: a, k_1, k_{12}."""
    return isinstance(node, Name) or (isinstance(node, Scripted) and isinstance(
        node.base, Name) and node.sup is None and all(
            isinstance(sub, Numeral) for sub in node.subs))


def _number(node: Node) -> int | None:
    """Return the one number in a subscript: 1 of p_1."""
    if not isinstance(node, Scripted) or len(node.subs) != 1 or node.sup is not None:
        return None
    only = node.subs[0]
    return int(only.digits) if isinstance(only, Numeral) and only.digits.isdigit() else None
