"""``index`` and ``symbols``: where indices run, and the shapes of what has no numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from derive.errors import DeriveError, Place, nearest
from derive.expr.integers import names_in, put
from derive.expr.nodes import Range
from derive.expr.shapes import Shape, say
from derive.expr.walk import put_range
from derive.question.faults import Faults
from derive.question.fields import entries, mapping, scalar
from derive.question.functions import Signature, read_signature
from derive.question.names import member, valid_name
from derive.question.question import Given
from derive.question.sizes import read_range, read_shape
from derive.question.source import Node, Scalar

__all__ = ["Declarations", "read_declarations"]

SIZE_WORDS = ("dimension", "length", "size")


@dataclass(slots=True)
class Declarations:
    """What the names of a question stand for, as far as the file says it outright.

    numbers:  sizes with a value (``T: 3`` under ``given``).
    sizes:    sizes and lengths that stay symbols, with the place where each is first named.
    declared: the index names and the shape of a member, of every quantity under ``symbols``.
    functions: what is known of each function there.
    broken:   names whose declaration is wrong; they stand for something all the same.
    """

    numbers: dict[str, int]
    indices: dict[str, Range] = field(default_factory=dict)
    sizes: dict[str, Place] = field(default_factory=dict)
    declared: dict[str, tuple[tuple[str, ...], Shape]] = field(default_factory=dict)
    functions: dict[str, Signature] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)

    def settle(self, given: Mapping[str, Given], faults: Faults) -> None:
        """Compare declared shapes with given arrays: ``W: n x n`` with a 3 x 3 array makes n 3."""
        for name in self.declared.keys() & given.keys():
            array = next(iter(given[name].members.values()))
            self._match(name, tuple(array.shape), faults)
        self.sizes = {n: at for n, at in self.sizes.items() if n not in self.numbers}
        self.declared = {n: (indices, tuple(put(size, self.numbers) for size in shape))
                         for n, (indices, shape) in self.declared.items()}
        self.functions = {n: f.put(self.numbers) for n, f in self.functions.items()}
        self.indices = {n: put_range(bounds, self.numbers) for n, bounds in self.indices.items()}

    def _match(self, name: str, actual: tuple[int, ...], faults: Faults) -> None:
        shape = tuple(put(size, self.numbers) for size in self.declared[name][1])
        if len(actual) > len(shape):  # a series given as a list: its index comes first
            actual = actual[len(self.declared[name][0]):]
        for size, number in zip(shape, actual, strict=False):
            if str(size) in self.sizes:
                self.numbers.setdefault(str(size), number)
        settled = tuple(put(size, self.numbers) for size in shape)
        if settled != actual and all(isinstance(size, int) for size in settled):
            faults.add(f"`{name}` is declared {say(settled)}, but {say(actual)} is given",
                       self.places[name], "change one of them")


def read_declarations(index: Node | None, symbols: Node | None, numbers: Mapping[str, int],
                      faults: Faults) -> Declarations:
    """Read both tables; names that only stand in shapes and ranges are sizes."""
    found = Declarations(dict(numbers))
    for key, node in entries(mapping(index, "`index`", "index: {t: 0..2}", faults)):
        _read_index(key, node, found, faults)
    example = "symbols: {W: n x m, 'x[t]': m, w: scalar}"
    for key, node in entries(mapping(symbols, "`symbols`", example, faults)):
        with faults.caught():
            _read_symbol(key, scalar(node), found)
    _sizes_named(found, faults)
    return found


def _read_index(key: Scalar, node: Node, found: Declarations, faults: Faults) -> None:
    found.places[key.text] = key.place
    # an index whose range cannot be read is still an index: one fault, not one for each use
    found.indices[key.text] = Range((0,), (0,))
    found.broken.add(key.text)
    with faults.caught():
        valid_name(key.text, key.place)
        found.indices[key.text] = read_range(scalar(node), found.numbers)
        found.broken.remove(key.text)


def _read_symbol(key: Scalar, node: Scalar, found: Declarations) -> None:
    name, indices = member(key.text, key.place)
    word = node.text.strip()
    if name in found.places:
        raise DeriveError(f"`{name}` is declared twice, on lines {found.places[name].line} and "
                          f"{key.place.line}", key.place, "keep one of them")
    found.places[name] = key.place
    if re.match(r"function\b", word):
        _read_function(name, indices, key, node, found)
        return
    if word in SIZE_WORDS:
        found.sizes.setdefault(name, key.place)
        return
    for used in indices:
        if used not in found.indices:
            remedy = nearest(used, found.indices) or f"add {used}: 1..T under `index`"
            raise DeriveError(f"unknown index `{used}` in `{key.text}`", key.place, remedy)
    found.broken.add(name)
    found.declared[name] = (indices, _shape(node, found))
    found.broken.remove(name)


def _read_function(name: str, indices: tuple[str, ...], key: Scalar, node: Scalar,
                   found: Declarations) -> None:
    found.functions[name] = Signature(name)     # one fault, not one for each use
    found.broken.add(name)
    if indices:
        raise DeriveError(f"`{key.text}`: a function has no index", key.place,
                          "give every function a name of its own")
    found.functions[name] = read_signature(
        name, node, lambda part: _shape(Scalar(part, node.place, "", node.start), found))
    found.broken.remove(name)


def _shape(node: Scalar, found: Declarations) -> Shape:
    shape = read_shape(node, found.numbers)
    for size in shape:
        varying = names_in(size) & found.indices.keys()
        if varying:
            raise DeriveError(f"a size that varies with `{min(varying)}` is not supported yet",
                              node.place)
        for name in sorted(names_in(size)):
            found.sizes.setdefault(valid_name(name, node.place), node.place)
    return shape


def _sizes_named(found: Declarations, faults: Faults) -> None:
    """Names in ranges are sizes too; a name cannot be a size and a quantity or an index."""
    for index, name in _named_in_ranges(found.indices):
        with faults.caught():
            found.sizes.setdefault(valid_name(name, found.places[index]), found.places[index])
    for name in found.sizes.keys() & {*found.declared, *found.functions, *found.indices}:
        faults.add(f"`{name}` is used as a size, but it is declared as something else",
                   found.places[name], "call one of them something else")
    found.sizes = {name: at for name, at in found.sizes.items() if name not in found.numbers}


def _named_in_ranges(indices: Mapping[str, Range]) -> Iterator[tuple[str, str]]:
    for index, bounds in indices.items():
        for name in sorted(names_in(bounds.lo) | names_in(bounds.hi)):
            if name == index or name not in indices:
                yield index, name
