"""What a question exercises, in short tags: seen in its text, with no engine behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["topics"]

CALL = re.compile(r"\b([A-Za-z]\w*)\s*\(")
BEFORE = re.compile(r"\[\s*\w+\s*[-+]\s*\d+\s*\]")
# what shapes numbers or adds them up says little about a question
PLUMBING = frozenset((
    "sum", "mean", "prod", "zeros", "ones", "eye", "outer", "dot", "diag", "transpose", "reshape",
    "concatenate", "split", "stack", "where", "linspace", "arange", "identity", "exp", "log",
    "sqrt", "abs", "max", "min", "d", "grad"))
# key of a part -> what it practises; SILENT ones say nothing of that
SILENT = frozenset(("find", "points", "table"))
KEYS = {
    "prove": "proof", "solve": "null space", "shape": "shapes", "count": "counting",
    "separable": "separability", "bound": "bounds", "plot": "plot", "answer": "essay",
    "choose": "multiple choice", "figure": "figure", "picture": "picture",
    "holding": "partial derivatives",
}


def topics(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the topics that the author gives, then what the keys and equations show."""
    given = content.get("topics") or ()
    own = (given,) if isinstance(given, str) else tuple(map(str, given))
    return tuple(dict.fromkeys((*own, *_seen(content))))


def _seen(content: Mapping[str, Any]) -> Iterator[str]:
    model = content.get("model", "")
    if BEFORE.search(model):
        yield "recurrence"
    for name in CALL.findall(model):
        if name not in PLUMBING | _declared(content):
            yield name
    if content.get("symbols"):
        yield "symbols"
    for part in content.get("parts", ()):
        yield from (tag for key, tag in KEYS.items() if key in part)
        found = part.get("find", ())
        if any("/" in item for item in ([found] if isinstance(found, str) else found)):
            yield "gradients"


def _declared(content: Mapping[str, Any]) -> set[str]:
    """Functions the question leaves open: they are no topic."""
    return {name for name, kind in (content.get("symbols") or {}).items()
            if str(kind).startswith("function")}
