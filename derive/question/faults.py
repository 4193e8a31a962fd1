"""Gathering what is wrong, so that one reading of a file reports everything at once."""

from __future__ import annotations

from derive.errors import DeriveError, Place, QuestionError

__all__ = ["Faults"]


class Faults:
    """The errors met so far; reading goes on after each of them.

    ``with faults.caught():`` keeps the error of a block, or the several that it reports together.
    """

    def __init__(self) -> None:
        self.errors: list[DeriveError] = []

    def add(self, message: str, place: Place | None = None, remedy: str = "") -> None:
        self.errors.append(DeriveError(message, place, remedy))

    def caught(self) -> Faults:
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        if isinstance(error, QuestionError):
            self.errors.extend(error.errors)
        elif isinstance(error, DeriveError):
            self.errors.append(error)
        return isinstance(error, DeriveError)

    def report(self) -> None:
        """Raise one QuestionError where anything is wrong; a message is not said twice."""
        if self.errors:
            raise QuestionError({str(error): error for error in self.errors}.values())
