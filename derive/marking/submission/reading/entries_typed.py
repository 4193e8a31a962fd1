"""Names as people type them, with scripts run together: ``pj``, ``dp1/dsj``, ``dL/dWij``, ``ht-1``.
"""

from __future__ import annotations

import re
from collections.abc import Container

from derive.question.latex import Vocabulary

__all__ = ["entry_run_together", "step_beside"]

LETTERS = frozenset("ijklmn")
# prose, whatever the model has
WORDS = frozenset((
    "ai", "al", "am", "bin", "cm", "em", "him", "hi", "im", "kim", "km", "ll", "mm", "ml", "oi",
    "ok", "pin", "pm", "um", "vi", "vim", "win"))

STEP = re.compile(r"_\{([a-z])\}$")
BESIDE = re.compile(r"[-+]1(?![\w.(\[^])")


def entry_run_together(word: str, vocabulary: Vocabulary) -> str | None:
    """Return p_j of pj and W_{ij} of Wij: a name, and a letter for each of its axes.

    A letter that is a name of the model is a factor.
    """
    head, below = word[:1], word[1:]
    family = vocabulary.families.get(head)
    if family is None or not below or word.casefold() in WORDS or family.indices:
        return None
    taken = {*vocabulary.families, *vocabulary.sizes, *vocabulary.functions}
    if any(name.replace("_", "") == word for name in taken):
        return None
    if len(below) != len(family.shape) or set(below) - LETTERS or set(below) & taken:
        return None
    return f"{head}_{{{below}}}"


def step_beside(latex: str, before: str, after: str, indices: Container[str]) -> tuple[str, int]:
    """Return h_{t-1} of ht with -1 close behind it, and the length of that; 0 for h_t - 1."""
    below, beside = STEP.search(latex), BESIDE.match(after)
    alone = before.endswith("(") and after[2:].startswith(")")     # (pt-1) is one less
    if below is None or beside is None or alone or below[1] not in indices:
        return latex, 0
    return f"{latex[:below.end() - 1]}{beside[0]}}}", len(beside[0])
