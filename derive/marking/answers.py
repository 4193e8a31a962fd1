"""Reading an answer, in whatever form it comes; text is parsed, never run.

An answer is `Numbers`, a `Formula` in the names of the question, or `Members` of a series by
position. Text is equation syntax (``V.T @ (p - t)``, ``[[1, 2], [3, 4]]``) or LaTeX.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from itertools import count
from numbers import Number as AnyNumber
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr.nodes import Array, Expr, MatrixProduct, Neg, Number, Range, Reduce, Ref
from derive.expr.walk import free_indices, transform, walk
from derive.marking.texts import Names, read_text
from derive.marking.written import (
    LEAST_DIGITS,
    Cell,
    Numbers,
    decimal_cell,
    exact_cell,
    float_cell,
    numbers_of,
)
from derive.numbers.reference import evaluate

__all__ = ["Answer", "Formula", "Members", "as_array", "constant_value", "entry_letters",
           "left_open", "read_answer", "settled", "sizes_are_bearable"]

MOST_ENTRIES = 200_000  # of any array that stands in a formula
MOST_NUMBERS = 1_000_000
MOST_TERMS = 10_000     # of a sum
DEEPEST = 8             # axes of an array


@dataclass(frozen=True)
class Formula:
    """An expression in the names of the question.

    letters: index letters of its own: the formula is one entry, of the result at these places.
    """

    expr: Expr
    letters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Members:
    """Answers for single members of a series, by position."""

    items: Mapping[tuple[int, ...], Answer]


Answer = Numbers | Formula | Members


def read_answer(answer: object, names: Names) -> Answer:
    """Read an answer of any kind; DeriveError says what cannot be read, and what could."""
    if isinstance(answer, Mapping):
        return Members({_position(key, names): read_answer(value, names)
                        for key, value in answer.items()})
    found = _read(answer, names)
    if isinstance(found, Expr):
        return settled(found, names)
    return found


def _position(key: object, names: Names) -> tuple[int, ...]:
    """Read the key of a member: 1, (0, 2), "1", "0,2" or "h[1]"."""
    text = str(key)[:200]
    inner = text[text.find("[") + 1:].rstrip("]") if text.endswith("]") else text
    try:
        return tuple(int(part) for part in inner.strip("() ").rstrip(",").split(","))
    except ValueError:
        raise DeriveError(f"`{text[:40]}` is not a position of an index", names.place,
                          "give the members of a series by index, {0: ..., 1: ...}") from None


@singledispatch
def _read(answer: object, names: Names) -> Answer | Expr:
    if any(cls.__module__.partition(".")[0] == "sympy" for cls in type(answer).__mro__):
        from derive.marking.sympy_answers import from_sympy

        return from_sympy(answer, names.binder.scope)
    if hasattr(answer, "__array__"):
        return _read(np.asarray(answer), names)
    raise DeriveError(f"a {type(answer).__name__} cannot be read as an answer", names.place,
                      "give text, numbers, lists, NumPy arrays or SymPy expressions")


@_read.register(AnyNumber)
def _(answer: Any, names: Names) -> Answer | Expr:
    return numbers_of([_cell(answer, names)], (), names.digits)


@_read.register(np.ndarray)
def _(answer: Any, names: Names) -> Answer | Expr:
    answer = np.asarray(answer)     # a np.matrix has two axes in all it does
    if answer.size > MOST_NUMBERS or answer.ndim > DEEPEST:
        raise DeriveError(f"an array of {answer.size} numbers is too large", names.place)
    if answer.dtype.kind not in "biuf":
        return _read(answer.tolist(), names)
    if answer.dtype.kind == "b":
        answer = answer.astype(int)
    return numbers_of([_cell(v, names) for v in answer.ravel()], answer.shape, names.digits)


@_read.register(list)
@_read.register(tuple)
def _(answer: Sequence[Any], names: Names) -> Answer | Expr:
    shape = _shape_of(answer, names)
    leaves = [_leaf(v, names) for v in _flat(answer)]
    if all(isinstance(leaf, Cell) for leaf in leaves):
        return numbers_of([c for c in leaves if isinstance(c, Cell)], shape, names.digits)
    exprs = [leaf if isinstance(leaf, Expr) else _as_expr(leaf) for leaf in leaves]
    return _stacked(exprs, shape)


@_read.register(str)
def _(answer: str, names: Names) -> Answer | Expr:
    return read_text(answer, names)


def _shape_of(answer: object, names: Names, depth: int = 0) -> tuple[int, ...]:
    """Return the shape of nested lists; ragged, empty or deep ones are refused."""
    if isinstance(answer, np.ndarray):
        return tuple(answer.shape)
    if not isinstance(answer, (list, tuple)):
        return ()
    if not answer or depth >= DEEPEST:
        what = "an empty list has no numbers" if not answer else "nested too deeply for an array"
        raise DeriveError(what, names.place)
    first = _shape_of(answer[0], names, depth + 1)
    if any(_shape_of(part, names, depth + 1) != first for part in answer[1:]):
        raise DeriveError("a ragged array: its rows differ in length", names.place,
                          "give every row as many numbers")
    return (len(answer), *first)


def _flat(answer: object) -> Iterator[Any]:
    if isinstance(answer, (list, tuple, np.ndarray)) and np.ndim(answer) != 0:
        for part in answer:
            yield from _flat(part)
    else:
        yield answer


def _leaf(value: Any, names: Names) -> Cell | Expr:
    if isinstance(value, AnyNumber):
        return _cell(value, names)
    found = _read(value, names)
    if isinstance(found, Numbers):
        raise DeriveError("numbers in a list within text", names.place, "write one list")
    if isinstance(found, Expr):
        sizes_are_bearable(found)
        return constant_cell(found) if found.shape == () and _is_constant(found) else found
    raise DeriveError("a mapping cannot stand in a list", names.place)


def _cell(value: Any, names: Names) -> Cell:
    if isinstance(value, complex) or (hasattr(value, "dtype") and value.dtype.kind == "c"):
        raise DeriveError("complex numbers are not answers here", names.place)
    try:
        return float_cell(value)
    except (TypeError, ValueError, OverflowError):
        raise DeriveError(f"{str(value)[:40]} is not a number that can be judged",
                          names.place) from None


def _as_expr(cell: Cell | Expr) -> Expr:
    if isinstance(cell, Expr):
        return cell
    text = repr(cell.value) if cell.places is not None else ""
    value = Fraction(text) if text else Fraction(cell.value)
    return Neg(Number(-value, text.lstrip("-"))) if value < 0 else Number(value, text)


def _stacked(leaves: Sequence[Expr], shape: tuple[int, ...]) -> Expr:
    """Put expressions into an array, row by row."""
    if not shape:
        return leaves[0]
    step = len(leaves) // shape[0]
    return Array(tuple(_stacked(leaves[k:k + step], shape[1:])
                       for k in range(0, len(leaves), step)))


# what was read

def settled(expr: Expr, names: Names, least: int = LEAST_DIGITS) -> Answer:
    """Return numbers where an expression holds nothing else; *least* is as in `numbers_of`."""
    sizes_are_bearable(expr)
    if not _is_constant(expr):
        return Formula(expr)
    shape = tuple(n for n in expr.shape if isinstance(n, int))
    return numbers_of([constant_cell(e) for e in _cells(expr, shape)], shape, names.digits, least)


def entry_letters(expr: Expr, wanted: Expr, fixed: Sequence[str], sizes: Sequence[str]
                  ) -> tuple[str, ...]:
    """Return the letters of an answer that is one entry in index notation, p[i] - y[i], in order.

    They are as many as the axes of what is asked for; `fixed` are the letters of its index.
    """
    if expr.shape or not wanted.shape:
        return ()
    free = free_indices(expr) - set(fixed) - set(sizes)
    return tuple(sorted(free)) if len(free) == len(wanted.shape) else ()


def sizes_are_bearable(expr: Expr) -> None:
    """Refuse arrays that would fill the memory, ones(100000, 100000), and sums without an end."""
    for node in walk(expr):
        known = [n for n in node.shape if isinstance(n, int)]
        if math.prod(known) > MOST_ENTRIES or len(known) > DEEPEST:
            raise DeriveError(f"an array of {math.prod(known)} entries is too large for an answer")
        if isinstance(node, (Reduce, MatrixProduct)):
            _is_bearable(node.range)


def _is_bearable(bounds: Range) -> None:
    ends = [(lo, hi) for lo in bounds.los for hi in bounds.his
            if isinstance(lo, int) and isinstance(hi, int)]
    if any(hi - lo > MOST_TERMS for lo, hi in ends):
        raise DeriveError(f"more than {MOST_TERMS} terms are too many for an answer")


def _is_constant(expr: Expr) -> bool:
    named_sizes = any(not isinstance(n, int) for node in walk(expr) for n in node.shape)
    quantities = any(isinstance(node, Ref) for node in walk(expr))
    return not named_sizes and not quantities and not free_indices(expr)


def _cells(expr: Expr, shape: tuple[int, ...]) -> list[Expr]:
    """Return the entries of a constant, row by row."""
    if isinstance(expr, Array):
        return [cell for item in expr.items for cell in _cells(item, shape[1:])]
    if not shape:
        return [expr]
    values = np.broadcast_to(constant_value(expr), shape)
    return [_as_expr(Cell(float(v))) for v in values.ravel()]


def left_open(expr: Expr, worth: Callable[[Expr], Any], value: Any) -> Any:
    """Return by how much a *value* may be off for the digits in what it was worked out from."""
    return sum((np.abs(worth(moved) - value) for moved in nudged(expr)),
               start=np.zeros(np.shape(value)))


def constant_value(expr: Expr) -> Any:
    """Return what an expression without names is worth."""
    try:
        return evaluate(expr, _nothing)
    except OverflowError:
        raise DeriveError("too large a number") from None


def _nothing(ref: Ref) -> Any:
    raise DeriveError(f"{ref} has no value here")


def constant_cell(expr: Expr) -> Cell:
    """Return a scalar without names: with the digits typed, where it was typed with digits."""
    if isinstance(expr, Neg):
        return constant_cell(expr.arg).negated()
    if isinstance(expr, Number):
        return decimal_cell(expr.typed) if is_decimal(expr) else exact_cell(expr.value)
    value = float(constant_value(expr))
    if not math.isfinite(value):
        raise DeriveError("the answer is not a finite number")
    half = float(left_open(expr, constant_value, value))
    figures = max((decimal_cell(n.typed).figures for n in decimals(expr)), default=0)
    if not half:
        return Cell(value)
    return Cell(value, math.floor(-math.log10(2 * half) + 1e-9), figures, half)


def decimals(expr: Expr) -> Iterator[Number]:
    """Yield the numbers in an expression that were typed with digits behind the point."""
    yield from (node for node in walk(expr) if isinstance(node, Number) and is_decimal(node))


def is_decimal(node: Expr) -> bool:
    return isinstance(node, Number) and ("." in node.typed or "e" in node.typed.lower())


def nudged(expr: Expr) -> Iterator[Expr]:
    """Yield the expression with one of its decimals half a unit of its last digit larger.

    Two that are written alike need not be the same number: each is moved by itself.
    """
    beside = _with_digits_beside(expr)
    for place, node in enumerate(decimals(expr)):
        cell = decimal_cell(node.typed)
        if cell.places is not None and (cell.figures > 1 or (node, cell.places) in beside):
            moved = node.value + Fraction(1, 2) / Fraction(10) ** cell.places
            yield _with(expr, place, Number(moved))


def _with(expr: Expr, place: int, number: Number) -> Expr:
    """Return the expression with one of its decimals, counted as it is walked, as another one."""
    left = count(-place)

    def change(part: Expr) -> Expr | None:
        return number if is_decimal(part) and not next(left) else None

    return transform(expr, change)


def _with_digits_beside(expr: Expr) -> set[tuple[Number, int]]:
    """Return the numbers of arrays that stand beside longer ones of as many decimals.

    0.0003 beside 0.0473 is no number of one digit, but one to four decimals.
    """
    found: set[tuple[Number, int]] = set()
    for array in (node for node in walk(expr) if isinstance(node, Array)):
        cells = {number: decimal_cell(number.typed) for number in decimals(array)}
        places = {cell.places for cell in cells.values() if cell.figures > 1}
        found |= {(number, cell.places) for number, cell in cells.items()
                  if cell.places is not None and cell.places in places}
    return found




def as_array(answer: Numbers) -> Expr:
    """Return numbers as an expression, with the digits that were written."""
    cells = [Cell(float(v), _places(float(h)), answer.figures or 0)
             for v, h in zip(answer.values.ravel(), answer.half.ravel(), strict=True)]
    return _stacked([_as_expr(cell) for cell in cells], answer.shape)


def _places(half: float) -> int | None:
    return round(-math.log10(2 * half)) if half else None
