"""What a bound means, in words: vanishing, exploding, and what they do to learning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.calculus.norm_bounds import Bound, Known
from derive.expr.build import number
from derive.expr.nodes import Apply, Expr, Number, Partial, Sum, Symbol
from derive.expr.walk import refs, walk
from derive.ops import apply
from derive.question.question import Part
from derive.solution.forward import identifier
from derive.solution.rules import title
from derive.solution.solver import Solver
from derive.solution.step import Step
from derive.solution.tasks.far import Far
from derive.solution.words import Claim, Sentence

__all__ = ["meaning", "what_is_used"]

ONE = number(1)
NAMES = {"relu": "ReLU", "leaky_relu": "the leaky ReLU", "sigmoid": "the sigmoid",
         "identity": "the identity", "silu": "SiLU", "gelu": "GELU", "elu": "ELU"}
Words = tuple[str, tuple[Any, ...]]


def what_is_used(bound: Bound) -> Sentence | None:
    """Say which facts turn norms into numbers: slopes of functions, singular values."""
    found = [_known(fact) for fact in bound.facts]
    found += [("{}", (Claim(apply("norm", node.args[0]), "=", node),))
              for node in dict.fromkeys(walk(bound.value))
              if isinstance(node, Apply) and node.op == "sigma_max"]
    distinct = list(dict.fromkeys(found))
    words = [text for text, _ in distinct]
    text = " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
    return Sentence(text, tuple(p for _, parts in distinct for p in parts)) if distinct else None


def _known(fact: Known) -> Words:
    settings = dict(fact.function.params)
    if "called" in settings:
        return "{} is the largest slope of {}", (fact.high, Symbol(settings["called"], (), ()))
    name = NAMES.get(fact.function.op, fact.function.op)
    if not fact.is_slope:
        return f"{name} lies between {{}} and {{}}", (fact.low, fact.high)
    if isinstance(fact.high, Apply):
        return f"{{}} is the largest slope of {name}", (fact.high,)
    return f"the slope of {name} is at most {{}}", (fact.high,)


# ---- what follows


def meaning(solver: Solver, part: Part, found: Far, size: float | None, least: float | None
            ) -> Iterator[Step]:
    """Yield what the bound says about long sequences, then what that means for learning.

    size:  the bound of one step as a number; least: for a linear recurrence, the largest size of
           an eigenvalue. None where there are only symbols.
    """
    name = identifier(solver, part.label, "meaning")
    cases = tuple(_cases(found, size, least))
    for k, sentence in enumerate(cases):
        yield Step(f"{name}{k or ''}", "meaning", note=sentence, detail="normal",
                   title=title("meaning") if k == 0 else None)
    learning = _learning(found, size, least)
    if learning is not None and solver.is_new("learning", found.top.name):
        yield Step(f"{name}.learning", "meaning", note=learning, detail="normal")


def _cases(found: Far, size: float | None, least: float | None) -> Iterator[Sentence]:
    if size is None and found.is_linear:
        yield from (_settled(found, "If", relation) for relation in ("<", ">"))
    elif _is_never_below_one(found.bound.value):
        yield Sentence("The bound is never below 1, so it neither shows that {} vanishes nor rules "
                       "out that it explodes: the 1 in it belongs to what each step passes on "
                       "unchanged.", (found.norm,))
    elif size is None:
        yield _if_below(found, "If")
        yield _if_above(found, "If")
    elif least is not None:
        yield _settled(found, "As", "<" if least < 1 else ">" if least > 1 else "=")
    elif size < 1:
        yield _if_below(found, "As")
    elif size > 1:
        yield _if_above(found, "As")
    else:
        yield Sentence("The bound is 1 for every number of steps: it rules out that {} explodes, "
                       "and does not tell whether it vanishes.", (found.norm,))


def _is_never_below_one(value: Expr) -> bool:
    """True for 1 + (something that is not negative), as of a residual step."""
    return isinstance(value, Sum) and any(isinstance(t, Number) and t.value >= 1
                                          for t in value.terms)


def _if_below(found: Far, word: str) -> Sentence:
    return Sentence(
        word + " {}, the bound goes to zero as the number of steps grows, and {} with it: the "
        "gradient vanishes, at least as fast as {}.",
        (Claim(found.bound.value, "<", ONE), found.norm, found.total))


def _if_above(found: Far, word: str) -> Sentence:
    return Sentence(
        word + " {}, the bound grows without end: {} may explode, but it need not, as slopes "
        "below the largest one make it smaller. That {} is sufficient for vanishing, and {} is "
        "necessary for exploding, but not sufficient " + SOURCE + ".",
        (Claim(found.bound.value, ">", ONE), found.norm, Claim(found.bound.value, "<", ONE),
         Claim(found.bound.value, ">", ONE)))


def _settled(found: Far, word: str, relation: str) -> Sentence:
    """Say what a linear recurrence does: its eigenvalues decide."""
    size: Expr = found.radius if found.is_array else found.bound.value
    return Sentence(word + SETTLED[relation], (Claim(size, relation, ONE), found.norm))


SOURCE = "(Pascanu, Mikolov and Bengio, 2013, section 2.1)"
SETTLED = {
    "<": " {}, {} goes to zero as the number of steps grows: the gradient vanishes.",
    ">": " {}, {} grows without end: the gradient explodes.",
    "=": " {}, {} neither goes to zero nor grows exponentially.",
}


def _learning(found: Far, size: float | None, least: float | None) -> Sentence | None:
    """Say what this does to the gradient by the weights that every step shares."""
    shared = [r for r in dict.fromkeys(refs(found.step.jacobian))
              if isinstance(r, Symbol) and not r.index and r.family not in found.changing]
    if not shared:
        return None
    weights = max(shared, key=lambda r: len(r.shape))
    settled = size if least is None else least
    kind = "both" if settled is None else "<" if settled < 1 else ">" if settled > 1 else "="
    state = found.step.top
    earlier = Partial(found.top, state)
    return Sentence(LEARNING + EFFECT[kind], (found.top, weights, state, earlier))


LEARNING = ("For learning this means: the gradient of a loss at {} with respect to {} is a sum "
            "over the steps, and the term that comes from {} has the factor {}. ")
VANISHED = ("The terms of steps long ago therefore add next to nothing, so what happened then can "
            "hardly change the weights: long-term dependencies are not learned, while the terms of "
            "the last few steps, and with them the gradient as a whole, need not be small.")
EXPLODED = ("The terms of steps long ago may therefore outweigh all others, and a single update "
            "may throw the weights far away; clipping the norm of the gradient prevents that.")
EFFECT = {
    "<": VANISHED, ">": EXPLODED, "=": "It is bounded alike for all steps.",
    "both": "Where it vanishes, steps long ago add next to nothing and long-term dependencies are "
            "not learned, though the terms of the last few steps need not be small; where it "
            "explodes, a few terms outweigh all others, and the norm of the gradient has to be "
            "clipped.",
}
