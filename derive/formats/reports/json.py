"""A marked submission as JSON: every claim with its evidence."""

from __future__ import annotations

from derive.marking.submission.marked import Marked

__all__ = ["EXTENSION", "write"]

EXTENSION = "json"


def write(found: Marked, name: str) -> str:
    return found.to_json()
