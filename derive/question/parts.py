"""``parts``: what is asked, before the names in it are looked up in the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError, Place
from derive.question.faults import Faults
from derive.question.fields import fields, integer, marks, text
from derive.question.keys import KEYS, Key
from derive.question.source import Listing, Mapping_, Node

__all__ = ["Asked", "Typed", "read_parts"]

LATER = ("where",)


@dataclass(frozen=True, slots=True)
class Asked:
    """One part as its author typed it; `tasks` hold what its keys ask for, in their order."""

    label: str
    place: Place
    tasks: tuple[Typed, ...] = ()
    marks: Fraction | None = None
    ask: str = ""
    note: str = ""
    words: int | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands behind one key, and behind the keys that go along with it."""

    key: Key
    value: Any
    along: Mapping[str, Any]
    place: Place


def read_parts(node: Node | None, faults: Faults) -> tuple[Asked, ...]:
    """Read the parts; one without a label is called by its number."""
    if node is None:
        return ()
    if not isinstance(node, Listing) or not node.items:
        faults.add("`parts` is a list", node.place, 'write - {label: "1", find: dL/dW}, one a line')
        return ()
    found = [_part(item, str(number), faults) for number, item in enumerate(node.items, start=1)]
    parts = tuple(part for part in found if part is not None)
    _distinct(parts, faults)
    return parts


def _part(node: Node, number: str, faults: Faults) -> Asked | None:
    if not isinstance(node, Mapping_):
        faults.add("a part is a mapping", node.place, 'write - {label: "1", find: dL/dW}')
        return None
    before = len(faults.errors)
    values = fields(node, READERS, "a part", faults, LATER)
    places = {key.text: key.place for key, _ in node.items}
    own = {name: value for name, value in values.items() if name in OWN}
    tasks = tuple(_tasks(values, places, faults))
    asked: Asked = Asked(**{"label": number, "place": node.place, "tasks": tasks, **own})
    if not tasks and len(faults.errors) == before:
        faults.add(f"part {asked.label} asks for nothing", node.place, "add find: ...")
    return asked


def _tasks(values: Mapping[str, Any], places: Mapping[str, Place], faults: Faults
           ) -> Iterator[Typed]:
    """Yield what the keys ask for, each with what stands along with it."""
    used = set(OWN)
    for name in values:
        if name in KEYS:
            key = KEYS[name]
            along = {more: values[more] for more in key.along if more in values}
            used |= {name, *along}
            yield Typed(key, values[name], along, places[name])
    for name in values.keys() - used:
        with_it = [key.name for key in KEYS.values() if name in key.along]
        faults.add(f"`{name}` says nothing by itself", places[name],
                   f"it goes with {' or '.join(f'`{w}`' for w in with_it)}")


def _distinct(parts: tuple[Asked, ...], faults: Faults) -> None:
    first: dict[str, Asked] = {}
    for part in parts:
        known = first.setdefault(part.label, part)
        if known is not part:
            faults.add(f"two parts are labelled {part.label}, on lines {known.place.line} and "
                       f"{part.place.line}", part.place, "give each its own label")


def _label(node: Node) -> str:
    word = text(node)
    if not word or len(word) > 40 or "\n" in word:
        raise DeriveError("a label is a short text", node.place, 'write label: "3.1"')
    return word


OWN: dict[str, Callable[[Node], Any]] = {"label": _label, "marks": marks, "ask": text,
                                         "note": text, "words": integer(1, 10_000)}
READERS: dict[str, Callable[[Node], Any]] = OWN | {
    name: read for key in KEYS.values() for name, read in {key.name: key.read, **key.along}.items()
}
