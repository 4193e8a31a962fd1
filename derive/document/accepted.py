"""Which values a marker may accept: beside a value, below a wide one, or in a table of many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.document.blocks import Item, Working
from derive.expr.nodes import Expr, Literal
from derive.solution.exhibits import Table
from derive.solution.step import Line
from derive.solution.words import Sentence
from derive.syntax.write_text import write

__all__ = ["Accepted", "accepted_apart", "accepted_beside", "listed"]

MOST_ENTRIES = 36       # of an array whose intervals are written out
MOST_BESIDE = 3         # columns of a matrix whose interval stands beside it
FEW = 4                 # numbers that are lines; more are a table
SAME = 1e-12
ROWS = 12               # of a table, which stays on one page


@dataclass(frozen=True)
class Accepted:
    """The values of a question with their intervals (`derive.solution.accept.Value`), by key."""

    values: Mapping[str, Any]

    def of(self, ref: Expr) -> Any:
        return self.values.get(write(ref))


def accepted_beside(ref: Expr, line: Line, accepted: Accepted) -> Sentence | None:
    """Return what may be accepted for the value that a line ends in, if that has room beside it."""
    ends = _ends(ref, line, accepted)
    if ends is None or _is_wide(ends[0]):
        return None
    return Sentence("accept {} to {}", ends)


def accepted_apart(ref: Expr, line: Line, accepted: Accepted) -> Iterator[Line]:
    """Yield two lines with the interval of a wide value."""
    ends = _ends(ref, line, accepted)
    if ends is not None and _is_wide(ends[0]):
        yield Line("result", ref, ">=", ends[0], reason=Sentence("accept from here"))
        yield Line("result", ref, "<=", ends[1], reason=Sentence("to here"))


def _is_wide(end: Literal) -> bool:
    return np.ndim(end.values) > 1 and np.shape(end.values)[1] > MOST_BESIDE


def _ends(ref: Expr, line: Line, accepted: Accepted) -> tuple[Literal, Literal] | None:
    """Return the interval of a rounded value; an exact one needs none."""
    value = accepted.of(ref)
    if line.kind != "result" or value is None or np.size(value.exact) > MOST_ENTRIES:
        return None
    return None if _is_exact(line, value) else (_end(value.low), _end(value.high))


def _is_exact(line: Line, value: Any) -> bool:
    """True where the whole truth is shown; what follows exactly from rounded numbers is not it."""
    if line.relation != "=":
        return False
    shown = line.right
    return not isinstance(shown, Literal) or np.allclose(
        np.asarray(shown.values, dtype=float), value.exact, rtol=SAME, atol=SAME)


def _end(values: Any) -> Literal:
    return Literal(np.asarray(values, dtype=float), False, _digits)


def _digits(value: Any) -> str:
    """Write an end of an interval: half a unit of a digit, so it has few digits itself."""
    mantissa, e, exponent = f"{float(value) + 0.0:.12g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if e else mantissa


def listed(refs: Sequence[Expr], accepted: Accepted) -> Iterator[Item]:
    """Yield values that no line of the solution ends in, as those of a plot do not."""
    known = [ref for ref in refs if accepted.of(ref) is not None]
    if len(known) > FEW and not any(ref.shape for ref in known):
        yield from (_table(known[start:start + ROWS], accepted)
                    for start in range(0, len(known), ROWS))
    elif known:
        yield Working(tuple(line for ref in known for line in _lines(ref, accepted)))


def _table(refs: Sequence[Expr], accepted: Accepted) -> Table:
    head = ("quantity", "value", "at least", "at most")
    return Table(tuple(map(Sentence, head)), tuple(_row(ref, accepted) for ref in refs))


def _row(ref: Expr, accepted: Accepted) -> tuple[Expr, ...]:
    value = accepted.of(ref)
    return ref, _shown(value), _end(value.low), _end(value.high)


def _lines(ref: Expr, accepted: Accepted) -> Iterator[Line]:
    value = Line("result", ref, "≈", _shown(accepted.of(ref)))
    yield Line("result", ref, "≈", value.right, reason=accepted_beside(ref, value, accepted))
    yield from accepted_apart(ref, value, accepted)


def _shown(value: Any) -> Literal:
    """Return a value with the digits that the sheet shows."""
    exact = np.asarray(value.exact, dtype=float)
    digits = dict(zip(exact.ravel().tolist(), np.asarray(value.shown).ravel().tolist(),
                      strict=True))
    return Literal(exact, False, lambda v: digits[float(v)])
