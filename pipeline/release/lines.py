"""Reviewers' lines of all files as a version keeps them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pipeline.overrides import FILES
from pipeline.overrides.reading import read_placed
from pipeline.parsed import Row
from pipeline.records import Added, Certainty, Confirmation, Exclusion, Inclusion, LinkDecision, RiskOfBias
from pipeline.released import KeptLine


def kept_lines(folder: Path) -> list[KeptLine]:
    """In the order of the files. Raises UserError for a file that cannot be read."""
    return [_kept(name, line.row) for name, model in FILES.items() for line in read_placed(folder / name, model)]


def _kept(file: str, row: Any) -> KeptLine:
    said = hashlib.sha256(f"{file} {row.model_dump_json()}".encode()).hexdigest()[:16]
    study, field, value = _cell(row)
    return KeptLine(
        key=said,
        file=file,
        study=study,
        arm=getattr(row, "arm", "") or getattr(row, "regimen_class", ""),
        outcome=getattr(row, "outcome", ""),
        field=field,
        value=value,
        reviewer=row.reviewer,
        date=row.date.isoformat(),
        reason=_why(row),
    )


def _cell(row: Any) -> tuple[str, str, str]:
    """(study, field, value)."""
    if isinstance(row, LinkDecision):
        return f"{row.record_a} and {row.record_b}", "relation", row.relation
    if isinstance(row, RiskOfBias):
        return row.study, f"{row.tool}, {row.item}", row.judgement
    if isinstance(row, Certainty):
        return "", row.domain, row.judgement
    if isinstance(row, Exclusion | Inclusion):
        return row.study, "decision", "exclude" if isinstance(row, Exclusion) else "include"
    if isinstance(row, Added):
        return row.study, "events and n" if row.outcome else "arm", _added(row)
    return row.study, row.field or "events and n", row.value


def _added(row: Added) -> str:
    return f"{row.events} of {row.n}" if row.outcome else row.drugs


def _why(row: Any) -> str:
    """The column in which the file asks for a reason."""
    columns: dict[type[Row], str] = {Confirmation: "note", RiskOfBias: "support", Certainty: "explanation"}
    why: str = getattr(row, columns.get(type(row), "reason"))
    return why
