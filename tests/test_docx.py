"""Word documents: made by pandoc with all formulas, or refused with what to do."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import leave_out

from derive import api, formats
from derive.cli import main
from derive.errors import DeriveError
from derive.formats import docx


def content(name: str, entry: str = "word/document.xml") -> str:
    try:
        formats.require("docx")
    except DeriveError as error:
        leave_out(str(error))
    made = zipfile.ZipFile(io.BytesIO(api.load(name).solve().render("docx")))
    assert made.testzip() is None
    return made.read(entry).decode()


@pytest.mark.parametrize("name", ["q3", "set_c", "set_e"])
def test_formulas_are_those_of_word(name: str) -> None:
    found = content(name)
    sheet = api.load(name).solve().render("markdown")
    assert len(re.findall(r"<m:oMathPara>", found)) == len(re.findall(r"^```math$", sheet, re.M))
    text = "".join(re.findall(r"<w:t\b[^>]*>([^<]*)</w:t>", found))
    assert not re.search(r"\\(frac|begin|boxed|hat)|\$|```", text)


def test_document_is_titled_and_marked() -> None:
    text = "".join(re.findall(r"<w:t\b[^>]*>([^<]*)</w:t>", content("set_c")))
    assert "Homework C" in text
    assert "(30 marks)" in text
    properties = content("set_c", "docProps/core.xml")
    title = "Homework C: backpropagation through time in symbols, attention"
    assert f"<dc:title>{title}</dc:title>" in properties


def test_authors_are_said_in_characters_that_xml_can_hold() -> None:
    xml = "<dc:title></dc:title><dc:creator>old</dc:creator><dc:language>en</dc:language>"
    assert docx._filled(xml, {"title": "p < q", "creator": r"A \1 & B"}) == (
        r"<dc:title>p &lt; q</dc:title><dc:creator>A \1 &amp; B</dc:creator>"
        "<dc:language>en</dc:language>")


def test_missing_pandoc_is_one_message_and_nothing_is_written(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(main, ["render", "q3", "--format", "docx"])
    assert done.exit_code == 2
    assert done.stderr == ("pandoc is not installed, which makes a docx (install it from "
                           "pandoc.org, or take --format pdf or html)\n")
    assert [*tmp_path.iterdir()] == []


def test_a_failing_pandoc_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(
        command, 64, b"", b"no such thing"))
    with pytest.raises(DeriveError, match="cannot make the document: no such thing"):
        api.load("softmax_cross_entropy").solve().render("docx")
