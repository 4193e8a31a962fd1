"""The formulas by which a quantity is worked out: its equation, the chain rule, the solution's own.

They hold in letters, for any member, and each may have those of what it reads put in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice

from derive.calculus.adjoint import Adjoint
from derive.expr.equation import Domain, Equation
from derive.expr.integers import IntLike
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.positions import inside, match
from derive.expr.walk import at, refs
from derive.expr.walk import replace as put_in
from derive.marking.submission.mistakes.redone import UNJUDGED
from derive.marking.submission.told import Told
from derive.solution.solver import Solver

__all__ = ["formulas", "made"]

DEPTH = 2       # how many formulas are put into each other
MOST = 8        # lines of the solution that are taken


def formulas(solver: Solver, told: Told, ref: Ref) -> Iterator[Expr]:
    """Yield each formula of a member once, those of what it reads put in."""
    found = dict.fromkeys(_formulas(solver, told, ref))
    yield from (formula for formula in found if list(refs(formula)) and formula != ref)


def _formulas(solver: Solver, told: Told, ref: Ref) -> Iterator[Expr]:
    for formula in (*made(solver, ref), *islice(told.lines(ref), MOST)):
        yield formula
        for _ in range(DEPTH):
            formula = _with_those_it_reads(solver, formula)
            yield formula


def _with_those_it_reads(solver: Solver, formula: Expr) -> Expr:
    """Put in the derivatives that a formula reads, or, where it reads none, the quantities.

    Only what has one right side everywhere can be put in.
    """
    read = list(dict.fromkeys(refs(formula)))
    slopes = [ref for ref in read if isinstance(ref, Partial)]
    found = {ref: made(solver, ref) for ref in slopes or read}
    table: dict[Expr, Expr] = {ref: cases[0] for ref, cases in found.items() if len(cases) == 1}
    with suppress(*UNJUDGED):
        return put_in(formula, table)
    return formula


def made(solver: Solver, ref: Ref) -> Sequence[Expr]:
    """Return the right sides by which a member is worked out, one for each case."""
    with suppress(*UNJUDGED):
        if isinstance(ref, Symbol):
            return _right_sides(solver.model.by_target.get(ref.name, ()), ref)
        if isinstance(ref, Partial) and not (ref.held or ref.direct or ref.component):
            adjoint = _sweep(solver, ref)
            return () if adjoint is None else _right_sides(adjoint.equations, ref)
    return ()


def _right_sides(equations: Iterable[Equation], ref: Ref) -> Sequence[Expr]:
    own = [(e, match(e.target, ref)) for e in equations if e.target.family == ref.family]
    cases = [(e, env) for e, env in own if env is not None and _may_be_inside(e.domain, env)]
    return [at(e.rhs, env) for e, env in cases]


def _may_be_inside(domain: Domain, env: Mapping[str, IntLike]) -> bool:
    """False where a position is known, and lies outside its range."""
    known = all(isinstance(env.get(name), int) for name, _ in domain)
    return not known or inside(domain, env)


def _sweep(solver: Solver, partial: Partial) -> Adjoint | None:
    """Return the sweep from a top that some part differentiates."""
    for general in solver.tops:
        env = match(general, partial.top) if general.name == partial.top.name else None
        if env is not None and at(general, env) == partial.top:
            adjoint = solver.adjoint(general)
            return adjoint if general == partial.top else adjoint.put(env)
    return None
