"""A question and what answers add to it: derivatives, expressions that the file does not name."""

from __future__ import annotations

from dataclasses import replace

from derive.question.binder import Binder
from derive.question.question import Question

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
    apart = replace(scope, arity=dict(scope.arity), shapes=dict(scope.shapes),
                    gradients=dict(scope.gradients), expressions=dict(scope.expressions),
                    errors=[], warnings=[])
    model = replace(binder.model, scope=apart)
    return replace(question, reader=replace(binder, model=model, used=set()))


def with_what_was_typed(question: Question) -> Question:
    """Return the question with the quantities that texts have added: d(x.T @ A @ x)/dx."""
    binder = reader_of(question)
    families = binder.model.with_expressions().families
    return replace(question, families={**families, **question.families},
                   equations=tuple(binder.equations), gradients=binder.scope.gradients,
                   expressions=frozenset(binder.scope.expressions))
