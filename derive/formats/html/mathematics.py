"""Formulas as MathML for HTML, in running text and in displays."""

from __future__ import annotations

from derive.syntax.write_mathml import NAMESPACE, STYLES, mathml

__all__ = ["STYLES", "displayed", "inline"]


def inline(latex: str) -> str:
    """Return a formula in running text; HTML knows the namespace of MathML."""
    return mathml(latex).replace(f' xmlns="{NAMESPACE}"', "")


def displayed(latex: str) -> str:
    """Return a formula of a display, with sums and fractions at their full size."""
    return mathml(latex, block=True).replace(f' xmlns="{NAMESPACE}"', "")
