"""``prove``: that a derivative is what is claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError, QuestionError
from derive.expr.integers import names_in
from derive.question.binder import Binder
from derive.question.fields import asked
from derive.question.keys.key import Key
from derive.question.question import Task
from derive.question.source import Scalar
from derive.question.statements import Statement

__all__ = ["PROVE", "Prove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prove(Task):
    """Statements to be proved."""

    statements: tuple[Statement, ...]


def _bind(found: Sequence[Scalar], along: Mapping[str, Any], binder: Binder) -> Prove:
    statements: list[Statement] = []
    errors: list[DeriveError] = []
    for item in found:
        try:
            statements.append(binder.statement(item))
        except DeriveError as error:
            errors.append(error)
    if errors:
        raise QuestionError(errors)
    indices = set(binder.scope.indices)
    requests = dict.fromkeys(s.request for s in statements  # one term of a series has no sweep
                             if not any(names_in(i) & indices for i in s.top.index))
    return Prove(statements=tuple(statements), requests=tuple(requests))


PROVE = Key("prove", asked, _bind)
