"""The catalogue of rules: what a step is called, and the sentences that say why.

One row per rule. `title` heads a step, `why` is said with its lines. Placeholders ``{}`` take
mathematics in the order in which the steps hand it over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from derive.solution.step import Sentence

__all__ = ["RULES", "Rule", "say", "title"]


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    title: str = ""
    why: str = ""


RULES: dict[str, Rule] = {rule.name: rule for rule in (
    Rule("value", why="{}"),
    Rule("definition", why="By definition, {}."),
    Rule("definitions", why="The equations used:"),
    Rule("same way", why="In the same way for {}."),
    Rule("at time", title="{}"),
    Rule("seen", why="{} is known from part {}."),
    Rule("name argument", why="Write {} for the argument of {}."),
    Rule("chain", title="The derivative with respect to {}"),
    Rule("entries"),
    Rule("readers", why="{} enters only {}."),
    Rule("readers two", why="{} enters {} and {}, so both ways count (chain rule)."),
    Rule("readers many", why="{} enters {} places, and every way counts (chain rule)."),
    Rule("base case", why="{} enters nothing later: this is where the recursion starts."),
    Rule("linear", why="because {} is linear in {}"),
    Rule("elementwise", why="because an entry of {} depends on the same entry of {} alone"),
    Rule("local"),
    Rule("mean", why="each of the {} terms counts with weight {}"),
    Rule("sum", why="each term of the sum counts once"),
    Rule("weights", why="{} is used at every step, so its gradients add up; an entry in row i and "
                        "column j multiplies entry j on the right into entry i on the left"),
    Rule("weight once", why="an entry in row i and column j multiplies entry j on the right into "
                            "entry i on the left"),
    Rule("shared", why="{} is used at every step, so its gradients add up"),
    Rule("loss and softmax", title="The derivative of {} with respect to {}"),
    Rule("numbers", title="Numbers"),
    Rule("paths", title="As a sum over paths",
         why="{} reaches {} along several paths; each is a product of local derivatives."),
    Rule("paths one", why="{} reaches {} along one path, a product of local derivatives."),
    Rule("too many paths", why="There are more than {} paths; the recurrence above adds them up."),
    Rule("zero", why="{} does not depend on {}, so the derivative is zero."),
    Rule("components", why="{} is an array; its derivative is given entry by entry."),
    Rule("last digit", why="Full precision is carried: with the digits shown here the last digit "
                           "could differ."),
)}


def say(rule: str, *parts: Any) -> Sentence:
    """Return the sentence of a rule with its mathematics."""
    return Sentence(RULES[rule].why, parts)


def title(rule: str, *parts: Any) -> Sentence:
    return Sentence(RULES[rule].title, parts)
