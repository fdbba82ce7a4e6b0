"""What was measured of the extraction on labelled texts: `measured.csv`, which `make score` writes.

It is data, so that the page prints what was measured and not what somebody once wrote; a test measures again.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from pydantic import Field

from pipeline.parsed import Row
from pipeline.tables import read_rows

FILE = Path(__file__).with_name("measured.csv")


class MeasuredRow(Row):
    """One set of texts. Results are proportions of patients with an outcome, as people labelled them."""

    texts: str = Field(description="what was read")
    labels: str = Field(
        description="seen: the rules were written with them at hand; held back; read by eye: without labels"
    )
    records: int
    labelled: int | None = Field(description="results that the labels hold; empty where only accepted ones were read")
    found: int | None = Field(description="of these, read at all")
    accepted: int = Field(description="results that litpool accepted without a person")
    right: int = Field(description="of these, right")
    eligible: int | None = Field(description="records that the labels include")
    kept: int | None = Field(description="of these, not excluded by litpool")
    others: int | None = Field(description="records that the labels exclude")
    left_out: int | None = Field(description="of these, excluded by litpool")
    date: datetime.date = Field(description="day of the measurement that first gave these figures")
    version: str = Field(description="litpool's version then")


def measured() -> list[MeasuredRow]:
    return [row for _, row in read_rows(FILE, MeasuredRow)]
