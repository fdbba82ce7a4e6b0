"""Reader of PDFs with a text layer. Its source text is the text that it reads out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from pipeline.limits import Limits
from pipeline.parse.document import Document
from pipeline.parse.pdf_front import citation_of
from pipeline.parse.pdf_layout import captions, page_texts, without_running_heads
from pipeline.parse.pdf_sheets import read_metadata, read_sheets
from pipeline.parse.pdf_tables import read_tables
from pipeline.parse.prose import Reading, article_lines, read_prose
from pipeline.parse.repairs import repaired
from pipeline.parsed import Page, ParsedRecord, Repair, Section, Source, Table
from pipeline.table_text import with_tables

_TABLE = re.compile(r"(?i)\s*table\s+[A-Z]?\d{1,3}\b")


def read(document: Document) -> Iterator[ParsedRecord]:
    """One record. Raises Unreadable for a file that is encrypted, damaged, empty, or made of pictures only."""
    sheets, problems = read_sheets(document.path, document.limits.pages)
    kept = without_running_heads(sheets)
    texts = page_texts(kept)
    starts = list(accumulate(map(len, texts[:-1]), initial=0))
    source = "".join(texts)
    reading = read_prose(source, article_lines(source, 0, len(source), running_heads=False))
    tables = [_repaired(table, source) for table in read_tables(captions(kept), sheets, kept)]
    record = _record(document, reading, starts, tables)
    front = record.text[: record.pages[0].end] if record.pages else ""
    citation = citation_of(kept, front, read_metadata(document.path))
    sections = [*_title_section(citation.title, front), *record.sections]
    yield with_tables(record.model_copy(update={"citation": citation, "sections": sections, "problems": problems}))


def text_pages(path: Path, limits: Limits | None = None) -> list[str]:
    """The text of each page in reading order, without running heads, and without reading tables. Raises Unreadable."""
    sheets, _ = read_sheets(path, (limits or Limits()).pages, for_tables=False)
    return page_texts(without_running_heads(sheets))


def _title_section(title: str | None, front: str) -> list[Section]:
    """Where the first page prints the title, its words in any layout."""
    m = re.search(r"\s+".join(map(re.escape, title.split())), front) if title else None
    return [Section(title="title", start=m.start(), end=m.end())] if m else []


def _record(document: Document, reading: Reading, starts: Sequence[int], tables: Sequence[Table]) -> ParsedRecord:
    """The reading text becomes the source text, so places of repairs and pages move to it."""
    clean = [piece[0] for piece in reading.pieces]
    origin = [piece[1] for piece in reading.pieces]

    def place(at: int) -> int:
        i = bisect_right(origin, at) - 1
        return clean[max(i, 0)] + (min(at - origin[i], reading.pieces[i][2]) if i >= 0 else 0)

    ends = [*starts[1:], reading.span[1]]
    pages = [
        Page(page=i + 1, start=min(place(a), len(reading.text)), end=min(place(b), len(reading.text)))
        for i, (a, b) in enumerate(zip(starts, ends, strict=True))
    ]
    repairs = [_moved(repair, place(repair.start)) for repair in reading.repairs]
    found = [*tables, *_others(reading.tables, tables, pages)]
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(reading.text)), page=1),
        text=reading.text,
        raw=reading.text,
        pieces=[(0, 0, len(reading.text))],
        sections=reading.sections,
        tables=found,
        repairs=[repair for repair in repairs if reading.text[repair.start : repair.end] == repair.now],
        pages=pages,
    )


def _repaired(table: Table, source: str) -> Table:
    """The table with the repairs that its cells, its caption and its notes need; the document's text proves them."""
    width = len(table.rows[0])
    words = repaired([table.caption, *(cell for row in table.rows for cell in row), *table.footnotes], source)
    cells, notes = words[1 : 1 + width * len(table.rows)], words[1 + width * len(table.rows) :]
    rows = [cells[i : i + width] for i in range(0, len(cells), width)]
    return table.model_copy(update={"caption": words[0], "rows": rows, "footnotes": notes})


def _moved(repair: Repair, at: int) -> Repair:
    return repair.model_copy(update={"start": at, "end": at + len(repair.now)})


def _others(in_text: Sequence[Table], found: Sequence[Table], pages: Sequence[Page]) -> list[Table]:
    """Tables that only the lines of the text gave."""
    known = {m.group().lower() for table in found if (m := _TABLE.match(table.caption))}
    rest = [table for table in in_text if (m := _TABLE.match(table.caption)) and m.group().lower() not in known]
    return [table.model_copy(update={"page": _page_of(table, pages)}) for table in rest]


def _page_of(table: Table, pages: Sequence[Page]) -> int | None:
    start = table.span[0] if table.span else 0
    return next((page.page for page in pages if page.start <= start < page.end), None)
