"""The studies that can matter to a result. Of 30,000 records of a search 29,000 are excluded for what they are, without
an arm or a number; of these only a name is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.linked import LinkRow, Study
from pipeline.resolve.cohorts import SHARED_COHORT
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow
from pipeline.tables.cells import columns_of, write_cell
from pipeline.tables.large import read_where

_STUDY = re.compile(r'\{"study":("(?:[^"\\]|\\.)*")')


def studies_in_play(path: Path, rows: Iterable[ArmRow | OutcomeRow]) -> list[StudyRow]:
    """The rows of studies.csv that are not excluded, or that one of the rows is of. Raises UserError."""
    column = columns_of(StudyRow)["study"]
    named = {write_cell(name, column) for name in {row.study for row in rows}}
    return read_where(path, StudyRow, ("study", "decision"), lambda cells: cells[1] != "exclude" or cells[0] in named)


def linked_in_play(path: Path, studies: Iterable[StudyRow]) -> list[Study]:
    """Of studies.jsonl those that are among the studies. No other has an arm or a number of its own: overrides take
    none away."""
    named = {row.study for row in studies}
    with path.open(encoding="utf-8", newline="\n") as lines:
        return [Study.model_validate_json(line) for line in lines if (name := _study(line)) is None or name in named]


def _study(line: str) -> str | None:
    """The study that a line is of, without reading it whole; None if it starts with something else."""
    found = _STUDY.match(line)
    return None if found is None else str(json.loads(found[1]))


def shared_cohorts(path: Path) -> list[LinkRow]:
    """Of links.csv the shared cohorts that are used: all that pooling asks of links. Raises UserError."""
    return read_where(path, LinkRow, ("relation", "used"), lambda cells: cells == (SHARED_COHORT, "true"))
