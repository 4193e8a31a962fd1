"""The built-in questions by name, and finding the file that a QUESTION means."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from derive.cli import main
from derive.errors import DeriveError
from derive.question import catalogue as module
from derive.question.catalogue import catalogue, find, names
from derive.question.keys import KEYS
from derive.question.topics import KEYS as KEY_TOPICS
from derive.question.topics import SILENT, topics

TITLES = {
    "plain": "title: A recurrent network\nmodel: x\n",
    "quoted": "# first\nindex: {t: 1..2}\ntitle: 'Loss: ∂L/∂W'   # why\nmodel: x\n",
    "folded": "title: >\n  Two\n  lines\nmodel: |\n  title: no\n",
    "untitled": "model: |\n  title: not this one\n",
}


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of questions in the place of the built-in ones; the working folder is empty."""
    folder = tmp_path / "questions"
    folder.mkdir()
    for name, text in TITLES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "here").mkdir()
    monkeypatch.setattr(module, "QUESTIONS", folder)
    monkeypatch.chdir(tmp_path / "here")
    return folder


def test_titles_are_read_as_yaml_reads_them(shelf: Path) -> None:
    assert [(e.name, e.title) for e in catalogue()] == [
        ("folded", "Two lines"),
        ("plain", "A recurrent network"),
        ("quoted", "Loss: ∂L/∂W"),
        ("untitled", "untitled"),
    ]


def test_titles_of_the_built_in_questions_are_those_of_their_files() -> None:
    for entry in catalogue():
        whole = yaml.safe_load(entry.path.read_text(encoding="utf-8"))
        assert entry.title == whole["title"].strip() == names()[entry.name]
        assert entry.kind == ("set" if "questions" in whole else "question")


def test_sets_come_first_and_name_their_questions(shelf: Path) -> None:
    (shelf / "plain.yaml").write_text("title: A recurrent network\nmodel: h = tanh(x)\n")
    (shelf / "week.yaml").write_text(
        "title: Week\ntopics: [history, 'vectors']\n"
        "questions: [plain, {question: quoted, title: x}, plain, sub/mine.yaml]\n")
    first, *rest = catalogue()
    assert (first.name, first.kind) == ("week", "set")
    assert first.topics == ("history", "vectors", "tanh")
    assert first.questions == ("plain", "quoted", "mine")
    assert [entry.name for entry in rest] == sorted(TITLES)
    assert first.titles == {"quoted": "x"}


def test_a_list_shows_the_title_that_a_set_gives(shelf: Path) -> None:
    (shelf / "week.yaml").write_text("title: Week\nquestions: [{question: plain, title: Again}]\n")
    lines = CliRunner().invoke(main, ["list"]).output.splitlines()
    assert lines[0].split() == ["week", "Week"]
    assert lines[1].split() == ["plain", "Again"]


TOPICS = {
    "model: |\n  h[t] = tanh(h[t-1])\n  p = softmax(sum(h))\nparts: [{find: [h, dp/dh]}]":
        ("recurrence", "tanh", "softmax", "gradients"),
    "symbols: {psi: function}\nmodel: y = psi(conv2d(X, K))\nparts: [{shape: y}, {prove: a == b}]":
        ("conv2d", "symbols", "shapes", "proof"),
    "parts: [{answer: x, points: [y]}, {choose: []}]": ("essay", "multiple choice"),
    "topics: history\nparts: [{answer: x}]": ("history", "essay"),
}


@pytest.mark.parametrize(("text", "found"), TOPICS.items(), ids=range(len(TOPICS)))
def test_topics_are_seen_in_the_text(text: str, found: tuple[str, ...]) -> None:
    assert topics(yaml.load(text, yaml.BaseLoader)) == found


def test_every_key_of_a_part_has_a_topic() -> None:
    assert KEYS.keys() - KEY_TOPICS.keys() == SILENT & KEYS.keys()


def test_built_in_name_comes_before_a_file_of_that_name(shelf: Path) -> None:
    Path("plain.yaml").write_text("title: mine")
    assert find("plain") == ("plain", shelf / "plain.yaml")
    assert find("./plain") == ("plain", Path("plain.yaml"))
    assert find("plain.yaml") == ("plain", Path("plain.yaml"))


@pytest.mark.parametrize("source", ["mine", "mine.yaml", Path("mine"), "../here/mine"])
def test_path_with_or_without_its_ending(shelf: Path, source: str | Path) -> None:
    Path("mine.yaml").write_text("title: mine")
    name, path = find(source)
    assert name == "mine"
    assert path.samefile("mine.yaml")


@pytest.mark.parametrize(
    ("source", "remedy"),
    [
        ("plane", "did you mean 'plain'?"),
        ("homwork", "did you mean 'homework.yaml'?"),
        ("qqqqqq", "`derive list`"),
        ("", "`derive list`"),
        ("x" * 5000, "`derive list`"),
        ("none/such/file.yaml", "`derive list`"),
        ("a\0b", "`derive list`"),
        ("..", "(a folder)"),
    ],
)
def test_unknown_question_says_what_to_try(shelf: Path, source: str, remedy: str) -> None:
    Path("homework.yaml").write_text("title: mine")
    with pytest.raises(DeriveError) as caught:
        find(source)
    assert caught.value.exit_code == 2
    assert remedy in str(caught.value)


@pytest.mark.parametrize(("typed", "offered"), [("pl", "plain"), ("hom", "hom"), ("zz", "zz")])
def test_shell_completes_names_then_files(shelf: Path, typed: str, offered: str) -> None:
    command = main.get_command(click.Context(main), "render")
    assert command is not None
    (argument,) = [p for p in command.params if p.name == "question"]
    items = argument.shell_complete(click.Context(command), typed)
    assert [item.value for item in items] == [offered]
    assert items[0].type == ("plain" if typed == "pl" else "file")
