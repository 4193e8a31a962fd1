"""Derivatives by differentials, as courses on matrices teach them: df, then what stands at dX.

For f = tr(A X B): df = tr(A dX B) = tr(B A dX), and what is multiplied with dX in the trace is
the transpose of the derivative. A line holds for every dX; it is judged along random ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derive.calculus.differential import differential
from derive.calculus.table_form import table_form
from derive.errors import DeriveError
from derive.expr.build import div, matmul, mul, neg, number
from derive.expr.equation import Equation
from derive.expr.nodes import Apply, Expr, MatMul, Power, Ref, Symbol, Transpose
from derive.expr.walk import at, refs, walk
from derive.numbers.reference import evaluate
from derive.ops import ELEMENTWISE
from derive.ops.square import inverse
from derive.question.question import Part
from derive.solution.derivatives import directions
from derive.solution.forward import identifier
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Check, Line, Step
from derive.solution.trials import Trial
from derive.solution.words import Sentence
from derive.syntax.names import latex_name
from derive.syntax.write_text import write

__all__ = ["Moved", "by_scalar", "differential_checks", "differential_steps"]

TOLERANCE = 1e-9
LONGEST = 160       # characters of a differential that is still a help
KIND = "differential"
DIFFERENTIAL = r"\mathop{\mathrm{d}%s}\nolimits"


@dataclass(frozen=True)
class Moved:
    """The differential of `top` as `bottom` moves by `by`: all its right sides say the same."""

    top: Symbol
    bottom: Symbol
    by: Symbol
    sides: tuple[Expr, ...]
    step: str


def differential_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol]
                       ) -> Iterator[Step]:
    """Yield the differential of *top* for each of *bottoms* where there is a short one."""
    for bottom in bottoms:
        equation = _only_equation(solver, top, bottom)
        if equation is None or len(bottom.shape) > 2:
            continue
        if not solver.is_new("differential", (top, bottom)):
            continue
        by, whole = _symbol(solver, bottom), _symbol(solver, top)
        try:
            raw = differential(equation.rhs, {bottom: by})
        except DeriveError:
            continue
        sides = tuple(_sides(solver, top, bottom, raw, by))
        if max(len(write(side)) for side in sides) > LONGEST:
            continue
        name = identifier(solver, part.label, f"differential_{top.name}_{bottom.name}")
        solver.differentials.append(Moved(top, bottom, by, sides, name))
        reasons = [_why(equation.rhs, bottom, by), say("goes round") if len(bottom.shape) == 2
                   and not top.shape else say("own transpose") if not top.shape else None]
        lines = tuple(Line(KIND, whole if not k else None, "=", side, reason=reason)
                      for k, (side, reason) in enumerate(zip(sides, reasons, strict=False)))
        yield Step(name, "differential", lines, title=title("differential", whole),
                   note=_read_off(top, bottom, by), detail="normal")


def _only_equation(solver: Solver, top: Symbol, bottom: Symbol) -> Equation | None:
    """Return the equation of *top* where *bottom* moves nothing else that it reads."""
    equations = solver.model.by_target.get(top.name, [])
    if len(equations) != 1 or top.index or bottom.index or top.name in solver.question.gradients:
        return None
    if solver.question.indices or (solver.numeric and top.name not in solver.question.expressions):
        return None
    if len(top.shape) > 1 or len(bottom.shape) not in (1, 2) or (
            top.shape and len(bottom.shape) > 1):
        return None
    read = {r.family for r in refs(equations[0].rhs)}
    below = {n for n in read if bottom.name in solver.model.above(n)}
    taken = {*solver.question.families, *solver.question.sizes}
    free = not {f"d{top.name}", f"d{bottom.name}"} & taken
    return equations[0] if below == {bottom.name} and free else None


def _symbol(solver: Solver, quantity: Symbol) -> Symbol:
    """Return dX, printed with an upright d."""
    solver.printed.update({f"d{y}": DIFFERENTIAL % y for y in "yY"})     # in the rules' words
    name = f"d{write(quantity)}"
    latex = latex_name(quantity.name, solver.question.notation)
    solver.printed[name] = DIFFERENTIAL % latex
    return Symbol(name, (), quantity.shape)


def _sides(solver: Solver, top: Symbol, bottom: Symbol, raw: Expr, by: Symbol) -> Iterator[Expr]:
    yield raw
    found = solver.formula(solver.adjoint(top), bottom.name)
    if found is None or solver.adjoint(top).component:
        return      # one row of a Jacobian is not yet what is multiplied with dx
    if top.shape:
        last = matmul(found, by)
    elif len(bottom.shape) == 1:
        last = MatMul(found, by)
    else:
        known = solver.matrix_facts
        made = table_form(matmul(table_form(Transpose(found), known), by), known)
        last = Apply("trace", (made,), (), ())
    if last != raw:
        yield last


def _why(rhs: Expr, bottom: Symbol, by: Symbol) -> Sentence:
    """Name the rules that a differential uses."""
    used = {n.op: n.args[0] for n in walk(rhs) if isinstance(n, Apply) and bottom in set(refs(n))}
    found = [rule(used[op]) for op, rule in RULES.items() if op in used]
    many = sum(r == bottom for r in refs(rhs)) > 1
    chained = any(isinstance(n, Power) or (isinstance(n, Apply) and n.op in ELEMENTWISE)
                  for n in walk(rhs) if bottom in set(refs(n)))
    words = ["product rule"] * many + ["chain rule"] * chained + [text for text, _ in found]
    parts = tuple(part for _, several in found for part in several)
    return Sentence("; ".join(words), parts) if words else say("linear alone", by)


def _inverse_rule(x: Expr) -> tuple[str, tuple[Expr, ...]]:
    y, dx = Symbol("Y", (), x.shape), Symbol("dY", (), x.shape)
    return "{} changes by {}", (inverse(y), neg(MatMul(MatMul(inverse(y), dx), inverse(y))))


def _determinant_rule(op: str) -> Callable[[Expr], tuple[str, tuple[Expr, ...]]]:
    def rule(x: Expr) -> tuple[str, tuple[Expr, ...]]:
        y, dx = Symbol("Y", (), x.shape), Symbol("dY", (), x.shape)
        whole = Apply(op, (y,), (), ())
        trace = Apply("trace", (MatMul(inverse(y), dx),), (), ())
        return "{} changes by {}", (whole, trace if op == "logdet" else mul(whole, trace))
    return rule


def _norm_rule(x: Expr) -> tuple[str, tuple[Expr, ...]]:
    y, dy = Symbol("y", (), x.shape), Symbol("dy", (), x.shape)
    norm = Apply("norm", (y,), (("axis", (-1,)),), ())
    return "{} changes by {}", (norm, div(MatMul(y, dy), norm))


def _frobenius_rule(x: Expr) -> tuple[str, tuple[Expr, ...]]:
    y, dy = Symbol("Y", (), x.shape), Symbol("dY", (), x.shape)
    whole = Apply("frobenius", (y,), (), ())
    change = Apply("trace", (MatMul(Transpose(y), dy),), (), ())
    return "{} changes by {}", (whole, div(change, whole))


def _plain(text: str) -> Callable[[Expr], tuple[str, tuple[Expr, ...]]]:
    return lambda x: (text, ())


RULES: dict[str, Callable[[Expr], tuple[str, tuple[Expr, ...]]]] = {
    "inv": _inverse_rule, "det": _determinant_rule("det"), "logdet": _determinant_rule("logdet"),
    "frobenius": _frobenius_rule, "norm": _norm_rule, "trace": _plain("the trace is linear"),
}


def _read_off(top: Symbol, bottom: Symbol, by: Symbol) -> Sentence:
    if top.shape:
        return say("read off jacobian", by)
    return say("read off trace" if len(bottom.shape) == 2 else "read off gradient", by)


def by_scalar(solver: Solver, top: Symbol, bottom: Symbol) -> Expr | None:
    """Return the derivative of an array by a number, d(X^-1)/ds = -X^-1 (dX/ds) X^-1."""
    if not top.shape or bottom.shape or top.index or bottom.index or solver.question.indices:
        return None
    if len(top.shape) == 1 and (solver.numeric or not solver.adjoint(top).component):
        return None     # a Jacobian of one column says as much
    try:
        return table_form(_through(solver, top, bottom), solver.matrix_facts)
    except DeriveError:
        return None


def _through(solver: Solver, top: Symbol, bottom: Symbol) -> Expr:
    """Go through the equations of all that *bottom* moves."""
    if top == bottom:
        return number(1)
    rhs = _right_side(solver, top)
    moves: dict[Expr, Expr] = {r: _through(solver, r, bottom) for r in set(refs(rhs))
             if isinstance(r, Symbol) and solver.depends(r, bottom.name)}
    return differential(rhs, moves)


def _right_side(solver: Solver, quantity: Symbol) -> Expr:
    """Return what a quantity is; a derivative by a number is worked out in the same way."""
    gradient = solver.question.gradients.get(quantity.name)
    if gradient is not None:
        found = by_scalar(solver, gradient.top, gradient.bottom)
        if found is None:
            raise DeriveError(f"no differential of {quantity.name}")
        return found
    (equation,) = solver.model.by_target[quantity.name]
    return equation.rhs


def differential_checks(solver: Solver, trials: Sequence[Trial]) -> Iterator[Check]:
    """Judge each line along a random dX: the change of the top, by the complex step."""
    from derive.solution.checks import relative

    for moved in solver.differentials:
        for number_, side in enumerate(moved.sides, start=1):
            worst = max(relative(*_both(trial, moved, side)) for trial in trials)
            yield Check("line", f"{moved.step}, line {number_}", worst, worst <= TOLERANCE,
                        f"d{write(moved.top)} = {write(side)}"[:200])


def _both(trial: Trial, moved: Moved, side: Expr) -> tuple[object, object]:
    top, bottom = at(moved.top, trial.env), at(moved.bottom, trial.env)
    direction = directions().standard_normal(np.shape(trial.oracle.value(bottom)))

    def look(ref: Ref) -> object:
        return direction if ref.family == moved.by.name else trial.oracle.value(ref)

    return (np.asarray(evaluate(side, look, trial.env), dtype=float),
            trial.oracle.moved(top, bottom, direction))
