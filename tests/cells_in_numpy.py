"""Cells and layers written a second time, in NumPy, as a programmer would.

Each takes the numbers of a sample and the options chosen and returns values by their keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from losses_in_numpy import LOSSES
from optimisers_in_numpy import STEPS

Values = dict[str, Any]
Options = Mapping[str, str]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def affine(v: Values, gate: str, rows: bool, *pairs: tuple[str, Any], bias: str = "b") -> Any:
    """Add up weights times what they multiply, and the bias if there is one."""
    total = v.get(f"{bias}{gate}", 0.0)
    for weight, x in pairs:
        total = total + (x @ v[weight + gate] if rows else v[weight + gate] @ x)
    return total


def over_time(v: Values, state: tuple[str, ...], step: Callable[..., Values]) -> Values:
    """Run a step over t = 1, 2, ..; *step* takes x and the states before."""
    found: Values = {}
    now = [v[name][0] for name in state]
    for t, x in v["x"].items():
        made = step(x, *now)
        found |= {f"{name}[{t}]": value for name, value in made.items()}
        now = [made[name] for name in state]
    return found


def rnn(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"
    return over_time(v, ("h",), lambda x, h: {
        "h": np.tanh(affine(v, "", rows, ("W", x), ("U", h)))})


def jordan(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"

    def step(x: Any, y: Any) -> Values:
        h = np.tanh(affine(v, "", rows, ("W", x), ("U", y)))
        return {"h": h, "y": sigmoid(affine(v, "", rows, ("V", h), bias="c"))}
    return over_time(v, ("y",), step)


def lstm(v: Values, o: Options) -> Values:
    rows, peep = o["rows"] == "True", o["peepholes"] == "True"

    def step(x: Any, h: Any, c: Any) -> Values:
        def gate(name: str, cell: Any) -> Any:
            look = v[f"p_{name}"]*cell if peep else 0
            return sigmoid(affine(v, f"_{name}", rows, ("W", x), ("U", h)) + look)
        f = gate("f", c) if o["forget"] == "True" else 1
        i = 1 - f if o["coupled"] == "True" else gate("i", c)
        new = f*c + i*np.tanh(affine(v, "_g", rows, ("W", x), ("U", h)))
        return {"c": new, "h": gate("o", new)*np.tanh(new)}
    return over_time(v, ("h", "c"), step)


def gru(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"

    def step(x: Any, h: Any) -> Values:
        r, z = (sigmoid(affine(v, g, rows, ("W", x), ("U", h))) for g in ("_r", "_z"))
        if o["variant"] == "reset_before":
            new = np.tanh(affine(v, "_h", rows, ("W", x), ("U", r*h)))
        else:
            inner = affine(v, "_h", rows, ("U", h), bias="c")
            new = np.tanh(affine(v, "_h", rows, ("W", x)) + r*inner)
        old = z if o["keep"] == "z" else 1 - z
        return {"h": old*h + (1 - old)*new}
    return over_time(v, ("h",), step)


ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z, "relu": lambda z: np.maximum(z, 0), "tanh": np.tanh,
    "sigmoid": sigmoid,
}


def dense(v: Values, o: Options) -> Values:
    f = ACTIVATIONS[o["activation"]]
    return {"y": f(affine(v, "", o["rows"] == "True", ("W", v["x"])))}


def residual(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"
    u = np.maximum(affine(v, "_1", rows, ("W", v["x"])), 0)
    y = v["x"] + affine(v, "_2", rows, ("W", u))
    return {"u": u, "y": np.maximum(y, 0) if o["after"] == "True" else y}


def highway(v: Values, o: Options) -> Values:
    rows, x = o["rows"] == "True", v["x"]
    g = sigmoid(affine(v, "_g", rows, ("W", x)))
    return {"y": x + g*(np.tanh(affine(v, "_u", rows, ("W", x))) - x)}


def autoencoder(v: Values, o: Options) -> Values:
    rows = o["rows"] == "True"
    z = sigmoid(affine(v, "_e", rows, ("W", v["x"])))
    own = {**v, "W_d": v["W_e"].T} if o["tied"] == "True" else v
    return {"z": z, "xhat": affine(own, "_d", rows, ("W", z))}


def conv_layer(v: Values, o: Options) -> Values:
    """Slide the filters over the image, entry by entry."""
    x, k = v["X"], v["K"]
    high, wide = (x.shape[1 + a] - k.shape[2 + a] + 1 for a in (0, 1))
    y = np.array([[[np.sum(x[:, r:r + k.shape[2], c:c + k.shape[3]]*k[f])
                    for c in range(wide)] for r in range(high)] for f in range(len(k))])
    return {"Y": np.maximum(y + np.reshape(v.get("b", 0.0), (-1, 1, 1)), 0)}


def dropout(v: Values, o: Options) -> Values:
    return {"y": v["x"]*v["m"]/(1 - float(Fraction(o["p"] or "0")))}


def embedding(v: Values, o: Options) -> Values:
    return {"e": v["E"][int(v["k"])]}


def normal(x: Any, axes: tuple[int, ...]) -> Any:
    return (x - x.mean(axes, keepdims=True))/np.sqrt(x.var(axes, keepdims=True) + 1e-5)


def scaled(v: Values, x: Any, n: str = "") -> Any:
    return v.get(f"gamma{n}", 1.0)*x + v.get(f"beta{n}", 0.0)


def layer_norm(v: Values, o: Options) -> Values:
    return {"y": scaled(v, normal(v["x"], (-1,)))}


def rms_norm(v: Values, o: Options) -> Values:
    x = v["x"]
    return {"y": scaled(v, x/np.sqrt((x*x).mean(-1, keepdims=True) + 1e-5))}


def batch_norm(v: Values, o: Options) -> Values:
    return {"Y": scaled(v, normal(v["X"], (0,) if v["X"].ndim == 2 else (0, 2, 3)))}


def instance_norm(v: Values, o: Options) -> Values:
    return {"Y": scaled(v, normal(v["X"], (-2, -1)))}


def group_norm(v: Values, o: Options) -> Values:
    """Normalise the channels of one group after the other."""
    x, axis = v["X"], 0 if v["X"].ndim == 1 else 1
    groups = np.split(x, int(o["groups"]), axis=axis)
    over = tuple(range(axis, x.ndim))
    return {"Y": scaled(v, np.concatenate([normal(g, over) for g in groups], axis=axis))}


def seen(scores: Any, o: Options) -> Any:
    """Let a position see itself and what is before it, where the mask is causal."""
    if o["causal"] == "True":
        return np.where(np.tri(*scores.shape) > 0, scores, -np.inf)
    return scores


def attention(v: Values, o: Options) -> Values:
    a = softmax(seen(v["Q"] @ v["K"].T/np.sqrt(v["Q"].shape[1]), o))
    return {"A": a, "Z": a @ v["V"]}


def heads(v: Values, o: Options, x: Any) -> Any:
    """Concatenate the heads, then multiply by all output weights at once."""
    found, below = [], []
    for n in range(1, int(o["heads"]) + 1):
        end = f"_{n}" if o["heads"] != "1" else ""
        q, k, values = (x @ v[f"W_{w}{end}"] for w in "QKV")
        found.append(softmax(seen(q @ k.T/np.sqrt(q.shape[1]), o)) @ values)
        below.append(v[f"W_O{end}"])
    return np.concatenate(found, axis=1) @ np.concatenate(below, axis=0)


def multi_head_attention(v: Values, o: Options) -> Values:
    return {"Y": heads(v, o, v["X"])}


def transformer_block(v: Values, o: Options) -> Values:
    def forward(x: Any) -> Any:
        return np.maximum(x @ v["W_1"] + v["b_1"], 0) @ v["W_2"] + v["b_2"]

    def norm(x: Any, n: str) -> Any:
        return scaled(v, normal(x, (1,)), n)
    x = v["X"]
    if o["norm"] == "pre":
        r = x + heads(v, o, norm(x, "_1"))
        return {"Y": r + forward(norm(r, "_2"))}
    n = norm(x + heads(v, o, x), "_1")
    return {"Y": norm(n + forward(n), "_2")}


def additive_attention(v: Values, o: Options) -> Values:
    e = np.array([v["v_a"] @ np.tanh(v["W_q"] @ v["q"] + v["W_k"] @ k + v.get("b_a", 0.0))
                  for k in v["K"]])
    return {"a": softmax(e), "c": softmax(e) @ v["V"]}


def multiplicative_attention(v: Values, o: Options) -> Values:
    weight = v.get("W_a", np.eye(len(v["q"])))
    e = np.array([k @ weight @ v["q"] for k in v["K"]])
    return {"a": softmax(e), "c": softmax(e) @ v["V"]}


def sequence_attention(v: Values, o: Options) -> Values:
    """Score every member of the series h against every query."""
    found: Values = {}
    for t, q in v["q"].items():
        score = {"dot": lambda h, q=q: q @ h, "general": lambda h, q=q: q @ v["W_a"] @ h,
                 "additive": lambda h, q=q: v["v_a"] @ np.tanh(v["W_q"] @ q + v["W_k"] @ h)}
        a = softmax(np.array([score[o["score"]](h) for h in v["h"].values()]))
        found |= {f"a[{t}, {s}]": p for s, p in zip(v["h"], a, strict=True)}
        found[f"c[{t}]"] = sum(p*h for p, h in zip(a, v["h"].values(), strict=True))
    return found


def positional_encoding(v: Values, o: Options) -> Values:
    size = int(o["size"])
    angle = v["t"]/10000.0**(np.arange(0, size, 2)/size)
    return {"p": np.stack([np.sin(angle), np.cos(angle)], axis=1).ravel()}


CELLS: dict[str, Callable[[Values, Options], Values]] = {
    function.__name__: function for function in (
        dense, residual, highway, autoencoder, conv_layer, dropout, embedding, rnn, jordan, lstm,
        gru, layer_norm, rms_norm, batch_norm, instance_norm, group_norm, attention,
        multi_head_attention, transformer_block, additive_attention, multiplicative_attention,
        sequence_attention, positional_encoding)
} | STEPS | LOSSES
