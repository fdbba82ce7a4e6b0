"""Which row of a table names its columns, and what stands between the cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice
from typing import NamedTuple

from pipeline.parse.csv_rows import Row, Rows
from pipeline.parse.document import Unreadable
from pipeline.parse.field_names import NAMES, find_columns

DELIMITERS = ",;\t|"
#: the header is among the first rows; some tools say something about the export before it
FIRST_ROWS = 12
#: characters of a file that tell whether it is a table
_LOOKED_AT = 40_000
_LONGEST_NAME = 80
_MOST_SHOWN = 30
NO_HEADER = "has no column with a known name for title or abstract"


class Header(NamedTuple):
    """Columns of each field, best first; `row` counts rows from 0, `width` is the number of cells."""

    columns: dict[str, list[int]]
    row: int
    width: int
    delimiter: str = ""


def find_header(text: str) -> Header | None:
    """The header of the table that starts with this text; None if no row names a title or an abstract."""
    found = []
    for delimiter in DELIMITERS:
        header = header_of([row.value(i) for i in range(len(row.cells))] for row in _first_rows(text, delimiter))
        if header is not None:
            found.append(header._replace(delimiter=delimiter))
    return max(found, key=lambda header: (len(header.columns), header.width), default=None)


def is_table(text: str) -> bool:
    """Does this text start a table with known columns, two at least, and a row below the header as wide as it?"""
    header = find_header(text[:_LOOKED_AT])
    if header is None or len(header.columns) < 2:
        return False
    below = islice(_first_rows(text[:_LOOKED_AT], header.delimiter), header.row + 1, None)
    return any(len(row.cells) == header.width for row in below)


def header_of(rows: Iterable[list[str]]) -> Header | None:
    """The first of these rows that names a title or an abstract."""
    for i, cells in enumerate(islice(rows, FIRST_ROWS)):
        columns = find_columns([cell if len(cell) <= _LONGEST_NAME else "" for cell in cells])
        if "title" in columns or "abstract" in columns:
            return Header(columns, i, len(cells))
    return None


def no_header(names: Iterable[str]) -> Unreadable:
    """What to say of a table whose columns nobody knows."""
    shown = [" ".join(name.split())[:40] for name in islice(names, _MOST_SHOWN)]
    return Unreadable(f"{NO_HEADER}; its columns are {', '.join(filter(None, shown))}", remedy())


def remedy() -> str:
    """What to do with such a table."""
    known = (f"{field}: {', '.join(NAMES[field])}" for field in ("title", "abstract"))
    return f"name these columns title and abstract (known names: {'; '.join(known)})"


def first_names(text: str) -> list[str]:
    """The cells of the first row, by the delimiter that gives most."""
    rows = [next(iter(_first_rows(text, delimiter)), None) for delimiter in DELIMITERS]
    row = max((row for row in rows if row is not None), key=lambda row: len(row.cells), default=None)
    return [row.value(i) for i in range(len(row.cells))] if row is not None else []


def _first_rows(text: str, delimiter: str) -> Iterator[Row]:
    return islice(iter(Rows(_lines(text), delimiter)), FIRST_ROWS)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in StringIO(text, newline=""):
        yield at, line
        at += len(line)
