"""Tables as even grids: a cell that spans rows or columns stands in each place that it covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

#: HTML's own limits of a span
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534
#: places that spans and padding may fill: some per cell of the file, so that a small file cannot make a huge grid
_FREE_PLACES, _PLACES_PER_CELL = 200_000, 20


class Cell(NamedTuple):
    """Its words and how many columns and rows it covers."""

    text: str
    across: int = 1
    down: int = 1


class Line(NamedTuple):
    """A row as written. `group` changes from a table's head to its bodies and foot: no cell spans over its end."""

    cells: list[Cell]
    header: bool
    group: int


@dataclass
class Grid:
    """Rows of equal length, empty ones left out; how many of the first are headers; was the table too big to fill?"""

    rows: list[list[str]] = field(default_factory=list)
    header_rows: int = 0
    cut: bool = False


def even(lines: Iterable[Line]) -> Grid:
    """The grid of a table's lines."""
    filled = _Filled()
    kept: list[tuple[list[str], bool]] = []
    for line in lines:
        row = filled.row(line)
        if any(row):
            kept.append((row, line.header))
    width = max((len(row) for row, _ in kept), default=0)
    spare = filled.spare - sum(width - len(row) for row, _ in kept)
    if spare > 0:
        for row, _ in kept:
            row += [""] * (width - len(row))
    headers = next((i for i, (_, header) in enumerate(kept) if not header), len(kept))
    return Grid([row for row, _ in kept], headers, spare <= 0)


@dataclass
class _Filled:
    """What the rows so far leave to the next: column → (rows still to fill, words)."""

    hanging: dict[int, tuple[int, str]] = field(default_factory=dict)
    group: int = -1
    spare: int = _FREE_PLACES

    def row(self, line: Line) -> list[str]:
        if line.group != self.group:
            self.group, self.hanging = line.group, {}
        self.spare += _PLACES_PER_CELL * len(line.cells)
        if not self.hanging and all(across == down == 1 for _, across, down in line.cells):
            return [text for text, _, _ in line.cells]
        return self._spanned(line)

    def _spanned(self, line: Line) -> list[str]:
        above, below = self.hanging, dict[int, tuple[int, str]]()
        row: list[str] = []
        for text, across, down in line.cells:
            self._from_above(row, above, below)
            across = max(1, min(across, self.spare))
            if down > 1:
                below.update((len(row) + i, (down - 1, text)) for i in range(across))
            row += [text] * across
            self.spare -= across
        for column in sorted(column for column in above if column >= len(row)):
            if self.spare > column - len(row):
                self.spare -= column - len(row)
                row += [""] * (column - len(row))
                self._from_above(row, above, below)
        self.hanging = below
        return row

    def _from_above(
        self, row: list[str], above: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]
    ) -> None:
        """Fill the places at the row's end that a cell of an earlier row covers."""
        while len(row) in above:
            left, text = above[len(row)]
            if left > 1:
                below[len(row)] = (left - 1, text)
            self.spare -= 1
            row.append(text)


def columns(value: str | None) -> int:
    """A `colspan`."""
    return _span(value, _MOST_COLUMNS, zero=1)


def rows(value: str | None) -> int:
    """A `rowspan`; 0 means down to the end of the table's body."""
    return _span(value, _MOST_ROWS, zero=_MOST_ROWS)


def _span(value: str | None, most: int, zero: int) -> int:
    if value is None:
        return 1
    digits = value.strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 6:
        return 1
    return min(int(digits), most) or zero


def lines_of(groups: Iterable[Iterable[tuple[list[Cell], bool]]]) -> Iterator[Line]:
    """Number the groups of (cells, is a header row)."""
    for number, group in enumerate(groups):
        for cells, header in group:
            yield Line(cells, header, number)
