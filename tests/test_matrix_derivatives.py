"""Derivatives by vectors and matrices against reference tables: their form, and their values.

The table is `matrix_derivatives.txt`: what is asked, and how The Matrix Cookbook (Petersen and
Pedersen) and Magnus and Neudecker print the answer. Every question is solved at random sizes with
all its checks; where a number is differentiated, the expected text is also evaluated by NumPy and
compared with central differences of what was asked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import derive
from derive.syntax.write_text import write

SYMBOLS = ("x: n, y: n, a: n, b: n, A: n x n, B: n x n, C: n x n, X: n x n, S: n x n, R: m x n, "
           "P: n x m, Q: m x n, c: scalar, s: scalar, n: dimension, m: dimension")
ROWS = [tuple(map(str.strip, line.split("|"))) for line in (
    Path(__file__).with_name("matrix_derivatives.txt").read_text().splitlines())
    if line and not line.startswith("#")]
IDS = [f"{find} {model}".strip() for find, _, model, _ in ROWS]
STEP = 1e-6


def _solution(find: str, fact: str, model: str, **options: Any) -> Any:
    text = f"symbols: {{{SYMBOLS}}}\nassume: [{fact}]\n"
    if model:
        text += "model: |\n" + "".join(f"  {line.strip()}\n" for line in model.split(";"))
    return derive.Question.from_text(f'{text}parts: [{{find: "{find}"}}]').solve(**options)


def test_the_table_is_long() -> None:
    assert len(ROWS) >= 100


@pytest.mark.parametrize(("find", "fact", "model", "expected"), ROWS, ids=IDS)
def test_the_answer_is_that_of_the_table(find: str, fact: str, model: str, expected: str) -> None:
    solution = _solution(find, fact, model)
    assert [check for check in solution.checks if not check.ok] == []
    assert {"line", "gradient"} <= {check.kind for check in solution.checks}
    answers = [line for part in solution.solved.parts for step in part.steps if step.answer
               for line in step.lines]
    assert write(answers[-1].right) == expected


@pytest.mark.parametrize("row", ROWS[::6], ids=IDS[::6])
def test_rows_survive_their_checks(row: tuple[str, ...]) -> None:
    solution = _solution(*row[:3], layout="jacobian")
    assert [check for check in solution.checks if not check.ok] == []


# ---- central differences of the text itself, in NumPy

NAMES: dict[str, Any] = {
    "trace": np.trace, "det": np.linalg.det, "inv": np.linalg.inv, "exp": np.exp, "log": np.log,
    "logdet": lambda m: np.linalg.slogdet(m)[1], "norm": np.linalg.norm, "sum": np.sum,
    "mean": np.mean, "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "diag": np.diag,
    "outer": np.outer, "eye": np.eye, "ones": np.ones, "matrix_power": np.linalg.matrix_power,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "softmax": lambda z: np.exp(z) / np.sum(np.exp(z)),
    "logsumexp": lambda z: np.log(np.sum(np.exp(z))), "relu": lambda z: np.maximum(z, 0),
    "sin": np.sin, "cos": np.cos, "step": lambda z: (z > 0) * 1.0, "zeros": np.zeros,
    "cross_entropy": lambda y, p: -np.sum(y * np.log(p)),
    "binary_cross_entropy": lambda y, p: -y * np.log(p) - (1 - y) * np.log(1 - p),
}
PLAIN = [(re.fullmatch(r"d\((.*)\)/d(\w+)", find), *rest) for find, *rest in ROWS
         if "/d" not in find[2:-4] and not rest[1]]
NUMBERS = [(found[1], found[2], fact, expected) for found, fact, _, expected in PLAIN
           if found and "[k]" not in expected]


def _drawn(fact: str) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    vectors = {name: rng.uniform(0.2, 1.5, 3) for name in "xyab"}
    matrices = {name: rng.uniform(-1, 1, (3, 3)) + 2 * np.eye(3) for name in "ABCXS"}
    rectangles = {"R": rng.uniform(-1, 1, (2, 3)), "P": rng.uniform(-1, 1, (3, 2)),
                  "Q": rng.uniform(-1, 1, (2, 3))}
    found = {**vectors, **matrices, **rectangles, "c": 0.7, "s": 0.3, "n": 3, "m": 2}
    for name in re.findall(r"(\w) == \1\.T", fact):
        found[name] = found[name] + found[name].T
    if "sum(y)" in fact:
        found["y"] = found["y"] / found["y"].sum()
    return found


def _value(text: str, values: dict[str, Any]) -> Any:
    return eval(text, {"__builtins__": {}}, NAMES | values)  # noqa: S307 - our own table


@pytest.mark.parametrize(("top", "bottom", "fact", "expected"), NUMBERS,
                         ids=[f"{n[0]} by {n[1]}" for n in NUMBERS])
def test_the_table_agrees_with_central_differences(top: str, bottom: str, fact: str,
                                                   expected: str) -> None:
    values = _drawn(fact)
    ours = np.asarray(_value(expected, values), dtype=float)
    slopes = []
    for cell in np.ndindex(np.shape(values[bottom])):
        ends = []
        for sign in (1, -1):
            moved = np.array(values[bottom], dtype=float)
            moved[cell] += sign * STEP
            ends.append(np.asarray(_value(top, values | {bottom: moved})))
        slopes.append((ends[0] - ends[1]) / (2 * STEP))
    stacked = np.stack(slopes, axis=-1)
    theirs = stacked.reshape(stacked.shape[:-1] + np.shape(values[bottom]))
    assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-6)


def test_nothing_is_differentiated_by_an_expression() -> None:
    with pytest.raises(derive.errors.DeriveError, match="is an expression"):
        _solution("d(x.T @ A @ x)/d(x + a)", "", "")
