"""Plain words as LaTeX, Typst and Markdown: every character prints as itself."""

from __future__ import annotations

import re
import unicodedata

from derive.syntax.inline_math import MATH_CHARACTERS

__all__ = ["covered", "latex_words", "markdown_words", "typst_words"]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}", "–": "--", "—": "---", "’": "'", "‘": r"\textquoteleft{}",
    "“": r"\textquotedblleft{}", "”": r"\textquotedblright{}", "„": r"\quotedblbase{}",
    "•": r"\textbullet{}", "°": r"\textdegree{}", "€": r"\texteuro{}", "\u00a0": "~",
}
# the letters of the European languages, which T1 fonts have
_EUROPEAN = re.compile(r"[\x20-\x7e¡-ÿĀ-ćĊ-ďĐ-ēĖ-ğĠ-ģĪ-īĮ-ıĶ-ķĹ-ńŇ-ňŌ-ōŐ-śŞ-şŠ-ťŪ-ūŮ-ųŸ-žȘ-ț]")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~$&]")
# all signs but those that nothing begins with; a dot counts after a number, and in a row of dots
_TYPST = re.compile(r"""[\\#$*_@<>\[\]{}()`~=+/"^&%|-]|(?<=[0-9.])\.|\.(?=\.)""")
# what New Computer Modern has: the European scripts, punctuation, currencies, signs, arrows
_UNCOVERED = re.compile(
    "[^\n\\x20-\\x7e\xa0-\u02ff\u0370-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u2070-\u209c"
    "\u20a0-\u20bf\u2100-\u211e\u2126-\u2151\u2153-\u2184\u2190-\u23ff\u2500-\u2605\u27e8\u27e9]")
# what starts a list at the beginning of a line
_LIST = re.compile(r"^(\d+(?=[.)])|(?=[-+=]))(.)(?=\s|$)")


def latex_words(text: str) -> str:
    """Escape words for LaTeX; mathematical signs become mathematics."""
    return "".join(map(_latex_character, text))


def _latex_character(c: str) -> str:
    if c in _SPECIAL:
        return _SPECIAL[c]
    if c in MATH_CHARACTERS:
        command = MATH_CHARACTERS[c]
        return rf"\ensuremath{{{'{}' if command[0] in '^_' else ''}{command}}}"
    return c if _EUROPEAN.fullmatch(c) else _unknown(c)


def _unknown(c: str) -> str:
    """Let the document decide about a character: pdfTeX's fonts lack it, other engines have it."""
    if unicodedata.combining(c):
        return ""
    return rf"\othercharacter{{{c}}}{{{ord(c):04X}}}"


def typst_words(text: str) -> str:
    """Escape words for Typst's markup: a backslash before a sign takes its meaning from it."""
    return _TYPST.sub(r"\\\g<0>", covered(text).replace("'", "’")).replace("\u00a0", "~")


def covered(text: str) -> str:
    """Write the numbers of characters that the fonts of a page lack, as LaTeX sheets do."""
    return _UNCOVERED.sub(lambda found: _number(found[0]), text)


def _number(c: str) -> str:
    return "" if unicodedata.combining(c) else f"[U+{ord(c):04X}]"


def markdown_words(text: str) -> str:
    """Escape words for GitHub's Markdown."""
    return _LIST.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", text))
