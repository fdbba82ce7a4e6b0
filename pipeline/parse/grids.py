"""Tables as even grids: a cell that spans rows or columns stands in each place that it covers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

#: HTML's own limits of a span
_MOST_COLUMNS, _MOST_ROWS = 1_000, 65_534
#: places that spans and padding may fill: some per cell of the file, so that a small file cannot make a huge grid
_FREE_PLACES, _PLACES_PER_CELL = 200_000, 20

#: a cell's columns and rows
Span = tuple[int, int]
_ONE: Span = (1, 1)


class Line(NamedTuple):
    """A row as written. `group` changes from a table's head to its bodies and foot: no cell spans over its end."""

    cells: list[str]
    header: bool
    group: int
    #: for the cells (by index) that cover more than one place, how much
    spans: dict[int, Span]


@dataclass
class Grid:
    """Rows of equal length, empty ones left out; how many of the first are headers; was the table too big to fill?"""

    rows: list[list[str]] = field(default_factory=list)
    header_rows: int = 0
    cut: bool = False


def even(lines: Iterable[Line]) -> Grid:
    """The grid of a table's lines."""
    filled = _Filled()
    rows: list[list[str]] = []
    headers: list[bool] = []
    for line in lines:
        row = filled.row(line)
        if any(row):
            rows.append(row)
            headers.append(line.header)
    width = max(map(len, rows), default=0)
    spare = filled.spare - sum(width - len(row) for row in rows)
    if spare > 0:
        for row in rows:
            if len(row) < width:
                row += [""] * (width - len(row))
    header_rows = headers.index(False) if False in headers else len(headers)
    return Grid(rows, header_rows, spare <= 0)


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
        return self._spanned(line) if self.hanging or line.spans else line.cells

    def _spanned(self, line: Line) -> list[str]:
        above, below = self.hanging, dict[int, tuple[int, str]]()
        row: list[str] = []
        for i, text in enumerate(line.cells):
            self._from_above(row, above, below)
            across, down = line.spans.get(i, _ONE)
            across = max(1, min(across, self.spare))
            if down > 1:
                below.update((len(row) + k, (down - 1, text)) for k in range(across))
            row += [text] * across
            self.spare -= across
        for column in sorted(column for column in above if column >= len(row)):
            if self.spare > column - len(row) >= 0:
                self.spare -= column - len(row)
                row += [""] * (column - len(row))
                self._from_above(row, above, below)
        self.hanging = below
        return row

    def _from_above(self, row: list[str], above: dict[int, tuple[int, str]], below: dict[int, tuple[int, str]]) -> None:
        """Fill the places at the row's end that a cell of an earlier row covers."""
        while len(row) in above and self.spare > 0:
            left, text = above[len(row)]
            if left > 1:
                below[len(row)] = (left - 1, text)
            self.spare -= 1
            row.append(text)


def span(across: str | None, down: str | None) -> Span:
    """A `colspan` and a `rowspan`; a rowspan of 0 means down to the end of the table's body."""
    return _number(across, _MOST_COLUMNS, zero=1), _number(down, _MOST_ROWS, zero=_MOST_ROWS)


def _number(value: str | None, most: int, zero: int) -> int:
    digits = (value or "1").strip()
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 6:
        return 1
    return min(int(digits), most) or zero
