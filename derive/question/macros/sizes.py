"""The shapes of a macro's parameters follow from those of its inputs and outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from derive.errors import DeriveError, Place
from derive.expr.integers import Int, IntLike, named, names_in, put
from derive.expr.shapes import Shape
from derive.question.macros.traced import plain
from derive.question.macros.use import Use
from derive.question.sizes import read_shape
from derive.question.source import Scalar

__all__ = ["found_shapes"]


def found_shapes(use: Use, shape_of: Callable[[str], Shape | None]) -> Iterator[tuple[str, Shape]]:
    """Yield the parameters whose shape is not known, with the shape the others give them.

    shape_of: the shape of a text in the model, None where it is not known yet.
    """
    known: dict[str, IntLike] = {}
    missing: dict[str, Shape] = {}
    for name, traced in use.names.items():
        pattern = _pattern(use.macro.shape_text(name, use.chosen))
        shape = shape_of(plain(traced))
        if pattern is None:
            continue
        if shape is None:
            missing[name] = pattern
        elif len(shape) == len(pattern):
            known |= dict(_matched(pattern, shape))
    for name, pattern in missing.items():
        if all(names_in(size) <= known.keys() for size in pattern):
            yield plain(use.names[name]), tuple(put(size, known) for size in pattern)


@cache
def _pattern(text: str) -> Shape | None:
    try:
        return read_shape(Scalar(text, Place(), "", Place()), {}) if text else None
    except DeriveError as error:
        raise AssertionError(f"the shape {text!r} in the table of macros") from error


def _matched(pattern: Shape, shape: Shape) -> Mapping[str, IntLike]:
    """Return what the plain names of a pattern are."""
    return {next(iter(names_in(size))): actual for size, actual in zip(pattern, shape, strict=True)
            if isinstance(size, Int) and size == named(next(iter(names_in(size))))}
