"""Unknown functions under ``symbols``: ``psi: function``, ``l: function(q, q) -> scalar``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from derive.errors import DeriveError, ShapeError
from derive.expr.integers import IntLike, put
from derive.expr.shapes import Shape, say
from derive.ops.unknown_map import MOST_ARGUMENTS
from derive.question.source import Scalar

__all__ = ["Signature", "read_signature"]

SIGNATURE = re.compile(r"function\s*(?:\((?P<takes>[^()]*(?:\([^()]*\)[^()]*)*)\)"
                       r"\s*(?:->|→)\s*(?P<gives>.+))?")
REMEDY = "write psi: function (entry by entry), or f: function(n, m) -> scalar"


@dataclass(frozen=True, slots=True)
class Signature:
    """What an unknown function takes and gives; without shapes it acts entry by entry."""

    name: str
    takes: tuple[Shape, ...] = ()
    gives: Shape | None = None

    @property
    def is_elementwise(self) -> bool:
        return self.gives is None

    def put(self, sizes: Mapping[str, IntLike]) -> Signature:
        """Put numbers in for sizes."""
        if self.gives is None:
            return self
        takes = tuple(_put(shape, sizes) for shape in self.takes)
        return Signature(self.name, takes, _put(self.gives, sizes))

    def fit(self, shapes: Sequence[Shape]) -> None:
        """Raise a `ShapeError` where arguments of these shapes are not what it takes."""
        wanted = 1 if self.is_elementwise else len(self.takes)
        if len(shapes) != wanted:
            raise ShapeError(f"`{self.name}` takes {wanted} argument{'s'[:wanted != 1]}, "
                             f"not {len(shapes)}")
        for number, (shape, own) in enumerate(zip(shapes, self.takes, strict=False), start=1):
            if shape != own:
                which = f"argument {number} of `{self.name}`"
                raise ShapeError(f"{which} is {say(own)}, not {say(shape)}")


def _put(shape: Shape, sizes: Mapping[str, IntLike]) -> Shape:
    return tuple(put(size, sizes) for size in shape)


def read_signature(name: str, node: Scalar, shape: Callable[[str], Shape]) -> Signature:
    """Read what stands behind the name of a function; *shape* reads one of its shapes."""
    source = node.text.strip()
    if source.count("(") > source.count(")"):
        raise DeriveError(f"`{source}` ends in the middle", node.place,
                          f'quote what holds a comma: {name}: "function(n, m) -> scalar"')
    found = SIGNATURE.fullmatch(source)
    if found is None or (found["gives"] is None and found["takes"] is not None):
        raise DeriveError(f"`{source}` does not say what `{name}` takes and gives",
                          node.place, REMEDY)
    if found["gives"] is None:
        return Signature(name)
    takes = tuple(shape(part.strip()) for part in found["takes"].split(","))
    if len(takes) > MOST_ARGUMENTS:
        raise DeriveError(f"`{name}` takes {len(takes)} arguments", node.place,
                          f"an unknown function has up to {MOST_ARGUMENTS}")
    return Signature(name, takes, shape(found["gives"].strip()))
