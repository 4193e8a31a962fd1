"""``prove``: a claimed derivative, shown entry by entry; a false claim is refused with numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_letters

from derive.calculus.claims import Derived, Proof, derive, in_matrices, prove
from derive.calculus.facts import Fact
from derive.calculus.ranges import at_most
from derive.calculus.routes import routes
from derive.errors import DeriveError, FalseClaim
from derive.expr.equation import Domain, Equation
from derive.expr.integers import IntLike, named, names_in
from derive.expr.nodes import Expr, Partial, Range, Ref, Symbol
from derive.expr.walk import at, free_indices, refs
from derive.question.keys.prove import Prove
from derive.question.question import Part
from derive.question.statements import Statement
from derive.solution.chain import laid_out
from derive.solution.counterexample import counterexample, has_cases, largest_error, remedy
from derive.solution.derivation import introduced
from derive.solution.forward import identifier
from derive.solution.proofs import conclusion_step, gradient_step, stage_step
from derive.solution.rules import say
from derive.solution.solver import Solver
from derive.solution.step import Check, Step
from derive.solution.tasks.task import Solving
from derive.solution.trials import Trial, defined_trial
from derive.solution.words import Claim, Sentence

__all__ = ["SOLVING"]

TOLERANCE = 1e-9    # relative
LONGEST = 200       # characters of a claim in a message
TRIALS = (1, 2, 3)  # seeds of the random numbers on which a statement is tried once more


def _steps(solver: Solver, part: Part, task: Prove) -> Iterator[Step]:
    for number, statement in enumerate(task.statements, start=1):
        try:
            yield from _proof(solver, part, statement, number)
        except DeriveError as error:
            raise type(error)(error.message, error.place or statement.place,
                              error.remedy) from error


def _proof(solver: Solver, part: Part, statement: Statement, number: int) -> Iterator[Step]:
    left = Partial(statement.top, statement.bottom)
    if statement.again is not None:
        gradient = _derived(solver, statement.top, statement.bottom)
        name = _gradient_name(solver, gradient)
        yield from _told(solver, part, gradient)
        yield gradient_step(_identifier(solver, part, left, "name"), left, name)
        left = Partial(name, statement.again)
    _refuse_false(solver, statement, left)
    facts = _facts_at(solver, statement)
    proof = _proved(solver, statement, left, facts)
    for found in proof.derived:
        yield from _told(solver, part, found)
    second = None if statement.again is None else Partial(statement.top, statement.bottom)
    yield conclusion_step(_identifier(solver, part, left, f"shown{number}"), left,
                          _laid_out(solver, left, statement.right), proof,
                          _where(solver, statement), second, solver.taken)


def _proved(solver: Solver, statement: Statement, left: Partial, facts: Sequence[Fact]) -> Proof:
    """Return the proof, or refuse: a claim may hold and yet be out of reach."""
    words = f"{_named(statement)} could not be proved"
    try:
        found = prove(solver.plain, left.top, left.bottom, statement.right, facts,
                      solver.taken)
    except DeriveError as error:
        if has_cases(solver, left, statement.right):
            raise DeriveError(f"{words}: a function with cases stands in it, such as relu",
                              remedy="proofs are for functions with one formula; `find` works such "
                                     "a derivative out") from error
        raise DeriveError(f"{words}: {error.message}", error.place, error.remedy) from error
    if found is None:
        raise DeriveError(f"{words}, although no counterexample was found",
                          remedy="prove it in two steps, or by the derivative of a quantity in "
                                 "between; write it in the quantities that the model names")
    return found


def _laid_out(solver: Solver, left: Partial, right: Expr) -> Expr:
    """Write a claimed gradient in the layout of the sheet."""
    return right if left.top.shape else laid_out(solver, right)


def _told(solver: Solver, part: Part, found: Derived) -> Iterator[Step]:
    """Tell the chain rules that were not told before, and the names they speak of."""
    for stage in found.stages:
        for symbol in (*(s for s, _ in stage.defined), stage.x):
            yield from introduced(solver, part, symbol.name)
            solver.is_new("fused", (found.top.name, symbol.name))   # not derived once more
        ref = Partial(found.top, stage.x)
        if solver.is_new("slope", (ref, stage.lines)):
            yield stage_step(_identifier(solver, part, ref, "entries"), found.top, stage,
                             solver.is_new, solver.taken)


def _identifier(solver: Solver, part: Part, ref: Partial, kind: str) -> str:
    return f"{identifier(solver, part.label, ref)}_{kind}"


def _facts(solver: Solver) -> tuple[Fact, ...]:
    return tuple((f.left, f.right) for f in solver.question.facts if f.relation == "==")


def _facts_at(solver: Solver, statement: Statement) -> tuple[Fact, ...]:
    """Return the facts, those about y[t] also at the positions that a claim speaks of."""
    found = dict.fromkeys(_facts(solver))
    for fact in tuple(found):
        letters = [n for n in solver.question.indices
                   if any(n in free_indices(side) for side in fact)]
        if len(letters) == 1:
            for position in _spoken_of(statement):
                left, right = (at(side, {letters[0]: position}) for side in fact)
                found[left, right] = None
    return tuple(found)


def _spoken_of(statement: Statement) -> Iterator[IntLike]:
    for ref in (statement.top, statement.bottom, *refs(statement.right)):
        yield from ref.index


def _derived(solver: Solver, top: Symbol, bottom: Symbol) -> Derived:
    return derive(solver.plain, top, bottom, _facts(solver),
                  reserved=solver.taken)


def _gradient_name(solver: Solver, gradient: Derived) -> Symbol:
    """Give the gradient a name, so that it can be differentiated like any quantity."""
    taken = {*solver.named.families, *solver.named.sizes, *solver.question.indices}
    name = next(c for c in ("g", *"vuqrw", *ascii_letters) if c not in taken)
    letters = {n for i in gradient.bottom.index for n in names_in(i)}
    domain = tuple((n, r) for n, r in solver.question.indices.items() if n in letters)
    symbol = Symbol(name, tuple(named(n) for n, _ in domain), gradient.bottom.shape)
    solver.introduce(Equation(symbol, domain, in_matrices(gradient)))
    solver.is_new("name", name)     # told by the step that says what it is
    return symbol


def _named(statement: Statement) -> str:
    typed = statement.typed
    return f"the claim `{typed if len(typed) <= LONGEST else typed[:LONGEST] + '...'}`"


def _refuse_false(solver: Solver, statement: Statement, left: Partial) -> None:
    found = counterexample(solver, left, statement.right)
    if found is not None:
        name = "" if statement.again is None else statement.derivative
        raise FalseClaim(f"{_named(statement)} does not hold: {found.say(name)}",
                         remedy=remedy(solver, left, statement.right))


def _asks(solver: Solver, task: Prove) -> Sentence:
    asked = [_asked(solver, statement) for statement in task.statements]
    *first, last = (a.text for a in asked)
    words = f"{', '.join(first)} and {last}" if first else last
    return Sentence(f"Prove that {words}.", tuple(part for a in asked for part in a.parts))


def _asked(solver: Solver, statement: Statement) -> Sentence:
    if statement.again is not None:
        return say("second derivative", statement.top, statement.again, statement.right)
    left = Partial(statement.top, statement.bottom)
    claim = Claim(left, "=", _laid_out(solver, left, statement.right))
    where = _where(solver, statement)
    return Sentence("{} for {}", (claim, where)) if where else Sentence("{}", (claim,))


def _where(solver: Solver, statement: Statement) -> Domain:
    """Return for which t a claim about h[t] holds, where not for all.

    One that speaks of h[t+1] ends at T - 1; one that goes through a general equation begins
    where that does.
    """
    found = _where_general(solver, statement)
    for ref in refs(statement.right):
        for position, letter in zip(ref.index, _letters(solver, ref), strict=True):
            bounds = solver.question.indices.get(letter)
            ahead = position - named(letter)
            if bounds is not None and isinstance(ahead, int) and ahead > 0:
                last, first = bounds.hi - ahead, found.get(letter, bounds).los
                if letter not in found or at_most(last, found[letter].hi):
                    found[letter] = Range(first, (last,))
    return tuple(found.items())


def _where_general(solver: Solver, statement: Statement) -> dict[str, Range]:
    """Return the range of the equations that a proof goes through, if h[0] has one of its own."""
    found: dict[str, Range] = {}
    known = tuple(r.bottom for r in refs(statement.right)
                  if isinstance(r, Partial) and r.top == statement.top)
    for stop in routes(solver.plain, statement.top, statement.bottom, known):
        equations = solver.plain.by_target.get(stop.symbol.name, ())
        if len(equations) > 1 and stop.symbol != statement.bottom:
            own = dict(next((e.domain for e in equations if e.domain), ()))
            for letter, position in zip(own, stop.symbol.index, strict=False):
                whole = solver.question.indices.get(letter)
                if position == named(letter) and whole is not None and own[letter] != whole:
                    found[letter] = own[letter]
    return found


def _letters(solver: Solver, ref: Ref) -> tuple[str, ...]:
    name = ref.bottom.name if isinstance(ref, Partial) else ref.family
    return solver.named.families[name].indices


def _checks(solver: Solver, part: Part, task: Prove, trials: Sequence[Trial]) -> Iterator[Check]:
    """Try each statement on numbers of its own, by the independent evaluation."""
    for statement in task.statements:
        if statement.again is None:
            left = Partial(statement.top, statement.bottom)
            drawn = trials if not solver.numeric else [
                defined_trial(solver, {}, seed, known={}) for seed in TRIALS]
            worst = max(largest_error(trial, left, statement.right) for trial in drawn)
            yield Check("claim", statement.typed, worst, worst <= TOLERANCE,
                        "both sides on random numbers")


SOLVING = Solving(_steps, _asks, _checks)
