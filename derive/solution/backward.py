"""Derivatives: the chain rule as a course writes it, the recurrence, then the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as dc_replace
from graphlib import CycleError, TopologicalSorter

from derive.calculus.adjoint import Adjoint
from derive.calculus.by_entry import entry_equation, slope_equation
from derive.calculus.contributions import Contribution
from derive.calculus.fusion import Fusion
from derive.calculus.linear import transposed
from derive.calculus.pieces import Piece
from derive.calculus.ranges import large
from derive.calculus.tidy import tidy
from derive.expr.build import add, matmul, mul, sum_over, transpose
from derive.expr.expand import expanded
from derive.expr.nodes import Expr, Partial, Ref, Symbol
from derive.expr.walk import free_indices, refs, replace
from derive.question.question import Part
from derive.solution.forward import at_times, identifier
from derive.solution.local import jacobian, kind_of, local_partial
from derive.solution.members import ancestors
from derive.solution.proofs import proof_step
from derive.solution.rules import say, title
from derive.solution.solver import Solver
from derive.solution.step import Claim, Line, Sentence, Step
from derive.solution.working import lines_of

__all__ = ["derivative_steps"]


def derivative_steps(solver: Solver, part: Part, top: Symbol, bottoms: Sequence[Symbol]
                     ) -> Iterator[Step]:
    """Yield the derivation of d top / d bottom for all *bottoms*, with numbers if there are any."""
    reached = [b for b in bottoms if _reaches(solver, top, b)]
    for bottom in bottoms:
        if bottom not in reached:
            yield _zero_step(solver, part, top, bottom)
    if not reached:
        return
    adjoint = solver.adjoint(top)
    for family in _order(adjoint, {b.name for b in reached}):
        if adjoint.partial(adjoint.member(family)).family not in solver.told:
            yield from _told(solver, part, adjoint, family, reached)
    if solver.numeric:
        yield from _numbers(solver, part, adjoint, reached)


def _reaches(solver: Solver, top: Symbol, bottom: Symbol) -> bool:
    return bottom.name in solver.named.above(top.name) and (
        bottom.name in solver.adjoint(top).contributions)


def _zero_step(solver: Solver, part: Part, top: Symbol, bottom: Symbol) -> Step:
    from derive.expr.build import zero

    left = Partial(top, bottom)
    line = Line("result", left, "=", zero(left.shape))
    return Step(identifier(solver, part.label, left), "zero", (line,), answer=True,
                intro=say("zero", top, bottom))


def _order(adjoint: Adjoint, wanted: set[str]) -> list[str]:
    """Return the families whose derivatives are needed, from the top down to what is wanted.

    Only what happens at one position orders them: dL/dh_t stands before dL/dz_t although dL/dh_t
    needs dL/dz_{t+1}.
    """
    found = adjoint.contributions
    needed, todo = set(wanted), list(wanted)
    while todo:
        for item in found[todo.pop()]:
            name = item.source.name if item.source is not None else ""
            if name in found and name not in needed:
                needed.add(name)
                todo.append(name)
    near = {name: {c.source.name for c in found[name] if c.source is not None
                   and c.distance == 0 and c.source.name in needed} - {name}
            for name in found if name in needed}
    ready = TopologicalSorter(near)
    try:
        return list(ready.static_order())
    except CycleError:
        return [name for name in found if name in needed]


def _told(solver: Solver, part: Part, adjoint: Adjoint, family: str,
          asked: Sequence[Symbol]) -> Iterator[Step]:
    """Derive the adjoint of one family, for every position at once."""
    if family == adjoint.top.name and not adjoint.contributions[family][0].domain:
        return
    left = adjoint.partial(adjoint.member(family))
    solver.told[left.family] = part.label
    yield from _introduced(solver, part, family)
    for item in adjoint.contributions[family]:
        if item.fused is not None:
            yield from _fused_once(solver, part, adjoint, item.fused)
    pieces = [p for p in adjoint.pieces[family] if _matters(solver, family, p, asked)]
    asks = not solver.numeric and any(b.name == family for b in asked)
    steps: list[Line] = []
    for piece in reversed(pieces):
        lines = list(_piece_lines(solver, adjoint, family, piece, len(pieces) > 1))
        steps += [*lines[:-1], dc_replace(lines[-1], kind="result") if asks else lines[-1]]
    yield Step(identifier(solver, part.label, left), "chain", tuple(steps), answer=asks,
               detail="brief" if asks else "normal", title=title("chain", adjoint.member(family)),
               intro=_readers(adjoint, family), note=_locals(adjoint, family),
               substeps=tuple(_entry_steps(solver, part, adjoint, family)) if solver.full else ())


def _matters(solver: Solver, family: str, piece: Piece, asked: Sequence[Symbol]) -> bool:
    """Leave out the case of an initial state, unless it is what is asked for."""
    defined = [e for e in solver.named.equations if e.target.family == family]
    if not defined or not piece.domain:
        return True
    lows = [large(e.domain[k][1].lo) <= large(r.hi) for e in defined
            for k, (_, r) in enumerate(piece.domain) if k < len(e.domain)]
    fixed = any(not e.domain for e in defined)
    return fixed or all(lows) or any(
        b.name == family and _within(piece, b) for b in asked)


def _within(piece: Piece, member: Symbol) -> bool:
    return all(large(r.lo) <= large(i) <= large(r.hi)
               for (_, r), i in zip(piece.domain, member.index, strict=True))


def _entry_steps(solver: Solver, part: Part, adjoint: Adjoint, family: str) -> Iterator[Step]:
    """At full detail, show each local derivative entry by entry, as SymPy finds it."""
    for item in adjoint.contributions[family]:
        if item.fused is None and item.equation is not None:
            found = _entry_lines(item)
            if found:
                name = f"d{item.equation.target.family}_d{family}_entries"
                yield Step(identifier(solver, part.label, name), "entries", found, detail="full")


def _entry_lines(item: Contribution) -> tuple[Line, ...]:
    assert item.equation is not None and item.target is not None
    source, rhs = item.equation.target, item.equation.rhs
    read = {r for r in refs(rhs) if isinstance(r, Symbol) and r.name == item.target.name}
    if len(read) != 1 or not isinstance(source, Symbol):
        return ()
    found = [e for e in (entry_equation(source, rhs), slope_equation(source, rhs, read.pop()))
             if e is not None]
    kinds = ("definition", "symbolic")
    return tuple(Line(kind, left, "=", right) for kind, (left, right) in
                 zip(kinds, found, strict=False)) if len(found) == 2 else ()


def _introduced(solver: Solver, part: Part, family: str) -> Iterator[Step]:
    """Introduce a name that the engine gave to the argument of a function."""
    if family not in solver.named.helpers or f"name {family}" in solver.told:
        return
    solver.told[f"name {family}"] = part.label
    equations = solver.named.by_target[family]
    lines = tuple(Line("definition", e.target, "=", e.rhs, where=e.domain) for e in equations)
    reader = next(e for e in solver.named.equations if any(
        r.family == family for r in refs(e.rhs)))
    yield Step(identifier(solver, part.label, f"name_{family}"), "name argument", lines,
               intro=say("name argument", equations[0].target, reader.target), detail="normal")


def _fused_once(solver: Solver, part: Part, adjoint: Adjoint, fusion: Fusion) -> Iterator[Step]:
    key = f"fused {fusion.outer} {fusion.inner}"
    if key not in solver.told:
        solver.told[key] = part.label
        name = f"d{fusion.outer}_d{fusion.argument.name}_proof"
        yield proof_step(identifier(solver, part.label, name), fusion)


def _readers(adjoint: Adjoint, family: str) -> Sentence | None:
    """Say which equations read the quantity, as the reason for the terms of the chain rule."""
    items = [c for c in adjoint.contributions[family] if c.source is not None]
    sources = list(dict.fromkeys(c.source for c in items))
    target = adjoint.member(family)
    if len(sources) == 1:
        return say("readers", target, sources[0])
    if len(sources) == 2:
        return say("readers two", target, *sources)
    if sources:
        listed = ", ".join(["{}"] * len(sources))
        return Sentence(f"{{}} enters {listed}, and every way counts (chain rule).",
                        (target, *sources))
    return None


def _locals(adjoint: Adjoint, family: str) -> Sentence | None:
    """Say what each local derivative is, and why."""
    words: list[str] = []
    parts: list[object] = []
    for item in adjoint.contributions[family]:
        if item.source is None or item.fused is not None:
            continue
        local = jacobian(item, adjoint)
        if local is not None:
            kind = kind_of(local, item)
            words.append("{}" + (f", {RULE_WORDS[kind]}" if RULE_WORDS[kind] else ""))
            parts.append(Claim(local_partial(item), "=", local))
            parts += [item.source, item.target] if RULE_WORDS[kind] else []
    if not words:
        return _weight_words(adjoint, family)
    return Sentence("Here " + "; ".join(words) + ".", tuple(parts))


RULE_WORDS = {
    "linear": "because {} is linear in {}",
    "elementwise": "because an entry of {} depends on the same entry of {} alone",
    "local": "",
}


def _weight_words(adjoint: Adjoint, family: str) -> Sentence | None:
    """Say how one entry of a weight enters, and that its gradients add up over the steps."""
    member = adjoint.member(family)
    items = [c for c in adjoint.contributions[family] if c.source is not None]
    words, parts = [], []
    for item in items:
        found = _slope(item)
        if found is not None:
            words.append("{}")
            parts.append(Claim(found[0], "=", found[1]))
    text = "Here " + " and ".join(words) + "." if words else ""
    if any(c.sums for c in items):
        text = "{} is used at every step, so its gradients add up. " + text
        parts = [member, *parts]
    return Sentence(text.strip(), tuple(parts)) if text else None


def _slope(item: Contribution) -> tuple[Expr, Expr] | None:
    if item.equation is None or item.fused is not None or not item.equation.target.shape:
        return None
    source, leaf = item.equation.target, item.target
    assert isinstance(source, Symbol) and isinstance(leaf, Symbol)
    read = [r for r in refs(item.equation.rhs) if isinstance(r, Symbol) and r.name == leaf.name]
    if len(set(read)) != 1 or len(leaf.shape) != 2:
        return None
    return slope_equation(source, item.equation.rhs, read[0])


def _piece_lines(solver: Solver, adjoint: Adjoint, family: str, piece: Piece, many: bool
                 ) -> Iterator[Line]:
    """Yield the chain rule with symbols, then with the local derivatives put in."""
    equation = adjoint.equation(family, piece)
    where = equation.domain if many else ()
    chain = _chain(adjoint, piece, solver.conventions.layout == "jacobian")
    first: Ref | None = equation.target
    if chain is not None and chain not in (equation.rhs, equation.target):
        yield Line("symbolic", first, "=", chain, where)
        first = None
    rhs = laid_out(solver, equation.rhs)
    yield Line("symbolic" if chain is None else "simplified", first, "=", rhs, where)
    known = _constants_in(adjoint, equation.rhs)
    if known != equation.rhs:
        yield Line("simplified", None, "=", laid_out(solver, known), where)


def _constants_in(adjoint: Adjoint, expr: Expr) -> Expr:
    """Put derivatives in that are the same number everywhere: dL/dl_t = 1/T."""
    table: dict[Expr, Expr] = {}
    for ref in refs(expr):
        if isinstance(ref, Partial) and ref.top == adjoint.top:
            pieces = adjoint.pieces.get(ref.bottom.name, ())
            rhs = adjoint.equation(ref.bottom.name, pieces[0]).rhs if len(pieces) == 1 else ref
            if not any(True for _ in refs(rhs)) and not free_indices(rhs) & _letters(adjoint, ref):
                table[ref] = rhs
    return tidy(replace(expr, table)) if table else expr


def _letters(adjoint: Adjoint, ref: Partial) -> set[str]:
    return set(adjoint.model.families[ref.bottom.name].indices)


def laid_out(solver: Solver, expr: Expr) -> Expr:
    """Write a right side in the layout of the sheet."""
    if solver.conventions.layout == "jacobian" and len(expr.shape) == 1:
        return transposed(expr)
    return expr


def _chain(adjoint: Adjoint, piece: Piece, rows: bool) -> Expr | None:
    """Return sum over readers u of (du/dv)^T dL/du, for rows dL/du du/dv.

    None where a factor is no matrix.
    """
    terms = []
    for item in piece.contributions:
        if item.source is None or item.target is None or len(item.target.shape) > 1:
            return None
        if len(item.source.shape) > 1:
            return None
        term = _chain_term(adjoint, item, rows)
        if term is not item.expr:
            for name, bounds in reversed(item.sums):
                term = sum_over(name, bounds, term)
        terms.append(term)
    return add(*terms)


def _chain_term(adjoint: Adjoint, item: Contribution, rows: bool) -> Expr:
    assert item.source is not None and item.target is not None
    outer = adjoint.partial(item.source)
    local = local_partial(item)
    if item.source == adjoint.top and not adjoint.top.index and adjoint.form == "scalar":
        return item.expr  # dL/dv as a symbol would mean all ways at once
    if adjoint.form == "jacobian" or rows:
        return matmul(outer, local) if item.source.shape else mul(outer, local)
    if not item.source.shape:
        return mul(outer, local)
    if not item.target.shape:
        return matmul(local, outer)
    return matmul(transpose(local), outer)


def _numbers(solver: Solver, part: Part, adjoint: Adjoint, bottoms: Sequence[Symbol]
             ) -> Iterator[Step]:
    wanted = [adjoint.partial(b) for b in bottoms]
    if adjoint.form == "component":
        yield from _component_numbers(solver, part, adjoint, bottoms)
        return
    known = [w for w in wanted if w in solver.worked]
    for ref in known:
        value = solver.literal(ref)
        line = Line("result", ref, "=" if value.exact else "≈", laid_out(solver, value))
        yield Step(identifier(solver, part.label, ref) + ".value", "numbers", (line,), answer=True)
    order = ancestors(wanted, lambda r: reversed(list(solver.parents(r))), solver.is_known)
    steps, shown = [], []
    for ref in order:
        made = solver.making(ref)
        if made is None:
            continue
        trivial = not any(True for _ in refs(made.rhs))
        worked = solver.work_out(ref, expanded_layout(solver, made.rhs))
        if trivial and ref not in wanted:
            continue
        lines = lines_of(worked, lambda e: laid_out(solver, e))
        steps.append(Step(identifier(solver, part.label, ref) + ".value", "numbers", lines,
                          time=tuple(i for i in ref.index if isinstance(i, int)),
                          answer=ref in wanted))
        shown.append(ref)
    yield from at_times(solver, steps, shown)


def expanded_layout(solver: Solver, rhs: Expr) -> Expr:
    """Sums over the index are written out before the layout is chosen, term by term."""
    if solver.conventions.layout == "jacobian" and len(rhs.shape) == 1:
        return transposed(expanded(rhs))
    return rhs


def _component_numbers(solver: Solver, part: Part, adjoint: Adjoint, bottoms: Sequence[Symbol]
                       ) -> Iterator[Step]:
    """Give the derivative of each entry of an array as one array of numbers."""
    import itertools

    from derive.numbers.policy import literal

    shape = [int(n) for n in adjoint.top.shape]  # type: ignore[arg-type]
    for bottom in bottoms:
        whole = solver.float(Partial(adjoint.top, bottom))
        lines = []
        for cell in itertools.product(*(range(n) for n in shape)):
            ref = Partial(adjoint.top, bottom, (), cell)
            lines.append(Line("result", ref, "≈", literal(whole[cell], solver.policy, False)))
        yield Step(identifier(solver, part.label, Partial(adjoint.top, bottom)) + ".value",
                   "components", tuple(lines), answer=True, intro=say("components", adjoint.top))
