"""One picture of a question's model by itself: SVG, TikZ, Typst or characters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from derive.errors import CheckFailed, DeriveError, Place, nearest
from derive.formats import latex, typst
from derive.formats.environment import render
from derive.formats.figures.sketch import as_svg, as_tikz, as_typst, in_characters
from derive.marking.typed import reader_of, set_apart, with_what_was_typed
from derive.question.keys.picture import KINDS, Pictured, picture_of
from derive.question.question import Part, Question
from derive.question.source import Scalar
from derive.solution.pictures.network import Network
from derive.solution.solve import posed, solve_question
from derive.solution.solver import Solver
from derive.solution.step import SolvedQuestion
from derive.solution.tasks.picture import network_of

__all__ = ["network", "write"]

PAPER = '<svg style="background: white" '
NEEDED = "% needs \\usepackage{amsmath,amssymb,tikz}\n"


def write(question: Question, kind: str = "graph", of: str | None = None, values: bool = False,
          gradients: bool = False, format: str = "svg") -> str:
    """Return the picture as a file of one format."""
    if format not in WRITERS:
        raise DeriveError(f"no picture in the format {format!r}",
                          remedy=nearest(format, WRITERS) or f"one of: {', '.join(WRITERS)}")
    found, solved = network(question, kind, of, values, gradients)
    return WRITERS[format](found, solved)


def network(question: Question, kind: str = "graph", of: str | None = None, values: bool = False,
            gradients: bool = False) -> tuple[Network, SolvedQuestion]:
    """Return what is to be drawn, and the notation; numbers are checked like those of a sheet.

    of: a derivative, ``dL/dh[1]``, whose ways stand out, or what is differentiated, ``L``.
    """
    if kind not in KINDS:
        raise DeriveError(f"no kind of picture is called {kind!r}",
                          remedy=nearest(kind, KINDS) or f"one of: {', '.join(KINDS)}")
    apart = set_apart(question)
    task = picture_of(reader_of(apart), kind, None if of is None else _scalar(of), values,
                      gradients)
    whole = replace(with_what_was_typed(apart), parts=(Part("picture", (task,)),))
    if not values and not gradients:
        return network_of(Solver(whole), task), posed(question)
    return _with_numbers(whole, task)


def _with_numbers(question: Question, task: Pictured) -> tuple[Network, SolvedQuestion]:
    solved = solve_question(question)
    failed = [check.target for check in solved.checks if not check.ok]
    if failed:
        raise CheckFailed(f"not drawn, failed: {', '.join(failed)}")
    (exhibit,) = solved.parts[0].steps[0].exhibits
    assert isinstance(exhibit, Network), "the part asks for a picture alone"
    return exhibit, solved


def _scalar(text: str) -> Scalar:
    place = Place("of", 1, 1)
    return Scalar(text, place, "", place)


def _svg(found: Network, solved: SolvedQuestion) -> str:
    # on paper of its own: a page that shows it may be dark
    return as_svg(found, latex.writing(solved)).replace("<svg ", PAPER, 1) + "\n"


def _tikz(found: Network, solved: SolvedQuestion) -> str:
    return NEEDED + as_tikz(found, latex.writing(solved)) + "\n"


def _typst(found: Network, solved: SolvedQuestion) -> str:
    drawing = as_typst(found, typst.writing(solved))
    return render("typst", None, "picture.typ.jinja", {"drawing": drawing})


def _text(found: Network, solved: SolvedQuestion) -> str:
    return in_characters(found, latex.writing(solved)) + "\n"


WRITERS: dict[str, Callable[[Network, SolvedQuestion], str]] = {
    "svg": _svg, "tikz": _tikz, "typst": _typst, "text": _text,
}
