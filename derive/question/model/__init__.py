"""The model of a question: its equations read together."""

from derive.question.model.declared import Declared
from derive.question.model.equations import fact
from derive.question.model.model import Model, read_model
from derive.question.model.parsed import Line

__all__ = ["Declared", "Line", "Model", "fact", "read_model"]
