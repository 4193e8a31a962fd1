"""Which shape each quantity has: what is known goes round until nothing new comes out."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from derive.errors import DeriveError, Place
from derive.expr.shapes import Shape
from derive.question.infer import infer
from derive.question.macros.sizes import found_shapes
from derive.question.macros.use import Use
from derive.question.model.declared import Declared
from derive.question.model.parsed import Parsed
from derive.question.question import Given
from derive.question.scope import Scope, subscripts
from derive.syntax.read_equation import Text, read_expression

__all__ = ["settle_shapes"]


def settle_shapes(scope: Scope, parsed: Sequence[Parsed], given: Mapping[str, Given],
                  declared: Mapping[str, Declared], uses: Sequence[Use] = ()) -> None:
    """Give every name the shape that is given, declared or follows from the equations."""
    scope.shapes.update(dict.fromkeys(scope.arity))
    for name, item in given.items():
        scope.shapes[name] = tuple(next(iter(item.members.values())).shape)
    for name, (_, shape) in declared.items():
        scope.shapes[name] = shape
    while (_one_round(scope, parsed, guess=False) or _of_parameters(scope, uses)
           or _one_round(scope, parsed, guess=True)):
        pass
    _report_circles(scope, [p for p in parsed if scope.shapes.get(p.name) is None])


def _of_parameters(scope: Scope, uses: Sequence[Use]) -> bool:
    """Give parameters of macros the shapes that follow from those of inputs and outputs."""
    def shape_of(text: str) -> Shape | None:
        return infer(read_expression(Text(text, Place())), scope)

    found = {name.partition("[")[0]: shape for use in uses
             for name, shape in found_shapes(use, shape_of)}
    new = {name: shape for name, shape in found.items()
           if name in scope.arity and scope.shapes.get(name) is None}
    scope.shapes.update(new)
    return bool(new)


def _report_circles(scope: Scope, waiting: Sequence[Parsed]) -> None:
    """Say where equations without a shape wait for each other at one and the same position."""
    names = {p.name for p in waiting}
    reads = {p.name: {n for n in names if n in _plain_reads(p)} for p in waiting}
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        first = next(p for p in waiting if p.name == circle[0])
        scope.errors.append(DeriveError(f"the equations go in a circle: {' -> '.join(circle)}",
                                        first.text.place))


def _plain_reads(parsed: Parsed) -> set[str]:
    """Return the names that a right side reads at the target's own position, or at none."""
    own = subscripts(parsed.target) if isinstance(parsed.target, ast.Subscript) else ()
    here = [ast.dump(slot) for slot in own]
    shifted = {n.value.id for n in ast.walk(parsed.rhs) if isinstance(n, ast.Subscript)
               and isinstance(n.value, ast.Name) and [*map(ast.dump, subscripts(n))] != here}
    called = {id(n.func) for n in ast.walk(parsed.rhs) if isinstance(n, ast.Call)}
    return {n.id for n in ast.walk(parsed.rhs)
            if isinstance(n, ast.Name) and id(n) not in called} - shifted


def _one_round(scope: Scope, parsed: Sequence[Parsed], guess: bool) -> bool:
    before = sum(s is not None for s in scope.shapes.values())
    for item in parsed:
        if scope.shapes.get(item.name) is None:
            scope.shapes[item.name] = infer(item.rhs, scope, guess)
            if guess and scope.shapes[item.name] is not None:
                break  # one guess at a time: the rest may follow without
    return sum(s is not None for s in scope.shapes.values()) > before
