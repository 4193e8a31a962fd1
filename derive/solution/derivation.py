"""The derivation of one adjoint for every position at once: names, proofs, cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from derive.calculus.adjoint import Adjoint, families_down
from derive.calculus.by_entry import entry_equation, slope_equation
from derive.calculus.contributions import Contribution
from derive.calculus.fusion import Fusion
from derive.calculus.pieces import Piece
from derive.calculus.ranges import at_most, large
from derive.calculus.system import System
from derive.calculus.table_form import as_row
from derive.calculus.windowed import has_windows
from derive.expr.equation import Domain
from derive.expr.integers import IntLike
from derive.expr.nodes import Apply, Expr, Partial, Reduce, Symbol
from derive.expr.walk import at, free_indices, refs, walk
from derive.question.question import Part
from derive.solution.chain import at_top, laid_out, piece_lines
from derive.solution.forward import identifier
from derive.solution.proofs import proof_step
from derive.solution.put_together import with_answer
from derive.solution.reasons import locals_of, readers_of
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Line, Step, at_places
from derive.solution.windows import window_words
from derive.solution.words import Claim, Sentence

__all__ = ["derivation_steps", "fused_once", "gradient_steps", "introduced"]


def derivation_steps(solver: Solver, part: Part, adjoint: Adjoint, family: str,
                     asked: Sequence[Symbol], answers: bool = True) -> Iterator[Step]:
    """Yield what a part needs of the derivation of one adjoint, and was not shown before.

    It *answers* the part unless a closed form follows.
    """
    if family == adjoint.top.name and _is_only_itself(adjoint, asked):
        return
    left = adjoint.partial(adjoint.member(family))
    pieces = [p for p in adjoint.pieces[family] if _matters(solver, adjoint, family, p, asked)]
    new = [p for p in pieces if solver.is_new(left.family, p.domain)]
    asks = answers and any(b.name == family for b in asked)
    if not new:
        if asks and not solver.numeric:
            yield _again(solver, part, adjoint, family, pieces)
        return
    if len(new) == len(pieces):
        items = adjoint.contributions(family)
        outputs = (item.fused.value.name for item in items if item.fused is not None)
        for name in (*outputs, family, *(item.source.name for item in items)):
            yield from introduced(solver, part, name)
        for item in items:
            if item.fused is not None:
                yield from fused_once(solver, part, adjoint, item.fused)
    yield _placed(_chain_step(solver, part, adjoint, family, new, asks), adjoint, family)


def _placed(step: Step, adjoint: Adjoint, family: str) -> Step:
    """Write the words at the one position of a general top, where that is all there is."""
    points = [at_top(adjoint, piece) for piece in adjoint.pieces[family]]
    return at_places(step, points[0]) if len(points) == 1 and points[0] else step


def _is_only_itself(adjoint: Adjoint, asked: Sequence[Symbol]) -> bool:
    """True where all that could be said of the top is that its derivative by itself is 1."""
    first, *others = adjoint.terms[adjoint.top.name]
    general = adjoint.cases is not None and all(b.name != adjoint.top.name for b in asked)
    return not first.domain or (general and not others and not isinstance(first, Contribution))


def _again(solver: Solver, part: Part, adjoint: Adjoint, family: str, pieces: Sequence[Piece]
           ) -> Step:
    """Return the formulas of an adjoint that an earlier part has derived on its way."""
    left = adjoint.partial(adjoint.member(family))
    many = len(adjoint.pieces[family]) > 1
    lines = [replace(list(piece_lines(solver, adjoint, family, piece, many))[-1],
                     left=at(left, at_top(adjoint, piece)), kind="result")
             for piece in reversed(pieces)]
    lines = with_answer(solver, adjoint, family, lines, asked=True)
    return Step(identifier(solver, part.label, left), "again", tuple(lines), answer=True,
                intro=say("again"))


def _chain_step(solver: Solver, part: Part, adjoint: Adjoint, family: str,
                pieces: Sequence[Piece], asks: bool) -> Step:
    """Return the chain rule of an adjoint, case by case, the last position first."""
    whole = asks and _is_for_tables(solver, adjoint, family)
    asks = asks and not solver.numeric
    many = len(adjoint.pieces[family]) > 1
    lines: list[Line] = []
    for piece in reversed(pieces):
        found = list(piece_lines(solver, adjoint, family, piece, many))
        if whole:
            found = _in_table_form(solver, adjoint, family, found)
        lines += [*found[:-1], replace(found[-1], kind="result") if asks else found[-1]]
    if not whole:
        lines = with_answer(solver, adjoint, family, lines, asks)
    entries = tuple(_entry_steps(solver, part, adjoint, family)) if solver.full else ()
    only = at_top(adjoint, pieces[0]) if not many else {}
    told = [c for c in adjoint.contributions(family) if any(c in p.terms for p in pieces)]
    return Step(identifier(solver, part.label, adjoint.partial(adjoint.member(family))), "chain",
                tuple(lines), answer=asks, detail="brief" if asks else "normal",
                title=_said_at(title("chain", adjoint.member(family)), only),
                intro=_said_at(readers_of(adjoint, family, told), only),
                note=_said_at(_note(solver, adjoint, family, lines, told), only), substeps=entries)


def _is_for_tables(solver: Solver, adjoint: Adjoint, family: str) -> bool:
    """True for expressions without a name, second derivatives, and what one equation holds."""
    top = adjoint.top.name
    if top in {*solver.question.expressions, *solver.question.gradients}:
        found = True
    else:
        between = (solver.named.above(top) & solver.named.below(family)) - {
            top, family, *solver.named.helpers}
        found = not solver.numeric and not between
    return found and solver.formula(adjoint, family) is not None


def _in_table_form(solver: Solver, adjoint: Adjoint, family: str, lines: list[Line]
                   ) -> list[Line]:
    """End with the derivative in one formula, where the last line is not that already."""
    found = solver.formula(adjoint, family)
    rows = solver.conventions.layout == "jacobian" and len(adjoint.member(family).shape) == 1
    rows = rows and not adjoint.top.shape
    shown = as_row(found, solver.matrix_facts) if found is not None and rows else found
    if shown is None or shown == lines[-1].right or has_windows(shown):
        return lines    # windows are told entry by entry
    return [*lines, Line("simplified", None, "=", shown)]


def _said_at(said: Sentence | None, only: Mapping[str, IntLike]) -> Sentence | None:
    """Put the one position into a sentence at which a derivative is not zero: o_t, not o_i."""
    if said is None or not only:
        return said
    return replace(said, parts=tuple(_part_at(part, only) for part in said.parts))


def _part_at(part: object, only: Mapping[str, IntLike]) -> object:
    if isinstance(part, Claim):
        return replace(part, left=at(part.left, only), right=at(part.right, only))
    return at(part, only) if isinstance(part, Expr) else part


def _note(solver: Solver, adjoint: Adjoint, family: str, lines: Sequence[Line],
          told: Sequence[Contribution]) -> Sentence | None:
    rhs = [adjoint.equation(family, piece).rhs for piece in adjoint.pieces[family]]
    if not any(map(has_windows, rhs)):
        return locals_of(adjoint, family, told)
    found = [words for r in rhs if (words := window_words(solver, lines, r))]
    return found[0] if found else None


def _matters(solver: Solver, adjoint: Adjoint, family: str, piece: Piece, asked: Sequence[Symbol]
             ) -> bool:
    """Leave out the case of an initial state, unless it is what is asked for."""
    if at_top(adjoint, piece):
        return True
    defined = [e for e in solver.named.equations if e.target.family == family]
    if not defined or not piece.domain:
        return True
    meets = [not at_most(r.hi + 1, e.domain[k][1].lo) and not at_most(e.domain[k][1].hi + 1, r.lo)
             for e in defined
             for k, (_, r) in enumerate(piece.domain) if k < len(e.domain)]
    fixed = any(not e.domain for e in defined)
    return fixed or all(meets) or any(
        b.name == family and _within(piece, b) for b in asked)


def _within(piece: Piece, member: Symbol) -> bool:
    return all(large(r.lo) <= large(i) <= large(r.hi)
               for (_, r), i in zip(piece.domain, member.index, strict=True))


def _entry_steps(solver: Solver, part: Part, adjoint: Adjoint, family: str) -> Iterator[Step]:
    """At full detail, show each local derivative entry by entry, as SymPy finds it."""
    for number, item in enumerate(adjoint.contributions(family)):
        found = _entry_lines(item, adjoint.model) if item.fused is None else ()
        if found:
            name = f"d{item.equation.target.family}_d{family}_entries{number or ''}"
            yield Step(identifier(solver, part.label, name), "entries", found, detail="full")


def _entry_lines(item: Contribution, model: System) -> tuple[Line, ...]:
    source, rhs = item.equation.target, item.equation.rhs
    if any(isinstance(n, Apply) and "kink" in dict(n.params) for n in walk(rhs)):
        return ()   # SymPy knows nothing of the convention at the kink
    read = {r for r in refs(rhs) if isinstance(r, Symbol) and r.name == item.target.name}
    if len(read) != 1 or not isinstance(source, Symbol):
        return ()
    found = [e for e in (entry_equation(source, rhs, model.used),
                         slope_equation(source, rhs, read.pop(), model.used)) if e is not None]
    if len(found) < 2:
        return ()
    (whole, entry), (slope, value) = found
    cases = len(model.by_target[source.family]) > 1 or _goes_on(source, rhs, model)
    return (Line("definition", whole, "=", entry, item.equation.domain if cases else ()),
            Line("symbolic", slope, "=", value, _where_read(item, slope, cases)))


def _goes_on(source: Symbol, rhs: Expr, model: System) -> bool:
    """True where all that an equation mentions has members beyond its range: s_0 and h_0."""
    mentioned = [source, *(r for r in refs(rhs) if isinstance(r, Symbol) and r.index)]
    shifted = {r.name for e in model.equations for r in refs(e.rhs)
               if isinstance(r, Symbol) and any(r.name == m.name and r.index != m.index
                                                for m in mentioned)}
    return all(m.name in shifted for m in mentioned)


def _where_read(item: Contribution, slope: Expr, cases: bool) -> Domain:
    """Return for which positions an equation reads what it is differentiated by, if not all."""
    bound = [(e.index, e.range) for e in walk(item.equation.rhs) if isinstance(e, Reduce)]
    free = free_indices(slope)
    return tuple((n, r) for n, r in (*item.equation.domain, *bound)
                 if n in free) if bound or cases else ()


def introduced(solver: Solver, part: Part, family: str) -> Iterator[Step]:
    """Introduce a name that the engine gave to the argument of a function, or a derivative."""
    if family in solver.extended.patterns:
        yield from gradient_steps(solver, part, [family])
        return
    if family not in solver.named.helpers or not solver.is_new("name", family):
        return
    equations = solver.named.by_target[family]
    lines = tuple(Line("definition", e.target, "=", e.rhs, where=e.domain) for e in equations)
    reader = next(e for e in solver.named.equations if any(
        r.family == family for r in refs(e.rhs)))
    yield Step(identifier(solver, part.label, f"name_{family}"), "name argument", lines,
               intro=say("name argument", equations[0].target, reader.target), detail="normal")


def fused_once(solver: Solver, part: Part, adjoint: Adjoint, fusion: Fusion) -> Iterator[Step]:
    if solver.is_new("fused", (fusion.outer, fusion.inner)):
        name = f"d{fusion.outer}_d{fusion.argument.name}_proof"
        yield proof_step(identifier(solver, part.label, name), fusion, solver.taken)


def gradient_steps(solver: Solver, part: Part, families: Iterable[str]) -> Iterator[Step]:
    """Derive the derivatives that stand in equations as quantities, each once."""
    for family in families:
        name = solver.extended.patterns[family][2]
        swept = solver.extended.sweeps.get(name)
        if swept is None or not solver.is_new("gradient", name):
            continue
        bottom = solver.question.gradients[name].bottom
        for other in families_down(swept, {bottom.name}):
            yield from derivation_steps(solver, part, swept, other, [bottom], answers=False)
        yield from _gradient_in_full(solver, part, name, swept)


def _gradient_in_full(solver: Solver, part: Part, name: str, swept: Adjoint) -> Iterator[Step]:
    """Write a derivative that is one formula in quantities of the model as that formula."""
    wanted, (equation, *_) = solver.question.gradients[name], solver.named.by_target[name]
    left = Partial(wanted.top, wanted.bottom)
    told = swept.equation(wanted.bottom.name, swept.pieces[wanted.bottom.name][0]).rhs
    if wanted.letters or equation.rhs == told or any(
            r.family in solver.extended.patterns for r in refs(equation.rhs)):
        return
    line = Line("simplified", left, "=", laid_out(solver, equation.rhs))
    yield Step(identifier(solver, part.label, left) + "_in_full", "in full", (line,),
               intro=say("in full"), detail="normal")
