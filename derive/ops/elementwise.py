"""Functions of one number, applied to every entry: one row each, the function and nothing else.

A derivative is never typed here: SymPy finds it and `derive.ops.local` writes it down. At a kink
the derivative is a convention; the row holds the usual one, and the setting ``kink=`` another.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from derive.expr.nodes import Apply, Expr
from derive.ops import kernels
from derive.ops.op import Elementwise
from derive.ops.unknown import UNKNOWN

__all__ = ["ELEMENTWISE", "LOGARITHMS", "entrywise", "settings"]


def _cases(S: Any, holds: Any, then: Any, otherwise: Any) -> Any:
    return S.Piecewise((then, holds), (otherwise, True))


ROWS = (
    Elementwise("identity", lambda S, x: x, lambda x: x, r"\operatorname{id}", exact=True),
    Elementwise("exp", lambda S, x: S.exp(x), kernels.transcendental(np.exp), r"\exp"),
    Elementwise("log", lambda S, x: S.log(x), kernels.logarithm("log", np.log), r"\log",
                positive=True),
    Elementwise("log2", lambda S, x: S.log(x, 2), kernels.logarithm("log2", np.log2), r"\log_{2}",
                positive=True),
    Elementwise("log10", lambda S, x: S.log(x, 10), kernels.logarithm("log10", np.log10),
                r"\log_{10}", positive=True),
    Elementwise("sqrt", lambda S, x: S.sqrt(x), kernels.square_root, r"\sqrt{{{}}}",
                positive=True),
    Elementwise("sin", lambda S, x: S.sin(x), kernels.transcendental(np.sin), r"\sin"),
    Elementwise("cos", lambda S, x: S.cos(x), kernels.transcendental(np.cos), r"\cos"),
    Elementwise("tanh", lambda S, x: S.tanh(x), kernels.transcendental(np.tanh), r"\tanh"),
    Elementwise("sigmoid", lambda S, x: 1 / (1 + S.exp(-x)), kernels.sigmoid, r"\sigma"),
    Elementwise("softplus", lambda S, x: S.log(1 + S.exp(x)), kernels.softplus,
                r"\operatorname{softplus}"),
    Elementwise("relu", lambda S, x: S.Max(0, x), kernels.relu, r"\operatorname{ReLU}",
                kinks=((0, 0),), exact=True),
    Elementwise("leaky_relu",
                lambda S, x, slope: _cases(S, x > 0, x, S.Rational(Fraction(slope)) * x),
                kernels.leaky_relu, r"\operatorname{LeakyReLU}", kinks=((0, "slope"),),
                params=("slope",), defaults=(("slope", Fraction(1, 100)),), exact=True),
    Elementwise("abs", lambda S, x: S.Abs(x), kernels.absolute, r"\left|{}\right|",
                kinks=((0, 0),), exact=True),
    Elementwise("sign", lambda S, x: S.sign(x), kernels.sign, r"\operatorname{sign}",
                kinks=((0, 0),), exact=True, flat=True),
    Elementwise("sinh", lambda S, x: S.sinh(x), kernels.transcendental(np.sinh), r"\sinh"),
    Elementwise("cosh", lambda S, x: S.cosh(x), kernels.transcendental(np.cosh), r"\cosh"),
    Elementwise("arctan", lambda S, x: S.atan(x), kernels.transcendental(np.arctan), r"\arctan"),
    Elementwise("arcsin", lambda S, x: S.asin(x), kernels.between("arcsin", np.arcsin, -1, 1),
                r"\arcsin", within=(-1, 1)),
    Elementwise("arccos", lambda S, x: S.acos(x), kernels.between("arccos", np.arccos, -1, 1),
                r"\arccos", within=(-1, 1)),
    Elementwise("arcsinh", lambda S, x: S.asinh(x), kernels.transcendental(np.arcsinh),
                r"\operatorname{arcsinh}"),
    Elementwise("arccosh", lambda S, x: S.acosh(x), kernels.between("arccosh", np.arccosh, 1),
                r"\operatorname{arccosh}", positive=True, within=(1, None)),
    Elementwise("arctanh", lambda S, x: S.atanh(x), kernels.between("arctanh", np.arctanh, -1, 1),
                r"\operatorname{arctanh}", within=(-1, 1)),
    Elementwise("log1p", lambda S, x: S.log(1 + x), kernels.transcendental(np.log1p),
                r"\operatorname{log1p}", positive=True),
    Elementwise("expm1", lambda S, x: S.exp(x) - 1, kernels.transcendental(np.expm1),
                r"\operatorname{expm1}"),
    Elementwise("erf", lambda S, x: S.erf(x), kernels.erf, r"\operatorname{erf}"),
    Elementwise("log_sigmoid", lambda S, x: -S.log(1 + S.exp(-x)), lambda x: -kernels.softplus(-x),
                r"\log\sigma"),
    Elementwise("silu", lambda S, x: x / (1 + S.exp(-x)), lambda x: x * kernels.sigmoid(x),
                r"\operatorname{SiLU}"),
    Elementwise("gelu", lambda S, x: x * (1 + S.erf(x / S.sqrt(2))) / 2, kernels.gelu,
                r"\operatorname{GELU}"),
    Elementwise("softsign", lambda S, x: x / (1 + S.Abs(x)),
                lambda x: x / (1 + kernels.absolute(x)), r"\operatorname{softsign}", exact=True),
    Elementwise("elu", lambda S, x, alpha: _cases(S, x > 0, x, S.Rational(alpha) * (S.exp(x) - 1)),
                kernels.elu, r"\operatorname{ELU}", kinks=((0, "alpha"),), params=("alpha",),
                defaults=(("alpha", Fraction(1)),)),
    Elementwise("hard_tanh", lambda S, x: S.Piecewise((-1, x < -1), (1, x > 1), (x, True)),
                kernels.hard_tanh, r"\operatorname{hardtanh}", kinks=((-1, 0), (1, 0)),
                exact=True),
    Elementwise("hard_sigmoid",
                lambda S, x: S.Piecewise((0, x < -3), (1, x > 3), (x / 6 + S.Rational(1, 2), True)),
                kernels.hard_sigmoid, r"\operatorname{hardsigmoid}", kinks=((-3, 0), (3, 0)),
                exact=True),
    Elementwise("relu6", lambda S, x: S.Piecewise((0, x < 0), (6, x > 6), (x, True)),
                kernels.relu6, r"\operatorname{ReLU6}", kinks=((0, 0), (6, 0)), exact=True),
    Elementwise("tan", lambda S, x: S.tan(x), kernels.transcendental(np.tan), r"\tan"),
    # the indicators 1[x > 0], ...: what derivatives of functions with kinks are made of
    Elementwise("step", lambda S, x: _cases(S, x > 0, 1, 0), kernels.indicator(lambda x: x > 0),
                kinks=((0, 0),), exact=True, flat=True),
    Elementwise("nonnegative", lambda S, x: _cases(S, x >= 0, 1, 0),
                kernels.indicator(lambda x: x >= 0), kinks=((0, 0),), exact=True,
                flat=True),
    Elementwise("negative", lambda S, x: _cases(S, x < 0, 1, 0),
                kernels.indicator(lambda x: x < 0), kinks=((0, 0),), exact=True,
                flat=True),
    Elementwise("nonpositive", lambda S, x: _cases(S, x <= 0, 1, 0),
                kernels.indicator(lambda x: x <= 0), kinks=((0, 0),), exact=True,
                flat=True),
    Elementwise("at_zero", lambda S, x: _cases(S, S.Eq(x, 0), 1, 0),
                kernels.indicator(lambda x: x == 0), kinks=((0, 0),), exact=True,
                flat=True),
    UNKNOWN,
)

LOGARITHMS = ("log", "log2", "log10")
ELEMENTWISE: dict[str, Elementwise] = {row.name: row for row in ROWS}


def entrywise(name: str, x: Expr, **params: Any) -> Expr:
    """Return the function called *name* of every entry of *x*."""
    return Apply(name, (x,), tuple(sorted(params.items())), x.shape)


def settings(row: Elementwise, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the function's own settings, defaults filled in (``kink`` is not one of them)."""
    return {**dict(row.defaults), **{n: v for n, v in params.items() if n != "kink"}}
