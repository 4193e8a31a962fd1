"""Breaking formulas that are too wide: at plus and minus first, then between factors.

Brackets and fractions stay whole; a piece that cannot be divided gets a line of its own.
"""

from __future__ import annotations

import re
from functools import singledispatch
from itertools import accumulate, pairwise

from derive.expr.nodes import Dots, Expr, MatMul, Neg, Number, Product, Quotient, Sum
from derive.syntax.latex.arithmetic import Term, terms
from derive.syntax.latex.products import factors
from derive.syntax.latex.rows import as_whole
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import tex
from derive.syntax.latex.width import width
from derive.syntax.precedence import Binds

__all__ = ["lines"]

# numbers alone between brackets
_NUMBERS = re.compile(r"\((?:[-+\d.,(){}^ ]|\\times|\\cdot)*\)")
# a sign and what follows it; "{}" makes the sign at the start of a line a binary one
Chunk = tuple[str, str]


def lines(expr: Expr, style: Style, limit_em: float) -> list[str]:
    r"""Write an expression on as many lines as *limit_em* asks for.

    The lines after the first begin with their sign (``{} + b``, ``{} \cdot W``), ready to be
    put behind ``& \quad`` in an aligned block.
    """
    expr = as_whole(expr, style)
    whole = tex(expr, style).text
    if width(whole) <= limit_em:
        return [whole]
    return _pack(_chunks(expr, style, limit_em), limit_em)


def _pack(chunks: list[Chunk], limit: float) -> list[str]:
    (sign, first), *others = chunks
    packed = [sign.strip() + first]
    for sign, text in others:
        longer = packed[-1] + sign + text
        if width(longer) <= limit:
            packed[-1] = longer
        else:
            # a product whose sign is not written shows a dot where it is broken
            packed.append(f"{{}} {sign.strip() or chr(92) + 'cdot'} {text}")
    return packed


@singledispatch
def _chunks(expr: Expr, style: Style, limit: float) -> list[Chunk]:
    return [("", tex(expr, style).text)]


@_chunks.register(Sum)
@_chunks.register(Dots)
def _sum(expr: Sum | Dots, style: Style, limit: float) -> list[Chunk]:
    found: list[Chunk] = []
    for i, term in enumerate(terms(expr, style)):
        sign = term.sign if not i else f" {term.sign} "
        found += _divided(term, sign, style, limit)
    return found


def _divided(term: Term, sign: str, style: Style, limit: float) -> list[Chunk]:
    """Divide a term that is too wide itself, where its written form is that of its parts."""
    inner = tex(term.expr, style).text
    if width(term.text) > limit and isinstance(term.expr, Sum) and term.text == f"({inner})":
        return _within(f"{sign}(", term.expr, style, limit)
    if width(term.text) > limit and _NUMBERS.fullmatch(term.text):
        return _numbers(sign, term.text)
    if width(term.text) <= limit or inner != term.text:
        return [(sign, term.text)]
    parts = _chunks(term.expr, style, limit)
    return [(sign, parts[0][0] + parts[0][1]), *parts[1:]]


def _numbers(sign: str, text: str) -> list[Chunk]:
    """Divide a sum of numbers in brackets, as the entries of an array are added up."""
    depths = accumulate((char == "(") - (char == ")") for char in text)
    cuts = [at for at, (depth, _) in enumerate(zip(depths, text, strict=True))
            if depth == 1 and text[at:at + 3] in (" + ", " - ")]
    pieces = [text[a:b] for a, b in pairwise([0, *cuts, len(text)])]
    return [(sign, pieces[0]), *((piece[:3], piece[3:]) for piece in pieces[1:])]


@_chunks.register(Neg)
def _neg(expr: Neg, style: Style, limit: float) -> list[Chunk]:
    piece = tex(expr.arg, style)
    if piece.binds < Binds.REDUCE:
        return [("", tex(expr, style).text)]
    first, *others = _chunks(expr.arg, style, limit)
    return [("-", first[0] + first[1]), *others]


@_chunks.register(Product)
def _product(expr: Product, style: Style, limit: float) -> list[Chunk]:
    """Between factors; a matrix product behind a number is divided further, and a sum too."""
    scale, *others = expr.factors
    if isinstance(scale, (Number, Quotient)) and not expr.shape and len(others) == 1 and (
            isinstance(others[0], Sum)):
        return _scaled_sum(expr, others[0], style, limit)
    found: list[Chunk] = []
    for factor, part in zip(factors(expr, style)[0], expr.factors, strict=True):
        found += _divided(Term("", factor.text, part), factor.sign, style, limit)
    return found


def _scaled_sum(expr: Product, total: Sum, style: Style, limit: float) -> list[Chunk]:
    """Break within the brackets: 1/9 (a + b, and + c) on the next line."""
    return _within(f"{factors(expr, style)[0][0].text} (", total, style, limit)


def _within(opening: str, total: Sum, style: Style, limit: float) -> list[Chunk]:
    (sign, first), *others = _chunks(total, style, limit)
    *between, (last, end) = others
    return [("", f"{opening}{sign.strip()}{first}"), *between, (last, f"{end})")]


@_chunks.register(MatMul)
def _matmul(expr: MatMul, style: Style, limit: float) -> list[Chunk]:
    found, _ = factors(expr, style)
    joined = "".join(f.sign + f.text for f in found)
    whole = tex(expr, style).text
    # a row turned into a column has brackets around all of it
    return [(f.sign, f.text) for f in found] if joined == whole else [("", whole)]
