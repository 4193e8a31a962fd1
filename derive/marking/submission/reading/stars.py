"""A star between matrices: in programs it multiplies entry by entry, elsewhere as it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import chain
from typing import Any

from derive.expr.nodes import Expr
from derive.marking.submission.reading.words import Words
from derive.syntax.read_latex.tree import Node, Product

__all__ = ["read_loosely"]


def read_loosely(words: Words, node: Node, source: str) -> Iterator[Expr]:
    """Yield what a formula may mean whose factors do not fit, or whose stars are for entries."""
    apart = _with_entries(node)
    forms = [words.loosely(node, source)]
    if apart != node:
        forms += [(e for e in [words.read(apart, source)] if e is not None),
                  words.loosely(apart, source)]
    yield from chain.from_iterable(forms)


def _with_entries(node: Node) -> Node:
    """Return a formula in which every star multiplies entry by entry."""
    changed = {one.name: new for one in fields(node)
               if (new := _inside(old := getattr(node, one.name))) is not old}
    if isinstance(node, Product) and "*" in node.signs:
        changed["signs"] = tuple("odot" if sign == "*" else sign for sign in node.signs)
    return replace(node, **changed) if changed else node


def _inside(value: Any) -> Any:
    if isinstance(value, Node):
        return _with_entries(value)
    if isinstance(value, tuple):
        made = tuple(map(_inside, value))
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    return value
