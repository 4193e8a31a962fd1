"""What is to be proved: ``dL/dz == p - t``, ``d(dL/dz)/dz == diag(p) - outer(p, p)``."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.errors import DeriveError, Place, ShapeError
from derive.expr.build import number
from derive.expr.equation import Equation
from derive.expr.nodes import Expr, Fill, Partial, Symbol
from derive.expr.shapes import Shape, say
from derive.expr.walk import refs
from derive.question.elaborate import elaborate
from derive.question.elaborate.differentials import is_derivative
from derive.question.question import Given, Request
from derive.question.requests import read_request
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__ = ["Statement", "read_statement"]


@dataclass(frozen=True, slots=True)
class Statement:
    """``d top / d bottom == right``, as claimed; `again` is what it is differentiated by once more.

    The right side may hold derivatives itself. `typed` is the whole as its author wrote it,
    `derivative` its left side.
    """

    request: Request
    right: Expr
    typed: str
    derivative: str
    place: Place
    again: Symbol | None = None

    @property
    def top(self) -> Symbol:
        return self.request.top

    @property
    def bottom(self) -> Symbol:
        assert self.request.bottom is not None, "a derivative has a bottom"
        return self.request.bottom

    @property
    def shape(self) -> Shape:
        last = self.again.shape if self.again is not None else ()
        return (*self.top.shape, *self.bottom.shape, *last)


def read_statement(node: ast.expr, text: Text, scope: Scope, equations: Sequence[Equation],
                   given: Mapping[str, Given]) -> Statement:
    """Read an equation with a derivative on one side; further ones may stand on the other."""
    if not (isinstance(node, ast.Compare) and len(node.ops) == 1
            and isinstance(node.ops[0], ast.Eq)):
        raise DeriveError(f"`{text.text.strip()}` is no equation", text.at(node),
                          "write prove: dL/dz == p - t")
    left, right = _derivative_first(node.left, node.comparators[0], text, scope)
    inner, last = _twice(left, scope)
    request = read_request(inner, text, scope, equations, given)
    again = None
    if last is not None:
        again = read_request(ast.BinOp(_first(inner), ast.Div(), last), text, scope, equations,
                             given).bottom
    letters = [n for n in scope.indices if n in _names(left)]   # others may be summed over
    claimed = elaborate(right, replace(scope.within(*letters), derivatives=True), text)
    found = Statement(request, claimed, text.text.strip(), text.segment(left),
                      text.at(node), again)
    if claimed == number(0):
        found = replace(found, right=Fill(Fraction(0), found.shape))
    _fits(found, text, node)
    _says_something(found, text.at(node))
    return found


def _derivative_first(left: ast.expr, right: ast.expr, text: Text, scope: Scope
                      ) -> tuple[ast.expr, ast.expr]:
    for one, other in ((left, right), (right, left)):
        if is_derivative(one, scope) or _twice(one, scope)[1] is not None:
            return one, other
    raise DeriveError(f"no side of `{text.text.strip()}` is a derivative", text.at(left),
                      "a proof is about a derivative, as in prove: dL/dz == p - t")


def _twice(node: ast.expr, scope: Scope) -> tuple[ast.expr, ast.expr | None]:
    """Split ``d(dL/dz)/dz`` and ``d2L/dz2`` into dL/dz and the second dz."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
        return node, None
    top, below = node.left, node.right
    if (isinstance(top, ast.Call) and isinstance(top.func, ast.Name) and top.func.id == "d"
            and len(top.args) == 1 and is_derivative(top.args[0], scope)):
        return top.args[0], below
    if isinstance(top, ast.Name) and isinstance(below, ast.Name) and (
            top.id[:2] == "d2" and top.id[2:] in scope.arity and below.id[-1:] == "2"):
        once = ast.copy_location(ast.Name("d" + top.id[2:]), top)
        by = ast.copy_location(ast.Name(below.id[:-1]), below)
        return ast.copy_location(ast.BinOp(once, ast.Div(), by), node), by
    return node, None


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _first(inner: ast.expr) -> ast.expr:
    assert isinstance(inner, ast.BinOp), "a derivative is a quotient"
    return inner.left


def _fits(found: Statement, text: Text, node: ast.expr) -> None:
    if found.request.entry:
        raise DeriveError("a proof is about the whole derivative, not one entry", text.at(node),
                          "leave the brackets away: all entries are proved at once")
    if found.right.shape != found.shape:
        raise ShapeError(f"the derivative is {say(found.shape)}, the other side "
                         f"{say(found.right.shape)}", text.at(node), _remedy(found))


def _remedy(found: Statement) -> str:
    if not found.right.shape:
        return "a number for all entries is written c*ones(n), with the sizes for n"
    if found.shape == 2 * found.right.shape:
        return "where each entry depends on its own argument alone, the Jacobian is diag(...)"
    return ("a gradient has the shape of what it is taken by, a Jacobian one row for each entry of "
            "what is differentiated")


def _says_something(found: Statement, place: Place) -> None:
    """Refuse dL/dz == dL/dz: what is to be proved would be used to prove it."""
    if found.again is None and Partial(found.top, found.bottom) in refs(found.right):
        raise DeriveError(f"both sides of `{found.typed}` hold the derivative that is to be proved",
                          place, "write the other side in other quantities")
