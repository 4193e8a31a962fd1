"""Every example of docs/questions.md is read; every mistake in it gives the message printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from derive.api import Question, QuestionSet
from derive.errors import DeriveError
from derive.question.read import read

PAGE = (Path(__file__).parent.parent / "docs" / "questions.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(?P<kind>\w[\w ]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    kind: str
    text: str
    line: int


BLOCKS = [Block(m["kind"], m["text"], PAGE.count("\n", 0, m.start()) + 1)
          for m in FENCE.finditer(PAGE)]
GOOD = [block for block in BLOCKS if block.kind == "yaml"]
SETS = [block for block in BLOCKS if block.kind == "yaml set"]
MISTAKES = [(block, BLOCKS[i + 1]) for i, block in enumerate(BLOCKS) if block.kind == "yaml wrong"]


def line_of(example: object) -> str:
    return f"line {example.line}" if isinstance(example, Block) else "message"


def sections(text: str) -> dict[str, str]:
    """Split a question into its top-level keys, each with its own lines."""
    parts = re.split(r"^(?=\w+:)", text, flags=re.MULTILINE)
    return {part.partition(":")[0]: part for part in parts if part.strip()}


def completed(text: str) -> str:
    """Put an example into the page's first one, in place of the keys it mentions."""
    rest = {k: v for k, v in sections(GOOD[0].text).items() if k not in sections(text)}
    return text + "".join(rest.values())


def test_the_page_has_examples() -> None:
    assert len(GOOD) > 8
    assert len(MISTAKES) > 4
    assert SETS


@pytest.mark.parametrize("block", GOOD, ids=line_of)
def test_example_is_a_question(block: Block) -> None:
    question = read(completed(block.text))
    assert question.equations
    assert all(part.tasks for part in question.parts)


@pytest.mark.parametrize("block", GOOD, ids=line_of)
def test_example_is_solved_and_survives_every_check(block: Block) -> None:
    solution = Question.from_text(completed(block.text)).solve()
    assert solution.checks
    assert [check for check in solution.checks if not check.ok] == []
    assert solution.render("markdown")


@pytest.mark.parametrize("block", SETS, ids=line_of)
def test_set_is_solved(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = next(good.text for good in GOOD if "answer:" in good.text)
    (tmp_path / "essays.yaml").write_text(completed(words))
    monkeypatch.chdir(tmp_path)
    solution = QuestionSet.from_text(block.text).solve()
    assert len(solution.questions) == 3
    assert solution.render("markdown", parts=["q3:3.1", "essays:1"])


@pytest.mark.parametrize(("block", "message"), MISTAKES, ids=line_of)
def test_mistake_gives_the_message_printed(block: Block, message: Block) -> None:
    assert message.kind == "text"
    with pytest.raises(DeriveError) as caught:
        read(completed(block.text))
    assert str(caught.value) == message.text.rstrip("\n")
