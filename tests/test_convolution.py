"""Convolution and pooling against plain loops over every window, and what they refuse."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import DeriveError
from derive.expr.integers import named, put, text
from derive.expr.nodes import Symbol
from derive.ops import OPS, apply

SHAPES = {
    2: (((5, 6), (2, 3)), ((5, 6), (3, 2, 3)), ((2, 5, 6), (2, 3, 2)), ((2, 5, 6), (3, 2, 2, 2)),
        ((2, 2, 5, 6), (3, 2, 2, 3))),
    1: (((7,), (3,)), ((7,), (2, 3)), ((2, 7), (2, 3)), ((2, 7), (3, 2, 2)),
        ((2, 2, 7), (3, 2, 2))),
}
SETTINGS = ({}, {"stride": 2}, {"padding": 1}, {"dilation": 2}, {"stride": 2, "padding": 2},
            {"padding": "same"}, {"stride": 3, "padding": 1, "dilation": 2})
CASES = [(n, *shapes, settings) for n in (1, 2) for shapes in SHAPES[n] for settings in SETTINGS]


def drawn(shape: tuple[int, ...], seed: int) -> Any:
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(float)


def by_loops(n: int, x: Any, k: Any, stride: int = 1, padding: Any = 0, dilation: int = 1) -> Any:
    """Slide each filter over each image, window by window."""
    plain_image, plain_filter = x.ndim == n, k.ndim == n or (k.ndim == n + 1 and x.ndim == n + 1)
    lone = x.ndim < n + 2
    images = x.reshape(*(1,) * (n + 2 - x.ndim), *x.shape)
    if k.ndim == n:
        k = k[None, None]
    elif k.ndim == n + 1:
        k = k[:, None] if plain_image else k[None]
    size = k.shape[2:]
    frames = [(d, t - d) for t in [dilation * (w - 1) for w in size] for d in [t // 2]] \
        if padding == "same" else [(padding, padding)] * n
    images = np.pad(images, [(0, 0), (0, 0), *frames])
    counts = [(length - dilation * (w - 1) - 1) // stride + 1
              for length, w in zip(images.shape[2:], size, strict=True)]
    out = np.zeros((len(images), len(k), *counts))
    for image, filter_, *window in np.ndindex(*out.shape):
        for channel, *tap in np.ndindex(*k.shape[1:]):
            at = [stride * i + dilation * a for i, a in zip(window, tap, strict=True)]
            out[image, filter_, *window] += (images[image, channel, *at]
                                             * k[filter_, channel, *tap])
    out = out[:, 0] if plain_filter else out
    return out[0] if lone else out


@pytest.mark.parametrize(("n", "x", "k", "settings"), CASES)
def test_windows_by_plain_loops(n: int, x: Any, k: Any, settings: dict[str, Any]) -> None:
    node = apply(f"conv{n}d", Symbol("x", (), x), Symbol("k", (), k), **settings)
    a, b = drawn(x, 1), drawn(k, 2)
    wanted = by_loops(n, a, b, **settings)
    got = OPS[node.op].evaluate(a, b, **dict(node.params))
    assert node.shape == wanted.shape
    np.testing.assert_allclose(got, wanted)


@pytest.mark.parametrize(("n", "x", "k", "settings"), CASES)
def test_gradients_by_finite_differences(n: int, x: Any, k: Any, settings: dict[str, Any]) -> None:
    """The output is linear in either argument: moving an entry by 1 gives the exact derivative."""
    node = apply(f"conv{n}d", Symbol("x", (), x), Symbol("k", (), k), **settings)
    params, op = dict(node.params), OPS[node.op]
    args = [drawn(x, 3), drawn(k, 4)]
    g = drawn(node.shape, 5)
    for which, (own, other) in enumerate(((x, 1), (k, 0))):
        vjp = op.vjps[which]
        assert vjp is not None
        made = vjp(Symbol("g", (), node.shape), node, *node.args, **params)
        back = OPS[made.op].evaluate(g, args[other], **dict(made.params))
        assert back.shape == own
        for at in itertools.islice(np.ndindex(*own), 12):
            moved = [a.copy() for a in args]
            moved[which][at] += 1
            change = op.evaluate(*moved, **params) - op.evaluate(*args, **params)
            assert back[at] == pytest.approx(np.sum(g * change))


@pytest.mark.parametrize(("size", "stride", "padding"), [(2, None, 0), (3, 1, 1), (2, 3, 0),
                                                         ((1, 2), (2, 1), 0)])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_pooling_by_plain_loops(kind: str, size: Any, stride: Any, padding: int) -> None:
    x = drawn((2, 5, 6), 6)
    settings = {"size": size, "padding": padding} | ({} if stride is None else {"stride": stride})
    node = apply(f"{kind}_pool2d", Symbol("x", (), x.shape), **settings)
    h, w = size if isinstance(size, tuple) else (size, size)
    s, t = (stride if isinstance(stride, tuple) else (stride or h, stride or w))
    outside = -np.inf if kind == "max" else 0.0
    wide = np.pad(x, [(0, 0), (padding,) * 2, (padding,) * 2], constant_values=outside)
    wanted = np.array([[[(np.max if kind == "max" else np.mean)(
        wide[c, s * i:s * i + h, t * j:t * j + w]) for j in range(node.shape[2])]
        for i in range(node.shape[1])] for c in range(2)])
    np.testing.assert_allclose(OPS[node.op].evaluate(x, **dict(node.params)), wanted)


def test_the_first_of_several_largest_gets_the_cotangent() -> None:
    node = apply("max_pool2d", Symbol("x", (), (2, 2)), size=2)
    vjp = OPS[node.op].vjps[0]
    assert vjp is not None
    made = vjp(Symbol("g", (), node.shape), node, *node.args, **dict(node.params))
    back = OPS[made.op].evaluate(np.array([[3.0]]), np.array([[1.0, 2.0], [2.0, 2.0]]),
                                 **dict(made.params))
    assert back.tolist() == [[0, 3], [0, 0]]


def test_fractions_stay_fractions() -> None:
    node = apply("conv1d", Symbol("x", (), (3,)), Symbol("k", (), (2,)), padding=1)
    x, k = (np.array([Fraction(1, n) for n in row], dtype=object) for row in ((1, 2, 3), (2, 3)))
    found = OPS["conv1d"].evaluate(x, k, **dict(node.params))
    assert list(found) == [Fraction(1, 3), Fraction(2, 3), Fraction(13, 36), Fraction(1, 6)]


def test_the_shape_of_any_size() -> None:
    h, w = named("H"), named("W")
    node = apply("conv2d", Symbol("x", (), (h, w)), Symbol("k", (), (3, 2)), padding=1)
    assert [text(n) for n in node.shape] == ["H", "W+1"]
    node = apply("conv2d", Symbol("x", (), (h, w)), Symbol("k", (), (3, 2)), stride=(2, named("s")))
    assert [text(n) for n in node.shape] == ["floor((H-1)/2)", "floor((W-2)/s)+1"]
    assert [put(n, {"H": 7, "W": 8, "s": 3}) for n in node.shape] == [3, 3]


REFUSED = (
    ("Y = conv2d(X, K, strides=2)", "no setting `strides`"),
    ("Y = conv2d(X, K, stride=0)", "stride=0"),
    ("Y = conv2d(X, K, stride=(1, 2, 3))", "stride="),
    ('Y = conv2d(X, K, padding="full")', "full"),
    ('Y = conv_transpose2d(X, K, padding="same")', "output_padding"),
    ("Y = conv_transpose2d(X, K, output_padding=1)", "less than the stride"),
    ("Y = conv_transpose2d(Z, ones(2, 3, 2, 2))", "kernels for 2"),
    ("Y = conv_transpose2d(K, K, padding=2)", "cuts everything off"),
    ("Y = conv2d(X, Q)", "cannot slide"),
    ("Y = conv2d(Z, C)", "3 channels, the filter sees 2"),
    ("Y = conv2d(K, X)", "does not fit"),
    ("Y = conv2d(X, K, b)", "bias"),
    ("Y = conv2d(X, K, groups=2)", "groups"),
    ("Y = max_pool2d(X)", "size"),
    ("Y = max_pool2d(X, 2, padding=2)", "padding=2"),
    ("Y = max_pool2d(X, 0)", "size=0"),
    ("Y = reshape(X, (5, 5))", "cannot be laid out"),
)


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_what_does_not_fit_is_refused_by_name(line: str, said: str) -> None:
    text = f"""
given: {{X: "zeros(3, 4)", K: "ones(2, 2)", Q: [1, 2], Z: "ones(3, 3, 3)", C: "ones(1, 2, 2, 2)",
        b: [1, 2]}}
model: |
  {line}
parts:
  - {{find: Y}}
"""
    with pytest.raises(DeriveError) as caught:
        derive.Question.from_text(text)
    assert said in str(caught.value)
    assert ":5:" in str(caught.value)


def test_a_bias_for_every_filter_is_told_where_it_goes() -> None:
    with pytest.raises(derive.DeriveError, match=r"the third argument: conv2d\(X, K, b\)"):
        derive.Question.from_text("symbols: {X: 3 x 5 x 5, K: 2 x 3 x 3 x 3, b: 2}\n"
                                  "model: Y = conv2d(X, K) + b\nparts: [{shape: Y}]\n")
