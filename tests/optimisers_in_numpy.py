"""Steps of optimisers as loops in NumPy: what the macros of optimisers must give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

__all__ = ["STEPS"]

Values = dict[str, Any]
Options = Mapping[str, str]
Kept = dict[str, Any]


def slope(v: Values, o: Options, w: Any, g: Any) -> Any:
    return g + v["lam"]*w if o["decay"] == "l2" else g


def sgd(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    return {"w": s["w"] - v["eta"]*slope(v, o, s["w"], g)}


def momentum(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    g = slope(v, o, s["w"], g)
    if o["variant"] == "velocity":
        speed = v["beta"]*s["v"] - v["eta"]*g
        return {"w": s["w"] + speed, "v": speed}
    speed = v["beta"]*s["v"] + (1 - v["beta"] if o["variant"] == "averaged" else 1)*g
    return {"w": s["w"] - v["eta"]*speed, "v": speed}


def nesterov(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    g = slope(v, o, s["w"], g)
    speed = v["beta"]*s["v"] + g
    return {"w": s["w"] - v["eta"]*(g + v["beta"]*speed), "v": speed}


def root(v: Values, o: Options, total: Any) -> Any:
    inside = o["eps_inside"] == "True"
    return np.sqrt(total + v["eps"]) if inside else np.sqrt(total) + v["eps"]


def adagrad(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    total = s["s"] + g*g
    return {"w": s["w"] - v["eta"]*g/root(v, o, total), "s": total}


def rmsprop(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    total = v["beta"]*s["s"] + (1 - v["beta"])*g*g
    return {"w": s["w"] - v["eta"]*g/root(v, o, total), "s": total}


def adadelta(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    total = v["rho"]*s["s"] + (1 - v["rho"])*g*g
    step = g*np.sqrt((s["u"] + v["eps"])/(total + v["eps"]))
    return {"w": s["w"] - step, "s": total, "u": v["rho"]*s["u"] + (1 - v["rho"])*step*step}


def adam(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    m = v["beta1"]*s["m"] + (1 - v["beta1"])*g
    square = v["beta2"]*s["v"] + (1 - v["beta2"])*g*g
    unbiased = m/(1 - v["beta1"]**k), square/(1 - v["beta2"]**k)
    step = unbiased[0]/(np.sqrt(unbiased[1]) + v["eps"])
    return {"w": s["w"] - v["eta"]*step, "m": m, "v": square}


def adamw(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    made = adam(v, o, s, g, k)
    return {**made, "w": made["w"] - v["eta"]*v["lam"]*s["w"]}


def nadam(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    made = adam(v, o, s, g, k)
    ahead = (v["beta1"]*made["m"] + (1 - v["beta1"])*g)/(1 - v["beta1"]**k)
    step = ahead/(np.sqrt(made["v"]/(1 - v["beta2"]**k)) + v["eps"])
    return {**made, "w": s["w"] - v["eta"]*step}


def adamax(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    m = v["beta1"]*s["m"] + (1 - v["beta1"])*g
    largest = np.array([max(v["beta2"]*a, abs(b)) for a, b in zip(s["u"], g, strict=True)])
    return {"w": s["w"] - v["eta"]/(1 - v["beta1"]**k)*m/largest, "m": m, "u": largest}


def amsgrad(v: Values, o: Options, s: Kept, g: Any, k: float) -> Kept:
    m = v["beta1"]*s["m"] + (1 - v["beta1"])*g
    square = v["beta2"]*s["v"] + (1 - v["beta2"])*g*g
    largest = np.where(square > s["s"], square, s["s"])
    return {"w": s["w"] - v["eta"]*m/(np.sqrt(largest) + v["eps"]), "m": m, "v": square,
            "s": largest}


def run(step: Callable[..., Kept]) -> Callable[[Values, Options], Values]:
    """Return all iterates, by the names that the sheet gives them."""
    def iterates(v: Values, o: Options) -> Values:
        found: Values = {}
        state = {n: v[n][0] for n in ("w", "m", "v", "s", "u") if n in v}
        for t, g in v["g"].items():
            state = step(v, o, state, g, v.get("step", {}).get(t))
            found |= {f"{n}[{t}]": value for n, value in state.items()}
        return found
    return iterates


STEPS: dict[str, Callable[[Values, Options], Values]] = {
    step.__name__: run(step)
    for step in (sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, adamw, nadam, adamax,
                 amsgrad)
}
