"""The studies that can matter to a result. Of 30,000 records of a search 29,000 are excluded for what they are, without
an arm or a number; these are passed over unread."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.resolved import ArmRow, OutcomeRow, StudyRow
from pipeline.tables.cells import columns_of, write_cell
from pipeline.tables.large import read_where


def studies_in_play(path: Path, rows: Iterable[ArmRow | OutcomeRow]) -> list[StudyRow]:
    """The rows of studies.csv that are not excluded, or that one of the rows is of. Raises UserError."""
    column = columns_of(StudyRow)["study"]
    named = {write_cell(name, column) for name in {row.study for row in rows}}
    return read_where(path, StudyRow, ("study", "decision"), lambda cells: cells[1] != "exclude" or cells[0] in named)
