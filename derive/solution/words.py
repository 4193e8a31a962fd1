"""Words with mathematics in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derive.expr.nodes import Expr
from derive.expr.shapes import Shape

__all__ = ["Claim", "Sentence", "Shapes", "Verbatim"]


@dataclass(frozen=True, slots=True)
class Claim:
    """``left relation right``; the relation is "=", "≈", "≠", "<", "<=", ">", ">="."""

    left: Expr
    relation: str
    right: Expr


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of the factors of a product and of the product: (q x p)(p x n) = q x n."""

    factors: tuple[Shape, ...]
    product: Shape


class Verbatim(str):
    """Words that are the same in every language: a label of the author's."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words with mathematics in them: ``Sentence("Since {}, ...", (claim,))``.

    Each ``{}`` takes the next part: an `Expr`, a `Claim`, `Shapes`, a `Domain` ("t = 0, 1, 2"), or
    words.
    """

    text: str
    parts: tuple[Any, ...] = ()
