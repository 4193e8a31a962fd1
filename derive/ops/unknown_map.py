"""Unknown functions of arrays: l(o, y), a number; A(a), a vector; and their derivatives as symbols.

The derivative by one argument is a function again: the gradient of a number, with the shape of the
argument, the Jacobian of a vector, the Hessian as Jacobian of a gradient. For judging, each name
stands for one smooth function (a layer of sigmoids with drawn weights); its derivatives are written
down apart from it, so that a complex step of the function is a second opinion on them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial, reduce
from math import prod
from operator import add
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.expr import build
from derive.expr.nodes import Apply, Expr
from derive.expr.shapes import Shape
from derive.ops.kernels import sigmoid
from derive.ops.op import Op
from derive.ops.unknown import sigmoid_derivative

__all__ = ["MOST_ARGUMENTS", "UNKNOWN_MAPS", "map_name"]

MOST_ARGUMENTS = 6
SPARE = 3       # hidden units more than results, so that no Jacobian is of low rank
LETTERS = "abcdefgh"

# which arguments a derivative is by, in order; and whether the axes of that argument come first
Slots = tuple[tuple[int, bool], ...]


def map_name(count: int) -> str:
    """Name the operation for so many arguments; it cannot be typed."""
    return f"unknown function of {count}"


@cache
def _weights(called: str, sizes: tuple[int, ...], results: int
             ) -> tuple[list[Any], Any, Any]:
    """Return the weights of each argument, the shifts, and the shares of each result."""
    draw = np.random.default_rng([*called.encode(), *sizes, results])
    units = results + SPARE
    into = [draw.uniform(-1.5, 1.5, (size, units)) for size in sizes]
    shares = draw.uniform(0.2, 1.0, (units, results))
    return into, draw.uniform(-1, 1, units), shares / shares.sum(axis=0)


def _evaluate(*xs: Any, called: str, gives: Shape, ranks: tuple[int, ...], slots: Slots = ()
              ) -> Any:
    """Return f_r = sum_k a_kr s(u_k) with u = sum_i C_i^T x_i + c, or a derivative of it.

    All values are between 0 and 1. Axes in front of the arguments' own are stacked.
    """
    arrays = [np.asarray(x) for x in xs]
    own = [a.shape[a.ndim - rank:] for a, rank in zip(arrays, ranks, strict=True)]
    into, shift, shares = _weights(called, tuple(map(prod, own)), prod(gives))
    flat = [a.reshape((*a.shape[:a.ndim - len(shape)], prod(shape)))
            for a, shape in zip(arrays, own, strict=True)]
    u = sum((x @ c for x, c in zip(flat, into, strict=True)), shift)
    slope = sigmoid_derivative(len(slots))(sigmoid(u))
    letters = LETTERS[:len(slots)]
    ins = "".join(f",{c}k" for c in letters)
    out, shape = "r", tuple(gives)
    for letter, (slot, first) in zip(letters, slots, strict=True):
        out = letter + out if first else out + letter
        shape = own[slot] + shape if first else shape + own[slot]
    found = np.einsum(f"...k,kr{ins}->...{out}", slope, shares, *(into[i] for i, _ in slots))
    return found.reshape((*u.shape[:-1], *shape))


def _shape(*shapes: Shape, called: str, gives: Shape, ranks: tuple[int, ...], slots: Slots = ()
           ) -> Shape:
    return reduce(lambda shape, slot: add(*((shapes[slot[0]], shape) if slot[1]
                                            else (shape, shapes[slot[0]]))), slots, gives)


def _entry(S: Any, at: Any, args: Any, called: str, **params: Any) -> Any:
    raise DeriveError(f"an entry of the unknown function `{called}` has no formula")


def _vjp(argument: int, g: Expr, y: Expr, *xs: Expr, **params: Any) -> Expr:
    """g grad f for a number f, J^T g for a vector f of a vector, g^T df/dx for one of a number.

    For other shapes, the sum over the axes of f: there the argument's own axes stand first.
    """
    whole = _shape(*(x.shape for x in xs), **params)
    rule = PULLED.get((len(whole), len(xs[argument].shape)))
    slots = (*params.get("slots", ()), (argument, rule is None))
    if len(slots) > len(LETTERS):
        raise DeriveError(f"`{params['called']}` is differentiated too often")
    settings = {**params, "slots": slots}
    shape = _shape(*(x.shape for x in xs), **settings)
    slope = Apply(map_name(len(xs)), xs, tuple(sorted(settings.items())), shape)
    if rule is not None:
        return rule(g, slope)
    return build.sum_entries(build.mul(slope, g), tuple(range(-len(whole), 0)))


# the rank of f and of x -> the cotangent of x, for the cotangent g of f and the derivative D
PULLED: dict[tuple[int, int], Callable[[Expr, Expr], Expr]] = {
    **{(0, rank): build.mul for rank in range(5)},
    (1, 0): build.matmul,
    (1, 1): lambda g, D: build.matmul(build.transpose(D), g),
}


def _unknown_map(count: int) -> Op:
    settings = {"called": "f", "slots": ()}
    ways: tuple[tuple[Shape, Shape], ...] = (((3,), ()), ((3,), (2,)), ((), (2,)), ((2, 3), (2,)))
    return Op(
        map_name(count), _shape, _evaluate, _entry,
        tuple(partial(_vjp, argument) for argument in range(count)),
        params=("called", "gives", "ranks", "slots"), aligned=False,
        samples=tuple(((own,) * count, {**settings, "gives": gives, "ranks": (len(own),) * count})
                      for own, gives in ways))


UNKNOWN_MAPS = tuple(_unknown_map(count) for count in range(1, MOST_ARGUMENTS + 1))
