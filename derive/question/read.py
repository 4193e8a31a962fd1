"""Reading a question file: from its text to a `Question`, or to everything that is wrong with it.

>>> read("model: y = x**2\\ngiven: {x: 3}\\nparts: [{find: dy/dx}]").parts[0].label
'1'
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from derive.errors import DeriveError, Place, QuestionError
from derive.question.consequences import causes
from derive.question.conventions import read_conventions
from derive.question.declarations import Declarations, read_declarations
from derive.question.faults import Faults
from derive.question.fields import entries, fields, mapping, text, texts
from derive.question.given import given as read_given
from derive.question.lines import Line, equation_lines
from derive.question.model import Model, read_model
from derive.question.names import valid_name
from derive.question.notation import read_notation, unknown_names
from derive.question.numbers import words
from derive.question.parts import Asked, read_parts
from derive.question.question import Given, Part, Question
from derive.question.source import Mapping_, Node, Scalar, compose
from derive.question.source_text import read_text

__all__ = ["read", "read_file"]

KEYS = ("title", "index", "given", "symbols", "assume", "model", "notation", "conventions",
        "parts")
INTEGER = re.compile(r"\d{1,6}", re.ASCII)
MOST_NUMBERS = 1_000_000


def read_file(path: str | os.PathLike[str]) -> Question:
    """Read a question file; QuestionError holds every error, each with its place."""
    file = os.fspath(path)
    try:
        source = read_text(path)
    except DeriveError as error:
        raise QuestionError([error]) from None
    return read(source, Path(file).stem, file)


def read(source: str, name: str = "question", file: str = "") -> Question:
    """Read the text of a question file; *file* is what the places in messages call it."""
    faults = Faults()
    with faults.caught():
        question = _question(compose(source, file, faults), name, file, faults)
    faults.report()
    return question


def _question(tree: Node, name: str, file: str, faults: Faults) -> Question:
    top = mapping(tree, "a question file", "title: ..., model: | ..., parts: ...", faults)
    sections = fields(top, dict.fromkeys(KEYS, _whole), "a question file", faults)
    for key in ("model", "parts"):
        if key not in sections and top is not None:
            faults.add(f"`{key}` is missing", Place(file, 1, 1),
                       "`derive new FILE` writes a file that shows every key")
    title = name
    with faults.caught():
        title = (text(sections["title"]) if "title" in sections else "") or name
    return _assembled(sections, name, title, file, faults)


def _whole(node: Node) -> Node:
    return node


def _assembled(sections: Mapping[str, Node], name: str, title: str, file: str, faults: Faults
               ) -> Question:
    conventions = read_conventions(sections.get("conventions"), faults)
    notation = read_notation(sections.get("notation"), faults)
    asked = read_parts(sections.get("parts"), faults)
    names = _read_names(sections, faults)
    model = _read_model(sections, names, asked, conventions.log, faults)
    known = names.declarations
    if not faults.errors:
        unknown_names(notation, [*model.families, *known.indices, *known.sizes], faults)
    return Question(
        name=name, title=title, indices=known.indices, sizes=tuple(known.sizes),
        families=model.families, given=model.given, equations=model.equations, facts=model.facts,
        notation={key: latex.text for key, latex in notation.items()}, conventions=conventions,
        parts=_parts(asked, model), file=file, warnings=model.warnings)


@dataclass(slots=True)
class _Names:
    """What the names stand for before the equations are read."""

    declarations: Declarations
    given: dict[str, Given] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)     # given in symbols: h[0] = zeros(n)
    places: dict[str, Place] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)


def _read_names(sections: Mapping[str, Node], faults: Faults) -> _Names:
    table = mapping(sections.get("given"), "given", "given: {W: [[1, 0], [0, 1]]}", faults)
    numbers = {key.text: int(node.text) for key, node in entries(table)
               if isinstance(node, Scalar) and INTEGER.fullmatch(node.text.strip())}
    declarations = read_declarations(sections.get("index"), sections.get("symbols"), numbers,
                                     faults)
    names = _Names(declarations)
    for in_symbols in (False, True):  # a given array may be what says how large n is
        for key, node in entries(table):
            if bool(_symbols_in(node, declarations)) == in_symbols:
                _give(key, node, names, faults)
        declarations.settle(names.given, faults)
    for name, number in declarations.numbers.items():
        if name not in names.places:
            names.given[name] = _as_given(name, number)
    return names


def _give(key: Scalar, node: Node, names: _Names, faults: Faults) -> None:
    before = len(faults.errors)
    with faults.caught():
        names.places[key.text] = key.place
        valid_name(key.text, key.place)
        if key.text in names.declarations.indices:
            raise DeriveError(f"`{key.text}` is an index, it cannot be given too", key.place,
                              "call one of them something else")
        node = _without_symbols(key, node, names)
        found = node and read_given(key.text, node, names.declarations.numbers, faults)
        if found:
            names.given[key.text] = found
    if len(faults.errors) > before and key.text not in names.given:
        names.broken.add(key.text)
    if sum(a.size for g in names.given.values() for a in g.members.values()) > MOST_NUMBERS:
        raise DeriveError(f"more than {MOST_NUMBERS} numbers", key.place)
