"""How each kind of task is solved, one row per `Task` (the keys are in `derive.question.keys`)."""

from __future__ import annotations

from derive.question.keys.answer import Answer
from derive.question.keys.bound import Bound
from derive.question.keys.choose import Choose
from derive.question.keys.count import Count
from derive.question.keys.figure import Figure
from derive.question.keys.holding import Held
from derive.question.keys.picture import Pictured
from derive.question.keys.plot import Drawn
from derive.question.keys.points import Points
from derive.question.keys.prove import Prove
from derive.question.keys.separable import Separable
from derive.question.keys.shape import Shaped
from derive.question.keys.solve import Solve
from derive.question.keys.table import Tabulate
from derive.question.question import Find, Task
from derive.solution.tasks import count, find, held, picture, prove, separable, shape, solve, table
from derive.solution.tasks.answer import ANSWER, CHOOSE, FIGURE, POINTS
from derive.solution.tasks.bound import BOUND
from derive.solution.tasks.plot import PLOT
from derive.solution.tasks.task import Solving

__all__ = ["TASKS", "solving"]

TASKS: dict[type[Task], Solving] = {
    Find: find.SOLVING,
    Held: held.SOLVING,
    Prove: prove.SOLVING,
    Shaped: shape.SOLVING,
    Count: count.SOLVING,
    Solve: solve.SOLVING,
    Answer: ANSWER,
    Choose: CHOOSE,
    Figure: FIGURE,
    Pictured: picture.SOLVING,
    Points: POINTS,
    Separable: separable.SOLVING,
    Bound: BOUND,
    Drawn: PLOT,
    Tabulate: table.SOLVING,
}


def solving(task: Task) -> Solving:
    """Return how a task is solved."""
    return TASKS[type(task)]
