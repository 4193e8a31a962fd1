r"""Reading the LaTeX of our formulas as a display tree.

What is read is a closed vocabulary: what `derive.syntax.latex` writes, and what authors may use
(`derive.syntax.inline_math`). Anything else is an error that names it; nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Literal

from derive.errors import DeriveError, nearest
from derive.syntax.display.nodes import (
    Accent,
    Arrow,
    Boxed,
    Brace,
    Classed,
    Digits,
    Fenced,
    Font,
    Fraction,
    Letter,
    Name,
    Node,
    Placing,
    Root,
    Row,
    Scripts,
    Sign,
    Table,
    TableKind,
    Words,
)
from derive.syntax.display.spacing import kind, settled
from derive.syntax.display.symbols import DELIMITERS, LARGE, SYMBOLS
from derive.syntax.display.text_mode import spoken
from derive.syntax.inline_math import MATH_CHARACTERS

__all__ = ["ACCENTS", "COMMANDS", "EMPTY", "ENVIRONMENTS", "FONTS", "read"]

_TOKEN = re.compile(r"\\(?:operatorname\*|[A-Za-z]+|.)|\S", re.DOTALL)
_ENSURED = re.compile(r"\\ensuremath(?=\{)")
_FUNCTION = re.compile("[A-Za-z0-9 .*/\u2009-]+")
EMPTY = Row(())
DEEPEST = 80


@lru_cache(maxsize=8192)
def read(latex: str) -> Node:
    """Return the tree of a formula; DeriveError names a command that has no row."""
    reader = _Reader(latex)
    return _one(reader.row(()))


def _one(items: Sequence[Node]) -> Node:
    """Return a single piece as it is, several as a row."""
    return items[0] if len(items) == 1 else Row(tuple(items))


class _Reader:
    """Reads tokens from the left to the right; `font` is that of the group around."""

    def __init__(self, latex: str) -> None:
        self.latex, self.at = latex, 0
        found = [(token, match.start()) for match in _TOKEN.finditer(latex)
                 for token in _meant(match[0])]
        self.tokens = [*(token for token, _ in found), ""]      # the last one is the end
        self.starts = [*(start for _, start in found), len(latex)]
        self.font: Font | None = None
        self.depth = 0

    # ---- tokens

    def peek(self) -> str:
        """Return the next token, or nothing at the end."""
        return self.tokens[self.at]

    def take(self) -> str:
        token = self.tokens[self.at]
        self.at += bool(token)
        return token

    def expect(self, token: str) -> None:
        found = self.take()
        if found != token:
            raise self.error(f"{found or 'its end'} stands where {token} should")

    def error(self, what: str, remedy: str = "") -> DeriveError:
        return DeriveError(f"`{self.latex}` cannot be shown: {what}", remedy=remedy)

    def raw_group(self) -> str:
        """Take a group as it is typed, without its braces."""
        self.expect("{")
        start, depth = self.starts[self.at - 1] + 1, 1
        while depth and (token := self.take()):
            depth += {"{": 1, "}": -1}.get(token, 0)
        if depth:
            raise self.error("a brace is not closed")
        return self.latex[start:self.starts[self.at - 1]]

    def behind(self) -> str:
        """Return what stands behind the last token read, its blanks too."""
        before = self.at - 1
        return self.latex[self.starts[before] + len(self.tokens[before]):]

    # ---- rows

    def row(self, ends: Sequence[str]) -> tuple[Node, ...]:
        """Read up to one of the tokens *ends*, which stays; without any, to the end."""
        found: list[Node] = []
        self.depth += 1
        while (token := self.peek()) not in ends and (token or ends):
            if not token or self.depth > DEEPEST:
                raise self.error("it is nested too deeply" if token else _missing(ends))
            found.append(self.scripted())
        self.depth -= 1
        return settled(found)

    def group(self) -> Node:
        """Read what a command takes: a group in braces, or one symbol."""
        if self.peek().isdecimal():
            return Digits(self.take(), self.font or "upright")
        if self.peek() in COMMANDS and self.peek() != "{":
            raise self.error(f"{self.peek()} must stand in braces here")
        if self.peek() != "{":
            return self.atom()
        self.take()
        items = self.row(("}",))
        self.take()
        return _one(items)

    def scripted(self) -> Node:
        return self.scripts(EMPTY if self.peek() in ("_", "^", "'") else self.atom())

    def scripts(self, base: Node) -> Node:
        """Read what stands below and above a base: at most one of each."""
        placing = _placing(base)
        if self.peek() in (r"\limits", r"\nolimits") and kind(base) == "op":
            placing = "stacked" if self.take() == r"\limits" else "beside"
        found: dict[str, Node] = {}
        while (sign := "^" if self.peek() == "'" else self.peek()) in ("_", "^"):
            if sign in found:
                raise self.error("two subscripts or two superscripts on one symbol")
            found[sign] = self.primes() if self.peek() == "'" else self.script()
        return Scripts(base, found.get("_"), found.get("^"), placing) if found else base

    def script(self) -> Node:
        self.take()
        return self.group()

    def primes(self) -> Node:
        count = 0
        while self.peek() == "'":
            self.take()
            count += 1
        return Sign("′" * count, "ord")

    # ---- pieces

    def atom(self) -> Node:
        token = self.take()
        if token.isdecimal() and token.isascii():
            return self.number(token)
        if token == "." and self.peek().isdecimal():
            return self.number(token)
        if token in COMMANDS:
            return COMMANDS[token](self)
        if token in SYMBOLS:
            return self.symbol(SYMBOLS[token], token)
        if not token:
            raise self.error("something is missing at its end")
        if token == "}":
            raise self.error("a brace closes that is not open")
        known = [*SYMBOLS, *COMMANDS] if len(token) > 1 else []
        raise self.error(f"{token} is not known", nearest(token, known))

    def number(self, first: str) -> Node:
        """Take the digits of a number, with its decimal point."""
        digits = [first]
        while self.peek().isdecimal() or (
                self.peek() == "." not in digits and self.tokens[self.at + 1].isdecimal()):
            digits.append(self.take())
        return Digits("".join(digits), self.font or "upright")

    def symbol(self, node: Node, token: str) -> Node:
        """Set a letter in the font of its group; letters in one font are a word."""
        if self.font is None or not isinstance(node, Letter):
            return node
        font = self.font
        if not token.isascii() or not token.isalpha():
            return _greek(node, font)
        text = token
        while font in WORDLIKE and _is_letter(self.peek()):
            text += self.take()
        return Letter(text, font)

    @contextmanager
    def set_in(self, font: Font | None) -> Iterator[None]:
        """Read in another font for a while."""
        before, self.font = self.font, font
        yield
        self.font = before

    # ---- commands

    def braces(self) -> Node:
        """A group in the middle of a row is one ordinary symbol, whatever it holds."""
        items = self.row(("}",))
        self.take()
        only = items[0] if len(items) == 1 else None
        return only if isinstance(only, (Row, Letter, Digits)) else Row(items)

    def fraction(self, size: Literal["", "text", "display"] = "") -> Node:
        top = self.group()
        return Fraction(top, self.group(), size)

    def binomial(self) -> Node:
        top = self.group()
        return Fenced("(", Fraction(top, self.group(), ruled=False), ")")

    def root(self) -> Node:
        degree: Node | None = None
        if self.peek() == "[":
            self.take()
            degree = _one(self.row(("]",)))
            self.take()
        return Root(self.group(), degree)

    def fenced(self) -> Node:
        opening = self.delimiter()
        body = _one(self.row((r"\right",)))
        self.take()
        return Fenced(opening, body, self.delimiter())

    def delimiter(self) -> str:
        token = self.take()
        if token not in DELIMITERS:
            raise self.error(f"{token or 'its end'} is no bracket")
        return DELIMITERS[token]

    def words(self) -> Node:
        """Read words; signs among them stand in mathematics of their own."""
        text = self.raw_group()
        found: list[Node] = []
        while (inner := _ENSURED.search(text)) is not None:
            formula = _Reader(text[inner.end():])
            found += [*self.spoken(text[:inner.start()]), read(formula.raw_group())]
            text = formula.behind()
        return _one([*found, *self.spoken(text)])

    def spoken(self, text: str) -> list[Node]:
        try:
            return [Words(spoken(text))] if text else []
        except KeyError as unknown:
            raise self.error(f"{unknown.args[0]} is not known among words") from None

    def operator(self, limits: bool) -> Node:
        r"""Read the letters of a name; arg\,max has a thin space in it."""
        typed = self.raw_group()
        text = typed.replace(r"\,", "\u2009").replace("\\ ", " ")
        if _FUNCTION.fullmatch(text):
            return Name(text, limits)
        inner = _Reader(typed)      # a name with a script or a sign in it
        inner.font = "upright"
        return Classed(_one(inner.row(())), "op", limits)

    def own_class(self) -> Node:
        return Classed(self.group(), "op", limits=True)

    def over(self, is_above: bool) -> Node:
        """Read what is set above or below a base, the base last."""
        label, base = self.group(), self.group()
        if is_above:
            return Scripts(base, above=label, placing="stacked")
        return Scripts(base, below=label, placing="stacked")

    def environment(self) -> Node:
        name = self.raw_group()
        if name not in ENVIRONMENTS:
            raise self.error(f"the environment {name} is not known")
        table, opening, closing = ENVIRONMENTS[name]
        body = Table(self.cells((r"\end",)), table)
        self.take()
        if self.raw_group() != name:
            raise self.error(f"{name} is not closed")
        return Fenced(opening, body, closing) if opening or closing else body

    def substack(self) -> Node:
        self.expect("{")
        rows = self.cells(("}",))
        self.take()
        return Table(rows, "substack")

    def cells(self, ends: tuple[str, ...]) -> tuple[tuple[Node, ...], ...]:
        """Read rows of cells; an empty last row is the end of the one before."""
        rows: list[list[Node]] = [[]]
        while True:
            rows[-1].append(_one(self.row(("&", r"\\", *ends))))
            if self.peek() in ends:
                break
            if self.take() == r"\\":
                self.row_gap()
                rows.append([])
        if len(rows) > 1 and rows[-1] == [EMPTY]:
            rows.pop()
        return tuple(map(tuple, rows))

    def row_gap(self) -> None:
        r"""Pass over the extra room after a row, \\[2pt]: each writer has its own way with rows."""
        if self.peek() == "[":
            while self.take() not in ("]", ""):
                pass


def _missing(ends: Sequence[str]) -> str:
    return "a brace is not closed" if "}" in ends else f"{ends[-1]} is missing"


def _meant(token: str) -> list[str]:
    """Return the command for a character people type, as tokens."""
    return _TOKEN.findall(MATH_CHARACTERS[token]) if token in MATH_CHARACTERS else [token]


def _is_letter(token: str) -> bool:
    return len(token) == 1 and token.isascii() and token.isalpha()


def _greek(node: Letter, font: Font) -> Letter:
    r"""Only \boldsymbol has small Greek letters; \mathbf has the capitals."""
    if font == "bold-italic":
        return Letter(node.text, "bold-italic" if node.font == "italic" else "bold")
    return Letter(node.text, font) if font == "bold" and node.font == "upright" else node


def _placing(base: Node) -> Placing:
    if isinstance(base, Brace):
        return "stacked"
    has_limits = (isinstance(base, Sign) and base.text in LARGE) or (
        isinstance(base, (Name, Classed)) and base.limits)
    return "movable" if has_limits else "beside"


# fonts in which letters side by side are one word
WORDLIKE = frozenset({"upright", "bold", "sans", "mono"})
FONTS: dict[str, Font] = {
    r"\mathbf": "bold", r"\mathrm": "upright", r"\mathbb": "double-struck", r"\mathcal": "script",
    r"\mathit": "italic", r"\mathsf": "sans", r"\mathtt": "mono", r"\boldsymbol": "bold-italic",
}
ACCENTS = ("bar", "hat", "tilde", "vec", "dot", "ddot", "widehat", "widetilde", "check", "breve",
           "acute", "grave", "overline", "underline")
# environment -> the kind of its table, and its brackets
ENVIRONMENTS: dict[str, tuple[TableKind, str, str]] = {
    "matrix": ("matrix", "", ""), "bmatrix": ("matrix", "[", "]"), "pmatrix": ("matrix", "(", ")"),
    "vmatrix": ("matrix", "|", "|"), "Vmatrix": ("matrix", "‖", "‖"),
    "Bmatrix": ("matrix", "{", "}"), "smallmatrix": ("small", "", ""),
    "cases": ("cases", "{", ""), "aligned": ("aligned", "", ""), "gathered": ("gathered", "", ""),
}


def _in_font(font: Font) -> Callable[[_Reader], Node]:
    def take(reader: _Reader) -> Node:
        with reader.set_in(font):
            return reader.group()
    return take


def _accented(mark: str) -> Callable[[_Reader], Node]:
    return lambda reader: Accent(mark, reader.group())


COMMANDS: dict[str, Callable[[_Reader], Node]] = {
    "{": _Reader.braces,
    r"\frac": _Reader.fraction,
    r"\tfrac": lambda reader: reader.fraction("text"),
    r"\dfrac": lambda reader: reader.fraction("display"),
    r"\binom": _Reader.binomial,
    r"\sqrt": _Reader.root,
    r"\left": _Reader.fenced,
    r"\text": _Reader.words,
    r"\operatorname": lambda reader: reader.operator(False),
    r"\operatorname*": lambda reader: reader.operator(True),
    r"\mathop": _Reader.own_class,
    r"\underbrace": lambda reader: Brace(reader.group()),
    r"\overbrace": lambda reader: Brace(reader.group(), above=True),
    r"\overset": lambda reader: reader.over(True),
    r"\stackrel": lambda reader: reader.over(True),
    r"\underset": lambda reader: reader.over(False),
    r"\xrightarrow": lambda reader: Arrow(reader.group()),
    r"\boxed": lambda reader: Boxed(reader.group()),
    r"\begin": _Reader.environment,
    r"\substack": _Reader.substack,
    **{command: _in_font(font) for command, font in FONTS.items()},
    **{f"\\{mark}": _accented(mark) for mark in ACCENTS},
}
