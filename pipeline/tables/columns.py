"""Many cells of a column: what most of them are is told in one look, and each of the others is read, or written, as
`cells` says."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from pipeline.tables.cells import Column, Damaged, columns_of, read_cell, write_cell

#: in the place of a value that there is none of, for the cell is damaged, or empty and must not be: no model takes it
NO_VALUE: Final = object()
_STARTS = frozenset(string.ascii_letters + string.digits)
#: "Err:502" is a spreadsheet's error
_ERROR_STARTS = frozenset({"er", "eR", "Er", "ER"})


def read_column(cells: Sequence[str], column: Column, decimal_comma: bool, absent: object) -> Sequence[object]:
    """What `read_cell` says of each; `absent` in the place of empty ones, NO_VALUE where a cell is damaged."""
    if column.kind == "text":
        return [cell if is_plain(cell) else _value(cell, column, decimal_comma, absent) for cell in cells]
    known = {cell: _value(cell, column, decimal_comma, absent) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _value(cell: str, column: Column, decimal_comma: bool, absent: object) -> object:
    try:
        value = read_cell(cell, column, decimal_comma)
    except Damaged:
        return NO_VALUE
    return absent if value == "" else value


def is_plain(text: str) -> bool:
    """Words that are read and written as they stand: no blank at an end, no sign that a spreadsheet acts on."""
    return text[:1] in _STARTS and " " < text[-1] <= "~" and text[:2] not in _ERROR_STARTS


def row_writer(model: type[BaseModel]) -> Callable[[Mapping[str, Any]], list[Any]]:
    """Of a row's values by column, what csv.writer makes the cells of that `write_cell` says: it writes whole numbers,
    and nothing for None, by itself."""
    columns = [(name, column, column.kind in ("text", "choice")) for name, column in columns_of(model).items()]

    def cells(values: Mapping[str, Any]) -> list[Any]:
        return [
            value
            if (value := values[name]) is None
            or type(value) is int
            or (words and type(value) is str and (value == "" or is_plain(value)))
            else write_cell(value, column)
            for name, column, words in columns
        ]

    return cells
