"""What changes a verdict once all claims of a submission are known."""

from __future__ import annotations

from contextlib import suppress

from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.eigenvalues import with_eigenvalues
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.of_others import said_of_others
from derive.marking.submission.judging.own_sums import of_own_numbers
from derive.marking.submission.judging.transposes_said import as_it_stands

__all__ = ["afterwards"]


def afterwards(marker: Marker, found: list[Judgement], text: str) -> list[Judgement]:
    """Return what was said, judged by all of it; where that fails, what was said."""
    with suppress(Exception):   # what was judged stands
        found = said_of_others(marker, found, text)
    with suppress(Exception):
        found = of_own_numbers(marker, found)
    return with_eigenvalues(marker, list(map(as_it_stands, found)), text)
