"""The head of a sheet: what is given, the model as typed, and the conventions in force."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import numpy as np

from derive.calculus.adjoint import member
from derive.expr.equation import Equation
from derive.expr.nodes import Apply, Entry, Expr, Literal, Reduce, Symbol
from derive.expr.walk import refs, walk
from derive.numbers.idle import guarded
from derive.numbers.policy import sentence
from derive.ops.elementwise import LOGARITHMS
from derive.ops.unknown_map import map_name
from derive.question.question import Cell
from derive.solution.cancelling import cancelling_kinks
from derive.solution.cells import call, folded, sentences
from derive.solution.lint import LAST_DIGIT
from derive.solution.numeric import given_literal
from derive.solution.solver import Solver
from derive.solution.step import Check, Line
from derive.solution.words import Claim, Sentence
from derive.syntax.settings import window_settings

__all__ = ["calls", "given_of", "last_digits", "lines_behind", "model_lines", "stated",
           "told_of_slopes"]

MOST_MATRICES = 16      # of a stack, that are listed one by one


def given_of(solver: Solver) -> tuple[tuple[Expr, Expr | None], ...]:
    """Return what is given, in the file's order, member by member."""
    found: list[tuple[Expr, Expr | None]] = []
    for name, item in solver.question.given.items():
        shape = solver.question.families[name].shape
        for at in item.members:
            found += _by_matrix(Symbol(name, at, shape), given_literal(item, at))
    if not solver.numeric:
        found += [(member(solver.model, n), None) for n in _open(solver)]
    return tuple(found)


def _by_matrix(symbol: Symbol, value: Literal | None) -> Iterator[tuple[Expr, Expr | None]]:
    """Yield a small stack of matrices one by one: X_0 = .., X_1 = ..."""
    ahead = value.values.shape[:-2] if value is not None else ()
    if value is None or not 0 < prod(ahead) <= MOST_MATRICES or not ahead:
        yield symbol, value
        return
    for cell in product(*map(range, ahead)):
        yield Entry(symbol, cell), replace(value, values=value.values[cell])


def _open(solver: Solver) -> list[str]:
    """Return the quantities that have no numbers and no equation."""
    question = solver.question
    return [n for n in question.families if n not in question.given
            and n not in solver.model.by_target]


def model_lines(solver: Solver) -> tuple[Line, ...]:
    """Return the equations as typed, each with its range, but for those behind a call."""
    behind = {id(e) for cell in _folded(solver) for e in cell.equations}
    return tuple(_line(e) for e in solver.question.equations if id(e) not in behind)


def calls(solver: Solver) -> tuple[Sentence, ...]:
    """Return the calls of macros that are shown as such."""
    return tuple(map(call, _folded(solver)))


def lines_behind(solver: Solver) -> tuple[Line, ...]:
    """Return the equations that the calls shown stand for."""
    return tuple(_line(e) for cell in _folded(solver) for e in cell.equations)


def _folded(solver: Solver) -> tuple[Cell, ...]:
    return folded(solver.question.cells, solver.conventions.cells)


def _line(equation: Equation) -> Line:
    return Line("definition", equation.target, "=", equation.rhs, equation.domain)


def stated(solver: Solver) -> tuple[Sentence, ...]:
    """Return the conventions that matter here, one sentence each."""
    return tuple(_stated(solver))


def last_digits(checks: Sequence[Check]) -> Iterator[Sentence]:
    """Tell a marker why some lines cannot be reproduced from their digits to the last one."""
    found = list(dict.fromkeys(check.target for check in checks if check.note == LAST_DIGIT))
    if found:
        places = f"{len(found)} place" + "s" * (len(found) > 1)
        yield Sentence(f"In {places} the last digit is not what the rounded numbers before it "
                       "would give.")


def _stated(solver: Solver) -> Iterator[Sentence]:
    yield from sentences(solver.question.cells)
    nodes = [n for e in solver.question.equations for n in walk(e.rhs)]
    ops = {n.op for n in nodes if isinstance(n, Apply)}
    if solver.numeric and solver.question.families:
        yield Sentence(sentence(solver.policy))
    if solver.tops:
        yield Sentence(LAYOUTS[solver.conventions.layout])
    yield from _logarithms(solver, nodes, ops)
    if any(isinstance(n, Reduce) and n.kind == "mean" for n in nodes):
        yield Sentence("A mean over an index divides by the number of its terms.")
    yield from (_kink(*pair) for pair in sorted(_kinks(nodes), key=str) if pair[0] in KINKS)
    unknown = {dict(n.params)["called"]: n for n in nodes
               if isinstance(n, Apply) and n.op.startswith("unknown function")}
    yield from (_unknown(name, node) for name, node in sorted(unknown.items()))
    yield from _choices(nodes)
    if solver.tops:
        yield from (Sentence(PIECES) for n in _by_condition(nodes))
    yield from _sliding(nodes)
    for fact in solver.question.facts:
        relation = RELATIONS[fact.relation]
        yield Sentence("It is known that {}.", (Claim(fact.left, relation, fact.right),))


def _kinks(nodes: Sequence[Expr]) -> set[tuple[str, Any]]:
    """Return which operations are used, each with what was chosen for its kink."""
    return {(n.op, dict(n.params).get("kink")) for n in nodes if isinstance(n, Apply)}


def told_of_slopes(solver: Solver) -> Iterator[Sentence]:
    """Tell what the derivatives at jumps and kinks are worth; that is part of some answers."""
    if solver.tops:
        used = _kinks([n for e in solver.question.equations for n in walk(e.rhs)])
        yield from (_jump(op) for op in JUMPS if (op, Fraction(0)) in used)
        yield from cancelling_kinks(solver)


def _logarithms(solver: Solver, nodes: Sequence[Expr], ops: set[str]) -> Iterator[Sentence]:
    if ops & {"log", "cross_entropy", "binary_cross_entropy"}:
        yield Sentence("The logarithm is the natural one.")
    if solver.conventions.log != "e":
        yield Sentence(f"The logarithm has base {solver.conventions.log}.")
    if solver.numeric and any(_is_idle(solver, n) for n in nodes):
        yield Sentence("0 log 0 counts as 0.")


def _choices(nodes: Sequence[Expr]) -> Iterator[Sentence]:
    """State which of equal entries counts, and where a number does."""
    applied = [n for n in nodes if isinstance(n, Apply)]
    won = {n.op for n in applied if ("ties", "second") in n.params}
    first = {n.op for n in applied if ("ties", "second") not in n.params}
    yield from (Sentence(CHOICES[op]) for op in CHOICES if op in first)
    yield from (Sentence(BY_NUMBER.format(op)) for op in sorted(won))


def _is_idle(solver: Solver, node: Expr) -> bool:
    """True where a logarithm of numbers with a zero stands beside a factor with a zero."""
    if guarded(node) is node:
        return False
    logs = {r.family for n in walk(node) if isinstance(n, Apply) and n.op in LOGARITHMS
            for r in refs(n)}
    sides = ({r.family for r in refs(node)}, logs)
    return all(any(_has_zero(solver, name) for name in side) for side in sides)


def _has_zero(solver: Solver, name: str) -> bool:
    shape = solver.named.families[name].shape
    return any(np.any(np.asarray(solver.float(Symbol(name, at, shape))) == 0)
               for at in solver.values.positions(name))


def _unknown(name: str, node: Apply) -> Sentence:
    """Say that a function is any function, and how its derivative is written."""
    symbol, gives = Symbol(name, (), ()), dict(node.params).get("gives")
    if gives is None:
        words = "{} is any differentiable function of one number, applied to every entry."
        return Sentence(words, (symbol,))
    argument = Symbol("x", (), node.args[0].shape)
    slope = replace(node, args=(argument,), op=map_name(1), of=gives + argument.shape, params=(
        ("called", name), ("gives", gives), ("ranks", (len(argument.shape),)),
        ("slots", ((0, False),))))
    if len(node.args) > 1:
        return Sentence("{} is any differentiable function of its arguments.", (symbol,))
    kind = "gradient" if not gives else "Jacobian"
    return Sentence(f"{{}} is any differentiable function; {{}} is its {kind}.", (symbol, slope))


def _sliding(nodes: Sequence[Expr]) -> Iterator[Sentence]:
    """State what a convolution and a pooling mean, each once."""
    applied = [n for n in nodes if isinstance(n, Apply)]
    first = next((n for n in applied if n.op in ("conv1d", "conv2d")), None)
    if first is not None:
        said = {name for n in applied if n.op == first.op
                for name, _ in window_settings(n) or ()}
        letters = [f"the {name} {name[0]}" for name in ("stride", "padding", "dilation", "groups")
                   if name in said]
        settings = f" Under the star stands {', '.join(letters)}." if letters else ""
        yield Sentence("{} is the cross-correlation, as in deep learning: the filter is not "
                       f"flipped.{settings} Entries are counted from 0.", (first,))
    spread = next((n for n in applied if n.op.startswith("conv_transpose")), None)
    if spread is not None:
        yield Sentence("{} is the transposed convolution: each entry of the input puts the kernel, "
                       "times itself, into the result, a stride further on each time, and what "
                       "overlaps is added. Kernels are laid out as (channels in, channels out, "
                       "height, width).", (spread,))
    if any(n.op.startswith("max_pool") for n in applied):
        yield Sentence("Of equal largest entries in a window the first one counts, row by row.")
    if any(n.op.startswith("avg_pool") and any(map(any, dict(n.params)["padding"]))
           for n in applied):
        yield Sentence("The zeros around the input count in the mean of a window.")


def _by_condition(nodes: Sequence[Expr]) -> Sequence[Expr]:
    """Return a choice by a condition on quantities, if there is one; a given mask never moves."""
    return [n for n in nodes if isinstance(n, Apply) and n.op == "where"
            and any(isinstance(part, Apply) for part in walk(n.args[0]))][:1]


def _kink(op: str, chosen: Fraction | None) -> Sentence:
    """State the derivative that is used where there is none."""
    name, default = KINKS[op]
    value = default if chosen is None else str(chosen)
    return Sentence(f"The derivative of {name} at 0 is taken as {value}.")


def _jump(op: str) -> Sentence:
    """State that the question asked for a derivative through jumps."""
    return Sentence(f"The derivative of {JUMPS[op]} is taken as 0: it is constant between its "
                    "jumps, so the derivative is zero almost everywhere, and at a jump it does "
                    "not exist.")


RELATIONS = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
LAYOUTS = {
    "gradient": "A gradient has the shape of the quantity it belongs to, so the gradient of a "
                "vector is a column.",
    "jacobian": "The derivative of a scalar by a vector is a row, and Jacobians stand in the order "
                "of the path; the derivative by a matrix has the shape of the matrix.",
}
KINKS = {
    "relu": ("ReLU", "0"), "leaky_relu": ("the leaky ReLU", "its slope on the left"),
    "abs": ("the absolute value", "0"),
}
CHOICES = {
    "argmax": "Of several largest entries, argmax takes the first.",
    "step": "The step is 0 at 0 itself.",
    "part": "Positions count from 0, and a slice ends before its last number: 0:2 stands for the "
            "entries 0 and 1.",
    "max": "Of several largest entries the first one counts, row by row.",
    "min": "Of several smallest entries the first one counts, row by row.",
    "maximum": "Where both sides of a maximum are equal, the first one counts.",
    "minimum": "Where both sides of a minimum are equal, the first one counts.",
    "clip": "At the bounds themselves, what is clipped still has the derivative 1.",
}
BY_NUMBER = "Where both sides of a {} are equal, the one that is a number counts."
PIECES = "Where a condition changes, the derivative is that of the piece that holds there."
JUMPS = {"argmax": "argmax", "step": "the step", "sign": "the sign"}
