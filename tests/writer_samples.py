"""Expressions with the LaTeX and the text they are written as: test table and specimen page."""

from __future__ import annotations

from fractions import Fraction as F
from typing import NamedTuple

import numpy as np

from derive.expr.integers import named
from derive.expr.nodes import (
    Apply,
    Array,
    Constant,
    Delta,
    Diag,
    Dimension,
    Dots,
    Entry,
    Expr,
    Eye,
    Fill,
    Literal,
    MatMul,
    MatrixProduct,
    Neg,
    Number,
    Outer,
    Partial,
    Power,
    Product,
    Quotient,
    Range,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)

__all__ = ["SAMPLES", "Sample"]


class Sample(NamedTuple):
    expr: Expr
    latex: str
    text: str


def num(digits: str) -> Number:
    return Number(F(digits), digits)


def literal(values: object) -> Literal:
    return Literal(np.array(values), False, lambda value: f"{value:.3g}")


i, j, k, n, t, T = map(named, ("i", "j", "k", "n", "t", "T"))
ONE, TWO, THREE = num("1"), num("2"), num("3")
a, s, w = (Symbol(name, (), ()) for name in ("a", "s", "w"))
b, g, y, p = (Symbol(name, (), (3,)) for name in ("b", "g", "y", "p"))
h, x = Symbol("h", (t - 1,), (3,)), Symbol("x", (t,), (3,))
W, U = Symbol("W_hh", (), (3, 3)), Symbol("U", (), (3, 3))
L, loss = Symbol("L", (), ()), Symbol("l", (t,), ())
xstar = Symbol("xstar", (t,), ())
h1, h2 = Symbol("h", (1,), (3,)), Symbol("h", (2,), (3,))
MATRIX = literal([[1, -0.5], [2, 3]])
COLUMN = literal([1, -0.762, 0])
MINUS_THREE = literal(-3.0)
STEP = Sum((MatMul(W, h), MatMul(U, x), b))
SLOPE = Sum((ONE, Neg(Power(h, TWO))))
UPTO = Range((1,), (T,))
z_k = Symbol("z", (k,), (3,))
BACK = MatMul(Transpose(W), Diag(z_k))


def call(op: str, *args: Expr, shape: tuple[int, ...] | None = None, **params: object) -> Apply:
    return Apply(op, args, tuple(params.items()), args[0].shape if shape is None else shape)


_ROWS: list[tuple[Expr, str, str]] = [
    # numbers
    (num("0.10"), "0.10", "0.10"),
    (num("1e-5"), "10^{-5}", "1e-5"),
    (num("2.5e-3"), r"2.5\times 10^{-3}", "2.5e-3"),
    (Number(F(1, 3)), r"\tfrac{1}{3}", "1/3"),
    (Constant("pi"), r"\pi", "pi"),
    (Neg(Constant("inf")), r"-\infty", "-inf"),
    (Quotient(ONE, Dimension(T)), r"\frac{1}{T}", "1 / T"),
    (Product((Dimension(T - t), a)), "(T-t) a", "(T-t) * a"),
    (Product((Dimension(2 * n), a)), "(2n) a", "(2*n) * a"),
    (MINUS_THREE, "-3", "-3"),
    (literal(5.6e-17), r"5.6\times 10^{-17}", "5.6e-17"),
    # symbols
    (W, "W_{hh}", "W_hh"),
    (h, "h_{t-1}", "h[t-1]"),
    (Symbol("h1", (t,), ()), "h_{1,t}", "h1[t]"),
    (Symbol("h", (named("l"), t), ()), "h_{l,t}", "h[l, t]"),
    (Symbol("yhat", (t,), ()), r"\hat{y}_{t}", "yhat[t]"),
    (Partial(L, h), r"\frac{\partial L}{\partial h_{t-1}}", "dL/dh[t-1]"),
    (Partial(h2, h1), r"\frac{\partial h_{2}}{\partial h_{1}}", "dh[2]/dh[1]"),
    (Partial(h2, W, (h1,), (k,)),
     r"\left.\frac{\partial h_{2,k}}{\partial W_{hh}}\right|_{h_{1}}",
     "dh[2][k]/dW_hh | h[1]"),
    (Delta(i, j), r"\delta_{ij}", "delta(i, j)"),
    (Eye(3), "I", "eye(3)"),
    (Fill(F(1), (3,)), r"\mathbf{1}", "ones(3)"),
    (Fill(F(0), (2, 3)), r"\mathbf{0}", "zeros((2, 3))"),
    (Fill(F(1, 2), (2, n)), r"\tfrac{1}{2} \mathbf{1}_{2 \times n}", "full((2, n), 1/2)"),
    (Entry(W, (i, j)), "W_{hh,i,j}", "W_hh[i, j]"),
    (Entry(U, (i,)), "U_{i,:}", "U[i]"),
    (Entry(MatMul(U, b), (k,)), "(U b)_{k}", "(U @ b)[k]"),
    # sums and signs
    (STEP, "W_{hh} h_{t-1} + U x_{t} + b", "W_hh @ h[t-1] + U @ x[t] + b"),
    (Sum((p, Neg(y))), "p - y", "p - y"),
    (Sum((a, Neg(Sum((s, w))))), "a - (s + w)", "a - (s + w)"),
    (Sum((a, Neg(Neg(s)))), "a - (-s)", "a - (-s)"),
    (Sum((Neg(a), MINUS_THREE)), "-a + (-3)", "-a + (-3)"),
    (Sum((a, Neg(MINUS_THREE))), "a - (-3)", "a - (-3)"),
    (Sum((a, Product((Neg(s), w)))), "a - s w", "a - s * w"),
    (Neg(Product((Neg(a), s))), "-(-a s)", "-(-a * s)"),
    # products
    (Product((TWO, MINUS_THREE)), r"2 \cdot (-3)", "2 * (-3)"),
    (Product((MINUS_THREE, literal(4.0))), r"(-3) \cdot 4", "(-3) * 4"),
    (Product((TWO, a)), "2 a", "2 * a"),
    (Product((a, TWO)), r"a \cdot 2", "a * 2"),
    (Product((s, Sum((ONE, Neg(s))))), r"s \, (1 - s)", "s * (1 - s)"),
    (Product((SLOPE, g)), r"(1 - h_{t-1}^{2}) \odot g", "(1 - h[t-1]**2) * g"),
    (MatMul(Transpose(W), Product((SLOPE, g))),
     r"W_{hh}^{\top} ((1 - h_{t-1}^{2}) \odot g)", "W_hh.T @ ((1 - h[t-1]**2) * g)"),
    (Product((MatMul(Transpose(W), g), y)), r"(W_{hh}^{\top} g) \odot y", "(W_hh.T @ g) * y"),
    (Product((Quotient(ONE, THREE), Sum((p, Neg(y))))), r"\tfrac{1}{3} (p - y)",
     "1/3 * (p - y)"),
    (Product((Quotient(ONE, THREE), MATRIX)),
     r"\tfrac{1}{3} \begin{bmatrix} 1 & -0.5 \\ 2 & 3 \end{bmatrix}",
     "1/3 * [[1, -0.5], [2, 3]]"),
    (MatMul(U, Product((TWO, b))), "U (2 b)", "U @ (2 * b)"),
    (MatMul(Product((TWO, U)), b), "2 U b", "(2 * U) @ b"),
    (MatMul(Neg(U), b), "-U b", "-U @ b"),
    (MatMul(U, MatMul(W, b)), "U W_{hh} b", "U @ (W_hh @ b)"),
    (MatMul(p, y), r"p^{\top} y", "p @ y"),
    (MatMul(MatMul(b, U), b), r"b^{\top} U b", "b @ U @ b"),
    (MatMul(b, U), r"(b^{\top} U)^{\top}", "b @ U"),
    (MatMul(Transpose(b), U), r"b^{\top} U", "b.T @ U"),
    (Outer(g, h), r"g h_{t-1}^{\top}", "outer(g, h[t-1])"),
    (Outer(literal([1, 2]), literal([3, -4])),
     r"\begin{bmatrix} 1 \\ 2 \end{bmatrix} \begin{bmatrix} 3 & -4 \end{bmatrix}",
     "outer([1, 2], [3, -4])"),
    (Diag(SLOPE), r"\operatorname{diag}(1 - h_{t-1}^{2})", "diag(1 - h[t-1]**2)"),
    (Transpose(Sum((U, W))), r"(U + W_{hh})^{\top}", "(U + W_hh).T"),
    (MatMul(MATRIX, literal([1, 2])),
     r"\begin{bmatrix} 1 & -0.5 \\ 2 & 3 \end{bmatrix} \begin{bmatrix} 1 \\ 2 \end{bmatrix}",
     "[[1, -0.5], [2, 3]] @ [1, 2]"),
    (MatMul(Partial(h2, h1), Partial(L, h2)),
     r"\frac{\partial h_{2}}{\partial h_{1}} \frac{\partial L}{\partial h_{2}}",
     "(dh[2]/dh[1]) @ (dL/dh[2])"),
    # quotients and powers
    (Quotient(Sum((a, ONE)), Product((TWO, s))), r"\frac{a + 1}{2 s}", "(a + 1) / (2 * s)"),
    (Quotient(y, p), r"y \oslash p", "y / p"),
    (Quotient(MATRIX, TWO), r"\frac{1}{2} \begin{bmatrix} 1 & -0.5 \\ 2 & 3 \end{bmatrix}",
     "[[1, -0.5], [2, 3]] / 2"),
    (Power(Sum((ONE, Neg(h))), TWO), "(1 - h_{t-1})^{2}", "(1 - h[t-1])**2"),
    (Power(Quotient(a, s), TWO), r"\left(\frac{a}{s}\right)^{2}", "(a / s)**2"),
    (Power(call("tanh", a), TWO), r"\tanh(a)^{2}", "tanh(a)**2"),
    (Power(MINUS_THREE, TWO), "(-3)^{2}", "(-3)**2"),
    (Power(Power(a, TWO), THREE), "(a^{2})^{3}", "(a**2)**3"),
    (Power(a, Quotient(ONE, TWO)), "a^{1/2}", "a**(1/2)"),
    (Power(xstar, TWO), "(x^{*}_{t})^{2}", "xstar[t]**2"),
    (Power(U, TWO), r"U^{\odot 2}", "U**2"),
    # functions
    (call("tanh", STEP), r"\tanh(W_{hh} h_{t-1} + U x_{t} + b)",
     "tanh(W_hh @ h[t-1] + U @ x[t] + b)"),
    (call("tanh", COLUMN), r"\tanh \begin{bmatrix} 1 \\ -0.762 \\ 0 \end{bmatrix}",
     "tanh([1, -0.762, 0])"),
    (call("unknown function", a, called="psi", order=0), r"\psi(a)", "psi(a)"),
    (Power(call("unknown function", s, called="psi", order=1), TWO), r"\psi'(s)^{2}",
     "psi'(s)**2"),
    (call("unknown function", s, called="f", order=4), r"f^{(4)}(s)", "f''''(s)"),
    (call("sigmoid", Quotient(a, s)), r"\sigma\left(\frac{a}{s}\right)", "sigmoid(a / s)"),
    (call("leaky_relu", a, slope=F(1, 100)), r"\operatorname{LeakyReLU}_{1/100}(a)",
     "leaky_relu(a, slope=1/100)"),
    (call("softmax", U, axis=(-2,)), r"\operatorname{softmax}_{\text{columns}}(U)",
     "softmax(U, axis=-2)"),
    (call("psi", a), r"\psi(a)", "psi(a)"),
    (call("exp", Neg(a)), "e^{-a}", "exp(-a)"),
    (call("exp", x), r"\exp(x_{t})", "exp(x[t])"),
    (call("sqrt", Sum((a, num("1e-5")))), r"\sqrt{a + 10^{-5}}", "sqrt(a + 1e-5)"),
    (call("abs", a), r"\left\lvert a \right\rvert", "abs(a)"),
    (call("step", x), r"\mathbf{1}[x_{t} > 0]", "step(x[t])"),
    (call("negative", Sum((x, Neg(ONE)))), r"\mathbf{1}[x_{t} < 1]", "x[t] < 1"),
    (call("nonnegative", Sum((x, ONE))), r"\mathbf{1}[x_{t} \ge -1]", "x[t] + 1 >= 0"),
    (call("at_zero", Sum((x, y))), r"\mathbf{1}[x_{t} + y = 0]", "x[t] + y == 0"),
    (call("cross_entropy", y, p, shape=()), r"\operatorname{CE}(y, p)", "cross_entropy(y, p)"),
    (call("squared_error", y, p, shape=(), axis=(-1,)),
     r"\left\lVert p - y \right\rVert^{2}", "squared_error(y, p)"),
    (call("squared_error", a, s), "(s - a)^{2}", "squared_error(a, s)"),
    (call("squared_error", U, W, shape=(), axis=(-2, -1)),
     r"\left\lVert W_{hh} - U \right\rVert_{F}^{2}", "squared_error(U, W_hh)"),
    (call("squared_error", U, W, shape=(3,), axis=(-1,)),
     r"\operatorname{SE}_{\text{rows}}(U, W_{hh})",
     "squared_error(U, W_hh, axis=-1)"),
    (call("concatenate", b, g, shape=(6,)), r"\begin{bmatrix} b \\ g \end{bmatrix}",
     "concatenate([b, g])"),
    (call("inv", U), "U^{-1}", "inv(U)"),
    (call("dot", p, y, shape=()), r"p^{\top} y", "dot(p, y)"),
    # sums over entries and over an index
    (call("sum", y, shape=(), axis=(-1,), keepdims=False), r"\sum_{k} y_{k}", "sum(y)"),
    (Neg(call("sum", Product((y, call("log", p))), shape=(), axis=(-1,))),
     r"-\sum_{k} y_{k} \log(p_{k})", "-sum(y * log(p))"),
    (call("sum", MatMul(U, b), shape=()), r"\sum_{k} (U b)_{k}", "sum(U @ b)"),
    (call("sum", U, shape=()), r"\sum_{i,j} U_{i,j}", "sum(U)"),
    (call("sum", U, shape=(3,), axis=(-1,)), r"U \mathbf{1}", "sum(U, axis=-1)"),
    (call("sum", U, shape=(3,), axis=(-2,)), r"U^{\top} \mathbf{1}", "sum(U, axis=-2)"),
    (call("mean", x, shape=()), r"\frac{1}{3} \sum_{k} x_{t,k}", "mean(x[t])"),
    (Reduce("sum", "t", Range((0,), (2,)), loss), r"\sum_{t=0}^{2} l_{t}", "sum(l[t], t)"),
    (Reduce("mean", "t", UPTO, loss), r"\frac{1}{T} \sum_{t=1}^{T} l_{t}", "mean(l[t], t)"),
    (Reduce("prod", "t", Range((1, t), (T,)), Sum((loss, ONE))),
     r"\prod_{t=\max(1, t)}^{T} (l_{t} + 1)", "prod(l[t] + 1, t=max(1, t)..T)"),
    (Product((Quotient(ONE, THREE), Reduce("sum", "t", UPTO, loss))),
     r"\tfrac{1}{3} \sum_{t=1}^{T} l_{t}", "1/3 * sum(l[t], t)"),
    (Product((Reduce("sum", "t", UPTO, loss), a)),
     r"\left(\sum_{t=1}^{T} l_{t}\right) a", "sum(l[t], t) * a"),
    (Sum((Reduce("sum", "t", UPTO, loss), Neg(Reduce("sum", "t", UPTO, a)))),
     r"\sum_{t=1}^{T} l_{t} - \sum_{t=1}^{T} a", "sum(l[t], t) - sum(a, t)"),
    # matrices in the order of an index
    (MatrixProduct("k", Range((t + 1,), (T,)), BACK),
     r"\prod_{k=t+1}^{T} W_{hh}^{\top} \operatorname{diag}(z_{k})",
     "matprod(W_hh.T @ diag(z[k]), k=t+1..T)"),
    (MatrixProduct("k", Range((t + 1,), (T,)), BACK, falling=True),
     r"\prod_{k=T}^{t+1} W_{hh}^{\top} \operatorname{diag}(z_{k})",
     "matprod(W_hh.T @ diag(z[k]), k=T..t+1, step=-1)"),
    (MatMul(MatrixProduct("k", Range((1,), (t,)), Sum((Diag(z_k), W))), b),
     r"\left(\prod_{k=1}^{t} (\operatorname{diag}(z_{k}) + W_{hh})\right) b",
     "matprod(diag(z[k]) + W_hh, k=1..t) @ b"),
    (MatrixProduct("k", Range((t + 1,), (T,)), W), r"W_{hh}^{T-t}", "matrix_power(W_hh, T-t)"),
    (MatMul(MatrixProduct("k", Range((t + 1,), (T,)), Transpose(W)), b),
     r"(W_{hh}^{\top})^{T-t} b", "matrix_power(W_hh.T, T-t) @ b"),
    (Dots((a, s), (Neg(w),), a), r"a + s + \cdots - w", "a + s + ... - w"),
    # arrays
    (Array((a, Neg(s))), r"\begin{bmatrix} a \\ -s \end{bmatrix}", "[a, -s]"),
    (Array((Array((a, s)), Array((ONE, TWO)))),
     r"\begin{bmatrix} a & s \\ 1 & 2 \end{bmatrix}", "[[a, s], [1, 2]]"),
    (Array((b, g)), r"\begin{bmatrix} b^{\top} \\ g^{\top} \end{bmatrix}", "[b, g]"),
    (literal(np.ones((2, 1, 2))),
     r"\begin{bmatrix} %s \\ %s \end{bmatrix}" % ((r"\begin{bmatrix} 1 & 1 \end{bmatrix}",) * 2),
     "[[[1, 1]], [[1, 1]]]"),
    (literal([7] * 20),
     r"{\underbrace{\begin{bmatrix} %s\vdots \\ 7 \end{bmatrix}}_{20}}" % (r"7 \\ " * 6),
     "[7, 7, 7, 7, 7, 7, 7, 7, 7, 7, ..., 7]"),
]

SAMPLES = [Sample(*row) for row in _ROWS]
