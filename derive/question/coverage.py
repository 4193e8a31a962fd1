"""Is every member of a series that an equation reads there, exactly once, and without a circle?

Ranges that stayed symbols are tried at a few lengths: what is missing at T = 4 is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from derive.errors import DeriveError
from derive.expr.equation import Domain, Equation, Family
from derive.expr.integers import IntLike, names_in, put
from derive.expr.nodes import Expr, Range, Reduce, Ref
from derive.expr.positions import assignments, integers
from derive.expr.walk import at as put_at
from derive.expr.walk import children
from derive.question.question import Given
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = [
    "MOST_INSTANCES", "Member", "check_coverage", "member_of", "members_read", "positions_of",
    "read_positions", "trial_sizes", "without_base_cases",
]

TRIAL_LENGTH = 4
MOST_INSTANCES = 20_000
Position = tuple[int, ...]
Member = tuple[str, Position]


def trial_sizes(equations: Sequence[Equation]) -> dict[str, IntLike]:
    """Give every symbolic length a small number."""
    found: set[str] = set()
    for equation in equations:
        indices = {index for index, _ in equation.domain}
        bounds = [b for _, r in equation.domain for b in (*r.los, *r.his)]
        for node in _binders(equation.rhs):
            indices.add(node.index)
            bounds += [*node.range.los, *node.range.his]
        positions = [*equation.target.index, *(p for r in _refs(equation.rhs) for p in r[0].index)]
        found |= {n for b in (*bounds, *positions) for n in names_in(b)} - indices
    return dict.fromkeys(found, TRIAL_LENGTH)


def _binders(expr: Expr) -> Iterator[Reduce]:
    if isinstance(expr, Reduce):
        yield expr
    for part in children(expr):
        yield from _binders(part)


def _refs(expr: Expr, bound: Domain = ()) -> Iterator[tuple[Ref, Domain]]:
    if isinstance(expr, Ref):
        yield expr, bound
    if isinstance(expr, Reduce):
        bound = (*bound, (expr.index, expr.range))
    for part in children(expr):
        yield from _refs(part, bound)


def _read(expr: Expr, scope: Scope, bound: Domain = ()) -> Iterator[tuple[Ref, Domain]]:
    """Yield what an expression reads; a derivative reads what it differentiates."""
    for ref, around in _refs(expr, bound):
        known, made = scope.gradients.get(ref.family), scope.expressions.get(ref.family)
        if known is not None:
            env = dict(zip(known.letters, ref.index, strict=True))
            yield from _read(put_at(known.top, env), scope, around)
            yield from _read(put_at(known.bottom, env), scope, around)
        elif made is not None:
            letters = (n for n, _ in made.domain)
            yield from _read(put_at(made.rhs, dict(zip(letters, ref.index, strict=True))), scope,
                             around)
        else:
            yield ref, around


def _at(ref: Ref, env: Mapping[str, IntLike]) -> Position:
    return integers(ref.index, env)


def member_of(ref: Ref, env: Mapping[str, IntLike]) -> Member:
    """Return the member that a reference means where the indices have these values."""
    return ref.family, _at(ref, env)


def members_read(equation: Equation, scope: Scope
                 ) -> Callable[[Mapping[str, IntLike]], set[Member]]:
    """Return what tells which members an equation reads at given values of its indices."""
    found = list(_read(equation.rhs, scope))
    return lambda env: {member_of(ref, inner) for ref, bound in found
                        for inner in assignments(bound, env)}


def positions_of(name: str, equations: Sequence[Equation], given: Mapping[str, Given]
                 ) -> set[Position] | None:
    """Return where members of *name* are given, defined or read.

    None where that depends on symbols, or where nothing tells.
    """
    if trial_sizes(equations):
        return None
    found: set[Position] = set(given[name].members) if name in given else set()
    for equation in equations:
        around = [(equation.target, ()), *_refs(equation.rhs)]
        for ref, bound in around:
            if ref.family == name:
                found |= {_at(ref, e) for e in assignments((*equation.domain, *bound), {})}
    return found or None


def read_positions(name: str, equations: Sequence[Equation]) -> set[Position]:
    """Return where equations read members of *name*: a state that is left open starts somewhere."""
    return {_at(ref, env) for equation in equations for ref, bound in _refs(equation.rhs)
            if ref.family == name for env in assignments((*equation.domain, *bound), {})}


def without_base_cases(equations: Sequence[Equation], given: Mapping[str, Given],
                       errors: MutableSequence[DeriveError], places: dict[int, Text]
                       ) -> tuple[Equation, ...]:
    """Take base cases (given members, equations with a fixed index) out of general equations."""
    out: list[Equation] = []
    for equation in equations:
        pieces = [equation]
        for at in _base_cases(equation, equations, given):
            pieces = [p for piece in pieces for p in _without(piece, at)]
        for piece in pieces:
            places[id(piece)] = places[id(equation)]
        out.extend(pieces)
        if not pieces:
            errors.append(DeriveError("every member this equation defines is given already",
                                      places[id(equation)].place))
    return tuple(out)


def _base_cases(equation: Equation, equations: Sequence[Equation], given: Mapping[str, Given]
                ) -> list[tuple[IntLike, ...]]:
    name = equation.target.family
    fixed = [p for p in given[name].members if p] if name in given else []
    others = [e.target.index for e in equations if e is not equation and e.target.family == name
              and len(e.domain) < len(equation.domain)]
    return [*fixed, *others]


def _without(equation: Equation, at: tuple[IntLike, ...]) -> list[Equation]:
    """Split one position out of a domain; only positions fixed along one index are handled."""
    axes = [k for k, (own, other) in enumerate(zip(equation.target.index, at, strict=True))
            if own != other]
    if len(axes) != 1:
        return [equation]
    own, other = equation.target.index[axes[0]], at[axes[0]]
    index = next((n for n, _ in equation.domain if n in names_in(own)), None)
    if index is None or names_in(other) & {n for n, _ in equation.domain}:
        return [equation]
    value = other - put(own, {index: 0})  # own is index + shift
    return [replace(equation, domain=tuple((n, piece if n == index else r)
                                           for n, r in equation.domain))
            for n0, bounds in equation.domain if n0 == index
            for piece in _split_range(bounds, value)]


def _split_range(bounds: Range, value: IntLike) -> list[Range]:
    below, above = value - bounds.lo, bounds.hi - value
    if any(isinstance(gap, int) and gap < 0 for gap in (below, above)):
        return [bounds]
    if below == 0:
        pieces = [Range((bounds.lo + 1,), bounds.his)]
    elif above == 0:
        pieces = [Range(bounds.los, (bounds.hi - 1,))]
    else:
        pieces = [Range(bounds.los, (value - 1,)), Range((value + 1,), bounds.his)]
    return [p for p in pieces if not _is_empty(p)]


def _is_empty(bounds: Range) -> bool:
    length = bounds.hi - bounds.lo
    return isinstance(length, int) and length < 0


def check_coverage(equations: Sequence[Equation], families: Mapping[str, Family],
                   given: Mapping[str, Given], declared: Mapping[str, object], scope: Scope,
                   places: Mapping[int, Text]) -> None:
    """Report members read but not there, members defined twice, and circles."""
    try:
        env = trial_sizes(equations)
        defined = _defined(equations, given, env, scope, places)
        graph = _graph(equations, defined, env, given, declared, scope, places)
        if graph is not None:
            _report_circle(graph, defined, scope, places)
    except DeriveError as error:
        scope.errors.append(error)


def _defined(equations: Sequence[Equation], given: Mapping[str, Given],
             env: Mapping[str, IntLike], scope: Scope, places: Mapping[int, Text]
             ) -> dict[Member, Equation | None]:
    known: dict[Member, Equation | None] = {
        (name, p): None for name, item in given.items() for p in item.members}
    for equation in equations:
        text = places[id(equation)]
        for assigned in assignments(equation.domain, env):
            member = member_of(equation.target, assigned)
            if member in known:
                where = "given and defined" if known[member] is None else "defined twice"
                scope.errors.append(DeriveError(f"`{_say(member)}` is {where}", text.place))
                break
            known[member] = equation
    return known


def _say(member: Member) -> str:
    name, at = member
    return f"{name}[{','.join(map(str, at))}]" if at else name


def _graph(equations: Sequence[Equation], defined: Mapping[Member, Equation | None],
           env: Mapping[str, IntLike], given: Mapping[str, Given],
           declared: Mapping[str, object], scope: Scope, places: Mapping[int, Text]
           ) -> dict[Member, set[Member]] | None:
    graph: dict[Member, set[Member]] = {}
    for equation in equations:
        read_at = members_read(equation, scope)
        for assigned in assignments(equation.domain, env):
            member, read = member_of(equation.target, assigned), read_at(assigned)
            missing = sorted(m for m in read if m not in defined and m[0] not in declared)
            if missing:
                scope.errors.append(_missing(missing[0], member, places[id(equation)], defined))
                break
            graph[member] = read
            if len(graph) > MOST_INSTANCES:
                return None
    return graph


def _missing(member: Member, reader: Member, text: Text,
             defined: Mapping[Member, Equation | None]) -> DeriveError:
    """Say what is missing: an initial state, a value, or a member beyond the last one there is.

    An initial state is a member that the family's own equation starts from.
    """
    name, at = member
    own = [p for (n, p), equation in defined.items() if n == name and equation is not None]
    if own and reader[0] != name and len(at) == 1 and at > max(own):
        first = min(p for n, p in defined if n == name)
        return DeriveError(f"`{_say(member)}` is out of range in `{_say(reader)}`: there are "
                           f"{_say((name, first))} .. {_say((name, max(own)))}", text.place,
                           "make the index longer, or read an earlier member")
    key = at[0] if len(at) == 1 else f'"{",".join(map(str, at))}"'
    where = f"{name}: {{{key}: ...}}" if at else f"{name}: ..."
    what = "initial state " if own else ""
    return DeriveError(f"{what}`{_say(member)}` is needed for `{_say(reader)}`, but it is neither "
                       f"given nor defined", text.place,
                       f"add `{where}` to given, or `{_say(member)} = ...` to the model")


def _report_circle(graph: Mapping[Member, set[Member]], defined: Mapping[Member, Equation | None],
                   scope: Scope, places: Mapping[int, Text]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle: list[Member] = list(reversed(error.args[1]))
        equation = next(e for m in circle if (e := defined.get(m)) is not None)
        path = " -> ".join(_say(m) for m in islice(circle, 8))
        scope.errors.append(DeriveError(f"the equations go in a circle: {path}",
                                        places[id(equation)].place))

