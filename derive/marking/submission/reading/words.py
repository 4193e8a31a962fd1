"""The names a submission may use: those of the question, the terms of its sums, and its own.

A student calls the terms of a loss L_1 and L_2, writes g for a derivative, o for an argument that
has no name in the question. What such a name means is what the student says it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from derive.expr.equation import Family
from derive.expr.integers import named
from derive.expr.nodes import (
    Array,
    Delta,
    Entry,
    Expr,
    Eye,
    Number,
    Partial,
    Reduce,
    Symbol,
)
from derive.expr.walk import at, free_indices, transform
from derive.marking.submission.reading.examples import examples
from derive.marking.submission.reading.later_members import beyond
from derive.marking.submission.reading.name_shapes import (
    at_any_step,
    of_all_entries,
    of_entries_alike,
    one_name,
    picks,
    with_holes,
)
from derive.marking.submission.reading.other_forms import contracted, turned, with_plain_powers
from derive.marking.submission.reading.question_names import QuestionNames
from derive.marking.submission.reading.true_class import Chosen
from derive.ops import apply
from derive.question.latex import Vocabulary, read_node
from derive.question.latex.spelling import base_name, spelled
from derive.question.latex.vocabulary import Pattern
from derive.solution.solver import Solver
from derive.syntax.names import latex_name
from derive.syntax.read_latex.tree import Name, Node, Numeral, Scripted

__all__ = ["EXAMPLE", "MOST_NAMES", "Words"]


@dataclass
class Words:
    """What is known by which name; `define` adds a name of the student's own.

    terms: those of sums over an index that the question gives no name, by what they make.
    """

    solver: Solver
    terms: Mapping[str, Family]
    own: tuple[Pattern, ...] = ()
    defined: dict[str, Expr] = field(default_factory=dict)
    slopes: dict[str, Symbol] = field(default_factory=dict)     # what delta_v is of: dL/dv
    first: int = 0      # the number of the first entry of an array, as this student counts
    stepless: bool = False      # whether the step is left out, and subscripts pick entries
    unsettled: set[str] = field(default_factory=set)    # names that were given two meanings
    apart: frozenset[str] = frozenset()     # letters that the question has in the other case only
    chosen: Chosen | None = None    # the letters of the right class
    lying: bool = False     # whether all vectors are rows: x W^T for W x
    slopes_lie: bool = False    # whether gradients are, and W^T g^T is meant for W^T g
    _now: dict[tuple[bool, int, str], Vocabulary] = field(default_factory=dict)

    def is_free(self, expr: Expr) -> bool:
        """True for a name of the solution, which a student may use for something else: e, delta_tk.
        """
        unit = isinstance(expr, Delta) or (isinstance(expr, Entry) and isinstance(expr.arg, Eye))
        return unit or expr == EULER or (isinstance(expr, Symbol)
                        and expr.name in {f.name for f in self._names.arguments})

    @cached_property
    def _names(self) -> QuestionNames:
        return QuestionNames(self.solver, self.terms)

    @cached_property
    def _question(self) -> Vocabulary:
        return self._names.vocabulary()

    @property
    def vocabulary(self) -> Vocabulary:
        """Everything that may be written now."""
        return self._counting(0)

    def is_unknown(self, name: Name) -> bool:
        """True for a name that means nothing yet."""
        return spelled(name) not in self.vocabulary.integers and self.read(name, "") is None

    def write_in_short(self, short: bool) -> bool:
        """Let dW stand for the gradient of the loss by W, or not; False where there is none."""
        losses = [] if "d" in self._question.patterns else [*self._question.slopes.values()]
        self._now.clear()
        self.slopes = {name: top for name, top in self.slopes.items() if name != "d"}
        if short and losses:
            self.slopes["d"] = losses[0]
        return bool(losses)

    def _counting(self, first: int) -> Vocabulary:
        key = self.stepless, first, ""
        if key not in self._now:
            sizes = {name: int(n.value) for name, n in self.defined.items()
                     if isinstance(n, Number) and n.value.denominator == 1}
            self._now[key] = replace(
                self._question, own=self.own, defined=dict(self.defined), numbers=sizes,
                stepless=self.stepless, first=first, apart=self.apart, lying=self.lying,
                rows=self.lying or self._question.rows, slopes={
                    **self._question.slopes, **self.slopes}) if (
                self.own or self.stepless or first or self.slopes or self.apart or self.lying
                ) else self._question
        return self._now[key]

    def set_apart(self, letter: str) -> None:
        """Let a letter be no other way to write the one of the question in the other case."""
        self.apart |= {letter}
        self._now.clear()

    def set_lying(self, all_vectors: bool) -> None:
        """Let all vectors be rows, or gradients alone, where they fit no other way."""
        self.lying, self.slopes_lie = all_vectors, not all_vectors
        self._now.clear()

    def counted(self, node: Node, text: str, first: int) -> Expr | None:
        """Return what a formula means whose entries are counted from a number."""
        return read_node(node, text, self._counting(first))

    def plain(self, node: Node, text: str) -> Expr | None:
        """Return what a formula means in the names of the question alone."""
        return read_node(node, text, self._question)

    def read(self, node: Node, text: str) -> Expr | None:
        """Read a formula that was changed; None where it cannot be read."""
        found = read_node(node, text, self.vocabulary)
        return None if found is None else self.meant(found)

    def loosely(self, node: Node, text: str) -> Iterator[Expr]:
        """Yield what a formula may mean whose factors do not fit as they stand."""
        summed = contracted(node)
        for form, loose in ((node, ("", "entry", "outer", "entries")),
                            (summed, ("", "entry", "outer") if summed != node else ())):
            for way in loose:
                found = read_node(form, text, self._loose(way))
                if found is not None:
                    yield self.meant(found)
                    yield from turned(self.meant(found))
        other = self._other_way()
        if other is not None and (found := read_node(node, text, other)) is not None:
            yield self.meant(found)
        plain = read_node(node, text, self.vocabulary)
        if plain is not None and (entrywise := with_plain_powers(plain)) != plain:
            yield self.meant(entrywise)

    def _loose(self, way: str) -> Vocabulary:
        """Return the names for products that need not fit; kept, as it is long work to list them.
        """
        key = self.stepless, 0, way
        if key not in self._now:
            self._now[key] = replace(self.vocabulary, loose=way)
        return self._now[key]

    def _other_way(self) -> Vocabulary | None:
        """Return the names with vectors as columns, of who writes rows, or with gradients as rows.
        """
        now = self.vocabulary
        if self.lying:
            return replace(now, lying=False, rows=self._question.rows)
        return replace(now, rows=True, defined={**now.named, **now.defined}) if (
            self.slopes_lie) else None

    def of_an_example(self, node: Node, text: str) -> Expr | None:
        """Read a formula in which a letter stands for one row of a matrix of examples, x for X.

        The row has the number EXAMPLE.
        """
        if not self.rows:
            return None
        own = {f"row {name}": Entry(Symbol(name, (), family.shape), (named(EXAMPLE),))
               for name, family in self.rows.items()}
        of_names = {name: _row_of(meaning, self.rows) for name, meaning in self.defined.items()}
        patterns = (Pattern(Family(f"row {p.family.name}", (), p.family.shape[1:]), p.shape)
                    for found in self._question.patterns.values() for p in found
                    if p.family.name in self.rows)
        mine = (replace(p, family=replace(p.family, shape=of_names[p.family.name].shape))
                for p in self.own)
        return read_node(node, text, replace(
            self.vocabulary, own=(*patterns, *mine), defined={**own, **of_names}))

    @cached_property
    def rows(self) -> Mapping[str, Family]:
        return examples(self.solver)

    @contextmanager
    def meaning(self, meanings: Iterable[tuple[Node, Expr]]) -> Iterator[None]:
        """Let some names mean something, for as long as that is needed."""
        before = self.own, dict(self.defined), self._now
        try:
            for node, meant in meanings:
                if isinstance(node, (Name, Scripted)):
                    self._define(node, meant)
            yield
        finally:
            self.own, self.defined, self._now = before

    def define(self, node: Node, meaning: Expr) -> bool:
        """Let a symbol mean what is said; its indices are letters that stand in both.

        False for what is no name.
        """
        node = one_name(node)
        if not isinstance(node, (Name, Scripted)):
            return False
        if isinstance(node, Scripted) and isinstance(meaning, Entry) and picks(node, meaning):
            node = replace(node, subs=node.subs[:-len(meaning.at)])
            meaning = meaning.arg       # delta^l_j says what all of delta^l is
        series = self._of_any_step(node, meaning)
        if series is not None:      # delta_2 = dL/dz_2 says what delta_1 is, too
            self._define(*series)
        if isinstance(node, Scripted) and node.sup is not None and spelled(node.sup) == "2":
            self._define(replace(node, sup=None), apply("sqrt", meaning))   # sigma^2 is a variance
        whole = of_all_entries(node, meaning)
        whole = whole or self._of_all_members(node, meaning) or self._of_entries(node, meaning)
        if whole is not None:       # g_i = dL/dz_i says what g is, too
            self._define(*whole)
        return self._define(node, meaning)

    def _of_all_members(self, node: Name | Scripted, meaning: Expr) -> tuple[Name, Expr] | None:
        """Return f and (w x_1 + b, w x_2 + b, ..) of f_i and w x_i + b."""
        below = [spelled(sub) for sub in node.subs] if isinstance(node, Scripted) else []
        if not isinstance(node, Scripted) or node.sup is not None or meaning.shape or (
                not isinstance(node.base, Name) or below != [*free_indices(meaning)]
                or isinstance(meaning, (Symbol, Partial)) or not self.is_unknown(node.base)):
            return None
        bounds = self.solver.question.indices.get(below[0])
        ends = (bounds.lo, bounds.hi) if bounds is not None else (0, None)
        if not isinstance(ends[0], int) or not isinstance(ends[1], int) or ends[1] > LONGEST:
            return None
        members = (at(meaning, {below[0]: place}) for place in range(ends[0], ends[1] + 1))
        return node.base, Array(tuple(members))

    def _of_entries(self, node: Name | Scripted, meaning: Expr) -> tuple[Name, Expr] | None:
        """Return e and y - t of e_i and y_i - t_i, where e means nothing in the question."""
        found = of_entries_alike(node, meaning)
        free = found is not None and (self.is_unknown(found[0]) or self.plain(
            found[0], "") == EULER)
        return found if free else None

    def put_back(self, own: tuple[Pattern, ...], defined: dict[str, Expr]) -> None:
        """Take back what names were given since these were all there were."""
        self.own, self.defined, self._now = own, defined, {}

    def _of_any_step(self, node: Name | Scripted, meaning: Expr) -> tuple[Scripted, Expr] | None:
        """Return delta_t and dL/dz_t of delta_2 and dL/dz_2; None where no step is named alike."""
        if not isinstance(node, Scripted) or len(node.subs) != 1 or not isinstance(
                meaning, (Symbol, Partial)):
            return None
        only = node.subs[0]
        if not isinstance(only, Numeral) or not only.digits.isdigit():
            return None
        last = meaning.bottom if isinstance(meaning, Partial) else meaning
        indices = self.solver.question.families.get(last.name, Family("", (), ())).indices
        step = int(only.digits)
        if len(indices) != 1 or last.index != (step,):
            return None
        general = at_any_step(meaning, step, named(indices[0]))
        return replace(node, subs=(Name(only.span, indices[0]),)), general

    def define_slopes(self, base: Node, top: Symbol) -> None:
        r"""Let a letter with a quantity under it mean a derivative: \delta_v = dL/dv, for all v."""
        self.slopes[base_name(base)] = top
        self._now = {}

    def _define(self, node: Name | Scripted, meaning: Expr) -> bool:
        name = f"own {spelled(node)}"
        indices = {*self._question.indices, *free_indices(meaning)}
        letters: list[str] = []
        shape = with_holes(node, indices, letters)
        if self.defined.get(name, meaning) != meaning:
            self.unsettled.add(name)
        self.own = (*(p for p in self.own if p.family.name != name),
                    Pattern(Family(name, tuple(letters), meaning.shape), shape))
        self.defined[name] = meaning
        self._now = {}
        return True

    def take_over(self, other: Words) -> None:
        """Know from the start of which quantities another reading found names, each of one."""
        self.own = tuple(p for p in other.own if p.family.name not in other.unsettled
                         and isinstance(other.defined[p.family.name], (Symbol, Partial)))
        self.defined = {p.family.name: other.defined[p.family.name] for p in self.own}
        self._now = {}

    def whole(self, expr: Expr) -> Expr:
        """Return an expression in which what is called L_t is L, all its terms."""
        sums = {f.name: name for name, f in self.terms.items()}

        def change(symbol: Symbol) -> Symbol | None:
            open_place = symbol.name in sums and not all(isinstance(i, int) for i in symbol.index)
            return Symbol(sums[symbol.name], (), symbol.shape) if open_place else None

        return _with_tops(expr, change)

    def of_one_step(self, expr: Expr) -> Expr:
        """Return an expression in which what adds up all steps is its term of one."""
        return _with_tops(expr, lambda symbol: self._single.get(symbol.name))

    @cached_property
    def _single(self) -> Mapping[str, Symbol]:
        """J[t] by J, which is the sum of all of them."""
        found = {name: Symbol(f.name, tuple(map(named, f.indices)), f.shape)
                 for name, f in self.terms.items()}
        for equation in self.solver.model.equations:
            whole, made = equation.target, equation.rhs
            if isinstance(whole, Symbol) and not whole.index and isinstance(made, Reduce) and (
                    isinstance(made.body, Symbol) and made.body.index == (named(made.index),)):
                found[whole.name] = made.body
        return found

    def meant(self, expr: Expr) -> Expr:
        """Return an expression with derivatives of data as those of what is predicted for it.

        Nobody differentiates a label: dl/dy is dl/dyhat with its hat forgotten. A member that no
        equation makes at its step is what the equation would make there.
        """
        expr = beyond(self.solver, expr)
        twins = self._twins
        if not twins:
            return expr

        def change(part: Expr) -> Expr | None:
            if not isinstance(part, Partial):
                return None
            moved = replace(part, top=self._twin(part.top), bottom=self._twin(part.bottom))
            return moved if moved != part else None

        return transform(expr, change)

    def _twin(self, symbol: Symbol) -> Symbol:
        other = self._twins.get(symbol.name)
        return replace(symbol, name=other) if other else symbol

    def twin_of(self, name: str) -> tuple[str, frozenset[str]] | None:
        """Return what is predicted for something given, and how that is written; or None."""
        other = self._twins.get(name)
        if other is None:
            return None
        return other, frozenset(key for key, patterns in self.vocabulary.patterns.items()
                                if any(p.family.name == other for p in patterns))

    @cached_property
    def _twins(self) -> Mapping[str, str]:
        """What is given, and the only quantity that is written the same but for accents.

        What a quantity is made from is no label for it: x is not xhat, where that is x normalised.
        """
        model, families = self.solver.model, self.solver.model.families
        found: dict[str, str] = {}
        for name in families:
            if name in model.by_target:
                continue
            plain = latex_name(name, self.solver.question.notation)
            close = [other for other in model.by_target if other in families
                     and families[other].shape == families[name].shape
                     and name not in self.solver.named.above(other)
                     and _unaccented(latex_name(other, self.solver.question.notation)) == plain]
            if len(close) == 1:
                found[name] = close[0]
        return found


def _with_tops(expr: Expr, change: Callable[[Symbol], Symbol | None]) -> Expr:
    """Return an expression with other quantities, also where they are differentiated."""
    def changed(part: Expr) -> Expr | None:
        if isinstance(part, Symbol):
            return change(part)
        top = change(part.top) if isinstance(part, Partial) else None
        return replace(part, top=top) if isinstance(part, Partial) and top is not None else None

    return transform(expr, changed)


EXAMPLE = "row"
EULER = apply("exp", Number(Fraction(1)))
MOST_NAMES = 40    # that a submission gives to something
LONGEST = 50       # position of a series that is written out as a vector


def _row_of(meaning: Expr, rows: Mapping[str, Family]) -> Expr:
    """Return one row of a matrix of examples; anything else as it is."""
    by = meaning.bottom if isinstance(meaning, Partial) and not meaning.top.shape else meaning
    is_row = isinstance(by, Symbol) and by.name in rows
    return Entry(meaning, (named(EXAMPLE),)) if is_row else meaning


ACCENTS = (r"\hat", r"\bar", r"\tilde", r"\vec", r"\overline", r"\widehat")


def _unaccented(latex: str) -> str:
    head, brace, rest = latex.partition("{")
    return rest.removesuffix("}") if brace and head in ACCENTS else latex


