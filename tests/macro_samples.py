"""Question files made from the rows of the macros: with symbols, or with numbers drawn for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

import derive
from derive.question.macros import MACROS, Macro
from derive.question.macros.expand import shape_marks
from derive.question.macros.optimisers import OPTIMISERS
from derive.question.macros.options import Choice, Flag
from derive.question.macros.use import parts

SIZES = {"N": 2, "m": 2, "n": 3, "q": 2, "d": 4, "k": 3, "h": 2, "f": 3, "c": 2, "v": 3, "w": 3,
         "o": 2, "l": 2, "r": 2, "C": 4, "H": 2, "W": 2}
STEPS = {"t": 3, "s": 2}
TOGETHER = ("rows", "bias")     # tried together: the products turn round, the biases go
RANKS = {"batch_norm": (2, 4), "instance_norm": (4,), "group_norm": (1, 2, 4), "attention": (2,),
         "multi_head_attention": (2,), "transformer_block": (2,)}
NUMBERS = {"group_norm", "multi_head_attention", "transformer_block"}   # with sizes divided
SERIES = {"sequence_attention": {"q": "[t]", "h": "[s]", "c": "[t]", "a": "[t, s]"}}
LABELS = {"embedding": ("k",)}
POSITIVE = {"kl_divergence": ("p", "q"), "focal_loss": ("p",), "poisson_nll": ("lam",),
            "gaussian_nll": ("sigma",)}     # arguments of logarithms
MORE = (("dropout", ("p", "1/4"), 1), ("transformer_block", ("heads", "2"), 2))


@dataclass(frozen=True, eq=False)
class Sample:
    """A macro with options chosen; `typed` are those that stand in the call."""

    macro: Macro
    typed: tuple[tuple[str, str], ...] = ()
    rank: int = 1

    def __str__(self) -> str:
        return "-".join([self.macro.name, str(self.rank), *(f"{n}={v}" for n, v in self.typed)])

    @cached_property
    def chosen(self) -> dict[str, str]:
        """Return all options, with what is known of the shape of the first input."""
        defaults = {name: option.default for name, option in self.macro.options.items()}
        marks = {**shape_marks((12,)*self.rank), "rows": str(self.rank > 1)}
        chosen = {**defaults, **marks, **dict(self.typed)}
        if not self.macro.ranked:
            return defaults | dict(self.typed)
        shape = self.macro.shape_text(self.macro.inputs[0], chosen)
        sizes = tuple(SIZES[part] for part in shape.split(" x "))
        return chosen | shape_marks(sizes)

    @property
    def at(self) -> dict[str, str]:
        """Return the brackets behind inputs and outputs that are series."""
        recurrent = any(name.endswith("_prev") for name in self.macro.inputs)
        names = (*self.macro.inputs, *self.macro.outputs)
        return SERIES.get(self.macro.name, dict.fromkeys(names, "[t]" if recurrent else ""))

    @property
    def parameters(self) -> tuple[str, ...]:
        return parts(self.macro, self.chosen, frozenset(STEPS)).parameters

    @property
    def inputs(self) -> tuple[str, ...]:
        """Return the inputs that are no state from one step before."""
        return tuple(n for n in self.macro.inputs if not n.endswith("_prev"))

    def shape(self, name: str) -> str:
        """Return a shape, with numbers where the equations need them."""
        text = self.macro.shape_text(name, self.chosen)
        if self.macro.name in NUMBERS or self.chosen.get("causal") == "True":
            text = re.sub(r"\b[a-wyzA-Z]\b", lambda m: str(SIZES.get(m[0], m[0])), text)
        return text

    def call(self) -> str:
        """Write the call, with h[t-1] for h_prev."""
        words = {n for n, option in self.macro.options.items() if isinstance(option, Choice)}
        settings = [f"{n}={v!r}" if n in words else f"{n}={v}" for n, v in self.typed]
        inputs = [n.replace("_prev", "[t-1]") if n.endswith("_prev") else n + self.at[n]
                  for n in self.macro.inputs]
        left = ", ".join(n + self.at[n] for n in self.macro.outputs)
        return f"{left} = {self.macro.name}({', '.join([*inputs, *settings])})"

    def model(self) -> list[str]:
        """Write the call and a loss that weighs all entries of the outputs differently."""
        terms = []
        for name in self.macro.outputs:
            term = f"sum(sin({name}{self.at[name]}))"
            for index in re.findall(r"\w+", self.at[name]):
                term = f"sum({term}, {index})"
            terms.append(term)
        return [self.call(), f"L = {' + '.join(terms)}"]

    def asked(self) -> list[str]:
        """Return the derivatives by what is computed, by all parameters and inputs."""
        first = self.at[self.macro.outputs[0]]
        places = dict.fromkeys(self.macro.along, "[t, s]")
        inner = parts(self.macro, self.chosen, frozenset(STEPS)).locals
        made = [f'"dL/d{n}{self.at.get(n) or places.get(n, first)}"'
                for n in (*self.macro.outputs, *inner)]
        inputs = [n for n in self.inputs if n not in LABELS.get(self.macro.name, ())]
        return [*made, *(f"dL/d{n}" for n in self.parameters),
                *(f'"dL/d{n}{self.at[n]}"' for n in inputs)]


def variants() -> Iterator[Sample]:
    """Yield every row as it is, with each option changed, and for the shapes it takes."""
    for macro in MACROS.values():
        ranks = RANKS.get(macro.name, (1, 2) if macro.ranked else (1,))
        yield Sample(macro, (), ranks[0])
        for name, option in macro.options.items():
            for value in _others(option) if name not in TOGETHER else ():
                if not macro.refusal(Sample(macro, ((name, value),), ranks[0]).chosen):
                    yield Sample(macro, ((name, value),), ranks[0])
        for rank in ranks[1:]:
            yield Sample(macro, (("bias", "False"),) if "bias" in macro.options else (), rank)
    for name, choice, rank in MORE:
        yield Sample(MACROS[name], (choice,), rank)


def _others(option: Any) -> list[str]:
    if isinstance(option, Flag):
        return [str(option.default == "False")]
    return [word for word in option.words if word != option.default] if isinstance(
        option, Choice) else []


def _indices(sample: Sample, ends: Mapping[str, object]) -> str:
    used = sorted({i for at in sample.at.values() for i in re.findall(r"\w+", at)})
    return "index: {" + ", ".join(f"{i}: 1..{ends[i]}" for i in used) + "}"


def symbolic(sample: Sample) -> str:
    """Return a question in symbols: inputs and states are declared, parameters are not."""
    states = [n for n in sample.macro.outputs if f"{n}_prev" in sample.macro.inputs]
    places = {**sample.at, **dict.fromkeys(sample.parameters, "")}
    names = [f"'{n}{places[n]}': {sample.shape(n)}"
             for n in (*sample.inputs, *states, *_sizing(sample, states))]
    return "\n".join([
        _indices(sample, {"t": "T", "s": "S"}), f"symbols: {{{', '.join(names)}}}", "model: |",
        *(f"  {line}" for line in sample.model()),
        f"parts: [{{find: [{', '.join(sample.asked())}]}}]"])


def _sizing(sample: Sample, states: list[str]) -> Iterator[str]:
    """Yield parameters that have to be declared, since their sizes stand nowhere before."""
    def letters(name: str) -> set[str]:
        text = sample.macro.shape_text(name, sample.chosen)
        return {s for s in text.split(" x ") if not s.isdigit()}

    known = {s for n in (*sample.inputs, *states) for s in letters(n)}
    for name in sample.parameters:
        sizes = letters(name)
        if sizes - known:
            known |= sizes
            yield name


def numeric(sample: Sample, values: Mapping[str, Any]) -> str:
    """Return a question with numbers for inputs, first states and parameters."""
    lines = [f"  {name}: {_listed(value)}" for name, value in values.items()]
    return "\n".join([
        _indices(sample, STEPS), "given:", *lines, "model: |",
        *(f"  {line}" for line in sample.model()),
        f"parts: [{{find: [{', '.join(sample.macro.outputs)}]}}]"])


def draw(sample: Sample) -> dict[str, Any]:
    """Draw numbers for everything a sample reads; a series has its members by index."""
    rng = np.random.default_rng(3)

    def one(name: str) -> Any:
        if name in LABELS.get(sample.macro.name, ()):
            return np.array(1)
        text = sample.shape(name)
        sizes = [] if text == "scalar" else [part.strip() for part in text.split("x")]
        above = sample.macro in OPTIMISERS or name in POSITIVE.get(sample.macro.name, ())
        lowest, highest = (1, 4) if above else (-4, 5)  # rates below 1, sums of squares, shares
        return rng.integers(lowest, highest,
                            [int(s) if s.isdigit() else SIZES[s] for s in sizes])/4

    found: dict[str, Any] = {}
    for name in sample.macro.inputs:
        state = name.removesuffix("_prev")
        index = sample.at[name].strip("[]")
        if state != name:
            found[state] = {0: one(state)}
        elif index:
            found[name] = {n: one(name) for n in range(1, STEPS[index] + 1)}
        else:
            found[name] = one(name)
    return found | {name: one(name) for name in sample.parameters}


@cache
def in_symbols(sample: Sample) -> derive.Solution:
    """Return the solution in symbols; it is made once for all tests."""
    return derive.Question.from_text(symbolic(sample)).solve()


@cache
def in_numbers(sample: Sample) -> derive.Solution:
    """Return the solution with the numbers drawn."""
    return derive.Question.from_text(numeric(sample, draw(sample))).solve()


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {v.tolist()}" for k, v in value.items()) + "}"
    return value.tolist()


VARIANTS = list(variants())
