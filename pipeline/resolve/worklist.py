"""What waits for a person, the most telling first, each with a line ready for a file of overrides/."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from pipeline.config import Settings
from pipeline.parsed import Row
from pipeline.records import Correction, LinkDecision, LinkRow, OutcomeRow, Study, StudyRow, WorkRow
from pipeline.resolve import Tables
from pipeline.resolve.confirmation import Place, place


def worklist(tables: Tables, studies: list[Study], settings: Settings, links: Sequence[LinkRow] = ()) -> list[WorkRow]:
    """Rows of the analysis' outcomes first, in their order and by size; then links of studies, sizes and decisions."""
    order = {name: i for i, name in enumerate(settings.config.analysis.outcomes)}
    row_of = {s.study: s for s in tables.studies}
    quotes: dict[Place, str] = {
        (*report.place, o.evidence.start, o.evidence.end): o.evidence.text
        for reports in tables.reports.values()
        for report in reports
        for o in report.report.outcomes
    }
    waiting = [r for r in tables.outcomes if r.authority == "waiting" and row_of[r.study].decision != "exclude"]
    waiting.sort(key=lambda r: (order.get(r.outcome, len(order)), -(r.n or 0), r.study, r.arm, r.evidence_start))
    work = [_outcome(r, quotes.get(place(r), ""), *_called(tables, r)) for r in waiting]
    work += _links(links, row_of)
    by_name = {s.study: s for s in studies}
    for row in tables.studies:
        if row.decision != "exclude" and row.n_total_authority == "waiting":
            work.append(_size(row, by_name[row.study]))
        if row.decision == "review":
            work.append(_decision(row))
    return work


def _called(tables: Tables, r: OutcomeRow) -> tuple[str, str]:
    """What a line calls the row's study and arm: a further report by its record_id, and its arm as it has it."""
    further = tables.reports[r.study][1:]
    report = next((report for report in further if report.place == (r.record_id, r.file)), None)
    if report is None:
        return r.study, r.arm
    return tables.lookup.name_of(report), next(own for own, arm in report.arms.items() if arm == r.arm)


def _outcome(r: OutcomeRow, quote: str, study: str, arm: str) -> WorkRow:
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
        file=r.file,
        start=r.evidence_start,
        end=r.evidence_end,
        line=ready_line(study, arm, f"{r.outcome}.{column}", value, was),
    )


def _links(links: Sequence[LinkRow], row_of: Mapping[str, StudyRow]) -> Iterator[WorkRow]:
    """Pairs of studies that are not excluded and may be one, or that share patients, the likeliest first."""
    open_ones = [k for k in links if k.status == "possible" or (k.status == "sure" and k.relation == "shared cohort")]
    for k in sorted(open_ones, key=lambda k: -(k.likelihood or 0)):
        if "exclude" in {row_of[k.study_a].decision, row_of[k.study_b].decision}:
            continue
        yield WorkRow(
            study=k.study_a,
            arm="",
            field=k.relation,
            value=f"{k.record_a} and {k.record_b}" + (f" (study {k.study_b})" if k.study_b != k.study_a else ""),
            why=k.evidence,
            evidence="",
            file=row_of[k.study_a].file,
            start=None,
            end=None,
            line=link_line(k),
            line_for="links.csv",
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
    outcome, _, column = field.rpartition(".")
    cells = {"study": study, "arm": arm, "outcome": outcome, "field": column, "value": value, "was": was}
    return _line(Correction, cells)


def link_line(link: LinkRow) -> str:
    """A line of links.csv, likewise; to say otherwise, `relation` is another one."""
    return _line(LinkDecision, {"record_a": link.record_a, "record_b": link.record_b, "relation": link.relation})


def _line(model: type[Row], cells: Mapping[str, str]) -> str:
    filled = {"reason": "REASON", "reviewer": "REVIEWER", "date": "DATE"} | dict(cells)
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([filled.get(name, "") for name in model.model_fields])
    return out.getvalue()


def _text(value: object) -> str:
    return "" if value is None else str(value)
