"""Rows to read and write in the tests: each kind of column once, and a file as reviewers have it."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field

from pipeline.parsed import Row
from pipeline.tables.cells import ID, PERCENT, VALUE


class Every(Row):
    """A column of each kind."""

    study: str = Field(min_length=1, json_schema_extra=ID)
    value: str = Field("", json_schema_extra=VALUE)
    events: int | None = None
    mean: float | None = None
    percent: float | None = Field(None, json_schema_extra=PERCENT)
    date: datetime.date | None = None
    adjudicated: bool | None = None
    answer: Literal["yes", "no", "unclear", "not applicable"] | None = None
    drugs: list[str] = []
    reason: str = ""


class Decision(Row):
    """As most files of overrides/ are."""

    study: str = Field(min_length=1, json_schema_extra=ID)
    value: str = Field("", json_schema_extra=VALUE)
    reason: str = ""
    date: datetime.date
