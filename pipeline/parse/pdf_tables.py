"""Tables of a PDF's pages; asked only for pages that hold a caption.

Words are those of the text, so that a cell reads as the text does. Columns come from upright rules or from strips of
white, rows from rules and from how the lines of the cells stand.
Units are points, y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import inf
from statistics import median

from pipeline.parse.pdf_areas import Area, Caption, find_area
from pipeline.parse.pdf_columns import Phrase, Word, column_bounds, columns_of, lines_of, phrases_of, table_words
from pipeline.parse.pdf_labels import labels_first
from pipeline.parse.pdf_rows import VALUE, CellLine, rows_of
from pipeline.parse.pdf_rules import Rules
from pipeline.parse.pdf_sheets import Sheet
from pipeline.parsed import Table

_NOTE = re.compile(
    r"(?i)[*†‡§¶‖#∗$^]|[a-z1-9⁰¹²³⁴⁵⁶⁷⁸⁹][.)]?\s?[A-Z]|(?:values?|data|notes?|abbreviations?|source)\b|\S+\s?[=:]"
)
_MARK = re.compile(r"[*†‡§¶‖#∗$^]|[a-z⁰¹²³⁴⁵⁶⁷⁸⁹][.)]?\s?[A-Z]|(?:note|abbreviations?)\b")
#: a table has at most so many words; more are a page of a book of numbers
_MOST_WORDS = 6000
#: a table's notes have at most so many lines
_MOST_NOTES = 25


def read_tables(captions: Sequence[Caption], sheets: Sequence[Sheet]) -> list[Table]:
    """The tables under the captions, in their order; a caption without a table that can be told gives none."""
    tables: list[Table] = []
    for number, turn in sorted({(caption.page, caption.turn) for caption in captions}):
        here = [c for c in captions if (c.page, c.turn) == (number, turn)]
        sheet = sheets[number]
        tables += _page_tables(here, sheet.rules.get(turn, Rules([], [])), table_words(sheet.words.get(turn, ())))
    return tables


def _page_tables(captions: Sequence[Caption], rules: Rules, words: Sequence[Word]) -> Iterator[Table]:
    for caption in captions:
        table = _table(caption, _limit(caption, captions), rules, words)
        if table is not None:
            yield table


def _limit(caption: Caption, captions: Sequence[Caption]) -> float:
    """The next caption below, in the same column."""
    below = [
        other.top
        for other in captions
        if other.top > caption.bottom and min(other.right, caption.right) - max(other.left, caption.left) > 0
    ]
    return min(below, default=inf)


def _table(caption: Caption, limit: float, rules: Rules, words: Sequence[Word]) -> Table | None:
    area = find_area(caption, limit, rules, words)
    if area is None:
        return None
    inside = [w for w in words if area.x0 - 3 <= (w.x0 + w.x1) / 2 <= area.x1 + 3 and area.top < w.middle < area.bottom]
    rows, header_rows = _cells(inside, area) if 2 < len(inside) <= _MOST_WORDS else ([], 0)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    body, last = _without_notes(rows, header_rows)
    return Table(
        caption=_caption_text(caption, words, area),
        page=caption.page + 1,
        rows=body,
        header_rows=header_rows,
        footnotes=[*last, *_notes_below(words, area)],
    )


def _cells(words: Sequence[Word], area: Area) -> tuple[list[list[str]], int]:
    """Rows of cells, and how many of them are the header."""
    body = [word for word in words if word.middle > area.header]
    if not body:
        return [], 0
    lines = [phrases_of(line) for line in lines_of(body)]
    size = median(word.size for word in body)
    bounds = list(area.uprights) or column_bounds(lines, area.x0, area.x1, size)
    if not bounds:
        return [], 0
    rows = _body_rows(lines, bounds, size, area)
    above = [phrases_of(line) for line in lines_of([word for word in words if word.middle < area.header])]
    header = _header_rows(above, bounds, area)
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


def _without_notes(rows: list[list[str]], header_rows: int) -> tuple[list[list[str]], list[str]]:
    """Lone sentences and marked lines below the last row of cells are notes."""
    end = len(rows)
    while end > header_rows + 1 and not any(rows[end - 1][1:]):
        end -= 1
    notes = [row[0] for row in rows[end:]]
    if any(_NOTE.match(note) or len(note) > 40 for note in notes):
        return rows[:end], notes
    return rows, []


def _notes_below(words: Sequence[Word], area: Area) -> list[str]:
    """Lines right below the table in its small print, from the first that is marked as a note."""
    near = [
        w for w in words if area.bottom < w.middle < area.bottom + 250 and area.x0 - 5 <= w.x0 and w.x1 <= area.x1 + 5
    ]
    notes: list[str] = []
    size, last = 0.0, area.bottom + 4
    for line in lines_of(near)[:_MOST_NOTES]:
        text, here = " ".join(word.text for word in line), median(word.size for word in line)
        size = size or here
        if abs(here - size) > 0.08 * size or line[0].top - last > 0.9 * size or (not notes and not _NOTE.match(text)):
            break
        last = line[0].bottom
        if not notes or _MARK.match(text):
            notes.append(text)
        else:
            notes[-1] = f"{notes[-1]} {text}"
    return notes


def _caption_text(caption: Caption, words: Sequence[Word], area: Area) -> str:
    """All words from the caption's first line down to the table."""
    left, right = min(area.x0, caption.x0) - 5, max(area.x1, caption.x1) + 5
    inside = [w for w in words if caption.top - 2 <= w.middle <= area.top and left <= w.x0 and w.x1 <= right]
    return " ".join(w.text for line in lines_of(inside) for w in line) or caption.text
