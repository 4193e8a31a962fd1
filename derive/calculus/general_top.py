"""A member of a series on top, at a position that stays a letter: dJ[t]/dh[i].

The t on top is one position; the t in the model's equations runs. So the model's index gets another
letter (i), and t on top acts like a length. That lo <= t <= T is told to the sweep, which takes
every name for a number from 1 on, by writing t = lo + p - 1 and T = t + d - 1; in the result p and
d are t and T again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from derive.calculus.adjoint import Adjoint, adjoint
from derive.calculus.contributions import ONE, Contribution, Term
from derive.calculus.fusion import Fusion
from derive.calculus.pieces import Piece
from derive.calculus.system import System
from derive.calculus.tidy import tidy
from derive.errors import DeriveError
from derive.expr.equation import Domain, Equation
from derive.expr.integers import IntLike, coefficient, named, names_in, put
from derive.expr.nodes import Entry, Expr, Eye, Partial, Range, Reduce, Symbol
from derive.expr.positions import solved_for
from derive.expr.walk import at, children, put_range, rebuild
from derive.expr.walk import replace as swap
from derive.syntax.write_text import write

__all__ = ["at_top", "free_letter", "general_adjoint", "relettered", "settled"]

Env = Mapping[str, IntLike]
Moved = TypeVar("Moved", bound=Expr)


def general_adjoint(model: System, top: Symbol, wanted: frozenset[str],
                    fusions: Sequence[Fusion], ranges: Mapping[str, Range],
                    letters: Mapping[str, str]) -> Adjoint:
    """Run the sweep for a general member *top* (J[t]).

    *letters* gives the model's indices that stand on top other letters, *ranges* are the declared
    ones.
    """
    moved = _moved(model, letters)
    names = _counted_from_one(top, model, ranges)
    ends = {letters.get(n, n): end for n, end in names.ends.items()}
    hidden = _put(_with_named_ends(moved, ends), names.hidden)
    found = adjoint(hidden, at(top, names.hidden), wanted,
                    tuple(_fusion(f, letters, names.hidden) for f in fusions))
    known = {(f.outer, f.inner, f.argument.name): f for f in fusions}
    terms = {name: tuple(_shown(term, names.shown, known) for term in several)
             for name, several in found.terms.items()}
    cases = {name: tuple(Piece(_domain(p.domain, names.shown),
                               tuple(_shown(term, names.shown, known) for term in p.terms))
                         for p in pieces) for name, pieces in found.pieces.items()}
    return replace(found, top=top, model=moved, terms=terms, cases=cases)


def relettered(expr: Moved, letters: Mapping[str, str]) -> Moved:
    """Give indices other letters, free or bound."""
    env = {old: named(new) for old, new in letters.items()}
    parts = children(expr)
    if not parts:
        return at(expr, env)
    made = rebuild(expr, tuple(relettered(part, letters) for part in parts))
    if isinstance(made, Reduce):
        return replace(made, index=letters.get(made.index, made.index),
                       range=put_range(made.range, env))
    if isinstance(made, Entry):
        return replace(made, at=tuple(put(i, env) for i in made.at))
    return made


def _moved(model: System, letters: Mapping[str, str]) -> System:
    env = {old: named(new) for old, new in letters.items()}
    equations = tuple(
        Equation(at(e.target, env),
                 tuple((letters.get(n, n), put_range(r, env)) for n, r in e.domain),
                 relettered(e.rhs, letters))
        for e in model.equations)
    families = {name: replace(f, indices=tuple(letters.get(n, n) for n in f.indices))
                for name, f in model.families.items()}
    return System(equations, families, model.helpers)


def free_letter(model: System, taken: Set[str]) -> str:
    """Return a letter for an index that nothing in the model is called by."""
    used = taken | model.used
    spare = (f"i{k}" for k in count(1))
    return next((c for c in "isjrquvw" if c not in used), None) or next(
        c for c in spare if c not in used)


@dataclass(frozen=True)
class _Names:
    """*hidden* writes positions and lengths in names that count from 1, *shown* takes them back.

    `ends` gives the last position of an index a name where it is a number.
    """

    hidden: dict[str, IntLike]
    shown: dict[str, IntLike]
    ends: dict[str, tuple[int, IntLike]]


def _counted_from_one(top: Symbol, model: System, ranges: Mapping[str, Range]) -> _Names:
    names = _Names({}, {}, {})
    own = model.families[top.name].indices
    for k, (index, position) in enumerate(zip(own, top.index, strict=True)):
        letters = [n for n in names_in(position) if n in ranges]
        if len(letters) != 1 or letters[0] in names.hidden or coefficient(
                position, letters[0]) not in (1, -1):
            if letters:
                raise _unclear(top)
            continue
        _count(names, top, letters[0], k, ranges.get(index, ranges[letters[0]]))
    return names


def _count(names: _Names, top: Symbol, letter: str, k: int, bounds: Range) -> None:
    """Write the k-th position as lo + p - 1, and the end of its range as position + d - 1."""
    position = top.index[k]
    if len(bounds.los) > 1 or len(bounds.his) > 1 or not isinstance(bounds.lo, int):
        raise _unclear(top)
    first, rest, end = named(f"'p{k}"), named(f"'d{k}"), named(f"'e{k}")
    place = bounds.lo + first - 1
    names.hidden[letter] = solved_for(letter, position, place)
    names.shown.update({f"'p{k}": position - bounds.lo + 1, f"'d{k}": bounds.hi - position + 1})
    if isinstance(bounds.hi, int):
        names.ends[letter] = (bounds.hi, end)
        names.hidden[f"'e{k}"] = place + rest - 1
        names.shown[f"'e{k}"] = bounds.hi
        return
    length = sorted(names_in(bounds.hi))
    if len(length) != 1 or coefficient(bounds.hi, length[0]) != 1 or length[0] in names.hidden:
        raise _unclear(top)
    names.hidden[length[0]] = solved_for(length[0], bounds.hi, place + rest - 1)


def _unclear(top: Symbol) -> DeriveError:
    return DeriveError(f"`{write(top)}` cannot stand on top: its position is not one index that "
                       "runs from a number to a length", remedy="ask for one member of it")


def _with_named_ends(model: System, ends: Mapping[str, tuple[int, IntLike]]) -> System:
    """Write the last position of an index as a name where it is a number: t = 1..3."""
    def bounds(index: str, r: Range) -> Range:
        number, name = ends.get(index, (None, 0))
        return Range(r.los, tuple(name if b == number else b for b in r.his))

    def change(expr: Expr) -> Expr:
        expr = rebuild(expr, tuple(map(change, children(expr))))
        return replace(expr, range=bounds(expr.index, expr.range)) if isinstance(
            expr, Reduce) else expr

    return replace(model, equations=tuple(
        Equation(e.target, tuple((n, bounds(n, r)) for n, r in e.domain), change(e.rhs))
        for e in model.equations))


def _put(model: System, env: Env) -> System:
    equations = tuple(Equation(at(e.target, env), _domain(e.domain, env), at(e.rhs, env))
                      for e in model.equations)
    families = {n: replace(f, shape=tuple(put(s, env) for s in f.shape))
                for n, f in model.families.items()}
    return System(equations, families, model.helpers)


def _domain(domain: Domain, env: Env) -> Domain:
    return tuple((n, put_range(r, env)) for n, r in domain)


def _fusion(fusion: Fusion, letters: Mapping[str, str], env: Env) -> Fusion:
    """Return a pair in the letters of the sweep; its proof keeps those of the file."""
    def moved(expr: Moved) -> Moved:
        return at(relettered(expr, letters), env)

    return replace(fusion, top=moved(fusion.top), loss=moved(fusion.loss),
                   value=moved(fusion.value), argument=moved(fusion.argument),
                   function=moved(fusion.function), derivative=moved(fusion.derivative))


def _shown(term: Term, env: Env, fusions: Mapping[tuple[str, str, str], Fusion]) -> Term:
    """Return a term with the names of the file in it."""
    plain = replace(term, expr=at(term.expr, env), domain=_domain(term.domain, env),
                    sums=_domain(term.sums, env))
    if not isinstance(plain, Contribution):
        return plain
    e, fused = plain.equation, plain.fused
    if fused is not None:
        fused = fusions[fused.outer, fused.inner, fused.argument.name]
    equation = Equation(at(e.target, env), _domain(e.domain, env), at(e.rhs, env))
    return replace(plain, source=at(plain.source, env), target=at(plain.target, env),
                   equation=equation, fused=fused)


def at_top(adjoint: Adjoint, piece: Piece) -> dict[str, IntLike]:
    """Return the one position at which a case holds where that is the position of a general top."""
    fixed = {n for p in adjoint.top.index for n in names_in(p)}
    points = {n: r.lo for n, r in piece.domain if r.los == r.his and names_in(r.lo) & fixed}
    general = adjoint.cases is not None and len(points) == len(piece.domain)
    return points if general else {}


def settled(adjoint: Adjoint, expr: Expr, point: Mapping[str, IntLike]) -> Expr:
    """Put a position in; the derivative of the top by itself is 1, or I."""
    top, moved = adjoint.top, at(expr, point)
    if adjoint.form == "component":
        return moved
    one = Eye(top.shape[0]) if top.shape else ONE
    table: dict[Expr, Expr] = {Partial(top, top): one}
    return tidy(swap(moved, table)) if moved not in table else moved
