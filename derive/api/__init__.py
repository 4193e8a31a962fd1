"""The Python face of derive: load a question, solve it, show it."""

from __future__ import annotations

from derive.api.claims import equal, prove
from derive.api.loading import load
from derive.api.question import Question
from derive.api.sets import QuestionSet, SetSolution
from derive.api.solution import Solution
from derive.derivation import Derivation, Step
from derive.question.catalogue import catalogue
from derive.solution.step import Check

__all__ = ["Check", "Derivation", "Question", "QuestionSet", "SetSolution", "Solution", "Step",
           "catalogue", "equal", "load", "prove"]
