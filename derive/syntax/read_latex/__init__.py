"""Reading LaTeX, tolerantly and without a model; `derive.question.latex` gives it meaning."""

from derive.syntax.read_latex.documents import LONGEST_DOCUMENT, Piece, pieces
from derive.syntax.read_latex.parser import MAX_DEPTH, chains
from derive.syntax.read_latex.tokens import MAX_LENGTH

__all__ = ["LONGEST_DOCUMENT", "MAX_DEPTH", "MAX_LENGTH", "Piece", "chains", "pieces"]
