r"""Which product is meant: two factors side by side, by how they stand and what fits.

The table names the product of every pair of kinds: W h, v^\top W, a^\top b, a b^\top. Where more
than one would fit, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import prod

from derive.errors import DeriveError
from derive.expr.integers import IntLike, text
from derive.expr.nodes import (
    Array,
    Diag,
    Entry,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Partial,
    Product,
    Quotient,
    Ref,
    Sum,
    Transpose,
)
from derive.expr.shapes import Shape, broadcast, say
from derive.ops import apply
from derive.question.latex.laid import Laid, Unsized, Value, Way

__all__ = ["CONSTANTS", "added", "beside", "divided", "entrywise", "loosely",
           "negated", "sized",
           "transposed", "unit_vector"]

def loosely(left: Value, right: Value, sign: str, rows: bool, outer: bool) -> Value:
    r"""Return the product that is meant where derivatives are multiplied as if they were numbers.

    psi'(z) W is diag(psi'(z)) W there, and g psi'(z) their product entry by entry; *outer* takes
    the right factor for a row, as the h of g h^\top.
    """
    if isinstance(left, Laid) and isinstance(right, Laid) and (
            sign != "cdot" or len(right.shape) == 2):
        ranks = len(left.shape), len(right.shape)
        if ranks == (1, 1) and outer and (left.kind != "R" or _is_row(left.expr) or (
                left.slope and right.kind == "R")):
            return Laid(Outer(left.expr, right.expr), slope=True)
        if sorted(ranks) == [1, 2] and left.shape[-1] != right.shape[0] and (
                _entries(left.shape) == _entries(right.shape) is not None):
            return Laid(_along_all(left.expr, right.expr))
        # y (1 - y) fits no other way
        alone = sign or left.kind + right.kind not in PRODUCTS or (
            left.slope and left.kind == "E")
        if ranks == (1, 1) and left.shape == right.shape and alone:
            return Laid(Product((left.expr, right.expr)), Way.EITHER, slope=True)
        if left.kind in "CE" and ranks == (1, 2) and left.shape == right.shape[:1] and not (
                left.slope):
            return Laid(MatMul(Diag(left.expr), right.expr), slope=True)
    return beside(left, right, sign, rows)


def _is_row(expr: Expr) -> bool:
    """True for a row of a matrix, which lies for many who write one example by itself."""
    return isinstance(expr, Entry) and len(expr.shape) == 1 and len(expr.arg.shape) == 2


def _entries(shape: Shape) -> int | None:
    """Return how many entries there are, where every size is a number."""
    return prod(n for n in shape if isinstance(n, int)) if all(
        isinstance(n, int) for n in shape) else None


def _along_all(left: Expr, right: Expr) -> Expr:
    """Return w^T a of a matrix a, which is laid out in a row first."""
    flat = (e if len(e.shape) == 1 else apply("flatten", e) for e in (left, right))
    return apply("sum", Product(tuple(flat)), axis=(-1,), keepdims=False)


ENTRYWISE_REMEDY = r"write \odot between them for a product entry by entry, ^\top for a row"


def beside(left: Value, right: Value, sign: str, rows: bool = False) -> Value:
    r"""Return the product of two factors; *sign* is "", cdot, times or * (a typed ``*``).

    Where *rows*, the derivative of a scalar lies.
    """
    if isinstance(left, Unsized) or isinstance(right, Unsized):
        return _with_unsized(left, right)
    kinds = left.kind + right.kind
    if "S" in kinds:
        return _scaled(left, right)
    chained = _chained(left, right) if kinds in TENSORS and left.slope and right.slope else None
    if chained is not None:
        return chained
    if kinds in TENSORS and kinds not in PRODUCTS:
        raise DeriveError(f"a product of {say(left.shape)} and {say(right.shape)} is not read")
    if kinds in SIGNED.get(sign, ()):
        return SIGNED[sign][kinds](left, right)
    if kinds == "MM":
        return _matrices(left, right, sign)
    made = PRODUCTS.get("CR" if rows and kinds == "CE" else kinds)
    return made(left, right) if made is not None else _side_by_side(left, right)


def _side_by_side(left: Laid, right: Laid) -> Laid:
    if (1,) in (left.shape, right.shape):   # a matrix of one column times a vector of one
        return Laid(Product((left.expr, right.expr)), left.way)
    raise DeriveError(f"{_called(left)} stands beside {_called(right)}", remedy=ENTRYWISE_REMEDY)


def _called(value: Laid) -> str:
    """Say what a factor is: a column of 3, 3 x 2."""
    if len(value.shape) != 1:
        return say(value.shape)
    return f"{value.way.value} of {text(value.shape[0])}"


def _chained(left: Laid, right: Laid) -> Laid | None:
    """Return dy/dh dh/dW as the chain rule means it: the axes of h are those that are summed."""
    inner = right.expr.top.shape if isinstance(right.expr, Partial) else ()
    rank = len(inner)
    if not rank or left.shape[-rank:] != inner:
        return None
    before = LETTERS[:len(left.shape) - rank]
    summed = LETTERS[len(before):len(left.shape)]
    after = LETTERS[len(left.shape):len(left.shape) + len(right.shape) - rank]
    made = apply("einsum", left.expr, right.expr, spec=f"{before}{summed},{summed}{after}"
                                                       f"->{before}{after}")
    return Laid(made, Way.EITHER, slope=True)


LETTERS = "abcdefghijklmnopqrstuvwxyz"
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
    if isinstance(left, Unsized) and isinstance(right, Unsized):
        return _both_unsized(left, right)
    if isinstance(left, Unsized):
        assert isinstance(right, Laid), "one of the two has its size"
        return _before(left, right)
    assert isinstance(right, Unsized), "one of the two has no size"
    return _behind(left, right)


def _before(left: Unsized, right: Laid) -> Value:
    if right.kind == "S":
        return left.then(lambda one: Product((right.expr, one)))
    if left.kind == "matrix":
        raise DeriveError("how large the first factor is is not known")
    outer = left.kind == "vector" and not left.lies
    return _open_outer(left, right) if outer else beside(sized(left, right.shape[:1]), right, "")


def _behind(left: Laid, right: Unsized) -> Value:
    if left.kind == "S":
        return right.then(lambda one: Product((left.expr, one)))
    if right.kind == "matrix":
        raise DeriveError("how large the last factor is is not known")
    outer = right.kind == "vector" and right.lies
    return _open_outer(left, right) if outer else beside(left, sized(right, left.shape[-1:]), "")


def _open_outer(left: Value, right: Value) -> Unsized:
    """Return a column times a row, one of which has no size yet."""
    known = left if isinstance(left, Laid) else right
    if not isinstance(known, Laid) or known.kind not in "CRE":
        raise DeriveError("how large this column is is not known")
    return Unsized("matrix", lambda shape: Outer(sized(left, shape[:1]).expr,
                                                 sized(right, shape[1:]).expr))


def _both_unsized(left: Unsized, right: Unsized) -> Unsized:
    if left.kind == "eye" and right.kind in ("eye", "vector") and not right.lies:
        return replace(right, make=lambda shape: MatMul(left.make(shape), right.make(shape)))
    if (left.kind, left.lies, right.kind, right.lies) != ("vector", False, "vector", True):
        raise DeriveError("the size of neither factor is known")
    return Unsized("matrix", lambda shape: Outer(left.make(shape[:1]), right.make(shape[1:])))


def sized(value: Value, shape: Shape) -> Laid:
    """Return a constant with its shape."""
    if isinstance(value, Laid):
        return value
    return Laid(value.make(shape), Way.LIES if value.lies else Way.STANDS)


def _ones(value: int) -> Callable[[Shape], Expr]:
    return lambda shape: Fill(Fraction(value), shape) if shape else Number(Fraction(value))


def _identity(shape: Shape) -> Expr:
    if not shape:
        raise DeriveError("how large the identity is is not known")
    return Eye(shape[0])


def unit_vector(at: IntLike | Expr) -> Unsized:
    """Return e_k, a column of the identity."""
    def make(shape: Shape) -> Expr:
        whole = _identity(shape)
        return apply("gather", whole, at) if isinstance(at, Expr) else Entry(whole, (at,))
    return Unsized("vector", make)


CONSTANTS = {"1": Unsized("vector", _ones(1)), "0": Unsized("vector", _ones(0)),
             "I": Unsized("eye", _identity)}


def entrywise(left: Value, right: Value) -> Laid:
    """Return the product entry by entry."""
    if _is_repeated(left, right) or _is_repeated(right, left):
        raise DeriveError("whether this vector is the rows or the columns is not clear")
    left, right = _alike(left, right)
    return Laid(Product((left.expr, right.expr)), _common((left, right)),
                left.slope or right.slope)


def _is_repeated(one: Value, other: Value) -> bool:
    r"""True for b \odot \mathbf{1}_{2 \times 2}, which repeats a vector one way or the other."""
    return isinstance(one, Laid) and isinstance(other, Laid) and len(one.shape) == 1 and (
        isinstance(other.expr, Fill) and len(other.shape) == 2 and
        other.shape[0] == other.shape[1]) and one.way is not Way.LIES and not _is_column(one)


def divided(left: Value, right: Value) -> Value:
    if isinstance(left, Unsized) and isinstance(right, Laid) and right.kind == "S":
        below = right.expr
        return left.then(lambda one: Quotient(one, below))
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
    one, other = _spread([sized(left, shape), sized(right, shape)])
    return one, other


def _common(values: tuple[Laid, ...]) -> Way:
    """Return how vectors stand together; a row and a column do not."""
    ways = {value.way for value in values if len(value.shape) == 1} - {Way.EITHER}
    if len(ways) > 1:
        raise DeriveError("a row and a column are put together entry by entry",
                          remedy=r"one of them lacks its ^\top, or has one too many")
    if ways:
        return ways.pop()
    return Way.EITHER if any(v.kind == "E" for v in values) else Way.STANDS


def _spread(values: list[Laid]) -> list[Laid]:
    """Give a vector that is added to every row, column or channel the axes it is added along."""
    largest = max((v.shape for v in values), key=len)
    return [_expanded(v, largest) for v in values]


def _expanded(value: Laid, shape: Shape) -> Laid:
    at = len(shape) - 3 if len(shape) > 2 else 0
    if not len(value.shape) == 1 < len(shape) or shape[at] != value.shape[0] or (
            isinstance(value.expr, Ref) and shape[-1] == shape[at] and not _is_slope(value)):
        return value
    if len(shape) == 2 and value.way is Way.LIES and shape[-1] == value.shape[0]:
        return value
    if shape[-1] == shape[at] and not _is_column(value):
        raise DeriveError("whether this vector is added to the rows or to the columns is not clear")
    return Laid(apply("expand", value.expr, axis=tuple(range(at + 1 - len(shape), 0))))


def _is_column(value: Laid) -> bool:
    r"""True for what has one number for each row: X \mathbf{1}, a column that is written out."""
    expr = value.expr
    if _is_slope(value):
        return True
    written = isinstance(expr, Array) and value.way is Way.STANDS
    return written or (isinstance(expr, MatMul) and isinstance(expr.right, Fill))


def _is_slope(value: Laid) -> bool:
    """True for the derivative of a number by a vector, which is a column as the vector is."""
    expr = value.expr
    return isinstance(expr, Partial) and not expr.top.shape and value.way is not Way.LIES


def added(terms: list[tuple[str, Value]]) -> Value:
    """Return a sum; constants of open size take that of the others."""
    known = [value for _, value in terms if isinstance(value, Laid)]
    if not known:
        return _open_sum(terms)
    shape = broadcast(*(value.shape for value in _spread(known)))
    whole = _spread([sized(value, shape) for _, value in terms])
    laid = [(sign, value) for (sign, _), value in zip(terms, whole, strict=True)]
    way = _common(tuple(value for _, value in laid))
    parts = tuple(Neg(v.expr) if sign == "-" else v.expr for sign, v in laid)
    return Laid(Sum(parts), way, any(v.slope for _, v in laid))


def _open_sum(terms: list[tuple[str, Value]]) -> Unsized:
    """Return a sum of which no term has a size yet: I - 1 p^T."""
    first = next((v for _, v in terms if isinstance(v, Unsized) and v.kind != "eye"), terms[0][1])
    assert isinstance(first, Unsized), "called where nothing has a size"

    def make(shape: Shape) -> Expr:
        parts = [(sign, sized(value, shape).expr) for sign, value in terms]
        return Sum(tuple(Neg(e) if sign == "-" else e for sign, e in parts))
    return replace(first, make=make)


def negated(value: Value) -> Value:
    if isinstance(value, Unsized):
        return value.then(Neg)
    return Laid(Neg(value.expr), value.way, value.slope)


def transposed(value: Value, rows: bool) -> Value:
    """Turn a vector, transpose a matrix; the derivative of a scalar lies where *rows* says so."""
    if isinstance(value, Unsized):
        make = value.make
        if value.kind == "matrix":
            return replace(value, make=lambda shape: Transpose(make(shape[::-1])))
        return replace(value, lies=not value.lies)
    if len(value.shape) < 2:
        turned = {Way.STANDS: Way.LIES, Way.LIES: Way.STANDS,
                  Way.EITHER: Way.STANDS if rows else Way.LIES}
        return Laid(value.expr, turned[value.way], value.slope)
    if len(value.shape) > 2:
        return Laid(apply("transpose", value.expr))
    return Laid(Transpose(value.expr), slope=value.slope)
