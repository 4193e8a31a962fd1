"""Words with mathematics in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derive.expr.nodes import Expr

__all__ = ["Claim", "Sentence"]


@dataclass(frozen=True, slots=True)
class Claim:
    """``left relation right``; the relation is "=", "≈", "≠", "<", "<=", ">", ">="."""

    left: Expr
    relation: str
    right: Expr


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words with mathematics in them: ``Sentence("Since {}, ...", (claim,))``.

    Each ``{}`` takes the next part: an `Expr`, a `Claim`, a `Domain` ("t = 0, 1, 2"), or words.
    """

    text: str
    parts: tuple[Any, ...] = ()
