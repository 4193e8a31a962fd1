"""What a request stands for."""

from __future__ import annotations

from conftest import ROOT

import derive


def test_an_index_typed_on_both_sides_is_one_position() -> None:
    text = (ROOT / "tests" / "questions" / "same_position.yaml").read_text(encoding="utf-8")
    every = {f"dS[{k}]/dz[{j}]" for k in (1, 2, 3) for j in (1, 2, 3)}
    assert every <= set(derive.Question.from_text(text).solve().values)
    same = text.replace('  - {label: b, find: "dS/dz"}\n', "")
    assert every & set(derive.Question.from_text(same).solve().values) == {
        f"dS[{k}]/dz[{k}]" for k in (1, 2, 3)}
