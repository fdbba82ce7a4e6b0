"""The numbers of a forest plot as a CSV file, to read on elsewhere: shares on [0, 1], weights in percent."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from pipeline.report.plain import plain
from pipeline.report.plots.forest_rows import ForestRow

COLUMNS = ("kind", "regimen_class", "label", "events", "n", "proportion", "ci_low", "ci_high", "weight_percent")

#: a cell that starts so is a formula to a spreadsheet
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def forest_csv(rows: Iterable[ForestRow]) -> str:
    """One line for each study, diamond and prediction interval; a class stands in a column, a note is left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    regimen = ""
    for row in rows:
        regimen = row.label if row.kind == "class" else "" if row.kind in ("overall", "note") else regimen
        if row.kind not in ("class", "note"):
            numbers = [_number(value) for value in (row.share, row.low, row.high, row.weight)]
            writer.writerow([row.kind, _text(regimen), _text(row.label), row.events, row.n, *numbers])
    return out.getvalue()


def _text(words: str) -> str:
    line = " ".join(plain(words).split())
    return f"'{line}" if line.startswith(_FORMULA) else line


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
