"""Answers that come as text, in equation syntax or in LaTeX; text is parsed, never run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from derive.errors import DeriveError, Place
from derive.expr.nodes import Expr, Partial, Range, Ref
from derive.marking.target import held_in
from derive.question.binder import Binder
from derive.question.elaborate import elaborate
from derive.question.free_names import free_names
from derive.question.scope import Scope, slots
from derive.question.source import Scalar
from derive.syntax.write_text import write

__all__ = ["LONGEST", "Names", "is_latex", "read_text"]

LONGEST = 20_000        # characters of an answer
LETTERS = frozenset("abcdefghijklmnopqrsuvxyz")     # of entries in index notation: p[i] - y[i]


@dataclass(frozen=True)
class Names:
    """What an answer is read against: the names of a question, and how they print in LaTeX.

    digits: how many the question shows. about, expr: what the answer is about. rows: whether
    derivatives of numbers are rows.
    """

    binder: Binder
    notation: Mapping[str, str] = field(default_factory=dict)
    digits: int = 3
    about: str = "answer"
    expr: Expr | None = None
    rows: bool = False

    @property
    def place(self) -> Place:
        return Place("answer", 1, 1)


def read_text(text: str, names: Names) -> Expr:
    """Read text in equation syntax or in LaTeX; ``dL/dz = p - y`` stands for its right side."""
    if len(text) > LONGEST:
        raise DeriveError(f"longer than {LONGEST} characters", names.place)
    if is_latex(text):
        return _from_latex(text, names)
    plain = text.replace("−", "-").strip().rstrip(".").removeprefix("≈")
    text, _, held = _right_side(plain, names).partition(" | ")
    tree, source = names.binder.parsed(Scalar(text, names.place, "", names.place))
    if isinstance(tree, ast.Tuple):     # 1, 2, 3 and (1, 2, 3) are lists without their brackets
        tree = ast.copy_location(ast.List(tree.elts, ast.Load()), tree)
    try:
        found = elaborate(tree, answer_scope(tree, names.binder.scope), source)
        return _holding(found, held, names) if held else found
    except (RecursionError, OverflowError):
        raise DeriveError("nested too deeply, or too large a number", names.place) from None


def _holding(found: Expr, held: str, names: Names) -> Expr:
    """Read ``dc[2]/dc[1] | f[2]``: a derivative with f[2] held fixed."""
    if not isinstance(found, Partial):
        raise DeriveError("`|` stands behind a derivative, before what is held fixed", names.place)
    return replace(found, held=held_in(names.binder, held))


def is_latex(text: str) -> bool:
    """True for text that only LaTeX has: a command, ^, a subscript in braces, dollars."""
    return any(sign in text for sign in ("\\", "^", "{", "$"))


def _from_latex(text: str, names: Names) -> Expr:
    """Read LaTeX; of a chain ``dL/dz = a = b`` the last side counts."""
    from derive.question.latex import Vocabulary, read_latex, read_relations

    words = replace(Vocabulary.of_scope(names.binder.scope, names.notation), rows=names.rows)
    found = read_latex(text, words)
    first = read_relations(text, words)[0].sides[0]
    if isinstance(first, Ref) and first != found and names.expr not in (None, first):
        raise DeriveError(f"`{write(first)}` is not what is asked for: {names.about}",
                          names.place, "give the right side alone")
    return found


def _right_side(text: str, names: Names) -> str:
    """Split ``dL/dz = p - y``; what stands to the left has to be what is asked for."""
    left, sign, right = text.partition("=")
    inside = left.count("(") > left.count(")")      # a setting: softmax(S, axis=1)
    if not sign or inside or right.startswith("=") or left[-1:] in "<>!=":
        return text
    if left.replace(" ", "") != names.about.replace(" ", ""):
        raise DeriveError(f"`{left.strip()[:60]}` is not what is asked for: {names.about}",
                          names.place, "give the right side alone")
    return right.strip()


def answer_scope(tree: ast.expr, scope: Scope) -> Scope:
    """Return the scope of an answer: every index may stand free, and so may letters of entries."""
    known = {*scope.indices, *scope.sizes, *scope.numbers, *scope.arity}
    own = {n.id for part in ast.walk(tree) for slot in slots(part) for n in ast.walk(slot)
           if isinstance(n, ast.Name) and n.id not in known and n.id in LETTERS}
    free = set(free_names(tree))
    ranges = {n: _range_of(n, tree, scope) or Range((0,), (0,)) for n in own}
    indices = {**scope.indices, **ranges}
    inner = replace(scope, indices=indices, derivatives=True)
    return inner.within(*(n for n in indices if n in free))


def _range_of(letter: str, tree: ast.expr, scope: Scope) -> Range | None:
    """Return where a letter runs that stands in brackets: the k of l[k], of the entry p[k]."""
    for part in ast.walk(tree):
        name = part.value.id if isinstance(part, ast.Subscript) and isinstance(
            part.value, ast.Name) else ""
        places = [k for k, slot in enumerate(slots(part))
                  if isinstance(slot, ast.Name) and slot.id == letter]
        if name not in scope.arity or not places:
            continue
        indices, shape = scope.arity[name], scope.shapes.get(name) or ()
        place = places[0] - len(indices)
        if place < 0:
            return scope.indices[indices[places[0]]]
        if place < len(shape):
            return Range((0,), (shape[place] - 1,))
    return None
