"""`corpus/searches.csv`: what was searched, when, and which export each search left in corpus/.

`litpool update` writes the lines; a search made by hand in a database is a line that a person adds. Lines are added
and never changed.
"""

from __future__ import annotations

import datetime
from pathlib import Path

from pydantic import Field

from pipeline.parsed import Row
from pipeline.tables import read_rows
from pipeline.tables.cells import ID, VALUE


class SearchRow(Row):
    """One run of one search."""

    date: datetime.date = Field(description="day of the search, as 2026-11-21")
    search: str = Field("", json_schema_extra=ID, description="name in config/searches.yaml; empty for one by hand")
    source: str = Field(min_length=1, description="database or register, as PubMed")
    query: str = Field("", json_schema_extra=VALUE, description="as it was sent")
    since: datetime.date | None = Field(None, description="first day of the window of dates that was asked for")
    until: datetime.date | None = Field(None, description="last day of that window")
    hits: int | None = Field(None, ge=0, description="records that the source says fit")
    new: int | None = Field(None, ge=0, description="records in the export that no earlier one had")
    updated: int | None = Field(None, ge=0, description="records that an earlier export has in another state")
    file: str = Field(
        "",
        json_schema_extra=ID,
        description="the export, below corpus/: a file, or a folder of files (full texts); empty if nothing was new",
    )
    sha256: str = Field(
        "",
        json_schema_extra=ID,
        description="of the export's bytes, of a folder that of `sha256sum *` in it; may be empty for one by hand",
    )
    note: str = Field("", description="anything to tell about it")


def read_searches(corpus: Path) -> list[SearchRow]:
    """Lines of corpus/searches.csv, as they stand; none where the file is missing.

    Raises UserError naming each line that cannot be read.
    """
    path = corpus / "searches.csv"
    return [row for _, row in read_rows(path, SearchRow)] if path.exists() else []
