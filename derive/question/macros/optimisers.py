"""Steps of optimisers: from the last iterate and its gradient to the next one.

What an optimiser remembers goes in and comes out as the state of a cell does, and `step` is the
number of the step, counted from 1, as in ``w[k], m[k], v[k] = adam(w[k-1], g[k], m[k-1], v[k-1],
k)``. All rates are parameters, called eta, beta, ... where a call does not say otherwise.
"""

from __future__ import annotations

from derive.question.macros.macro import Macro
from derive.question.macros.options import Amount, Choice, Flag

__all__ = ["OPTIMISERS"]

RATE = {"lr": Amount("eta")}
DECAY = {"decay": Choice("none", ("none", "l2"))}
INSIDE = {"eps_inside": Flag("False")}
SLOPE = "{decay=none:g}{decay=l2:(g + lam*w_prev)}"
ROOT = "{not eps_inside:(sqrt(s) + eps)}{eps_inside:sqrt(s + eps)}"
STATE = ("eta: scalar, beta*: scalar, rho: scalar, eps: scalar, lam: scalar, step: scalar, "
         "w*: n, g: n, m*: n, v*: n, s*: n, u*: n")

SGD = Macro(
    "w = sgd(w_prev, g)",
    f"w = w_prev - {{lr}}*{SLOPE}",
    "a step down the gradient{decay=l2:, with weight decay}",
    "",
    STATE,
    {**RATE, **DECAY},
)
MOMENTUM = Macro(
    "w, v = momentum(w_prev, g, v_prev)",
    f"""
    {{variant=heavy_ball:v = beta*v_prev + {SLOPE}}}
    {{variant=averaged:v = beta*v_prev + (1 - beta)*{SLOPE}}}
    {{variant=velocity:v = beta*v_prev - {{lr}}*{SLOPE}}}
    {{not variant=velocity:w = w_prev - {{lr}}*v}}
    {{variant=velocity:w = w_prev + v}}
    """,
    "a step with momentum",
    "Polyak (1964)",
    STATE,
    {**RATE, "variant": Choice("heavy_ball", ("heavy_ball", "averaged", "velocity")), **DECAY},
)
NESTEROV = Macro(
    "w, v = nesterov(w_prev, g, v_prev)",
    f"""
    v = beta*v_prev + {SLOPE}
    w = w_prev - {{lr}}*({SLOPE} + beta*v)
    """,
    "a step with Nesterov's momentum, at the gradient of the iterate itself",
    "Sutskever et al. (2013)",
    STATE,
    {**RATE, **DECAY},
)
ADAGRAD = Macro(
    "w, s = adagrad(w_prev, g, s_prev)",
    f"""
    s = s_prev + g**2
    w = w_prev - {{lr}}*g/{ROOT}
    """,
    "a step of AdaGrad",
    "Duchi, Hazan and Singer (2011)",
    STATE,
    {**RATE, **INSIDE},
)
RMSPROP = Macro(
    "w, s = rmsprop(w_prev, g, s_prev)",
    f"""
    s = beta*s_prev + (1 - beta)*g**2
    w = w_prev - {{lr}}*g/{ROOT}
    """,
    "a step of RMSProp",
    "Tieleman and Hinton (2012)",
    STATE,
    {**RATE, **INSIDE},
)
ADADELTA = Macro(
    "w, s, u = adadelta(w_prev, g, s_prev, u_prev)",
    """
    s = rho*s_prev + (1 - rho)*g**2
    d = sqrt(u_prev + eps)/sqrt(s + eps)*g
    u = rho*u_prev + (1 - rho)*d**2
    w = w_prev - d
    """,
    "a step of Adadelta",
    "Zeiler (2012)",
    STATE,
)
ADAM = Macro(
    "w, m, v = adam(w_prev, g, m_prev, v_prev, step)",
    """
    m = beta1*m_prev + (1 - beta1)*g
    v = beta2*v_prev + (1 - beta2)*g**2
    mhat = m/(1 - beta1**step)
    vhat = v/(1 - beta2**step)
    w = w_prev - {lr}*mhat/(sqrt(vhat) + eps)
    """,
    "a step of Adam",
    "Kingma and Ba (2015)",
    STATE,
    RATE,
)
ADAMW = Macro(
    "w, m, v = adamw(w_prev, g, m_prev, v_prev, step)",
    """
    m = beta1*m_prev + (1 - beta1)*g
    v = beta2*v_prev + (1 - beta2)*g**2
    mhat = m/(1 - beta1**step)
    vhat = v/(1 - beta2**step)
    w = w_prev - {lr}*(mhat/(sqrt(vhat) + eps) + lam*w_prev)
    """,
    "a step of AdamW: Adam with decoupled weight decay",
    "Loshchilov and Hutter (2019)",
    STATE,
    RATE,
)

NADAM = Macro(
    "w, m, v = nadam(w_prev, g, m_prev, v_prev, step)",
    """
    m = beta1*m_prev + (1 - beta1)*g
    v = beta2*v_prev + (1 - beta2)*g**2
    mhat = beta1*m/(1 - beta1**step) + (1 - beta1)*g/(1 - beta1**step)
    vhat = v/(1 - beta2**step)
    w = w_prev - {lr}*mhat/(sqrt(vhat) + eps)
    """,
    "a step of NAdam: Adam with Nesterov's momentum",
    "Dozat (2016)",
    STATE,
    RATE,
)
ADAMAX = Macro(
    "w, m, u = adamax(w_prev, g, m_prev, u_prev, step)",
    """
    m = beta1*m_prev + (1 - beta1)*g
    u = maximum(beta2*u_prev, abs(g))
    w = w_prev - {lr}/(1 - beta1**step)*m/u
    """,
    "a step of AdaMax",
    "Kingma and Ba (2015)",
    STATE,
    RATE,
)
AMSGRAD = Macro(
    "w, m, v, s = amsgrad(w_prev, g, m_prev, v_prev, s_prev)",
    """
    m = beta1*m_prev + (1 - beta1)*g
    v = beta2*v_prev + (1 - beta2)*g**2
    s = maximum(s_prev, v)
    w = w_prev - {lr}*m/(sqrt(s) + eps)
    """,
    "a step of AMSGrad, without bias correction",
    "Reddi, Kale and Kumar (2018)",
    STATE,
    RATE,
)

OPTIMISERS = (SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADADELTA, ADAM, ADAMW, NADAM, ADAMAX,
              AMSGRAD)
