"""Letters that are no other way to write those of the question: u_t beside a matrix U.

Hands and recognition mix up capitals. Where both are written, and one of them counts steps as
nothing called so does, they are two quantities.
"""

from __future__ import annotations

import re

from derive.marking.submission.reading.words import Words

__all__ = ["take_other_case"]

SCRIPTED = re.compile(r"(?<![A-Za-z\\])([A-Za-z])_\{?([a-z])(?![A-Za-z])")
BARE = re.compile(r"(?<![A-Za-z\\])([A-Za-z])(?![_'^])")


def take_other_case(words: Words, text: str) -> None:
    """Set letters apart from those of the question in the other case."""
    families = words.solver.question.families
    steps = {index for family in families.values() for index in family.indices}
    bare = set(BARE.findall(text))
    for letter, below in SCRIPTED.findall(text):
        other = letter.swapcase()
        family = families.get(other)
        if below in steps and letter not in families and other in bare and (
                family is not None and not family.indices and other not in words.rows):
            words.set_apart(letter)
