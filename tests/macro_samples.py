"""Question files made from the rows of the macros: with symbols, or with numbers drawn for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.question.macros import MACROS, Macro
from derive.question.macros.options import Choice, Count, Flag
from derive.question.macros.use import parts

SIZES = {"N": 2, "m": 2, "n": 3, "q": 2, "d": 2, "k": 2, "T": 3}
AMOUNTS = ("rows", "bias")      # tried together: the products turn round, the biases go


@dataclass(frozen=True)
class Sample:
    """A macro with options chosen; `typed` are those that stand in the call."""

    macro: Macro
    typed: tuple[tuple[str, str], ...] = ()
    rank: int = 1

    def __str__(self) -> str:
        return "-".join([self.macro.name, str(self.rank), *(f"{n}={v}" for n, v in self.typed)])

    @property
    def chosen(self) -> dict[str, str]:
        defaults = {name: option.default for name, option in self.macro.options.items()}
        ranks = {"vector": str(self.rank == 1), "rank": str(self.rank)}
        return {**defaults, **ranks, "rows": str(self.rank > 1), **dict(self.typed)}

    @property
    def recurrent(self) -> bool:
        return any(name.endswith("_prev") for name in self.macro.inputs)

    @property
    def parameters(self) -> tuple[str, ...]:
        return parts(self.macro, self.chosen, frozenset()).parameters

    def shape(self, name: str) -> str:
        return self.macro.shape_text(name, self.chosen)

    def call(self) -> str:
        """Write the call, with h[t-1] for h_prev."""
        at = "[t]" if self.recurrent else ""
        settings = [f"{n}={v if v in ('True', 'False') or v.isdigit() else repr(v)}"
                    for n, v in self.typed]
        inputs = [n.replace("_prev", "[t-1]") if n.endswith("_prev") else n + at
                  for n in self.macro.inputs]
        left = ", ".join(n + at for n in self.macro.outputs)
        return f"{left} = {self.macro.name}({', '.join([*inputs, *settings])})"

    def model(self) -> list[str]:
        weigh = [f"sum(sin({n}{'[t]' if self.recurrent else ''}))" for n in self.macro.outputs]
        loss = " + ".join(weigh)
        return [self.call(), f"L = sum({loss}, t)" if self.recurrent else f"L = {loss}"]


def variants() -> Iterator[Sample]:
    """Yield every row as it is, with each option changed, and for matrices where it takes them."""
    for macro in MACROS.values():
        yield Sample(macro, rank=_rank(macro))
        for name, option in macro.options.items():
            for value in _others(option):
                if name not in AMOUNTS and not macro.refusal(
                        Sample(macro, ((name, value),)).chosen):
                    yield Sample(macro, ((name, value),), _rank(macro))
        if macro.ranked:
            yield Sample(macro, (("bias", "False"),) if "bias" in macro.options else (), 2)


def _rank(macro: Macro) -> int:
    """Return how many axes the first input has, as far as the row fixes it."""
    return 1 if macro.ranked else len(macro.shape_text(macro.inputs[0], {
        name: option.default for name, option in macro.options.items()}).split("x"))


def _others(option: Any) -> list[str]:
    if isinstance(option, Flag):
        return [str(option.default == "False")]
    if isinstance(option, Choice):
        return [word for word in option.words if word != option.default]
    return ["2"] if isinstance(option, Count) else []


def symbolic(sample: Sample) -> str:
    """Return a question in symbols: inputs and outputs are declared, parameters are not."""
    at = "[t]" if sample.recurrent else ""
    inputs = [n for n in sample.macro.inputs if not n.endswith("_prev")]
    states = sample.macro.outputs if sample.recurrent else ()
    names = [f"'{n}{at}': {sample.shape(n)}" for n in (*inputs, *states)]
    asked = [f"dL/d{n}" for n in sample.parameters] + [f'"dL/d{n}{at}"' for n in inputs]
    return "\n".join([
        "index: {t: 1..T}" if sample.recurrent else "index: {}",
        f"symbols: {{{', '.join(names)}}}", "model: |", *(f"  {line}" for line in sample.model()),
        f"parts: [{{find: [{', '.join(asked)}]}}]"])


def numeric(sample: Sample, values: Mapping[str, Any]) -> str:
    """Return a question with numbers for inputs, first states and parameters."""
    lines = [f"  {name}: {_listed(value)}" for name, value in values.items()]
    return "\n".join([
        f"index: {{t: 1..{SIZES['T']}}}" if sample.recurrent else "index: {}",
        "given:", *lines, "model: |", *(f"  {line}" for line in sample.model()),
        f"parts: [{{find: [{', '.join(sample.macro.outputs)}]}}]"])


def draw(sample: Sample) -> dict[str, Any]:
    """Draw numbers for everything a sample reads; a series has its members by index."""
    rng = np.random.default_rng(3)

    def one(name: str) -> Any:
        text = sample.shape(name)
        sizes = [] if text == "scalar" else [part.strip() for part in text.split("x")]
        return rng.uniform(-1, 1, [int(s) if s.isdigit() else SIZES[s] for s in sizes]).round(3)

    found: dict[str, Any] = {}
    for name in sample.macro.inputs:
        state = name.removesuffix("_prev")
        if state != name:
            found[state] = {0: one(state)}
        elif sample.recurrent:
            found[name] = {t: one(name) for t in range(1, SIZES["T"] + 1)}
        else:
            found[name] = one(name)
    return found | {name: one(name) for name in sample.parameters}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {v.tolist()}" for k, v in value.items()) + "}"
    return value.tolist()
