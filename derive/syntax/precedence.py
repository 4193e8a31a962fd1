"""How tightly written mathematics holds together, and so where brackets go.

Both writers use this one table. A piece that binds less tightly than its place asks for is put in
brackets; nothing else decides about brackets.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

__all__ = ["Binds", "Piece"]


class Binds(IntEnum):
    """From the loosest to the tightest."""

    DERIVATIVE = 0  # dL/dh in text: must not be read as a quotient
    SUM = 1         # a + b
    MINUS = 2       # -a, and everything that starts with its minus
    REDUCE = 3      # \sum_t a_t: closed on the left, open on the right
    HADAMARD = 4    # a \odot b
    SCALED = 5      # 2 a
    PRODUCT = 6     # A b, a b^T: juxtaposed
    FRACTION = 7    # needs brackets only under an exponent or an entry's index
    POWER = 8       # has its superscript already
    ATOM = 9


class Piece(NamedTuple):
    """Written mathematics and how tightly it binds."""

    text: str
    binds: Binds = Binds.ATOM
