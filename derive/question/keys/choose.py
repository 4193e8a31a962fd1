"""``choose``: options to choose from, of which one or several are right, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from derive.errors import DeriveError
from derive.question.binder import Binder
from derive.question.fields import choice, each, record
from derive.question.keys.key import Key
from derive.question.prose import words
from derive.question.question import Task
from derive.question.source import Listing, Mapping_, Node

__all__ = ["CHOOSE", "Choose", "Option"]

MOST = 26
EXAMPLE = 'write - {option: "...", right: true, why: "..."}, one a line'


class Option(NamedTuple):
    """One option, and why it is right or wrong."""

    option: str
    right: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Task):
    """Multiple choice; at least one option is right."""

    options: tuple[Option, ...]


def _read(node: Node) -> tuple[Option, ...]:
    if not isinstance(node, Listing) or not node.items:
        raise DeriveError("`choose` is a list of options", node.place, EXAMPLE)
    if len(node.items) > MOST:
        raise DeriveError(f"more than {MOST} options", node.place, "letters end at z")
    options = each(node.items, _option)
    if not any(option.right for option in options):
        raise DeriveError("none of the options is right", node.place,
                          "mark the right ones with right: true")
    for number, (item, option) in enumerate(zip(node.items, options, strict=True)):
        if option.option in (other.option for other in options[:number]):
            raise DeriveError(f"the option `{option.option}` stands here twice", item.place,
                              "keep one of them")
    return options


def _option(node: Node) -> Option:
    if not isinstance(node, Mapping_):
        raise DeriveError("an option is a mapping", node.place, EXAMPLE)
    found = record(node, READERS, "an option")
    if not found.get("option"):
        raise DeriveError("an option says nothing", node.place, EXAMPLE)
    return Option(**found)


def _bind(found: Sequence[Option], along: Mapping[str, Any], binder: Binder) -> Choose:
    return Choose(options=tuple(found))


def _truth(node: Node) -> bool:
    return TRUTH[choice(TRUTH)(node)]


TRUTH = {"true": True, "false": False, "yes": True, "no": False}
READERS = {"option": words, "right": _truth, "why": words}
CHOOSE = Key("choose", _read, _bind, needs_model=False)
