r"""The chain rule in names that the question does not have.

\partial J / \partial w = \partial J / \partial y \cdot \partial y / \partial w is right whatever J
and y are, if each factor goes on where the one before ended; a sum must run over a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from derive.marking.submission.claims import Side
from derive.syntax.read_latex.tree import Additive, Big, Fenced, Fraction, Name, Node, Product

__all__ = ["is_chain_rule"]

SIGNS = frozenset(("", "cdot", "times", "*", "odot"))
DIFFERENTIALS = (r"\partial", "d")
FONTS = re.compile(r"\\(?:math|bold)[a-z]+|[\s{}]")
Link = tuple[str, str]      # from a top to a bottom


def is_chain_rule(left: Side, right: Side) -> bool:
    """True where a derivative is written as a product of others, or as a sum of such products."""
    if left.node is None or right.node is None:
        return False
    whole = _link(left.node, left.source)
    if whole is None or whole[0] == whole[1]:
        return False
    terms = list(_terms(right.node))
    return bool(terms) and all(_leads(term, whole, right.source) for term in terms) and len(
        {_plain(right.source, t) for t in terms}) == len(terms)


def _terms(node: Node) -> Iterator[Node]:
    if isinstance(node, Additive):
        for sign, term in node.terms:
            yield term if sign == "+" else Additive(node.span, ((sign, term),))
    else:
        yield node


def _leads(term: Node, whole: Link, source: str) -> bool:
    letter, body = "", term
    if isinstance(term, Big):
        if term.sign != "sum" or not term.lower:
            return False
        letter, body = _plain(source, term.lower[0])[:1], term.body
    links = _links(body, source)
    if not links or len(links) < 2:
        return False
    joined = all(one[1] == other[0] for one, other in pairwise(links))
    ends = links[0][0] == whole[0] and links[-1][1] == whole[1]
    between = [bottom for _, bottom in links[:-1]]
    return joined and ends and (not letter or any(letter in b.partition("_")[2] for b in between))


def _links(node: Node, source: str) -> list[Link] | None:
    """Return the derivatives that a product consists of; None where there is something else."""
    if isinstance(node, Fenced) and len(node.items) == 1:
        return _links(node.items[0], source)
    if isinstance(node, Product):
        if not set(node.signs) <= SIGNS:
            return None
        parts = [_links(factor, source) for factor in node.factors]
        known = [part for part in parts if part is not None]
        return [link for part in known for link in part] if len(known) == len(parts) else None
    found = _link(node, source)
    return None if found is None else [found]


def _link(node: Node, source: str) -> Link | None:
    if not isinstance(node, Fraction):
        return None
    ends = [_behind(part, source) for part in (node.top, node.bottom)]
    return (ends[0], ends[1]) if all(ends) else None


def _behind(node: Node, source: str) -> str:
    if not isinstance(node, Product) or len(node.factors) != 2:
        return ""
    sign, quantity = node.factors
    known = isinstance(sign, Name) and sign.stem in DIFFERENTIALS
    return _plain(source, quantity) if known else ""


def _plain(source: str, node: Node) -> str:
    return FONTS.sub("", source[slice(*node.span)])
