"""Names that parts give to their results: g_o for dJ/do, and lines written with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from derive.expr.integers import IntLike, names_in
from derive.expr.nodes import Expr, Partial, Symbol
from derive.expr.positions import match
from derive.expr.walk import at, transform
from derive.question.question import Request
from derive.solution.step import Line, Step
from derive.solution.words import Claim, Sentence
from derive.syntax.latex.style import Style
from derive.syntax.names import HOLE, latex_name
from derive.syntax.open_names import opened
from derive.syntax.write_latex import write as write_latex

if TYPE_CHECKING:
    from derive.solution.solver import Solver

__all__ = ["Alias", "alias_for", "notation_of", "written_with"]


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a derivative at all its positions: g_o[t] for dJ[t]/do[t].

    `letters` are the indices of the name, in order; they stand free in `pattern`.
    """

    name: str
    pattern: Partial
    letters: tuple[str, ...]

    def of(self, ref: Expr) -> Symbol | None:
        """Return the name of a derivative, None where it is another one."""
        if not isinstance(ref, Partial) or ref.direct or ref.held or ref.component:
            return None
        if (ref.top.name, ref.bottom.name) != (self.pattern.top.name, self.pattern.bottom.name):
            return None
        tops = match(self.pattern.top, ref.top, self.letters)
        bottoms = match(self.pattern.bottom, ref.bottom, self.letters)
        if tops is None or bottoms is None or any(
                tops[n] != bottoms[n] for n in tops.keys() & bottoms.keys()):
            return None
        env = tops | bottoms
        return Symbol(self.name, tuple(env[n] for n in self.letters), ref.shape)

    def meaning(self, symbol: Symbol) -> Partial:
        """Return the derivative that the name stands for at some positions."""
        env: dict[str, IntLike] = dict(zip(self.letters, symbol.index, strict=True))
        return at(self.pattern, env)


def alias_for(solver: Solver, name: str, request: Request) -> Alias:
    """Return a name for what was asked; its indices are the letters that were typed."""
    assert request.bottom is not None, "only derivatives are named"
    places = (*request.bottom.index, *request.top.index)
    families = solver.named.families
    own = {*solver.question.indices, *families[request.bottom.name].indices,
           *families[request.top.name].indices}
    letters = dict.fromkeys(n for p in places for n in sorted(names_in(p)) if n in own)
    return Alias(name, Partial(request.top, request.bottom), tuple(letters))


def notation_of(solver: Solver) -> dict[str, str]:
    """Return how names for results print by themselves: g_o for dJ/do[t] is g_{o_t}."""
    found = {}
    for name, alias in solver.aliases.items():
        head, _, rest = name.rpartition("_")
        if head and rest == alias.pattern.bottom.name and len(alias.letters) > 0:
            inner = latex_name(rest, solver.question.notation)
            found[name] = f"{latex_name(head)}_{{{inner}{HOLE}}}"
    return found | _derivatives(solver) | solver.printed


def _derivatives(solver: Solver) -> dict[str, str]:
    """Return how derivatives print that stand in equations, with marks for their positions."""
    found: dict[str, str] = {}
    for name, (pattern, letters, _) in solver.extended.patterns.items():
        style = Style(notation={**solver.question.notation, **found})
        latex = write_latex(opened(pattern, letters), style)
        rows = solver.conventions.layout == "jacobian" and len(pattern.shape) == 1
        found[name] = rf"\left({latex}\right)^{{\top}}" if rows else latex
    return found


def written_with(step: Step, aliases: Iterable[Alias], lefts: bool) -> Step:
    """Write a step with the names that earlier parts have given.

    Left sides keep the derivative unless *lefts*: where gradients are rows, a name would stand
    there as a column.
    """
    known = tuple(aliases)
    if not known:
        return step

    def named(expr: Expr) -> Expr:
        return transform(expr, lambda e: next(
            (found for alias in known if (found := alias.of(e)) is not None), None))

    def said(sentence: Sentence | None) -> Sentence | None:
        return sentence and replace(sentence, parts=tuple(_part(p, named) for p in sentence.parts))

    lines = tuple(_line(line, named, said(line.reason), lefts) for line in step.lines)
    return replace(step, lines=lines, intro=said(step.intro), note=said(step.note),
                   title=said(step.title),
                   substeps=tuple(written_with(s, known, lefts) for s in step.substeps))


def _part(part: Any, named: Callable[[Expr], Expr]) -> Any:
    if isinstance(part, Claim):
        return replace(part, left=named(part.left), right=named(part.right))
    return named(part) if isinstance(part, Expr) else part


def _line(line: Line, named: Callable[[Expr], Expr], reason: Sentence | None, lefts: bool
          ) -> Line:
    left = named(line.left) if lefts and line.left is not None else line.left
    right = named(line.right)
    if left == right:
        return replace(line, reason=reason)     # the line that says what the name stands for
    terms = tuple(tuple((named(f), named(label)) for f, label in term) for term in line.terms)
    return replace(line, left=left, right=right, reason=reason, terms=terms)
