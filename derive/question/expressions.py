"""Letters for expressions that are differentiated without having a name: f = x^T A x."""

from __future__ import annotations

from collections.abc import Iterator

from derive.question.scope import Scope
from derive.syntax.names import latex_name

__all__ = ["named_expressions"]

LETTERS = ("fghuvrs", "yzuvrs", "FGHYZ")    # for a number, a vector, a matrix


def named_expressions(scope: Scope) -> dict[str, str]:
    """Return the letter by which each is printed, one that the question does not use."""
    taken = {latex_name(n) for n in (*scope.arity, *scope.indices, *scope.sizes)}
    found: dict[str, str] = {}
    for name, equation in scope.expressions.items():
        rank = min(len(equation.target.shape), 2)
        found[name] = next(c for c in _letters(rank) if c not in taken)
        taken.add(found[name])
    return found


def _letters(rank: int) -> Iterator[str]:
    yield from LETTERS[rank]
    yield from (f"{LETTERS[rank][0]}_{{{number}}}" for number in range(1, 10_000))
