"""The parameters of an unrolled recurrence: boxes at the side, and lines along what reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.formats.figures.drawing import Box, Label, Path
from derive.formats.figures.frames import PADDING, Item, Measure, framed, tone_of
from derive.formats.figures.steps_places import LINE, Places

__all__ = ["Parameters"]

APART = 0.3             # between parameters in one box
LEDGE = 0.24            # from a box to the line of parameters below it


@dataclass(frozen=True)
class Parameters:
    """What is given for all steps, and its lines to what reads it."""

    places: Places
    measure: Measure

    def boxes(self, row: int) -> Iterator[Item]:
        """Yield the parameters beside a row: with notes each in its box, else all in one."""
        yield from self._with_notes(row) if self.places.has_notes(row) else self._names(row)

    def lines(self, row: int, is_lit: bool) -> Iterator[Path]:
        """Lead the parameters of a row along under each row that reads them."""
        rows = self.places.rows
        reading = [(name, reader) for name in rows.side[row] for reader in rows.parameters[name]
                   if reader in rows.row]
        lit = {(link.start, link.end) for link in rows.network.links if link.lit}
        for k in sorted({rows.row[reader] for _, reader in reading}):
            readers = dict.fromkeys(reader for name, reader in reading
                                    if rows.row[reader] == k and ((name, reader) in lit) is is_lit)
            if readers:
                yield from self._line(row, k, list(readers), "strong" if is_lit else "dim")

    def _line(self, row: int, k: int, readers: list[str], tone: str) -> Iterator[Path]:
        """Lead a line from the parameters beside *row* along under row *k*, with its branches."""
        places = self.places
        y = places.bands.starts[k] - LEDGE - 0.1
        spine, level = places.left + 0.25, places.bands.middle(row)
        ends = [self._branch(reader) for reader in readers]
        yield Path(((places.left, level), (spine, level), (spine, y), (max(ends), y)), tone=tone)
        for reader, x in zip(readers, ends, strict=True):
            below = places.at[reader][1] - places.rows.frames[reader].height / 2
            yield Path(((x, y), (x, below)), tone=tone, arrow=True)

    def _branch(self, reader: str) -> float:
        return self.places.at[reader][0] - min(0.22, self.places.rows.frames[reader].width / 4)

    def _with_notes(self, row: int) -> Iterator[Item]:
        """Yield the parameters of a row each in its box, a few side by side."""
        rows, left = self.places.rows, self.places.left
        heights = self.places.heights(row)
        top = self.places.bands.middle(row) + sum(heights) / 2
        for line, height in zip(self.places.lines(row), heights, strict=True):
            x = left - sum(rows.frames[name].width for name in line)
            for name in line:
                frame = rows.frames[name]
                yield from framed(frame, (x + frame.width / 2, top - height / 2), rows.network)
                x += frame.width
            top -= height

    def _names(self, row: int) -> Iterator[Item]:
        """Yield the parameters of a row in one box at the side."""
        lines, left, y = self.places.lines(row), self.places.left, self.places.bands.middle(row)
        widths = [sum(map(self._width, line)) + APART * (len(line) - 1) for line in lines]
        width, height = max(widths) + PADDING, sum(self.places.heights(row)) + 0.06
        yield Box((left - width / 2, y), width, height, tone=self._tone(row))
        for k, line in enumerate(lines):
            x, level = left - width / 2 - widths[k] / 2, y + LINE * ((len(lines) - 1) / 2 - k)
            for name in line:
                shown = self.places.rows.network.named[name].shown
                yield Label((x + self._width(name) / 2, level), shown)
                x += self._width(name) + APART

    def _tone(self, row: int) -> str:
        network = self.places.rows.network
        tone = tone_of(any(network.named[n].lit for n in self.places.rows.side[row]), network)
        return "dim" if tone == "black" else tone

    def _width(self, name: str) -> float:
        return self.measure(self.places.rows.network.named[name].shown)[0]
