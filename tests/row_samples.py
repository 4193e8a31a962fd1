"""Expressions with their LaTeX in the Jacobian layout, where a gradient is a row."""

from __future__ import annotations

from fractions import Fraction as F

from writer_samples import (
    MATRIX,
    ONE,
    SLOPE,
    THREE,
    TWO,
    L,
    U,
    W,
    a,
    b,
    call,
    g,
    h,
    h1,
    h2,
    k,
    literal,
    p,
    t,
    y,
)

from derive.expr.integers import named
from derive.expr.nodes import (
    Array,
    Diag,
    Dots,
    Entry,
    Expr,
    Fill,
    MatMul,
    Neg,
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

__all__ = ["ANY_LAYOUT", "PAGE", "ROWS"]

n = 3
T = named("T")
V = Symbol("V", (), (n, n))
o, z = Symbol("o", (t,), (n,)), Symbol("hbar", (t + 1,), (n,))
zt = Symbol("hbar", (t,), (n,))
THIRD = Quotient(ONE, THREE)
ERROR = Sum((p, Neg(y)))
dLdo, dLdz, dLdh = Partial(L, o), Partial(L, z), Partial(L, h)
DO, DZ, DH = (rf"\frac{{\partial L}}{{\partial {v}}}"
              for v in ("o_{t}", r"\bar{h}_{t+1}", "h_{t-1}"))
DZT = r"\frac{\partial L}{\partial \bar{h}_{t}}"
DHT = rf"\left({DH}\right)^{{\top}}"
SIX, ROW = literal([4, -5, 6]), r"\begin{bmatrix} 4 & -5 & 6 \end{bmatrix}"
COLUMN = r"\begin{bmatrix} 4 \\ -5 \\ 6 \end{bmatrix}"
SQUARE = literal([[1, 0, 0], [0, 2, 0], [0, 0, 3]])
OVER_TIME = Range((1,), (T,))

# a whole and how it is written with Style(rows=True)
ROWS: list[tuple[Expr, str]] = [
    # a derivative is a row, and has a \top where a column is needed
    (dLdh, DH),
    (Partial(h2, h1, (), (k,)), r"\frac{\partial h_{2,k}}{\partial h_{1}}"),
    (Partial(h2, a), r"\left(\frac{\partial h_{2}}{\partial a}\right)^{\top}"),
    (Partial(L, W), r"\frac{\partial L}{\partial W_{hh}}"),
    (Partial(h2, h1), r"\frac{\partial h_{2}}{\partial h_{1}}"),
    (MatMul(dLdh, W), f"{DH} W_{{hh}}"),
    (MatMul(MatMul(dLdh, Diag(SLOPE)), W),
     DH + r" \operatorname{diag}(1 - h_{t-1}^{2}) W_{hh}"),
    (Outer(dLdh, b), DHT + r" b^{\top}"),
    (Outer(b, dLdh), f"b {DH}"),
    (MatMul(U, Outer(dLdh, b)), rf"U {DHT} b^{{\top}}"),
    (MatMul(U, dLdh), rf"\left(U {DHT}\right)^{{\top}}"),
    (MatMul(dLdh, b), f"{DH} b"),
    (call("dot", dLdh, b, shape=()), f"{DH} b"),
    (Entry(dLdh, (k,)), r"\frac{\partial L}{\partial h_{t-1,k}}"),
    (Diag(dLdh), rf"\operatorname{{diag}}\left({DHT}\right)"),
    (Array((dLdh, b)), rf"\begin{{bmatrix}} {DH} \\ b^{{\top}} \end{{bmatrix}}"),
    # a whole vector is a row
    (b, r"b^{\top}"),
    (Fill(F(0), (n,)), r"\mathbf{0}^{\top}"),
    (Transpose(b), r"b^{\top}"),
    (Transpose(dLdh), DH),
    (Neg(b), r"-b^{\top}"),
    (ERROR, r"(p - y)^{\top}"),
    (Product((THIRD, ERROR)), r"\tfrac{1}{3} (p - y)^{\top}"),
    (Product((THIRD, dLdh)), rf"\tfrac{{1}}{{3}} {DH}"),
    (Product((THIRD, MatMul(MatMul(MatMul(ERROR, V), Diag(SLOPE)), W))),
     r"\tfrac{1}{3} (p - y)^{\top} V \operatorname{diag}(1 - h_{t-1}^{2}) W_{hh}"),
    (MatMul(MatMul(MatMul(Product((THIRD, ERROR)), V), Diag(SLOPE)), W),
     r"\tfrac{1}{3} (p - y)^{\top} V \operatorname{diag}(1 - h_{t-1}^{2}) W_{hh}"),
    (Sum((MatMul(dLdo, V), MatMul(dLdz, W))), f"{DO} V + {DZ} W_{{hh}}"),
    (Sum((MatMul(dLdo, V), Neg(MatMul(b, W)), g)), DO + r" V - b^{\top} W_{hh} + g^{\top}"),
    (MatMul(Sum((MatMul(dLdo, V), b)), W), rf"\left({DO} V + b^{{\top}}\right) W_{{hh}}"),
    (Product((SLOPE, b)), r"((1 - h_{t-1}^{2}) \odot b)^{\top}"),
    (Product((b, dLdh)), rf"b^{{\top}} \odot {DH}"),
    (Quotient(dLdh, TWO), rf"\frac{{{DH}}}{{2}}"),
    (Quotient(b, TWO), r"\frac{b^{\top}}{2}"),
    (Quotient(y, p), r"(y \oslash p)^{\top}"),
    (Power(dLdh, TWO), rf"\left({DH}\right)^{{2}}"),
    (Power(b, TWO), r"(b^{2})^{\top}"),
    (MatMul(W, b), r"(W_{hh} b)^{\top}"),
    (call("tanh", b), r"\tanh(b)^{\top}"),
    (Entry(U, (k,)), r"U_{k,:}^{\top}"),
    (SIX, ROW),
    (Transpose(SIX), ROW),
    (Array((a, ONE)), r"\begin{bmatrix} a & 1 \end{bmatrix}"),
    (Product((THIRD, SIX)), rf"\tfrac{{1}}{{3}} {ROW}"),
    (Sum((SIX, Neg(SIX))), f"{ROW} - {ROW}"),
    (call("concatenate", dLdh, b, shape=(6,)),
     rf"\begin{{bmatrix}} {DH} & b^{{\top}} \end{{bmatrix}}"),
    (Reduce("sum", "t", OVER_TIME, MatMul(dLdo, V)), rf"\sum_{{t=1}}^{{T}} {DO} V"),
    (Reduce("mean", "t", OVER_TIME, h), r"\frac{1}{T} \sum_{t=1}^{T} h_{t-1}^{\top}"),
    (Reduce("sum", "t", OVER_TIME, Outer(Partial(L, zt), h)),
     rf"\sum_{{t=1}}^{{T}} \left({DZT}\right)^{{\top}} h_{{t-1}}^{{\top}}"),
    (Dots((dLdh, b), (Neg(g),), dLdh), DH + r" + b^{\top} + \cdots - g^{\top}"),
    # scalars and matrices as always
    (L, "L"),
    (Sum((U, W)), "U + W_{hh}"),
    (MatMul(b, MatMul(U, g)), r"b^{\top} U g"),
]

# rows inside a formula, the same in every layout
ANY_LAYOUT: list[tuple[Expr, str]] = [
    # numbers that meet every row of a matrix lie; a name stays as people write it
    (Sum((W, literal([4, -5, 6]))), f"W_{{hh}} + {ROW}"),
    (Sum((W, Neg(literal([4, -5, 6])))), f"W_{{hh}} - {ROW}"),
    (Product((W, literal([4, -5, 6]))), rf"W_{{hh}} \odot {ROW}"),
    (Quotient(W, Power(call("sqrt", literal([4, -5, 6]), shape=(3,)), TWO)),
     rf"W_{{hh}} \oslash \sqrt{{{ROW}}}^{{2}}"),
    (call("maximum", W, literal([4, -5, 6]), shape=W.shape),
     rf"\operatorname{{maximum}}\left(W_{{hh}}, {ROW}\right)"),
    (MatMul(SIX, b), f"{ROW} b"),
    (MatMul(Transpose(SIX), SQUARE),
     ROW + r" \begin{bmatrix} 1 & 0 & 0 \\ 0 & 2 & 0 \\ 0 & 0 & 3 \end{bmatrix}"),
    (MatMul(SIX, SIX), f"{ROW} {COLUMN}"),
    (MatMul(Product((THIRD, SIX)), b), rf"\tfrac{{1}}{{3}} {ROW} b"),
    (MatMul(Sum((SIX, Neg(SIX))), b), rf"\left({ROW} - {ROW}\right) b"),
    (MatMul(Sum((MatMul(SIX, U), Neg(b))), g), rf"\left({ROW} U - b^{{\top}}\right) g"),
    (MatMul(MatMul(Transpose(b), U), W), r"b^{\top} U W_{hh}"),
    (MatMul(Neg(b), g), r"-b^{\top} g"),
    (Outer(b, SIX), f"b {ROW}"),
    (Outer(SIX, SIX), f"{COLUMN} {ROW}"),
    (Outer(b, Product((TWO, g))), r"b (2 g^{\top})"),
    (Transpose(MATRIX),
     r"\begin{bmatrix} 1 & -0.5 \\ 2 & 3 \end{bmatrix}^{\top}"),
    (call("dot", Product((TWO, b)), g, shape=()), r"2 b^{\top} g"),
    (Entry(MatMul(b, U), (k,)), r"(b^{\top} U)_{k}"),
]

# lines of one worked solution, for looking at
PAGE: list[tuple[Expr, Expr]] = [
    (Partial(L, h), Product((THIRD, MatMul(MatMul(MatMul(ERROR, V), Diag(SLOPE)), W)))),
    (Partial(L, h), Sum((MatMul(dLdo, V), MatMul(dLdz, W)))),
    (Partial(L, h), Sum((MatMul(SIX, SQUARE), MatMul(literal([1, -2, 0]), SQUARE)))),
    (Partial(L, h), MatMul(MatMul(Product((THIRD, literal([0.25, -0.5, 0.25]))), SQUARE),
                           Diag(literal([0.5, 0.1, 1.0])))),
    (Partial(L, W), Reduce("sum", "t", OVER_TIME, Outer(Partial(L, zt), h))),
    (Partial(L, W), Sum((Outer(SIX, literal([1, 0, -1])), Outer(literal([1, -2, 0]), SIX)))),
    (Partial(L, h), literal([0.125, -7, 3])),
]
