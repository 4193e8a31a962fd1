"""What is said about an answer: right or wrong, in which sense, where not, and why perhaps."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

__all__ = ["NOTIONS", "Verdict", "WrongEntry"]

# the senses in which two things may be equal, from the strictest on
NOTIONS = {
    "form": "the same expression",
    "value": "the same value wherever both are defined",
    "given numbers": "the same value for the numbers given here, not for all numbers",
    "layout": "the same numbers, laid out as the transpose, as a row or as a column",
    "digits": "the same to the digits written",
}
PLAIN = re.compile(r"\w+(\[[^\[\]]*\])*")   # a name, perhaps with positions
MOST_LISTED = 4     # wrong entries that a message names


@dataclass(frozen=True, slots=True)
class WrongEntry:
    """One entry that differs: where it stands (counted from 0), what was said and what is right.

    `member` says of which member, as it is typed (``h[1]``).
    """

    member: str
    position: tuple[int, ...]
    got: float
    expected: float

    @property
    def name(self) -> str:
        """The entry as one would type it: ``h[1][0]``, ``(dL/dV)[0, 1]``."""
        where = f"[{', '.join(map(str, self.position))}]" if self.position else ""
        plain = not where or PLAIN.fullmatch(self.member)
        return self.member + where if plain else f"({self.member}){where}"

    def say(self) -> str:
        got, expected = _apart(self.got, self.expected)
        return f"{self.name} is {expected}, not {got}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one answer; true in an ``if`` where the answer is right.

    right:       whether the answer counts.
    notion:      in which sense it is equal (`NOTIONS`), "" where in none.
    digits:      how many significant digits agree, None where nothing was rounded.
    entries:     the wrong entries; of a formula, those at the first numbers where it fails.
    slip:        the name of the slip that would explain a wrong answer (`derive.marking.slips`).
    explanation: the same in words, "" where nothing explains it.
    message:     all of it in a sentence or two.
    quantity:    what was judged, as it was typed.
    points:      at how many sets of numbers both sides were compared.
    fact:        the fact, as it is typed, with which a wrong answer would be right; "" for none.
    """

    right: bool
    notion: str
    digits: int | None
    entries: tuple[WrongEntry, ...]
    slip: str
    explanation: str
    message: str
    quantity: str = ""
    points: int = 0
    fact: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return self.message

    def _repr_markdown_(self) -> str:
        """Show it in a notebook: the message, then the wrong entries as a table."""
        head, _, rest = self.message.partition(": ")
        lines = [f"**{head}:** {rest}"]
        if len(self.entries) > 1:
            lines += ["", "| entry | right | answer |", "|---|---|---|"]
            lines += [f"| `{e.name}` | {e.expected:.6g} | {e.got:.6g} |" for e in self.entries]
        return "\n".join(lines) + "\n"

    def _repr_html_(self) -> str:
        """Show the same in HTML, which notebooks prefer."""
        head, _, rest = self.message.partition(": ")
        said = f"<p><strong>{escape(head)}:</strong> {escape(rest)}</p>"
        rows = (f"<tr><td><code>{escape(e.name)}</code></td><td>{e.expected:.6g}</td>"
                f"<td>{e.got:.6g}</td></tr>" for e in self.entries)
        table = ("<table><thead><tr><th>entry</th><th>right</th><th>answer</th></tr></thead>"
                 f"<tbody>{''.join(rows)}</tbody></table>")
        return said + table * (len(self.entries) > 1)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict in lists, numbers and text only."""
        entries = [{"member": e.member, "position": list(e.position), "got": _plain(e.got),
                    "expected": _plain(e.expected)} for e in self.entries]
        return {"quantity": self.quantity, "right": self.right, "notion": self.notion,
                "digits": self.digits, "entries": entries, "slip": self.slip,
                "explanation": self.explanation, "message": self.message, "points": self.points}

    def to_json(self) -> str:
        """Return the verdict as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)


def _plain(value: float) -> float | str:
    return value if abs(value) < float("inf") else str(value)   # nan is not below it either


def _apart(one: float, other: float) -> tuple[str, str]:
    """Write both with as many digits as it takes to see that they differ."""
    for digits in (4, 6, 9, 12, 16):
        pair = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if pair[0] != pair[1]:
            break
    return pair
