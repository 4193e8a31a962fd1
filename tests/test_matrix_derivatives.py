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

SHAPES = dict(
    dict.fromkeys("xyabuvw", "n"), **dict.fromkeys("ABCDXSWV", "n x n"), R="m x n", P="n x m",
    Q="m x n", c="scalar", s="scalar", lam="scalar", n="dimension", m="dimension")
ROWS = [tuple(map(str.strip, f"{line}|".split("|")[:5])) for line in (
    Path(__file__).with_name("matrix_derivatives.txt").read_text().splitlines())
    if line and not line.startswith("#")]
IDS = [" ".join(filter(None, (find, model, fact, more))) for find, fact, model, _, more in ROWS]
STEP = 1e-6


def _shapes(model: str, more: str) -> dict[str, str]:
    """Return what is declared: the usual letters, others for this row, and not what is defined."""
    own = dict(map(str.strip, pair.split(":")) for pair in more.split(",") if pair)
    defined = {line.split("=")[0].strip() for line in model.split(";")}
    return {name: shape for name, shape in (SHAPES | own).items() if name not in defined}


def _solution(find: str, fact: str, model: str, more: str = "", **options: Any) -> Any:
    symbols = ", ".join(f"{name}: {shape}" for name, shape in _shapes(model, more).items())
    text = f"symbols: {{{symbols}}}\nassume: [{fact}]\n"
    if model:
        text += "model: |\n" + "".join(f"  {line.strip()}\n" for line in model.split(";"))
    return derive.Question.from_text(f"{text}parts: [{{find: '{find}'}}]").solve(**options)


def test_the_table_is_long() -> None:
    assert len(ROWS) >= 345


@pytest.mark.parametrize(("find", "fact", "model", "expected", "more"), ROWS, ids=IDS)
def test_the_answer_is_that_of_the_table(find: str, fact: str, model: str, expected: str,
                                         more: str) -> None:
    solution = _solution(find, fact, model, more)
    assert [check for check in solution.checks if not check.ok] == []
    assert {"line", "gradient"} <= {check.kind for check in solution.checks}
    answers = [line for part in solution.solved.parts for step in part.steps if step.answer
               for line in step.lines]
    assert write(answers[-1].right) == expected


@pytest.mark.parametrize("row", ROWS[::9], ids=IDS[::9])
def test_rows_survive_their_checks(row: tuple[str, ...]) -> None:
    find, fact, model, _, more = row
    solution = _solution(find, fact, model, more, layout="jacobian")
    assert [check for check in solution.checks if not check.ok] == []


# ---- central differences of the text itself, in NumPy

NAMES: dict[str, Any] = {
    "trace": np.trace, "det": np.linalg.det, "inv": np.linalg.inv, "exp": np.exp, "log": np.log,
    "logdet": lambda m: np.linalg.slogdet(m)[1], "norm": np.linalg.norm, "sum": np.sum,
    "mean": np.mean, "abs": np.abs, "sign": np.sign, "sqrt": np.sqrt, "diag": np.diag,
    "outer": np.outer, "eye": np.eye, "ones": np.ones, "matrix_power": np.linalg.matrix_power,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: np.maximum(z, 0),
    "softmax": lambda z, axis=-1: np.exp(z) / np.sum(np.exp(z), axis=axis, keepdims=True),
    "logsumexp": lambda z: np.log(np.sum(np.exp(z))), "softplus": lambda z: np.log1p(np.exp(z)),
    "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "step": lambda z: (z > 0) * 1.0,
    "zeros": np.zeros, "kron": np.kron, "var": np.var, "std": np.std, "dot": np.dot,
    "maximum": np.maximum, "reshape": np.reshape, "flatten": np.ravel, "pi": np.pi,
    "cumsum": np.cumsum, "prod": np.prod, "max": np.max,
    "cross_entropy": lambda y, p: -np.sum(y * np.log(p), axis=-1),
    "binary_cross_entropy": lambda y, p: -y * np.log(p) - (1 - y) * np.log(1 - p),
}
TWICE = r"d2(\w+|\(.*\))/d(\w+)2"
ONCE = r"d(\w+|\(.*\))/d(\w+)"


def _parsed(find: str) -> tuple[str, list[str]]:
    """Split d(d(f)/dx)/dy into f and [x, y]."""
    find = find.replace("\N{PARTIAL DIFFERENTIAL}", "d")
    if (twice := re.fullmatch(TWICE, find)) and _whole(twice[1]):
        return twice[1], [twice[2], twice[2]]
    if (once := re.fullmatch(ONCE, find)) and _whole(once[1]):
        inner = once[1].removeprefix("(").removesuffix(")")
        top, bottoms = _parsed(inner) if inner.startswith("d") else (once[1], [])
        return top, [*bottoms, once[2]]
    return find, []


def _whole(text: str) -> bool:
    """True where the first bracket closes at the end."""
    depth = [text[:k].count("(") - text[:k].count(")") for k in range(1, len(text))]
    return text[0] != "(" or 0 not in depth


PARSED = [(*_parsed(find), *row) for find, *row in ROWS]
NUMBERS = [row for row in PARSED if 0 < len(row[1]) < 3 and "/d" not in row[0]
           and not re.search(r"first_max|prod_others|reverse|[a-z]\w*\[\d", row[4])]


def _drawn(fact: str, shapes: dict[str, str]) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    found: dict[str, Any] = {"n": 3, "m": 2, "N": 4, "K": 3, "d": 2, "p": 2}
    for name, shape in shapes.items():
        if shape == "dimension":
            continue
        sizes = [found[size] for size in shape.split(" x ")] if shape != "scalar" else []
        found[name] = (rng.uniform(-1, 1, sizes) + 2 * np.eye(*sizes) if len(sizes) == 2
                       else rng.uniform(0.2, 1.2, sizes))
    for name in re.findall(r"(\w) == \1\.T", fact):
        found[name] = found[name] @ found[name].T
    for name in re.findall(r"(\w) > 0", fact):
        found[name] = np.abs(found[name])
    for name, axis in re.findall(r"sum\((\w)(, axis=1)?\) == 1", fact):
        positive = np.abs(found[name])
        found[name] = positive / positive.sum(axis=1 if axis else None, keepdims=True)
    for name in re.findall(r"(\w)\.T @ \1 == eye", fact):
        found[name] = np.linalg.qr(found[name])[0]
    return found


def _value(text: str, values: dict[str, Any]) -> Any:
    return eval(text, {"__builtins__": {}}, NAMES | values)  # noqa: S307 - our own table


def _run(model: str, values: dict[str, Any]) -> dict[str, Any]:
    for line in filter(None, model.split(";")):
        name, text = line.split("=", 1)
        values = values | {name.strip(): _value(text.strip(), values)}
    return values


def _differences(top: str, bottoms: list[str], model: str, values: dict[str, Any]) -> Any:
    """Differentiate the text by each of *bottoms*; of a second one by five points."""
    if not bottoms:
        return np.asarray(_value(top, _run(model, values)), dtype=float)
    *inner, bottom = bottoms
    weights = {1: 0.5, -1: -0.5} if not inner else {1: 8 / 12, -1: -8 / 12, 2: -1 / 12, -2: 1 / 12}
    step = STEP if not inner else 2e-3
    slopes = []
    for cell in np.ndindex(np.shape(values[bottom])):
        total: Any = 0.0
        for times, weight in weights.items():
            moved = np.array(values[bottom], dtype=float)
            moved[cell] += times * step
            total = total + weight * _differences(top, inner, model, values | {bottom: moved})
        slopes.append(total / step)
    stacked = np.stack(slopes, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + np.shape(values[bottom]))


def _all_entries(expected: str, values: dict[str, Any], shape: tuple[int, ...]) -> Any:
    """Evaluate an answer, for every entry [k] or [k, j] of the top where it is given so."""
    letters = [letter for letter in "kj" if f"[{letter}]" in expected]
    found = [_value(expected, values | dict(zip(letters, cell, strict=True)))
             for cell in np.ndindex(shape[:len(letters)])]
    return np.asarray(np.broadcast_arrays(*found), dtype=float).reshape(shape) if letters else (
        np.asarray(found[0], dtype=float))


@pytest.mark.parametrize(("top", "bottoms", "fact", "model", "expected", "more"), NUMBERS,
                         ids=[f"{row[0]} by {', '.join(row[1])} {row[3]} {row[2]}"
                              for row in NUMBERS])
def test_the_table_agrees_with_central_differences(
        top: str, bottoms: list[str], fact: str, model: str, expected: str, more: str) -> None:
    values = _drawn(fact, _shapes(model, more))
    theirs = _differences(top, bottoms, model, values)
    ours = np.broadcast_to(_all_entries(expected, _run(model, values), theirs.shape), theirs.shape)
    assert ours == pytest.approx(theirs, rel=3e-5, abs=3e-6)


def test_most_rows_are_compared_with_differences() -> None:
    assert len(NUMBERS) >= 0.9 * len(ROWS)


def test_nothing_is_differentiated_by_an_expression() -> None:
    with pytest.raises(derive.errors.DeriveError, match="is an expression"):
        _solution("d(x.T @ A @ x)/d(x + a)", "", "")
