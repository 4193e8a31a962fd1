"""The numbers of a bound: the singular value, the bound, and the norm that it bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from derive.expr.build import transpose
from derive.expr.integers import named
from derive.expr.nodes import (
    Apply,
    Dimension,
    Expr,
    Literal,
    MatMul,
    Number,
    Partial,
    Reduce,
    Symbol,
)
from derive.expr.positions import span
from derive.expr.walk import at, free_indices, walk
from derive.numbers.exact import exact_value
from derive.numbers.policy import literal
from derive.numbers.reference import evaluate
from derive.ops import apply
from derive.question.question import Part
from derive.solution.exhibits import Table
from derive.solution.forward import identifier
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step
from derive.solution.tasks.far import Far
from derive.solution.words import Sentence

__all__ = ["number_steps", "value_of"]

MOST_ROWS = 12


def value_of(solver: Solver, expr: Expr) -> float:
    """Return the value of a number made of parameters and derivatives."""
    return float(evaluate(expr, solver.float))


def number_steps(solver: Solver, part: Part, found: Far) -> Iterator[Step]:
    """Yield singular values, then the bound and the norm: of one member, or a table of many."""
    yield from _singular_values(solver, part, found)
    if found.asked:
        yield _table(solver, part, found)
    else:
        yield _one_member(solver, part, found)


def _singular_values(solver: Solver, part: Part, found: Far) -> Iterator[Step]:
    """Work out sigma_max(W) as the root of the largest eigenvalue of W^T W, rho(W) as it is."""
    needed = [found.bound.value, *([found.radius] if found.is_linear and found.is_array else [])]
    nodes = dict.fromkeys(n for expr in needed for n in walk(expr) if isinstance(n, Apply))
    for node in nodes:
        general = found.letter in free_indices(node)
        if node.op in INTROS and not general and solver.is_new("size", node):
            yield Step(identifier(solver, part.label, f"{node.op}_{_name(node)}"), "singular value",
                       tuple(_size_lines(solver, node)), detail="normal",
                       intro=INTROS[node.op](node))


def _gram(matrix: Expr) -> Expr:
    return MatMul(transpose(matrix), matrix)


INTROS: dict[str, Callable[[Apply], Sentence]] = {
    "sigma_max": lambda node: say("singular value", node.args[0],
                                  apply("spectral_radius", _gram(node.args[0])),
                                  _gram(node.args[0])),
    "spectral_radius": lambda node: say("eigenvalue", node, node.args[0]),
}


def _name(node: Apply) -> str:
    arg = node.args[0]
    return arg.name if isinstance(arg, Symbol) else "matrix"


def _size_lines(solver: Solver, node: Apply) -> Iterator[Line]:
    root: Expr = node
    if node.op == "sigma_max":
        root = apply("sqrt", apply("spectral_radius", _gram(node.args[0])))
        yield Line("definition", node, "=", root)
    stages = solver.hand.stages(root)
    for k, stage in enumerate(stages):
        first = node if k == 0 and root == node else None
        yield Line("result" if k == len(stages) - 1 else "arithmetic", first,
                   "=" if stage.exact else "≈", stage.expr)


def _one_member(solver: Solver, part: Part, found: Far) -> Step:
    """Return the bound as a number, then the norm that it bounds."""
    bound = _shown(solver, found.total)
    exact = found.bound.exact and not found.is_array
    lines = [Line("symbolic", found.norm, "=" if exact else "<=", found.total),
             Line("result", None, "=" if bound.exact else "≈", bound)]
    if isinstance(found.total, Number):     # nothing to be worked out
        lines = [replace(lines[0], kind="result")]
    if not exact:
        size = _shown(solver, found.norm)
        lines += [Line("result", found.norm, "=" if size.exact else "≈", size),
                  Line("simplified", None, "<=", bound)]
    name = identifier(solver, part.label, found.whole) + ".value"
    return Step(name, "numbers", tuple(lines), title=title("bound in numbers"), answer=True)


def _table(solver: Solver, part: Part, found: Far) -> Step:
    """Return the bound and the norm for every number of steps that is asked for."""
    ((index, bounds),) = found.asked
    lo, hi = span(bounds)
    shown = range(lo, hi + 1)
    if len(shown) > MOST_ROWS:
        shown = range(lo, hi + 1, -(-len(shown) // MOST_ROWS))
    columns = (Dimension(named(index)), found.total, found.norm)
    rows = tuple((Dimension(n), *(_rounded(solver, at(c, {index: n})) for c in columns[1:]))
                 for n in dict.fromkeys([*shown, hi]))
    name = identifier(solver, part.label, found.whole) + ".values"
    return Step(name, "numbers", title=title("bound in numbers"), answer=True,
                exhibits=(Table(columns, rows),))


def _shown(solver: Solver, expr: Expr) -> Literal:
    """Return a number by the policy of the sheet, exact where it can be."""
    whole = (None if any(isinstance(n, (Partial, Reduce)) for n in walk(expr))
             else exact_value(solver.hand.put_in(expr)))
    if whole is not None:
        return literal(whole, solver.policy, True)
    return _rounded(solver, expr)


def _rounded(solver: Solver, expr: Expr) -> Literal:
    return literal(np.asarray(value_of(solver, expr)), solver.policy, False)
