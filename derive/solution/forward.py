"""Values: each member with its equation, the numbers put in, and the result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from derive.calculus.adjoint import member
from derive.errors import DeriveError
from derive.expr.integers import named
from derive.expr.nodes import Apply, Dimension, Entry, Literal, Partial, Ref, Symbol
from derive.expr.positions import match
from derive.expr.walk import at
from derive.question.question import Part
from derive.solution.members import ancestors
from derive.solution.rules import say, say_lists
from derive.solution.shapes import shape_sentence
from derive.solution.solver import Solver, Worked
from derive.solution.step import Line, Step
from derive.solution.windows import is_laid_out, matrices_of, window_lines, window_words
from derive.solution.words import Claim, Sentence
from derive.solution.working import lines_of
from derive.syntax.write_text import write

__all__ = ["MOST_SHOWN", "at_times", "formula_steps", "identifier", "shown_positions",
           "value_steps"]

MOST_SHOWN = 6
MOST_STEPS = 60     # positions beyond this are not told at any level of detail


def identifier(solver: Solver, label: str, ref: Ref | str) -> str:
    """Return the stable id of a step: ``q3.3.4.dL_dh1``."""
    text = ref if isinstance(ref, str) else write(ref)
    for name in sorted(solver.question.expressions, key=len, reverse=True):
        text = text.replace(name, solver.question.notation[name])
    for old, new in ((" | ", "_holding_"), ("/", "_"), ("[", ""), ("]", ""), (" ", ""),
                     (",", "_"), ("(", ""), (")", "")):
        text = text.replace(old, new)
    return f"{solver.question.name}.{label}.{text}"


def value_steps(solver: Solver, part: Part, wanted: Sequence[Symbol]) -> Iterator[Step]:
    """Yield the steps for *wanted* and for everything they need that was not shown before."""
    solver.wants(wanted)
    order = ancestors(wanted, solver.parents, solver.is_known)
    asked = set(wanted)
    yield from _recalled(solver, part, [w for w in wanted if w in solver.worked])
    yield from at_times(solver, order, asked, lambda ref: _step(solver, part, ref, ref in asked))


def formula_steps(solver: Solver, part: Part, wanted: Sequence[Symbol]) -> Iterator[Step]:
    """Yield the equation of each quantity that is asked for without numbers."""
    for symbol in wanted:
        lines = tuple(_formula_lines(solver, symbol))
        if not lines:
            raise DeriveError(f"`{write(symbol)}` has no numbers and no equation to show")
        yield Step(identifier(solver, part.label, symbol), "value", lines, answer=True)


def _formula_lines(solver: Solver, symbol: Symbol) -> Iterator[Line]:
    general = symbol == member(solver.model, symbol.name)
    for equation in solver.model.by_target.get(symbol.name, []):
        if general:
            yield Line("result", equation.target, "=", equation.rhs, equation.domain)
            continue
        env = match(equation.target, symbol)
        if env is not None and len(env) == len(equation.domain):
            yield Line("result", symbol, "=", at(equation.rhs, env))


def _recalled(solver: Solver, part: Part, known: Sequence[Symbol]) -> Iterator[Step]:
    for ref in known:
        yield Step(identifier(solver, part.label, ref), "value",
                   tuple(matrices_of(ref, solver.literal(ref))), answer=True)


def _step(solver: Solver, part: Part, ref: Ref, answer: bool) -> Step:
    worked = solver.work_out(ref)
    name = solver.step_of[ref] = _value_identifier(solver, part, ref)
    uses = tuple(solver.step_of[p] for p in solver.parents(ref) if p in solver.step_of)
    laid_out = is_laid_out(worked)
    lines = tuple(window_lines(solver, worked)) if laid_out else lines_of(worked)
    intro = shape_sentence(worked.member, worked.symbolic[0]) if laid_out else None
    note = (window_words(solver, lines, worked.symbolic[0]) if laid_out
            else _largest(solver, worked))
    return Step(name, "value", lines, intro=intro, note=note, uses=uses, time=_time(ref),
                answer=answer)


def _value_identifier(solver: Solver, part: Part, ref: Ref) -> str:
    """Return the id of what works out a value: a derivative in an equation has a formula too."""
    name = identifier(solver, part.label, ref)
    derived = isinstance(ref, Symbol) and ref.name in solver.question.gradients
    return f"{name}.value" if derived else name


def _largest(solver: Solver, worked: Worked) -> Sentence | None:
    """Say which entry is the largest, where that is what was looked for."""
    rhs = worked.symbolic[0]
    if not isinstance(rhs, Apply) or rhs.op != "argmax" or worked.value.shape:
        return None
    scores, place = rhs.args[0], int(worked.value.values[()])
    if not isinstance(scores, Symbol) or len(scores.shape) != 1:
        return None
    known = solver.literal(scores)
    largest = Literal(known.values[place:place + 1].reshape(()), known.exact, known.say)
    exact = known.exact and solver.policy.carry == "exact"
    claim = Claim(Entry(scores, (place,)), "=" if exact else "≈", largest)
    ties = sum(1 for value in known.values if value == known.values[place])
    return say("largest" if ties == 1 else "largest first", claim)


def _time(ref: Ref) -> tuple[int, ...]:
    return tuple(i for i in ref.index if isinstance(i, int))


def shown_positions(times: Sequence[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Return the positions that are told at normal detail: all of a few, else the ends."""
    distinct = list(dict.fromkeys(t for t in times if t))
    found: set[tuple[int, ...]] = set()
    for rank in {len(t) for t in distinct}:     # h[t] and e[s, t] are series of their own
        own = [t for t in distinct if len(t) == rank]
        found.update(own if len(own) <= MOST_SHOWN else (*own[:2], own[-1]))
    return found


def _asked_positions(refs: Sequence[Ref], asked: Collection[Ref]) -> set[tuple[int, ...]]:
    """A member asked for by itself is always told; of a whole series asked for, only the ends."""
    found = {_time(ref) for ref in refs if ref in asked and ref.index}
    return found if len(found) <= MOST_SHOWN else set()


def at_times(solver: Solver, refs: Sequence[Ref], asked: Collection[Ref],
             make: Callable[[Ref], Step]) -> Iterator[Step]:
    """Make the steps, head those of each position, and leave the middle of a long series out.

    In a series so long that its middle is told nowhere, no digits are worked out there unless the
    digits carried on depend on them.
    """
    times = [_time(ref) for ref in refs]
    shown = shown_positions(times) | _asked_positions(refs, asked)
    many = len({t for t in times if t}) > 1
    hidden = list(dict.fromkeys(t for t in times if t and t not in shown))
    last: tuple[int, ...] = ()
    told = False
    left_out: list[Step] = []
    for ref, time in zip(refs, times, strict=True):
        new = many and bool(time) and time != last
        heading = _heading(solver, ref) if new else None
        last = time or last
        if not time or time in shown:
            yield replace(make(ref), title=heading)
            continue
        if told and len(hidden) > MOST_STEPS and solver.policy.carry == "exact":
            solver.passed.add(ref)
            continue
        step = make(ref)
        if not told:
            told = True
            yield _same_way(solver, step, ref, hidden)
        if len(hidden) <= MOST_STEPS:
            yield replace(step, detail="full", title=heading)
            left_out += [step] if step.answer else []
    if left_out:
        yield _left_out(left_out)


def _left_out(steps: Sequence[Step]) -> Step:
    """Give the results that were asked for and whose working is left out."""
    lines = tuple(replace(step.lines[-1], left=step.lines[0].left) for step in steps)
    return Step(f"{steps[0].id}.others", "others", lines, intro=say("others"), answer=True)


def _same_way(solver: Solver, step: Step, ref: Ref, hidden: Sequence[tuple[int, ...]]) -> Step:
    if any(len(t) > 1 for t in hidden):
        return Step(f"{step.id}.same", "same way", note=say("same way others"), detail="normal")
    ends = [tuple(Dimension(i) for i in t) for t in (hidden[0], hidden[-1])]
    names = _index_names(solver, ref)
    first = [Claim(n, "=", v) for n, v in zip(names, ends[0], strict=False)]
    return Step(f"{step.id}.same", "same way", note=say_lists("same way", first, ends[1]),
                detail="normal")


def _index_names(solver: Solver, ref: Ref) -> list[Dimension]:
    name = ref.bottom.name if isinstance(ref, Partial) else ref.family
    return [Dimension(named(n)) for n in solver.named.families[name].indices]


def _heading(solver: Solver, ref: Ref) -> Sentence:
    claims = tuple(Claim(n, "=", Dimension(i))
                   for n, i in zip(_index_names(solver, ref), _time(ref), strict=False))
    return Sentence(", ".join(["{}"] * len(claims)), claims)
