"""The lines of a model as trees, each with the name it defines."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from derive.errors import DeriveError, Place, nearest
from derive.question.arrays import is_split
from derive.question.macros import MACROS
from derive.question.scope import Scope
from derive.syntax.read_equation import Text, read_equation, read_expression

__all__ = ["Line", "Parsed", "expression", "parse"]

Line = tuple[str, Place]


@dataclass(frozen=True, slots=True)
class Parsed:
    """An equation before its names have a meaning."""

    target: ast.expr
    rhs: ast.expr
    text: Text

    @property
    def name(self) -> str:
        node = self.target.value if isinstance(self.target, ast.Subscript) else self.target
        return node.id if isinstance(node, ast.Name) else ""


def parse(texts: Sequence[Text], scope: Scope) -> list[Parsed]:
    """Read all lines; those that are no equations go to the errors of the scope."""
    found = []
    for text in texts:
        try:
            found += [_target_checked(item, scope) for item in _unpacked(
                Parsed(*read_equation(text), text), scope)]
        except DeriveError as error:
            scope.errors.append(error)
    return found


def _unpacked(parsed: Parsed, scope: Scope) -> Iterator[Parsed]:
    """Read ``i, f = split(z, 2)`` as one equation for each name."""
    if not isinstance(parsed.target, ast.Tuple) or not is_split(parsed.rhs, scope):
        yield parsed
        return
    for number, target in enumerate(parsed.target.elts):
        which = ast.copy_location(ast.Constant(number), parsed.rhs)
        taken = ast.Subscript(parsed.rhs, which, ast.Load())
        yield Parsed(target, ast.copy_location(taken, parsed.rhs), parsed.text)


def _target_checked(parsed: Parsed, scope: Scope) -> Parsed:
    name, node = parsed.name, parsed.target
    if not name:
        raise _no_name(parsed)
    for kind, names in (("an index or a size", {*scope.indices, *scope.sizes}),
                        ("a function", {*scope.functions})):
        if name in names:
            raise DeriveError(f"`{name}` is {kind}, it cannot be defined", parsed.text.at(node))
    return parsed


def _no_name(parsed: Parsed) -> DeriveError:
    """Refuse ``w[k], m[k] = lion(..)``, where nothing of that name has several results."""
    call, several = parsed.rhs, isinstance(parsed.target, ast.Tuple)
    if several and isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
        return DeriveError(f"`{call.func.id}` is no cell, layer or optimiser with several results",
                           parsed.text.at(call), nearest(call.func.id, MACROS)
                           or "write its equations, one a line")
    return DeriveError("the left side of an equation is a name, as in h[t]",
                       parsed.text.at(parsed.target))


def expression(line: Line, scope: Scope) -> tuple[ast.expr | None, Text]:
    """Read a line that is no equation, as a fact."""
    text = Text(*line)
    try:
        return read_expression(text), text
    except DeriveError as error:
        scope.errors.append(error)
        return None, text
