"""The exam question q3 against printed answers, an independent script, and every way to ask."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from bptt import bptt, forward
from conftest import ROOT

import derive

TEXT = (ROOT / "derive" / "questions" / "q3.yaml").read_text(encoding="utf-8")
EXTRA = ("dL/dW", "dL/db", "dL/dc", "dL/dx[0]")

NUMBERS = {
    "W": np.array([[1, 0, -1], [2, 1, 0], [-1, 2, 1.0]]),
    "U": np.array([[1, 2, 3], [-1, 0, 1], [2, -1, 0.0]]),
    "b": np.array([0, 1, -1.0]),
    "V": np.array([[2, -1, 0], [1, 1, -1], [-1, 2, 1.0]]),
    "c": np.array([1, 1, 0.0]),
    "x": np.array([[1, -1, 0], [-1, 1, 0], [1, 1, 0.0]]),
    "y": np.eye(3)[[2, 1, 2]],
    "h0": np.zeros(3),
}

# nine digits each, worked out by other people with other tools
PRINTED: dict[str, Any] = {
    "h[0]": [-0.761594156, 0, 0.964027580],
    "h[1]": [-0.620379464, 0.443686568, -0.979060839],
    "h[2]": [0.997583475, -0.662396874, 0.484380431],
    "yhat[0]": [0.0885489126, 0.0723215147, 0.839129573],
    "yhat[1]": [0.0610242609, 0.733688788, 0.205286951],
    "yhat[2]": [0.939403346, 0.0567404456, 0.00385620802],
    "l[0]": 0.175390147, "l[1]": 0.309670335, "l[2]": 5.55807096, "L": 2.01437715,
    "dL/dh[1]": [-0.918854987, -1.04732498, -0.11613521],
    "dL/dV": [[0.277278907, -0.198394065, 0.160215243],
              [0.0555792316, -0.0519144672, 0.119312925],
              [-0.332858139, 0.250308532, -0.279528168]],
    "dL/dU": [[-0.314509073, 0.323943667, 0], [-0.66011786, -0.415555178, 0],
              [-0.229703542, -0.30753106, 0]],
}


@cache
def expected() -> dict[str, Any]:
    """All values of the question, keyed as one types them, by the independent script."""
    values, slopes = forward(NUMBERS), bptt(NUMBERS)
    found: dict[str, Any] = {"L": values["L"]}
    for t in range(3):
        found |= {f"{name}[{t}]": values[name][t] for name in ("hbar", "yhat", "l")}
        found[f"h[{t}]"] = values["h"][t + 1]
    found |= {f"dL/d{name}": slopes[name] for name in "WUbVc"}
    return found | {"dL/dh[1]": slopes["h"][2], "dL/dx[0]": slopes["x"][0]}


def with_more(form: str = "recurrence", mode: str = "significant") -> str:
    """The question with more asked for, in another form."""
    more = ", ".join(f'"{key}"' for key in EXTRA)
    text = TEXT.replace('find: "dL/dh[1]"', f'find: "dL/dh[1]"\n    form: {form}')
    text = text.replace("find: dL/dh[1]", f'find: "dL/dh[1]"\n    form: {form}')
    assert f"form: {form}" in text
    return text.replace("mode: significant", f"mode: {mode}") + (
        f'\n  - {{label: "more", find: [{more}]}}\n')


@cache
def solved(form: str = "recurrence", mode: str = "significant", **chosen: Any) -> derive.Solution:
    return derive.Question.from_text(with_more(form, mode), "q3").solve(**chosen)


def failed(solution: derive.Solution) -> list[Any]:
    return [c for c in solution.checks if not c.ok]


@pytest.mark.parametrize("key", PRINTED)
def test_the_script_gives_what_is_printed(key: str) -> None:
    np.testing.assert_allclose(expected()[key], PRINTED[key], rtol=5e-9, atol=5e-10)


@pytest.mark.parametrize("key", [k for k in expected() if k not in EXTRA])
def test_values_are_those_of_the_script(key: str) -> None:
    np.testing.assert_allclose(_plain()[key], expected()[key], rtol=1e-12, atol=1e-13)


@cache
def _plain() -> derive.Solution:
    return derive.load("q3").solve()


@pytest.mark.parametrize("key", EXTRA)
def test_what_a_copy_of_the_file_asks_for(key: str) -> None:
    np.testing.assert_allclose(solved()[key], expected()[key], rtol=1e-12, atol=1e-13)


def test_json_holds_every_value() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "derive", "render", "q3", "--format", "json", "-o", "-"],
        cwd=ROOT, capture_output=True, text=True, check=True)
    values = json.loads(done.stdout)["values"]
    asked = {key for key in expected() if key not in EXTRA}
    assert asked <= set(values)
    for key in asked:
        np.testing.assert_allclose(values[key], expected()[key], rtol=1e-9, atol=1e-12)
        assert np.shape(values[key]) == np.shape(expected()[key])


@pytest.mark.parametrize("carry", ["exact", "rounded"])
@pytest.mark.parametrize("form", ["recurrence", "paths", "both"])
@pytest.mark.parametrize("layout", ["gradient", "jacobian"])
def test_every_way_to_ask_survives_its_checks(layout: str, form: str, carry: str) -> None:
    solution = solved(form, layout=layout, carry=carry)
    assert failed(solution) == []
    kinds = {c.kind for c in solution.checks}
    assert {"line", "gradient", "unrolled", "digits"} <= kinds
    for detail in ("brief", "normal", "full"):
        assert solution.render("latex", detail=detail)


@pytest.mark.parametrize("mode", ["significant", "decimal"])
@pytest.mark.parametrize("carry", ["exact", "rounded"])
@pytest.mark.parametrize("digits", range(2, 9))
def test_every_number_of_digits_survives_its_checks(digits: int, carry: str, mode: str) -> None:
    if (digits, carry, mode) == (2, "rounded", "decimal"):  # yhat = 0.00, of which a log is taken
        with pytest.raises(derive.DeriveError, match=r"l\[2\]`: .*log.*more digits"):
            solved("both", mode, digits=digits, carry=carry)
        return
    solution = solved("both", mode, digits=digits, carry=carry)
    assert failed(solution) == []
    assert solution.render("markdown", detail="full")


@pytest.mark.parametrize("digits", range(3, 9))
def test_rounding_by_hand_stays_near_the_truth(digits: int) -> None:
    rounded = solved("both", digits=digits, carry="rounded")
    for key, value in expected().items():
        np.testing.assert_allclose(rounded[key], value, atol=100 * 10.0**-digits)


def test_layout_changes_the_page_and_no_value() -> None:
    columns, rows = solved(layout="gradient"), solved(layout="jacobian")
    assert columns.render("markdown") != rows.render("markdown")
    for key in expected():
        np.testing.assert_array_equal(columns[key], rows[key])
