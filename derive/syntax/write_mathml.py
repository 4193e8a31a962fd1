r"""Writing formulas as MathML Core, which browsers show without any script.

Space between symbols is TeX's: operators say it where MathML's own dictionary differs, and in
scripts, where TeX sets everything tight. Signs that are heard and not seen (invisible times,
function application) stand where a reader of the screen needs them. Core leaves the columns of
tables and frames to CSS: `STYLES` holds the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, singledispatch
from html import escape

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
    Words,
)
from derive.syntax.display.products import is_factor, is_name, is_primed
from derive.syntax.display.reader import read
from derive.syntax.display.spacing import MEDIUM, THICK, THIN, gap, kind, rooms
from derive.syntax.write_plain import plain

__all__ = ["STYLES", "mathml"]

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
# what Core leaves to the page
STYLES = """\
math mtd { padding: 0.28em 0.5em; }
math mtd:first-child { padding-left: 0.1em; }
math mtd:last-child { padding-right: 0.1em; }
math .aligned > mtr > mtd { padding: 0.25em 0; text-align: left; text-align: -webkit-left; }
math .aligned > mtr > mtd:nth-child(odd) { text-align: right; text-align: -webkit-right; }
math .gathered > mtr > mtd { padding: 0.25em 0; }
math .cases > mtr > mtd { padding: 0.15em 1em 0.15em 0; text-align: left;
  text-align: -webkit-left; }
math .cases > mtr > mtd:last-child { padding-right: 0; }
math .small > mtr > mtd { padding: 0.1em 0.25em; }
math .substack > mtr > mtd { padding: 0; }
math .overline { border-top: 0.05em solid; padding-top: 0.06em; }
math .underline { border-bottom: 0.05em solid; padding-bottom: 0.06em; }
math .boxed { border: 0.05em solid; padding: 0.3em; }
"""
TIMES, APPLY = "<mo>\u2062</mo>", "<mo>\u2061</mo>"


@dataclass(frozen=True, slots=True)
class Context:
    """in_script: set small and tight; there letters side by side are a name, not a product."""

    in_script: bool = False


FULL, SMALL = Context(), Context(in_script=True)


@lru_cache(maxsize=8192)
def mathml(latex: str, *, block: bool = False) -> str:
    """Return a formula as a `math` element; in a block sums and fractions have their full size."""
    display = ' display="block"' if block else ""
    body = _row(read(latex), FULL)
    return f'<math xmlns="{NAMESPACE}"{display} alttext="{escape(plain(latex))}">{body}</math>'


@singledispatch
def _write(node: Node, context: Context) -> str:
    """Write one element."""
    raise TypeError(f"no MathML writer for {type(node).__name__}")


def _script(node: Node) -> str:
    return _write(node, SMALL)


# ---- rows and the space in them


@_write.register(Row)
def _(node: Row, context: Context) -> str:
    return f"<mrow>{_row(node, context)}</mrow>"


def _row(node: Node, context: Context) -> str:
    """Write pieces side by side, without an element around them."""
    if not isinstance(node, Row):
        return _write(node, context)
    pieces, at_end = rooms(node.items)
    written: list[str] = []
    before: Node | None = None
    for room, item in pieces:
        heard = "" if before is None or context.in_script else _heard(before, item, room)
        written += [heard, _space(room + _own_room(before, item, context)), _write(item, context)]
        before = item
    return "".join([*written, _space(at_end)])


def _own_room(before: Node | None, item: Node, context: Context) -> float:
    """Return the space that TeX puts here and no operator brings itself."""
    if before is None or {kind(before), kind(item)} & {"bin", "rel", "punct"}:
        return 0.0
    return gap(kind(before), kind(item), context.in_script)


def _space(em: float) -> str:
    """Write room; Core has no negative width, but CSS has negative margins."""
    if em < 0:
        return f'<mspace style="margin-left:{_em(em)}"/>'
    return f'<mspace width="{_em(em)}"/>' if em else ""


def _em(em: float) -> str:
    return f"{em:.3f}".rstrip("0").rstrip(".") + "em" if em else "0"


def _heard(before: Node, item: Node, room: float) -> str:
    """Say "of" behind the name of a function and "times" between factors."""
    if is_name(before):
        return "" if isinstance(item, Sign) and item.kind != "open" else APPLY
    if not is_factor(before) or room > THIN:
        return ""
    # brackets close behind a letter may hold its argument; with room between they are a factor
    opens = isinstance(item, Fenced) or kind(item) == "open"
    return TIMES if is_name(item) or (bool(room) if opens else is_factor(item)) else ""


# ---- symbols


@_write.register(Letter)
def _(node: Letter, context: Context) -> str:
    if len(node.text) == 1 and node.font == "italic":
        return f"<mi>{node.text}</mi>"      # Core slants a single letter
    text = styled(node.text, node.font)
    upright = ' mathvariant="normal"' if len(text) == 1 and text == node.text else ""
    return f"<mi{upright}>{text}</mi>"


@_write.register(Digits)
def _(node: Digits, context: Context) -> str:
    return f"<mn>{styled(node.text, node.font)}</mn>"


@_write.register(Name)
def _(node: Name, context: Context) -> str:
    if node.limits:
        return f'<mo movablelimits="true" lspace="0" rspace="0">{escape(node.text)}</mo>'
    variant = ' mathvariant="normal"' if len(node.text) == 1 else ""
    return f"<mi{variant}>{escape(node.text)}</mi>"


@_write.register(Words)
def _(node: Words, context: Context) -> str:
    text = node.text
    kept = "\u00a0" * (text[:1] == " ") + text.strip() + "\u00a0" * (text[-1:] == " " != text)
    return f"<mtext>{escape(kept)}</mtext>"


@_write.register(Space)
def _(node: Space, context: Context) -> str:
    return _space(node.em)


# signs that are letters in all but name: an operator would bring its own space
LETTERLIKE = frozenset("⊤⊥∀∃¬#%_&⋮⊺")
# the dictionary's own space for what stands between two things; 5/18 for what is not listed
INFIX = {**dict.fromkeys("+−±∓∪∩∖∧∨⊕⊘", MEDIUM), **dict.fromkeys("×⋅⊙⊗∗∘⋆", THIN)}
# brackets that have no side of their own
SIDED = frozenset("|‖")


@_write.register(Sign)
def _(node: Sign, context: Context) -> str:
    if node.text in LETTERLIKE:
        return f'<mi mathvariant="normal">{escape(node.text)}</mi>'
    return f"<mo{_form(node)}{SPACED[node.kind](node, context)}>{escape(node.text)}</mo>"


def _form(node: Sign) -> str:
    if node.kind in ("open", "close"):
        side = "prefix" if node.kind == "open" else "postfix"
        form = f' form="{side}"' if node.text in SIDED else ""
        return form + ' stretchy="false"' * (node.text not in "!?")
    return ' stretchy="false"' if node.text in SIDED | set("/√∣∥→←↔⇒⇐⇔⟶↦↑↓⟹⟺") else ""


def _sides(left: float, right: float) -> str:
    return f' lspace="{_em(left)}" rspace="{_em(right)}"'


def _binary(node: Sign, context: Context) -> str:
    wanted = 0.0 if context.in_script else MEDIUM
    return "" if INFIX.get(node.text, THICK) == wanted else _sides(wanted, wanted)


def _relation(node: Sign, context: Context) -> str:
    if context.in_script:
        return _sides(0, 0)
    return _sides(THICK, THICK) if node.text == ":" else ""


def _punctuation(node: Sign, context: Context) -> str:
    known = node.text in ",;" and not context.in_script
    return "" if known else _sides(0, 0 if context.in_script else THIN)


def _ordinary(node: Sign, context: Context) -> str:
    if node.text == "−":
        return ' form="prefix"'     # the dictionary sets the sign of a number tight
    return _sides(0, 0)


def _tight(node: Sign, context: Context) -> str:
    return _sides(0, 0)


def _bracket(node: Sign, context: Context) -> str:
    return ""


SPACED: dict[Kind, Callable[[Sign, Context], str]] = {
    "ord": _ordinary, "op": _tight, "bin": _binary, "rel": _relation, "open": _bracket,
    "close": _bracket, "punct": _punctuation, "inner": _tight,
}


# ---- what is put together


@_write.register(Classed)
def _(node: Classed, context: Context) -> str:
    return _write(node.body, context)


@_write.register(Fraction)
def _(node: Fraction, context: Context) -> str:
    line = "" if node.ruled else ' linethickness="0"'
    inner = FULL if node.size else context
    written = f"<mfrac{line}>{_write(node.top, inner)}{_write(node.bottom, inner)}</mfrac>"
    if not node.size:
        return written
    style = "true" if node.size == "display" else "false"
    return f'<mstyle displaystyle="{style}" scriptlevel="0">{written}</mstyle>'


UNDER_PRIME = -0.3      # em by which a subscript goes back under each prime
BESIDE = {(True, True): "msubsup", (True, False): "msub", (False, True): "msup"}
STACKED = {(True, True): "munderover", (True, False): "munder", (False, True): "mover"}


@_write.register(Scripts)
def _(node: Scripts, context: Context) -> str:
    if is_primed(node):
        return _primed(node, context)
    names = BESIDE if node.placing == "beside" else STACKED
    name = names[node.below is not None, node.above is not None]
    scripts = "".join(_script(part) for part in (node.below, node.above) if part is not None)
    return f"<{name}>{_write(node.base, context)}{scripts}</{name}>"


def _primed(node: Scripts, context: Context) -> str:
    """Set primes at full size beside the base: as a superscript browsers raise them twice."""
    assert isinstance(node.above, Sign), "primes stand above"
    primed = f"<mrow>{_write(node.base, context)}{_write(node.above, context)}</mrow>"
    if node.below is None:
        return primed
    back = _space(UNDER_PRIME * len(node.above.text))
    return f"<msub>{primed}<mrow>{back}{_row(node.below, SMALL)}</mrow></msub>"


@_write.register(Root)
def _(node: Root, context: Context) -> str:
    if node.degree is None:
        return f"<msqrt>{_row(node.body, context)}</msqrt>"
    return f"<mroot>{_write(node.body, context)}{_script(node.degree)}</mroot>"


@_write.register(Fenced)
def _(node: Fenced, context: Context) -> str:
    left, right = _fence(node.opening, "prefix"), _fence(node.closing, "postfix")
    return f"<mrow>{left}{_row(node.body, context)}{right}</mrow>"


def _fence(text: str, form: str) -> str:
    if not text:
        return ""
    return f'<mo form="{form}" stretchy="true" lspace="0" rspace="0">{escape(text)}</mo>'


@_write.register(Table)
def _(node: Table, context: Context) -> str:
    inner = SMALL if node.kind == "substack" else replace(context, in_script=False)
    rows = "".join(f"<mtr>{''.join(f'<mtd>{_row(cell, inner)}</mtd>' for cell in row)}</mtr>"
                   for row in node.rows)
    return f"<mtable{TABLES[node.kind]}>{rows}</mtable>"


TABLES = {
    "matrix": "", "small": ' class="small" scriptlevel="1"', "cases": ' class="cases"',
    "aligned": ' class="aligned" displaystyle="true"',
    "gathered": ' class="gathered" displaystyle="true"', "substack": ' class="substack"',
}
# the sign over the body, and whether it grows with it
ACCENTS = {"hat": ("ˆ", False), "widehat": ("^", True), "bar": ("¯", False), "tilde": ("˜", False),
           "widetilde": ("~", True), "vec": ("→", False), "dot": ("˙", False), "ddot": ("¨", False),
           "check": ("ˇ", False), "breve": ("˘", False), "acute": ("´", False),
           "grave": ("`", False)}
# rules as wide as the body: not every font has a sign that grows so far
RULED = ("overline", "underline")


@_write.register(Accent)
def _(node: Accent, context: Context) -> str:
    if node.mark in RULED:
        return f'<mrow class="{node.mark}">{_row(node.body, context)}</mrow>'
    sign, grows = ACCENTS[node.mark]
    size = ' scriptlevel="1"' * (sign == "→")     # an arrow has no small form of its own
    mark = f'<mo stretchy="{str(grows).lower()}"{size}>{sign}</mo>'
    return f'<mover accent="true">{_write(node.body, context)}{mark}</mover>'


@_write.register(Brace)
def _(node: Brace, context: Context) -> str:
    name, sign = ("mover", "⏞") if node.above else ("munder", "⏟")
    body = _write(node.body, context)
    return f'<{name}>{body}<mo stretchy="true">{sign}</mo></{name}>'


@_write.register(Boxed)
def _(node: Boxed, context: Context) -> str:
    return f'<mrow class="boxed">{_row(node.body, context)}</mrow>'


@_write.register(Arrow)
def _(node: Arrow, context: Context) -> str:
    room = _space(0.5)
    label = f"<mrow>{room}{_script(node.label)}{room}</mrow>"
    return f'<mover><mo stretchy="true">→</mo>{label}</mover>'

