r"""The letter that somebody has for the right class: -\log p_c, "let c be the true word".

Where a label is one-hot, what is said of its 1 is said by that letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from derive.expr.equation import Family
from derive.expr.nodes import Apply, Number, Symbol
from derive.question.question import Question
from derive.solution.solver import Solver

__all__ = ["Chosen", "chosen", "label_of"]

RIGHT = (r"(?:true|correct|right|target|gold|actual|observed|real|context|hot|ground[- ]truth"
         r"|labell?ed|richtigen?|wahren?)")
THING = (r"(?:class|word|label|token|index|entry|category|position|one|output|answer|component"
         r"|Klasse|Wort|Index|Eintrag)")
LETTER = r"(?<![A-Za-z\\_^])(?P<letter>[a-z])(?![A-Za-z_^(])"
IS = r"(?:\b(?:be|is|denotes?|for|as|stands for|means|ist|sei)\b|=|:)"
CALLED = r"(?:\b(?:is|be|called|denoted by|has index|ist)\b|[=:,(])?"
CLASS = rf"\b{RIGHT}\b[^.$=\n]{{0,25}}?\b{THING}"
SAID = (re.compile(rf"{LETTER}\$?\\?\)?\s*{IS}[^.$=\n]{{0,40}}?{CLASS}"),
        re.compile(rf"{CLASS}(?:'s)?\s*(?:index|number)?\s*{CALLED}\s*(?:\$|\\\()?\s*{LETTER}"))
OTHERS = r"\b(?:otherwise|else|(?:all|every|any|the) (?:others?|remaining|wrong|incorrect)|sonst)\b"
IN_FRONT = re.compile(rf"{OTHERS}[^.\n]{{0,90}}$", re.I)
BEHIND = re.compile(rf"[\s$,(\\;]*(?:(?:quad|for|text\{{|mbox\{{)\s*)*{OTHERS}", re.I)
ONE_HOT = re.compile(r"\bone[- ]?hot\b|\bclass|\blabel|\bword|\btoken|\bcategor|\bKlasse|\bWort",
                     re.I)
FAR = 120       # characters in which such words stand


@dataclass
class Chosen:
    """The letters that stand for the right class in one submission.

    label: what is 1 there; told: whether the question says so.
    """

    label: Family
    told: bool
    text: str
    letters: set[str] = field(default_factory=set)

    def is_of_others(self, span: tuple[int, int]) -> bool:
        """True for what words beside it say of all other classes."""
        first, end = span
        line = self.text.rfind("\n\n", 0, first) + 1
        return bool(IN_FRONT.search(self.text[max(first - FAR, line):first])
                    or BEHIND.match(self.text[end:end + FAR]))


def chosen(solver: Solver, text: str) -> Chosen | None:
    """Return what stands for the right class; None where the question has no label."""
    label = label_of(solver.question)
    if label is None:
        return None
    question = solver.question
    words = " ".join((question.title, *(part.ask for part in question.parts)))
    taken = {*question.indices, *question.sizes, *question.families}
    letters = {found["letter"] for pattern in SAID for found in pattern.finditer(text)}
    return Chosen(label, solver.numeric or bool(ONE_HOT.search(words)), text, letters - taken)


def label_of(question: Question) -> Family | None:
    """Return the only vector that is given as one-hot, or adds up to 1 where it is left open."""
    made = {e.target.family for e in question.equations}
    found = [family for name, family in question.families.items() if name not in made
             and len(family.shape) == 1 and not family.indices and _is_label(question, name)]
    return found[0] if len(found) == 1 else None


def _is_label(question: Question, name: str) -> bool:
    if name in question.given:
        values = np.asarray(question.given[name].members.get((), ()), dtype=float)
        return values.size > 1 and sorted(values.ravel().tolist()) == [0.0] * (
            values.size - 1) + [1.0]
    return any(fact.relation == "==" and isinstance(fact.left, Apply) and fact.left.op == "sum"
               and isinstance(fact.left.args[0], Symbol) and fact.left.args[0].name == name
               and isinstance(fact.right, Number) and fact.right.value == 1
               for fact in question.facts)
