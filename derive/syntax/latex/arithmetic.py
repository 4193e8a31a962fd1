r"""Sums, signs, fractions and powers."""

from __future__ import annotations

from typing import NamedTuple

from derive.expr.nodes import Dots, Expr, Literal, Neg, Number, Power, Quotient, Sum
from derive.syntax.latex.matrices import is_matrix
from derive.syntax.latex.products import begins_with_number
from derive.syntax.latex.rows import spread
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import inside, leading, raised, tex
from derive.syntax.precedence import Binds, Piece

__all__ = ["Term", "terms"]


class Term(NamedTuple):
    """A term of a sum without its sign; `expr` is what is written, for breaking it further."""

    sign: str
    text: str
    expr: Expr


def terms(expr: Sum | Dots, style: Style) -> list[Term]:
    """Return the written terms with their signs; the first has "" or "-"."""
    if isinstance(expr, Sum):
        first, *others = (spread(term, expr, style) for term in expr.terms)
        return [_first(first, style), *(_later(term, style) for term in others)]
    first, *others = expr.first
    head = [_first(first, style), *(_later(term, style) for term in others)]
    left_out = Term("+", r"\cdots", expr.whole)
    return [*head, left_out, *(_later(term, style) for term in expr.last)]


def _first(term: Expr, style: Style) -> Term:
    piece = tex(term, style)
    if isinstance(term, Neg) and piece.binds == Binds.MINUS:
        return Term("-", piece.text[1:], term.arg)
    return Term("", piece.text, term)


def _later(term: Expr, style: Style) -> Term:
    piece = tex(term, style)
    if isinstance(term, Neg):
        piece = piece if piece.binds == Binds.MINUS else Piece("-" + piece.text)
        return Term("-", piece.text[1:], term.arg)
    if piece.binds == Binds.MINUS and not isinstance(term, (Number, Literal)):
        return Term("-", piece.text[1:], term)
    return Term("+", inside(piece, Binds.REDUCE), term)


@tex.register(Sum)
@tex.register(Dots)
def _sum(expr: Sum | Dots, style: Style) -> Piece:
    head, *tail = terms(expr, style)
    return Piece(head.sign + head.text + "".join(f" {t.sign} {t.text}" for t in tail), Binds.SUM)


@tex.register(Neg)
def _neg(expr: Neg, style: Style) -> Piece:
    if isinstance(expr.arg, Literal) and not expr.shape and tex(expr.arg, style).text == "0":
        return tex(expr.arg, style)     # nobody writes -0
    return Piece("-" + inside(tex(expr.arg, style), Binds.REDUCE), Binds.MINUS)


@tex.register(Quotient)
def _quotient(expr: Quotient, style: Style) -> Piece:
    r"""Write a fraction; array by array is \oslash, the partner of \odot."""
    if expr.top.shape and expr.bottom.shape:
        return _entrywise(expr, style)
    if isinstance(expr.top, Neg) and not expr.top.shape:
        positive = _quotient(Quotient(expr.top.arg, expr.bottom), style)
        return Piece("-" + inside(positive, Binds.REDUCE), Binds.MINUS)
    top, bottom = tex(expr.top, style).text, tex(expr.bottom, style).text
    if is_matrix(expr.top):
        return Piece(rf"\frac{{1}}{{{bottom}}} {top}", Binds.SCALED)
    small = isinstance(expr.top, Number) and isinstance(expr.bottom, Number)
    command = r"\tfrac" if small and len(top + bottom) <= 5 else r"\frac"
    return Piece(f"{command}{{{top}}}{{{bottom}}}", Binds.FRACTION)


def _entrywise(expr: Quotient, style: Style) -> Piece:
    top, below = (spread(part, expr, style) for part in (expr.top, expr.bottom))
    head = leading(top, style, Binds.FRACTION)
    bottom = inside(tex(below, style), Binds.FRACTION)
    return Piece(rf"{head.text} \oslash {bottom}", min(head.binds, Binds.HADAMARD))


@tex.register(Power)
def _power(expr: Power, style: Style) -> Piece:
    r"""Write a power; of a matrix entry by entry, X^{\odot 2}, as X^2 means X X."""
    exponent = _exponent(expr.exponent, style)
    if len(expr.base.shape) > 1:
        exponent = r"\odot " + exponent
    return raised(tex(expr.base, style), exponent)


def _exponent(expr: Expr, style: Style) -> str:
    """Write small fractions on one line: x^{1/2}."""
    if isinstance(expr, Quotient) and begins_with_number(expr.top):
        top, bottom = (inside(tex(e, style), Binds.PRODUCT) for e in (expr.top, expr.bottom))
        return f"{top}/{bottom}"
    return tex(expr, style).text
