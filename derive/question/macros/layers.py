"""Layers: dense ones, those with a way around them, and autoencoders.

A vector is multiplied from the left, W @ x. A matrix has its examples in rows and is multiplied
from the right, X @ W, unless rows=False.
"""

from __future__ import annotations

from derive.question.macros.macro import Macro
from derive.question.macros.options import Amount, Choice, Flag, Function, Typed

__all__ = ["LAYERS"]

BIAS = Flag("True")
ROWS = Flag("False")
EXAMPLE = "x: {rows:N x }m, "

DENSE = Macro(
    "y = dense(x)",
    "y = {activation}(<W x>{bias: + b})",
    "a dense layer",
    shapes=EXAMPLE + "y: {rows:N x }n, W: {not rows:n x m}{rows:m x n}, b: n",
    options={"activation": Function("identity"), "bias": BIAS, "rows": ROWS},
    ranked=True,
)
RESIDUAL = Macro(
    "y = residual(x)",
    """
    u = {activation}(<W_1 x>{bias: + b_1})
    {not after:y = x + <W_2 u>{bias: + b_2}}
    {after:y = {activation}(x + <W_2 u>{bias: + b_2})}
    """,
    "a residual block",
    "He et al. (2016)",
    EXAMPLE + "y: {rows:N x }m, u: {rows:N x }n, W_1: {not rows:n x m}{rows:m x n}, "
    "W_2: {not rows:m x n}{rows:n x m}, b_1: n, b_2: m",
    {"activation": Function("relu"), "after": Flag("False"), "bias": BIAS, "rows": ROWS},
    ranked=True,
)
HIGHWAY = Macro(
    "y = highway(x)",
    """
    u = {activation}(<W_u x>{bias: + b_u})
    g = sigmoid(<W_g x>{bias: + b_g})
    y = g*u + (1 - g)*x
    """,
    "a highway layer",
    "Srivastava, Greff and Schmidhuber (2015)",
    EXAMPLE + "y: {rows:N x }m, W*: m x m, b*: m",
    {"activation": Function("tanh"), "bias": BIAS, "rows": ROWS},
    ranked=True,
)
AUTOENCODER = Macro(
    "z, xhat = autoencoder(x)",
    """
    z = {activation}(<W_e x>{bias: + b_e})
    {not tied:xhat = {output}(<W_d z>{bias: + b_d})}
    {tied and rows:xhat = {output}(z @ W_e.T{bias: + b_d})}
    {tied and not rows:xhat = {output}(W_e.T @ z{bias: + b_d})}
    """,
    "an autoencoder{tied: with tied weights}",
    shapes=EXAMPLE + "xhat: {rows:N x }m, z: {rows:N x }n, W_e: {not rows:n x m}{rows:m x n}, "
    "W_d: {not rows:m x n}{rows:n x m}, b_e: n, b_d: m",
    options={"activation": Function("sigmoid"), "output": Function("identity"),
             "tied": Flag("False"), "bias": BIAS, "rows": ROWS},
    ranked=True,
)
CONV = Macro(
    "Y = conv_layer(X)",
    """
    {pool=:Y = {activation}(
        conv2d(X, K{bias:, b}, stride={stride}, padding={padding}))}
    {not pool=:A = {activation}(
        conv2d(X, K{bias:, b}, stride={stride}, padding={padding}))}
    {not pool=:Y = {by}_pool2d(A, {pool})}
    """,
    "a convolutional layer{not pool=:, then pooling}",
    "LeCun et al. (1989)",
    "X: c x v x w, K: o x c x h x l, b: o",
    {"activation": Function("relu"), "stride": Typed("1"), "padding": Typed("0"),
     "pool": Typed(""), "by": Choice("max", ("max", "avg")), "bias": BIAS},
)
DROPOUT = Macro(
    "y = dropout(x, m)",
    "y = {not p=:m*x/(1 - {p})}{p=:m*x}",
    "dropout with the mask given{not p=:, scaled by 1/(1 - p) in training}",
    "Srivastava et al. (2014)",
    "x: n, m: n, y: n",
    {"p": Amount("")},
)
EMBEDDING = Macro(
    "e = embedding(k)",
    "e = E[k]",
    "an embedding, which takes the row of a label",
    shapes="k: scalar, e: d, E: n x d",
)

LAYERS = (DENSE, RESIDUAL, HIGHWAY, AUTOENCODER, CONV, DROPOUT, EMBEDDING)
