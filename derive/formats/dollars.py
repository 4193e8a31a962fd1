"""Markdown for a notebook: mathematics between dollars, as Jupyter and MyST read it."""

from __future__ import annotations

import re

__all__ = ["displays", "in_notebook"]

# in a list or a quotation each line has something before it
_FENCED = re.compile(r"^([ >]*)```math\n(.*?)\n\1```$", re.DOTALL | re.MULTILINE)
_QUOTED = re.compile(r"\$`(.*?)`\$", re.DOTALL)
_DISPLAYED = re.compile(r"^\$\$\n.*?\n\$\$$", re.DOTALL | re.MULTILINE)


def in_notebook(markdown: str) -> str:
    """Return Markdown of ours, which is written for GitHub, with dollars alone."""
    displayed = _FENCED.sub(r"\1$$\n\2\n\1$$", markdown)
    return _QUOTED.sub(lambda found: f"${found[1]}$", displayed)


def displays(markdown: str) -> str:
    """Return the displayed formulas of such Markdown, without the words."""
    return "\n".join(_DISPLAYED.findall(markdown))
