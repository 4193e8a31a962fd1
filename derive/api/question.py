"""A question that was read, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derive.api.sheet import within, written
from derive.api.solution import Solution
from derive.formats.dollars import displays, in_notebook
from derive.question.question import Question as Source
from derive.question.read import read

if TYPE_CHECKING:
    from derive.marking.submission.marked import Marked
    from derive.marking.verdict import Verdict

__all__ = ["Question"]


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

        return in_notebook(written(posed(self.source), "markdown"))

    def _repr_html_(self) -> str:
        """Show the same with MathML."""
        from derive.solution.solve import posed

        return within(posed(self.source))

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
