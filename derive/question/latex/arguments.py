r"""What a quantity is taken at: f(w_0) is the f of step 0, \nabla f(w_0) its derivative by w_0.

The f of a question with steps has no argument there: it is made from the w of its own step.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from derive.question.latex.quantities import Found, quantity
from derive.syntax.read_latex.tree import Fenced, Name, Node, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["taken_at"]


def taken_at(reader: Reader, of: Node, after: Node | None) -> tuple[Found, Found] | None:
    """Return a number of a step, with what stands in brackets behind it; None for a product."""
    item = after.items[0] if isinstance(after, Fenced) and len(after.items) == 1 and (
        after.kind == "(") else None
    if not reader.vocabulary.forgiving or not isinstance(of, Name) or not isinstance(
            item, (Name, Scripted)):
        return None
    top, bottom = quantity(of, reader, tolerant=False), quantity(item, reader, tolerant=False)
    if top is None or bottom is None or any(
            found.rest or found.sup is not None or found.primes for found in (top, bottom)):
        return None
    index = bottom.symbol.index
    if top.symbol.shape or top.complete or len(index) != 1 or len(
            top.symbol.index) != 1 or top.symbol.name not in reader.vocabulary.families or not (
            bottom.complete or index == top.symbol.index):
        return None
    return replace(top, symbol=replace(top.symbol, index=index), complete=bottom.complete), bottom
