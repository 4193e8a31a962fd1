r"""Superscripts: transposes, powers, inverses; and symbols with scripts that are no quantity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.errors import DeriveError
from derive.expr.nodes import (
    Expr,
    MatMul,
    MatrixProduct,
    Number,
    Power,
    Range,
    Symbol,
)
from derive.expr.shapes import Shape, say
from derive.ops import apply
from derive.question.latex.derivatives import slope, slope_below
from derive.question.latex.fitting import sized, transposed
from derive.question.latex.laid import Laid, Unsized, Value
from derive.question.latex.positions import position
from derive.question.latex.quantities import Found, entry, quantity, unknown
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import (
    Fenced,
    Name,
    Node,
    Numeral,
    Product,
    Scripted,
    Signed,
    Stars,
)

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["is_stretch", "raised", "scripted_value", "with_scripts"]

TRANSPOSES = frozenset((r"\top", "T", r"\intercal", "t", r"\dagger"))
BIGGEST_EXPONENT = 1000
MOST_FACTORS = 12


def scripted_value(reader: Reader, node: Scripted) -> Value:
    """Return what a base with scripts means."""
    from derive.question.latex.indicators import below
    from derive.question.latex.reader import delta, norm, symbol_value, unit
    from derive.question.latex.unknown_slopes import slope_of_unknown

    own = below(reader, node) or unit(reader, node) or _stretch(
        reader, node) or slope_of_unknown(reader, node)
    if own is not None:
        return own
    turned = _turned_above(node)
    if turned is not None:
        return scripted_value(reader, turned)
    plain = (*"eI", r"\delta", *(reader.vocabulary.integers if not node.subs else ()))
    found = quantity(node, reader, tolerant=spelled(node.base) not in plain)
    if found is not None and not found.primes and not _is_exponential(node, found):
        kronecker = delta(reader, node) if _is_kronecker(node, found, reader) else None
        return kronecker or raised(
            reader, entry(found.meant(reader), found.rest, reader), found.sup)
    if node.primes:
        raise unknown(node, reader)
    if isinstance(node.base, Fenced) and node.base.kind == "||":
        which = ",".join(map(spelled, node.subs))
        return raised(reader, norm(reader, node.base, which), node.sup)
    own = _slope(reader, node) or delta(reader, node) or symbol_value(reader, node)
    if own is not None:
        return own
    if isinstance(node.base, Name):
        return _named(reader, node)
    return raised(reader, _below(reader, reader.value(node.base), node), node.sup)


def _slope(reader: Reader, node: Scripted) -> Value | None:
    r"""Read \delta_b, the derivative by b."""
    below = slope_below(reader, node)
    return None if below is None else raised(reader, slope(reader, node, below), below.sup)


def is_stretch(reader: Reader, node: Node) -> bool:
    r"""True for \sigma_{max} without a matrix, where the question gives one square matrix only."""
    return reader.vocabulary.matrix is not None and isinstance(node, Scripted) and (
        spelled(node.base) == r"\sigma" and list(map(spelled, node.subs)) in (["max"], [r"\max"]))


def _stretch(reader: Reader, node: Scripted) -> Value | None:
    matrix = reader.vocabulary.matrix
    if matrix is None or not is_stretch(reader, node):
        return None
    reader.note(f"{reader.source(node.span)} is read as that of {matrix.name}")
    found = Laid(apply("sigma_max", Symbol(matrix.name, (), matrix.shape)))
    return raised(reader, found, node.sup)


def _is_kronecker(node: Scripted, found: Found, reader: Reader) -> bool:
    r"""True for the \delta_{jk} of a question that has another \delta.

    A number has no entries, and of a series there is no comma, nor is a letter its index.
    """
    if len(found.rest) > len(found.symbol.shape):
        return True
    only = node.subs[0] if len(node.subs) == 1 else None
    return isinstance(only, Product) and len(only.factors) == 2 and only.signs == ("",) and all(
        isinstance(part, Name) and spelled(part) not in reader.vocabulary.indices
        for part in only.factors)


def _turned_above(node: Scripted) -> Scripted | None:
    """Return W^{(2)} with a transpose of its own, of W^{(2)T} and W^{(2)^T}; None for others."""
    sup = node.sup
    if isinstance(sup, Product) and len(sup.factors) == 2 and not any(sup.signs):
        place, turn = sup.factors
    elif isinstance(sup, Scripted) and not sup.subs and sup.sup is not None:
        place, turn = sup.base, sup.sup
    else:
        return None
    if not isinstance(place, Fenced) or spelled(turn) not in TRANSPOSES:
        return None
    inner = replace(node, sup=place)
    return Scripted(node.span, Fenced(node.span, "{", (inner,)), sup=turn)


def _is_exponential(node: Scripted, found: Found) -> bool:
    """True for e^{x} where e is a quantity that has an index or entries: it is not meant."""
    if spelled(node.base) != "e" or node.sup is None or node.subs:
        return False
    turned = spelled(node.sup) in TRANSPOSES or isinstance(node.sup, (Numeral, Stars))
    return not found.complete or (bool(found.symbol.shape) and not turned)


def with_scripts(reader: Reader, made: Laid, scripts: Scripted) -> Value:
    """Put the scripts of a bracket on the value it belongs to: softmax(z)_i, f(x)^2."""
    return raised(reader, _below(reader, made, scripts), scripts.sup)


def _named(reader: Reader, node: Scripted) -> Value:
    """Read a name with scripts that is no quantity: e^{x}, I_n, T^2, \\mathbf{1}^\\top."""
    if spelled(node.base) == "e" and not node.subs and node.sup is not None:
        arg = reader.laid(node.sup)
        return Laid(apply("exp", arg.expr), arg.way)
    base = reader.value(node.base)
    return raised(reader, _below(reader, base, node), node.sup)


def _below(reader: Reader, base: Value, node: Scripted) -> Value:
    """Take an entry, or give ones and the identity the size that stands under them."""
    if not node.subs:
        return base
    if isinstance(base, Unsized):
        from derive.question.latex.sizes import shape_under

        return sized(base, shape_under(reader, node.subs, base.kind))
    return entry(base, node.subs, reader)


def raised(reader: Reader, base: Value, sup: Node | None) -> Value:
    """Put what stands above it on a value: a transpose, a power, an inverse."""
    if sup is None:
        return base
    if isinstance(sup, Stars):
        return _starred(reader, base, sup)
    if spelled(sup) in TRANSPOSES and _turns(reader, base, sup):
        if reader.vocabulary.lying and _is_weight(reader, base):
            return base     # b^T for rows x
        return transposed(base, reader.vocabulary.rows)
    if isinstance(sup, Signed) and spelled(sup.arg) in TRANSPOSES:
        return transposed(_inverse(base), reader.vocabulary.rows)
    return _power(reader, base, sup)


def _is_weight(reader: Reader, base: Value) -> bool:
    return isinstance(base, Laid) and isinstance(base.expr, Symbol) and (
        base.expr.name in reader.vocabulary.weights)


def _power(reader: Reader, base: Value, sup: Node) -> Value:
    if isinstance(base, Unsized):
        if base.kind == "eye":
            return base
        raise reader.unreadable("a power of this is not read", sup.span)
    if isinstance(sup, Signed) and spelled(sup.arg) == "1" and len(base.shape) == 2:
        return _inverse(base)
    if len(base.shape) == 2:
        return _matrix_power(reader, base, sup)
    return Laid(Power(base.expr, _exponent(reader, sup, base.shape)), base.way)


def _turns(reader: Reader, base: Value, sup: Node) -> bool:
    r"""True where ^T is a transpose: not on a number where T is a length, nor t an index."""
    letter = spelled(sup)
    if letter == r"\top" or letter == r"\intercal":
        return True
    known = letter in reader.vocabulary.integers or letter in reader.bound
    scalar = isinstance(base, Laid) and not base.shape
    if known and isinstance(base, Laid) and len(base.shape) == 2 and base.shape[0] == base.shape[1]:
        if reader.vocabulary.forgiving and letter == "T":
            reader.note("T is read as the transpose here, not as a power")
            return True
        raise reader.unreadable(f"{letter} may be the transpose or a power", sup.span,
                                r"write ^\top for the transpose")
    if letter == "t":
        return not known and not scalar
    return not (known and (scalar or isinstance(base, Unsized)))


def _starred(reader: Reader, base: Value, sup: Stars) -> Value:
    r"""Read X^{\odot 2}, the power entry by entry."""
    if sup.sign not in (r"\odot", r"\circ") or sup.arg is None or isinstance(base, Unsized):
        raise reader.unreadable("this superscript is not read", sup.span)
    return Laid(Power(base.expr, _exponent(reader, sup.arg, base.shape)), base.way)


def _inverse(base: Value) -> Value:
    if isinstance(base, Unsized) or len(base.shape) != 2:
        raise DeriveError("only a matrix has an inverse")
    return Laid(apply("inv", base.expr))


def _exponent(reader: Reader, node: Node, shape: Shape) -> Expr:
    """Read an exponent: a number, or for a number the entries of an array, a^x.

    A power in it is not worked out, nor a very large number.
    """
    found = reader.scalar(_unwrapped(node))
    if found.shape and shape:
        raise reader.unreadable("an exponent is a number", node.span)
    if _towers(found):
        raise reader.unreadable("a power in an exponent is not worked out", node.span)
    if _large(found):
        raise reader.unreadable("the exponent is too large", node.span,
                                f"exponents up to {BIGGEST_EXPONENT} are worked out")
    return found


def _unwrapped(node: Node) -> Node:
    if isinstance(node, Fenced) and node.kind in ("(", "[", "{") and len(node.items) == 1:
        return node.items[0]
    return node


def _towers(expr: Expr) -> bool:
    from derive.expr.walk import walk

    return any(isinstance(part, Power) for part in walk(expr))


def _large(expr: Expr) -> bool:
    from derive.expr.walk import walk

    return any(isinstance(part, Number) and abs(part.value) > BIGGEST_EXPONENT
               for part in walk(expr))


def _matrix_power(reader: Reader, base: Laid, sup: Node) -> Value:
    """Read A^3 as A A A, and A^{t-i} as an ordered product of equal factors."""
    count = position(sup, reader)
    if reader.vocabulary.forgiving and isinstance(count, int) and base.shape[0] != base.shape[1]:
        reader.note("the power of a matrix is read entry by entry")
        return Laid(Power(base.expr, _exponent(reader, sup, base.shape)), base.way)
    if count is None or base.shape[0] != base.shape[1]:
        raise reader.unreadable(f"this power of {say(base.shape)} is not read", sup.span,
                                r"entry by entry it is X^{\odot 2}")
    if isinstance(count, int) and 1 <= count <= MOST_FACTORS:
        made = base.expr
        for _ in range(count - 1):
            made = MatMul(made, base.expr)
        return Laid(made)
    letter = next(c for c in "kjrsq" if c not in reader.vocabulary.indices)
    return Laid(MatrixProduct(letter, Range((1,), (count,)), base.expr))
