"""Answers that the right formula gives with one mistake in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from derive.calculus.adjoint import Adjoint
from derive.errors import DeriveError
from derive.expr.integers import IntLike
from derive.expr.nodes import Entry, Expr, Partial, Ref
from derive.expr.positions import match
from derive.expr.walk import at, refs
from derive.expr.walk import replace as put_in
from derive.marking.case import Case
from derive.marking.mutations import mutants
from derive.marking.slips_of_quantities import Found, evaluated
from derive.question.question import Find, Part, Request
from derive.solution.members import making, making_adjoint
from derive.solution.solver import Solver

__all__ = ["formula_slips"]

MOST = 400          # mistakes that are tried
DEPTH = 2           # how many equations are put into each other


def formula_slips(case: Case) -> Iterator[Found]:
    """Yield what one mistake in the formula of a member gives, at the first numbers it differs."""
    member = case.member
    whole, cell = _apart(member.target.expr)
    tried, most = 0, case.tries(MOST)
    for formula in _formulas(member, whole):
        for name, words, made in mutants(formula):
            values = evaluated(member, Entry(made, cell) if cell else made)
            if values is not None and np.shape(values[0]) == np.shape(member.samples[0].truth):
                yield name, words, values
            tried += 1
            if tried >= most:
                return


def _apart(expr: Expr) -> tuple[Expr, tuple[IntLike, ...]]:
    return (expr.arg, expr.at) if isinstance(expr, Entry) else (expr, ())


def _formulas(case: Case, expr: Expr) -> Iterator[Expr]:
    """Yield formulas of a member: its equation, then with the equations of what it reads put in."""
    found = _made(case, expr) if isinstance(expr, Ref) else expr
    for _ in range(DEPTH):
        if found is None:
            return
        yield found
        found = _put_in(case, found)


def _put_in(case: Case, expr: Expr) -> Expr | None:
    """Put the formulas of what an expression reads into it; None where there is nothing to do."""
    found = {ref: _made(case, ref) for ref in dict.fromkeys(refs(expr))}
    table: dict[Expr, Expr] = {ref: rhs for ref, rhs in found.items() if rhs is not None}
    return put_in(expr, table) if table else None


def _made(case: Case, ref: Ref) -> Expr | None:
    """Return the right side that makes a member or a derivative; None for what is given."""
    if not all(isinstance(i, int) for i in ref.index):
        return None
    if isinstance(ref, Partial):
        return _made_by_sweep(case, ref)
    found = making(ref, case.samples[0].trial.oracle.equations)
    return None if found is None else found.rhs


def _made_by_sweep(case: Case, partial: Partial) -> Expr | None:
    """Return the chain rule for a derivative, by a sweep that is made for it."""
    if partial.held or partial.component or partial.direct:
        return None
    with suppress(DeriveError):
        adjoint = _adjoint(case, partial)
        found = None if adjoint is None else making_adjoint(partial, adjoint)
        return None if found is None else found.rhs
    return None


def _adjoint(case: Case, partial: Partial) -> Adjoint | None:
    """Return the sweep from a top, at the sizes of the sample."""
    question, env = case.solver.question, case.samples[0].trial.env
    asked = case.target.request or Request(partial.top, partial.bottom)     # of an entry
    if asked.bottom is None or asked.top.name != partial.top.name:
        return None
    part = Part("check", (Find(requests=(replace(asked, entry=()),)),))
    solver = Solver(replace(question, parts=(*question.parts, part)))
    for general in solver.tops:
        here = match(at(general, env), partial.top) if general.name == partial.top.name else None
        if here is not None and solver.depends(general, partial.bottom.name):
            return solver.adjoint(general).put({**env, **here})
    return None
