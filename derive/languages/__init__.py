"""The languages of a sheet: English, in which sentences are composed, and translations of them.

A translation is a table: each row is an English phrase with its holes, and the same in the other
language. What is English stands where the step is made; nothing there knows of other languages.
"""

from __future__ import annotations

import importlib
from functools import cache

from derive.errors import DeriveError
from derive.languages.phrasebook import Phrasebook

__all__ = ["ENGLISH", "LANGUAGES", "known", "phrasebook", "remark"]

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}
TABLES = {"de": "derive.languages.german"}


def known(language: str) -> str:
    """Return the code of a language that there is; DeriveError lists them otherwise."""
    if language not in LANGUAGES:
        listed = " and ".join(f"{code}, {name}," for code, name in LANGUAGES.items())
        raise DeriveError(f"no language {language!r}", remedy=f"there are {listed.rstrip(',')}")
    return language


@cache
def phrasebook(language: str) -> Phrasebook:
    """Return the translations of a language; those of English are empty."""
    if known(language) == ENGLISH:
        return Phrasebook({}, {})
    table = importlib.import_module(TABLES[language])
    return Phrasebook(table.SENTENCES, table.WORDS)


@cache
def _remarks(language: str) -> Phrasebook:
    return Phrasebook(importlib.import_module(TABLES[language]).REMARKS, {})


def remark(text: str, language: str) -> str:
    """Say what a report says of a submission; a clause that is not in the table stays English."""
    if known(language) == ENGLISH:
        return text
    whole = _remarks(language).say(text)
    clauses = [whole] if whole else map(_remarks(language).say, clauses_of(text))
    spoken = (said.text if said else clause
              for said, clause in zip(clauses, [text] if whole else clauses_of(text), strict=True))
    return "; ".join(spoken)


def clauses_of(text: str) -> list[str]:
    return text.split("; ")
