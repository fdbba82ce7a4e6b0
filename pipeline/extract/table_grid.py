"""The layout of a table: which columns label the rows, which texts head each column, which headings stand over each row.

Reads no meaning but this: numbers, sizes ("n = 45") and texts are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.extract.table_cells import read_cell
from pipeline.parsed import Table

_MOST_LABELS = 3
_ENUMERATED = re.compile(r"[(\[]?(?:\d{1,2}|[a-zA-Z])[.)\]]")
_SIZE_CELL = re.compile(r"(?i)[(\[]?\s?n\s?=\s?(\d{1,7})\s?[)\]]?")
_EMPTY = re.compile(r"[\s–—−.\-]*")


@dataclass(frozen=True)
class Line:
    """A row of numbers: its labels from the outermost heading in, its cells by column, the texts that head the columns,
    and sizes that a row above it gave ("TOI | n = 115 | n = 111")."""

    row: int
    labels: tuple[str, ...]
    cells: dict[int, str]
    columns: dict[int, tuple[str, ...]]
    sizes: dict[int, int]


@dataclass(frozen=True)
class Grid:
    """`corner`: what heads the column of labels; `wide`: heads over all columns of numbers; `lines` in order."""

    corner: tuple[str, ...]
    wide: tuple[str, ...]
    lines: list[Line]


def read_grid(table: Table, is_head: Callable[[str], bool]) -> Grid | None:
    """The layout, or None for a table without rows of numbers. `is_head`: whether a text names an arm or a size, by
    which a row of heads is known that stands among the numbers."""
    width = max((len(row) for row in table.rows), default=0)
    rows = [[*row, *[""] * (width - len(row))] for row in table.rows]
    first = _first_column(rows[table.header_rows :], width)
    if width < 2 or first >= width:
        return None
    heads = {c: _parts(rows[i][c] for i in range(table.header_rows)) for c in range(width)}
    wide, columns = _without_wide({c: heads[c] for c in range(first, width)})
    corner = _parts(part for c in range(first) for part in heads[c])
    return Grid(corner, wide, list(_lines(rows, table.header_rows, first, columns, is_head)))


def _first_column(body: list[list[str]], width: int) -> int:
    """The columns of labels are those at the left whose cells are mostly words or enumeration; one at least."""
    first = 1
    while first < min(_MOST_LABELS, width - 1) and _labels_rows([row[first] for row in body], [row[0] for row in body]):
        first += 1
    return first


def _labels_rows(cells: list[str], before: list[str]) -> bool:
    filled = [c for c, outer in zip(cells, before, strict=True) if not _EMPTY.fullmatch(c) and c != outer]
    words = [c for c in filled if read_cell(c) is None and any(x.isalpha() for x in c)]
    return 2 * len(words) > len(filled)


def _parts(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(t.strip() for t in texts if t.strip()))


def _without_wide(columns: dict[int, tuple[str, ...]]) -> tuple[tuple[str, ...], dict[int, tuple[str, ...]]]:
    """(texts over every column, the texts of each column without them)."""
    if len(columns) < 2:
        return (), columns
    every = set.intersection(*(set(parts) for parts in columns.values()))
    first = next(iter(columns.values()))
    return tuple(p for p in first if p in every), {
        c: tuple(p for p in parts if p not in every) for c, parts in columns.items()
    }


def _lines(
    rows: list[list[str]],
    start: int,
    first: int,
    columns: dict[int, tuple[str, ...]],
    is_head: Callable[[str], bool],
) -> Iterator[Line]:
    heading: tuple[str, ...] = ()
    outer = ""
    sizes: dict[int, int] = {}
    for number in range(start, len(rows)):
        row = rows[number]
        labels = _label(row[:first])
        cells = {c: row[c] for c in range(first, len(row)) if not _EMPTY.fullmatch(row[c])}
        texts = [t for t in cells.values() if t not in row[:first]]
        if not texts:
            heading, outer = labels, ""
            continue
        if _are_sizes(texts):
            sizes, heading = {c: _size_of(text) for c, text in cells.items()}, labels
            continue
        if len(texts) > 1 and not any(map(read_cell, texts)) and sum(map(is_head, texts)) > 1:
            columns = {c: (row[c].strip(),) if row[c].strip() else () for c in range(first, len(row))}
            sizes = {}
            continue
        if first > 1:
            outer = row[0] if row[0].strip() else outer
            labels = _label([outer, *row[1:first]])
        yield Line(number, (*heading, *labels), cells, columns, sizes)


def _label(texts: list[str]) -> tuple[str, ...]:
    return tuple(t for t in _parts(iter(texts)) if not _ENUMERATED.fullmatch(t))


def _are_sizes(texts: list[str]) -> bool:
    return all(_SIZE_CELL.fullmatch(text.strip()) for text in texts)


def _size_of(text: str) -> int:
    match = _SIZE_CELL.fullmatch(text.strip())
    return int(match[1]) if match else 0
