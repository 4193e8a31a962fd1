"""``find: dc[t]/dc[t-1], holding: [f[t], i[t]]``: derivatives with other quantities kept fixed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.errors import DeriveError, QuestionError
from derive.expr.integers import names_in
from derive.expr.nodes import Symbol
from derive.question.binder import Binder
from derive.question.question import Request, Task
from derive.question.source import Scalar

__all__ = ["Held", "bind_held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held(Task):
    """Derivatives with the quantities in `held` kept fixed: no way leads through those.

    One without positions stands for all its members.
    """

    asked: tuple[Request, ...]
    held: tuple[Symbol, ...]
    shapes: bool = False

    @property
    def sweeps(self) -> tuple[Request, ...]:
        return self.asked

    @property
    def answers(self) -> tuple[Request, ...]:
        return self.asked


def bind_held(requests: Sequence[Request], items: Sequence[Scalar], along: Mapping[str, Any],
              binder: Binder) -> Held:
    """Look up what is held; *along* are the other companions of ``find``."""
    errors = [DeriveError(f"`{key}` does not go with `holding`", items[0].place,
                          "the derivative is a sum over the ways that are left")
              for key in ("as", "form") if key in along]
    held: list[Symbol] = []
    for item in items:
        try:
            held.append(_held(item, requests, binder))
        except DeriveError as error:
            errors.append(error)
    if errors:
        raise QuestionError(errors)
    return Held(asked=tuple(requests), held=tuple(held), shapes=bool(along.get("shapes")))


def _held(item: Scalar, requests: Sequence[Request], binder: Binder) -> Symbol:
    found = binder.request(item)
    if found.bottom is not None or found.entry:
        raise DeriveError(f"`{item.text}` cannot be held", item.place,
                          "name quantities of the model, as in [f[t], i[t]]")
    symbol = found.top if "[" in item.text else replace(found.top, index=())
    for fault in _faults(symbol, requests, binder):
        raise DeriveError(fault, item.place)
    return symbol


def _faults(held: Symbol, requests: Sequence[Request], binder: Binder) -> Iterator[str]:
    for request in requests:
        if request.bottom is None or request.entry:
            yield "only whole derivatives are taken with something held"
            return
        ends = (request.top, request.bottom)
        if held in ends or any(held.name == e.name and not held.index for e in ends):
            yield f"`{held.name}` is held, but it is what moves or what is differentiated"
        letters = frozenset().union(*(names_in(i) for e in ends for i in e.index))
        loose = frozenset().union(*map(names_in, held.index)) - letters
        for name in sorted(loose & set(binder.scope.indices)):
            yield (f"`{name}` has no position here (without brackets, `{held.name}` is held "
                   "everywhere)")
