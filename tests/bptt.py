"""The vanilla recurrent network by hand in NumPy, sharing nothing with derive: the second opinion.

hbar_t = W h_{t-1} + U x_t + b, h_t = tanh hbar_t, yhat_t = softmax(V h_t + c),
l_t = -y_t . log yhat_t, L = the mean of all l_t. Everything in column convention.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["bptt", "forward"]

Arrays = Mapping[str, Any]


def forward(p: Arrays) -> dict[str, Any]:
    """Return hbar, h, yhat and l with one row per step, and L; the initial state is ``p["h0"]``."""
    hbar, h = [], [p["h0"]]
    for x in p["x"]:
        hbar.append(p["W"] @ h[-1] + p["U"] @ x + p["b"])
        h.append(np.tanh(hbar[-1]))
    o = np.array(h[1:]) @ p["V"].T + p["c"]
    e = np.exp(o - o.max(axis=1, keepdims=True))
    yhat = e / e.sum(axis=1, keepdims=True)
    loss = -(p["y"] * np.log(yhat)).sum(axis=1)
    return {"hbar": np.array(hbar), "h": np.array(h), "yhat": yhat, "l": loss, "L": loss.mean()}


def bptt(p: Arrays) -> dict[str, Any]:
    """Return dL/d. for every weight and every h_t (row 0: the initial state), hbar_t and x_t."""
    f = forward(p)
    steps = len(p["x"])
    d_o = (f["yhat"] * p["y"].sum(axis=1, keepdims=True) - p["y"]) / steps
    dh, dhbar = np.zeros_like(f["h"]), np.zeros_like(f["hbar"])
    for t in range(steps - 1, -1, -1):
        dh[t + 1] += p["V"].T @ d_o[t]
        dhbar[t] = dh[t + 1] * (1 - f["h"][t + 1] ** 2)
        dh[t] += p["W"].T @ dhbar[t]
    return {"V": d_o.T @ f["h"][1:], "c": d_o.sum(axis=0), "W": dhbar.T @ f["h"][:-1],
            "U": dhbar.T @ p["x"], "b": dhbar.sum(axis=0), "x": dhbar @ p["U"],
            "h": dh, "hbar": dhbar, "o": d_o}
