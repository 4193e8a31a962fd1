"""Sentences in running text, and the same sentences inside a display."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache, singledispatch
from itertools import chain, zip_longest
from typing import Any

from derive.expr.nodes import Expr
from derive.formats.escape import latex_words
from derive.formats.positions import domain
from derive.formats.user_text import segments
from derive.formats.writing import Writing
from derive.languages import ENGLISH, phrasebook
from derive.solution.words import Claim, Sentence, Shapes, Verbatim
from derive.syntax.latex.matrices import shape_label
from derive.syntax.write_latex import write

__all__ = ["author", "formula", "in_display", "running", "spoken"]

LOG = logging.getLogger("derive")


@singledispatch
def formula(part: Any, writing: Writing) -> str:
    """Write the mathematics that fills a place of a sentence: here, a domain."""
    return writing.adapt(domain(part, writing.style.notation))


@formula.register(Expr)
def _(part: Expr, writing: Writing) -> str:
    return writing.formula(part)


@formula.register(Claim)
def _(part: Claim, writing: Writing) -> str:
    own = writing.about(part.left, part.right)
    sides = (own.adapt(write(side, own.style)) for side in (part.left, part.right))
    return f" {writing.relation(part.relation)} ".join(sides)


@formula.register(Shapes)
def _(part: Shapes, writing: Writing) -> str:
    style = writing.style
    factors = "".join(f"({shape_label(shape, style)})" for shape in part.factors)
    return writing.adapt(f"{factors} = {shape_label(part.product, style)}")


def _pieces(sentence: Sentence, writing: Writing) -> Iterator[tuple[str, bool]]:
    """Yield words and formulas in turn, and whether it is a formula."""
    sentence = spoken(sentence, writing.language)
    words = ((text, False) for text in sentence.text.split("{}"))
    filled = (_filled(part, writing) for part in sentence.parts)
    found = chain.from_iterable(zip_longest(words, filled, fillvalue=("", False)))
    return ((text, is_math) for text, is_math in found if text)


def spoken(sentence: Sentence, language: str) -> Sentence:
    """Say a sentence in a language; one that is not in its table stays in English, and is told of.
    """
    if language == ENGLISH:
        return sentence
    parts = tuple(_spoken_words(part, language) for part in sentence.parts)
    said = phrasebook(language).say(sentence.text)
    if said is None:
        _tell_of_english(sentence.text, language)
        return Sentence(sentence.text, parts)
    return Sentence(said.text, tuple(parts[n] for n in said.order))


@cache
def _tell_of_english(text: str, language: str) -> None:
    """Log a warning, once for each sentence."""
    LOG.warning("not translated to %s, so it stays English: %s", language, text)


def _spoken_words(part: Any, language: str) -> Any:
    if isinstance(part, Verbatim) or not isinstance(part, str):
        return part
    return spoken(Sentence(part), language).text


def _filled(part: Any, writing: Writing) -> tuple[str, bool]:
    return (part, False) if isinstance(part, str) else (formula(part, writing), True)


def running(sentence: Sentence, writing: Writing) -> str:
    """Write a sentence as text with inline mathematics."""
    return "".join(writing.inline(text) if is_math else writing.words(text)
                   for text, is_math in _pieces(sentence, writing))


def in_display(sentence: Sentence, writing: Writing) -> str:
    r"""Write a sentence as mathematics, its words in \text{..}."""
    return "".join(text if is_math else rf"\text{{{latex_words(text)}}}"
                   for text, is_math in _pieces(sentence, writing))


def author(text: str, writing: Writing) -> str:
    """Write the words of a question's author: escaped, with what inline mathematics is harmless."""
    return "".join(writing.inline(writing.adapt(part.text)) if part.is_math
                   else writing.words(part.text) for part in segments(text))
