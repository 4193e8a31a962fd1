"""The keys with which a part asks for something: how each is read, one row per key.

To add one: a module here with a `Task` and a `Key`, its row below, and in
`derive.solution.tasks` how it is solved.
"""

from __future__ import annotations

from derive.question.keys.answer import ANSWER
from derive.question.keys.bound import BOUND
from derive.question.keys.choose import CHOOSE
from derive.question.keys.count import COUNT
from derive.question.keys.figure import FIGURE
from derive.question.keys.find import FIND
from derive.question.keys.key import Key
from derive.question.keys.picture import PICTURE
from derive.question.keys.plot import PLOT
from derive.question.keys.points import POINTS
from derive.question.keys.prove import PROVE
from derive.question.keys.separable import SEPARABLE
from derive.question.keys.shape import SHAPE
from derive.question.keys.solve import SOLVE
from derive.question.keys.table import TABLE

__all__ = ["KEYS", "Key"]

KEYS: dict[str, Key] = {key.name: key for key in (
    FIND,
    PROVE,
    ANSWER,
    BOUND,
    CHOOSE,
    COUNT,
    FIGURE,
    PICTURE,
    PLOT,
    POINTS,
    SEPARABLE,
    SHAPE,
    SOLVE,
    TABLE,
)}
