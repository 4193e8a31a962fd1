"""HTML: one file with MathML and its own fonts; no network and no script."""

from __future__ import annotations

from derive.formats.html.page import EXTENSION, write, write_fragment, write_steps, write_within

__all__ = ["EXTENSION", "write", "write_fragment", "write_steps", "write_within"]
