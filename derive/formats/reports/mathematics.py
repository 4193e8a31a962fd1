r"""A student's LaTeX made such that it can be shown, where it can.

What is shown must be written in the vocabulary of `derive.syntax.display`: nothing a submission
holds reaches a page as it is. What cannot be shown stands there as its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derive.errors import DeriveError
from derive.syntax.display.reader import read

__all__ = ["LONGEST", "parts", "shown", "value_in_latex"]

LONGEST = 4000      # characters of a formula that is still set
_ARRAY = re.compile(r"\\begin\{array\}\s*(?:\[\w\])?\{[^{}]*\}")
_WORD = re.compile(r"(?<![\\A-Za-z{])(?:(tanh|log|ln|exp|max|min)|(softmax|sigmoid|relu|ReLU|diag"
                   r"|argmax|CE|sum|mean))(?![A-Za-z])")
_DOLLARS = re.compile(r"\$([^$`]+)\$")
REPLACED = {r"\end{array}": r"\end{matrix}", r"\therefore": "",
            r"\operatorname*": r"\operatorname", r"\dfrac": r"\frac", r"\tfrac": r"\frac"}


def shown(latex: str) -> str | None:
    """Return a formula that every format can show; None where this one cannot be shown."""
    if len(latex) > LONGEST:
        return None
    for attempt in (_WORD.sub(_upright, _plain(latex)), _plain(latex)):
        try:
            read(attempt)
        except (DeriveError, RecursionError):
            continue
        return attempt
    return None


def _upright(found: re.Match[str]) -> str:
    return rf"\{found[1]} " if found[1] else rf"\operatorname{{{found[2]}}}"


def _plain(latex: str) -> str:
    latex = _ARRAY.sub(lambda _: r"\begin{matrix}", latex)
    for old, new in REPLACED.items():
        latex = latex.replace(old, new)
    return latex


def parts(words: str) -> Iterator[tuple[str, str | None]]:
    """Yield what stands in a line of words: text with None, or a formula's source and LaTeX."""
    done = 0
    for found in _DOLLARS.finditer(words):
        latex = shown(found[1].strip())
        if latex is not None:
            yield from ((text, None) for text in [words[done:found.start()]] if text)
            yield found[0], latex
            done = found.end()
    yield from ((text, None) for text in [words[done:]] if text)


def value_in_latex(value: object) -> str:
    """Return numbers as a column, a matrix or a number, with six digits."""
    if not isinstance(value, list):
        return f"{value:.6g}" if isinstance(value, (int, float)) else str(value)
    rows = [row if isinstance(row, list) else [row] for row in value]
    inner = r" \\ ".join(" & ".join(map(value_in_latex, row)) for row in rows)
    return rf"\begin{{bmatrix}} {inner} \end{{bmatrix}}"
