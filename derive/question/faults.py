"""Gathering what is wrong, so that one reading of a file reports everything at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from derive.errors import DeriveError, Place, QuestionError

__all__ = ["Faults"]


class Faults:
    """The errors met so far; reading goes on after each of them."""

    def __init__(self) -> None:
        self.errors: list[DeriveError] = []

    def add(self, message: str, place: Place | None = None, remedy: str = "") -> None:
        self.errors.append(DeriveError(message, place, remedy))

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Keep the error of this block, or the several it reports together, and go on."""
        try:
            yield
        except QuestionError as several:
            self.errors.extend(several.errors)
        except DeriveError as error:
            self.errors.append(error)

    def report(self) -> None:
        """Raise one QuestionError where anything is wrong; a message is not said twice."""
        if self.errors:
            raise QuestionError({str(error): error for error in self.errors}.values())
