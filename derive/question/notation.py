"""``notation``: how a name is printed, as LaTeX that cannot break the page or reach the system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from derive.errors import DeriveError, nearest
from derive.question.faults import Faults
from derive.question.fields import entries, mapping, scalar
from derive.question.source import Node, Scalar

__all__ = ["read_notation", "unknown_names"]

LONGEST = 200
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
# characters that end a formula or a line, and commands that do more than print
BREAKS = re.compile(r"[$%#&\n\t~]|[\x00-\x1f\x7f-\xa0\u2028\u2029]")
COMMANDS = re.compile(
    r"\\(?:input|include\w*|write\w*|read\w*|open(?:in|out)|close(?:in|out)|immediate|special"
    r"|catcode|csname|expandafter|[egx]?def|let|(?:re)?newcommand|providecommand|usepackage"
    r"|begin|end|loop|jobname|directlua|ShellEscape|verb\w*|everypar|output|label|tag)(?![A-Za-z])")


def read_notation(node: Node | None, faults: Faults) -> dict[str, Scalar]:
    """Read how each name is printed; the places are kept for `unknown_names`."""
    found: dict[str, Scalar] = {}
    for key, item in entries(mapping(node, "`notation`", "notation: {yhat: '\\hat{y}'}", faults)):
        with faults.caught():
            found[key.text] = Scalar(_latex(scalar(item)), key.place, "", key.place)
    return found


def unknown_names(found: Mapping[str, Scalar], known: Iterable[str], faults: Faults) -> None:
    """Report every name that the question does not hold."""
    names = list(known)
    for name, latex in found.items():
        if name not in names:
            faults.add(f"unknown name `{name}` in `notation`", latex.place, nearest(name, names))


def _latex(node: Scalar) -> str:
    source = node.text.strip()
    if not source or len(source) > LONGEST:
        raise DeriveError(f"a notation is 1 to {LONGEST} characters of LaTeX", node.place)
    if node.style == '"' and BREAKS.search(source):
        raise DeriveError("a backslash in double quotes starts an escape", node.place,
                          r"use single quotes for LaTeX: '\hat{y}'")
    plain = ESCAPED.sub("", source)
    odd = BREAKS.search(plain)
    if odd:
        raise DeriveError(f"{odd.group()!r} has no place in a notation", node.place)
    command = COMMANDS.search(source)
    if command:
        raise DeriveError(f"{command.group()} has no place in a notation", node.place)
    if not _braces_match(plain) or source.endswith("\\"):
        raise DeriveError(f"the braces of `{source}` do not match", node.place)
    return source


def _braces_match(plain: str) -> bool:
    depth = 0
    for c in plain:
        depth += (c == "{") - (c == "}")
        if depth < 0:
            return False
    return depth == 0
