"""Shapes: tuples of sizes, numbers or names; how they combine is NumPy's, or an error."""

from __future__ import annotations

from derive.errors import ShapeError
from derive.expr.integers import IntLike, text

__all__ = ["Shape", "broadcast", "matmul", "say"]

Shape = tuple[IntLike, ...]


def say(shape: Shape) -> str:
    """Name a shape for people: a scalar, a vector of 3, 3 x 2."""
    if not shape:
        return "a scalar"
    if len(shape) == 1:
        return f"a vector of {text(shape[0])}"
    return " x ".join(text(n) for n in shape)


def broadcast(*shapes: Shape) -> Shape:
    """Return the common shape by NumPy's rule (sizes equal, or one of them 1)."""
    rank = max((len(s) for s in shapes), default=0)
    out: list[IntLike] = []
    for axis in range(-rank, 0):
        size: IntLike = 1
        for shape in shapes:
            n = shape[axis] if -axis <= len(shape) else 1
            if n != 1 and size not in (1, n):
                listed = " and ".join(dict.fromkeys(say(s) for s in shapes if s))
                raise ShapeError(f"shapes do not fit: {listed}",
                                 remedy=_unfit(shapes) or _per_map(shapes))
            size = n if n != 1 else size
        out.append(size)
    return tuple(out)


def _unfit(shapes: tuple[Shape, ...]) -> str:
    """Guess what was meant: a bias for examples in columns, a row for examples in rows."""
    matrix = next((s for s in shapes if len(s) == 2), None)
    vector = next((s for s in shapes if len(s) == 1), None)
    if matrix is not None and vector is not None and vector[0] == matrix[0]:
        size = text(vector[0])
        return (f"a vector is added to every row; to every column, where examples stand in "
                f"columns, give it as {size} x 1: [[..], [..]], or with shape {size} x 1")
    flat = [s for s in shapes if len(s) == 2]
    if len(flat) == 2 and flat[0] == flat[1][::-1]:
        return "a transpose is missing: .T turns a matrix round"
    return ""


def _per_map(shapes: tuple[Shape, ...]) -> str:
    """Propose what is wanted where one number for each map of a stack of maps is added."""
    maps = [s for s in shapes if len(s) > 2]
    for vector in (s for s in shapes if len(s) == 1):
        if any(vector[0] == s[-3] for s in maps):
            return ("numbers are lined up with the last axis; one for each map, such as a bias, is "
                    "the third argument: conv2d(X, K, b)")
    return ""


def matmul(a: Shape, b: Shape) -> Shape:
    """Return the shape of ``a @ b``; each side a vector, a matrix or a stack of matrices."""
    if not a or not b:
        raise ShapeError(f"@ needs vectors or matrices, not {say(a)} @ {say(b)}",
                         remedy="use * to scale; x y^T is outer(x, y)")
    inner = b[0] if len(b) == 1 else b[-2]
    if a[-1] != inner:
        hint = ""
        if len(a) == 2 and a[0] == inner:
            hint = "a transpose is missing: left.T @ right?"
        elif len(b) == 2 and a[-1] == b[-1]:
            hint = "a transpose is missing: left @ right.T?"
        raise ShapeError(f"shapes do not fit: {say(a)} @ {say(b)}", remedy=hint)
    stack = broadcast(a[:-2], b[:-2])
    return stack + a[-2:-1] + (b[-1:] if len(b) > 1 else ())
