r"""How a name of a student is written, and which of its scripts may change: \delta_{t,k}."""

from __future__ import annotations

from dataclasses import replace

from derive.expr.integers import IntLike, named
from derive.expr.nodes import (
    Entry,
    Expr,
    MatMul,
    MatrixProduct,
    Partial,
    Reduce,
    Ref,
    Symbol,
)
from derive.expr.walk import free_indices, transform, walk
from derive.question.latex.quantities import flat
from derive.question.latex.spelling import spelled
from derive.question.latex.vocabulary import HOLE
from derive.syntax.read_latex.tree import Name, Node, Product, Scripted

__all__ = ["at_any_step", "of_all_entries", "of_entries_alike", "one_name", "picks", "with_holes"]


def picks(node: Scripted, meaning: Entry) -> bool:
    """True where the last letters below a name are those that pick the entry."""
    below = flat(node.subs)[-len(meaning.at):]
    return len(node.subs) >= len(meaning.at) and [named(spelled(n)) for n in below] == [
        *meaning.at] and len({*meaning.at}) == len(meaning.at) and all(
        isinstance(n, Name) for n in node.subs[-len(meaning.at):])


def one_name(node: Node) -> Node:
    """Return letters that stand side by side, the last with scripts, as one name: gw_{hh}."""
    if not isinstance(node, Product) or any(node.signs):
        return node
    *letters, last = node.factors
    base = last.base if isinstance(last, Scripted) else last
    if not all(isinstance(n, Name) and len(n.stem) == 1 for n in (*letters, base)):
        return node
    stem = "".join(spelled(n) for n in (*letters, base))
    whole = Name(node.span, stem)
    return replace(last, base=whole) if isinstance(last, Scripted) else whole


def at_any_step(meaning: Symbol | Partial, step: int, letter: IntLike) -> Expr:
    def moved(symbol: Symbol) -> Symbol:
        return replace(symbol, index=tuple(letter if at == step else at for at in symbol.index))

    if isinstance(meaning, Partial):
        return replace(meaning, top=moved(meaning.top), bottom=moved(meaning.bottom))
    return moved(meaning)


def of_all_entries(node: Name | Scripted, meaning: Expr) -> tuple[Name | Scripted, Expr] | None:
    """Return g and dL/dz of g_i and (dL/dz)_i; None for what is no entry that a letter picks."""
    if not isinstance(node, Scripted) or node.sup is not None or not isinstance(meaning, Entry):
        return None
    letters = [spelled(sub) for sub in node.subs]
    bare = node.base
    if not isinstance(bare, (Name, Scripted)) or not isinstance(meaning.arg, Ref) or (
            [named(n) for n in letters] != list(meaning.at)):
        return None
    return bare, meaning.arg


def of_entries_alike(node: Name | Scripted, meaning: Expr) -> tuple[Name, Expr] | None:
    """Return e and y - t of e_i and y_i - t_i; None for what is not said entry by entry."""
    if not isinstance(node, Scripted) or node.sup is not None or len(node.subs) != 1 or not (
            isinstance(node.base, Name)) or meaning.shape or isinstance(meaning, Ref):
        return None
    letter = spelled(node.subs[0])
    place = (named(letter),)
    entries = [p for p in walk(meaning) if isinstance(p, Entry)]
    if not entries or any(e.at != place or len(e.arg.shape) != 1 for e in entries) or (
            len({e.arg.shape for e in entries}) > 1) or any(
            isinstance(p, BINDING) for p in walk(meaning)):
        return None
    whole = transform(meaning, lambda part: part.arg if isinstance(part, Entry) else None)
    return (node.base, whole) if whole.shape == entries[0].arg.shape and not (
        {letter} & set(free_indices(whole))) else None


BINDING = (Reduce, MatrixProduct, MatMul, Partial)


def with_holes(node: Node, indices: set[str], letters: list[str]) -> Node:
    """Return a symbol with holes where indices stand in its subscripts; note which."""
    if not isinstance(node, Scripted):
        return node
    subs = tuple(_hole(s, indices, letters) for s in node.subs)
    above = node.sup if node.subs or not isinstance(node.sup, Name) else _hole(
        node.sup, indices, letters)
    return replace(node, subs=subs, sup=above)


def _hole(node: Node, indices: set[str], letters: list[str]) -> Node:
    if isinstance(node, Name) and spelled(node) in indices:
        letters.append(spelled(node))
        return Name(node.span, HOLE)
    if isinstance(node, Product) and not any(node.signs):
        return replace(node, factors=tuple(_hole(f, indices, letters) for f in node.factors))
    return node
