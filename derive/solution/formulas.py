"""The formulas of a solution by key, as one would type them: ``dL/dh[t]``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.walk import refs
from derive.solution.chain import everywhere, laid_out, places_of
from derive.solution.solver import Solver
from derive.solution.step import Line, PartSolution
from derive.syntax.write_text import write

__all__ = ["all_formulas", "formulas_of"]


def formulas_of(solver: Solver) -> Mapping[str, tuple[Line, ...]]:
    """Return the equations of the model and of every sweep, one line per case."""
    found: dict[str, tuple[Line, ...]] = {}
    for equation in solver.named.equations:
        key = write(equation.target)
        line = Line("definition", equation.target, "=", equation.rhs, equation.domain)
        found[key] = (*found.get(key, ()), line)
    for top in _tops(solver):
        adjoint = solver.adjoint(top)
        for family, pieces in adjoint.pieces.items():
            left = adjoint.partial(adjoint.member(family))
            plain = len(pieces) == 1 and everywhere(solver, pieces[0])
            found[write(left)] = tuple(
                Line("symbolic", left, "=", laid_out(solver, adjoint.equation(family, p).rhs),
                     () if plain else places_of(p)) for p in reversed(pieces))
    return found | solver.closed


def all_formulas(solver: Solver, parts: Iterable[PartSolution]) -> Mapping[str, tuple[Line, ...]]:
    """Return all formulas; what a part has worked out to the end stands for its own equation."""
    found = formulas_of(solver)
    if solver.numeric:
        return found
    answers = _answers_in(solver, parts)
    whole = {key: lines for key, lines in answers.items() if _is_whole(solver, lines)}
    return {**answers, **found, **whole}


def _is_whole(solver: Solver, lines: tuple[Line, ...]) -> bool:
    """True for one formula for all positions in quantities of the model alone.

    A derivative may also stand there by the name that a part has given it.
    """
    return len(lines) == 1 and not lines[0].where and all(
        isinstance(ref, Symbol) and ref.name in solver.named.families
        for ref in refs(lines[0].right))


def _answers_in(solver: Solver, parts: Iterable[PartSolution]) -> Mapping[str, tuple[Line, ...]]:
    """Return the formulas that answer parts, keyed as the page writes them: ``dJ[t]/do[t]``.

    Where the page has a name for a derivative, the key is the derivative itself.
    """
    found: dict[str, tuple[Line, ...]] = {}
    for step in (step for part in parts for step in part.steps if step.answer):
        left: Expr | None = None
        for line in step.lines:
            left = line.left if line.left is not None else left
            if line.kind == "result" and line.relation == "=" and isinstance(left, Ref):
                meant = _meaning(solver, left)
                earlier = found.get(write(meant), ())
                answer = replace(line, left=meant)
                found[write(meant)] = earlier if answer in earlier else (*earlier, answer)
    return found


def _meaning(solver: Solver, left: Ref) -> Ref:
    alias = solver.aliases.get(left.name) if isinstance(left, Symbol) else None
    return alias.meaning(left) if alias and isinstance(left, Symbol) else left


def _tops(solver: Solver) -> list[Symbol]:
    tops = dict.fromkeys(top for part in solver.question.parts for request in part.requests
                         for top, bottom in solver.instances(request)
                         if isinstance(bottom, Symbol) and
                         bottom.name in solver.named.above(top.name))
    return [t for t in tops if isinstance(Partial(t, t), Partial)]
