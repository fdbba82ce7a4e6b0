"""A few rows of a large table that the pipeline wrote, read line by line: what is left out costs its line and no more,
and is never held."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
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


def _kept(file: Iterable[str], columns: Sequence[str], wanted: Wanted) -> Iterator[Record]:
    """The header and the records that are wanted."""
    table = _records(file)
    number, header = next(table, (1, []))
    if not set(columns) <= set(header):
        raise _Other
    yield number, header
    cells_of = itemgetter(*map(header.index, columns))
    for number, cells in table:
        if len(cells) != len(header):
            raise _Other
        if wanted(cells_of(cells)):
            yield number, cells


def _records(file: Iterable[str]) -> Iterator[Record]:
    """(line, cells) of each record. Most are a line without quotes, which needs no reader of CSV: to cut it takes a
    tenth of the time."""
    lines = enumerate(file, 1)
    for number, line in lines:
        if '"' in line or "\r" in line:
            rest = (further for _, further in lines)
            yield number, next(csv.reader(chain([line], rest), strict=True))
        else:
            yield number, line.removesuffix("\n").split(",")
