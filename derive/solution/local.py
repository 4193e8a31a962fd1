"""Local derivatives: what one equation's output does when one of its inputs moves."""

from __future__ import annotations

from derive.calculus.adjoint import Adjoint
from derive.calculus.contributions import Contribution
from derive.calculus.linear import linear_form, transposed
from derive.errors import DeriveError
from derive.expr.nodes import Diag, Expr, Partial, Symbol
from derive.expr.walk import refs, replace

__all__ = ["jacobian", "kind_of", "local_partial"]


def local_partial(item: Contribution) -> Partial:
    """Return the symbol d source / d target."""
    return Partial(item.source, item.target, direct=True)


def jacobian(item: Contribution, adjoint: Adjoint) -> Expr | None:
    """Return d source / d target for two vectors, or None where it is not a matrix."""
    if len(item.source.shape) != 1 or len(item.target.shape) != 1 or item.sums:
        return None
    if adjoint.form == "jacobian":
        return None
    seed = Symbol("'seed", (), item.source.shape)
    try:
        return transposed(linear_form(replace(item.expr, {adjoint.partial(item.source): seed}),
                                      seed))
    except DeriveError:
        return None


def kind_of(local: Expr, item: Contribution) -> str:
    """Say why the local derivative is what it is: "linear", "elementwise" or "local"."""
    if isinstance(local, Diag):
        return "elementwise"
    constant = not any(r.family in (item.target.family, item.source.family) for r in refs(local))
    return "linear" if constant else "local"
