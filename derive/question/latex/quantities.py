r"""Which quantity of the model a symbol is: \hat{y}_{t,i} is yhat[t] at the entry i.

A symbol is compared with the patterns of the vocabulary; what stands in their holes must be
positions, further subscripts pick entries. Where nothing fits as it is spelled, one symbol may
differ in case or accents from the only quantity it can be, and that is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING

from derive.errors import DeriveError, nearest
from derive.expr.integers import IntLike, named, names_in, put
from derive.expr.nodes import Entry, Expr, Partial, Symbol, Transpose
from derive.expr.shapes import Shape
from derive.expr.walk import at as put_in
from derive.ops import apply
from derive.ops.slices import part
from derive.question.latex.laid import Laid, Way
from derive.question.latex.positions import position
from derive.question.latex.spelling import base_name, scripted, spelled
from derive.question.latex.vocabulary import HOLE, Pattern
from derive.syntax.read_latex.tree import (
    Additive,
    Fenced,
    Name,
    Node,
    Numeral,
    Product,
    Scripted,
    Stars,
    Stretch,
)
from derive.syntax.write_text import write

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["READ_AS", "UNKNOWN", "Found", "entry", "flat", "numbered", "quantity", "unknown"]

READ_AS = " is read as "    # in notes: a name without its step, or spelled in another way
UNKNOWN = "is nothing the model knows"
TURNS = frozenset((r"\top", "T", r"\intercal", r"\dagger"))     # above, and no position


@dataclass(frozen=True, slots=True)
class Found:
    """A member of the model, the subscripts left for its entries, and the superscript left."""

    symbol: Symbol
    rest: tuple[Node, ...] = ()
    sup: Node | None = None
    primes: int = 0
    complete: bool = True       # all positions are written

    def meant(self, reader: Reader) -> Laid:
        """Return the member; a name given to a derivative is the derivative it stands for."""
        if not self.complete:
            reader.note(f"{self.symbol.name}{READ_AS}{write(self.symbol)}")
        defined = reader.vocabulary.defined.get(self.symbol.name)
        if defined is not None:
            return _meaning(put_in(defined, self._positions(reader)))
        pattern = reader.vocabulary.named.get(self.symbol.name)
        if pattern is None:
            return Laid(self.symbol, self._way(reader))
        expr = put_in(pattern, self._positions(reader))
        stands = reader.vocabulary.rows and not reader.vocabulary.lying
        fits = Way.STANDS if stands else Way.EITHER
        return Laid(expr, fits if not expr.top.shape else Way.STANDS, slope=True)

    def _way(self, reader: Reader) -> Way:
        if not reader.vocabulary.lying or len(self.symbol.shape) != 1:
            return Way.STANDS
        return Way.EITHER if self.symbol.name in reader.vocabulary.weights else Way.LIES

    def _positions(self, reader: Reader) -> dict[str, IntLike]:
        pattern = next((p for p in reader.vocabulary.own if p.family.name == self.symbol.name),
                       None)
        family = pattern.family if pattern else reader.vocabulary.families[self.symbol.name]
        return dict(zip(family.indices, self.symbol.index, strict=True))


def _meaning(expr: Expr) -> Laid:
    """Return what a name of the author's own means; a vector may stand or lie."""
    return Laid(expr, Way.EITHER if len(expr.shape) == 1 else Way.STANDS,
                slope=isinstance(expr, Partial))


def quantity(node: Node, reader: Reader, tolerant: bool = True) -> Found | None:
    """Return the quantity a symbol means, or None where it is none of the model.

    Where not *tolerant*, it is spelled as the model has it.
    """
    symbol = scripted(node)
    ways = [found for form in _forms(symbol, reader)
            if (found := _in_form(form, symbol, reader)) is not None]
    if ways:    # s^{(0)} is the member 0 of a series, no power of one
        ways = [f for f in ways if not _is_a_power(f, symbol)] or ways
        found = next((f for f in sorted(ways, key=lambda f: f.sup is not None) if f.complete),
                     ways[0])
        return _of_an_example(_undecorated(_renamed(found, reader), symbol, reader), reader)
    return (_of_a_number_above(symbol, reader) or _tolerant(symbol, reader)) if tolerant else None


def _in_form(form: Scripted, symbol: Scripted, reader: Reader) -> Found | None:
    """Return what a form of a symbol is; the T above the braces of {W^{(2)}}^T stays above it."""
    found = _exact(form, reader)
    if found is None or not _is_nested(symbol) or form is symbol or symbol.sup is None:
        return found
    return replace(found, sup=symbol.sup) if found.sup is None else None


def _is_nested(symbol: Scripted) -> bool:
    return isinstance(symbol.base, Scripted) and symbol.base.sup is not None


def _of_a_number_above(symbol: Scripted, reader: Reader) -> Found | None:
    """Return row 2 of Z for z^{(2)}, which is no power."""
    if not reader.vocabulary.forgiving or not isinstance(symbol.sup, Fenced):
        return None
    below = replace(symbol, subs=(*symbol.sup.items, *symbol.subs), sup=None)
    found = _tolerant(below, reader)
    return found if found is not None and found.rest[:1] == symbol.sup.items and len(
        found.rest) <= len(found.symbol.shape) else None


def _renamed(found: Found, reader: Reader) -> Found:
    """Return the quantity of the model where the name is only another one for it."""
    meant = reader.vocabulary.defined.get(found.symbol.name)
    if not isinstance(meant, Symbol):
        return found
    return replace(found, symbol=put_in(meant, found._positions(reader)))


def _undecorated(found: Found, symbol: Scripted, reader: Reader) -> Found:
    r"""Return a number without the capital that somebody put below: \mu_B is the mean of a batch.
    """
    marks = found.rest if reader.vocabulary.forgiving and not found.symbol.shape else ()
    words = reader.vocabulary
    if not marks or not all(isinstance(m, Name) and _is_capital(m) for m in marks) or (
            {*map(spelled, marks)} & {*words.patterns, *words.integers, *reader.bound}):
        return found
    reader.note(f"{reader.source(symbol.span)} is taken for {write(found.symbol)}")
    return replace(found, rest=())


def _of_an_example(found: Found, reader: Reader) -> Found:
    r"""Return the loss of one example of L_1 and \ell_i, where L is made of those."""
    each = reader.vocabulary.examples.get(found.symbol.name)
    if each is None or len(found.rest) != 1 or found.sup is not None:
        return found
    return replace(found, symbol=Symbol(each.name, (), each.shape))


def _is_capital(name: Name) -> bool:
    letter = name.stem.rpartition(":")[2]
    return len(letter) == 1 and letter.isupper()


def _is_of_an_index(node: Node, reader: Reader) -> bool:
    """True for t and t - 1, where t is an index of the model and stands for no transpose."""
    if spelled(node) in TURNS or not isinstance(node, (Name, Additive)):
        return False
    at = position(node, reader)
    return at is not None and bool(names_in(at)) and names_in(at) <= set(reader.vocabulary.indices)


def _is_a_power(found: Found, symbol: Scripted) -> bool:
    """True where what stands above picked an entry: of a number or a square matrix it is a power.
    """
    shape = found.symbol.shape
    return bool(found.rest) and found.rest[0] is symbol.sup and not symbol.subs and (
        not shape or (len(shape) == 2 and shape[0] == shape[1]))


def _forms(symbol: Scripted, reader: Reader) -> Iterator[Scripted]:
    """Yield the symbol, then with what stands above in brackets as a position: x^{(i)}, a^{[l]}."""
    yield symbol
    if symbol.sup is not None and _is_of_an_index(symbol.sup, reader):
        yield replace(symbol, subs=(symbol.sup, *symbol.subs), sup=None)    # h^{t-1}, a^l_j
    if isinstance(symbol.sup, Fenced) and symbol.sup.kind in ("(", "[", "<", ","):
        yield replace(symbol, subs=(*symbol.sup.items, *symbol.subs), sup=None)
        yield replace(symbol, subs=(*symbol.subs, *symbol.sup.items), sup=None)
    if isinstance(symbol.base, Scripted) and symbol.base.sup is not None:
        inner = symbol.base     # {W^{Q}}_{t}
        yield replace(symbol, base=inner.base, subs=(*inner.subs, *symbol.subs), sup=inner.sup)
    named_inside = _in_brackets(symbol.base)
    if named_inside is not None and symbol.subs:     # (W_{hh})_{jk}
        yield replace(symbol, base=named_inside.base, subs=(*named_inside.subs, *symbol.subs))


def _in_brackets(node: Node) -> Scripted | None:
    """Return the one symbol that stands in brackets; None for anything else."""
    inner = node.items[0] if isinstance(node, Fenced) and node.kind in ("(", "[", "{") and len(
        node.items) == 1 else None
    return scripted(inner) if isinstance(inner, (Name, Scripted)) and (
        scripted(inner).sup is None and not scripted(inner).primes) else None


def _exact(symbol: Scripted, reader: Reader) -> Found | None:
    candidates = reader.vocabulary.patterns.get(base_name(symbol), [])
    if reader.vocabulary.stepless:
        whole = next((f for p in candidates if (f := _of_one_step(p, symbol)) is not None), None)
        if whole is not None:
            return whole
    found = [(f, p in reader.vocabulary.own) for p in candidates
             if (f := _match(p, symbol, reader)) is not None]
    best = sorted(found, key=lambda item: _looseness(item[0]))[:2]
    if len(best) == 2 and not reader.vocabulary.forgiving and not any(
            is_own for _, is_own in best):
        _refuse_a_tie(best[0][0], best[1][0], symbol, reader)
    return best[0][0] if best else None


def _of_one_step(pattern: Pattern, symbol: Scripted) -> Found | None:
    r"""Read \hat{y}_k as the entry k of yhat[t], whatever t is; None where t is written."""
    own, family = scripted(pattern.shape), pattern.family
    named_below = tuple(s for s in own.subs if not _is_hole(s))
    rest = flat(symbol.subs[len(named_below):])
    alike = list(map(spelled, named_below)) == list(map(
        spelled, symbol.subs[:len(named_below)])) and own.sup is None
    if not family.indices or not family.shape or not alike or (
            len(rest) != len(family.shape) or own.primes > symbol.primes) or any(
            _mentions(node, index) for node in rest for index in family.indices):
        return None
    member = Symbol(family.name, tuple(map(named, family.indices)), family.shape)
    return Found(member, rest, symbol.sup, symbol.primes - own.primes)


def _mentions(node: Node, letter: str) -> bool:
    """True for t and t - 1, where the letter is t."""
    return re.search(rf"(?<![a-z\\]){re.escape(letter)}(?![a-z])", spelled(node)) is not None


def _refuse_a_tie(one: Found, other: Found, symbol: Scripted, reader: Reader) -> None:
    """Two names of the model that print alike are told apart nowhere."""
    if one.symbol != other.symbol and _looseness(one)[:-1] == _looseness(other)[:-1]:
        both = f"{write(one.symbol)} or {write(other.symbol)}"
        raise reader.unreadable(f"`{reader.source(symbol.span)}` may be {both}", symbol.span,
                                "give one of them a notation of its own")


def _looseness(found: Found) -> tuple[int, ...]:
    """The name that explains most of what is written comes first."""
    return (not found.complete, found.sup is not None, found.primes, len(found.rest),
            len(found.symbol.index))


def _match(pattern: Pattern, symbol: Scripted, reader: Reader) -> Found | None:
    own = scripted(pattern.shape)
    if own.primes > symbol.primes:
        return None
    sup = symbol.sup
    if own.sup is not None and _is_hole(own.sup):
        return _match_above(pattern, symbol, reader)
    if own.sup is not None:
        if spelled(own.sup) != spelled(sup):
            return None
        sup = None
    for subs in _readings(symbol.subs):
        for holes in (own.subs, flat(own.subs)):
            captured = _captured(holes, subs)
            at = _positions(captured, pattern, reader) if captured is not None else None
            if at is not None and captured is not None:
                member = Symbol(pattern.family.name, at, pattern.family.shape)
                return Found(member, subs[len(holes):], sup, symbol.primes - own.primes,
                             None not in captured)
    return None


def _match_above(pattern: Pattern, symbol: Scripted, reader: Reader) -> Found | None:
    r"""Read h^2 as the member 2 of a series; what stands below picks entries."""
    sup = symbol.sup
    if sup is None or spelled(sup) in TURNS:
        return None
    at = _positions([sup], pattern, reader)
    if at is None:
        return None
    return Found(Symbol(pattern.family.name, at, pattern.family.shape), symbol.subs, None,
                 symbol.primes)


def _readings(subs: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    yield subs
    apart = flat(subs)
    if len(apart) > len(subs):
        yield apart


def flat(subs: Sequence[Node]) -> tuple[Node, ...]:
    """Take apart what stands side by side: y_{ti} is y_{t,i}, g_{ot} is g_{o_t}."""
    out: list[Node] = []
    for node in subs:
        if isinstance(node, Product) and not any(node.signs):
            out += flat(node.factors)
        elif isinstance(node, Scripted) and node.sup is None:
            out += [node.base, *flat(node.subs)]
        elif isinstance(node, Numeral) and node.digits.isdigit():
            out += [Numeral(node.span, d) for d in node.digits] if len(out) else [node]
        else:
            out.append(node)
    return tuple(out)


def _captured(pattern: tuple[Node, ...], subs: tuple[Node, ...]) -> list[Node | None] | None:
    """Return what stands in the holes; None (the hole) where nothing does at the end."""
    found: list[Node | None] = []
    for number, own in enumerate(pattern):
        other = subs[number] if number < len(subs) else None
        if _is_hole(own):
            found.append(other)
        elif isinstance(own, Scripted) and isinstance(other, Scripted):
            inner = _captured(own.subs, other.subs)
            if inner is None or spelled(own.base) != spelled(other.base):
                return None
            found += inner
        elif other is None or spelled(own) != spelled(other):
            return None
    return found


def _is_hole(node: Node) -> bool:
    return isinstance(node, Name) and node.stem == HOLE


def _positions(captured: list[Node | None], pattern: Pattern, reader: Reader
               ) -> tuple[IntLike, ...] | None:
    indices = pattern.family.indices
    if len(captured) != len(indices):
        return None
    out: list[IntLike] = []
    for index, node in zip(indices, captured, strict=True):
        at = named(index) if node is None else position(node, reader)
        if at is None:
            return None
        out.append(at)
    return tuple(out)


def _tolerant(symbol: Scripted, reader: Reader) -> Found | None:
    """Look for the only quantity from which the spelling differs in case, accents or font."""
    patterns = reader.vocabulary.patterns
    if base_name(symbol) in reader.vocabulary.apart:
        return None
    wanted = _loose(base_name(symbol))
    other = LATIN.get(wanted, wanted) if reader.vocabulary.forgiving else wanted
    close = [p for key in patterns if _loose(key) == wanted for p in patterns[key]] or [
        p for key in patterns if _loose(key) == other for p in patterns[key]]
    found = {}
    for pattern in close:
        own = scripted(pattern.shape)
        match = _match(Pattern(pattern.family, replace(own, base=_innermost(symbol))), symbol,
                       reader)
        if match is not None and match.complete:
            found[match.symbol.name] = match
    if not found:
        return _without_a_number(symbol, reader)
    best, *others = sorted(found.values(), key=_looseness)
    if others and _looseness(others[0]) == _looseness(best):
        return None
    reader.note(f"{reader.source(symbol.span)}{READ_AS}{best.symbol.name}")
    return best


def _without_a_number(symbol: Scripted, reader: Reader) -> Found | None:
    """Return w_2 for w, where nothing else that is given is called w."""
    base = base_name(symbol)
    alike = {p.family.name: p.family for p in reader.vocabulary.patterns.get(base, ())
             if p.family.name in reader.vocabulary.given and not p.family.indices and
             isinstance(p.shape, Scripted) and p.shape.sup is None and
             all(isinstance(sub, Numeral) for sub in p.shape.subs)}
    if len(alike) != 1 or any(isinstance(sub, Numeral) for sub in symbol.subs):
        return None
    (only,) = alike.values()
    reader.note(f"{reader.source(symbol.span)}{READ_AS}{only.name}")
    return Found(Symbol(only.name, (), only.shape), symbol.subs, symbol.sup, symbol.primes)


def _innermost(node: Node) -> Node:
    return _innermost(node.base) if isinstance(node, Scripted) else node


# letters that stand for the same quantity in many books: attention weights
LATIN = {r"\alpha": "a"}
VARIANTS = {r"\varepsilon": r"\epsilon", r"\vartheta": r"\theta", r"\varphi": r"\phi",
            r"\varrho": r"\rho", r"\varsigma": r"\sigma", r"\ell": "l"}


def _loose(spelling: str) -> str:
    """Return a spelling without what hands and recognition mix up; accents stay."""
    head, *accents = spelling.split("^")
    stem = head.rpartition(":")[2]
    return "^".join([VARIANTS.get(stem, stem).lower(), *accents])


# entries


def entry(base: Laid, rest: Sequence[Node], reader: Reader) -> Laid:
    """Return an entry of an array: positions, ``:`` for a whole axis, or labels."""
    if not rest:
        return base
    if len(rest) > len(base.shape):
        raise DeriveError(f"{len(rest)} subscripts for {len(base.shape)} axes")
    if len(rest) < len(base.shape) and len(flat(rest)) == len(base.shape):
        rest = flat(rest)
    if any(isinstance(node, Stretch) for node in rest):
        return _stretched(base, rest, reader)
    rest = by_digits(rest, base.shape, reader.vocabulary.first)
    if _is_colon(rest[0]) and len(rest) == 2 and len(base.shape) == 2:
        return entry(Laid(Transpose(base.expr)), rest[1:], reader)
    found: Expr = base.expr
    for node in rest:
        if not _is_colon(node):
            found = _picked(found, node, reader)
    return Laid(found, Way.EITHER if len(found.shape) == 1 else Way.STANDS, base.slope)


def _stretched(base: Laid, rest: Sequence[Node], reader: Reader) -> Laid:
    """Return a part of an array: z_{0:2} goes up to before 2, where entries begin with 1 to 2."""
    starts, stops, kept = list[IntLike](), list[IntLike](), list[bool]()
    for node, size in zip_longest(rest, base.shape):
        first, last = (node.first, node.last) if isinstance(node, Stretch) else (node, node)
        whole = node is None or _is_colon(node)
        lo, hi = (0, size) if whole else (position(first, reader), position(last, reader))
        if lo is None or hi is None:
            raise unknown(node, reader)
        starts.append(lo if whole else numbered(lo, reader))
        stops.append(hi if isinstance(node, Stretch) or whole else numbered(hi, reader) + 1)
        kept.append(isinstance(node, Stretch) or whole)
        if any(isinstance(gap := b - a, int) and gap < 0 for a, b in pairwise(
                (0, starts[-1], stops[-1] - 1, size - 1))):
            raise DeriveError(f"entries {reader.source(node.span)} are out of range")
    found = part(base.expr, tuple(starts), tuple(stops), tuple(kept))
    return Laid(found, Way.EITHER if len(found.shape) == 1 else Way.STANDS, base.slope)


def by_digits(rest: Sequence[Node], shape: Shape, first: int) -> tuple[Node, ...]:
    """Take apart the digits of k_{12}, which is k_{1,2} where there is no row 12."""
    node = rest[0] if len(rest) == 1 else None
    if not isinstance(node, Numeral) or len(node.digits) != len(shape) or len(shape) < 2 or (
            not node.digits.isdigit()):
        return tuple(rest)
    if isinstance(shape[0], int) and int(node.digits) - first < shape[0] and (
            not node.digits.startswith("0")):
        return tuple(rest)
    return tuple(Numeral(node.span, digit) for digit in node.digits)


def numbered(at: IntLike, reader: Reader) -> IntLike:
    """Return the position of the entry with a number, counted from 0.

    A letter alone stands for any entry; of X_{i+m-1} each is a number, counted as the others are.
    """
    words = reader.vocabulary
    if not isinstance(at, int):
        letters = names_in(at) - words.sizes
        known = words.first == 0 or letters & {*words.indices}
        return at if known else put(at, {n: named(n) + 1 for n in letters}) - 1
    reader.note(f"entries are counted from {reader.vocabulary.first}")
    return at - reader.vocabulary.first


def _is_colon(node: Node) -> bool:
    return isinstance(node, Stars) and node.sign == ":"


def _picked(array: Expr, node: Node, reader: Reader) -> Expr:
    at = position(node, reader)
    if at is None and reader.vocabulary.forgiving and reader.scalar(node).shape:
        raise unknown(node, reader)
    if at is None:
        return apply("gather", array, reader.scalar(node))
    size = array.shape[0]
    at = numbered(at, reader)
    if isinstance(at, int) and isinstance(size, int) and not 0 <= at < size:
        raise DeriveError(f"entry {at} is out of range: 0..{size - 1}")
    if isinstance(array, Entry):
        return Entry(array.arg, (*array.at, at))
    return Entry(array, (at,))


def unknown(node: Node, reader: Reader) -> DeriveError:
    """Return the error that names what is not known, with what is nearest to it."""
    source = reader.source(node.span)
    known = reader.vocabulary.families
    return reader.unreadable(f"`{source}` {UNKNOWN}", node.span,
                             nearest(source.strip("\\{}"), known))
