"""The package works in each way of having it: wheel, source archive, editable, bare checkout."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT, leave_out

QUESTIONS = sorted(path.stem for path in (ROOT / "derive" / "questions").glob("*.yaml"))
TEMPLATES = sorted(
    str(p.relative_to(ROOT / "templates")) for p in (ROOT / "templates").rglob("*") if p.is_file()
)
# the fonts of web pages, and their licence
FONTS = sorted(p.name for p in (ROOT / "derive/formats/html/fonts").iterdir() if p.is_file())
LOCATE = "from derive.formats.templates_location import templates_folder as f; print(f())"
CHECKOUT = ("derive", "templates", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")


@dataclass(frozen=True)
class Installation:
    """A Python that has derive, the folder to run it in, and where its templates belong."""

    python: Path
    folder: Path
    templates: Path

    def run(self, *words: str) -> str:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        return call([str(self.python), *words], self.folder, environment)


def call(command: list[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone holds, so that building leaves nothing behind in the real one."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in CHECKOUT:
        source = ROOT / name
        copier = shutil.copytree if source.is_dir() else shutil.copy2
        copier(source, copy / name)
    return copy


@pytest.fixture(scope="module")
def archives(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The source archive, and the wheel that is built from it (not from the checkout)."""
    for module in ("build", "hatchling"):
        if importlib.util.find_spec(module) is None:
            leave_out(f"the module {module} is not installed")
    out = tmp_path_factory.mktemp("dist")
    call([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out)], checkout)
    return {"wheel": next(out.glob("*.whl")), "sdist": next(out.glob("*.tar.gz"))}


def installed(folder: Path, *what: str) -> tuple[Path, Path]:
    """A new environment with ``what``; everything else is seen from the present one, offline."""
    venv.create(folder, with_pip=False)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    python = Path(paths["scripts"], "python")
    outer = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(paths["purelib"], "outer.pth").write_text("\n".join(outer))
    flags = ["--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed", "--quiet"]
    call([str(python), "-m", "pip", "install", *flags, *what], folder)
    return python, Path(paths["purelib"])


def from_wheel(tmp: Path, archives: dict[str, Path], checkout: Path) -> Installation:
    python, site = installed(tmp, str(archives["wheel"]))
    return Installation(python, tmp, site / "derive" / "templates")


def from_sdist(tmp: Path, archives: dict[str, Path], checkout: Path) -> Installation:
    python, site = installed(tmp, str(archives["sdist"]))
    return Installation(python, tmp, site / "derive" / "templates")


def from_editable(tmp: Path, archives: dict[str, Path], checkout: Path) -> Installation:
    python, _ = installed(tmp, "-e", str(checkout))
    return Installation(python, tmp, checkout / "templates")


def from_checkout(tmp: Path, archives: dict[str, Path], checkout: Path) -> Installation:
    return Installation(Path(sys.executable), checkout, checkout / "templates")


@pytest.mark.parametrize("way", [from_wheel, from_sdist, from_editable, from_checkout])
def test_commands_and_templates_are_there(
    way: Callable[..., Installation], tmp_path: Path, archives: dict[str, Path], checkout: Path
) -> None:
    here = way(tmp_path, archives, checkout)
    rows = json.loads(here.run("-m", "derive", "list", "--format", "json"))
    assert sorted(row["name"] for row in rows) == QUESTIONS
    assert Path(here.run("-c", LOCATE).strip()).resolve() == here.templates.resolve()
    assert here.templates.is_dir()


def test_wheel_holds_package_data_and_nothing_else(archives: dict[str, Path]) -> None:
    names = set(zipfile.ZipFile(archives["wheel"]).namelist())
    wanted = {f"derive/templates/{name}" for name in TEMPLATES}
    wanted |= {f"derive/questions/{name}.yaml" for name in QUESTIONS}
    wanted |= {"derive/py.typed", "derive/cli/starter.yaml"}
    wanted |= {f"derive/formats/html/fonts/{name}" for name in FONTS}
    assert wanted <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"derive"}


def test_source_archive_holds_the_templates_at_its_top(archives: dict[str, Path]) -> None:
    with tarfile.open(archives["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"templates/{name}" for name in TEMPLATES} <= names
    assert set(CHECKOUT) - {"derive", "templates"} <= names


def test_command_is_installed(tmp_path: Path, archives: dict[str, Path], checkout: Path) -> None:
    here = from_wheel(tmp_path, archives, checkout)
    command = here.python.with_name("derive")
    assert call([str(command), "--version"], tmp_path).startswith("derive, version ")


def test_there_is_something_to_pack() -> None:
    assert QUESTIONS
    assert TEMPLATES
    assert len(FONTS) > 4
