"""Tables of a PDF's pages: found under their captions, followed over pages, with captions and notes.

Units are points, y downwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from statistics import median
from typing import NamedTuple

from pipeline.parse.pdf_areas import Area, Caption, ends_page, find_area, find_rest
from pipeline.parse.pdf_cells import Part, read_cells
from pipeline.parse.pdf_columns import Word, lines_of, table_words
from pipeline.parse.pdf_page import TextLine
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
#: a caption at the end of a page is no higher
_CAPTION = 30.0
#: a table goes on over at most so many pages
_MOST_PAGES = 60


class Side(NamedTuple):
    """What stands on a page in one direction: words, rules, captions, and where the text starts and ends."""

    words: list[Word]
    rules: Rules
    captions: list[Caption]
    top: float
    bottom: float

    def limit(self, below: float, left: float, right: float) -> float:
        """The next caption below a height, in the same column."""
        tops = [c.top for c in self.captions if c.top > below and min(c.right, right) - max(c.left, left) > 0]
        return min(tops, default=inf)

    def inside(self, area: Area) -> list[Word]:
        x0, x1 = area.x0 - 3, area.x1 + 3
        return [w for w in self.words if area.top < w.middle < area.bottom and x0 <= (w.x0 + w.x1) / 2 <= x1]


def read_tables(
    captions: Sequence[Caption], sheets: Sequence[Sheet], lines: Sequence[Sequence[TextLine]]
) -> list[Table]:
    """The tables under the captions, by page; a caption without a table that can be told gives none.

    `lines` of each page are those of its text, without running heads.
    """
    sides = {
        (number, turn): _side(sheet, turn, lines[number], [c for c in captions if (c.page, c.turn) == (number, turn)])
        for number, sheet in enumerate(sheets)
        for turn in sheet.words
    }
    ordered = sorted(captions, key=lambda caption: (caption.page, caption.turn))
    found = (_table(caption, sides) for caption in ordered if (caption.page, caption.turn) in sides)
    return [table for table in found if table is not None]


def _side(sheet: Sheet, turn: int, lines: Sequence[TextLine], captions: list[Caption]) -> Side:
    here = [line for line in lines if line.turn == turn]
    top, bottom = min((-line.y1 for line in here), default=0.0), max((-line.y0 for line in here), default=0.0)
    return Side(table_words(sheet.words[turn]), sheet.rules[turn].of_text(top), captions, top, bottom)


def _table(caption: Caption, sides: Mapping[tuple[int, int], Side]) -> Table | None:
    parts = list(_parts(caption, sides))
    if not parts:
        return None
    rows, header_rows = read_cells(parts)
    if len(rows) < 2 or len(rows[0]) < 2:
        return None
    body, last = _without_notes(rows, header_rows)
    first, end = sides[caption.page, caption.turn], sides[parts[-1].page, caption.turn]
    above = parts[0].area if parts[0].page == caption.page else None
    return Table(
        caption=_caption_text(caption, first.words, above),
        page=parts[0].page + 1,
        rows=body,
        header_rows=header_rows,
        footnotes=[*last, *_notes_below(end.words, parts[-1].area)],
    )


def _parts(caption: Caption, sides: Mapping[tuple[int, int], Side]) -> Iterator[Part]:
    """The table's area below its caption, and on the pages after as far as it goes on there."""
    number, turn = caption.page, caption.turn
    side = sides[number, turn]
    found = find_area(caption, side.limit(caption.bottom, caption.left, caption.right), side.rules, side.words)
    if found is not None:
        words = side.inside(found)
        if not 2 < len(words) <= _MOST_WORDS:
            return
        yield Part(number, found, words)
    area: Area | Caption = found or caption._replace(bottom=caption.bottom + _CAPTION)
    while ends_page(area, side.words, side.bottom) and number < caption.page + _MOST_PAGES:
        number += 1
        if (number, turn) not in sides:
            return
        side = sides[number, turn]
        limit = side.limit(side.top - 5, area.x0, area.x1)
        rest = find_rest(area, side.top, limit, side.rules, side.words)
        if rest is None:
            return
        yield Part(number, rest, side.inside(rest))
        area = rest


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


def _caption_text(caption: Caption, words: Sequence[Word], area: Area | None) -> str:
    """All words from the caption's first line down to the table, or to the end of the page."""
    x0, x1 = (area.x0, area.x1) if area else (caption.left, caption.right)
    left, right, end = min(x0, caption.x0) - 5, max(x1, caption.x1) + 5, area.top if area else caption.bottom + _CAPTION
    inside = [w for w in words if caption.top - 2 <= w.middle <= end and left <= w.x0 and w.x1 <= right]
    return " ".join(w.text for line in lines_of(inside) for w in line) or caption.text
