"""Mistakes that somebody makes throughout a working: one row for each.

A row changes the equations that are worked with, those of the model or those of a sweep, in every
way in which the mistake can be made. What is worked out with them is what somebody would have got.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from derive.expr.equation import Equation
from derive.expr.integers import IntLike, names_in
from derive.expr.nodes import (
    Apply,
    Array,
    Diag,
    Expr,
    MatMul,
    Neg,
    Number,
    Outer,
    Partial,
    Product,
    Quotient,
    Range,
    Reduce,
    Sum,
    Symbol,
    Transpose,
)
from derive.expr.positions import match
from derive.expr.walk import at, refs, transform, walk
from derive.marking.mutations import other_slope
from derive.marking.submission.mistakes.redone import Working
from derive.ops import apply
from derive.syntax.write_text import write

__all__ = ["MISSTEPS", "Misstep", "missteps"]

ONE = Number(Fraction(1))
Made = Iterator[tuple[str, Working]]


@dataclass(frozen=True)
class Misstep:
    """A slip's name, and the workings to which it leads, each with the words for it."""

    name: str
    made: Callable[[Working], Made]


def missteps(working: Working) -> Iterator[tuple[str, str, Working]]:
    """Yield (name, words, working) for every mistake that can be made here."""
    for misstep in MISSTEPS:
        for words, made in misstep.made(working):
            if made != working:
                yield misstep.name, words, made


def _backward(working: Working, change: Callable[[Equation], Equation | None]) -> Working:
    """Return a working with the equations of the sweep changed, or left out."""
    found = (change(e) for e in working.backward or ())
    return replace(working, backward=tuple(e for e in found if e is not None))


def _forward(working: Working, change: Callable[[Expr], Expr | None]) -> Working:
    changed = {name: [replace(e, rhs=transform(e.rhs, change)) for e in several]
               for name, several in working.forward.items()}
    return replace(working, forward=changed)


def _put_equation(working: Working, old: Equation, new: Equation) -> Working:
    """Return a working with one equation of the sweep in the place of another."""
    return replace(working, backward=tuple(new if e is old else e for e in working.backward or ()))


def _rhs(change: Callable[[Expr], Expr | None]) -> Callable[[Equation], Equation]:
    return lambda equation: replace(equation, rhs=transform(equation.rhs, change))


# the sweep

def _no_mean(working: Working) -> Made:
    """The derivative of a mean taken as that of a sum: no 1/T."""
    for equation in working.backward or ():
        scale = _share(equation.rhs)
        if scale is not None:
            whole = equation.rhs.top if isinstance(equation.rhs, Quotient) else ONE
            yield (f"a factor 1/{write(scale)} is missing",
                   _put_equation(working, equation, replace(equation, rhs=whole)))


def _share(rhs: Expr) -> Expr | None:
    """Return T of a derivative 1/T, where nothing else stands in it."""
    if isinstance(rhs, Quotient) and not rhs.shape and not list(refs(rhs.bottom)):
        return rhs.bottom
    if isinstance(rhs, Number) and rhs.value.numerator == 1 and rhs.value.denominator > 1:
        return Number(1 / rhs.value, str(rhs.value.denominator))
    return None


def _steps(equation: Equation) -> dict[str, int]:
    """Return by how far each index of the derivative read differs from that of the result."""
    if not isinstance(equation.target, Partial):
        return {}
    own = equation.target.bottom.index
    for ref in refs(equation.rhs):
        if isinstance(ref, Partial) and ref.top == equation.target.top and len(
                ref.bottom.index) == len(own):
            gaps = [(next(iter(names_in(o)), ""), f - o)
                    for o, f in zip(own, ref.bottom.index, strict=True)]
            return {n: g for n, g in gaps if isinstance(g, int) and g}
    return {}


def _forward_in_time(working: Working) -> Made:
    """The recursion run forward: what should come from t + 1 is taken from t - 1."""
    if any(map(_steps, working.backward or ())):
        yield ("the recursion was run forward in time instead of backward",
               _backward(working, _reversed))


def _reversed(equation: Equation) -> Equation:
    gaps = _steps(equation)
    if not gaps:
        return equation

    def change(part: Expr) -> Expr | None:
        if isinstance(part, Partial):
            index = tuple(_turned(p, gaps) for p in part.bottom.index)
            return replace(part, bottom=replace(part.bottom, index=index))
        return None

    domain = tuple((n, _moved(bounds, gaps.get(n, 0))) for n, bounds in equation.domain)
    return replace(equation, domain=domain, rhs=transform(equation.rhs, change))


def _turned(position: Any, gaps: dict[str, int]) -> Any:
    name = next(iter(names_in(position)), "")
    return position - 2 * gaps[name] if name in gaps else position


def _moved(bounds: Range, gap: int) -> Range:
    """Return where t - 1 is read, in the place of where t + 1 is."""
    return Range(tuple(n + gap for n in bounds.los), tuple(n + gap for n in bounds.his))


def _no_path(working: Working) -> Made:
    """Only the direct path: what comes from the next time step is left out."""
    if any(map(_steps, working.backward or ())):
        yield ("the path through the next time step is missing",
               _backward(working, lambda e: None if _steps(e) else e))


def _no_transpose(working: Working) -> Made:
    """A weight not transposed, where it is square."""
    weights = dict.fromkeys(n.arg for e in working.backward or () for n in walk(e.rhs)
                            if isinstance(n, Transpose) and isinstance(n.arg, Symbol)
                            and n.arg.shape[0] == n.arg.shape[1])
    for weight in weights:
        changed = _rhs(_exchange({Transpose(weight): weight}))
        yield f"{write(weight)} is not transposed", _backward(working, changed)


def _no_slope(working: Working) -> Made:
    """The derivative of the activation forgotten."""
    for equation in working.backward or ():
        rhs = equation.rhs
        if isinstance(rhs, Product) and isinstance(equation.target, Partial):
            through = [f for f in rhs.factors if any(isinstance(r, Partial) for r in refs(f))]
            slopes = [f for f in rhs.factors if f not in through and f.shape == rhs.shape]
            if through and slopes:
                left = through[0] if len(through) == 1 else Product(tuple(through))
                name = equation.target.bottom.name
                yield (f"the derivative of the activation at {name} is missing",
                       _put_equation(working, equation, replace(equation, rhs=left)))


def _slope_elsewhere(working: Working) -> Made:
    """The derivative of the activation at a neighbouring time step."""
    for equation in working.backward or ():
        if not isinstance(equation.rhs, Product):
            continue
        for ref in dict.fromkeys(r for r in refs(equation.rhs) if isinstance(r, Symbol)
                                 and r.index and r.shape == equation.rhs.shape):
            for shift in (-1, 1):
                moved = replace(ref, index=(ref.index[0] + shift, *ref.index[1:]))
                yield (f"the derivative is taken at {write(moved)}, not at {write(ref)}",
                       _put(working, equation, ref, moved))


def _slope_of_output(working: Working) -> Made:
    """tanh'(h) for tanh'(z): the derivative taken at the output; or 1 - z**2 for 1 - h**2."""
    made = [e for several in working.forward.values() for e in several
            if isinstance(e.rhs, Apply) and len(e.rhs.args) == 1
            and isinstance(e.rhs.args[0], Symbol) and e.rhs.args[0].shape == e.target.shape]
    for equation in (e for e in working.backward or () if isinstance(e.rhs, Product)):
        for ref in dict.fromkeys(r for r in refs(equation.rhs) if isinstance(r, Symbol)):
            for wrong, words in (pair for e in made for pair in _at_output(ref, e)):
                yield words, _put(working, equation, ref, wrong)


def _at_output(ref: Symbol, made: Equation) -> Iterator[tuple[Expr, str]]:
    """Yield what stands in the place of h or z in a slope, where h = tanh(z)."""
    assert isinstance(made.rhs, Apply), "an activation"
    assert isinstance(made.target, Symbol), "a quantity"
    argument = made.rhs.args[0]
    assert isinstance(argument, Symbol), "an activation of a quantity"
    env = _matched(made.target, ref)
    if env is not None:
        inner = at(argument, env)
        yield (replace(made.rhs, args=(ref,)),
               f"the derivative of the activation is taken at {write(ref)}, not at {write(inner)}")
        yield inner, f"in the derivative of the activation {write(inner)} stands for {write(ref)}"
    env = _matched(argument, ref)
    if env is not None:
        outer = at(made.target, env)
        yield outer, (f"the derivative of the activation is taken at {write(outer)}, "
                      f"not at {write(ref)}")


def _slope_of_another(working: Working) -> Made:
    """The derivative of a sigmoid for that of tanh, or the other way round."""
    for equation in working.backward or ():
        for part in dict.fromkeys(walk(equation.rhs)):
            for wrong, words in other_slope(part):
                yield words, _put(working, equation, part, wrong)


def _matched(pattern: Symbol, ref: Symbol) -> Mapping[str, IntLike] | None:
    alike = pattern.name == ref.name and len(pattern.index) == len(ref.index)
    return match(pattern, ref) if alike else None


def _put(working: Working, own: Equation, old: Expr, new: Expr) -> Working:
    changed = replace(own, rhs=transform(own.rhs, _exchange({old: new})))
    return _put_equation(working, own, changed)


def _exchange(pairs: Mapping[Expr, Expr]) -> Callable[[Expr], Expr | None]:
    return lambda part: pairs.get(part)


def _neighbour(working: Working) -> Made:
    """h_t for h_{t-1} in the gradient of a weight."""
    for equation in working.backward or ():
        if isinstance(equation.rhs, (Outer, Reduce)):
            for ref in dict.fromkeys(r for r in refs(equation.rhs) if isinstance(r, Symbol)
                                     and r.index):
                for shift in (-1, 1):
                    moved = replace(ref, index=(ref.index[0] + shift, *ref.index[1:]))
                    yield (f"{write(moved)} stands for {write(ref)}",
                           _put(working, equation, ref, moved))


def _other_sign(working: Working) -> Made:
    """t - p in the place of p - t."""
    for equation in working.backward or ():
        for found in walk(equation.rhs):
            if isinstance(found, Sum) and len(found.terms) == 2:
                first, second = found.terms
                if isinstance(first, Symbol) and isinstance(second, Neg):
                    turned = Sum((second.arg, Neg(first)))
                    yield (f"the sign of {write(found)} is wrong",
                           _put(working, equation, found, turned))


def _diagonal_only(working: Working) -> Made:
    """Only the diagonal of the Jacobian of a softmax: p (1 - p)."""
    for equation in working.backward or ():
        for found in (n for n in walk(equation.rhs) if isinstance(n, Sum) and len(n.terms) == 2):
            first, second = found.terms
            if isinstance(first, Diag) and isinstance(second, Neg) and isinstance(
                    second.arg, Outer):
                p = first.arg
                made = Diag(Product((p, Sum((ONE, Neg(p))))))
                yield ("of the softmax's Jacobian only the diagonal is there",
                       _put(working, equation, found, made))


# the model

def _no_bias(working: Working) -> Made:
    """A term that is one quantity without an index, in the equation of something with one."""
    for name, several in working.forward.items():
        for equation in several:
            terms = equation.rhs.terms if isinstance(equation.rhs, Sum) else ()
            for term in terms:
                if isinstance(term, Symbol) and not term.index and len(terms) > 1:
                    left = tuple(t for t in terms if t is not term)
                    rhs = left[0] if len(left) == 1 else Sum(left)
                    yield (f"{write(term)} is left out",
                           _with(working, name, equation, replace(equation, rhs=rhs)))


def _with(working: Working, name: str, old: Equation, new: Equation) -> Working:
    several = [new if e is old else e for e in working.forward[name]]
    return replace(working, forward={**working.forward, name: several})


def _swapped_weights(working: Working) -> Made:
    """Two weights of one shape exchanged wherever they stand."""
    used = dict.fromkeys(r for several in working.forward.values() for e in several
                         for r in refs(e.rhs) if isinstance(r, Symbol) and not r.index
                         and r.shape and r.name not in working.forward)
    weights = list(used)
    for place, one in enumerate(weights):
        for other in weights[place + 1:]:
            if one.shape == other.shape:
                swap = _exchange({one: other, other: one})
                made = _forward(working, swap)
                yield (f"{write(one)} and {write(other)} are exchanged",
                       _backward(made, _rhs(swap)) if made.backward else made)


def _other_step(working: Working) -> Made:
    """h[t] for h[t-1] in an equation of the model."""
    for name, several in working.forward.items():
        for equation in several:
            for ref in dict.fromkeys(r for r in refs(equation.rhs) if isinstance(r, Symbol)
                                     and r.index and r.name in working.forward):
                own = equation.target.index
                if len(own) == len(ref.index) and own != ref.index:
                    moved = replace(ref, index=own)
                    if moved.name == name:
                        continue
                    rhs = transform(equation.rhs, _exchange({ref: moved}))
                    yield (f"{write(moved)} stands for {write(ref)}",
                           _with(working, name, equation, replace(equation, rhs=rhs)))


def _no_function(working: Working) -> Made:
    """An activation not applied."""
    for name, several in working.forward.items():
        for equation in several:
            rhs = equation.rhs
            if isinstance(rhs, Apply) and len(rhs.args) == 1 and rhs.args[0].shape == rhs.shape:
                yield (f"{rhs.op.replace('_', ' ')} was not applied",
                       _with(working, name, equation, replace(equation, rhs=rhs.args[0])))


LOGARITHMS = ("log", "cross_entropy", "binary_cross_entropy")


def _log_ten(working: Working) -> Made:
    """log read as the logarithm to the base 10."""
    ten = apply("log", Number(Fraction(10), "10"))

    def change(part: Expr) -> Expr | None:
        return Quotient(part, ten) if isinstance(part, Apply) and part.op in LOGARITHMS else None

    for name, several in working.forward.items():
        for equation in several:
            made = replace(equation, rhs=transform(equation.rhs, change))
            if made != equation:
                yield ("the logarithm was taken to the base 10",
                       _with(working, name, equation, made))


MOST_CLASSES = 6


def _one_hot(working: Working) -> Made:
    """A one-hot target with its 1 at another entry."""
    targets = dict.fromkeys(n.args[0] for several in working.forward.values() for e in several
                            for n in walk(e.rhs) if isinstance(n, Apply)
                            and n.op == "cross_entropy" and isinstance(n.args[0], Symbol))
    for target in targets:
        size = target.shape[0] if len(target.shape) == 1 else 0
        if not isinstance(size, int) or size > MOST_CLASSES:
            continue
        for shift in range(1, size):
            turn = _reread(target, shift, size)
            made = _forward(working, turn)
            yield (f"{target.name} is read with its 1 at another entry",
                   _backward(made, _rhs(turn)) if made.backward else made)


def _reread(target: Symbol, shift: int, size: int) -> Callable[[Expr], Expr | None]:
    """Return a change that moves all entries of a target round by so many."""
    zero = Number(Fraction(0))
    rows = (Array(tuple(ONE if (k + shift) % size == i else zero for k in range(size)))
            for i in range(size))
    turn = Array(tuple(rows))
    return lambda part: MatMul(turn, part) if isinstance(part, Symbol) and (
        part.name == target.name) else None


MISSTEPS: tuple[Misstep, ...] = (
    Misstep("sum or mean", _no_mean),
    Misstep("recursion forward in time", _forward_in_time),
    Misstep("missing path through time", _no_path),
    Misstep("transpose of a factor", _no_transpose),
    Misstep("missing derivative of the activation", _no_slope),
    Misstep("another step", _slope_elsewhere),
    Misstep("derivative at the output", _slope_of_output),
    Misstep("derivative of another function", _slope_of_another),
    Misstep("another step", _neighbour),
    Misstep("sign of a term", _other_sign),
    Misstep("only the diagonal", _diagonal_only),
    Misstep("missing term", _no_bias),
    Misstep("exchanged", _swapped_weights),
    Misstep("another step", _other_step),
    Misstep("missing function", _no_function),
    Misstep("logarithm", _log_ten),
    Misstep("one-hot misread", _one_hot),
)
