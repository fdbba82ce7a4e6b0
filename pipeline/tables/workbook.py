"""Sheets of .xlsx workbooks as rows of cells; what a cell holds (text, number, date, formula) is kept apart."""

from __future__ import annotations

import datetime
import warnings
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.errors import UserError
from pipeline.tables.cells import Formula, Typed
from pipeline.tables.dialect import Record

#: what openpyxl and zipfile raise for what is no workbook, or a damaged one
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, LookupError, ValueError, TypeError, AttributeError),
    *(SyntaxError, EOFError, NotImplementedError, RuntimeError, OverflowError),
)
#: Excel's own limit is 1,048,576; nobody decides as often
MOST_ROWS = 100_000


def sheets(path: Path) -> dict[str, list[Record]]:
    """(row number, cells) of each row that is not blank, by the sheet's title. Raises UserError."""
    try:
        state = path.stat()
        return _sheets(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    except _DAMAGED as error:
        said = " ".join(str(error).split())[:100]
        raise UserError(
            f"{path}: is no workbook that can be read ({said}); save it as .xlsx without a password"
        ) from None


@lru_cache(maxsize=8)
def _sheets(path: Path, changed: int, size: int) -> dict[str, list[Record]]:
    """Kept while the file is the same: each of the files of overrides/ asks for the sheets of a workbook."""
    from openpyxl import load_workbook  # half a second, only where there is a workbook

    with path.open("rb") as file, warnings.catch_warnings(action="ignore"):
        # what Excel can and openpyxl cannot (styles, validation) is nothing to us
        book = load_workbook(file, read_only=True, keep_links=False)
        return {str(sheet.title): _rows(path, sheet) for sheet in book.worksheets}


def _rows(path: Path, sheet: Any) -> list[Record]:
    sheet.reset_dimensions()
    found: list[Record] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = [_shown(cell) for cell in cells]
        if any(map(str.strip, texts)):
            found.append((number, texts))
        if number > MOST_ROWS:
            raise UserError(f"{path}: sheet {sheet.title} has more than {MOST_ROWS:,} rows; delete the empty ones")
    return found


def _shown(cell: Any) -> str:
    """A cell as text: 25, not 25.0; a share with its sign; a date as 2026-11-21."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Formula(value if isinstance(value, str) else getattr(value, "text", "="))
    if isinstance(value, str):
        return value if cell.data_type == "e" else Typed(value.replace("\r\n", "\n").replace("_x000D_", ""))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        share = "%" in (cell.number_format or "")
        return f"{100 * value:.12g}%" if share else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value)
