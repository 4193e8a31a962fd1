"""What an answer is about: ``h[1]``, ``dL/dV``, ``dJ[t]/dh[i]``, ``dc[2]/dc[1] | f[2]``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from derive.errors import DeriveError, Place
from derive.expr.integers import IntLike, names_in
from derive.expr.nodes import Entry, Expr, Partial, Symbol
from derive.expr.positions import match
from derive.expr.walk import array_of, at, free_indices
from derive.marking.typed import reader_of
from derive.question.binder import Binder
from derive.question.question import Question, Request
from derive.question.source import Scalar
from derive.solution.solver import Solver
from derive.syntax.write_text import write

__all__ = ["Target", "held_in", "read_target"]

LONGEST = 1000


@dataclass(frozen=True)
class Target:
    """A quantity that is judged; its free `letters` stand for all positions of their indices.

    request: as a part of the question would ask for it; None for any other expression.
    """

    typed: str
    expr: Expr
    letters: tuple[str, ...] = ()
    request: Request | None = None

    @property
    def is_gradient(self) -> bool:
        """True for the derivative of a number, which may be laid out as a column or as a row."""
        return isinstance(self.expr, Partial) and not self.expr.top.shape

    @property
    def is_slope(self) -> bool:
        """True for any derivative that may be laid out in two ways, also of a vector by another."""
        return self.is_gradient or (isinstance(self.expr, Partial) and not self.expr.component
                                    and len(self.expr.top.shape) == 1
                                    and len(self.expr.bottom.shape) == 1)

    def put(self, env: Mapping[str, IntLike]) -> Target:
        """Return the same at fixed positions, called as it would be typed."""
        if not env:
            return self
        expr = at(self.expr, env)
        left = tuple(n for n in self.letters if n not in env)
        return replace(self, expr=expr, letters=left, typed=write(expr))

    def members(self, solver: Solver) -> Iterator[dict[str, IntLike]]:
        """Yield the positions of all members that it stands for, where these are numbers."""
        if not self.letters:
            yield {}
        elif self.request is not None:
            for top, bottom in solver.instances(self.request):
                env = match(self.request.top, top, self.letters) or {}
                if bottom is not None and self.request.bottom is not None:
                    env |= match(self.request.bottom, bottom, self.letters) or {}
                yield {n: env[n] for n in self.letters}


def read_target(question: Question, typed: str) -> Target:
    """Read the name of a quantity, of a derivative, or an expression in them."""
    if len(typed) > LONGEST:
        raise DeriveError("a quantity is named as in the question: h[1], dL/dV",
                          Place("quantity", 1, 1))
    name, _, held = typed.partition(" | ")
    found = _request(question, name)
    if found is None:
        expr: Expr = reader_of(question).expression(_scalar(name), derivatives=True)
        return Target(typed.strip(), expr, _letters(question, expr))
    expr = found.top if found.bottom is None else Partial(found.top, found.bottom,
                                                          held_in(reader_of(question), held))
    whole = Entry(expr, found.entry) if found.entry else expr
    return Target(typed.strip(), whole, _letters(question, whole), found)


def _request(question: Question, name: str) -> Request | None:
    """Return the request that a part would make; None where it is an expression of its own."""
    binder = reader_of(question)
    try:
        return binder.request(_scalar(name))
    except DeriveError as error:
        try:
            binder.expression(_scalar(name), derivatives=True)
        except DeriveError:
            raise error from None
        return None


def held_in(reader: Binder, text: str) -> tuple[Symbol, ...]:
    """Read what is kept fixed; a series without positions is held everywhere."""
    names = [part.strip() for part in _split(text) if part.strip()]
    found = [(name, reader.request(_scalar(name)).top) for name in names]
    return tuple(top if "[" in name else replace(top, index=()) for name, top in found)


def _split(text: str) -> Iterator[str]:
    """Split at commas outside brackets."""
    depth, start = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "[(") - (sign in "])")
        if sign == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]


def _scalar(text: str) -> Scalar:
    place = Place("quantity", 1, 1)
    return Scalar(text, place, "", place)


def _letters(question: Question, expr: Expr) -> tuple[str, ...]:
    """Return the index letters that stand free, in the order of the brackets."""
    free = free_indices(expr) - set(question.sizes)
    ordered = [n for part in _indexed(expr) for position in part.index
               for n in sorted(names_in(position))]
    return tuple(dict.fromkeys(n for n in (*ordered, *sorted(free)) if n in free))


def _indexed(expr: Expr) -> Iterator[Symbol]:
    whole = array_of(expr)
    parts = (whole.top, whole.bottom) if isinstance(whole, Partial) else (whole,)
    return (part for part in parts if isinstance(part, Symbol))
