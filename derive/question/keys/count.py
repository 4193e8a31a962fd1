"""``count``: how many numbers quantities hold, and how many parameters a model has.

Only the author knows which arrays are learned, so ``count: {parameters: [K, b]}`` names them. The
bare word ``count: parameters`` is allowed where a model leaves no doubt: its inputs and targets
are series, and what has no index and no equation is learned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.expr.nodes import Symbol
from derive.question.binder import Binder
from derive.question.fields import asked, each
from derive.question.keys.key import Key
from derive.question.question import Task
from derive.question.source import Mapping_, Node, Scalar

__all__ = ["COUNT", "Count"]

WORD = "parameters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Task):
    """The quantities whose entries are counted, and what they are called together."""

    counted: tuple[Symbol, ...]
    together: str = ""


@dataclass(frozen=True, slots=True)
class _Typed:
    names: tuple[Scalar, ...]
    together: str = ""


def _read(node: Node) -> _Typed:
    if not isinstance(node, Mapping_):
        return _Typed(asked(node))
    if len(node.items) != 1 or node.items[0][0].text != WORD:
        raise DeriveError("`count` does not know this mapping", node.place,
                          "write count: {parameters: [K, b]}")
    return _Typed(asked(node.items[0][1]), WORD)


def _bind(found: _Typed, along: Mapping[str, Any], binder: Binder) -> Count:
    plain = [item.text.strip() for item in found.names] == [WORD]
    if plain and WORD not in binder.scope.arity:
        return Count(counted=tuple(_learned(binder, found.names[0])), together=WORD)
    counted = each(found.names, lambda item: _quantity(item, binder))
    return Count(counted=counted, together=found.together or ("total" if len(counted) > 1 else ""))


def _quantity(item: Scalar, binder: Binder) -> Symbol:
    request = binder.request(item)
    if request.bottom is not None or request.entry:
        raise DeriveError(f"`{item.text}` is no quantity of the model", item.start,
                          "count the entries of a quantity, as in count: [K, b]")
    if not all(isinstance(i, int) for i in request.top.index):
        raise DeriveError(f"`{item.text}` is a series", item.start,
                          f"name the members: count: [{request.top.name}[1], ...]")
    return request.top


def _learned(binder: Binder, place: Scalar) -> Iterator[Symbol]:
    """Yield what has neither index nor equation, where all inputs are series of vectors."""
    scope, defined = binder.scope, {e.target.family for e in binder.equations}
    free = [n for n in scope.arity if n not in defined and n not in scope.numbers]
    series = [n for n in free if scope.arity[n]]
    if not series or any(len(scope.shapes.get(n) or ()) > 1 for n in series):
        raise DeriveError("which quantities are learned, and which are inputs?", place.start,
                          f"name them: count: {{parameters: [{', '.join(free[:2])}]}}")
    for name in free:
        if not scope.arity[name]:
            shape = scope.shapes.get(name)
            if shape is None:
                raise DeriveError(f"the shape of `{name}` cannot be worked out", place.start,
                                  "declare it under `symbols`")
            yield Symbol(name, (), shape)


COUNT = Key("count", _read, _bind, needs_model=False)

