"""What slips lead to: in the numbers of a question, at drawn ones, and in formulas."""

from __future__ import annotations

from functools import cached_property

from derive.marking.judge import Judge
from derive.marking.submission.mistakes.misformed import Misformulas
from derive.marking.submission.mistakes.misworked import Mistakes
from derive.marking.submission.mistakes.redone import Sweeps
from derive.marking.submission.told import Told
from derive.question.question import Given
from derive.solution.trials import Trial


class Slips:
    """The mistakes that may be made in one question; what is worked out once is kept."""

    def __init__(self, judge: Judge, told: Told) -> None:
        self.judge, self.solver, self.told = judge, judge.solver, told
        self._by_size: dict[object, Sweeps] = {}

    @cached_property
    def sweeps(self) -> tuple[Sweeps, ...]:
        """The equations of derivatives, a loss and its softmax as one, and step by step."""
        system = self.solver.named
        return Sweeps(system, self.solver.fusions), Sweeps(system)

    @cached_property
    def example(self) -> Trial:
        """The numbers at which mistakes are looked for: the question's own, or drawn ones."""
        if self.solver.numeric:
            return self.judge.given
        drawn = [trial for trial, _ in self.judge.drawn()]
        return next((trial for trial in drawn if self._is_long(trial)), drawn[0])

    def _is_long(self, trial: Trial) -> bool:
        """True where an index runs over more than two positions."""
        ranges = trial.ranges.values()
        return not ranges or any(isinstance(n := r.hi - r.lo, int) and n >= 2 for r in ranges)

    @cached_property
    def misformulas(self) -> Misformulas:
        """What one mistake in a derivation with letters leads to."""
        return Misformulas(self.solver, self.told, self.example)

    def swept(self, trial: Trial) -> Sweeps:
        """Return the equations of derivatives, step by step, with the sizes of a trial put in."""
        key = tuple(sorted(trial.env.items()))
        if key not in self._by_size:
            self._by_size[key] = Sweeps(self.solver.named.put(trial.env))
        return self._by_size[key]

    @cached_property
    def mistakes(self) -> Mistakes:
        """What one mistake, or two, lead to at these numbers."""
        env = self.example.env
        swept = (Sweeps(self.solver.named.put(env)),) if env else self.sweeps
        return Mistakes(self.example, swept)

    @cached_property
    def states(self) -> dict[str, Given] | None:
        """What is given for first states, which stays where other numbers are drawn."""
        return {n: item for n, item in self.solver.question.given.items()
                if n in self.solver.named.by_target} if self.solver.numeric else None

    @cached_property
    def mistakes_elsewhere(self) -> Mistakes:
        """The same at numbers that are drawn."""
        (trial, _), *_ = self.judge.drawn(self.states)
        return Mistakes(trial, self.sweeps)
