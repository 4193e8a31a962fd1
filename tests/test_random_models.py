"""Random models: every derivative agrees with an evaluation that shares nothing with the engine."""

from __future__ import annotations

import os
import re
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from random_models import FUNCTIONS, Model, derivative, models, run

import derive
from derive import formats
from derive.ops import ELEMENTWISE

BYTES = {*formats.ENGINES["typst"], "docx"}
TEXTS = [name for name in formats.FORMATS if name not in BYTES]
EXAMPLES = int(os.environ.get("DERIVE_EXAMPLES", "50"))


def member(text: str) -> Any:
    """``h[2]`` as the evaluation keys it."""
    name, _, at = text.rstrip("]").partition("[")
    return (name, int(at)) if at else name


def test_the_evaluation_knows_the_functions() -> None:
    assert len(set(FUNCTIONS) & set(ELEMENTWISE)) > 8


@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, print_blob=False,
          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(models(), st.sampled_from(["gradient", "jacobian"]), st.sampled_from(TEXTS))
def test_values_and_derivatives_are_those_of_the_text(
        model: Model, layout: str, format_name: str) -> None:
    note(model.text)
    solution = derive.Question.from_text(model.text, "random").solve(layout=layout)
    assert [c for c in solution.checks if not c.ok] == []
    values = run(model, {})
    for key, value in solution.values.items():
        found = re.fullmatch(r"d(.+)/d(.+)", key)
        expected = derivative(model, *map(member, found.groups())) if found else values[member(key)]
        size = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
        np.testing.assert_allclose(value, expected, rtol=1e-8, atol=1e-9 * size, err_msg=key)
    assert solution.render(format_name)
    assert {f"dL/dx[{t}]" for t in range(1, model.steps + 1)} <= set(solution.values)
