"""The same gradients with SymPy alone, in two ways that people take.

naive:   every entry a symbol, the network unrolled into one expression, ``diff`` by every weight.
careful: a symbol of its own for every intermediate number, ``diff`` of one definition at a time,
         and named adjoints put together by the chain rule; nothing is ever substituted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["careful", "naive", "symbols_with"]


def naive(size: int, length: int) -> list[Any]:
    """Return the gradient by every weight, in the order of the weights."""
    import sympy

    weights = _weights(sympy, size)
    h = [sympy.Integer(0)] * size
    loss: Any = 0
    for t in range(length):
        x = sympy.symbols(f"x{t}_:{size}")
        h = [sympy.tanh(s) for s in _affine(weights, h, x, size)]
        scores = _outputs(weights, h, size)
        total = sum(sympy.exp(s) for s in scores)
        loss = loss - sympy.log(sympy.exp(scores[t % size]) / total) / length
    flat = [w for matrix in weights.values() for w in matrix]
    return [loss.diff(w) for w in flat]


def careful(size: int, length: int) -> list[str]:
    """Return the LaTeX of every local derivative and every adjoint."""
    import sympy

    weights = _weights(sympy, size)
    definitions = dict(_definitions(sympy, weights, size, length))
    adjoints: dict[Any, list[Any]] = {sympy.Symbol("L"): [sympy.Integer(1)]}
    printed = []
    for name, rhs in reversed(definitions.items()):
        bar = sympy.Symbol(f"adj_{name}")
        printed.append(sympy.latex(sympy.Eq(bar, sympy.Add(*adjoints.get(name, [])))))
        for part in sorted(rhs.free_symbols, key=str):
            local = sympy.diff(rhs, part)
            printed.append(sympy.latex(local))
            adjoints.setdefault(part, []).append(bar * local)
    flat = [w for matrix in weights.values() for w in matrix]
    return printed + [sympy.latex(sympy.Add(*adjoints[w])) for w in flat]


def _weights(sympy: Any, size: int) -> dict[str, list[Any]]:
    found = {name: list(sympy.symbols(f"{name}:{size}_:{size}")) for name in "WUV"}
    return found | {name: list(sympy.symbols(f"{name}:{size}")) for name in "bc"}


def _affine(weights: dict[str, list[Any]], h: Any, x: Any, size: int) -> list[Any]:
    W, U, b = weights["W"], weights["U"], weights["b"]
    return [sum(W[i * size + j] * h[j] + U[i * size + j] * x[j] for j in range(size)) + b[i]
            for i in range(size)]


def _outputs(weights: dict[str, list[Any]], h: Any, size: int) -> list[Any]:
    V, c = weights["V"], weights["c"]
    return [sum(V[i * size + j] * h[j] for j in range(size)) + c[i] for i in range(size)]


def _definitions(sympy: Any, weights: dict[str, list[Any]], size: int, length: int
                 ) -> Iterator[tuple[Any, Any]]:
    h: Any = [sympy.Integer(0)] * size
    losses = []
    for t in range(length):
        x = sympy.symbols(f"x{t}_:{size}")
        z, new, o, p = (sympy.symbols(f"{n}{t}_:{size}") for n in ("z", "h", "o", "p"))
        yield from zip(z, _affine(weights, h, x, size), strict=True)
        yield from zip(new, map(sympy.tanh, z), strict=True)
        yield from zip(o, _outputs(weights, new, size), strict=True)
        total = sum(sympy.exp(s) for s in o)
        yield from zip(p, [sympy.exp(s) / total for s in o], strict=True)
        losses.append(sympy.Symbol(f"l{t}"))
        yield losses[-1], -sympy.log(p[t % size])
        h = new
    yield sympy.Symbol("L"), sum(losses) / length


def symbols_with(numbers: Any) -> Iterator[tuple[Any, float]]:
    """Pair the symbols of weights and inputs with their numbers."""
    import sympy

    size = len(numbers.b)
    for name, flat in _weights(sympy, size).items():
        yield from zip(flat, getattr(numbers, name).ravel().tolist(), strict=True)
    for t, row in enumerate(numbers.x):
        yield from zip(sympy.symbols(f"x{t}_:{size}"), row.tolist(), strict=True)
