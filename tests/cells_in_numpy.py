"""Cells and layers written a second time, in NumPy, as a programmer would.

Each takes the numbers of a sample and the options chosen and returns values by their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Values = dict[str, Any]
Options = Mapping[str, str]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def affine(v: Values, gate: str, rows: bool, *pairs: tuple[str, Any], bias: str = "b") -> Any:
    """Add up weights times what they multiply, and the bias if there is one."""
    total = v.get(f"{bias}{gate}", 0.0)
    for weight, x in pairs:
        total = total + (x @ v[weight + gate] if rows else v[weight + gate] @ x)
    return total


def over_time(v: Values, state: tuple[str, ...], step: Callable[..., Values]) -> Values:
    """Run a step over t = 1, 2, ..; *step* takes x and the states before."""
    found: Values = {}
    now = [v[name][0] for name in state]
    for t, x in v["x"].items():
        made = step(x, *now)
        found |= {f"{name}[{t}]": value for name, value in made.items()}
        now = [made[name] for name in state]
    return found


def rnn(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"
    return over_time(v, ("h",), lambda x, h: {
        "h": np.tanh(affine(v, "", rows, ("W", x), ("U", h)))})


def jordan(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"

    def step(x: Any, y: Any) -> Values:
        h = np.tanh(affine(v, "", rows, ("W", x), ("U", y)))
        return {"h": h, "y": sigmoid(affine(v, "", rows, ("V", h), bias="c"))}
    return over_time(v, ("y",), step)


def lstm(v: Values, o: Options) -> Values:
    rows, peep = o["rows"] == "True", o["peepholes"] == "True"

    def step(x: Any, h: Any, c: Any) -> Values:
        def gate(name: str, cell: Any) -> Any:
            look = v[f"p_{name}"]*cell if peep else 0
            return sigmoid(affine(v, f"_{name}", rows, ("W", x), ("U", h)) + look)
        f = gate("f", c) if o["forget"] == "True" else 1
        i = 1 - f if o["coupled"] == "True" else gate("i", c)
        new = f*c + i*np.tanh(affine(v, "_g", rows, ("W", x), ("U", h)))
        return {"c": new, "h": gate("o", new)*np.tanh(new)}
    return over_time(v, ("h", "c"), step)


def gru(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"

    def step(x: Any, h: Any) -> Values:
        r, z = (sigmoid(affine(v, g, rows, ("W", x), ("U", h))) for g in ("_r", "_z"))
        if o["variant"] == "reset_before":
            new = np.tanh(affine(v, "_h", rows, ("W", x), ("U", r*h)))
        else:
            inner = affine(v, "_h", rows, ("U", h), bias="c")
            new = np.tanh(affine(v, "_h", rows, ("W", x)) + r*inner)
        old = z if o["keep"] == "z" else 1 - z
        return {"h": old*h + (1 - old)*new}
    return over_time(v, ("h",), step)


CELLS: dict[str, Callable[[Values, Options], Values]] = {
    "rnn": rnn, "jordan": jordan, "lstm": lstm, "gru": gru,
}
