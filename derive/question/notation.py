"""``notation``: how a name is printed, in the LaTeX that every format can show, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from derive.errors import DeriveError, nearest
from derive.question.faults import Faults
from derive.question.fields import entries, mapping, scalar
from derive.question.source import Node, Scalar
from derive.syntax.display.reader import read as display
from derive.syntax.inline_math import with_commands

__all__ = ["read_notation", "unknown_names"]

LONGEST = 200
# what a backslash in double quotes leaves behind: "\bar" holds a backspace
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\xa0\u2028\u2029]")


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
    odd = CONTROLS.search(source)
    if odd and node.style == '"':
        raise DeriveError("a backslash in double quotes starts an escape", node.place,
                          r"use single quotes for LaTeX: '\hat{y}'")
    if odd:
        raise DeriveError(f"{odd.group()!r} has no place in a notation", node.place)
    try:
        display(source)
    except DeriveError as unknown:
        raise DeriveError(unknown.message, node.place, unknown.remedy) from None
    return with_commands(source)
