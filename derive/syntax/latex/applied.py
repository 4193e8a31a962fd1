r"""Functions and sums: \tanh(x), \sqrt{x}, \sum_k y_k, \sum_{t=1}^{T} l_t."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from operator import mul
from typing import Any

from derive.expr.integers import IntLike, named
from derive.expr.nodes import (
    Apply,
    Delta,
    Expr,
    Eye,
    Literal,
    MatMul,
    MatrixProduct,
    Range,
    Reduce,
    Sum,
)
from derive.expr.walk import free_indices, places, walk
from derive.syntax.latex.blocks import BLOCKS
from derive.syntax.latex.entries import entry_of, free_letters
from derive.syntax.latex.indicators import INDICATORS, indicator
from derive.syntax.latex.matrices import is_matrix
from derive.syntax.latex.picked import picked
from derive.syntax.latex.rows import row, spread
from derive.syntax.latex.style import FUNCTIONS, Style
from derive.syntax.latex.tree import brackets, inside, raised, tex
from derive.syntax.latex.unknown import UNKNOWN
from derive.syntax.latex.width import width
from derive.syntax.latex.windows import SLIDING
from derive.syntax.names import GREEK, has_superscript, latex_integer, latex_name
from derive.syntax.precedence import Binds, Piece

__all__ = ["FORMS"]

Form = Callable[[Apply, Style], Piece]
MOST_SUMMED = 6
PRINTABLE = (int, float, str, Fraction)


@tex.register(Apply)
def _apply(expr: Apply, style: Style) -> Piece:
    chosen = style.functions.get(expr.op, "")
    if "{}" in chosen or "{0}" in chosen:
        return _pattern(expr, chosen, style)
    form = FORMS.get(expr.op)
    return form(expr, style) if form else _called(expr, style)


def _pattern(expr: Apply, pattern: str, style: Style) -> Piece:
    text = pattern.format(*(tex(arg, style).text for arg in expr.args))
    return Piece(text, Binds.POWER if has_superscript(text) else Binds.ATOM)


def _called(expr: Apply, style: Style) -> Piece:
    """Write name(arguments); one matrix brings its own brackets."""
    name = _with_setting(function_name(expr.op, style), _setting(expr, style))
    if len(expr.args) == 1 and is_matrix(expr.args[0]):
        return Piece(f"{name} {tex(expr.args[0], style).text}", Binds.FRACTION)
    args = (spread(arg, expr, style) for arg in expr.args)
    return Piece(name + brackets(", ".join(tex(arg, style).text for arg in args)))


def _with_setting(name: str, setting: str) -> str:
    r"""Put a setting behind what already stands below a name: \mathbf{1}_{\max, \text{rows}}."""
    if setting and "_{" in name and name.endswith("}"):
        return f"{name[:-1]}, {setting.removeprefix('_{')}"
    return name + setting


def function_name(op: str, style: Style) -> str:
    known = style.functions.get(op) or FUNCTIONS.get(op)
    if known:
        return known
    if op in style.notation or op in GREEK or len(op) == 1:
        return latex_name(op, style.notation)
    return rf"\operatorname{{{op.replace('_', ' ')}}}"


def _setting(expr: Apply, style: Style) -> str:
    """Name settings a reader needs: a slope, or the axis of a matrix."""
    settings = dict(expr.params)
    axis = settings.pop("axis", None)
    settings.pop("keepdims", None)
    settings.pop("whole", None)     # of all axes, or of those that are told
    if not settings.get("ddof"):
        settings.pop("ddof", None)
    for convention in ("kink", "ties"):     # stated at the head of the sheet
        settings.pop(convention, None)
    said = [str(value) for value in settings.values() if isinstance(value, PRINTABLE)]
    if axis is not None and len(expr.args[0].shape) == 2:
        said += _axis_words(axis, expr, style)
    if axis is not None and len(expr.args[0].shape) > 2:
        said += _numbered_axes(axis, expr, style)
    return f"_{{{', '.join(said)}}}" if said else ""


OF_ALL = ("first_max", "first_min")     # where nothing is said, they mean all entries


def _axis_words(axis: Any, expr: Apply, style: Style) -> list[str]:
    axes = axis if isinstance(axis, tuple) else (axis,)
    usual = axes[0] % 2 == 1 and expr.shape == expr.args[0].shape and expr.op not in OF_ALL
    if len(axes) != 1 or usual:
        return []  # along each row is what people expect of a softmax
    return [rf"\text{{{style.word('rows' if axes[0] % 2 else 'columns')}}}"]


def _numbered_axes(axis: Any, expr: Apply, style: Style) -> list[str]:
    """Name the axes of a stack of matrices, counted from 0; not all of them, and not the last."""
    rank = len(expr.args[0].shape)
    axes = sorted(a % rank for a in (axis if isinstance(axis, tuple) else (axis,)))
    alone = expr.shape == expr.args[0].shape and axes == [rank - 1]
    if alone or len(axes) == rank:
        return []
    word = style.word("axis" if len(axes) == 1 else "axes")
    return [rf"\text{{{word} }} {', '.join(map(str, axes))}"]


def _largest_slope(expr: Apply, style: Style) -> Piece:
    r"""Write \gamma_{\psi}: how steep a function is at most."""
    settings = dict(expr.params)
    called = settings.get("called")
    name = (latex_name(called, style.notation) if called
            else function_name(settings["function"], style))
    return Piece(rf"\gamma_{{{name}}}")


def _exp(expr: Apply, style: Style) -> Piece:
    """Write e^x for a short scalar exponent."""
    arg = tex(expr.args[0], style).text
    if expr.shape or "frac" in arg or width(arg) > 3.5:
        return _called(expr, style)
    return Piece(f"e^{{{arg}}}", Binds.POWER)


def _sqrt(expr: Apply, style: Style) -> Piece:
    return Piece(rf"\sqrt{{{tex(expr.args[0], style).text}}}")


def _abs(expr: Apply, style: Style) -> Piece:
    return Piece(rf"\left\lvert {tex(expr.args[0], style).text} \right\rvert")


def _norm(expr: Apply, style: Style) -> Piece:
    r"""Write \lVert A \rVert_2, and |x| for a number."""
    body = tex(expr.args[0], style).text
    if not expr.args[0].shape:
        return Piece(rf"\left\lvert {body} \right\rvert")
    return Piece(rf"\left\lVert {body} \right\rVert_{{2}}")


def _frobenius(expr: Apply, style: Style) -> Piece:
    r"""Write \lVert A \rVert_F."""
    return Piece(rf"\left\lVert {tex(expr.args[0], style).text} \right\rVert_{{F}}")


def _squared_error(expr: Apply, style: Style) -> Piece:
    """Write the squared length of p - y; of matrices that is the Frobenius norm."""
    if expr.shape:
        return _called(expr, style)  # one loss per row
    target, guess = (tex(arg, style) for arg in expr.args)
    difference = f"{guess.text} - {inside(target, Binds.REDUCE)}"
    rank = len(expr.args[0].shape)
    if not rank:
        return raised(Piece(brackets(difference)), "2")
    norm = rf"\left\lVert {difference} \right\rVert{'_{F}' if rank > 1 else ''}"
    return raised(Piece(norm), "2")


def _inverse(expr: Apply, style: Style) -> Piece:
    return raised(tex(expr.args[0], style), "-1")


def _matrix_power(expr: Apply, style: Style) -> Piece:
    (exponent,) = dict(expr.params)["n"]
    return raised(tex(expr.args[0], style), latex_integer(exponent, style.notation).text)


def _kron(expr: Apply, style: Style) -> Piece:
    left, right = (inside(tex(arg, style), Binds.POWER) for arg in expr.args)
    return Piece(rf"{left} \otimes {right}", Binds.PRODUCT)


def _kron_part(part: str) -> Form:
    r"""Write [<G_{ij}, B>]_{ij}, G_ij the blocks; sum_{ij} a_ij G_ij."""
    def form(expr: Apply, style: Style) -> Piece:
        rank = len(expr.shape)
        i, j = ("i", "j")
        g, other = (tex(arg, style) for arg in expr.args)
        block = rf"{{{inside(g, Binds.ATOM)}}}_{{({'ij'[:rank]})}}"
        if part == "left":
            inner = rf"\left\langle {block}, {other.text} \right\rangle"
            return Piece(rf"\left[ {inner} \right]_{{{'ij'[:rank]}}}")
        weight = rf"{{{inside(other, Binds.ATOM)}}}_{{{','.join((i, j)[:rank])}}}"
        return Piece(rf"\sum_{{{','.join((i, j)[:rank])}}} {weight} \, {block}", Binds.REDUCE)
    return form


def _sum_entries(expr: Apply, style: Style) -> Piece:
    axes = _axes(expr)
    rank = len(expr.args[0].shape)
    if len(axes) == rank and 1 <= rank <= 2 and not expr.shape:
        return _all_entries(expr.args[0], style)
    if rank == 2 and len(axes) == 1:
        return _times_ones(expr, axes[0], style)
    return _called(expr, style)


def _axes(expr: Apply) -> tuple[int, ...]:
    axis = dict(expr.params).get("axis")
    rank = len(expr.args[0].shape)
    axes = range(rank) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return tuple(a % rank for a in axes)


def _all_entries(arg: Expr, style: Style) -> Piece:
    r"""Write \sum_k y_k \log p_k; where entries do not go one by one, sum(...)."""
    if isinstance(arg, Literal) and len(arg.shape) == 1 and len(arg.values) <= MOST_SUMMED:
        return _written_out(arg, style)
    if is_matrix(arg):
        return Piece(rf"\operatorname{{sum}} {tex(arg, style).text}", Binds.FRACTION)
    if any(isinstance(part, Literal) and part.shape for part in walk(arg)):
        return Piece(rf"\operatorname{{sum}}{brackets(tex(arg, style).text)}", Binds.FRACTION)
    letters = free_letters(arg, len(arg.shape), style.taken)
    body = inside(tex(entry_of(arg, letters), style), Binds.REDUCE)
    return Piece(rf"\sum_{{{','.join(map(str, letters))}}} {body}", Binds.REDUCE)


def _written_out(vector: Literal, style: Style) -> Piece:
    """Write the sum of a few numbers in brackets: (0.024 + 0.334)."""
    terms = tuple(replace(vector, values=entry) for entry in _scalars(vector.values))
    return Piece(brackets(tex(Sum(terms), style).text)) if len(terms) > 1 else tex(terms[0], style)


def _scalars(values: Any) -> list[Any]:
    """Return the entries of a vector as arrays without axes."""
    return [values[k:k + 1].reshape(()) for k in range(len(values))]


def _times_ones(expr: Apply, axis: int, style: Style) -> Piece:
    r"""Write row sums X 1 and column sums X^\top 1 of a matrix."""
    arg = tex(expr.args[0], style)
    if axis == 1:
        return Piece(rf"{inside(arg, Binds.PRODUCT)} \mathbf{{1}}", Binds.PRODUCT)
    if expr.shape and len(expr.shape) == 2:
        return Piece(rf"\mathbf{{1}}^{{\top}} {inside(arg, Binds.PRODUCT)}", Binds.PRODUCT)
    return Piece(rf"{raised(arg, chr(92) + 'top').text} \mathbf{{1}}", Binds.PRODUCT)


def _mean_entries(expr: Apply, style: Style) -> Piece:
    arg = expr.args[0]
    whole = _sum_entries(expr, style)
    sizes = [arg.shape[axis] for axis in _axes(expr)]
    if not sizes or whole.text.startswith(r"\operatorname"):
        return _called(expr, style)
    one: IntLike = 1
    count = latex_integer(reduce(mul, sizes, one), style.notation).text
    return Piece(rf"\frac{{1}}{{{count}}} {whole.text}", min(whole.binds, Binds.SCALED))


def _expanded(expr: Apply, style: Style) -> Piece:
    """An axis of size 1 is not seen on paper, but for a vector that becomes a row."""
    arg = expr.args[0]
    lying = len(arg.shape) == 1 and dict(expr.params)["axis"] == (-2,)
    return row(arg, style) if lying else tex(arg, style)


def _dot(expr: Apply, style: Style) -> Piece:
    left, right = expr.args
    if len(left.shape) != 1 or len(right.shape) != 1:
        return _called(expr, style)
    return tex(MatMul(left, right), style)


def _gather(expr: Apply, style: Style) -> Piece:
    """Write V_{k,:} for the row of V at a label, e_k for one of the identity."""
    table, label = expr.args
    if isinstance(table, Eye) and not label.shape:
        return Piece(rf"\mathbf{{e}}_{{{tex(label, style).text}}}")
    return picked(expr, style)


# operations that are not written name(arguments)
FORMS: dict[str, Form] = {
    "abs": _abs, "dot": _dot, "exp": _exp, "expand": _expanded,
    "frobenius": _frobenius, "gather": _gather, "inv": _inverse, "kron": _kron,
    "kron_left": _kron_part("left"),
    "kron_right": _kron_part("right"), "largest_slope": _largest_slope,
    "matrix_power": _matrix_power, "mean": _mean_entries, "norm": _norm, "sqrt": _sqrt,
    "squared_error": _squared_error, "sum": _sum_entries,
    **dict.fromkeys(INDICATORS, indicator),
    **UNKNOWN,
    **SLIDING,
    **BLOCKS,
}

SIGNS = {"sum": r"\sum", "prod": r"\prod"}


@tex.register(Reduce)
def _reduce(expr: Reduce, style: Style) -> Piece:
    """Write a sum over an index; a mean is one over the number of terms, times the sum."""
    if _over_all_entries(expr):
        letters = [latex_name(expr.index, style.notation)]
        inner = expr.body
        while isinstance(inner, Reduce) and _over_all_entries(inner):   # one sign for sum_i sum_j
            letters.append(latex_name(inner.index, style.notation))
            inner = inner.body
        body = inside(tex(inner, style), Binds.REDUCE)
        return Piece(f"{SIGNS['sum']}_{{{','.join(letters)}}} {body}", Binds.REDUCE)
    lower, upper = _bounds(expr.range, style)
    limits = f"_{{{latex_name(expr.index, style.notation)}={lower}}}^{{{upper}}}"
    body = inside(tex(expr.body, style), Binds.REDUCE)
    return Piece(f"{_sign(expr, style)}{limits} {body}", Binds.REDUCE)


@tex.register(MatrixProduct)
def _matrix_product(expr: MatrixProduct, style: Style) -> Piece:
    """Write the end of the first factor below, that of the last above; equal ones as a power."""
    body = tex(expr.body, style)
    if expr.index not in free_indices(expr.body) and len(expr.range.los + expr.range.his) == 2:
        count = latex_integer(expr.range.hi - expr.range.lo + 1, style.notation).text
        return raised(body, count)
    ends = _bounds(expr.range, style)
    first, last = reversed(ends) if expr.falling else ends
    limits = f"_{{{latex_name(expr.index, style.notation)}={first}}}^{{{last}}}"
    return Piece(f"{SIGNS['prod']}{limits} {inside(body, Binds.PRODUCT)}", Binds.REDUCE)


def _over_all_entries(expr: Reduce) -> bool:
    """True where the index runs through a whole axis of entries: sum_k y_k needs no bounds."""
    letter, bounds = named(expr.index), expr.range
    parts = list(walk(expr.body))
    sizes = [size for part in parts for place, size in places(part) if place == letter]
    whole = any(bounds.his == (size - 1,) for size in sizes) or (
        not sizes and any(isinstance(part, Delta) and letter in (part.i, part.j) for part in parts))
    return expr.kind == "sum" and bounds.los == (0,) and whole


def _sign(expr: Reduce, style: Style) -> str:
    if expr.kind != "mean":
        return SIGNS[expr.kind]
    bounds = expr.range
    if len(bounds.los) > 1 or len(bounds.his) > 1:
        return r"\operatorname*{mean}"
    count = latex_integer(bounds.hi - bounds.lo + 1, style.notation).text
    return rf"\frac{{1}}{{{count}}} \sum"


def _bounds(bounds: Range, style: Style) -> tuple[str, str]:
    """Write both ends; of several bounds the tightest counts."""
    return (_tightest(bounds.los, r"\max", style), _tightest(bounds.his, r"\min", style))


def _tightest(ends: tuple[IntLike, ...], choice: str, style: Style) -> str:
    texts = [latex_integer(end, style.notation).text for end in ends]
    return texts[0] if len(texts) == 1 else f"{choice}({', '.join(texts)})"
