"""The catalogue of rules: what a step is called, and the sentences that say why.

One row per rule. `title` heads a step, `why` is said with its lines. Placeholders ``{}`` take
mathematics in the order in which the steps hand it over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from derive.solution.words import Sentence

__all__ = ["RULES", "Rule", "say", "say_lists", "title"]


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    title: str = ""
    why: str = ""


RULES: dict[str, Rule] = {rule.name: rule for rule in (
    Rule("value"),
    Rule("largest", why="The largest entry is {}; positions count from 0."),
    Rule("largest first", why="The first of the largest entries is {}; positions count from 0."),
    Rule("numbers"),
    Rule("same way", why="In the same way for {} to {}."),
    Rule("same way others", why="In the same way for all other positions."),
    Rule("others", why="The values left out above are"),
    Rule("name argument", why="Write {} for the argument of {}."),
    Rule("chain", title="The derivative with respect to {}"),
    Rule("entries"),
    Rule("in full", why="Put together, with equal terms added up:"),
    Rule("differential", title="The differential {}"),
    Rule("goes round", why="the factors in a trace may go round"),
    Rule("linear alone", why="linear in {}"),
    Rule("own transpose", why="a number is its own transpose"),
    Rule("read off trace", why="The derivative is the transpose of what is multiplied with {} in "
                               "the trace."),
    Rule("read off gradient", why="The derivative, as a row, is what is multiplied with {}."),
    Rule("read off jacobian", why="The Jacobian is what is multiplied with {}."),
    Rule("by scalar", title="The derivative with respect to {}", why="Every product is "
         "differentiated factor by factor, in its order (product rule)."),
    Rule("readers", why="{} enters only {}."),
    Rule("readers two", why="{} enters {} and {}, so both ways count (chain rule)."),
    Rule("readers many", why="{} enters {}, and every way counts (chain rule)."),
    Rule("readers top", why="{} enters {} itself for {}, and reaches it through {} for {}."),
    Rule("readers apart", why="{} reaches {} through {} for {}, and through {} for {}."),
    Rule("linear", why="because {} is linear in {}"),
    Rule("elementwise", why="because an entry of {} depends on the same entry of {} alone"),
    Rule("local"),
    Rule("row", why="{} is row {} of {}; the other rows have no part in it, so their derivative "
                    "is zero."),
    Rule("row read", why="Of {} only row {} is read, so the gradient of every other row is zero."),
    Rule("rows read", why="Of {} only the rows {} are read, so the gradient of every other row is "
                          "zero; a row that is read twice gets both shares."),
    Rule("shared", why="{} is used for every {}, so its gradients add up."),
    Rule("read by many", why="{} enters {} for every {}, so its gradients add up."),
    Rule("loss and softmax", title="The derivative of {} with respect to {}"),
    Rule("paths", title="As a sum over paths",
         why="{} reaches {} along several paths; each is a product of local derivatives."),
    Rule("paths one", why="{} reaches {} along one path, a product of local derivatives."),
    Rule("held", why="With {} held fixed, {} reaches {} along {}."),
    Rule("held off", why="With {} held fixed, no way is left on which {} could reach {}."),
    Rule("diagonal", why="The Jacobian is diagonal: entry by entry, the derivative is {}."),
    Rule("rows", why="With row vectors in place of columns, the derivative of {} with respect to "
                     "{} is the transpose: every factor is transposed, and they stand in reverse "
                     "order."),
    Rule("no paths", why="{} is not written out as a sum over paths: they are too many, or one is "
                         "no product of matrices."),
    Rule("put together", why="with what was found before put in"),
    Rule("again", why="This was found on the way above."),
    Rule("zero", why="{} does not depend on {}, so the derivative is zero."),
    Rule("slope", title="The derivative of {} with respect to {}"),
    Rule("gradient", why="Write {} for the gradient of {}."),
    Rule("second derivative", why="the second derivative of {} with respect to {} is {}"),
    Rule("shown", why="This was to be shown."),
    Rule("shown twice", why="{} is the gradient {}, so this is the second derivative of {}, which "
                            "was to be shown."),
    Rule("does not depend", why="{} does not depend on {}."),
    Rule("answer"),
    Rule("choose"),
    Rule("points"),
    Rule("figure"),
    Rule("picture"),
    Rule("plot"),
    Rule("flat", why="{} depends on {} only through jumps and is constant between them, so the "
                     "derivative is zero almost everywhere; at a jump there is none."),
    Rule("stopped", why="{} depends on {} only through sg, through which no derivative goes, so "
                        "the derivative is zero."),
    Rule("separable"),
    Rule("table"),
    Rule("weights right", why="All rows are right, so {} separates the classes: they are linearly "
                              "separable."),
    Rule("weights wrong", why="{} is wrong on row {}."),
    Rule("separated", why="So the classes are linearly separable."),
    Rule("rows add up", why="No weights can do it. Add up rows of either class:"),
    Rule("none", why="Weights {} that are right on all rows would give {} and {}. But both sums "
                     "are the same vector, so both values are the same number. The classes are "
                     "not linearly separable."),
    Rule("none with bias", why="Weights {} and a number {} that are right on all rows would give "
                               "{} and {}. But the rows add up to the same vector, and {} is "
                               "added {} times on either side, so both values are the same number. "
                               "The classes are not linearly separable."),
    Rule("none to zero", why="Weights {} that are right on all rows would give {}. But the sum is "
                             "the zero vector, and the value 0. The classes are not linearly "
                             "separable."),
    Rule("one step", title="One step"),
    Rule("norms multiplied", why="the norm of a product is at most the product of the norms"),
    Rule("norms added", why="norms of sums and products are at most sums and products of norms"),
    Rule("all steps", title="All steps",
         why="By the chain rule {} is the product of the derivatives of the single steps."),
    Rule("singular value", why="The largest singular value of {} is the square root of the largest "
                               "eigenvalue {} of {}."),
    Rule("eigenvalue", why="{} is the largest size of an eigenvalue of {}."),
    Rule("bound in numbers", title="In numbers"),
    Rule("meaning", title="What follows"),
    Rule("from below", why="Each step multiplies by the same matrix, so the largest size {} of its "
                           "eigenvalues bounds the norm from below."),
    Rule("way back", title="Going back step by step"),
    Rule("put in", why="Put {} in: what is left is a recurrence for {} alone."),
    Rule("closed", title="The closed form"),
    Rule("in terms of", why="Written with {}:"),
    Rule("named", why="From here on, {}."),
    Rule("members", why="{} reaches {} only through the {}, whose derivatives add up."),
    Rule("order", why="The factors stand in the order of {}: {} on the left, {} on the right. An "
                      "empty product() is the identity."),
    Rule("order alone", why="The factors stand in the order of {}: {} on the left, {} on the "
                            "right."),
    Rule("empty one", why="An empty product() is 1."),
    Rule("empty ones", why="The product is taken entry by entry; an empty one() is 1 everywhere."),
    Rule("not closed"),
    Rule("not closed coupled", why="There is no single product here: {} need each other from one "
                                   "step to the next, so the recurrence is the answer."),
    Rule("not closed order", why="There is no single product here: {} is needed from more than one "
                                 "step away, so the recurrence is the answer."),
    Rule("not closed several", why="There is no single product here: {} takes part in several "
                                   "recurrences, so these are the answer."),
    Rule("not closed two indices", why="There is no single product here: {} runs in two indices, "
                                       "so the recurrence is the answer."),
    Rule("not closed matrices", why="There is no product of matrices here: what takes {} from one "
                                    "step to the next is no matrix, so the recurrence is the "
                                    "answer."),
    Rule("not closed whole past", why="There is no single product here: {} is read at every later "
                                      "step, so the recurrence is the answer."),
    Rule("not closed cases", why="There is no single formula here: the recurrence for {} changes "
                                 "on the way, so its cases are the answer."),
    Rule("shape"),
    Rule("count"),
    Rule("conditions", title="The conditions entry by entry"),
    Rule("elimination", title="Elimination"),
    Rule("solutions", title="All solutions"),
    Rule("components", why="{} is an array; its derivative is given entry by entry."),
)}


def say(rule: str, *parts: Any) -> Sentence:
    """Return the sentence of a rule with its mathematics."""
    return Sentence(RULES[rule].why, parts)


def say_lists(rule: str, *lists: Sequence[Any]) -> Sentence:
    """Return the sentence of a rule where each placeholder takes several parts: h, z, o."""
    places = (", ".join(["{}"] * len(parts)) for parts in lists)
    return Sentence(RULES[rule].why.format(*places), tuple(chain.from_iterable(lists)))


def title(rule: str, *parts: Any) -> Sentence:
    return Sentence(RULES[rule].title, parts)
