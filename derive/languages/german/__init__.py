"""German. Numbers keep their decimal point, as in programs and in papers; the sheet says so."""

from __future__ import annotations

from derive.languages.german.assumed import ASSUMED
from derive.languages.german.calls import CALLS
from derive.languages.german.marking import MARKING
from derive.languages.german.page import WORDS
from derive.languages.german.remarks import REMARKS
from derive.languages.german.rules import RULES
from derive.languages.german.tasks import TASKS

__all__ = ["REMARKS", "SENTENCES", "WORDS"]

SENTENCES = {**RULES, **ASSUMED, **CALLS, **TASKS, **MARKING}
