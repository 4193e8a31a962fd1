"""The perceptron's learning rule, in floats: a second opinion on whether rows can be separated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["learned"]


def learned(rows: Any, above: Any, is_right: Callable[[Any], Any], epochs: int) -> Any | None:
    """Return weights that get every row right, or None where no epoch ends so.

    w <- w + x for a row that should be above, w <- w - x for one that should be below, whenever it
    is wrong (Rosenblatt, 1958); it ends if the rows can be separated strictly (Novikoff, 1962).
    is_right: for the values w x, which rows they are right for.
    """
    turned = np.where(above[:, None], rows, -rows)
    weights = np.zeros(rows.shape[1])
    for _ in range(epochs):
        wrong = np.flatnonzero(~is_right(rows @ weights))
        if not wrong.size:
            return weights
        weights = weights + turned[wrong[0]]
    return None
