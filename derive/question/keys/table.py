"""``table``: quantities side by side, a row for each value of an index."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.expr.nodes import Expr
from derive.expr.walk import free_indices
from derive.question.binder import Binder
from derive.question.fields import asked, each
from derive.question.keys.key import Key
from derive.question.keys.plot import derivatives_in
from derive.question.question import Fact, Request, Task
from derive.question.source import Node, Scalar

__all__ = ["TABLE", "Column", "Tabulate", "sides"]

Column = Expr | Fact    # numbers, or whether something holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabulate(Task):
    """A table over some indices: one column for each expression, "yes" or "no" for a claim."""

    columns: tuple[Column, ...]
    indices: tuple[str, ...]

    @property
    def answers(self) -> tuple[Request, ...]:
        return ()


def _bind(found: Sequence[Scalar], along: Mapping[str, Any], binder: Binder) -> Tabulate:
    if binder.scope.sizes:
        raise DeriveError("a table needs numbers", found[0].place,
                          f"give {min(binder.scope.sizes)} a number")
    columns = each(found, lambda item: _column(item, binder))
    used = frozenset().union(*(free_indices(side) for c in columns for side in sides(c)))
    indices = tuple(n for n in binder.scope.indices if n in used)
    if not indices:
        raise DeriveError("a table goes over an index, but none stands in it", found[0].place,
                          'name members of a series, as in table: ["x[n]", "y[n]"]')
    every = tuple(side for c in columns for side in sides(c))
    return Tabulate(columns=columns, indices=indices, requests=derivatives_in(every))


def sides(column: Column) -> tuple[Expr, ...]:
    """Return the expressions of a column."""
    return (column.left, column.right) if isinstance(column, Fact) else (column,)


def _column(item: Node, binder: Binder) -> Column:
    assert isinstance(item, Scalar), "read as texts"
    tree, _ = binder.parsed(item)
    if isinstance(tree, ast.Compare):
        return binder.claim(item)
    if isinstance(tree, ast.Name) and tree.id in binder.scope.arity:
        return binder.request(item).top     # a series by its name: every member
    found = binder.expression(item, derivatives=True)
    if len(found.shape) > 1:
        raise DeriveError(f"`{item.text}` is a matrix, which has no place in a row", item.place)
    return found


TABLE = Key("table", asked, _bind, needs_model=False)
