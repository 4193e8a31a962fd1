"""``solve``: the equations entry by entry, elimination, and all solutions with their basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from derive.calculus.elimination import Row, primitive
from derive.calculus.linear_conditions import Cell
from derive.expr.build import is_one, mul, neg, number, zero
from derive.expr.nodes import Array, Entry, Expr, Product, Sum, Symbol
from derive.question.keys.solve import Solve
from derive.question.question import Part
from derive.solution.conditions import Conditions
from derive.solution.forward import identifier
from derive.solution.rules import title
from derive.solution.solver import Solver
from derive.solution.step import Check, Line, Step
from derive.solution.tasks.task import Solving
from derive.solution.trials import Trial
from derive.solution.words import Claim, Sentence

__all__ = ["SOLVING"]

MOST_SHOWN = 12     # equations, and lines of elimination, that are written out
TOLERANCE = 1e-9


def _steps(solver: Solver, part: Part, task: Solve) -> Iterator[Step]:
    conditions = Conditions(solver, task)
    name = "solve_" + "_".join(sorted(conditions.names))
    yield Step(identifier(solver, part.label, name), "conditions",
               _equation_lines(conditions.rows, conditions.cells), title=title("conditions"),
               intro=_written_out(conditions), detail="normal")
    if _told(conditions) or conditions.solved.conflict:
        yield Step(identifier(solver, part.label, name + ".elimination"), "elimination",
                   tuple(_elimination(conditions)), title=title("elimination"), detail="normal",
                   intro=_left_over(conditions))
    yield Step(identifier(solver, part.label, name + ".all"), "solutions",
               tuple(_solution_lines(conditions)), title=title("solutions"),
               intro=_said_before(conditions), note=_said_after(conditions), answer=True,
               said=True)


# words


def _written_out(conditions: Conditions) -> Sentence:
    entries, rows = len(conditions.equations), len(conditions.rows)
    if not rows:
        return Sentence("Every entry of the condition reads 0 = 0.")
    say = "The condition is one equation" if entries == 1 else (
        f"There is one equation for each of the {entries} entries")
    if rows < entries:
        say += f"; {'one' if rows == 1 else rows} of them {'is' if rows == 1 else 'are'} distinct"
    return Sentence(f"{say}. The first {MOST_SHOWN} are" if rows > MOST_SHOWN else f"{say}:")


def _left_over(conditions: Conditions) -> Sentence | None:
    if len(_told(conditions)) > MOST_SHOWN:
        return Sentence("Subtracting multiples of the equations from each other leaves the solved "
                        "form below.")
    return None


def _combination(parts: Sequence[Fraction]) -> Sentence:
    """Say how an equation comes from the numbered ones: (2) minus (1)."""
    words = ""
    ordered = [(n, p) for n, p in enumerate(parts, start=1) if p]
    for n, p in sorted(ordered, key=lambda pair: pair[1] < 0):
        times = "" if abs(p) == 1 else f"{abs(p)} times "
        sign = (" minus " if words else "minus ") if p < 0 else (" plus " if words else "")
        words += f"{sign}{times}({n})"
    return Sentence(words)


def _said_before(conditions: Conditions) -> Sentence | None:
    solved = conditions.solved
    if solved.conflict is not None:
        return None
    free = [_cell(conditions.cells[m]) for m in solved.free(len(conditions.cells))]
    if not free:
        return Sentence("Every unknown is determined.")
    return Sentence(f"{_listed_words(len(free))} {'is' if len(free) == 1 else 'are'} free.",
                    tuple(free))


def _listed_words(count: int) -> str:
    """Return places for a list: {}, {} and {}."""
    return " and ".join(filter(None, [", ".join(["{}"] * (count - 1)), "{}"]))


def _said_after(conditions: Conditions) -> Sentence:
    solved, unknowns = conditions.solved, conditions.task.unknowns
    count = len(conditions.cells)
    if solved.conflict is not None:
        listed = " and ".join("{}" for _ in unknowns)
        return Sentence(f"There is no solution: whatever {listed} may be, {{}} reads 0 = {{}}, "
                        "which is false.", (*unknowns, _combination(solved.conflict.parts).text,
                                            number(solved.conflict.right)))
    size, homogeneous = len(solved.basis(count)), not any(row.right for row in conditions.rows)
    listed = " and ".join("{} = {}" for _ in unknowns)
    trivial = tuple(e for u in unknowns for e in (u, zero(u.shape)))
    if not homogeneous:
        return Sentence("There is exactly one solution.") if not size else Sentence(
            "The first term is the solution whose free numbers are 0; the others are all solutions "
            f"of the same equations with 0 on the right, {_space(size)}.")
    if not size:
        return Sentence(f"Only the trivial solution is left: {listed}.", trivial)
    example = _example(conditions)
    return Sentence(f"The solutions form {_space(size)}, and {_what(size)} its basis. The trivial "
                    f"one is {listed}; another one is {listed}.", (*trivial, *example))


def _space(size: int) -> str:
    return f"a space of dimension {size}"


def _what(size: int) -> str:
    return "the array in this product is" if size == 1 else "the arrays in this sum are"


def _example(conditions: Conditions) -> tuple[Expr, ...]:
    """Take the basis with the signs +, -, +, ...: not 0, and not just one of the basis."""
    basis = conditions.solved.basis(len(conditions.cells))
    total = [sum((v[m] * (-1) ** n for n, v in enumerate(basis)), Fraction(0))
             for m in range(len(conditions.cells))]
    return tuple(e for u in conditions.task.unknowns
                 for e in (u, _array(conditions.vector(total, u))))


# lines


def _cell(cell: Cell) -> Expr:
    symbol, at = cell
    return Entry(symbol, at) if at else symbol


def _side(row: Row, cells: Sequence[Cell]) -> Expr:
    """Write the left side of an equation."""
    terms = [_times(c, _cell(cell)) for c, cell in zip(row.coefficients, cells, strict=True) if c]
    if not terms:
        return number(0)
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))


def _times(factor: Fraction, expr: Expr) -> Expr:
    scaled = mul(number(abs(factor)), expr)
    return neg(scaled) if factor < 0 else scaled


def _equation_lines(rows: Sequence[Row], cells: Sequence[Cell]) -> tuple[Line, ...]:
    return tuple(Line("condition", _side(row, cells), "=", number(row.right),
                      reason=Sentence(f"({n})"))
                 for n, row in enumerate(rows[:MOST_SHOWN], start=1))


def _told(conditions: Conditions) -> list[Row]:
    """Return the equations that elimination finds, without those that were there already."""
    known = {(row.coefficients, row.right) for row in conditions.rows}
    found = []
    for row in conditions.solved.stages:
        small = primitive(row)
        if (small.coefficients, small.right) not in known:
            known.add((small.coefficients, small.right))
            found.append(row)
    return found


def _elimination(conditions: Conditions) -> Iterator[Line]:
    solved, cells = conditions.solved, conditions.cells
    told = _told(conditions)
    if len(told) <= MOST_SHOWN:
        for row in told:
            if row is not solved.conflict:
                yield Line("condition", _side(row, cells), "=", number(row.right),
                           reason=_combination(row.parts))
    elif solved.conflict is None:
        for row in solved.rows:
            yield Line("condition", _side(row, cells), "=", number(row.right))
    if solved.conflict is not None:
        yield Line("condition", number(0), "=", number(solved.conflict.right),
                   reason=_combination(solved.conflict.parts))


def _solution_lines(conditions: Conditions) -> Iterator[Line]:
    """K = particular + K_00 [..] + K_11 [..], for each unknown."""
    solved, count = conditions.solved, len(conditions.cells)
    if solved.conflict is not None:
        return
    free = [_cell(conditions.cells[m]) for m in solved.free(count)]
    for unknown in conditions.task.unknowns:
        terms: list[Expr] = []
        start = conditions.vector(solved.particular(count), unknown)
        if any(start.ravel()):
            terms.append(_array(start))
        for letter, direction in zip(free, solved.basis(count), strict=True):
            part = conditions.vector(direction, unknown)
            if any(part.ravel()):
                terms.append(_scaled(letter, _array(part)))
        whole = terms[0] if len(terms) == 1 else Sum(tuple(terms)) if terms else zero(unknown.shape)
        if whole != unknown:    # a free number is itself
            yield Line("condition", unknown, "=", whole)


def _scaled(letter: Expr, array: Expr) -> Expr:
    return letter if is_one(array) else Product((letter, array))


def _array(values: Any) -> Expr:
    """Write exact numbers as an array of them."""
    if not values.shape:
        return number(values[()])
    return Array(tuple(_array(np.asarray(part, dtype=object)) for part in values))


# judged again


def _checks(solver: Solver, part: Part, task: Solve, trials: Sequence[Trial]) -> Iterator[Check]:
    """Judge what is written by the plain evaluator and by the rank of its matrix."""
    conditions = Conditions(solver, task)
    name = ", ".join(sorted(conditions.names))
    matrix, right = conditions.matrix
    yield _equations_check(conditions, name, matrix, right)
    if conditions.solved.conflict is not None:
        yield _certificate_check(conditions, name, matrix, right)
        return
    yield from _solution_checks(conditions, name, matrix)


def _equations_check(conditions: Conditions, name: str, matrix: Any, right: Any) -> Check:
    """The distinct equations and those of all entries allow the same: equal ranks together."""
    own = np.array([[*map(float, row.coefficients), float(row.right)] for row in conditions.rows])
    whole = np.column_stack([matrix, right])
    rank = _rank(whole)
    same = not rank if not len(own) else _rank(own) == rank == _rank(np.vstack([own, whole]))
    return Check("equations", name, 0.0 if same else None, same,
                 "the same equations as those of a plain evaluation")


def _rank(matrix: Any) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def _certificate_check(conditions: Conditions, name: str, matrix: Any, right: Any) -> Check:
    """Without a solution, the right side adds to the rank, and the combination reads 0 = c."""
    conflict = conditions.solved.conflict
    assert conflict is not None
    sides = [sum((p * row.right for p, row in zip(conflict.parts, conditions.rows, strict=True)),
                 Fraction(0))]
    lefts = [sum((p * row.coefficients[m]
                  for p, row in zip(conflict.parts, conditions.rows, strict=True)), Fraction(0))
             for m in range(len(conditions.cells))]
    ok = not any(lefts) and sides == [conflict.right] and _rank(
        np.column_stack([matrix, right])) == _rank(matrix) + 1
    return Check("no solution", name, 0.0 if ok else None, ok,
                 "the combination of the equations, and the ranks with and without the right side")


def _solution_checks(conditions: Conditions, name: str, matrix: Any) -> Iterator[Check]:
    solved, count = conditions.solved, len(conditions.cells)
    particular = np.array([float(v) for v in solved.particular(count)])
    worst = _size(conditions.residual(list(particular)))
    for direction in solved.basis(count):
        moved = particular + np.array([float(v) for v in direction])
        worst = max(worst, _size(conditions.residual(list(moved))))
    yield Check("solution", name, worst, worst <= TOLERANCE,
                "put into the conditions, by a plain evaluation")
    ok = _rank(matrix) == count - len(solved.basis(count))
    yield Check("all solutions", name, 0.0 if ok else None, ok,
                "unknowns less the rank, by singular values")


def _size(values: Any) -> float:
    return float(np.max(np.abs(values), initial=0.0))


def _asks(solver: Solver, task: Solve) -> Sentence:
    text = " and ".join("{}" for _ in task.conditions)
    listed = ", ".join("{}" for _ in task.unknowns)
    claims = tuple(Claim(c.left, "=", c.right) for c in task.conditions)
    return Sentence(f"Find all {listed} with {text}.", (*task.unknowns, *claims))


def _values(solver: Solver, task: Solve) -> Iterator[tuple[str, str, Any]]:
    conditions = Conditions(solver, task)
    solved, count = conditions.solved, len(conditions.cells)
    for unknown in task.unknowns:
        key = _key(solver, task, unknown)
        if solved.conflict is not None:
            yield "solutions", key, None
            continue
        yield "solutions", key, {
            "particular": _listed(conditions.vector(solved.particular(count), unknown)),
            "basis": [_listed(conditions.vector(v, unknown)) for v in solved.basis(count)]}


def _key(solver: Solver, task: Solve, unknown: Symbol) -> str:
    """Return the unknown's name; where it is solved for more than once, with the conditions."""
    tasks = [t for part in solver.question.parts for t in part.tasks
             if isinstance(t, Solve) and unknown in t.unknowns]
    typed = ", ".join(condition.typed for condition in task.conditions)
    return unknown.name if len(tasks) == 1 else f"{unknown.name} | {typed}"


def _listed(values: Any) -> Any:
    """Return nested lists of whole numbers and floats."""
    if not values.shape:
        value = values[()]
        return int(value) if value.denominator == 1 else float(value)
    return [_listed(np.asarray(part, dtype=object)) for part in values]


SOLVING = Solving(_steps, _asks, _checks, _values)
