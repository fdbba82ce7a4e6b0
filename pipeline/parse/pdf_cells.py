"""The cells of a table: columns from upright rules or strips of white, rows from rules and from how the lines stand.

Units are points, y downwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import median
from typing import NamedTuple

from pipeline.parse.pdf_areas import Area
from pipeline.parse.pdf_columns import Phrase, Word, column_bounds, columns_of, lines_of, phrases_of
from pipeline.parse.pdf_labels import labels_first
from pipeline.parse.pdf_rows import VALUE, CellLine, rows_of

#: a gap between headings is so much wider than one between words, which is this share of the size
_WIDER, _SPACE = 1.35, 0.28


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
    placed = [list(_headings(line, bounds, area)) for line in lines]
    rows: list[list[str]] = []
    for storey in _storeys(placed, area):
        cells: list[list[str]] = [[] for _ in range(len(bounds) + 1)]
        for heading in (heading for line in storey for heading in line):
            for column in range(heading.first, heading.last + 1):
                cells[column].append(heading.text)
        rows.append([" ".join(cell) for cell in cells])
    return rows


class _Heading(NamedTuple):
    """A heading over columns `first` to `last`, on base line `y`."""

    text: str
    first: int
    last: int
    y: float


def _headings(line: Sequence[Phrase], bounds: Sequence[float], area: Area) -> Iterator[_Heading]:
    """The headings of a line; one that two columns share is two where its words stand apart at the bound."""
    for phrase in line:
        first, last = _spanned(phrase, line, bounds, area)
        pieces = list(_apart(phrase, bounds)) if first != last else []
        if len(pieces) > 1:
            yield from (_Heading(cut.text, cut.column, cut.column, phrase.y) for cut in pieces)
        else:
            yield _Heading(phrase.text, first, last, phrase.y)


def _apart(phrase: Phrase, bounds: Sequence[float]) -> Iterator[CellLine]:
    """The pieces of a phrase in their columns, if a gap wider than its others stands at each bound."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(phrase.words)]
    cuts = [any(a.x1 <= bound <= b.x0 for bound in bounds) for a, b in pairwise(phrase.words)]
    within = [gap for gap, cut in zip(gaps, cuts, strict=True) if not cut]
    across = [gap for gap, cut in zip(gaps, cuts, strict=True) if cut]
    if across and min(across) > _WIDER * max(within, default=phrase.words[0].size * _SPACE):
        yield from _cut(phrase, bounds, 0)


def _storeys(lines: Sequence[Sequence[_Heading]], area: Area) -> list[list[Sequence[_Heading]]]:
    """Lines of the header; a storey ends at a rule, or below a line with a heading over several columns."""
    cuts = [rule.at for rule in area.rules if rule.at < area.header - 1]
    storeys: list[list[Sequence[_Heading]]] = []
    spans = False
    for line in lines:
        above = storeys[-1][-1][0].y if storeys else 0.0
        here = any(heading.first != heading.last for heading in line)
        cut = any(above - 2 < at < line[0].y for at in cuts) if cuts else spans and not here
        if storeys and not cut:
            storeys[-1].append(line)
        else:
            storeys.append([line])
        spans = here
    return storeys


def _spanned(phrase: Phrase, line: Sequence[Phrase], bounds: Sequence[float], area: Area) -> tuple[int, int]:
    """The columns that a heading stands over: those of a rule just below it alone, else those that it reaches."""
    first, last = columns_of(phrase, bounds)
    for rule in area.rules:
        under = phrase.y - 4 < rule.at < phrase.y + 8 and rule.start - 6 < phrase.x0 and phrase.x1 < rule.end + 6
        alone = not any(other is not phrase and rule.start < other.x1 and other.x0 < rule.end for other in line)
        if under and alone and rule.length < 0.9 * (area.x1 - area.x0):
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
