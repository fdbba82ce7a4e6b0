"""Reader of CSV and TSV tables of records: Covidence, Rayyan, ASReview, Zotero, PubMed, Scopus and unknown tools.

Columns are told by their names (see `named_fields`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from mmap import mmap

from pipeline.parse.citation_record import Stretch, joined, line_spans, make_record
from pipeline.parse.csv_rows import NOT_CLOSED, Row, Rows
from pipeline.parse.document import Document
from pipeline.parse.named_fields import cite, damage, is_missing
from pipeline.parse.pieces import Next, Torn, cut
from pipeline.parse.table_header import Header, find_header, first_names, no_header
from pipeline.parse.tagged import LONGEST
from pipeline.parsed import ParsedRecord, SetAside


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per row that holds something.

    Raises Unreadable for a table without known columns, Torn for a piece that was cut within a row.
    """
    header = find_header(document.head_text)
    if header is None:
        raise no_header(first_names(document.head_text))
    rows = Rows(document.lines(), header.delimiter)
    for i, row in enumerate(rows):
        if i <= header.row:
            rows.width = header.width if i == header.row else 0
        elif row.raw.strip(f'{header.delimiter}" \t\x1a\0'):
            record = _record(document, row, header)
            if document.piece is not None and _is_torn(record):
                raise Torn
            yield record


def pieces(document: Document, size: int) -> list[Document]:
    """A large table cut between rows, each piece below the header."""
    header = find_header(document.head_text)
    if header is None:
        return [document]
    rows = islice(Rows(document.lines(), header.delimiter), header.row + 1, None)
    body = next((row.at for row in rows), None)
    if body is None:
        return [document]
    with document.open_text() as file:
        before = file.read(body).encode(document.encoding, document.decoding.errors)
    return cut(document, size, _row_starts(), before)


def _is_torn(row: ParsedRecord | SetAside) -> bool:
    """Is this what a cut within a row leaves? A cut within a quoted cell leaves it open at the end of a piece."""
    return isinstance(row, SetAside) or NOT_CLOSED in row.problems


def _row_starts() -> Next:
    """Cuts at line breaks with an even number of quotation marks before them."""
    counted, marks = 0, 0

    def following(data: mmap, at: int) -> int | None:
        nonlocal counted, marks
        while (end := data.find(b"\n", at)) >= 0:
            at = end + 1
            marks += data[counted:at].count(b'"')
            counted = at
            if marks % 2 == 0:
                return at if at < len(data) else None
        return None

    return following


def _record(document: Document, row: Row, header: Header) -> ParsedRecord | SetAside:
    wrong = _wrong(row, header)
    if wrong is not None:
        remedy = "look at this line of the file, or export the table again"
        return SetAside(set_aside=document.name, record=f"line {row.line}", reason=wrong, remedy=remedy)

    def values(field: str) -> list[str]:
        columns = header.columns.get(field)
        if columns is None:
            return []
        return [value for column in columns if not is_missing(value := row.value(column).strip())]

    title, abstract = (_stretches(row, header, field) for field in ("title", "abstract"))
    cited = cite(values, " ".join(values("abstract")[:1]))
    problems = [*damage(values), *([row.problem] if row.problem else [])]
    if len(row.cells) < header.width:
        problems.append(f"the row has {len(row.cells)} of {header.width} cells")
    return make_record(document, row.at, row.raw, title, abstract, cited, problems=problems)


def _wrong(row: Row, header: Header) -> str | None:
    """Why the cells of the row cannot be told apart."""
    if len(row.raw) > LONGEST:
        return f"this row has {len(row.raw):,} characters, as no record has"
    if any(row.value(column).strip() for column in range(header.width, len(row.cells))):
        return f"this row has {len(row.cells)} cells where the header has {header.width}, so they cannot be told apart"
    told = [column for field in ("title", "abstract") for column in header.columns.get(field, ())]
    if len(row.cells) <= min(told):
        return f"this row has only {len(row.cells)} of {header.width} cells: neither title nor abstract"
    return None


def _stretches(row: Row, header: Header, field: str) -> list[Stretch]:
    """The words of the field's first column that says something; a doubled quotation mark reads as one."""
    for column in header.columns.get(field, ()):
        if not is_missing(row.value(column).strip()):
            lines = joined(row.raw, line_spans(row.raw, *row.cells[column]), wrapped=False)
            quoted = row.is_quoted(column)
            return [part for stretch in lines for part in (_unquoted(row.raw, stretch) if quoted else [stretch])]
    return []


def _unquoted(raw: str, stretch: Stretch) -> Iterator[Stretch]:
    start, end, text = stretch
    while text is None and (mark := raw.find('""', start, end)) >= 0:
        if mark > start:
            yield start, mark, None
        yield mark, mark + 2, '"'
        start = mark + 2
    if end > start:
        yield start, end, text
