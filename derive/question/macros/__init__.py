"""Cells, layers and losses: equations anyone could have typed, under a name.

A row of one of the tables below is a macro (`macro.Macro`); to add one, add a row. A model in which
it is called is read as if its equations had been typed (`expand`); every name in them may be
changed, and two instances never share a name by accident (`clashes`).
"""

from __future__ import annotations

from derive.question.macros.attention import ATTENTION
from derive.question.macros.layers import LAYERS
from derive.question.macros.losses import LOSSES
from derive.question.macros.macro import Macro
from derive.question.macros.normalisation import NORMALISATION
from derive.question.macros.optimisers import OPTIMISERS
from derive.question.macros.recurrent import RECURRENT

__all__ = ["MACROS", "Macro"]

MACROS: dict[str, Macro] = {macro.name: macro for macro in (
    *LAYERS,
    *RECURRENT,
    *NORMALISATION,
    *ATTENTION,
    *OPTIMISERS,
    *LOSSES,
)}
