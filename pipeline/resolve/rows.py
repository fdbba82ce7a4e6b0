"""Rows that reviewers' lines change or make: what stands in a cell, empty rows, and a value put in its place."""

from __future__ import annotations

from typing import Any, get_args

from pipeline.candidates import Age, Denominator, Design, Role
from pipeline.parsed import Row
from pipeline.records import Added
from pipeline.resolve.cells import same_text
from pipeline.resolve.reports import NumberedReport
from pipeline.resolve.said import Said, Unclear
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow

_CHOICES: dict[str, tuple[str, ...]] = {
    "status": ("accepted", "review"),
    "decision": ("include", "exclude", "review"),
    "role": get_args(Role),
    "denominator": get_args(Denominator),
    "age": get_args(Age),
    "design": get_args(Design),
}
_COUNTS = ("events", "n", "n_total")


def cell_text(row: Row, field: str) -> str:
    """What stands there, as a reviewer writes it."""
    if field == "status":
        return "review" if getattr(row, "authority", "") == "waiting" else "accepted"
    value = getattr(row, field)
    return "" if value is None else str(value)


def same_time(a: str, b: str) -> bool:
    return same_text("timepoint", a) == same_text("timepoint", b)


def typed(field: str, text: str) -> Any:
    """The value as the row's model takes it. Raises Unclear."""
    if field in _COUNTS:
        if not (text.isascii() and text.isdigit()):
            raise Unclear(f'{field}: "{text}" is not a whole number of 0 or more')
        return int(text)
    if field in _CHOICES:
        plain = same_text(field, text)
        if plain not in _CHOICES[field]:
            raise Unclear(f'{field}: "{text}" is not {_either(_CHOICES[field])}')
        return plain
    if field == "drugs":
        return same_text("drugs", text)
    return text


def _either(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def new_arm(study: StudyRow, s: Said, drugs: str, alone: bool) -> ArmRow:
    """An arm that only reviewers know of; it belongs to the main report, so that it may be pooled."""
    role = s.of.role if isinstance(s.of, Added) else None
    return ArmRow(
        study=study.study,
        arm=s.arm,
        label=s.arm,
        role=role or ("single" if alone else "experimental"),
        drugs=same_text("drugs", drugs),
        regimen_class="",
        regimen="",
        n=None,
        authority="added" if s.kind == "added" else "corrected",
        evidence_start=None,
        evidence_end=None,
        record_id=study.record_id,
        file=study.file,
        text_hash=study.text_hash,
    )


def new_outcome(arm: ArmRow, s: Said, name: str, denominator: str, report: NumberedReport) -> OutcomeRow:
    """A row without numbers yet."""
    return OutcomeRow(
        study=arm.study,
        arm=arm.arm,
        outcome=s.outcome,
        name=name,
        events=None,
        n=None,
        percent=None,
        timepoint=s.timepoint,
        denominator=denominator,
        authority="waiting",
        confidence=1.0,
        checks="",
        pooled=False,
        not_pooled_because="",
        evidence_start=None,
        evidence_end=None,
        record_id=report.report.record_id,
        file=report.report.source.file,
        text_hash=report.report.text_hash,
    )
