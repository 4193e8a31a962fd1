"""Reading a question file: from its text to a `Question`, or to everything that is wrong with it.

>>> read("model: y = x**2\\ngiven: {x: 3}\\nparts: [{find: dy/dx}]").parts[0].label
'1'
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from derive.errors import DeriveError, Place, QuestionError
from derive.languages import ENGLISH
from derive.question.binder import Binder
from derive.question.consequences import causes, targets
from derive.question.conventions import read_conventions
from derive.question.declarations import Declarations, read_declarations
from derive.question.expressions import named_expressions
from derive.question.faults import Faults
from derive.question.fields import fields, mapping, spoken, text, texts
from derive.question.lines import Line, equation_lines
from derive.question.model import Model, read_model
from derive.question.notation import read_notation, unknown_names
from derive.question.parts import Asked, read_parts
from derive.question.question import Conventions, Part, Question
from derive.question.source import Mapping_, Node, compose
from derive.question.source_text import read_text
from derive.question.values import Values, integers, read_values

__all__ = ["Changes", "read", "read_file", "read_question"]

KEYS = ("title", "index", "given", "symbols", "assume", "model", "notation", "conventions",
        "parts", "topics", "language", "author")
Sections = Mapping[str, Node]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a set says differently from the file of a question that it lists."""

    title: str = ""
    conventions: Mapping_ | None = None


def read_file(path: str | os.PathLike[str]) -> Question:
    """Read a question file; QuestionError holds every error, each with its place."""
    try:
        source = read_text(path)
    except DeriveError as error:
        raise QuestionError([error]) from None
    return read(source, Path(path).stem, os.fspath(path))


def read(source: str, name: str = "question", file: str = "") -> Question:
    """Read the text of a question file; *file* is what the places in messages call it.

    Raises QuestionError, which holds every error that was found.
    """
    faults = Faults()
    question = None
    with faults.caught():
        question = read_question(compose(source, file, faults), name, file, faults)
    faults.report()
    assert question is not None, "a question without a fault was read"
    return question


def read_question(top: Node, name: str, file: str, faults: Faults,
                  changes: Changes | None = None) -> Question:
    """Read the tree of a question file; what is wrong is added to *faults*."""
    return _question(_sections(top, file, faults), name, file, faults, changes or Changes())


def _sections(node: Node, file: str, faults: Faults) -> Sections:
    """Split the file into its sections, of which only known ones may be there."""
    example = "title: ..., model: ..., parts: ..., each on its own line"
    top = mapping(node, "a question file", example, faults)
    found = fields(top, dict.fromkeys(KEYS, _whole), "a question file", faults)
    if top is not None and "parts" not in found:
        faults.errors.append(_missing("parts", file))
    return found


def _missing(key: str, file: str) -> DeriveError:
    return DeriveError(f"`{key}` is missing", Place(file, 1, 1),
                       "`derive new FILE` writes a file that shows every key")


def _whole(node: Node) -> Node:
    return node


def _question(sections: Sections, name: str, file: str, faults: Faults, changes: Changes
              ) -> Question:
    conventions = read_conventions(
        changes.conventions, faults, read_conventions(sections.get("conventions"), faults))
    notation = read_notation(sections.get("notation"), faults)
    asked = read_parts(sections.get("parts"), faults)
    table = mapping(sections.get("given"), "`given`", "given: {W: [[1, 0], [0, 1]]}", faults)
    known = read_declarations(sections.get("index"), sections.get("symbols"), integers(table),
                              faults)
    values = read_values(table, known, faults)
    lines = _equations(sections, values, faults)
    model = _model(lines, _facts(sections, faults), known, values, conventions)
    binder = Binder(model)
    parts = tuple(_part(part, binder) for part in asked)
    if sections and "model" not in sections and _needs_model(asked) and not (
            model.scope.expressions or any(part.sweeps for part in parts)
            or any("unknown name" not in e.message for e in model.scope.errors)):
        faults.errors.append(_missing("model", file))
    if lines is not None:
        faults.errors += causes(model.errors, lines, values.broken | known.broken,
                                known.broken.isdisjoint(known.indices))
    if not faults.errors:
        unknown_names(notation, [*model.families, *known.indices, *known.sizes,
                                 *known.functions, *binder.named], faults)
    model = model.with_expressions()
    return Question(
        name=name, title=changes.title or _title(sections, faults) or name, indices=known.indices,
        sizes=tuple(known.sizes), families=model.families, given=model.given,
        equations=tuple(binder.equations), facts=model.facts,
        notation={key: latex.text for key, latex in notation.items()} | named_expressions(
            model.scope), conventions=conventions,
        parts=parts, file=file, warnings=model.warnings(binder.used),
        functions=model.functions(binder.used), cells=model.cells,
        gradients=model.scope.gradients, expressions=frozenset(model.scope.expressions),
        reader=binder, topics=_texts("topics", sections, faults),
        language=_language(sections, faults), authors=_texts("author", sections, faults))


def _title(sections: Sections, faults: Faults) -> str:
    with faults.caught():
        return text(sections["title"]) if "title" in sections else ""
    return ""


def _texts(key: str, sections: Sections, faults: Faults) -> tuple[str, ...]:
    with faults.caught():
        if key in sections:
            return tuple(item.text.strip() for item in texts(sections[key]))
    return ()


def _language(sections: Sections, faults: Faults) -> str:
    with faults.caught():
        return spoken(sections["language"]) if "language" in sections else ENGLISH
    return ENGLISH


def _equations(sections: Sections, values: Values, faults: Faults) -> list[Line] | None:
    """The lines to read as equations; None where there is no model to speak of."""
    with faults.caught():
        tables = [sections[key] for key in ("index", "given", "symbols") if key in sections]
        if not all(isinstance(t, Mapping_) for t in tables):
            return None
        if "model" not in sections:
            return values.lines
        lines, broken = equation_lines(sections["model"], faults)
        values.broken.update(name for line in broken for name in targets(line))
        return [*values.lines, *lines]
    return None


def _facts(sections: Sections, faults: Faults) -> list[Line]:
    with faults.caught():
        return [(item.text, item.start) for item in texts(sections["assume"])] \
            if "assume" in sections else []
    return []


def _model(lines: Sequence[Line] | None, facts: Sequence[Line], known: Declarations,
           values: Values, conventions: Conventions) -> Model:
    """Read the equations against the names."""
    try:
        return read_model(
            lines or (), facts, indices=known.indices, sizes=tuple(known.sizes),
            given=values.given, declared=known.declared, log=conventions.log,
            kinks=conventions.kinks, numbers=known.numbers, functions=known.functions,
            given_places=values.places)
    except RecursionError:
        raise DeriveError("the model is nested too deeply", remedy="name its parts") from None


def _needs_model(parts: Sequence[Asked]) -> bool:
    """True where a part asks for what equations say; a question without parts was meant to."""
    return not parts or any(task.key.needs_model for part in parts for task in part.tasks)


def _part(asked: Asked, binder: Binder) -> Part:
    """Look up the names in what a part asks for; what is wrong joins the errors of the model."""
    part = Part(asked.label, (), asked.marks, asked.ask, asked.note, asked.words)
    binder, tasks = replace(binder, part=part), []
    for typed in asked.tasks:
        try:
            tasks.append(typed.key.bind(typed.value, typed.along, binder))
        except QuestionError as error:
            binder.scope.errors += error.errors
        except DeriveError as error:
            binder.scope.errors.append(error)
    return replace(part, tasks=tuple(tasks))
