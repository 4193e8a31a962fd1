"""What can be chosen in the call of a macro: ``bias=False``, ``variant="reset_after"``."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from derive.errors import DeriveError, nearest
from derive.ops.elementwise import ELEMENTWISE
from derive.syntax.read_equation import Text

__all__ = ["Amount", "Choice", "Count", "Flag", "Function", "Option", "Typed"]

MOST = 12       # of what a number multiplies: heads, layers
PLAIN = frozenset(name for name, row in ELEMENTWISE.items() if not row.flat and row.latex)


@dataclass(frozen=True)
class Option:
    """A choice with its default, both as text."""

    default: str

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        """Return what was chosen; what cannot be chosen is a DeriveError with its place."""
        raise NotImplementedError

    @property
    def allowed(self) -> str:
        """Say in words what can be chosen."""
        raise NotImplementedError


@dataclass(frozen=True)
class Flag(Option):
    """True or False."""

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return str(node.value)
        raise _refused(node, text, self.allowed)

    @property
    def allowed(self) -> str:
        return "True or False"


@dataclass(frozen=True)
class Choice(Option):
    """One of several words."""

    words: tuple[str, ...]

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        if isinstance(node, ast.Constant) and node.value in self.words:
            return str(node.value)
        raise _refused(node, text, self.allowed)

    @property
    def allowed(self) -> str:
        return " or ".join(f'"{word}"' for word in self.words)


@dataclass(frozen=True)
class Function(Option):
    """An elementwise function by its name, in quotes or without."""

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        word = node.id if isinstance(node, ast.Name) else getattr(node, "value", "")
        word = {"linear": "identity"}.get(word, word)
        if word not in PLAIN and word not in functions:
            known = [*PLAIN, *functions, "linear"]
            raise DeriveError(f"`{text.segment(node)}` is not an activation function",
                              text.at(node), nearest(str(word), known) or self.allowed)
        return str(word)

    @property
    def allowed(self) -> str:
        return 'a function of one number such as "tanh", "relu" or "linear"'


@dataclass(frozen=True)
class Amount(Option):
    """A number, or a name of one: it is put into the equations as it is typed."""

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        words = isinstance(node, ast.Constant) and isinstance(node.value, (bool, str))
        if words or isinstance(node, (ast.List, ast.Tuple)):
            raise _refused(node, text, self.allowed)
        typed = text.segment(node)
        return typed if isinstance(node, (ast.Constant, ast.Name, ast.Call)) else f"({typed})"

    @property
    def allowed(self) -> str:
        return "a number"


@dataclass(frozen=True)
class Count(Option):
    """A whole number, of heads or groups."""

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        value = node.value if isinstance(node, ast.Constant) else None
        if type(value) is not int or not 1 <= value <= MOST:
            raise _refused(node, text, self.allowed)
        return str(value)

    @property
    def allowed(self) -> str:
        return f"a whole number from 1 to {MOST}"


@dataclass(frozen=True)
class Typed(Option):
    """A setting of an operation, which judges it: a number, a word, a pair."""

    def read(self, node: ast.expr, text: Text, functions: Collection[str]) -> str:
        return " ".join(text.segment(node).split())

    @property
    def allowed(self) -> str:
        return "what the operation takes"


def _refused(node: ast.expr, text: Text, allowed: str) -> DeriveError:
    return DeriveError(f"`{text.segment(node)}` cannot be chosen here", text.at(node),
                       f"write {allowed}")
