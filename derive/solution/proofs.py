"""The derivation of a loss through a softmax, as lines in index notation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.calculus.by_entry import entry_equation
from derive.calculus.fusion import Fusion
from derive.calculus.index_proof import ProofLine
from derive.expr.integers import named, names_in
from derive.expr.nodes import Dimension, Expr, Partial
from derive.expr.walk import free_indices, refs
from derive.solution.rules import title
from derive.solution.step import Line, Step
from derive.solution.words import Claim, Sentence

__all__ = ["proof_step"]

CASES = {"same": "=", "other": "≠"}
REASONS = {
    "chain": "chain rule over all entries",
    "delta": "the delta picks one term",
    "matrix": "for all entries at once",
}


def proof_step(identifier: str, fusion: Fusion) -> Step:
    """Return the step that derives d loss / d argument entry by entry."""
    definitions = tuple(_definitions(fusion))
    return Step(identifier, "loss and softmax", (*definitions, *_lines(fusion.proof.lines)),
                title=title("loss and softmax", fusion.top, fusion.argument), detail="normal")


def _definitions(fusion: Fusion) -> Iterator[Line]:
    """Begin with what both functions are, entry by entry."""
    for symbol, expr in ((fusion.top, fusion.loss), (fusion.value, fusion.function)):
        found = entry_equation(symbol, expr)
        if found is not None:
            yield Line("definition", found[0], "=", found[1])


def _lines(found: Sequence[ProofLine]) -> Iterator[Line]:
    before: Expr | None = None
    letters = next((_apart(line) for line in found if line.rule == "other"), ())
    for line in found:
        left = None if line.lhs == before else line.lhs
        kind = "result" if line.rule == "matrix" else "symbolic"
        yield Line(kind, left, "=", line.rhs, reason=_reason(line, letters),
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


def _reason(line: ProofLine, letters: tuple[str, ...]) -> Sentence | None:
    """Say what a line rests on; *letters* are the positions of the two cases."""
    if line.rule in CASES:
        first, second = (Dimension(named(n)) for n in letters)
        return Sentence("for {}", (Claim(first, CASES[line.rule], second),))
    if line.fact is not None:
        return Sentence("since {}", (Claim(line.fact[0], "=", line.fact[1]),))
    return Sentence(REASONS[line.rule]) if line.rule in REASONS else None
