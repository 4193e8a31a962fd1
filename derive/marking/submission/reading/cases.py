"""Cases that prose tells: "If i = j, then ..", "for i \\ne j we have ..", ".., if i = j".

A case is no claim. A formula that is not right for all members may be meant for the case that
stands in front of it, or behind it in its line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from derive.marking.submission.claims import Where
from derive.syntax.read_latex.documents import Piece

__all__ = ["case_behind", "ends_a_case", "ends_a_sentence", "is_told_as_a_case", "otherwise",
           "says_what_it_is"]

BEHIND = re.compile(r"[ \t,(]*(if|for|when|where|whenever|in case|provided|für|falls|wenn|sofern)\b"
                    r"[^.;:\n$]*", re.I)
TOLD = re.compile(r"\b(if|for|when|where|whenever|in case|provided|with|suppose|für|falls|wenn|"
                  r"sofern)\b[^.;:\n$]*$", re.I)
IT_IS = re.compile(r"\b((it|this|that|the (gradient|derivative|slope|value)) (is|becomes|equals|"
                   r"reduces to|simplifies to)( just| simply| only)?|we get|we obtain|only|"
                   r"(es|das|dies) ist|wird (es|das|dies))[ \t]*$", re.I)
STOP = re.compile(r"[.!?](\s|$)")
ENDS = re.compile(r"\b(together|combin\w*|in general|both|overall|in total|altogether|zusammen|"
                  r"allgemein|insgesamt)\b", re.I)
OTHERWISE = re.compile(r"\b(otherwise|else|(?:all|every|any|the) (?:others?|remaining)|sonst)\b",
                       re.I)


def case_behind(found: Sequence[Piece], place: int) -> Piece | None:
    """Return the formula that stands behind one in its line, as in ".. if i = j"."""
    after = found[place + 1:place + 3]
    if [piece.kind for piece in after] != ["prose", "inline"]:
        return None
    return after[1] if BEHIND.fullmatch(after[0].text) else None


def is_told_as_a_case(found: Sequence[Piece], place: int) -> bool:
    """True for a formula that words bring in as a case: "for an entry with y_i = 0"."""
    before = found[place - 1] if place else None
    return found[place].kind == "inline" and before is not None and before.kind == "prose" and (
        TOLD.search(before.text) is not None)


def says_what_it_is(found: Sequence[Piece], place: int) -> bool:
    """True for a formula behind "it is", which goes on from the one before that."""
    before = found[place - 1] if place else None
    return found[place].kind == "inline" and before is not None and before.kind == "prose" and (
        IT_IS.search(before.text) is not None)


def ends_a_sentence(piece: Piece) -> bool:
    return STOP.search(piece.text) is not None


def ends_a_case(piece: Piece) -> bool:
    """True for prose after which all cases are meant: "together, this is"."""
    return ENDS.search(piece.text) is not None


def otherwise(piece: Piece, case: Where) -> Where:
    """Return the opposite of a case behind "i = j: .., otherwise .."; else the case itself."""
    if len(case) != 1 or case[0][1] != "=" or not OTHERWISE.search(piece.text):
        return case
    one, _, values = case[0]
    return ((one, "!=", values),)
