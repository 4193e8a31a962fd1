"""Convolutions and pooling on the page: the shape, one entry worked out, then the whole.

An array of more than two axes is written matrix by matrix: Y_0, Y_1, ...
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np

from derive.calculus.windowed import (
    Letters,
    entry_formula,
    has_windows,
    places_of,
    written_out,
)
from derive.errors import DeriveError
from derive.expr.build import number
from derive.expr.equation import Domain
from derive.expr.integers import IntLike, coefficient, named, names_in
from derive.expr.nodes import (
    Apply,
    Array,
    Delta,
    Entry,
    Expr,
    Literal,
    Partial,
    Product,
    Range,
    Reduce,
    Ref,
    Sum,
    Symbol,
)
from derive.expr.positions import integers
from derive.expr.walk import at as put_at
from derive.expr.walk import put_range, transform, walk
from derive.numbers.reference import evaluate
from derive.ops import OPS
from derive.solution.solver import Solver, Worked
from derive.solution.step import Line
from derive.solution.words import Sentence

__all__ = ["chain_lines", "entries_line", "is_laid_out", "matrices_of", "window_lines",
           "window_words", "windows_in"]

MOST_NAMED = 9      # terms that are written with letters before their numbers
MOST_TERMS = 27     # terms that are written at all
MOST_MATRICES = 12  # of a stack, that are written out
MOST_COPIES = 4     # entries of the input of a transposed convolution, each with its own matrix
WIDEST_COPY = 5     # rows and columns of such a matrix
TRIED = 400         # positions among which one worth showing is looked for


def is_laid_out(worked: Worked) -> bool:
    """True where the working is that of windows, or of arrays of more than two axes."""
    rhs = worked.symbolic[0]
    return has_windows(rhs) or len(worked.member.shape) > 2 or any(
        len(part.shape) > 2 for part in walk(rhs))


def windows_in(expr: Expr) -> list[Apply]:
    """Return the convolutions and poolings that stand in an expression, each once."""
    return [e for e in dict.fromkeys(walk(expr)) if isinstance(e, Apply) and has_windows(e)
            and not any(has_windows(arg) for arg in e.args) and _slides(e)]


def _slides(expr: Apply) -> bool:
    return "padding" in dict(expr.params)


def window_words(solver: Solver, lines: Iterable[Line], rhs: Expr) -> Sentence | None:
    """Explain what the formulas of entries use: frames of zeros, deltas; each once."""
    nodes = [e for line in lines for e in walk(line.right)]
    texts: list[str] = []
    parts: list[Any] = []
    for framed in dict.fromkeys(e for e in nodes if isinstance(e, Apply) and e.op == "pad"):
        if solver.is_new("frame", framed):
            texts.append("{} is {} in a frame of zeros" + _wide(dict(framed.params)["padding"]))
            parts += [framed, framed.args[0]]
    if any(isinstance(e, Delta) for e in nodes) and solver.is_new("deltas", ()):
        spread = isinstance(rhs, Apply) and rhs.op.startswith("conv_transpose")
        texts.append("A delta is 1 where its two positions are equal and 0 elsewhere: it keeps "
                     + ("what is put into the entry." if spread
                        else "the windows that cover the entry."))
    for node in windows_in(rhs):
        if node.op in WHERE_TO and node in nodes:
            texts.append(WHERE_TO[node.op])
            parts += [node.args[0], node.args[1]]
    return Sentence(" ".join(texts), tuple(parts)) if texts else None


def _wide(padding: Any) -> str:
    """Say how wide a frame is."""
    sides = {p for pair in padding for p in pair}
    if len(sides) == 1:
        return f", {sides.pop()} wide."
    names = (("above", "below"), ("on the left", "on the right"))[-len(padding):]
    if len(padding) == 1:
        names = (("in front", "behind"),)
    said = [f"{p} {name}" for pair, both in zip(padding, names, strict=True)
            for p, name in zip(pair, both, strict=True) if p]
    return ": " + ", ".join(said) + "."


WHERE_TO = {
    **{f"max_pool{n}d_gradient": "Each entry of {} goes to the entry of {} that is the largest of "
                                 "its window; all others get nothing." for n in (1, 2)},
    **{f"conv{n}d_input_gradient": "Each entry of {} goes back to the entries under its window, "
                                   "times those of {}." for n in (1, 2)},
    **{f"conv{n}d_kernel_gradient": "Each entry of {} is multiplied by the entries of {} under its "
                                    "window, and the products are added up." for n in (1, 2)},
    **{f"avg_pool{n}d_gradient": "Each entry of {} is shared out equally over its window of {}."
       for n in (1, 2)},
}


def chain_lines(solver: Solver, left: Partial, rhs: Expr, where: Domain, alone: bool
                ) -> tuple[Line, ...]:
    """Return the chain rule for one entry: the sum over all windows, then what each is worth.

    *alone* tells that one equation only reads what is differentiated by.
    """
    found = tuple(entries_line(solver, left, rhs, "symbolic"))
    if not found:
        return ()
    line = replace(found[0], where=(*where, *found[0].where))
    entry = line.left
    assert isinstance(entry, Entry)
    if left.component and (one := _of_one_entry(left, line)) is not None:
        return (one,)
    ways = _all_ways(left, entry, line.right) if alone else None
    if ways is None:
        return (line,)
    return (replace(line, right=ways), replace(line, kind="simplified", left=None))


def _all_ways(left: Partial, entry: Entry, formula: Expr) -> Expr | None:
    """dL/dK_fab = sum_ij dL/dY_fij dY_fij/dK_fab, over the entries of Y that K_fab enters."""
    heads = [e for e in walk(formula) if isinstance(e, Entry) and isinstance(e.arg, Partial)
             and e.arg.top == left.top and len(e.at) == len(e.arg.shape)]
    if len(heads) != 1:
        return None
    head = heads[0]
    assert isinstance(head.arg, Partial)
    if len(head.arg.shape) != len(head.arg.bottom.shape) or not all(map(_is_letter, head.at)):
        return None
    local = Partial(head.arg.bottom, left.bottom, (), head.at, direct=True)
    body: Expr = Product((head, Entry(local, entry.at)))
    for place, size in zip(reversed(head.at), reversed(head.arg.shape), strict=True):
        if place not in entry.at:   # a filter makes its own channel only
            body = Reduce("sum", str(place), Range((0,), (size - 1,)), body)
    return body


def _of_one_entry(left: Partial, line: Line) -> Line | None:
    """dY_ij/dK_uv = X_i+u,j+v: of the sum over Y only the entry that stands on top counts.

    dY_ij/dX_mn = K_m-i,n-j, where the window covers (m, n); elsewhere it is 0.
    """
    bounds: dict[str, Range] = {}
    body = line.right
    while isinstance(body, Reduce):
        bounds[body.index], body = body.range, body.body
    if not isinstance(body, Product):
        return None
    head, *others = body.factors
    if not (isinstance(head, Entry) and isinstance(head.arg, Partial)
            and head.arg.bottom == left.top and all(str(i) in bounds for i in head.at)):
        return None
    env = {str(i): c for i, c in zip(head.at, left.component, strict=True)}
    where = dict(line.where)
    for letter, value in env.items():
        own = _turned(bounds.pop(letter), value, where)
        if own is None:
            return None
        where |= own
    right = put_at(Product(tuple(others)) if len(others) > 1 else others[0], env)
    for letter, whole in reversed(bounds.items()):
        right = Reduce("sum", letter, put_range(whole, env), right)
    covered = where != dict(line.where)
    return replace(line, right=right, where=tuple(where.items()),
                   reason=Sentence("and 0 elsewhere") if covered else line.reason)


def _turned(bounds: Range, value: IntLike, where: Mapping[str, Range]) -> dict[str, Range] | None:
    """m - h + 1 <= i <= m holds for i <= m <= i + h - 1; bounds without such an m always hold."""
    found: dict[str, Range] = {}
    for name in where:
        los = [value - (b - named(name)) for b in bounds.his if coefficient(b, name) == 1]
        his = [value - (b - named(name)) for b in bounds.los if coefficient(b, name) == 1]
        if los or his:
            found[name] = Range(tuple(los), tuple(his))
    turned = [b for name in found for b in (*bounds.los, *bounds.his) if coefficient(b, name) == 1]
    others = [b for b in (*bounds.los, *bounds.his) if b not in turned]
    return found if not any(names_in(b) & set(where) for b in others) else None


def _is_letter(place: IntLike) -> bool:
    return not isinstance(place, int) and place == named(str(place))


def window_lines(solver: Solver, worked: Worked) -> Iterator[Line]:
    """Yield the equation, the formula of an entry, one entry in numbers, and all of it."""
    member, rhs = worked.member, worked.symbolic[0]
    if isinstance(member, Symbol) or not has_windows(rhs):
        yield Line("symbolic", member, "=", rhs)
    if has_windows(rhs):
        if isinstance(member, Symbol):
            yield from entries_line(solver, member, rhs)
        yield from _copies(solver, member, rhs)
        yield from _one_entry(solver, worked)
    yield from matrices_of(member, worked.value)


def _copies(solver: Solver, member: Ref, rhs: Expr) -> Iterator[Line]:
    """Write a small transposed convolution as what each entry of the input puts into it."""
    if not (isinstance(rhs, Apply) and rhs.op.startswith("conv_transpose")
            and len(rhs.shape) == len(rhs.args[0].shape) == 2):
        return
    x, k = (solver.literal(a) if isinstance(a, Ref) else None for a in rhs.args)
    if x is None or k is None or x.values.size > MOST_COPIES or max(
            integers(rhs.shape)) > WIDEST_COPY:
        return
    placed = [_copy(rhs, x, k, at) for at in np.ndindex(*x.values.shape)]
    yield Line("substituted", member, "=" if x.exact and k.exact else "≈", Sum(tuple(placed)),
               reason=Sentence("a copy of {} for each entry of {}", rhs.args[::-1]))


def _copy(rhs: Apply, x: Literal, k: Literal, at: tuple[int, ...]) -> Literal:
    alone = np.zeros_like(x.values) if x.values.dtype.kind != "O" else np.full(
        x.values.shape, Fraction(0), dtype=object)
    alone[at] = x.values[at]
    return replace(x, values=OPS[rhs.op].evaluate(alone, k.values, **dict(rhs.params)),
                   exact=x.exact and k.exact)


def letters_for(solver: Solver, rhs: Expr) -> Letters:
    question = solver.question
    return Letters.beside(rhs, names=(*question.sizes, *question.indices, *solver.named.families))


def entries_line(solver: Solver, member: Ref, rhs: Expr, kind: str = "simplified"
                 ) -> Iterator[Line]:
    """Yield ``Y_ij = sum_ab X_i+a,j+b K_ab`` with the range of i and j, if there is such a form."""
    letters = letters_for(solver, rhs)
    at = places_of(rhs, letters)
    try:
        formula = entry_formula(rhs, at, letters)
    except DeriveError:
        return
    if any(isinstance(e, Entry) and isinstance(e.arg, Array) for e in walk(formula)):
        return      # an array without a name has no entry K_uv
    yield Line(kind, Entry(member, at), "=", formula, where=whole_range(member, at))


def whole_range(member: Ref, at: tuple[IntLike, ...]) -> Domain:
    return tuple((str(letter), Range((0,), (size - 1,)))
                 for letter, size in zip(at, member.shape, strict=True))


def matrices_of(member: Ref, value: Literal) -> Iterator[Line]:
    """Yield the result; of a stack of matrices one after the other."""
    ahead = value.values.shape[:-2]
    if not ahead:
        yield Line("result", member, "=" if value.exact else "≈", value)
        return
    cells = list(product(*map(range, ahead)))
    shown = cells if len(cells) <= MOST_MATRICES else [*cells[:MOST_MATRICES // 2], cells[-1]]
    for cell in shown:
        one = replace(value, values=value.values[cell])
        left_out = len(shown) < len(cells) and cell == cells[-1]
        reason = Sentence(f"those between ({len(cells) - len(shown)}) are left out")
        yield Line("result", Entry(member, cell), "=" if value.exact else "≈", one,
                   reason=reason if left_out else None)


# one entry


def _one_entry(solver: Solver, worked: Worked) -> Iterator[Line]:
    """Yield one entry as the sum of its products, with letters, with numbers, and its value."""
    found = _worth_showing(solver, worked)
    if found is None:
        return
    at, terms = found
    left: Expr | None = Entry(worked.member, at)
    count = _count(terms)
    if count <= MOST_NAMED:
        yield Line("simplified", left, "=", terms)
        left = None
    value = _entry(worked.value, at)
    numbers, exact = _in_numbers(solver, _without_zeros(solver, terms, count))
    if _count(numbers) <= MOST_TERMS and numbers != value:
        shorter = Sentence("without the terms that are 0") if _count(numbers) < count else None
        yield Line("substituted", left, "=" if exact else "≈", numbers, reason=shorter)
        left = None
    yield Line("arithmetic", left, "=" if value.exact else "≈", value)


def _without_zeros(solver: Solver, terms: Expr, count: int) -> Expr:
    """Leave terms that are 0 out of a long sum."""
    if count <= MOST_NAMED or not isinstance(terms, Sum):
        return terms
    kept = tuple(t for t in terms.terms if evaluate(t, solver.float))
    return Sum(kept) if len(kept) > 1 else kept[0] if kept else number(0)


def _count(terms: Expr) -> int:
    return len(terms.terms) if isinstance(terms, Sum) else 1


def _worth_showing(solver: Solver, worked: Worked) -> tuple[tuple[int, ...], Expr] | None:
    """Choose an entry: not 0, a sum, and not the very first one, if there is such an entry."""
    rhs, values = worked.symbolic[0], np.asarray(worked.value.values, dtype=float)
    best: tuple[int, tuple[int, ...], Expr] | None = None
    for at in islice(_positions(values.shape), TRIED):
        try:
            terms = written_out(entry_formula(rhs, at, letters_for(solver, rhs)))
        except DeriveError:
            return None
        rank = 2 * (abs(values[at]) > 1e-9 * np.max(np.abs(values))) + isinstance(terms, Sum)
        if best is None or rank > best[0]:
            best = (rank, at, terms)
        if rank == 3:
            break
    return None if best is None else (best[1], best[2])


def _positions(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield positions from the second of the first row on: it shows how far a window moves."""
    first = (0,) * (len(shape) - 1)
    if shape and shape[-1] > 1:
        yield (*first, 1)
    yield from product(*map(range, shape))


def _in_numbers(solver: Solver, terms: Expr) -> tuple[Expr, bool]:
    """Put numbers in for entries; the line is exact where all of them are."""
    exact = True

    def change(e: Expr) -> Expr | None:
        nonlocal exact
        if isinstance(e, Entry) and isinstance(e.arg, Ref):
            one = _entry(solver.literal(e.arg), tuple(i for i in e.at if isinstance(i, int)))
            exact = exact and one.exact
            return one
        return solver.literal(e) if isinstance(e, Ref) else None

    return transform(terms, change), exact


def _entry(whole: Literal, at: tuple[int, ...]) -> Literal:
    value = np.asarray(whole.values[at], dtype=whole.values.dtype)
    exact = whole.exact or isinstance(value[()], Fraction)
    return Literal(value, exact and _is_said(whole, value[()]), whole.say)


def _is_said(whole: Literal, value: Any) -> bool:
    """True where the digits of one entry are the whole truth."""
    if whole.exact:
        return True
    return isinstance(value, (int, Fraction)) and Fraction(whole.say(value)) == value
