"""The numbers of a forest plot as a CSV file: shares on [0, 1], weights in percent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.report.plots.forest_rows import ForestRow
from pipeline.report.plots.numbers_csv import csv_text

COLUMNS = ("kind", "regimen_class", "label", "events", "n", "proportion", "ci_low", "ci_high", "weight_percent")


def forest_csv(rows: Iterable[ForestRow]) -> str:
    """One line for each study, diamond and prediction interval; a class stands in a column, a note is left out."""
    return csv_text(COLUMNS, _lines(rows))


def _lines(rows: Iterable[ForestRow]) -> Iterator[list[object]]:
    regimen = ""
    for row in rows:
        regimen = row.label if row.kind == "class" else "" if row.kind in ("overall", "note") else regimen
        if row.kind not in ("class", "note"):
            yield [row.kind, regimen, row.label, row.events, row.n, row.share, row.low, row.high, row.weight]
