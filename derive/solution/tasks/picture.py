"""``picture``: the network of a model, with numbers in its boxes where they are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import prod

from derive.errors import DeriveError
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.positions import integers
from derive.question.keys.picture import Pictured
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.pictures.merged import merged
from derive.solution.pictures.network import Network, Vertex
from derive.solution.pictures.quantities import quantity_graph
from derive.solution.pictures.unrolled import unrolled
from derive.solution.shapes import by
from derive.solution.solver import Solver
from derive.solution.step import Step
from derive.solution.tasks.task import Solving
from derive.solution.words import Sentence

__all__ = ["SOLVING", "network_of"]

MOST_ENTRIES, MOST_ROWS, MOST_COLUMNS = 4, 3, 4     # of what stands in a box


def network_of(solver: Solver, task: Pictured) -> Network:
    """Return the picture that a task asks for."""
    question, system = solver.question, solver.model
    is_unrolled = task.kind == "unrolled" or (task.kind == "path" and bool(question.indices))
    draw = unrolled if is_unrolled else quantity_graph
    found = draw(question, system, task.top, task.bottom)
    if task.values or task.gradients:
        found = replace(found, vertices=tuple(map(partial(_noted, solver, task), found.vertices)))
    return replace(merged(found, question.cells) if not is_unrolled else found,
                   caption=task.caption)


def _note(task: Pictured, found: Network) -> Sentence | None:
    """Say what the numbers in the boxes are, or that some boxes stand for several quantities."""
    if found.merged:
        return Sentence(MERGED)
    words = NOTES.get((task.values, task.gradients))
    return Sentence(words, (task.top,) if task.gradients else ()) if words else None


MERGED = ("Each layer stands in one box, named by its result; parameters that only one box reads "
          "stand together.")
NOTES = {
    (True, False): "Under each quantity stands its value.",
    (False, True): "Under each quantity stands the derivative of {} by it.",
    (True, True): "Under each quantity stands its value, then the derivative of {} by it.",
}


def _noted(solver: Solver, task: Pictured, vertex: Vertex) -> Vertex:
    """Write the value of a quantity into its box, and the derivative of the top by it."""
    if not solver.numeric:
        raise DeriveError("there are no values where the question has symbols",
                          remedy="give every quantity its numbers")
    shown = vertex.shown
    if vertex.role == "dots" or not isinstance(shown, Symbol):
        return vertex
    if shown.index and not all(isinstance(place, int) for place in shown.index):
        raise DeriveError("in this graph a series stands once, for all its values",
                          remedy="draw --kind unrolled")
    notes = [_number(solver, shown)] if task.values else []
    if task.gradients:
        notes.append(_derivative(solver, task, shown))
    return replace(vertex, notes=tuple(notes))


def _derivative(solver: Solver, task: Pictured, shown: Symbol) -> Sentence:
    pairs = {pair for request in task.requests if request.bottom is not None
             and request.bottom.name == shown.name for pair in solver.instances(request)}
    for top, bottom in pairs:
        if bottom == shown:
            return _number(solver, Partial(top, bottom))
    return Sentence("–")


def _number(solver: Solver, ref: Symbol | Partial) -> Sentence:
    """Return a value that fits into a box; the shape of one that does not."""
    shape = integers(ref.shape)
    fits = prod(shape) <= MOST_ENTRIES or (
        len(shape) == 2 and shape[0] <= MOST_ROWS and shape[1] <= MOST_COLUMNS)
    if not fits or len(shape) > 2:
        return Sentence("({})", (by(shape),))
    number: Expr = solver.literal(ref)
    return Sentence("{}", (number,))


def _steps(solver: Solver, part: Part, task: Pictured) -> Iterator[Step]:
    found = network_of(solver, task)
    yield Step(identifier(solver, part.label, f"picture_{task.kind}"), "picture",
               exhibits=(found,), answer=True, note=_note(task, found))


ASKS = {"graph": "Draw the computation graph.", "unrolled": "Draw the recurrence unrolled.",
        "path": "Draw the paths along which {} flows."}


def _asks(solver: Solver, task: Pictured) -> Sentence:
    parts = (Partial(task.top, task.bottom),) if task.top and task.bottom else ()
    return Sentence(ASKS[task.kind], parts if "{}" in ASKS[task.kind] else ())


SOLVING = Solving(_steps, _asks)
