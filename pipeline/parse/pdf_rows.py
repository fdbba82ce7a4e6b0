"""Rows of a table whose cells have several lines: where does one row end and the next begin?

Nothing on the page says so where rows are not ruled. What is known: a cell's lines follow each other closely; cells of
a row are aligned (all by their first lines, their middles, or their last lines, in one table alike); values stand in
cells of their own; a word wraps to the next line only where it no longer fits. Each is a cost, and the rows are the
division of the table's lines that costs least (dynamic programming over the lines, from top to bottom).
Lengths are in units of the usual distance between lines of a cell, y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf
from typing import Literal, NamedTuple

Alignment = Literal["top", "middle", "bottom"]

#: no row has more lines than this
_TALLEST = 60
#: lines of a cell are no farther apart
_CLOSE = 1.25
#: two rows cannot be nearer than this
_TOO_NEAR = 0.72
#: costs: of a row; of a gap in a cell; of a row nearer than lines can be; of an empty first cell; of any other empty
#: cell; of a label alone; of an alignment missed by a line; of a heading and cells in one row
_ROW, _GAP, _NEAR, _NO_LABEL, _EMPTY, _ALONE, _MISSED, _MIXED = 0.05, 1.5, 3.0, 0.6, 0.12, 0.3, 0.5, 3.0
#: costs of two lines in one cell, by how the second one goes on
_VALUES, _FITS, _WRAPS, _OPEN = 1.2, 0.6, 0.12, 0.04
_OPEN_END = re.compile(r"(?:[-‐,;(\[/±×–]|\b(?:of|and|or|to|the|with|in|for|by|at|from|per|a|an|vs\.?|\d+\s?±))$")
_GOES_ON = re.compile(r"[(\[±–—×/,;)\]%]")
#: a cell that holds a value: a number with its unit, spread, interval and marks, or a word for none
VALUE = re.compile(
    r"(?:[<>≤≥~≈−+±-]\s?)?(?:\d[\d.,:]*|\.\d+)\s?%?(?:[\s/()\[\]±×–−.,;:<>=%*†‡§#$^a-d0-9-]|to|p)*$|[-–—]+$|N/?[ARDS]\.?$"
)


class CellLine(NamedTuple):
    """A line of a cell in a column (-1: a heading across columns); `level` counts the table's lines from the top."""

    column: int
    level: int
    text: str
    x0: float
    x1: float


class Spacing(NamedTuple):
    """Heights of the table's lines in units of the distance between lines of a cell, and the usual gap between rows."""

    levels: list[float]
    row_gap: float


def rows_of(
    lines: Sequence[CellLine], heights: Sequence[float], size: float, breaks: set[int], *, spanning: bool = False
) -> list[range]:
    """Levels of each row. `heights[level]` in points, `size` of the print; a row starts at each level in `breaks`.

    `spanning`: a label may be for several rows, so that rows without one are usual.
    """
    if not heights:
        return []
    spacing = _spacing(lines, heights, size)
    by_level: list[list[CellLine]] = [[] for _ in heights]
    for line in lines:
        by_level[line.level].append(line)
    table = _Table(by_level, spacing, _widths(lines), breaks, _ROW if spanning else _NO_LABEL)
    alignments: tuple[Alignment, ...] = ("top", "middle", "bottom")
    divisions = [_cheapest(table, alignment) for alignment in alignments]
    return min(divisions, key=lambda division: division[0])[1]


@dataclass(frozen=True)
class _Table:
    by_level: list[list[CellLine]]
    spacing: Spacing
    #: right edge less left edge of the widest line of each column, in points
    widths: dict[int, float]
    breaks: set[int]
    #: the cost of a row without a label
    no_label: float

    @property
    def columns(self) -> int:
        return len(self.widths) - (-1 in self.widths)


def _spacing(lines: Sequence[CellLine], heights: Sequence[float], size: float) -> Spacing:
    """The distance between lines of a cell is a small one among those between lines of a column."""
    last: dict[int, float] = {}
    distances = []
    for line in sorted(lines, key=lambda line: line.level):
        y = heights[line.level]
        if line.column in last and y - last[line.column] > 0.6 * size:
            distances.append(y - last[line.column])
        last[line.column] = y
    distances.sort()
    usual = distances[len(distances) // 8] if distances else size
    unit = min(max(usual, 0.9 * size), 1.5 * size)
    levels = [y / unit for y in heights]
    gaps = sorted(b - a for a, b in pairwise(levels))
    return Spacing(levels, gaps[(3 * len(gaps)) // 4] if gaps else 1.0)


def _widths(lines: Sequence[CellLine]) -> dict[int, float]:
    widths: dict[int, float] = {}
    for line in lines:
        widths[line.column] = max(widths.get(line.column, 0.0), line.x1 - line.x0)
    return widths


def _cheapest(table: _Table, alignment: Alignment) -> tuple[float, list[range]]:
    """The least cost of any division into rows, and that division."""
    n = len(table.by_level)
    best = [0.0, *[inf] * n]
    start_of = [0] * (n + 1)
    for start in range(n):
        begin = best[start] + _boundary(table, start)
        for end, cost in _rows_from(table, start, alignment):
            if begin + cost < best[end] - 1e-9:
                best[end], start_of[end] = begin + cost, start
    rows = []
    end = n
    while end:
        rows.append(range(start_of[end], end))
        end = start_of[end]
    return best[n], rows[::-1]


def _boundary(table: _Table, level: int) -> float:
    """The cost of starting a row at a level: high where it stands nearer to the one above than lines of a cell do."""
    if level == 0 or level in table.breaks:
        return 0.0
    gap = table.spacing.levels[level] - table.spacing.levels[level - 1]
    if gap < _TOO_NEAR:
        return _NEAR
    return 1.0 if table.spacing.row_gap > 1.3 and gap < 1.12 else 0.0


class _Cell:
    """A cell of a row as it grows line by line."""

    __slots__ = ("first", "last", "line")

    def __init__(self, line: CellLine, y: float) -> None:
        self.first = self.last = y
        self.line = line


def _rows_from(table: _Table, start: int, alignment: Alignment) -> Iterator[tuple[int, float]]:
    """(level after it, cost) of each row that starts at a level; grows it until a forced break or a hopeless cost."""
    cells: dict[int, _Cell] = {}
    inside = 0.0
    for level in range(start, min(len(table.by_level), start + _TALLEST)):
        if level > start and level in table.breaks:
            return
        for line in table.by_level[level]:
            inside += _grown(cells, line, table)
        if inside > _GAP * (table.columns + 4):
            return
        yield level + 1, inside + _shape(cells, table, start, level, alignment)


def _grown(cells: dict[int, _Cell], line: CellLine, table: _Table) -> float:
    """Put a line into its cell; the cost of its being there."""
    y = table.spacing.levels[line.level]
    cell = cells.get(line.column)
    if cell is None:
        cells[line.column] = _Cell(line, y)
        return 0.0
    cost = _GAP if y - cell.last > _CLOSE else 0.0
    cost += _join(cell.line, line, table.widths[line.column])
    cell.last, cell.line = y, line
    return cost


def _shape(cells: dict[int, _Cell], table: _Table, start: int, level: int, alignment: Alignment) -> float:
    """The cost of a row's look: empty cells, cells out of line."""
    if -1 in cells:
        return _ROW + (_MIXED if len(cells) > 1 else 0.0)
    if set(cells) == {0}:
        return _ROW + _ALONE
    empty = table.columns - len(cells)
    cost = _ROW + _EMPTY * empty + (table.no_label if 0 not in cells else 0.0)
    levels = table.spacing.levels
    for cell in cells.values():
        if alignment == "top":
            missed = cell.first - levels[start]
        elif alignment == "bottom":
            missed = levels[level] - cell.last
        else:
            missed = abs(cell.first + cell.last - levels[start] - levels[level]) / 2
        cost += _MISSED * min(missed, 2.0)
    return cost


def _join(above: CellLine, line: CellLine, width: float) -> float:
    """The cost of a line's going on the one above in one cell."""
    manner = _manner(above.text, line.text)
    if manner is not None:
        return manner
    first = line.text.split(" ", 1)[0]
    needed = (len(first) + 1) * (line.x1 - line.x0) / max(1, len(line.text))
    wraps = above.x1 - above.x0 + needed > 0.98 * width
    if wraps:
        return _WRAPS
    return (_WRAPS + _FITS) / 2 if line.text[:1].islower() else _FITS


@lru_cache(maxsize=8192)
def _manner(above: str, line: str) -> float | None:
    """The cost where the words alone tell it: the first line is open, or both are values."""
    if _GOES_ON.match(line) or _OPEN_END.search(above) or above.count("(") > above.count(")"):
        return _OPEN
    return _VALUES if VALUE.match(above) and VALUE.match(line) else None
