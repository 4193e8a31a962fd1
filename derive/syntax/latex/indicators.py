r"""Indicators of a comparison with a number: \mathbf{1}[z > 0], \mathbf{1}[z < 3]."""

from __future__ import annotations

from derive.expr.nodes import Apply, Expr, Neg, Number, Sum
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import tex
from derive.syntax.precedence import Piece

__all__ = ["INDICATORS", "indicator"]

INDICATORS = {"step": ">", "nonnegative": r"\ge", "negative": "<", "nonpositive": r"\le",
              "at_zero": "="}


def indicator(expr: Apply, style: Style) -> Piece:
    """Write the comparison; a number that is taken away stands on the right: 1[z < 3]."""
    left, right = _sides(expr.args[0], style)
    condition = f"{left} {INDICATORS[expr.op]} {right}"
    inside = rf"\left[{condition}\right]" if r"\begin" in condition else f"[{condition}]"
    return Piece(rf"\mathbf{{1}}{inside}")


def _sides(arg: Expr, style: Style) -> tuple[str, str]:
    if isinstance(arg, Sum) and len(arg.terms) == 2:
        kept, last = arg.terms
        number = last.arg if isinstance(last, Neg) else last
        if isinstance(number, Number):
            moved = number if isinstance(last, Neg) else Neg(number)
            return tex(kept, style).text, tex(moved, style).text
    return tex(arg, style).text, "0"
