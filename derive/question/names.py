"""Which names a question may use, and which quantity a name in brackets means."""

from __future__ import annotations

import keyword
import re
import unicodedata

from derive.errors import DeriveError, Place

__all__ = ["member", "valid_name"]

RESERVED = {"inf": "it is infinity"}
MEMBER = re.compile(r"\s*(?P<name>[^\s\[\]]+)\s*(?:\[(?P<indices>[^\[\]]*)\])?\s*")


def valid_name(name: str, place: Place) -> str:
    """Return *name*, or say why it cannot be the name of anything."""
    if keyword.iskeyword(name):
        raise DeriveError(f"`{name}` is a reserved word of the equations' language", place,
                          f"call it {name}_ (the underscore is not printed)")
    if name in RESERVED:
        raise DeriveError(f"`{name}` cannot be a name: {RESERVED[name]}", place)
    if not name.isidentifier() or name.startswith("_"):
        raise DeriveError(f"`{name}` is not a name", place,
                          "names are letters, digits and underscores: W, h1, W_hh")
    if unicodedata.normalize("NFKC", name) != name:
        raise DeriveError(f"`{name}` is written with unusual characters", place,
                          f"write {unicodedata.normalize('NFKC', name)}")
    return name


def member(text: str, place: Place) -> tuple[str, tuple[str, ...]]:
    """Split ``x[t]`` into its name and its indices."""
    found = MEMBER.fullmatch(text)
    if found is None:
        raise DeriveError(f"`{text}` is not a name", place, "write W, or 'x[t]' for a series")
    name = valid_name(found["name"], place)
    indices = found["indices"]
    if indices is None:
        return name, ()
    return name, tuple(part.strip() for part in indices.split(","))
