"""A marked submission as JSON: every claim with its evidence, the same in every language."""

from __future__ import annotations

from derive.languages import ENGLISH
from derive.marking.submission.marked import Marked

__all__ = ["EXTENSION", "write"]

EXTENSION = "json"


def write(found: Marked, name: str, language: str = ENGLISH) -> str:
    return found.to_json()
