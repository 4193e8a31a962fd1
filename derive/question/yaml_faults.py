"""YAML's complaints, said to people who never meant to learn YAML."""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from derive.errors import DeriveError, Place

__all__ = ["readable"]


class Complaint(NamedTuple):
    """What a complaint of YAML's looks like, and how it is said here.

    `at_start` reports where the broken thing began instead of where it was noticed. ``{character}``
    is the character that YAML stumbled over.
    """

    pattern: str
    message: str
    remedy: str
    at_start: bool = False


QUOTE = "quote text that holds brackets or commas, as in [\"sum(y[t]) == 1\"]"

# the first that fits counts; both of PyYAML's parsers (Python's and libyaml's) are covered
COMPLAINTS = (
    Complaint(r"flow (sequence|mapping): .*(stream end|document)",
              "a bracket opened here is never closed", "add the closing bracket", True),
    Complaint(r"expected ',' or '[\]}]'",
              "`{character}` breaks the list or mapping in brackets around it", QUOTE),
    Complaint(r"cannot start any token|unknown directive|document start",
              "`{character}` cannot start a text in YAML", "put the text in quotes"),
    Complaint(r"scanning an? (alias|anchor)",
              "`*` and `&` cannot start a text in YAML", "put the text in quotes"),
    Complaint(r"mapping values are not allowed",
              "a colon where no key can stand",
              "quote text that holds `: `, and give every key its own line, evenly indented"),
    Complaint(r"quoted scalar: (found unexpected (end of stream|document))",
              "a quote opened here is never closed", "add the closing quote", True),
    Complaint(r"unknown escape|escape sequence|hexd?ecimal number|Unicode character",
              "a backslash in double quotes starts an escape",
              r"use single quotes for LaTeX: '\hat{{y}}'"),
    Complaint(r"expected ':'|could not find expected",
              "a key without its `: `", "write `key: value`"),
    Complaint(r"expected key|expected '-' indicator|block end",
              "this line does not fit the lines above it",
              "indent the lines of one list or mapping alike"),
    Complaint(r"expected (the )?node content",
              "`{character}` stands where a value belongs", "put the text in quotes"),
    Complaint(r"block scalar", "the text block after | or > is not indented as it says",
              "start the block with | alone and indent its lines with spaces"),
)
TAB = Complaint("", "a tab in the indentation", "indent with spaces")
OTHER = Complaint("", "this is not YAML: {problem}", "")


def readable(error: yaml.YAMLError, text: str, file: str) -> DeriveError:
    """Turn an error of PyYAML's into one with its line, its column and what to try."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return DeriveError(f"this is not YAML: {error}", Place(file))
    lines = text.split("\n")
    character = _character(lines, error.problem_mark)
    complaint = _complaint(error, character, at_end=_at_end(lines, error.problem_mark))
    start = complaint.at_start and error.context_mark
    mark = error.context_mark if start and error.context_mark else error.problem_mark
    said = complaint.message.format(character=character, problem=error.problem)
    return DeriveError(said, Place(file, mark.line + 1, mark.column + 1),
                       complaint.remedy.format())


def _complaint(error: yaml.MarkedYAMLError, character: str, at_end: bool) -> Complaint:
    if character == "\t":
        return TAB
    what = f"{error.context or ''}: {error.problem or ''}{' stream end' if at_end else ''}"
    fitting = (c for c in COMPLAINTS if re.search(c.pattern, what))
    return next(fitting, OTHER)


def _character(lines: list[str], mark: yaml.Mark) -> str:
    line = lines[mark.line] if mark.line < len(lines) else ""
    return line[mark.column:mark.column + 1] or "the end of the line"


def _at_end(lines: list[str], mark: yaml.Mark) -> bool:
    here = lines[mark.line][mark.column:] if mark.line < len(lines) else ""
    return not any(line.strip() for line in (here, *lines[mark.line + 1:]))
