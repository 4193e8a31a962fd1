"""Values and derivatives of every numeric question, against autograd on the text of its model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from conftest import ROOT

import derive
from derive.question.macros import MACROS
from derive.question.question import Question
from derive.syntax.write_text import write

pytest.importorskip("autograd", reason="autograd is not installed: pip install 'derive[test]'")
from autograd_oracle import NotRead, Oracle

FILES = sorted([*(ROOT / "tests" / "questions").glob("*.yaml"),
                *(ROOT / "derive" / "questions").glob("*.yaml")])
TOLERANCE = 1e-9


def member(text: str) -> tuple[str, tuple[int, ...]]:
    """``h[2]`` as the oracle keys it."""
    name, _, at = text.rstrip("]").partition("[")
    return name, tuple(int(n) for n in at.split(",")) if at else ()


def compared(solution: Any, oracle: Oracle) -> int:
    """Compare every value the oracle can name; return how many there were."""
    run, count = oracle.run(), 0
    for key, value in solution.values.items():
        pair = re.fullmatch(r"d(\w+(?:\[[-\d, ]+\])?)/d(\w+(?:\[[-\d, ]+\])?)", key)
        if pair is None and not re.fullmatch(r"\w+(\[[-\d, ]+\])?", key):
            continue
        wanted = oracle.derivative(*map(member, pair.groups())) if pair else run.value(*member(key))
        wanted = np.asarray(wanted, dtype=float)
        assert np.shape(value) == wanted.shape, key
        room = TOLERANCE * max(1.0, float(np.max(np.abs(wanted), initial=0.0,
                                                 where=np.isfinite(wanted))))
        np.testing.assert_allclose(value, wanted, rtol=TOLERANCE, atol=room, err_msg=key)
        count += 1
    return count


def typed(path: Path) -> str:
    """Return the model of a question about numbers, whose kinks are autograd's; "" for others."""
    source = yaml.safe_load(path.read_text(encoding="utf-8"))
    others = "symbols" in source or "kinks" in (source.get("conventions") or {})
    return "" if others or "given" not in source else source.get("model") or ""


def equations(question: Question) -> str:
    """Return the equations as derive has read them, without macros and derivatives."""
    return "\n".join(f"{write(e.target)} = {write(e.rhs)}" for e in question.equations)


MODELS = {path: model for path in FILES if (model := typed(path))}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_values_and_derivatives_are_autograds(path: Path) -> None:
    question = derive.load(path)
    assert isinstance(question, derive.Question)
    model = MODELS[path]
    if any(re.search(rf"\b{name}\(", model) for name in MACROS):
        model = equations(question.source)
    try:
        assert compared(question.solve(), Oracle(question.source, model)) > 0
    except NotRead as missing:
        pytest.skip(f"the oracle does not read {missing}")


def test_most_questions_are_read() -> None:
    assert len(MODELS) > 50
