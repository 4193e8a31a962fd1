"""From parsed text to expressions: names get their meaning, shapes are checked, order is kept."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

from derive.errors import DeriveError, ShapeError, nearest
from derive.expr.integers import IntLike
from derive.expr.nodes import (
    Apply,
    Array,
    Constant,
    Delta,
    Diag,
    Dimension,
    Entry,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.shapes import say
from derive.expr.walk import refs
from derive.ops import OPS, Op, apply
from derive.ops.discrete import one_hot
from derive.ops.einsum import einsum
from derive.ops.unknown_map import map_name
from derive.question.arrays import is_split, read_shorthand, sliced, split_part
from derive.question.differentials import is_derivative, read_derivative
from derive.question.functions import Signature
from derive.question.macros import MACROS
from derive.question.ranges import has_range, ordered_product, over_range
from derive.question.reductions import index_name, outermost, reduction, with_axis
from derive.question.scope import Scope, called, is_label, position, subscripts
from derive.question.settings import read_setting
from derive.question.shorthand import ADJUSTABLE, SHORTHAND
from derive.syntax.read_equation import PRIME, Text

__all__ = ["elaborate", "keywords_of", "quantity"]

BIGGEST_EXPONENT = 1000
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
FUNCTIONS = ("outer", "dot", "diag", "zeros", "ones", "eye", "sum", "mean", "prod",
             "one_hot", "grad")


def elaborate(node: ast.AST, scope: Scope, text: Text) -> Expr:
    """Turn a parsed expression into an `Expr`; the first fault is raised with its place."""
    rule = RULES.get(type(node))
    if rule is None:
        what = text.segment(node) or type(node).__name__
        raise DeriveError(f"`{what}` cannot stand here", text.at(node))
    try:
        return rule(node, scope, text)
    except ShapeError as error:
        if error.place:
            raise
        where = f" in `{_short(text.segment(node))}`"
        raise ShapeError(error.message + where, text.at(node), error.remedy) from None


def _short(source: str) -> str:
    line = " ".join(source.split())
    return line if len(line) < 60 else line[:57] + "..."


def _number(node: ast.Constant, scope: Scope, text: Text) -> Expr:
    if isinstance(node.value, bool):
        raise DeriveError(f"{node.value} is not a number", text.at(node))
    typed = text.segment(node).replace("_", "")
    exponent = typed.lower().partition("e")[2]
    if len(typed) > 400 or (exponent and abs(int(exponent)) > BIGGEST_EXPONENT):
        raise DeriveError("a number this long cannot be used", text.at(node))
    if isinstance(node.value, int):
        return Number(Fraction(node.value), typed)
    return Number(Fraction(typed), typed)


def _name(node: ast.Name, scope: Scope, text: Text) -> Expr:
    name = node.id
    if name in scope.arity:
        return quantity(name, (), node, scope, text)
    if name in scope.indices or name in scope.sizes:
        return Dimension(position(node, scope, text))
    if name in ("pi", "inf"):
        return Constant(name)
    if name in OPS or name in FUNCTIONS or name in scope.functions:
        raise DeriveError(f"`{name}` is a function: write {name}(...)", text.at(node))
    raise scope.unknown(name, text, node)


def quantity(name: str, at: tuple[IntLike, ...], node: ast.AST, scope: Scope, text: Text) -> Expr:
    """Return the quantity *name* at positions *at*; further positions take entries of it."""
    indices, shape = scope.arity[name], scope.shapes.get(name)
    if len(at) < len(indices):
        wanted = ", ".join(indices)
        raise DeriveError(f"`{name}` needs its index: {name}[{wanted}]", text.at(node),
                          f"with an index in its brackets somewhere, `{name}` is a series; all of "
                          f"it in one array is a list of its members, [{name}[1], {name}[2]]")
    if shape is None:
        raise DeriveError(f"the shape of `{name}` cannot be worked out", text.at(node),
                          "give its initial state, or declare it under `symbols`")
    member = Symbol(name, at[:len(indices)], shape)
    extra = at[len(indices):]
    return _entry(member, extra, name, node, scope, text) if extra else member


def _entry(array: Expr, at: tuple[IntLike, ...], name: str, node: ast.AST, scope: Scope,
           text: Text) -> Expr:
    if len(at) > len(array.shape):
        raise DeriveError(f"`{name}` has {len(array.shape)} axes, {len(at)} positions are given",
                          text.at(node))
    for place, size in zip(at, array.shape, strict=False):
        if isinstance(place, int) and isinstance(size, int) and not 0 <= place < size:
            remedy = f"entries count from 0; members of a series are given as {{{place}: ...}}"
            raise DeriveError(f"entry {place} of `{name}` is out of range: 0..{size - 1}",
                              text.at(node), remedy if len(at) == 1 and scope.indices else "")
    return Entry(array, at)


def _subscript(node: ast.Subscript, scope: Scope, text: Text) -> Expr:
    if is_split(node.value, scope):
        return split_part(node, scope, text, lambda part: elaborate(part, scope, text))
    if any(isinstance(part, ast.Slice) for part in subscripts(node)):
        return _sliced(node, scope, text)
    if any(is_label(part, scope) for part in subscripts(node)):
        return _gathered(node, scope, text)
    at = tuple(position(part, scope, text) for part in subscripts(node))
    if isinstance(node.value, ast.Name) and node.value.id in scope.arity:
        return quantity(node.value.id, at, node, scope, text)
    if isinstance(node.value, ast.Name):
        raise scope.unknown(node.value.id, text, node.value)
    return _entry(elaborate(node.value, scope, text), at, text.segment(node.value), node, scope,
                  text)


def _sliced(node: ast.Subscript, scope: Scope, text: Text) -> Expr:
    """Read ``z[0:n]``, ``U[:, 2]``, and ``h[t, 0:n]`` for a part of a member of a series."""
    name, parts = text.segment(node.value), subscripts(node)
    read = partial(elaborate, scope=scope, text=text)
    if not isinstance(node.value, ast.Name):
        return sliced(read(node.value), parts, name, node, scope, text, read)
    if name not in scope.arity:
        raise scope.unknown(name, text, node.value)
    own = len(scope.arity[name])
    if any(isinstance(part, ast.Slice) for part in parts[:own]):
        raise DeriveError(f"`{name}` is a series: its members stand apart, there is no slice of "
                          "them", text.at(node), f"give `{name}` as one array")
    at = tuple(position(part, scope, text) for part in parts[:own])
    member = quantity(name, at, node, scope, text)
    return sliced(member, parts[own:], name, node, scope, text, read)


def _gathered(node: ast.Subscript, scope: Scope, text: Text) -> Expr:
    """Read ``V[k]``: what stands in an array, or in a series, at a place that is worked out."""
    name, parts = text.segment(node.value), subscripts(node)
    indices = scope.arity.get(node.value.id, ()) if isinstance(node.value, ast.Name) else ()
    own, rest = parts[:len(indices)], parts[len(indices):]
    if any(is_label(part, scope) for part in own):
        raise DeriveError(f"`{name}` is a series: its members are not chosen by a label",
                          text.at(node), f"give `{name}` as one array, a row for each label")
    at = tuple(position(part, scope, text) for part in own)
    found = (quantity(name, at, node, scope, text) if isinstance(node.value, ast.Name)
             and name in scope.arity else elaborate(node.value, scope, text))
    for number, part in enumerate(rest):
        if not is_label(part, scope):
            found = _entry(found, (position(part, scope, text),), name, node, scope, text)
            continue
        label = elaborate(part, scope, text)
        if label.shape and number + 1 < len(rest):
            raise DeriveError("positions behind a vector of labels are not supported",
                              text.at(node), "take the rows first, and give them a name")
        found = apply("gather", found, label)
    return found


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


BINARY: dict[type[ast.operator], Callable[[Any, Scope, Text], Expr]] = {
    ast.Add: _sum, ast.Sub: _sum, ast.Mult: _product, ast.Div: _quotient,
    ast.MatMult: _matmul, ast.Pow: _power,
}


def _unary(node: ast.UnaryOp, scope: Scope, text: Text) -> Expr:
    arg = elaborate(node.operand, scope, text)
    return Neg(arg) if isinstance(node.op, ast.USub) else arg


COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Gt: "step", ast.GtE: "nonnegative", ast.Lt: "negative", ast.LtE: "nonpositive",
    ast.Eq: "at_zero",
}


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


def _array(node: ast.List, scope: Scope, text: Text) -> Expr:
    return Array(tuple(elaborate(part, scope, text) for part in node.elts))


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
    return _made(name, node, text, lambda: _operation(name, node, scope, text))


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


def _operation(name: str, node: ast.Call, scope: Scope, text: Text) -> Apply:
    op = OPS[name]
    named = [*keywords_of(node, op), *node.keywords]
    args = [elaborate(arg, scope, text) for arg in node.args[:len(node.args) - len(named)
                                                             + len(node.keywords)]]
    if len(args) != len(op.vjps):
        wanted = f"{len(op.vjps)} argument{'s' if len(op.vjps) != 1 else ''}"
        raise DeriveError(f"`{name}` takes {wanted}, not {len(args)}", text.at(node))
    params = dict(_setting(name, op.params, kw, args[0], scope, text) for kw in named)
    if name in scope.kinks:
        params["kink"] = scope.kinks[name]
    return apply(name, *args, **params)


def keywords_of(node: ast.Call, op: Op) -> list[ast.keyword]:
    """Return the settings typed without their name, behind the arguments, with their names."""
    extra = node.args[len(op.vjps):]
    return [ast.keyword(name, value) for name, value in zip(op.positional, extra, strict=False)]


def _setting(name: str, known: Iterable[str], keyword: ast.keyword, first: Expr, scope: Scope,
             text: Text) -> tuple[str, Any]:
    if keyword.arg is None or keyword.arg not in known:
        remedy = nearest(keyword.arg or "", known)
        raise DeriveError(f"`{name}` has no setting `{keyword.arg}`", text.at(keyword.value),
                          remedy)
    value = read_setting(keyword, scope, text)
    if keyword.arg == "axis":
        value = _axes(value, len(first.shape), keyword.value, text)
    return keyword.arg, value


def _axes(value: Any, rank: int, node: ast.AST, text: Text) -> tuple[int, ...]:
    axes = value if isinstance(value, tuple) else (value,)
    bad = [a for a in axes if not isinstance(a, int) or not -rank <= a < rank]
    if bad:
        raise DeriveError(f"axis {bad[0]} is out of range for {rank} axes", text.at(node))
    return tuple(sorted(a - rank if a >= 0 else a for a in axes))


def _over(kind: str) -> Callable[[ast.Call, Scope, Text], Expr]:
    def read(typed: ast.Call, scope: Scope, text: Text) -> Expr:
        if has_range(typed):
            return over_range(kind, typed, scope, text, elaborate)
        node = with_axis(typed)
        if len(node.args) > 1:
            names = [index_name(each, scope, text) for each in node.args[1:]]
            return _over_indices(kind, names, node, scope, text)
        if not node.args:
            raise DeriveError(f"`{kind}` takes an expression, then indices", text.at(node))
        return _over_entries(kind, node, scope, text)
    return read


def _over_indices(kind: str, names: Sequence[str], node: ast.Call, scope: Scope, text: Text
                  ) -> Expr:
    index = outermost(names, node, scope, text)
    rest, inside = [n for n in names if n != index], scope.within(index)
    body = (_over_indices(kind, rest, node, inside, text) if rest
            else elaborate(node.args[0], inside, text))
    return reduction(kind, index, body, scope)


def _over_entries(kind: str, node: ast.Call, scope: Scope, text: Text) -> Expr:
    body = elaborate(node.args[0], scope, text)
    settings = dict(_setting(kind, ("axis", "keepdims"), kw, body, scope, text)
                    for kw in node.keywords)
    settings.setdefault("axis", tuple(range(-len(body.shape), 0)))
    settings.setdefault("keepdims", False)
    return apply(kind, body, **settings) if body.shape else body


def _two(build: Callable[[Expr, Expr], Expr]) -> Callable[[ast.Call, Scope, Text], Expr]:
    return _fixed(2, build)


def _fixed(count: int, build: Callable[..., Expr]) -> Callable[[ast.Call, Scope, Text], Expr]:
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        if len(node.args) != count or node.keywords:
            name = text.segment(node.func)
            raise DeriveError(f"`{name}` takes {count} argument{'s'[:count > 1]}", text.at(node))
        return build(*(elaborate(arg, scope, text) for arg in node.args))
    return read


def _diag(arg: Expr) -> Expr:
    """diag(v) is a matrix, diag(A) the vector on the diagonal, as in NumPy."""
    return Diag(arg) if len(arg.shape) < 2 else apply("diagonal", arg)


def _filled(value: int) -> Callable[[ast.Call, Scope, Text], Expr]:
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
    return _operation("log" if scope.log == "e" else f"log{scope.log}", node, scope, text)


def _cross_entropy(node: ast.Call, scope: Scope, text: Text) -> Expr:
    loss = _operation("cross_entropy", node, scope, text)
    if scope.log == "e":
        return loss
    # another base: the loss is written out, so that the sheet shows which logarithm it means
    target, p = loss.args
    return Neg(apply("sum", Product((target, apply(f"log{scope.log}", p))), axis=(-1,),
                     keepdims=False))


def _largest(name: str, of_two: str) -> Callable[[ast.Call, Scope, Text], Expr]:
    """Read ``max(X, axis=1)``, and ``max(0, z)`` as the larger of two."""
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        if len(node.args) < 2:
            return _operation(name, node, scope, text)
        args = [elaborate(arg, scope, text) for arg in node.args]
        if len(args) > 2 and not any(arg.shape for arg in args):
            return apply(name, Array(tuple(args)))
        number = isinstance(node.args[1], ast.Constant) and bool(args[0].shape)
        if len(args) > 2 or node.keywords or number:
            raise DeriveError(f"`{name}` takes one array, or two sides to compare", text.at(node),
                              f"write {name}(X, axis=1), or {of_two}(a, b)")
        return _of_two(of_two, *args)
    return read


def _of_two(name: str, *args: Expr) -> Expr:
    """Let the number win a tie with a quantity, as in max(z, 0)."""
    plain = len(args) != 2 or _is_fixed(args[0]) or not _is_fixed(args[1])
    return apply(name, *args) if plain else apply(name, *args, ties="second")


def _is_fixed(expr: Expr) -> bool:
    return not any(True for _ in refs(expr))


def _side_by_side(name: str) -> Callable[[ast.Call, Scope, Text], Expr]:
    """Read ``maximum(a, b)``."""
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        made = _operation(name, node, scope, text)
        return made if made.params else _of_two(name, *made.args)
    return read


def _einsum(node: ast.Call, scope: Scope, text: Text) -> Expr:
    spec = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
    if not isinstance(spec, str) or len(node.args) < 2 or node.keywords:
        raise DeriveError("`einsum` takes its letters and then the arrays", text.at(node),
                          'write einsum("ij,jk->ik", A, B)')
    xs = [elaborate(arg, scope, text) for arg in node.args[1:]]
    given = dict(apply("einsum", *xs, spec=spec).params)    # the faults have a place here
    return einsum(given["spec"], *xs)


def _with_bias(axes: int) -> Callable[[ast.Call, Scope, Text], Expr]:
    """Read ``conv2d(X, K, b)``: a third argument is a bias, a number per filter or one for all."""
    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        name = text.segment(node.func)
        if len(node.args) != 3:
            return _operation(name, node, scope, text)
        plain = ast.copy_location(ast.Call(node.func, node.args[:2], node.keywords), node)
        made, bias = _operation(name, plain, scope, text), elaborate(node.args[2], scope, text)
        if not bias.shape:
            return Sum((made, bias))
        if made.shape[len(made.shape) - axes - 1:][:1] != bias.shape or len(made.shape) == axes:
            filters = say(made.shape[len(made.shape) - axes - 1:][:1])
            raise DeriveError(f"the bias of `{name}` is {say(bias.shape)}", text.at(node.args[2]),
                              f"one number for each filter: {filters}, or a scalar"
                              if len(made.shape) > axes else "with one filter it is a scalar")
        return Sum((made, apply("expand", bias, axis=tuple(range(-axes, 0)))))
    return read


def _adjustable(name: str) -> Callable[[ast.Call, Scope, Text], Expr]:
    """Read ``leaky_relu(z, 0.2)``, ``elu(z, alpha=a)``, ``swish(z, beta)``."""
    row = ADJUSTABLE[name]

    def read(node: ast.Call, scope: Scope, text: Text) -> Expr:
        known = [kw.value for kw in node.keywords if kw.arg in row.words]
        others = [kw for kw in node.keywords if kw.arg not in row.words]
        given = [*node.args[1:], *known]
        if len(given) != 1 or others:
            typed = ast.Call(ast.Name(row.plain or name), node.args, node.keywords)
            return _operation(row.plain or name, ast.copy_location(typed, node), scope, text)
        if row.setting and _is_number(given[0]):
            setting = ast.keyword(row.setting, given[0])
            typed = ast.Call(node.func, node.args[:1], [setting])
            return _operation(name, ast.copy_location(typed, node), scope, text)
        return row.build(elaborate(node.args[0], scope, text), elaborate(given[0], scope, text))
    return read


def _is_number(node: ast.expr) -> bool:
    return not any(isinstance(n, (ast.Name, ast.Call)) for n in ast.walk(node))


SPECIAL: dict[str, Callable[[ast.Call, Scope, Text], Expr]] = {
    "sum": _over("sum"), "mean": _over("mean"), "prod": _over("prod"),
    "outer": _two(Outer), "dot": _two(MatMul), "diag": _fixed(1, _diag),
    "zeros": _filled(0), "ones": _filled(1), "eye": _eye,
    "log": _log, "cross_entropy": _cross_entropy, "one_hot": _one_hot, "einsum": _einsum,
    "max": _largest("max", "maximum"), "min": _largest("min", "minimum"),
    "conv1d": _with_bias(1), "conv2d": _with_bias(2), "conv_transpose1d": _with_bias(1),
    "conv_transpose2d": _with_bias(2), "grad": _grad,
    "maximum": _side_by_side("maximum"), "minimum": _side_by_side("minimum"),
    **{name: _adjustable(name) for name in ADJUSTABLE},
}

def _delta(node: ast.Call, scope: Scope, text: Text) -> Expr:
    if len(node.args) != 2 or node.keywords:
        raise DeriveError("`delta` takes two positions", text.at(node))
    i, j = (position(arg, scope, text) for arg in node.args)
    return Delta(i, j)


# what only sheets print, and answers may repeat
PRINTED: dict[str, Callable[[ast.Call, Scope, Text], Expr]] = {
    "delta": _delta,
    "matprod": lambda node, scope, text: ordered_product(node, scope, text, elaborate),
}

RULES: dict[type[ast.AST], Callable[[Any, Scope, Text], Expr]] = {
    ast.Constant: _number,
    ast.Name: _name,
    ast.Subscript: _subscript,
    ast.BinOp: lambda node, scope, text: BINARY[type(node.op)](node, scope, text),
    ast.UnaryOp: _unary,
    ast.Attribute: lambda node, scope, text: Transpose(elaborate(node.value, scope, text)),
    ast.Call: _call,
    ast.Compare: _comparison,
    ast.List: _array,
}

