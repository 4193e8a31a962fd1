"""Where the boxes of an unrolled recurrence stand: a column for each step, all columns alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from derive.formats.figures.bands import Bands
from derive.formats.figures.drawing import Place
from derive.formats.figures.layers import moves
from derive.formats.figures.steps_rows import Rows

__all__ = ["GUTTER", "LINE", "Places"]

GUTTER = 1.0            # between columns
DOTS = 0.8              # a column of dots
STUB = 0.3
IN_A_ROW = 3            # parameters side by side
LINE = 0.6              # the height of a line of them


@dataclass(frozen=True)
class Places:
    """Rows with their heights, columns with their widths, and the middle of each box."""

    rows: Rows

    @cached_property
    def reach(self) -> tuple[float, float]:
        """Return how far a column goes to the left and to the right of its middle."""
        ends = [(self.rows.layers.at[t] - self.rows.frames[v].width / 2,
                 self.rows.layers.at[t] + self.rows.frames[v].width / 2)
                for v, t in self.rows.thing.items() if v not in self.rows.wide]
        passing = [(at, at) for name, at in self.rows.layers.at.items() if name not in
                   self.rows.thing.values()]
        return (min(a for a, _ in (*ends, *passing)), max(b for _, b in (*ends, *passing)))

    @cached_property
    def columns(self) -> dict[int, float]:
        """Return the middle of each column."""
        found, x = {}, 0.0
        for step in sorted({v.step for v in self.rows.network.vertices if v.step is not None}):
            low, high = self.reach_of(step)
            found[step] = x - low
            x += high - low + GUTTER
        return found

    def _local(self, name: str) -> float:
        """Return where a vertex stands in its column; dots stand alone, or side by side."""
        vertex = self.rows.network.named[name]
        if vertex.role != "dots":
            return self.rows.layers.at[self.rows.thing[name]]
        beside = [v.name for v in self.rows.network.vertices if v.role == "dots"
                  and v.step == vertex.step and self.rows.row[v.name] == self.rows.row[name]]
        beside.sort(key=lambda n: self.rows.layers.at[self.rows.thing[n]])
        return (beside.index(name) - (len(beside) - 1) / 2) * DOTS

    @cached_property
    def bands(self) -> Bands:
        depths = []
        for k, row in enumerate(self.rows.layers.rows):
            own = [self.rows.frames[v].height for v, t in self.rows.thing.items() if t in row]
            depths.append(max([*own, sum(self.heights(k)) + 0.1]))
        return Bands.of(depths, [STUB] * len(depths), moves(self.rows.layers, self.rows.inner),
                        lambda u, v: (v, u))

    @cached_property
    def at(self) -> dict[str, Place]:
        """Return the middle of each box."""
        named, found = self.rows.network.named, {}
        last = max((row for name, row in self.rows.row.items() if name not in self.rows.wide),
                   default=-1)
        first, right = self.borders
        for k, row in enumerate(self.rows.layers.rows):
            alone = sorted((v for v in self.rows.wide if v in row), key=row.index)
            width = sum(self.rows.frames[v].width + GUTTER for v in alone) - GUTTER
            # above all steps in the middle, else to the right of them, where no link passes
            x = (first + right - width) / 2 if k > last else right + GUTTER
            for name in alone:
                found[name] = (x + self.rows.frames[name].width / 2, self.bands.middle(k))
                x += self.rows.frames[name].width + GUTTER
        for name, thing in self.rows.thing.items():
            step = named[name].step
            if step is not None:
                found[name] = (self.columns[step] + self._local(name),
                               self.bands.middle(self.rows.layers.layer[thing]))
        return found

    @cached_property
    def borders(self) -> tuple[float, float]:
        """Return where the columns begin and where they end."""
        ends = [(x + low, x + high) for step, x in self.columns.items()
                for low, high in [self.reach_of(step)]]
        return min((a for a, _ in ends), default=0.0), max((b for _, b in ends), default=0.0)

    def reach_of(self, step: int) -> tuple[float, float]:
        """Return how far a column goes to both sides: one of dots is narrow."""
        is_gap = any(v.step == step and v.role == "dots" for v in self.rows.network.vertices)
        return (-DOTS / 2, DOTS / 2) if is_gap else self.reach

    @cached_property
    def left(self) -> float:
        """Return where the boxes of parameters end."""
        ends = [x - self.rows.frames[n].width / 2 for n, (x, _) in self.at.items()]
        return min(ends, default=0.0) - GUTTER

    def lines(self, row: int) -> list[list[str]]:
        """Return the parameters beside a row, a few side by side."""
        names = self.rows.side.get(row, [])
        return [names[k:k + IN_A_ROW] for k in range(0, len(names), IN_A_ROW)]

    def has_notes(self, row: int) -> bool:
        """True where the parameters beside a row say more than their names."""
        named = self.rows.network.named
        return any(named[name].notes for name in self.rows.side.get(row, []))

    def heights(self, row: int) -> list[float]:
        """Return the heights of the lines of parameters beside a row."""
        if self.has_notes(row):
            return [max(self.rows.frames[name].height for name in line)
                    for line in self.lines(row)]
        return [LINE] * len(self.lines(row))
