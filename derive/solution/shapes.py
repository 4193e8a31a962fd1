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
from derive.syntax.write_text import write

__all__ = ["by", "shape_sentence", "size", "window_count"]


def size(value: IntLike) -> Expr:
    """Return a size as a number on the page."""
    return number(value) if isinstance(value, int) else Dimension(value)


def window_count(length: IntLike, window: IntLike, pads: tuple[IntLike, IntLike], stride: IntLike,
                 dilation: IntLike) -> Expr:
    """floor((n + 2p - w)/s) + 1; without a stride n + 2p - w + 1; d (w - 1) + 1 in place of w."""
    terms = [size(length), *_frame(*pads), Neg(_reach(window, dilation))]
    if stride == 1:
        return Sum((*terms, number(1)))
    whole = Apply("floor", (Quotient(Sum(tuple(terms)), size(stride)),), (), ())
    return Sum((whole, number(1)))


def spread_size(length: IntLike, window: IntLike, pads: tuple[IntLike, IntLike], stride: IntLike,
                dilation: IntLike, more: IntLike) -> Expr:
    """s (n - 1) - 2p + w + output_padding; d (w - 1) + 1 in place of w."""
    last: Expr = Sum((size(length), Neg(number(1))))
    terms = [last if stride == 1 else Product((size(stride), last)),
             *map(Neg, _frame(*pads)), _reach(window, dilation)]
    return Sum((*terms, *([size(more)] if more else [])))


def _frame(front: IntLike, behind: IntLike) -> Iterator[Expr]:
    if front == behind and front:
        yield Product((number(2), size(front)))
    else:
        yield from (size(n) for n in (front, behind) if n)


def _reach(window: IntLike, dilation: IntLike) -> Expr:
    """How many entries a window spans."""
    if dilation == 1:
        return size(window)
    return Sum((Product((size(dilation), Sum((size(window), Neg(number(1)))))), number(1)))


def counts_of(node: Apply) -> list[Claim | Expr]:
    """Return, for each axis along which windows slide, how many there are, with the arithmetic."""
    params: dict[str, Any] = dict(node.params)
    axes = len(params["stride"])
    ones = (1,) * axes
    x = node.args[0].shape
    window = (node.args[1].shape[len(node.args[1].shape) - axes:] if len(node.args) > 1
              else params["size"])
    settings = [params["padding"], params["stride"], params.get("dilation", ones)]
    settings += [params["output_padding"]] if "output_padding" in params else []
    arithmetic = spread_size if "output_padding" in params else window_count
    rows = zip(x[len(x) - axes:], window, *settings, strict=True)
    return [_counted(arithmetic(*row), count)
            for row, count in zip(rows, node.shape[len(node.shape) - axes:], strict=True)]


def _counted(arithmetic: Expr, count: IntLike) -> Claim | Expr:
    """Return the arithmetic and what it gives, which may be the same where sizes are symbols."""
    written = size(count)
    same = write(arithmetic).replace(" ", "") == write(written).replace(" ", "")
    return arithmetic if same and not isinstance(count, int) else Claim(arithmetic, "=", written)


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
