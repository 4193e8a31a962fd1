"""``conventions``: the choices a course makes, each checked by its own row of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from derive.errors import DeriveError
from derive.ops import OPS
from derive.question.faults import Faults
from derive.question.fields import choice, entries, fields, mapping, text
from derive.question.numbers import number
from derive.question.question import Conventions
from derive.question.source import Node, Scalar

__all__ = ["read_conventions"]

MOST_DIGITS = 15  # float64 holds no more
MATRICES = ("bmatrix", "pmatrix", "Bmatrix", "vmatrix", "Vmatrix", "matrix")
KINKS = tuple(name for name, op in OPS.items() if "kink" in op.params)


def read_conventions(node: Node | None, faults: Faults, start: Conventions | None = None
                     ) -> Conventions:
    """Read the conventions; what is not mentioned stays as in *start*, or has its default."""
    found = mapping(node, "`conventions`", "conventions: {layout: gradient, digits: 3}", faults)
    readers = {**READERS, "kinks": lambda kinks: _kinks(kinks, faults)}
    return replace(start or Conventions(), **fields(found, readers, "`conventions`", faults))


def _digits(node: Node) -> int:
    word = text(node)
    if not (word.isascii() and word.isdigit() and len(word) < 3 and 1 <= int(word) <= MOST_DIGITS):
        raise DeriveError(f"`{word}` is not a number of digits", node.place,
                          f"write an integer from 1 to {MOST_DIGITS}")
    return int(word)


def _mode(node: Node) -> str:
    return choice(("significant", "decimal", "decimals"))(node).removesuffix("s")


def _kinks(node: Node, faults: Faults) -> dict[str, Fraction]:
    """The derivative where a function has none: ``{relu: 0, abs: 0}``.

    ``ties: first`` says what holds anyway: of several largest entries the first counts.
    """
    found: dict[str, Fraction] = {}
    for key, item in entries(mapping(node, "`kinks`", "kinks: {relu: 0, abs: 0}", faults)):
        with faults.caught():
            choice((*KINKS, "ties"))(key)
            if key.text == "ties":
                choice(("first",))(item)
            else:
                found[key.text] = _slope(item, jumps=OPS[key.text].flat)
    return found


def _slope(node: Node, jumps: bool) -> Fraction:
    if not isinstance(node, Scalar):
        raise DeriveError("a number belongs here", node.place)
    slope = number(node)
    if jumps and slope:
        raise DeriveError("a function that is constant between its jumps has the derivative 0",
                          node.place, "write 0")
    return slope


READERS: dict[str, Callable[[Node], Any]] = {
    "layout": choice(("gradient", "jacobian")),
    "digits": _digits,
    "mode": _mode,
    "carry": choice(("exact", "rounded")),
    "ties": choice(("up", "even")),
    "matrix": choice(MATRICES),
    "cells": choice(("expanded", "folded")),
    "log": choice(("e", "2", "10")),
}
