"""A second reading of question files: Python's own meaning of the equations, run on autograd.

The text of a model is read with Python's ast and worked out member by member with autograd's NumPy;
autograd's reverse mode gives the derivatives. Only the numbers and ranges of the file are taken
from what derive has read.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import autograd.numpy as np
from autograd import jacobian
from autograd.extend import defvjp, primitive

from derive.expr.positions import integer
from derive.question.question import Question

__all__ = ["FUNCTIONS", "NotRead", "Oracle"]

At = tuple[int, ...]


class NotRead(Exception):
    """The oracle has no such function or notation; it says nothing about this question."""


@primitive
def erf(x: Any) -> Any:
    return np.vectorize(math.erf)(x)


defvjp(erf, lambda ans, x: lambda g: g * 2 / np.sqrt(np.pi) * np.exp(-x ** 2))


def _logsumexp(z: Any, axis: Any = -1) -> Any:
    top = np.max(z, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(z - top), axis=axis)) + np.squeeze(top, axis)


def _softmax(z: Any, axis: Any = -1) -> Any:
    e = np.exp(z - np.max(z, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def _sigmoid(z: Any) -> Any:
    return (1 + np.tanh(z / 2)) / 2


def _xlogy(x: Any, y: Any) -> Any:
    safe = np.where(x == 0, 1.0, y)
    return x * np.log(safe)


def _diag(x: Any) -> Any:
    return x * np.eye(x.shape[0]) if x.ndim == 1 else np.sum(x * np.eye(x.shape[0]), axis=1)


def _kron(a: Any, b: Any) -> Any:
    if a.ndim == 1:
        return np.ravel(a[:, None] * b[None, :])
    (m, n), (p, q) = a.shape, b.shape
    return np.reshape(a[:, None, :, None] * b[None, :, None, :], (m * p, n * q))


def _power(x: Any, n: Any) -> Any:
    total = np.eye(x.shape[0])
    for _ in range(int(n)):
        total = total @ x
    return total


def _slogdet(x: Any) -> Any:
    return np.linalg.slogdet(x)[1]


def _norm(x: Any, *_: Any, **__: Any) -> Any:
    return np.sqrt(np.sum(x ** 2))


def _axes(value: Any) -> tuple[int, int]:
    rows, columns = value if isinstance(value, (tuple, list)) else (value, value)
    return int(rows), int(columns)


def _conv2d(x: Any, k: Any, *others: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
            **settings: Any) -> Any:
    """Cross-correlation, one product of shifted images at a time."""
    if others or settings or not isinstance(padding, int):
        raise NotRead("conv2d with these settings")
    own = {"stride": stride, "padding": padding, "dilation": dilation}
    if k.ndim == 4 and x.ndim == 3:
        return np.array([_conv2d(x, one, **own) for one in k])
    if k.ndim == 3 and x.ndim == 3:
        planes = [_conv2d(x[c], k[c], **own) for c in range(k.shape[0])]
        return np.sum(np.array(planes), axis=0)
    if (x.ndim, k.ndim) != (2, 2):
        raise NotRead("conv2d of this shape")
    (a, b), (p, q) = _axes(stride), _axes(dilation)
    x = np.pad(x, padding, "constant")
    height, width = ((x.shape[0] - p * (k.shape[0] - 1) - 1) // a + 1,
                     (x.shape[1] - q * (k.shape[1] - 1) - 1) // b + 1)
    return sum(k[i, j] * x[p * i:p * i + a * (height - 1) + 1:a,
                           q * j:q * j + b * (width - 1) + 1:b]
               for i in range(k.shape[0]) for j in range(k.shape[1]))


def _conv1d(x: Any, k: Any, *others: Any, stride: int = 1, padding: int = 0, dilation: int = 1,
            **settings: Any) -> Any:
    if others or settings or (x.ndim, k.ndim) != (1, 1) or not isinstance(padding, int):
        raise NotRead("conv1d with these settings")
    framed = np.pad(x, padding, "constant")[None, :]
    return _conv2d(framed, k[None, :], stride=(1, stride), dilation=(1, dilation))[0]


def _argmax(x: Any, axis: Any = None) -> Any:
    return 1.0 * np.argmax(x, axis=axis)


def _one_hot(k: Any, n: Any) -> Any:
    return 1.0 * (np.array(k)[..., None] == np.arange(int(n)))


OF_ONE = ("elu", "leaky_relu", "softplus", "silu", "swish", "celu")
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": np.exp, "log": np.log, "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tanh": np.tanh,
    "sinh": np.sinh, "cosh": np.cosh, "arctan": np.arctan, "log1p": np.log1p, "expm1": np.expm1,
    "erf": erf, "abs": np.abs, "sigmoid": _sigmoid, "identity": lambda x: x,
    "log_sigmoid": lambda x: -np.logaddexp(0.0, -x), "softplus": lambda x: np.logaddexp(0.0, x),
    "silu": lambda x: x * _sigmoid(x), "gelu": lambda x: x / 2 * (1 + erf(x / np.sqrt(2))),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "elu": lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0.0)) - 1),
    "relu": lambda x: np.where(x > 0, x, 0 * x),
    "leaky_relu": lambda x: np.where(x > 0, x, x / 100),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 1 / 2, 0, 1),
    "softmax": _softmax, "logsumexp": _logsumexp,
    "outer": np.multiply.outer if hasattr(np.multiply, "outer") else np.outer,
    "dot": np.dot, "transpose": np.transpose, "diag": _diag, "kron": _kron,
    "trace": np.trace, "inv": np.linalg.inv, "det": np.linalg.det, "logdet": _slogdet,
    "matrix_power": _power, "norm": _norm,
    "sum": np.sum, "mean": np.mean, "prod": np.prod, "var": np.var,
    "reshape": np.reshape, "flatten": np.ravel, "concatenate": np.concatenate,
    "where": np.where, "maximum": np.maximum, "minimum": np.minimum, "einsum": np.einsum,
    "cumsum": np.cumsum,
    "squared_error": lambda y, p: np.sum((y - p) ** 2),
    "cross_entropy": lambda y, p: -np.sum(_xlogy(y, p), axis=-1),
    "binary_cross_entropy": lambda y, p: -_xlogy(y, p) - _xlogy(1 - y, 1 - p),
    "conv2d": _conv2d, "conv1d": _conv1d, "argmax": _argmax, "one_hot": _one_hot,
    "step": lambda x: 1.0 * (x > 0), "sign": np.sign, "square": lambda x: x ** 2,
    "stop_gradient": lambda x: getattr(x, "_value", x),
    "tril": np.tril, "triu": np.triu,
    "zeros": lambda *n: np.zeros(tuple(map(int, n))), "ones": lambda *n: np.ones(
        tuple(map(int, n))), "eye": lambda n: np.eye(int(n)),
}
CONSTANTS = {"pi": np.pi, "inf": np.inf}
OPERATIONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.MatMult: operator.matmul, ast.Pow: operator.pow, ast.USub: operator.neg,
    ast.UAdd: operator.pos, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt,
    ast.LtE: operator.le, ast.Eq: operator.eq,
}


class Oracle:
    """The members of a question's quantities, worked out from the text of its model."""

    def __init__(self, question: Question, model: str) -> None:
        self.question = question
        self.indices = question.indices
        self.defined: dict[str, list[tuple[list[ast.expr], ast.expr]]] = {}
        for statement in ast.parse(_joined(model)).body:
            if not isinstance(statement, ast.Assign):
                raise NotRead(ast.dump(statement))
            target = statement.targets[0]
            name, places = _target(target)
            self.defined.setdefault(name, []).append((places, statement.value))
        self.series = {name for name, cases in self.defined.items() if cases[0][0]} | {
            name for name, item in question.given.items() if () not in item.members}

    def span(self, index: str, env: Mapping[str, int]) -> range:
        """Return what an index runs over, where another one may bound it."""
        found = self.indices[index]
        return range(integer(found.lo, env), integer(found.hi, env) + 1)

    def run(self, changed: Mapping[tuple[str, At], Any] | None = None) -> _Run:
        return _Run(self, dict(changed or {}))

    def derivative(self, top: tuple[str, At], bottom: tuple[str, At]) -> Any:
        here = np.asarray(self.run().value(*bottom), dtype=float)
        with warnings.catch_warnings():     # of what does not depend on it: the derivative is 0
            warnings.simplefilter("ignore")
            return jacobian(lambda x: self.run({bottom: x}).value(*top) * np.ones(()))(here)


class _Run:
    """One evaluation; *known* holds members that are set from outside."""

    def __init__(self, oracle: Oracle, known: dict[tuple[str, At], Any]) -> None:
        self.oracle, self.known = oracle, known

    def value(self, name: str, at: At = ()) -> Any:
        if (name, at) not in self.known:
            self.known[name, at] = self._made(name, at)
        return self.known[name, at]

    def _made(self, name: str, at: At) -> Any:
        given = self.oracle.question.given.get(name)
        if given is not None and at in given.members:
            return np.array(given.members[at]).astype(float)
        fixed = sorted(self.oracle.defined.get(name, ()), key=lambda case: _letters(case[0]))
        for places, rhs in fixed:
            env = self._matched(places, at)
            if env is not None:
                return self.eval(rhs, env)
        raise NotRead(f"{name}{list(at)}")

    def _matched(self, places: list[ast.expr], at: At) -> dict[str, int] | None:
        """Bind the letters of a target's brackets, each a letter, a shifted one or a number."""
        env: dict[str, int] = {}
        for place, position in zip(places, at, strict=True):
            names = [n.id for n in ast.walk(place) if isinstance(n, ast.Name)]
            if not names:
                if int(self.eval(place, {})) != position:
                    return None
                continue
            env[names[0]] = position - int(self.eval(place, {names[0]: 0}))
        return env if all(v in self.oracle.span(n, env) for n, v in env.items()) else None

    def eval(self, node: ast.expr, env: Mapping[str, int]) -> Any:
        read = READERS.get(type(node))
        if read is None:
            raise NotRead(type(node).__name__)
        return read(self, node, env)

    def name(self, node: ast.Name, env: Mapping[str, int]) -> Any:
        if node.id in env:
            return float(env[node.id])
        if node.id in self.oracle.defined or node.id in self.oracle.question.given:
            return self.value(node.id)
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        raise NotRead(node.id)

    def subscript(self, node: ast.Subscript, env: Mapping[str, int]) -> Any:
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(node.value, ast.Name) and node.value.id in self.oracle.series:
            return self.value(node.value.id, tuple(int(self.eval(p, env)) for p in places))
        if any(isinstance(p, ast.Slice) for p in places):
            raise NotRead("slice")
        positions = tuple(np.array(self.eval(p, env)).astype(int) for p in places)
        return self.eval(node.value, env)[positions]

    def call(self, node: ast.Call, env: Mapping[str, int]) -> Any:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise NotRead(ast.unparse(node.func))
        name = node.func.id
        running = [a.id for a in node.args[1:] if isinstance(a, ast.Name)
                   and a.id in self.oracle.indices]
        if name in ("sum", "mean", "prod") and running:
            terms = [self.eval(node.args[0], inner) for inner in self._over(running, env)]
            return FUNCTIONS[name](np.array(terms), axis=0)
        if name in OF_ONE and len(node.args) + len(node.keywords) > 1:
            raise NotRead(f"{name} with a number of its own")
        settings = {k.arg or "": ast.literal_eval(k.value) for k in node.keywords}
        return FUNCTIONS[name](*(self.eval(a, env) for a in node.args), **settings)

    def _over(self, running: list[str], env: Mapping[str, int]) -> Iterator[dict[str, int]]:
        """Yield the positions of running indices; a later one may end at an earlier one."""
        if not running:
            yield dict(env)
            return
        for at in self.oracle.span(running[0], env):
            yield from self._over(running[1:], {**env, running[0]: at})

    def compare(self, node: ast.Compare, env: Mapping[str, int]) -> Any:
        sides = self.eval(node.left, env), self.eval(node.comparators[0], env)
        return 1.0 * OPERATIONS[type(node.ops[0])](*sides)

    def entries(self, node: ast.List, env: Mapping[str, int]) -> Any:
        return 1.0 * np.array([self.eval(item, env) for item in node.elts])

    def attribute(self, node: ast.Attribute, env: Mapping[str, int]) -> Any:
        return np.transpose(self.eval(node.value, env))


READERS: dict[type[ast.AST], Callable[[_Run, Any, Mapping[str, int]], Any]] = {
    ast.Constant: lambda run, node, env: node.value,
    ast.Name: _Run.name, ast.Subscript: _Run.subscript, ast.Call: _Run.call,
    ast.Compare: _Run.compare, ast.List: _Run.entries,
    ast.Tuple: lambda run, node, env: tuple(run.eval(item, env) for item in node.elts),
    ast.Attribute: _Run.attribute,
    ast.UnaryOp: lambda run, node, env: OPERATIONS[type(node.op)](run.eval(node.operand, env)),
    ast.BinOp: lambda run, node, env: OPERATIONS[type(node.op)](
        run.eval(node.left, env), run.eval(node.right, env)),
}


def _target(node: ast.expr) -> tuple[str, list[ast.expr]]:
    if isinstance(node, ast.Name):
        return node.id, []
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return node.value.id, list(places)
    raise NotRead(ast.unparse(node))


def _letters(places: list[ast.expr]) -> int:
    return sum(isinstance(n, ast.Name) for place in places for n in ast.walk(place))


def _joined(model: str) -> str:
    """Bring every equation to the left margin; inside brackets it goes on by itself."""
    return "\n".join(line.strip() for line in model.splitlines())
