r"""Differentials: dz = V da + dV a, where d is no quantity of the question.

Every quantity whose differential stands on the right is moved by itself, in a direction that is
drawn; all others are held. What stands on the left then moves as the model says (central
differences), and both sides are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Ref, Symbol, Transpose
from derive.expr.walk import at, free_indices, refs, transform
from derive.marking.samples import drawn, places
from derive.marking.submission.claims import EQUALITIES, Claim, Judgement, Side, Statement
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.entrywise import acts_on_entries
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.mistakes.redone import Redone
from derive.marking.submission.reading.words import Words
from derive.numbers.reference import evaluate
from derive.question.latex import Vocabulary
from derive.question.latex.spelling import spelled
from derive.solution.counterexample import candidate_facts
from derive.solution.trials import Trial
from derive.syntax.read_latex.tree import Fenced, Name, Node, Product, Scripted
from derive.syntax.write_text import write

__all__ = ["Differentials", "is_about_differentials"]

RIGHT = "right: what stands on the left moves so"
WRONG = "what stands on the left does not move so"
PERSON = "an equation between differentials is for a person"
HELD = "it is so where {} is held: whether that is meant is for a person"
ASSUMING = "it would be so with {}: whether that may be assumed is for a person"
MOVED = "d "            # begins the name of a differential
STEP = 1e-5
CLOSE = 1e-5            # relative to the largest entry
TRIALS, PLACES = 4, 3
Env = Mapping[str, IntLike]


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
    near = sign.span[1] == of.span[0] or side.source[sign.span[1]:of.span[0]].isspace()
    return of if near and _is_d(sign) and isinstance(of, (Name, Scripted, Fenced)) else None


def _is_d(node: Node) -> bool:
    return isinstance(node, Name) and node.stem == "d" and not node.accents


def _plain(expr: Expr) -> Expr:
    """Return a formula with quantities in the place of their differentials."""
    return transform(expr, lambda part: replace(part, name=part.name.removeprefix(MOVED))
                     if isinstance(part, Symbol) and part.name.startswith(MOVED) else None)


@dataclass
class _Moved:
    """Quantities that are moved by themselves, each in a direction that is drawn."""

    marker: Marker
    trial: Trial
    whole: Expr
    expr: Expr
    env: Env
    directions: dict[Ref, Any] = field(default_factory=dict)

    def sides(self) -> Iterator[tuple[Any, Any]]:
        """Yield how the left side moves, and what the right one says; nothing without values."""
        with suppress(*UNJUDGED), np.errstate(all="ignore"):
            said = np.asarray(evaluate(self.expr, self._look, self.env), dtype=float)
            if self.directions and at(self.whole, self.env) not in self.directions:
                yield self._slope(self.directions), said

    def _look(self, ref: Ref) -> Any:
        if not isinstance(ref, Symbol) or not ref.name.startswith(MOVED):
            return self.trial.look(ref)
        member = replace(ref, name=ref.name.removeprefix(MOVED))
        if member not in self.directions:
            numbers = np.random.default_rng(len(self.directions))
            self.directions[member] = numbers.standard_normal(self.trial.look(member).shape)
        return self.directions[member]

    def _slope(self, directions: Mapping[Ref, Any]) -> Any:
        """Return how the left side moves, by central differences; all that may move is pinned."""
        ends = []
        for sign in (1.0, -1.0):
            own = {ref: self.trial.look(ref) + 0.0 for ref in self.directions}
            for ref, direction in directions.items():
                own[ref] = self.trial.look(ref) + sign * STEP * direction
            redone = Redone(self.trial, self.marker.sweeps[0], own)
            ends.append(redone.value(at(self.whole, self.env)))
        return (ends[0] - ends[1]) / (2 * STEP)

    def held(self) -> str:
        """Return what is given, moves the left side too, and is differentiated by in the question.

        One given quantity that moves by itself is a derivative by that alone.
        """
        made = self.marker.solver.named.by_target
        moved = {ref.family for ref in self.directions}
        asked = {at(r.bottom, self.env): None for r in self.marker.asked if isinstance(r, Partial)}
        alone = len(moved) == 1 and not moved & made.keys()
        for member in () if alone else asked:
            if member.name in made or member in self.directions or free_indices(member):
                continue
            with suppress(*UNJUDGED):
                if np.any(np.abs(self._slope({member: np.ones(member.shape)})) > CLOSE):
                    return write(member)
        return ""


@dataclass(frozen=True)
class _Found:
    """How the left side moves, and how it is said to."""

    moves: Any
    said: Any
    moved: _Moved

    @property
    def same(self) -> bool:
        size = np.max(np.abs(self.moves), initial=0.0) + np.max(np.abs(self.said), initial=0.0)
        return np.shape(self.moves) == np.shape(self.said) and bool(
            np.all(np.abs(self.moves - self.said) <= CLOSE * size + CLOSE ** 2))


@dataclass(frozen=True)
class Differentials:
    """Judges equations between the differentials of quantities."""

    marker: Marker
    words: Words
    claiming: Claiming

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
        found = [self._holds(whole, expr) for expr in (strict, *loose) if expr is not None]
        right = next((f for f in found if f is not None and f.same), None)
        if right is not None:
            held = right.moved.held()
            return Judgement(claim, "refer", HELD.format(held)) if held else Judgement(
                claim, "right", RIGHT, notion="value")
        readable = strict is not None or any(acts_on_entries(e) and e.shape == whole.shape
                                             for e in loose)
        if not readable or not found or found[0] is None:
            return Judgement(claim, "refer", PERSON)
        fact = self._fact(whole, strict) if strict is not None else ""
        return Judgement(claim, "refer", ASSUMING.format(fact), fact=fact) if fact else Judgement(
            claim, "wrong", WRONG)

    def _fact(self, whole: Expr, expr: Expr) -> str:
        """Return the fact, A == A.T, with which both sides are the same; "" for none."""
        solver = self.marker.solver
        given = {r.name for r in refs(expr) if isinstance(r, Symbol)
                 and r.name in solver.named.families and r.name not in solver.named.by_target}
        for fact in (f for name in sorted(given) for f in candidate_facts(
                solver.named.families[name]) if isinstance(f.right, Transpose)):
            with suppress(*UNJUDGED):
                trials = (trial for trial, _ in drawn(solver, self.marker.states, (fact,)))
                found = self._holds(whole, expr, islice(trials, TRIALS))
                if found is not None and found.same:
                    return fact.typed
        return ""

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
        quantity = self.words.read(of, text)
        base = of.base if isinstance(of, Scripted) else of
        if not isinstance(quantity, Symbol) or not isinstance(base, Name):
            return None
        name = replace(base, stem=f"d{base.stem}")
        made = replace(of, base=name) if isinstance(of, Scripted) else name
        meanings[spelled(made)] = made, replace(quantity, name=MOVED + quantity.name)
        return made

    # numbers

    def _holds(self, whole: Expr, expr: Expr, trials: Iterable[Trial] = ()) -> _Found | None:
        """Compare both sides at drawn numbers; None where they have no values."""
        tried = [_Moved(self.marker, trial, whole, expr, env)
                 for trial in (*trials,) or self._trials()
                 for env in islice(places(trial, (whole, _plain(expr))), PLACES)]
        found = [_Found(*pair, moved) for moved in tried for pair in moved.sides()]
        return next((f for f in found if not f.same), found[0]) if found else None

    def _trials(self) -> Iterator[Trial]:
        if self.marker.solver.numeric:
            yield from (self.marker.judge.given, self.marker.mistakes_elsewhere.trial)
        else:
            yield from islice((trial for trial, _ in self.marker.judge.drawn()), TRIALS)
