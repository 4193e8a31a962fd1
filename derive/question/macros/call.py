"""Reading the call of a macro: ``h[t], c[t] = lstm(x[t], h[t-1], c[t-1], name="enc")``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from derive.errors import DeriveError, nearest
from derive.question.macros.macro import Macro
from derive.question.macros.options import Amount
from derive.question.macros.traced import Piece, Traced, cut, plain, span
from derive.question.macros.use import Parts, Use, parts, worded
from derive.syntax.read_equation import Text

__all__ = ["Call"]

ATOMIC = (ast.Name, ast.Subscript, ast.Constant, ast.Call, ast.List)
SUFFIX = re.compile(r"\w{1,20}")


@dataclass(frozen=True)
class Call:
    """A call as it stands in the file; `known` are names of sizes and unknown functions.

    `ranks` are the options that the shape of the first input decides; `position` are the brackets
    of what it defines, where a call inside an expression has no target.
    """

    macro: Macro
    node: ast.Call
    targets: tuple[Traced, ...]
    text: Text
    known: frozenset[str]
    ranks: Mapping[str, str]
    position: Traced = ()

    def use(self) -> Use:
        """Return what each name stands for; a DeriveError for what does not fit the row."""
        self._refuse_unknown()
        outputs = zip(self.macro.outputs, self.targets, strict=False)
        names = {**dict(self._arguments()), **self._expressions, **dict(outputs)}
        names |= {name: self._called(name) for name in self._open if name not in names}
        typed = frozenset((*self.macro.outputs[:len(self.targets)], *self.keywords))
        return Use(self.macro, self.text, self.node, self.targets, self.chosen, names, self.parts,
                   typed)

    @cached_property
    def keywords(self) -> dict[str, ast.expr]:
        return {keyword.arg or "": keyword.value for keyword in self.node.keywords}

    @cached_property
    def chosen(self) -> dict[str, str]:
        options = self.macro.options
        chosen = {name: option.default for name, option in options.items()} | dict(self.ranks)
        if "rows" in options and "rank" in self.ranks:      # a matrix has its examples in rows
            chosen["rows"] = str(int(self.ranks["rank"]) > 1)
        for name in self.keywords.keys() & options.keys():
            chosen[name] = options[name].read(self.keywords[name], self.text, self.known)
        return chosen

    @cached_property
    def parts(self) -> Parts:
        functions = {value for value in self.chosen.values() if value in self.known}
        return parts(self.macro, worded(self.chosen, self._expressions),
                     frozenset({*functions, *self._expressions}))

    @cached_property
    def _expressions(self) -> dict[str, Traced]:
        """Return the options for which something with a name in it was typed: mask=M."""
        return {name: self._typed(node) for name, node in self.keywords.items()
                if isinstance(self.macro.options.get(name), Amount)
                and any(isinstance(n, ast.Name) for n in ast.walk(node))}

    @property
    def _open(self) -> tuple[str, ...]:
        return (*self.macro.outputs, *self.parts.locals, *self.parts.parameters)

    def _refuse_unknown(self) -> None:
        allowed = [*self.macro.options, "name", *self.macro.inputs, *self._open]
        for name, value in self.keywords.items():
            if name not in allowed:
                remedy = nearest(name, allowed) or f"it takes {', '.join(allowed)}"
                raise self._wrong(f"`{self.macro.name}` has no `{name}`", remedy, value)
            if name in self.macro.outputs[:len(self.targets)]:
                raise self._wrong(f"`{name}` stands on the left already",
                                  f"leave {name}=... out", value)
        refusal = self.macro.refusal(self.chosen)
        if refusal is not None:
            raise self._wrong(f"`{self.macro.name}` cannot be {refusal[0]}", refusal[1])
        if len(self.targets) > len(self.macro.outputs):
            raise self._wrong(f"`{self.macro.name}` gives {', '.join(self.macro.outputs)}, not "
                              f"{len(self.targets)} quantities", f"as in {self.macro.call}")

    def _wrong(self, message: str, remedy: str, node: ast.AST | None = None) -> DeriveError:
        return DeriveError(message, self.text.at(node or self.node), remedy)

    def _arguments(self) -> Iterator[tuple[str, Traced]]:
        """Yield what is put in for the inputs, in their order or by name."""
        positional = dict(zip(self.macro.inputs, self.node.args, strict=False))
        if len(self.node.args) > len(self.macro.inputs):
            raise self._wrong(f"`{self.macro.name}` takes {len(self.macro.inputs)} arguments, not "
                              f"{len(self.node.args)}", f"as in {self.macro.call}")
        for name in self.macro.inputs:
            node = positional.get(name) or self.keywords.get(name)
            if node is None:
                raise self._wrong(f"`{self.macro.name}` needs `{name}`",
                                  f"as in {self.macro.call}")
            yield name, self._typed(node)

    def _typed(self, node: ast.expr) -> Traced:
        """Return what was typed, in brackets where it is more than a name."""
        traced = cut(self.text, *span(self.text, node))
        return traced if isinstance(node, ATOMIC) else (Piece("("), *traced, Piece(")"))

    def _called(self, name: str) -> Traced:
        """Return what an output without target, a local quantity or a parameter is called."""
        position = () if name in self.parts.parameters else self._position_of(name)
        node = self.keywords.get(name)
        if node is None:
            return (Piece(name + self._suffix), *position)
        if position and not isinstance(node, ast.Name):
            raise self._wrong(f"`{self.text.segment(node)}` is not a name",
                              f"rename as in {name}={name}_1", node)
        return (*self._typed(node), *position)

    def _position_of(self, name: str) -> Traced:
        """Return the brackets behind a name: some quantities have one index more."""
        own, more = plain(self._position), self.chosen.get(self.macro.along.get(name, ""), "")
        if not more:
            return self._position
        return (Piece(f"{own[:-1]}, {more}]" if own else f"[{more}]"),)

    @cached_property
    def _position(self) -> Traced:
        """Return the brackets of the first target: local quantities have the same."""
        first = plain(self.targets[0]) if self.targets else ""
        return (Piece(first[first.index("["):]),) if "[" in first else self.position

    @cached_property
    def _suffix(self) -> str:
        node = self.keywords.get("name")
        if node is None:
            return ""
        word = str(node.value) if isinstance(node, ast.Constant) else self.text.segment(node)
        if not SUFFIX.fullmatch(word):
            raise self._wrong("a name is made of letters and digits", 'as in name="enc"', node)
        return f"_{word}"
