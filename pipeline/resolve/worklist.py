"""What waits for a person, the most telling first, each with a line ready for corrections.csv."""

from __future__ import annotations

import csv
import io

from pipeline.config import Settings
from pipeline.records import Correction, OutcomeRow, Study, StudyRow, WorkRow
from pipeline.resolve import Tables


def worklist(tables: Tables, studies: list[Study], settings: Settings) -> list[WorkRow]:
    """Rows of the analysis' outcomes first, in their order and by size; then sizes, decisions and the rest."""
    order = {name: i for i, name in enumerate(settings.config.analysis.outcomes)}
    row_of = {s.study: s for s in tables.studies}
    quotes = {
        (s.study, o.arm, o.evidence.start, o.evidence.end): o.evidence.text
        for s in studies
        for o in s.candidate.outcomes
    }
    waiting = [r for r in tables.outcomes if r.authority == "waiting" and row_of[r.study].decision != "exclude"]
    waiting.sort(key=lambda r: (order.get(r.outcome, len(order)), -(r.n or 0), r.study, r.arm, r.evidence_start))
    work = [_outcome(r, row_of[r.study], quotes[r.study, r.arm, r.evidence_start, r.evidence_end]) for r in waiting]
    by_name = {s.study: s for s in studies}
    for row in tables.studies:
        if row.decision != "exclude" and row.n_total_authority == "waiting":
            work.append(_size(row, by_name[row.study]))
        if row.decision == "review":
            work.append(_decision(row))
    return work


def _outcome(r: OutcomeRow, study: StudyRow, quote: str) -> WorkRow:
    percent = f" ({r.percent:g} %)" if r.percent is not None else ""
    known = r.events is not None and r.n is not None
    column, was, value = ("status", "review", "accepted") if known else ("events", _text(r.events), "VALUE")
    return WorkRow(
        study=r.study,
        arm=r.arm,
        field=f"{r.outcome}.{column}",
        value=f"{_text(r.events) or '?'}/{_text(r.n) or '?'}{percent}",
        why=r.checks or "a lone number",
        evidence=quote,
        file=study.file,
        start=r.evidence_start,
        end=r.evidence_end,
        line=ready_line(r.study, r.arm, f"{r.outcome}.{column}", value, was),
    )


def _size(row: StudyRow, study: Study) -> WorkRow:
    evidence = study.candidate.n_total.evidence
    value = _text(row.n_total)
    return WorkRow(
        study=row.study,
        arm="",
        field="n_total",
        value=value,
        why="the size is stated only once" if value else "no size was found",
        evidence=evidence.text if evidence else "",
        file=row.file,
        start=evidence.start if evidence else None,
        end=evidence.end if evidence else None,
        line=ready_line(row.study, "", "n_total", value or "VALUE", value),
    )


def _decision(row: StudyRow) -> WorkRow:
    return WorkRow(
        study=row.study,
        arm="",
        field="decision",
        value=row.decision,
        why=row.reason,
        evidence="",
        file=row.file,
        start=row.evidence_start,
        end=row.evidence_end,
        line=ready_line(row.study, "", "decision", "include", row.decision),
    )


def ready_line(study: str, arm: str, field: str, value: str, was: str) -> str:
    """A line of corrections.csv with reason, reviewer and date to fill in."""
    cells = {"study": study, "arm": arm, "field": field, "value": value, "was": was}
    cells |= {"reason": "REASON", "reviewer": "REVIEWER", "date": "DATE"}
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cells[name] for name in Correction.model_fields])
    return out.getvalue()


def _text(value: object) -> str:
    return "" if value is None else str(value)
