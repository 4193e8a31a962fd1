r"""One entry of a convolution, a pooling, or their derivatives, as the sum it is.

``conv2d(X, K, stride=2)`` at (i, j) is ``sum_a sum_b X[2*i+a, 2*j+b] * K[a, b]``; its derivative by
entry (a, b) of the filter, for a cotangent G, is ``sum_i sum_j G[i, j] * X[2*i+a, 2*j+b]``. The
factors keep the order in which people write them. With a frame of zeros the entries are those of
the padded input. Where an entry of the input is under a window of stride 1, the place in the filter
is known, and the sum runs over those windows; otherwise Kronecker deltas keep the right ones.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import singledispatch
from itertools import product
from math import prod
from typing import Any

from derive.errors import DeriveError
from derive.expr.build import number
from derive.expr.integers import IntLike, floored, named, names_in
from derive.expr.nodes import (
    Apply,
    Array,
    Delta,
    Dimension,
    Entry,
    Expr,
    Fill,
    Literal,
    Neg,
    Number,
    Partial,
    Product,
    Quotient,
    Range,
    Reduce,
    Ref,
    Sum,
)
from derive.expr.positions import span
from derive.expr.shapes import Shape
from derive.expr.walk import at as put_at
from derive.expr.walk import transform, walk
from derive.ops import ELEMENTWISE
from derive.ops.conv_entries import MANY, split_position

__all__ = ["CONVOLVED", "Letters", "entry_formula", "has_windows", "places_of", "terms_of",
           "written_out"]

Positions = tuple[IntLike, ...]
# the letters for each kind of position, in the order in which they are tried
CHOICES = {"window": ("ij", "hl", "ab"), "tap": ("uv", "rs", "xy", "pq"),
           "input": ("mn", "kl", "yz", "pq"),
           "filter": tuple("foqw"), "channel": tuple("cgez"), "image": tuple("nqez")}
PAIRED = ("window", "tap", "input")     # rows and columns: two letters that go together
# what the positions of an array are, by how it is made: the last axes, and those ahead of them
KINDS = {"_input_gradient": ("channel", "input"), "_kernel_gradient": ("channel", "tap"),
         "_gradient": ("channel", "input"), "_picked": ("channel", "window")}


@dataclass
class Letters:
    """Gives out letters for positions; those in `taken` mean something else already."""

    taken: set[str] = field(default_factory=set)

    @classmethod
    def beside(cls, *exprs: Expr, names: Collection[str] = ()) -> Letters:
        found = [r for e in exprs for r in walk(e) if isinstance(r, Ref)]
        fixed = {n for r in found if isinstance(r, Partial) for i in r.component
                 for n in names_in(i)}
        return cls({*(r.family for r in found), *fixed, *names})

    def take(self, kind: str, count: int = 1) -> Positions:
        """Return so many positions with letters of one kind."""
        free = [c for c in CHOICES[kind] if not set(c) & self.taken]
        spare = [f"{kind[0]}{n}" for n in range(99) if f"{kind[0]}{n}" not in self.taken]
        found = ([*(free[0] if free else spare)] if kind in PAIRED else [*free, *spare])[:count]
        self.taken |= set(found)
        return tuple(map(named, found))

    def several(self, kinds: Sequence[str], count: int) -> Positions:
        """Return letters one by one, of these kinds as long as they last."""
        chosen = [*kinds, *[kinds[-1]] * count][:max(count, 0)]
        return tuple(self.take(kind)[0] for kind in chosen)


def has_windows(expr: Expr) -> bool:
    """True where a convolution, a pooling or a derivative of one stands in an expression.

    A sum or mean over some axes of a stack of matrices, which has no other notation, is of the same
    kind.
    """
    return any(isinstance(e, Apply) and (e.op in SLIDING or _sums_a_stack(e)) for e in walk(expr))


def _sums_a_stack(expr: Apply) -> bool:
    return expr.op in ("sum", "mean") and len(expr.args[0].shape) > 2 and bool(expr.shape)


def places_of(expr: Expr, letters: Letters) -> Positions:
    """Return letters for an entry: those of windows, of places in a filter, or of the input."""
    node = next((e for e in walk(expr) if isinstance(e, Apply) and e.op in SLIDING), None)
    if node is None:
        return letters.several(("filter", "channel", "image", "tap"), len(expr.shape))
    params, rank = dict(node.params), len(expr.shape)
    ahead, inner = next((found for end, found in KINDS.items() if node.op.endswith(end)),
                        ("filter" if node.op in CONVOLVED else "channel", "window"))
    inner = "input" if node.op.startswith("conv_transpose") else inner
    axes = min(len(params["stride"]), rank)
    front = {0: (), 1: (ahead,), 2: ("image", ahead)}[min(rank - axes, 2)]
    if inner == "tap" and rank - axes == 1 and params["ahead"] != (1, 1):
        front = ("filter",)
    if inner == "tap" and rank - axes == 2:
        front = ("filter", "channel")
    return (*(letters.take(kind)[0] for kind in front), *letters.take(inner, axes))


def entry_formula(expr: Expr, at: Positions, letters: Letters) -> Expr:
    """Return the entry at *at*; a `DeriveError` where it has no such formula."""
    return _entry(expr, at, letters)


@singledispatch
def _entry(expr: Expr, at: Positions, letters: Letters) -> Expr:
    raise DeriveError(f"{type(expr).__name__} has no formula by windows")


@_entry.register(Ref)
@_entry.register(Literal)
@_entry.register(Array)
def _(expr: Expr, at: Positions, letters: Letters) -> Expr:
    return Entry(expr, at) if at else expr


@_entry.register(Number)
@_entry.register(Dimension)
def _(expr: Expr, at: Positions, letters: Letters) -> Expr:
    return expr


@_entry.register(Fill)
def _(expr: Fill, at: Positions, letters: Letters) -> Expr:
    return number(expr.value)


def _part(expr: Expr, at: Positions, letters: Letters) -> Expr:
    """Return the entry of a part that is broadcast to the whole."""
    own = at[len(at) - len(expr.shape):]
    return _entry(expr, tuple(0 if n == 1 else i for i, n in zip(own, expr.shape, strict=True)),
                  letters)


@_entry.register(Sum)
def _(expr: Sum, at: Positions, letters: Letters) -> Expr:
    """The terms use the same letters."""
    return Sum(tuple(_part(term, at, Letters(set(letters.taken))) for term in expr.terms))


@_entry.register(Reduce)
def _(expr: Reduce, at: Positions, letters: Letters) -> Expr:
    if expr.kind == "prod":
        raise DeriveError("a product over an index has no formula by windows")
    return Reduce(expr.kind, expr.index, expr.range, _entry(expr.body, at, letters))


@_entry.register(Neg)
def _(expr: Neg, at: Positions, letters: Letters) -> Expr:
    return Neg(_entry(expr.arg, at, letters))


@_entry.register(Product)
def _(expr: Product, at: Positions, letters: Letters) -> Expr:
    """A factor of ones only repeats: it is left out."""
    kept = [f for f in expr.factors if not (isinstance(f, Fill) and f.value == 1)]
    return Product(tuple(_part(f, at, letters) for f in kept))


@_entry.register(Quotient)
def _(expr: Quotient, at: Positions, letters: Letters) -> Expr:
    return Quotient(_part(expr.top, at, letters), _part(expr.bottom, at, letters))


@_entry.register(Apply)
def _(expr: Apply, at: Positions, letters: Letters) -> Expr:
    if expr.op in ELEMENTWISE:
        return Apply(expr.op, (_entry(expr.args[0], at, letters),), expr.params, ())
    rule = FORMULAS.get(expr.op)
    if rule is None:
        raise DeriveError(f"{expr.op} has no formula by windows")
    return rule(expr, at, letters)


def _over(letters: Positions, sizes: Shape, body: Expr) -> Expr:
    """Sum over whole axes, the first letter outermost."""
    ranges = [Range((0,), (n - 1,)) for n in sizes]
    return _nested(letters, ranges, body)


def _nested(letters: Positions, ranges: list[Range], body: Expr) -> Expr:
    for letter, bounds in zip(reversed(letters), reversed(ranges), strict=True):
        if not isinstance(letter, int):     # a position that is known: the only channel of a group
            body = Reduce("sum", str(letter), bounds, body)
    return body


def _framed(x: Expr, padding: Any) -> Expr:
    """Return the input with its frame of zeros."""
    if not any(map(any, padding)):
        return x
    axes = len(padding)
    wide = tuple(n + p + q for n, (p, q) in zip(x.shape[len(x.shape) - axes:], padding,
                                                strict=True))
    return Apply("pad", (x,), (("padding", padding),), (*x.shape[:len(x.shape) - axes], *wide))


def _under(window: Positions, tap: Positions, params: dict[str, Any]) -> Positions:
    """Return the entries s i + d a under the places of a window."""
    return tuple(s * i + d * a for s, i, d, a in zip(
        params["stride"], window, params.get("dilation", (1,) * len(tap)), tap, strict=True))


def _group(filter_: Positions, each: IntLike, groups: int) -> IntLike:
    """Return the group of a filter: floor(f / each), f itself where each group has one filter."""
    return floored(filter_[0], each) if filter_ and groups > 1 else 0


def _output(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """Y_oij = sum_cab X_c,si+da,sj+db K_ocab"""
    (x, k), params = expr.args, dict(expr.params)
    n, ahead = len(params["stride"]), params["ahead"]
    image, filter_, window = split_position(at, ahead, n)
    seen = k.shape[len(k.shape) - n - 1:len(k.shape) - n] if ahead[0] else ()
    channel, tap = _channel(seen, params, letters), letters.take("tap", n)
    first = _group(filter_, _each(k, params), params["groups"])
    own = tuple(first * size + c for c, size in zip(channel, seen, strict=True))
    body = Product((
        _entry(_framed(x, params["padding"]), (*image, *own, *_under(window, tap, params)),
               letters),
        _entry(k, (*filter_, *channel, *tap), letters)))
    return _over((*channel, *tap), (*seen, *k.shape[len(k.shape) - n:]), body)


def _channel(seen: Shape, params: dict[str, Any], letters: Letters) -> Positions:
    """Return a letter for the channels a filter sees; the only one of its group is number 0."""
    if params["groups"] > 1 and seen == (1,):
        return (0,)
    return letters.take("channel", len(seen))


def _each(k: Expr, params: dict[str, Any]) -> IntLike:
    """Return how many filters a group has."""
    return k.shape[0] // params["groups"] if isinstance(k.shape[0], int) else k.shape[0]


def _by_input(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """dX_cmn = sum_oij G_oij K_oc,m-i,n-j; sum_oijab with deltas where the windows do not step
    one by one"""
    (g, k), params = expr.args, dict(expr.params)
    n, ahead = len(params["stride"]), params["ahead"]
    image, channel = at[:1] if ahead[0] == 2 else (), at[len(at) - n - 1:len(at) - n]
    filters = (_each(k, params),) if ahead in MANY else ()
    filter_, own, inner = _of_group(channel if ahead[0] else (), filters, k, params, letters)
    window = letters.take("window", n)
    places, ranges, deltas, sums = _covering(at[len(at) - n:], window, g, k, params, letters)
    body = Product((
        _entry(g, (*image, *own, *window), letters),
        _entry(k, (*own, *inner, *places), letters), *deltas))
    whole = [Range((0,), (size - 1,)) for size in filters]
    return _nested((*filter_, *window, *(named(name) for name, _ in sums)),
                   [*whole, *ranges, *(bounds for _, bounds in sums)], body)


def _of_group(channel: Positions, filters: Shape, k: Expr, params: dict[str, Any],
              letters: Letters) -> tuple[Positions, Positions, Positions]:
    """Return the filters summed over, counted within the group of an input channel and in all, and
    the channel as its filters count it."""
    if params["groups"] == 1:
        filter_ = letters.take("filter", len(filters))
        return filter_, filter_, channel
    filter_ = (0,) if filters == (1,) else letters.take("filter")
    group = floored(channel[0], k.shape[1])
    return filter_, (filters[0] * group + filter_[0],), (channel[0] - k.shape[1] * group,)


def _covering(own: Positions, window: Positions, g: Expr, k: Expr, params: dict[str, Any],
              letters: Letters) -> tuple[Positions, list[Range], list[Expr],
                                         list[tuple[str, Range]]]:
    """Return the place of an entry in each window, which windows count, and what keeps them."""
    n = len(own)
    counts, sizes = g.shape[len(g.shape) - n:], k.shape[len(k.shape) - n:]
    taps = letters.take("tap", n)
    places: list[IntLike] = []
    ranges: list[Range] = []
    deltas: list[Expr] = []
    sums: list[tuple[str, Range]] = []
    rows = zip(own, window, taps, counts, sizes, params["stride"], params["dilation"],
               params["padding"], strict=True)
    for m, i, a, count, size, s, d, (p, _) in rows:
        if s == d == 1:
            places.append(m + p - i)
            ranges.append(Range((0, m + p - size + 1), (count - 1, m + p)))
        else:
            places.append(a)
            ranges.append(Range((0,), (count - 1,)))
            deltas.append(Delta(s * i + d * a, m + p))
            sums.append((str(a), Range((0,), (size - 1,))))
    return tuple(places), ranges, deltas, sums


def _by_filter(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """dK_ocab = sum_ij G_oij X_c,si+da,sj+db, over all images"""
    (g, x), params = expr.args, dict(expr.params)
    n, ahead = len(params["stride"]), params["ahead"]
    filter_ = at[:1] if ahead in MANY else ()
    channel = at[len(at) - n - 1:len(at) - n] if ahead[0] else ()
    images = g.shape[:1] if ahead[0] == 2 else ()
    image, window = letters.take("image", len(images)), letters.take("window", n)
    own = channel
    if params["groups"] > 1:
        filters, channels = g.shape[len(g.shape) - n - 1], x.shape[len(x.shape) - n - 1]
        each = filters // params["groups"] if isinstance(filters, int) else filters
        seen = channels // params["groups"] if isinstance(channels, int) else channels
        own = tuple(_group(filter_, each, params["groups"]) * seen + c for c in channel)
    body = Product((
        _entry(g, (*image, *filter_, *window), letters),
        _entry(_framed(x, params["padding"]),
               (*image, *own, *_under(window, at[len(at) - n:], params)), letters)))
    return _over((*image, *window), (*images, *g.shape[len(g.shape) - n:]), body)


def _mean(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """P_ij = 1/(h w) sum_ab X_si+a,sj+b"""
    params, (x,) = dict(expr.params), expr.args
    n, size = len(params["size"]), params["size"]
    tap = letters.take("tap", n)
    body = _entry(_framed(x, params["padding"]),
                  (*at[:len(at) - n], *_under(at[len(at) - n:], tap, params)), letters)
    return Product((number(Fraction(1, prod(size))), _over(tap, size, body)))


MOST_COMPARED = 9


def _max(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """P_ij = max over a, b of X_si+a,sj+b, each of them named"""
    params, (x,) = dict(expr.params), expr.args
    n, size = len(params["size"]), params["size"]
    framed = any(map(any, params["padding"]))
    if prod(size) > MOST_COMPARED or (framed and not all(isinstance(i, int) for i in at)):
        raise DeriveError("a maximum over so many entries is not written out")
    pads = [p for p, _ in params["padding"]]
    found = []
    for tap in product(*map(range, size)):
        own = tuple(u - p for u, p in zip(_under(at[len(at) - n:], tap, params), pads, strict=True))
        if not framed or _is_inside(own, x.shape[len(x.shape) - n:]):
            found.append(_entry(x, (*at[:len(at) - n], *own), letters))
    return Apply("largest", (Array(tuple(found)),), (), ())


def _is_inside(at: Positions, sizes: Shape) -> bool:
    return all(isinstance(i, int) and isinstance(n, int) and 0 <= i < n
               for i, n in zip(at, sizes, strict=True))


def _total(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """b_f = sum_ij G_fij"""
    (x,), params = expr.args, dict(expr.params)
    rank = len(x.shape)
    axes = [a + rank for a in params["axis"]]
    kept = [i for m, i in enumerate(at) if m not in axes] if params["keepdims"] else at
    inner = letters.several(("image",), len(axes) - 2) + letters.take("window", min(len(axes), 2))
    along, outer = dict(zip(axes, inner, strict=True)), iter(kept)
    place = tuple(along[m] if m in along else next(outer) for m in range(rank))
    return _over(inner, tuple(x.shape[m] for m in axes), _entry(x, place, letters))


def _average(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """m_c = 1/(h w) sum_ij Z_cij"""
    (x,), params = expr.args, dict(expr.params)
    sizes = [x.shape[a] for a in params["axis"]]
    if not all(isinstance(n, int) for n in sizes):
        raise DeriveError("the mean over axes of unknown size is not written out")
    return Product((number(Fraction(1, prod(map(int, sizes)))), _total(expr, at, letters)))


def _spread(expr: Apply, at: Positions, letters: Letters) -> Expr:
    axes = {a + len(at) for a in dict(expr.params)["axis"]}
    return _entry(expr.args[0], tuple(i for m, i in enumerate(at) if m not in axes), letters)


def _flipped(expr: Apply, at: Positions, letters: Letters) -> Expr:
    """K_(h-1-a, w-1-b)"""
    axes, x = dict(expr.params)["axis"], expr.args[0]
    own = tuple(x.shape[m] - 1 - i if m - len(at) in axes else i for m, i in enumerate(at))
    return _entry(x, own, letters)


CONVOLVED = {f"conv{n}d" for n in ("1", "2", "_transpose1", "_transpose2")} | {
    f"conv{n}d{of}" for n in (1, 2) for of in ("_input_gradient", "_kernel_gradient")}
POOLED = {f"{kind}_pool{n}d{of}" for kind in ("max", "avg") for n in (1, 2)
          for of in ("", "_gradient", "_picked")}
SLIDING = CONVOLVED | POOLED

FORMULAS: dict[str, Callable[[Apply, Positions, Letters], Expr]] = {
    **{f"conv{n}d": _output for n in (1, 2)},
    **{f"conv{n}d_input_gradient": _by_input for n in (1, 2)},
    **{f"conv_transpose{n}d": _by_input for n in (1, 2)},
    **{f"conv{n}d_kernel_gradient": _by_filter for n in (1, 2)},
    **{f"avg_pool{n}d": _mean for n in (1, 2)},
    **{f"max_pool{n}d": _max for n in (1, 2)},
    "flip": _flipped, "expand": _spread, "sum": _total, "mean": _average,
    "pad": lambda expr, at, letters: Entry(expr, at),
}


# written out at numbers


def written_out(expr: Expr) -> Expr:
    """Write the sums of an entry out at known positions; the zeros of a frame are left out."""
    found = terms_of(expr)
    if not found:
        return number(0)
    return found[0] if len(found) == 1 else Sum(tuple(found))


def terms_of(expr: Expr) -> list[Expr]:
    """Return the terms of an entry at known positions."""
    if isinstance(expr, Sum):
        return [found for term in expr.terms for found in terms_of(term)]
    if isinstance(expr, Neg):
        return [Neg(term) for term in terms_of(expr.arg)]
    if isinstance(expr, Reduce) and expr.kind == "sum":
        lo, hi = span(expr.range)
        return [found for k in range(lo, hi + 1)
                for found in terms_of(put_at(expr.body, {expr.index: k}))]
    if any(isinstance(part, Reduce) for part in walk(expr)):
        return [transform(expr, lambda e: written_out(e) if isinstance(e, Reduce) else None)]
    kept = _resolved(expr)
    return [] if kept is None else [kept]


def _resolved(term: Expr) -> Expr | None:
    """Decide deltas and entries of a frame, which are numbers here; None where one is 0."""
    if isinstance(term, Product):
        parts = [_resolved(f) for f in term.factors if not _is_one(f)]
        kept = [p for p in parts if p is not None]
        if len(kept) < len(parts):
            return None
        return kept[0] if len(kept) == 1 else Product(tuple(kept))
    if isinstance(term, Delta):
        return None if term.i != term.j else number(1)
    if isinstance(term, Entry) and isinstance(term.arg, Apply) and term.arg.op == "pad":
        return _inside(term.arg, term.at)
    return _typed(term.arg, term.at) if isinstance(term, Entry) else term


def _typed(array: Expr, at: Positions) -> Expr:
    """Return an entry of an array; of one typed out, [[1, 0], [0, 1]], what stands there."""
    if at and isinstance(array, Array) and isinstance(at[0], int):
        return _typed(array.items[at[0]], at[1:])
    return Entry(array, at) if at else array


def _is_one(factor: Expr) -> bool:
    return isinstance(factor, Delta) and factor.i == factor.j


def _inside(framed: Apply, at: Positions) -> Expr | None:
    x, padding = framed.args[0], dict(framed.params)["padding"]
    ahead = len(at) - len(padding)
    own = tuple(i - p for i, (p, _) in zip(at[ahead:], padding, strict=True))
    return Entry(x, (*at[:ahead], *own)) if _is_inside(own, x.shape[ahead:]) else None
