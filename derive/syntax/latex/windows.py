r"""Convolution and pooling: X \star K, \operatorname{maxpool}_{2 \times 2}(X), \tilde{X}."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from derive.expr.nodes import Apply, Array, Expr, Symbol
from derive.syntax.latex.matrices import is_matrix, shape_label
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import brackets, inside, tex
from derive.syntax.names import accented
from derive.syntax.precedence import Binds, Piece
from derive.syntax.settings import window_settings

__all__ = ["SLIDING"]

Form = Callable[[Apply, Style], Piece]


def _correlated(expr: Apply, style: Style) -> Piece:
    r"""Write the cross-correlation X \star K, its settings under the star."""
    left, right = (tex(arg, style) for arg in expr.args)
    said = _said(expr)
    star = rf"\star_{{{','.join(said)}}}" if said else r"\star"
    return Piece(rf"{inside(left, Binds.PRODUCT)} {star} {inside(right, Binds.POWER)}",
                 Binds.PRODUCT)


def _transposed(name: str) -> Form:
    r"""Write \operatorname{conv}^{\top}_{s=2}(G, K), where no entry formula says it better."""
    def form(expr: Apply, style: Style) -> Piece:
        said = _said(expr)
        under = f"_{{{','.join(said)}}}" if said else ""
        return _under(rf"\operatorname{{{name}}}^{{\top}}{under}", expr.args, style)
    return form


def _said(expr: Apply) -> list[str]:
    """Write settings that have a name: s=2, p=(1, 0), and s where the stride is called s."""
    found = [(name[0], _value(value)) for name, value in window_settings(expr) or () if name]
    return [name if name == value else f"{name}={value}" for name, value in found]


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "(" + ",".join(map(_value, value)) + ")"
    return str(value)


def _windowed(name: str) -> Form:
    r"""Write \operatorname{maxpool}_{2 \times 2}(X)."""
    def form(expr: Apply, style: Style) -> Piece:
        params = dict(expr.params)
        said = [r" \times ".join(map(str, params["size"]))]
        said += _said(expr)
        return _under(rf"\operatorname{{{name}}}_{{{', '.join(said)}}}", expr.args[:1], style)
    return form


def _back(name: str) -> Form:
    r"""Write \operatorname{unpool}_{X}(G): the derivative of a pooling of X."""
    def form(expr: Apply, style: Style) -> Piece:
        arg = tex(expr.args[1], style).text if isinstance(expr.args[1], Symbol) else ""
        return _under(rf"\operatorname{{{name}}}" + (f"_{{{arg}}}" if arg else ""),
                      expr.args[:1], style)
    return form


def _under(name: str, args: tuple[Expr, ...], style: Style) -> Piece:
    if len(args) == 1 and is_matrix(args[0]):
        return Piece(f"{name} {tex(args[0], style).text}", Binds.FRACTION)
    return Piece(name + brackets(", ".join(tex(arg, style).text for arg in args)))


def _laid_anew(expr: Apply, style: Style) -> Piece:
    if len(expr.shape) == 1:
        return _under(r"\operatorname{vec}", expr.args, style)
    shape = shape_label(expr.shape, style)
    return _under(rf"\operatorname{{reshape}}_{{{shape}}}", expr.args, style)


def _framed(expr: Apply, style: Style) -> Piece:
    r"""Write \tilde{X} for X in a frame of zeros."""
    arg = expr.args[0]
    if isinstance(arg, Symbol):
        return Piece(accented(r"\tilde", tex(arg, style).text))
    return _under(r"\operatorname{pad}", expr.args, style)


def _largest(expr: Apply, style: Style) -> Piece:
    arg = expr.args[0]
    if not isinstance(arg, Array):
        return _under(r"\max", (arg,), style)
    listed = ", ".join(tex(item, style).text for item in arg.items)
    return Piece(rf"\max{brackets(listed)}")


def _whole_part(expr: Apply, style: Style) -> Piece:
    return Piece(rf"\left\lfloor {tex(expr.args[0], style).text} \right\rfloor")


def _by(expr: Apply, style: Style) -> Piece:
    sizes = (inside(tex(arg, style), Binds.SCALED) for arg in expr.args)
    return Piece(r" \times ".join(sizes), Binds.SCALED)


def _count(expr: Apply, style: Style) -> Piece:
    r"""Write \# K, the number of entries of K; of many quantities what they are together."""
    if len(expr.args) > 1:
        together = style.word(str(dict(expr.params)["together"]))
        return Piece(rf"\#\text{{{together}}}", Binds.PRODUCT)
    return Piece(rf"\# {inside(tex(expr.args[0], style), Binds.POWER)}", Binds.PRODUCT)


def _shape(expr: Apply, style: Style) -> Piece:
    return _under(r"\operatorname{shape}", expr.args, style)


SLIDING: dict[str, Form] = {
    "conv1d": _correlated, "conv2d": _correlated, "pad": _framed, "largest": _largest,
    **{f"conv{n}d_input_gradient": _transposed("conv") for n in (1, 2)},
    **{f"conv_transpose{n}d": _transposed("conv") for n in (1, 2)},
    **{f"conv{n}d_kernel_gradient": _transposed("corr") for n in (1, 2)},
    "sizes by sizes": _by, "number of entries": _count, "shape of": _shape,
    "floor": _whole_part, "reshape": _laid_anew, "flatten": _laid_anew,
    **{f"{kind}_pool{n}d": _windowed(f"{kind}pool") for kind in ("max", "avg") for n in (1, 2)},
    **{f"{kind}_pool{n}d_gradient": _back("unpool") for kind in ("max", "avg") for n in (1, 2)},
}
