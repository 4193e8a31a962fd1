"""Equations and facts as expressions, once it is settled what their names are."""

from __future__ import annotations

import ast

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.integers import IntLike, coefficient, names_in
from derive.expr.nodes import Symbol
from derive.expr.shapes import say
from derive.question.elaborate import elaborate
from derive.question.model.parsed import Parsed
from derive.question.question import Fact
from derive.question.scope import Scope, position, subscripts
from derive.syntax.read_equation import Text

__all__ = ["checked_fact", "equation", "fact"]


def equation(parsed: Parsed, scope: Scope) -> Equation | None:
    """Read an equation; what is wrong with it goes to the errors of the scope."""
    try:
        return _checked_equation(parsed, scope)
    except DeriveError as error:
        scope.errors.append(error)
    except RecursionError:
        scope.errors.append(DeriveError("this equation is nested too deeply", parsed.text.place,
                                        "give its parts names of their own"))
    return None


def _checked_equation(parsed: Parsed, scope: Scope) -> Equation:
    text, name, node = parsed.text, parsed.name, parsed.target
    slots = subscripts(node) if isinstance(node, ast.Subscript) else ()
    names = [n.id for s in slots for n in ast.walk(s) if isinstance(n, ast.Name)]
    free = tuple(dict.fromkeys(n for n in names if n in scope.indices))
    inner = scope.within(*free)
    at = tuple(_target_position(s, inner, text) for s in slots)
    rhs = elaborate(parsed.rhs, inner, text)
    shape = scope.shapes.get(name)
    if len(slots) != len(scope.arity[name]):
        wanted = ", ".join(scope.arity[name])
        apart = f"; {name}_ would be another quantity that prints alike" if not slots else ""
        raise DeriveError(f"`{name}` is a series: write {name}[{wanted}]{apart}", text.at(node))
    if shape is not None and rhs.shape != shape:
        raise DeriveError(f"`{name}` is {say(shape)}, but the right side is {say(rhs.shape)}",
                          text.at(node))
    domain = tuple((index, scope.indices[index]) for index in free)
    return Equation(Symbol(name, at, rhs.shape), domain, rhs)


def _target_position(node: ast.expr, scope: Scope, text: Text) -> IntLike:
    at = position(node, scope, text)
    used = names_in(at) & set(scope.indices)
    if len(used) > 1 or any(coefficient(at, n) not in (1, -1) for n in used):
        raise DeriveError("a target's position is one index with a shift, as in w[k+1]",
                          text.at(node))
    return at


def checked_fact(node: ast.expr | None, text: Text, scope: Scope) -> Fact | None:
    """Read a fact; what is wrong with it goes to the errors of the scope."""
    if node is None:
        return None
    try:
        return fact(node, text, scope)
    except DeriveError as error:
        scope.errors.append(error)
        return None


RELATIONS = {ast.Eq: "==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


def fact(node: ast.expr, text: Text, scope: Scope) -> Fact:
    """Read an equation or an inequality; every index may stand free in it."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        raise DeriveError("a fact reads `left == right` or an inequality", text.at(node))
    inner = scope.within(*scope.indices)
    left = elaborate(node.left, inner, text)
    right = elaborate(node.comparators[0], inner, text)
    return Fact(left, RELATIONS[type(node.ops[0])], right, text.text.strip())
