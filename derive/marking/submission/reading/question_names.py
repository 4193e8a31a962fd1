"""The names that a submission may use because the question has them, or its solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from derive.expr.equation import Family
from derive.expr.nodes import Apply, MatMul, Partial, Sum, Symbol
from derive.expr.walk import walk
from derive.marking.submission.reading.loss import loss_of
from derive.question.latex import Vocabulary
from derive.solution.claimable import claimable
from derive.solution.solver import Solver
from derive.syntax.open_names import is_open

__all__ = ["QuestionNames"]

# functions that are a sigmoid, or have one in their slope
ITS_SLOPE = ("sigmoid", "softplus", "silu", "gelu", "logits", "binary")
ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky_relu", "elu", "softplus", "silu", "gelu",
               "softsign", "hard_tanh", "hard_sigmoid", "relu6")
SETTINGS = ("stride", "padding", "dilation", "groups")


@dataclass
class QuestionNames:
    """What is known by which name before anything is handed in.

    terms: those of sums over an index that the question gives no name, by what they make.
    """

    solver: Solver
    terms: Mapping[str, Family]

    def vocabulary(self) -> Vocabulary:
        """The names of the question, and those of terms that it gives no name."""
        plain = Vocabulary.of(self.solver.question)
        families = {**plain.families, **{f.name: f for f in self.terms.values()},
                    **{f.name: f for f in self.arguments},
                    **{n: f for n, f in self.solver.named.families.items() if is_open(n)}}
        return replace(plain, families=families, forgiving=True, outputs=self.outputs,
                       gradients=self.gradients, examples=self.examples,
                       given=frozenset(plain.families) - {*self.solver.model.by_target},
                       slopes=self.slopes, slides=self.slides,
                       matrix=self.matrix, layers=self.layers, weights=self.weights)

    @property
    def slopes(self) -> dict[str, Symbol]:
        r"""Return the loss of which \delta_b is the derivative by b, where the question has one."""
        loss = None if "delta" in self.solver.question.families else loss_of(self.solver)
        return {} if loss is None else {r"\delta": loss}

    @property
    def gradients(self) -> dict[str, Family]:
        """Return by what the question takes the gradient of a quantity, where that is one array.
        """
        question, families = self.solver.question, self.solver.named.families
        found: dict[str, dict[str, Family]] = {}
        asked = (ref for part in question.parts for ref in claimable(self.solver, part))
        used = (node for equation in question.equations for node in walk(equation.rhs))
        for ref in (*asked, *used):
            if isinstance(ref, Partial) and ref.bottom.shape and ref.bottom.name in families:
                found.setdefault(ref.top.name, {})[ref.bottom.name] = families[ref.bottom.name]
        return {top: next(iter(by.values())) for top, by in found.items() if len(by) == 1}

    @property
    def examples(self) -> dict[str, Family]:
        """Return what a loss is for each example of a batch, by what it is a sum or mean of."""
        return {whole: family for whole, family in self.terms.items() if family.shape}

    @cached_property
    def arguments(self) -> list[Family]:
        """The arguments of functions that the solution gives names, where these are free."""
        taken = {*self.solver.question.families, *self.solver.question.indices,
                 *self.solver.question.sizes, *self.solver.question.functions}
        return [f for n, f in self.solver.named.families.items()
                if n not in taken and n.isalpha()]

    @property
    def slides(self) -> tuple[str, tuple[tuple[str, Any], ...]] | None:
        """Return the convolution of the model with its settings, where it has one only."""
        found = {(n.op, tuple(p for p in n.params if p[0] in SETTINGS))
                 for e in self.solver.model.equations for n in walk(e.rhs)
                 if isinstance(n, Apply) and n.op.startswith("conv") and "transpose" not in n.op}
        return found.pop() if len(found) == 1 else None

    @property
    def matrix(self) -> Family | None:
        """Return the only square matrix that is given."""
        model = self.solver.model
        found = [f for f in model.families.values() if f.name not in model.by_target
                 and not f.indices and len(f.shape) == 2 and f.shape[0] == f.shape[1]]
        return found[0] if len(found) == 1 else None

    @property
    def weights(self) -> frozenset[str]:
        """Return the vectors that are given and added to others, or weigh the entries of one."""
        model = self.solver.model
        parts = [n for e in model.equations for n in walk(e.rhs)]
        used = [*(t for n in parts if isinstance(n, Sum) for t in n.terms),
                *(n.left for n in parts if isinstance(n, MatMul) and not n.shape)]
        return frozenset(u.name for u in used if isinstance(u, Symbol) and len(u.shape) == 1
                         and not u.index and u.name not in model.by_target)

    @property
    def layers(self) -> tuple[Apply, ...]:
        """Return the functions that the model applies to its layers entry by entry."""
        return tuple(dict.fromkeys(n for e in self.solver.named.equations for n in walk(e.rhs)
                                   if isinstance(n, Apply) and n.op in ACTIVATIONS))

    @property
    def outputs(self) -> str:
        """Return softmax where the model has one and no sigmoid: its sigma can mean nothing else.
        """
        ops = {n.op for e in self.solver.model.equations for n in walk(e.rhs)
               if isinstance(n, Apply)}
        own = any(any(part in op for part in ITS_SLOPE) for op in ops)
        return "softmax" if "softmax" in ops and not own else ""
