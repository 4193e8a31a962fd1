"""``python -m tests.benchmarks.report [--quick]``: one table of ratios for each claim.

Everything in a table runs in turn (A B A B ...), and a ratio is the median over the rounds of the
ratio within a round, so that a machine whose speed drifts does not lean to one side.
"""

from __future__ import annotations

import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tests.benchmarks import large, large_by_hand, models, ours, with_sympy
from tests.benchmarks.by_hand import backpropagation
from tests.benchmarks.marking import Class, solve

Job = Callable[[], Any]
MINUTE = 60.0
WIDTHS = (34, 14, 14, 14)


def interleaved(jobs: Mapping[str, Job], rounds: int) -> dict[str, list[float]]:
    """Run all jobs in turn, after one round that does not count."""
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for counted in range(-1, rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            if counted >= 0:
                found[name].append(time.perf_counter() - start)
    return found


def ratio(found: Mapping[str, Sequence[float]], a: str, b: str) -> float:
    return statistics.median(x / y for x, y in zip(found[a], found[b], strict=True))


def row(*cells: object) -> None:
    print("".join(str(cell).ljust(width) for cell, width in zip(cells, WIDTHS, strict=False)))


def milliseconds(times: Sequence[float]) -> str:
    return f"{statistics.median(times) * 1e3:.2f} ms"


def deriving(rounds: int) -> None:
    print("\nDeriving all gradients and printing every symbolic step, no numbers")
    sizes = [(3, 3), (3, 1000), (64, 20), (256, 3), (256, 1000)]
    questions = {f"H={h} T={t}": models.symbolic(h, t) for h, t in sizes}
    found = interleaved({n: lambda q=q: ours.derive(q) for n, q in questions.items()}, rounds)
    row("", "median", "to H=3 T=3")
    for name, times in found.items():
        row(name, milliseconds(times), f"{ratio(found, name, 'H=3 T=3'):.2f}")
    row("first time in a process", f"{_cold() * 1e3:.0f} ms")


def _cold() -> float:
    """Time the first derivation after the imports: SymPy imports more when it is first used."""
    code = ("import time, sympy, numpy\nfrom tests.benchmarks import models, ours\n"
            "q = models.symbolic(3, 3)\nt = time.perf_counter()\nours.derive(q)\n"
            "print(time.perf_counter() - t)")
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            for _ in range(3)]
    return statistics.median(float(run.stdout) for run in runs)


def with_sympy_alone() -> None:
    print("\nThe same with SymPy alone (one run each, given up after a minute)")
    question = models.symbolic(3, 3)
    own = statistics.median(interleaved({"": lambda: ours.derive(question)}, 9)[""])
    row("", "seconds", "to ours")
    for way, sizes in (("careful", ((3, 3), (3, 20), (16, 20), (64, 20))),
                       ("naive", ((2, 3), (3, 3), (3, 6)))):
        for size, length in sizes:
            took = _within_a_minute(way, size, length)
            said = "over a minute" if took is None else f"{took:.2f}"
            row(f"{way}, H={size} T={length}", said, "" if took is None else f"{took / own:.0f}")
            if took is None:
                break


def _timed(way: str, size: int, length: int, answer: Any) -> None:
    start = time.perf_counter()
    getattr(with_sympy, way)(size, length)
    answer.put(time.perf_counter() - start)


def _within_a_minute(way: str, size: int, length: int) -> float | None:
    answer: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=_timed, args=(way, size, length, answer))
    process.start()
    process.join(MINUTE)
    if process.is_alive():
        process.terminate()
        process.join()
        return None
    return float(answer.get())


def numbers(rounds: int) -> None:
    print("\nNumbers: all gradients in float64, beside backpropagation by hand in NumPy")
    row("", "ours", "by hand", "ratio")
    for size, length in ((3, 3), (3, 100), (16, 1000), (64, 20), (64, 1000), (256, 100),
                         (256, 1000)):
        numeric, plain = ours.Numeric(models.question(size, length)), models.numbers(size, length)
        found = interleaved({"ours": numeric.run, "hand": lambda n=plain: backpropagation(n)},
                            rounds)
        row(f"H={size} T={length}", milliseconds(found["ours"]), milliseconds(found["hand"]),
            f"{ratio(found, 'ours', 'hand'):.2f}")


def large_models(rounds: int) -> None:
    print("\nLarge models: gradients of all weights, beside NumPy by hand and jax.grad, compiled")
    row("", "ours", "to by hand", "to JAX")
    for length in (25, 50, 100):
        numbers = large.lstm_numbers(4, 64, length)
        own = ours.Numeric(large.lstm_question(4, numbers))
        _beside(f"LSTM, 4 layers, H=64 T={length}", rounds, {
            "ours": partial(own.run, large.lstm_weights(4)),
            "hand": partial(large_by_hand.lstm, numbers, 4)},
            lambda jax, n=numbers: jax.lstm(n, 4))
    numbers = large.block_numbers(8, 32, 64)
    own = ours.Numeric(large.block_question(numbers))
    _beside("transformer, 8 tokens, d=32", rounds, {
        "ours": partial(own.run, large.BLOCK_WEIGHTS),
        "hand": partial(large_by_hand.block, numbers)}, lambda jax, n=numbers: jax.block(n))


def _beside(name: str, rounds: int, jobs: dict[str, Job], in_jax: Callable[[Any], Job]) -> None:
    try:
        from tests.benchmarks import with_jax
    except ImportError:
        found = interleaved(jobs, rounds)
    else:
        found = interleaved({**jobs, "jax": in_jax(with_jax)}, rounds)
    beside = f"{ratio(found, 'ours', 'jax'):.1f}" if "jax" in found else "not installed"
    row(name, milliseconds(found["ours"]), f"{ratio(found, 'ours', 'hand'):.2f}", beside)


def growth(rounds: int) -> None:
    print("\nGrowth of the numbers: T from 500 to 1000 (linear is 2)")
    for size in (3, 16, 64):
        short, long = (ours.Numeric(models.question(size, t)) for t in (500, 1000))
        found = interleaved({"long": long.run, "short": short.run}, rounds)
        row(f"H={size}", "", "", f"{ratio(found, 'long', 'short'):.2f}")


def sheets(rounds: int, sizes: Sequence[tuple[int, int]]) -> None:
    print("\nSheets: solved, every line checked, written as LaTeX (the file is not read)")
    row("", "median", "to H=3 T=3", "characters")
    base = models.question(3, 3)
    for size, length in sizes:
        question = models.question(size, length)
        found = interleaved({"it": lambda q=question: ours.render(q),
                             "base": lambda: ours.render(base)}, rounds)
        row(f"H={size} T={length}", milliseconds(found["it"]), f"{ratio(found, 'it', 'base'):.1f}",
            len(ours.render(question)))


def marking(rounds: int) -> None:
    print("\nMarking a submission to q3, beside solving q3 and checking every line")
    handed_in = Class()
    found = interleaved({"solving": solve, "marking": handed_in.mark,
                         "with page": handed_in.mark_and_report}, rounds)
    row("", "median", "to solving")
    for name, times in found.items():
        row(name, milliseconds(times), f"{ratio(found, name, 'solving'):.2f}")


def main() -> None:
    quick = "--quick" in sys.argv
    rounds = 5 if quick else 21
    deriving(rounds)
    numbers(rounds)
    growth(rounds)
    large_models(rounds)
    marking(rounds)
    sheets(1 if quick else 3, ((3, 3), (3, 20), (16, 20), (3, 1000), (64, 100), (256, 100)))
    if not quick:
        sheets(1, ((256, 1000),))
        with_sympy_alone()


if __name__ == "__main__":
    main()
