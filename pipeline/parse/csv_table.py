"""Reader of CSV and TSV tables of records: Covidence, Rayyan, ASReview, Zotero, PubMed, Scopus and unknown tools.

Columns are told by their names (see `named_fields`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.parse.citation_record import Stretch, joined, line_spans, make_record
from pipeline.parse.csv_rows import Row, Rows
from pipeline.parse.document import Document
from pipeline.parse.named_fields import cite, damage, is_missing
from pipeline.parse.table_header import Header, find_header, first_names, no_header
from pipeline.parse.tagged import LONGEST
from pipeline.parsed import ParsedRecord, SetAside


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per row that holds something. Raises Unreadable for a table without known columns."""
    header = find_header(document.head_text)
    if header is None:
        raise no_header(first_names(document.head_text))
    rows = Rows(document.lines(), header.delimiter)
    for i, row in enumerate(rows):
        if i <= header.row:
            rows.width = header.width if i == header.row else 0
        elif row.raw.strip(f'{header.delimiter}" \t\x1a\0'):
            yield _record(document, row, header)


def _record(document: Document, row: Row, header: Header) -> ParsedRecord | SetAside:
    wrong = _wrong(row, header)
    if wrong is not None:
        remedy = "look at this line of the file, or export the table again"
        return SetAside(set_aside=document.name, record=f"line {row.line}", reason=wrong, remedy=remedy)

    def values(field: str) -> list[str]:
        said = (row.value(column).strip() for column in header.columns.get(field, ()))
        return [value for value in said if not is_missing(value)]

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
