"""``render -o``: where the sheet goes, and that it is there whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import stub_api
from click.testing import CliRunner, Result

from derive import formats
from derive.cli import main
from derive.cli.destination import choose, write
from derive.errors import CheckFailed, DeriveError

Run = Callable[..., Result]


@pytest.fixture
def solution() -> stub_api.Solution:
    return stub_api.Solution()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solution: stub_api.Solution) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "derive.api", stub_api.module(solution))
    monkeypatch.setattr(formats, "extension", lambda name, *_: "tex")
    return tmp_path


def render(*words: str) -> Result:
    return CliRunner().invoke(main, ["render", "q3", *words])


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir())


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ([], "output/q3.tex"),
        (["-o", "there.tex"], "there.tex"),
        (["-o", "present"], "present/q3.tex"),
        (["-o", "new/deep/"], "new/deep/q3.tex"),
        (["--output", "./there"], "there"),
    ],
)
def test_sheet_goes_where_it_should(here: Path, words: list[str], file: str) -> None:
    (here / "present").mkdir()
    result = render(*words)
    assert result.exit_code == 0
    assert (result.stdout, result.stderr) == (f"wrote {file}, {stub_api.SUMMARY}\n", "")
    assert files(here) == [file]
    assert (here / file).read_bytes() == stub_api.SHEET.encode()


def test_standard_output_holds_the_sheet_alone(here: Path) -> None:
    result = render("-o", "-")
    assert result.stdout_bytes == stub_api.SHEET.encode()
    assert result.stderr == f"{stub_api.SUMMARY}\n"
    assert files(here) == []


def test_failed_check_leaves_nothing(here: Path, solution: stub_api.Solution) -> None:
    solution.failure = CheckFailed("line 3")
    assert render().exit_code == 1
    assert list(here.iterdir()) == []


def test_old_sheet_is_replaced_and_keeps_its_permissions(here: Path) -> None:
    old = here / "old.tex"
    old.write_text("old")
    old.chmod(0o640)
    assert render("-o", "old.tex").exit_code == 0
    assert old.read_text(encoding="utf-8") == stub_api.SHEET
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_new_sheet_has_the_usual_permissions(here: Path) -> None:
    (here / "plain").write_text("")
    render("-o", "new.tex")
    assert (here / "new.tex").stat().st_mode == (here / "plain").stat().st_mode


def test_link_stays_a_link(here: Path) -> None:
    (here / "elsewhere").mkdir()
    (here / "link.tex").symlink_to("elsewhere/real.tex")
    render("-o", "link.tex")
    assert (here / "link.tex").is_symlink()
    assert files(here) == ["elsewhere/real.tex", "link.tex"]


def test_device_is_written_to_and_not_replaced() -> None:
    assert render("-o", "/dev/null").exit_code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("fails", ["write_bytes", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_interrupted_writing_leaves_the_old_sheet_and_no_draft(
    here: Path, monkeypatch: pytest.MonkeyPatch, fails: str, failure: BaseException
) -> None:
    def broken(*_: object) -> None:
        raise failure

    (here / "old.tex").write_text("old")
    monkeypatch.setattr(Path if fails == "write_bytes" else os, fails, broken)
    assert render("-o", "old.tex").exit_code in (2, 130)
    assert files(here) == ["old.tex"]
    assert (here / "old.tex").read_text() == "old"


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("none/here.tex", "cannot write none/here.tex: No such file or directory"),
        ("file/x.tex", "cannot write file/x.tex: Not a directory"),
        ("file/", "cannot make the folder file: File exists"),
        ("x" * 300, "File name too long"),
        ("", "cannot write"),
    ],
)
def test_place_that_cannot_be_written(here: Path, output: str, message: str) -> None:
    (here / "file").write_text("")
    result = render("-o", output)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert files(here) == ["file"]


def test_default_folder_taken_by_a_file(here: Path) -> None:
    (here / "output").write_text("")
    result = render()
    assert (result.exit_code, result.stderr) == (2, "cannot make the folder output: File exists\n")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission(here: Path) -> None:
    here.chmod(0o500)
    with pytest.raises(DeriveError, match="Permission denied"):
        write("sheet", here / "x.tex")
    here.chmod(0o700)


def test_extension_may_come_with_its_dot() -> None:
    assert choose("-", "q3", "tex") is None
    assert choose("./", "q3", ".tex") == choose("./", "q3", "tex") == Path("q3.tex")


def test_pages_become_files_with_numbers(here: Path) -> None:
    assert write((b"one", b"two"), here / "x.png") == f"{here / 'x-1.png'} to x-2.png"
    assert files(here) == ["x-1.png", "x-2.png"]
    assert (here / "x-2.png").read_bytes() == b"two"
    write((b"alone",), here / "y.png")
    assert (here / "y.png").read_bytes() == b"alone"


def test_pages_are_there_all_or_none(here: Path) -> None:
    (here / "x-2.png").mkdir()
    with pytest.raises(DeriveError, match="cannot write"):
        write((b"one", b"two"), here / "x.png")
    assert [path.name for path in here.iterdir()] == ["x-2.png"]


def page(text: str, size: str = "595 842") -> bytes:
    return f'<svg viewBox="0 0 {size}" width="595pt">{text}</svg>'.encode()


@pytest.mark.parametrize(("before", "now", "left"), [
    (4, 2, ["x-1.svg", "x-2.svg"]), (3, 1, ["x.svg"]), (1, 2, ["x-1.svg", "x-2.svg"]),
    (2, 3, ["x-1.svg", "x-2.svg", "x-3.svg"]), (1, 1, ["x.svg"])])
def test_pages_of_an_earlier_run_go(here: Path, before: int, now: int, left: list[str]) -> None:
    for number in (before, now):
        said = write(tuple(page(str(n)) for n in range(number)), here / "x.svg")
    assert files(here) == left
    assert ("removed" in said) == (before > now or (before, now) == (1, 2))


def test_only_pages_of_such_a_sheet_go(here: Path) -> None:
    """Another picture of that name stays, and what no number leads to."""
    kept = {"x-3.svg": page("a plot", "300 200"), "x-5.svg": page("behind a gap"),
            "x-10.svg": page("too"), "y-2.svg": page("of another sheet")}
    for name, content in kept.items():
        (here / name).write_bytes(content)
    write((page("1"), page("2")), here / "x.svg")
    assert {name: (here / name).read_bytes() for name in kept} == kept


def test_pages_do_not_go_into_one_stream() -> None:
    with pytest.raises(DeriveError, match="2 pages"):
        write((b"one", b"two"), None)
