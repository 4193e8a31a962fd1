r"""Vectors written as rows throughout, as data come in batches: ``h_t = \tanh(h_{t-1} W^\top)``.

Which way vectors lie is told by the factors that stand side by side: h W, or W h.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from derive.expr.nodes import Expr, Partial
from derive.expr.walk import array_of
from derive.marking.submission.claims import Side
from derive.marking.submission.reading.statements import statements
from derive.marking.submission.reading.words import Words
from derive.question.latex.spelling import spelled
from derive.syntax.read_latex.tree import Fraction, Name, Node, Product, Scripted, nodes

__all__ = ["take_lying"]

SAID = re.compile(r"\b(?:vectors|gradients|derivatives?)\b[^.]{0,30}\b(?:as|are|be|is) "
                  r"(?:all |always )?(?:an? |\\emph\{)?rows?\b"
                  r"|\b(?:use|with|write|take)(?: all| only)? row vectors\b")
SLOPES = re.compile(r"[Gg]radient|[Dd]erivative|Jacobi")
TURNS = (r"\top", "T", r"\intercal", "t")
SIGNS = ("", "*", "cdot", "times")
MOST_STATEMENTS = 100   # after so many it is known how somebody writes


def take_lying(words: Words, text: str) -> None:
    """Let all vectors be rows where a submission writes more of them left of a matrix than right.

    The gradients of who writes columns may be rows, too.
    """
    ranks = {len(family.shape) for family in words.vocabulary.families.values()}
    if not {1, 2} <= ranks:
        return
    found = [_way(words, *pair) for pair in _neighbours(words, text)]
    vectors, slopes = (sum(way for of, way in found if of is slope) for slope in (False, True))
    said = [s for s in text.split(".") if SAID.search(s)]
    of_slopes = [s for s in said if SLOPES.search(s)]
    if vectors > 0 or (vectors == 0 and len(said) > len(of_slopes)):
        words.set_lying(all_vectors=True)
    elif slopes > 0 or of_slopes:
        words.set_lying(all_vectors=False)


def _neighbours(words: Words, text: str) -> Iterator[tuple[Node, Node, str]]:
    """Yield names and derivatives that stand side by side, with the text they stand in.

    Brackets tell nothing, as many write (1 - h^2) W for diag(1 - h^2) W.
    """
    for statement in islice(statements(text, words), MOST_STATEMENTS):
        for side in filter(None, statement.sides):
            for product in _products(side):
                for sign, pair in zip(product.signs, pairwise(product.factors), strict=True):
                    if sign in SIGNS and all(map(_is_name, pair)):
                        yield (*pair, side.source)


def _is_name(node: Node) -> bool:
    return isinstance(node.base if isinstance(node, Scripted) else node, (Name, Fraction))


def _products(side: Side) -> Iterator[Product]:
    return (n for n in nodes(side.node) if isinstance(n, Product)) if side.node else iter(())


def _way(words: Words, left: Node, right: Node, source: str) -> tuple[bool, int]:
    r"""Return 1 for h W and W h^\top, -1 for W h and h^\top W; 0 for factors that tell nothing.

    And whether it is a gradient that stands there.
    """
    one, other = (words.read(node, source) for node in (left, right))
    if one is None or other is None:
        return False, 0
    if len(other.shape) == 2 and one.shape == other.shape[:1]:
        return _is_slope(one), -1 if _is_turned(left) else 1
    if len(one.shape) == 2 and other.shape == one.shape[1:]:
        return _is_slope(other), 1 if _is_turned(right) else -1
    return False, 0


def _is_turned(node: Node) -> bool:
    return isinstance(node, Scripted) and node.sup is not None and spelled(node.sup) in TURNS


def _is_slope(expr: Expr) -> bool:
    return isinstance(array_of(expr), Partial)
