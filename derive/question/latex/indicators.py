r"""Indicators: \mathbf{1}[z > 0], \mathbb{1}\{z \ge 0\}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.expr.nodes import Neg, Number, Sum
from derive.ops import apply
from derive.question.latex.laid import Laid, Value
from derive.question.latex.superscripts import with_scripts
from derive.syntax.read_latex.tree import Chain, Fenced, Name, Node, Numeral, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["holds", "indicator"]

OPERATIONS = {">": "step", ">=": "nonnegative", "<": "negative", "<=": "nonpositive",
              "=": "at_zero"}


def indicator(reader: Reader, node: Node, after: Node | None) -> Value | None:
    """Return 1 where the comparison in brackets holds, else 0; None where there is none."""
    scripts = after if isinstance(after, Scripted) else None
    after = scripts.base if scripts is not None else after
    one = (isinstance(node, Name) and node.stem in ("1", "I")) or (
        isinstance(node, Numeral) and node.digits == "1")
    if not (one and isinstance(after, Fenced)
            and len(after.items) == 1 and isinstance(after.items[0], Chain)):
        return None
    found = holds(reader, after.items[0])
    return found if scripts is None else with_scripts(reader, found, scripts)


def holds(reader: Reader, chain: Chain) -> Laid:
    """Return 1 where a comparison holds, else 0."""
    if len(chain.sides) != 2 or chain.sides[0] is None or chain.sides[1] is None:
        raise reader.unreadable("one comparison stands in an indicator", chain.span)
    left, right = reader.laid(chain.sides[0]), reader.laid(chain.sides[1])
    op = OPERATIONS.get(chain.relations[0])
    if op is None:
        raise reader.unreadable("this comparison is not read", chain.span)
    zero = isinstance(right.expr, Number) and right.expr.value == 0
    made = apply(op, left.expr if zero else Sum((left.expr, Neg(right.expr))))
    return Laid(made, left.way)
