"""A value that counts as given: no derivative goes through it, because its author says so.

Truncated backpropagation, targets that are held fixed, the denominators of some optimisers:
sg(e) has the value of e, and d sg(e) = 0.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from derive.expr.shapes import Shape
from derive.ops.op import Op

__all__ = ["STOPPED"]


def _evaluate(x: Any) -> Any:
    """Return the value without the small imaginary part by which a complex step moves it."""
    return np.real(np.asarray(x))


@cache
def _function() -> Any:
    """Return the SymPy function: its own argument at numbers, and a derivative that is 0."""
    import sympy

    def value(cls: Any, x: Any) -> Any:
        return x if x.is_number else None

    return type("stop_gradient", (sympy.Function,), {
        "nargs": 1, "is_extended_real": True, "eval": classmethod(value),
        "fdiff": lambda self, argindex=1: sympy.S.Zero})


def _entry(S: Any, at: Any, args: Any) -> Any:
    return _function()(args[0](*at))


def _shape(x: Shape) -> Shape:
    return x


STOPPED = Op(
    "stop_gradient", _shape, _evaluate, _entry, (None,), latex=r"\operatorname{sg}", exact=True,
    stops=True, sentence="No derivative goes through sg: its argument counts as given.",
    samples=((((),), {}), (((3,),), {}), (((2, 3),), {})),
)
