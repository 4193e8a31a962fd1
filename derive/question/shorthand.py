"""Functions that are short for a formula in other functions: ``var(X, axis=0)``, ``stack([a, b])``.

One row each: from expressions (and settings) to the expression that is meant. Names and arguments
are NumPy's, or the field's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from derive.errors import ShapeError
from derive.expr import build
from derive.expr.integers import IntLike, floored
from derive.expr.nodes import (
    Apply,
    Array,
    Constant,
    Expr,
    Fill,
    MatMul,
    Neg,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Transpose,
)
from derive.expr.shapes import Shape, say
from derive.ops import apply
from derive.ops.axes import counted_from_end
from derive.ops.products import divided
from derive.ops.slices import concatenated, part

__all__ = ["ADJUSTABLE", "SHORTHAND", "Adjustable", "Shorthand"]


@dataclass(frozen=True, slots=True)
class Shorthand:
    """How a function is written out.

    build:    ``build(*arguments, **settings)``.
    count:    how many arguments it takes; -1 for a list of them, as in ``stack([a, b])``.
    settings: what may be typed by name, or without it behind the arguments.
    """

    build: Callable[..., Expr]
    count: int = 1
    settings: tuple[str, ...] = ()


def _num(text: str) -> Expr:
    return Number(Fraction(text), text)


def _deviation_length(x: Expr, **settings: Any) -> Expr:
    return apply("sqrt", apply("var", x, **settings))


def _stacked(*xs: Expr, axis: Any = 0) -> Expr:
    """Put arrays side by side along a new axis."""
    whole: Expr = Array(xs)
    rank = len(whole.shape)
    (along,) = counted_from_end(axis, rank)
    if along == -rank:
        return whole
    if rank == 2:
        return Transpose(whole)
    order = list(range(1, rank))
    order.insert(rank + along, 0)
    return apply("permute", whole, axes=tuple(order))


def _side_by_side(*xs: Expr) -> Expr:
    """hstack: vectors one after the other, matrices side by side."""
    return concatenated(*xs, axis=1 if len(xs[0].shape) > 1 else 0)


def _one_below_the_other(*xs: Expr) -> Expr:
    """vstack: vectors become the rows of a matrix, matrices stand below each other."""
    if all(len(x.shape) == 1 for x in xs):
        return Array(xs)
    return concatenated(*(_as_row(x) if len(x.shape) == 1 else x for x in xs), axis=0)


def _as_row(x: Expr) -> Expr:
    return apply("expand", x, axis=(-2,))


def _swapped(x: Expr, first: int, second: int) -> Expr:
    """swapaxes(X, 0, 1)"""
    rank = len(x.shape)
    if not all(-rank <= a < rank for a in (first, second)):
        raise ShapeError(f"axis {first} or {second} is out of range for {say(x.shape)}")
    order = list(range(rank))
    order[first], order[second] = order[second], order[first]
    return _transposed(x, tuple(order))


def _transposed(x: Expr, axes: Any = None) -> Expr:
    rank = len(x.shape)
    if axes is None or rank < 2:
        return Transpose(x) if rank < 3 else apply("permute", x)
    if rank == 2 and axes in ((1, 0), (-1, -2), (-1, 0), (1, -2)):
        return Transpose(x)
    return x if axes == tuple(range(rank)) else apply("permute", x, axes=axes)


def _without_ones(x: Expr, axis: Any = None) -> Expr:
    """squeeze: axes of size 1 are left out."""
    rank = len(x.shape)
    gone = (tuple(k - rank for k, n in enumerate(x.shape) if n == 1) if axis is None
            else counted_from_end(axis, rank))
    if any(x.shape[a] != 1 for a in gone):
        raise ShapeError(f"squeeze takes away axes of size 1, not those of {say(x.shape)}")
    kept = tuple(n for k, n in enumerate(x.shape) if k - rank not in gone)
    params = (("shape", kept), ("was", x.shape))
    return x if kept == x.shape else Apply("reshape", (x,), params, kept)


def _with_axis(x: Expr, axis: Any = 0) -> Expr:
    """expand_dims: a new axis of size 1."""
    axes = axis if isinstance(axis, tuple) else (axis,)
    rank = len(x.shape) + len(axes)
    return apply("expand", x, axis=tuple(a if a < 0 else a - rank for a in axes))


def _tiled(x: Expr, reps: Any = 1) -> Expr:
    if not isinstance(reps, int) or reps < 1 or len(x.shape) != 1:
        raise ShapeError("tile repeats a vector a number of times", remedy="write tile(v, 3)")
    return concatenated(*[x] * reps) if reps > 1 else x


def _repeated(x: Expr, repeats: Any = 1, axis: Any = None) -> Expr:
    """repeat(X, 2, axis=0): every row twice, one copy after the other."""
    if not isinstance(repeats, int) or repeats < 1 or (axis is None and len(x.shape) != 1):
        raise ShapeError("repeat repeats each entry along an axis",
                         remedy="write repeat(v, 3) or repeat(X, 2, axis=0)")
    place = len(x.shape) + counted_from_end(-1 if axis is None else axis, len(x.shape))[0]
    copies = [x.shape[:place + 1], x.shape[place + 1:]]
    inner = apply("expand", x, axis=(place - len(x.shape),))
    whole = build.mul(inner, Fill(Fraction(1), (*copies[0], repeats, *copies[1])))
    shape = (*x.shape[:place], x.shape[place] * repeats, *copies[1])
    return Apply("reshape", (whole,), (("shape", shape), ("was", whole.shape)), shape)


def _convolved(x: Expr, k: Expr, mode: Any = "full") -> Expr:
    """NumPy's convolve: y_n = sum_m x_m k_(n-m), the cross-correlation with the flipped filter."""
    if len(x.shape) != 1 or len(k.shape) != 1:
        raise ShapeError("convolve is for two vectors", remedy="write conv2d(X, flip(K))")
    if mode not in ("full", "same", "valid"):
        raise ShapeError(f"mode={mode} is not known", remedy='"full", "same" or "valid"')
    frame = k.shape[0] - 1
    back = floored(frame, 2)
    paddings = {"full": (frame, frame), "same": (frame - back, back), "valid": (0, 0)}
    return apply("conv1d", x, apply("flip", k), padding=(paddings[mode],))


def _split(x: Expr, sections: Any = None, which: int = 0, axis: Any = 0) -> Expr:
    """Return one part of an array that is cut into equal parts, or at the places given."""
    (along,) = counted_from_end(axis, len(x.shape))
    place = len(x.shape) + along
    starts: list[IntLike] = [0] * len(x.shape)
    stops = list(x.shape)
    starts[place], stops[place] = _ends(x.shape[place], sections, which)
    return part(x, tuple(starts), tuple(stops), (True,) * len(x.shape))


def _ends(size: IntLike, sections: Any, which: int) -> tuple[IntLike, IntLike]:
    cuts = sections if isinstance(sections, tuple) else None
    count = len(cuts) + 1 if cuts is not None else sections
    if not isinstance(count, int) or count < 1:
        raise ShapeError("split needs a number of parts", remedy="write split(z, 4)[0]")
    if not 0 <= which < count:
        raise ShapeError(f"split makes {count} parts, 0..{count - 1}; there is no {which}")
    if cuts is None:
        each = divided(size, count)
        return which * each, (which + 1) * each
    ends = (0, *cuts, size)
    return ends[which], ends[which + 1]


def _norm(x: Expr, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Expr:
    """The norm by NumPy's name for it: ``norm(x)``, ``norm(x, 1)``, ``norm(A)`` (Frobenius)."""
    if axis is not None:
        return _norm_along(x, ord, {"axis": axis, "keepdims": keepdims})
    made = NORMS.get((min(len(x.shape), 3), ord))
    if made is None and len(x.shape) == 1 and isinstance(ord, (int, Fraction)) and ord > 0:
        return _p_norm(x, Fraction(ord))
    if ord == "nuc":
        raise ShapeError("the nuclear norm, the sum of all singular values, is not known",
                         remedy="for a positive definite A it is trace(A)")
    if made is None:
        known = " or ".join(repr(o).strip("'") for rank, o in NORMS
                            if rank == len(x.shape) and o is not None)
        raise ShapeError(f"there is no norm {ord} of {say(x.shape)}" if ord is not None
                         else f"there is no norm of {say(x.shape)}",
                         remedy=f"write {known}" if known else "write sqrt(sum(A**2))")
    return made(x)


def _norm_along(x: Expr, ord: Any, where: dict[str, Any]) -> Expr:
    """Take the norm of each row or column."""
    if ord in (None, 2):
        return apply("sqrt", apply("sum", Power(x, _num("2")), **where))
    if ord == 1:
        return apply("sum", apply("abs", x), **where)
    if ord == "inf":
        return apply("max", apply("abs", x), **where)
    raise ShapeError(f"there is no norm {ord} along an axis", remedy="write 1, 2 or inf")


def _p_norm(x: Expr, p: Fraction) -> Expr:
    """(sum |x_i|^p)^(1/p); for an even p the bars are not needed."""
    size = x if p.denominator == 1 and p % 2 == 0 else apply("abs", x)
    return Power(apply("sum", Power(size, build.number(p))), build.number(1 / p))


def _sizes(x: Expr, axis: int | None = None) -> Expr:
    """Return sum |x|, or the sums along an axis."""
    return apply("sum", apply("abs", x), axis=axis)


def _euclidean(x: Expr) -> Expr:
    return apply("norm", x)


NORMS: dict[tuple[int, Any], Callable[[Expr], Expr]] = {
    (0, None): lambda x: apply("abs", x), (0, 2): lambda x: apply("abs", x),
    (1, None): _euclidean, (1, 2): _euclidean, (1, 1): _sizes,
    (1, "inf"): lambda x: apply("max", apply("abs", x)),
    (2, None): lambda x: apply("frobenius", x), (2, "fro"): lambda x: apply("frobenius", x),
    (2, 2): _euclidean,
    (2, 1): lambda x: apply("max", _sizes(x, 0)), (2, "inf"): lambda x: apply("max", _sizes(x, 1)),
}


def _selu(x: Expr) -> Expr:
    """lambda ELU_alpha(x); Klambauer et al., Self-Normalizing Neural Networks (2017)."""
    return Product((_num("1.0507009873554805"),
                    apply("elu", x, alpha=Fraction("1.6732632423543772"))))


def _mish(x: Expr) -> Expr:
    return Product((x, apply("tanh", apply("softplus", x))))


def _gelu(x: Expr, approximate: Any = "none") -> Expr:
    """x Phi(x), or the form with tanh (Hendrycks and Gimpel, 2016)."""
    if approximate not in ("tanh", True):
        return apply("gelu", x)
    inner = Sum((x, Product((_num("0.044715"), Power(x, _num("3"))))))
    scale = apply("sqrt", Quotient(_num("2"), Constant("pi")))
    return Product((Quotient(_num("1"), _num("2")), x,
                    Sum((_num("1"), apply("tanh", Product((scale, inner)))))))


def _prelu(x: Expr, slope: Expr) -> Expr:
    """x where it is positive, else the slope times x."""
    return apply("where", apply("step", x), x, Product((slope, x)))


def _elu_of(x: Expr, alpha: Expr) -> Expr:
    """x where it is positive, else alpha (e^x - 1)."""
    below = Product((alpha, Sum((apply("exp", x), Neg(_num("1"))))))
    return apply("where", apply("step", x), x, below)


def _swish_of(x: Expr, beta: Expr) -> Expr:
    """x sigmoid(beta x); Ramachandran, Zoph and Le, Searching for Activation Functions (2017)."""
    return Product((x, apply("sigmoid", Product((beta, x)))))


def _softplus_of(x: Expr, beta: Expr) -> Expr:
    return Product((Quotient(_num("1"), beta), apply("softplus", Product((beta, x)))))


def _celu_of(x: Expr, alpha: Expr) -> Expr:
    """x where it is positive, else alpha (e^(x/alpha) - 1); Barron (2017)."""
    below = Product((alpha, Sum((apply("exp", Quotient(x, alpha)), Neg(_num("1"))))))
    return apply("where", apply("step", x), x, below)


def _log_of_sum(a: Expr, b: Expr) -> Expr:
    """log(e^a + e^b)"""
    return apply("log", Sum((apply("exp", a), apply("exp", b))))


def _log_softmax(x: Expr, axis: Any = -1) -> Expr:
    return apply("log", apply("softmax", x, axis=counted_from_end(axis, len(x.shape))))


@dataclass(frozen=True, slots=True)
class Adjustable:
    """A function with one number that may be left out, given as a number or as a quantity.

    setting:  what the operation of this name calls the number; "" where it has no such setting.
    words:    what people call it.
    build:    the function with any expression for the number.
    plain:    the operation without it; "" where the number must be given.
    """

    setting: str
    words: tuple[str, ...]
    build: Callable[[Expr, Expr], Expr]
    plain: str


ADJUSTABLE: dict[str, Adjustable] = {
    "leaky_relu": Adjustable("slope", ("slope", "negative_slope", "alpha"), _prelu, "leaky_relu"),
    "elu": Adjustable("alpha", ("alpha",), _elu_of, "elu"),
    "celu": Adjustable("", ("alpha",), _celu_of, "elu"),
    "softplus": Adjustable("", ("beta",), _softplus_of, "softplus"),
    "swish": Adjustable("", ("beta",), _swish_of, "silu"),
}


def _broadcast(x: Expr, shape: Any = None) -> Expr:
    wanted: Shape = shape if isinstance(shape, tuple) else (shape,)
    return build.mul(x, Fill(Fraction(1), wanted))


SHORTHAND: dict[str, Shorthand] = {
    "norm": Shorthand(_norm, 1, ("ord", "axis", "keepdims")),
    "std": Shorthand(_deviation_length, 1, ("axis", "keepdims", "ddof")),
    "stack": Shorthand(_stacked, -1, ("axis",)),
    "hstack": Shorthand(_side_by_side, -1),
    "vstack": Shorthand(_one_below_the_other, -1),
    "column_stack": Shorthand(lambda *xs: _stacked(*xs, axis=1), -1),
    "concat": Shorthand(lambda *xs, axis=0: concatenated(*xs, axis=axis), -1, ("axis",)),
    "concatenate": Shorthand(lambda *xs, axis=0: concatenated(*xs, axis=axis), -1, ("axis",)),
    "swapaxes": Shorthand(_swapped, 1, ("first", "second")),
    "transpose": Shorthand(_transposed, 1, ("axes",)),
    "squeeze": Shorthand(_without_ones, 1, ("axis",)),
    "expand_dims": Shorthand(_with_axis, 1, ("axis",)),
    "split": Shorthand(_split, 1, ("sections", "axis")),
    "tile": Shorthand(_tiled, 1, ("reps",)),
    "repeat": Shorthand(_repeated, 1, ("repeats", "axis")),
    "convolve": Shorthand(_convolved, 2, ("mode",)),
    "broadcast_to": Shorthand(_broadcast, 1, ("shape",)),
    "inner": Shorthand(MatMul, 2),
    "vdot": Shorthand(MatMul, 2),
    "square": Shorthand(lambda x: Power(x, _num("2"))),
    "reciprocal": Shorthand(lambda x: Quotient(_num("1"), x)),
    "selu": Shorthand(_selu),
    "mish": Shorthand(_mish),
    "gelu": Shorthand(_gelu, 1, ("approximate",)),
    "prelu": Shorthand(_prelu, 2),
    "log_softmax": Shorthand(_log_softmax, 1, ("axis",)),
    "softmin": Shorthand(lambda x, axis=-1: apply(
        "softmax", Neg(x), axis=counted_from_end(axis, len(x.shape))), 1, ("axis",)),
    "power": Shorthand(Power, 2),
    "logaddexp": Shorthand(_log_of_sum, 2),
    "ln": Shorthand(lambda x: apply("log", x)),
    **{f"a{n}": Shorthand(partial(apply, f"arc{n}"))
       for n in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
