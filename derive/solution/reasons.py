"""Why a chain rule looks as it does: who reads a quantity, and what each local derivative is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from string import ascii_letters

from derive.calculus.adjoint import Adjoint
from derive.calculus.by_entry import slope_equation
from derive.calculus.contributions import Contribution
from derive.expr.integers import named
from derive.expr.nodes import Apply, Dimension, Entry, Expr, Symbol
from derive.expr.walk import children, refs, walk
from derive.ops import ELEMENTWISE, apply, derivative
from derive.solution.chain import reader_sums
from derive.solution.local import jacobian, kind_of, local_partial
from derive.solution.rules import RULES, say, say_lists
from derive.solution.words import Claim, Sentence

__all__ = ["locals_of", "readers_of"]


def readers_of(adjoint: Adjoint, family: str, items: Sequence[Contribution] | None = None
               ) -> Sentence | None:
    """Say which equations read the quantity, as the reason for the terms of the chain rule.

    *items* are the terms that are told, all of them by default.
    """
    items = adjoint.contributions(family) if items is None else items
    sources = list(dict.fromkeys(c.source for c in items))
    target = adjoint.member(family)
    apart = _readers_apart(adjoint, family)
    if apart:
        direct = isinstance(apart[0], Symbol) and apart[0].name == adjoint.top.name
        return say("readers top", target, adjoint.top, *apart[1:]) if direct else say(
            "readers apart", target, adjoint.top, *apart)
    if len(sources) == 1:
        return say("readers", target, sources[0])
    if len(sources) == 2:
        return say("readers two", target, *sources)
    return say_lists("readers many", [target], sources) if sources else None


def _readers_apart(adjoint: Adjoint, family: str) -> list[object]:
    """Return two readers with where each counts, if a general top is reached by one at a time."""
    pieces = adjoint.pieces[family]
    terms = [p.terms[0] for p in pieces if len(p.terms) == 1]
    if adjoint.cases is None or len(pieces) != 2 or len(terms) != 2:
        return []
    found: list[object] = []
    for term, piece in zip(reversed(terms), reversed(pieces), strict=True):
        found += [term.source, piece.domain] if isinstance(term, Contribution) else []
    return found if len(found) == 4 else []


def locals_of(adjoint: Adjoint, family: str, items: Sequence[Contribution] | None = None
              ) -> Sentence | None:
    """Say what each local derivative of the terms told is, and why."""
    words: list[str] = []
    parts: list[object] = []
    for item in adjoint.contributions(family) if items is None else items:
        if item.fused is not None:
            continue
        local = jacobian(item, adjoint)
        if local is not None:
            why = RULES[kind_of(local, item)].why
            words.append("{}" + (f", {why}" if why else ""))
            parts.append(Claim(local_partial(item), "=", local))
            parts += [item.source, item.target] if why else []
            known = _function_derivative(adjoint, item)
            words[-1] += ", and {} has the derivative {}" if known else ""
            parts += known
    if not words:
        return _weight_words(adjoint, family)
    return Sentence("Here " + "; ".join(words) + ".", tuple(parts))


def _function_derivative(adjoint: Adjoint, item: Contribution) -> list[Expr]:
    """Return a function of one number and its derivative, where an equation is just that."""
    rhs = item.equation.rhs
    if not isinstance(rhs, Apply) or rhs.op not in ELEMENTWISE or len(rhs.args) != 1:
        return []
    letter = next(c for c in (*"zuvxs", *ascii_letters) if c not in adjoint.model.used)
    number = Symbol(letter, (), ())
    params = dict(rhs.params)
    function = apply(rhs.op, number, **params)
    return [function, derivative(rhs.op, number, function, **params)]


def _weight_words(adjoint: Adjoint, family: str) -> Sentence | None:
    """Say how one entry of a weight enters, and that its gradients add up over the readers."""
    items = adjoint.contributions(family)
    slopes = [Claim(*found) for item in items
              if (found := _slope(item, adjoint.model.used)) is not None]
    text = "Here " + " and ".join(["{}"] * len(slopes)) + "." if slopes else ""
    adds = _adding_up(adjoint, family)
    taken = _rows_words(items)
    if taken is not None:
        return Sentence(f"{adds.text} {taken.text}".strip(), (*adds.parts, *taken.parts))
    text = f"{adds.text} {text}".strip()
    return Sentence(text, (*adds.parts, *slopes)) if text else None


def _rows_words(items: Sequence[Contribution]) -> Sentence | None:
    """Say that only rows that are looked up get a gradient, where nothing else is read."""
    taken = [_rows_taken(item) for item in items]
    if not items or not all(taken):
        return None
    target, labels = items[0].target, list(dict.fromkeys(chain.from_iterable(taken)))
    if len(items) == len(labels) == 1 and isinstance(items[0].equation.rhs, Apply) and (
            items[0].equation.rhs.op == "gather" and not labels[0].shape):
        return say("row", items[0].source, labels[0], target)
    one = len(labels) == 1 and not labels[0].shape
    return say_lists("row read" if one else "rows read", [target], labels)


def _rows_taken(item: Contribution) -> list[Expr]:
    """Return the labels at which an equation reads rows of a matrix, if it reads only those."""
    nodes = list(walk(item.equation.rhs))
    found = [_label(n) for n in nodes if isinstance(n, (Apply, Entry))
             and children(n)[0] == item.target]
    reads = sum(n == item.target for n in nodes)
    labels = [label for label in found if label is not None]
    return labels if len(item.target.shape) == 2 and len(labels) == reads else []


def _label(node: Apply | Entry) -> Expr | None:
    if isinstance(node, Entry):
        return Dimension(node.at[0]) if len(node.at) == 1 else None
    return node.args[1] if node.op == "gather" else None


def _adding_up(adjoint: Adjoint, family: str) -> Sentence:
    """Say why there is a sum over readers: one index of theirs is none of the quantity."""
    items = [c for c in adjoint.contributions(family) if reader_sums(c)]
    target = adjoint.member(family)
    letters = list(dict.fromkeys(n for c in items for n, _ in reader_sums(c)))
    every = [Dimension(named(n)) for n in letters]
    if not items:
        return Sentence("")
    if not target.index:
        return say_lists("shared", [target], every)
    return say_lists("read by many", [target], list(dict.fromkeys(c.source for c in items)), every)


def _slope(item: Contribution, taken: frozenset[str]) -> tuple[Expr, str, Expr] | None:
    source, leaf = item.equation.target, item.target
    if item.fused is not None or not source.shape or not isinstance(source, Symbol):
        return None
    read = [r for r in refs(item.equation.rhs) if isinstance(r, Symbol) and r.name == leaf.name]
    if len(set(read)) != 1 or len(leaf.shape) != 2 or 1 in (*source.shape, *leaf.shape):
        return None     # entries of an axis of size 1 need no letter
    found = slope_equation(source, item.equation.rhs, read[0], taken)
    if found is not None and any(r.family == leaf.name for r in refs(found[1])):
        return None     # not linear: the formula above says it better
    return None if found is None else (found[0], "=", found[1])
