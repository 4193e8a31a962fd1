"""A question, read and checked: frozen, exact, and with no idea of how it will be solved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.expr.equation import Equation, Family
from derive.expr.nodes import Expr, Range, Symbol
from derive.languages import ENGLISH

if TYPE_CHECKING:
    from derive.question.binder import Binder

__all__ = ["Cell", "Conventions", "Fact", "Find", "Given", "Gradient", "Part", "Question",
           "Request", "Task"]


@dataclass(frozen=True, slots=True)
class Conventions:
    """The choices a course makes; every one that matters is stated on the sheet."""

    layout: str = "gradient"        # or "jacobian": rows, Jacobians in path order
    digits: int = 3
    mode: str = "significant"       # or "decimal"
    carry: str = "exact"            # or "rounded": as by hand, every shown number is used on
    ties: str = "up"                # 0.125 -> 0.13; "even" -> 0.12
    matrix: str = "bmatrix"
    cells: str = "expanded"         # or "folded": calls as typed, their equations below
    log: str = "e"                  # base of log and of the cross-entropy: "e", "2", "10"
    kinks: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """Numbers for one quantity: an array per member, keyed by its positions (``()`` without).

    Arrays hold Fractions (exact, dtype object) or float64.
    """

    name: str
    members: Mapping[tuple[int, ...], Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something declared to hold, which a derivation may use and then cites."""

    left: Expr
    relation: str
    right: Expr
    typed: str


@dataclass(frozen=True, slots=True)
class Request:
    """One thing a part asks for: a value (`bottom` is None) or the derivative of `top`.

    Positions are integers, names of sizes (``T``), or letters: the family's own index names or
    declared indices, which stand for every position. A letter that stands on top and below
    (``dy[t]/dx[t]``) means one position.
    """

    top: Symbol
    bottom: Symbol | None = None
    entry: tuple[int, ...] = ()     # one entry of the value, or of the gradient
    typed: str = ""                 # where the key it is typed as is not the one it gets

    @property
    def is_derivative(self) -> bool:
        return self.bottom is not None


@dataclass(frozen=True, slots=True)
class Gradient:
    """A derivative that is a quantity itself, as in ``W_new = W - eta*(dL/dW)``.

    `letters` are its indices; they stand free in `top` and `bottom`.
    """

    top: Symbol
    bottom: Symbol
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing a part asks for; `requests` are the values and derivatives that it needs.

    Every key of a part has its own subclass (`derive.question.keys`).
    """

    requests: tuple[Request, ...] = ()

    @property
    def sweeps(self) -> tuple[Request, ...]:
        """The derivatives for which a sweep has to be made."""
        return self.requests

    @property
    def answers(self) -> tuple[Request, ...]:
        """What a value or a formula answers; nothing where a table or a drawing does."""
        return self.requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Find(Task):
    """Values and derivatives, with their working."""

    form: str = ""  # "recurrence", "closed", "paths", "both"; "" as it suits what is asked
    shapes: bool = False            # of the factors of each path
    name: str = ""                  # what later parts call the result


@dataclass(frozen=True, slots=True)
class Part:
    """One part: what it asks for, in the order in which the file does.

    `words` is the length of answer that is asked for.
    """

    label: str
    tasks: tuple[Task, ...]
    marks: Fraction | None = None
    ask: str = ""
    note: str = ""
    words: int | None = None

    @property
    def requests(self) -> tuple[Request, ...]:
        """All values and derivatives that its tasks need."""
        return tuple(request for task in self.tasks for request in task.requests)

    @property
    def sweeps(self) -> tuple[Request, ...]:
        """All derivatives for which its tasks need a sweep."""
        return tuple(request for task in self.tasks for request in task.sweeps)


@dataclass(frozen=True, slots=True)
class Cell:
    """A call of a macro (`derive.question.macros`), which stands for equations.

    name:      what is called; `what` and `source` say what that is.
    outputs:   what it defines for the rest of the model, at the index of its equations.
    equations: those it stands for; none where it was put into an expression.
    settings:  the options that were chosen, as typed.
    """

    name: str
    what: str
    source: str
    outputs: tuple[Expr, ...]
    inputs: tuple[Expr, ...]
    equations: tuple[Equation, ...]
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Everything one question file says.

    `indices` maps an index name to its range; `sizes` are the names of sizes and lengths that
    stayed symbols; `families` describes every quantity, given, defined or free; `reader` reads
    further texts against the names of the file.
    """

    name: str
    title: str
    indices: Mapping[str, Range]
    sizes: tuple[str, ...]
    families: Mapping[str, Family]
    given: Mapping[str, Given]
    equations: tuple[Equation, ...]
    facts: tuple[Fact, ...]
    notation: Mapping[str, str]
    conventions: Conventions
    parts: tuple[Part, ...]
    file: str = ""
    warnings: tuple[str, ...] = ()
    functions: tuple[str, ...] = () # unknown elementwise functions (psi)
    cells: tuple[Cell, ...] = ()    # the macros in the model, with their equations
    gradients: Mapping[str, Gradient] = field(default_factory=dict)
    expressions: frozenset[str] = frozenset()   # quantities that the file gave no name
    reader: Binder | None = field(default=None, compare=False, repr=False)
    topics: tuple[str, ...] = ()    # as the author gives them
    language: str = ENGLISH         # of the sheet: what the author does not say is said in it
    authors: tuple[str, ...] = ()   # named under the title
