"""Tables as text: how a reader writes a table behind an article's prose, and where each cell stands in that.

An article in XML, a saved page or a PDF gives its tables as grids, apart from its prose. So that a number read from one
leads to its own words, the grids are written out behind the prose: the caption, each row on a line of its own, the
notes. A text that fills neighbouring cells of a row (a head over columns) is written once and is the words of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from operator import eq

from pipeline.parsed import ParsedRecord, Section, Table

#: the section that holds the tables
TITLE = "tables"
#: between paragraphs and tables, cells, and lines
BREAK, BETWEEN_CELLS, NEW_LINE = "\n\n", " | ", "\n"

#: (row, column) → characters [start, end)
Places = dict[tuple[int, int], tuple[int, int]]


def with_tables(record: ParsedRecord) -> ParsedRecord:
    """The record, of a reader whose source text is what it reads out, with its tables written behind its prose.

    Tables that stand in the prose already stay there.
    """
    at, parts = len(record.text), [record.text]
    tables: list[Table] = []
    for table in record.tables:
        if table.span is None:
            words, gap = NEW_LINE.join(_lines(table)), BREAK if at else ""
            at += len(gap)
            table = table.model_copy(update={"written": at})
            parts += (gap, words)
            at += len(words)
        tables.append(table)
    return _with_text(record, "".join(parts), tables) if len(parts) > 1 else record


def _with_text(record: ParsedRecord, text: str, tables: list[Table]) -> ParsedRecord:
    """What is written behind the prose is a piece and a section of its own."""
    prose, behind = len(record.text), text[len(record.text) :]
    start, end = prose + len(behind) - len(behind.lstrip()), prose + len(behind.rstrip())
    section = [Section(title=TITLE, start=start, end=end)] if start < end else []
    return record.model_copy(
        update={
            "text": text,
            "raw": text,
            "source": record.source.model_copy(update={"span": (0, len(text))}),
            "pieces": [(0, 0, prose), (prose, prose, len(behind))] if prose else [(0, 0, len(text))],
            "sections": [*record.sections, *section],
            "tables": tables,
        }
    )


def prose_of(record: ParsedRecord) -> ParsedRecord:
    """The record without what is written behind its prose; its tables stay, and `raw` still holds their words."""
    start = min((t.written for t in record.tables if t.written is not None), default=None)
    if start is None:
        return record
    end = max(0, start - len(BREAK))
    return record.model_copy(
        update={
            "text": record.text[:end],
            "pieces": [piece for piece in record.pieces if piece[0] < end],
            "sections": [s for s in record.sections if s.start < end],
        }
    )


def table_at(record: ParsedRecord, at: int) -> Table | None:
    """The table that is written where character `at` of the record's text stands."""
    before = (t for t in reversed(record.tables) if t.written is not None and t.written <= at < len(record.text))
    return next(before, None)


def cells(table: Table) -> Places:
    """Where each cell that holds something stands in the text of its record; nothing for a table not written out."""
    if table.written is None:
        return {}
    at = table.written + (len(table.caption) + len(NEW_LINE) if table.caption else 0)
    found: Places = {}
    for i, row in enumerate(table.rows):
        found.update(((i, c), place) for c, place in _in_row(row, at) if row[c])
        at += sum(map(len, once := _once(row))) + len(BETWEEN_CELLS) * max(0, len(once) - 1) + len(NEW_LINE)
    return found


def _in_row(row: Sequence[str], at: int) -> Iterator[tuple[int, tuple[int, int]]]:
    for c, text in enumerate(row):
        if c and not _repeats(row[c - 1], text):
            at += len(row[c - 1]) + len(BETWEEN_CELLS)
        yield c, (at, at + len(text))


def _lines(table: Table) -> Iterable[str]:
    if table.caption:
        yield table.caption
    for row in table.rows:
        yield BETWEEN_CELLS.join(_once(row))
    yield from table.footnotes


def _once(row: Sequence[str]) -> Sequence[str]:
    """The row without cells that only repeat the one before; most rows have none, which is quick to see."""
    if not any(map(eq, row, islice(row, 1, None))):
        return row
    return [row[0], *(text for before, text in pairwise(row) if text != before or not _repeats(before, text))]


def _repeats(before: str, text: str) -> bool:
    """Whether a cell is the same words as the one before; numbers, which have no letters, may be equal by chance."""
    return text == before and text.lower() != text.upper()
