"""Sizes, shapes and index ranges from their text: ``2*n + 1``, ``n x m``, ``0..T-1``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from derive.errors import DeriveError, Place
from derive.expr.integers import IntLike, floored, named, put, text
from derive.expr.nodes import Range
from derive.expr.shapes import Shape
from derive.question.source import Scalar

__all__ = ["integer", "read_range", "read_shape"]

LONGEST = 200
LONGEST_RANGE = 100_000
CHARACTERS = re.compile(r"[\w+\-*/() ]*")
WHOLE = re.compile(r"\d{1,9}", re.ASCII)
TIMES = re.compile(r"\s+x\s+|\s*×\s*|(?<=\d)x(?=\d)")


def integer(source: str, place: Place, remedy: str = "") -> IntLike:
    """Read an integer that may hold names: ``3``, ``n``, ``2*(n + 1) - k``."""
    error = DeriveError(f"`{source.strip()[:40]}` is not a size", place,
                        remedy or "write an integer or a name, as in 3, n or 2*n + 1")
    if not source.strip() or len(source) > LONGEST or not CHARACTERS.fullmatch(source):
        raise error
    try:
        return _worked_out(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, ValueError, KeyError, RecursionError, MemoryError, ZeroDivisionError):
        raise error from None


def _worked_out(node: ast.expr) -> IntLike:
    return RULES[type(node)](node)


def _constant(node: ast.Constant) -> IntLike:
    if type(node.value) is not int or not WHOLE.fullmatch(str(node.value)):
        raise ValueError(node.value)
    return node.value


def _binary(node: ast.BinOp) -> IntLike:
    found = OPERATORS[type(node.op)](_worked_out(node.left), _worked_out(node.right))
    if len(text(found)) > LONGEST:
        raise ValueError("too long")
    return found


RULES: dict[type[ast.expr], Callable[[Any], IntLike]] = {
    ast.Constant: _constant,
    ast.Name: lambda node: named(node.id),
    ast.UnaryOp: lambda node: UNARY[type(node.op)](_worked_out(node.operand)),
    ast.BinOp: _binary,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], IntLike]] = {
    ast.USub: lambda a: -a, ast.UAdd: lambda a: a,
}
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], IntLike]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: floored(a, b),
}


def read_shape(source: Scalar, sizes: Mapping[str, int]) -> Shape:
    """Read ``scalar``, ``n`` (a vector), ``n x m`` or ``2 x 3 x n``."""
    if source.text.strip() == "scalar":
        return ()
    remedy = "write a shape as scalar, n, n x m or 2 x 3"
    shape = tuple(put(integer(part, source.place, remedy), sizes)
                  for part in TIMES.split(source.text.strip()))
    small = next((n for n in shape if isinstance(n, int) and n < 1), None)
    if small is not None:
        raise DeriveError(f"a size is at least 1, not {small}", source.place)
    return shape


def read_range(source: Scalar, sizes: Mapping[str, int]) -> Range:
    """Read ``0..2``, ``1..T``, ``0..n-1``, ``-1..3``: both ends are included."""
    ends = source.text.replace("…", "..").split("..")
    remedy = "write the first and the last value, as in 0..2 or 1..T"
    if len(ends) != 2:
        raise DeriveError(f"`{source.text}` is not a range of an index", source.place, remedy)
    lo, hi = (put(integer(end, source.place, remedy), sizes) for end in ends)
    length = hi - lo
    if isinstance(length, int) and length < 0:
        raise DeriveError(f"the range `{source.text}` is empty: it ends before it starts",
                          source.place, remedy)
    if isinstance(length, int) and length > LONGEST_RANGE:
        raise DeriveError(f"the range `{source.text}` is longer than {LONGEST_RANGE}", source.place,
                          "use a name for the length, as in 1..T, to work with it in symbols")
    return Range((lo,), (hi,))
