"""Numbers made of whole matrices: traces, sums of all entries, and sums over blocks.

tr(A x y^T B) = y^T B A x, the sum of all entries of G * H is tr(G^T H), tr(A (x) B) = tr A tr B.
Source: Petersen and Pedersen, The Matrix Cookbook (2012), secs. 1.1 and 10.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.calculus.chains import Chains, chain, inverse_of
from derive.expr.build import diag, div, matmul, mul, neg, number, transpose
from derive.expr.nodes import (
    Apply,
    Diag,
    Dimension,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Outer,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.expr.walk import children, walk
from derive.ops.products import diagonal

__all__ = ["Contractions"]


@dataclass(frozen=True)
class Contractions:
    """*of* brings what was put together into table form once more."""

    chains: Chains
    of: Callable[[Expr], Expr]

    def shortened(self, expr: Expr) -> Expr:
        assert isinstance(expr, Apply), "registered for operations"
        rule = SHORTENED.get(expr.op)
        found = rule(self, expr) if rule else None
        return expr if found is None else found

    def inverse(self, expr: Apply) -> Expr | None:
        """Return X for (X^-1)^-1 and diag(1/a) for diag(a)^-1."""
        part = expr.args[0]
        if isinstance(part, Diag):
            return diag(self.of(div(number(1), part.arg)))
        return inverse_of(part)

    def diagonal(self, expr: Apply) -> Expr | None:
        """Return a for the diagonal of diag(a), x * y for that of x y^T, numbers in front."""
        scalars, factors = self.chains.scaled_factors(expr.args[0])
        (part, *others) = factors
        if others:
            return mul(*scalars, diagonal(chain(factors))) if scalars else None
        if isinstance(part, Diag):
            return self.of(mul(*scalars, part.arg))
        if isinstance(part, Outer):
            return self.of(mul(*scalars, part.left, part.right))
        return mul(*scalars, diagonal(part)) if scalars else None

    def trace(self, expr: Apply) -> Expr | None:
        """Return tr(A x y^T B) as y^T B A x, with numbers in front."""
        part = expr.args[0]
        scalars, factors = self.chains.scaled_factors(part)
        at = next((k for k, f in enumerate(factors) if isinstance(f, Outer)), None)
        if at is not None:
            row, column = children(factors[at])[::-1]
            made = self.of(chain([row, *factors[at + 1:], *factors[:at], column]))
            return mul(*scalars, made)
        if isinstance(part, Eye) and part.shape[0] == part.shape[1]:
            return Dimension(part.shape[0]) if not isinstance(part.shape[0], int) else None
        if scalars:
            return mul(*scalars, self.of(_trace(chain(factors))))
        turned = self.chains.transposed(part)
        return _trace(turned) if _transposes(turned) < _transposes(part) else None

    def sum(self, expr: Apply) -> Expr | None:
        """Return the sum of all entries of a product as a trace."""
        part = expr.args[0]
        if expr.shape or len(part.shape) != 2:
            return self._of_terms(expr)
        if isinstance(part, Neg):
            return neg(self.of(_again(expr, part.arg)))
        factors = part.factors if isinstance(part, Product) else ()
        scalars = [f for f in factors if not f.shape]
        pair = [f for f in factors if f.shape]
        if len(pair) != 2 or any(f.shape != part.shape for f in pair):
            return None
        if any(isinstance(f, Eye) for f in pair):
            other = pair[1] if isinstance(pair[0], Eye) else pair[0]
            return mul(*scalars, self.of(_trace(other)))
        if not any(map(_is_matrix, pair)):
            return None
        return mul(*scalars, self.of(_trace(matmul(self.chains.transposed(pair[0]), pair[1]))))

    def _of_terms(self, expr: Apply) -> Expr | None:
        """Return the sum of x - mean(x), which is 0."""
        part = expr.args[0]
        if len(part.shape) != 1 or not isinstance(part, Sum) or expr.shape:
            return None
        means = {t.arg.args[0] for t in part.terms if isinstance(t, Neg)
                 and isinstance(t.arg, Apply) and t.arg.op == "mean" and not t.arg.shape}
        rest = [t for t in part.terms if not (isinstance(t, Neg) and isinstance(t.arg, Apply)
                                              and t.arg.op == "mean")]
        return number(0) if means == set(rest) and len(rest) == 1 else None

    def blocks(self, expr: Apply) -> Expr | None:
        """Sum blocks of I, which is I (x) I, and of a matrix of ones; those of c are rows of C."""
        whole, part = expr.args
        if len(part.shape) == 1 == len(whole.shape):
            sizes = (*expr.shape, *part.shape)[::1 if expr.op == "kron_left" else -1]
            rows = Apply("reshape", (whole,), (("shape", sizes), ("was", whole.shape)), sizes)
            return self.of(matmul(rows if expr.op == "kron_left" else transpose(rows), part))
        if len(part.shape) != 2:
            return None
        if isinstance(whole, Eye) and part.shape[0] == part.shape[1]:
            return mul(self.of(_trace(part)), Eye(expr.shape[0]))
        if isinstance(whole, Fill):
            total = Apply("sum", (part,), (("axis", (-2, -1)), ("keepdims", False)), ())
            return mul(total, Fill(whole.value, expr.shape))
        return None


def _again(expr: Apply, part: Expr) -> Apply:
    return Apply(expr.op, (part,), expr.params, expr.shape)


def _trace(part: Expr) -> Expr:
    if isinstance(part, Neg):
        return neg(_trace(part.arg))
    return Apply("trace", (part,), (), ())


def _transposes(expr: Expr) -> int:
    return sum(isinstance(part, Transpose) for part in walk(expr))


def _is_matrix(expr: Expr) -> bool:
    """True for what is made by products of matrices, not entry by entry."""
    return isinstance(expr, (MatMul, Outer, Transpose)) or inverse_of(expr) is not None or (
        isinstance(expr, Apply) and expr.op == "matrix_power") or (
        isinstance(expr, (Sum, Neg, Product, Quotient)) and any(
            isinstance(p, (MatMul, Outer)) or inverse_of(p) is not None for p in walk(expr)))


SHORTENED: dict[str, Callable[[Contractions, Apply], Expr | None]] = {
    "inv": Contractions.inverse, "diagonal": Contractions.diagonal,
    "trace": Contractions.trace, "sum": Contractions.sum,
    "kron_left": Contractions.blocks, "kron_right": Contractions.blocks,
}
