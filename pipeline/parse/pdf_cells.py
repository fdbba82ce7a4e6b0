"""The cells of a table: columns from upright rules or strips of white, rows from rules and from how the lines stand.

Units are points, y downwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

from pipeline.parse.pdf_areas import Area
from pipeline.parse.pdf_columns import Phrase, Word, column_bounds, columns_of, lines_of, phrases_of
from pipeline.parse.pdf_labels import labels_first
from pipeline.parse.pdf_rows import VALUE, CellLine, rows_of


class Part(NamedTuple):
    """What a table has on one page (0-based)."""

    page: int
    area: Area
    words: list[Word]

    def lines(self, *, header: bool) -> list[list[Phrase]]:
        """Phrases of each line of the header, or of the body."""
        return [
            phrases_of(line) for line in lines_of([w for w in self.words if (w.middle < self.area.header) == header])
        ]


def read_cells(parts: Sequence[Part]) -> tuple[list[list[str]], int]:
    """Rows of cells, all of one length, and how many of them are the header; the parts follow each other."""
    bounds = _bounds(parts[:1])
    if not bounds:
        return [], 0
    joint = _bounds(parts) if len(parts) > 1 else bounds
    bounds = joint if len(joint) >= len(bounds) else bounds
    rows, header_rows = _part_cells(parts[0], bounds)
    header = rows[:header_rows]
    for part in parts[1:]:
        own = list(part.area.uprights) or bounds
        more, _ = _part_cells(part, own if len(own) == len(bounds) else bounds)
        rows += more[len(header) :] if more[: len(header)] == header else more
    return rows, header_rows


def _bounds(parts: Sequence[Part]) -> list[float]:
    """Where the columns of all parts are divided."""
    area = parts[0].area
    if area.uprights:
        return list(area.uprights)
    lines = [line for part in parts for line in part.lines(header=False)]
    sizes = [word.size for line in lines for phrase in line for word in phrase.words]
    return column_bounds(lines, area.x0, area.x1, median(sizes)) if sizes else []


def _part_cells(part: Part, bounds: Sequence[float]) -> tuple[list[list[str]], int]:
    """Rows of a part, and how many of them are its header."""
    lines = part.lines(header=False)
    if not lines:
        return [], 0
    size = median(word.size for word in part.words)
    rows = _body_rows(lines, bounds, size, part.area)
    header = _header_rows(part.lines(header=True), bounds, part.area)
    return header + rows, len(header) or _guessed_header(rows)


def _body_rows(lines: Sequence[Sequence[Phrase]], bounds: Sequence[float], size: float, area: Area) -> list[list[str]]:
    cell_lines: list[CellLine] = []
    heights: list[float] = []
    for line in lines:
        if not heights or line[0].y - heights[-1] > 0.2 * size:
            heights.append(line[0].y)
        cell_lines += _cell_lines(line, bounds, len(heights) - 1)
    levels = len(heights)
    cell_lines, heights = labels_first(cell_lines, heights)
    breaks = {sum(y - 0.3 * size < rule.at for y in heights) for rule in area.rules if rule.at > area.header + 1}
    rows = rows_of(cell_lines, heights, size, breaks, spanning=len(heights) < levels)
    return [_row([line for line in cell_lines if line.level in row], len(bounds) + 1) for row in rows]


def _cell_lines(line: Sequence[Phrase], bounds: Sequence[float], level: int) -> Iterator[CellLine]:
    """The phrases of a line in their columns; a phrase across columns is cut, unless it stands alone."""
    for phrase in line:
        first, last = columns_of(phrase, bounds)
        if first == last:
            yield CellLine(first, level, phrase.text, phrase.x0, phrase.x1)
        elif len(line) == 1:
            yield CellLine(-1, level, phrase.text, phrase.x0, phrase.x1)
        else:
            yield from _cut(phrase, bounds, level)


def _cut(phrase: Phrase, bounds: Sequence[float], level: int) -> Iterator[CellLine]:
    """Each word of a phrase in the column that its middle stands in."""
    placed = ((columns_of(Phrase(w.text, m := (w.x0 + w.x1) / 2, m, phrase.y), bounds)[0], w) for w in phrase.words)
    for column, group in groupby(placed, key=lambda item: item[0]):
        words = [word for _, word in group]
        yield CellLine(column, level, " ".join(w.text for w in words), words[0].x0, words[-1].x1)


def _row(lines: Sequence[CellLine], columns: int) -> list[str]:
    cells: list[list[str]] = [[] for _ in range(columns)]
    for line in sorted(lines, key=lambda line: (line.level, line.x0)):
        cells[max(0, line.column)].append(line.text)
    return [" ".join(cell) for cell in cells]


def _header_rows(lines: Sequence[Sequence[Phrase]], bounds: Sequence[float], area: Area) -> list[list[str]]:
    """One row for each storey of the header; a heading over several columns stands in each of them."""
    rows: list[list[str]] = []
    for storey in _storeys(lines, bounds, area):
        cells: list[list[str]] = [[] for _ in range(len(bounds) + 1)]
        for phrase in (phrase for line in storey for phrase in line):
            first, last = _spanned(phrase, bounds, area)
            for column in range(first, last + 1):
                cells[column].append(phrase.text)
        rows.append([" ".join(cell) for cell in cells])
    return rows


def _storeys(lines: Sequence[Sequence[Phrase]], bounds: Sequence[float], area: Area) -> list[list[Sequence[Phrase]]]:
    """Lines of the header; a storey ends at a rule, or below a line with a heading over several columns."""
    cuts = [rule.at for rule in area.rules if rule.at < area.header - 1]
    storeys: list[list[Sequence[Phrase]]] = []
    spans = False
    for line in lines:
        above = storeys[-1][-1][0].y if storeys else 0.0
        here = any(_spanned(phrase, bounds, area)[0] != _spanned(phrase, bounds, area)[1] for phrase in line)
        cut = any(above - 2 < at < line[0].y for at in cuts) if cuts else spans and not here
        if storeys and not cut:
            storeys[-1].append(line)
        else:
            storeys.append([line])
        spans = here
    return storeys


def _spanned(phrase: Phrase, bounds: Sequence[float], area: Area) -> tuple[int, int]:
    """The columns that a heading stands over: those of the rule just below it, else those that it reaches into."""
    first, last = columns_of(phrase, bounds)
    for rule in area.rules:
        under = phrase.y - 4 < rule.at < phrase.y + 8 and rule.start - 6 < phrase.x0 and phrase.x1 < rule.end + 6
        if under and rule.length < 0.9 * (area.x1 - area.x0):
            a, b = columns_of(Phrase("", rule.start + 4, rule.end - 4, 0.0), bounds)
            return min(a, first), max(b, last)
    return first, last


def _guessed_header(rows: Sequence[Sequence[str]]) -> int:
    """Rows above the first one whose cells are mostly values; one if there is none."""
    for i, row in enumerate(rows[:4]):
        filled = [cell for cell in row[1:] if cell]
        if filled and sum(bool(VALUE.match(cell)) for cell in filled) * 2 >= len(filled):
            return max(1, i)
    return 1
