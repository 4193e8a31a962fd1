"""Plots and diagrams as a format shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial, singledispatch
from html import escape

from derive.expr.nodes import Expr, Symbol
from derive.formats.figures.box_characters import boxes_in_characters
from derive.formats.figures.diagram import diagram_drawing
from derive.formats.figures.drawing import Content, Drawing
from derive.formats.figures.network_characters import network_in_characters
from derive.formats.figures.network_drawing import network_drawing
from derive.formats.figures.plot import plot_drawing
from derive.formats.figures.plot_characters import plot_in_characters
from derive.formats.figures.steps_drawing import steps_drawing
from derive.formats.figures.svg import UNIT, in_html, in_text, svg
from derive.formats.figures.svg_table import Rows, rows_of
from derive.formats.figures.svg_text import svg_text
from derive.formats.figures.tikz import tikz
from derive.formats.figures.typst import typst
from derive.formats.plain import plain
from derive.formats.prose import phrase
from derive.formats.sentences import in_display, running
from derive.formats.user_text import segments
from derive.formats.writing import Writing
from derive.question.keys.figure import Diagram
from derive.solution.exhibits import Boxes, Exhibit, Plot
from derive.solution.pictures.network import Network
from derive.solution.words import Sentence
from derive.syntax import write_plain
from derive.syntax.write_latex import width
from derive.syntax.write_plain import plain as in_line
from derive.syntax.write_text import write

__all__ = ["as_svg", "as_svg_in_page", "as_tikz", "as_typst", "description", "in_characters",
           "layout"]

EM = 0.386      # centimetres at 11 points
HEIGHT = 0.46   # centimetres of a line
LETTER = 0.52   # em of a letter of running text
SMALLEST = 0.75     # of its size: how small a figure may get in a page
PHONE = 320         # pixels that are there on any page
WIDEST, TALLEST = 16.0, 22.0    # centimetres of a page


@singledispatch
def layout(exhibit: Exhibit, writing: Writing) -> Drawing:
    """Lay a figure out; how wide its labels are depends on the notation."""
    raise TypeError(f"no drawing of {type(exhibit).__name__}")


@layout.register(Plot)
def _(exhibit: Plot, writing: Writing) -> Drawing:
    return plot_drawing(exhibit, lambda content: _measure(content, writing))


@layout.register(Boxes)
def _(exhibit: Boxes, writing: Writing) -> Drawing:
    return diagram_drawing(exhibit.diagram, _labels(exhibit.diagram),
                           lambda content: _measure(content, writing))


@layout.register(Network)
def _(exhibit: Network, writing: Writing) -> Drawing:
    draw = steps_drawing if exhibit.steps else network_drawing
    return draw(exhibit, lambda content: (_measure(content, writing), _height(content, writing)))


def _labels(diagram: Diagram) -> Mapping[str, Content]:
    """Return what each box shows: its label, or its name as the equations would print it."""
    labels = diagram.labels or {}
    return {box: labels.get(box) or Symbol(box, (), ()) for box in diagram.places}


def _measure(content: Content, writing: Writing) -> float:
    """Estimate the width of a label in centimetres."""
    if not isinstance(content, str):
        return EM * width(_formula(content, writing))
    return EM * sum(width(part.text) if part.is_math else LETTER * len(part.text)
                    for part in segments(content))


def _height(content: Content, writing: Writing) -> float:
    """Estimate the height of a label in centimetres: rows of a matrix, a fraction."""
    latex = "" if isinstance(content, str) else _formula(content, writing)
    return HEIGHT * max(1 + latex.count(r"\\"), 1 + ("frac" in latex))


def _formula(content: Expr | Sentence, writing: Writing) -> str:
    if isinstance(content, Sentence):
        return in_display(content, writing)
    return writing.formula(content)


def _set(content: Content, writing: Writing) -> str:
    if isinstance(content, Sentence):
        return running(content, writing)
    if isinstance(content, Expr):
        return writing.inline(writing.formula(content))
    return phrase(content, writing)


def _widest(drawing: Drawing) -> float:
    """Return how wide a drawing may be so that it is not too tall for a page either."""
    return min(WIDEST, drawing.width * TALLEST / drawing.height)


def as_tikz(exhibit: Exhibit, writing: Writing) -> str:
    drawing = layout(exhibit, writing)
    return tikz(drawing, lambda content: _set(content, writing), _widest(drawing))


def as_typst(exhibit: Exhibit, writing: Writing) -> str:
    drawing = layout(exhibit, writing)
    return typst(drawing, lambda content: _set(content, writing), _widest(drawing),
                 description(exhibit, writing))


def as_svg(exhibit: Exhibit, writing: Writing) -> str:
    """Draw a figure whose labels are plain text, for wherever SVG may stand."""
    return svg(layout(exhibit, writing), in_text(partial(_as_text, writing), partial(
        _rows, writing)), description(exhibit, writing))


def _rows(writing: Writing, content: Content) -> Rows:
    return () if isinstance(content, str) else rows_of(_formula(content, writing))


def _as_text(writing: Writing, content: Content, size: float) -> str:
    if isinstance(content, str):
        return "".join(svg_text(part.text, size) if part.is_math else escape(part.text)
                       for part in segments(content))
    return svg_text(_formula(content, writing), size)


def as_svg_in_page(exhibit: Exhibit, writing: Writing) -> str:
    """Draw a figure whose labels are set as the page sets formulas and words.

    It gets smaller where the page is narrow, but not so small that its labels could not be read:
    then it scrolls in a box of its own.
    """
    drawing = layout(exhibit, writing)
    drawn = svg(drawing, in_html(lambda content: _set(content, writing)),
                description(exhibit, writing), least := round(SMALLEST * drawing.width * UNIT))
    return f'<div class="scrolls" tabindex="0">\n{drawn}\n</div>' if least > PHONE else drawn


@singledispatch
def description(exhibit: Exhibit, writing: Writing) -> str:
    """Say in plain characters what a figure shows, for who does not see it."""
    raise TypeError(f"no description of {type(exhibit).__name__}")


@description.register(Plot)
def _(exhibit: Plot, writing: Writing) -> str:
    curves = ", ".join(_read_out(curve.label, writing) for curve in exhibit.curves)
    return f"Plot of {curves} against {_read_out(exhibit.across, writing)}"


@description.register(Boxes)
def _(exhibit: Boxes, writing: Writing) -> str:
    labels = (_read_out(label, writing) for label in _labels(exhibit.diagram).values())
    return f"Diagram of {', '.join(labels)}"


@description.register(Network)
def _(exhibit: Network, writing: Writing) -> str:
    labels = (_read_out(vertex.shown, writing) for vertex in exhibit.vertices)
    return f"What reads what among {', '.join(labels)}"


def _read_out(content: Content, writing: Writing) -> str:
    """Write a label in plain characters, its formula as it looks."""
    if isinstance(content, str):
        return plain(content)
    return in_line(_formula(content, writing))


@singledispatch
def in_characters(exhibit: Exhibit, writing: Writing) -> str:
    """Return a figure in characters of one width."""
    raise TypeError(f"no figure in characters of {type(exhibit).__name__}")


@in_characters.register(Plot)
def _(exhibit: Plot, writing: Writing) -> str:
    return plot_in_characters(exhibit, lambda content: _said(content, writing))


@in_characters.register(Boxes)
def _(exhibit: Boxes, writing: Writing) -> str:
    return boxes_in_characters(exhibit.diagram, {
        box: _said(label, writing) for box, label in _labels(exhibit.diagram).items()})


@in_characters.register(Network)
def _(exhibit: Network, writing: Writing) -> str:
    return network_in_characters(exhibit, lambda content: _read_out(content, writing))


def _said(content: Content, writing: Writing) -> str:
    """Write a label in plain characters."""
    if isinstance(content, Symbol):
        return write_plain.plain(writing.formula(content))
    return write(content) if isinstance(content, Expr) else _read_out(content, writing)
