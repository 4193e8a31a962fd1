"""Reading the keys of a mapping: each known one by its own reader, every other one refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from derive.errors import DeriveError, nearest
from derive.languages import known
from derive.question.faults import Faults
from derive.question.numbers import number
from derive.question.source import Listing, Mapping_, Node, Scalar

__all__ = ["asked", "choice", "each", "entries", "fields", "integer", "mapping", "marks", "record",
           "scalar", "spoken", "text", "texts", "truth"]

Read = TypeVar("Read")
Item = TypeVar("Item")
Part = TypeVar("Part", bound=Node)


def mapping(node: Node | None, what: str, example: str, faults: Faults) -> Mapping_ | None:
    """Return *node* where it is a mapping; None, with a fault, where it is something else."""
    if node is None or isinstance(node, Mapping_):
        return node
    faults.add(f"{what} is a mapping", node.place, f"write {example}")
    return None


def entries(node: Mapping_ | None) -> Iterator[tuple[Scalar, Node]]:
    """The entries of a mapping; none where there is no mapping."""
    return iter(node.items if node is not None else ())


def fields(node: Mapping_ | None, readers: Mapping[str, Callable[[Node], Read]], where: str,
           faults: Faults, later: Iterable[str] = ()) -> dict[str, Read]:
    """Read the entries of a mapping with the reader of each key.

    Keys that are not known are reported with the nearest one; those in *later* by their name.
    """
    found: dict[str, Read] = {}
    for key, node_of in entries(node):
        with faults.caught():
            if key.text not in readers:
                raise _unknown(key, readers, where, later)
            found[key.text] = readers[key.text](node_of)
    return found


def record(node: Mapping_, readers: Mapping[str, Callable[[Node], Any]], where: str
           ) -> dict[str, Any]:
    """Read a small mapping whole, or raise everything that is wrong in it."""
    faults = Faults()
    found = fields(node, readers, where, faults)
    faults.report()
    return found


def each(nodes: Iterable[Part], read: Callable[[Part], Item]) -> tuple[Item, ...]:
    """Read all items, or raise everything that is wrong with them."""
    faults, found = Faults(), []
    for node in nodes:
        with faults.caught():
            found.append(read(node))
    faults.report()
    return tuple(found)


def _unknown(key: Scalar, known: Iterable[str], where: str, later: Iterable[str]) -> DeriveError:
    if key.text in later:
        return DeriveError(f"`{key.text}` is not supported yet in {where}", key.place,
                           "take it out of the file")
    remedy = nearest(key.text, known) or f"known here: {', '.join(known)}"
    return DeriveError(f"unknown key `{key.text}` in {where}", key.place, remedy)


def spoken(node: Node) -> str:
    """Return the code of a language that sheets can be written in."""
    try:
        return known(text(node))
    except DeriveError as error:
        raise DeriveError(error.message, node.place, error.remedy) from None


def text(node: Node) -> str:
    """Return the text of a scalar."""
    return scalar(node).text.strip()


def scalar(node: Node) -> Scalar:
    if isinstance(node, Scalar):
        return node
    what = "a list" if isinstance(node, Listing) else "a mapping"
    raise DeriveError(f"{what} stands where a text belongs", node.place,
                      "put it in quotes where it is meant as text")


def texts(node: Node) -> list[Scalar]:
    """Return one text, or the texts of a list."""
    nodes = node.items if isinstance(node, Listing) else (node,)
    found = [scalar(item) for item in nodes]
    for item in found:
        if not item.text.strip():
            raise DeriveError("nothing stands here", item.place)
        if not item.style and not _balanced(item.text):
            raise DeriveError(f"`{item.text}` is cut off in the middle of a bracket", item.place,
                              "quote text that holds brackets or commas")
    return found


def asked(node: Node) -> tuple[Scalar, ...]:
    """Return one text, or the texts of a list that is not empty."""
    if isinstance(node, Listing) and not node.items:
        raise DeriveError("an empty list asks for nothing", node.place, "leave the key out")
    return tuple(texts(node))


def _balanced(source: str) -> bool:
    return all(source.count(a) == source.count(b) for a, b in ("()", "[]", "{}"))


def choice(known: Iterable[str]) -> Callable[[Node], str]:
    """Make a reader that accepts the given words only."""
    def read(node: Node) -> str:
        word = text(node)
        if word not in known:
            remedy = nearest(word, known) or f"one of: {', '.join(known)}"
            raise DeriveError(f"`{word}` is not a choice here", node.place, remedy)
        return word
    return read


def integer(least: int, most: int) -> Callable[[Node], int]:
    """Make a reader that accepts the integers from *least* to *most*."""
    def read(node: Node) -> int:
        word = text(node)
        plain = word.isascii() and word.isdigit() and len(word) <= len(str(most))
        if not plain or not least <= int(word) <= most:
            raise DeriveError(f"`{word}` is not a number from {least} to {most}", node.place)
        return int(word)
    return read


def marks(node: Node) -> Fraction:
    """Read what something is worth: 3, 1/2."""
    found = number(scalar(node))
    if not 0 <= found <= 10_000:
        raise DeriveError(f"{text(node)} marks cannot be given", node.place,
                          "write a number from 0 on, as in 3 or 1/2")
    return found


def truth(node: Node) -> bool:
    """Return what ``true`` or ``false`` says."""
    return choice(("true", "false"))(node) == "true"
