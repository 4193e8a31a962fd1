"""Pictures of models: everything is in them, nothing overlaps, and ways are those of the engine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path as File
from xml.etree import ElementTree

import pytest
from conftest import ROOT

import derive
from derive.errors import DeriveError
from derive.expr.nodes import Symbol
from derive.expr.walk import refs
from derive.formats import latex, typst
from derive.formats.figures.bounds import corners
from derive.formats.figures.drawing import Box, Drawing, Label, Path, Place
from derive.formats.figures.frames import frames_of
from derive.formats.figures.layers import layered, spread
from derive.formats.figures.sketch import (
    _height,
    _measure,
    as_svg,
    as_tikz,
    as_typst,
    in_characters,
    layout,
)
from derive.formats.figures.steps_rows import Rows
from derive.formats.picture import network
from derive.question.catalogue import names
from derive.question.question import Question
from derive.solution.pictures.flow import on_a_way
from derive.solution.pictures.network import Network
from derive.solution.pictures.quantities import quantity_graph
from derive.solution.pictures.unrolled import _Unrolled, unrolled
from derive.solution.solve import posed
from derive.solution.solver import Solver
from derive.solution.ways import some_paths
from derive.solution.words import Sentence
from derive.syntax.write_text import write

BUILT_IN = [name for name in names() if not name.startswith("set_")]
FILES = sorted((ROOT / "tests" / "questions").glob("*.yaml"))


@cache
def source(name: str | File) -> Question:
    found = derive.load(name).source
    assert isinstance(found, Question)
    return found


def drawn(question: Question) -> Iterator[Network]:
    """Yield the graph of a model, and its recurrence unrolled if it has one."""
    model = Solver(question).model
    if model.equations:
        yield quantity_graph(question, model)
        if question.indices:
            yield unrolled(question, model)


@pytest.mark.parametrize("name", [*BUILT_IN, *FILES], ids=str)
def test_everything_stands_in_its_picture_and_nothing_overlaps(name: str | File) -> None:
    question = source(name)
    writing = latex.writing(posed(question))
    for found in drawn(question):
        shown = {ref.family for v in found.vertices if not isinstance(v.shown, str)
                 for ref in refs(v.shown)}
        assert shown == {ref.family for e in Solver(question).model.equations
                         for ref in (e.target, *refs(e.rhs))}
        drawing = layout(found, writing)
        sizes = {v.shown: (_measure(v.shown, writing), _height(v.shown, writing))
                 for v in found.vertices}
        boxes = [item for item in drawing.items if isinstance(item, Box)]
        labels = [item for item in drawing.items if isinstance(item, Label)]
        assert not [pair for pair in combinations(boxes, 2) if overlap(*map(inside, pair))]
        for label in labels:
            if label.content in sizes and label.side == "centre":
                around = list(corners(label, sizes.__getitem__))
                assert is_dots(label) or any(
                    all(within(place, box) for place in around) for box in boxes)
        for path in (item for item in drawing.items if isinstance(item, Path)):
            crossed = [box for box in boxes if any(strictly(place, box) for place in points(path))]
            assert path.tone == "grey" or not crossed, (path, crossed)
        assert_every_hand(found, question, drawing, len(labels))


def is_dots(label: Label) -> bool:
    return isinstance(label.content, str)


def inside(box: Box) -> tuple[float, float, float, float]:
    (x, y), w, h = box.at, box.width / 2, box.height / 2
    return x - w, y - h, x + w, y + h


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return (min(a[2], b[2]) - max(a[0], b[0]) > 1e-6) and (
        min(a[3], b[3]) - max(a[1], b[1]) > 1e-6)


def within(place: Place, box: Box) -> bool:
    left, low, right, high = inside(box)
    return left - 1e-6 <= place[0] <= right + 1e-6 and low - 1e-6 <= place[1] <= high + 1e-6


def assert_every_hand(found: Network, question: Question, drawing: Drawing, labels: int) -> None:
    """Each hand writes every item; characters say the name of every quantity."""
    solved = posed(question)
    tikz, svg = (hand(found, latex.writing(solved)) for hand in (as_tikz, as_svg))
    assert tikz.count(r"\node") == labels
    root = ElementTree.fromstring(svg)
    assert len([node for node in root if node.tag.endswith("text")]) == labels
    assert len(root) == len(drawing.items) + 1
    assert as_typst(found, typst.writing(solved)).count("#figure-label") == labels
    assert not re.search(r"nan|inf\b", tikz)
    text = in_characters(found, latex.writing(solved))
    boxed = len(re.findall(r"\[[^\[\]]", text.split("\n\n")[0]))
    assert boxed >= len([v for v in found.vertices if v.role != "dots"])


def strictly(place: Place, box: Box) -> bool:
    left, low, right, high = inside(box)
    return left + 0.02 < place[0] < right - 0.02 and low + 0.02 < place[1] < high - 0.02


def points(path: Path) -> Iterator[Place]:
    """Yield places along a path."""
    if path.curved:
        a, b, c, d = path.places
        for k in range(41):
            t = k / 40
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3)
            yield (sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)),
                   sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)))
        return
    for (x0, y0), (x1, y1) in zip(path.places, path.places[1:], strict=False):
        for k in range(41):
            yield x0 + (x1 - x0) * k / 40, y0 + (y1 - y0) * k / 40


# ---- the ways of a derivative


@pytest.mark.parametrize("name", [*BUILT_IN, *FILES], ids=str)
def test_ways_are_those_that_the_engine_multiplies(name: str | File) -> None:
    question = source(name)
    solver = Solver(question)
    if not solver.numeric or not solver.tops:
        return
    pairs = [(write(a), write(b)) for (a, b), flows in
             _Unrolled(question, solver.named, {}, frozenset()).pairs.items() if flows]
    for part in question.parts:
        for request in part.sweeps:
            for top, bottom in solver.instances(request)[:3]:
                if bottom is None or not solver.depends(top, bottom.name):
                    continue
                try:
                    ways = some_paths(solver.adjoint(top), bottom)
                except DeriveError:
                    continue
                drawn_ways = on_a_way(pairs, [write(bottom)], [write(top)])
                told = set()
                for edge in {edge for way in ways for edge in way}:
                    ends = write(edge.target), write(edge.source)
                    told |= ({ends} if ends in drawn_ways
                             else on_a_way(pairs, [ends[0]], [ends[1]]))
                assert drawn_ways == told, (write(top), write(bottom))


def test_the_path_of_a_state_goes_through_what_follows_it() -> None:
    found, _ = network(source("q3"), "path", "dL/dh[1]")
    lit = {(link.start, link.end) for link in found.links if link.lit}
    assert lit == {("h[1]", "yhat[1]"), ("yhat[1]", "l[1]"), ("l[1]", "L"), ("h[1]", "hbar[2]"),
                   ("hbar[2]", "h[2]"), ("h[2]", "yhat[2]"), ("yhat[2]", "l[2]"), ("l[2]", "L")}


# ---- steps


def test_fifty_steps_are_shown_by_the_first_and_the_last() -> None:
    found = unrolled(source(ROOT / "tests" / "questions" / "long_rnn.yaml"),
                     Solver(source(ROOT / "tests" / "questions" / "long_rnn.yaml")).model)
    assert {"h[1]", "h[2]", "h[50]"} <= set(found.named)
    assert "h[25]" not in found.named
    assert [v for v in found.vertices if v.role == "dots"]


def test_a_symbolic_length_is_counted_from_both_ends() -> None:
    found, _ = network(source(ROOT / "tests" / "questions" / "symbolic_rnn.yaml"), "path",
                       "dL/dh[t]")
    said = {write(v.shown) for v in found.vertices if not isinstance(v.shown, str)}
    assert {"h[1]", "h[t]", "h[t+1]", "h[T]"} <= said


# ---- large graphs


def said_together(name: str) -> tuple[Network, set[tuple[str, ...]]]:
    """A graph, and what each box names."""
    found, _ = network(source(ROOT / "tests" / "questions" / name), "graph")
    return found, {tuple(map(write, v.shown.parts)) if isinstance(v.shown, Sentence)
                   else (v.name,) for v in found.vertices}


def test_layers_of_a_large_graph_stand_in_a_box_each() -> None:
    found, boxes = said_together("cells_stacked_lstm.yaml")
    assert found.merged
    assert len(boxes) == len(found.vertices) <= 24
    assert {("h[t]", "c[t]"), ("k[t]", "d[t]"), ("L",), ("x[t]",), ("h[t-1]",)} <= boxes
    assert not {("f_1[t]",), ("h[0]",)} & boxes
    links = {(link.start, link.end) for link in found.links}
    assert {("c[t]", "d[t]"), ("d[t]", "L"), ("x[t]", "c[t]"), ("k[t-1]", "d[t]")} <= links
    named = [name for names in boxes for name in names]
    assert len(named) == len(set(named))
    assert {name for name in named if name.startswith(("W_", "U_", "b_", "p_"))} == {
        ref.name for e in source(ROOT / "tests" / "questions" / "cells_stacked_lstm.yaml").equations
        for ref in refs(e.rhs) if ref.family.startswith(("W_", "U_", "b_", "p_"))}


def test_a_layer_of_many_equations_is_drawn_in_stages() -> None:
    """One box for a normalisation, one for each head: what only one of them reads goes in."""
    found, boxes = said_together("cells_transformer.yaml")
    made = {v.name for v in found.vertices if v.role == "defined"}
    assert made == {"N_1", "H_1", "H_2", "R", "F", "Y", "L"}
    assert {("W_Q_1", "W_K_1", "W_V_1"), ("gamma_1", "beta_1"), ("R",)} <= boxes
    links = {(link.start, link.end): link for link in found.links}
    assert links["gamma_2", "F"].shape is None
    assert links["N_1", "H_2"].shape is not None
    assert {start for start, end in links if end == "N_1"} == {"X", "gamma_1"}


def test_members_beside_one_another_stand_in_their_order() -> None:
    found, solved = network(source(
        ROOT / "tests" / "questions" / "cells_seq2seq_attention.yaml"), "unrolled")
    writing = latex.writing(solved)
    frames = frames_of(found, lambda text: (_measure(text, writing), _height(text, writing)))
    rows = Rows(found, frames).layers.rows
    for family in ("e", "u", "a"):
        own = [name for row in rows for name in row if name.startswith(f"{family}[")]
        assert own == [f"{family}[{s}] at steps" for s in (1, 2, 3)]


def test_what_stands_out_keeps_its_box() -> None:
    found, _ = network(source(ROOT / "tests" / "questions" / "pictures_large.yaml"), "graph",
                       "dL/dW_z_1")
    assert found.named["W_z_1"].lit
    assert isinstance(found.named["W_z_1"].shown, Symbol)
    assert ("W_z_1", "z_1[t]") in {(link.start, link.end) for link in found.links if link.lit}


def test_a_small_graph_stays_as_it_is() -> None:
    question = source("lstm_cell")
    assert network(question, "graph")[0] == quantity_graph(question, Solver(question).model)


def test_a_matrix_is_drawn_within_its_box() -> None:
    """Every text of a standalone picture with values lies in a frame, by a wide estimate."""
    found, solved = network(source("q3"), "unrolled", values=True)
    root = ElementTree.fromstring(as_svg(found, latex.writing(solved)))
    svg = "{http://www.w3.org/2000/svg}"
    frames = [[float(node.get(key, 0)) for key in ("x", "y", "width", "height")]
              for node in root.iter(f"{svg}rect")]
    texts = list(root.iter(f"{svg}text"))
    assert len(texts) > 100
    for node in texts:
        half = 0.25 * float(node.get("font-size", 0)) * len("".join(node.itertext()))
        x, y = float(node.get("x", 0)), float(node.get("y", 0))
        assert any(left < x - half and x + half < left + width and top < y < top + height
                   for left, top, width, height in frames), "".join(node.itertext())


# ---- numbers


def test_boxes_say_values_and_derivatives() -> None:
    question = source(ROOT / "tests" / "questions" / "mlp.yaml")
    found, _ = network(question, of="L", values=True, gradients=True)
    assert all(len(v.notes) == 2 for v in found.vertices)


def test_shared_weights_say_their_derivatives_at_the_side() -> None:
    question = source("scalar_rnn")
    found, solved = network(question, "unrolled", "L", values=True, gradients=True)
    drawing = layout(found, latex.writing(solved))
    labels = [item.content for item in drawing.items if isinstance(item, Label)]
    assert all(note in labels for v in found.vertices for note in v.notes)
    boxes = [item for item in drawing.items if isinstance(item, Box)]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*map(inside, pair))]


@pytest.mark.parametrize(("words", "message"), [
    ({"kind": "path"}, "which derivative"),
    ({"kind": "graph", "values": True}, "unrolled"),
    ({"kind": "unrolled", "gradients": True}, "gradients of what"),
    ({"kind": "path", "of": "dL/dhh[1]"}, "hh"),
    ({"kind": "tree"}, "graph"),
    ({"format": "gif"}, "svg"),
])
def test_what_cannot_be_drawn_is_refused_in_words(words: dict[str, str], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        derive.load("q3").picture(**words)


@pytest.mark.parametrize("name", ["set_a", "rnn_essays"])
def test_a_picture_needs_one_model(name: str) -> None:
    with pytest.raises(DeriveError):
        derive.load(name).picture()


# ---- layers


def test_places_are_the_nearest_ones_in_order() -> None:
    assert spread([0.0, 0.0, 5.0], [1.0, 1.0]) == pytest.approx([-0.5, 0.5, 5.0])
    assert spread([3.0, 0.0], [1.0]) == pytest.approx([1.0, 2.0])


def test_crossings_that_need_not_be_are_not_there() -> None:
    sizes = dict.fromkeys(["a", "b", "c", "x", "y", "z"], 1.0)
    layers = layered(sizes, [("a", "z"), ("b", "y"), ("c", "x")], 0.5)
    first, second = layers.rows
    assert [{"a": "z", "b": "y", "c": "x"}[name] for name in first] == list(second)


def test_the_same_picture_everywhere() -> None:
    command = [sys.executable, "-m", "derive", "picture", "lstm_cell", "-o", "-"]
    pages = {subprocess.run([*command, "--kind", "unrolled"], capture_output=True, check=True,
                            env={**os.environ, "PYTHONHASHSEED": seed}).stdout
             for seed in ("1", "2")}
    assert len(pages) == 1
