"""Normalisation in its training form: mean and variance are those of the numbers at hand."""

from __future__ import annotations

from derive.question.macros.macro import Macro
from derive.question.macros.options import Amount, Count, Flag

__all__ = ["NORMALISATION", "centred", "scaled"]

OPTIONS = {"eps": Amount("1e-5"), "affine": Flag("True")}
IMAGES = "X: N x C x H x W, Y: N x C x H x W, gamma: C x 1 x 1, beta: C x 1 x 1"


def centred(x: str, over: str, n: str = "") -> str:
    """Return the equations of mean, variance and the normalised x over some axes."""
    return f"""
    mu{n} = mean({x}{over})
    v{n} = mean(({x} - mu{n})**2{over})
    xhat{n} = ({x} - mu{n})/sqrt(v{n} + {{eps}})
    """


def scaled(y: str, n: str = "") -> str:
    """Return the equation of the scaled and shifted result."""
    return f"{y} = {{affine:gamma{n}*}}xhat{n}{{affine: + beta{n}}}"


LAST = "{not vector:, axis=-1, keepdims=True}"
LAYER_NORM = Macro(
    "y = layer_norm(x)",
    centred("x", LAST) + scaled("y"),
    "layer normalisation",
    "Ba, Kiros and Hinton (2016)",
    "x: {not vector:n x }d, y: {not vector:n x }d, gamma: d, beta: d",
    OPTIONS,
    ranked=True,
)
RMS_NORM = Macro(
    "y = rms_norm(x)",
    f"""
    rho = sqrt(mean(x**2{LAST}) + {{eps}})
    y = {{affine:gamma*}}x/rho
    """,
    "normalisation by the root mean square (RMSNorm)",
    "Zhang and Sennrich (2019)",
    "x: {not vector:n x }d, y: {not vector:n x }d, gamma: d",
    OPTIONS,
    ranked=True,
)
BATCH = "{rank=2:, axis=0}{rank=4:, axis=(0, 2, 3), keepdims=True}"
BATCH_NORM = Macro(
    "Y = batch_norm(X)",
    centred("X", BATCH) + scaled("Y"),
    "batch normalisation in training, over the examples in the rows",
    "Ioffe and Szegedy (2015)",
    "{rank=2:X: N x d, Y: N x d, gamma: d, beta: d}{rank=4:" + IMAGES + "}",
    OPTIONS,
    ranked=True,
    never={"vector": "a batch is a matrix with its examples in rows, or a stack N x C x H x W"},
)
INSTANCE_NORM = Macro(
    "Y = instance_norm(X)",
    centred("X", ", axis=(-2, -1), keepdims=True") + scaled("Y"),
    "instance normalisation, over each image and channel",
    "Ulyanov, Vedaldi and Lempitsky (2016)",
    IMAGES,
    OPTIONS,
    ranked=True,
    never={"vector": "its input is a stack of images C x H x W or N x C x H x W",
           "rank=2": "its input is a stack of images C x H x W or N x C x H x W"},
)
GROUP_NORM = Macro(
    "Y = group_norm(X)",
    "{vector:G = reshape(x, ({groups}, {0/groups}))}"
    "{rank=2:G = reshape(X, ({0}, {groups}, {1/groups}))}"
    "{rank=4:G = reshape(X, ({0}, {groups}, {1/groups}, {2}, {3}))}".replace("(x,", "(X,")
    + centred("G", ", axis={vector:1}{rank=2:2}{rank=4:(2, 3, 4)}, keepdims=True")
    + """
    N = reshape(xhat, ({0}{not vector:, {1}}{rank=4:, {2}, {3}}))
    Y = {affine:gamma*}N{affine: + beta}
    """,
    "group normalisation, over the channels of each group",
    "Wu and He (2018)",
    "{vector:X: d, Y: d, gamma: d, beta: d}{rank=2:X: N x d, Y: N x d, gamma: d, beta: d}"
    "{rank=4:" + IMAGES + "}",
    {"groups": Count("2"), **OPTIONS},
    ranked=True,
)

NORMALISATION = (LAYER_NORM, RMS_NORM, BATCH_NORM, INSTANCE_NORM, GROUP_NORM)
