"""The fonts that travel in every page: subsets of New Computer Modern, as data in the style sheet.

`docs/fonts/subset.py` makes them; their licence stands beside them.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["MATHEMATICS", "PAGE", "Face"]

FOLDER = Path(__file__).resolve().parent / "fonts"


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a family, as CSS describes it, and its file."""

    family: str
    file: str
    weight: str = "normal"
    style: str = "normal"

    @property
    def path(self) -> Path:
        return FOLDER / self.file

    @property
    def data(self) -> str:
        """The font in base64."""
        return _encoded(self.path)


@cache
def _encoded(path: Path) -> str:
    return b64encode(path.read_bytes()).decode("ascii")


MATHEMATICS = (Face("Derive Math", "math.woff2"),)
# what a page of its own brings along
PAGE = (
    *MATHEMATICS,
    Face("Derive Text", "text-regular.woff2"),
    Face("Derive Text", "text-bold.woff2", weight="bold"),
    Face("Derive Text", "text-italic.woff2", style="italic"),
)
