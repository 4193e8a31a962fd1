"""The head of a sheet: what is given, the model as typed, and the conventions in force."""

from __future__ import annotations

from collections.abc import Iterator

from derive.calculus.adjoint import member
from derive.expr.nodes import Apply, Expr, Reduce, Symbol
from derive.expr.walk import walk
from derive.numbers.policy import sentence
from derive.solution.numeric import given_literal
from derive.solution.solver import Solver
from derive.solution.step import Claim, Line, Sentence

__all__ = ["given_of", "model_lines", "stated"]


def given_of(solver: Solver) -> tuple[tuple[Expr, Expr | None], ...]:
    """Return what is given, in the file's order, member by member."""
    found: list[tuple[Expr, Expr | None]] = []
    for name, item in solver.question.given.items():
        shape = solver.question.families[name].shape
        for at in item.members:
            found.append((Symbol(name, at, shape), given_literal(item, at)))
    if not solver.numeric:
        found += [(member(solver.model, n), None) for n in _open(solver)]
    return tuple(found)


def _open(solver: Solver) -> list[str]:
    """Return the quantities that have no numbers and no equation."""
    question = solver.question
    return [n for n in question.families if n not in question.given
            and n not in solver.model.by_target]


def model_lines(solver: Solver) -> tuple[Line, ...]:
    """Return the equations as typed, each with its range."""
    return tuple(Line("definition", e.target, "=", e.rhs, e.domain)
                 for e in solver.question.equations)


def stated(solver: Solver) -> tuple[Sentence, ...]:
    """Return the conventions that matter here, one sentence each."""
    return tuple(_stated(solver))


def _stated(solver: Solver) -> Iterator[Sentence]:
    nodes = [n for e in solver.question.equations for n in walk(e.rhs)]
    if solver.numeric:
        yield Sentence(sentence(solver.policy))
    if any(r.is_derivative for p in solver.question.parts for r in p.requests):
        yield Sentence(LAYOUTS[solver.conventions.layout])
    ops = {n.op for n in nodes if isinstance(n, Apply)}
    if "log" in ops or "cross_entropy" in ops:
        yield Sentence("The logarithm is the natural one.")
    for n in nodes:
        if isinstance(n, Reduce) and n.kind == "mean":
            yield Sentence("A mean over an index divides by the number of its terms.")
            break
    for op, words in KINKS.items():
        if op in ops:
            yield Sentence(words)
    for fact in solver.question.facts:
        yield Sentence("It is known that {}.", (Claim(fact.left, RELATIONS[fact.relation],
                                                      fact.right),))


RELATIONS = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
LAYOUTS = {
    "gradient": "A gradient has the shape of the quantity it belongs to, so the gradient of a "
                "vector is a column.",
    "jacobian": "The derivative of a scalar by a vector is a row, and Jacobians stand in the order "
                "of the path; the derivative by a matrix has the shape of the matrix.",
}
KINKS = {
    "relu": "At the kink of ReLU the derivative is taken as 0.",
    "leaky_relu": "At the kink of the leaky ReLU the derivative is taken as the slope on the left.",
    "abs": "At 0 the derivative of the absolute value is taken as 0.",
}
