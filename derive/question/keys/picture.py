"""``picture``: the model as it is: its graph, the recurrence unrolled, the ways of a derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.errors import DeriveError, Place
from derive.expr.equation import Equation
from derive.expr.integers import named
from derive.expr.nodes import Symbol
from derive.expr.walk import refs
from derive.question.binder import Binder
from derive.question.fields import choice, record, scalar, truth
from derive.question.keys.key import Key
from derive.question.prose import words
from derive.question.question import Request, Task
from derive.question.slopes import refuse_flat
from derive.question.source import Mapping_, Node, Scalar

__all__ = ["KINDS", "PICTURE", "Pictured", "picture_of"]

KINDS = ("graph", "unrolled", "path")
EXAMPLE = 'write picture: {kind: unrolled, of: "dL/dh[1]"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured(Task):
    """A picture of the model; the ways from `bottom` up to `top` stand out, if these are given.

    values, gradients: whether boxes say the values, and the derivatives of `top`.
    """

    kind: str
    top: Symbol | None = None
    bottom: Symbol | None = None
    values: bool = False
    gradients: bool = False
    caption: str = ""


def picture_of(binder: Binder, kind: str, of: Scalar | None = None, values: bool = False,
               gradients: bool = False, caption: str = "", place: Place | None = None) -> Pictured:
    """Return the task of drawing a picture; *of* is a derivative, or what is differentiated."""
    request = None if of is None else binder.request(of)
    if not binder.equations:
        raise DeriveError("a picture shows equations, and there are none", place)
    if kind == "path" and (request is None or request.bottom is None):
        raise DeriveError("a path leads from one quantity to another", place,
                          "say which derivative flows along it, such as dL/dh[1]")
    if gradients and request is None:
        raise DeriveError("gradients of what?", place,
                          "name a derivative, such as dL/dW, or its top, L")
    top, bottom = (None, None) if request is None else (request.top, request.bottom)
    found = Pictured(kind=kind, top=top, bottom=bottom, values=values, gradients=gradients,
                     caption=caption)
    return replace(found, requests=tuple(_requests(found, binder)))


def _requests(picture: Pictured, binder: Binder) -> Iterator[Request]:
    """Yield the values and derivatives that the boxes say."""
    members = {name: _general(name, binder) for name in _read(binder.equations)
               if name in binder.model.families}
    if picture.values:
        yield from map(Request, members.values())
    if picture.gradients and picture.top is not None:
        above = _above(picture.top.name, binder.equations)
        yield from (Request(picture.top, member) for name, member in members.items()
                    if name in above and _is_differentiable(picture.top, member, binder))


def _general(name: str, binder: Binder) -> Symbol:
    family = binder.model.families[name]
    return Symbol(name, tuple(map(named, family.indices)), family.shape)


def _read(equations: Sequence[Equation]) -> list[str]:
    """Return the families that equations read or define."""
    return list(dict.fromkeys(ref.family for e in equations for ref in (*refs(e.rhs), e.target)))


def _above(top: str, equations: Sequence[Equation]) -> set[str]:
    """Return all that a quantity depends on."""
    found, todo = {top}, [top]
    while todo:
        name = todo.pop()
        new = {ref.family for e in equations if e.target.family == name
               for ref in refs(e.rhs)} - found
        found |= new
        todo += new
    return found


def _is_differentiable(top: Symbol, member: Symbol, binder: Binder) -> bool:
    """False for labels, and for what moves the top in jumps only."""
    try:
        refuse_flat(top, member, binder.equations)
    except DeriveError:
        return False
    return True


def _read_picture(node: Node) -> dict[str, Any]:
    if not isinstance(node, Mapping_):
        return {"kind": choice(KINDS)(node), "place": node.place}
    found = record(node, READERS, "a picture")
    if "kind" not in found:
        raise DeriveError("`kind` is missing in the picture", node.place, EXAMPLE)
    return {**found, "place": node.place}


def _bind(found: Mapping[str, Any], along: Mapping[str, Any], binder: Binder) -> Pictured:
    return picture_of(binder, **found)


READERS: Mapping[str, Any] = {
    "kind": choice(KINDS), "of": scalar, "values": truth, "gradients": truth, "caption": words,
}
PICTURE = Key("picture", _read_picture, _bind)
