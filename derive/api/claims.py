"""Claims without a question: are two expressions equal, is a statement true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from derive.api.question import Question
from derive.api.sheet import refuse_failed
from derive.api.solution import Solution

if TYPE_CHECKING:
    from derive.marking.verdict import Verdict

__all__ = ["equal", "prove"]


def equal(left: object, right: object, *, symbols: Mapping[str, str] | None = None,
          assume: str | Sequence[str] = (), model: str | Sequence[str] = "",
          index: Mapping[str, str] | None = None, given: Mapping[str, Any] | None = None,
          notation: Mapping[str, str] | None = None, layout: str = "gradient") -> Verdict:
    """Judge whether two expressions are equal: ``equal("(A @ B).T", "B.T @ A.T")``.

    left, right: text in equation syntax or LaTeX, numbers, lists, NumPy arrays, SymPy objects.
    symbols: shapes by name, ``{"V": "q x n", "p": "q"}``; what is left out gets its shape from how
    it is used (capitals are matrices, small letters vectors), and the verdict says so.
    assume: facts such as ``"sum(t) == 1"``, which all numbers drawn obey; model: equations for
    names that both sides may use; index, given, notation: as in a question file.
    layout: "either" takes the transpose as equal too.

    Raises DeriveError where something cannot be read, or no numbers can be found to judge it on.
    """
    from derive.marking.claims import Setting
    from derive.marking.claims import equal as judged

    setting = Setting(model, assume, symbols, index, given, notation)
    return judged(left, right, setting, layout)


def prove(claim: str | Sequence[str], *, model: str | Sequence[str],
          assume: str | Sequence[str] = (), symbols: Mapping[str, str] | None = None,
          index: Mapping[str, str] | None = None, given: Mapping[str, Any] | None = None,
          notation: Mapping[str, str] | None = None) -> Solution:
    """Prove a claim about a derivative: ``prove("dL/dz == p - t", model=..., assume=[...])``.

    Returns the proof, a `Solution` whose steps are those of the proof and which renders like any
    other. The arguments are those of `equal`.

    Raises FalseClaim with a counterexample where the claim is false, DeriveError where it can be
    neither proved nor refuted, or not be read.
    """
    from derive.marking.claims import Setting, question_of_claim

    claims = [claim] if isinstance(claim, str) else list(claim)
    setting = Setting(model, assume, symbols, index, given, notation)
    solution = Question(question_of_claim(claims, setting)).solve()
    refuse_failed(solution.checks)
    return solution
