r"""Writing mathematics as LaTeX that KaTeX, MathJax and plain amsmath all accept.

The author's order is kept and nothing is simplified. The writers of the node classes are in
`derive.syntax.latex`; importing this module registers them all.
"""

from __future__ import annotations

from derive.expr.nodes import Expr
from derive.syntax.latex import applied, arithmetic, atoms, matrices, products
from derive.syntax.latex.breaking import lines
from derive.syntax.latex.rows import as_whole
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import tex
from derive.syntax.latex.width import width

__all__ = ["Style", "lines", "underbrace", "width", "write"]

FAMILIES = (applied, arithmetic, atoms, matrices, products)
PLAIN = Style()


def write(expr: Expr, style: Style = PLAIN) -> str:
    """Return the LaTeX of an expression, without any dollar signs."""
    return tex(as_whole(expr, style), style).text


def underbrace(latex: str, label: str) -> str:
    """Put a label under a part of a formula, as one closed group."""
    return rf"{{\underbrace{{{latex}}}_{{{label}}}}}"
