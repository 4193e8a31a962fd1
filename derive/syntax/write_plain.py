r"""Writing formulas as one line of plain characters: ``\hat{y}_{1}^{\top} x`` is ŷ₁ᵀ x.

For a terminal, for figures in Markdown, and for what is read aloud in place of a picture. It is not
meant to be read back: that is `derive.syntax.write_text`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache, singledispatch

from derive.syntax.display.alphabets import styled
from derive.syntax.display.nodes import (
    Accent,
    Arrow,
    Boxed,
    Brace,
    Classed,
    Digits,
    Fenced,
    Fraction,
    Letter,
    Name,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Table,
    Words,
)
from derive.syntax.display.products import is_factor
from derive.syntax.display.reader import read
from derive.syntax.display.spacing import kind, rooms

__all__ = ["COMBINING", "plain", "written"]

# what every font of a terminal has
LOWER = str.maketrans("0123456789+−t", "₀₁₂₃₄₅₆₇₈₉₊₋ₜ")
UPPER = str.maketrans("0123456789+−T⊤′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵀᵀ′")
COMBINING = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0305",
             "tilde": "\u0303", "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307",
             "ddot": "\u0308", "underline": "\u0332", "check": "\u030c", "breve": "\u0306",
             "acute": "\u0301", "grave": "\u0300"}
_TIGHT = re.compile(r" (?=\W|\w\b)|(?<=\W) ")
SPACED = ("bin", "rel")
# alphabets in which a letter means something else than the plain one does
TOLD_APART = ("double-struck", "script")


@lru_cache(maxsize=4096)
def plain(latex: str) -> str:
    """Return a formula as characters of one line."""
    return written(read(latex))


def written(node: Node) -> str:
    """Return a piece of a formula as such characters."""
    return unicodedata.normalize("NFC", " ".join(_plain(node).split()))


@singledispatch
def _plain(node: Node) -> str:
    raise TypeError(f"no plain writer for {type(node).__name__}")


@_plain.register(Row)
def _(node: Row) -> str:
    written = ""
    pieces, _ = rooms(node.items)
    items = [item for _, item in pieces]
    for before, (room, item), after in zip((None, *items), pieces, (*items[1:], None),
                                           strict=False):
        text = f"({_plain(item)})" if _is_beside(before, item, after) else _plain(item)
        is_apart = before is not None and (room > 0 or _is_apart(before, item))
        written += " " * is_apart + text
    return written


def _is_beside(before: Node | None, item: Node, after: Node | None) -> bool:
    """True for a fraction that would run into what stands beside it; 1/3 does not."""
    if not isinstance(item, Fraction) or (
            isinstance(item.top, Digits) and isinstance(item.bottom, Digits)):
        return False
    return any(node is not None and kind(node) not in SPACED for node in (before, after))


def _is_apart(left: Node, right: Node) -> bool:
    kinds = kind(left), kind(right)
    if kinds[0] == "punct" or any(k in (*SPACED, "inner") for k in kinds):
        return True
    if kinds[1] == "open":
        return isinstance(left, (Fraction, Table)) or (
            isinstance(left, Digits) and left.font == "upright")    # 1[x > 0] is an indicator
    return kinds[0] == "op" or (is_factor(left) and (is_factor(right) or kinds[1] == "op"))


def _closed(node: Node) -> str:
    """Write what must hold together as one, in brackets where it would not."""
    text = _plain(node)
    items = node.items if isinstance(node, Row) else ()
    loose = any(kind(item) in SPACED or isinstance(item, Fraction) for item in items) or (
        sum(map(is_factor, items)) > 1) or isinstance(node, Fraction)
    return f"({text})" if loose else text


@_plain.register(Letter)
def _(node: Letter) -> str:
    return styled(node.text, node.font) if node.font in TOLD_APART else node.text


@_plain.register(Digits)
@_plain.register(Sign)
@_plain.register(Name)
@_plain.register(Words)
def _(node: Digits | Sign | Name | Words) -> str:
    return node.text


@_plain.register(Space)
def _(node: Space) -> str:
    return " " if node.em > 0 else ""


@_plain.register(Fraction)
def _(node: Fraction) -> str:
    return f"{_closed(node.top)}{'/' if node.ruled else ' over '}{_closed(node.bottom)}"


@_plain.register(Scripts)
def _(node: Scripts) -> str:
    return _plain(node.base) + _small("_", node.below) + _small("^", node.above)


def _small(sign: str, script: Node | None) -> str:
    """Write a script with the small characters there are, else behind a sign."""
    text = "" if script is None else _TIGHT.sub("", _plain(script))
    small = text.translate(LOWER if sign == "_" else UPPER)
    if all(a != b or a == "′" for a, b in zip(small, text, strict=True)):
        return small
    return f"{sign}{text}" if text.isalnum() or len(text) == 1 else f"{sign}({text})"


@_plain.register(Root)
def _(node: Root) -> str:
    degree = "" if node.degree is None else _plain(node.degree).translate(UPPER)
    body = _plain(node.body)
    return f"{degree}√{body if len(body) == 1 or body.isdecimal() else f'({body})'}"


@_plain.register(Fenced)
def _(node: Fenced) -> str:
    return f"{node.opening}{_plain(node.body)}{node.closing}"


@_plain.register(Table)
def _(node: Table) -> str:
    return "; ".join(", ".join(map(_plain, row)) for row in node.rows)


@_plain.register(Accent)
def _(node: Accent) -> str:
    text = _plain(node.body)
    return "".join(c + COMBINING[node.mark] for c in text)


@_plain.register(Brace)
def _(node: Brace) -> str:
    return _closed(node.body)


@_plain.register(Boxed)
@_plain.register(Classed)
def _(node: Boxed | Classed) -> str:
    return _plain(node.body)


@_plain.register(Arrow)
def _(node: Arrow) -> str:
    return f"—{_plain(node.label)}→"
