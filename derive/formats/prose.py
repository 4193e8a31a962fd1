r"""An author's Markdown becomes text of a format: CommonMark with tables, and mathematics.

Mathematics stands between dollars, ``$h_t$``, or on lines of its own between ``$$``; it passes
where it is harmless (`derive.syntax.inline_math`), and prints as it was typed otherwise. HTML,
links and images are words like any other: nothing in an answer can do more than print.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from derive.formats.markup import Markup
from derive.formats.user_text import printable
from derive.formats.writing import Writing
from derive.syntax.inline_math import LONGEST_DISPLAY, harmless, mathematics

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.tree import SyntaxTreeNode

__all__ = ["phrase", "prose"]

LEFT_OUT = ["code", "html_block", "html_inline", "link", "image", "autolink", "reference",
            "lheading", "hr", "entity"]


def prose(text: str, writing: Writing) -> str:
    """Write a text of several paragraphs."""
    tokens = _reader().parse(_typed(text))
    return _Writer(writing).blocks(_tree(tokens).children)


def phrase(text: str, writing: Writing) -> str:
    """Write a text that is part of a line."""
    tokens = _reader().parseInline(" ".join(_typed(text).split()))
    return _Writer(writing).inside(_tree(tokens))


def _typed(text: str) -> str:
    return printable(unicodedata.normalize("NFC", text))


def _tree(tokens: Sequence[Any]) -> SyntaxTreeNode:
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(tokens)


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # only few questions hold prose

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(LEFT_OUT)
    reader.inline.ruler.before("escape", "mathematics", _inline)
    reader.block.ruler.before("fence", "display", _display,
                              {"alt": ["paragraph", "blockquote", "list"]})
    return reader


def _inline(state: StateInline, silent: bool) -> bool:
    """Take mathematics where it begins in a paragraph."""
    found = next(mathematics(state.src, state.pos), None) if state.src[state.pos] == "$" else None
    if found is None or found.start() != state.pos:
        return False
    kind = "display" if found["display"] else "inline_math"
    latex = harmless(found["display"] or found["inline"], LONGEST_DISPLAY)
    if latex is None:
        return False
    if not silent:
        state.push(kind, "", 0).content = latex
    state.pos = found.end()
    return True


def _display(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Take the lines from ``$$`` to ``$$``, before a sign in one of them looks like a list."""
    begin = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("$$", begin):
        return False
    for line in range(first, last):
        typed = state.getLines(first, line + 1, state.blkIndent, False).strip()
        if len(typed) > 4 and typed.endswith("$$"):
            break
    else:
        return False
    latex = harmless(typed[2:-2], LONGEST_DISPLAY)
    if latex is not None and not silent:
        state.push("display", "", 0).content = latex
        state.line = line + 1
    return latex is not None


class _Writer:
    """Walks the tree of a text; `write` is what the format makes of each piece."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing

    @property
    def write(self) -> Markup:
        return self.writing.markup

    def node(self, node: SyntaxTreeNode) -> str:
        return NODES[node.type](self, node)

    def inside(self, node: SyntaxTreeNode) -> str:
        """Write what stands inside, one piece after the other."""
        return "".join(map(self.node, node.children))

    def blocks(self, nodes: Sequence[SyntaxTreeNode]) -> str:
        return self.write.paragraphs([*map(self.node, nodes)])

    def formula(self, node: SyntaxTreeNode) -> str:
        return self.writing.adapt(node.content)

    def items(self, node: SyntaxTreeNode) -> tuple[list[str], bool]:
        """Return the items of a list, and whether they stand close together."""
        close = all(block.hidden for item in node.children for block in item.children
                    if block.type == "paragraph")
        return [self.blocks(item.children) for item in node.children], close

    def table(self, node: SyntaxTreeNode) -> str:
        head, *rows = [row for part in node.children for row in part.children]
        sides = [str(cell.attrs.get("style", "text-align:left")).rpartition(":")[2]
                 for cell in head.children]
        return self.write.table(self.cells(head), [*map(self.cells, rows)], sides)

    def cells(self, row: SyntaxTreeNode) -> list[str]:
        return [*map(self.inside, row.children)]


NODES: dict[str, Callable[[_Writer, SyntaxTreeNode], str]] = {
    "inline": _Writer.inside,
    "paragraph": _Writer.inside,
    "text": lambda to, node: to.writing.words(node.content),
    "softbreak": lambda to, node: " ",
    "hardbreak": lambda to, node: to.write.line_break,
    "strong": lambda to, node: to.write.strong(to.inside(node)),
    "em": lambda to, node: to.write.emphasis(to.inside(node)),
    "heading": lambda to, node: to.write.strong(to.inside(node)),
    "code_inline": lambda to, node: to.write.code(node.content),
    "inline_math": lambda to, node: to.writing.inline(to.formula(node)),
    "display": lambda to, node: to.write.display(to.formula(node)),
    "bullet_list": lambda to, node: to.write.bullets(*to.items(node)),
    "ordered_list": lambda to, node: to.write.numbered(
        *to.items(node), int(node.attrs.get("start", 1))),
    "blockquote": lambda to, node: to.write.quote(to.blocks(node.children)),
    "fence": lambda to, node: to.write.listing(node.content.rstrip("\n")),
    "table": _Writer.table,
}
