"""Telling causes from consequences: a broken line must not blame every line that reads its result.

A name whose value, declaration or equation is broken is unknown to the rest of the model. What the
rest complains of for that reason alone is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from derive.errors import DeriveError, Place
from derive.question.lines import Line

__all__ = ["causes", "targets"]

ABOUT = re.compile(r"(?:unknown name|the shape of|initial state) `(\w+)"
                   r"|`(\w+)\[[^`]*` is out of range")
MEMBER = r"\w+\s*(?:\[[^\]]*\])?"
TARGET = re.compile(rf"\s*({MEMBER}(?:\s*,\s*{MEMBER})*)\s*=(?!=)")
CIRCLE = "the equations go in a circle: "
RANGES = ("initial state", "is out of range", "defined twice", "given and defined")


def causes(errors: Sequence[DeriveError], lines: Sequence[Line], broken: Set[str],
           ranges_known: bool) -> list[DeriveError]:
    """Leave out the errors that only follow from others.

    broken:       names already reported. An equation with an error leaves its target broken.
    ranges_known: False where an index has no range, so that nothing can be said about members.
    """
    if not ranges_known:
        errors = [e for e in errors if not any(what in e.message for what in RANGES)]
    broken_by = [_broken_by(error, lines) for error in errors]
    names = {*broken, *(name for own in broken_by for name in own), *_on_circles(errors)}
    circular = {*_on_circles(errors)}
    kept = [error for error, own in zip(errors, broken_by, strict=True)
            if _about(error) not in names or (_about(error) in own and not circular & {*own})]
    # equations that wait for each other all look like consequences: then all of them are named
    return kept if kept or broken else list(errors)


def _on_circles(errors: Sequence[DeriveError]) -> Iterator[str]:
    """The names that wait for each other: what else is said of them only follows from that."""
    for error in errors:
        head, _, circle = error.message.partition(CIRCLE)
        yield from circle.split(" -> ") if circle and not head else ()


def targets(line: Line) -> tuple[str, ...]:
    """The names that an equation defines, as far as its text shows; a macro has several."""
    found = TARGET.match(line[0])
    return tuple(re.findall(r"(\w+)\s*(?:\[[^\]]*\])?\s*[,=]", found[0])) if found else ()


def _about(error: DeriveError) -> str | None:
    """The name an error is about, where another error may be behind it."""
    found = ABOUT.match(error.message)
    return found[1] or found[2] if found else None


def _broken_by(error: DeriveError, lines: Sequence[Line]) -> tuple[str, ...]:
    """The names that the equation with this error defines."""
    if error.place is None:
        return ()
    here = (line for line in lines if _holds(line, error.place))
    return next(map(targets, here), ())


def _holds(line: Line, place: Place) -> bool:
    text, start = line
    return start.line <= place.line <= start.line + text.count("\n")
