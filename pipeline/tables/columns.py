"""Many cells of a column: what most of them are is told in one look, and each of the others is read, or written, as
`cells` says."""

from __future__ import annotations

import csv
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from pipeline.tables.cells import DIGITS_IN, Column, Damaged, columns_of, is_digits, read_cell, write_cell

#: in the place of a value that there is none of, for the cell is damaged, or empty and must not be: no model takes it
NO_VALUE: Final = object()
_STARTS = frozenset(string.ascii_letters + string.digits)
#: "Err:502" is a spreadsheet's error
_ERROR_STARTS = frozenset({"er", "eR", "Er", "ER"})
#: what csv.writer quotes a cell for
_QUOTED = re.compile(r'[,"\r\n]').search
#: such words, without what a cell is quoted for, or none
_AS_IT_STANDS = re.compile(r'(?:(?![Ee][Rr])[A-Za-z0-9](?:[^,"\r\n]*[!#-+\--~])?)?').fullmatch


def read_column(cells: Sequence[str], column: Column, decimal_comma: bool, absent: object) -> Sequence[object]:
    """What `read_cell` says of each; `absent` in the place of empty ones, NO_VALUE where a cell is damaged."""
    stands = is_plain if column.kind == "text" else is_digits if column.kind in DIGITS_IN else _never
    known = {c: c if stands(c) else _value(c, column, decimal_comma, absent) for c in set(cells)}
    return [known[cell] for cell in cells]


def _value(cell: str, column: Column, decimal_comma: bool, absent: object) -> object:
    try:
        value = read_cell(cell, column, decimal_comma)
    except Damaged:
        return NO_VALUE
    return absent if value == "" else value


def _never(cell: str) -> bool:
    return False


def is_plain(text: str) -> bool:
    """Words that are read and written as they stand: no blank at an end, no sign that a spreadsheet acts on."""
    return text[:1] in _STARTS and " " < text[-1] <= "~" and text[:2] not in _ERROR_STARTS


def line_writer(model: type[BaseModel]) -> Callable[[Mapping[str, Any]], str]:
    """Of a row's values by column its line in a file of its table: what csv.writer makes of what `write_cell` says."""
    columns = [(name, column, column.kind in ("text", "choice")) for name, column in columns_of(model).items()]
    if len(columns) == 1:  # a line that is empty would be no row
        return lambda values: line_of([write_cell(values[name], column) for name, column, _ in columns])

    def line(values: Mapping[str, Any]) -> str:
        cells = [
            value if type(value := values[name]) is str and words and _AS_IT_STANDS(value) else _cell(value, column)
            for name, column, words in columns
        ]
        return ",".join(cells) + "\n"

    return line


def _cell(value: object, column: Column) -> str:
    if value is None or type(value) is int:
        return "" if value is None else str(value)
    text = write_cell(value, column)
    return line_of([text])[:-1] if _QUOTED(text) else text


class _Handed:
    """What csv.writer writes to; it hands the line back to who asked for it."""

    @staticmethod
    def write(line: str) -> str:
        return line


#: the cells of a row → its line
line_of: Callable[[Iterable[object]], str] = csv.writer(_Handed(), lineterminator="\n").writerow
