"""An expression entry by entry: (y * log(p))_k is y_k log p_k."""

from __future__ import annotations

from itertools import islice

from derive.expr.build import mul
from derive.expr.integers import Int, IntLike, letters_from, named, names_in
from derive.expr.nodes import (
    Apply,
    Entry,
    Expr,
    Fill,
    Neg,
    Number,
    Partial,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.walk import children, free_indices, rebuild, walk

__all__ = ["entry_of", "free_letters"]

LETTERS = "kjimqrsuv"
ENTRYWISE = frozenset({
    "abs", "cos", "cosh", "exp", "leaky_relu", "log", "log2", "log10", "relu", "sigmoid",
    "sin", "sinh", "softplus",
    "sqrt", "step", "tan", "tanh", "unknown function",
})
PAIRS = frozenset({"maximum", "minimum"})
_SPREADS = (Neg, Power, Product, Quotient, Sum)


def free_letters(expr: Expr, count: int, others: frozenset[str]) -> tuple[Int, ...]:
    """Return index letters the expression does not use for anything else; i, j for a matrix.

    *others* mean something around the expression: names, sizes and indices of the question.
    """
    taken = free_indices(expr).union(_names(expr), others)
    order = letters_from(LETTERS if count == 1 else "ijkmqrsuv")
    return tuple(map(named, islice((c for c in order if c not in taken), count)))


def _names(expr: Expr) -> frozenset[str]:
    found: set[str] = set()
    for part in walk(expr):
        found.update(n for size in part.shape for n in names_in(size))
        mentioned = (part.top, part.bottom) if isinstance(part, Partial) else (part,)
        found.update(m.name for m in mentioned if isinstance(m, Symbol))
    return frozenset(found)


def entry_of(expr: Expr, at: tuple[IntLike, ...]) -> Expr:
    """Return the entry at *at*, with the positions moved in as far as entries go one by one."""
    if not expr.shape:
        return expr
    if isinstance(expr, Fill):
        return Number(expr.value)
    if isinstance(expr, Transpose) and len(at) == 2:
        return entry_of(expr.arg, at[::-1])
    if isinstance(expr, Apply) and expr.op == "part":
        return entry_of(expr.args[0], _place_in_whole(expr, at))
    if isinstance(expr, Ref) or not _spreads(expr):
        return Entry(expr, at)
    parts = tuple(entry_of(part, at) for part in children(expr))
    if isinstance(expr, Apply):
        return Apply(expr.op, parts, expr.params, ())
    if isinstance(expr, Product) and any(isinstance(f, Fill) for f in expr.factors):
        return mul(*parts)      # an entry of a vector of ones is a factor 1
    return rebuild(expr, parts)


def _place_in_whole(part: Apply, at: tuple[IntLike, ...]) -> tuple[IntLike, ...]:
    """Return where in the whole array an entry of a slice stands: entry k of z[n:] is z[n+k]."""
    given, own = dict(part.params), iter(at)
    return tuple(start + next(own) if stays else start
                 for start, stays in zip(given["starts"], given["kept"], strict=True))


def _spreads(expr: Expr) -> bool:
    """True where an entry of the whole comes from the same entry of each part."""
    alike = all(not p.shape or p.shape == expr.shape for p in children(expr))
    known = isinstance(expr, Apply) and (expr.op in PAIRS or (
        expr.op in ENTRYWISE and len(expr.args) == 1))
    return alike and (known or isinstance(expr, _SPREADS))
