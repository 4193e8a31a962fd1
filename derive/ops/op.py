"""What an operation is: one record that says all the rest of the program needs to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any

from derive.expr.nodes import Expr
from derive.expr.shapes import Shape

__all__ = ["Elementwise", "Op"]


@dataclass(frozen=True, slots=True)
class Op:
    """An operation on whole arrays.

    shape:     ``shape(*argument shapes, **params)`` of the result, or a `ShapeError`.
    evaluate:  NumPy, ``evaluate(*arrays, **params)``. It works on the trailing axes only (axes in
               `params` count from the end), so that any number of leading axes may be stacked in
               front; complex numbers pass through (the complex step needs that).
    entry:     ``entry(S, at, args, **params)``: the SymPy formula of the entry at positions *at*
               (S is the sympy module; ``args[i](*positions)`` is an entry of argument i and
               ``args[i].shape`` its shape, sizes as SymPy integers or symbols).
    vjps:      one per argument, ``vjp(g, y, *xs, **params)``: the cotangent of that argument as an
               `Expr`, for a cotangent g of the result y. None where nothing flows back.
    jacobian:  for a vector argument and a vector result, the Jacobian matrix as people write it.
    names:     how the name is typed in equations; the first is the op's own.
    latex:     how the function's name is printed.
    sentence:  why the derivative is what it is, in one sentence.
    samples:   argument shapes (and params) on which tests judge the rules.
    settle:    ``settle(*argument shapes, **params)``: the params with defaults filled in and axes
               counted from the end. None where there is nothing to settle.
    exact:     True where `evaluate` keeps rational numbers rational (arrays of `Fraction`).
    aligned:   True where arguments of different rank are broadcast against each other.
    flat:      True where the result moves in jumps only: whole numbers, whose derivative is 0
               wherever there is one.
    stops:     True where the result counts as given although it is worked out: no derivative goes
               through, by the author's own word.
    labels:    which arguments choose (a label, a mask) and have no derivative for that reason.
    positional: params that may be typed without their name, after the arguments.
    rational:  ``rational(*arrays of Fraction, **params)``: the value of the whole where it is a
               rational number that can be found, else None; for what is not rational as a rule.
    variadic:  True where there may be any number of arguments; the one rule in `vjps` is then told
               for which of them (``which=``).
    refusal:   why the operation is not differentiated; "" where it is.
    """

    name: str
    shape: Callable[..., Shape]
    evaluate: Callable[..., Any]
    entry: Callable[..., Any]
    vjps: tuple[Callable[..., Expr] | None, ...]
    jacobian: tuple[Callable[..., Expr] | None, ...] = ()
    params: tuple[str, ...] = ()
    latex: str = ""
    sentence: str = ""
    samples: tuple[tuple[tuple[Shape, ...], dict[str, Any]], ...] = ()
    positive: bool = field(default=False)
    settle: Callable[..., dict[str, Any]] | None = None
    exact: bool = False
    aligned: bool = True
    flat: bool = False
    stops: bool = False
    labels: tuple[int, ...] = ()
    positional: tuple[str, ...] = ()
    rational: Callable[..., Fraction | None] | None = None
    variadic: bool = False
    refusal: str = ""

    def rules(self, count: int) -> tuple[Callable[..., Expr] | None, ...]:
        """Return the rules for *count* arguments, one for each."""
        if not self.variadic or self.vjps[0] is None:
            return self.vjps
        return tuple(partial(self.vjps[0], which=which) for which in range(count))


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A function of one number, applied to every entry; its derivative is SymPy's.

    sympy:    ``sympy(S, x, **params)``, the function.
    evaluate: NumPy, stable for large arguments; complex numbers pass through.
    latex:    the printed name, or a pattern with ``{}`` for the argument (``\\sqrt{{{}}}``).
    kinks:    where the derivative does not exist, with the convention used (``((0, 0),)``); a
              name in place of a value is that parameter.
    positive: True where the argument must be positive (samples are drawn accordingly).
    within:   the ends of the interval where the function has a value, None where it has no end.
    defaults: values of the params that are not given.
    exact:    True where `evaluate` keeps rational numbers rational (arrays of `Fraction`).
    flat:     True where the result moves in jumps only: 0 and 1, or -1, 0 and 1.
    """

    name: str
    sympy: Callable[..., Any]
    evaluate: Callable[..., Any]
    latex: str = ""
    kinks: tuple[tuple[int | Fraction, int | Fraction | str], ...] = ()
    positive: bool = False
    params: tuple[str, ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    exact: bool = False
    flat: bool = False
    within: tuple[int | None, int | None] = (None, None)
