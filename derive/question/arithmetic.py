"""Working out what `ast` made of a number's text: a table of rules, one for each kind of node.

Every result is bounded, and a fault of arithmetic becomes an error at its place in the file.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from derive.errors import DeriveError, Place
from derive.question.makers import MAKERS, Real

__all__ = ["CONSTANTS", "FUNCTIONS", "worked_out"]

MOST_EXPONENT = 1000
MOST_BITS = 1000        # a float64 holds numbers of 1024 bits

CONSTANTS: Mapping[str, Real] = {"pi": math.pi}

Names = Mapping[str, Real]
Value = Any  # a Fraction, a float, an array of either, a tuple or a list of values


def worked_out(node: ast.expr, text: str, at: Callable[[int], Place], names: Names) -> Value:
    """Work out one node; *at* gives the place in the file of an offset in *text*."""
    place = at(getattr(node, "col_offset", 0))
    rule = RULES.get(type(node))
    if rule is None:
        raise DeriveError(f"`{text}` is not a number", place)

    def inner(part: ast.expr) -> Value:
        return worked_out(part, text, at, names)

    try:
        return _checked(rule(node, inner, text, names), place)
    except ZeroDivisionError:
        raise DeriveError(f"division by zero in `{text}`", place) from None
    except (ArithmeticError, TypeError, ValueError) as error:
        raise DeriveError(f"`{text}` cannot be worked out: {error}", place) from None


def _checked(found: Value, place: Place) -> Value:
    entries = found.ravel() if isinstance(found, np.ndarray) else (found,)
    for entry in entries:
        if isinstance(entry, complex) or (isinstance(entry, float) and not math.isfinite(entry)):
            raise DeriveError("the result is not a finite real number", place)
        if isinstance(entry, Fraction) and max(_bits(entry)) > MOST_BITS:
            raise DeriveError("the result is too long a number", place)
    return found


def _bits(found: Fraction) -> tuple[int, int]:
    return found.numerator.bit_length(), found.denominator.bit_length()


Inner = Callable[[ast.expr], Value]


def _constant(node: ast.Constant, inner: Inner, text: str, names: Names) -> Value:
    return Fraction(text[node.col_offset:node.end_col_offset])


def _name(node: ast.Name, inner: Inner, text: str, names: Names) -> Value:
    if node.id not in names:
        raise ValueError(f"{node.id} is a function, write {node.id}(...)")
    return names[node.id]


def _unary(node: ast.UnaryOp, inner: Inner, text: str, names: Names) -> Value:
    found = inner(node.operand)
    return -found if isinstance(node.op, ast.USub) else found


def _binary(node: ast.BinOp, inner: Inner, text: str, names: Names) -> Value:
    apply = OPERATORS.get(type(node.op))
    if apply is None:
        raise ValueError("only + - * / ** are known here")
    left, right = inner(node.left), inner(node.right)
    if isinstance(left, (tuple, list)) or isinstance(right, (tuple, list)):
        raise ValueError("a list is not a number")
    return apply(left, right)


def _power(base: Value, exponent: Value) -> Value:
    if isinstance(exponent, np.ndarray) or isinstance(base, np.ndarray):
        raise ValueError("only a number can be raised to a power here")
    if abs(exponent) > MOST_EXPONENT:
        raise ValueError(f"exponents up to {MOST_EXPONENT} are worked out")
    if isinstance(base, Fraction) and max(_bits(base)) * abs(exponent) > MOST_BITS:
        raise ValueError("the result is too long a number")
    return base ** exponent


def _call(node: ast.Call, inner: Inner, text: str, names: Names) -> Value:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    function = FUNCTIONS.get(name) or MAKERS.get(name)
    if function is None or node.keywords:
        raise ValueError("a call reads name(number, ...)")
    return function(*(inner(arg) for arg in node.args))


def _sequence(node: ast.Tuple | ast.List, inner: Inner, text: str, names: Names) -> Value:
    return [inner(part) for part in node.elts]


def _root(x: Real) -> Real:
    """The square root: exact where numerator and denominator are squares."""
    if isinstance(x, Fraction) and x >= 0:
        top, bottom = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if Fraction(top, bottom) ** 2 == x:
            return Fraction(top, bottom)
    return math.sqrt(x)


FUNCTIONS: dict[str, Callable[..., Value]] = {"sqrt": _root}
OPERATORS: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: _power,
}
RULES: dict[type[ast.expr], Callable[[Any, Inner, str, Names], Value]] = {
    ast.Constant: _constant, ast.Name: _name, ast.UnaryOp: _unary, ast.BinOp: _binary,
    ast.Call: _call, ast.Tuple: _sequence, ast.List: _sequence,
}
