"""Derivations in index notation, as lines: a loss through a softmax, a claim step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from derive.calculus.agreement import Agreement
from derive.calculus.by_entry import entry_equation, fact_by_entry
from derive.calculus.claims import Proof, Stage
from derive.calculus.composition import entry_symbol
from derive.calculus.derived_facts import DerivedFact
from derive.calculus.facts import Fact
from derive.calculus.fusion import Fusion
from derive.calculus.index_proof import PATIENT, ProofLine
from derive.expr.build import number
from derive.expr.equation import Domain
from derive.expr.integers import named, names_in
from derive.expr.nodes import Dimension, Expr, Fill, Partial, Symbol
from derive.expr.walk import array_of, free_indices, refs
from derive.solution.rules import say, title
from derive.solution.step import Line, Step
from derive.solution.words import Claim, Sentence

__all__ = ["conclusion_step", "gradient_step", "proof_step", "stage_step"]

CASES = {"same": "=", "other": "≠"}
REASONS = {
    "chain": "chain rule over all entries",
    "chain of ways": "chain rule, every way counts",
    "chain of one": "chain rule",
    "split": "the sum splits",
    "delta": "the delta picks one term",
    "matrix": "for all entries at once",
}
# why a slope is what it is, told where every step is; {} is the quantity differentiated
GROUNDS = {
    "term by term": "term by term",
    "quotient rule": "quotient rule",
    "product rule": "product rule",
    "picked": "the delta picks one term",
    "in output": "by the definition of {}",
    "shown": "as shown",
}
SLOPES = frozenset(("inner", "alone"))
DETAILS_OF_SLOPES = frozenset(("term by term", "collected", "same", "other"))


def proof_step(identifier: str, fusion: Fusion, taken: Collection[str] = ()) -> Step:
    """Return the step that derives d loss / d argument entry by entry.

    Letters that are *taken* mean something else in the question.
    """
    pairs = ((fusion.top, fusion.loss), (fusion.value, fusion.function))
    definitions = tuple(_definitions(pairs, taken))
    shown = [line for line in fusion.proof.lines if line.rule not in PATIENT]
    brief = [replace(line, why="") for line in shown]
    lemmas = tuple(line for lemma in fusion.lemmas for line in _lemma(lemma, taken))
    return Step(identifier, "loss and softmax", (*definitions, *lemmas, *_lines(brief, taken)),
                title=title("loss and softmax", fusion.top, fusion.argument), detail="normal")


def _lemma(found: DerivedFact, taken: Collection[str]) -> Iterator[Line]:
    """Show a sum that the proof rests on: its equation put in, then facts about what that reads."""
    claims = [_fact(fact, taken) for fact in found.facts]
    why = Sentence("since " + " and ".join("{}" for _ in claims), tuple(claims))
    yield Line("symbolic", found.total, "=", found.spelled)
    shape = found.total.shape
    value = Fill(found.value, shape) if shape else number(found.value)
    yield Line("simplified", None, "=", value, reason=why if claims else None)


def stage_step(identifier: str, top: Symbol, stage: Stage,
               is_new: Callable[[str, Hashable], bool], taken: Collection[str] = ()) -> Step:
    """Return the step of one chain rule: what is differentiated, then each line with its reason.

    Slopes that were shown before are not derived again, unless one is all that is asked for;
    ``is_new(kind, what)`` remembers.
    """
    slopes = dict.fromkeys(key for line in stage.lines if (key := _slope_of(line)) is not None)
    known = {key for key in slopes if not is_new("slope of an entry", key)} - {(top, stage.x)}
    defined = [(y, rhs) for y, rhs in stage.defined if (y, stage.x) not in known]
    lines = [_recalled(line) if _slope_of(line) in known else line for line in stage.lines
             if _slope_of(line) not in known or line.rule in SLOPES]
    return Step(identifier, "slope", (*_definitions(defined, taken), *_lines(lines, taken)),
                title=title("slope", top, stage.x), detail="normal")


def _slope_of(line: ProofLine) -> tuple[Symbol, Symbol] | None:
    """Return what is differentiated by what, for a line about a single equation."""
    whole = array_of(line.lhs)
    if isinstance(whole, Partial) and line.rule in SLOPES | DETAILS_OF_SLOPES:
        return whole.top, whole.bottom
    return None


def _recalled(line: ProofLine) -> ProofLine:
    return replace(line, why="shown")


def gradient_step(identifier: str, gradient: Partial, name: Symbol) -> Step:
    """Return the step that names a gradient, which is then differentiated itself."""
    return Step(identifier, "gradient", (Line("definition", name, "=", gradient),),
                intro=say("gradient", name, gradient.top), detail="normal")


def conclusion_step(identifier: str, left: Partial, right: Expr, proof: Proof,
                    where: Domain = (), second: Partial | None = None,
                    taken: Collection[str] = ()) -> Step:
    """Return the end of a proof: the entry as it is claimed, then all entries at once.

    *right* is what was claimed, as it is to be written, *where* for which positions; *second* the
    gradient that *left* differentiates, where a second derivative was claimed.
    """
    found = proof.last
    lines = []
    entries = entry_symbol(left, found.letters)
    ours, theirs = proof.found, proof.claimed
    if not found.stages:
        lines.append(Line("symbolic", entries, "=", ours,
                          reason=say("does not depend", left.top, left.bottom)))
    if ours != theirs:
        lines.append(Line("symbolic", entries, "=", ours))
        lines.append(Line("symbolic", None, "=", theirs, reason=_grounds(proof.agreement, taken)))
    whole = Sentence(REASONS["matrix"]) if left.shape else None
    lines.append(Line("result", left, "=", right, where, reason=whole))
    note = say("shown") if second is None else say("shown twice", left.top, second, second.top)
    return Step(identifier, "shown", tuple(lines), note=note, answer=True)


def _grounds(found: Agreement, taken: Collection[str]) -> Sentence | None:
    """Say which facts and equations show that two entries are the same."""
    claims = [_fact(fact, taken) for fact in found.facts]
    claims += [Claim(e.target, "=", e.rhs) for e in found.equations]
    words = " and ".join("{}" for _ in claims)
    return Sentence(f"since {words}", tuple(claims)) if claims else None


def _fact(fact: Fact, taken: Collection[str]) -> Claim:
    left, right = fact_by_entry(*fact, taken)
    return Claim(left, "=", right)


def _definitions(pairs: Iterable[tuple[Symbol, Expr]], taken: Collection[str]
                 ) -> Iterator[Line]:
    """Begin with what the functions are, entry by entry."""
    for symbol, expr in pairs:
        found = entry_equation(symbol, expr, taken)
        if found is not None:
            yield Line("definition", found[0], "=", found[1])


def _lines(found: Sequence[ProofLine], taken: Collection[str]) -> Iterator[Line]:
    before: Expr | None = None
    letters = next((_apart(line) for line in found if line.rule == "other"), ())
    for line in found:
        left = None if line.lhs == before else line.lhs
        kind = "result" if line.rule == "matrix" else "symbolic"
        yield Line(kind, left, "=", line.rhs, reason=_reason(line, letters, taken),
                   apart=_apart(line))
        before = line.lhs


def _apart(line: ProofLine) -> tuple[str, ...]:
    """Return the letters that differ in the case of different positions."""
    if line.rule != "other":
        return ()
    return tuple(sorted(n for n in free_indices(line.lhs) if n not in _positions(line.lhs)))


def _positions(expr: Expr) -> set[str]:
    """Return the names in index positions of quantities, which are not letters of entries."""
    return {n for r in refs(expr) if isinstance(r, Partial)
            for i in (*r.top.index, *r.bottom.index) for n in names_in(i)}


def _reason(line: ProofLine, letters: tuple[str, ...], taken: Collection[str]
            ) -> Sentence | None:
    """Say what a line rests on; *letters* are the positions of the two cases."""
    if line.rule in CASES:
        first, second = (Dimension(named(n)) for n in letters)
        return Sentence("for {}", (Claim(first, CASES[line.rule], second),))
    if line.fact is not None:
        return Sentence("since {}", (_fact(line.fact, taken),))
    if line.why:
        key = _slope_of(line)
        words = GROUNDS[line.why]
        return Sentence(words, key[:1] if key and "{}" in words else ())
    return Sentence(REASONS[line.rule]) if line.rule in REASONS else None
