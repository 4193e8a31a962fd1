r"""Unknown functions: \psi'(z), the gradient \nabla_{o} l(o, y), the Jacobian J_{A}(a)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from derive.expr.nodes import Apply, Symbol
from derive.syntax.latex.matrices import is_matrix
from derive.syntax.latex.style import Style
from derive.syntax.latex.tree import brackets, tex
from derive.syntax.names import latex_name
from derive.syntax.precedence import Binds, Piece

__all__ = ["UNKNOWN"]

MOST_PRIMES = 3
MOST_ARGUMENTS = 6


def _primed(expr: Apply, style: Style) -> Piece:
    r"""Write \psi(z), \psi'(z); a high derivative as \psi^{(4)}(z)."""
    settings = dict(expr.params)
    name, order = latex_name(settings["called"], style.notation), settings["order"]
    marked = name + "'" * order if order <= MOST_PRIMES else f"{name}^{{({order})}}"
    return Piece(marked + _arguments(expr, style))


def _arguments(expr: Apply, style: Style) -> str:
    """Write (a, b); one matrix brings its own brackets."""
    if len(expr.args) == 1 and is_matrix(expr.args[0]):
        return f" {tex(expr.args[0], style).text}"
    return brackets(", ".join(tex(arg, style).text for arg in expr.args))


def _mapped(expr: Apply, style: Style) -> Piece:
    settings = dict(expr.params)
    name = latex_name(settings["called"], style.notation)
    arguments, by = _arguments(expr, style), [slot for slot, _ in settings.get("slots", ())]
    if not by:
        return Piece(name + arguments)
    if not settings["gives"]:
        return Piece(_gradient(expr, by, style) + f" {name}{arguments}")
    if len(by) == len(expr.args) == 1:
        return Piece(rf"J_{{{name}}}{arguments}")
    if len(by) == 1 and _is_plain(expr, by[0]):
        below = tex(expr.args[by[0]], style).text
        return Piece(rf"\frac{{\partial {name}{arguments}}}{{\partial {below}}}", Binds.FRACTION)
    return Piece(rf"\partial_{{{', '.join(str(slot + 1) for slot in by)}}} {name}{arguments}")


def _gradient(expr: Apply, by: Sequence[int], style: Style) -> str:
    r"""Write \nabla or \nabla^2, and by which of several arguments."""
    power = f"^{{{len(by)}}}" if len(by) > 1 else ""
    if len(expr.args) == 1:
        return rf"\nabla{power}"
    return rf"\nabla{power}_{{{', '.join(_named(expr, slot, style) for slot in by)}}}"


def _named(expr: Apply, slot: int, style: Style) -> str:
    """Name an argument by itself; where that could mean another one, by its number."""
    return tex(expr.args[slot], style).text if _is_plain(expr, slot) else str(slot + 1)


def _is_plain(expr: Apply, slot: int) -> bool:
    return isinstance(expr.args[slot], Symbol) and expr.args.count(expr.args[slot]) == 1


UNKNOWN: dict[str, Callable[[Apply, Style], Piece]] = {
    "unknown function": _primed,
    **{f"unknown function of {count}": _mapped for count in range(1, MOST_ARGUMENTS + 1)},
}
