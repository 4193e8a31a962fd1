"""A result as a SymPy expression, to go on with in SymPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from derive.calculus.entries import entry
from derive.calculus.places import integer, place
from derive.expr.integers import names_in
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.positions import integers
from derive.expr.walk import free_indices, transform
from derive.solution.step import Line

__all__ = ["in_sympy"]


def in_sympy(lines: Sequence[Line]) -> Any:
    """Return the right side of a formula: an expression, or a Matrix of entries.

    A quantity of the model is an Indexed of its name, index positions first (``h[t, k]``), entries
    counted from 0. A derivative of it is one too, with the positions of its top first where these
    are letters: dJ[t]/dh[i] at entry k is ``dJ/dh`` at [t, i, k], which a sum over t may bind.
    Where sizes are symbols the result is the entry at (i) or (i, j). A formula with several cases
    is a Piecewise in its index.
    """
    import sympy

    right = lines[0].right
    if all(isinstance(n, int) for n in right.shape):
        cells = list(product(*map(range, integers(right.shape))))
        found = [_cases(lines, cell) for cell in cells]
        if not right.shape:
            return found[0]
        columns = right.shape[1] if len(right.shape) == 2 else 1
        return sympy.Matrix(right.shape[0], columns, found)
    return _cases(lines, tuple(map(place, _letters(lines)[:len(right.shape)])))


def _letters(lines: Sequence[Line]) -> list[str]:
    """Return letters for the places of an entry: i, j, ..., but for those that mean something."""
    exprs = [e for line in lines for e in (line.left, line.right) if e is not None]
    taken = {n for e in exprs for n in free_indices(e)} | {n for line in lines
                                                           for n, _ in line.where}
    return [c for c in "ijklmpqrsuvabcdefgh" if c not in taken]


def _cases(lines: Sequence[Line], cell: tuple[Any, ...]) -> Any:
    if len(lines) == 1:
        return _entry(lines[0].right, cell)
    import sympy

    return sympy.Piecewise(*((_entry(line.right, cell), _condition(line)) for line in lines))


def _entry(expr: Expr, cell: tuple[Any, ...]) -> Any:
    return entry(transform(expr, _with_open_top), cell).doit()


def _with_open_top(expr: Expr) -> Expr | None:
    """Return dJ[t]/dh[i] as a quantity dJ/dh at (t, i), where t is a letter."""
    if not isinstance(expr, Partial) or not any(names_in(i) for i in expr.top.index):
        return None
    bare = replace(expr, top=replace(expr.top, index=()))
    return Symbol(bare.family, (*expr.top.index, *expr.index), expr.shape)


def _condition(line: Line) -> Any:
    import sympy

    bounds = [sympy.And(integer(lo) <= place(name), place(name) <= integer(hi))
              for name, r in line.where for lo in r.los for hi in r.his]
    return sympy.And(*bounds)
