r"""Steps that stand above: ``h^1``, ``\hat{y}^2``, and ``y^1`` typed for a y with a hat.

Nobody raises a series to the power 0 or 1: who writes that means the member with this number, and
then ``h^2`` is no square either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from derive.errors import Unreadable
from derive.expr.equation import Family
from derive.expr.integers import named
from derive.expr.nodes import Symbol
from derive.marking.submission.reading.statements import formulas
from derive.marking.submission.reading.typed_lines import typed_formulas
from derive.marking.submission.reading.words import Words
from derive.question.latex.spelling import base_name
from derive.syntax.read_latex import chains
from derive.syntax.read_latex.tree import Name, Node, Numeral, Scripted

__all__ = ["take_steps_above"]

LIKELY = re.compile(r"\^\s*\{?\s*[01]\s*\}?(?![\d.])")
PLAIN = ("0", "1")


def take_steps_above(words: Words, text: str) -> None:
    """Let a number above a series tell the step, where a 0 or 1 stands above one."""
    if LIKELY.search(text) is None:
        return
    symbols = list(_symbols(words, text))
    for base in dict.fromkeys(base_name(s) for s in symbols if _is_step(s)):
        family = _series(words, base)
        if family is None or base == "e":
            continue
        below = any(s.subs and base_name(s) == base for s in symbols)
        twin = words.twin_of(family.name) if below else None
        if twin is not None and not any(base_name(s) in twin[1] for s in symbols):
            family = words.vocabulary.families[twin[0]]
        sign = next(s for s in symbols if _is_step(s) and base_name(s) == base)
        letter = family.indices[0]
        words.define(Scripted(sign.span, sign.base, (), Name(sign.span, letter)),
                     Symbol(family.name, (named(letter),), family.shape))


def _is_step(symbol: Scripted) -> bool:
    return not symbol.subs and isinstance(symbol.sup, Numeral) and symbol.sup.digits in PLAIN


def _series(words: Words, base: str) -> Family | None:
    """Return the only series that is written so, with one place below."""
    found = {p.family.name: p.family for p in words.vocabulary.patterns.get(base, ())
             if not isinstance(p.shape, Scripted) or len(p.shape.subs) < 2}
    only = next(iter(found.values())) if len(found) == 1 else None
    return only if only is not None and len(only.indices) == 1 else None


def _symbols(words: Words, text: str) -> Iterator[Scripted]:
    """Yield all symbols with scripts; one without any too, as if it had some."""
    for piece in formulas(text):
        if piece.kind == "prose":
            continue
        sources = [w.text for w in typed_formulas(piece, words.vocabulary)] if (
            piece.kind == "typed") else [piece.text]
        for source in sources:
            try:
                found = chains(source, words.vocabulary.words)
            except Unreadable:
                continue
            for chain in found:
                yield from _scripted(chain)


def _scripted(part: Any) -> Iterator[Scripted]:
    if isinstance(part, Scripted):
        yield part
    elif isinstance(part, Name):
        yield Scripted(part.span, part)
    if isinstance(part, Node):
        for field in fields(part):
            yield from _scripted(getattr(part, field.name))
    elif isinstance(part, tuple):
        for item in part:
            yield from _scripted(item)
