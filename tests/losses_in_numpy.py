"""Losses written a second time, in NumPy, as a programmer would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Loss = Callable[[dict[str, Any], Mapping[str, str]], dict[str, Any]]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def huber(r: Any, delta: float) -> Any:
    return np.array([e*e/2 if abs(e) < delta else delta*(abs(e) - delta/2) for e in r])


def distance(a: Any, b: Any) -> Any:
    return np.linalg.norm(a - b)


FORMULAS: dict[str, Callable[..., Any]] = {
    "bce_with_logits": lambda y, z: -y*np.log(sigmoid(z)) - (1 - y)*np.log(sigmoid(-z)),
    "kl_divergence": lambda p, q: np.sum(p*np.log(p/q)),
    "gaussian_kl": lambda mu, logvar: np.sum(mu**2 + np.exp(logvar) - logvar - 1)/2,
    "gaussian_nll": lambda x, mu, sigma: -np.log(
        np.exp(-((x - mu)/sigma)**2/2)/(sigma*np.sqrt(2*np.pi))),
    "poisson_nll": lambda y, lam: lam - y*np.log(lam),
    "focal_loss": lambda y, p: -(y*(1 - p)**2*np.log(p) + (1 - y)*p**2*np.log(1 - p)),
    "huber": lambda y, p: huber(p - y, 1.0),
    "smooth_l1": lambda y, p: huber(p - y, 1.0),
    "absolute_error": lambda y, p: np.abs(y - p),
    "log_cosh": lambda y, p: np.log((np.exp(y - p) + np.exp(p - y))/2),
    "hinge": lambda y, s: np.maximum(0, 1 - y*s),
    "squared_hinge": lambda y, s: np.maximum(0, 1 - y*s)**2,
    "multiclass_hinge": lambda y, s: sum(
        (1 - t)*max(0, 1 + e - y @ s) for t, e in zip(y, s, strict=True)),
    "crammer_singer": lambda y, s: max(
        1 - t + e for t, e in zip(y, s, strict=True)) - sum(y*s),
    "triplet_loss": lambda a, p, n: max(0, distance(a, p)**2 - distance(a, n)**2 + 1),
    "contrastive_loss": lambda y, a, b: (
        (1 - y)*distance(a, b)**2 + y*max(0, 1 - distance(a, b))**2)/2,
    "cosine_similarity": lambda a, b: a @ b/np.sqrt((a @ a)*(b @ b)),
    "info_nce": lambda q, K: -np.log(np.exp(K[0] @ q)/np.sum(np.exp(K @ q))),
    "negative_sampling": lambda v, u, U: -np.log(sigmoid(u @ v)) - sum(
        np.log(sigmoid(-w @ v)) for w in U),
}


def _keyed(name: str, formula: Callable[..., Any]) -> Loss:
    key = "c" if name == "cosine_similarity" else "l"
    return lambda values, options: {key: formula(**values)}


LOSSES: dict[str, Loss] = {name: _keyed(name, formula) for name, formula in FORMULAS.items()}
