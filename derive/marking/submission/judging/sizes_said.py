r"""Sizes and counts that a submission says by names of its own: H_{out} = H - 1, N = 3 \cdot 17.

Where a part asks for a shape or a number of entries, such names are known by what they are called,
and by the words before them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod

from derive.expr.integers import IntLike
from derive.expr.nodes import Dimension
from derive.marking.submission.claims import Judgement, Side, Statement
from derive.marking.submission.judging.arithmetic import is_of_windows
from derive.marking.submission.judging.bare_shapes import BareShapes
from derive.marking.submission.judging.channels_said import ChannelsSaid
from derive.marking.submission.judging.claiming import Claiming
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.neighbours import Neighbours
from derive.marking.submission.judging.plain_counts import (
    FLOOR,
    FOLLOWS,
    WINDOWS,
    PlainCounts,
    left_out_of,
    number_of,
    size_of,
)
from derive.marking.submission.judging.spaces import Spaces
from derive.marking.submission.judging.spoken import UNSAID
from derive.question.keys.count import Count
from derive.question.keys.shape import Shaped
from derive.syntax.read_latex.tree import Name, Product, Scripted

__all__ = ["SizesSaid"]

Sizes = tuple[IntLike, ...]
ROWS = re.compile(r"(?:h|o?h|n|m)_?(?:o|out|new|y|rows?|h|height|v(?:ert(?:ical)?)?)|rows?|height|"
                  r"h(?:eight)?_?out(?:put)?|h'|out_?h(?:eight)?")
COLUMNS = re.compile(r"(?:w|o?w|n|m)_?(?:o|out|new|y|col(?:umn)?s?|w|width|hor(?:izontal)?)|"
                     r"col(?:umn)?s?|width|w(?:idth)?_?out(?:put)?|w'|out_?w(?:idth)?")
MADE = re.compile(r"(?:c|n|d|k)_?(?:o|out|f(?:ilters?)?|channels?out|outchannels?)|out_?channels?|"
                  r"channels?_?out|n?_?filters?")
TAKEN = re.compile(r"(?:c|n|d)_?(?:i|in|inchannels?)|in_?channels?|channels?_?in|depth")
COUNTED = re.compile(r"#.*|(?:n|p|#)(?:_?(?:params?|parameters?|p|theta|\\theta|total|weights?))?|"
                     r"params?|parameters|total|anzahl|\|(?:\\?theta|params?|parameters)\|")
CERTAIN = re.compile(r"#\W*(?:theta|param|weights)|\|theta|param")
PARAMETERS = re.compile(r"param|weights|gewichte", re.IGNORECASE)
BEFORE = 200        # characters in which the words stand that say what is counted


@dataclass
class SizesSaid:
    """What names of sizes mean in one submission."""

    marker: Marker
    claiming: Claiming
    spaces: Spaces

    def __post_init__(self) -> None:
        self._shapes = BareShapes(self.spaces, self.claiming.text)
        self._counts_said = PlainCounts(self.marker, self.claiming, self._shapes)

    def of(self, statement: Statement) -> list[Judgement] | None:
        """Judge a statement about a size; None where it is about something else."""
        first, relation = statement.sides[0], statement.relations[:1]
        named = relation in (("=",), ("≈",)) and first is not None and not isinstance(
            first.expr, Dimension)
        found = self._meant(first, statement) if named and first is not None else None
        return self._counts_said.of(statement) if found is None else list(
            self._judged(statement, *found))

    def with_shapes(self, said: Sequence[Judgement]) -> list[Judgement]:
        """Return what was said, and what is thought of what stands in prose alone."""
        shapes = [*self._shapes.judged(said),
                  *Neighbours(self.marker.question).judged(self.claiming.text, said),
                  *ChannelsSaid(self.marker.question).judged(self.claiming.text, said)]
        spans = [j.claim.span for j in shapes]
        kept = (j for j in said if j.reason != UNSAID or all(
            j.claim.span[0] >= end or start >= j.claim.span[1] for start, end in spans))
        return sorted((*kept, *shapes), key=lambda j: j.claim.span[0])

    # what is asked for

    def _asked(self, statement: Statement) -> Iterator[Sizes]:
        """Yield the shapes that parts ask for, those of the part at hand where it asks for some."""
        parts = self.marker.question.parts
        own = [part for part in parts if part.label == statement.label]
        for chosen in (own, parts):
            found = [ref.shape for part in chosen for task in part.tasks
                     if isinstance(task, Shaped) for ref in task.subjects]
            if found:
                yield from found
                return

    def _counts(self) -> Iterator[tuple[str, tuple[tuple[str, IntLike], ...]]]:
        """Yield what is counted together, name by name."""
        for part in self.marker.question.parts:
            for task in part.tasks:
                if isinstance(task, Count):
                    yield task.together or "the number", tuple(
                        (symbol.name, prod(symbol.shape)) for symbol in task.counted)

    def _inputs(self) -> Iterator[IntLike]:
        """Yield how many channels go into filters of four axes."""
        yield from (family.shape[1] for family in self.marker.solver.question.families.values()
                    if len(family.shape) == 4)

    def _meant(self, first: Side, statement: Statement) -> tuple[str, list[IntLike]] | None:
        """Return what a name is called, and the sizes that it may be."""
        name = _plain(first)
        shapes = list(self._asked(statement))
        ways: Mapping[re.Pattern[str], tuple[str, list[IntLike]]] = {
            ROWS: ("the number of rows", [s[-2] for s in shapes if len(s) > 1]),
            COLUMNS: ("the number of columns", [s[-1] for s in shapes if len(s) > 1]),
            MADE: ("the number of channels out", [s[0] for s in shapes if len(s) == 3]),
            TAKEN: ("the number of channels in", list(self._inputs()))}
        for pattern, (called, sizes) in ways.items():
            if name and pattern.fullmatch(name) and sizes and not self._is_known(first):
                return called, sizes
        counts = [sum(n for _, n in parts) for _, parts in self._counts()]
        text = self.claiming.text[max(first.span[0] - BEFORE, 0):first.span[1]]
        counted = COUNTED.fullmatch(name) and (PARAMETERS.search(text) or CERTAIN.match(name))
        if counts and first.expr is None and counted:
            return "the number of parameters", counts
        return None

    def _is_known(self, first: Side) -> bool:
        """True for a name of the question, of which C_{out} is no entry."""
        node = first.node
        subs = node.subs if isinstance(node, Scripted) else ()
        words = any(isinstance(sub, Product) or (isinstance(sub, Name) and len(sub.stem) > 1)
                    for sub in subs)
        return first.expr is not None and not words

    # verdicts

    def _judged(self, statement: Statement, called: str, sizes: Sequence[IntLike]
                ) -> Iterator[Judgement]:
        before: IntLike | Fraction | None = None
        right = ", ".join(dict.fromkeys(map(str, sizes)))
        for side, relation in zip(statement.sides[1:], statement.relations, strict=False):
            if side is None:
                continue
            value = size_of(side)
            claim = replace(self.claiming.of(None, side, relation, statement), of=called,
                            expr=number_of(value))
            if value is None and is_of_windows(side.node):
                yield Judgement(claim, "right", WINDOWS)
            elif value is None:
                yield Judgement(claim, "unread", side.fault or "this is no size")
            elif value in sizes:
                yield Judgement(claim, "right", f"right: {called}")
            elif value == before:
                yield Judgement(claim, "follow_through", FOLLOWS)
            elif isinstance(value, Fraction) and math.floor(value) in sizes:
                yield Judgement(claim, "notation", FLOOR)
            else:
                left_out = next((said for _, parts in self._counts()
                                 if (said := left_out_of(parts, value))), "")
                yield Judgement(claim, "wrong", left_out or f"wrong: {called} is {right}",
                                "left out" if left_out else None, expected=right)
            before = value if value is not None else before


def _plain(side: Side) -> str:
    r"""Return a name without what sets it: h_out of H_{\text{out}}."""
    name = re.sub(r"\\(?:text|mathrm|mathit|operatorname|rm)\b|[{}$\s\\()]", "", side.text)
    return name.casefold()
