"""What the names of a model look like in LaTeX: each printed form, read back, is a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from derive.expr.equation import Family
from derive.expr.integers import names_in
from derive.expr.nodes import Apply, Expr, Partial, Range, Symbol
from derive.expr.walk import refs, walk
from derive.ops import OPS
from derive.question.functions import Signature
from derive.question.latex.spelling import base_name, scripted, spelled
from derive.question.question import Find, Question
from derive.question.scope import Scope
from derive.syntax.names import HOLE as NOTATION_HOLE
from derive.syntax.names import latex_name, with_index
from derive.syntax.open_names import is_open
from derive.syntax.read_latex import chains
from derive.syntax.read_latex.tree import Node, Scripted

__all__ = ["HOLE", "Pattern", "Vocabulary"]

HOLE = r"\aleph"    # stands in a pattern where a position will stand


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write a quantity; `positions` of its index stand where the pattern has holes."""

    family: Family
    shape: Node


@dataclass(frozen=True)
class Vocabulary:
    """The names that a formula may use, with how they are written.

    numbers:   lengths that have a value (T is 3).
    functions: unknown functions, by name.
    notation:  name -> LaTeX, as in a question file.
    rows:      True where the derivative of a scalar by a vector is a row (the Jacobian layout).
    aliases:   further LaTeX for names of the model: ``{"p": "yhat"}``.
    named:     derivatives that earlier parts have given names to; their letters stand free.
    defined:   what names mean that are no quantities of the model; a name for a quantity is that
               quantity. own: how such names are written.
    labels:    quantities that choose rows: a position may be one of them.
    first:     the number of the first entry of an array, where entries are numbered.
    loose:     "" where products must fit; where people multiply derivatives as if they were
               numbers, "entry" takes a vector for the diagonal matrix it stands for, "outer" the
               last of several vectors for a row, and "entries" takes in a sum over entries the
               one of a vector that is meant.
    forgiving: True for what somebody handed in: a sign of a derivative that is lost, a comma in the
               place of a plus are read, and noted.
    gradients: what the only gradient of a quantity is taken by, which a plain nabla leaves out.
    slides:    the only convolution of the model, with its settings: X * K may mean that.
    given:     names that no equation makes.
    examples:  what a quantity is a sum or mean of over the examples of a batch: L_1 is one entry.
    slopes:    what a letter with a quantity under it is the derivative of: delta_b is dL/db.
    points:    where the model takes an unknown function, if that is one place.
    outputs:   the function of the model that sigma stands for, where it has no other: softmax.
    matrix:    the only square matrix given, whose largest singular value is a plain sigma_max.
    layers:    the functions that act on layers entry by entry, as the model applies them: f' is
               the slope of the one that is meant.
    stepless:  True where the step is left out, which is any: subscripts of yhat_k pick entries.
    apart:     letters that are no other way to write the same letter in the other case.
    lying:     True where somebody writes all vectors as rows, x W^T for W x.
    weights:   vectors that are added to others, or weigh their entries: of who writes rows they
               are rows too, or are transposed as the question gives them.
    """

    families: Mapping[str, Family]
    indices: Mapping[str, Range] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()
    numbers: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, Signature] = field(default_factory=dict)
    notation: Mapping[str, str] = field(default_factory=dict)
    log: str = "e"
    rows: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Partial] = field(default_factory=dict)
    defined: Mapping[str, Expr] = field(default_factory=dict)
    own: tuple[Pattern, ...] = ()
    labels: frozenset[str] = frozenset()
    first: int = 0
    loose: str = ""
    forgiving: bool = False
    gradients: Mapping[str, Family] = field(default_factory=dict)
    slopes: Mapping[str, Symbol] = field(default_factory=dict)
    points: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    outputs: str = ""
    slides: tuple[str, tuple[tuple[str, Any], ...]] | None = None
    given: frozenset[str] = frozenset()
    examples: Mapping[str, Family] = field(default_factory=dict)
    matrix: Family | None = None
    layers: tuple[Apply, ...] = ()
    stepless: bool = False
    apart: frozenset[str] = frozenset()
    lying: bool = False
    weights: frozenset[str] = frozenset()

    @classmethod
    def of(cls, question: Question) -> Vocabulary:
        """Return the names of a question, in its notation."""
        functions = {name: Signature(name) for name in question.functions}
        for equation in question.equations:
            functions |= {f.name: f for f in map(_signature, walk(equation.rhs)) if f}
        named = results_of(question)
        families = {**question.families, **{n: f for n, (f, _) in named.items()}}
        notation = {**{n: o for n in named if (o := open_notation(n, named[n][1], question))},
                    **question.notation}
        return cls(families, question.indices, frozenset(question.sizes), {}, functions, notation,
                   question.conventions.log, question.conventions.layout == "jacobian",
                   named={n: p for n, (_, p) in named.items()}, labels=_labels(question),
                   points=_points(question))

    @classmethod
    def of_scope(cls, scope: Scope, notation: Mapping[str, str] | None = None) -> Vocabulary:
        """Return the names of a scope in which equation text is read."""
        families = {name: Family(name, scope.arity[name], shape)
                    for name, shape in scope.shapes.items() if shape is not None}
        labels = frozenset(n for n, f in families.items() if not f.indices and not f.shape)
        return cls(families, scope.indices, scope.sizes, scope.numbers, scope.functions,
                   notation or {}, scope.log, labels=labels)

    @cached_property
    def words(self) -> frozenset[str]:
        """Runs of letters that are one name."""
        from derive.question.latex.functions import WORDS

        listed = (*self.families, *self.indices, *self.sizes, *self.functions)
        names = [name.strip("_") for name in listed]
        whole = {name for name in names if len(name) > 1}
        whole |= {base_name(p.shape) for p in self.own if len(base_name(p.shape)) > 1
                  and base_name(p.shape).isalnum()}
        return frozenset(whole | {name.partition("_")[0] for name in whole
                                  if len(name.partition("_")[0]) > 1} | WORDS)

    @cached_property
    def patterns(self) -> dict[str, list[Pattern]]:
        """The patterns of all quantities by the spelling of what carries the scripts."""
        found: dict[str, list[Pattern]] = {}
        named = [f for f in self.families.values() if not is_open(f.name)]
        printed = {spelled(node) for f in named for node in self._nodes(f)[:1]}
        for family in named:
            for place, node in enumerate(self._nodes(family)):
                patterns = found.setdefault(base_name(node), [])
                alike = [p.family.name for p in patterns if spelled(p.shape) == spelled(node)]
                # how it prints is how it is read; two that print alike are told apart nowhere
                if family.name not in alike and (not place or spelled(node) not in printed):
                    patterns.append(Pattern(family, node))
        for pattern in self.own:    # who gives a name another meaning means that
            others = found.get(base_name(pattern.shape), [])
            found[base_name(pattern.shape)] = [pattern, *(
                p for p in others if spelled(p.shape) != spelled(pattern.shape))]
        return found

    def _nodes(self, family: Family) -> list[Node]:
        """Return the ways to write a quantity as trees, the printed one first."""
        holes = [HOLE] * len(family.indices)
        found = (_node(with_index(latex, holes), self.words)
                 for latex in self._written(family.name))
        return [node for node in found if node is not None]

    @cached_property
    def called(self) -> dict[str, Scripted]:
        """How each unknown function is written."""
        nodes = {name: _node(latex_name(name, self.notation), self.words)
                 for name in self.functions}
        return {name: scripted(node) for name, node in nodes.items() if node is not None}

    def _written(self, name: str) -> list[str]:
        """Return the ways to write a name: as it prints, as it is typed, and by an alias."""
        typed = name.strip("_")
        other = [latex for latex, meant in self.aliases.items() if meant == name]
        greek = SHORTENED.get(typed, ())
        return [latex_name(name, self.notation), *other, typed, latex_name(name), *greek]

    @cached_property
    def integers(self) -> dict[str, str]:
        """The names of sizes and indices by the spelling of their LaTeX."""
        names = [*self.sizes, *self.indices]
        found: dict[str, str] = {}
        for name in names:
            for latex in (latex_name(name, self.notation), latex_name(name), name.strip("_")):
                node = _node(latex, self.words)
                if node is not None:
                    found.setdefault(spelled(node), name)
        return found


# names of a file that people write as the letter they are short for
SHORTENED = {"lam": (r"\lambda",), "lamb": (r"\lambda",), "lmbda": (r"\lambda",),
             "eps": (r"\epsilon", r"\varepsilon"), "lr": (r"\eta", r"\alpha"), "th": (r"\theta",)}


@lru_cache(maxsize=10_000)
def _node(latex: str, words: frozenset[str]) -> Node | None:
    """Return the tree of a notation; None for one that no formula could repeat."""
    from derive.errors import Unreadable

    try:
        found = chains(latex, words)
    except Unreadable:
        return None
    return found[0].sides[0] if len(found) == 1 and len(found[0].sides) == 1 else None


def results_of(question: Question) -> dict[str, tuple[Family, Partial]]:
    """Return the names that parts give to single derivatives, with what they stand for."""
    found: dict[str, tuple[Family, Partial]] = {}
    for task in (task for part in question.parts for task in part.tasks):
        if isinstance(task, Find) and task.name and len(task.requests) == 1:
            request = task.requests[0]
            if request.bottom is not None:
                meant = Partial(request.top, request.bottom)
                places = (*request.bottom.index, *request.top.index)
                own = {*question.indices, *(n for s in (request.top, request.bottom)
                                            for n in question.families[s.name].indices)}
                letters = dict.fromkeys(n for p in places for n in sorted(names_in(p)) if n in own)
                found[task.name] = Family(task.name, tuple(letters), meant.shape), meant
    return found


def open_notation(name: str, meant: Partial, question: Question) -> str:
    """Return g_{o_t} for g_o, the name of dJ/do[t]; nothing for other names."""
    head, _, rest = name.rpartition("_")
    if not head or rest != meant.bottom.name or not meant.bottom.index:
        return ""
    return f"{latex_name(head)}_{{{latex_name(rest, question.notation)}{NOTATION_HOLE}}}"


def _labels(question: Question) -> frozenset[str]:
    """Return the quantities without an index that choose in some operation."""
    return frozenset(ref.family for equation in question.equations for part in walk(equation.rhs)
                     if isinstance(part, Apply) and part.op in OPS
                     for slot in OPS[part.op].labels for ref in refs(part.args[slot]))


def _points(question: Question) -> dict[str, tuple[Expr, ...]]:
    """Return the arguments of the unknown functions that stand in one place only."""
    found: dict[str, set[tuple[Expr, ...]]] = {}
    for part in (part for equation in question.equations for part in walk(equation.rhs)):
        if isinstance(part, Apply) and part.op.startswith("unknown function"):
            found.setdefault(dict(part.params)["called"], set()).add(part.args)
    return {name: args for name, (args, *more) in found.items() if not more}


def _signature(expr: object) -> Signature | None:
    if not isinstance(expr, Apply) or not expr.op.startswith("unknown function of"):
        return None
    settings = dict(expr.params)
    if settings.get("slots"):
        return None
    return Signature(settings["called"], tuple(arg.shape for arg in expr.args), settings["gives"])
