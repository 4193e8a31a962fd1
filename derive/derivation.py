"""Derivations and their steps, as Python sees them: they show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload

from derive.errors import nearest
from derive.formats.dollars import displays
from derive.solution import step as solution
from derive.solution.step import Line, SolvedQuestion, deep

__all__ = ["Derivation", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: lines under one rule, with what is said about them."""

    solved: SolvedQuestion = field(repr=False)
    own: solution.Step = field(repr=False)

    @property
    def id(self) -> str:
        """Return the stable name of the step: ``q3.3.4.dL_dh1``."""
        return self.own.id

    @property
    def rule(self) -> str:
        """Return its rule in the catalogue: ``chain``, ``forward``, ``proof``."""
        return self.own.rule

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.own.lines

    @property
    def uses(self) -> tuple[str, ...]:
        """Return the ids of the steps whose results go in."""
        return self.own.uses

    @property
    def substeps(self) -> Derivation:
        return Derivation(self.solved, self.own.substeps)

    def __repr__(self) -> str:
        return f"<Step {self.id} ({self.rule}, {len(self.lines)} lines)>"

    def _repr_markdown_(self) -> str:
        return Derivation(self.solved, (self.own,))._repr_markdown_()

    def _repr_html_(self) -> str:
        return Derivation(self.solved, (self.own,))._repr_html_()

    def _repr_latex_(self) -> str:
        return Derivation(self.solved, (self.own,))._repr_latex_()


@dataclass(frozen=True, slots=True)
class Derivation(Sequence[Step]):
    """The steps to a result, in the order in which they are told."""

    solved: SolvedQuestion = field(repr=False)
    own: tuple[solution.Step, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.own)

    @overload
    def __getitem__(self, at: int) -> Step: ...
    @overload
    def __getitem__(self, at: slice) -> Derivation: ...
    def __getitem__(self, at: int | slice) -> Step | Derivation:
        if isinstance(at, slice):
            return Derivation(self.solved, self.own[at])
        return Step(self.solved, self.own[at])

    def __iter__(self) -> Iterator[Step]:
        return (Step(self.solved, step) for step in self.own)

    def step(self, name: str) -> Step:
        """Return a step by its id, also one inside another; KeyError names the nearest one."""
        found = {step.id: step for step in deep(self.own)}
        if name not in found:
            raise KeyError(f"{name!r}: {nearest(name, found)}")
        return Step(self.solved, found[name])

    def __repr__(self) -> str:
        return f"<Derivation of {len(self)} steps: {', '.join(step.id for step in self.own)}>"

    def _repr_markdown_(self) -> str:
        """Show the steps in a notebook, with all that is said about them."""
        from derive.formats.markdown import write_steps

        return write_steps(self.solved, self.own)

    def _repr_html_(self) -> str:
        """Show the same with MathML, which notebooks prefer."""
        from derive.formats.html import write_steps

        return write_steps(self.solved, self.own)

    def _repr_latex_(self) -> str:
        """Show the formulas alone."""
        return displays(self._repr_markdown_())
