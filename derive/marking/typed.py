"""A question and what answers add to it: derivatives, expressions that the file does not name.

An answer may use the names that a sheet gives to arguments and to losses inside sums (z[t], l[t]).
"""

from __future__ import annotations

from dataclasses import replace

from derive.calculus.fusion import with_named_losses
from derive.calculus.system import with_named_arguments
from derive.question.binder import Binder
from derive.question.question import Question
from derive.solution.solver import Solver
from derive.syntax.open_names import is_open

__all__ = ["reader_of", "set_apart", "with_what_was_typed"]


def reader_of(question: Question) -> Binder:
    """Return what reads further texts against the names of a question."""
    assert question.reader is not None, "a question that was read has its names"
    return question.reader


def set_apart(question: Question) -> Question:
    """Return the question with a reader of its own, so that one answer leaves no trace in another.
    """
    binder = reader_of(question)
    scope = binder.scope
    named = with_named_losses(with_named_arguments(Solver(question).model))
    new = [f for f in named.families.values() if f.name not in scope.arity and not is_open(f.name)]
    arity = {**scope.arity, **{f.name: f.indices for f in new}}
    shapes = {**scope.shapes, **{f.name: f.shape for f in new}}
    apart = replace(scope, arity=arity, shapes=shapes, gradients=dict(scope.gradients),
                    expressions=dict(scope.expressions), errors=[], warnings=[])
    model = replace(binder.model, scope=apart, equations=named.equations)
    return replace(question, reader=replace(binder, model=model, used=set()))


def with_what_was_typed(question: Question) -> Question:
    """Return the question with the quantities that texts have added: d(x.T @ A @ x)/dx."""
    binder = reader_of(question)
    families = binder.model.with_expressions().families
    new = [e for name, e in binder.scope.expressions.items() if name not in question.expressions]
    return replace(question, families={**families, **question.families},
                   equations=(*question.equations, *new), gradients=binder.scope.gradients,
                   expressions=frozenset(binder.scope.expressions))
