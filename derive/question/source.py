"""A question file as a small tree of text: YAML's structure, every place kept, nothing resolved.

The tree is built from YAML's events one at a time, so the limits below hold before memory or the
stack feel the file. Scalars stay text (``no``, ``on`` and ``y`` too); there are no anchors, aliases
or tags, and no Python object is ever made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from derive.errors import DeriveError, Place
from derive.question.faults import Faults
from derive.question.source_text import checked_text
from derive.question.yaml_faults import readable

__all__ = ["DEEPEST", "MOST_NODES", "Listing", "Mapping_", "Node", "Scalar", "compose"]

DEEPEST = 60
MOST_NODES = 250_000

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's parser where there is one


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text; `start` is the place of its first character, inside quotes or block."""

    text: str
    place: Place
    style: str  # "" plain, ' or " quoted, | literal, > folded
    start: Place

    def at(self, offset: int) -> Place:
        """Return the place in the file of the character at *offset*."""
        if self.style != "|":
            return Place(self.start.file, self.start.line, self.start.column + offset)
        before = self.text[:offset]
        column = offset - (before.rfind("\n") + 1)
        return Place(self.start.file, self.start.line + before.count("\n"),
                     self.start.column + column)


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping_:
    items: tuple[tuple[Scalar, Node], ...]
    place: Place


Node = Scalar | Listing | Mapping_


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    close: Callable[[_Open, Faults], Node]
    place: Place
    nodes: list[Node] = field(default_factory=list)


def compose(text: str, file: str, faults: Faults) -> Node:
    """Read YAML text into a tree.

    Repeated keys are added to *faults*; where YAML itself is broken, DeriveError is raised.
    """
    text = checked_text(text, file)
    builder = _Builder(text, file, faults)
    try:
        for event in yaml.parse(text, Loader=LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise readable(error, text, file) from None
    if builder.root is None or (isinstance(builder.root, Scalar) and not builder.root.text):
        raise DeriveError("this question file is empty", Place(file, 1, 1),
                          "`derive new FILE` writes one to start from")
    return builder.root


class _Builder:
    """Puts the tree together, without recursion."""

    def __init__(self, text: str, file: str, faults: Faults) -> None:
        self.lines = text.split("\n")
        self.file, self.faults = file, faults
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.count = 0

    def take(self, event: Any) -> None:
        handle = TAKE.get(type(event))
        if handle is not None:
            handle(self, event)

    def place(self, mark: Any) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def scalar(self, event: yaml.ScalarEvent) -> None:
        place, style = self.place(event.start_mark), event.style or ""
        self.put(Scalar(event.value, place, style, self._start(event.value, place, style)), event)

    def _start(self, value: str, place: Place, style: str) -> Place:
        if style not in ("|", ">"):
            return Place(place.file, place.line, place.column + len(style))
        return Place(place.file, place.line + 1, self._indent(value, place) + 1)

    def _indent(self, value: str, place: Place) -> int:
        # a content line is the end of its line in the file: the rest is the block's indentation
        for line, source in zip(value.split("\n"), self.lines[place.line:], strict=False):
            if line:
                return max(len(source) - len(line), 0)
        return 0

    def put(self, node: Node, event: Any) -> None:
        self.count += 1
        if self.count > MOST_NODES:
            raise DeriveError(f"more than {MOST_NODES} values", node.place)
        if getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _unused("anchors (&) and tags (!)", node.place)
        if self.open:
            self.open[-1].nodes.append(node)
        else:
            self.root = node

    def begin(self, event: Any, close: Callable[[_Open, Faults], Node]) -> None:
        place = self.place(event.start_mark)
        if event.anchor or event.tag:
            raise _unused("anchors (&) and tags (!)", place)
        if len(self.open) >= DEEPEST:
            raise DeriveError(f"nested deeper than {DEEPEST} brackets or levels", place)
        self.open.append(_Open(close, place))

    def end(self, event: Any) -> None:
        done = self.open.pop()
        self.put(done.close(done, self.faults), event)

    def document(self, event: Any) -> None:
        if self.root is not None:
            raise DeriveError("a second document (---) starts here", self.place(event.start_mark),
                              "one question per file")

    def alias(self, event: Any) -> None:
        raise _unused("aliases (*)", self.place(event.start_mark))


def _unused(what: str, place: Place) -> DeriveError:
    return DeriveError(f"YAML's {what} are not used in question files", place,
                       "put text that starts with &, * or ! in quotes, or write it out")


def _listing(done: _Open, faults: Faults) -> Listing:
    return Listing(tuple(done.nodes), done.place)


def _mapping(done: _Open, faults: Faults) -> Mapping_:
    found: dict[str, tuple[Scalar, Node]] = {}
    for key, value in zip(done.nodes[::2], done.nodes[1::2], strict=True):
        if not isinstance(key, Scalar):
            faults.add("a key is text, not a list or a mapping", key.place)
        elif key.text in found:
            first = found[key.text][0].place.line
            faults.add(f"`{key.text}` stands here twice, on lines {first} and {key.place.line}",
                       key.place, "keep one of them")
        else:
            found[key.text] = (key, value)
    return Mapping_(tuple(found.values()), done.place)


TAKE: dict[type, Callable[[_Builder, Any], None]] = {
    yaml.ScalarEvent: _Builder.scalar,
    yaml.SequenceStartEvent: lambda self, event: self.begin(event, _listing),
    yaml.MappingStartEvent: lambda self, event: self.begin(event, _mapping),
    yaml.SequenceEndEvent: _Builder.end,
    yaml.MappingEndEvent: _Builder.end,
    yaml.DocumentStartEvent: _Builder.document,
    yaml.AliasEvent: _Builder.alias,
}
