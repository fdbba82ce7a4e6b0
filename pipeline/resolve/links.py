"""The links that say something beside which studies there are; what overrides/links.csv did, as rows of the audit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.linked import LinkRow
from pipeline.resolve.cohorts import SHARED_COHORT
from pipeline.resolved import DecisionRow
from pipeline.tables.large import read_where


def links_in_play(path: Path) -> list[LinkRow]:
    """Of links.csv what a line said, what may be, and who shares patients. Raises UserError."""
    return read_where(
        path,
        LinkRow,
        ("line", "status", "relation"),
        lambda cells: cells[0] != "" or cells[1] == "possible" or cells[2] == SHARED_COHORT,
    )


def link_audit(links: Iterable[LinkRow]) -> list[DecisionRow]:
    """A row for each line; where a record is not there, `machine` says so and the line is stale."""
    return [_audit(row) for row in links if row.line is not None and row.effect]


def _audit(row: LinkRow) -> DecisionRow:
    assert row.line is not None
    assert row.effect
    return DecisionRow(
        file=row.file,
        line=row.line,
        study=" + ".join(dict.fromkeys(name for name in (row.study_a, row.study_b) if name)),
        arm="",
        field=f"{row.record_a} and {row.record_b}",
        machine=row.note or row.machine,
        was="",
        value=row.relation,
        effect=row.effect,
        reason=row.evidence,
        reviewer=row.decided_by,
        date=row.date,
    )
