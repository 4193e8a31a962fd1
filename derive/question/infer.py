"""Working out shapes before the equations are read: h may be known only through h itself.

`infer` goes through a parsed expression with whatever is known and returns the shape, or None.
It guesses nothing that the reading afterwards does not check again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from derive.errors import DeriveError, Place
from derive.expr.integers import IntLike
from derive.expr.nodes import Symbol
from derive.expr.shapes import Shape, broadcast, matmul
from derive.ops import OPS
from derive.ops.op import Op
from derive.question.arrays import arguments_of, is_split, settings_of, sliced
from derive.question.elaborate import keywords_of
from derive.question.elaborate.differentials import is_derivative, once_more
from derive.question.functions import Signature
from derive.question.scope import Scope, called, is_label, position, subscripts
from derive.question.settings import read_setting
from derive.question.shorthand import ADJUSTABLE, SHORTHAND, Shorthand
from derive.syntax.read_equation import Text

__all__ = ["infer"]

Known = Shape | None
NOWHERE = Text("", Place())


def infer(node: ast.AST, scope: Scope, guess: bool = False) -> Known:
    """Return the shape of *node*, None where it is not known yet.

    With *guess*, a matrix times something unknown counts as a matrix times a vector.
    """
    rule = RULES.get(type(node))
    try:
        return rule(node, scope, guess) if rule else None
    except (DeriveError, TypeError, ValueError, LookupError):
        return None  # the reading reports it, with its place


def _name(node: ast.Name, scope: Scope, guess: bool) -> Known:
    if node.id in scope.indices or node.id in scope.sizes or node.id in ("pi", "inf"):
        return scope.shapes.get(node.id, ()) if node.id in scope.arity else ()
    return scope.shapes.get(node.id)


def _subscript(node: ast.Subscript, scope: Scope, guess: bool) -> Known:
    if is_split(node.value, scope):
        assert isinstance(node.value, ast.Call), "asked just now"
        which = subscripts(node)[0]
        return _short(SHORTHAND["split"], node.value, scope, guess,
                      int(which.value) if isinstance(which, ast.Constant)
                      and isinstance(which.value, int) else None)
    if any(isinstance(part, ast.Slice) for part in subscripts(node)):
        return _part(node, scope, guess)
    count = len(subscripts(node))
    labels = [infer(part, scope, guess) for part in subscripts(node) if is_label(part, scope)]
    if isinstance(node.value, ast.Name):
        shape = scope.shapes.get(node.value.id)
        count -= len(scope.arity.get(node.value.id, ()))
    else:
        shape = infer(node.value, scope, guess)
    if shape is None or count < 0 or None in labels:
        return None
    return (labels[-1] or () if labels else ()) + shape[count:]


def _binary(node: ast.BinOp, scope: Scope, guess: bool) -> Known:
    if is_derivative(node, scope):
        whole = once_more(node, scope)
        assert isinstance(whole, ast.BinOp), "a derivative is a quotient"
        return _joined(_behind(whole.left, scope, guess), _behind(whole.right, scope, guess))
    # long sums lean to the left: walk down them without recursion
    chain: list[ast.expr] = []
    top: ast.expr = node
    kinds = type(node.op)
    while isinstance(top, ast.BinOp) and type(top.op) is kinds and kinds is not ast.MatMult:
        chain.append(top.right)
        top = top.left
    if kinds is ast.MatMult:
        return _matmul(infer(node.left, scope, guess), infer(node.right, scope, guess), guess)
    shapes = [infer(part, scope, guess) for part in (top, *reversed(chain))]
    known = [s for s in shapes if s is not None]
    if len(known) < len(shapes) and not any(known):
        return None  # scalars say nothing about the unknown rest
    return broadcast(*known)


def _behind(node: ast.expr, scope: Scope, guess: bool) -> Known:
    """Return the shape of what stands behind a d."""
    if isinstance(node, ast.Call):
        return infer(node.args[0], scope, guess)
    name = node.value if isinstance(node, ast.Subscript) else node
    return scope.shapes.get(name.id[1:]) if isinstance(name, ast.Name) else None


def _joined(a: Known, b: Known) -> Known:
    return None if a is None or b is None else a + b


def _matmul(a: Known, b: Known, guess: bool) -> Known:
    if a is not None and b is not None:
        return matmul(a, b)
    if guess and a is not None and len(a) == 2:
        return a[:1]
    if guess and b is not None and len(b) == 2:
        return b[1:]
    return None


def _call(node: ast.Call, scope: Scope, guess: bool) -> Known:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    shapes = [infer(arg, scope, guess) for arg in node.args]
    unknown = called(node.func, scope)
    if unknown is not None:
        return _unknown(unknown[0], shapes)
    special = SPECIAL.get(name)
    if special:
        try:
            return special(node, shapes, scope)
        except (IndexError, ValueError):
            return None  # too few or too many arguments: the reading reports it
    if name in ADJUSTABLE:
        return None if None in shapes else broadcast(*(s for s in shapes if s is not None))
    if name in SHORTHAND:
        return _short(SHORTHAND[name], node, scope, guess)
    op = OPS.get(name)
    if op is None:
        return None
    count = len(op.vjps)
    if len(shapes) < count or any(s is None for s in shapes[:count]):
        return None
    return _shape_of(op, node, shapes[:count], scope)


def _short(row: Shorthand, node: ast.Call, scope: Scope, guess: bool, which: int | None = None
           ) -> Known:
    """Return the shape of the formula that is meant, made of letters of the right shapes."""
    shapes = [infer(arg, scope, guess) for arg in arguments_of(row, node)]
    if any(s is None for s in shapes):
        return None
    letters = [Symbol(f"x{k}", (), shape) for k, shape in enumerate(shapes) if shape is not None]
    settings = {str(kw.arg): read_setting(kw, scope, NOWHERE) for kw in settings_of(row, node)}
    chosen = {} if which is None else {"which": which}
    return row.build(*letters, **settings, **chosen).shape


def _largest(node: ast.Call, shapes: Sequence[Known], scope: Scope) -> Known:
    if len(node.args) == 1:
        return None if shapes[0] is None else _shape_of(OPS["max"], node, shapes, scope)
    return None if None in shapes else broadcast(*(s for s in shapes if s is not None))


def _spec(node: ast.Call, shapes: Sequence[Known]) -> dict[str, Any]:
    """Return the letters of an einsum as they are settled."""
    letters, settle = node.args[0], OPS["einsum"].settle
    assert settle is not None
    assert isinstance(letters, ast.Constant)
    return settle(*shapes, spec=letters.value)


def _part(node: ast.Subscript, scope: Scope, guess: bool) -> Known:
    """Return the shape of a slice, of a letter that has the shape of the array."""
    own = len(scope.arity.get(node.value.id, ())) if isinstance(node.value, ast.Name) else 0
    shape = (scope.shapes.get(node.value.id) if isinstance(node.value, ast.Name)
             else infer(node.value, scope, guess))
    if shape is None:
        return None
    def read(label: ast.expr) -> Symbol:
        return Symbol("k", (), infer(label, scope, guess) or ())
    return sliced(Symbol("x", (), shape), subscripts(node)[own:], "x", node, scope, NOWHERE,
                  read).shape


def _unknown(function: Signature, shapes: Sequence[Known]) -> Known:
    return shapes[0] if function.is_elementwise and shapes else function.gives


def _shape_of(op: Op, node: ast.Call, shapes: Sequence[Known], scope: Scope) -> Known:
    """Return the shape of an operation with its settings; those not understood are read later."""
    typed = (*keywords_of(node, op), *node.keywords)
    params = {kw.arg: read_setting(kw, scope, NOWHERE) for kw in typed if kw.arg}
    if op.settle:
        params = op.settle(*shapes, **params)
    return op.shape(*shapes, **params)


def _outer(node: ast.Call, shapes: Sequence[Known], scope: Scope) -> Known:
    a, b = shapes
    return _joined(a, b)


def _reduce(node: ast.Call, shapes: Sequence[Known], scope: Scope) -> Known:
    over = node.args[1] if len(node.args) > 1 else None
    if isinstance(over, ast.Name) and over.id in scope.indices:
        return shapes[0]
    if len(node.args) != 1 or shapes[0] is None:
        return () if len(node.args) == 1 and not node.keywords else None
    return _shape_of(OPS["sum"], node, shapes, scope)


def _filled(node: ast.Call, shapes: Sequence[Known], scope: Scope) -> Shape:
    inner = node.args[0]
    sizes = inner.elts if isinstance(inner, ast.Tuple) else node.args
    return tuple(position(n, scope, Text("", Place())) for n in sizes)


SPECIAL: dict[str, Callable[[ast.Call, Sequence[Known], Scope], Known]] = {
    "zeros": _filled, "ones": _filled,
    "eye": lambda n, s, c: (*_filled(n, s, c), *_filled(n, s, c)),
    "outer": _outer, "grad": _outer,
    "dot": lambda n, s, c: None if s[0] is None or s[1] is None else matmul(s[0], s[1]),
    "sum": _reduce, "mean": _reduce, "prod": _reduce,
    "diag": lambda n, s, c: None if s[0] is None else s[0][1:] or s[0] * 2,
    "einsum": lambda n, s, c: None if None in s[1:] else OPS["einsum"].shape(
        *s[1:], **_spec(n, s[1:])),
    "max": lambda n, s, c: _largest(n, s, c), "min": lambda n, s, c: _largest(n, s, c),
    "log": lambda n, s, c: s[0],
    "one_hot": lambda n, s, c: None if s[0] is None else (
        *s[0], position(n.args[1], c, Text("", Place()))),
}


def _compare(node: ast.Compare, scope: Scope, guess: bool) -> Known:
    shapes = [infer(part, scope, guess) for part in (node.left, *node.comparators)]
    return None if None in shapes else broadcast(*(s for s in shapes if s is not None))


def _array(node: ast.List, scope: Scope, guess: bool) -> Known:
    shapes = [infer(part, scope, guess) for part in node.elts]
    known = [s for s in shapes if s is not None]
    size: IntLike = len(node.elts)
    return (size, *known[0]) if known else None


RULES: dict[type[ast.AST], Callable[[Any, Scope, bool], Known]] = {
    ast.Name: _name,
    ast.Constant: lambda node, scope, guess: (),
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.UnaryOp: lambda node, scope, guess: infer(node.operand, scope, guess),
    ast.Attribute: lambda n, s, g: None if (i := infer(n.value, s, g)) is None else i[::-1],
    ast.Call: _call,
    ast.Compare: _compare,
    ast.List: _array,
}
