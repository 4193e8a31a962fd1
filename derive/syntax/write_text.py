"""Writing mathematics as plain text, in the syntax the reader reads back: ``W @ h[t-1] + b``.

The meaning of a text is Python's: `*`, `@` and `/` bind alike from the left, ``-a * b`` is
(-a) * b. Brackets follow from that, and stand where reading would be hard without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import singledispatch
from typing import Any

from derive.expr.integers import Int, IntLike
from derive.expr.integers import text as integer
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
from derive.expr.shapes import Shape
from derive.expr.walk import free_indices
from derive.syntax.open_names import filled, is_open
from derive.syntax.precedence import Binds, Piece
from derive.syntax.settings import short, window_settings

__all__ = ["declaring", "say_range", "write"]

MOST = 12  # entries of a list that are written out
DECLARED: ContextVar[Mapping[str, Range] | None] = ContextVar("DECLARED", default=None)


def write(expr: Expr) -> str:
    """Return the text of an expression."""
    return _text(expr).text


@contextmanager
def declaring(ranges: Mapping[str, Range]) -> Iterator[None]:
    """Say within where every sum runs, but for those over all that is declared for their index.

    A text written so can be read back without knowing more. Otherwise a sum that begins at a
    number is written short.
    """
    before = DECLARED.set(ranges)
    try:
        yield
    finally:
        DECLARED.reset(before)


@singledispatch
def _text(expr: Expr) -> Piece:
    raise TypeError(f"no text writer for {type(expr).__name__}")


def _inside(expr: Expr, least: Binds) -> str:
    piece = _text(expr)
    return piece.text if piece.binds >= least else f"({piece.text})"


def _listed(parts: Iterable[Expr]) -> str:
    return ", ".join(_text(part).text for part in parts)


def _at(index: Iterable[IntLike]) -> str:
    positions = ", ".join(map(integer, index))
    return f"[{positions}]" if positions else ""


# ---- what has no parts


def _digits(digits: str) -> Piece:
    if digits.startswith("-"):
        return Piece(digits, Binds.MINUS)
    return Piece(digits, Binds.SCALED if "/" in digits else Binds.ATOM)


@_text.register(Number)
def _number(expr: Number) -> Piece:
    return _digits(expr.typed or str(expr.value))


@_text.register(Constant)
def _constant(expr: Constant) -> Piece:
    return Piece(expr.name)


@_text.register(Dimension)
def _dimension(expr: Dimension) -> Piece:
    return Piece(integer(expr.value), _integer_binds(expr.value))


def _integer_binds(value: IntLike) -> Binds:
    if isinstance(value, Int) and len(value.terms) > 1:
        return Binds.SUM
    digits = integer(value)
    if digits.startswith("-"):
        return Binds.MINUS
    return Binds.SCALED if "*" in digits else Binds.ATOM


@_text.register(Symbol)
def _symbol(expr: Symbol) -> Piece:
    if is_open(expr.name):
        return Piece(filled(expr.name, map(integer, expr.index)))
    return Piece(expr.name + _at(expr.index))


@_text.register(Partial)
def _partial(expr: Partial) -> Piece:
    """Write dL/dh[t]; what is held stands behind a bar: dl[2]/dW | h[1]."""
    held = f" | {_listed(expr.held)}" if expr.held else ""
    top = write(expr.top) + _at(expr.component)
    return Piece(f"d{top}/d{write(expr.bottom)}{held}", Binds.DERIVATIVE)


@_text.register(Delta)
def _delta(expr: Delta) -> Piece:
    return Piece(f"delta({integer(expr.i)}, {integer(expr.j)})")


@_text.register(Eye)
def _eye(expr: Eye) -> Piece:
    return Piece(f"eye({integer(expr.size)})")


@_text.register(Fill)
def _fill(expr: Fill) -> Piece:
    if not expr.shape:
        return _digits(str(expr.value))
    name = {0: "zeros", 1: "ones"}.get(int(expr.value) if expr.value.denominator == 1 else -1)
    value = "" if name else f", {expr.value}"
    return Piece(f"{name or 'full'}({_size(expr.shape)}{value})")


def _size(shape: Shape) -> str:
    sizes = ", ".join(map(integer, shape))
    return sizes if len(shape) == 1 else f"({sizes})"


@_text.register(Literal)
def _literal(expr: Literal) -> Piece:
    if not expr.shape:
        return _digits(expr.say(expr.values[()]))
    return Piece(_nested(expr.values, expr))


def _nested(values: Any, expr: Literal) -> str:
    """Write nested lists of the digits shown; of a long one its beginning and its end."""
    if not values.shape:
        return expr.say(values[()])
    kept = list(values) if len(values) <= MOST else [*values[:MOST - 2], None, values[-1]]
    parts = ["..." if part is None else _member(part, expr) for part in kept]
    return f"[{', '.join(parts)}]"


def _member(part: Any, expr: Literal) -> str:
    return _nested(part, expr) if getattr(part, "shape", ()) else expr.say(part)


@_text.register(Array)
def _array(expr: Array) -> Piece:
    return Piece(f"[{_listed(expr.items)}]")


# ---- what is made with signs


@_text.register(Sum)
def _sum(expr: Sum) -> Piece:
    first, *others = expr.terms
    return Piece(_inside(first, Binds.SUM) + "".join(map(_term, others)), Binds.SUM)


@_text.register(Dots)
def _dots(expr: Dots) -> Piece:
    first, *others = expr.first
    shown = [_inside(first, Binds.SUM), *map(_term, others), " + ...", *map(_term, expr.last)]
    return Piece("".join(shown), Binds.SUM)


def _term(term: Expr) -> str:
    if isinstance(term, Neg):
        return " - " + _inside(term.arg, Binds.REDUCE)
    piece = _text(term)
    if piece.binds == Binds.MINUS and not isinstance(term, (Number, Literal)):
        return f" - {piece.text[1:]}"
    return " + " + _inside(term, Binds.REDUCE)


@_text.register(Neg)
def _neg(expr: Neg) -> Piece:
    return Piece("-" + _inside(expr.arg, Binds.REDUCE), Binds.MINUS)


def _head(expr: Expr, least: Binds) -> Piece:
    """Write a first factor: a minus needs no brackets there."""
    if isinstance(expr, Neg):
        return Piece("-" + _inside(expr.arg, least), Binds.MINUS)
    return Piece(_inside(expr, least))


def _chain(sign: str, parts: tuple[Expr, ...], first_least: Binds, own: Binds) -> Piece:
    head = _head(parts[0], first_least)
    text = sign.join([head.text, *(_inside(part, Binds.POWER) for part in parts[1:])])
    return Piece(text, min(own, Binds.MINUS if head.binds == Binds.MINUS else own))


@_text.register(Product)
def _product(expr: Product) -> Piece:
    least = Binds.SCALED if isinstance(expr.factors[0], (Product, Quotient)) else Binds.POWER
    return _chain(" * ", expr.factors, least, Binds.SCALED)


@_text.register(MatMul)
def _matmul(expr: MatMul) -> Piece:
    least = Binds.PRODUCT if isinstance(expr.left, MatMul) else Binds.POWER
    return _chain(" @ ", (expr.left, expr.right), least, Binds.PRODUCT)


@_text.register(Quotient)
def _quotient(expr: Quotient) -> Piece:
    least = Binds.SCALED if isinstance(expr.top, Product) else Binds.POWER
    small = isinstance(expr.top, Number) and isinstance(expr.bottom, Number)
    return _chain("/" if small else " / ", (expr.top, expr.bottom), least, Binds.SCALED)


@_text.register(Power)
def _power(expr: Power) -> Piece:
    text = f"{_inside(expr.base, Binds.ATOM)}**{_inside(expr.exponent, Binds.ATOM)}"
    return Piece(text, Binds.POWER)


@_text.register(Transpose)
def _transpose(expr: Transpose) -> Piece:
    return Piece(f"{_inside(expr.arg, Binds.ATOM)}.T")


# ---- what is written name(arguments)


@_text.register(Outer)
def _outer(expr: Outer) -> Piece:
    return Piece(f"outer({_listed((expr.left, expr.right))})")


@_text.register(Diag)
def _diag(expr: Diag) -> Piece:
    return Piece(f"diag({write(expr.arg)})")


@_text.register(Apply)
def _apply(expr: Apply) -> Piece:
    if expr.op in OTHERWISE:
        return OTHERWISE[expr.op](expr)
    if expr.op in SHORTER:
        return Piece(SHORTER[expr.op](expr))
    arguments = _listed(expr.args)
    if expr.op == "unknown function":
        return Piece(f"{_primed(**dict(expr.params))}({arguments})")
    if expr.op.startswith("unknown function of"):
        return Piece(f"{_derived(**dict(expr.params))}({arguments})")
    if expr.op == "largest_slope":
        given = dict(expr.params)
        return Piece(f"largest_slope({given.get('called', given['function'])})")
    if expr.op in LIST_ARGUMENT:
        arguments = f"[{arguments}]"
    known = window_settings(expr)
    needed = _needed(expr) if known is None else known
    settings = [f"{name}={_setting(value)}" if name else _setting(value) for name, value in needed]
    return Piece(f"{expr.op}({', '.join([arguments, *settings])})")


# indicators of a comparison, which is how they are typed
COMPARISONS = {"nonnegative": ">=", "negative": "<", "nonpositive": "<=", "at_zero": "=="}


def _comparison(expr: Apply) -> Piece:
    """Write a - b >= 0 as it is typed, ``a >= b``; in brackets wherever more stands beside it."""
    (arg,) = expr.args
    left, right = arg, "0"
    if isinstance(arg, Sum) and len(arg.terms) == 2 and isinstance(arg.terms[1], Neg):
        left, right = arg.terms[0], write(arg.terms[1].arg)
    return Piece(f"{write(left)} {COMPARISONS[expr.op]} {right}", Binds.DERIVATIVE)


# operations whose text is not name(arguments, setting=value)
SHORTER: dict[str, Callable[[Apply], str]] = {
    "einsum": lambda e: f"einsum({_param(e, 'spec')!r}, {_listed(e.args)})".replace("'", '"'),
    "norm": lambda e: f"norm({write(e.args[0])}{', 2' * (len(e.args[0].shape) == 2)})",
    "frobenius": lambda e: f"norm({write(e.args[0])})",
    "var": lambda e: f"var({', '.join([write(e.args[0]), *_said(e)])})",
    "cumsum": lambda e: f"cumsum({', '.join([write(e.args[0]), *_said(e)])})",
    "tril": lambda e: f"tril({', '.join([write(e.args[0]), *_said(e)])})",
    "triu": lambda e: f"triu({', '.join([write(e.args[0]), *_said(e)])})",
    "part": lambda e: f"{_inside(e.args[0], Binds.ATOM)}[{', '.join(_places(e))}]",
    "placed": lambda e: f"placed({write(e.args[0])}, [{', '.join(_places(e))}])",
    "permute": lambda e: f"transpose({write(e.args[0])}, {_order(e)})",
    "expand": lambda e: f"expand_dims({write(e.args[0])}, axis={_setting(_param(e, 'axis'))})",
    "pad": lambda e: f"pad({write(e.args[0])}, {_frame(e)})",
    "diagonal": lambda e: f"diag({write(e.args[0])})",
    "matrix_power": lambda e: f"matrix_power({write(e.args[0])}, {integer(_param(e, 'n')[0])})",
    "kron": lambda e: f"kron({_listed(e.args)})",
    "kron_left": lambda e: f"kron_left({_listed(e.args)})",
    "kron_right": lambda e: f"kron_right({_listed(e.args)})",
}


def _said(expr: Apply) -> list[str]:
    """Write the settings that are not what is understood: 0 and False go without saying."""
    return [f"{name}={_setting(value)}" for name, value in _needed(expr) if value]


def _frame(expr: Apply) -> str:
    """Write how wide a frame is: one number where it is so on every side of every axis."""
    widths = _param(expr, "padding")
    missing = ((0, 0),) * (len(expr.args[0].shape) - len(widths))
    return _setting(short((*missing, *widths)))


def _places(expr: Apply) -> list[str]:
    """Write the slices: 0:n, : for a whole axis, 2 for one position."""
    given = dict(expr.params)
    whole = given.get("shape", expr.args[0].shape)
    ends = zip(given["starts"], given["stops"], given["kept"], whole, strict=True)
    return [integer(a) if not stays else ":" if (a, b) == (0, n)
            else f"{integer(a)}:{integer(b)}" for a, b, stays, n in ends]


def _order(expr: Apply) -> str:
    axes = _param(expr, "axes")
    return f"({', '.join(str(a + len(axes)) for a in axes)})"


def _param(expr: Apply, name: str) -> Any:
    return dict(expr.params)[name]


def _primed(called: str, order: int) -> str:
    return called + "'" * order


def _derived(called: str, slots: tuple[tuple[int, bool], ...], ranks: tuple[int, ...],
             **params: Any) -> str:
    """Write f, f' for the derivative by the only argument, f'2 for that by the second of them."""
    marks = ("'" if len(ranks) == 1 else f"'{slot + 1}" for slot, _ in slots)
    return called + "".join(marks)


def _gather(table: Expr, label: Expr) -> Piece:
    if isinstance(table, Eye):
        return Piece(f"one_hot({write(label)}, {integer(table.size)})")
    return Piece(f"{_inside(table, Binds.ATOM)}[{write(label)}]")


# what holds together less tightly than name(arguments)
OTHERWISE: dict[str, Callable[[Apply], Piece]] = {
    "sizes by sizes": lambda e: Piece(
        " x ".join(_inside(arg, Binds.SCALED) for arg in e.args), Binds.SCALED),
    "gather": lambda e: _gather(*e.args),
    **dict.fromkeys(COMPARISONS, _comparison),
}
# the axis an operation takes when none is said; all axes for the others
UNDERSTOOD_AXIS = {"softmax": [(-1,)], "logsumexp": [(-1,)], "cross_entropy": [(-1,)]}
LIST_ARGUMENT = frozenset({"concatenate", "stack"})


def _needed(expr: Apply) -> Iterable[tuple[str, Any]]:
    """Yield the settings that differ from what is understood without them."""
    rank = len(expr.args[0].shape) if expr.args else 0
    understood: dict[str, list[Any]] = {"keepdims": [False],
                                        "axis": [None, *UNDERSTOOD_AXIS.get(expr.op, []),
                                                 tuple(range(-rank, 0))]}
    return ((n, v) for n, v in expr.params
            if n not in ("kink", "ties") and v not in understood.get(n, []))


def _setting(value: Any) -> str:
    if isinstance(value, tuple):
        inner = ", ".join(map(_setting, value))
        return inner if len(value) == 1 else f"({inner})"
    return str(value) if isinstance(value, (int, float, Fraction, Int)) else repr(value)


@_text.register(Reduce)
def _reduce(expr: Reduce) -> Piece:
    declared = DECLARED.get()
    known = (all(isinstance(lo, int) for lo in expr.range.los) if declared is None
             else declared.get(expr.index) == expr.range)
    over = expr.index if known else f"{expr.index}={say_range(expr.range)}"
    return Piece(f"{expr.kind}({write(expr.body)}, {over})")


@_text.register(MatrixProduct)
def _matrix_product(expr: MatrixProduct) -> Piece:
    """Write the ends in the order of the factors: k=1..t, or k=t..1 with the step -1.

    Equal factors are a power.
    """
    body = write(expr.body)
    if expr.index not in free_indices(expr.body) and _is_plain(expr.range):
        return Piece(f"matrix_power({body}, {integer(expr.range.hi - expr.range.lo + 1)})")
    ends = _tightest(expr.range.los, "max"), _tightest(expr.range.his, "min")
    first, last = reversed(ends) if expr.falling else ends
    step = ", step=-1" if expr.falling else ""
    return Piece(f"matprod({body}, {expr.index}={first}..{last}{step})")


def _is_plain(bounds: Range) -> bool:
    return len(bounds.los) == len(bounds.his) == 1


def say_range(bounds: Range) -> str:
    """Write where an index runs, ``1..T``; a sum from a number on names its index only."""
    last = _tightest(bounds.his, "min") if bounds.his else ""
    return f"{_tightest(bounds.los, 'max')}..{last}"


def _tightest(ends: tuple[IntLike, ...], choice: str) -> str:
    listed = ", ".join(map(integer, ends))
    return listed if len(ends) == 1 else f"{choice}({listed})"


@_text.register(Entry)
def _entry(expr: Entry) -> Piece:
    return Piece(f"{_inside(expr.arg, Binds.ATOM)}{_at(expr.at)}")
