"""What the names of a model look like in LaTeX: each printed form, read back, is a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from derive.expr.equation import Family
from derive.expr.nodes import Apply, Range
from derive.expr.walk import walk
from derive.question.functions import Signature
from derive.question.latex.spelling import base_name, spelled
from derive.question.question import Question
from derive.question.scope import Scope
from derive.syntax.names import latex_name, with_index
from derive.syntax.read_latex import chains
from derive.syntax.read_latex.tree import Node

__all__ = ["HOLE", "Pattern", "Vocabulary"]

HOLE = r"\aleph"    # stands in a pattern where a position will stand


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write a quantity; `positions` of its index stand where the pattern has holes."""

    family: Family
    shape: Node


@dataclass(frozen=True)
class Vocabulary:
    """The names that a formula may use, with how they are written.

    numbers:   lengths that have a value (T is 3).
    functions: unknown functions, by name.
    notation:  name -> LaTeX, as in a question file.
    rows:      True where the derivative of a scalar by a vector is a row (the Jacobian layout).
    aliases:   further LaTeX for names of the model: ``{"p": "yhat"}``.
    """

    families: Mapping[str, Family]
    indices: Mapping[str, Range] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()
    numbers: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, Signature] = field(default_factory=dict)
    notation: Mapping[str, str] = field(default_factory=dict)
    log: str = "e"
    rows: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, question: Question) -> Vocabulary:
        """Return the names of a question, in its notation."""
        functions = {name: Signature(name) for name in question.functions}
        for equation in question.equations:
            functions |= {f.name: f for f in map(_signature, walk(equation.rhs)) if f}
        return cls(question.families, question.indices, frozenset(question.sizes), {}, functions,
                   question.notation, question.conventions.log,
                   question.conventions.layout == "jacobian")

    @classmethod
    def of_scope(cls, scope: Scope, notation: Mapping[str, str] | None = None) -> Vocabulary:
        """Return the names of a scope in which equation text is read."""
        families = {name: Family(name, scope.arity[name], shape)
                    for name, shape in scope.shapes.items() if shape is not None}
        return cls(families, scope.indices, scope.sizes, scope.numbers, scope.functions,
                   notation or {}, scope.log)

    @cached_property
    def words(self) -> frozenset[str]:
        """Runs of letters that are one name."""
        from derive.question.latex.functions import WORDS

        listed = (*self.families, *self.indices, *self.sizes, *self.functions)
        names = [name.strip("_") for name in listed]
        whole = {name for name in names if len(name) > 1}
        return frozenset(whole | {name.partition("_")[0] for name in whole
                                  if len(name.partition("_")[0]) > 1} | WORDS)

    @cached_property
    def patterns(self) -> dict[str, list[Pattern]]:
        """The patterns of all quantities by the spelling of what carries the scripts."""
        found: dict[str, list[Pattern]] = {}
        for family in self.families.values():
            for latex in self._written(family.name):
                holes = [HOLE] * len(family.indices)
                node = _node(with_index(latex, holes), self.words)
                if node is not None:
                    patterns = found.setdefault(base_name(node), [])
                    if all(spelled(p.shape) != spelled(node) for p in patterns):
                        patterns.append(Pattern(family, node))
        return found

    def called(self, function: str) -> str:
        """Return the spelling of an unknown function."""
        node = _node(latex_name(function, self.notation), self.words)
        return spelled(node) if node is not None else function

    def _written(self, name: str) -> list[str]:
        """Return the ways to write a name: as it prints, as it is typed, and by an alias."""
        typed = name.strip("_")
        other = [latex for latex, meant in self.aliases.items() if meant == name]
        return [latex_name(name, self.notation), *other, typed, latex_name(name)]

    @cached_property
    def integers(self) -> dict[str, str]:
        """The names of sizes and indices by the spelling of their LaTeX."""
        names = [*self.sizes, *self.indices]
        found: dict[str, str] = {}
        for name in names:
            for latex in (latex_name(name, self.notation), latex_name(name), name.strip("_")):
                node = _node(latex, self.words)
                if node is not None:
                    found.setdefault(spelled(node), name)
        return found


def _node(latex: str, words: frozenset[str]) -> Node | None:
    """Return the tree of a notation; None for one that no formula could repeat."""
    from derive.errors import Unreadable

    try:
        found = chains(latex, words)
    except Unreadable:
        return None
    return found[0].sides[0] if len(found) == 1 and len(found[0].sides) == 1 else None


def _signature(expr: object) -> Signature | None:
    if not isinstance(expr, Apply) or not expr.op.startswith("unknown function of"):
        return None
    settings = dict(expr.params)
    if settings.get("slots"):
        return None
    return Signature(settings["called"], tuple(arg.shape for arg in expr.args), settings["gives"])
