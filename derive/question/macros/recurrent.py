"""Recurrent cells. Weights stand on the left of what they multiply, as in W_f @ x + U_f @ h_prev.

With rows=True an input is a matrix with an example in each row, and weights stand on the right.
"""

from __future__ import annotations

from derive.question.macros.macro import Macro
from derive.question.macros.options import Choice, Flag, Function

__all__ = ["RECURRENT"]

ROWS = {"rows": Flag("False"), "bias": Flag("True")}
STATE = "x: {rows:N x }m, h*: {rows:N x }n, "
WEIGHTS = "W*: {not rows:n x m}{rows:m x n}, U*: n x n, b*: n"

RNN = Macro(
    "h = rnn(x, h_prev)",
    "h = {activation}(<W x> + <U h_prev>{bias: + b})",
    "a simple recurrent network",
    "Elman (1990)",
    STATE + WEIGHTS,
    {"activation": Function("tanh"), **ROWS},
    ranked=True,
)
JORDAN = Macro(
    "h, y = jordan(x, y_prev)",
    """
    h = {activation}(<W x> + <U y_prev>{bias: + b})
    y = {output}(<V h>{bias: + c})
    """,
    "a Jordan network, which feeds its output back",
    "Jordan (1986)",
    "x: {rows:N x }m, h: {rows:N x }n, y*: {rows:N x }q, W: {not rows:n x m}{rows:m x n}, "
    "U: {not rows:n x q}{rows:q x n}, V: {not rows:q x n}{rows:n x q}, b: n, c: q",
    {"activation": Function("tanh"), "output": Function("sigmoid"), **ROWS},
    ranked=True,
)
LSTM = Macro(
    "h, c = lstm(x, h_prev, c_prev)",
    """
    {forget:f = sigmoid(<W_f x> + <U_f h_prev>{peepholes: + p_f*c_prev}{bias: + b_f})}
    {not coupled:i = sigmoid(<W_i x> + <U_i h_prev>{peepholes: + p_i*c_prev}{bias: + b_i})}
    g = {activation}(<W_g x> + <U_g h_prev>{bias: + b_g})
    c = {forget:f*}c_prev + {coupled:(1 - f)}{not coupled:i}*g
    o = sigmoid(<W_o x> + <U_o h_prev>{peepholes: + p_o*c}{bias: + b_o})
    h = o*{activation}(c)
    """,
    "a long short-term memory cell (LSTM)",
    "Hochreiter and Schmidhuber (1997){forget:, with the forget gate of Gers, Schmidhuber and "
    "Cummins (2000)}{peepholes:, the peepholes of Gers and Schmidhuber (2000)}"
    "{coupled:, input and forget gate coupled as in Greff et al. (2017)}",
    STATE + "c*: {rows:N x }n, p*: n, " + WEIGHTS,
    {"forget": Flag("True"), "peepholes": Flag("False"), "coupled": Flag("False"),
     "activation": Function("tanh"), **ROWS},
    ranked=True,
    never={"coupled and not forget": "without a forget gate there is nothing to couple"},
)
GRU = Macro(
    "h = gru(x, h_prev)",
    """
    r = sigmoid(<W_r x> + <U_r h_prev>{bias: + b_r})
    z = sigmoid(<W_z x> + <U_z h_prev>{bias: + b_z})
    {variant=reset_before:htilde = {activation}(<W_h x> + <U_h (r*h_prev)>{bias: + b_h})}
    {variant=reset_after:htilde = {activation}(
        <W_h x>{bias: + b_h} + r*(<U_h h_prev>{bias: + c_h}))}
    {keep=z:h = z*h_prev + (1 - z)*htilde}
    {keep=1-z:h = (1 - z)*h_prev + z*htilde}
    """,
    "a gated recurrent unit (GRU)",
    "Cho et al. (2014){variant=reset_after:, with the reset after the product as in cuDNN and "
    "Keras}",
    STATE + "c_h: n, " + WEIGHTS,
    {"variant": Choice("reset_before", ("reset_before", "reset_after")),
     "keep": Choice("z", ("z", "1-z")), "activation": Function("tanh"), **ROWS},
    ranked=True,
)

RECURRENT = (RNN, JORDAN, LSTM, GRU)
