r"""Words inside a formula, \text{..}: what TeX's text mode writes in its own way, as characters."""

from __future__ import annotations

import re

__all__ = ["ESCAPES", "spoken"]

# what stands for one character in text mode
ESCAPES: dict[str, str] = {
    r"\textbackslash{}": "\\", r"\textasciicircum{}": "^", r"\textasciitilde{}": "~",
    r"\textless{}": "<", r"\textgreater{}": ">", r"\textbar{}": "|", r"\textquotedbl{}": '"',
    r"\textasciigrave{}": "`", r"\textquoteleft{}": "‘", r"\textquotedblleft{}": "“",
    r"\textquotedblright{}": "”", r"\quotedblbase{}": "„", r"\textbullet{}": "•",
    r"\textdegree{}": "°", r"\texteuro{}": "€", r"\textquotesingle{}": "'",
    r"\{": "{", r"\}": "}", r"\$": "$", r"\&": "&", r"\#": "#", r"\%": "%", r"\_": "_",
    r"\ ": "\u00a0", "---": "—", "--": "–", "~": "\u00a0", "'": "’",
}
_ESCAPE = re.compile(r"\\[A-Za-z]+(?:\{\})?|\\.|---|--|[~'{}$&#%_^]", re.DOTALL)
_OTHER = re.compile(r"\\othercharacter\{(.)\}\{[0-9A-F]+\}", re.DOTALL)


def spoken(text: str) -> str:
    """Return words of text mode as the characters they print; KeyError holds what is not known."""
    return _ESCAPE.sub(lambda found: ESCAPES[found[0]], _OTHER.sub(r"\1", text))
