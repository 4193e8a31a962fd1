"""What a module of ``derive`` may import and call, read off its syntax tree.

The layers stand in ``LAYERS`` from the top down; a module imports from its own layer and from those
below. An import inside a function counts as well, and so does one that is only there for types.
Two neighbours in a layer may not load each other; a look back from inside a function is allowed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

LAYERS = [
    ["__main__"],
    ["cli"],
    ["derive", "api"],  # derive itself: the public names
    ["derivation"],  # what the Python API hands out
    ["formats"],
    ["document"],
    ["marking"],
    ["solution"],
    ["calculus", "numbers"],
    ["question"],
    ["ops"],
    ["syntax", "expr"],
    ["languages"],
    ["errors"],
]
RANK = {layer: rank for rank, layers in enumerate(LAYERS) for layer in layers}

RESERVED = {"jinja2": {"formats"}, "typst": {"formats"}, "click": {"cli"}}
LOADS_SYMPY = {"calculus", "ops"}  # elsewhere only inside a function: it takes long to load
OPENS_FILES = {"question", "formats", "marking", "cli"}
OPENING = {"open", "read_text", "write_text", "read_bytes", "write_bytes"}
EVALUATING = {"eval", "exec", "compile", "__import__", "sympify", "parse_expr"}


@dataclass(frozen=True)
class Import:
    """One imported module; ``at_once`` when it is loaded together with the module it stands in."""

    name: str
    line: int
    at_once: bool

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def layer(self) -> str:
        return layer_of(self.name)


def layer_of(module: str) -> str:
    """``derive.ops.linear`` -> ``ops``; the package itself is ``derive``."""
    return module.split(".")[1] if "." in module else "derive"


def imports(tree: ast.AST, at_once: bool = True) -> Iterator[Import]:
    """Every import below a node, with whether it happens on loading."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno, at_once) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(n, node.lineno, at_once) for n in _sources(node))
        else:
            yield from imports(node, at_once and not _is_later(node))


def _sources(node: ast.ImportFrom) -> list[str]:
    """The modules a ``from`` names: ``from derive import x`` may mean the layer x."""
    if node.level:
        return ["derive"]  # relative: refused as the top layer, since ruff wants absolute ones
    if node.module != "derive":
        return [node.module or ""]
    names = [alias.name for alias in node.names if alias.name != "__version__"]
    return [f"derive.{name}" if name in RANK else "derive" for name in names]


def _is_later(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.dump(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def called(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The name and line of every call: ``f(...)`` and ``x.f(...)`` are both f."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
            yield name, node.lineno


def violations(module: str, source: str) -> list[str]:
    """Everything in a module that the contract forbids, each with its line."""
    tree = ast.parse(source)
    layer = layer_of(module)
    if layer not in RANK:
        return [f"{module}: the layer {layer} is not in the contract"]
    found = [*_upward(layer, tree), *_foreign(layer, tree), *_calls(layer, tree)]
    return [f"{module}:{line}: {what}" for line, what in found]


def _upward(layer: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    for item in imports(tree):
        if item.package == "derive" and RANK.get(item.layer, -1) < RANK[layer]:
            yield item.line, f"{layer} imports {item.name}, which is above it"


def _foreign(layer: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    for item in imports(tree):
        if layer not in RESERVED.get(item.package, {layer}):
            yield item.line, f"{item.package} is not for {layer}"
        if item.package == "sympy" and item.at_once and layer not in LOADS_SYMPY:
            yield item.line, f"{layer} loads sympy before it is needed"


def _calls(layer: str, tree: ast.AST) -> Iterator[tuple[int, str]]:
    for name, line in called(tree):
        if name in OPENING and layer not in OPENS_FILES:
            yield line, f"{layer} opens a file ({name})"
        if name in EVALUATING and not _is_regular_expression(name, line, tree):
            yield line, f"{name}: nothing that comes from a file is evaluated"


def _is_regular_expression(name: str, line: int, tree: ast.AST) -> bool:
    """``re.compile`` is harmless, and Typst cannot do more than set pages."""
    return name == "compile" and any(
        ast.unparse(node.func) in ("re.compile", "typesetter.compile")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.lineno == line
    )
