"""How somebody writes what was found: digits, matrices, derivatives, names, layout."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.expr.integers import named
from derive.expr.nodes import Entry, Expr, Neg, Partial, Product, Ref, Sum, Symbol
from derive.marking.submission.judging.marker import Marker
from derive.syntax.write_latex import Style, write
from derive.syntax.write_text import write as text_of

# a weight in front of a vector: W h, W_{hh} h
WEIGHT = re.compile(r"(?<![A-Za-z\\])([A-Z](?:_\{\w+\})?) (?=[a-z]_)")

__all__ = ["Hand", "Line", "entrywise"]

HALF_WAY = 0.5
SELDOM = 0.15


@dataclass
class Line:
    """One thing found: its name, perhaps the formula for it, its value as somebody has it.

    label: what is written over it, where that is wrong. when: for which members it is said.
    numbers: the formula with numbers put in. span: where it stands in the text. honest: the value
    that follows from those before it as they are shown.
    """

    ref: Ref
    formula: Expr | None
    value: Any
    half: Any = 0.0
    label: Ref | None = None
    spoilt: bool = False
    digits: int | None = None   # that are shown of it, where they are not those of the hand
    carried: bool = False       # whether what follows goes on from this wrong value
    when: str = ""
    numbers: Expr | None = None
    span: tuple[int, int] = (0, 0)
    honest: Any = None


@dataclass
class Hand:
    """How somebody writes: digits, matrices, derivatives, accents; drawn once for a submission."""

    rng: random.Random
    style: Style

    def __post_init__(self) -> None:
        pick = self.rng.choice
        self.digits = pick([3, 4, 5, 6, 7, 8])
        self.grid = pick(["bmatrix", "pmatrix", "array", "matrix"])
        self.vector = pick(["column", "row", "tuple", "turned"])
        self.slope = pick(["frac", "d", "slash", "nabla", "dfrac"])
        self.times = pick([" ", r" \cdot ", r" \times ", " * ", " ", " "])
        self.turn = pick([r"^{\top}", "^T", r"^\top", "^{T}"])
        self.accent = pick([(r"\hat{", r"\hat{"), (r"\hat{", r"\widehat{"),
                            (r"\bar{", r"\overline{")])
        self.braces = pick([True, False])
        self.shape = pick(["chain", "aligned", "blocks", "inline", "together", "typed"])
        self.small = pick([True, False, False])     # w_{hh} for W_{hh}
        self.jacobians = self.rng.random() < SELDOM     # matrices of derivatives, turned
        self.entries = self.rng.random() < HALF_WAY     # y_k - p_k for y - p
        self.prediction = self.rng.random() < SELDOM    # p_t for \hat y_t, as it says first
        self.letter = "k"       # of an entry

    def suit(self, marker: Marker) -> None:
        """Leave out what a question has no place for, or would make it mean something else."""
        names = {name.partition("_")[0] for name in marker.solver.named.families}
        self.small = self.small and not any(n.islower() and n.upper() in names for n in names)
        families = set(marker.solver.named.families)
        self.prediction &= "yhat" in families and "p" not in families
        taken = {*names, *marker.question.sizes, *marker.question.indices}
        self.letter = next(c for c in "kjirsuv" if c not in taken)

    def number(self, value: float) -> tuple[str, float]:
        """Return a number to as many digits as are shown, and half a unit of its last digit."""
        if value == round(value) and abs(value) < 1000:
            return str(int(value)), 0.0
        size = int(np.floor(np.log10(abs(value)))) if value else 0
        places = max(0, self.digits - 1 - size)
        return f"{value:.{places}f}", 0.5 * 10.0**-places

    def value(self, value: Any) -> tuple[str, Any]:
        """Return an array as somebody writes it, and how far each entry may be off."""
        value = np.asarray(value, dtype=float)
        if not value.shape:
            text, half = self.number(float(value))
            return text, np.asarray(half)
        texts = [self.number(float(v)) for v in value.ravel()]
        half = np.reshape([h for _, h in texts], value.shape)
        cells = np.reshape(np.array([t for t, _ in texts], dtype=object), value.shape)
        return (self._vector(cells) if value.ndim == 1 else self._grid(cells)), half

    def _vector(self, cells: Any) -> str:
        if self.vector == "tuple":
            return "(" + ", ".join(cells) + ")"
        if self.vector == "turned":
            return "[" + ", ".join(cells) + "]" + self.turn
        return self._grid(cells[:, None] if self.vector == "column" else cells[None, :])

    def _grid(self, cells: Any) -> str:
        rows = r" \\ ".join(" & ".join(row) for row in cells)
        if self.grid == "array":
            return (rf"\left( \begin{{array}}{{{'c' * cells.shape[1]}}} {rows}"
                    r" \end{array} \right)")
        if self.grid == "matrix":
            return rf"\left[ \begin{{matrix}} {rows} \end{{matrix}} \right]"
        return rf"\begin{{{self.grid}}} {rows} \end{{{self.grid}}}"

    def formula(self, expr: Expr) -> str:
        text = write(expr, self.style)
        text = text.replace(r"^{\top}", self.turn)
        text = text.replace(r"\hat{y}", "p") if self.prediction else text
        text = WEIGHT.sub(lambda found: found[1] + self.times, text)
        text = text.replace(*self.accent)
        text = text.replace("W_{", "w_{") if self.small else text
        text = self._slopes(text)
        if not self.braces:
            text = re.sub(r"_\{(\w)\}", r"_\1", text)
        return text

    def _slopes(self, text: str) -> str:
        if self.slope == "d":
            return text.replace(r"\partial ", "d ")
        if self.slope == "dfrac":
            return text.replace(r"\frac{\partial", r"\dfrac{\partial")
        return text

    def name(self, ref: Ref) -> str:
        text = self.formula(ref)
        if isinstance(ref, Partial) and not ref.top.shape and self.slope in ("slash", "nabla"):
            top, bottom = self.formula(ref.top), self.formula(ref.bottom)
            return (rf"\partial {top} / \partial {bottom}" if self.slope == "slash"
                    else rf"\nabla_{{{bottom}}} {top}")
        return text

    def line(self, line: Line, number: int) -> str:
        """Return a line as a display, with its half units noted in it."""
        usual, self.digits = self.digits, line.digits or self.digits
        try:
            return self._line(line, number)
        finally:
            self.digits = usual

    def _line(self, line: Line, number: int) -> str:
        if line.value is None:
            return f"$${self._symbols(line)}{line.when}$$"
        if self.shape == "typed":
            return self._typed(line)
        text, line.half = self.value(self._laid(line))
        line.half = line.half.T if self._is_turned(line) else line.half
        sign = r" \approx " if np.any(line.half) and self.rng.random() < HALF_WAY else " = "
        name = self.name(line.label or line.ref)
        mark = self.rng.choice(["", "", f"{number}) ", rf"\boxed{{{number})}} \quad ", "* "])
        if line.formula is None:
            return f"$${mark}{name}{sign}{text}$$"
        formula = self.formula(line.formula)
        if line.numbers is not None:
            formula = f"{formula} = {write(line.numbers, self.style)}"
        return self._shaped(mark + name, formula, sign, text)

    def _is_turned(self, line: Line) -> bool:
        return (self.jacobians and isinstance(line.ref, Partial) and not line.ref.top.shape
                and line.formula is None and np.ndim(line.value) == 2)

    def _laid(self, line: Line) -> Any:
        return np.transpose(line.value) if self._is_turned(line) else line.value

    def _symbols(self, line: Line) -> str:
        """Return a formula, sometimes by its entries."""
        assert line.formula is not None, "a line in symbols is a formula"
        if self.entries and isinstance(line.ref, Partial) and not line.ref.top.shape and len(
                line.ref.bottom.shape) == 1:
            cells = entrywise(line.formula, self.letter)
            if cells is not None:
                below = self.formula(Entry(line.ref.bottom, (named(self.letter),)))
                return (rf"\frac{{\partial {self.formula(line.ref.top)}}}{{\partial {below}}} = "
                        + self.formula(cells))
        return f"{self.name(line.ref)} = {self.formula(line.formula)}"

    def _typed(self, line: Line) -> str:
        """Return a line without any LaTeX."""
        text, line.half = self._list(np.asarray(line.value, dtype=float))
        middle = f" = {text_of(line.formula)}" if line.formula is not None else ""
        return f"{text_of(line.label or line.ref)}{middle} = {text}"

    def _list(self, value: Any) -> tuple[str, Any]:
        if not value.ndim:
            text, half = self.number(float(value))
            return text, np.asarray(half)
        parts = [self._list(v) for v in value]
        return "[" + ", ".join(t for t, _ in parts) + "]", np.array([h for _, h in parts])

    def _shaped(self, name: str, formula: str, sign: str, text: str) -> str:
        if self.shape == "aligned":
            return (rf"$$\begin{{aligned}} {name} &= {formula} \\ &{sign.strip()} {text}"
                    r" \end{aligned}$$")
        if self.shape == "blocks":
            return f"$${name} = {formula}$$\n\n$${sign.strip()} {text}$$"
        if self.shape == "inline":
            return f"We get ${name} = {formula}{sign}{text}$."
        return f"$${name} = {formula}{sign}{text}$$"

    def first(self) -> str:
        """Return what is said before everything else: what p stands for."""
        return r"Write $p_t = \hat{y}_t$." if self.prediction else ""


def entrywise(expr: Expr, letter: str) -> Expr | None:
    """Return the entry at a letter of what is worked out entry by entry; None for the rest."""
    if isinstance(expr, Symbol) and len(expr.shape) == 1:
        return Entry(expr, (named(letter),))
    if not expr.shape:
        return expr
    if isinstance(expr, Neg):
        inner = entrywise(expr.arg, letter)
        return None if inner is None else Neg(inner)
    if not isinstance(expr, (Sum, Product)):
        return None
    parts = [entrywise(e, letter) for e in (expr.terms if isinstance(expr, Sum) else expr.factors)]
    found = tuple(e for e in parts if e is not None)
    return type(expr)(found) if len(found) == len(parts) else None
