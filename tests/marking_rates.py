"""How often a mark is wrong, on submissions that are made up: ``python tests/marking_rates.py``.

The table that it prints stands in docs/marking.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
from synthetic_hands import Line
from synthetic_slips import Slipped
from synthetic_submissions import Made, made

import derive
from derive.marking.submission.claims import Judgement
from derive.marking.submission.judging.marker import Marker
from derive.marking.submission.judging.marking import judged
from derive.marking.submission.judging.plain import is_plain
from derive.syntax.write_text import write

__all__ = ["QUESTIONS", "Found", "examine", "rates"]

HERE = Path(__file__).parent / "questions"
BUILT_IN = ("q3", "scalar_rnn", "loss_numbers", "vanishing_numbers", "hard_attention", "perceptron",
            "bptt_symbols", "lstm_cell", "softmax_cross_entropy", "sigmoid_squared_error",
            "softmax_squared_error")
OTHERS = ("lstm", "attention", "small_cnn", "mlp", "losses_rows_numbers", "elman_jordan_numbers",
          "symbolic_mlp", "gru", "closed_bptt")
QUESTIONS = (*BUILT_IN, *(str(HERE / f"{name}.yaml") for name in OTHERS))
CROSSES = ("wrong", "repeated")
GOOD = ("right",)
CHUNK = 10      # submissions that are marked together
OFF = 2.5       # half units of the last digit: beyond them a value is wrong


@dataclass
class Found:
    """What was counted; `told` says which submissions went wrong, and how."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        self.counts.update(other.counts)
        self.told += other.told


def examine(marker: Marker, seed: int, slips: int | None = None) -> Found:
    """Make one submission, mark it, and compare with what was put in."""
    submission, found = made(marker, seed, slips), Found()
    judgements = judged(marker, submission.text)
    found.counts["submissions"] += 1
    found.counts["claims"] += len(judgements)
    found.counts["unread"] += sum(j.verdict == "unread" for j in judgements)
    where = f"{Path(marker.question.name).stem} {seed}"
    if not submission.slips:
        _clean(judgements, found, where)
    else:
        for line in submission.lines:
            _ticked(line, judgements, found, where, marker)
        for slip in submission.slips:
            _slipped(slip, submission, judgements, found, where)
    return found


def _clean(judgements: Sequence[Judgement], found: Found, where: str) -> None:
    found.counts["clean claims"] += len(judgements)
    found.counts["clean submissions"] += 1
    for j in judgements:
        if j.verdict in CROSSES or j.verdict == "refer":
            found.counts["false crosses" if j.verdict in CROSSES else "clean, referred"] += 1
            found.told.append(f"{where}: {j.verdict} {j.claim.of} {j.claim.text[:70]} {j.reason}")


def _ticked(line: Line, judgements: Sequence[Judgement], found: Found, where: str,
            marker: Marker) -> None:
    """Count a wrong value that was ticked."""
    if line.value is None:
        return      # a formula; whether it is named is counted
    value = np.asarray(line.value, dtype=float)
    if any(_is_near(line, value, right) for right in (marker.truth(line.ref), line.honest)):
        return
    found.counts["wrong values"] += 1
    for j in _about(line, judgements):
        if j.verdict == "right" and line.label is None:
            found.counts["false ticks"] += 1
            found.told.append(f"{where}: TICKED {j.claim.of} {j.claim.text[:70]} {j.reason}")


def _is_near(line: Line, value: Any, right: Any) -> bool:
    """True for a value that is right, or follows from right ones as they are shown."""
    return right is not None and value.shape == np.shape(right) and bool(np.all(
        np.abs(value - right) <= OFF * np.asarray(line.half) + 0.01 * np.abs(right)))


def _about(line: Line, judgements: Sequence[Judgement]) -> Iterator[Judgement]:
    """Yield what was thought of the value of a line."""
    for j in _within(line, judgements):
        if j.claim.subject == line.ref and j.claim.expr is not None and is_plain(j.claim.expr):
            yield j


def _within(line: Line, judgements: Sequence[Judgement]) -> Iterator[Judgement]:
    first, end = line.span
    return (j for j in judgements if first <= j.claim.span[0] < end)


def _slipped(slip: Slipped, submission: Made, judgements: Sequence[Judgement], found: Found,
             where: str) -> None:
    found.counts[f"slips of {slip.kind}"] += 1
    line = next(x for x in submission.lines if x.ref == slip.of)
    own = [j for j in _within(line, judgements)
           if j.verdict not in ("right", "follow_through", "unread")]
    named = [j for j in own if _is_named(slip, j)]
    key = "caught" if slip.kind == "digit" else "named"
    if (own if slip.kind == "digit" else named):
        found.counts[f"{key} of {slip.kind}"] += 1
    elif own and any(j.slip for j in own):
        found.counts[f"otherwise explained of {slip.kind}"] += 1
        found.told.append(f"{where}: OTHER {slip} as {[(j.slip, j.reason) for j in own][:2]}")
    else:
        all_of = [(j.verdict, j.slip, j.reason[:60]) for j in _about(line, judgements)]
        found.told.append(f"{where}: MISSED {slip} {all_of}")


def _is_named(slip: Slipped, judgement: Judgement) -> bool:
    """True where the marker says what was put in, alone or with what gives the same value."""
    if slip.name == "sign of an entry" and judgement.verdict == "refer":
        return "would mend it" in judgement.reason      # with the sign that would
    if slip.kind == "label" and judgement.reason == f"it is {write(slip.of)}":
        return True
    return slip.name in (judgement.slip or "").split(" + ") or bool(
        slip.words and slip.words in judgement.reason)


def rates(questions: Sequence[str], each: int, processes: int = 2, first: int = 0
          ) -> Iterator[Found]:
    """Yield the counts over *each* submissions to every question, a few submissions at a time."""
    jobs = [(name, at, min(at + CHUNK, first + each))
            for at in range(first, first + each, CHUNK) for name in questions]
    with Pool(processes) as pool:
        yield from pool.imap(_some, jobs)


def _some(job: tuple[str, int, int]) -> Found:
    name, first, after = job
    total = Found()
    for seed in range(first, after):
        total.add(examine(_marker(name), seed))
    return total


@cache
def _marker(name: str) -> Marker:
    return Marker(derive.load(name).source)


def table(counts: Counter[str]) -> str:
    """Return the table of docs/marking.md."""
    def of(part: str, whole: str) -> str:
        share = counts[part] / counts[whole] if counts[whole] else 0.0
        return f"{counts[part]} of {counts[whole]} | {share:.1%}"

    rows = [("claims not read", of("unread", "claims")),
            ("crosses on what is right (submissions without a slip)",
             of("false crosses", "clean claims")),
            ("referred to a person there", of("clean, referred", "clean claims")),
            ("wrong values ticked", of("false ticks", "wrong values"))]
    rows += [(f"slips named: {kind}", of(f"named of {kind}", f"slips of {kind}"))
             for kind in ("misstep", "value", "formula", "rounding", "label")]
    rows.append(("changed digits caught", of("caught of digit", "slips of digit")))
    lines = [f"| {name} | {text} |" for name, text in rows]
    return "\n".join(["| measure | count | rate |", "|---|---|---|", *lines])


def _main(arguments: Sequence[str]) -> None:
    """Print the table; with -v what went wrong as it is found."""
    numbers = [int(a) for a in arguments if a.isdigit()]
    each = -(-(numbers[0] if numbers else 1000) // len(QUESTIONS))
    total = Found()
    for found in rates(QUESTIONS, each, *numbers[1:]):
        total.add(found)
        if "-v" in arguments:
            print(*found.told, sep="\n", end="\n" * bool(found.told), flush=True)
    print(f"{total.counts['submissions']} submissions, {total.counts['claims']} claims\n")
    print(table(total.counts))


if __name__ == "__main__":
    _main(sys.argv[1:])
