r"""Sums of products whose factors carry labels: W^\top over \partial z / \partial h."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from derive.expr.nodes import Expr, Product, Transpose
from derive.expr.walk import walk
from derive.solution.shapes_of_paths import on_paper
from derive.syntax.latex.matrices import shape_label
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import inside, tex
from derive.syntax.precedence import Binds
from derive.syntax.write_latex import underbrace, width, write

__all__ = ["labelled_lines"]

GAP = r"\,"  # between two braces, which would touch
Factors = Sequence[tuple[Expr, Expr]]


def labelled_lines(terms: Sequence[Factors], whole: Expr, style: Style, limit: float,
                   shapes: bool = False) -> list[str]:
    """Write a labelled sum, broken before a plus and, where a term alone is too wide, in a term.

    whole:  the same sum as one expression, which tells entry-by-entry products from others.
    shapes: True where each label says the shape of its factor too.
    """
    entrywise = _entrywise_pairs(whole)
    packed: list[str] = []
    for term in terms:
        for sign, text in _pieces(term, entrywise, style, limit, shapes):
            packed = _packed(packed, sign, text, limit)
    return packed


def _packed(done: list[str], sign: str, text: str, limit: float) -> list[str]:
    """Put a piece behind the last line, or on a line of its own."""
    if not done:
        return [text]
    longer = f"{done[-1]} {sign or GAP} {text}"
    if width(longer) <= limit:
        return [*done[:-1], longer]
    return [*done, f"{{}} {sign or chr(92) + 'cdot'} {text}"]


def _pieces(term: Factors, entrywise: set[frozenset[Expr]], style: Style, limit: float,
            shapes: bool) -> list[tuple[str, str]]:
    """Return the term in one piece where it fits, else factor by factor, each with its sign."""
    exprs = [factor for factor, _ in term]
    signs = ["+", *(_sign(a, b, entrywise) for a, b in pairwise(exprs))]
    texts = [_factor(factor, _label(factor, label, style, shapes), len(term) > 1, style)
             for factor, label in term]
    whole = texts[0] + "".join(f" {sign or GAP} {text}"
                               for sign, text in zip(signs[1:], texts[1:], strict=True))
    if width(whole) <= limit:
        return [("+", whole)]
    return list(zip(signs, texts, strict=True))


def _factor(factor: Expr, below: str, is_one_of_many: bool, style: Style) -> str:
    least = Binds.PRODUCT if is_one_of_many else Binds.SUM
    return underbrace(inside(tex(factor, style), least), below)


def _label(factor: Expr, label: Expr, style: Style, shapes: bool) -> str:
    """Write what a factor is, and its rows and columns under that."""
    # fractions in a label at their own size: a script of a script cannot be read
    below = write(label, style).replace(r"\frac{", r"\tfrac{")
    if not shapes or not factor.shape:
        return below
    return rf"\substack{{{below} \\[2pt] {shape_label(on_paper(factor), style)}}}"


def _sign(left: Expr, right: Expr, entrywise: set[frozenset[Expr]]) -> str:
    vectors = len(left.shape) == len(right.shape) == 1
    lying = isinstance(left, Transpose) or isinstance(right, Transpose)
    if frozenset((left, right)) in entrywise or (vectors and not lying):
        return r"\odot"
    return ""


def _entrywise_pairs(whole: Expr) -> set[frozenset[Expr]]:
    """Return which arrays stand side by side in an entry-by-entry product."""
    return {frozenset((a, b)) for node in walk(whole) if isinstance(node, Product)
            for a in node.factors for b in node.factors if a.shape and b.shape}
