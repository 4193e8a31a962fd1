"""A cell, a layer or a loss as a row of a table: what one types, and the equations it stands for.

The equations are written in the question language. Marks adapt them to the options:

=================  ==============================================================================
``{word: text}``   *text* where the option says so: ``bias``, ``not bias``, ``reset=after``
``{word}``         what an option was set to: the function of ``{activation}(z)``, a number; ``{0}``
                   is the size of the first axis of the first input, ``{0/groups}`` a part of it
``{i in word;, ;text}``  *text* for each number 1..word in the place of ``#i`` (``#i0`` from 0),
                   with commas between
``<W x>``          W @ x; with examples in rows x @ W
=================  ==============================================================================
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from derive.errors import DeriveError, Place
from derive.question.macros.options import Option
from derive.syntax.read_equation import Text, read_equation

__all__ = ["Macro", "filled"]

INNERMOST = re.compile(r"\{([^{}]*)\}")
PRODUCT = re.compile(r"<(\w+) ((?:\w|[ +*()])+)>")
EACH = re.compile(r"(\w+) in ([\w/]+);([^;]*);(.*)", re.DOTALL)


@dataclass(frozen=True)
class Macro:
    """One row.

    call:      what is typed, with the names that the equations use: ``h = rnn(x, h_prev)``.
    equations: one a line, which may end in an open bracket; a name that is neither an input nor a
               target is a parameter.
    shapes:    ``W_*: n x m, b: n``, for working out the shapes of parameters that have none.
    what:      what it is, with its article: "a long short-term memory cell (LSTM)".
    source:    who published it, for the sheet; all texts may hold marks.
    never:     choices that do not go together, each with what to do.
    ranked:    True where the texts ask for the shape of the first input: whether it is a
               ``vector``, its ``rank``, its sizes.
    along:     names whose position has one index more, that of an option.
    """

    call: str
    equations: str
    what: str
    source: str = ""
    shapes: str = ""
    options: Mapping[str, Option] = field(default_factory=dict)
    ranked: bool = False
    never: Mapping[str, str] = field(default_factory=dict)
    along: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self._parsed[1]

    @property
    def inputs(self) -> tuple[str, ...]:
        return self._parsed[2]

    @property
    def outputs(self) -> tuple[str, ...]:
        return self._parsed[0]

    @property
    def _parsed(self) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
        target, call = read_equation(Text(self.call, Place()))
        assert isinstance(call, ast.Call)
        outputs = target.elts if isinstance(target, ast.Tuple) else [target]
        return (tuple(map(ast.unparse, outputs)), ast.unparse(call.func),
                tuple(map(ast.unparse, call.args)))

    def refusal(self, chosen: Mapping[str, str]) -> tuple[str, str] | None:
        """Return a choice that the row does not allow, and the remedy."""
        return next(((choice, why) for choice, why in self.never.items() if _holds(choice, chosen)),
                    None)

    def written(self, chosen: Mapping[str, str]) -> tuple[str, ...]:
        """Return the equations under the options chosen, one a text."""
        text = re.sub(r"\(\n\s*", "(", filled(self.equations, chosen))
        return tuple(line.strip() for line in text.split("\n") if line.strip())

    def shapes_of(self, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return the pattern of names and the shape of each, under the options chosen."""
        pairs = (part.split(":") for part in filled(self.shapes, chosen).split(",") if part.strip())
        return {name.strip(): shape.strip() for name, shape in pairs}

    def shape_text(self, name: str, chosen: Mapping[str, str]) -> str:
        """Return the shape of one name, "" where the row says nothing about it."""
        return next((shape for pattern, shape in self.shapes_of(chosen).items()
                     if fnmatchcase(name, pattern)), "")


MISSING = {"triangle": "<<size of a causal mask|give a mask of your own: mask=M>>"}
UNKNOWN = re.compile(r"<<([^|]*)\|([^>]*)>>")


def filled(text: str, chosen: Mapping[str, str]) -> str:
    """Put options into a text: innermost braces first."""
    while (found := INNERMOST.search(text)) is not None:
        text = text[:found.start()] + _mark(found[1], chosen) + text[found.end():]
    unknown = UNKNOWN.search(text)
    if unknown is not None:     # asked for in a branch that was taken
        raise DeriveError(f"the {unknown[1]} has to be a whole number here", remedy=unknown[2])
    rows = chosen.get("rows") == "True"
    text = PRODUCT.sub(lambda m: f"{m[2]} @ {m[1]}" if rows else f"{m[1]} @ {m[2]}", text)
    return re.sub(r"\bidentity(?=\()", "", text)


def _mark(inner: str, chosen: Mapping[str, str]) -> str:
    each = EACH.fullmatch(inner)
    if each is not None:
        letter, word, between, text = each.groups()
        count = int(_value(word, chosen))
        if count == 1:      # one head needs no number
            text = text.replace(f"_#{letter}", "")
        return between.join(_numbered(text, letter, n) for n in range(1, count + 1))
    condition, colon, text = inner.partition(":")
    if not colon:
        return _value(inner.strip(), chosen)
    return text if _holds(condition.strip(), chosen) else ""


def _numbered(text: str, letter: str, number: int) -> str:
    return text.replace(f"#{letter}0", str(number - 1)).replace(f"#{letter}", str(number))


def _value(word: str, chosen: Mapping[str, str]) -> str:
    """Return what an option is, or the size of an axis; ``{1/heads}`` is a size divided."""
    top, _, bottom = (part.strip() for part in word.partition("/"))
    if bottom:
        return _divided(_value(top, chosen), chosen.get(bottom, bottom), bottom)
    return chosen.get(word, MISSING.get(word, "<<size of an axis|declare the shape>>"))


def _divided(size: str, by: str, word: str) -> str:
    if not size.isdigit():
        remedy = "say the size of the keys, as in d_k=3" if word == "heads" else "declare it so"
        return size if "<<" in size else f"<<size {size}, divided by {by},|{remedy}>>"
    whole, rest = divmod(int(size), int(by))
    return str(whole) if not rest else f"<<size {size} divided by {by}|change one of them>>"


def _holds(condition: str, chosen: Mapping[str, str]) -> bool:
    if " and " in condition:
        return all(_holds(part.strip(), chosen) for part in condition.split(" and "))
    if condition.startswith("not "):
        return not _holds(condition.removeprefix("not "), chosen)
    word, equals, value = condition.partition("=")
    return chosen.get(word, "") == (value if equals else "True")
