"""The large models in NumPy as one writes them for these very equations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["block", "lstm"]

Numbers = Mapping[str, Any]
GATES = "ifog"


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _softmax(s: Any) -> Any:
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def lstm(n: Numbers, layers: int) -> dict[str, Any]:
    """Return the gradients of the mean cross-entropy by all weights."""
    inputs, kept = n["x"], []
    for layer in range(1, layers + 1):
        gates, c, h = _forward(n, layer, inputs)
        kept.append((inputs, gates, c, h))
        inputs = h[1:]
    p = _softmax(inputs @ n["V"].T)
    d_scores = (p - n["y"]) / len(p)
    found = {"V": d_scores.T @ inputs}
    d_h = d_scores @ n["V"]
    for layer in range(layers, 0, -1):
        below, gates, c, h = kept[layer - 1]
        d_z = _backward(n, layer, gates, c, d_h)
        d_h = np.zeros_like(below)
        for gate in GATES:
            found[f"W{gate}{layer}"] = d_z[gate].T @ below
            found[f"U{gate}{layer}"] = d_z[gate].T @ h[:-1]
            found[f"b{gate}{layer}"] = d_z[gate].sum(axis=0)
            d_h += d_z[gate] @ n[f"W{gate}{layer}"]
    return found


def _forward(n: Numbers, layer: int, inputs: Any) -> tuple[dict[str, Any], Any, Any]:
    length, size = len(inputs), n[f"bi{layer}"].shape[0]
    gates = {g: inputs @ n[f"W{g}{layer}"].T + n[f"b{g}{layer}"] for g in GATES}
    c, h = np.zeros((length + 1, size)), np.zeros((length + 1, size))
    for t in range(length):
        for g in GATES:
            z = gates[g][t] + n[f"U{g}{layer}"] @ h[t]
            gates[g][t] = np.tanh(z) if g == "g" else _sigmoid(z)
        c[t + 1] = gates["f"][t] * c[t] + gates["i"][t] * gates["g"][t]
        h[t + 1] = gates["o"][t] * np.tanh(c[t + 1])
    return gates, c, h


def _backward(n: Numbers, layer: int, a: dict[str, Any], c: Any, d_out: Any) -> dict[str, Any]:
    d_z = {g: np.empty_like(d_out) for g in GATES}
    later_h, later_c = np.zeros(d_out.shape[1]), np.zeros(d_out.shape[1])
    back = {g: np.ascontiguousarray(n[f"U{g}{layer}"].T) for g in GATES}
    for t in range(len(d_out) - 1, -1, -1):
        d_h = d_out[t] + later_h
        squashed = np.tanh(c[t + 1])
        d_c = later_c + d_h * a["o"][t] * (1 - squashed ** 2)
        d_z["o"][t] = d_h * squashed * a["o"][t] * (1 - a["o"][t])
        d_z["f"][t] = d_c * c[t] * a["f"][t] * (1 - a["f"][t])
        d_z["i"][t] = d_c * a["g"][t] * a["i"][t] * (1 - a["i"][t])
        d_z["g"][t] = d_c * a["i"][t] * (1 - a["g"][t] ** 2)
        later_c = d_c * a["f"][t]
        later_h = sum(back[g] @ d_z[g][t] for g in GATES)
    return d_z


def block(n: Numbers) -> dict[str, Any]:
    """Return the gradients of half the squared distance by all weights."""
    X, scale = n["X"], np.sqrt(n["X"].shape[1])
    N1, x1, _ = _normal(X, n)
    Q, K, U = (N1 @ n[name] for name in ("W_Q", "W_K", "W_V"))
    A = _softmax(Q @ K.T / scale)
    H = A @ U
    R = X + H @ n["W_O"]
    N2, x2, s2 = _normal(R, n)
    F = np.tanh(N2 @ n["W_1"] + n["b_1"])
    d_Z = R + F @ n["W_2"] + n["b_2"] - n["Y"]
    d_F = d_Z @ n["W_2"].T * (1 - F ** 2)
    d_N2 = d_F @ n["W_1"].T
    d_R = d_Z + _normal_back(d_N2 * n["gamma"], x2, s2)
    d_H = d_R @ n["W_O"].T
    d_U, d_A = A.T @ d_H, d_H @ U.T
    d_S = A * (d_A - (d_A * A).sum(axis=1, keepdims=True)) / scale
    d_Q, d_K = d_S @ K, d_S.T @ Q
    d_N1 = d_Q @ n["W_Q"].T + d_K @ n["W_K"].T + d_U @ n["W_V"].T
    return {"W_Q": N1.T @ d_Q, "W_K": N1.T @ d_K, "W_V": N1.T @ d_U, "W_O": H.T @ d_R,
            "W_1": N2.T @ d_F, "b_1": d_F.sum(axis=0), "W_2": F.T @ d_Z, "b_2": d_Z.sum(axis=0),
            "gamma": (d_N1 * x1 + d_N2 * x2).sum(axis=0), "beta": (d_N1 + d_N2).sum(axis=0)}


def _normal(x: Any, n: Numbers) -> tuple[Any, Any, Any]:
    centred = x - x.mean(axis=1, keepdims=True)
    root = np.sqrt((centred ** 2).mean(axis=1, keepdims=True) + 1e-5)
    return centred / root * n["gamma"] + n["beta"], centred / root, root


def _normal_back(d: Any, x: Any, root: Any) -> Any:
    mean, along = d.mean(axis=1, keepdims=True), (d * x).mean(axis=1, keepdims=True)
    return (d - mean - x * along) / root
