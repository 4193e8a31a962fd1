"""Answers as people give them, with what a careful marker says of each, and why it is wrong.

A row: quantity, answer, the slip that is named (None where none needs to be), or RIGHT.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["ANSWERS", "MODELS", "RIGHT"]

RIGHT = "right"
Row = tuple[str, Any, str | None]

MODELS = {
    "rnn": """
index: {t: 1..3}
given: {W: [[1/2, 1], [-1, 1/4]], U: [[1], [2]], V: [[1, -1], [0, 2]], h: {0: [0, 0]},
        x: {1: [1], 2: [-1], 3: [1/2]}, y: {1: [1, 0], 2: [0, 1], 3: [1, 0]}}
assume: sum(y[t]) == 1
model: |
  z[t] = W @ h[t-1] + U @ x[t]
  h[t] = tanh(z[t])
  o[t] = V @ h[t]
  p[t] = softmax(o[t])
  l[t] = cross_entropy(y[t], p[t])
  L = mean(l[t], t)
parts: [{find: [dL/dW, dL/dV, "dL/dh[1]"]}]
""",
    "lstm": """
index: {t: 1..2}
given: {w: [1/2, -1, 1, 2], u: [1, 1/2, -1/2, 1], x: {1: 1, 2: -1}, h: {0: 1/2}, c: {0: 1}}
assume: []
model: |
  f[t] = sigmoid(w[0]*x[t] + u[0]*h[t-1])
  i[t] = sigmoid(w[1]*x[t] + u[1]*h[t-1])
  o[t] = sigmoid(w[2]*x[t] + u[2]*h[t-1])
  g[t] = tanh(w[3]*x[t] + u[3]*h[t-1])
  c[t] = f[t]*c[t-1] + i[t]*g[t]
  h[t] = o[t]*tanh(c[t])
  L = (h[2] - 1)**2
parts: [{find: [dL/dw, "dL/dc[1]"]}]
""",
    "attention": """
symbols: {q: d, K: n x d, V: n x d, y: d, n: dimension, d: dimension}
assume: []
model: |
  s = K @ q/sqrt(d)
  a = softmax(s)
  z = V.T @ a
  L = sum((z - y)**2)/2
parts: [{find: [dL/ds, dL/dV, dL/dq]}]
""",
    "cnn": """
given: {X: [[1, 2, 0], [0, 1, 3], [2, 0, 1]], K: [[1, -1], [2, 0]]}
assume: []
model: |
  Y = conv2d(X, K)
  R = relu(Y - 2)
  L = sum(R)
parts: [{find: [Y, dL/dK, dL/dX]}]
""",
    "matrix": """
symbols: {A: n x n, B: n x n, x: n, b: n, n: dimension}
assume: []
model: |
  f = x @ A @ x - b @ x
  g = trace(A.T @ B)
  r = A @ x - b
  e = sum(r**2)
parts: [{find: [df/dx, dg/dA, de/dA, de/dx]}]
""",
    "losses": """
symbols: {z: n, y: n, t: n, n: dimension}
assume: sum(t) == 1
model: |
  p = softmax(z)
  L = cross_entropy(t, p)
  s = sigmoid(z)
  E = sum((s - y)**2)/2
  M = mean((z - y)**2)
parts: [{find: [dL/dz, dE/dz, dM/dz, dp/dz]}]
""",
    "optimiser": """
index: {k: 0..2}
given: {eta: 1/10, mu: 1/2, a: 4, w: {0: 1}, v: {0: 0}}
assume: []
model: |
  g[k] = a*w[k]
  v[k+1] = mu*v[k] - eta*g[k]
  w[k+1] = w[k] + v[k+1]
parts: [{find: [w, "dw[3]/deta"]}]
""",
    "symbolic": """
index: {t: 1..T}
symbols: {W: n x n, U: n x m, v: n, 'x[t]': m, 'h[t]': n, 'y[t]': scalar, T: length, n: dimension,
          m: dimension}
assume: []
model: |
  h[t] = tanh(W @ h[t-1] + U @ x[t])
  e[t] = (v @ h[t] - y[t])**2
  L = mean(e[t], t)
parts: [{find: [dL/dv, dL/dW, "dL/dh[t]"]}]
""",
    "batch": """
symbols: {X: N x d, W: d x k, Y: N x k, N: dimension, d: dimension, k: dimension}
assume: sum(Y, axis=1) == 1
model: |
  P = softmax(X @ W, axis=1)
  L = mean(cross_entropy(Y, P))
parts: [{find: [dL/dW, dL/dX]}]
""",
    "scalar": """
given: {x: 3, y: 2, t: 10}
assume: []
model: |
  u = x*y
  w = log(u)
  L = w + t/8
parts: [{find: [L, dL/dx]}]
""",
}

LOSS = "mean(outer(p[t] - y[t], h[t]), t)"
BACK = "V.T @ (p[1] - y[1])/3"
ON = "((1 - h[2]**2)*(dL/dh[2]))"
DELTA = "(1 - h[t]**2)*(dL/dh[t])"
SOFT = "(outer(a, a) - diag(a))"

ANSWERS: dict[str, list[Row]] = {
    "rnn": [
        ("dL/dV", LOSS, RIGHT),
        ("dL/dV", r"\frac{1}{3} \sum_{t=1}^{3} (p_t - y_t) h_t^\top", RIGHT),
        ("dL/dV", "sum(outer(p[t] - y[t], h[t]), t=1..3)/3", RIGHT),
        ("dL/dV", "sum(outer(p[t] - y[t], h[t]), t)", "factor"),
        ("dL/dV", "mean(outer(y[t] - p[t], h[t]), t)", "sign"),
        ("dL/dV", "mean(outer(h[t], p[t] - y[t]), t)", "transpose"),
        ("dL/dV", "mean(outer(p[t] - y[t], h[t-1]), t)", "another step"),
        ("dL/dV", "sum(outer(p[t] - y[t], h[t]), t=1..2)/3", "missing step"),
        ("dL/dV", "outer(p[3] - y[3], h[3])/3", "missing step"),
        ("dL/dV", "mean(outer(p[t], h[t]), t)", ""),
        ("dL/dh[3]", "V.T @ (p[3] - y[3])/3", RIGHT),
        ("dL/dh[1]", f"{BACK} + W.T @ {ON}", RIGHT),
        ("dL/dh[1]", f"{BACK} + (W.T * (1 - h[2]**2)) @ (dL/dh[2])", RIGHT),
        ("dL/dh[1]", f"{BACK} + W.T @ diag(1 - h[2]**2) @ (dL/dh[2])", RIGHT),
        ("dL/dh[1]", f"{BACK} + W @ {ON}", "transpose of a factor"),
        ("dL/dh[1]", BACK, "missing term"),
        ("dL/dh[1]", f"{BACK} + W.T @ (dL/dh[2])", "missing factor"),
        ("dL/dh[1]", f"{BACK} + W.T @ ((1 - h[1]**2)*(dL/dh[2]))", "another step"),
        ("dL/dh[t]", "V.T @ (p[t] - y[t])/3", "missing term"),
        ("dL/dh[t]", f"{BACK.replace('1]', 't]')} + W.T @ ((1 - h[t+1]**2)*(dL/dh[t+1]))", RIGHT),
        ("dL/dW", f"sum(outer({DELTA}, h[t-1]), t)", RIGHT),
        ("dL/dW", f"sum(outer({DELTA}, h[t]), t)", "another step"),
        ("dL/dW", f"mean(outer({DELTA}, h[t-1]), t)", "factor"),
        ("dL/dW", "sum(outer(dL/dh[t], h[t-1]), t)", None),
        ("dL/dU", f"sum(outer({DELTA}, x[t]), t)", RIGHT),
        ("dL/do[t]", "(p[t] - y[t])/3", RIGHT), ("dL/do[t]", "p[t] - y[t]", "factor"),
        ("l[t]", "-log(p[t] @ y[t])", RIGHT), ("l[t]", "-log(p[t] @ y[t])/log(10)", "logarithm"),
    ],
    "lstm": [
        ("dL/dc[1]", "(dL/dc[2])*f[2] + (dL/dh[1])*o[1]*(1 - tanh(c[1])**2)", RIGHT),
        ("dL/dc[1]", "(dL/dc[2])*f[2]", "missing term"),
        ("dL/dc[1]", "(dL/dc[2])*f[1] + (dL/dh[1])*o[1]*(1 - tanh(c[1])**2)", "another step"),
        ("dL/dc[2]", "2*(h[2] - 1)*o[2]*(1 - tanh(c[2])**2)", RIGHT),
        ("dL/dc[2]", "(h[2] - 1)*o[2]*(1 - tanh(c[2])**2)", "factor"),
        ("dL/dc[2]", "2*(h[2] - 1)*o[2]", "missing term"),
        ("c[t]", "f[t]*c[t-1] + i[t]*g[t]", RIGHT),
        ("c[t]", "f[t]*c[t-1] + i[t]", "missing factor"),
        ("c[t]", r"f_t \odot c_{t-1} + i_t \odot g_t", RIGHT),
        ("c[t]", "f[t]*c[t-1] + g[t]*i[t]", RIGHT),
        ("h[t]", "o[t]*c[t]", "missing function"), ("h[t]", "tanh(c[t])", "missing factor"),
        ("dc[2]/dc[1] | f[2], i[2], g[2]", "f[2]", RIGHT), ("dc[2]/dc[1]", "f[2]", "missing term"),
        ("dL/do[2]", "2*(h[2] - 1)*tanh(c[2])", RIGHT),
    ],
    "attention": [
        ("dL/da", "V @ (z - y)", RIGHT), ("dL/da", "z - y", "shape"),
        ("dL/dV", "outer(a, z - y)", RIGHT), ("dL/dV", r"a (z - y)^\top", RIGHT),
        ("dL/dV", "outer(z - y, a)", "transpose"),
        ("dL/ds", "a*((dL/da) - a @ (dL/da))", RIGHT),
        ("dL/ds", "(diag(a) - outer(a, a)) @ (dL/da)", RIGHT),
        ("dL/ds", f"{SOFT} @ (dL/da)", "sign"), ("dL/ds", "a*(1 - a)*(dL/da)", ""),
        ("dL/ds", "a*(dL/da)", "missing term"),
        ("dL/dq", "K.T @ (dL/ds)/sqrt(d)", RIGHT), ("dL/dq", "K.T @ (dL/ds)", None),
        ("dL/dK", "outer(dL/ds, q)/sqrt(d)", RIGHT), ("dL/dK", "outer(dL/ds, q)/d", None),
    ],
    "cnn": [
        ("Y", [[3, 4], [-1 + 4, 1 - 3]], ""), ("Y", [[-1, 4], [3, -2]], RIGHT),
        ("Y", np.array([[-1.0, 4.0], [3.0, -2.0]]), RIGHT), ("Y", [[-1, 3], [4, -2]], "transpose"),
        ("Y", [[-1, 4], [3, 2]], "sign of an entry"), ("Y", [[-1, 4, 3], [0, 0, 0]], "shape"),
        ("dL/dK", [[2, 1], [3, 3]], RIGHT), ("dL/dK", [[2, 1], [1, 3]], ""),
        ("dL/dK", [["2", "1.0"], ["3", "3.00"]], RIGHT), ("L", 3, RIGHT), ("L", 5, ""),
        ("R", "relu(Y - 2)", RIGHT), ("R", "Y - 2", None),
    ],
    "matrix": [
        ("df/dx", "(A + A.T) @ x - b", RIGHT), ("df/dx", "2*A @ x - b", "transpose of a factor"),
        ("df/dx", r"(A + A^\top) x - b", RIGHT), ("df/dx", "x @ A + A @ x - b", RIGHT),
        ("df/dx", "A @ x - b", None), ("df/dx", "(A + A.T) @ x", "missing term"),
        ("dg/dA", "B", RIGHT), ("dg/dA", "B.T", "transpose"), ("dg/dA", "A", "another quantity"),
        ("de/dx", "2*A.T @ r", RIGHT), ("de/dx", "2*A @ r", None), ("de/dx", "A.T @ r", "factor"),
        ("de/dx", "2*A.T @ A @ x - 2*A.T @ b", RIGHT), ("de/dx", "2*A.T @ (A @ x + b)", None),
        ("de/dA", "2*outer(r, x)", RIGHT), ("de/dA", "2*outer(x, r)", "transpose"),
        ("de/dA", r"2 (A x - b) x^{\top}", RIGHT), ("de/dA", "2*r*x", "shape"),
    ],
    "losses": [
        ("dL/dz", "p - t", RIGHT), ("dL/dz", "p[i] - t[i]", RIGHT), ("dL/dz", "t - p", "sign"),
        ("dL/dz", "p*sum(t) - t", RIGHT), ("dL/dz", "p - y", None), ("dL/dz", "p", None),
        ("dL/dz", "(p - t)/n", "factor"), ("dL/dz", "sum(p - t)", "shape"),
        ("dp/dz", "diag(p) - outer(p, p)", RIGHT), ("dp/dz", "p*(1 - p)", "shape"),
        ("dp/dz", "diag(p*(1 - p))", None), ("dp/dz", "p[i]*(delta(i, j) - p[j])", RIGHT),
        ("dE/dz", "(s - y)*s*(1 - s)", RIGHT), ("dE/dz", "s - y", None),
        ("dE/dz", r"(s - y) \odot s \odot (1 - s)", RIGHT), ("dE/dz", "2*(s - y)*s*(1 - s)",
                                                             "factor"),
        ("dM/dz", "2*(z - y)/n", RIGHT), ("dM/dz", "2*(z - y)", "factor"),
        ("dM/dz", "(z - y)/n", "factor"), ("dM/dz", "2*(z + y)/n", None),
    ],
    "optimiser": [
        ("w", [1, 0.6, 0.16, -0.124], RIGHT), ("w", [0.6, 0.16, -0.124], RIGHT),
        ("w[3]", Fraction(-31, 250), RIGHT),
        ("w[3]", "-0.124", RIGHT), ("w[3]", "-0.12", RIGHT), ("w[3]", "0.124", "sign"),
        ("w[3]", "-0.125", None), ("w[1]", "1 - eta*a", RIGHT), ("w[1]", "3/5", RIGHT),
        ("w[2]", "w[1] - mu*eta*g[0] - eta*g[1]", RIGHT), ("w[2]", "w[1] - eta*g[1]", None),
        ("v[k+1]", "mu*v[k] - eta*g[k]", RIGHT), ("v[k+1]", "mu*v[k] + eta*g[k]",
                                                  "sign of a term"),
    ],
    "symbolic": [
        ("dL/dv", "mean(2*(v @ h[t] - y[t])*h[t], t)", RIGHT),
        ("dL/dv", "sum(2*(v @ h[t] - y[t])*h[t], t)/T", RIGHT),
        ("dL/dv", "sum(2*(v @ h[t] - y[t])*h[t], t)", "factor"),
        ("dL/dv", r"\frac{2}{T} \sum_{t=1}^{T} (v^\top h_t - y_t) h_t", RIGHT),
        ("dL/dv", "2*(v @ h[T] - y[T])*h[T]", None),
        ("dL/dh[T]", "2/T*(v @ h[T] - y[T])*v", RIGHT),
        ("dL/dh[t]", "2/T*(v @ h[t] - y[t])*v", None),
        ("dL/dh[t]", "2/T*(v @ h[t] - y[t])*v + W.T @ ((1 - h[t+1]**2)*(dL/dh[t+1]))", RIGHT),
        ("dL/dW", f"sum(outer({DELTA}, h[t-1]), t)", RIGHT),
        ("dL/dW", f"sum(outer({DELTA}, h[t-1]), t=2..T)", None),
        ("dL/dU", f"sum(outer({DELTA}, x[t]), t)", RIGHT),
        ("dL/dU", f"sum(outer(x[t], {DELTA}), t)", "transpose"),
    ],
    "batch": [
        ("dL/dW", "X.T @ (P - Y)/N", RIGHT), ("dL/dW", "X.T @ (P - Y)", "factor"),
        ("dL/dW", r"\frac{1}{N} X^\top (P - Y)", RIGHT), ("dL/dW", "(P - Y).T @ X/N", "transpose"),
        ("dL/dX", "(P - Y) @ W.T/N", RIGHT), ("dL/dX", "(P - Y) @ W.T/k", None),
        ("dL/dW", "X.T @ (Y - P)/N", "sign"),
    ],
    "scalar": [
        ("L", "3.042", RIGHT), ("L", "3.04", RIGHT), ("L", "3.05", None), ("L", "3", None),
        ("L", "log(6) + 1.25", RIGHT), ("L", "log(x*y) + t/8", RIGHT),
        ("L", "0.778 + 1.25", None), ("dL/dx", "1/x", RIGHT), ("dL/dx", "1/3", RIGHT),
        ("dL/dx", 0.3333, RIGHT), ("dL/dx", "0.3", "too few digits"),
        ("dL/dx", "y/6", "given numbers"),
        ("dL/dx", "y/u", RIGHT), ("dL/dx", "-1/x", "sign"), ("dL/dx", "1/x**2", None),
    ],
}
