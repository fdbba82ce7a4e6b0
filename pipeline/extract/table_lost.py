"""Heads that a text layer has run together into one cell: told again by their sizes, where the numbers below prove it.

"A B Difference n = 112 Proportion n = 56 Proportion" over 90, 0.80, 33, 0.59, 0.22: as many equal runs of columns as there are
sizes, of a count and its share, or of one cell that holds both.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pipeline.extract.quantities import Quantity, quantities
from pipeline.extract.table_cells import Portion, portion, read_cell
from pipeline.extract.table_grid import Grid, Line
from pipeline.extract.table_heads import LONGEST, Heads
from pipeline.extract.table_sums import allowed

#: rows that must agree
_FEWEST = 2


def with_told_heads(grid: Grid, heads: Heads) -> tuple[Grid, dict[int, int]]:
    """(the layout, arms of its columns) where heads were run together and the sizes in them are the arms' sizes, one to one;
    else the layout as it is."""
    columns = grid.lines[0].columns if grid.lines else {}
    sizes = _sizes(grid.corner)
    arms = {arm.n: i for i, arm in enumerate(heads.arms) if arm.n is not None}
    lost = not any(parts for line in grid.lines for parts in line.columns.values()) and not grid.wide
    if not lost or len(sizes) < 2 or sorted(sizes) != sorted(arms) or len(arms) != len(heads.arms):
        return grid, {}
    order = sorted(columns)
    for width in (2, 1):
        runs = {n: order[i * width : (i + 1) * width] for i, n in enumerate(sizes)}
        if all(len(run) == width for run in runs.values()) and _proven(grid.lines, runs):
            told = {c: arms[n] for n, run in runs.items() for c in run}
            named = _named(order, runs, _proportions(grid.lines, runs))
            return replace(grid, lines=[replace(line, columns=named) for line in grid.lines]), told
    return grid, {}


def with_parted_heads(grid: Grid, heads: Heads) -> Grid:
    """The grid, where a head has run into that of its left neighbour ("A plus B" | "A plus B A"), with its own words alone,
    if the sizes of the two columns are those of two arms, of which the left head names the one and the rest no third."""
    kept: dict[int, dict[int, tuple[str, ...]]] = {}
    for line in grid.lines:
        if id(line.columns) not in kept:
            kept[id(line.columns)] = _parted(line.columns, heads)
    return replace(grid, lines=[replace(line, columns=kept[id(line.columns)]) for line in grid.lines])


def _parted(columns: dict[int, tuple[str, ...]], heads: Heads) -> dict[int, tuple[str, ...]]:
    out = dict(columns)
    for left, column in pairwise(sorted(columns)):
        for i, text in enumerate(columns[column]):
            before = next((b for b in columns[left] if text.startswith(f"{b} ")), None)
            arms = _arm_of_size(columns[left], heads), _arm_of_size(columns[column], heads)
            if before is None or None in arms or arms[0] == arms[1]:
                continue
            own = text[len(before) :].strip()
            if heads.read(before).arm == arms[0] and heads.read(own).arm in (arms[1], None):
                out[column] = (*columns[column][:i], own, *columns[column][i + 1 :])
    return out


def _arm_of_size(parts: tuple[str, ...], heads: Heads) -> int | None:
    """The only arm with the size that stands over a column."""
    sizes = [size for part in parts if (size := heads.read(part).size) is not None]
    found = [i for i, arm in enumerate(heads.arms) if len(sizes) == 1 and arm.n == sizes[0]]
    return found[0] if len(found) == 1 else None


def _sizes(corner: tuple[str, ...]) -> list[int]:
    """The sizes in a head, in order; none where a size comes twice, or the text is too long for heads."""
    text = " ".join(corner)
    if len(text) > LONGEST:
        return []
    found = [int(q.value) for q in quantities(text) if q.kind == "SIZE"]
    return found if len(set(found)) == len(found) else []


def _proven(lines: list[Line], runs: dict[int, list[int]]) -> bool:
    """Whether in every row whose cells hold shares each count is its share of its run's size."""
    rows = [[_read(line, run, n) for n, run in runs.items()] for line in lines]
    full = [row for row in rows if all(read is not None for read in row)]
    agree = [all(read is not None and allowed(read, n) for read, n in zip(row, runs, strict=True)) for row in full]
    return len(full) >= _FEWEST and all(agree)


def _read(line: Line, run: list[int], n: int) -> Portion | None:
    """The count with its share that a run of cells holds, or None."""
    cells = [read_cell(line.cells.get(c, "")) for c in run]
    if len(cells) == 1:
        read = portion(cells[0], "np", [n]) if cells[0] is not None else None
        return read if read is not None and read.events is not None and read.percent is not None else None
    count, share = (cell.first if cell is not None and cell.second is None else None for cell in cells)
    if count is None or share is None or count.kind != "COUNT" or not share.decimals:
        return None
    whole = share.value <= 1
    percent = Quantity("PERCENT", 0, 0, 100 * share.value if whole else share.value, None, share.decimals - 2 * whole)
    return Portion(int(count.value), None, percent) if percent.decimals >= 0 else None


def _proportions(lines: list[Line], runs: dict[int, list[int]]) -> bool:
    """Whether the shares are printed between 0 and 1."""
    shares = [read_cell(line.cells.get(run[-1], "")) for line in lines for run in runs.values()]
    return all(cell.first.value <= 1 for cell in shares if cell is not None and cell.first is not None)


def _named(order: list[int], runs: dict[int, list[int]], proportions: bool) -> dict[int, tuple[str, ...]]:
    """Heads as they would stand over the columns; what is left at the right compares arms."""
    named: dict[int, tuple[str, ...]] = dict.fromkeys(order, ("Difference",))
    for n, run in runs.items():
        units = ["No.", "proportion" if proportions else "%"] if len(run) == 2 else ["No. (%)"]
        named |= {c: (f"{unit} (n = {n})",) for c, unit in zip(run, units, strict=True)}
    return named
