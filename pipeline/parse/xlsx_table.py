"""Reader of Excel workbooks (.xlsx): each sheet whose columns are known is a table of records.

Formulas are never evaluated: what counts is the value that was saved. Text that starts with "=" stays text. The source
text is what is read out.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from pipeline.parse.document import PACKED, Document, Unreadable
from pipeline.parse.lines import ends_sentence
from pipeline.parse.named_fields import cite, damage, is_missing
from pipeline.parse.table_header import FIRST_ROWS, NO_HEADER, Header, header_of, no_header, remedy
from pipeline.parse.xml_records import text_record
from pipeline.parsed import ParsedRecord, SetAside

#: what openpyxl and zipfile raise for damaged parts
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, LookupError, ValueError, TypeError, AttributeError),
    *(SyntaxError, EOFError, NotImplementedError, RuntimeError, OverflowError, OSError),
)
#: unpacked texts may take this part of the memory limit, since openpyxl holds them all
_PART = 4
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
#: a line break as Excel escapes it
_BREAK = re.compile(r"(?:_x000[AaDd]_)+")

Cells = list[str]


def read(document: Document) -> Iterator[ParsedRecord | SetAside]:
    """One record per row that holds something. Raises Unreadable for no workbook, or one without known columns."""
    _check(document)
    first: Cells = []
    unknown: list[str] = []
    found = False
    for title, rows in _sheets(document):
        top = list(islice(rows, FIRST_ROWS))
        header = header_of(top)
        if header is None:
            first = first or next((cells for cells in top if any(cells)), [])
            unknown += [title] if any(map(any, top)) else []
            continue
        found = True
        for i, cells in enumerate(chain(top, rows)):
            if i > header.row and any(cells):
                yield _record(document, cells, header)
    if not found:
        raise no_header(first)
    for title in unknown:
        yield SetAside(set_aside=document.name, record=f'sheet "{title}"', reason=NO_HEADER, remedy=remedy())


def _check(document: Document) -> None:
    """Raises Unreadable for what is no workbook, declares entities, or unpacks to more than memory holds."""
    if not document.head.startswith(PACKED):
        reason = "is no .xlsx workbook: an old .xls file, one with a password, or another kind"
        raise Unreadable(reason, "save it as .xlsx without a password, or as CSV UTF-8")
    most = document.limits.memory_mb * 1_000_000 // _PART
    try:
        with zipfile.ZipFile(document.path) as packed:
            for part in packed.infolist():
                if part.filename.lower().endswith((".xml", ".rels")) and _declares(packed, part):
                    raise Unreadable("holds XML that declares entities, as no Excel does", "save it again in Excel")
                if "sharedstrings" in part.filename.lower() and part.file_size > most:
                    raise Unreadable(
                        f"unpacks to {part.file_size // 1_000_000:,} MB of texts, more than {most // 1_000_000:,}",
                        "save it as CSV UTF-8, or raise parse.memory_mb in config/config.yaml",
                    )
    except _DAMAGED as error:
        raise _damaged(error) from None


def _declares(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with packed.open(part) as file:
        return _DECLARES.search(file.read(2048)) is not None


def _damaged(error: Exception) -> Unreadable:
    said = " ".join(str(error).split())[:100]
    return Unreadable(f"is a damaged workbook ({said or type(error).__name__})", "save it again as .xlsx or CSV UTF-8")


def _sheets(document: Document) -> Iterator[tuple[str, Iterator[Cells]]]:
    """(title, rows) of each sheet. Raises Unreadable where the workbook is damaged."""
    with document.path.open("rb") as file:
        try:
            # what Excel can and openpyxl cannot (styles, validation) is nothing to us
            with warnings.catch_warnings(action="ignore"):
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheets = book.worksheets
        except _DAMAGED as error:
            raise _damaged(error) from None
        for sheet in sheets:
            yield str(sheet.title), _rows(sheet)


def _rows(sheet: Any) -> Iterator[Cells]:
    """Cells of each row as text. Raises Unreadable where the sheet is damaged, after the rows before."""
    try:
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        while True:
            with warnings.catch_warnings(action="ignore"):
                row = next(rows, None)
            if row is None:
                return
            yield [_said(value) for value in row]
    except _DAMAGED as error:
        raise _damaged(error) from None


def _said(value: object) -> str:
    """A cell as text: 2008, not 2008.0; a date as 2008-07-01."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return _BREAK.sub("\n", str(value)).strip()


def _record(document: Document, cells: Cells, header: Header) -> ParsedRecord:
    def values(field: str) -> list[str]:
        columns = (column for column in header.columns.get(field, ()) if column < len(cells))
        return [cells[column] for column in columns if not is_missing(cells[column])]

    title = " ".join(" ".join(values("title")[:1]).split())
    paragraphs = list(_paragraphs(" ".join(values("abstract")[:1])))
    cited = cite(values, " ".join(paragraphs))
    return text_record(document, title, [("", words) for words in paragraphs], cited, damage(values))


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs of a cell: a line that ends a sentence ends one."""
    words = ""
    for line in text.splitlines():
        words = f"{words} {' '.join(line.split())}".strip()
        if words and ends_sentence(words[-60:]):
            yield words
            words = ""
    if words:
        yield words
