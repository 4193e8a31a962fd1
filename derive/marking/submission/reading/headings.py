r"""Columns that words name alone: "norm" and "bound", where the question plots both.

A student who is asked to tabulate what is plotted writes "norm" over the norm of dh_n/dh_0, and
"bound" over what bounds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.expr.nodes import Expr, Partial
from derive.expr.walk import walk
from derive.question.keys.plot import Drawn
from derive.question.question import Question
from derive.syntax.write_latex import Style, write

__all__ = ["meant_by_heading"]

NORM = re.compile(r"\bnorms?\b|\b(?:size|length|magnitude)\b", re.IGNORECASE)
BOUND = re.compile(r"\bbound|\blimit\b", re.IGNORECASE)


def meant_by_heading(words: str, question: Question, label: str) -> str:
    """Return in LaTeX what a heading of words stands over, in a part; nothing where that is open.
    """
    bound = BOUND.search(words) is not None
    if not bound and not NORM.search(words):
        return ""
    found = [e for e in _plotted(question, label) if bound != _has_slopes(e)]
    return write(found[0], Style(notation=question.notation)) if len(found) == 1 else ""


def _plotted(question: Question, label: str) -> Iterator[Expr]:
    """Yield the curves of a part, or of all parts where the label says none."""
    parts = [part for part in question.parts if part.label == label] or question.parts
    for part in parts:
        for task in part.tasks:
            if isinstance(task, Drawn) and any(map(_has_slopes, task.ups)):
                yield from task.ups


def _has_slopes(expr: Expr) -> bool:
    return any(isinstance(part, Partial) for part in walk(expr))
