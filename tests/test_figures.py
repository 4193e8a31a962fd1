"""Plots and diagrams: axes, one layout in three hands, and what has no place in a plot."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st

import derive
from derive.errors import DeriveError
from derive.formats.figures.drawing import Box, Drawing, Label, Mark, Path
from derive.formats.figures.plot import DASHES, SIGNS
from derive.formats.figures.scales import digits, linear, logarithmic, said
from derive.formats.figures.sketch import as_svg, as_tikz, in_characters, layout
from derive.formats.figures.svg import MARKS as SVG_MARKS
from derive.formats.figures.tikz import MARKS as TIKZ_MARKS
from derive.formats.latex import writing as _writing
from derive.solution.exhibits import Boxes, Exhibit, Plot
from derive.syntax.write_latex import write

QUESTIONS = ROOT / "tests" / "questions"
SIZES = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-9)


def exhibits(name: str) -> list[tuple[Exhibit, derive.Solution]]:
    solution = derive.load(QUESTIONS / f"{name}.yaml").solve()
    return [(e, solution) for part in solution.solved.parts for step in part.steps
            for e in step.exhibits if isinstance(e, Boxes | Plot)]


DRAWN = [pair for name in ("figures", "drawn", "plot_losses", "plot_norms")
         for pair in exhibits(name)]


# ---- axes


@given(st.lists(SIZES, min_size=1, max_size=8))
def test_an_axis_holds_its_values_and_its_steps_are_nice(values: list[float]) -> None:
    low, high = min(values), max(values)
    assume(low == high or high - low > 1e-6 * max(abs(low), abs(high)))
    axis = linear(values)
    shares = [axis.share(value) for value in values]
    assert min(shares) >= -1e-9
    assert max(shares) <= 1 + 1e-9
    shown = [Fraction(text) for _, text in axis.ticks]
    steps = {b - a for a, b in pairwise(shown)}
    assert len(steps) == 1
    assert str(steps.pop().limit_denominator(10 ** 12) * 10 ** 15).strip("0") in ("1", "2", "5")
    assert 2 <= len(axis.ticks) <= 10


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=8))
def test_a_logarithmic_axis_runs_over_powers_of_ten(values: list[float]) -> None:
    axis = logarithmic(values)
    assert all(-1e-9 <= axis.share(value) <= 1 + 1e-9 for value in values)
    assert all(re.fullmatch(r"1|10|1e-?\d+", text) for _, text in axis.ticks)
    assert all(float(text) == pytest.approx(value) for value, text in axis.ticks)


@pytest.mark.parametrize(("value", "step", "shown"), [
    (Fraction(1, 2), Fraction(1, 2), "0.5"), (Fraction(1), Fraction(1, 2), "1.0"),
    (Fraction(-3), Fraction(1), "-3"), (Fraction(0), Fraction(1, 10 ** 6), "0"),
    (Fraction(3, 10 ** 6), Fraction(1, 10 ** 6), "3e-6"), (Fraction(2500000), Fraction(500000),
                                                             "2.5e6"),
    (Fraction(-1, 20), Fraction(1, 20), "-0.05"),
])
def test_ticks_show_their_value(value: Fraction, step: Fraction, shown: str) -> None:
    assert digits(value, step) == shown
    assert Fraction(shown) == value


def test_a_power_of_ten_is_written_as_one() -> None:
    assert write(said("1e-3")) == "10^{-3}"
    assert write(said("-0.5")) == "-0.5"


# ---- one layout, several hands


@pytest.mark.parametrize("pair", DRAWN)
def test_everything_lies_within_the_drawing(pair: tuple[Exhibit, derive.Solution]) -> None:
    drawing = layout(pair[0], _writing(pair[1].solved))
    assert isinstance(drawing, Drawing)
    for item in drawing.items:
        places = item.places if isinstance(item, Path) else (item.at,)
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in places)
    assert {type(item) for item in drawing.items} >= (
        {Path, Mark, Label} if isinstance(pair[0], Plot) else {Box, Label})


@pytest.mark.parametrize("pair", DRAWN)
def test_each_hand_draws_every_item(pair: tuple[Exhibit, derive.Solution]) -> None:
    exhibit, writing = pair[0], _writing(pair[1].solved)
    items = layout(exhibit, writing).items
    tikz, svg = as_tikz(exhibit, writing), as_svg(exhibit, writing)
    assert tikz.count("\n") == len(items) + 1
    root = ElementTree.fromstring(svg)
    drawn = [node for node in root if not node.tag.endswith(("defs", "title"))]
    assert len(drawn) == len(items)
    assert len([node for node in drawn if node.tag.endswith("text")]) == sum(
        isinstance(item, Label) for item in items)
    assert not re.search(r"nan|inf\b|\d\.\d{4}", tikz + svg)


def test_curves_differ_without_colour() -> None:
    assert len(set(zip(DASHES, SIGNS, strict=True))) == len(DASHES)
    assert set(SIGNS) == set(TIKZ_MARKS) == set(SVG_MARKS)


def test_a_plot_in_characters_has_a_sign_for_every_curve() -> None:
    exhibit, solution = exhibits("plot_norms")[0]
    text = in_characters(exhibit, _writing(solution.solved))
    area, legend = text.rsplit("\n\n", 1)
    assert legend == "* norm(dh[n]/dh[0], 2)   o sigma_max(W)**n"
    assert area.count("*") + area.count("o") <= 40
    assert area.count("*") >= 18
    assert max(map(len, area.split("\n"))) <= 75


def test_arrows_of_a_figure_may_be_dashed_named_and_without_a_head() -> None:
    text = derive.Question.from_text("""parts:
  - figure:
      rows: |
        a  b
        c  d
      arrows: |
        a -> b: $W$
        c ..> d
        a -- c
        b -> c -> b
""").solve().render("markdown").split("```")[1].strip("\n")
    assert text.split("\n") == ["[a] ─ W ─→ [b]", " │", "[c] ┄┄┄┄┄→ [d]",
                                "and b → c, c → b"]


# ---- plots that are refused

FILE = """index: {{k: 0..4}}
given: {{h: {{-1: [1, 0]}}, A: [[1, 0], [0, 0]]}}
model: |
  h[k] = A @ h[k-1]
  z[k] = k - 2
  L = sum(z[k], k)
parts: [{{plot: {}}}]
"""


@pytest.mark.parametrize(("typed", "message"), [
    ("{y: 'h[k]'}", "`h[k]` is not a number at each point (draw an entry"),
    ("{x: k}", "`y` is missing in the plot"),
    ("{y: L}", "a plot goes over one index, but no index stands in it"),
    ("{y: 'z[k]', over: j}", "`j` is not an index"),
    ("{y: 'z[k]', logarithmic: z}", "`z` is not an axis"),
    ("{y: 'z[k]', labels: [a, b]}", "2 labels for 1 curves"),
    ("{y: 'z[k]', colour: red}", "unknown key `colour` in a plot"),
    ("{y: [k, k, k, k, k, k, k]}", "a plot shows at most 6 curves"),
    ("{x: [k, k], y: k}", "one quantity goes along the horizontal axis"),
    ("{y: 'zz[k]'}", "unknown name `zz`"),
])
def test_what_is_wrong_with_a_plot_has_its_place(typed: str, message: str) -> None:
    with pytest.raises(DeriveError, match=rf"^question:\d+:\d+: .*{re.escape(message)}"):
        derive.Question.from_text(FILE.format(typed))


def test_zero_has_no_place_on_a_logarithmic_axis() -> None:
    with pytest.raises(DeriveError, match=r"`z\[k\]` is -2 at k = 0, .* on a logarithmic axis"):
        derive.Question.from_text(FILE.format("{y: 'z[k]', logarithmic: y}")).solve()


def test_points_are_judged_by_the_oracle() -> None:
    solution = derive.Question.from_text(FILE.format("{y: 'norm(dh[k]/dh[0])'}")).solve()
    assert [c.ok for c in solution.checks if c.kind == "plot"] == [True, True]
