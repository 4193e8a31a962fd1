"""Calls: which function a name means, and what is said of those there are none of."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial

from derive.errors import DeriveError, nearest
from derive.expr.nodes import Expr
from derive.ops import OPS, apply
from derive.ops.unknown_map import map_name
from derive.question.arrays import read_shorthand
from derive.question.elaborate.dispatch import elaborate, rule
from derive.question.elaborate.names import FUNCTIONS
from derive.question.elaborate.operations import operation
from derive.question.elaborate.special import PRINTED, SPECIAL
from derive.question.functions import Signature
from derive.question.macros import MACROS
from derive.question.scope import Scope, called
from derive.question.shorthand import ADJUSTABLE, SHORTHAND
from derive.syntax.read_equation import PRIME, Text

__all__: list[str] = []

QUOTE = "'"
WRITTEN_OTHERWISE = {"diagonal": "write diag(A)", "largest": "write max(x)", "part": "write z[0:n]",
                     "permute": "write transpose(X, (1, 0, 2))",
                     "expand": "write expand_dims(x, axis=0)",
                     "gather": "write V[k] for the row of V at the label k",
                     **dict.fromkeys(("global_avg_pool2d", "adaptive_avg_pool2d"),
                                     "global pooling is mean(X, axis=(-2, -1))"),
                     **dict.fromkeys(("global_max_pool2d", "adaptive_max_pool2d"),
                                     "global pooling is max(X, axis=(-2, -1))"),
                     **dict.fromkeys(("deconv2d", "upconv2d"),
                                     "write conv_transpose2d(X, K, stride=2)"),
                     "depthwise_conv2d": "write conv2d(X, K, groups=C), with kernels C x 1 x h x w",
                     "upsample": "write repeat(repeat(X, 2, axis=-2), 2, axis=-1)",
                     "convolve2d": "write conv2d(X, flip(K))",
                     "conv3d": "only conv1d and conv2d are known"}


@rule(ast.Call)
def _call(node: ast.Call, scope: Scope, text: Text) -> Expr:
    if not isinstance(node.func, ast.Name):
        raise DeriveError("only a named function can be called", text.at(node))
    name = node.func.id
    unknown = called(node.func, scope)
    if unknown is not None:
        return _unknown(*unknown, node, scope, text)
    if name in scope.arity:
        _shadowed(name, node, scope, text)
    special = SPECIAL.get(name) or (PRINTED.get(name) if scope.derivatives else None)
    if special:
        return special(node, scope, text)
    if name in SHORTHAND:
        read = partial(elaborate, scope=scope, text=text)
        return _made(name, node, text, lambda: read_shorthand(name, node, scope, text, read))
    if name not in OPS or name in WRITTEN_OTHERWISE or _is_backward(name):
        shown = name.replace(PRIME, "'")
        remedy = WRITTEN_OTHERWISE.get(name) or nearest(
            shown, [*OPS, *FUNCTIONS, *SHORTHAND, *ADJUSTABLE, *MACROS, *scope.functions])
        if PRIME in name:
            remedy = f"only a function under `symbols` has a prime: {shown.rstrip(QUOTE)}: function"
        raise DeriveError(f"unknown function `{shown}`", text.at(node), remedy)
    return _made(name, node, text, lambda: operation(name, node, scope, text))


def _is_backward(name: str) -> bool:
    """True for what a pooling or a convolution sends back, which is asked for as dL/dX."""
    head, _, kind = name.rpartition("_")
    return kind in ("gradient", "picked") and head.removesuffix("_input").removesuffix(
        "_kernel") in OPS


def _made(name: str, node: ast.Call, text: Text, make: Callable[[], Expr]) -> Expr:
    """Return what a function makes of its arguments; those it can make nothing of are refused."""
    try:
        return make()
    except (TypeError, KeyError, IndexError, ValueError):
        raise DeriveError(f"`{name}` cannot be read with these arguments", text.at(node),
                          "see whether a setting is missing") from None


def _unknown(function: Signature, order: int, node: ast.Call, scope: Scope, text: Text) -> Expr:
    """Return psi(z), or with primes a derivative of it."""
    if node.keywords:
        raise DeriveError(f"`{function.name}` has no settings", text.at(node))
    args = [elaborate(arg, scope, text) for arg in node.args]
    function.fit([arg.shape for arg in args])
    if function.gives is None:
        return apply("unknown function", *args, called=function.name, order=order)
    if order and len(args) > 1:
        raise DeriveError(f"`{function.name}{QUOTE * order}` does not say by which argument",
                          text.at(node), "only a function of one argument has primes")
    return apply(map_name(len(args)), *args, called=function.name, gives=function.gives,
                 ranks=tuple(map(len, function.takes)), slots=((0, False),) * order)


def _shadowed(name: str, node: ast.Call, scope: Scope, text: Text) -> None:
    """Let a function that has the name of a quantity still be called, with a warning."""
    if name not in {*OPS, *FUNCTIONS, *SPECIAL, *SHORTHAND}:
        raise DeriveError(f"`{name}` is a quantity of this question, not a function",
                          text.at(node), f"write {name}*(...) for a product")
    scope.warnings.append(f"{text.at(node)}: `{name}` is also a quantity of this question; "
                          f"{name}(...) calls the function")
