"""On which members an adjoint is not zero: a loss at t = 1 does not reach back to h_2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.calculus.contributions import Contribution, Term
from derive.calculus.ranges import Limit, at_most, is_empty, meet, ranges_of, tight
from derive.calculus.system import System
from derive.expr.build import sum_over
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Expr, Range, Reduce
from derive.expr.walk import at, put_range, walk

__all__ = ["Box", "narrowed"]

Box = dict[str, Range]
ROUNDS = 4


def narrowed(model: System, top: str, seed: Term, raw: Mapping[str, Sequence[Contribution]],
             read: bool) -> dict[str, tuple[Term, ...]]:
    """Return the contributions cut down to where they matter, the seed of *top* among them.

    A top without an index passes its seed on where nothing has *read* it by name.

    The boxes grow from the seed along the contributions. A bound that keeps moving (a recurrence)
    is let go to the end of the range on which the equations read the quantity at all.
    """
    boxes: dict[str, Box] = {top: dict(seed.domain)}
    cutter = _Cutter(model)
    limit = ROUNDS + 2 * len(raw)
    for turn in range(3 * limit):
        new = _grown(cutter, boxes, raw, top, seed, widen=turn >= limit)
        if new == boxes:
            break
        boxes = new
    cut: dict[str, tuple[Term, ...]] = {}
    for name, found in raw.items():
        kept: list[Term] = [seed] if name == top and (read or seed.domain or found) else []
        kept += [c for item in found if (c := cutter.cut(item, boxes)) is not None]
        if kept:
            cut[name] = tuple(kept)
    return cut


def _grown(cutter: _Cutter, boxes: Mapping[str, Box], raw: Mapping[str, Sequence[Contribution]],
           top: str, seed: Term, widen: bool) -> dict[str, Box]:
    out: dict[str, Box] = {}
    for name, found in raw.items():
        names = cutter.model.families[name].indices
        parts = [dict(c.domain) for item in found if (c := cutter.cut(item, boxes)) is not None]
        if name == top:
            parts.append(dict(seed.domain))
        if parts:
            hull = {n: _hull([p[n] for p in parts], names) for n in names}
            out[name] = _widened(hull, boxes.get(name), found, names) if widen else hull
    return out


@dataclass(frozen=True)
class _Cutter:
    """Cuts contributions down, and remembers: most boxes stay what they are from turn to turn."""

    model: System
    done: dict[tuple[int, Domain], Contribution | None] = field(default_factory=dict)

    def cut(self, item: Contribution, boxes: Mapping[str, Box]) -> Contribution | None:
        """Restrict a term to where its source's adjoint lives; None where that is nowhere."""
        box = boxes.get(item.source.name)
        if box is None:
            return None
        key = (id(item), tuple(box.items()))
        if key not in self.done:
            self.done[key] = _cut(item, box, self.model)
        return self.done[key]


def _cut(item: Contribution, box: Box, model: System) -> Contribution | None:
    names = [n for n, _ in item.domain]
    indices = model.families[item.source.name].indices
    sums = dict(item.sums)
    limits: list[Limit] = [(named(n), r) for n, r in item.domain]
    limits += [(p, box[n]) for p, n in zip(item.source.index, indices, strict=True)]
    more = dict(ranges_of(names, limits, sums))
    domain = tuple((n, meet(r, more[n], names)) for n, r in item.domain)
    if any(is_empty(r) for _, r in (*domain, *sums.items())):
        return None
    expr = item.expr if sums == dict(item.sums) else _resummed(item.expr, sums)
    return _without_points(replace(item, domain=domain, sums=tuple(sums.items()), expr=expr))


def _without_points(item: Contribution) -> Contribution:
    """Put the one position in that a sum is left with where the top is a general member: s = t."""
    point = {n: r.lo for n, r in item.sums if r.los == r.his and not isinstance(r.lo, int)}
    expr = item.expr
    while isinstance(expr, Reduce) and expr.index in point:
        expr = expr.body
    if not point or any(isinstance(e, Reduce) and e.index in point for e in walk(expr)):
        return item
    sums = tuple((n, put_range(r, point)) for n, r in item.sums if n not in point)
    return replace(item, expr=at(expr, point), sums=sums, source=at(item.source, point),
                   target=at(item.target, point))


def _resummed(expr: Expr, sums: Mapping[str, Range]) -> Expr:
    """Give the outer sums of a contribution their narrower ranges."""
    if not sums:
        return expr
    if not isinstance(expr, Reduce):
        return expr  # the term vanished or carries its sums inside a product
    rest = {n: r for n, r in sums.items() if n != expr.index}
    bounds = tight(Range(sums[expr.index].los, sums[expr.index].his))
    return sum_over(expr.index, bounds, _resummed(expr.body, rest))


def _hull(parts: Sequence[Range], indices: Sequence[str]) -> Range:
    lo = _least([p.lo for p in parts if p.los], indices)
    hi = _greatest([p.hi for p in parts if p.his], indices)
    return Range((lo,), (hi,))


def _least(values: Sequence[IntLike], indices: Sequence[str]) -> IntLike:
    best = values[0]
    for value in values[1:]:
        best = value if at_most(value, best, indices) else best
    return best


def _greatest(values: Sequence[IntLike], indices: Sequence[str]) -> IntLike:
    best = values[0]
    for value in values[1:]:
        best = value if at_most(best, value, indices) else best
    return best


def _widened(box: Box, before: Box | None, found: Sequence[Contribution], names: Sequence[str]
             ) -> Box:
    if before is None:
        return box
    out = dict(box)
    for name in names:
        whole = _hull([dict(c.domain)[name] for c in found] + [box[name]], names)
        lo = whole.lo if box[name].lo != before[name].lo else box[name].lo
        hi = whole.hi if box[name].hi != before[name].hi else box[name].hi
        out[name] = Range((lo,), (hi,))
    return out
