"""Terms of a loss that words name: "regulariser: lambda/2 ||w||^2 = 0.03", "mean = 0.855"."""

from __future__ import annotations

import re
from dataclasses import replace

from derive.expr.nodes import Expr, Ref, Sum, Symbol
from derive.expr.walk import refs
from derive.marking.submission.claims import Side, Statement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.reading.words import MOST_NAMES, Words

__all__ = ["about_a_term"]

TERM = r"(?:[ -](?:loss|term|part|penalty|regulari[sz]\w*))"
PENALTY = re.compile(rf"\b(?:regulari[sz]\w*|reg|penalty|weight[ -]decay|L2)\b{TERM}?",
                     re.IGNORECASE)
DATA = re.compile(r"\b(?:(?:binary )?cross[ -]?entropy|b?ce|unregulari[sz]ed)\b"
                  rf"{TERM}*|\b(?:data|mean|average|without){TERM}", re.IGNORECASE)
MEAN = re.compile(r"(?:data|mean|average)(?:_\w+)?", re.IGNORECASE)
LEADS = re.compile(r"\s*(?:is|of the loss)?\s*[:=]?\s*[$(\\]*\s*")
SLOPE = re.compile(r"gradient|derivative|slope", re.IGNORECASE)


def about_a_term(marker: Marker, words: Words, text: str, statement: Statement) -> Statement:
    """Return what is said of the penalty of a loss, or of the rest of it, as said of that term."""
    first, *rest = statement.sides
    shown = first or rest[0]
    if shown is None or isinstance(shown.expr, Ref) or (
            shown.expr is not None and shown.expr.shape) or len(words.own) >= MOST_NAMES:
        return statement
    for sign, of_data in ((DATA, True), (PENALTY, False)):
        if _is_called(first, sign, of_data) or _is_in_front(sign, shown, text):
            term = _term(marker, of_data)
            return statement if term is None else _said_of(term, words, statement)
    return statement


def _is_called(first: Side | None, sign: re.Pattern[str], of_data: bool) -> bool:
    """True for a name of the student's own that is such a word."""
    if first is None or first.expr is not None:
        return False
    name = first.text.strip()
    return bool(sign.fullmatch(name) or (of_data and MEAN.fullmatch(name)))


def _said_of(term: Expr, words: Words, statement: Statement) -> Statement:
    """Return a statement about a term, which gets the name that stands in front."""
    first, *rest = statement.sides
    if first is not None and first.expr is not None:
        about = Side("", (first.span[0], first.span[0]), term)
        return replace(statement, sides=(about, *statement.sides),
                       relations=("=", *statement.relations))
    if first is not None and first.node is not None:
        words.define(first.node, term)
    shown = first or rest[0]
    assert shown is not None, "what is said of a term"
    return replace(statement, sides=(replace(shown, expr=term, fault=""), *rest))


def _is_in_front(sign: re.Pattern[str], first: Side, text: str) -> bool:
    """True where the words stand right before a formula, in its line."""
    before = text[text.rfind("\n", 0, first.span[0]) + 1:first.span[0]]
    found = list(sign.finditer(before))
    return bool(found) and not SLOPE.search(before) and (
        LEADS.fullmatch(before[found[-1].end():]) is not None)


def _term(marker: Marker, of_data: bool) -> Expr | None:
    """Return the term of a loss that no data enter, or the only other one; None without such."""
    model = marker.solver.model
    for equation in model.equations:
        terms = equation.rhs.terms if isinstance(equation.rhs, Sum) else ()
        penalties = [t for t in terms if all(isinstance(ref, Symbol)
                     and ref.name not in model.by_target for ref in refs(t))]
        if not equation.target.shape and len(terms) == 2 and len(penalties) == 1:
            return next(t for t in terms if (t is penalties[0]) != of_data)
    return None
