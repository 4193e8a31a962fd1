"""Large models: stacked LSTM cells and a transformer block, as questions with float64 numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from derive.errors import Place
from derive.expr.nodes import Range
from derive.question.binder import Binder
from derive.question.model import Line, read_model
from derive.question.question import Conventions, Find, Given, Part, Question
from derive.question.source import Scalar

__all__ = ["BLOCK_WEIGHTS", "block_numbers", "block_question", "lstm_numbers", "lstm_question",
           "lstm_weights"]

Numbers = Mapping[str, Any]
GATES = "ifog"
OUTPUTS = 5
BLOCK_WEIGHTS = ("W_Q", "W_K", "W_V", "W_O", "W_1", "b_1", "W_2", "b_2", "gamma", "beta")


def lstm_weights(layers: int) -> list[str]:
    return [f"{kind}{gate}{layer}" for layer in range(1, layers + 1) for gate in GATES
            for kind in "WUb"] + ["V"]


def lstm_numbers(layers: int, size: int, length: int) -> Numbers:
    """Draw x (T x H), y (T x 5, one-hot), V (5 x H) and the weights of every layer (H x H, H)."""
    rng = np.random.default_rng(layers * 10_007 + size)
    found = {name: rng.standard_normal(size if name[0] == "b" else (size, size)) / np.sqrt(size)
             for name in lstm_weights(layers)}
    found["V"] = rng.standard_normal((OUTPUTS, size)) / np.sqrt(size)
    return {**found, "x": rng.standard_normal((length, size)),
            "y": np.eye(OUTPUTS)[rng.integers(OUTPUTS, size=length)]}


def lstm_question(layers: int, numbers: Numbers) -> Question:
    """Return the network; the gradients of all weights are asked for."""
    size = numbers["x"].shape[1]
    given = {name: Given(name, {(): numbers[name]}) for name in lstm_weights(layers)}
    for name in ("x", "y"):
        given[name] = Given(name, {(t,): row for t, row in enumerate(numbers[name], start=1)})
    for layer in range(1, layers + 1):
        for state in "hc":
            given[f"{state}{layer}"] = Given(f"{state}{layer}", {(0,): np.zeros(size)})
    return _question(_cells(layers), given, lstm_weights(layers), len(numbers["x"]),
                     ["sum(y[t]) == 1"])


def _cells(layers: int) -> list[str]:
    lines, below = [], "x[t]"
    for n in range(1, layers + 1):
        for gate in GATES:
            function = "tanh" if gate == "g" else "sigmoid"
            lines.append(f"{gate}{n}[t] = {function}(W{gate}{n} @ {below} + "
                         f"U{gate}{n} @ h{n}[t-1] + b{gate}{n})")
        lines += [f"c{n}[t] = f{n}[t]*c{n}[t-1] + i{n}[t]*g{n}[t]",
                  f"h{n}[t] = o{n}[t]*tanh(c{n}[t])"]
        below = f"h{n}[t]"
    return [*lines, f"p[t] = softmax(V @ {below})", "l[t] = cross_entropy(y[t], p[t])",
            "L = mean(l[t], t)"]


def block_numbers(tokens: int, size: int, inner: int) -> Numbers:
    """Draw X (tokens x d), a target Y and the weights of one head and two layers."""
    rng = np.random.default_rng(tokens * 10_007 + size)
    shapes = {**dict.fromkeys(("W_Q", "W_K", "W_V", "W_O"), (size, size)), "W_1": (size, inner),
              "W_2": (inner, size), "b_1": (inner,), "b_2": (size,)}
    found = {name: rng.standard_normal(shape) / np.sqrt(size) for name, shape in shapes.items()}
    found |= {"gamma": 1 + rng.standard_normal(size) / 10, "beta": rng.standard_normal(size) / 10}
    return {**found, "X": rng.standard_normal((tokens, size)),
            "Y": rng.standard_normal((tokens, size))}


def block_question(numbers: Numbers) -> Question:
    """Return a block that is normalised before each part, with one scale and shift for both."""
    size = numbers["X"].shape[1]
    normal = ["mu{n} = mean({x}, axis=1, keepdims=True)",
              "v{n} = mean(({x} - mu{n})**2, axis=1, keepdims=True)",
              "N{n} = ({x} - mu{n})/sqrt(v{n} + 1e-5)*gamma + beta"]
    lines = [*(text.format(n=1, x="X") for text in normal),
             "Q = N1 @ W_Q", "K = N1 @ W_K", "U = N1 @ W_V", f"S = Q @ K.T/sqrt({size})",
             "A = softmax(S, axis=1)", "R = X + A @ U @ W_O",
             *(text.format(n=2, x="R") for text in normal),
             "F = tanh(N2 @ W_1 + b_1)", "Z = R + F @ W_2 + b_2", "L = sum((Z - Y)**2)/2"]
    given = {name: Given(name, {(): numbers[name]}) for name in (*BLOCK_WEIGHTS, "X", "Y")}
    return _question(lines, given, BLOCK_WEIGHTS, 1, [])


def _question(lines: Sequence[str], given: Mapping[str, Given], weights: Sequence[str],
              length: int, facts: Sequence[str]) -> Question:
    indices = {"t": Range((1,), (length,))}
    texts: list[Line] = [(text, Place("model", k)) for k, text in enumerate(lines, start=1)]
    model = read_model(texts, [(fact, Place("assume", 1)) for fact in facts], indices=indices,
                       given=given)
    assert not model.errors, model.errors
    binder, place = Binder(model), Place("parts", 1)
    requests = tuple(binder.request(Scalar(f"dL/d{name}", place, "", place)) for name in weights)
    return Question("large", "A large model", indices, (), model.families, model.given,
                    model.equations, model.facts, {}, Conventions(),
                    (Part("1", (Find(requests=requests),)),))
