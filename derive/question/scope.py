"""What the names in a question's equations mean while they are being read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError, nearest
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, floored, named
from derive.expr.nodes import Range
from derive.expr.shapes import Shape
from derive.question.functions import Signature
from derive.question.question import Gradient
from derive.syntax.read_equation import PRIME, Text

__all__ = ["Scope", "called", "is_label", "position", "series_uses", "slots",
           "subscripts"]


@dataclass
class Scope:
    """The names of a question: indices, sizes, quantities with their index names and shapes.

    `arity` says how many index positions a quantity takes; a shape of None is not known yet.
    `kinks` are the derivatives chosen where there is none, `numbers` the lengths that have a value,
    `functions` those that are declared without saying what they do; `bound` are the indices that
    may stand free where the reader is now, `derivatives` tells whether an expression may hold
    derivatives (dL/dz) there, and what only sheets print: matprod, delta, dh[k]/dz. `gradients` are
    the derivatives that stand in equations, and `expressions` what is differentiated without having
    a name, both by what they are called.
    """

    indices: Mapping[str, Range]
    sizes: frozenset[str]
    arity: dict[str, tuple[str, ...]]
    shapes: dict[str, Shape | None]
    log: str = "e"
    kinks: Mapping[str, Fraction] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, Signature] = field(default_factory=dict)
    bound: tuple[str, ...] = ()
    derivatives: bool = False
    gradients: dict[str, Gradient] = field(default_factory=dict)
    expressions: dict[str, Equation] = field(default_factory=dict)
    errors: list[DeriveError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def known(self) -> list[str]:
        return [*self.arity, *self.indices, *self.sizes, *self.functions]

    def within(self, *names: str) -> Scope:
        """Return this scope where further indices may stand free."""
        return replace(self, bound=(*self.bound, *names))

    def unknown(self, name: str, text: Text, node: ast.AST, extra: Sequence[str] = ()
                ) -> DeriveError:
        remedy = nearest(name, [*self.known(), *extra]) or "give it a value under `given`"
        return DeriveError(f"unknown name `{name}`", text.at(node), remedy)


def called(node: ast.expr, scope: Scope) -> tuple[Signature, int] | None:
    """Return the unknown function that is called, and how often it is differentiated (psi')."""
    name = node.id if isinstance(node, ast.Name) else ""
    own = scope.functions.get(name.rstrip(PRIME))
    return None if own is None else (own, len(name) - len(own.name))


def subscripts(node: ast.Subscript) -> tuple[ast.expr, ...]:
    inner = node.slice
    return tuple(inner.elts) if isinstance(inner, ast.Tuple) else (inner,)


def slots(node: ast.AST) -> Sequence[ast.expr]:
    """Return what stands where positions do: in brackets behind a name, in delta(i, j)."""
    if isinstance(node, ast.Subscript):
        return subscripts(node)
    is_delta = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "delta"
    return node.args if isinstance(node, ast.Call) and is_delta else ()


def position(node: ast.expr, scope: Scope, text: Text) -> IntLike:
    """Read an index position: affine in indices and sizes (``t-1``, ``2*n``, ``T``)."""
    read = POSITIONS.get(type(node))
    if read is None:
        raise DeriveError(f"`{text.segment(node)}` is not an index position", text.at(node),
                          "write an integer, an index, or one with a shift such as t-1")
    return read(node, scope, text)


def _constant(node: ast.Constant, scope: Scope, text: Text) -> IntLike:
    if not isinstance(node.value, int):
        raise DeriveError(f"index position {node.value!r} is not an integer", text.at(node))
    return node.value


def _name(node: ast.Name, scope: Scope, text: Text) -> IntLike:
    if node.id in scope.numbers and node.id not in scope.indices:
        return scope.numbers[node.id]
    if node.id not in scope.indices and node.id not in scope.sizes:
        known = [*scope.indices, *scope.sizes]
        remedy = nearest(node.id, known) or "declare it under `index`"
        raise DeriveError(f"unknown index `{node.id}`", text.at(node), remedy)
    if node.id in scope.indices and node.id not in scope.bound:
        remedy = "sum over it, or put it on the left side"
        raise DeriveError(f"the index `{node.id}` is not bound here", text.at(node), remedy)
    return named(node.id)


def _binary(node: ast.BinOp, scope: Scope, text: Text) -> IntLike:
    a, b = position(node.left, scope, text), position(node.right, scope, text)
    if isinstance(node.op, ast.Add):
        return a + b
    if isinstance(node.op, ast.Sub):
        return a - b
    if isinstance(node.op, ast.Mult) and (isinstance(a, int) or isinstance(b, int)):
        return a * b
    if isinstance(node.op, ast.FloorDiv) and b != 0:
        return floored(a, b)
    raise DeriveError(f"`{text.segment(node)}` is not affine in its indices", text.at(node))


def _unary(node: ast.UnaryOp, scope: Scope, text: Text) -> IntLike:
    value = position(node.operand, scope, text)
    return -value if isinstance(node.op, ast.USub) else value


POSITIONS: dict[type[ast.expr], Callable[[Any, Scope, Text], IntLike]] = {
    ast.Constant: _constant, ast.Name: _name, ast.BinOp: _binary, ast.UnaryOp: _unary,
}


def series_uses(tree: ast.AST, indices: Mapping[str, Range]
                ) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (name, its index names) for every ``name[...]`` whose brackets hold an index.

    A bracket without an index (``h[0]``) gives an empty index name at that place.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            slots = tuple(_index_in(part, indices) for part in subscripts(node))
            yield node.value.id, slots


def _index_in(part: ast.expr, indices: Mapping[str, Range]) -> str:
    return next((n.id for n in _plain_names(part) if n.id in indices), "")


def _plain_names(part: ast.AST) -> Iterator[ast.Name]:
    """Yield the names a position is made of; the t of ``W[k[t]]`` is a position of k, not of W."""
    if isinstance(part, ast.Name):
        yield part
    if not isinstance(part, (ast.Subscript, ast.Call)):
        for inner in ast.iter_child_nodes(part):
            yield from _plain_names(inner)


def is_label(part: ast.expr, scope: Scope) -> bool:
    """True where a position is worked out from quantities: ``V[k]``, ``V[argmax(s)]``."""
    if any(isinstance(n, (ast.Subscript, ast.Call)) for n in ast.walk(part)):
        return True
    known = {*scope.indices, *scope.sizes, *scope.numbers}
    return any(n.id in scope.arity and n.id not in known for n in _plain_names(part))
