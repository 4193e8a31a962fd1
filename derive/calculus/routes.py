"""The quantities on the ways from one member of a model down to another, by their equations."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass

from derive.calculus.ranges import at_most
from derive.calculus.reach import Reach
from derive.calculus.system import System
from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import named
from derive.expr.nodes import Expr, Reduce, Symbol
from derive.expr.positions import Env, match
from derive.expr.walk import at, refs, walk

__all__ = ["Stop", "routes"]

MOST_POSITIONS = 8  # of one family, before a way counts as a recurrence


@dataclass(frozen=True, slots=True)
class Stop:
    """A quantity on the way, what it is, and who on the way reads it (empty for the top)."""

    symbol: Symbol
    rhs: Expr | None
    readers: tuple[Symbol, ...] = ()


def routes(system: System, top: Symbol, bottom: Symbol,
           halts: Collection[Symbol] = ()) -> tuple[Stop, ...]:
    """Return every quantity between *top* and *bottom*, each after all that read it.

    The ways above *halts* are not gone: d top / d h[t+1] is known there. Beside these, each
    quantity below the top has to come at one position only: a way through h[t] and h[t+1] is a
    recurrence, which has a sum over paths and no chain rule of a fixed length. Empty where *top*
    does not depend on *bottom*.
    """
    above, reach = system.above(top.name), Reach.of(system, top)
    readers: dict[Symbol, dict[Symbol, None]] = {}
    todo = [bottom]
    while todo:
        here = todo.pop()
        if here in readers:
            continue
        halt = here == top or (here in halts and here != bottom)
        found = () if halt else tuple(filter(reach.may_lead, _readers(system, here, top, above)))
        _refuse_endless(readers, here)
        readers[here] = dict.fromkeys(found)
        todo += found
    order = _ordered(readers, {top, *halts} - {bottom})
    _refuse_recurrence([s for s in order if s not in halts and s != top])
    return tuple(Stop(s, _formula(system, s) if s != bottom or s == top else None,
                      tuple(r for r in readers[s] if r in order)) for s in order)


def _readers(system: System, here: Symbol, top: Symbol, above: set[str]) -> tuple[Symbol, ...]:
    return tuple(dict.fromkeys(
        reader for equation in system.equations if equation.target.family in above
        for reader in _reading(equation, here, top)))


def _reading(equation: Equation, here: Symbol, top: Symbol) -> Iterator[Symbol]:
    """Yield the members that read *here* by one equation."""
    bound = {e.index for e in walk(equation.rhs) if isinstance(e, Reduce)}
    own = {n for n, _ in equation.domain}
    for ref in refs(equation.rhs):
        if isinstance(ref, Symbol) and ref.name == here.name:
            env = match(ref, here, own | bound)
            if env is not None and not _outside(equation, env):
                yield _at_one(equation, {n: i for n, i in env.items() if n in own}, here, top)


def _outside(equation: Equation, env: Env) -> bool:
    """True where an equation certainly does not hold at a position: at T + 1, if it ends at T."""
    return any(at_most(env[n] + 1, lo) for n, r in equation.domain if n in env for lo in r.los) or (
        any(at_most(hi + 1, env[n]) for n, r in equation.domain if n in env for hi in r.his))


def _at_one(equation: Equation, env: Env, here: Symbol, top: Symbol) -> Symbol:
    """Return the one member that reads *here*; an index of the top's own stays what it is."""
    loose = [n for n, _ in equation.domain if n not in env]
    for name in loose:
        if named(name) not in top.index:
            raise DeriveError(
                f"`{here.name}` is read for every {name}, so its derivative is a sum over {name}",
                remedy=f"`find` gives it; a claim can be about the derivative of one term, "
                       f"such as the loss at {name}")
        env = {**env, name: named(name)}
    target = at(equation.target, env)
    assert isinstance(target, Symbol), "models define quantities"
    return target


def _refuse_endless(readers: Collection[Symbol], here: Symbol) -> None:
    """A way that goes on from position to position has no end where the length is a symbol."""
    _refuse_recurrence([s for s in readers if s.name == here.name][MOST_POSITIONS:])


def _refuse_recurrence(found: list[Symbol]) -> None:
    for symbol in found:
        if sum(other.name == symbol.name for other in found) > 1:
            raise DeriveError(
                f"the derivative goes through `{symbol.name}` at more than one position",
                remedy="`find` gives its recurrence")


def _formula(system: System, symbol: Symbol) -> Expr | None:
    found = [(e, match(e.target, symbol)) for e in system.by_target.get(symbol.name, [])]
    own = [(e, env) for e, env in found if env is not None]
    if len(own) > 1:
        raise DeriveError(f"`{symbol.name}` has more than one equation, so no single chain rule",
                          remedy="`find` treats the cases one by one")
    return at(own[0][0].rhs, own[0][1]) if own else None


def _ordered(readers: dict[Symbol, dict[Symbol, None]], tops: Set[Symbol]) -> list[Symbol]:
    """Return the top first, and each after its readers; what does not lead there is left out."""
    leading = tops & readers.keys()
    while more := {s for s, by in readers.items() if s not in leading and leading & by.keys()}:
        leading |= more
    order: list[Symbol] = []
    while len(order) < len(leading):
        order.append(next(s for s in reversed(readers) if s in leading and s not in order
                          and all(r in order for r in readers[s] if r in leading)))
    return order
