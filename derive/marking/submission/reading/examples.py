"""Which matrices hold one example in each row: whoever works on one writes x for the row of X."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.expr.equation import Family
from derive.expr.nodes import Apply, Expr, MatMul, Neg, Product, Quotient, Sum, Symbol
from derive.expr.walk import refs, walk
from derive.ops.elementwise import ELEMENTWISE
from derive.solution.solver import Solver

__all__ = ["examples"]


def examples(solver: Solver) -> Mapping[str, Family]:
    """Return the matrices of which every row is made from the same row of the data alone.

    Data is what stands to the left of a product of matrices, and what has the shape of a result.
    """
    found: dict[str, Family] = {}
    families = {n: f for n, f in solver.model.families.items()
                if len(f.shape) == 2 and not f.indices}
    given = {n for n in families if n not in solver.model.by_target}
    for equation in solver.model.equations:
        target = equation.target
        if not isinstance(target, Symbol) or target.name not in families:
            continue
        data = {s.name for s in _leftmost(equation.rhs) if s.name in given}
        if _is_by_row(equation.rhs, {*found, *data}):
            found |= {name: families[name] for name in (*sorted(data), target.name)}
    beside = {n for e in solver.model.equations if (read := _names(e.rhs)) & {*found}
              for n in read & given}
    beside -= {n for e in solver.model.equations for part in walk(e.rhs)
               if isinstance(part, MatMul) for n in _names(part.right)}
    shapes = {f.shape for f in found.values()}
    return found | {n: families[n] for n in sorted(beside) if families[n].shape in shapes}


def _names(expr: Expr) -> set[str]:
    return {ref.name for ref in refs(expr) if isinstance(ref, Symbol)}


def _leftmost(expr: Expr) -> Iterator[Symbol]:
    """Yield what stands to the left of a product of matrices."""
    for part in walk(expr):
        if isinstance(part, MatMul) and isinstance(part.left, Symbol):
            yield part.left


def _is_by_row(expr: Expr, rows: set[str]) -> bool:
    """True where every row of a matrix is made from that row of others."""
    if isinstance(expr, Symbol):
        return expr.name in rows
    if isinstance(expr, MatMul):
        return _is_by_row(expr.left, rows) and not _names(expr.right) & rows
    if isinstance(expr, Apply):
        last = dict(expr.params).get("axis") in (None, -1, 1, (-1,), (1,))
        plain = expr.op in ELEMENTWISE or (expr.op == "softmax" and last)
        parts: tuple[Expr, ...] = expr.args if plain else ()
    else:
        parts = _parts(expr)
    wide = [part for part in parts if len(part.shape) == 2]
    return bool(wide) and all(_is_by_row(part, rows) for part in wide) and not any(
        _names(part) & rows for part in parts if len(part.shape) != 2)


def _parts(expr: Expr) -> tuple[Expr, ...]:
    if isinstance(expr, Sum):
        return expr.terms
    if isinstance(expr, Product):
        return expr.factors
    if isinstance(expr, Quotient):
        return expr.top, expr.bottom
    return (expr.arg,) if isinstance(expr, Neg) else ()
