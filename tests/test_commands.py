"""The commands with the engine behind them, run as a user runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from derive import formats
from derive.cli.new import starter

Done = subprocess.CompletedProcess[str]


def derive(folder: Path, *words: str) -> Done:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "derive", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_render_writes_the_sheet_and_says_so(tmp_path: Path) -> None:
    done = derive(tmp_path, "render", "q3", "--format", "latex")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("wrote output/q3.tex, checked: ")
    assert [p.name for p in (tmp_path / "output").iterdir()] == ["q3.tex"]
    assert (tmp_path / "output" / "q3.tex").read_text(encoding="utf-8").endswith("\n")


@pytest.mark.parametrize("name", formats.names())
def test_starter_renders_in_every_format(tmp_path: Path, name: str) -> None:
    (tmp_path / "mine.yaml").write_bytes(starter())
    done = derive(tmp_path, "render", "mine", "--format", name, "-o", "sheets/")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("wrote sheets/mine")
    assert "checked: " in done.stdout
    made = [*(tmp_path / "sheets").iterdir()]
    assert made
    assert all(path.stat().st_size for path in made)


def test_verify_shows_every_check_of_the_starter(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_bytes(starter())
    done = derive(tmp_path, "verify", "mine.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("what ")
    assert "dL/dW" in done.stdout


BAD = {
    "empty": "",
    "not_yaml": "a: [1, 2",
    "not_a_mapping": "- 1\n- 2\n",
    "no_model": "title: x\n",
    "binary": "\x00\x01\x02",
    "tabs": "title: x\n\tmodel: y\n",
    "executing": 'model: \'a = __import__("os").system("echo ran > ran")\'\nparts: [{find: a}]\n',
    "yaml_object": "title: !!python/object/apply:os.system ['echo ran > ran']\n",
    "deep": "model: 'a = " + "(" * 2000 + "1" + ")" * 2000 + "'\nparts: [{find: a}]\n",
    "power": "model: 'a = 9**9**9'\nparts: [{find: a}]\n",
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["render", "verify"])
def test_bad_question_is_refused_in_words(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / f"{name}.yaml").write_text(BAD[name], encoding="utf-8")
    done = derive(tmp_path, command, name)
    assert done.returncode == 2, done.stdout + done.stderr
    assert f"{name}.yaml" in done.stderr
    assert "Traceback" not in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == [f"{name}.yaml"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["render", "q33"], "did you mean 'q3'?"),
        (["verify", "q33"], "did you mean 'q3'?"),
        (["render", "q3", "--part", "3.44"], "3.4"),
    ],
)
def test_unknown_name_offers_the_nearest(tmp_path: Path, words: list[str], message: str) -> None:
    done = derive(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("title: Übung\n".encode("latin-1"))
    done = derive(tmp_path, "render", "latin")
    assert done.returncode == 2
    assert "latin.yaml" in done.stderr
