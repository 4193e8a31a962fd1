"""Looking up, in a model that has been read, the names in what the parts ask for."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.errors import Place
from derive.expr.equation import Equation
from derive.expr.nodes import Expr
from derive.question.elaborate import elaborate
from derive.question.free_names import free_names
from derive.question.model import Model, fact
from derive.question.named_results import Named, written_out
from derive.question.question import Fact, Given, Part, Request
from derive.question.requests import read_request
from derive.question.scope import Scope
from derive.question.source import Scalar
from derive.question.statements import Statement, read_statement
from derive.syntax.read_equation import Text, read_expression

__all__ = ["Binder"]


@dataclass
class Binder:
    """Reads texts of a part against the model; every index may stand free in them.

    Each method raises a `DeriveError` with its place. `used` collects the names mentioned;
    `part` is the part that is read, its tasks still to come; `named` are the names that earlier
    parts have given to their results.
    """

    model: Model
    used: set[str] = field(default_factory=set)
    part: Part = field(default_factory=lambda: Part("", ()))
    named: dict[str, Named] = field(default_factory=dict)

    @property
    def scope(self) -> Scope:
        return self.model.scope

    @property
    def equations(self) -> Sequence[Equation]:
        """Return the equations of the model, and those of expressions without a name."""
        return (*self.model.equations, *self.scope.expressions.values())

    @property
    def given(self) -> Mapping[str, Given]:
        return self.model.given

    def warn(self, message: str, place: Place) -> None:
        """Tell of what is allowed but may be a slip."""
        self.scope.warnings.append(f"{place}: {message}")

    def parsed(self, item: Scalar) -> tuple[ast.expr, Text]:
        """Return the syntax tree of a text, and the text with its place."""
        text = Text(item.text, item.start)
        tree = written_out(read_expression(text), self.named)
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        self.used |= names | {n.removeprefix("d") for n in names}
        return tree, text

    def request(self, item: Scalar) -> Request:
        """Read a value or a derivative that is asked for: ``h[1]``, ``dL/dV``."""
        return read_request(*self.parsed(item), self.scope, self.equations, self.given)

    def expression(self, item: Scalar, derivatives: bool = False) -> Expr:
        """Read an expression in the quantities of the model, perhaps in their derivatives too."""
        tree, text = self.parsed(item)
        free = set(free_names(tree))
        scope = replace(self.scope.within(*(n for n in self.scope.indices if n in free)),
                        derivatives=derivatives)
        return elaborate(tree, scope, text)

    def claim(self, item: Scalar) -> Fact:
        """Read ``left == right`` or an inequality."""
        return fact(*self.parsed(item), self.scope)

    def statement(self, item: Scalar) -> Statement:
        """Read ``dL/dz == p - t``: a derivative, and what it is claimed to be."""
        return read_statement(*self.parsed(item), self.scope, self.equations, self.given)
