"""``solve``: all solutions of linear conditions, ``solve: conv2d(X, K) == 0`` with ``for: K``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError, Place, ShapeError
from derive.expr.build import sub
from derive.expr.nodes import Symbol
from derive.question.binder import Binder
from derive.question.fields import asked, each
from derive.question.keys.key import Key
from derive.question.question import Fact, Task
from derive.question.source import Scalar

__all__ = ["SOLVE", "Solve"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve(Task):
    """Equations with their places in the file, and the quantities that they are solved for."""

    conditions: tuple[Fact, ...]
    unknowns: tuple[Symbol, ...]
    places: tuple[Place, ...]


def _bind(found: Sequence[Scalar], along: Mapping[str, Any], binder: Binder) -> Solve:
    if "for" not in along:
        raise DeriveError("`solve` needs what it is solved for", found[0].start,
                          "add for: K beside it")
    unknowns = each(along["for"], lambda item: _unknown(item, binder))
    return Solve(conditions=each(found, lambda item: _condition(item, binder)),
                 unknowns=tuple(dict.fromkeys(unknowns)),
                 places=tuple(item.start for item in found))


def _condition(item: Scalar, binder: Binder) -> Fact:
    claim = binder.claim(item)
    if claim.relation != "==":
        raise DeriveError(f"`{item.text}` is an inequality", item.start,
                          "equations are solved: write conv2d(X, K) == 0")
    try:
        sub(claim.left, claim.right)
    except ShapeError as error:
        raise DeriveError(f"{error.message} in `{item.text}`", item.start,
                          "both sides have one shape, or one of them is a number") from error
    return claim


def _unknown(item: Scalar, binder: Binder) -> Symbol:
    request = binder.request(item)
    whole = request.bottom is None and not request.entry and not request.top.index
    if not whole or any(e.target.family == request.top.name for e in binder.equations):
        raise DeriveError(f"`{item.text}` cannot be solved for", item.start,
                          "an unknown is a quantity without an index and without an equation")
    if not all(isinstance(n, int) for n in request.top.shape):
        raise DeriveError(f"`{item.text}` needs a shape of numbers to be solved for", item.start,
                          "declare it under `symbols`, as in K: 2 x 2")
    return request.top


SOLVE = Key("solve", asked, _bind,
            along={"for": asked}, needs_model=False)
