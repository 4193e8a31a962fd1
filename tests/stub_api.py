"""A stand-in for ``derive.api``: the command line is tested without the engine behind it."""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from typing import Any

SHEET = "a sheet: ∂L/∂W\n"
SUMMARY = "checked: 2 of 2 lines; largest gradient error 2e-11"


@dataclass
class Check:
    kind: str
    target: str
    error: float | None
    ok: bool = True
    note: str = ""


@dataclass
class Solution:
    failure: BaseException | None = None
    checks: tuple[Check, ...] = (Check("gradient", "dL/dV", 2e-11), Check("line", "h[1]", None))
    summary: str = SUMMARY
    asked: dict[str, Any] = field(default_factory=dict)

    def render(self, **asked: Any) -> str:
        self.asked |= asked
        if self.failure:
            raise self.failure
        return SHEET


@dataclass
class Question:
    solution: Solution
    warnings: tuple[str, ...] = ()
    name: str = "q3"
    title: str = "A question"

    def only(self, parts: Any) -> Question:
        return self

    def solve(self, **asked: Any) -> Solution:
        self.solution.asked |= asked
        return self.solution


def module(solution: Solution) -> types.ModuleType:
    """A module to put in the place of ``derive.api``."""
    stub = types.ModuleType("derive.api")
    stub.load = lambda source: Question(solution)  # type: ignore[attr-defined]
    return stub
