r"""How wide a formula prints, estimated from its LaTeX, in em (10 pt at 10 pt type).

Good to about a tenth: enough to decide where to break a line. Sizes are those of Computer Modern.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

__all__ = ["width"]

_TOKEN = re.compile(
    r"\\begin\{\w+\*?\}|\\end\{\w+\*?\}|\\\\(?:\[[^]]*\])?|\\[A-Za-z]+\*?|\\.|[{}_^&]|\s+|.",
    re.DOTALL)
OPENING = frozenset({"(", "[", "&", "{", "=", r"\left", ","})
SCRIPT = 0.7  # size of a sub- or superscript
SPACES = {r"\,": 0.17, r"\;": 0.28, r"\:": 0.22, r"\!": -0.17, r"\ ": 0.33, "~": 0.33,
          r"\quad": 1.0, r"\qquad": 2.0}
# signs with the space TeX puts around them
BINARY = dict.fromkeys(["+", "-", r"\pm", r"\times", r"\odot", r"\oslash", r"\otimes",
                        r"\star"], 1.22)
BINARY |= {r"\cdot": 0.72, "=": 1.33, r"\approx": 1.33, "<": 1.33, ">": 1.33, r"\le": 1.33,
           r"\ge": 1.33}
GLYPHS = {r"\top": 0.78, r"\partial": 0.57, r"\infty": 1.0, r"\cdots": 1.17, r"\ldots": 1.17,
          r"\vdots": 0.28, r"\ddots": 1.28, r"\sum": 1.44, r"\prod": 1.28, r"\lvert": 0.28,
          r"\rvert": 0.28, r"\lVert": 0.5, r"\rVert": 0.5, "(": 0.39, ")": 0.39, "[": 0.28,
          "]": 0.28, "|": 0.28, ",": 0.44, ".": 0.28, ":": 0.28, "'": 0.3, "/": 0.5,
          "m": 0.88, "w": 0.72, "h": 0.58, "W": 0.98, "I": 0.45, "i": 0.35, "l": 0.3, "j": 0.41}
# what is set large gets wider brackets, about so much more
INVISIBLE = {r"\left": 0.2, r"\right": 0.2, r"\displaystyle": 0.0, r"\textstyle": 0.0}
_NAMES = {f"\\{n}": 0.5 * len(n) + 0.17 for n in
          ("sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "arcsin", "arccos", "log",
           "ln", "exp", "max", "min", "det")}
# commands that leave the width of their argument as it is
UNCHANGED = (r"\mathrm", r"\mathbf", r"\text", r"\bar", r"\hat", r"\tilde", r"\vec", r"\dot",
             r"\boldsymbol", r"\mathit", r"\overline")
KNOWN: dict[str, float] = {**SPACES, **BINARY, **GLYPHS, **INVISIBLE, **_NAMES}


@lru_cache(maxsize=4096)
def width(latex: str) -> float:
    """Estimate the printed width of a formula in em."""
    return _Reader(_TOKEN.findall(latex)).row(set())[0]


def _own(token: str) -> float:
    if token in KNOWN:
        return KNOWN[token]
    if token.isspace():
        return 0.0
    if token.startswith("\\"):
        return 0.57  # a Greek letter
    return 0.5 if token.isdigit() or token.islower() else 0.72


class _Reader:
    """Reads tokens from the left to the right and adds up their widths."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0
        self.size = 1.0     # of what is read, beside the type around it

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else "}"

    def row(self, ends: set[str]) -> tuple[float, str]:
        """Add up to one of the *ends*; return the width and the token met."""
        total, before = 0.0, "("
        while self.at < len(self.tokens):
            token = self.take()
            if token in ends or (ends and token.startswith(r"\end{")):
                return total, token
            # a minus that has nothing to its left is set tight
            total += 0.78 if token == "-" and before in OPENING else self.atom(token)
            before = before if token.isspace() else token
        return total, ""

    def atom(self, token: str) -> float:
        if token.startswith(r"\begin{"):
            return self.matrix()
        if token in ("_", "^"):
            self.at -= 1
            return self.scripts()
        if token in (r"\sum", r"\prod"):
            return self.limits(_own(token))
        read = COMMANDS.get(token)
        return read(self) if read else _own(token)

    def argument(self) -> float:
        token = self.take()
        while token.isspace():
            token = self.take()
        return self.atom(token)

    def scripts(self) -> float:
        """Sub- and superscript of one symbol stand above each other: the wider one counts."""
        widest = 0.0
        while self.at < len(self.tokens) and self.tokens[self.at] in ("_", "^"):
            self.take()
            widest = max(widest, self.argument())
        return SCRIPT * widest + 0.05

    def limits(self, sign: float) -> float:
        """Set the ends of a sum above and below its sign, and a thin space behind it."""
        return max(sign, self.scripts()) + 0.17

    def group(self) -> float:
        return self.row({"}"})[0]

    def matrix(self) -> float:
        """Columns side by side, each as wide as its widest cell, one em apart."""
        columns: list[float] = []
        column = 0
        while True:
            cell, end = self.row({"&", r"\\"})
            columns += [0.0] * (column + 1 - len(columns))
            columns[column] = max(columns[column], cell)
            if end != "&" and end != r"\\":
                return sum(columns) + len(columns) - 1 + 1.2
            column = column + 1 if end == "&" else 0

    def fraction(self) -> float:
        return max(self.argument(), self.argument()) + 0.24

    def substack(self) -> float:
        """Set lines above each other: the widest counts."""
        self.take()
        widest, end = 0.0, r"\\"
        while end.startswith(r"\\"):
            line, end = self.row({r"\\", r"\\[2pt]", "}"})
            widest = max(widest, line)
        return widest

    def underbrace(self) -> float:
        body = self.argument()
        if self.at < len(self.tokens) and self.tokens[self.at] == "_":
            self.take()
            self.size = SCRIPT
            label = SCRIPT * self.argument()
            self.size = 1.0
            return max(body, label)
        return body

    def small_fraction(self) -> float:
        r"""Set a \tfrac: it is as large in a label as anywhere else."""
        return SCRIPT * self.fraction() / self.size


COMMANDS: dict[str, Callable[[_Reader], float]] = {
    "{": _Reader.group,
    r"\frac": _Reader.fraction,
    r"\tfrac": _Reader.small_fraction,
    r"\substack": _Reader.substack,
    r"\underbrace": _Reader.underbrace,
    r"\sqrt": lambda reader: reader.argument() + 0.83,
    r"\operatorname": lambda reader: reader.argument() + 0.17,
    r"\operatorname*": lambda reader: reader.argument() + 0.17,
    **dict.fromkeys(UNCHANGED, _Reader.argument),
}
