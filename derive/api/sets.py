"""The questions of an assignment, and their solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from derive.api.question import Question
from derive.api.sheet import Sheet, refuse_failed, within
from derive.api.solution import Solution
from derive.errors import DeriveError, nearest
from derive.question.question_set import QuestionSet as Sources
from derive.question.question_set import read_set
from derive.solution.solved_set import SolvedSet, chosen
from derive.solution.step import Check, SolvedQuestion

__all__ = ["QuestionSet", "SetSolution"]


@dataclass(frozen=True)
class QuestionSet:
    """The questions of an assignment, read and checked."""

    source: Sources

    @classmethod
    def from_text(cls, text: str, name: str = "set") -> QuestionSet:
        """Read a set from its text; QuestionError holds what is wrong with it and its questions."""
        return cls(read_set(text, name))

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def title(self) -> str:
        return self.source.title

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(map(Question, self.source.questions))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what may be a slip, question by question."""
        return tuple(f"{question.name}: {warning}" for question in self.questions
                     for warning in question.warnings)

    def _repr_markdown_(self) -> str:
        """Show in a notebook what is asked, question by question."""
        shown = (question._repr_markdown_().strip() for question in self.questions)
        below = (f"#{text}".replace("\n#", "\n##") for text in shown)
        return "\n\n".join([f"# {self.title}", *below])

    def _repr_html_(self) -> str:
        """Show the same with MathML."""
        from derive.solution.solve import posed

        asked = tuple(map(posed, self.source.questions))
        return within(_as_set(self.source, asked))

    def picture(self, kind: str = "graph", of: str | None = None, *, values: bool = False,
                gradients: bool = False, format: str = "svg") -> str:
        """Raise DeriveError: a picture shows the model of one question."""
        names = ", ".join(question.name for question in self.questions)
        raise DeriveError(f"{self.name} is a set of questions, a picture shows one of them",
                          remedy=f"draw {names}")

    def only(self, parts: Sequence[str]) -> QuestionSet:
        """Return the set of the questions in which these parts stand; all of it for no parts."""
        found = tuple(question for question, _ in chosen(self.source, parts))
        return QuestionSet(replace(self.source, questions=found))

    def solve(self, layout: str | None = None, digits: int | None = None,
              carry: str | None = None, *,
              through: Callable[[Iterable[Question]], Iterable[Question]] = iter) -> SetSolution:
        """Solve every question; the options are those of `Question.solve`.

        through: hands the questions on one by one, for who wants to see how far it is.
        """
        solved = (question.solve(layout, digits, carry) for question in through(self.questions))
        return SetSolution(self.source, tuple(solved))


@dataclass(frozen=True)
class SetSolution(Sheet):
    """A solved set: the solutions of its questions, and one sheet for all of them."""

    source: Sources
    questions: tuple[Solution, ...]

    def __getitem__(self, name: str) -> Solution:
        """Return the solution of a question; KeyError names the nearest one."""
        found = {solution.solved.name: solution for solution in self.questions}
        if name not in found:
            raise KeyError(f"{name!r}: {nearest(name, found)}")
        return found[name]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, each with the name of its question before what it is about."""
        return tuple(_of(solution.solved.name, check) for solution in self.questions
                     for check in solution.checks)

    def at(self, detail: str) -> SolvedSet:
        """Return what a sheet at this level of detail shows; CheckFailed where a check failed."""
        refuse_failed(self.checks)
        solved = tuple(solution.at(detail) for solution in self.questions)
        return _as_set(self.source, solved)


def _as_set(source: Sources, solved: Sequence[SolvedQuestion]) -> SolvedSet:
    """Return the sheet of a set, which is in one language."""
    own = tuple(replace(question, language=source.language) for question in solved)
    return SolvedSet(source.name, source.title, own, source.intro, source.language,
                     source.authors)


def _of(name: str, check: Check) -> Check:
    own = check.target.startswith(f"{name}.")
    return check if own else replace(check, target=f"{name}: {check.target}")
