"""Where the words behind a table's number stand in the source text.

`parse` writes the tables of an article in XML, HTML or PDF behind its prose, so that the cell itself is the place; in a text
layer, which holds the table's lines, it is the cell there. A number whose cell cannot be found is led to by the caption, else
by the sentence that points to the table ("… are shown in Table 2").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal, NamedTuple

from pipeline.extract.sentences import Sentence, sentences
from pipeline.parsed import ParsedRecord, Table
from pipeline.table_text import cells

Located = Literal["cell", "caption", "mention", "nowhere"]

_NUMBER = re.compile(
    r"\s*(?:supplementary\s|supplemental\s)?tables?\.?\s?(?P<number>S?\d{1,3}|[IVX]{1,5})\b", re.IGNORECASE
)
_MENTION = re.compile(
    r"\btables?\.?\s?(?P<numbers>(?:S?\d{1,3}|[IVX]{1,5})\b(?:\s?(?:,|and|&|-|–|to)\s?(?:S?\d{1,3}|[IVX]{1,5})\b){0,6})",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10}
#: a cell is looked for in so many characters behind the one before
_WINDOW = 1500


class Place(NamedTuple):
    """Characters [start, end) of the source text, and what stands there; (0, 0) for "nowhere"."""

    start: int
    end: int
    located: Located


class Places:
    """Finds places in one record's text."""

    def __init__(self, record: ParsedRecord) -> None:
        self.record = record
        self._mentions: dict[str, Sentence] | None = None

    def of_table(self, table: Table) -> Place:
        """The table's caption where the source text holds it, else the sentence of the results that first points to the
        table, else the first one that does."""
        if table.written is not None:
            return self._written(table.written, table.written + len(table.caption), "caption")
        if table.span is not None:
            start, end = table.span
            return self._place(start, min(end, start + max(1, len(table.caption))), "caption")
        number = number_of(table)
        if self._mentions is None:
            self._mentions = _mentions(self.record)
        sentence = self._mentions.get(number) if number is not None else None
        return self._place(sentence.start, sentence.end, "mention") if sentence is not None else Place(0, 0, "nowhere")

    def of_cells(self, table: Table) -> dict[tuple[int, int], Place]:
        """The place of each cell of a table that stands in the text, in the order of reading; a cell that cannot be
        found has none."""
        if table.span is None:
            return {cell: self._written(*span, "cell") for cell, span in cells(table).items()}
        found: dict[tuple[int, int], Place] = {}
        at, end = table.span
        for i, row in enumerate(table.rows):
            for j, cell in enumerate(row):
                start = self.record.text.find(cell, at, min(end, at + _WINDOW)) if cell.strip() else -1
                if start >= 0:
                    at = start + len(cell)
                    found[i, j] = self._place(start, at, "cell")
        return found

    def of_words(self, table: Table, words: str) -> Place:
        """The first cell that holds just these words, else the place of the table."""
        for (row, column), place in self.of_cells(table).items():
            if table.rows[row][column].strip() == words:
                return place
        return self.of_table(table)

    def _place(self, start: int, end: int, located: Located) -> Place:
        a, b = self.record.alignment.to_source(start, end)
        return Place(a, b, located)

    def _written(self, start: int, end: int, located: Located) -> Place:
        """What is written behind the prose is the source text itself."""
        at = self.record.source.span[0]
        return Place(at + start, at + end, located)


def number_of(table: Table) -> str | None:
    """The table's number, as "3" or "s2", from the start of its caption; Roman ones as figures."""
    match = _NUMBER.match(table.caption)
    return _plain(match["number"]) if match else None


def _plain(number: str) -> str:
    low = number.lower()
    if low.strip("ivx"):
        return low
    values = [_ROMAN[c] for c in low]
    return str(sum(-v if v < max(values[i:]) else v for i, v in enumerate(values)))


def _mentions(record: ParsedRecord) -> dict[str, Sentence]:
    """For each number of a table the sentence that points to it: one of the results before others."""
    parts = sentences(record)
    starts = [s.start for s in parts]
    found: dict[str, Sentence] = {}
    for match in _MENTION.finditer(record.text):
        i = bisect_right(starts, match.start()) - 1
        heads = i >= 0 and match.start() == parts[i].start and record.text[match.end() : match.end() + 1] in ".:|"
        if i < 0 or parts[i].end < match.end() or heads:  # a caption is not a sentence that points to its table
            continue
        for number in _listed(match["numbers"]):
            known = found.get(number)
            if known is None or (known.section != "results" and parts[i].section == "results"):
                found[number] = parts[i]
    return found


def _listed(numbers: str) -> list[str]:
    """ "2, 3 and 5" → 2, 3, 5; "2–4" → 2, 3, 4"""
    named = [_plain(n) for n in re.findall(r"S?\d{1,3}|[IVX]{1,5}", numbers, re.IGNORECASE)]
    if re.fullmatch(r"\d+\s?[-–]\s?\d+", numbers):
        return [str(n) for n in range(int(named[0]), min(int(named[1]), int(named[0]) + 20) + 1)]
    return named
