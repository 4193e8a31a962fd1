"""Macros in a model become the equations they stand for, before anything else is read.

A call alone on the right side of an equation gives its targets their equations. Inside an
expression a macro of one equation is put in as it is; one of several gives its result a name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.errors import DeriveError
from derive.expr.integers import text as size_text
from derive.expr.shapes import Shape
from derive.question.macros.call import Call
from derive.question.macros.macro import Macro
from derive.question.macros.traced import Expanded, Piece, Traced, cut, replaced, span
from derive.question.macros.use import Use
from derive.syntax.read_equation import Text, read_equation

__all__ = ["Expansion", "ShapeOf", "expanded", "shape_marks"]

ShapeOf = Callable[[Sequence[Text], Text], Shape | None]
Found = tuple[ast.Call, tuple[Traced, ...], bool, bool]
MOST = 500      # calls in one model
MOST_ROWS = 32  # of a causal mask that is written out


@dataclass
class Expansion:
    """The equations of a model without macros, and the macros that were in it.

    `origins` tells for the text of an equation (by its `id`) which use it comes from.
    """

    texts: list[Text] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    origins: dict[int, Use] = field(default_factory=dict)
    errors: list[DeriveError] = field(default_factory=list)

    def add(self, use: Use) -> None:
        equations = use.equations()
        self.uses.append(use)
        self.texts += equations
        self.origins |= {id(text): use for text in equations}


@dataclass
class _Expander:
    """Takes the macros out of a model; `shape_of` tells the shape of something, if known."""

    macros: Mapping[str, Macro]
    indices: frozenset[str]
    known: frozenset[str]
    taken: frozenset[str]
    shape_of: ShapeOf
    done: Expansion = field(default_factory=Expansion)

    def all(self, texts: Sequence[Text]) -> Expansion:
        """Expand all lines; one whose input has a shape only later waits for it."""
        waiting, last = list(texts), False
        while waiting:
            left = [rest for text in waiting if (rest := self._caught(text, last)) is not None]
            last = left == waiting
            waiting = left
        return self.done

    def _caught(self, text: Text, last: bool) -> Text | None:
        try:
            return self._line(text, last)
        except DeriveError as error:
            self.done.errors.append(DeriveError(error.message, error.place or text.place,
                                                error.remedy))
            return None

    def _line(self, text: Text, last: bool) -> Text | None:
        """Expand one line; return what is left of it where it has to wait."""
        while (found := self._next(text)) is not None:
            node, targets, alone, fed = found
            macro = self.macros[_name(node)]
            ranks = self._marks(macro, node, text, last)
            if ranks is None:
                return text
            if len(self.done.uses) >= MOST:
                raise DeriveError(f"more than {MOST} macros", text.at(node))
            if alone:
                self.done.add(Call(macro, node, targets, text, self.known, ranks).use())
                return None
            text = self._inside(macro, node, text, ranks, fed)
        self.done.texts.append(text)
        return None

    def _next(self, text: Text) -> Found | None:
        """Return an innermost call of a macro, the targets, and where it stands.

        That is: alone on the right side; as (part of) an argument of another macro.
        """
        if not re.search(rf"\b({'|'.join(map(re.escape, self.macros))})\s*\(", text.text):
            return None
        try:
            target, right = read_equation(text)
        except DeriveError:
            return None     # told where equations are read
        calls = [n for n in ast.walk(right) if isinstance(n, ast.Call) and _name(n) in self.macros]
        if not calls:
            return None
        node = calls[-1]    # the walk goes from the outside in
        targets = target.elts if isinstance(target, ast.Tuple) else [target]
        fed = any(inner is node for call in calls[:-1] for inner in ast.walk(call))
        return node, tuple(cut(text, *span(text, t)) for t in targets), node is right, fed

    def _marks(self, macro: Macro, node: ast.Call, text: Text, last: bool
               ) -> dict[str, str] | None:
        """Return the options that the number of axes of the first input decides."""
        if not macro.ranked or not node.args:
            return {}
        argument = Expanded.of(cut(text, *span(text, node.args[0])), text.at(node.args[0]))
        shape = self.shape_of(self.done.texts, argument)
        if shape is None and last:
            raise DeriveError(f"`{macro.name}` has to know whether `{argument.text}` is a vector "
                              "or a matrix", argument.place, "declare its shape under `symbols`")
        return None if shape is None else shape_marks(shape)

    def _inside(self, macro: Macro, node: ast.Call, text: Text, ranks: Mapping[str, str],
                fed: bool) -> Text:
        """Put a macro into an expression: its equation, or a name for its result.

        What another macro is fed with has a name where that is free: it may be read many times.
        """
        letters = sorted({n.id for a in node.args for n in ast.walk(a)
                          if isinstance(n, ast.Name)} & self.indices)
        own = (Piece(f"[{', '.join(letters)}]" if letters else ""),)
        use = Call(macro, node, (), text, self.known, ranks, own).use()
        result = next(iter(use.defined))
        if len(macro.written(use.chosen)) == 1 and not (fed and result not in self.taken):
            new: Traced = (Piece("("), *use.value(), Piece(")"))
            self.done.uses.append(replace(use, put_in=True))
        else:
            new = use.names[macro.outputs[0]]
            self.done.add(use)
        return Expanded.of(replaced(text, [(span(text, node), new)]), text.place)


def shape_marks(shape: Shape) -> dict[str, str]:
    """Return what equations may ask about the shape of the first input."""
    rows = shape[0] if shape else 0
    marks = {"vector": str(len(shape) == 1), "rank": str(len(shape)),
             **{str(axis): size_text(size) for axis, size in enumerate(shape)}}
    if isinstance(rows, int) and 0 < rows <= MOST_ROWS:
        marks["triangle"] = str([[int(j <= i) for j in range(rows)] for i in range(rows)])
    return marks


def _name(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def expanded(texts: Sequence[Text], macros: Mapping[str, Macro], indices: frozenset[str],
             known: frozenset[str], taken: frozenset[str], shape_of: ShapeOf) -> Expansion:
    """Take all macros out of the lines of a model.

    known: names of sizes and of unknown functions, which are no parameters.
    taken: names of quantities that are given or declared.
    shape_of: what a text has for a shape, in a model of these equations; None where unknown.
    """
    usable = {name: macro for name, macro in macros.items() if name not in known}
    return _Expander(usable, indices, known, taken, shape_of).all(texts)
