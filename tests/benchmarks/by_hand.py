"""Backpropagation through time as one writes it in NumPy for this very network."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.benchmarks.models import Numbers

__all__ = ["backpropagation"]


def backpropagation(n: Numbers) -> dict[str, Any]:
    """Return the loss's gradients; all that does not recur is one matrix product for all t.

    delta_t = (1 - h_t^2) * (V^T (p_t - y_t) / T + W^T delta_{t+1}); dL/dW = sum_t delta_t
    h_{t-1}^T is delta^T H in one product.
    """
    length, size = n.x.shape
    h = np.empty((length + 1, size))
    h[0] = n.h0
    inputs = n.x @ n.U.T + n.b
    W = n.W
    for t in range(length):
        h[t + 1] = np.tanh(W @ h[t] + inputs[t])
    scores = h[1:] @ n.V.T + n.c
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -(n.y * np.log(p)).sum() / length
    d_scores = (p - n.y) / length
    delta = _backwards(d_scores @ n.V, 1.0 - h[1:] ** 2, W)
    return {"L": loss, "W": delta.T @ h[:-1], "U": delta.T @ n.x, "b": delta.sum(axis=0),
            "V": d_scores.T @ h[1:], "c": d_scores.sum(axis=0)}


def _backwards(from_outputs: Any, slopes: Any, W: Any) -> Any:
    delta = np.empty_like(from_outputs)
    transposed = np.ascontiguousarray(W.T)
    later = np.zeros(W.shape[0])
    for t in range(len(delta) - 1, -1, -1):
        later = delta[t] = slopes[t] * (from_outputs[t] + transposed @ later)
    return delta
