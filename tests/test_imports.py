"""The import contract: every module obeys it, and a breach of each rule is noticed."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest
from conftest import ROOT
from import_contract import LAYERS, imports, layer_of, violations

import derive

MODULES = sorted((ROOT / "derive").rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_module_obeys_the_contract(path: Path) -> None:
    assert violations(module_name(path), path.read_text(encoding="utf-8")) == []


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 10


BREACHES = [
    ("derive.expr.tree", "from derive.ops import table", "above it"),
    ("derive.expr.tree", "def f():\n    import derive.question.reader", "above it"),
    ("derive.numbers.policy", "from derive import formats", "above it"),
    ("derive.ops.linear", "from derive import load", "above it"),
    ("derive.document.blocks", "from ..formats import latex", "above it"),
    ("derive.solution.step", "from derive.novelty import x", "above it"),
    ("derive.novelty.x", "", "not in the contract"),
    ("derive.document.blocks", "import jinja2", "not for document"),
    ("derive.api", "from click import echo", "not for api"),
    ("derive.expr.tree", "import sympy", "before it is needed"),
    ("derive.solution.step", "if True:\n    from sympy.core import S", "before it is needed"),
    ("derive.calculus.system", "open('x')", "opens a file"),
    ("derive.expr.tree", "def f(p):\n    return p.read_text()", "opens a file"),
    ("derive.question.reader", "eval('1')", "evaluated"),
    ("derive.calculus.local", "import sympy\nsympy.sympify('x')", "evaluated"),
]


@pytest.mark.parametrize(("module", "source", "complaint"), BREACHES)
def test_breach_is_noticed(module: str, source: str, complaint: str) -> None:
    found = violations(module, source)
    assert len(found) == 1
    assert complaint in found[0]


ALLOWED = [
    ("derive.cli.render", "import click\nfrom derive import __version__, formats\nopen('x')"),
    ("derive.expr.bridge", "def f():\n    import sympy\n    return sympy.S.One"),
    ("derive.solution.step", "if TYPE_CHECKING:\n    import sympy"),
    ("derive.calculus.local", "import sympy\nfrom derive.numbers.policy import Policy"),
    ("derive.syntax.read", "import re\nNAME = re.compile('a')"),
]


@pytest.mark.parametrize(("module", "source"), ALLOWED)
def test_what_is_allowed_passes(module: str, source: str) -> None:
    assert violations(module, source) == []


def test_neighbours_in_a_layer_do_not_load_each_other_both_ways() -> None:
    edges = {
        (layer_of(module_name(path)), found.layer)
        for path in MODULES
        for found in imports(ast.parse(path.read_text(encoding="utf-8")))
        if found.package == "derive" and found.at_once
    }
    pairs = [pair for layers in LAYERS if "api" not in layers for pair in permutations(layers, 2)]
    assert [(a, b) for a, b in pairs if (a, b) in edges and (b, a) in edges] == []


def test_import_of_the_package_loads_no_engine() -> None:
    code = "import sys, derive; print({'sympy', 'numpy', 'yaml', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.strip() == "set()", done.stderr


@pytest.mark.parametrize("name", derive.__all__)
def test_public_name_exists(name: str) -> None:
    assert getattr(derive, name) is not None
    assert name in dir(derive)


def test_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = derive.lode  # type: ignore[attr-defined]
