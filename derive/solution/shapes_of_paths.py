"""The shapes along a product of Jacobians: (q x p)(p x n) = q x n, in both conventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from derive.calculus.linear import transposed
from derive.expr.build import add, matmul, transpose
from derive.expr.nodes import Expr, Partial, Symbol, Transpose
from derive.expr.shapes import Shape
from derive.expr.walk import replace as swap
from derive.solution.rules import say
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.ways import Edge, Factor, Path
from derive.solution.words import Sentence, Shapes

__all__ = ["as_rows", "in_two", "on_paper", "shape_words",
           "with_named_end"]


def on_paper(factor: Expr) -> Shape:
    """Return rows and columns of a factor as it is written: a vector stands or lies."""
    if len(factor.shape) != 1:
        return factor.shape
    lies = isinstance(factor, Transpose)
    return (1, factor.shape[0]) if lies else (factor.shape[0], 1)


def shape_words(left: Partial, paths: Sequence[Path]) -> Sentence | None:
    """Say how the shapes of the factors make up that of the product, and what its rows mean."""
    if len(left.shape) != 2 or not left.top.shape:
        return None
    products = (tuple(on_paper(f) for f, _ in p.factors if f.shape) for p in paths)
    known = [Shapes(shapes, left.shape) for shapes in dict.fromkeys(products) if len(shapes) > 1]
    fit = f"The shapes fit together: {', '.join('{}' for _ in known)}, " if known else "It has "
    return Sentence(fit + "one row for every entry of {} and one column for every entry of {}.",
                    (*known, left.top, left.bottom))


def _through(left: Partial, ways: Sequence[Sequence[Edge]]) -> Symbol | None:
    """Return the one vector through which all ways to a number lead."""
    through = {way[-1].target for way in ways if way}
    if left.top.shape or len(left.bottom.shape) != 1 or len(through) != 1:
        return None
    (y,) = through
    return y if y != left.bottom and len(y.shape) == 1 else None


def in_two(left: Partial, ways: Sequence[Sequence[Edge]], rows: bool) -> Iterator[Line]:
    """Yield dL/dx = (dy/dx)^T dL/dy where all ways to a number L lead through one vector y."""
    y = _through(left, ways)
    if y is not None:
        outer, jacobian = Partial(left.top, y), Partial(y, left.bottom)
        yield Line("symbolic", left, "=", matmul(outer, jacobian) if rows
                   else matmul(transpose(jacobian), outer))


def with_named_end(solver: Solver, left: Partial, ways: Sequence[Sequence[Edge]],
                   paths: Sequence[Path]) -> list[Path]:
    """End each product with dL/dy by its name where an earlier part has given it one (E)."""
    y = _through(left, ways)
    outer = None if y is None else Partial(left.top, y)
    if outer is None or not solver.is_named(outer):
        return list(paths)
    return [_ended(path, outer) for path in paths]


def _ended(path: Path, outer: Partial) -> Path:
    label = replace(outer, direct=True)
    known = {factor: outer if factor.shape == outer.shape and not isinstance(factor, Transpose)
             else transpose(outer) for factor, what in path.factors if what == label}
    factors = tuple((known.get(factor, factor) if what == label else factor, what)
                    for factor, what in path.factors)
    return Path(factors, swap(path.whole, {f.arg if isinstance(f, Transpose) else f: outer
                                           for f in known}))


def as_rows(solver: Solver, name: str, left: Partial, paths: Sequence[Path]) -> Iterator[Step]:
    """Yield the transposed product: with row vectors all factors stand in reverse order."""
    if len(left.shape) != 2 or not left.top.shape or any(
            len(f.shape) != 2 for p in paths for f, _ in p.factors):
        return
    terms = tuple(tuple(_turned(factor) for factor in reversed(p.factors)) for p in paths)
    whole = add(*(_product([f for f, _ in term]) for term in terms))
    line = Line("result", transpose(left), "=", whole, terms=terms, shapes=True)
    yield Step(f"{name}.rows", "rows", (line,), intro=say("rows", left.top, left.bottom))


def _turned(factor: Factor) -> Factor:
    value, label = factor
    turned = transposed(value)
    return turned, transpose(label)


def _product(factors: Sequence[Expr]) -> Expr:
    whole = factors[0]
    for factor in factors[1:]:
        whole = matmul(whole, factor)
    return whole
