"""From SymPy's trees to ours, by the names of a question; SymPy itself is not imported for it.

An Indexed has index positions first and entries after them (``h[t, k]``), as `Solution.sympy`
gives it. A MatrixSymbol is the quantity of its name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any

from derive.errors import DeriveError, Place
from derive.expr.integers import IntLike, named
from derive.expr.nodes import (
    Array,
    Constant,
    Delta,
    Dimension,
    Entry,
    Expr,
    Eye,
    Fill,
    MatMul,
    Neg,
    Number,
    Outer,
    Partial,
    Power,
    Product,
    Quotient,
    Range,
    Reduce,
    Sum,
    Transpose,
)
from derive.ops import ELEMENTWISE, apply
from derive.ops.elementwise import entrywise
from derive.question.elaborate import elaborate, quantity
from derive.question.scope import Scope
from derive.syntax.read_equation import Text, read_expression

__all__ = ["from_sympy"]

MOST_NODES = 200_000
DOUBLE = 53             # bits; a Float with fewer was written with fewer digits
PLACE = Place("answer", 1, 1)
LETTERS = "ijklmpqrsuvabcdefgh"
FUNCTIONS = {"Abs": "abs",
             **{f"a{n}": f"arc{n}" for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}}


def from_sympy(found: Any, scope: Scope) -> Expr:
    """Return the expression that a SymPy object stands for; what has none here is refused."""
    if getattr(found, "count_ops", None) and found.count_ops() > MOST_NODES:
        raise DeriveError("a SymPy expression this large cannot be judged")
    try:
        return _read(found, scope)
    except RecursionError:
        raise DeriveError("nested too deeply", PLACE) from None


def _read(found: Any, scope: Scope) -> Expr:
    for cls in type(found).__mro__:
        rule = RULES.get(cls.__name__)
        if rule is not None:
            return rule(found, scope)
    name = type(found).__name__
    unknown = getattr(type(found), "unknown", None)
    if unknown is not None and len(found.args) == 1:
        called, order = unknown
        return entrywise("unknown function", _read(found.args[0], scope), called=called,
                         order=order)
    known = FUNCTIONS.get(name, name)
    if known not in ELEMENTWISE or len(found.args) != 1:
        raise DeriveError(f"SymPy's {name} cannot be read here", PLACE)
    return entrywise(known, _read(found.args[0], scope))


def _rational(found: Any, scope: Scope) -> Expr:
    value = Fraction(int(found.p), int(found.q))
    size = Number(abs(value))
    return Neg(size) if value < 0 else size


def _float(found: Any, scope: Scope) -> Expr:
    text = repr(float(found)) if found._prec >= DOUBLE else str(found)
    value = Fraction(text)
    return Neg(Number(-value, text.lstrip("-"))) if value < 0 else Number(value, text)


def _symbol(found: Any, scope: Scope) -> Expr:
    name = found.name
    whole = name in scope.indices or name in scope.sizes
    quantity_of_its_own = name in scope.arity and not scope.arity[name]
    is_letter = name.lstrip("_")[:1] in LETTERS and len(name) < 4
    if whole or (is_letter and not quantity_of_its_own):
        return Dimension(named(name))       # an index, or the letter of an entry
    return _quantity(name, (), scope)


def _derivative(name: str, at: tuple[IntLike, ...], scope: Scope) -> Expr:
    """Read what stands under the name of a derivative: dL/dh at [t, k], dJ/dh at [t, i, k]."""
    text = Text(_with_letters(name, scope), PLACE)
    inner = replace(scope, derivatives=True).within(*scope.indices)
    partial = elaborate(read_expression(text), inner, text)
    if not isinstance(partial, Partial):
        raise DeriveError(f"`{name}` is no derivative", PLACE)
    is_open = text.text != name
    places = [*partial.top.index, *partial.bottom.index] if is_open else partial.bottom.index
    here, cell = at[:len(places)] or tuple(places), at[len(places):]
    cut = len(partial.top.index) if is_open else 0
    top = replace(partial.top, index=here[:cut] if is_open else partial.top.index)
    moved = replace(partial, top=top, bottom=replace(partial.bottom, index=here[cut:]))
    return Entry(moved, cell) if cell else moved


def _with_letters(name: str, scope: Scope) -> str:
    """Write the index of a series on top that has none: dJ/dh is dJ[t]/dh."""
    top, slash, bottom = name.partition("/")
    letters = scope.arity.get(top[1:], ())
    return f"{top}[{', '.join(letters)}]{slash}{bottom}" if letters else name


def _quantity(name: str, at: tuple[IntLike, ...], scope: Scope) -> Expr:
    if "/" in name:
        return _derivative(name, at, scope)
    if name not in scope.arity:
        raise scope.unknown(name, Text(name, PLACE), ast.Name(name))
    return quantity(name, at, ast.Name(name), scope, Text(name, PLACE))


def _indexed(found: Any, scope: Scope) -> Expr:
    at = tuple(_integer(i) for i in found.indices)
    return _quantity(str(found.base.label), at, scope)


def _matrix_element(found: Any, scope: Scope) -> Expr:
    array, *at = found.args
    whole = _read(array, scope)
    return Entry(whole, tuple(_integer(i) for i in at)[:len(whole.shape)])


def _integer(found: Any) -> IntLike:
    """Return a position: an integer, a letter, or a sum of such."""
    if found.is_Integer:
        return int(found)
    if found.is_Symbol:
        return named(found.name)
    parts = [_integer(arg) for arg in found.args] if found.is_Add or found.is_Mul else []
    if not parts:
        raise DeriveError(f"`{found}` is not a position", PLACE)
    joined: IntLike = reduce((lambda a, b: a + b) if found.is_Add else (lambda a, b: a * b), parts)
    return joined


def _add(found: Any, scope: Scope) -> Expr:
    return Sum(tuple(_read(arg, scope) for arg in found.args))


def _mul(found: Any, scope: Scope) -> Expr:
    return Product(tuple(_read(arg, scope) for arg in found.args))


def _pow(found: Any, scope: Scope) -> Expr:
    base, exponent = found.args[:2]
    if exponent == -1:
        return Quotient(Number(Fraction(1)), _read(base, scope))
    return Power(_read(base, scope), _read(exponent, scope))


def _matmul(found: Any, scope: Scope) -> Expr:
    """Read a product of matrices; scalars in it scale."""
    parts = [_read(arg, scope) for arg in found.args]
    scales = [p for p in parts if not p.shape]
    matrices = [p for p in parts if p.shape]
    product = reduce(_times, matrices)
    return Product((*scales, product)) if scales else product


def _times(a: Expr, b: Expr) -> Expr:
    """Return a @ b; a column times a row, both vectors here, is an outer product."""
    if len(a.shape) == 1 and isinstance(b, Transpose) and len(b.shape) == 1:
        return Outer(a, b.arg)
    return MatMul(a, b)


def _applied(name: str) -> Callable[[Any, Scope], Expr]:
    return lambda found, scope: apply(name, _read(found.args[0], scope))


def _dense(found: Any, scope: Scope) -> Expr:
    """Read a matrix entry by entry; one column is a vector, as `Solution.sympy` writes it."""
    rows, columns = found.shape
    cells = [[_read(found[i, j], scope) for j in range(columns)] for i in range(rows)]
    if columns == 1:
        return Array(tuple(row[0] for row in cells))
    return Array(tuple(Array(tuple(row)) for row in cells))


def _over(kind: str) -> Callable[[Any, Scope], Expr]:
    def read(found: Any, scope: Scope) -> Expr:
        body = _read(found.args[0], scope)
        for letter, low, high in found.args[1:]:
            body = Reduce(kind, letter.name, Range((_integer(low),), (_integer(high),)), body)
        return body
    return read


def _delta(found: Any, scope: Scope) -> Expr:
    return Delta(*(_integer(arg) for arg in found.args[:2]))


def _piecewise(found: Any, scope: Scope) -> Expr:
    """Read cases as where(condition, value, the cases that are left)."""
    (value, condition), *rest = found.args
    if condition == True or not rest:  # noqa: E712  SymPy's true is not Python's
        return _read(value, scope)
    others = _piecewise(found.func(*rest), scope) if len(rest) > 1 else _read(rest[0][0], scope)
    return apply("where", _read(condition, scope), _read(value, scope), others)


def _compared(name: str) -> Callable[[Any, Scope], Expr]:
    def read(found: Any, scope: Scope) -> Expr:
        left, right = (_read(side, scope) for side in found.args)
        return apply(name, Sum((left, Neg(right))))
    return read


def _constant(value: int) -> Callable[[Any, Scope], Expr]:
    def read(found: Any, scope: Scope) -> Expr:
        return Fill(Fraction(value), tuple(_integer(n) for n in found.shape))
    return read


def _imaginary(found: Any, scope: Scope) -> Expr:
    raise DeriveError("complex numbers are not answers here", PLACE)


RULES: dict[str, Callable[[Any, Scope], Expr]] = {
    "Rational": _rational,
    "Float": _float,
    "Symbol": _symbol,
    "Indexed": _indexed,
    "MatrixElement": _matrix_element,
    "MatrixSymbol": lambda found, scope: _quantity(found.name, (), scope),
    "Add": _add, "MatAdd": _add,
    "Mul": _mul, "HadamardProduct": _mul,
    "Pow": _pow, "HadamardPower": _pow,
    "MatMul": _matmul,
    "Transpose": lambda found, scope: Transpose(_read(found.args[0], scope)),
    "Inverse": _applied("inv"), "Determinant": _applied("det"), "Trace": _applied("trace"),
    "Identity": lambda found, scope: Eye(_integer(found.args[0])),
    "ZeroMatrix": _constant(0), "OneMatrix": _constant(1),
    "MatrixBase": _dense, "DenseMatrix": _dense,
    "Sum": _over("sum"), "Product": _over("prod"),
    "KroneckerDelta": _delta,
    "Piecewise": _piecewise, "And": _mul,
    "GreaterThan": _compared("nonnegative"), "LessThan": _compared("nonpositive"),
    "StrictGreaterThan": _compared("step"), "StrictLessThan": _compared("negative"),
    "Equality": _compared("at_zero"),
    "ImaginaryUnit": _imaginary,
    "Pi": lambda found, scope: Constant("pi"),
    "Exp1": lambda found, scope: entrywise("exp", Number(Fraction(1))),
}
