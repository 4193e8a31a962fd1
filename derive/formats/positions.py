r"""Where a line holds: ``t = 0, 1, 2``; ``t = T``; ``t = 1, \ldots, T-1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from derive.expr.equation import Domain
from derive.expr.integers import IntLike
from derive.expr.nodes import Range
from derive.syntax.names import latex_integer, latex_name

__all__ = ["domain", "positions"]

MOST_LISTED = 4
Notation = Mapping[str, str]


def domain(where: Domain, notation: Notation) -> str:
    """Write the positions of every index, one after the other."""
    return r",\ ".join(_positions(name, bounds, notation) for name, bounds in where)


def positions(where: Domain, apart: Sequence[str], notation: Notation) -> str:
    r"""Write where a line holds, and which letters must differ for that: i \ne k."""
    letters = r" \ne ".join(latex_name(name, notation) for name in apart)
    return r",\ ".join(filter(None, [domain(where, notation), letters]))


def _positions(name: str, bounds: Range, notation: Notation) -> str:
    index = latex_name(name, notation)
    if not bounds.his:
        return rf"{index} \ge {_tightest(bounds.los, 'max', notation)}"
    if len(bounds.los) > 1 or len(bounds.his) > 1:
        lower = _tightest(bounds.los, "max", notation)
        upper = _tightest(bounds.his, "min", notation)
        return rf"{lower} \le {index} \le {upper}"
    return f"{index} = {_listed(bounds.lo, bounds.hi, notation)}"


def _tightest(ends: tuple[IntLike, ...], choice: str, notation: Notation) -> str:
    texts = [latex_integer(end, notation).text for end in ends]
    return texts[0] if len(texts) == 1 else rf"\{choice}({', '.join(texts)})"


def _listed(lo: IntLike, hi: IntLike, notation: Notation) -> str:
    """List a few numbers; of many, or of unknown ones, the first, dots and the last."""
    count = hi - lo
    if isinstance(count, int) and count < MOST_LISTED:
        members: list[IntLike] = [lo + n for n in range(count + 1)]
        return ", ".join(latex_integer(n, notation).text for n in members)
    first = [lo, lo + 1] if isinstance(count, int) else [lo]
    texts = [latex_integer(n, notation).text for n in [*first, hi]]
    return ", ".join([*texts[:-1], r"\ldots", texts[-1]])
