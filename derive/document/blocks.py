"""The blocks of a sheet: what stands on it, in which order, and nothing about how it looks.

Mathematics stands in a block as `Expr`, `Line` or `Sentence`; a plain ``str`` is the text of the
question's author. Every format has one macro per class here, named after it in small letters,
and one for each exhibit that a step may show (`derive.solution.exhibits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from derive.expr.nodes import Expr
from derive.solution.exhibits import Exhibit
from derive.solution.pictures.network import Network
from derive.solution.step import Line
from derive.solution.words import Sentence

__all__ = [
    "BLOCKS", "Anchor", "Answer", "Block", "Contents", "Conventions", "Entry", "Given", "Heading",
    "Item", "Marks", "Model", "Paragraph", "QuestionHead", "Remark", "Summary", "Title", "Working",
]


@dataclass(frozen=True)
class Block:
    """Any piece of a sheet."""


@dataclass(frozen=True)
class Title(Block):
    """What the sheet is called and who wrote it; `marks` is what all its parts are worth."""

    text: str
    marks: Fraction | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One question in the contents of a set: its title, its parts, what they are worth.

    `method` and `value` divide the marks of a part in a marking scheme; `wanted` says what it asks
    where its author does not.
    """

    title: str
    labels: tuple[str, ...]
    marks: Fraction | None = None
    method: Fraction | None = None
    value: Fraction | None = None
    wanted: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Contents(Block):
    """The questions of a set; `marks` is what they are worth together.

    `by_part`: in a marking scheme every part is an entry.
    """

    entries: tuple[Entry, ...]
    marks: Fraction | None = None
    by_part: bool = False


@dataclass(frozen=True)
class QuestionHead(Block):
    """Where a question of a set begins."""

    text: str
    marks: Fraction | None = None


@dataclass(frozen=True)
class Given(Block):
    """Symbols with their values; no value: the symbol stands for any of its shape; None: dots.

    `level` is that of its heading, as in the blocks below.
    """

    entries: tuple[tuple[Expr, Expr | None] | None, ...]
    level: int = 2


@dataclass(frozen=True)
class Model(Block):
    """The equations of the question, each with the positions for which it holds.

    `calls` are cells and layers that stand as one line each, `behind` their equations.
    """

    lines: tuple[Line, ...]
    level: int = 2
    calls: tuple[Sentence, ...] = ()
    behind: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Conventions(Block):
    """What the sheet takes for granted, one sentence each."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Heading(Block):
    """A part of the question: its label, what it asks, what it is worth.

    `wanted` says what is asked where the author does not; `words` is the length asked for.
    """

    label: str
    ask: str
    wanted: tuple[Sentence, ...] = ()
    marks: Fraction | None = None
    words: int | None = None
    level: int = 2


@dataclass(frozen=True)
class Remark(Block):
    """A note of the question's author; an empty line parts paragraphs."""

    text: str


@dataclass(frozen=True)
class Anchor(Block):
    """The place where a step begins: invisible, for whoever refers to it by its id."""

    step: str


@dataclass(frozen=True)
class Paragraph(Block):
    """Sentences, perhaps with a few leading words that name what follows.

    `after` tells that they are about the lines before them, and stay on their page.
    """

    sentences: tuple[Sentence, ...] = ()
    lead: Sentence | None = None
    after: bool = False


@dataclass(frozen=True)
class Working(Block):
    """Lines of working, aligned at their relations; `goes_on`: a sentence about them follows."""

    lines: tuple[Line, ...]
    goes_on: bool = False


@dataclass(frozen=True)
class Answer(Block):
    """Working that ends in what was asked; `boxed` tells which of its lines are the answer."""

    lines: tuple[Line, ...]
    boxed: tuple[bool, ...]
    goes_on: bool = False


@dataclass(frozen=True)
class Marks(Block):
    """What the lines above are worth."""

    amount: Fraction


@dataclass(frozen=True)
class Summary(Block):
    """What was checked, and how it came out, in one sentence."""

    text: Sentence


Item = Block | Exhibit
# the exhibit of a module of its own is named, so that the table does not depend on what was loaded
EXHIBITS = dict.fromkeys((*Exhibit.__subclasses__(), Network))
BLOCKS: tuple[type[Item], ...] = (*Block.__subclasses__(), *EXHIBITS)
