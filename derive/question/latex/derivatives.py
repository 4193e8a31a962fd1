r"""Derivatives as one symbol: \frac{\partial L}{\partial h_1}, dL/dh, \nabla_W L, what is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Entry, Expr, Partial, Symbol, Transpose
from derive.ops import apply
from derive.question.latex.fitting import transposed
from derive.question.latex.higher import as_slope, open_operator, second, slope_quantity
from derive.question.latex.laid import Laid, Value, Way
from derive.question.latex.operators import rate
from derive.question.latex.positions import position
from derive.question.latex.quantities import Found, by_digits, flat, numbered, quantity, unknown
from derive.question.latex.slopes_of_functions import of_a_function
from derive.question.latex.spelling import base_name, scripted, spelled
from derive.syntax.read_latex.tree import At, Fenced, Fraction, Name, Node, Product, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["are_differentials", "derivative_of", "differentiated", "gradient", "gradient_at",
           "held",
           "is_differential", "opened", "slope", "slope_below"]


def is_differential(node: Node, reader: Reader) -> bool:
    r"""True for \partial, and for a d that is no quantity of the model."""
    if not isinstance(node, Name):
        return False
    return node.stem == r"\partial" or (
        node.stem == "d" and "d" not in reader.vocabulary.patterns and "d" not in reader.bound)


def are_differentials(above: Node, below: Node, reader: Reader) -> bool:
    """True for two signs of a derivative; d c / d a is one even where the model has a d."""
    if is_differential(above, reader) and is_differential(below, reader):
        return True
    return reader.vocabulary.forgiving and all(
        isinstance(node, Name) and node.stem == "d" and not node.accents and (
            node.font in ("", "upright"))
        for node in (above, below))


def derivative_of(reader: Reader, top: Node, bottom: Node) -> Value | None:
    """Return the derivative a quotient stands for; None where it is a plain quotient."""
    twice = second(top, bottom)
    if twice is not None:
        return _second(reader, twice)
    above, below = _parts(top, bottom, reader)
    if above is not None and below is None and reader.vocabulary.forgiving and (
            _is_quantity(bottom, reader)):
        reader.note(rf"\partial is missing in front of {reader.source(bottom.span)}")
        below = bottom
    found = None if below is None else of_a_function(reader, above, top, _bottom(below, reader))
    if found is not None:
        return found
    if above is None or below is None:
        _no_second(reader, top)
        return None
    return _by_a_row(reader, above, below) or _laid(
        reader, _member(above, reader), _member(below, reader))


def _by_a_row(reader: Reader, above: Node, below: Node) -> Value | None:
    r"""Read dL/dh^T as the gradient lying, and dL/dW^T as that transposed; None for others."""
    if not isinstance(below, Scripted) or below.sup is None or not reader.vocabulary.forgiving or (
            spelled(below.sup) not in TURNED):
        return None
    found = _laid(reader, _member(above, reader), _member(replace(below, sup=None), reader))
    slope = isinstance(found.expr, Partial) and not found.expr.top.shape
    return transposed(found, reader.vocabulary.rows) if slope else found


def _second(reader: Reader, nodes: tuple[Node, Node, Node]) -> Value:
    """Return the derivative of a derivative, which is a quantity of the question."""
    of, by, then = nodes
    found = _twice(reader, _member(of, reader), _member(by, reader), _member(then, reader))
    if found is None:
        raise reader.unreadable("this derivative is not read", of.span)
    return found


def _twice(reader: Reader, of: Found, by: Found, then: Found) -> Laid | None:
    """Return the derivative of a derivative; further subscripts pick an entry of it."""
    first = _laid(reader, of, replace(by, rest=())).expr
    inner = slope_quantity(first, reader) if isinstance(first, Partial) else None
    return None if inner is None else _laid(reader, Found(inner, by.rest), then)


def opened(reader: Reader, operator: Node, of: Node) -> Value | None:
    r"""Read \frac{\partial}{\partial p} \frac{\partial L}{\partial x}; None for others."""
    by = open_operator(operator)
    if by is None:
        return None
    inner = as_slope(of, reader)
    return _worked_out(reader, of, by) if inner is None else _laid(
        reader, Found(inner), _member(by, reader))


def _worked_out(reader: Reader, of: Node, by: Node) -> Laid | None:
    r"""Return what \frac{\partial}{\partial z_i} (1 + e^{-z_i}) is; None where that is not known.
    """
    below = _bottom(by, reader) if reader.vocabulary.forgiving else None
    try:
        value = None if below is None else reader.value(of)
    except DeriveError:
        return None
    found = rate(reader, value.expr, below) if below is not None and isinstance(
        value, Laid) else None
    return None if found is None else Laid(found, slope=True)


def differentiated(node: Node) -> tuple[Node, Node] | None:
    r"""Return what is differentiated and by what, in \frac{\partial L}{\partial v} and dL/dv."""
    parts: tuple[Node, ...] = ()
    if isinstance(node, Fraction) and isinstance(node.top, Product) and isinstance(
            node.bottom, Product):
        parts = (*node.top.factors, *node.bottom.factors)
    elif isinstance(node, Product) and node.signs == ("", "/", ""):
        parts = node.factors
    if len(parts) != 4 or not all(isinstance(n, Name) and n.stem in (r"\partial", "d")
                                  for n in (parts[0], parts[2])):
        return None
    return parts[1], parts[3]


def _bottom(node: Node, reader: Reader) -> tuple[Symbol, tuple[IntLike, ...]] | None:
    """Return the quantity below, and which entry of it; None for what is none."""
    found = quantity(_without_brackets(node), reader)
    if found is None or found.sup is not None or found.primes:
        return None
    place = _entry(found, reader)
    return (found.symbol, place) if len(place) in (0, len(found.symbol.shape)) else None


def _is_quantity(node: Node, reader: Reader) -> bool:
    found = quantity(node, reader)
    return found is not None and found.sup is None and not found.primes


def _parts(top: Node, bottom: Node, reader: Reader) -> tuple[Node | None, Node | None]:
    """Return what is differentiated, and by what; None where there is no sign of a derivative."""
    pair = [n for n in (top, bottom) if isinstance(n, Product) and n.signs == ("",)]
    if len(pair) == 2 and are_differentials(pair[0].factors[0], pair[1].factors[0], reader):
        return pair[0].factors[1], pair[1].factors[1]
    return _behind(top, reader), _behind(bottom, reader)


def _behind(node: Node, reader: Reader) -> Node | None:
    """Return what stands behind a differential sign, and nothing else with it."""
    if isinstance(node, Product) and len(node.factors) == 2 and node.signs == ("",) and (
            is_differential(node.factors[0], reader)):
        return node.factors[1]
    return None


def _no_second(reader: Reader, top: Node) -> None:
    """Refuse derivatives of which only part was understood."""
    first = top.factors[0] if isinstance(top, Product) else top
    base = first.base if isinstance(first, Scripted) else first
    if isinstance(base, Name) and base.stem == r"\partial":
        raise reader.unreadable("this derivative is not read", top.span,
                                r"write \frac{\partial L}{\partial h}, of and by one quantity")


def _member(node: Node, reader: Reader) -> Found:
    found = quantity(_without_brackets(node), reader)
    if found is None or found.sup is not None or found.primes:
        inner = as_slope(node, reader)
        if inner is not None:
            return Found(inner)
        raise unknown(node, reader)
    return found


def _without_brackets(node: Node) -> Node:
    """Return W_{f,jk} of (W_f)_{jk}."""
    base = node.base if isinstance(node, Scripted) else None
    if not isinstance(node, Scripted) or not isinstance(base, Fenced) or base.kind != "(" or (
            len(base.items) != 1 or not isinstance(base.items[0], (Name, Scripted))):
        return node
    inner = scripted(base.items[0])
    return node if inner.sup is not None else replace(
        node, base=inner.base, subs=(*inner.subs, *node.subs))


def _entry(found: Found, reader: Reader) -> tuple[IntLike, ...]:
    """Return the entry that further subscripts pick."""
    rest = by_digits(found.rest if len(found.rest) >= len(found.symbol.shape)
                     else flat(found.rest), found.symbol.shape, reader.vocabulary.first)
    at = tuple(p for p in (position(n, reader) for n in rest) if p is not None)
    if len(at) != len(rest) or len(at) > len(found.symbol.shape):
        raise unknown(found.rest[0], reader)
    return tuple(numbered(p, reader) for p in at)


def _of_an_own(reader: Reader, top: Found, bottom: Found) -> Laid | None:
    r"""Return the derivative of a number that somebody gave a name to: S = \sum_k e^{y_k}."""
    known = reader.vocabulary.forgiving and top.symbol.name in reader.vocabulary.defined
    if not known or top.rest:
        return None
    found = rate(reader, top.meant(reader).expr, (bottom.symbol, _entry(bottom, reader)))
    return None if found is None else Laid(found, slope=True)


def _laid(reader: Reader, top: Found, bottom: Found) -> Laid:
    own = _of_an_own(reader, top, bottom)
    if own is not None:
        return own
    component, at = _entry(top, reader), _entry(bottom, reader)
    if component and len(component) != len(top.symbol.shape):
        raise unknown(top.rest[0], reader)
    whole = Partial(top.symbol, bottom.symbol, (), component)
    found: Expr = whole
    if at and len(whole.shape) == len(bottom.symbol.shape):
        found = Entry(whole, at)
    elif at:
        return Laid(_column(reader, whole, at, bottom), Way.EITHER, slope=True)
    lies = len(found.shape) == 1 and not whole.shape[len(bottom.symbol.shape):]
    return Laid(found, Way.EITHER if lies and bottom.symbol.shape else Way.STANDS, slope=True)


def _column(reader: Reader, whole: Partial, at: tuple[IntLike, ...], bottom: Found) -> Expr:
    """Return the derivative of a vector by one entry of what stands below: dc/ds_j."""
    if len(whole.top.shape) != 1 or len(at) != len(bottom.symbol.shape) or len(at) not in SPECS:
        raise reader.unreadable("this part of a Jacobian is not read", bottom.rest[0].span)
    last = Transpose(whole) if len(at) == 1 else apply("einsum", whole, spec=SPECS[len(at)])
    return Entry(last, at)


SPECS = {1: "ki->ik", 2: "kij->ijk"}    # the entry below first


def gradient(reader: Reader, sign: Node, of: Node) -> Value | None:
    r"""Read \nabla_{W} L, \nabla_w^2 L, and \nabla L where the question has one gradient of L."""
    twice = isinstance(sign, Scripted) and spelled(sign.sup) == "2"
    if twice and isinstance(sign, Scripted):
        sign = replace(sign, sup=None) if sign.subs else sign.base
    base = sign.base if isinstance(sign, Scripted) else sign
    if not isinstance(base, Name) or base.stem != r"\nabla":
        return None
    top = quantity(of, reader, tolerant=False)
    if top is None or top.rest or top.sup is not None:
        return None
    bottom = _below(reader, sign, top)
    if bottom is None:
        return None
    return _twice(reader, top, bottom, bottom) if twice else _laid(reader, top, bottom)


def gradient_at(reader: Reader, sign: Node, of: Found, at: Found) -> Value | None:
    r"""Read \nabla f(w_0), and \nabla_w f(w_0)."""
    base = sign.base if isinstance(sign, Scripted) and sign.sup is None else sign
    plain = isinstance(base, Name) and base.stem == r"\nabla"
    return _laid(reader, of, at) if plain else None


def slope_below(reader: Reader, node: Node) -> Found | None:
    r"""Return what \delta_b, \delta_{h_t}, \delta_{h,t} or \delta^{h}_t is the derivative by.

    None for a \delta that means something else, and for one that only tells a step.
    """
    own = scripted(node)
    if base_name(own) not in reader.vocabulary.slopes or own.primes:
        return None
    subs, sup = flat(own.subs) if len(own.subs) == 1 else own.subs, own.sup
    if isinstance(sup, (Name, Scripted)) and spelled(sup) not in TURNED:
        subs, sup = (sup, *subs), None      # what stands above is a name of the model
    if not subs or not isinstance(subs[0], (Name, Scripted)):
        return None
    first, known = scripted(subs[0]), reader.vocabulary
    if spelled(first) in known.integers and spelled(first) not in known.patterns:
        return None     # \delta^l is said of a layer
    found = quantity(replace(first, span=node.span, subs=(*first.subs, *subs[1:]), sup=sup),
                     reader)
    if found is None or found.primes or (sup is None and _is_kronecker(reader, own, found)):
        return None
    return found


def _is_kronecker(reader: Reader, node: Scripted, found: Found) -> bool:
    r"""True for \delta_{ik} and \delta_{ky}: two letters that number entries, or a label."""
    subs = flat(node.subs)
    if len(subs) != 2 or (len(node.subs) == 1 and isinstance(node.subs[0], Scripted)):
        return False
    family = reader.vocabulary.families.get(found.symbol.name)
    if family is not None and family.indices == (spelled(subs[1]),):
        return False
    return spelled(subs[0]) in LETTERS or any(_is_label(reader, sub) for sub in subs)


LETTERS = frozenset("ijklmnpqrst")


def _is_label(reader: Reader, node: Node) -> bool:
    return any(p.family.name in reader.vocabulary.labels
               for p in reader.vocabulary.patterns.get(spelled(node), ()))


TURNED = ("T", r"\top", r"\intercal")


def slope(reader: Reader, node: Node, below: Found) -> Laid:
    """Read a derivative that goes by the name of what it is taken by."""
    top = reader.vocabulary.slopes[base_name(node)]
    return _laid(reader, Found(top), replace(below, sup=None))


def _below(reader: Reader, sign: Node, top: Found) -> Found | None:
    r"""Return what \nabla is taken by; \nabla_w L_1 of somebody handing in is by w_1."""
    forgiving = reader.vocabulary.forgiving
    if isinstance(sign, Name):
        only = reader.vocabulary.gradients.get(top.symbol.name) if forgiving else None
        if only is None:
            return None
        bottom = Found(Symbol(only.name, tuple(map(named, only.indices)), only.shape), (),
                       None, 0, not only.indices)
    elif isinstance(sign, Scripted) and len(sign.subs) == 1 and sign.sup is None:
        bottom = _member(sign.subs[0], reader)
    else:
        return None
    index = top.symbol.index
    if forgiving and not bottom.complete and len(bottom.symbol.index) == len(index):
        return replace(bottom, symbol=replace(bottom.symbol, index=index), complete=True)
    return bottom


def held(reader: Reader, node: At) -> Value:
    r"""Read \left. dl/dW \right|_{h}: a derivative with something kept."""
    found = reader.value(node.arg)
    if not isinstance(found, Laid) or not isinstance(found.expr, Partial):
        raise reader.unreadable("only at a derivative something is held", node.span)
    kept = tuple(_kept(item, reader) for item in node.held)
    return replace(found, expr=replace(found.expr, held=kept))


def _kept(node: Node, reader: Reader) -> Symbol:
    found = _member(node, reader)
    if found.rest:
        raise unknown(node, reader)
    return found.symbol if found.complete else replace(found.symbol, index=())


