"""Arithmetic over a table: which size makes its counts and percentages agree, and what that proves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from pipeline.extract import arithmetic
from pipeline.extract.table_cells import Cell, Portion, read_cell
from pipeline.extract.table_grid import Grid, Line

#: parts that make a whole: so many at least, and at most
_FEWEST, _MOST = 3, 12


def counts(line: Line) -> dict[int, int]:
    """The lone counts of a row of sizes, by column."""
    read = ((c, count_of(text)) for c, text in line.cells.items())
    return {c: n for c, n in read if n is not None}


def count_of(text: str) -> int | None:
    """The whole number that is all a cell holds."""
    cell = read_cell(text)
    if cell is None or cell.first is None or cell.second is not None or cell.first.kind != "COUNT":
        return None
    return int(cell.first.value)


def implied_sizes(grid: Grid) -> dict[int, int]:
    """For each column the only size of which all its counts are the percentages printed with them, if two rows at least
    tell it. Takes time linear in the cells."""
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    told: dict[int, set[int]] = {}
    for line in grid.lines:
        for c, text in line.cells.items():
            cell = read_cell(text)
            bounds = _bounds(cell) if cell is not None else None
            if cell is not None and cell.first is not None and bounds is not None:
                low[c], high[c] = max(low.get(c, 0.0), bounds[0]), min(high.get(c, math.inf), bounds[1])
                told.setdefault(c, set()).add(int(cell.first.value))
    found = {c: (math.ceil(low[c] - 1e-9), math.floor(high[c] + 1e-9)) for c in low if len(told[c]) > 1}
    return {c: a for c, (a, b) in found.items() if a == b}


def _bounds(cell: Cell) -> tuple[float, float] | None:
    """The sizes between which a count has its percentage, rounded as printed."""
    count, share = cell.first, cell.second
    if count is None or share is None or count.kind != "COUNT" or share.kind == "THRESHOLD":
        return None
    half = 0.5 * 10.0**-share.decimals
    if count.value == 0 or not half < share.value <= 100:
        return None
    return 100 * count.value / (share.value + half), 100 * count.value / (share.value - half)


def denominator(read: Portion, sizes: list[int]) -> int | None:
    """With a count and a percentage the first size that makes them agree; else the nearest size, if it allows the number."""
    if read.events is None or read.percent is None:
        sizes = sizes[:1]
    return next((n for n in sizes if allowed(read, n)), None)


def allowed(read: Portion, n: int) -> bool:
    """Whether the share can be one of n patients."""
    if n <= 0 or (read.events is not None and read.events > n):
        return False
    if read.percent is None:
        return True
    if read.events is None:
        return bool(arithmetic.possible_events(n, read.percent))
    return arithmetic.agrees(read.events, n, read.percent)


def parts_of_whole(grid: Grid, whole: Callable[[Line, int], int | None]) -> set[tuple[int, int]]:
    """(row, column) of the counts that add up to the patients: along a row, or down a column from the first row under a
    heading on. `whole`: the size for a row and column. Three parts at least, for two numbers may add up by chance."""
    found: set[tuple[int, int]] = set()
    down: dict[int, list[tuple[int, int]]] = {}
    heading: tuple[str, ...] | None = None
    for line in grid.lines:
        if line.labels[:-1] != heading:
            heading, down = line.labels[:-1], {}
        across = [(c, n, events) for c, text in line.cells.items()
                  if (n := whole(line, c)) is not None and (events := events_of(text)) is not None]  # fmt: skip
        if (
            len(across) >= _FEWEST
            and len({n for _, n, _ in across}) == 1
            and sum(e for *_, e in across) == across[0][1]
        ):
            found |= {(line.row, c) for c, *_ in across}
        for c, n, events in across:
            above = down.setdefault(c, [])
            above.append((line.row, events))
            if len(above) >= _FEWEST and sum(e for _, e in above[-_MOST:]) == n and len(above) <= _MOST:
                found |= {(row, c) for row, _ in above}
    return found


def events_of(text: str) -> int | None:
    """The count of a cell that holds one, alone or before its percentage."""
    cell = read_cell(text)
    if cell is None or cell.first is None or cell.first.kind != "COUNT" or cell.interval is not None:
        return None
    return int(cell.first.value)


def checks(read: Portion, n: int | None, of_arm: bool, part: bool) -> Iterator[str]:
    """What the numbers confirm, in the words of `settle`; `of_arm`: n is the arm's size; `part`: the count is one of parts that add up to the whole."""
    if n is None:
        return
    if read.events is not None and read.percent is not None and allowed(read, n):
        yield "count matches percent"
    if read.percent is not None and read.events is None and len(arithmetic.possible_events(n, read.percent)) == 1:
        yield "percent matches one count only"
    if read.n is not None:
        yield "denominator printed with the count"
    if of_arm:
        yield "denominator is the arm's size"
    if part:
        yield "parts add up"
    if (
        read.interval is not None
        and read.events is not None
        and arithmetic.interval_agrees(read.events, n, read.interval)
    ):
        yield "confidence interval matches"
