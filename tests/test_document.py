"""Which blocks a sheet consists of, at each level of detail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from handmade import handmade

from derive.document.blocks import (
    BLOCKS,
    Anchor,
    Answer,
    Block,
    Given,
    Heading,
    Marks,
    Model,
    Paragraph,
    Remark,
    Summary,
    Title,
    Working,
)
from derive.document.build import build
from derive.errors import DeriveError
from derive.solution.step import DETAILS


def kinds(blocks: tuple[Block, ...]) -> list[type[Block]]:
    return [type(block) for block in blocks]


def anchors(detail: str) -> list[str]:
    return [block.step for block in build(handmade(), detail) if isinstance(block, Anchor)]


def test_sheet_begins_with_what_is_given_and_ends_with_what_was_checked() -> None:
    blocks = build(handmade(), "normal")
    assert kinds(blocks)[:3] == [Title, Given, Model]
    assert isinstance(blocks[-1], Summary)
    assert blocks[-1].text.text == "Checked: 1 of 1 lines; largest gradient error below 1e-10."


def test_marks_of_all_parts_add_up_in_the_title() -> None:
    (title, *_) = build(handmade())
    assert isinstance(title, Title)
    assert title.marks == Fraction(9, 2)


def test_part_is_heading_remark_steps() -> None:
    blocks = build(handmade(), "normal", ["1"])
    at = kinds(blocks).index(Heading)
    assert kinds(blocks)[at:] == [
        Heading, Remark, Anchor, Paragraph, Answer, Marks, Anchor, Working, Summary]


def test_detail_decides_which_steps_are_shown() -> None:
    assert anchors("brief") == ["q.1.hbar0", "q.2.dL_dh"]
    assert anchors("normal") == ["q.1.hbar0", "q.1.wide", "q.2.dL_dh", "q.2.paths"]
    assert anchors("full") == ["q.1.hbar0", "q.1.wide", "q.2.proof", "q.2.dL_dh", "q.2.paths"]


def test_brief_shows_answers_and_marks_only() -> None:
    shown = set(kinds(build(handmade(), "brief")))
    assert shown == {Title, Heading, Anchor, Answer, Marks, Summary}


def test_brief_answer_is_symbolic_line_and_result() -> None:
    answer = next(b for b in build(handmade(), "brief") if isinstance(b, Answer))
    assert [line.kind for line in answer.lines] == ["symbolic", "result"]
    assert answer.lines[1].left is None
    assert answer.boxed == (False, True)


@pytest.mark.parametrize("detail", DETAILS)
def test_every_answer_has_a_box(detail: str) -> None:
    answers = [b for b in build(handmade(), detail) if isinstance(b, Answer)]
    assert answers
    assert all(any(b.boxed) and len(b.boxed) == len(b.lines) for b in answers)


def test_long_series_is_elided() -> None:
    given = next(b for b in build(handmade()) if isinstance(b, Given))
    assert len(given.entries) == 2 + 3 + 1 + 1
    assert given.entries[-2] is None


def test_unknown_part_names_the_nearest() -> None:
    solved = handmade()
    solved = replace(solved, parts=tuple(replace(p, label=f"3.{p.label}") for p in solved.parts))
    with pytest.raises(DeriveError, match=r"no part '32' \(did you mean '3\.2'\?\)"):
        build(solved, "normal", ["32"])


def test_unknown_detail_is_refused() -> None:
    with pytest.raises(DeriveError, match="brief or normal or full"):
        build(handmade(), "verbose")


def test_every_block_is_a_frozen_record() -> None:
    assert len(BLOCKS) > 10
    for block in BLOCKS:
        assert block.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert block.__doc__
