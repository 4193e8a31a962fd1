"""Telling causes from consequences: a broken line must not blame every line that reads its result.

A name whose value, declaration or equation is broken is unknown to the rest of the model. What the
rest complains of for that reason alone is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from derive.errors import DeriveError
from derive.question.lines import Line

__all__ = ["causes"]

ABOUT = re.compile(r"(?:unknown name|the shape of|initial state) `(?P<name>\w+)")
TARGET = re.compile(r"\s*(?P<name>\w+)\s*(?:\[[^\]]*\])?\s*=(?!=)")


def causes(errors: Sequence[DeriveError], lines: Sequence[Line], broken: Iterable[str]
           ) -> list[DeriveError]:
    """Leave out the errors that only follow from others.

    broken: names already reported. An equation with an error leaves its target broken.
    """
    names = {*broken, *(t for e in errors if not _about(e) and (t := _target(e, lines)))}
    left = [e for e in errors if _about(e)]
    while True:
        following = [e for e in left if _about(e) in names]
        if not following:
            break
        left = [e for e in left if e not in following]
        names |= {t for e in following if (t := _target(e, lines))}
    return [e for e in errors if not _about(e) or e in left]


def _about(error: DeriveError) -> str:
    found = ABOUT.match(error.message)
    return found["name"] if found else ""


def _target(error: DeriveError, lines: Sequence[Line]) -> str:
    """The name that the equation with this error defines."""
    for text, place in lines:
        last = place.line + text.count("\n")
        if error.place and place.line <= error.place.line <= last:
            found = TARGET.match(text)
            return found["name"] if found else ""
    return ""
