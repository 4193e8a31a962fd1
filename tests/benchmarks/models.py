"""The recurrent network of q3 at any size: as a question, and its numbers as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from derive.errors import Place
from derive.expr.nodes import Range
from derive.question.binder import Binder
from derive.question.model import Declared, Line, Model, read_model
from derive.question.question import Conventions, Find, Given, Part, Question
from derive.question.source import Scalar

__all__ = ["WEIGHTS", "Numbers", "numbers", "question", "symbolic"]

WEIGHTS = ("W", "U", "b", "V", "c")
EQUATIONS = (
    "hbar[t] = W @ h[t-1] + U @ x[t] + b",
    "h[t] = tanh(hbar[t])",
    "yhat[t] = softmax(V @ h[t] + c)",
    "l[t] = cross_entropy(y[t], yhat[t])",
    "L = mean(l[t], t)",
)


@dataclass(frozen=True)
class Numbers:
    """Weights (H x H and H), inputs and one-hot labels (T x H), the first state (H)."""

    W: Any
    U: Any
    b: Any
    V: Any
    c: Any
    x: Any
    y: Any
    h0: Any


@lru_cache(maxsize=2)
def numbers(size: int, length: int) -> Numbers:
    """Draw weights of the usual scale, so that tanh neither saturates nor stays linear."""
    rng = np.random.default_rng(size * 10_007 + length)
    W, U, V = (rng.standard_normal((size, size)) / np.sqrt(size) for _ in range(3))
    b, c, h0 = (rng.standard_normal(size) * 0.1 for _ in range(3))
    labels = np.eye(size)[rng.integers(size, size=length)]
    return Numbers(W, U, b, V, c, rng.standard_normal((length, size)), labels, h0)


def question(size: int, length: int) -> Question:
    """Return the network with float64 numbers; all five gradients are asked for."""
    n = numbers(size, length)
    given = {name: Given(name, {(): getattr(n, name)}) for name in WEIGHTS}
    for name in ("x", "y"):
        given[name] = Given(name, dict(enumerate_members(getattr(n, name))))
    given["h"] = Given("h", {(-1,): n.h0})
    return _asked(_read(length, given=given), length)


def enumerate_members(array: Any) -> list[tuple[tuple[int], Any]]:
    return [((t,), row) for t, row in enumerate(array)]


def symbolic(size: int, length: int) -> Question:
    """Return the network with shapes in place of numbers: nothing is left but to derive."""
    square, flat = (size, size), (size,)
    declared: dict[str, Declared] = dict.fromkeys("WUV", ((), square))
    declared |= dict.fromkeys("bc", ((), flat))
    declared |= dict.fromkeys("xyh", (("t",), flat))
    return _asked(_read(length, declared=declared), length)


def _read(length: int, **numbers: Any) -> Model:
    lines: list[Line] = [(text, Place("model", k)) for k, text in enumerate(EQUATIONS, start=1)]
    model = read_model(lines, [("sum(y[t]) == 1", Place("assume", 1))],
                       indices={"t": Range((0,), (length - 1,))}, **numbers)
    assert not model.errors, model.errors
    return model


def _asked(model: Model, length: int) -> Question:
    binder = Binder(model)
    texts = (Scalar(f"dL/d{name}", Place("parts", 1), "", Place("parts", 1)) for name in WEIGHTS)
    parts = (Part("1", (Find(requests=tuple(map(binder.request, texts))),)),)
    return Question("rnn", "A recurrent network", {"t": Range((0,), (length - 1,))}, (),
                    model.families, model.given, model.equations, model.facts, {},
                    Conventions(), parts)
