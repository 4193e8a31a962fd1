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


SPREAD = (((2, 3), (2, 2), {}), ((2, 3), (3, 2), {"stride": 2, "padding": 1}),
          ((2, 2, 3), (2, 3, 2, 3), {"stride": (2, 1), "output_padding": (1, 0)}),
          ((2, 2, 2, 2), (2, 2, 2, 2), {"dilation": 2, "stride": 3, "output_padding": 2}),
          ((4, 2, 2), (4, 2, 2, 2), {"groups": 2}), ((3, 2, 2), (3, 1, 3, 2), {"groups": 3}))


def spread_by_loops(x: Any, k: Any, stride: Any = 1, padding: int = 0, output_padding: Any = 0,
                    dilation: int = 1, groups: int = 1) -> Any:
    """Put a copy of the kernels into the output for every entry, as PyTorch does."""
    s, more = (v if isinstance(v, tuple) else (v, v) for v in (stride, output_padding))
    images, kernels = x.reshape((1, 1, *x.shape)[-4:]), k.reshape((1, 1, *k.shape)[-4:])
    size = [(n - 1) * a - 2 * padding + dilation * (w - 1) + m + 1 for n, w, a, m in zip(
        images.shape[2:], kernels.shape[2:], s, more, strict=True)]
    each = images.shape[1] // groups
    out = np.zeros((len(images), kernels.shape[1] * groups, *size))
    for image, channel, i, j in np.ndindex(*images.shape):
        for own, u, v in np.ndindex(*kernels.shape[1:]):
            m, n = i * s[0] + u * dilation - padding, j * s[1] + v * dilation - padding
            if 0 <= m < size[0] and 0 <= n < size[1]:
                out[image, channel // each * kernels.shape[1] + own, m, n] += (
                    images[image, channel, i, j] * kernels[channel, own, u, v])
    return out.reshape(out.shape[4 - x.ndim:])


@pytest.mark.parametrize(("x", "k", "settings"), SPREAD)
def test_transposed_by_plain_loops(x: Any, k: Any, settings: dict[str, Any]) -> None:
    node = apply("conv_transpose2d", Symbol("x", (), x), Symbol("k", (), k), **settings)
    args = [drawn(x, 1), drawn(k, 2)]
    wanted = spread_by_loops(*args, **settings)
    params, op = dict(node.params), OPS[node.op]
    assert node.shape == wanted.shape
    np.testing.assert_allclose(op.evaluate(*args, **params), wanted)
    g = drawn(node.shape, 5)
    for which, own in enumerate((x, k)):
        vjp = op.vjps[which]
        assert vjp is not None
        made = vjp(Symbol("g", (), node.shape), node, *node.args, **params)
        known = {"g": g, "x": args[0], "k": args[1]}
        values = [known[a.name] for a in made.args]
        back = OPS[made.op].evaluate(*values, **dict(made.params))
        assert back.shape == own
        for at in itertools.islice(np.ndindex(*own), 12):
            moved = [a.copy() for a in args]
            moved[which][at] += 1
            assert back[at] == pytest.approx(np.sum(g * (spread_by_loops(*moved, **settings)
                                                         - wanted)))


NINE = [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
GUIDE = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
FILTER = [[0, 1, 2], [2, 2, 0], [0, 1, 2]]
SIXTEEN = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]
EDGES = [[3, 0, 1, 2, 7, 4], [1, 5, 8, 9, 3, 1], [2, 7, 2, 5, 1, 3], [0, 1, 3, 1, 7, 8],
         [4, 2, 1, 6, 2, 8], [2, 4, 5, 2, 3, 9]]
# Zhang et al., Dive into Deep Learning, 2023, chapters 7 and 14; Dumoulin and Visin, 2016, figures
# 1.1, 1.5 and 1.6; Ng, Convolutional Neural Networks, 2017, week 1
PUBLISHED = (
    ("conv2d(X, K)", NINE, [[0, 1], [2, 3]], [[19, 25], [37, 43]]),
    ("conv2d([X, X + 1], [K, K + 1])", NINE, [[0, 1], [2, 3]], [[56, 72], [104, 120]]),
    ("conv2d(X, K)", GUIDE, FILTER, [[12, 12, 17], [10, 17, 19], [9, 6, 14]]),
    ("conv2d(X, K, stride=2, padding=1)", GUIDE, FILTER, [[6, 17, 3], [8, 17, 13], [6, 4, 4]]),
    ("avg_pool2d(X, 3, stride=1)", GUIDE, FILTER, [["1.7"] * 3, [1, "1.2", "1.8"],
                                                   ["1.1", "0.8", "1.3"]]),
    ("max_pool2d(X, 3, stride=1)", GUIDE, FILTER, [[3, 3, 3], [3, 3, 3], [3, 2, 3]]),
    ("conv2d(X, K)", EDGES, [[1, 0, -1], [1, 0, -1], [1, 0, -1]], [
        [-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]]),
    ("max_pool2d(X, 3, padding=1, stride=2)", SIXTEEN, FILTER, [[5, 7], [13, 15]]),
    ("max_pool2d(X, (2, 3), padding=(0, 1))", SIXTEEN, FILTER, [[5, 7], [13, 15]]),
    ("conv_transpose2d(X, K)", [[0, 1], [2, 3]], [[0, 1], [2, 3]],
     [[0, 0, 1], [0, 4, 6], [4, 12, 9]]),
    ("conv_transpose2d(X, K, stride=2)", [[0, 1], [2, 3]], [[0, 1], [2, 3]],
     [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]),
    ("conv_transpose2d(X, K, padding=1)", [[0, 1], [2, 3]], [[0, 1], [2, 3]], [[4]]),
    ("[convolve(X[0], K[0])]", [[1, 2, 3]], [[0, 1, "0.5"]], [[0, 1, "2.5", 4, "1.5"]]),
)


@pytest.mark.parametrize(("formula", "x", "k", "wanted"), PUBLISHED)
def test_published_values(formula: str, x: Any, k: Any, wanted: Any) -> None:
    question = derive.Question.from_text(f"given: {{X: {x}, K: {k}}}\nmodel: Y = {formula}\n"
                                         "parts: [{find: Y}]\n")
    wanted = [[round(float(n), 9) for n in row] for row in wanted]
    digits = 1 if "avg" in formula else 9       # the guide shows one decimal
    assert np.round(question.solve()["Y"], digits).tolist() == wanted


# layers of published networks: input, layers in order, and the shapes behind each of them (LeCun et
# al. 1998; Krizhevsky et al. 2012 with 227; Simonyan and Zisserman 2015; He et al. 2016; d2l.ai)
NETWORKS = (
    ("1 x 32 x 32", ("conv 6 5", "avg 2 2", "conv 16 5", "avg 2 2", "conv 120 5"),
     ([6, 28, 28], [6, 14, 14], [16, 10, 10], [16, 5, 5], [120, 1, 1])),
    ("3 x 227 x 227", ("conv 96 11 4", "max 3 2", "conv 256 5 1 2", "max 3 2", "conv 384 3 1 1",
                       "conv 384 3 1 1", "conv 256 3 1 1", "max 3 2"),
     ([96, 55, 55], [96, 27, 27], [256, 27, 27], [256, 13, 13], [384, 13, 13], [384, 13, 13],
      [256, 13, 13], [256, 6, 6])),
    ("3 x 224 x 224", ("conv 64 3 1 1", "conv 64 3 1 1", "max 2 2", "conv 128 3 1 1", "max 2 2"),
     ([64, 224, 224], [64, 224, 224], [64, 112, 112], [128, 112, 112], [128, 56, 56])),
    ("3 x 224 x 224", ("conv 64 7 2 3", "max 3 2 1", "conv 128 3 2 1", "conv 256 1 2",
                       "up 9 4 2 1"),
     ([64, 112, 112], [64, 56, 56], [128, 28, 28], [256, 14, 14], [9, 28, 28])),
)
KINDS = {"conv": "conv2d({}, {}, stride={}, padding={})", "avg": "avg_pool2d({}, {}, {}, {})",
         "max": "max_pool2d({}, {}, stride={}, padding={})",
         "up": "conv_transpose2d({}, {}, stride={}, padding={})"}


@pytest.mark.parametrize(("image", "layers", "shapes"), NETWORKS)
def test_shapes_of_published_networks(image: str, layers: Any, shapes: Any) -> None:
    symbols, lines, before, channels = {"A0": image}, [], "A0", image.split(" x ")[0]
    for number, layer in enumerate(layers, 1):
        kind, *sizes = layer.split()
        if kind in ("conv", "up"):
            many, size, stride, padding = (*sizes, "1", "0")[:4] if len(sizes) == 2 else (
                *sizes, "0")[:4]
            both = f"{many} x {channels}" if kind == "conv" else f"{channels} x {many}"
            window, channels = f"K{number}", many
            symbols[window] = f"{both} x {size} x {size}"
        else:
            window, stride, padding = (*sizes, "0")[:3]
        made = KINDS[kind].format(before, window, stride, padding) if kind != "avg" else (
            f"avg_pool2d({before}, {window}, stride={stride})")
        before = f"A{number}"
        lines.append(f"  {before} = {made}")
    declared = ", ".join(f"{name}: {shape}" for name, shape in symbols.items())
    asked = [f"A{number}" for number in range(1, len(lines) + 1)]
    text = "\n".join([f"symbols: {{{declared}}}", "model: |", *lines,
                      f"parts: [{{shape: {asked}}}]"])
    solution = derive.Question.from_text(text).solve()
    assert all(check.ok for check in solution.checks)
    found = solution.solved.tables["shapes"]
    assert list(found.values()) == [list(shape) for shape in shapes]


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
