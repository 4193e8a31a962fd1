"""What a derivative is called where it stands in an equation: ``(dL[k]/dW[k])`` at every k."""

from __future__ import annotations

from collections.abc import Iterable

from derive.expr.integers import named, names_in
from derive.expr.nodes import Partial, Symbol
from derive.expr.walk import at
from derive.syntax.open_names import opened, shifts
from derive.syntax.write_text import write

__all__ = ["derivative_symbol"]


def derivative_symbol(partial: Partial, indices: Iterable[str]
                      ) -> tuple[Symbol, Partial, tuple[str, ...]]:
    """Return a derivative as a quantity: the member meant, its pattern, and its letters.

    *indices* are the names that are positions and no sizes. dL[k+1]/dW[k+1] is the member at k+1
    of the quantity that is dL[k]/dW[k] at k; dL[k]/dW[k-1] is called by the position on top.
    """
    symbols = (partial.bottom, partial.top)
    moved = shifts(symbols[::-1], indices)
    known = set(indices)
    letters = tuple(dict.fromkeys(n for s in symbols for p in s.index
                                  for n in sorted(names_in(p) & known)))
    pattern = at(partial, {n: named(n) - moved.get(n, 0) for n in letters})
    name = f"({write(opened(pattern, letters))})"
    positions = tuple(named(n) + moved.get(n, 0) for n in letters)
    return Symbol(name, positions, partial.shape), pattern, letters
