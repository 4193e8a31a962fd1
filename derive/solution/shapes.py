"""The arithmetic of the shape of a convolution or a pooling, axis by axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.calculus.windowed import has_windows
from derive.expr.build import number
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Dimension,
    Expr,
    Neg,
    Product,
    Quotient,
    Ref,
    Sum,
)
from derive.expr.shapes import Shape
from derive.solution.words import Claim, Sentence

__all__ = ["by", "shape_sentence", "size", "window_count"]


def size(value: IntLike) -> Expr:
    """Return a size as a number on the page."""
    return number(value) if isinstance(value, int) else Dimension(value)


def window_count(length: IntLike, window: IntLike, pads: tuple[int, int], stride: int,
                 dilation: int) -> Expr:
    """floor((n + 2p - w)/s) + 1; without a stride n + 2p - w + 1; d (w - 1) + 1 in place of w."""
    terms = [size(length), *_frame(*pads), Neg(_reach(window, dilation))]
    if stride == 1:
        return Sum((*terms, number(1)))
    whole = Apply("floor", (Quotient(Sum(tuple(terms)), number(stride)),), (), ())
    return Sum((whole, number(1)))


def _frame(front: int, behind: int) -> Iterator[Expr]:
    if front == behind and front:
        yield Product((number(2), number(front)))
    else:
        yield from (number(n) for n in (front, behind) if n)


def _reach(window: IntLike, dilation: int) -> Expr:
    """How many entries a window spans."""
    if dilation == 1:
        return size(window)
    return Sum((Product((number(dilation), Sum((size(window), Neg(number(1)))))), number(1)))


def counts_of(node: Apply) -> list[Claim | Expr]:
    """Return, for each axis along which windows slide, how many there are, with the arithmetic."""
    params: dict[str, Any] = dict(node.params)
    axes = len(params["stride"])
    x = node.args[0].shape
    window = params.get("size") or node.args[1].shape[len(node.args[1].shape) - axes:]
    rows = zip(x[len(x) - axes:], window, params["padding"], params["stride"],
               params.get("dilation", (1,) * axes), node.shape[len(node.shape) - axes:],
               strict=True)
    return [_counted(window_count(n, w, pads, s, d), count) for n, w, pads, s, d, count in rows]


def _counted(arithmetic: Expr, count: IntLike) -> Claim | Expr:
    """Return the arithmetic and what it gives, or the formula where sizes are symbols."""
    return Claim(arithmetic, "=", size(count)) if isinstance(count, int) else Dimension(count)


NAMES = {1: (("{} entry", "{} entries"),),
         2: (("{} row", "{} rows"), ("{} column", "{} columns"))}


def shape_sentence(member: Ref, rhs: Expr) -> Sentence | None:
    """Say how large the result of the one convolution or pooling in an equation is, and why."""
    from derive.solution.windows import windows_in

    found = windows_in(rhs)
    if len(found) != 1 or not has_windows(rhs) or "gradient" in found[0].op:
        return None
    node = found[0]
    counts = counts_of(node)
    ahead, own = node.shape[:len(node.shape) - len(counts)], node.shape[-len(counts):]
    words = " and ".join(one if n == 1 else many
                         for (one, many), n in zip(NAMES[len(counts)], own, strict=True))
    if not ahead:
        return Sentence(f"{{}} has {words}.", (member, *counts))
    stacked = "{} images of {} channels" if len(ahead) == 2 else "{} channels"
    return Sentence(f"{{}} has {stacked}, each with {words}.",
                    (member, *map(size, ahead), *counts))


def by(shape: Shape) -> Expr:
    """Return a shape as people write it, 2 x 3; one axis is its length, no axis the number 1."""
    sizes = tuple(map(size, shape))
    return sizes[0] if len(sizes) == 1 else Apply("sizes by sizes", sizes, (), ())
