"""The judgement of an answer: in which sense it is equal, or where it differs and why perhaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import singledispatch
from typing import Any

import numpy as np

from derive.errors import DeriveError, Place
from derive.expr.integers import IntLike, named
from derive.expr.nodes import Array, Expr, Symbol
from derive.expr.positions import integers
from derive.expr.walk import refs
from derive.marking.answers import Answer, Formula, Members, as_array, entry_letters, left_open
from derive.marking.assumed import Compared, assumed_fact, is_obeyed_by
from derive.marking.case import Case
from derive.marking.comparison import agreeing_digits, differing, same, wrong_entries
from derive.marking.fitting import Fit, fitting, misfit
from derive.marking.generality import Generality, generality
from derive.marking.kept import Kept
from derive.marking.precise import is_refuted_exactly
from derive.marking.samples import FINE, Sample, drawn, places, value_of
from derive.marking.slips import Explanation, explain
from derive.marking.target import Target
from derive.marking.verdict import MOST_LISTED, Verdict, WrongEntry
from derive.marking.written import Numbers
from derive.question.question import Given
from derive.solution.members import making
from derive.solution.solver import Solver
from derive.solution.trials import Trial, trials_of

__all__ = ["LAYOUTS", "Judge"]

Drawn = dict[Any, list[tuple[Trial, float]]]
LAYOUTS = ("gradient", "jacobian", "derivatives", "either")
MOST_MEMBERS = 200      # of a series in numbers, at which a formula is compared
HUGE = 1e8              # beyond it a number is what is left of 1/0: an inverse of no inverse
ENOUGH = 3              # samples, before a formula counts as judged


@dataclass
class Judge:
    """Judges answers about the quantities of one question.

    layout: "gradient" where a derivative has the shape of what it is taken by, "jacobian" where the
    derivative of a number may be a row, "derivatives" where those of vectors may be transposed too,
    "either" where any matrix may be.
    """

    solver: Solver
    layout: str = "gradient"
    itself: bool = False    # whether an answer may hold the very quantity it is about
    explains: bool = True   # whether slips are looked for that explain a wrong answer
    either: bool = False    # whether all of them are told that fit
    where: Callable[[Mapping[str, IntLike]], bool] | None = None    # the members it is said of
    numbers: Drawn = field(default_factory=dict)     # drawn once for all that is judged
    # those that obey one more fact
    obeying: dict[Any, Kept[tuple[Trial, float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise DeriveError(f"layout: {self.layout!r} is not known", remedy=" or ".join(LAYOUTS))
        self._given: Trial | None = None
    @property
    def given(self) -> Trial:
        """The question's own numbers."""
        if self._given is None:
            self._given = trials_of(self.solver)[0]
        return self._given

    def drawn(self, known: Mapping[str, Given] | None = None) -> list[tuple[Trial, float]]:
        """Return drawn numbers, but for those that are *known*."""
        key = None if known is None else tuple(
            (name, tuple(item.members)) for name, item in sorted(known.items()))
        if key not in self.numbers:
            self.numbers[key] = list(drawn(self.solver, known))
        return self.numbers[key]

    def verdict(self, target: Target, answer: Answer) -> Verdict:
        """Judge an answer; DeriveError where it cannot be judged."""
        return _judged(answer, self, target)

    def may_turn(self, target: Target) -> bool:
        """True where the transpose of a matrix counts as right."""
        return self.layout == "either" or (self.layout == "derivatives" and target.is_slope) or (
            self.layout == "jacobian" and target.is_gradient)


def _cannot(why: str, remedy: str = "") -> DeriveError:
    return DeriveError(f"cannot be judged: {why}", Place("answer", 1, 1), remedy)


@singledispatch
def _judged(answer: Answer, judge: Judge, target: Target) -> Verdict:
    raise TypeError(type(answer))


# members of a series

@_judged.register
def _(answer: Members, judge: Judge, target: Target) -> Verdict:
    if not target.letters:
        raise _cannot(f"{target.typed} is no series", "give one value")
    found: list[Verdict] = []
    for position, item in answer.items.items():
        if len(position) != len(target.letters):
            raise _cannot(f"{target.typed} has {len(target.letters)} positions, "
                          f"{len(position)} are given")
        env: dict[str, IntLike] = dict(zip(target.letters, position, strict=True))
        found.append(judge.verdict(_placed(judge, target, env), item))
    return _together(target, found, _missing(judge, target, answer))


def _placed(judge: Judge, target: Target, env: dict[str, IntLike]) -> Target:
    placed = target.put(env)
    if judge.solver.numeric and not judge.given.exists(placed.expr, {}):
        raise _cannot(f"there is no {placed.typed}")
    return placed


def _missing(judge: Judge, target: Target, answer: Members) -> list[str]:
    """Return the members that are asked for and not answered."""
    if not judge.solver.numeric:
        return []
    wanted = [tuple(env[n] for n in target.letters) for env in target.members(judge.solver)]
    return [target.put(dict(zip(target.letters, at, strict=True))).typed for at in wanted
            if at not in answer.items]


def _together(target: Target, found: Sequence[Verdict], missing: Sequence[str]) -> Verdict:
    if not found:
        raise _cannot(f"{target.typed} has no members")
    wrong = [v for v in found if not v.right]
    if missing and not wrong:
        words = f"there is no {_few(missing)}"
        return Verdict(False, "", None, (), "missing members", words,
                       f"wrong: {target.typed} is incomplete, {words}", target.typed)
    digits = [v.digits for v in found if v.digits is not None]
    first = wrong[0] if wrong else max(found, key=lambda v: _order(v.notion))
    names = _few([v.quantity for v in wrong])
    head = f"wrong in {len(wrong)} of {len(found)} members ({names}); " if len(wrong) > 1 else ""
    message = first.message if wrong else first.message.replace(first.quantity, target.typed, 1)
    return replace(first, quantity=target.typed, digits=min(digits, default=None),
                   entries=tuple(e for v in wrong for e in v.entries),
                   points=sum(v.points for v in found),
                   message=head + (message.removeprefix("wrong: ") if head else message))


def _few(names: Sequence[str]) -> str:
    more = len(names) - MOST_LISTED
    return ", ".join([*names[:MOST_LISTED], *([f"and {more} more"] if more > 0 else [])])


def _order(notion: str) -> int:
    return ("form", "value", "given numbers", "layout", "digits").index(notion)


# numbers

@_judged.register
def _(answer: Numbers, judge: Judge, target: Target) -> Verdict:
    if not judge.solver.numeric:
        return judge.verdict(target, Formula(as_array(answer)))
    members = _members(judge, target)
    split = _as_members(answer, target, _listed_members(judge, target, answer.shape[:1]))
    if split is not None:
        return judge.verdict(target, split)
    if not target.letters:
        return _number(answer, judge, target)
    return _together(target, [_number(answer, judge, target.put(env)) for env in members], ())


def _members(judge: Judge, target: Target) -> list[dict[str, IntLike]]:
    """Return the members of which something is said; an expression has those of its letters."""
    found = list(target.members(judge.solver)) if target.request or not target.letters else list(
        places(judge.given, (target.expr,)))
    return [env for env in found if judge.where is None or judge.where(env)]


def _listed_members(judge: Judge, target: Target, count: tuple[int, ...]
                    ) -> Sequence[Mapping[str, IntLike]]:
    """Return the members that a list is about; it may begin with a start that is given."""
    members = list(target.members(judge.solver))
    if not (isinstance(target.expr, Symbol) and len(target.letters) == 1):
        return members
    letter = target.letters[0]
    every = sorted(integers(p)[0] for p in judge.given.forward.positions(target.expr.name))
    plain = target.expr.index == (named(letter),)
    return [{letter: k} for k in every] if plain and count == (len(every),) else members


def _as_members(answer: Numbers, target: Target, members: Sequence[Mapping[str, IntLike]]
                ) -> Members | None:
    """Return a series that is given as one list, from its first member on."""
    shape = target.expr.shape
    if len(target.letters) != 1 or answer.shape != (len(members), *shape):
        return None
    at = [integers(tuple(env[n] for n in target.letters)) for env in members]
    return Members({place: answer.at(k) for k, place in enumerate(at)})


def _number(answer: Numbers, judge: Judge, target: Target) -> Verdict:
    truth = _finite(value_of(judge.given, target.expr, {}), target)
    is_zero = not answer.shape and not np.any(answer.values)
    fit = fitting(truth.shape, answer.shape, is_zero)
    if fit is None:
        return _misshapen(target, truth.shape, answer.shape)
    got, half = (fit.shaped(v, truth.shape) for v in (answer.values, answer.half))
    sample = Sample(judge.given, {}, truth, np.asarray(got), np.asarray(half))
    case = Case(judge.solver, target, [sample], answer.figures, False, judge.explains, judge.either)
    if fit.turned:
        return _turned(judge, case)
    if case.agrees:
        return _right(case, _notion(case, fit))
    return _turned_square(judge, case) or _carried(judge, case) or _wrong(case)


def _finite(truth: Any, target: Target) -> Any:
    if np.any(np.isnan(truth)):
        raise _cannot(f"{target.typed} has no value")
    return truth


def _notion(case: Case, fit: Fit) -> str:
    if fit.laid:
        return "layout"
    rounded = any(np.any(s.half) and not same(s.truth, s.got, replace(s, half=0.0).room, s.where)
                  for s in case.samples)
    return "digits" if rounded else "value"


def _carried(judge: Judge, case: Case) -> Verdict | None:
    """Accept what a sheet shows that carries rounded values on."""
    if judge.solver.conventions.carry != "rounded" or case.target.request is None:
        return None
    from derive.marking.rounding import rounded_value

    value = rounded_value(judge.solver, case.target)
    sample = case.samples[0]
    if value is None or not same(value, sample.got, sample.half):
        return None
    found = _right(case, "digits")
    return replace(found, message=f"{found.message}, with rounded values carried on")


# formulas

@_judged.register
def _(answer: Formula, judge: Judge, target: Target) -> Verdict:
    if not judge.itself:
        _refuse_itself(answer, target)
    answer = replace(answer, letters=entry_letters(answer.expr, target.expr, target.letters,
                                                   judge.solver.question.sizes))
    split = _formulas_of_members(answer, judge, target)
    if split is not None:
        return judge.verdict(target, split)
    shape = _stated_shape(answer, target)
    fit = fitting(target.expr.shape, shape, _is_nought(answer.expr))
    if fit is None:
        return _misshapen(target, target.expr.shape, shape)
    case = _compared(judge, target, answer, fit)
    if fit.turned:
        return _turned(judge, case)
    if not case.agrees:
        return _turned_square(judge, case) or _assuming(judge, case, answer, fit)
    return _agreeing(judge, case, answer, fit)


def _assuming(judge: Judge, case: Case, answer: Formula, fit: Fit) -> Verdict:
    """Name the fact with which a wrong formula would be right, where there is one."""
    compared = _comparing(judge, case.target, answer, fit)
    fact = (assumed_fact(judge.solver, case, answer, compared, judge.obeying) if case.explains
            else None)
    if fact is None:
        return _wrong(case)
    words, told = f"it would be right if {fact.typed}", explain(case)
    turned = told.slip.startswith("transpose") and fact.typed.endswith(".T")
    return _wrong(case, because=replace(told, words=f"{told.words}; {words}", fact=fact.typed)
                  if turned else Explanation("missing fact", words, fact.typed))


def _comparing(judge: Judge, target: Target, answer: Formula, fit: Fit) -> Compared:
    return lambda trial, slack: list(_samples(judge, trial, target, answer, fit, slack))


def _agreeing(judge: Judge, case: Case, answer: Formula, fit: Fit) -> Verdict:
    """Judge a formula with the right values so far: exactly, and in general."""
    if _is_same_form(judge, case.target, answer):
        return _right(case, "form")
    refuted = is_refuted_exactly(case, answer)
    if refuted is not None:
        return _wrong(replace(case, samples=[refuted]), exactly=True)
    if judge.solver.numeric and case.target.request is not None:
        return _in_general(judge, case, answer, fit)
    return _right(case, _notion(case, fit))


def _refuse_itself(answer: Formula, target: Target) -> None:
    if target.expr in set(refs(answer.expr)):
        raise _cannot(f"the answer holds {target.typed}, which it is about",
                      "write it in other quantities")


def _formulas_of_members(answer: Formula, judge: Judge, target: Target) -> Members | None:
    """Return a list of expressions, one for each member of a series."""
    if not (judge.solver.numeric and len(target.letters) == 1 and isinstance(answer.expr, Array)):
        return None
    items = answer.expr.items
    members = _listed_members(judge, target, (len(items),))
    if len(items) != len(members) or items[0].shape != target.expr.shape:
        return None
    at = [integers(tuple(env[n] for n in target.letters)) for env in members]
    return Members({place: Formula(item) for place, item in zip(at, items, strict=True)})


def _stated_shape(answer: Formula, target: Target) -> tuple[IntLike, ...]:
    """Return the shape of an answer; one entry in index notation stands for all."""
    return target.expr.shape if answer.letters else answer.expr.shape


def _is_nought(expr: Expr) -> bool:
    return getattr(expr, "value", None) == 0


def _is_same_form(judge: Judge, target: Target, answer: Formula) -> bool:
    """True for the very expression, or for the right side by which the model defines it."""
    if answer.expr == target.expr:
        return True
    if not isinstance(target.expr, Symbol):
        return False
    found = making(target.expr, judge.solver.model.by_target)
    return found is not None and found.rhs == answer.expr


def _compared(judge: Judge, target: Target, answer: Formula, fit: Fit) -> Case:
    """Compare at the question's numbers, or at drawn ones where it has none."""
    solver = judge.solver
    trials = [(judge.given, FINE)] if solver.numeric else judge.drawn()
    samples = [s for trial, slack in trials
               for s in _samples(judge, trial, target, answer, fit, slack)]
    if not samples or (not solver.numeric and len(samples) < ENOUGH):
        raise _cannot("no numbers were found at which both sides have a value",
                      "see whether the facts allow any, and what its logarithms are of")
    return Case(solver, target, samples, explains=judge.explains, either=judge.either)


def _samples(judge: Judge, trial: Trial, target: Target, answer: Formula, fit: Fit,
             slack: float) -> Iterator[Sample]:
    if judge.solver.numeric and target.request is not None:
        envs: list[dict[str, IntLike]] = [
            env for env in list(target.members(judge.solver))[:MOST_MEMBERS]
            if all(trial.exists(side, env) for side in (target.expr, answer.expr))]
    else:
        envs = list(places(trial, (target.expr, answer.expr), answer.letters))
    for env in envs:
        if judge.where is not None and not judge.where(env):
            continue
        try:
            sample = _sample(trial, target, answer, fit, env)
        except DeriveError:     # division by zero: no value here
            continue
        sizes = np.abs(sample.truth)
        known = np.max(sizes, initial=0.0, where=np.isfinite(sizes)) < HUGE
        if np.any(sample.where) and (known or trial is judge._given):
            yield replace(sample, slack=slack)


def _sample(trial: Trial, target: Target, answer: Formula, fit: Fit, env: Mapping[str, IntLike]
            ) -> Sample:
    truth = value_of(trial, target.expr, env)

    def value(expr: Expr) -> Any:
        found = value_of(trial, expr, env, answer.letters, truth.shape)
        return np.asarray(fit.shaped(found, truth.shape))

    got = value(answer.expr)
    with np.errstate(all="ignore"):
        half = left_open(answer.expr, value, got)
    there = np.isfinite(truth) & np.isfinite(got)
    return Sample(trial, env, truth, got, half, there)


def _in_general(judge: Judge, case: Case, answer: Formula, fit: Fit) -> Verdict:
    """Judge a formula that is right for the numbers given on other numbers too."""
    compared = _comparing(judge, case.target, answer, fit)
    found: Generality = generality(judge.solver, judge.given, case, answer, compared, judge.drawn)
    if found.wrong is not None:
        fact = assumed_fact(judge.solver, case, answer, compared, judge.obeying)
        if fact is not None and is_obeyed_by(judge.given, fact):
            verdict = _right(case, "given numbers")
            return replace(verdict, message=f"{verdict.message}, since {fact.typed}")
        typed = fact.typed if fact is not None else ""
        more = f"; it would be right if {typed}" if typed else ""
        return _wrong(found.wrong, "given numbers", because=Explanation(
            "given numbers", GIVEN + more, typed))
    whole = replace(case, samples=[*case.samples, *found.samples])
    verdict = _right(whole, "given numbers" if found.kept else _notion(case, fit))
    kept = f", with the numbers given for {', '.join(found.kept)}" if found.kept else ""
    return replace(verdict, message=verdict.message + kept)


# words

def _turned(judge: Judge, case: Case) -> Verdict:
    """Judge a matrix that was transposed to be compared."""
    if not case.agrees:
        return _wrong(case, also="it also has the shape of the transpose")
    if judge.may_turn(case.target):
        return _right(case, "layout")
    words = "it is the transpose of the right answer"
    return Verdict(False, "layout", _digits(case), (), "transpose", words,
                   f"wrong: {case.target.typed}: {words}", case.target.typed, len(case.samples))


def _turned_square(judge: Judge, case: Case) -> Verdict | None:
    """Accept the transpose of a square matrix in a layout that allows it."""
    if not judge.may_turn(case.target) or len(case.target.expr.shape) != 2:
        return None
    turned = [replace(s, got=s.got.T, half=np.transpose(s.half), where=np.transpose(s.where))
              for s in case.samples if s.got.shape == s.got.T.shape]
    flipped = replace(case, samples=turned)
    return _right(flipped, "layout") if turned and flipped.agrees else None


def _digits(case: Case) -> int | None:
    """Return how many digits agree, where an answer was rounded or is wrong."""
    if case.is_formula:
        return None
    return min(agreeing_digits(s.truth, s.got) for s in case.samples)


SAY = {"form": "the same expression", "layout": "laid out in another way, but the same numbers",
       "given numbers": "the same value"}


def _right(case: Case, notion: str) -> Verdict:
    count = len(case.samples)
    words = SAY.get(notion, "the same value")
    if notion == "digits":
        words = f"to the {case.figures} digits written" if case.figures else "to the digits written"
    elif notion == "value" and case.is_formula:
        words += f" at {count} set{'s'[:count != 1]} of numbers"
    digits = _digits(case)
    return Verdict(True, notion, digits, (), "", "", f"right: {case.target.typed}, {words}",
                   case.target.typed, count)


def _wrong(case: Case, notion: str = "", also: str = "", exactly: bool = False,
           because: Explanation | None = None) -> Verdict:
    sample = case.samples[0] if exactly else case.first_wrong
    wrong = differing(sample.truth, sample.got, 0.0 if exactly else sample.room, sample.where)
    target = case.target.put({n: sample.env[n] for n in case.target.letters if n in sample.env})
    entries = tuple(wrong_entries(target.typed, sample.truth, sample.got, wrong))
    found = because or (Explanation("nearly", EXACTLY) if exactly else
                        explain(case) if case.explains else Explanation())
    size = int(np.size(sample.truth))
    listed = _listed(entries, int(np.count_nonzero(wrong)), size)
    words = "; ".join(part for part in (listed, also, found.words) if part)
    digits = None if notion else _digits(case)
    slip = "transpose" if found.slip == "transpose" else ""
    return Verdict(False, notion or ("layout" if slip else ""), digits, entries, found.slip,
                   found.words, f"wrong: {words}" if words else "wrong", case.target.typed,
                   len(case.samples), found.fact)


EXACTLY = "both sides are close, but in exact arithmetic they differ"
GIVEN = "it agrees for the numbers given, but not for others"


def _listed(entries: Sequence[WrongEntry], wrong: int, size: int) -> str:
    if not entries:
        return ""
    count = f"{wrong} of {size} entries differ: " if size > 1 else ""
    more = wrong - MOST_LISTED
    said = [entry.say() for entry in entries[:MOST_LISTED]]
    return count + ", ".join([*said, *([f"and {more} more"] if more > 0 else [])])


def _misshapen(target: Target, wanted: Sequence[IntLike], found: Sequence[IntLike]) -> Verdict:
    words = misfit(tuple(wanted), tuple(found))
    return Verdict(False, "", None, (), "shape", words, f"wrong: {target.typed}: {words}",
                   target.typed)
