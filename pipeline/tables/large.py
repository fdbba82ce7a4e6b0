"""A few rows of a large table that the pipeline wrote, read line by line: what is left out costs its line and no more,
and is never held."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from pipeline.errors import UserError
from pipeline.tables import Model, read_rows, rows_of
from pipeline.tables.dialect import Record

#: do the cells of these columns, as they are written, say that the row is wanted?
Wanted = Callable[[Sequence[str]], bool]


def read_where(
    path: Path, model: type[Model], columns: tuple[str, str, *tuple[str, ...]], wanted: Wanted
) -> list[Model]:
    """The rows that are wanted by their cells in `columns`. The table is one that `write_rows` wrote; of any other the
    rows are those of `read_rows`. Raises UserError as that does."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            kept = list(_kept(file, columns, wanted))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error, _Other):
        return [row for _, row in read_rows(path, model)]
    return [row for _, row in rows_of(str(path), kept, model)]


class _Other(Exception):
    """The table is not as `write_rows` leaves one."""


def _kept(lines: Iterator[str], columns: Sequence[str], wanted: Wanted) -> Iterator[Record]:
    """The header and the records that are wanted."""
    table = csv.reader(lines, strict=True)
    header = next(table, [])
    if not set(columns) <= set(header):
        raise _Other
    yield 1, header
    cells_of, line = itemgetter(*map(header.index, columns)), table.line_num + 1
    for cells in table:
        if len(cells) != len(header):
            raise _Other
        if wanted(cells_of(cells)):
            yield line, cells
        line = table.line_num + 1
