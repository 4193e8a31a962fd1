r"""Reading LaTeX as mathematics of a model: ``read_latex(r"W^\top \delta_t", vocabulary)``."""

from derive.question.latex.reading import Reading, read_latex, read_node, read_relations
from derive.question.latex.vocabulary import Vocabulary

__all__ = ["Reading", "Vocabulary", "read_latex", "read_node", "read_relations"]
