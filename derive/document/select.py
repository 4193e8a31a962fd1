"""Which parts, steps and lines a sheet shows, at each level of detail.

Every format goes through these functions, so that all of them show the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from derive.errors import DeriveError, nearest
from derive.expr.nodes import Expr
from derive.solution.step import DETAILS, Line, PartSolution, SolvedQuestion, Step

__all__ = ["shown_parts", "shown_steps"]

SYMBOLIC = ("definition", "symbolic")


def shown_parts(solved: SolvedQuestion, labels: Sequence[str]) -> tuple[PartSolution, ...]:
    """Return the parts with these labels in the question's order, or all of them."""
    known = [part.label for part in solved.parts]
    for label in labels:
        if label not in known:
            listed = ", ".join(filter(None, known))
            raise DeriveError(f"{solved.name} has no part {label!r}",
                              remedy=nearest(label, known) or f"its parts are {listed}")
    return tuple(part for part in solved.parts if not labels or part.label in labels)


def shown_steps(part: PartSolution, detail: str) -> Iterator[Step]:
    """Yield the steps of a part one after the other, what a step rests on before itself."""
    if detail not in DETAILS:
        raise DeriveError(f"no level of detail {detail!r}", remedy=" or ".join(DETAILS))
    for step in part.steps:
        yield from SELECTIONS[detail](step)


def _up_to(detail: str) -> Callable[[Step], Iterator[Step]]:
    most = DETAILS.index(detail)

    def steps(step: Step) -> Iterator[Step]:
        if DETAILS.index(step.detail) <= most:
            for inner in step.substeps:
                yield from steps(inner)
            yield replace(step, substeps=())

    return steps


def _answers(step: Step) -> Iterator[Step]:
    """Yield what was asked only, each as its symbolic form and its result."""
    for inner in step.substeps:
        yield from _answers(inner)
    if step.answer:
        intro, note = (step.intro, step.note) if step.said else (None, None)
        yield replace(step, lines=_outline(step.lines), substeps=(), title=None, intro=intro,
                      note=note)


def _outline(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Keep the first symbolic line and the last line of a chain of lines.

    A step with several results (a recurrence and its base case) keeps each of them.
    """
    results = [i for i, line in enumerate(lines) if line.kind == "result"] or [len(lines) - 1]
    if len(results) > 1 or len(lines) < 2:
        return tuple(replace(lines[i], left=_left_of(lines, i)) for i in results if i >= 0)
    last = replace(lines[results[0]], left=_left_of(lines, results[0]), reason=None)
    first = next((line for line in lines if line.kind in SYMBOLIC), None)
    if first is None or lines.index(first) >= results[0]:
        return (last,)
    continued = replace(last, left=None) if last.left == first.left else last
    return (replace(first, reason=None), continued)


def _left_of(lines: Sequence[Line], at: int) -> Expr | None:
    """Return the left side a line has, or goes on from."""
    return next((line.left for line in reversed(lines[:at + 1]) if line.left is not None), None)


SELECTIONS: dict[str, Callable[[Step], Iterator[Step]]] = {
    "brief": _answers, "normal": _up_to("normal"), "full": _up_to("full"),
}
