"""What would explain a claim that is wrong and follows from nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from derive.expr.integers import IntLike, named
from derive.expr.nodes import Apply, Expr, Neg, Partial, Reduce, Ref, Symbol, Transpose
from derive.expr.walk import at, free_indices, transform, walk
from derive.expr.walk import refs as references
from derive.expr.walk import replace as put_in
from derive.marking.comparison import differing, same
from derive.marking.samples import places, value_of
from derive.marking.submission.claims import Claim, Where
from derive.marking.submission.judging.entrywise import as_entries
from derive.marking.submission.judging.marker import UNJUDGED, Marker
from derive.marking.submission.judging.plain import is_plain
from derive.marking.verdict import Verdict
from derive.marking.written import Numbers
from derive.syntax.write_text import write

__all__ = ["WEAK", "Explained", "adds_up", "edited", "explained", "is_one_edit"]

# what says little: many numbers happen to be a multiple of others
ANOTHER = "another quantity"
WEAK = ("", "shape", ANOTHER, "constant factor", "constant added", "swapped entries",
        "sign of an entry")
MOST_ALIKE = 2      # further explanations that are told
FEWEST = 3          # digits, before one that differs may be a slip of the pen
ROUGHLY = 2e-6
MOST_MENDED = 12    # symbols of a formula that are tried
LOGARITHMS = {"log": "e", "log10": "10", "log2": "2"}


@dataclass(frozen=True)
class Explained:
    """What a slip is called, in words; fact: with which it would be none."""

    slip: str
    words: str
    fact: str = ""


def explained(marker: Marker, claim: Claim, before: Expr | None,
              carried: Callable[[Claim], Explained | None] = lambda claim: None
              ) -> Explained | None:
    """Return the smallest explanation that gives what was written; None where there is none.

    carried: looks for a slip that was made with values that were wrong before.
    """
    assert claim.subject is not None, "a claim that was judged"
    arithmetic = _arithmetic(marker, claim, before)
    if arithmetic is not None:
        return arithmetic
    mended = next(_mended(marker, claim), None)
    if mended is not None:
        return mended
    verdict = _judged_again(marker, claim)
    may_be = claim.expr is None or not list(references(claim.expr)) or not marker.solver.numeric
    formed = list(_misformed(marker, claim))
    worked = [*formed, *(_misworked(marker, claim, 1) if may_be else ())]
    if verdict is not None and verdict.slip not in WEAK:
        same_again = [e for e in formed if e.slip == verdict.slip]
        return _either(_told(verdict), [e for e in worked if e not in same_again])
    with_own = carried(claim) if may_be and not worked else None
    if with_own is not None:
        return with_own
    if verdict is not None and verdict.slip == ANOTHER:
        worked.append(_told(verdict))
    if not worked:      # of a formula that is tried at given numbers, one mistake says enough
        worked = list(_misworked(marker, claim, 2 if may_be else 1))
    if worked:
        return _either(worked[0], worked[1:])
    return _weakly(marker, claim, verdict)


def _judged_again(marker: Marker, claim: Claim) -> Verdict | None:
    """Judge a claim with what explains it; one that acts entry by entry as that."""
    assert claim.subject is not None, "a claim that was judged"
    found = marker.explained(claim.subject, claim.expr) if claim.expr is not None else None
    if found is None or found.slip == "shape":
        entries = next(as_entries(marker, claim), None)
        return found if entries is None else marker.explained(claim.subject, entries)
    return found


def _weakly(marker: Marker, claim: Claim, verdict: Verdict | None) -> Explained | None:
    """Return what a verdict says where nothing else explains the claim."""
    if verdict is None or not verdict.slip:
        return _of_another(marker, claim)
    dropped = _dropped(marker, claim) if verdict.slip == "shape" else None
    return dropped or _told(verdict)


def _told(verdict: Verdict) -> Explained:
    return Explained(verdict.slip, verdict.explanation, verdict.fact)


def _of_another(marker: Marker, claim: Claim) -> Explained | None:
    """Return what else a formula is right for: the name over it is another one's."""
    expr, subject = claim.expr, claim.subject
    if expr is None or not expr.shape or not list(references(expr)):
        return None
    for other in marker.asking.asked:
        if other.shape == expr.shape and other not in (subject, expr):
            found = marker.verdict(other, expr)
            if found is not None and found.right and not found.notion.startswith("given"):
                return Explained(ANOTHER, f"it is {write(other)}")
    return None


def _either(first: Explained, others: list[Explained]) -> Explained:
    """Say what else would give the same: nobody can tell which of them it was."""
    more = [o.words for o in others if o.words not in first.words and " + " not in o.slip]
    return replace(first, words="; or: ".join(dict.fromkeys([first.words, *more[:MOST_ALIKE]])))


def _arithmetic(marker: Marker, claim: Claim, before: Expr | None) -> Explained | None:
    """A line with numbers put in was worked out wrongly."""
    if before is None or claim.expr is None or is_plain(before) or list(references(before)):
        return None
    said, meant = marker.answer(claim.expr), marker.answer(before)
    if not isinstance(said, Numbers) or not isinstance(meant, Numbers) or said.shape or meant.shape:
        return None
    if same(meant.values, said.values, said.half + meant.half):
        return None     # that was worked out as it stands
    for other, words in _other_logarithms(before):
        answer = marker.answer(other)
        if isinstance(answer, Numbers) and same(answer.values, said.values,
                                                said.half + answer.half):
            return Explained("logarithm", words)
    return Explained("arithmetic", f"the line before gives {float(meant.values):.6g}, "
                                   f"not {float(said.values):.6g}")


def _other_logarithms(expr: Expr) -> Iterator[tuple[Expr, str]]:
    """Yield a line with its logarithms to another base."""
    used = dict.fromkeys(n.op for n in walk(expr) if isinstance(n, Apply) and n.op in LOGARITHMS)
    for op, base in LOGARITHMS.items():
        if used and op not in used:
            own = " or ".join(LOGARITHMS[name] for name in used)
            yield (transform(expr, partial(_with_logarithm, op)),
                   f"the logarithm was taken to the base {base}, not {own}")


def _with_logarithm(op: str, part: Expr) -> Expr | None:
    return replace(part, op=op) if isinstance(part, Apply) and part.op in LOGARITHMS else None


def _mended(marker: Marker, claim: Claim) -> Iterator[Explained]:
    """Yield the one symbol that stands in the place of another: w_h for w_y, h_t for h_i."""
    if claim.subject is None:
        return
    for expr in (e for e in (claim.expr, *claim.loose) if e is not None):
        written = dict.fromkeys(r for r in references(expr) if isinstance(r, Symbol))
        for ref in list(written)[:MOST_MENDED]:
            for slip, other in _others(marker, ref, expr):
                made = put_in(expr, {ref: other})
                if other not in (ref, claim.subject) and _is_mended(marker, claim.subject, made):
                    yield Explained(slip, f"{write(ref)} stands for {write(other)}")


def _is_mended(marker: Marker, subject: Expr, made: Expr) -> bool:
    return marker.is_right(subject, made) or marker.holds_for_numbers(subject, made)


def _others(marker: Marker, ref: Symbol, expr: Expr) -> Iterator[tuple[str, Symbol]]:
    """Yield what may have been meant: a neighbour, or a quantity of the same kind."""
    for position in _positions(ref, expr):
        yield "another step", replace(ref, index=position)
    for family in marker.solver.model.families.values():
        if family.shape == ref.shape and len(family.indices) == len(ref.index):
            yield "another quantity", replace(ref, name=family.name)


def _positions(ref: Symbol, expr: Expr) -> Iterator[tuple[IntLike, ...]]:
    """Yield neighbouring positions, and those of the letters that sums in the formula bind."""
    if len(ref.index) != 1:
        return
    letters = dict.fromkeys(n.index for n in walk(expr) if isinstance(n, Reduce))
    at = ref.index[0]
    bound = [named(letter) for letter in letters]
    for near in (*(at - letter for letter in bound), *bound, at):
        yield from ((near + shift,) for shift in (0, -1, 1))


def _dropped(marker: Marker, claim: Claim) -> Explained | None:
    """One entry, row or column of a value is left out; a derivative may be transposed."""
    pair = _beside_the_truth(marker, claim)
    if pair is None:
        return None
    numbers, right = pair
    for truth in (right, right.T)[:1 + isinstance(claim.subject, Partial)]:
        for axis, size in enumerate(truth.shape):
            for place in range(size):
                left = np.delete(truth, place, axis)
                if left.shape == numbers.shape and left.size and same(
                        left, numbers.values, numbers.half):
                    what = "entry" if truth.ndim == 1 else ("row", "column")[min(axis, 1)]
                    return Explained("element dropped", f"the {what} [{place}] is left out")
    return None


def _misformed(marker: Marker, claim: Claim) -> Iterator[Explained]:
    """Yield the one mistake with which a formula of the solution is the one that is written."""
    assert claim.subject is not None, "a claim that was judged"
    said = (e for e in (claim.expr, *claim.loose, *as_entries(marker, claim)) if e is not None)
    for expr in dict.fromkeys(e for e in said if list(references(e))):
        for (value, _), env in _at_the_example(marker, claim.subject, expr):
            found = islice(
                marker.slips.misformulas.giving(claim.subject, value, env), MOST_ALIKE + 1)
            yield from (Explained(f.slip, f.words) for f in found
                        if _is_so(marker, f.formula, expr, claim.when))


def _is_so(marker: Marker, made: Expr, expr: Expr, when: Where) -> bool:
    turned = [Transpose(made)] if len(made.shape) == 2 else []
    return any(marker.is_right(way, expr, when) for way in (made, *turned))


def _misworked(marker: Marker, claim: Claim, count: int) -> Iterator[Explained]:
    """Yield what leads to what is said: *count* mistakes in its working."""
    subject = claim.subject
    for (value, half), env in _said(marker, claim):
        member = at(subject, env) if subject is not None else None
        if not isinstance(member, Ref) or free_indices(member) - set(env):
            return
        for found in marker.slips.mistakes.worked(member, count).giving(value, half, ROUGHLY):
            yield Explained(found.slip, found.words)


Said = tuple[tuple[Any, Any], Mapping[str, IntLike]]


def _said(marker: Marker, claim: Claim) -> Iterator[Said]:
    """Yield the values of what is said, with how far each may be off, and where that is."""
    numbers = _numbers(marker, claim)
    if numbers is not None:
        yield (numbers.values, numbers.half), {}
        return
    for expr in (e for e in (claim.expr, *claim.loose) if e is not None):
        yield from (said for said in _at_the_example(marker, claim.subject, expr)
                    if not marker.solver.numeric or _tells(said[0][0]))


def _tells(value: Any) -> bool:
    """True for several numbers, or one that is not whole: others happen to be what mistakes give.
    """
    return bool(np.size(value) > 1 or np.any(value != np.round(value)))


def _at_the_example(marker: Marker, subject: Expr | None, expr: Expr) -> Iterator[Said]:
    """Yield the value of a formula at one place; of a sum over entries also what is summed."""
    if subject is None:
        return
    trial = marker.slips.example
    entry = _unsummed(expr) if subject.shape and not expr.shape else None
    letters = () if entry is None else (entry[0],)
    whole = expr if entry is None else entry[1]
    for env in list(places(trial, (subject, whole), letters))[-1:]:
        try:
            shape = np.shape(value_of(trial, subject, env))
            yield (value_of(trial, whole, env, letters, shape), 0.0), env
        except UNJUDGED:
            return


def _unsummed(expr: Expr) -> tuple[str, Expr] | None:
    """Return -y_i (1 - p_i) of -sum_i y_i (1 - p_i): a sum written where an entry is meant."""
    if isinstance(expr, Neg):
        inner = _unsummed(expr.arg)
        return None if inner is None else (inner[0], Neg(inner[1]))
    if isinstance(expr, Reduce) and expr.kind == "sum":
        return expr.index, expr.body
    return None


def _numbers(marker: Marker, claim: Claim) -> Numbers | None:
    if claim.expr is None or claim.subject is None or not marker.solver.numeric:
        return None
    try:
        return marker.numbers(claim.subject, claim.expr)
    except UNJUDGED:
        return None


def _beside_the_truth(marker: Marker, claim: Claim) -> tuple[Numbers, Any] | None:
    """Return the numbers of a claim about one member, and those that are right."""
    numbers, subject = _numbers(marker, claim), claim.subject
    if numbers is None or not isinstance(subject, Ref) or free_indices(subject):
        return None
    try:
        return numbers, marker.truth(subject)
    except UNJUDGED:
        return None


def edited(marker: Marker, claim: Claim) -> tuple[str, str] | None:
    """Return what was written and what would mend it, where one entry of a value is wrong.

    None where more is wrong than a slip in copying could do.
    """
    pair = _beside_the_truth(marker, claim)
    if pair is None:
        return None
    numbers, truth = pair
    if truth.shape != numbers.shape or (numbers.figures or 0) < FEWEST:
        return None
    wrong = np.argwhere(differing(truth, numbers.values, numbers.half))
    if len(wrong) != 1:
        return None
    cell = tuple(map(int, wrong[0]))
    said, right = float(numbers.values[cell]), float(truth[cell])
    places = _places(float(np.asarray(numbers.half)[cell]))
    return f"{said:.{places}f}", f"{right:.{places}f}"


def is_one_edit(one: str, other: str) -> bool:
    """True where one sign or digit was changed, left out or added, or two changed places."""
    if one.lstrip("-") == other.lstrip("-"):
        return True
    if len(one) == len(other):
        apart = [k for k, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        swapped = len(apart) == 2 and apart[1] == apart[0] + 1 and (
            one[apart[0]] + one[apart[1]] == other[apart[1]] + other[apart[0]])
        return len(apart) == 1 or swapped
    longer, shorter = sorted((one, other), key=len, reverse=True)
    return len(longer) == len(shorter) + 1 and any(
        longer[:k] + longer[k + 1:] == shorter for k in range(len(longer)))


def _places(half: float) -> int:
    return max(0, round(-np.log10(2 * half))) if half else 0


def adds_up(marker: Marker, claim: Claim, total: float) -> Any:
    """Return what the entries add up to, where that is not what it must be."""
    numbers = _numbers(marker, claim)
    if numbers is None or not numbers.shape:
        return None
    found = float(np.sum(numbers.values))
    return None if abs(found - total) <= float(np.sum(numbers.half)) + ROUGHLY else found
