r"""Indicators: \mathbf{1}[z > 0], \mathbb{1}\{z \ge 0\}; of letters, 1_{i=j} is \delta_{ij}."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.expr.nodes import Delta, Neg, Number, Sum
from derive.ops import apply
from derive.question.latex.laid import Laid, Value
from derive.question.latex.positions import position
from derive.question.latex.spelling import spelled
from derive.question.latex.superscripts import with_scripts
from derive.syntax.read_latex.tree import Chain, Fenced, Name, Node, Numeral, Scripted

if TYPE_CHECKING:
    from derive.question.latex.reader import Reader

__all__ = ["below", "equal", "holds", "indicator"]

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


def below(reader: Reader, node: Scripted) -> Value | None:
    """Return what 1_{i=j} is, with the comparison in brackets or not; None for anything else."""
    base, only = node.base, node.subs[0] if len(node.subs) == 1 else None
    if isinstance(only, Fenced) and len(only.items) == 1:
        only = only.items[0]
    one = (isinstance(base, Name) and base.stem == "1") or (
        isinstance(base, Numeral) and base.digits == "1")
    return holds(reader, only) if one and node.sup is None and isinstance(only, Chain) else None


def equal(reader: Reader, chain: Chain) -> Laid | None:
    """Return 1 where two letters that number entries are one, else 0; None for anything else."""
    if chain.relations != ("=",) or not all(isinstance(side, (Name, Numeral))
                                            for side in chain.sides):
        return None
    letters = [side for side in chain.sides if isinstance(side, Name)]
    known = {*reader.bound, *reader.vocabulary.integers, *LETTERS}
    one, other = (position(side, reader) if side is not None else None for side in chain.sides)
    if not letters or one is None or other is None or not {*map(spelled, letters)} <= known:
        return None
    return Laid(Delta(one, other))


LETTERS = "ijklmnpqrst"


def holds(reader: Reader, chain: Chain) -> Laid:
    """Return 1 where a comparison holds, else 0."""
    if len(chain.sides) != 2 or chain.sides[0] is None or chain.sides[1] is None:
        raise reader.unreadable("one comparison stands in an indicator", chain.span)
    same = equal(reader, chain)
    if same is not None:
        return same
    left, right = reader.laid(chain.sides[0]), reader.laid(chain.sides[1])
    op = OPERATIONS.get(chain.relations[0])
    if op is None:
        raise reader.unreadable("this comparison is not read", chain.span)
    zero = isinstance(right.expr, Number) and right.expr.value == 0
    made = apply(op, left.expr if zero else Sum((left.expr, Neg(right.expr))))
    return Laid(made, left.way)
