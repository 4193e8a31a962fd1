"""Sums, products, quotients, powers and comparisons, in the order in which they were written."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from derive.errors import DeriveError
from derive.expr.nodes import (
    Array,
    Dimension,
    Expr,
    MatMul,
    Neg,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.ops import apply
from derive.question.elaborate.differentials import is_derivative, read_derivative
from derive.question.elaborate.dispatch import Rule, elaborate, rule
from derive.question.elaborate.names import BIGGEST_EXPONENT
from derive.question.scope import Scope
from derive.syntax.read_equation import Text

__all__: list[str] = []


def _flatten(node: ast.BinOp, kinds: tuple[type[ast.operator], ...]) -> list[tuple[ast.AST, Any]]:
    """Return the operands of a chain that leans to the left, with the operator before each."""
    chain: list[tuple[ast.AST, Any]] = []
    top: ast.expr = node
    while isinstance(top, ast.BinOp) and isinstance(top.op, kinds):
        chain.append((top.right, top.op))
        top = top.left
    return [(top, None), *reversed(chain)]


def _sum(node: ast.BinOp, scope: Scope, text: Text) -> Expr:
    terms: list[Expr] = []
    for part, op in _flatten(node, (ast.Add, ast.Sub)):
        term = elaborate(part, scope, text)
        terms.append(Neg(term) if isinstance(op, ast.Sub) else term)
    return _shifted(terms) or Sum(tuple(terms))


def _shifted(terms: Sequence[Expr]) -> Expr | None:
    """Return k + 1 as one whole number: at k = 0 it is 1, not 0 + 1."""
    first, *others = terms
    shifts = [_whole(term) for term in others]
    if not isinstance(first, Dimension) or None in shifts:
        return None
    return Dimension(first.value + sum(n for n in shifts if n is not None))


def _whole(term: Expr) -> int | None:
    if isinstance(term, Neg):
        shift = _whole(term.arg)
        return None if shift is None else -shift
    if isinstance(term, Number) and term.value.denominator == 1 and term.typed.isdigit():
        return int(term.value)
    return None


def _product(node: ast.BinOp, scope: Scope, text: Text) -> Expr:
    factors = [elaborate(part, scope, text) for part, _ in _flatten(node, (ast.Mult,))]
    return Product(tuple(factors))


def _quotient(node: ast.BinOp, scope: Scope, text: Text) -> Expr:
    if is_derivative(node, scope):
        return read_derivative(node, text, scope)
    bottom = elaborate(node.right, scope, text)
    if isinstance(bottom, Number) and bottom.value == 0:
        raise DeriveError("division by zero", text.at(node))
    return Quotient(elaborate(node.left, scope, text), bottom)


def _matmul(node: ast.BinOp, scope: Scope, text: Text) -> Expr:
    return MatMul(elaborate(node.left, scope, text), elaborate(node.right, scope, text))


def _power(node: ast.BinOp, scope: Scope, text: Text) -> Expr:
    base, exponent = elaborate(node.left, scope, text), elaborate(node.right, scope, text)
    if isinstance(exponent, Number) and abs(exponent.value) > BIGGEST_EXPONENT:
        raise DeriveError(f"the exponent {exponent.typed} is too large", text.at(node.right),
                          f"exponents up to {BIGGEST_EXPONENT} are worked out")
    if isinstance(exponent, Power):
        raise DeriveError("a power in an exponent is not worked out", text.at(node.right),
                          "give the exponent a name of its own")
    return Power(base, exponent)


BINARY: dict[type[ast.operator], Rule] = {
    ast.Add: _sum, ast.Sub: _sum, ast.Mult: _product, ast.Div: _quotient,
    ast.MatMult: _matmul, ast.Pow: _power,
}


@rule(ast.BinOp)
def _binary(node: ast.BinOp, scope: Scope, text: Text) -> Expr:
    return BINARY[type(node.op)](node, scope, text)


@rule(ast.Attribute)
def _transpose(node: ast.Attribute, scope: Scope, text: Text) -> Expr:
    return Transpose(elaborate(node.value, scope, text))


@rule(ast.UnaryOp)
def _unary(node: ast.UnaryOp, scope: Scope, text: Text) -> Expr:
    arg = elaborate(node.operand, scope, text)
    return Neg(arg) if isinstance(node.op, ast.USub) else arg


COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Gt: "step", ast.GtE: "nonnegative", ast.Lt: "negative", ast.LtE: "nonpositive",
    ast.Eq: "at_zero",
}


@rule(ast.Compare)
def _comparison(node: ast.Compare, scope: Scope, text: Text) -> Expr:
    """Read ``a > b`` as the indicator of a - b > 0: 1 where it holds, else 0."""
    op = type(node.ops[0])
    if len(node.ops) > 1 or op not in COMPARISONS:
        raise DeriveError(f"`{text.segment(node)}` is not one comparison", text.at(node),
                          "write a < b, a <= b, a > b, a >= b or a == b")
    left, right = (elaborate(n, scope, text) for n in (node.left, node.comparators[0]))
    params = {"kink": scope.kinks["step"]} if "step" in scope.kinks else {}
    difference = left if _is_zero(right) else Sum((left, Neg(right)))
    return apply(COMPARISONS[op], difference, **params)


def _is_zero(expr: Expr) -> bool:
    return isinstance(expr, Number) and expr.value == 0


@rule(ast.List)
def _array(node: ast.List, scope: Scope, text: Text) -> Expr:
    return Array(tuple(elaborate(part, scope, text) for part in node.elts))
