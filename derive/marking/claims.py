"""Questions asked in Python alone: are two expressions equal, is a claim about a derivative true?

What is not declared gets its shape from how it is used (`derive.question.undeclared`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.errors import DeriveError, Place
from derive.marking.answers import Formula, as_array, read_answer
from derive.marking.check import refusing_what_is_too_much
from derive.marking.judge import Judge
from derive.marking.target import Target
from derive.marking.texts import LONGEST, Names, is_latex
from derive.marking.typed import reader_of, with_what_was_typed
from derive.marking.verdict import Verdict
from derive.marking.written import Numbers
from derive.ops import OPS
from derive.question.asking import Asking, Texts, question_from, texts_of
from derive.question.elaborate import FUNCTIONS
from derive.question.question import Question
from derive.question.undeclared import proposed_shapes, unknown_functions
from derive.solution.solver import Solver
from derive.syntax.read_equation import Text, read_equation, read_expression

__all__ = ["Setting", "equal", "question_of_claim"]


@dataclass(frozen=True)
class Setting:
    """What holds around a statement, as the sections of a question file say it.

    model: equations, one a line. symbols: shapes by name. assume: facts. index, given and notation
    as in a file.
    """

    model: Texts = ""
    assume: Texts = ()
    symbols: Mapping[str, str] | None = None
    index: Mapping[str, str] | None = None
    given: Mapping[str, Any] | None = None
    notation: Mapping[str, str] | None = None

    @property
    def lines(self) -> str:
        return "\n".join(texts_of(self.model))

    def asking(self, parts: Sequence[Any], more: Mapping[str, str]) -> Asking:
        symbols = {**more, **(self.symbols or {})}
        return Asking(index=self.index, symbols=symbols, given=self.given,
                      assume=list(texts_of(self.assume)), model=self.lines,
                      notation=self.notation, parts=list(parts))


NOTHING_ASKED = ({"label": "1", "answer": "None."},)


def equal(left: object, right: object, setting: Setting, layout: str) -> Verdict:
    """Judge whether the right side is what the left side is."""
    with refusing_what_is_too_much():
        return _equal(left, right, setting, layout)


def _equal(left: object, right: object, setting: Setting, layout: str) -> Verdict:
    texts = [_plain(side) for side in (left, right)]
    question, shapes = _read(setting, [t for t in texts if t], NOTHING_ASKED)
    names = Names(reader_of(question), question.notation, question.conventions.digits, "left")
    target, answer = _target(read_answer(left, names), left), read_answer(right, names)
    solver = Solver(with_what_was_typed(question))
    verdict = Judge(solver, layout, itself=True).verdict(target, answer)
    if not shapes:
        return verdict
    said = ", ".join(f"{name}: {shape}" for name, shape in shapes.items())
    return replace(verdict, message=f"{verdict.message} (with {said})")


def _plain(side: object) -> str:
    """Return text in equation syntax, the names of which may be undeclared."""
    return side if isinstance(side, str) and len(side) <= LONGEST and not is_latex(side) else ""


def _target(answer: object, typed: object) -> Target:
    """Return what the other side is compared with."""
    name = typed.strip() if isinstance(typed, str) else "the left side"
    if isinstance(answer, Numbers):
        return Target(name, as_array(answer))
    if not isinstance(answer, Formula):
        raise DeriveError("the left side is one expression", Place("left", 1, 1))
    return Target(name, answer.expr)


def question_of_claim(claims: Sequence[str], setting: Setting) -> Question:
    """Return a question that asks to prove claims."""
    part = {"label": "1", "prove": list(claims)}
    return _read(setting, claims, (part,))[0]


def _read(setting: Setting, texts: Sequence[str], parts: Sequence[Any]
          ) -> tuple[Question, dict[str, str]]:
    """Return the question, with the shapes proposed for what it does not declare."""
    more = _undeclared(setting, texts)
    return question_from(setting.asking(parts, more)), more


def _undeclared(setting: Setting, texts: Sequence[str]) -> dict[str, str]:
    try:
        equations = list(_equations(setting.lines))
        sides = [list(_sides(read_expression(Text(t, Place("claim", 1, 1))))) for t in texts]
    except DeriveError:
        return {}       # the reading that follows says so, with its place
    trees = [tree for pair in sides for tree in pair]
    known = _known(setting) | {name for name, _ in equations}
    free = [n for n in dict.fromkeys(_used([*(t for _, t in equations), *trees]))
            if n not in known and not _is_differential(n, known)]
    if not free:
        return {}
    if unknown_functions([*(t for _, t in equations), *trees]):
        return dict.fromkeys(free, "scalar")
    alike = len(trees) == len(texts)    # sides of one equation; a claim has a derivative in it
    found = proposed_shapes(trees if alike else [], equations, _declared(setting), free)
    return {name: " x ".join(shape) or "scalar" for name, shape in found.items()}


def _equations(lines: str) -> Iterator[tuple[str, ast.expr]]:
    for line in lines.splitlines():
        code = line.partition("#")[0]
        if code.strip():
            target, rhs = read_equation(Text(code, Place("model", 1, 1)))
            if not isinstance(target, ast.Name):
                raise DeriveError("series are declared", Place("model", 1, 1))
            yield target.id, rhs


def _sides(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.Compare):
        yield from (tree.left, *tree.comparators)
    else:
        yield tree


def _used(trees: Sequence[ast.expr]) -> Iterator[str]:
    """Yield the names that stand for quantities; dL/dz speaks of L and z."""
    for tree in trees:
        called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        yield from (n.id for n in ast.walk(tree) if isinstance(n, ast.Name)
                    and id(n) not in called)


def _is_differential(name: str, known: set[str]) -> bool:
    return name.startswith("d") and len(name) > 1 and name not in known


def _known(setting: Setting) -> set[str]:
    """Return the names that the setting declares, sizes in its shapes included."""
    declared = {key.partition("[")[0] for key in (setting.symbols or {})}
    sizes = {word for shape in (*(setting.symbols or {}).values(), *(setting.index or {}).values())
             for word in str(shape).replace("*", " ").replace("+", " ").split()}
    return {*declared, *sizes, *(setting.index or {}), *(setting.given or {}), "pi", "inf",
            *(name for name in FUNCTIONS if name not in OPS and len(name) > 1)}


def _declared(setting: Setting) -> dict[str, tuple[str, ...]]:
    """Return the shapes that were declared, as far as they are plain."""
    found = {}
    for name, shape in (setting.symbols or {}).items():
        words = tuple(part.strip() for part in str(shape).split(" x "))
        found[name] = () if words == ("scalar",) else words
    return found
