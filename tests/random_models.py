"""Random small models as question text, and an evaluation of that text that shares nothing.

The text is read with Python's ast and worked out with NumPy, equation by equation and step by
step; the imaginary step (Squire and Trapp 1998) gives derivatives to rounding.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from derive.ops import ELEMENTWISE

__all__ = ["FUNCTIONS", "Model", "derivative", "models"]

EPS = 1e-30


def _softmax(z: Any) -> Any:
    e = np.exp(z - np.max(np.real(z), axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _where_positive(x: Any, yes: Any, no: Any) -> Any:
    return np.where(np.real(x) > 0, yes, no)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tanh": np.tanh, "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "softplus": lambda x: np.log(1 + np.exp(x)),
    "relu": lambda x: _where_positive(x, x, 0 * x), "abs": lambda x: _where_positive(x, x, -x),
    "leaky_relu": lambda x: _where_positive(x, x, x / 100), "identity": lambda x: x,
    "softmax": _softmax, "outer": np.multiply.outer, "prod": np.prod, "dot": np.dot,
    "squared_error": lambda y, p: np.sum((y - p) ** 2),
    "cross_entropy": lambda y, p: -np.sum(y * np.log(p)),
}
BOUNDED = {"exp": "exp(tanh({}))", "log": "log(2 + ({})**2)", "sqrt": "sqrt(1 + ({})**2)"}
SMOOTH_ENOUGH = sorted(set(FUNCTIONS) & set(ELEMENTWISE))
OPERATIONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b, ast.MatMult: lambda a, b: a @ b, ast.Pow: lambda a, b: a ** b,
}


@dataclass(frozen=True)
class Model:
    """A question: its numbers, its equations in the order in which they can be worked out."""

    steps: int
    given: Mapping[str, Any]
    series: tuple[str, ...]
    totals: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def text(self) -> str:
        def plain(value: Any) -> Any:
            return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else (
                value.tolist())

        given = "".join(f"  {name}: {plain(value)}\n" for name, value in self.given.items())
        model = "".join(f"  {line}\n" for line in (*self.series, *self.totals))
        return (f"index: {{t: 1..{self.steps}}}\ngiven:\n{given}model: |\n{model}"
                f"parts:\n  - {{find: {list(self.asked)}}}\n".replace("'", '"'))


# evaluation


def run(model: Model, changed: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the value of every member, ``("h", 2)`` and ``"L"``; *changed* ones win."""
    values: dict[Any, Any] = {}
    for name, value in model.given.items():
        members = {(name, k): v for k, v in value.items()} if isinstance(value, dict) else {
            name: value}
        values |= {key: changed.get(key, member) for key, member in members.items()}
    for t in range(1, model.steps + 1):
        for line in model.series:
            name, _, right = line.partition("[t] = ")
            values[name, t] = changed.get((name, t), evaluated(right, values, {"t": t}, model))
    for line in model.totals:
        name, _, right = line.partition(" = ")
        values[name] = changed.get(name, evaluated(right, values, {}, model))
    return values


def evaluated(text: str, values: Mapping[Any, Any], at: Mapping[str, int], model: Model) -> Any:
    return _Evaluation(values, at, model).of(ast.parse(text, mode="eval").body)


@dataclass
class _Evaluation:
    values: Mapping[Any, Any]
    at: Mapping[str, int]
    model: Model

    def of(self, node: ast.expr) -> Any:
        found: Any = getattr(self, f"_{type(node).__name__.lower()}")(node)
        return found

    def _constant(self, node: ast.Constant) -> Any:
        return np.float64(node.value)  # type: ignore[arg-type]

    def _name(self, node: ast.Name) -> Any:
        return self.at[node.id] if node.id in self.at else self.values[node.id]

    def _attribute(self, node: ast.Attribute) -> Any:
        return self.of(node.value).T

    def _list(self, node: ast.List) -> Any:
        return np.stack([np.asarray(self.of(item)) for item in node.elts])

    def _unaryop(self, node: ast.UnaryOp) -> Any:
        return -self.of(node.operand)

    def _binop(self, node: ast.BinOp) -> Any:
        if isinstance(node.op, ast.Pow):
            return self.of(node.left) ** int(ast.literal_eval(node.right))
        return OPERATIONS[type(node.op)](self.of(node.left), self.of(node.right))

    def _subscript(self, node: ast.Subscript) -> Any:
        at = ast.unparse(node.slice).replace("t", str(self.at.get("t", 0)))
        first, *more = at.replace(" ", "").split("-")
        assert isinstance(node.value, ast.Name)
        return self.values[node.value.id, int(first) - sum(map(int, more))]

    def _call(self, node: ast.Call) -> Any:
        assert isinstance(node.func, ast.Name)
        name, args = node.func.id, node.args
        if name in ("sum", "mean") and len(args) == 2:
            terms = [_Evaluation(self.values, {"t": t}, self.model).of(args[0])
                     for t in range(1, self.model.steps + 1)]
            return sum(terms) / (len(terms) if name == "mean" else 1)
        if name in ("sum", "mean"):
            return getattr(np, name)(self.of(args[0]))
        return FUNCTIONS[name](*map(self.of, args))


def derivative(model: Model, top: Any, bottom: Any) -> Any:
    """Return d top / d bottom, entry by entry: top.shape + bottom.shape."""
    base = np.asarray(run(model, {})[bottom], dtype=complex)
    columns = []
    for cell in np.ndindex(*base.shape):
        moved = base.copy()
        moved[cell] += 1j * EPS
        columns.append(np.imag(run(model, {bottom: moved})[top]) / EPS)
    stacked = np.stack(columns, axis=-1)
    return stacked.reshape(stacked.shape[:-1] + base.shape)


# drawing


@dataclass
class _Writer:
    """Draws expressions of a shape out of what may be read: "s"calars, "v"ectors, "m"atrices."""

    draw: st.DrawFn
    atoms: dict[str, list[str]]
    size: int

    def write(self, kind: str, depth: int) -> str:
        if depth == 0 or self.draw(st.integers(0, 5)) == 0:
            return self.draw(st.sampled_from(self.atoms[kind]))
        pattern = self.draw(st.sampled_from(PATTERNS[kind]))
        if pattern == "build":
            return "[" + ", ".join(self.write("s", depth - 1) for _ in range(self.size)) + "]"
        if pattern == "function":
            name = self.draw(st.sampled_from(SMOOTH_ENOUGH))
            return BOUNDED.get(name, f"{name}({{}})").format(self.write(kind, depth - 1))
        for wanted in "svm":
            while f"<{wanted}>" in pattern:
                part = bracketed(self.write(wanted, depth - 1))
                pattern = pattern.replace(f"<{wanted}>", part, 1)
        return pattern


PATTERNS = {
    "s": ["<v> @ <v>", "sum(<v>)", "mean(<v>)", "function", "<s>*<s>", "<s> + <s>", "-<s>",
          "<s>/(2 + <s>**2)", "sum(<m>)", "mean(<m>*<m>)", "prod(tanh(<v>))", "<s>**3",
          "squared_error(<v>, <v>)", "dot(<v>, <v>)", "<v> @ <m> @ <v>",
          "cross_entropy(softmax(<v>), softmax(<v>))"],
    "v": ["function", "function", "<v> + <v>", "<v> - <v>", "<v>*<v>", "<m> @ <v>", "<v> @ <m>",
          "<m>.T @ <v>", "<s>*<v>", "softmax(<v>)", "-<v>", "build", "<v>/(1 + <v>**2)",
          "outer(<v>, <v>) @ <v>", "<v>**2", "2*<v> - 1/2"],
    "m": ["<m> @ <m>", "<m>.T", "outer(<v>, <v>)", "<m>*<m>", "function", "<m> + <m>", "<s>*<m>",
          "<m> + <v>", "softmax(<m>)"],
}


def bracketed(text: str) -> str:
    """Put brackets around an operation, which goes into another one."""
    simple = (ast.Name, ast.Call, ast.Subscript, ast.Attribute, ast.List, ast.Constant)
    return text if isinstance(ast.parse(text, mode="eval").body, simple) else f"({text})"


def _number(draw: st.DrawFn) -> float:
    return draw(st.integers(-12, 12).filter(bool)) / 8


def _array(draw: st.DrawFn, *shape: int) -> Any:
    return np.array([_number(draw) for _ in range(int(np.prod(shape)))]).reshape(shape)


@st.composite
def models(draw: st.DrawFn) -> Model:
    steps, n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    given = {
        "W": _array(draw, n, n), "A": _array(draw, n, n), "U": _array(draw, n, m),
        "b": _array(draw, n), "v": _array(draw, n), "s": _array(draw),
        "x": {k: _array(draw, m) for k in range(1, steps + 1)},
        "h": {0: _array(draw, n)},
    }
    atoms = {"s": ["s", "v @ h[t-1]", "1/2"], "v": ["h[t-1]", "U @ x[t]", "b", "v", "W @ h[t-1]"],
             "m": ["W", "A", "A.T"]}
    pen = _Writer(draw, atoms, n)
    series = [f"a[t] = {pen.write('v', 2)}"]
    atoms["v"] += ["a[t]"]
    inside = bracketed(pen.write("v", 2))
    series.append(f"h[t] = tanh({inside} + W @ h[t-1]){draw(st.sampled_from(ENDS))}")
    atoms["v"] += ["h[t]", "h[t]"]
    series.append(f"M[t] = {pen.write('m', 2)}")
    atoms["m"] += ["M[t]"]
    series.append(f"l[t] = {pen.write('s', 2)}")
    atoms["s"] += ["l[t]"]
    series.append(f"k[t] = {pen.write('s', 1)}")
    total = draw(st.sampled_from(["sum(l[t], t)", "mean(l[t] + k[t], t)", "sum(l[t]*k[t], t)/4",
                                  "mean(l[t], t) + v @ h[{T}]", "l[{T}] + s"])).format(T=steps)
    totals = (f"L = {total}", "J = sum(k[t], t) + s*L")
    asked = ("dL/dW", "dL/dA", "dL/dU", "dL/dv", "dL/ds", "dL/dx", "dL/dh[0]", "dJ/dW", "dJ/db",
             "dJ/da[1]", f"dh[{steps}]/dh[0]", f"dl[{steps}]/dW")
    return Model(steps, given, tuple(series), totals, asked)


ENDS = ["", " + h[t-1]/2", " - a[t]/4", "*s"]
