"""Which characters of a page the fonts that travel in it lack: each would be an empty box, or come
from a font of the system.
"""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from importlib.util import find_spec

from conftest import leave_out

from derive.formats.html.fonts import PAGE

# sources that are shown in a font of the system, and what is heard or copied but not seen
ELSEWHERE = re.compile(r"<(annotation|pre|code|title|style)\b.*?</\1>", re.DOTALL)
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
TICKS = set("□⊠")       # of multiple choice: the style sheet takes them from the mathematical font


@cache
def characters(file: str) -> frozenset[str]:
    """The characters a font of ours has."""
    for module in ("fontTools", "brotli"):
        if find_spec(module) is None:
            leave_out(f"the module {module} is not installed")
    from fontTools.ttLib import TTFont

    face = next(face for face in PAGE if face.file == file)
    with TTFont(face.path) as font:
        return frozenset(map(chr, font.getBestCmap()))


def missing(page: str) -> set[str]:
    """Return what a page shows and its fonts have not."""
    shown = ELSEWHERE.sub("", page[page.index("<main"):])
    formulas, words = "".join(MATH.findall(shown)), MATH.sub("", shown)
    math = characters("math.woff2")
    faces = [characters(face.file) for face in PAGE if face.file.startswith("text-")]
    in_words = _seen(words) - frozenset.intersection(*faces) - (TICKS & math)
    return (_seen(formulas) - math) | in_words


def _seen(text: str) -> set[str]:
    return set(unescape(TAG.sub("", text))) - {"\n"}
