r"""Plain sums that count something: "parameters: 4 + 1 + 4 + 1 = 10", "size (5 - 2)/1 + 1 = 4".

That a sum adds up says nothing yet: the words around it say what is counted, and the count must be
that. What is counted on the way, for one filter or one layer, is right as well.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import prod

from derive.expr.integers import IntLike
from derive.expr.nodes import Number
from derive.expr.shapes import Shape
from derive.expr.walk import refs
from derive.marking.submission.claims import Claim, Judgement, Side, Statement
from derive.marking.submission.judging.arithmetic import is_of_windows, letters_of, worked_out
from derive.marking.submission.judging.bare_shapes import BareShapes
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.members import count_of
from derive.question.keys.count import Count
from derive.question.keys.shape import Shaped
from derive.question.question import Task

__all__ = ["FLOOR", "FOLLOWS", "WINDOWS", "PlainCounts", "left_out_of", "number_of", "size_of"]

Size = IntLike | Fraction
Named = Sequence[tuple[str, IntLike]]
FLOOR = "the floor is left out"
FOLLOWS = "it follows from what was found before"
PARTLY = "right: a part of what is counted"
LEFT_OUT = "left out"
UNTOLD = "what is counted here is for a person"
WINDOWS = "right: the number of windows in a row"
NO_WINDOWS = "this is not the number of windows in a row"

# what stands before the bar stands before the sum
PARAMETERS = re.compile(
    r"(?:\bparam\w*|\b(?:learnable|trainable)\b|\b(?:total\W*\||in total|altogether|insgesamt)|"
    r"(?:\b(?:number|count|total|many|anzahl)\b|#)[^|]{0,20}\b(?:weights|biases|gewichte\w*)|"
    r"\|(?:\s\w+)?\s(?:weights|numbers|gewichte)\b)", re.IGNORECASE)
ALL = re.compile(r"\b(?:total\w*|altogether|all|overall|together|network|model|insgesamt|"
                 r"zusammen|netz\w*)\b", re.IGNORECASE)
SOME = re.compile(r"\b(?:per|each|every|one|single|conv\w*|linear|dense|fully|hidden|first|second|"
                  r"third|output|fc|1st|2nd|head|pro|je|jede\w*|eine?)\b", re.IGNORECASE)
CLAUSE = re.compile(r"[,;]|\b(?:so|and|thus|then|hence|therefore|gives|makes|also|und)\b")
SIZES = re.compile(r"\b(?:sizes?|output|out|height|width|rows|col(?:umn)?s|dim\w*|feature map|"
                   r"resolution|breite|höhe|größe|zeilen|spalten|ausgabe)\b[^|]{0,50}\|",
                   re.IGNORECASE)
OTHER = re.compile(r"\b(?:pad\w*|input|pool\w*|eingabe|parameters?|window)\b", re.IGNORECASE)
SIZE_NAME = re.compile(
    r"(?:[onmdhwlsr]|out|size|rows?|col(?:umn)?s?|height|width)_?"
    r"(?:o|out|new|y|z|conv|size|height|width|\d)?'?", re.IGNORECASE)
ROWS = re.compile(r"\b(?:rows?|height|zeilen|höhe|vertical\w*)\b", re.IGNORECASE)
COLUMNS = re.compile(r"\b(?:col(?:umn)?s?|width|spalten|breite|horizontal\w*)\b", re.IGNORECASE)
CHANNELS = re.compile(r"\b(?:channels?|filters?|depth|maps)\b", re.IGNORECASE)
ITEM = r"\n\s*(?:[-*]\s|\(?\w{1,3}[).:]\s|#)"
SENTENCE = re.compile(rf"[.;!?](?=\s)|\n\s*\n|{ITEM}")
TYPED = re.compile(r"[.;!?](?=\s)|(?<!:)\n")
NEXT = re.compile(r"[.;!?,()](?=\s|$)|\n|\$")
ANSWER = re.compile(rf"{ITEM}|\n\s*\n(?=[\s$]*\\?[A-Z\\])")
MOST_WAYS = 2
WINDOWED = re.compile(r"[-/]|frac")
BEFORE, BEHIND = 200, 60


@dataclass
class PlainCounts:
    """Judges sums of numbers by what is counted."""

    marker: Marker
    claiming: Claiming
    shapes: BareShapes

    def of(self, statement: Statement) -> list[Judgement] | None:
        """Judge a statement of plain arithmetic; None for what is about something else."""
        sides = [side for side in statement.sides if side is not None]
        values = [size_of(side) for side in sides]
        if not sides or set(statement.relations) != {"="} or not _counts_something(values[-1]):
            return None
        first = statement.sides[0]
        head = first if first is not None and values[0] is None else None
        general = any(is_of_windows(side.node) for side in sides)
        if head is not None and not is_of_windows(head.node) and not _names_a_size(head):
            return None     # it is said of a quantity of the question
        words = self._words(sides, head)
        counts = self._counts(statement)
        if counts and isinstance(values[-1], int) and (
                words.last(PARAMETERS) > words.last(SIZES)):
            return list(self._parameters(statement, counts, words))
        found = self._size(statement, words, general)
        return None if found is None else list(found)

    # parameters

    def _parts(self, statement: Statement, kind: type[Task]) -> Iterator[Task]:
        """Yield what the part at hand asks for of a kind; all parts where none is named."""
        for part in self.marker.question.parts:
            if statement.label in ("", part.label):
                yield from (task for task in part.tasks if isinstance(task, kind))

    def _counts(self, statement: Statement) -> list[Named]:
        """Return what is counted together."""
        return [tuple((s.name, prod(s.shape)) for s in task.counted)
                for task in self._parts(statement, Count) if isinstance(task, Count)]

    def _parameters(self, statement: Statement, counts: Sequence[Named], words: Around
                    ) -> Iterator[Judgement]:
        totals = [sum(n for _, n in counted) for counted in counts]
        later = any(words.tells_later(total) for total in totals)
        some = words.of_some
        whole, parts = self._parts_of(counts)

        def thought(value: Size) -> str:
            if value in totals:
                return ""
            if later or some:
                return PARTLY if value in (whole | parts if later else whole) else UNTOLD
            left_out = (left_out_of(counted, value) for counted in counts)
            return next(filter(None, left_out), f"wrong: the number of parameters is {totals[0]}")

        return self._judged(statement, "the number of parameters", thought)

    def _parts_of(self, counts: Sequence[Named]) -> tuple[set[Size], set[Size]]:
        """Return what is counted on the way: whole layers and what makes one entry; any arrays.

        A layer is an array of weights with the biases behind it.
        """
        shapes = {name: f.shape for name, f in self.marker.solver.question.families.items()}
        whole: set[Size] = set()
        parts: set[Size] = set()
        for counted in counts:
            ranks = [len(shapes.get(name, ())) for name, _ in counted]
            starts = [k for k, rank in enumerate(ranks) if not k or rank > 1 or rank > ranks[k - 1]]
            runs = {(a, b): sum(n for _, n in counted[a:b])
                    for a, b in combinations(range(len(counted) + 1), 2)}
            whole |= {n for (a, b), n in runs.items() if {a, b} <= {*starts, len(counted)}}
            one = [prod(kept) for name, _ in counted if len(shape := shapes.get(name, ())) > 1
                   for kept in (shape[1:], shape[:-1])]
            whole |= {*one, *(n + 1 for n in one)}
            biased = [sum(n for (_, n), rank in zip(counted, ranks, strict=True) if some(rank))
                      for some in ((1).__lt__, (1).__ge__)]
            parts |= {*runs.values(), *biased}
        return whole, parts

    # sizes

    def _size(self, statement: Statement, words: Around, general: bool
              ) -> Iterator[Judgement] | None:
        """Judge what is said of a size; None where nothing tells that it is one."""
        asked = [ref for task in self._parts(statement, Shaped) if isinstance(task, Shaped)
                 for ref in task.subjects if ref.shape]
        behind = self.shapes.subject_near(words.span) if asked else None
        named = [ref for ref in asked if ref == behind]
        sizes: set[Size] = {n for ref in named or asked for n in _axes(ref.shape, words)}
        *_, last = (size_of(side) for side in statement.sides if side is not None)
        if not asked or last is None:
            return None
        if last not in sizes and not named:     # it may be about another part
            every = [ref for task in self._parts(replace(statement, label=""), Shaped)
                     if isinstance(task, Shaped) for ref in task.subjects if ref.shape]
            sizes |= {last} & {n for ref in every for n in _axes(ref.shape, words)}
        told = general or words.last(SIZES) >= 0 or statement.sides[0] is None
        other = not named and (behind is not None or words.last(OTHER) >= 0)
        if last not in sizes and (other or not self._is_told(words, last, told)):
            known = {n for f in self.marker.solver.question.families.values() for n in f.shape}
            if not told or last not in known:
                return None
            sizes = {last}
        right = " or ".join(map(str, sorted(sizes, key=str)))
        return self._judged(statement, "the size", lambda value: (
            "" if value in sizes else f"wrong: the size is {right}"), sizes)

    def _is_told(self, words: Around, last: Size, told: bool) -> bool:
        """True where words, or the shape behind it, tell that a sum is the size asked for."""
        start, end = words.span
        return self.shapes.uses(end, last) or (
            told and WINDOWED.search(self.claiming.text[start:end]) is not None)

    # verdicts

    def _judged(self, statement: Statement, called: str, thought: Callable[[Size], str],
                floored: Collection[Size] = ()) -> Iterator[Judgement]:
        first, *rest = statement.sides
        start = None if first is None else size_of(first)
        *_, last = (size_of(side) for side in rest if side is not None)
        before: Size | None = None
        for side, relation in zip(rest, statement.relations, strict=False):
            if side is None:
                continue
            value = size_of(side)
            claim = replace(self.claiming.of(None, side, relation, statement), of=called,
                            expr=number_of(value))
            if value is None:
                yield _general(claim, side, last is not None and not thought(last))
            elif start not in (None, value) and not _is_floor(start, value) and not (
                    self._goes_on(first) and not thought(value)):
                yield Judgement(claim, "wrong", f"wrong: what stands before it is {start}")
            elif isinstance(value, Fraction) and math.floor(value) in floored:
                yield Judgement(claim, "notation", FLOOR)
            else:
                yield _said(claim, thought(value), called, value == before)
            before = value or before

    def _goes_on(self, first: Side | None) -> bool:
        """True for the end of a sum with words in it: 4 (filter) + 1 + 5 = 10."""
        before = self.claiming.text[:first.span[0]].rstrip("+ \n") if first is not None else ""
        return before.endswith(")") or (first is not None and first.text.startswith("+"))

    def _words(self, sides: Sequence[Side], head: Side | None) -> Around:
        """Return the words around a statement; those of its head stand in front of it."""
        start = sides[0].span[0] if head is None or is_of_windows(head.node) else head.span[1]
        return Around(self.claiming.text, (start, sides[-1].span[1]))


@dataclass(frozen=True)
class Around:
    """The words of the sentence in which a sum stands."""

    text: str
    span: tuple[int, int]

    @cached_property
    def said(self) -> str:
        """The words before it in its sentence, and those right behind it."""
        start, end = self.span
        before = self.text[max(start - BEFORE, 0):start].rstrip("$ \n")
        line = before[before.rfind("\n") + 1:]
        ends = SENTENCE if "$" in line or "\\" in before else TYPED
        before = ends.split(before)[-1]
        behind = NEXT.split(self.text[end:end + BEHIND].lstrip("$ \\)]"))[0]
        return re.sub(r"[{}_$=]", " ", before) + f" | {behind}"

    def last(self, words: re.Pattern[str]) -> int:
        """Return where one of some words stands last, -1 where none does."""
        return max((found.end() for found in words.finditer(self.said)), default=-1)

    @property
    def clause(self) -> str:
        """The words right before it."""
        return CLAUSE.split(self.said.partition("|")[0])[-1]

    @property
    def of_some(self) -> bool:
        """True where the words right before it speak of one filter or one layer, not of all."""
        said = f"{self.clause} | {self.said.partition('|')[2]}"
        return SOME.search(said) is not None and ALL.search(said) is None

    def tells_later(self, total: IntLike) -> bool:
        """True where a number stands a little further on in the same answer."""
        behind = ANSWER.split(self.text[self.span[1]:self.span[1] + BEFORE])[0]
        return re.search(rf"(?<![\w.]){re.escape(str(total))}(?![\w]|\.\d)", behind) is not None


def size_of(side: Side) -> Size | None:
    """Return the number that a side is, or a size with names."""
    found = worked_out(side.node) if not letters_of(side.node) else None
    if found is not None:
        return int(found) if found.denominator == 1 else found
    return None if side.expr is None or side.expr.shape or list(refs(side.expr)) else (
        count_of(side.expr))


def _counts_something(value: Size | None) -> bool:
    return value is not None and not isinstance(value, Fraction) and (
        not isinstance(value, int) or value > 0)


def _names_a_size(head: Side) -> bool:
    """True for a name of a size: o, H_{out}, and for words: \\text{output size}."""
    plain = re.sub(r"\\(?:text|mathrm|operatorname)|[{}$\s\\]", "", head.text)
    return head.expr is None and (SIZE_NAME.fullmatch(plain) is not None
                                  or (len(re.findall("[a-z]{3,}", plain)) > 0 and "(" not in plain))


def number_of(value: Size | None) -> Number | None:
    return Number(Fraction(value)) if isinstance(value, (int, Fraction)) else None


def _general(claim: Claim, side: Side, right: bool) -> Judgement:
    """Judge a formula in letters for what numbers are put in next."""
    if is_of_windows(side.node):
        return Judgement(claim, "right", WINDOWS)
    if right or not letters_of(side.node):
        return Judgement(claim, "refer" if right else "unread", UNTOLD if right else side.fault)
    return Judgement(claim, "wrong", NO_WINDOWS)


def _said(claim: Claim, why: str, called: str, follows: bool) -> Judgement:
    """Return the verdict on a number, by what is thought of it."""
    if why in ("", PARTLY):
        return Judgement(claim, "right", why or f"right: {called}")
    if why == UNTOLD:
        return Judgement(claim, "refer", why)
    if follows:
        return Judgement(claim, "follow_through", FOLLOWS)
    return Judgement(claim, "wrong", why, "left out" if LEFT_OUT in why else None)


def _is_floor(start: Size | None, value: Size) -> bool:
    return isinstance(start, Fraction) and math.floor(start) == value


def _axes(shape: Shape, words: Around) -> Shape:
    """Return the sizes in a shape that words speak of: those of rows, of columns, of a map."""
    for said in (words.said.partition("|")[2][:12], words.clause):
        rows, columns = (kind.search(said) is not None for kind in (ROWS, COLUMNS))
        if len(shape) > 1 and rows != columns:
            return shape[-2:-1] if rows else shape[-1:]
    return shape if words.last(CHANNELS) >= 0 else shape[-2:]


def left_out_of(parts: Named, value: Size) -> str:
    """Say which of the arrays counted together may be missing in a number; the fewest first."""
    for count in range(len(parts) - 1, 0, -1):
        ways = [[name for name, n in parts if (name, n) not in some]
                for some in combinations(parts, count) if sum(n for _, n in some) == value]
        if ways:
            return "; or: ".join(f"{' and '.join(way)} {'are' if len(way) > 1 else 'is'} {LEFT_OUT}"
                                 for way in ways[:MOST_WAYS])
    return ""
