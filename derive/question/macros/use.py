"""One call of a macro in a model: its options, and what each of the macro's names stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from derive.errors import Place
from derive.question.macros.macro import Macro, filled
from derive.question.macros.traced import Expanded, Piece, Traced, plain, replaced, span
from derive.syntax.read_equation import Text, read_equation

__all__ = ["Parts", "Use", "parts", "worded"]


CONSTANTS = ("pi", "inf")


@dataclass(frozen=True)
class Parts:
    """The names in the equations of a macro, in their order, by what they are."""

    locals: tuple[str, ...]         # defined, but no output
    parameters: tuple[str, ...]     # neither defined nor put in


@dataclass(frozen=True, eq=False)
class Use:
    """A macro in a model.

    text, node: the line in which it is called, and the call.
    targets:    as they were typed; none for a call inside an expression.
    names:      what stands in the model for each of the macro's names.
    typed:      those of the macro's names for which the author typed another.
    put_in:     True where its only equation went into an expression, so that nothing is defined.
    """

    macro: Macro
    text: Text
    node: ast.Call
    targets: tuple[Traced, ...]
    chosen: Mapping[str, str]
    names: Mapping[str, Traced]
    parts: Parts
    typed: frozenset[str]
    put_in: bool = False

    @property
    def place(self) -> Place:
        return self.text.at(self.node)

    @property
    def parameters(self) -> dict[str, str]:
        """Return the name of every parameter, in the model, and in the macro."""
        return {plain(self.names[name]): name for name in self.parts.parameters}

    @property
    def defined(self) -> dict[str, str]:
        """Return what its equations define: the name in the model, and in the macro."""
        names = (*self.macro.outputs, *self.parts.locals)
        return {plain(self.names[name]).partition("[")[0].strip(): name for name in names}

    @property
    def states(self) -> tuple[str, ...]:
        """Return the outputs, as the model calls them, that the cell reads one step before."""
        return tuple(name for name, own in self.defined.items()
                     if f"{own}_prev" in self.macro.inputs)

    @property
    def what(self) -> str:
        return filled(self.macro.what, self.chosen)

    @property
    def source(self) -> str:
        return filled(self.macro.source, self.chosen)

    @property
    def worded(self) -> dict[str, str]:
        """Return the options, where an expression was chosen its own name to stand for it."""
        return worded(self.chosen, self.names)

    def equations(self) -> tuple[Expanded, ...]:
        """Return the equations in the names of the model."""
        return tuple(Expanded.of(_put(line, self.names), self.place)
                     for line in self.macro.written(self.worded))

    def value(self) -> Traced:
        """Return the right side of the only equation of a macro, in the names of the model."""
        (line,) = self.macro.written(self.worded)
        whole = _put(line, self.names)
        left = (0, plain(whole).index("=") + 2)
        return replaced(Expanded.of(whole, self.place), [(left, ())])


def worded(chosen: Mapping[str, str], names: Mapping[str, Traced]) -> dict[str, str]:
    """Return options, each that is among *names* as that name."""
    return {option: option if option in names else value for option, value in chosen.items()}


def parts(macro: Macro, chosen: Mapping[str, str], known: frozenset[str]) -> Parts:
    """Sort the names of a macro's equations; *known* are names of sizes and functions."""
    sides = [read_equation(Text(line, Place())) for line in macro.written(chosen)]
    defined = dict.fromkeys(n.id for left, _ in sides for n in _names(left))
    read = dict.fromkeys(n.id for _, right in sides for n in _names(right))
    return Parts(tuple(n for n in defined if n not in macro.outputs),
                 tuple(n for n in read if n not in {*defined, *macro.inputs, *known, *CONSTANTS}))


def _put(line: str, names: Mapping[str, Traced]) -> Traced:
    text = Text(line, Place())
    changes = [(span(text, n), names[n.id]) for side in read_equation(text) for n in _names(side)
               if n.id in names]
    return tuple(piece if piece.place and piece.place.line else Piece(piece.text)
                 for piece in replaced(text, changes))


def _names(tree: ast.AST) -> Iterator[ast.Name]:
    """Yield the names of quantities; a function that is called is none."""
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called)
    yield from sorted(found, key=lambda n: n.col_offset)
