"""Sizes that a submission gives letters: ``N = 3`` for three examples, ``d_k = 2``."""

from __future__ import annotations

import re
from fractions import Fraction

from derive.errors import Unreadable
from derive.expr.nodes import Number
from derive.marking.submission.reading.words import Words
from derive.question.latex import read_relations
from derive.syntax.read_latex.tree import Name, Node, Scripted

__all__ = ["take_sizes"]

SAID = re.compile(r"(?<![\w}\\^_=(])([A-Za-z](?:_(?:[A-Za-z]|\{[A-Za-z]+\}))?)\s*=\s*"
                  r"(\d{1,3})(?![\w.]|,\d|\s*[-+*/^\\&(]|\s*[A-Za-z](?![A-Za-z]))")


def take_sizes(words: Words, text: str) -> None:
    """Let names that the question does not have mean the one size that is said of them."""
    sizes = {n for family in words.solver.named.families.values() for n in family.shape
             if isinstance(n, int)}
    said: dict[str, set[int]] = {}
    for name, digits in SAID.findall(text):
        said.setdefault(name, set()).add(int(digits))
    classes = words.chosen.letters if words.chosen is not None else set()
    for name, values in said.items():
        if name in classes:
            continue
        node = _unknown(name, words)
        if node is not None and len(values) == 1 and values <= sizes:
            words.define(node, Number(Fraction(values.pop())))


def _unknown(name: str, words: Words) -> Node | None:
    """Return a name as it is read, where it means nothing yet."""
    try:
        found = read_relations(name, words.vocabulary)
    except Unreadable:
        return None
    if len(found) != 1 or not isinstance(found[0].sides[0], Unreadable):
        return None
    node = found[0].nodes[0]
    return node if isinstance(node, (Name, Scripted)) else None
