"""What a sheet may choose about the look of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["FUNCTIONS", "Style"]

# printed names of functions, where the plain name set upright would not do
FUNCTIONS: dict[str, str] = {
    **{name: "\\" + name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan",
                                      "arcsin", "arccos", "log", "ln", "exp", "max", "min", "det")},
    "sigmoid": r"\sigma", "relu": r"\operatorname{ReLU}", "elu": r"\operatorname{ELU}",
    "gelu": r"\operatorname{GELU}", "leaky_relu": r"\operatorname{LeakyReLU}",
    "cross_entropy": r"\operatorname{CE}", "binary_cross_entropy": r"\operatorname{BCE}",
    "squared_error": r"\operatorname{SE}", "trace": r"\operatorname{tr}",
    "identity": r"\operatorname{id}", "argmax": r"\operatorname{arg\,max}",
    "stop_gradient": r"\operatorname{sg}",
}


@dataclass(frozen=True, slots=True)
class Style:
    r"""The notation of one sheet.

    notation:  LaTeX for names, where the rules of `derive.syntax.names` are not wanted.
    functions: operation -> its printed name, or a pattern with ``{}`` or ``{0}``, ``{1}`` for the
               arguments (``\sqrt{{{}}}``).
    matrix:    the environment matrices and columns are set in.
    max_rows, max_cols: how many rows and columns of a larger array are shown, dots included.
    rows:      True where the derivative of a scalar by a vector is a row (the Jacobian layout):
               it needs a \top to stand as a column, and a whole vector is written as a row.
    taken:     what quantities, sizes and indices are called: no sum over entries may use such a
               name as its letter.
    words:     what stands for English words in formulas (rows, axis), in another language.
    """

    notation: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    matrix: str = "bmatrix"
    max_rows: int = 8
    max_cols: int = 8
    rows: bool = False
    taken: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)

    def word(self, english: str) -> str:
        return self.words.get(english, english)
