r"""Products as people write them: W h_{t-1}, a^\top b, a b^\top, 2x, 2 \cdot (-3), g \odot h."""

from __future__ import annotations

from typing import NamedTuple

from derive.expr.nodes import (
    Apply,
    Diag,
    Expr,
    Literal,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Transpose,
)
from derive.syntax.latex.matrices import is_matrix
from derive.syntax.latex.rows import is_row_product, laid, lies, lying_leaf, row, spread
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import brackets, inside, leading, raised, tex
from derive.syntax.precedence import Binds, Piece

__all__ = ["Factor", "factors"]


class Factor(NamedTuple):
    """A written factor and the sign between it and the one before it."""

    sign: str
    text: str


def begins_with_number(expr: Expr) -> bool:
    """True where a digit would come first: such a factor needs a dot before it."""
    if isinstance(expr, Number):
        return True
    if isinstance(expr, Literal):
        return not expr.shape
    first = _FIRST.get(type(expr))
    return first is not None and begins_with_number(getattr(expr, first))


_FIRST: dict[type[Expr], str] = {Neg: "arg", Power: "base", Quotient: "top"}


INDICATOR = r"\mathbf{1}"     # a one that looks like the last digit of a number before it


def _sign(left: Expr, right: Expr, text: str) -> str:
    if left.shape and right.shape:
        return r" \odot "
    if begins_with_number(right) or (begins_with_number(left) and text.startswith(INDICATOR)):
        return r" \cdot "
    # s (1 - s) must not look like a function s of 1 - s
    return r" \, " if text.startswith("(") and not begins_with_number(left) else " "


def _tail(right: Expr, least: Binds, style: Style) -> Piece:
    r"""Write the last factor: an open sum needs no brackets there, \tfrac{1}{3} \sum_t l_t."""
    piece = tex(right, style)
    if piece.binds == Binds.REDUCE:
        return piece
    return Piece(inside(piece, least), Binds.ATOM)


def _product_factors(expr: Product, style: Style) -> tuple[list[Factor], Binds]:
    first, *middle, last = (spread(factor, expr, style) for factor in expr.factors)
    entrywise = sum(bool(f.shape) for f in expr.factors) > 1
    head = leading(first, style, Binds.HADAMARD if isinstance(first, Product) else Binds.FRACTION)
    # 2 W x, but (W x) \odot y
    tail = _tail(last, Binds.FRACTION if entrywise else Binds.PRODUCT, style)
    texts = [inside(tex(f, style), Binds.FRACTION) for f in middle] + [tail.text]
    signs = map(_sign, expr.factors, expr.factors[1:], texts)
    own = Binds.HADAMARD if entrywise else Binds.SCALED
    found = [Factor("", head.text), *map(Factor, signs, texts)]
    return found, min(own, tail.binds, *([Binds.MINUS] if head.binds == Binds.MINUS else []))


def _matmul_factors(expr: MatMul, style: Style) -> tuple[list[Factor], Binds]:
    head, binds = _left_factors(expr.left, style)
    tail = _last_factor(expr.right, style)
    return [*head, Factor(" ", tail.text)], min(binds, tail.binds, Binds.PRODUCT)


def _last_factor(right: Expr, style: Style) -> Piece:
    r"""Write the last matrix or vector: A (b \odot \sum_t c_t), but A \sum_t c_t."""
    entrywise = isinstance(right, Product) and sum(bool(f.shape) for f in right.factors) > 1
    if entrywise:
        return Piece(brackets(tex(right, style).text))
    return _tail(right, Binds.PRODUCT, style)


def _left_factors(left: Expr, style: Style) -> tuple[list[Factor], Binds]:
    left = laid(left, style)
    if isinstance(left, MatMul):    # what is summed or multiplied over an index ends here
        before, binds = _left_factors(left.left, style)
        last = inside(tex(left.right, style), Binds.PRODUCT)
        return [*before, Factor(" ", last)], min(binds, Binds.PRODUCT)
    head = leading(left, style, Binds.SCALED)
    return [Factor("", head.text)], head.binds


def factors(expr: Product | MatMul, style: Style) -> tuple[list[Factor], Binds]:
    """Return the written factors in order, and how tightly the whole binds."""
    if isinstance(expr, Product):
        return _product_factors(expr, style)
    return _matmul_factors(expr, style)


def _joined(expr: Product | MatMul, style: Style) -> Piece:
    found, binds = factors(expr, style)
    return Piece("".join(f.sign + f.text for f in found), binds)


@tex.register(Product)
def _product(expr: Product, style: Style) -> Piece:
    return _joined(expr, style)


@tex.register(MatMul)
def _matmul(expr: MatMul, style: Style) -> Piece:
    """Write a product; vector @ matrix is turned into a column, unless it is to lie."""
    piece = _joined(expr, style)
    turned = is_row_product(expr) and not lies(expr)
    return raised(piece, r"\top") if turned else piece


@tex.register(Transpose)
def _transpose(expr: Transpose, style: Style) -> Piece:
    whole = laid(expr, style)
    if not isinstance(whole, Transpose):
        return tex(whole, style)
    if len(whole.shape) == 1:
        return lying_leaf(whole.arg, style)
    inner = whole.arg
    if isinstance(inner, Apply) and inner.op == "inv":
        return raised(tex(inner.args[0], style), r"-\top")
    return raised(tex(inner, style), r"\top")


@tex.register(Outer)
def _outer(expr: Outer, style: Style) -> Piece:
    left = leading(expr.left, style, Binds.SCALED)
    right = inside(row(expr.right, style), Binds.FRACTION)
    return Piece(f"{left.text} {right}", min(left.binds, Binds.PRODUCT))


@tex.register(Diag)
def _diag(expr: Diag, style: Style) -> Piece:
    arg = tex(expr.arg, style).text
    return Piece(r"\operatorname{diag}" + (arg if is_matrix(expr.arg) else brackets(arg)))
