"""What an expression reads, and whether a derivative comes through to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Expr, MatrixProduct, Reduce, Ref
from derive.expr.positions import span
from derive.expr.walk import at, children
from derive.ops import OPS

__all__ = ["Reading", "general_readings", "readings"]

Reading = tuple[Ref, bool]      # what is read, and whether a derivative comes through


def general_readings(expr: Expr, flows: bool = True) -> Iterator[Reading]:
    """Yield what an expression reads, the letters of its sums left as they are."""
    if isinstance(expr, Ref):
        yield expr, flows
        return
    for part, through in _parts(expr):
        yield from general_readings(part, flows and through)


def readings(expr: Expr, env: Mapping[str, IntLike], flows: bool = True) -> Iterator[Reading]:
    """Yield every member that an expression reads at a position, sums over an index written out."""
    if isinstance(expr, Ref):
        yield at(expr, env), flows
    elif isinstance(expr, (Reduce, MatrixProduct)):
        lo, hi = span(expr.range, env)
        for k in range(lo, hi + 1):
            yield from readings(expr.body, {**env, expr.index: k}, flows)
    else:
        for part, through in _parts(expr):
            yield from readings(part, env, flows and through)


def _parts(expr: Expr) -> Iterator[tuple[Expr, bool]]:
    """Yield the parts of a node; no derivative goes into labels, or out of what moves in jumps."""
    if not isinstance(expr, Apply):
        yield from ((part, True) for part in children(expr))
        return
    op = OPS[expr.op]
    for place, part in enumerate(expr.args):
        yield part, not (op.flat or op.stops or place in op.labels)
