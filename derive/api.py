"""The Python face of derive: load a question, solve it, show it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from derive import formats
from derive.derivation import Derivation, Step
from derive.errors import CheckFailed, DeriveError, nearest
from derive.formats.dollars import displays, in_notebook
from derive.languages import known
from derive.question import catalogue as catalogue_of
from derive.question.question import Question as Source
from derive.question.question_set import QuestionSet as Sources
from derive.question.question_set import read_path, read_set
from derive.question.read import read
from derive.solution.solved_set import Solved, SolvedSet, chosen, in_language
from derive.solution.step import Check, SolvedQuestion, deep

if TYPE_CHECKING:
    from derive.marking.submission.marked import Marked
    from derive.marking.verdict import Verdict
    from derive.solution.accept import Value

__all__ = ["Check", "Derivation", "Question", "QuestionSet", "SetSolution", "Solution", "Step",
           "catalogue", "equal", "load", "prove"]

catalogue = catalogue_of.catalogue


@dataclass(frozen=True)
class Question:
    """A question that has been read and checked."""

    source: Source

    @classmethod
    def from_text(cls, text: str, name: str = "question") -> Question:
        """Read a question from its text; QuestionError holds everything that is wrong."""
        return cls(read(text, name))

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def title(self) -> str:
        return self.source.title

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what is allowed but may be a slip: numbers nobody uses, a hidden function."""
        return tuple(dict.fromkeys(self.source.warnings))

    def only(self, parts: Sequence[str]) -> Question:
        """Return what has to be solved for some parts: all, since one part builds on another."""
        return self

    def solve(self, layout: str | None = None, digits: int | None = None,
              carry: str | None = None) -> Solution:
        """Solve every part and check every line.

        layout: "gradient" or "jacobian"; digits: how many are shown; carry: "exact" or "rounded".
        What is None stays as the question says.
        """
        from derive.solution.solve import solve_question

        options = {"layout": layout, "digits": digits, "carry": carry}
        given: dict[str, Any] = {k: v for k, v in options.items() if v is not None}
        source = replace(self.source, conventions=replace(self.source.conventions, **given))
        return Solution(solve_question(source), source)

    def _repr_markdown_(self) -> str:
        """Show in a notebook what is given and what is asked."""
        from derive.solution.solve import posed

        return in_notebook(_written(posed(self.source), "markdown"))

    def _repr_html_(self) -> str:
        """Show the same with MathML."""
        from derive.solution.solve import posed

        return _within(posed(self.source))

    def _repr_latex_(self) -> str:
        """Show its formulas alone."""
        return displays(self._repr_markdown_())

    def check(self, quantity: str, answer: object, *, layout: str | None = None) -> Verdict:
        """Judge an answer: ``question.check("dL/dV", [[0.28, ...], ...])``.

        quantity: a quantity or derivative as it is typed (``h[1]``, ``dL/dh[t]``, ``dL/dV[0, 1]``);
        a letter in its brackets stands for every position, and ``h`` for the whole series.
        answer: numbers, nested lists or a NumPy array, of the quantity's shape (a vector may be a
        row or a column); text (``"V.T @ (p - y)"``, ``r"V^\\top (p - y)"``); a SymPy expression or
        matrix in the names of the model; ``{0: ..., 1: ...}`` for the members of a series.
        layout: "gradient", "jacobian" (the derivative of a number by a matrix may be transposed) or
        "either" (any matrix may); by default the question's.

        Raises DeriveError where something cannot be read or judged.
        """
        from derive.marking.check import check

        return check(self.source, quantity, answer, layout)


    def picture(self, kind: str = "graph", of: str | None = None, *, values: bool = False,
                gradients: bool = False, format: str = "svg") -> str:
        """Draw the model: ``question.picture("path", of="dL/dh[1]")``.

        kind: "graph" (what reads what), "unrolled" (the recurrence step by step) or "path" (the
        ways along which a derivative flows, which `of` names).
        values, gradients: what each box says; the derivatives are those of the top of `of`.
        format: "svg", "tikz", "typst" or "text".
        """
        from derive.formats.picture import write

        return write(self.source, kind, of, values, gradients, format)

    def mark(self, submission: str) -> Marked:
        """Mark what somebody handed in, claim by claim.

        submission: Markdown or LaTeX. Nothing in it is run or expanded; what cannot be read is
        said to be unread, never wrong.
        """
        from derive.marking.submission.marked import mark

        return mark(self.source, submission)


@dataclass(frozen=True)
class Solution:
    """A solved question: values, steps, checks, and all its sheets."""

    solved: SolvedQuestion
    source: Source

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.solved.checks

    @property
    def values(self) -> Mapping[str, Any]:
        """All values, keyed as one would type them: ``h[0]``, ``dL/dV``."""
        return self.solved.values

    def __getitem__(self, key: str) -> Any:
        """Return a value as a NumPy array; KeyError names the nearest key."""
        try:
            return self.solved.values[key]
        except KeyError:
            raise KeyError(f"{key!r}: {nearest(key, self.solved.values)}") from None

    @cached_property
    def steps(self) -> dict[str, Step]:
        """All steps by id."""
        return {step.id: Step(self.solved, step)
                for part in self.solved.parts for step in deep(part.steps)}

    def derivation(self, key: str) -> Derivation:
        """Return the steps of the parts that asked for *key*; KeyError names the nearest key."""
        from derive.syntax.write_text import write

        found = [part for part in self.solved.parts if key in map(write, part.asked)]
        if not found:
            asked = [write(a) for part in self.solved.parts for a in part.asked]
            raise KeyError(f"{key!r} is not asked for: {nearest(key, asked)}")
        return Derivation(self.solved, tuple(step for part in found for step in part.steps))

    def sympy(self, key: str) -> Any:
        """Return a result as a SymPy expression or Matrix: ``solution.sympy("dL/do[t]")``.

        Quantities are SymPy Indexed objects, index positions first; derivatives by name stand for
        themselves.
        """
        from derive.solution.in_sympy import in_sympy

        if key not in self.solved.formulas:
            raise KeyError(f"{key!r}: {nearest(key, self.solved.formulas)}")
        return in_sympy(self.solved.formulas[key])

    def accept(self, key: str) -> Value:
        """Return a value with its shown digits and the interval that a marker may accept."""
        self[key]
        return cast("Value", self.solved.accept[key])

    def _repr_markdown_(self) -> str:
        """Show the sheet in a notebook."""
        return in_notebook(self.render("markdown"))

    def _repr_html_(self) -> str:
        """Show the sheet with MathML, its steps to be folded."""
        return _within(self.at("normal"))

    def _repr_latex_(self) -> str:
        """Show its formulas alone."""
        return displays(self._repr_markdown_())

    @property
    def summary(self) -> str:
        """Return one line: how many lines were checked, and the largest gradient error."""
        from derive.solution.summary import summary

        return summary(self.solved.checks)

    def render(self, format: str = "latex", detail: str = "normal", parts: Sequence[str] = (),
               templates: str | os.PathLike[str] | None = None, engine: str | None = None,
               fragment: bool = False, student: bool = False, language: str | None = None,
               markscheme: bool = False) -> Any:
        """Write the sheet; CheckFailed names the line if one did not survive its check.

        Returns text, the bytes of a "pdf", or for "png" and "svg" a tuple with those of each page.
        engine: "latex" has a TeX installation make the pdf.
        fragment: without the shell of the document, for one of your own.
        student: what is asked, with room for the answers, and nothing of the solution.
        language: "en" or "de", that of the question if None; what its author wrote stays as it is.
        markscheme: for markers: part by part the marks and what may be accepted.
        """
        return _written(self.at(detail), format, detail, parts, templates, engine, fragment,
                        student, language, markscheme)

    def at(self, detail: str) -> SolvedQuestion:
        """Return what a sheet at this level of detail shows; CheckFailed where a check failed."""
        solved = self._full if detail == "full" else self.solved
        _refuse_failed(solved.checks)
        return solved

    @cached_property
    def _full(self) -> SolvedQuestion:
        from derive.solution.solve import solve_question

        return solve_question(self.source, full=True)


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
        return _within(_as_set(self.source, asked))

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
class SetSolution:
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

    @property
    def summary(self) -> str:
        """Return one line about all questions: how many lines were checked."""
        from derive.solution.summary import summary

        return summary(self.checks)

    def render(self, format: str = "latex", detail: str = "normal", parts: Sequence[str] = (),
               templates: str | os.PathLike[str] | None = None, engine: str | None = None,
               fragment: bool = False, student: bool = False, language: str | None = None,
               markscheme: bool = False) -> Any:
        """Write one sheet for the whole assignment, as `Solution.render` does for a question.

        A part is named by its label, or by its question's name as well: ``q3:1``.
        """
        return _written(self.at(detail), format, detail, parts, templates, engine, fragment,
                        student, language, markscheme)

    def at(self, detail: str) -> SolvedSet:
        """Return what a sheet at this level of detail shows; CheckFailed where a check failed."""
        _refuse_failed(self.checks)
        solved = tuple(solution.at(detail) for solution in self.questions)
        return _as_set(self.source, solved)

    def _repr_markdown_(self) -> str:
        """Show the sheet in a notebook."""
        return in_notebook(self.render("markdown"))

    def _repr_html_(self) -> str:
        """Show the sheet with MathML, its steps to be folded."""
        return _within(self.at("normal"))

    def _repr_latex_(self) -> str:
        """Show its formulas alone."""
        return displays(self._repr_markdown_())


def _as_set(source: Sources, solved: Sequence[SolvedQuestion]) -> SolvedSet:
    """Return the sheet of a set, which is in one language."""
    own = tuple(replace(question, language=source.language) for question in solved)
    return SolvedSet(source.name, source.title, own, source.intro, source.language,
                     source.authors)


def _of(name: str, check: Check) -> Check:
    own = check.target.startswith(f"{name}.")
    return check if own else replace(check, target=f"{name}: {check.target}")


def _written(solved: Solved, format: str, detail: str = "normal", parts: Sequence[str] = (),
             templates: str | os.PathLike[str] | None = None, engine: str | None = None,
             fragment: bool = False, student: bool = False, language: str | None = None,
             markscheme: bool = False) -> Any:
    from derive.document.markscheme import for_markers
    from derive.document.students import for_students

    if language is not None:
        solved = in_language(solved, known(language))
    folder = Path(templates) if templates is not None else None
    write = formats.writer(format, engine, fragment, student, markscheme)
    version = for_students if student else for_markers if markscheme else _as_it_is
    return write(version(solved), detail=detail, parts=tuple(parts), templates=folder)


def _as_it_is(solved: Solved) -> Solved:
    return solved


def _within(solved: Solved) -> str:
    """Write a sheet for a notebook.

    JupyterLab, Notebook 7, VS Code and Colab all prefer HTML to Markdown and that to LaTeX, so this
    is what they show; GitHub's viewer takes styles and MathML out of HTML, so a notebook that
    is to be read there keeps its Markdown.
    """
    from derive.formats.html import write_within

    return write_within(solved)


def _refuse_failed(checks: Sequence[Check]) -> None:
    failed = [check for check in checks if not check.ok]
    if failed:
        first = failed[0]
        error = "" if first.error is None else f" by {first.error:.1e}"
        more = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
        raise CheckFailed(f"{first.target}: the {first.kind} check failed{error}: {first.note}"
                          f"{more}", remedy="derive verify prints all checks")


def load(source: str | os.PathLike[str]) -> Question | QuestionSet:
    """Load a built-in question or set by name, or a file by path: a `Question` or `QuestionSet`.

    Raises DeriveError (QuestionError with every fault of a file).
    """
    name, path = catalogue_of.find(source)
    found = read_path(path)
    if isinstance(found, Sources):
        return QuestionSet(replace(found, name=name))
    return Question(replace(found, name=name))


def equal(left: object, right: object, *, symbols: Mapping[str, str] | None = None,
          assume: str | Sequence[str] = (), model: str | Sequence[str] = "",
          index: Mapping[str, str] | None = None, given: Mapping[str, Any] | None = None,
          notation: Mapping[str, str] | None = None, layout: str = "gradient") -> Verdict:
    """Judge whether two expressions are equal: ``equal("(A @ B).T", "B.T @ A.T")``.

    left, right: text in equation syntax or LaTeX, numbers, lists, NumPy arrays, SymPy objects.
    symbols: shapes by name, ``{"V": "q x n", "p": "q"}``; what is left out gets its shape from how
    it is used (capitals are matrices, small letters vectors), and the verdict says so.
    assume: facts such as ``"sum(t) == 1"``, which all numbers drawn obey; model: equations for
    names that both sides may use; index, given, notation: as in a question file.
    layout: "either" takes the transpose as equal too.

    Raises DeriveError where something cannot be read, or no numbers can be found to judge it on.
    """
    from derive.marking.claims import Setting
    from derive.marking.claims import equal as judged

    setting = Setting(model, assume, symbols, index, given, notation)
    return judged(left, right, setting, layout)


def prove(claim: str | Sequence[str], *, model: str | Sequence[str],
          assume: str | Sequence[str] = (), symbols: Mapping[str, str] | None = None,
          index: Mapping[str, str] | None = None, given: Mapping[str, Any] | None = None,
          notation: Mapping[str, str] | None = None) -> Solution:
    """Prove a claim about a derivative: ``prove("dL/dz == p - t", model=..., assume=[...])``.

    Returns the proof, a `Solution` whose steps are those of the proof and which renders like any
    other. The arguments are those of `equal`.

    Raises FalseClaim with a counterexample where the claim is false, DeriveError where it can be
    neither proved nor refuted, or not be read.
    """
    from derive.marking.claims import Setting, question_of_claim

    claims = [claim] if isinstance(claim, str) else list(claim)
    setting = Setting(model, assume, symbols, index, given, notation)
    solution = Question(question_of_claim(claims, setting)).solve()
    _refuse_failed(solution.checks)
    return solution
