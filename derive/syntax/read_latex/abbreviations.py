r"""Abbreviations that a LaTeX file defines: ``\newcommand{\R}{\mathbb{R}}``, also with arguments.

They are put in where a formula uses them, within narrow limits: a few, short, not deeply in each
other. Every character that is put in stands where the command stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from derive.syntax.read_latex.tree import Span

__all__ = ["Abbreviation", "abbreviations", "put_in"]

MOST = 60           # definitions of a document
LONGEST = 400       # characters of one
DEEPEST = 5         # uses in each other
MOST_TEXT = 20_000  # characters of a formula with all put in
_DEFINED = re.compile(r"""
    \\(?:(?:re)?newcommand|providecommand)\*?\s*\{?\s*(?P<name>\\[A-Za-z]+)\s*\}?
        \s*(?:\[(?P<count>\d)\])?\s*(?:\[(?P<default>[^\][{}]*)\])?\s*(?=\{)
  | \\def\s*(?P<def>\\[A-Za-z]+)(?P<marks>(?:\#\d)*)\s*(?=\{)
  | \\DeclareMathOperator\*?\s*\{?\s*(?P<operator>\\[A-Za-z]+)\s*\}?\s*(?=\{)
""", re.VERBOSE)
# what only says how large something is set, and in which mode
_SIZED = re.compile(r"\\scalebox\{[^{}]*\}|\\resizebox\*?(?:\{[^{}]*\}){2}|\$")
_USED = re.compile(r"\\[A-Za-z]+|\\.", re.DOTALL)
_SLOT = re.compile(r"#(\d)")


@dataclass(frozen=True, slots=True)
class Abbreviation:
    r"""What a command stands for, with ``#1`` where its arguments go.

    default: what its first argument is where that is left out.
    """

    body: str
    count: int = 0
    default: str | None = None


def abbreviations(text: str) -> dict[str, Abbreviation]:
    """Return what a document defines, as far as it is short."""
    found: dict[str, Abbreviation] = {}
    for defined in _DEFINED.finditer(text):
        end = _closed(text, defined.end())
        if not end or end - defined.end() > LONGEST or len(found) >= MOST:
            continue
        body = _unsized(text[defined.end() + 1:end])
        if defined["operator"]:
            found[defined["operator"]] = Abbreviation(rf"\operatorname{{{body}}}")
        elif defined["def"]:
            found[defined["def"]] = Abbreviation(body, defined["marks"].count("#"))
        else:
            found[defined["name"]] = Abbreviation(body, int(defined["count"] or 0),
                                                  defined["default"])
    return found


def _unsized(body: str) -> str:
    r"""Return what is set, without how large: ``\displaystyle #2``, not in a group of its own."""
    found = _SIZED.sub("", body)
    return found.strip()[1:-1] if found != body and re.fullmatch(r"\s*\{.*\}\s*", found) else found


def put_in(text: str, known: Mapping[str, Abbreviation]) -> tuple[str, list[Span]]:
    """Return a formula without abbreviations, and where each of its characters stands."""
    stands = [(at, at + 1) for at in range(len(text))]
    for _ in range(DEEPEST):
        used = next((u for u in _USED.finditer(text) if u[0] in known), None)
        if used is None:
            break
        text, stands = _once(text, stands, known)
        if len(text) > MOST_TEXT:
            break
    return text, stands


def _once(text: str, stands: list[Span], known: Mapping[str, Abbreviation]
          ) -> tuple[str, list[Span]]:
    """Put in what stands for every command, what is in them left as it is."""
    out, where, at = "", list[Span](), 0
    for used in _USED.finditer(text):
        if used.start() < at or used[0] not in known:
            continue
        meant = known[used[0]]
        arguments, end = _arguments(text, used.end(), meant)
        if len(arguments) < meant.count or len(out) > MOST_TEXT:
            continue
        out, where = out + text[at:used.start()], where + stands[at:used.start()]
        whole = stands[used.start()][0], stands[end - 1][1]
        for piece, first in _filled(meant.body, arguments):
            own = (stands[first:first + len(piece)] if first is not None
                   else [whole] * len(piece))
            out, where = out + piece, where + own
        at = end
    return out + text[at:], where + stands[at:]


def _filled(body: str, arguments: list[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """Return the pieces of a body with arguments, each with its place where it has one."""
    pieces: list[tuple[str, int | None]] = [("{", None)]
    at = 0
    for slot in _SLOT.finditer(body):
        place = int(slot[1]) - 1
        pieces.append((body[at:slot.start()], None))
        if place < len(arguments):
            pieces.append(arguments[place])
        at = slot.end()
    return [*pieces, (body[at:], None), ("}", None)] if _is_whole(body) else [
        *pieces[1:], (body[at:], None), (" ", None)]


def _is_whole(body: str) -> bool:
    r"""True for what may stand in a group of its own: ``\mathbb{R}``, and not ``\left(``."""
    return bool(body.strip()) and body.count("{") == body.count("}") and not re.search(
        r"\\(?:left|right|begin|end|big|Big|displaystyle)|^\s*[=<>&+\-*^_]|&", body)


def _arguments(text: str, at: int, meant: Abbreviation
               ) -> tuple[list[tuple[str, int | None]], int]:
    found: list[tuple[str, int | None]] = []
    if meant.default is not None:
        given = re.compile(r"\s*\[([^\]]*)\]").match(text, at)
        found.append((given[1], given.start(1)) if given else (meant.default, None))
        at = given.end() if given else at
    while len(found) < meant.count:
        first = re.compile(r"\s*").match(text, at)
        at = first.end() if first else at
        if at >= len(text):
            break
        end = _closed(text, at) if text[at] == "{" else 0
        if end:
            found.append((text[at + 1:end], at + 1))
            at = end + 1
        else:
            one = re.compile(r"\\[A-Za-z]+|.", re.DOTALL).match(text, at)
            assert one is not None, "there is a character"
            found.append((one[0], at))
            at = one.end()
    return found, at


def _closed(text: str, first: int) -> int:
    """Return where the brace closes that opens at a place; 0 where none does."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, first, first + 4 * LONGEST):
        depth += (found[0] == "{") - (found[0] == "}")
        if not depth:
            return found.start() if found[0] == "}" else 0
    return 0
