r"""Parts of arrays and arrays put together: z_{0:n}, U_{:,2}, [h; x], and zeros around a part."""

from __future__ import annotations

import re
from collections.abc import Callable

from derive.expr.nodes import Apply, Expr, Symbol
from derive.expr.shapes import Shape
from derive.syntax.latex.matrices import environment
from derive.syntax.latex.rows import lies
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import brackets, inside, raised, tex
from derive.syntax.names import latex_integer, with_index
from derive.syntax.precedence import Binds, Piece

__all__ = ["BLOCKS"]

_SUBSCRIPT = re.compile(r"_\{[^{}]*\}$")


def _places(expr: Apply, whole: Shape, style: Style) -> list[str]:
    """Write 0:n for a slice, : for a whole axis, 2 for one position."""
    given = dict(expr.params)

    def end(value: object) -> str:
        return latex_integer(value, style.notation).text  # type: ignore[arg-type]

    ends = zip(given["starts"], given["stops"], given["kept"], whole, strict=True)
    return [end(a) if not stays else ":" if (a, b) == (0, n) else f"{end(a)}:{end(b)}"
            for a, b, stays, n in ends]


def _part(expr: Apply, style: Style) -> Piece:
    base = expr.args[0]
    places, piece = _places(expr, base.shape, style), tex(base, style)
    if isinstance(base, Symbol):
        return Piece(with_index(piece.text, places), piece.binds)
    return Piece(f"{inside(piece, Binds.ATOM)}_{{{','.join(places)}}}")


def _cut(expr: Apply) -> int | None:
    """Return the axis along which a part is surrounded by zeros, if it is only one."""
    given = dict(expr.params)
    ends = zip(given["starts"], given["stops"], given["kept"], given["shape"], strict=True)
    cut = [k for k, (a, b, stays, n) in enumerate(ends) if not stays or (a, b) != (0, n)]
    return cut[0] if len(cut) == 1 and all(given["kept"]) else None


def _placed(expr: Apply, style: Style) -> Piece:
    """Write the part between its zeros; where it lies across several axes, say where."""
    given, along = dict(expr.params), _cut(expr)
    inner = tex(expr.args[0], style).text
    if along is None or len(given["shape"]) > 2:
        where = ",".join(_places(expr, given["shape"], style))
        return Piece(rf"\operatorname{{place}}_{{{where}}}{brackets(inner)}")
    before = ["0"] if given["starts"][along] != 0 else []
    behind = ["0"] if given["stops"][along] != given["shape"][along] else []
    between = " & " if along or (len(given["shape"]) == 1 and lies(expr)) else r" \\ "
    return Piece(environment(between.join([*before, inner, *behind]), style))


def _concatenated(expr: Apply, style: Style) -> Piece:
    """Write vectors below each other, rows and matrices side by side as blocks."""
    (axis,) = dict(expr.params).get("axis", (-1,))
    rank = len(expr.shape)
    if rank > 2:
        listed = ", ".join(tex(arg, style).text for arg in expr.args)
        return Piece(rf"\operatorname{{concat}}_{{{rank + axis}}}{brackets(listed)}")
    beside = axis == -1 and (rank == 2 or lies(expr))
    between = " & " if beside else r" \\ "
    return Piece(environment(between.join(tex(arg, style).text for arg in expr.args), style))


def _permuted(expr: Apply, style: Style) -> Piece:
    axes = dict(expr.params)["axes"]
    order = ",".join(str(a + len(axes)) for a in axes)
    return raised(tex(expr.args[0], style), rf"\top({order})")


def _einsum(expr: Apply, style: Style) -> Piece:
    r"""Write the sum entry by entry: [\sum_j A_{i,j} B_{j,k}]_{i,k}."""
    left, _, right = str(dict(expr.params)["spec"]).partition("->")
    terms = left.split(",")
    summed = dict.fromkeys(c for c in left.replace(",", "") if c not in right)
    body = r" \, ".join(_at(arg, letters, style)
                        for letters, arg in zip(terms, expr.args, strict=True))
    if summed:
        body = rf"\sum_{{{','.join(summed)}}} {body}"
    if not right:
        return Piece(body, Binds.REDUCE)
    return Piece(rf"\left[ {body} \right]_{{{','.join(right)}}}")


def _at(arg: Expr, letters: str, style: Style) -> str:
    piece = tex(arg, style)
    if not letters:
        return inside(piece, Binds.PRODUCT)
    if isinstance(arg, Symbol):
        return with_index(piece.text, list(letters))
    # ones carry their shape, and a sum entry by entry its letters, where these would stand
    base = brackets(piece.text) if _SUBSCRIPT.search(piece.text) else inside(piece, Binds.ATOM)
    return f"{base}_{{{','.join(letters)}}}"


def _cumsum(expr: Apply, style: Style) -> Piece:
    r"""Write [\sum_{k \ge i} g_k]_i for the sum of what comes after."""
    given, arg = dict(expr.params), expr.args[0]
    if not given["reverse"] or len(arg.shape) != 1:
        mark = r"^{\leftarrow}" if given["reverse"] else ""
        along = style.word("rows" if given["axis"] == (-1,) else "columns")
        axis = "" if len(arg.shape) == 1 else rf"_{{\text{{{along}}}}}"
        return Piece(rf"\operatorname{{cumsum}}{mark}{axis}{brackets(tex(arg, style).text)}")
    return Piece(rf"\left[ \sum_{{k \ge i}} {_at(arg, 'k', style)} \right]_{{i}}")


def _triangle(expr: Apply, style: Style) -> Piece:
    offset = dict(expr.params)["k"]
    under = f"_{{{offset}}}" if offset else ""
    return Piece(rf"\operatorname{{{expr.op}}}{under}{brackets(tex(expr.args[0], style).text)}")


BLOCKS: dict[str, Callable[[Apply, Style], Piece]] = {
    "part": _part, "placed": _placed, "concatenate": _concatenated, "permute": _permuted,
    "einsum": _einsum, "cumsum": _cumsum, "tril": _triangle, "triu": _triangle,
}
