"""Does a derivative that is asked for go through something that only moves in jumps?

argmax and step are constant between their jumps: the derivative through them is zero almost
everywhere and does not exist at a jump. Zero would be an answer that teaches nothing, so it has
to be asked for, by a convention (``kinks: {argmax: 0}``); otherwise the question is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.errors import DeriveError
from derive.expr.equation import Equation
from derive.expr.nodes import Apply, Expr, Ref, Symbol
from derive.expr.walk import children
from derive.ops import OPS

__all__ = ["refuse_flat", "why_zero"]

INSTEAD = {"argmax": "softmax weighs all values and has a derivative",
           "step": "sigmoid is a smooth step"}
COMPARISONS = ("nonnegative", "negative", "nonpositive", "at_zero")


def refuse_flat(top: Symbol, bottom: Symbol, equations: Sequence[Equation]) -> None:
    """Raise a `DeriveError` where *bottom* moves *top* through jumps, or by being a label.

    A condition of `where` only says which piece holds, so that the others have the derivative;
    it is refused where it is the only way.
    """
    below = _depending(bottom.name, equations)
    todo, seen = [(top.name, False)], set[tuple[str, bool]]()
    conditions = False
    while todo:
        name, chosen = todo.pop()
        if (name, chosen) in seen or name not in below:
            continue
        seen.add((name, chosen))
        if name == bottom.name and chosen:
            raise DeriveError(f"`{bottom.name}` is a label: it has no derivative",
                              remedy="differentiate by the values that it chooses from")
        for equation in (e for e in equations if e.target.family == name):
            for ref, flat, by_label in _reads(equation.rhs):
                conditions |= flat is not None and flat.op == "where" and ref in below
                if not _stops(flat, ref, below):
                    todo.append((ref, chosen or by_label))
    if conditions and bottom.name not in {name for name, _ in seen}:
        raise DeriveError(f"`{bottom.name}` enters only into conditions, which move in jumps: "
                          "the derivative is zero almost everywhere",
                          remedy="differentiate by what stands in the pieces of `where`")


def why_zero(top: str, bottom: str, equations: Sequence[Equation]) -> str:
    """Say why d top / d bottom is zero: "no way" leads there, every way goes through "jumps"
    (argmax, step and the like), or `stop_gradient` cuts the others, its "stops".
    """
    if top not in _depending(bottom, equations):
        return "no way"
    if bottom in _reached(top, equations, stops=True):
        return "stops"
    return "no way" if bottom in _reached(top, equations) else "jumps"


def _reached(top: str, equations: Sequence[Equation], stops: bool = False) -> set[str]:
    """Return what *top* depends on without jumps; *stops* lets ways go through stop_gradient."""
    found, todo = {top}, [top]
    while todo:
        name = todo.pop()
        new = {ref for e in equations if e.target.family == name
               for ref, flat, _ in _reads(e.rhs)
               if flat is None or (stops and OPS[flat.op].stops)} - found
        found |= new
        todo += new
    return found


def _stops(flat: Apply | None, ref: str, below: set[str]) -> bool:
    """True where the convention says 0; a way through jumps without a convention is refused."""
    if flat is None or ref not in below:
        return False
    if flat.op == "where" or OPS[flat.op].stops or "kink" in dict(flat.params):
        return True
    name = "step" if flat.op in COMPARISONS else flat.op
    ways = [INSTEAD[name]] if name in INSTEAD else []
    if "kink" in OPS[name].params:
        ways.append(f"conventions: {{kinks: {{{name}: 0}}}} takes it as 0")
    what = "a comparison" if flat.op in COMPARISONS else f"`{name}`"
    raise DeriveError(
        f"{what} is piecewise constant: its derivative is zero almost everywhere and does "
        "not exist at its jumps, so no gradient comes through it", remedy="; or ".join(ways))


def _reads(expr: Expr, flat: Apply | None = None, chosen: bool = False
           ) -> Iterator[tuple[str, Apply | None, bool]]:
    """Yield each family an expression reads, through which jump, and whether as a label.

    The jump of a condition is its `where`.
    """
    if isinstance(expr, Ref):
        yield expr.family, flat, chosen
    if not isinstance(expr, Apply):
        for part in children(expr):
            yield from _reads(part, flat, chosen)
        return
    op = OPS[expr.op]
    for place, part in enumerate(expr.args):
        picks = place in op.labels
        jumps = op.flat or op.stops or (picks and expr.op == "where")
        yield from _reads(part, flat or (expr if jumps else None),
                          chosen or (picks and expr.op != "where"))


def _depending(name: str, equations: Sequence[Equation]) -> set[str]:
    """Return all families that depend on one, itself included."""
    readers: dict[str, set[str]] = {}
    for equation in equations:
        for ref, _, _ in _reads(equation.rhs):
            readers.setdefault(ref, set()).add(equation.target.family)
    found, todo = {name}, [name]
    while todo:
        new = readers.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found
