r"""What is said under a condition: "if the gate is 1, dc_T/dc_t = I", "suppose $i_t = 0$".

A claim that is wrong in general may be right there, and what is supposed is no claim: both are left
to a person. That something is said for one step or entry, "if i = j", is no such condition.
"""

from __future__ import annotations

import re

from derive.expr.nodes import Symbol
from derive.expr.walk import free_indices, refs
from derive.marking.submission.claims import Claim

__all__ = ["is_conditional", "is_of_a_point", "is_supposed"]

ENDS = re.compile(r"[.!?;](?=\s)|\n[ \t]*\n|\n[ \t]*(?:[-*#]|\d+[.)])")
GOES_ON = re.compile(r"\s*(?:\$+\s*)?(?:then|so|hence|therefore|dann|also)\b", re.I)
IF = r"\b(?:if|suppos\w+|assum\w+|provided|as long as|wenn|falls|angenommen)\b"
LIKE_IF = r"\b(?:when|whenever|with|for|where|let)\b"
# what is supposed: a value, not a position
VALUE = re.compile(
    r"(?P<of>[\w}\]]+)?\s*(?:\bis\b|\bare\b|\bwere\b|\bwas\b|\bstays?\b|\bremains?\b|\bnear\b"
    r"|\bclose to\b|\bequals?\b|\bto\b|\bist\b|\bsind\b|=|≈|\\approx|\\to|→|\\rightarrow)"
    r"\s*(?:all|always|exactly|nearly|almost|approximately|about|close|near|very|to|nahe|immer|\s)*"
    r"[$\\{]*\s*(?:[01](?![\w.,]*\d)|one\b|zero\b|small\b|large\b|open\b|closed\b|constant\b"
    r"|saturated\b|linear\b|the identity\b|mathbf|I\b|eins\b|null\b)", re.I)
POSITION = re.compile(r"[ijklmnpqrstT]")
# where a condition ends
CLAUSE = re.compile(r"[,;:]|\b(?:then|we|so|dann)\b", re.I)
# a number that numbers nothing
POINT = re.compile(rf"(?:{IF}|{LIKE_IF}|\b(?:at|bei|wo)\b)[^.;=]{{0,40}}[^\W\d][\w{{}}]*\s*"
                   r"(?:=|≈|\\approx)\s*[-−+]?\s*(?:\d*\.\d+|\d+\s*/\s*\d+|\\[td]?frac\b)"
                   r"[^\n]{0,90}$", re.I)
BEHIND = re.compile(r"[^$=\n]{0,40}\$*[^$=,;\n]{0,40}(?:=|≈|\\approx|\\to)\s*$")


def is_conditional(text: str, at: int) -> bool:
    """True where a condition on a value stands in front of a place, in its sentence."""
    before = _sentence(text, at)
    found = list(re.finditer(f"{IF}|{LIKE_IF}", before, re.I))
    return any(_supposes(before[word.end():]) for word in found)


def is_of_a_point(text: str, claim: Claim) -> bool:
    """True for what is said of all members behind a value that is no position: where y = 1/3.

    None of the members need have it.
    """
    return claim.subject is not None and bool(free_indices(claim.subject)) and bool(
        POINT.search(_sentence(text, claim.span[0])))


def is_supposed(text: str, claim: Claim, in_symbols: bool) -> bool:
    """True for the right side of what is supposed: the 1 of "if $f_t = 1$".

    "With" tells a value as well, where the question has numbers.
    """
    if not isinstance(claim.subject, Symbol) or claim.expr is None or list(refs(claim.expr)):
        return False
    before = _sentence(text, claim.span[0])
    words = f"{IF}|{LIKE_IF}" if in_symbols else IF
    return any(BEHIND.fullmatch(before[word.end():]) for word in re.finditer(words, before, re.I))


def _supposes(words: str) -> bool:
    words = CLAUSE.split(words, maxsplit=1)[0]
    return any(not POSITION.fullmatch(found["of"] or "") for found in VALUE.finditer(words))


def _sentence(text: str, at: int) -> str:
    """Return what stands in front of a place in its sentence; before a "then" one more."""
    start = _start(text, at)
    if GOES_ON.match(text[start:at]):
        start = _start(text, max(start - 2, 0))
    return text[start:at]


def _start(text: str, at: int) -> int:
    return max((found.end() for found in ENDS.finditer(text, max(at - LONGEST, 0), at)),
               default=max(at - LONGEST, 0))


LONGEST = 300
