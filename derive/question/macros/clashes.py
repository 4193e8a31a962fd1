"""Two instances of a macro must not share names that nobody typed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from derive.errors import DeriveError
from derive.question.macros.expand import Expansion
from derive.question.macros.traced import plain
from derive.question.macros.use import Use

__all__ = ["clashes"]

TARGET = re.compile(r"\s*(\w+)\s*(?:\[[^\]]*\])?\s*=(?!=)")


def clashes(expansion: Expansion, taken: Mapping[str, str]) -> Iterator[DeriveError]:
    """Yield an error for each use whose names mean something else already.

    taken: names the file uses otherwise, with what they are ("an index", "given").
    """
    own = {found[1]: f"the left side of line {text.place.line}" for text in expansion.texts
           if id(text) not in expansion.origins and (found := TARGET.match(text.text))}
    for number, use in enumerate(expansion.uses):
        error = next(_told(use, {**own, **taken}, expansion.uses[:number]), None)
        if error is not None:
            yield error


def _told(use: Use, taken: Mapping[str, str], before: Sequence[Use]) -> Iterator[DeriveError]:
    hidden = _hidden(use)
    for name, role in hidden.items():
        what = taken.get(name)
        if what and not (role == "parameter" and what not in NEVER):
            yield _error(use, [name], f"which is {what} here")
    for other in before:
        shared = [n for n in hidden if n in _hidden(other) and not _base_case(use, other, n)]
        if shared:
            yield _error(use, shared, f"and so does `{other.macro.name}` on line "
                                      f"{other.place.line}")


NEVER = ("an index", "a size", "a function")


def _hidden(use: Use) -> dict[str, str]:
    """Return the names that the author did not type, and what they are."""
    found = {name: "local" for name, own in use.defined.items() if own not in use.typed}
    if use.put_in:
        found = {}
    return found | {name: "parameter" for name, own in use.parameters.items()
                    if own not in use.typed}


def _base_case(use: Use, other: Use, name: str) -> bool:
    """True where one is the first member of the other: h[0] = rnn(..) beside h[t] = rnn(..)."""
    places = [plain(u.targets[0]).partition("[")[2] for u in (use, other) if u.targets]
    same = use.macro is other.macro and len(places) == 2 and all(places)
    return same and sum(any(c.isalpha() for c in place) for place in places) < 2


def _error(use: Use, names: Sequence[str], why: str) -> DeriveError:
    listed = ", ".join(f"`{name}`" for name in names)
    role = _hidden(use)[names[0]]
    macro = (use.defined if role == "local" else use.parameters)[names[0]]
    own = f'; to share it, write {macro}={names[0]}' if role == "parameter" else ""
    return DeriveError(f"`{use.macro.name}` calls something {listed}, {why}", use.place,
                       f'give it names of its own with name="2", or one by one: '
                       f"{macro}={names[0]}_2{own}")
