"""``given``: the numbers of a question, one array for a quantity or one for each of its members."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from derive.errors import DeriveError
from derive.expr.shapes import say
from derive.question.faults import Faults
from derive.question.makers import MOST_ENTRIES, Array, Real, packed
from derive.question.numbers import value
from derive.question.question import Given
from derive.question.source import Listing, Mapping_, Node, Scalar

__all__ = ["array", "given"]

Sizes = Mapping[str, int]
POSITIONS = re.compile(r"\(?\s*-?\d{1,9}(\s*,\s*-?\d{1,9})*\s*\)?", re.ASCII)


def given(name: str, node: Node, sizes: Sizes, faults: Faults) -> Given | None:
    """Read the numbers of one quantity: ``[1, 2]``, or by index ``{0: [1, 2], 1: [3, 4]}``.

    None where that cannot be made out; what is wrong is added to *faults*.
    """
    if isinstance(node, Mapping_):
        return _series(name, node, sizes, faults)
    values = array(node, sizes, faults)
    return None if values is None else Given(name, {(): values})


def _series(name: str, node: Mapping_, sizes: Sizes, faults: Faults) -> Given | None:
    if not node.items:
        faults.add(f"`{name}` has no values", node.place, f"write {name}: {{0: ..., 1: ...}}")
    members: dict[tuple[int, ...], Array] = {}
    for key, part in node.items:
        at, values = _positions(key, faults), array(part, sizes, faults)
        if at in members:
            faults.add(f"`{name}[{key.text}]` is given twice", key.place, "keep one of them")
        elif at is None or values is None:
            return None
        else:
            members[at] = values
    alike = members and _all_alike(name, node, members, faults)
    return Given(name, members) if alike else None


def _positions(key: Scalar, faults: Faults) -> tuple[int, ...] | None:
    """Read the key of a member: ``0``, ``-1``, ``"0,1"`` for two indices."""
    text = key.text.strip()
    if POSITIONS.fullmatch(text):
        return tuple(int(part) for part in text.strip("()").split(","))
    faults.add(f"`{text}` is not a position of an index", key.place,
               'write {0: ..., 1: ...}, or {"0,1": ...} for two indices')
    return None


def _all_alike(name: str, node: Mapping_, members: Mapping[tuple[int, ...], Array],
               faults: Faults) -> bool:
    """Members have one shape and as many positions each; the odd one out is named."""
    places = [part.place for _, part in node.items]
    kinds: tuple[tuple[list[Any], Callable[[Any], str]], ...] = (
        ([len(at) for at in members], lambda n: f"given with {n} position{'s'[:n > 1]}"),
        ([a.shape for a in members.values()], say),
    )
    for values, describe in kinds:
        usual, odd = _odd_one(values)
        if odd is not None:
            at = ",".join(map(str, list(members)[odd]))
            faults.add(f"`{name}[{at}]` is {describe(values[odd])}, the others are "
                       f"{describe(usual)}", places[odd], "give all members one shape")
            return False
    return True


def _odd_one(values: Sequence[Any]) -> tuple[Any, int | None]:
    usual = Counter(values).most_common(1)[0][0]
    return usual, next((i for i, v in enumerate(values) if v != usual), None)


class _Block(NamedTuple):
    """Numbers in row-major order, with their shape."""

    shape: tuple[int, ...]
    cells: Sequence[Real]


def array(node: Node, sizes: Sizes, faults: Faults) -> Array | None:
    """Read a number, nested lists of numbers, or text such as ``zeros(3)``, as one array.

    A cell that cannot be read is reported and counts as 0; None where no shape is left to see.
    """
    before = len(faults.errors)
    block = BLOCKS[type(node)](node, sizes, faults)
    text_for_array = isinstance(node, Scalar) and len(faults.errors) > before
    return None if block is None or text_for_array else packed(block.cells, block.shape)


def _scalar(node: Scalar, sizes: Sizes, faults: Faults) -> _Block:
    try:
        found = value(node, sizes)
    except DeriveError as error:
        faults.errors.append(error)
        return _Block((), (Fraction(0),))
    if isinstance(found, np.ndarray):
        return _Block(found.shape, found.ravel().tolist())
    return _Block((), (found,))


def _listing(node: Listing, sizes: Sizes, faults: Faults) -> _Block | None:
    blocks = [BLOCKS[type(part)](part, sizes, faults) for part in node.items]
    if not blocks:
        faults.add("an empty list has no shape", node.place, "put numbers in it, or zeros(3)")
    whole = [b for b in blocks if b is not None]
    if not whole or len(whole) < len(blocks):
        return None
    usual, odd = _odd_one([b.shape for b in whole])
    if odd is not None:
        faults.add(f"a ragged array: item {odd + 1} of {len(whole)} is {say(whole[odd].shape)}, "
                   f"the others are {say(usual)}", node.items[odd].place,
                   "give every row as many numbers")
        return None
    if sum(len(block.cells) for block in whole) > MOST_ENTRIES:
        faults.add(f"more than {MOST_ENTRIES} numbers in one array", node.place)
        return None
    return _Block((len(whole), *usual), [cell for block in whole for cell in block.cells])


def _mapping(node: Mapping_, sizes: Sizes, faults: Faults) -> None:
    faults.add("a mapping stands where numbers belong", node.place,
               "only the members of a series are given by index, as in x: {0: [1, 2], 1: [3, 4]}")


BLOCKS: dict[type, Callable[[Any, Sizes, Faults], _Block | None]] = {
    Scalar: _scalar, Listing: _listing, Mapping_: _mapping,
}
