"""Reader of PDFs with a text layer. Its source text is the text that it reads out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from statistics import median

from pipeline.limits import Limits
from pipeline.parse.document import Document
from pipeline.parse.identity import find_doi, registrations
from pipeline.parse.pdf_layout import captions, page_texts, without_running_heads
from pipeline.parse.pdf_page import TextLine
from pipeline.parse.pdf_sheets import read_sheets
from pipeline.parse.pdf_tables import read_tables
from pipeline.parse.prose import Reading, article_lines, read_prose
from pipeline.parse.repairs import repaired
from pipeline.parsed import Citation, Page, ParsedRecord, Repair, Source, Table

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
    title = _title(kept)
    yield _record(document, reading, starts, title, tables).model_copy(update={"problems": problems})


def text_pages(path: Path, limits: Limits | None = None) -> list[str]:
    """The text of each page in reading order, without running heads, and without reading tables. Raises Unreadable."""
    sheets, _ = read_sheets(path, (limits or Limits()).pages, for_tables=False)
    return page_texts(without_running_heads(sheets))


def _title(pages: Sequence[Sequence[TextLine]]) -> str | None:
    """The lines of the largest print on the first page that are long enough for a title."""
    groups: list[list[TextLine]] = []
    for line in pages[0] if pages else ():
        if groups and abs(groups[-1][0].height - line.height) < 0.06 * line.height:
            groups[-1].append(line)
        else:
            groups.append([line])
    texts = [(group[0].height, " ".join(line.text for line in group)) for group in groups]
    titles = [(size, text) for size, text in texts if 25 <= len(text) <= 350 and text.count(" ") >= 4]
    body = median([size for size, text in texts for _ in range(len(text))]) if texts else 0.0
    size, title = max(titles, key=lambda t: t[0], default=(0.0, None))
    return title if size > 1.15 * body else None


def _record(
    document: Document, reading: Reading, starts: Sequence[int], title: str | None, tables: Sequence[Table]
) -> ParsedRecord:
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
    front = reading.text[: pages[0].end] if pages else ""
    return ParsedRecord(
        record_id="",
        source=Source(file=document.name, span=(0, len(reading.text)), page=1),
        citation=Citation(title=title, doi=_doi(front), registration=registrations(front)),
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


def _doi(front: str) -> str | None:
    """The article's own DOI: the one on its first page, or the first that says so."""
    m = re.search(r"(?i)doi(?:\.org/|:\s*|\s+)(10\.\d{4,9}/\S+[^\s.,;)\]])", front)
    return re.split("https?:", m[1].lower())[0] if m else find_doi(front)
