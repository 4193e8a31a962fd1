r"""Derivatives of unknown functions: \nabla l(y), \nabla_{o} l(o, y), J_{A}(a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from derive.question.latex.functions import Function, function, unknown_map
from derive.question.latex.laid import Laid, Value, Way
from derive.question.latex.spelling import spelled
from derive.question.latex.superscripts import with_scripts
from derive.syntax.read_latex.tree import Fenced, Name, Node, Numeral, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["unknown_slope"]


def unknown_slope(reader: Reader, factors: Sequence[Node]) -> tuple[Value | None, int]:
    """Return the derivative at the front of some factors, and how many of them it takes."""
    sign = _sign(reader, factors)
    if sign is None:
        return None, 0
    f, by, taken = sign
    last = factors[taken - 1]
    brackets = last.base if isinstance(last, Scripted) else last
    if not isinstance(brackets, Fenced):
        return None, 0
    args = [reader.laid(item) for item in brackets.items]
    slot = _slot(reader, by, brackets.items)
    lies = bool(reader.vocabulary.functions[f.name].gives == ())
    made = Laid(unknown_map(f.name, args, reader, (slot,)).expr,
                Way.EITHER if lies else Way.STANDS, slope=True)
    scripts = last if isinstance(last, Scripted) else None
    return (made if scripts is None else with_scripts(reader, made, scripts)), taken


def _slot(reader: Reader, by: Node | None, items: Sequence[Node]) -> int:
    """Return which argument is meant: the one that is named, or the one with that number."""
    if by is None and len(items) == 1:
        return 0
    if isinstance(by, Numeral) and by.digits.isdigit() and 0 < int(by.digits[:2]) <= len(items):
        return int(by.digits[:2]) - 1
    meant = [k for k, item in enumerate(items) if by is not None and spelled(item) == spelled(by)]
    if len(meant) != 1:
        raise reader.unreadable("by which argument is not said", items[0].span)
    return meant[0]


def _sign(reader: Reader, factors: Sequence[Node]) -> tuple[Function, Node | None, int] | None:
    """Return the function, by what it is differentiated, and how many factors that takes."""
    first = factors[0]
    base = first.base if isinstance(first, Scripted) else first
    subs = first.subs if isinstance(first, Scripted) else ()
    if not isinstance(base, Name) or len(subs) > 1 or len(factors) < 2:
        return None
    if base.stem == r"\nabla" and len(factors) > 2:
        f = _declared(reader, factors[1])
        return (f, subs[0] if subs else None, 3) if f else None
    if base.stem == "J" and subs:
        f = _declared(reader, subs[0])
        return (f, None, 2) if f else None
    return None


def _declared(reader: Reader, node: Node) -> Function | None:
    f = function(node, reader)
    own = reader.vocabulary.functions.get(f.name) if f else None
    return f if own is not None and own.gives is not None else None
