"""Worked solutions of deep-learning homework, derived step by step and checked by machine.

``import derive`` is cheap: every public name is fetched from its module when it is first used, so
that neither SymPy nor NumPy is loaded before there is something to derive.
"""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.api import Derivation as Derivation
    from derive.api import Question as Question
    from derive.api import QuestionSet as QuestionSet
    from derive.api import SetSolution as SetSolution
    from derive.api import Solution as Solution
    from derive.api import Step as Step
    from derive.api import catalogue as catalogue
    from derive.api import equal as equal
    from derive.api import load as load
    from derive.api import prove as prove
    from derive.errors import CheckFailed as CheckFailed
    from derive.errors import DeriveError as DeriveError
    from derive.errors import FalseClaim as FalseClaim
    from derive.errors import QuestionError as QuestionError
    from derive.errors import ShapeError as ShapeError
    from derive.marking.verdict import Verdict as Verdict

__version__ = "0.1.0"

# SymPy takes gmpy2 or flint where it finds them. Without them it starts faster, and a sheet comes
# out the same on every machine; whoever wants them sets the variable before the first import.
os.environ.setdefault("SYMPY_GROUND_TYPES", "python")

_HOME = {
    "load": "derive.api",
    "catalogue": "derive.api",
    "Derivation": "derive.api",
    "equal": "derive.api",
    "prove": "derive.api",
    "Question": "derive.api",
    "QuestionSet": "derive.api",
    "SetSolution": "derive.api",
    "Solution": "derive.api",
    "Step": "derive.api",
    "DeriveError": "derive.errors",
    "QuestionError": "derive.errors",
    "ShapeError": "derive.errors",
    "CheckFailed": "derive.errors",
    "FalseClaim": "derive.errors",
    "Verdict": "derive.marking.verdict",
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = found  # asked for once only
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
