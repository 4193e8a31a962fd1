r"""Writing formulas as Typst's mathematics, in characters and not in names of symbols.

Typst's own rules for space are TeX's too. Every ASCII sign that Typst could take for something else
is escaped, so that no bracket stretches, no slash makes a fraction and no comma ends an argument
unless it is meant to. Blanks are written only where two words would run together: beside words
Typst shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, singledispatch
from string import ascii_letters, digits

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
    Kind,
    Letter,
    Name,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Table,
    TableKind,
    Words,
)
from derive.syntax.display.products import base, is_primed
from derive.syntax.display.reader import EMPTY, read
from derive.syntax.display.spacing import THIN, gap, kind

__all__ = ["SETTINGS", "typst"]

# what the page sets once: the gaps LaTeX has in matrices
SETTINGS = "#set math.mat(row-gap: 0.4em, column-gap: 0.9em)\n#set math.cases(gap: 0.5em)\n"

# a word that goes on: a blank must part two of these
_WORD = frozenset(ascii_letters + digits)
# signs that mean themselves, alone and beside each other
_PLAIN = frozenset("+=")
READ = frozenset("⟨⟩⌊⌋⌈⌉√")


@lru_cache(maxsize=8192)
def typst(latex: str) -> str:
    """Return a formula as Typst's mathematics, without its dollar signs."""
    return _write(read(latex))


def _joined(pieces: Iterable[str]) -> str:
    """Put pieces side by side, with blanks between words and where signs would be read as one."""
    written = ""
    for piece in pieces:
        if written and piece and _meet(written[-1], piece[0]):
            written += " "
        written += piece
    return written


def _meet(left: str, right: str) -> bool:
    return (_is_word(left) and _is_word(right)) or (left in _PLAIN and right in _PLAIN)


def _is_word(c: str) -> bool:
    return c in _WORD or (c.isalnum() and not c.isascii()) or c == "."


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if _is_special(c) else c for c in text)


def _is_special(c: str) -> bool:
    """True for a sign Typst reads: brackets would have to match, a root takes what follows."""
    return c in READ or (c.isascii() and not c.isalnum() and c not in _PLAIN)


def _quoted(text: str) -> str:
    kept = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{kept}"'


@singledispatch
def _write(node: Node) -> str:
    raise TypeError(f"no Typst writer for {type(node).__name__}")


@_write.register(Row)
def _(node: Row) -> str:
    pieces: list[str] = []
    for before, item in zip((None, *node.items), node.items, strict=False):
        pieces += [_room(before, item), _forced(item) if before == EMPTY else _write(item)]
    return _joined(pieces)


def _room(before: Node | None, item: Node) -> str:
    """Write the thin space that TeX has beside tall brackets and Typst has not."""
    if before is None or isinstance(before, Space) or isinstance(item, Space):
        return ""
    kinds = kind(before), kind(item)
    is_fence = isinstance(base(before), Fenced) or isinstance(base(item), Fenced)
    return "thin" if is_fence and "inner" in kinds and gap(*kinds) == THIN else ""


def _forced(item: Node) -> str:
    """Write what follows an empty group: Typst takes a sign that is first for that of a number."""
    return f'class("binary",{_write(item)})' if kind(item) == "bin" else _write(item)


def _whole(node: Node) -> str:
    """Write a base for scripts: one thing for Typst."""
    text = _write(node)
    return text if isinstance(node, ONE) else f'class("{CLASSES[kind(node)]}",{text})'


# what Typst takes for one thing when a script follows it
ONE = (Letter, Digits, Sign, Name, Fenced, Accent, Root, Boxed, Brace, Classed, Fraction)


# ---- symbols


@_write.register(Letter)
def _(node: Letter) -> str:
    if len(node.text) > 1:
        return _quoted(styled(node.text, node.font))
    if node.font == "upright" and node.text.isascii():
        return f"upright({node.text})"
    return node.text if node.font == "italic" else styled(node.text, node.font)


@_write.register(Digits)
def _(node: Digits) -> str:
    text = styled(node.text, node.font)
    return text if text.isascii() or len(text) == 1 else _quoted(text)


# signs that have another class in Typst than in TeX
OTHERWISE: dict[str, Kind] = {"/": "bin", ":": "rel", "!": "ord", "?": "ord", "|": "ord",
                              "‖": "ord", ".": "ord", "⊺": "bin"}
CLASSES: dict[Kind, str] = {"ord": "normal", "op": "large", "bin": "binary", "rel": "relation",
                            "open": "opening", "close": "closing", "punct": "punctuation",
                            "inner": "normal"}


@_write.register(Sign)
def _(node: Sign) -> str:
    if len(node.text) > 1 and node.text.isalpha():
        return f'class("{CLASSES[node.kind]}",{_quoted(node.text)})'
    text = _escaped(node.text)
    usual = OTHERWISE.get(node.text, node.kind)
    return text if usual == node.kind else f'class("{CLASSES[node.kind]}",{text})'


@_write.register(Name)
def _(node: Name) -> str:
    limits = ",limits:#true" if node.limits else ""
    return f"op({_quoted(node.text)}{limits})"


@_write.register(Words)
def _(node: Words) -> str:
    """Typst drops blanks at the ends of words, but none that may not break."""
    text = node.text
    return _quoted("\u00a0" * text.startswith(" ") + text.strip(" ")
                   + "\u00a0" * (text.endswith(" ") and bool(text.strip(" "))))


SPACES = {3: "thin", 4: "med", 5: "thick", 18: "quad", 36: "wide"}


@_write.register(Space)
def _(node: Space) -> str:
    return SPACES.get(round(18 * node.em)) or f"#h({node.em:.4f}em)"


# ---- what is put together


@_write.register(Fraction)
def _(node: Fraction) -> str:
    fraction = f"frac({_write(node.top)},{_write(node.bottom)})"
    return {"text": f"inline({fraction})", "display": f"display({fraction})"}.get(
        node.size, fraction)


@_write.register(Scripts)
def _(node: Scripts) -> str:
    if isinstance(node.base, Brace) and _is_labelled(node):
        return _braced(node.base, node.above if node.base.above else node.below)
    whole = _whole(node.base)
    if node.placing == "stacked":
        stacked = f"limits({whole})" + _script("_", node.below) + _script("^", node.above)
        return f'class("{CLASSES[kind(node.base)]}",{stacked})'
    # primes first: behind a subscript they would be part of it
    if is_primed(node) and isinstance(node.above, Sign):
        return whole + "'" * len(node.above.text) + _script("_", node.below)
    return whole + _script("_", node.below) + _script("^", node.above)


def _script(sign: str, script: Node | None) -> str:
    return "" if script is None else f"{sign}({_write(script)})"


def _is_labelled(node: Scripts) -> bool:
    assert isinstance(node.base, Brace)
    return (node.below is None) if node.base.above else (node.above is None)


@_write.register(Brace)
def _(node: Brace) -> str:
    return _braced(node, None)


def _braced(node: Brace, label: Node | None) -> str:
    said = "" if label is None else f",{_write(label)}"
    return f"{'over' if node.above else 'under'}brace({_write(node.body)}{said})"


@_write.register(Root)
def _(node: Root) -> str:
    if node.degree is None:
        return f"sqrt({_write(node.body)})"
    return f"root({_write(node.degree)},{_write(node.body)})"


@_write.register(Fenced)
def _(node: Fenced) -> str:
    if isinstance(node.body, Table) and node.body.kind == "matrix" and (
            delimiter := PAIRS.get(node.opening + node.closing)):
        return _matrix(node.body, delimiter)
    if isinstance(node.body, Table) and node.body.kind == "cases":
        return _cases(node.body)
    if isinstance(node.body, Fraction) and not node.body.ruled:
        return f"binom({_write(node.body.top)},{_write(node.body.bottom)})"
    return f"lr({_joined([_escaped(node.opening), _write(node.body), _escaped(node.closing)])})"


PAIRS = {"[]": '"["', "()": '"("', "{}": '"{"', "||": '"|"', "‖‖": '"‖"'}


def _matrix(table: Table, delimiter: str, size: str = "display") -> str:
    """Write cells at the size of text: Typst would set those of a formula in running text small."""
    rows = ";".join(",".join(map(_write, row)) for row in table.rows)
    return f"{size}(mat(delim:{delimiter},{rows}))"


def _cases(table: Table) -> str:
    rows = (_joined([_write(row[0]), *(f"& quad {_write(cell)}" for cell in row[1:])])
            for row in table.rows)
    return f"display(cases({','.join(rows)}))"


def _aligned(table: Table) -> str:
    """Write lines under each other, centred on the row they stand in; each as in a display."""
    rows = ("&".join(f"display({_write(cell)})" if cell != EMPTY else "" for cell in row)
            for row in table.rows)
    return f"display(mat(delim:#none,row-gap:#0.6em,{';'.join(rows)}))"


def _substack(table: Table) -> str:
    """Write lines centred under each other, at the size of a script; they have no columns."""
    cells = ";".join(f"script({_write(cell)})" for row in table.rows for cell in row)
    return f"mat(delim:#none,row-gap:#0.3em,{cells})"


TABLES: dict[TableKind, Callable[[Table], str]] = {
    "matrix": lambda table: _matrix(table, "#none"),
    "small": lambda table: _matrix(table, "#none", "inline"),
    "cases": _cases, "aligned": _aligned, "gathered": _aligned,
    "substack": _substack,
}


@_write.register(Table)
def _(node: Table) -> str:
    return TABLES[node.kind](node)


ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "macron", "tilde": "tilde",
           "widetilde": "tilde", "vec": "arrow", "dot": "dot", "ddot": "dot.double",
           "check": "caron", "breve": "breve", "acute": "acute", "grave": "grave",
           "overline": "overline", "underline": "underline"}
# Typst lets these grow with what they stand on, as TeX does not
GROWING = ("hat", "tilde", "vec")


@_write.register(Accent)
def _(node: Accent) -> str:
    size = ",size:#0%" * (node.mark in GROWING)
    return f"{ACCENTS[node.mark]}({_write(node.body)}{size})"


@_write.register(Boxed)
def _(node: Boxed) -> str:
    return ("#box(stroke:0.5pt,inset:0.3em,{set text(top-edge:\"bounds\",bottom-edge:\"bounds\");"
            f"$display({_write(node.body)})$}})")


@_write.register(Arrow)
def _(node: Arrow) -> str:
    return f"stretch(→)^({_write(node.label)})"


@_write.register(Classed)
def _(node: Classed) -> str:
    return f'class("{CLASSES[node.kind]}",{_write(node.body)})'
