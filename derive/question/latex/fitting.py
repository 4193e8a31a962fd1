r"""Which product is meant: two factors side by side, by how they stand and what fits.

The table names the product of every pair of kinds: W h, v^\top W, a^\top b, a b^\top. Where more
than one would fit, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from derive.errors import DeriveError
from derive.expr.nodes import (
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.expr.shapes import Shape, broadcast, say
from derive.ops import apply
from derive.question.latex.laid import Laid, Unsized, Value, Way

__all__ = ["added", "beside", "divided", "entrywise", "negated", "sized", "transposed"]

ENTRYWISE_REMEDY = r"write \odot between them for a product entry by entry, ^\top for a row"


def beside(left: Value, right: Value, sign: str) -> Value:
    r"""Return the product of two factors; *sign* is "", cdot, times or * (a typed ``*``)."""
    if isinstance(left, Unsized) or isinstance(right, Unsized):
        return _with_unsized(left, right)
    kinds = left.kind + right.kind
    if "S" in kinds:
        return _scaled(left, right)
    if kinds in TENSORS and kinds not in PRODUCTS:
        raise DeriveError(f"a product of {say(left.shape)} and {say(right.shape)} is not read")
    if kinds in SIGNED.get(sign, ()):
        return SIGNED[sign][kinds](left, right)
    if kinds == "MM":
        return _matrices(left, right, sign)
    made = PRODUCTS.get(kinds)
    return made(left, right) if made is not None else _side_by_side(left, right)


def _side_by_side(left: Laid, right: Laid) -> Laid:
    if (1,) in (left.shape, right.shape):   # a matrix of one column times a vector of one
        return Laid(Product((left.expr, right.expr)), left.way)
    raise DeriveError(f"{left.way.value} of {say(left.shape)[12:]} stands beside "
                      f"{right.way.value} of {say(right.shape)[12:]}", remedy=ENTRYWISE_REMEDY)


TENSORS = frozenset(a + b for a in "CREMT" for b in "CREMT" if "T" in a + b)


def _scaled(left: Laid, right: Laid) -> Laid:
    way = right.way if not left.shape else left.way
    return Laid(Product((left.expr, right.expr)), way, left.slope or right.slope)


def _matrices(left: Laid, right: Laid, sign: str) -> Laid:
    fits = left.shape[1] == right.shape[0]
    same = left.shape == right.shape
    if sign == "*" and same and fits and not (left.slope or right.slope):
        raise DeriveError("* between two square matrices may mean two products",
                          remedy=r"write \odot, or nothing for the matrix product")
    if sign in ("*", "times") and same and not fits:
        return entrywise(left, right)
    return Laid(MatMul(left.expr, right.expr), slope=left.slope or right.slope)


def _lying(left: Laid, right: Laid) -> Laid:
    return Laid(MatMul(left.expr, right.expr), Way.LIES, left.slope or right.slope)


def _standing(left: Laid, right: Laid) -> Laid:
    return Laid(MatMul(left.expr, right.expr), Way.STANDS, left.slope or right.slope)


def _outer(left: Laid, right: Laid) -> Laid:
    return Laid(Outer(left.expr, right.expr), slope=left.slope or right.slope)


def _stack(left: Laid, right: Laid) -> Laid:
    return Laid(MatMul(left.expr, right.expr))


def _dot(left: Laid, right: Laid) -> Laid:
    return Laid(MatMul(left.expr, right.expr))


def _each(left: Laid, right: Laid) -> Laid:
    return entrywise(left, right)


# of two vectors that both stand, or may, the sign tells which product is meant
SIGNED: dict[str, dict[str, Callable[[Laid, Laid], Laid]]] = {
    **dict.fromkeys(("*", "times"), dict.fromkeys(("CC", "EE", "CE", "EC", "RR", "RE", "ER"),
                                                  _each)),
    "cdot": dict.fromkeys(("CC", "EE", "CE", "EC"), _dot),
}
PRODUCTS: dict[str, Callable[[Laid, Laid], Laid]] = {
    "MC": _standing, "ME": _standing, "RM": _lying, "EM": _lying,
    "RC": _standing, "RE": _standing, "EC": _standing,
    "CR": _outer, "ER": _outer,
    "TT": _stack, "TM": _stack, "MT": _stack,
}


def _with_unsized(left: Value, right: Value) -> Value:
    """Give ones and the identity the size that the other factor asks for."""
    if isinstance(left, Unsized) and isinstance(right, Laid):
        if right.kind == "S":
            return _rescaled(left, right.expr)
        if left.kind != "eye" and not left.lies:
            raise DeriveError("the size of a column of ones is not known here")
        return beside(sized(left, right.shape[:1]), right, "")
    if isinstance(right, Unsized) and isinstance(left, Laid):
        if left.kind == "S":
            return _rescaled(right, left.expr)
        if right.kind != "eye" and right.lies:
            raise DeriveError("the size of a row of ones is not known here")
        return beside(left, sized(right, left.shape[-1:]), "")
    raise DeriveError("the size of neither factor is known")


def _rescaled(value: Unsized, by: Expr) -> Unsized:
    scale = by if value.scale is None else Product((value.scale, by))
    return Unsized(value.kind, value.lies, scale)


def sized(value: Value, shape: Shape) -> Laid:
    """Return the constant with a shape; of the identity the shape tells the size."""
    if isinstance(value, Laid):
        return value
    if not shape:
        one: Expr = Number(Fraction(value.kind != "zeros"), "0" if value.kind == "zeros" else "1")
    elif value.kind == "eye":
        one = Eye(shape[0])
    else:
        one = Fill(Fraction(value.kind == "ones"), shape)
    way = Way.LIES if value.lies else Way.STANDS
    return Laid(one if value.scale is None else Product((value.scale, one)), way)


def entrywise(left: Value, right: Value) -> Laid:
    """Return the product entry by entry."""
    left, right = _alike(left, right)
    return Laid(Product((left.expr, right.expr)), _common((left, right)),
                left.slope or right.slope)


def divided(left: Value, right: Value) -> Value:
    if isinstance(left, Unsized) and isinstance(right, Laid) and right.kind == "S":
        return _rescaled(left, Quotient(Number(Fraction(1), "1"), right.expr))
    left, right = _alike(left, right)
    if right.kind == "M" and left.kind != "M":
        raise DeriveError("something is divided by a matrix")
    if isinstance(right.expr, Number) and right.expr.value == 0:
        raise DeriveError("division by zero")
    way = left.way if left.shape else right.way
    return Laid(Quotient(left.expr, right.expr), way)


def _alike(left: Value, right: Value) -> tuple[Laid, Laid]:
    shapes = [v.shape for v in (left, right) if isinstance(v, Laid)]
    shape = shapes[0] if shapes else ()
    return sized(left, shape), sized(right, shape)


def _common(values: tuple[Laid, ...]) -> Way:
    """Return how vectors stand together; a row and a column do not."""
    ways = {value.way for value in values if len(value.shape) == 1} - {Way.EITHER}
    if len(ways) > 1:
        raise DeriveError("a row and a column are put together entry by entry",
                          remedy=r"one of them lacks its ^\top, or has one too many")
    if ways:
        return ways.pop()
    return Way.EITHER if any(v.kind == "E" for v in values) else Way.STANDS


def added(terms: list[tuple[str, Value]]) -> Value:
    """Return a sum; constants of open size take that of the others."""
    known = [value for _, value in terms if isinstance(value, Laid)]
    if not known:
        raise DeriveError("the size of no term is known")
    shape = broadcast(*(value.shape for value in known))
    laid = [(sign, sized(value, shape)) for sign, value in terms]
    way = _common(tuple(value for _, value in laid))
    parts = tuple(Neg(v.expr) if sign == "-" else v.expr for sign, v in laid)
    return Laid(Sum(parts), way, any(v.slope for _, v in laid))


def negated(value: Value) -> Value:
    if isinstance(value, Unsized):
        scale = value.scale if value.scale is not None else Number(Fraction(1), "1")
        return Unsized(value.kind, value.lies, Neg(scale))
    return Laid(Neg(value.expr), value.way, value.slope)


def transposed(value: Value, rows: bool) -> Value:
    """Turn a vector, transpose a matrix; the derivative of a scalar lies where *rows* says so."""
    if isinstance(value, Unsized):
        return Unsized(value.kind, not value.lies, value.scale)
    if len(value.shape) < 2:
        turned = {Way.STANDS: Way.LIES, Way.LIES: Way.STANDS,
                  Way.EITHER: Way.STANDS if rows else Way.LIES}
        return Laid(value.expr, turned[value.way], value.slope)
    if len(value.shape) > 2:
        return Laid(apply("transpose", value.expr))
    return Laid(Transpose(value.expr), slope=value.slope)
