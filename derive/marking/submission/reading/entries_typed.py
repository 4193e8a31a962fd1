"""Entries as people type them, their letters run together: ``pj``, ``dp1/dsj``, ``dL/dWij``."""

from __future__ import annotations

from derive.question.latex import Vocabulary

__all__ = ["entry_run_together"]

LETTERS = frozenset("ijklmn")
WORDS = frozenset(("hi", "ok", "em", "um", "oi", "ll", "vi"))   # prose, whatever the model has


def entry_run_together(word: str, vocabulary: Vocabulary) -> str | None:
    """Return p_j of pj and W_{ij} of Wij: a name, and a letter for each of its axes.

    A letter that is a name of the model is a factor.
    """
    head, below = word[:1], word[1:]
    family = vocabulary.families.get(head)
    if family is None or not below or word.casefold() in WORDS or family.indices:
        return None
    taken = {*vocabulary.families, *vocabulary.sizes, *vocabulary.functions}
    if len(below) != len(family.shape) or set(below) - LETTERS or set(below) & taken:
        return None
    return f"{head}_{{{below}}}"
