"""What a step can show beside lines of mathematics: prose, tables, plots, choices, figures.

Each class is also a block of the document: every format writes it by a macro of its name.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.expr.nodes import Expr
from derive.solution.words import Sentence

__all__ = ["Exhibit", "Table"]


@dataclass(frozen=True)
class Exhibit:
    """Anything that is no line of mathematics."""


@dataclass(frozen=True)
class Table(Exhibit):
    """Rows of cells under a head."""

    head: tuple[Expr | Sentence, ...]
    rows: tuple[tuple[Expr | Sentence, ...], ...]
