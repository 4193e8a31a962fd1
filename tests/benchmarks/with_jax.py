"""The large models in JAX: what `jax.grad` gives, compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

__all__ = ["block", "lstm"]

jax.config.update("jax_enable_x64", True)
Numbers = Mapping[str, Any]
GATES = "ifog"


def lstm(numbers: Numbers, layers: int) -> Callable[[], dict[str, Any]]:
    """Return the gradients by all weights as a compiled function."""
    weights, data = _split(numbers, ("x", "y"))

    def loss(n: Numbers) -> Any:
        inputs = data["x"]
        for layer in range(1, layers + 1):
            inputs = _layer(n, layer, inputs)
        return -jnp.mean(jnp.sum(data["y"] * jax.nn.log_softmax(inputs @ n["V"].T), axis=1))

    return _compiled(loss, weights)


def _layer(n: Numbers, layer: int, inputs: Any) -> Any:
    def step(state: tuple[Any, Any], x: Any) -> tuple[tuple[Any, Any], Any]:
        h, c = state
        i, f, o, g = (n[f"W{k}{layer}"] @ x + n[f"U{k}{layer}"] @ h + n[f"b{k}{layer}"]
                      for k in GATES)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros(n[f"bi{layer}"].shape[0])
    return jax.lax.scan(step, (zero, zero), inputs)[1]


def block(numbers: Numbers) -> Callable[[], dict[str, Any]]:
    """Return the gradients by all weights as a compiled function."""
    weights, data = _split(numbers, ("X", "Y"))

    def normal(x: Any, n: Numbers) -> Any:
        centred = x - x.mean(axis=1, keepdims=True)
        spread = jnp.sqrt((centred ** 2).mean(axis=1, keepdims=True) + 1e-5)
        return centred / spread * n["gamma"] + n["beta"]

    def loss(n: Numbers) -> Any:
        N = normal(data["X"], n)
        scores = (N @ n["W_Q"]) @ (N @ n["W_K"]).T / jnp.sqrt(N.shape[1])
        R = data["X"] + jax.nn.softmax(scores, axis=1) @ (N @ n["W_V"]) @ n["W_O"]
        Z = R + jnp.tanh(normal(R, n) @ n["W_1"] + n["b_1"]) @ n["W_2"] + n["b_2"]
        return jnp.sum((Z - data["Y"]) ** 2) / 2

    return _compiled(loss, weights)


def _split(numbers: Numbers, data: tuple[str, str]) -> tuple[Numbers, Numbers]:
    arrays = {name: jnp.asarray(value) for name, value in numbers.items()}
    return ({k: v for k, v in arrays.items() if k not in data}, {k: arrays[k] for k in data})


def _compiled(loss: Callable[[Numbers], Any], weights: Numbers) -> Callable[[], dict[str, Any]]:
    gradient = jax.jit(jax.grad(loss))
    return lambda: dict(jax.block_until_ready(gradient(weights)))
