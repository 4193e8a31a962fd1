"""What is known of matrices: A^T = A, and X^T X = I."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from derive.expr.nodes import Apply, Expr, Eye, MatMul, Transpose

__all__ = ["MatrixFacts", "matrix_facts"]


@dataclass(frozen=True)
class MatrixFacts:
    """*symmetric*: matrices A with A^T = A; *identities*: products that are I, as (X^T, X).

    *sums*: what is known of sums of entries.
    """

    symmetric: frozenset[Expr] = frozenset()
    identities: frozenset[tuple[Expr, Expr]] = frozenset()
    sums: tuple[tuple[Expr, Expr], ...] = ()


def matrix_facts(facts: Collection[tuple[Expr, Expr]]) -> MatrixFacts:
    """Read ``A == A.T``, ``Q.T @ Q == eye(n)`` and ``Q @ Q.T == eye(n)``."""
    pairs = [pair for fact in facts for pair in (fact, fact[::-1])]
    return MatrixFacts(
        frozenset(a for a, b in pairs if b == Transpose(a)),
        frozenset((a.left, a.right) for a, b in pairs if isinstance(a, MatMul)
                  and isinstance(b, Eye)),
        tuple((a, b) for a, b in facts if isinstance(a, Apply) and a.op == "sum"))
