"""Functions that are no operation of their own: how each is read."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction

from derive.errors import DeriveError
from derive.expr.nodes import Delta, Diag, Expr, Eye, Fill, MatMul, Neg, Outer, Product
from derive.ops import apply
from derive.ops.discrete import one_hot
from derive.ops.einsum import einsum
from derive.question.elaborate.adjustable import adjustable
from derive.question.elaborate.biased import with_bias
from derive.question.elaborate.differentials import read_derivative
from derive.question.elaborate.dispatch import Rule, elaborate
from derive.question.elaborate.larger import largest, side_by_side
from derive.question.elaborate.operations import operation
from derive.question.elaborate.ranges import ordered_product
from derive.question.elaborate.reductions import over
from derive.question.scope import Scope, position
from derive.question.shorthand import ADJUSTABLE
from derive.syntax.read_equation import Text

__all__ = ["PRINTED", "SPECIAL"]


def _two(build: Callable[[Expr, Expr], Expr]) -> Rule:
    return _fixed(2, build)


def _fixed(count: int, build: Callable[..., Expr]) -> Rule:
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        if len(node.args) != count or node.keywords:
            name = text.segment(node.func)
            raise DeriveError(f"`{name}` takes {count} argument{'s'[:count > 1]}", text.at(node))
        return build(*(elaborate(arg, scope, text) for arg in node.args))
    return read


def _diag(arg: Expr) -> Expr:
    """diag(v) is a matrix, diag(A) the vector on the diagonal, as in NumPy."""
    return Diag(arg) if len(arg.shape) < 2 else apply("diagonal", arg)


def _filled(value: int) -> Rule:
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        sizes = node.args[0].elts if len(node.args) == 1 and isinstance(
            node.args[0], ast.Tuple) else node.args
        return Fill(Fraction(value), tuple(position(n, scope, text) for n in sizes))
    return read


def _eye(node: ast.Call, scope: Scope, text: Text) -> Expr:
    if len(node.args) != 1:
        raise DeriveError("`eye` takes one size", text.at(node))
    return Eye(position(node.args[0], scope, text))


def _grad(node: ast.Call, scope: Scope, text: Text) -> Expr:
    """Read ``grad(L, W)``: dL/dW, in words that programs use."""
    if len(node.args) != 2 or node.keywords:
        raise DeriveError("`grad` takes what is differentiated and by what", text.at(node),
                          "write grad(L, W)")
    return read_derivative(quotient_of(node), text, scope)


def quotient_of(node: ast.Call) -> ast.BinOp:
    """Return ``grad(L, W)`` as ``d(L)/d(W)``."""
    top, bottom = (ast.copy_location(ast.Call(ast.Name("d"), [arg], []), arg) for arg in node.args)
    return ast.copy_location(ast.BinOp(top, ast.Div(), bottom), node)


def _one_hot(node: ast.Call, scope: Scope, text: Text) -> Expr:
    if len(node.args) != 2 or node.keywords:
        raise DeriveError("`one_hot` takes a label and how many there are", text.at(node),
                          "write one_hot(k, 3)")
    label, size = node.args
    return one_hot(elaborate(label, scope, text), position(size, scope, text))


def _log(node: ast.Call, scope: Scope, text: Text) -> Expr:
    return operation("log" if scope.log == "e" else f"log{scope.log}", node, scope, text)


def _cross_entropy(node: ast.Call, scope: Scope, text: Text) -> Expr:
    loss = operation("cross_entropy", node, scope, text)
    if scope.log == "e":
        return loss
    # another base: the loss is written out, so that the sheet shows which logarithm it means
    target, p = loss.args
    return Neg(apply("sum", Product((target, apply(f"log{scope.log}", p))), axis=(-1,),
                     keepdims=False))


def _einsum(node: ast.Call, scope: Scope, text: Text) -> Expr:
    spec = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    if not isinstance(spec, str) or len(node.args) < 2 or node.keywords:
        raise DeriveError("`einsum` takes its letters and then the arrays", text.at(node),
                          'write einsum("ij,jk->ik", A, B)')
    xs = [elaborate(arg, scope, text) for arg in node.args[1:]]
    given = dict(apply("einsum", *xs, spec=spec).params)    # the faults have a place here
    return einsum(given["spec"], *xs)


SPECIAL: dict[str, Rule] = {
    "sum": over("sum"), "mean": over("mean"), "prod": over("prod"),
    "outer": _two(Outer), "dot": _two(MatMul), "diag": _fixed(1, _diag),
    "zeros": _filled(0), "ones": _filled(1), "eye": _eye,
    "log": _log, "cross_entropy": _cross_entropy, "one_hot": _one_hot, "einsum": _einsum,
    "max": largest("max", "maximum"), "min": largest("min", "minimum"),
    "conv1d": with_bias(1), "conv2d": with_bias(2), "conv_transpose1d": with_bias(1),
    "conv_transpose2d": with_bias(2), "grad": _grad,
    "maximum": side_by_side("maximum"), "minimum": side_by_side("minimum"),
    **{name: adjustable(name) for name in ADJUSTABLE},
}


def _delta(node: ast.Call, scope: Scope, text: Text) -> Expr:
    if len(node.args) != 2 or node.keywords:
        raise DeriveError("`delta` takes two positions", text.at(node))
    i, j = (position(arg, scope, text) for arg in node.args)
    return Delta(i, j)


# what only sheets print, and answers may repeat
PRINTED: dict[str, Rule] = {
    "delta": _delta,
    "matprod": lambda node, scope, text: ordered_product(node, scope, text),
}
