"""A recurrence unrolled: the members of its series, step by step, with what each one reads.

Long series show their first steps, those that are asked about and the last, with dots between. A
length that is a symbol is given a number while the members are found; its last steps are called
T - 1, T again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from derive.calculus.system import System
from derive.errors import DeriveError
from derive.expr.equation import Family
from derive.expr.integers import IntLike, named, names_in, put
from derive.expr.nodes import Range, Ref, Symbol
from derive.expr.positions import assignments, moved
from derive.expr.walk import at
from derive.question.question import Question
from derive.solution.pictures.flow import lit, on_a_way
from derive.solution.pictures.network import Link, Network, Role, Vertex
from derive.solution.pictures.ranks import longest_paths
from derive.solution.pictures.readings import general_readings, readings
from derive.syntax.write_text import write

__all__ = ["unrolled"]

LENGTH = 11         # stands for a length that is a symbol
MIDDLE = 6          # stands for the position that is asked about, where it is a letter
SHOWN = (6, 6, 4, 3)     # steps that a page takes, by how many quantities stand side by side in one
NEAR = 4            # so close to the end a position is counted from there
MOST = 60_000
Pair = tuple[Ref, Ref]


def unrolled(question: Question, system: System, top: Symbol | None = None,
             bottom: Symbol | None = None) -> Network:
    """Return the unrolled graph; the ways from *bottom* up to *top* stand out."""
    if not question.indices:
        raise DeriveError("no quantity of this model has an index, so there is nothing to unroll",
                          remedy="draw --kind graph")
    ends = [end for end in (bottom, top) if end is not None]
    letters = {n: MIDDLE for end in ends for place in end.index for n in names_in(place)
               if n in question.indices}
    drawing = _Unrolled(question, system, {**dict.fromkeys(question.sizes, LENGTH), **letters},
                        frozenset(letters))
    fixed = [at(end, drawing.env) for end in ends]
    for end in fixed:
        if end not in drawing.members:
            raise DeriveError(f"{write(end)} is not among the members of the model")
    return drawing.network(fixed)


@dataclass
class _Unrolled:
    """All members, and those that are shown; `env` puts numbers in for lengths and letters."""

    question: Question
    system: System
    env: Mapping[str, IntLike]
    letters: frozenset[str]
    links: dict[tuple[str, str], Link] = field(default_factory=dict)

    @cached_property
    def pairs(self) -> dict[Pair, bool]:
        """Return who is read by whom, and whether a derivative comes through."""
        found: dict[Pair, bool] = {}
        lengths = {n: v for n, v in self.env.items() if n not in self.letters}
        for equation in (e.put(lengths) for e in self.system.equations):
            for env in assignments(equation.domain, {}):
                target = at(equation.target, env)
                for ref, flows in readings(equation.rhs, env):
                    found[ref, target] = found.get((ref, target), False) or flows
            if len(found) > MOST:
                raise DeriveError(f"more than {MOST} links are too many for a picture",
                                  remedy="draw --kind graph")
        return found

    @cached_property
    def members(self) -> dict[Ref, Role]:
        found: dict[Ref, Role] = {}
        for start, end in self.pairs:
            found.setdefault(start, "given")
            found[end] = "defined"
        lengths = {n: v for n, v in self.env.items() if n not in self.letters}
        for equation in (e.put(lengths) for e in self.system.equations):
            for env in assignments(equation.domain, {}):    # those that read nothing
                found[at(equation.target, env)] = "defined"
        return found

    @cached_property
    def column_letter(self) -> str:
        """Return the index that goes from left to right: one in a recurrence, along which most
        series run that have no other index.
        """
        found = [n for e in self.system.equations for ref, _ in general_readings(e.rhs)
                 for n in self._shifted(ref)]
        alone = [self.system.families[n].indices for n in self.system.by_target]
        letters = [n for n in self.question.indices if n in found] or [*self.question.indices]
        return max(letters, key=lambda n: alone.count((n,)))

    def _shifted(self, ref: Ref) -> Iterator[str]:
        family = self.system.families.get(ref.family)
        for letter, place in zip(family.indices if family else (), ref.index, strict=False):
            if names_in(place) and not str(place).isidentifier():
                yield letter

    def place(self, ref: Ref) -> int | None:
        """Return which of its positions is the step of a member; None where it has no index."""
        family = self.system.families.get(ref.family)
        letters = family.indices if family else ()
        if not ref.index:
            return None
        if self.column_letter in letters:
            return letters.index(self.column_letter)
        of_layers = ref.family not in self.system.by_target and self.beside & set(letters)
        return None if of_layers else 0

    @cached_property
    def beside(self) -> set[str]:
        """Return the indices that stand beside that of the columns: layers, in h[l, t]."""
        both = [f.indices for f in self.system.families.values()
                if self.column_letter in f.indices]
        return {n for indices in both for n in indices} - {self.column_letter}

    def step(self, ref: Ref) -> int | None:
        place = self.place(ref)
        found = None if place is None else ref.index[place]
        return found if isinstance(found, int) else None

    def series(self, ref: Ref) -> str:
        """Name the row of a member: its series, with the positions that are no steps."""
        place = self.place(ref)
        others = [str(p) for k, p in enumerate(ref.index) if k != place]
        return f"{ref.family}[{','.join(others)}]" if others else ref.family

    def shown(self, ends: Sequence[Ref]) -> list[int]:
        """Return the steps that are shown: all of a short series, else some of them."""
        steps = sorted({s for m, role in self.members.items()
                        if role == "defined" and (s := self.step(m)) is not None})
        others = {s for m in self.members if (s := self.step(m)) is not None} - set(steps)
        if not steps:
            steps, others = sorted(others), set()
        room = SHOWN[min(self.breadth, len(SHOWN)) - 1]
        if len(steps) > room:
            asked = [s for end in ends if (s := self.step(end)) is not None]
            wanted = dict.fromkeys([steps[0], steps[-1], *asked, steps[1],
                                    *(s + 1 for s in asked), steps[-2],
                                    *(s - 1 for s in asked), steps[2]])
            most = max(room - 1, 2 + len(set(asked) - {steps[0], steps[-1]}))
            found = sorted([s for s in wanted if s in steps][:most])
        else:
            found = steps
        return sorted({*found, *(s for s in others if s < steps[0] or s > steps[-1])})

    @cached_property
    def breadth(self) -> int:
        """Return how many series of one step stand side by side at most."""
        pairs = {(self.series(a), self.series(b)) for a, b in self.pairs
                 if self.step(a) == self.step(b) is not None}
        names = list(dict.fromkeys(self.series(m) for m in self.members
                                   if self.step(m) is not None))
        layer = longest_paths(names, sorted(pairs))
        return max(Counter(layer[n] for n in names).values(), default=1)

    @cached_property
    def carried(self) -> set[str]:
        """Return the series that other steps read, or what belongs to no step."""
        found = {self.series(a) for a, b in self.pairs
                 if self.step(a) is not None and self.step(a) != self.step(b)}
        return found or {self.series(m) for m in self.members}

    def network(self, ends: Sequence[Ref]) -> Network:
        columns = _columns(self.shown(ends), sorted(
            {s for m in self.members if (s := self.step(m)) is not None}))
        vertices: dict[str, Vertex] = {}
        names: dict[Ref, str] = {}
        for member in self._in_order():
            role, step = self.members[member], self.step(member)
            if step is not None and columns[step].is_gap and (
                    self.series(member) not in self.carried):
                continue
            vertex = self._vertex(member, role, None if step is None else columns[step])
            vertices.setdefault(vertex.name, vertex)
            names[member] = vertex.name
        self._join(names, vertices, columns)
        network = Network(tuple(vertices.values()), tuple(self.links.values()), steps=True)
        if len(ends) < 2:
            return network
        flowing = [pair for pair, flows in self.pairs.items() if flows]
        ways = on_a_way([(_name(a), _name(b)) for a, b in flowing],
                        [_name(ends[0])], [_name(ends[1])])
        by_name = {_name(member): member for member in self.members}
        shown = {self._drawn((by_name[a], by_name[b]), names, columns) for a, b in ways}
        return lit(network, {pair for pair in shown if pair is not None},
                   [names[end] for end in ends])

    def _in_order(self) -> Iterator[Ref]:
        """Yield the members as they were met, those of one family and step by their positions."""
        beside: dict[tuple[str, int | None], list[Ref]] = {}
        for member in self.members:
            beside.setdefault((member.family, self.step(member)), []).append(member)
        following = {key: iter(sorted(own, key=_positions)) for key, own in beside.items()}
        for member in self.members:
            yield next(following[member.family, self.step(member)])

    def _vertex(self, member: Ref, role: Role, column: _Column | None) -> Vertex:
        series = self.series(member)
        if column is not None and column.is_gap:
            return Vertex(f"{series} ... {column.number}", r"$\cdots$", "dots", (), column.number,
                          series)
        return Vertex(_name(member), self._called(member), role, (),
                      None if column is None else column.number, series)

    def _join(self, names: Mapping[Ref, str], vertices: Mapping[str, Vertex],
              columns: Mapping[int, _Column]) -> None:
        """Add the links between what is shown; what goes into a gap goes to the dots of its row."""
        for pair in self.pairs:
            found = self._drawn(pair, names, columns)
            if found is not None and found[0] in vertices and found[1] in vertices:
                self.links.setdefault(found, Link(*found))

    def _drawn(self, pair: Pair, names: Mapping[Ref, str], columns: Mapping[int, _Column]
               ) -> tuple[str, str] | None:
        """Return the link that shows a link between members, None where none does."""
        places = [None if (step := self.step(m)) is None else columns[step] for m in pair]
        gaps = [p.number if p is not None and p.is_gap else None for p in places]
        if gaps == [None, None]:
            return names[pair[0]], names[pair[1]]
        if None in places or None not in gaps:
            return None     # to or from what has no step, or from gap to gap
        start = names.get(pair[0], "")
        if gaps[0] is not None:
            return start, names[pair[1]]
        return start, f"{self.series(pair[0])} ... {gaps[1]}"

    def _called(self, member: Ref) -> Ref:
        """Return a member as it is called: close to the end of a symbolic range from there."""
        family = self.system.families.get(member.family)
        if family is None or not self.env:
            return member
        return moved(member, tuple(self._position(letter, place) for letter, place in zip(
            _letters(family, member), member.index, strict=True)))

    def _position(self, letter: str, place: IntLike) -> IntLike:
        bounds = self.question.indices.get(letter)
        if self.letters and isinstance(place, int) and abs(place - MIDDLE) <= 1:
            asked = next(iter(self.letters))
            return named(asked) + (place - MIDDLE)
        if bounds is None or not isinstance(place, int):
            return place
        last = _last(bounds, self.env)
        return place if last is None or last[1] - place > NEAR else last[0] - (last[1] - place)


def _letters(family: Family, member: Ref) -> Sequence[str]:
    return family.indices if len(family.indices) == len(member.index) else (
        [""] * len(member.index))


def _last(bounds: Range, env: Mapping[str, IntLike]) -> tuple[IntLike, int] | None:
    """Return the symbol at which a range ends, and the number that stands for it."""
    end = bounds.hi
    value = put(end, env)
    return (end, value) if names_in(end) and isinstance(value, int) else None


def _name(member: Ref) -> str:
    return write(member)


@dataclass(frozen=True)
class _Column:
    number: int
    is_gap: bool


def _columns(shown: Sequence[int], steps: Sequence[int]) -> dict[int, _Column]:
    """Number the columns; steps that are left out between two share one for their dots."""
    found: dict[int, _Column] = {}
    number, before_was_gap = -1, False
    for step in steps:
        gap = step not in shown
        if not (gap and before_was_gap):
            number += 1
        found[step] = _Column(number, gap)
        before_was_gap = gap
    return found


def _positions(ref: Ref) -> list[tuple[bool, int, str]]:
    """Return what members of one family are sorted by: numbers before letters."""
    return [(False, p, "") if isinstance(p, int) else (True, 0, str(p)) for p in ref.index]
