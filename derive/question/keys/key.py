"""What there is to know about a key of a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from derive.question.binder import Binder
from derive.question.question import Task
from derive.question.source import Node

__all__ = ["Key"]


@dataclass(frozen=True, slots=True)
class Key:
    """A key that asks for something, such as ``find``.

    read:    what stands behind it, before names are looked up; a `DeriveError` where it is wrong.
    bind:    ``bind(what was read, what its companions read, binder)`` looks the names up and
             returns the task.
    along:   keys that may stand beside it and say more (``form``), each with its reader.
    needs_model: False where it may be about words, or about what is given, so that the question
             may do without a model.
    """

    name: str
    read: Callable[[Node], Any]
    bind: Callable[[Any, Mapping[str, Any], Binder], Task]
    along: Mapping[str, Callable[[Node], Any]] = field(default_factory=dict)
    needs_model: bool = True
