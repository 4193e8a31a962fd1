"""Shapes of names that were not declared: W a matrix, x a vector, as letters are used in courses.

A capital stands for a matrix, a small letter for a vector, a Greek letter, N or T for a number, as
far as the expressions allow; sizes are as general as they allow. What is found is only a proposal:
the question is read and checked with it like any other, and a verdict says which shapes were meant.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from derive.errors import DeriveError, Place
from derive.ops import ELEMENTWISE, OPS
from derive.syntax.names import GREEK

__all__ = ["proposed_shapes", "unknown_functions"]

Size = str
Shape = tuple[Size, ...]
MOST_NAMES = 8
SIZES = "nmkpqrsuvw"
NUMBERS = {"N", "T"}


class _Unfit(Exception):
    """These ranks do not fit together."""


@dataclass
class _Sizes:
    """Sizes that have to be equal, by union and find; integers are themselves."""

    same: dict[Size, Size] = field(default_factory=dict)

    def root(self, size: Size) -> Size:
        while size in self.same:
            size = self.same[size]
        return size

    def join(self, a: Size, b: Size) -> None:
        a, b = self.root(a), self.root(b)
        if a == b:
            return
        if a.isdigit() and b.isdigit():
            raise _Unfit
        self.same[a if b.isdigit() else b] = b if b.isdigit() else a

    def meet(self, a: Shape, b: Shape) -> Shape:
        """Return the shape of a + b: one rank, or one of them a number."""
        if not a or not b:
            return a or b
        if len(a) != len(b):
            raise _Unfit
        for one, other in zip(a, b, strict=True):
            self.join(one, other)
        return a


def proposed_shapes(sides: Sequence[ast.expr], defined: Sequence[tuple[str, ast.expr]],
                    declared: Mapping[str, Shape], free: Sequence[str]) -> dict[str, Shape]:
    """Return a shape for every free name; DeriveError asks for them where none fit.

    sides: expressions that have to have shapes; each pair of *defined* gives a name one.
    """
    refused = DeriveError(f"the shapes of {', '.join(free)} are not declared", Place("symbols"),
                          f'add symbols={{"{free[0] if free else "W"}": "n x m", ...}}')
    if len(free) > MOST_NAMES:
        raise refused
    choices = [[(rank, cost) for cost, rank in enumerate(_ranks(name))] for name in free]
    for picked in sorted(product(*choices), key=lambda ranks: sum(cost for _, cost in ranks)):
        shapes = {name: tuple(f"{name} {axis}" for axis in range(rank))
                  for name, (rank, _) in zip(free, picked, strict=True)}
        try:
            return _fitted(sides, defined, {**declared, **shapes}, free)
        except _Unfit:
            continue
    raise refused


def _ranks(name: str) -> tuple[int, ...]:
    """Return the number of axes a name may have, the likely one first."""
    head = name.split("_")[0].rstrip("0123456789")
    if head in NUMBERS or (head in GREEK and len(head) > 1):
        return (0, 1, 2)
    return (2, 1, 0) if head[:1].isupper() else (1, 0, 2)


def unknown_functions(trees: Sequence[ast.expr]) -> bool:
    """True where something is called that is no function here; the reading says so by name."""
    called = {n.func.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)
              and isinstance(n.func, ast.Name)}
    return not called <= {*OPS, *FUNCTIONS, "d", "where", "zeros", "ones", "eye", "one_hot"}


def _fitted(sides: Sequence[ast.expr], defined: Sequence[tuple[str, ast.expr]],
            shapes: dict[str, Shape], free: Sequence[str]) -> dict[str, Shape]:
    sizes = _Sizes()
    waiting = list(defined)
    while waiting:
        later = [pair for pair in waiting if not _define(*pair, shapes, sizes)]
        if len(later) == len(waiting):
            raise _Unfit
        waiting = later
    found = [_shape(side, shapes, sizes) for side in sides]
    for other in found[1:]:
        sizes.meet(found[0], other)
    return _lettered({name: shapes[name] for name in free}, sizes, set(shapes))


def _define(name: str, tree: ast.expr, shapes: dict[str, Shape], sizes: _Sizes) -> bool:
    """Work out the shape of what an equation defines; False where it reads what is not known."""
    try:
        found = _shape(tree, shapes, sizes)
    except KeyError:
        return False
    shapes[name] = sizes.meet(found, shapes[name]) if name in shapes else found
    return True


def _lettered(shapes: Mapping[str, Shape], sizes: _Sizes, taken: set[str]) -> dict[str, Shape]:
    """Call the sizes n, m, k, ... in the order in which they appear."""
    letters = (c for c in SIZES if c not in taken)
    names: dict[Size, Size] = {}
    for size in (sizes.root(s) for shape in shapes.values() for s in shape):
        if size not in names:
            is_open = " " in size
            names[size] = next(letters) if is_open else size
    return {name: tuple(names[sizes.root(s)] for s in shape) for name, shape in shapes.items()}


def _shape(node: ast.expr, shapes: Mapping[str, Shape], sizes: _Sizes) -> Shape:
    rule = RULES.get(type(node))
    if rule is None:
        raise _Unfit
    found: Shape = rule(node, shapes, sizes)
    return found


def _binary(node: ast.BinOp, shapes: Mapping[str, Shape], sizes: _Sizes) -> Shape:
    a, b = (_shape(side, shapes, sizes) for side in (node.left, node.right))
    return _matmul(a, b, sizes) if isinstance(node.op, ast.MatMult) else sizes.meet(a, b)


def _matmul(a: Shape, b: Shape, sizes: _Sizes) -> Shape:
    if not a or not b:
        raise _Unfit
    sizes.join(a[-1], b[0])
    return a[:-1] + b[1:]


def _call(node: ast.Call, shapes: Mapping[str, Shape], sizes: _Sizes) -> Shape:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    args = [_shape(arg, shapes, sizes) for arg in node.args]
    rule = FUNCTIONS.get(name)
    if rule is None or node.keywords:
        raise _Unfit
    try:
        return rule(args, sizes)
    except IndexError:
        raise _Unfit from None


def _alike(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    return args[0]


def _vectorlike(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    if not args[0]:
        raise _Unfit
    return args[0]


def _loss(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    return sizes.meet(_vectorlike(args[:1], sizes), _vectorlike(args[1:], sizes))[:-1]


def _pair(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    sizes.meet(args[0], args[1])
    return ()


def _square(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    if len(args[0]) != 2:
        raise _Unfit
    sizes.join(*args[0])
    return args[0]


def _diag(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    if len(args[0]) != 1:
        raise _Unfit
    return args[0] * 2


def _outer(args: Sequence[Shape], sizes: _Sizes) -> Shape:
    if len(args[0]) != 1 or len(args[1]) != 1:
        raise _Unfit
    return args[0] + args[1]


Rule = Callable[[Sequence[Shape], _Sizes], Shape]
FUNCTIONS: dict[str, Rule] = {
    **dict.fromkeys((name for name in ELEMENTWISE if name in OPS), _alike), "log": _alike,
    "softmax": _vectorlike, "cross_entropy": _loss, "squared_error": _loss,
    "binary_cross_entropy": _pair, "sum": lambda args, sizes: (),
    "mean": lambda args, sizes: (), "prod": lambda args, sizes: (),
    "logsumexp": lambda args, sizes: _vectorlike(args, sizes)[:-1],
    "diag": _diag, "outer": _outer, "dot": lambda args, sizes: _matmul(args[0], args[1], sizes),
    "transpose": lambda args, sizes: args[0][::-1],
    "inv": _square, "trace": lambda args, sizes: _square(args, sizes)[2:],
    "det": lambda args, sizes: _square(args, sizes)[2:],
    "logdet": lambda args, sizes: _square(args, sizes)[2:],
}


def _derivative(node: ast.expr) -> tuple[str, str] | None:
    """Return (L, z) for dL/dz."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        sides = [n.id for n in (node.left, node.right) if isinstance(n, ast.Name)
                 and n.id.startswith("d") and len(n.id) > 1]
        if len(sides) == 2:
            return sides[0][1:], sides[1][1:]
    return None


def _quotient_or_derivative(node: ast.BinOp, shapes: Mapping[str, Shape], sizes: _Sizes) -> Shape:
    found = _derivative(node)
    if found and all(name in shapes for name in found):
        top, bottom = found
        return shapes[top] + shapes[bottom]
    return _binary(node, shapes, sizes)


def _name(node: ast.Name, shapes: Mapping[str, Shape], sizes: _Sizes) -> Shape:
    return () if node.id in ("pi", "inf") else shapes[node.id]


RULES: dict[type[ast.expr], Callable[[Any, Mapping[str, Shape], _Sizes], Shape]] = {
    ast.Name: _name,
    ast.Constant: lambda node, shapes, sizes: (),
    ast.BinOp: _quotient_or_derivative,
    ast.UnaryOp: lambda node, shapes, sizes: _shape(node.operand, shapes, sizes),
    ast.Attribute: lambda node, shapes, sizes: _shape(node.value, shapes, sizes)[::-1],
    ast.Call: _call,
    ast.Compare: lambda node, shapes, sizes: sizes.meet(
        _shape(node.left, shapes, sizes), _shape(node.comparators[0], shapes, sizes)),
}
