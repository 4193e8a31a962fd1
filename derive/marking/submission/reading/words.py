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
from itertools import pairwise
from typing import Any

from derive.expr.equation import Family
from derive.expr.integers import IntLike, named
from derive.expr.nodes import (
    Apply,
    Delta,
    Entry,
    Expr,
    Eye,
    MatMul,
    MatrixProduct,
    Number,
    Partial,
    Power,
    Reduce,
    Ref,
    Symbol,
)
from derive.expr.walk import free_indices, transform, walk
from derive.marking.submission.reading.examples import examples
from derive.marking.submission.reading.loss import loss_of
from derive.ops import apply
from derive.question.latex import Vocabulary, read_node
from derive.question.latex.quantities import flat
from derive.question.latex.spelling import base_name, spelled
from derive.question.latex.vocabulary import HOLE, Pattern
from derive.solution.claimable import claimable
from derive.solution.solver import Solver
from derive.syntax.names import latex_name
from derive.syntax.open_names import is_open
from derive.syntax.read_latex.tree import Fraction as Quotient
from derive.syntax.read_latex.tree import Name, Node, Numeral, Product, Scripted

__all__ = ["EXAMPLE", "MOST_NAMES", "Words"]

# functions that are a sigmoid, or have one in their slope
ITS_SLOPE = ("sigmoid", "softplus", "silu", "gelu", "logits", "binary")


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
    _now: dict[tuple[bool, int], Vocabulary] = field(default_factory=dict)

    @cached_property
    def _question(self) -> Vocabulary:
        """The names of the question, and those of terms that it gives no name."""
        plain = Vocabulary.of(self.solver.question)
        families = {**plain.families, **{f.name: f for f in self.terms.values()},
                    **{f.name: f for f in self._arguments},
                    **{n: f for n, f in self.solver.named.families.items() if is_open(n)}}
        return replace(plain, families=families, forgiving=True, outputs=self._outputs,
                       gradients=self._gradients, examples=self._examples,
                       given=frozenset(plain.families) - {*self.solver.model.by_target},
                       slopes=self._slopes, slides=self._slides,
                       matrix=self._matrix)

    @property
    def _slopes(self) -> dict[str, Symbol]:
        r"""Return the loss of which \delta_b is the derivative by b, where the question has one."""
        loss = None if "delta" in self.solver.question.families else loss_of(self.solver)
        return {} if loss is None else {r"\delta": loss}

    @property
    def _gradients(self) -> dict[str, Family]:
        """Return by what the question takes the gradient of a quantity, where that is one array.
        """
        question, families = self.solver.question, self.solver.named.families
        found: dict[str, dict[str, Family]] = {}
        asked = (ref for part in question.parts for ref in claimable(self.solver, part))
        used = (node for equation in question.equations for node in walk(equation.rhs))
        for ref in (*asked, *used):
            if isinstance(ref, Partial) and ref.bottom.shape and ref.bottom.name in families:
                found.setdefault(ref.top.name, {})[ref.bottom.name] = families[ref.bottom.name]
        return {top: next(iter(by.values())) for top, by in found.items() if len(by) == 1}

    @property
    def _examples(self) -> dict[str, Family]:
        """Return what a loss is for each example of a batch, by what it is a sum or mean of."""
        return {whole: family for whole, family in self.terms.items() if family.shape}

    @property
    def _arguments(self) -> list[Family]:
        """The arguments of functions that the solution gives names, where these are free."""
        taken = {*self.solver.question.families, *self.solver.question.indices,
                 *self.solver.question.sizes, *self.solver.question.functions}
        return [f for n, f in self.solver.named.families.items()
                if n not in taken and n.isalpha()]

    @property
    def _slides(self) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
        """Return the convolution of the model with its settings, where it has one only."""
        found = {(n.op, tuple(p for p in n.params if p[0] in SETTINGS))
                 for e in self.solver.model.equations for n in walk(e.rhs)
                 if isinstance(n, Apply) and n.op.startswith("conv") and "transpose" not in n.op}
        return found.pop() if len(found) == 1 else None

    @property
    def _matrix(self) -> Family | None:
        """Return the only square matrix that is given."""
        model = self.solver.model
        found = [f for f in model.families.values() if f.name not in model.by_target
                 and not f.indices and len(f.shape) == 2 and f.shape[0] == f.shape[1]]
        return found[0] if len(found) == 1 else None

    @property
    def _outputs(self) -> str:
        """Return softmax where the model has one and no sigmoid: its sigma can mean nothing else.
        """
        ops = {n.op for e in self.solver.model.equations for n in walk(e.rhs)
               if isinstance(n, Apply)}
        own = any(any(part in op for part in ITS_SLOPE) for op in ops)
        return "softmax" if "softmax" in ops and not own else ""

    def is_free(self, expr: Expr) -> bool:
        """True for a name of the solution, which a student may use for something else: e, delta_tk.
        """
        unit = isinstance(expr, Delta) or (isinstance(expr, Entry) and isinstance(expr.arg, Eye))
        return unit or expr == EULER or (isinstance(expr, Symbol)
                        and expr.name in {f.name for f in self._arguments})

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
        key = self.stepless, first
        if key not in self._now:
            sizes = {name: int(n.value) for name, n in self.defined.items()
                     if isinstance(n, Number) and n.value.denominator == 1}
            self._now[key] = replace(
                self._question, own=self.own, defined=dict(self.defined), numbers=sizes,
                stepless=self.stepless, first=first, slopes={
                    **self._question.slopes, **self.slopes}) if (
                self.own or self.stepless or first or self.slopes) else self._question
        return self._now[key]

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
                found = read_node(form, text, replace(self.vocabulary, loose=way))
                if found is not None:
                    yield self.meant(found)
                    yield from _turned(self.meant(found))
        plain = read_node(node, text, self.vocabulary)
        if plain is not None and (entrywise := _with_plain_powers(plain)) != plain:
            yield self.meant(entrywise)

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
        node = _one_name(node)
        if not isinstance(node, (Name, Scripted)):
            return False
        if isinstance(node, Scripted) and isinstance(meaning, Entry) and _picks(node, meaning):
            node = replace(node, subs=node.subs[:-len(meaning.at)])
            meaning = meaning.arg       # delta^l_j says what all of delta^l is
        series = self._of_any_step(node, meaning)
        if series is not None:      # delta_2 = dL/dz_2 says what delta_1 is, too
            self._define(*series)
        if isinstance(node, Scripted) and node.sup is not None and spelled(node.sup) == "2":
            self._define(replace(node, sup=None), apply("sqrt", meaning))   # sigma^2 is a variance
        whole = _of_all_entries(node, meaning)
        if whole is not None:       # g_i = dL/dz_i says what g is, too
            self._define(*whole)
        return self._define(node, meaning)

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
        general = _at_any_step(meaning, step, named(indices[0]))
        return replace(node, subs=(Name(only.span, indices[0]),)), general

    def define_slopes(self, base: Node, top: Symbol) -> None:
        r"""Let a letter with a quantity under it mean a derivative: \delta_v = dL/dv, for all v."""
        self.slopes[base_name(base)] = top
        self._now = {}

    def _define(self, node: Name | Scripted, meaning: Expr) -> bool:
        name = f"own {spelled(node)}"
        indices = {*self._question.indices, *free_indices(meaning)}
        letters: list[str] = []
        shape = _with_holes(node, indices, letters)
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

        Nobody differentiates a label: dl/dy is dl/dyhat with its hat forgotten.
        """
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


def _picks(node: Scripted, meaning: Entry) -> bool:
    """True where the last letters below a name are those that pick the entry."""
    below = flat(node.subs)[-len(meaning.at):]
    return len(node.subs) >= len(meaning.at) and [named(spelled(n)) for n in below] == [
        *meaning.at] and len({*meaning.at}) == len(meaning.at) and all(
        isinstance(n, Name) for n in node.subs[-len(meaning.at):])


def _with_tops(expr: Expr, change: Callable[[Symbol], Symbol | None]) -> Expr:
    """Return an expression with other quantities, also where they are differentiated."""
    def changed(part: Expr) -> Expr | None:
        if isinstance(part, Symbol):
            return change(part)
        top = change(part.top) if isinstance(part, Partial) else None
        return replace(part, top=top) if isinstance(part, Partial) and top is not None else None

    return transform(expr, changed)


EXAMPLE = "row"
SETTINGS = ("stride", "padding", "dilation", "groups")
EULER = apply("exp", Number(Fraction(1)))
MOST_NAMES = 40    # that a submission gives to something


def _row_of(meaning: Expr, rows: Mapping[str, Family]) -> Expr:
    """Return one row of a matrix of examples; anything else as it is."""
    by = meaning.bottom if isinstance(meaning, Partial) and not meaning.top.shape else meaning
    is_row = isinstance(by, Symbol) and by.name in rows
    return Entry(meaning, (named(EXAMPLE),)) if is_row else meaning


def _with_plain_powers(expr: Expr) -> Expr:
    """Return a formula with H^2 of a square matrix entry by entry, as in 1 - H^2."""
    return transform(expr, lambda part: Power(part.left, Number(Fraction(2))) if isinstance(
        part, MatMul) and part.left == part.right else None)


def _turned(expr: Expr) -> Iterator[Expr]:
    """Yield a formula with its ordered products in the other order: nobody writes which it is."""
    made = transform(expr, lambda part: replace(part, falling=not part.falling)
                     if isinstance(part, MatrixProduct) else None)
    if made != expr:
        yield made


ACCENTS = (r"\hat", r"\bar", r"\tilde", r"\vec", r"\overline", r"\widehat")


def _unaccented(latex: str) -> str:
    head, brace, rest = latex.partition("{")
    return rest.removesuffix("}") if brace and head in ACCENTS else latex


def _one_name(node: Node) -> Node:
    """Return letters that stand side by side, the last with scripts, as one name: gw_{hh}."""
    if not isinstance(node, Product) or any(node.signs):
        return node
    *letters, last = node.factors
    base = last.base if isinstance(last, Scripted) else last
    if not all(isinstance(n, Name) and len(n.stem) == 1 for n in (*letters, base)):
        return node
    stem = "".join(spelled(n) for n in (*letters, base))
    whole = Name(node.span, stem)
    return replace(last, base=whole) if isinstance(last, Scripted) else whole


def _at_any_step(meaning: Symbol | Partial, step: int, letter: IntLike) -> Expr:
    def moved(symbol: Symbol) -> Symbol:
        return replace(symbol, index=tuple(letter if at == step else at for at in symbol.index))

    if isinstance(meaning, Partial):
        return replace(meaning, top=moved(meaning.top), bottom=moved(meaning.bottom))
    return moved(meaning)


def _of_all_entries(node: Name | Scripted, meaning: Expr) -> tuple[Name | Scripted, Expr] | None:
    """Return g and dL/dz of g_i and (dL/dz)_i; None for what is no entry that a letter picks."""
    if not isinstance(node, Scripted) or node.sup is not None or not isinstance(meaning, Entry):
        return None
    letters = [spelled(sub) for sub in node.subs]
    bare = node.base
    if not isinstance(bare, (Name, Scripted)) or not isinstance(meaning.arg, Ref) or (
            [named(n) for n in letters] != list(meaning.at)):
        return None
    return bare, meaning.arg


def _with_holes(node: Node, indices: set[str], letters: list[str]) -> Node:
    """Return a symbol with holes where indices stand in its subscripts; note which."""
    if not isinstance(node, Scripted):
        return node
    subs = tuple(_hole(s, indices, letters) for s in node.subs)
    above = node.sup if node.subs or not isinstance(node.sup, Name) else _hole(
        node.sup, indices, letters)
    return replace(node, subs=subs, sup=above)


def _hole(node: Node, indices: set[str], letters: list[str]) -> Node:
    if isinstance(node, Name) and spelled(node) in indices:
        letters.append(spelled(node))
        return Name(node.span, HOLE)
    if isinstance(node, Product) and not any(node.signs):
        return replace(node, factors=tuple(_hole(f, indices, letters) for f in node.factors))
    return node


def contracted(node: Node) -> Node:
    r"""Return a chain in which a letter of an entry that stands below and above is left out.

    \frac{\partial J}{\partial \hat y_i} \frac{\partial \hat y_i}{\partial o} means the sum over i.
    """
    if not isinstance(node, Product):
        return node
    factors = list(node.factors)
    for place, (one, other) in enumerate(pairwise(node.factors)):
        if isinstance(one, Quotient) and isinstance(other, Quotient):
            below, above = _by(one.bottom), _by(other.top)
            if below is not None and above is not None and spelled(below) == spelled(above) and (
                    len(below.subs) > 1):
                left, right = factors[place], other
                assert isinstance(left, Quotient), "a fraction stays one"
                factors[place] = replace(left, bottom=_whole(left.bottom))
                factors[place + 1] = replace(right, top=_whole(right.top))
    return replace(node, factors=tuple(factors))


def _by(node: Node) -> Scripted | None:
    last = node.factors[-1] if isinstance(node, Product) and len(node.factors) == 2 else None
    return last if isinstance(last, Scripted) else None


def _whole(node: Node) -> Node:
    """Return a differential without the last subscript."""
    last = _by(node)
    if not isinstance(node, Product) or last is None:
        return node
    return replace(node, factors=(node.factors[0], replace(last, subs=last.subs[:-1])))
