"""The cases of an adjoint equation: t = T, t < T, t = 0, each with the terms that hold there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from derive.calculus.contributions import Term
from derive.calculus.ranges import large
from derive.errors import DeriveError
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, coefficient, constant_part, names_in
from derive.expr.nodes import Range

__all__ = ["Piece", "least_lengths", "pieces_of"]


@dataclass(frozen=True)
class Piece:
    """On `domain` exactly these terms are added."""

    domain: Domain
    terms: tuple[Term, ...]


def pieces_of(found: Sequence[Term], names: Sequence[str]) -> tuple[Piece, ...]:
    """Cut the range of each index where a term begins or ends.

    Ends are ordered for long ranges (T large); a short range leaves some cases empty.
    """
    cuts = [_intervals([dict(c.domain)[n] for c in found], n) for n in names]
    out = []
    for cell in product(*cuts):
        domain = tuple(zip(names, cell, strict=True))
        terms = tuple(c for c in found if _covers(c.domain, domain))
        if terms:
            out.append(Piece(domain, terms))
    return tuple(_merged(out)) if len(names) == 1 else tuple(out)


def least_lengths(piece: Piece) -> Domain:
    """Return how long T has to be for the case to be as it stands: at T = 1 there is no T - 1 >= 1.

    Lengths of at least 1 are understood.
    """
    gaps = [gap for c in piece.terms
            for (_, outer), (_, inner) in zip(c.domain, piece.domain, strict=True)
            for gap in (inner.lo - outer.lo, outer.hi - inner.hi)]
    least: dict[str, int] = {}
    for gap in gaps:
        names = names_in(gap)
        name = next(iter(names), "")
        if len(names) == 1 and coefficient(gap, name) == 1:
            least[name] = max(least.get(name, 1), -constant_part(gap))
    return tuple((name, Range((n,), ())) for name, n in least.items() if n > 1)


def _merged(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Join neighbours along one index that add the same terms."""
    waiting: Piece | None = None
    for piece in pieces:
        if waiting and waiting.terms == piece.terms and _touch(waiting, piece):
            (name, first), (_, second) = waiting.domain[0], piece.domain[0]
            waiting = Piece(((name, Range(first.los, second.his)),), piece.terms)
            continue
        if waiting:
            yield waiting
        waiting = piece
    if waiting:
        yield waiting


def _touch(a: Piece, b: Piece) -> bool:
    return a.domain[0][1].hi + 1 == b.domain[0][1].lo


def _intervals(ranges: Sequence[Range], name: str) -> list[Range]:
    if all(r == ranges[0] for r in ranges):
        return [ranges[0]]
    if any(len(r.los) != 1 or len(r.his) != 1 for r in ranges):
        raise DeriveError(f"the cases of the index `{name}` cannot be told apart",
                          remedy="give the lengths numbers")
    starts: list[IntLike] = [r.lo for r in ranges] + [r.hi + 1 for r in ranges]
    ordered = sorted(set(starts), key=large)
    return [Range((a,), (b - 1,)) for a, b in pairwise(ordered)]


def _covers(outer: Domain, inner: Domain) -> bool:
    return all(o == i or (large(o.lo) <= large(i.lo) and large(i.hi) <= large(o.hi))
               for (_, o), (_, i) in zip(outer, inner, strict=True))
