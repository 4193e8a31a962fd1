"""What can go wrong, said so that a person can mend it: where, what, and what to try."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["CheckFailed", "DeriveError", "FalseClaim", "Place", "QuestionError", "ShapeError",
           "Unreadable", "nearest"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; lines and columns count from 1, 0 stands for "not known"."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file or "question"]
        parts += [str(n) for n in (self.line, self.column) if n]
        return ":".join(parts)


class DeriveError(Exception):
    """Bad input or a request that cannot be met: one readable message, exit status 2."""

    exit_code = 2

    def __init__(self, message: str, place: Place | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.message, self.place, self.remedy = message, place, remedy

    def __str__(self) -> str:
        head = f"{self.place}: " if self.place else ""
        tail = f" ({self.remedy})" if self.remedy else ""
        return f"{head}{self.message}{tail}"


class ShapeError(DeriveError):
    """Shapes that do not fit together."""


class Unreadable(DeriveError):
    """Mathematics that cannot be read, which says nothing about whether it is right.

    `span` is where in the text it stands, ``(first, last + 1)``.
    """

    def __init__(self, message: str, text: str, span: tuple[int, int], remedy: str = "") -> None:
        before = text[:span[0]]
        place = Place("formula", before.count("\n") + 1, len(before) - before.rfind("\n"))
        super().__init__(message, place, remedy)
        self.text, self.span = text, span


class QuestionError(DeriveError):
    """Everything that is wrong with one question file, all at once."""

    def __init__(self, errors: Iterable[DeriveError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: error.place or Place()))
        super().__init__("\n".join(str(error) for error in self.errors))


class FalseClaim(DeriveError):
    """A claim that does not hold; its message gives numbers for which it fails."""


class CheckFailed(DeriveError):
    """A line or a derivative did not survive its independent check: exit status 1."""

    exit_code = 1


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'x'?`` for the closest known name, or an empty string."""
    names = list(known)
    # capitals, and two letters the wrong way round, are the slips met most often
    alike = [other for other in names if other.casefold() == name.casefold()]
    swapped = [other for other in names if sorted(other) == sorted(name)]
    close = alike or swapped or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else ""
