"""The numbers behind a plot as a CSV file, to read on elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from pipeline.report.plain import plain

#: a cell that starts so is a formula to a spreadsheet
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """One line each; numbers with six digits, texts on one line and never a formula, nothing for None."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else _text(value) if isinstance(value, str) else str(value)


def _text(words: str) -> str:
    line = " ".join(plain(words).split())
    return f"'{line}" if line.startswith(_FORMULA) else line
