"""What a statement of a submission is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from derive.expr.integers import named, names_in
from derive.expr.nodes import Entry, Expr, Partial, Product, Ref, Symbol
from derive.expr.walk import array_of, at, free_indices, refs
from derive.marking.submission.claims import Side, Statement
from derive.marking.submission.judging.loss_terms import about_a_term
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.memory import Memory
from derive.marking.submission.judging.one_equation import of_one_equation
from derive.marking.submission.reading.stars import read_loosely
from derive.marking.submission.reading.words import EXAMPLE, MOST_NAMES, Words
from derive.question.latex.derivatives import differentiated
from derive.question.latex.quantities import READ_AS, flat
from derive.question.latex.spelling import base_name, spelled
from derive.syntax.open_names import is_open
from derive.syntax.read_latex.tree import Fenced, Name, Node, Numeral, Scripted
from derive.syntax.read_latex.tree import Product as ProductNode

__all__ = ["Subjects"]


BELOW = re.compile(r"_\{?(\d+)\}?")
MOST_WAYS = 8   # in which a formula may be meant
# what letters mean that the question does not have
CUSTOMS: dict[str, Callable[[Partial], bool]] = {
    "H": lambda ref: is_open(ref.top.name),
    "J": lambda ref: len(ref.top.shape) == len(ref.bottom.shape) == 1 and not is_open(ref.top.name),
}
OUTSIDE = "out of range"     # what is counted from 1, Y_{13}, is no name for something else
OUTPUTS, SURE = ("y", "o", "out", "output", "pred"), ("o", "out", "output", "pred")


@dataclass(frozen=True)
class Subjects:
    """What a statement is about: its first side, in the senses that it may have."""

    marker: Marker
    words: Words
    memory: Memory
    text: str = ""

    def of(self, statement: Statement) -> list[Expr]:
        """Return what the statement may be about, as it is written first."""
        first = statement.sides[0]
        if first is None:
            own = [self.memory.subject] if self.memory.subject is not None else []
            spoken = [self.words.meant(m.expr) for m in statement.mentioned
                      if isinstance(m.expr, Ref)]
            return list(dict.fromkeys((*spoken, *own)))
        if first.expr is None:
            return list(self._multiplied_as_it_fits(first, statement.sides[1:]))
        meant = self._as_asked(first, self.words.meant(first.expr))
        if statement.renews:
            new = self.marker.asking.renewed[array_of(meant)]
            return [replace(meant, arg=new) if isinstance(meant, Entry) else new]
        alone = self._of_one_step(meant)
        members = self.marker.alike.members(meant) if isinstance(first.node, Name) else ()
        used = of_one_equation(self.marker, meant, self.memory.right, statement.label)
        return list(dict.fromkeys((meant, *used, *_with_argument(first, meant),
                                   self.words.whole(meant), alone, self._at_its_end(meant),
                                   *self._of_its_number(first, meant),
                                   *self.marker.asking.other_senses(meant), *members)))

    def _as_asked(self, first: Side, meant: Expr) -> Expr:
        """Return the quantity that is asked for, where somebody writes f(w_2) and means that."""
        taken = isinstance(first.expr, (Symbol, Partial)) and isinstance(
            first.node, ProductNode) and isinstance(first.node.factors[-1], Fenced)
        if not taken or meant in self.marker.asking.asked:
            return meant
        known = self.marker.alike.known_by(meant) if self.marker.solver.numeric else ()
        return next((ref for ref in known if ref in self.marker.asking.asked), meant)

    def _of_one_step(self, meant: Expr) -> Expr:
        """Return dh_t/dW at fixed h_{t-1}, which a sum over steps adds up.

        A loss that no later step reads is in no such sum: dl_t/dW goes through all states.
        """
        alone, above = self.marker.immediate(meant), self.marker.solver.named.above
        part = array_of(alone)
        read = isinstance(part, Partial) and any(part.top.name in above(symbol.name)
                                                 for symbol in part.held)
        return alone if read else meant

    def _of_its_number(self, first: Side, meant: Expr) -> Iterator[Expr]:
        """Yield the entry 2 for w_2 beside an entry of the same w, which has a number in its name.
        """
        beside, numbers = self.memory.subject, BELOW.findall(first.text)
        if isinstance(beside, Entry) and beside.arg == meant and len(meant.shape) == 1 and len(
                numbers) == 1:
            place, size = int(numbers[0]) - 1, meant.shape[0]
            if isinstance(size, int) and 0 <= place < size:
                yield Entry(meant, (place,))

    def _multiplied_as_it_fits(self, first: Side, rest: Sequence[Side | None]) -> Iterator[Expr]:
        """Yield what z (1 - z) is entry by entry, where numbers of that shape are said of it."""
        said = rest[0].expr if rest and rest[0] is not None else None
        if first.node is None or said is None or not said.shape or any(True for _ in refs(said)):
            return
        yield from islice(dict.fromkeys(e for e in read_loosely(
            self.words, first.node, first.source) if e.shape == said.shape), 2)

    def renewed(self, statement: Statement) -> Statement:
        """Return what is said of w in ``w <- w - g``, and in ``w = w - g``, as said of the new w.

        Where the question has no new one, what it is about is not known. The term of a loss that
        words name is what is said of it.
        """
        statement = about_a_term(self.marker, self.words, self.text, statement)
        first, *rest = statement.sides
        arrow = statement.relations[:1] == ("<-",)
        if arrow:
            statement = replace(statement, relations=("=", *statement.relations[1:]))
        if first is None or not isinstance(first.expr, (Symbol, Entry)):
            return statement
        old = array_of(first.expr)
        if not arrow and not any(old in set(refs(side.expr)) for side in rest
                                 if side is not None and side.expr is not None):
            return statement
        if old in self.marker.asking.renewed:
            return replace(statement, renews=True)
        return statement if not arrow else replace(
            statement, sides=(replace(first, expr=None, node=None), *rest))

    def _at_its_end(self, expr: Expr) -> Expr:
        """Return dJ_3/dh_3 of dJ_t/dh_3, where that is said of the last step alone."""
        if not isinstance(expr, Partial) or len(expr.top.index) != 1 or (
                len(expr.bottom.index) != 1):
            return expr
        (top,), (bottom,) = expr.top.index, expr.bottom.index
        letters = [n for n in self.marker.question.indices if top == named(n)]
        if len(letters) != 1 or not isinstance(bottom, int):
            return expr
        return at(expr, {letters[0]: bottom})

    def instead(self, subjects: Sequence[Expr], rest: Sequence[Side | None]) -> list[Ref]:
        """Return what else is asked for that has this shape: a label may be wrong, or unreadable.
        """
        if subjects and subjects[0] not in self.marker.asking.asked:
            return []
        shapes = [s.expr.shape for s in rest if s is not None and s.expr is not None]
        wanted = subjects[0].shape if subjects else next(iter(shapes), None)
        written = {s.expr for s in rest if s is not None}
        return [ref for ref in self.marker.asking.asked if ref.shape == wanted
                and ref not in subjects and ref not in written]

    def named(self, first: Side, rest: Sequence[Side | None]) -> Expr | None:
        """Take a name that the student gives to something, and return what it means.

        A quantity of the question under another name is that quantity.
        """
        meaning = rest[0].expr if rest and rest[0] is not None else None
        if meaning is not None and first.node is not None and isinstance(first.expr, Partial) and (
                base_name(first.node) in self.words.vocabulary.slopes):
            told = base_name(first.node) in self.words.slopes
            return None if told else self._other_slope(first.node, first.expr, meaning)
        if first.node is None or meaning is None or not list(refs(meaning)) or (
                len(self.words.own) >= MOST_NAMES) or not self._is_free(first, meaning) or (
                OUTSIDE in first.fault):
            return None
        known = self._known_as(meaning) or self._known_entry(first.node, meaning) or (
            self._known_by_rows(rest[0])) or self._known_loosely(rest[0]) or meaning
        if first.expr == known:
            return None
        return known if self.words.define(first.node, known) else None

    def _other_slope(self, node: Node, usual: Partial, meaning: Expr) -> Expr | None:
        r"""Return what \delta_h means where it is not dL/dh: what is said, or what it is right for.

        That is dL/dz with h = f(z), or the derivative of one term, dL_t/dh_t.
        """
        if isinstance(meaning, Partial) and meaning != usual:
            return meaning if self.words.define(node, meaning) else None
        others = [] if self.marker.is_right(usual, meaning) else [
            *(replace(usual, bottom=bottom) for bottom in self.marker.asking.inside(usual.bottom)),
            *(replace(usual, top=top) for top in self.marker.asking.terms_of(usual))]
        for other in others:
            if self.marker.is_right(other, meaning) and self.words.define(node, other):
                return other
        return None

    def says_what_slopes_are(self, first: Side | None, rest: Sequence[Side | None]) -> bool:
        r"""Take \delta_v = dL/dv, said of every quantity v; True where that is what is said."""
        other = rest[0].node if len(rest) == 1 and rest[0] is not None else None
        letter = first.node if first is not None else None
        below = letter.subs if isinstance(letter, Scripted) else ()
        if not isinstance(letter, Scripted) or other is None or len(below) != 1 or not isinstance(
                below[0], Name) or rest[0] is None:
            return False
        parts = differentiated(other)
        if parts is None or spelled(parts[1]) != spelled(below[0]):
            return False
        top, bottom = (self.words.read(n, rest[0].source) for n in parts)
        if not isinstance(top, Symbol) or top.shape or bottom is not None:
            return False
        self.words.define_slopes(letter.base, top)
        return True

    def _is_free(self, first: Side, meaning: Expr) -> bool:
        """True for what may get a name: what has none, and z_1 of a z whose entry this is not.

        An F that is no number is not the f that the question has, either, and no u what U makes.
        """
        expr = first.expr
        names = (n.partition(READ_AS) for n in first.notes)
        other = any(name == first.text != meant.partition("[")[0] for name, _, meant in names)
        if expr is None or (other and (expr.shape != meaning.shape
                                       or array_of(expr) in set(refs(meaning)))):
            return True
        if self.words.is_free(expr):    # the name that the solution gives it needs no meaning
            return not self.marker.is_right(expr, meaning)
        return isinstance(expr, Entry) and (expr.shape != meaning.shape or (
            not self.marker.is_right(expr, meaning)
            and self.marker.alike.argument(meaning) is not None))

    def names_last(self, statement: Statement) -> Statement:
        """Take the name that a chain gives to what it is about at its end: ``o_t - y_t =: e_t``."""
        first, last = statement.sides[0], statement.sides[-1]
        if len(statement.sides) < 3 or first is None or not isinstance(first.expr, Ref) or (
                last is None or len(self.words.own) >= MOST_NAMES):
            return statement
        free = last.expr is None or (
            self.words.is_free(last.expr) and not self.marker.is_right(first.expr, last.expr))
        if not free or last.node is None or not self.words.define(last.node, first.expr):
            return statement
        return replace(statement, sides=statement.sides[:-1], relations=statement.relations[:-1])

    def output(self, first: Side) -> Expr | None:
        """Return what a model gives, where a name that nobody knows is one for that: y-hat."""
        node = first.node
        base = node.base if isinstance(node, Scripted) else node
        if first.expr is not None or not isinstance(base, Name) or not isinstance(
                node, (Name, Scripted)) or (base.stem not in OUTPUTS) or (
                base.stem not in SURE and not base.accents):
            return None
        found = self.marker.asking.output
        if found is None:
            return None
        letter = Name(base.span, next(iter(names_in(found.index[0]))))
        if not self.words.define(Scripted(base.span, base, (letter,)), found):
            return None
        return self.words.counted(node, "", 0)

    def by_custom(self, first: Side) -> Ref | None:
        """Return the only Hessian or Jacobian that is asked for, where H or J mean nothing else."""
        node = first.node
        name = base_name(node) if isinstance(node, Name) and first.expr is None else ""
        wanted = CUSTOMS.get(name)
        found = [] if wanted is None else [ref for ref in self.marker.asking.families
                                           if len(ref.shape) == 2 and wanted(ref)]
        if len(found) != 1 or node is None or not self.words.define(node, found[0]):
            return None
        return found[0]

    def valued(self, first: Side, rest: Sequence[Side | None]) -> Expr | None:
        """Return what has the value that is written over a name that nobody knows.

        It is that only if nothing else has this value, and nothing was said of it before.
        """
        written = [s.expr for s in rest if s is not None and s.expr is not None]
        node = first.node
        if first.expr is not None or not isinstance(node, (Name, Scripted)) or not written or (
                not self.marker.solver.numeric or len(self.words.own) >= MOST_NAMES):
            return None
        subs = flat(node.subs) if isinstance(node, Scripted) else ()
        places = [int(n.digits) for n in subs if isinstance(n, Numeral) and n.digits.isdigit()]
        found = [ref for ref in self.marker.alike.valued(written[-1], places)
                 if (array_of(ref) if ref.shape else ref) not in self.memory.values]
        if not found or (len(found) > 1 and not found[0].shape):
            return None     # of vectors with one value, any will do
        if isinstance(found[0], Entry) and found[0].shape:      # a row
            best = array_of(min(found, key=lambda one: not _begins_like(node, array_of(one))))
            return best if self.words.define(node, best) else None
        if isinstance(found[0], Entry) and isinstance(node, Scripted) and len(node.subs) == 1:
            return found[0] if self.words.define(node.base, found[0].arg) else None
        return found[0] if self.words.define(node, found[0]) else None

    def chooses(self, first: Side, value: Expr) -> bool:
        """Give a name of the student's own the numbers written behind it; False for other names.

        Who tries other numbers gives it those.
        """
        node, own = first.node, first.expr is not None and not any(True for _ in refs(first.expr))
        if not isinstance(node, (Name, Scripted)) or not (first.expr is None or own) or (
                not value.shape or any(True for _ in refs(value))):
            return False
        return len(self.words.own) < MOST_NAMES and self.words.define(node, value)

    def _known_as(self, meaning: Expr) -> Ref | None:
        """Return the quantity of the question that a formula is; None for something else."""
        if isinstance(meaning, Ref):
            return meaning
        return next((ref for ref in self.marker.alike.known_by(meaning)), None) or (
            self.marker.alike.argument(meaning)) or self._nearly(meaning)

    def _known_entry(self, node: Node, meaning: Expr) -> Entry | None:
        """Return the entry that a formula is, where the name ends with the letter that picks it."""
        below = flat(node.subs) if isinstance(node, Scripted) else ()
        return self.marker.alike.known_entry(meaning, spelled(below[-1])) if below else None

    def _known_by_rows(self, side: Side | None) -> Ref | None:
        """Return the matrix of which a formula for one example makes every row."""
        expr = None if side is None or side.node is None else self.words.of_an_example(
            side.node, side.source)
        if expr is None or EXAMPLE not in free_indices(expr):
            return None
        return next((whole for name, family in self.words.rows.items()
                     if family.shape[1:] == expr.shape and self.marker.is_right(
                         Entry(whole := Symbol(name, (), family.shape), (named(EXAMPLE),)), expr)),
                    None)

    def _known_loosely(self, side: Side | None) -> Ref | None:
        """Return what a formula is if its factors are multiplied as they fit: 1 - H^2."""
        ways = () if side is None or side.node is None else dict.fromkeys(
            read_loosely(self.words, side.node, side.source))
        return next((ref for expr in islice(ways, MOST_WAYS)
                     for ref in self.marker.alike.known_by(expr)), None)

    def _nearly(self, meaning: Expr) -> Ref | None:
        """Return the only array to which a formula comes close, where nothing was said of it."""
        if not self.marker.solver.numeric or free_indices(meaning):
            return None
        found = [ref for ref in self.marker.alike.nearly(meaning) if ref not in self.memory.values]
        return found[0] if len(found) == 1 else None


def _begins_like(node: Name | Scripted, ref: Expr) -> bool:
    """True where a name has the letter of a quantity, which may be a capital."""
    return isinstance(ref, Symbol) and base_name(node).lower()[:1] == ref.name.lower()[:1]


def _with_argument(first: Side, meant: Expr) -> Iterator[Expr]:
    """Yield L of L(w), which says what it depends on."""
    node = first.node
    if isinstance(meant, Product) and isinstance(node, ProductNode) and node.signs == ("",) and (
            isinstance(node.factors[1], Fenced)):
        yield meant.factors[0]
