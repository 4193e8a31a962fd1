r"""Derivatives of unknown functions: \nabla l(y), \nabla_{o} l(o, y), J_{A}(a), DA(a), A'.

Without brackets the function is taken where the model takes it, if that is one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from derive.expr.nodes import Diag, Expr
from derive.question.latex.functions import Function, function, unknown_map
from derive.question.latex.laid import Laid, Value, Way
from derive.question.latex.quantities import quantity
from derive.question.latex.spelling import spelled
from derive.question.latex.superscripts import raised, with_scripts
from derive.syntax.read_latex.tree import Fenced, Name, Node, Numeral, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["slope_by", "slope_of_unknown", "unknown_slope"]

JACOBIANS = ("J", "D", "Jac")


@dataclass(frozen=True, slots=True)
class _Sign:
    """A sign of a derivative: of which function, by which argument, how many factors it takes.

    sup: what stands above it, as in J_A^\\top.
    """

    f: Function
    by: Node | None
    taken: int
    sup: Node | None = None


def unknown_slope(reader: Reader, factors: Sequence[Node]) -> tuple[Value | None, int]:
    """Return the derivative at the front of some factors, and how many of them it takes."""
    sign = _sign(reader, factors)
    if sign is None:
        return None, 0
    last = factors[sign.taken] if sign.taken < len(factors) else None
    scripts = last if isinstance(last, Scripted) else None
    brackets = scripts.base if scripts is not None else last
    args = _arguments(reader, sign, brackets)
    if args is None or not isinstance(brackets, Fenced):
        made = _at_its_point(reader, sign)
        return made, sign.taken if made is not None else 0
    found = slope_by(reader, sign.f.name, args, _slot(reader, sign.by, brackets.items))
    made = found if scripts is None else with_scripts(reader, found, scripts)
    return raised(reader, made, sign.sup), sign.taken + 1


def slope_of_unknown(reader: Reader, node: Node) -> Value | None:
    """Read A', J_A and J_A^T alone: the derivative where the model takes the function."""
    sign = _alone(reader, node)
    return None if sign is None else _at_its_point(reader, sign)


def slope_by(reader: Reader, name: str, args: Sequence[Laid], slot: int) -> Laid:
    """Return the derivative by one argument; on the diagonal where it acts entry by entry."""
    made: Expr = unknown_map(name, args, reader, (slot,)).expr
    gives = reader.vocabulary.functions[name].gives
    if gives is None and made.shape:
        made = Diag(made)
    return Laid(made, Way.EITHER if gives == () else Way.STANDS, slope=True)


def _arguments(reader: Reader, sign: _Sign, brackets: Node | None) -> list[Laid] | None:
    """Return what stands in the brackets, where the function takes that."""
    if not isinstance(brackets, Fenced):
        return None
    args = [reader.laid(item) for item in brackets.items]
    fits = reader.vocabulary.functions[sign.f.name].takes in ((), tuple(a.shape for a in args))
    return args if fits or sign.f.name not in reader.vocabulary.points else None


def _at_its_point(reader: Reader, sign: _Sign) -> Value | None:
    point = reader.vocabulary.points.get(sign.f.name, ())
    slots = range(len(point)) if sign.by is None else _named(reader, sign.by, point)
    if len(slots) != 1:
        return None
    made = slope_by(reader, sign.f.name, [Laid(arg) for arg in point], slots[0])
    return raised(reader, made, sign.sup)


def _named(reader: Reader, by: Node, point: Sequence[Expr]) -> Sequence[int]:
    """Return which arguments a name means."""
    found = quantity(by, reader)
    return [k for k, arg in enumerate(point) if found is not None and found.symbol == arg]


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


def _sign(reader: Reader, factors: Sequence[Node]) -> _Sign | None:
    """Return the sign of a derivative at the front of some factors."""
    first = factors[0]
    base = first.base if isinstance(first, Scripted) else first
    subs = first.subs if isinstance(first, Scripted) else ()
    if not isinstance(base, Name) or len(subs) > 1 or len(factors) < 2:
        return None
    if base.stem == r"\nabla":
        f = _declared(reader, factors[1])
        return _Sign(f, subs[0] if subs else None, 2) if f else None
    if base.stem in JACOBIANS and not subs and _is_free(reader, base):
        f = _declared(reader, factors[1], entrywise=True)
        return _Sign(_without_sup(f), None, 2, f.sup) if f else None
    after = factors[1].base if isinstance(factors[1], Scripted) else factors[1]
    if isinstance(first, Scripted) and first.primes and isinstance(after, Fenced):
        return None     # A'(a) is a function with its argument
    return _alone(reader, first)


def _alone(reader: Reader, node: Node) -> _Sign | None:
    """Return what J_A, D_A, A' are the derivative of."""
    if not isinstance(node, Scripted) or not isinstance(node.base, Name):
        return None
    if node.base.stem in JACOBIANS and len(node.subs) == 1 and not node.primes:
        f = _declared(reader, node.subs[0], entrywise=True)
        return _Sign(f, None, 1, node.sup) if f else None
    if node.primes != 1:
        return None
    f = _declared(reader, replace(node, primes=0, sup=None))
    return _Sign(f, None, 1, node.sup) if f else None


def _without_sup(f: Function) -> Function:
    """Return a function without what stands above it."""
    own = f.node if isinstance(f.node, Scripted) else None
    return f if own is None or own.sup is None else Function(f.name, replace(own, sup=None))


def _is_free(reader: Reader, name: Name) -> bool:
    return spelled(replace(name, font="")) not in reader.vocabulary.patterns


def _declared(reader: Reader, node: Node, entrywise: bool = False) -> Function | None:
    f = function(node, reader)
    own = reader.vocabulary.functions.get(f.name) if f else None
    return f if own is not None and (entrywise or own.gives is not None) else None
