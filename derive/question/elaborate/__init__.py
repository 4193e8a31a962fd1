"""From parsed text to expressions: names get their meaning, shapes are checked, order is kept."""

from derive.question.elaborate import calls, names, operators, places  # their rules
from derive.question.elaborate.dispatch import elaborate
from derive.question.elaborate.names import FUNCTIONS, quantity
from derive.question.elaborate.operations import keywords_of
from derive.question.elaborate.special import SPECIAL

__all__ = ["FUNCTIONS", "SPECIAL", "calls", "elaborate", "keywords_of", "names", "operators",
           "places", "quantity"]
