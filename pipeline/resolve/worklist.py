"""What waits for a person, the most telling first, each with a line ready for a file of overrides/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.config import Settings
from pipeline.linked import LinkRow, Study
from pipeline.resolve import ready_lines
from pipeline.resolve.changes import share
from pipeline.resolve.cohorts import SHARED_COHORT
from pipeline.resolve.confirmation import Place, place
from pipeline.resolve.notices import notice_work
from pipeline.resolve.overrides import Applied
from pipeline.resolve.second_looks import second_looks
from pipeline.resolve.tables import Tables
from pipeline.resolved import BY_REVIEWER, OutcomeRow, StudyRow, WorkRow

#: as `pooling` says it
NOT_VERIFIED = "two reviewers have not yet given the same"


def worklist(
    tables: Tables,
    studies: list[Study],
    settings: Settings,
    links: Sequence[LinkRow] = (),
    applied: Applied | None = None,
) -> list[WorkRow]:
    """Decisions that ask for a second look; then rows of the analysis' outcomes, in their order and by size; then links
    of studies, sizes and decisions."""
    row_of = {s.study: s for s in tables.studies}
    quotes: dict[Place, str] = {
        (*report.place, o.evidence.start, o.evidence.end): o.evidence.text
        for reports in tables.reports.values()
        for report in reports
        for o in report.report.outcomes
    }
    key = {(a.study, a.arm): a.key or a.arm for a in tables.arms}
    work = second_looks(tables, applied) if applied is not None else []
    told = {(w.study, w.arm, w.outcome, w.timepoint) for w in work}
    waiting = [r for r in _waiting(tables, row_of, settings) if (r.study, r.arm, r.outcome, r.timepoint) not in told]
    work += [_outcome(r, quotes.get(place(r), ""), key[r.study, r.arm], tables) for r in waiting]
    work += _links(links, row_of)
    by_name = {s.study: s for s in studies}
    read, with_rows = _read(tables, applied), {r.study for r in tables.outcomes}
    work += [notice_work(r) for r in tables.studies if r.notices and r.decision != "exclude" and r.study not in read]
    looked_at = {(w.study, w.field) for w in work}
    for row in tables.studies:
        if row.decision == "exclude":
            continue
        if row.n_total_authority == "waiting" and (row.study, "n_total") not in looked_at:
            work.append(_size(row, by_name[row.study]))
        if row.decision == "review" and (row.study, "decision") not in looked_at:
            work.append(_decision(row))
        if row.decision == "include" and row.authority in BY_REVIEWER and row.study not in with_rows:
            work.append(_empty(row))
    return work


def _read(tables: Tables, applied: Applied | None) -> set[str]:
    """Studies of which a reviewer has read all notices that there are now."""
    lines = applied.verdicts.items() if applied is not None else ()
    return {
        tables.studies[spot.index].study
        for spot, given in lines
        if spot.field == "notices" and given.value is not None and not given.stale
    }


def _waiting(tables: Tables, row_of: Mapping[str, StudyRow], settings: Settings) -> list[OutcomeRow]:
    """Rows that wait, and those that a second reviewer must see."""
    order = {name: i for i, name in enumerate(settings.config.analysis.outcomes)}
    twice = settings.config.reviewing.double_extraction
    waiting = [
        r
        for r in tables.outcomes
        if (r.authority == "waiting" or r.not_pooled_because == NOT_VERIFIED or (r.pooled and twice and not r.verified))
        and row_of[r.study].decision != "exclude"
    ]
    return sorted(
        waiting, key=lambda r: (order.get(r.outcome, len(order)), -(r.n or 0), r.study, r.arm, r.evidence_start or 0)
    )


def _called(tables: Tables, r: OutcomeRow) -> str:
    """What a line calls the row's study: a further report by its record_id."""
    further = tables.reports[r.study][1:]
    report = next((report for report in further if report.place == (r.record_id, r.file)), None)
    return r.study if report is None else tables.lookup.name_of(report)


def _outcome(r: OutcomeRow, quote: str, key: str, tables: Tables) -> WorkRow:
    """Known counts are confirmed as they stand; others, and those that a reviewer doubts, take a correction."""
    percent = f" ({r.percent:g} %)" if r.percent is not None else ""
    cells = {
        "study": _called(tables, r),
        "arm": key,
        "outcome": r.outcome,
        "timepoint": r.timepoint,
        "seen": r.text_hash,
    }
    known = r.events is not None and r.n is not None
    doubted = r.authority == "waiting" and r.reviewers != ""
    if known and not doubted:
        line, line_for = ready_lines.confirmation(cells | {"value": share(r.events, r.n)}), "confirmations.csv"
    elif known:
        line_for = "corrections.csv"
        line = ready_lines.correction(cells | {"field": "status", "value": "accepted", "was": "review"})
    else:
        line_for = "corrections.csv"
        line = ready_lines.correction(cells | {"field": "events", "value": "VALUE", "was": _text(r.events)})
    return WorkRow(
        study=r.study,
        arm=r.arm,
        field=r.outcome,
        value=(share(r.events, r.n) or "?") + percent,
        why=(r.checks or "a lone number") if r.authority == "waiting" else NOT_VERIFIED,
        evidence=quote,
        file=r.file,
        start=r.evidence_start,
        end=r.evidence_end,
        line=line,
        line_for=line_for,
        outcome=r.outcome,
        timepoint=r.timepoint,
    )


def _links(links: Sequence[LinkRow], row_of: Mapping[str, StudyRow]) -> Iterator[WorkRow]:
    """Pairs of studies that are not excluded and may be one, or that share patients, the likeliest first."""
    open_ones = [k for k in links if k.status == "possible" or (k.status == "sure" and k.relation == SHARED_COHORT)]
    for k in sorted(open_ones, key=lambda k: -(k.likelihood or 0)):
        pair = [row_of.get(name) for name in (k.study_a, k.study_b)]
        if any(row is None or row.decision == "exclude" for row in pair):  # those that are kept out have no row here
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
            line=ready_lines.link(k),
            line_for="links.csv",
        )


def _size(row: StudyRow, study: Study) -> WorkRow:
    evidence = study.candidate.n_total.evidence
    value = _text(row.n_total)
    cells = {"study": row.study, "field": "n_total", "value": value or "VALUE", "seen": row.text_hash}
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
        line=ready_lines.confirmation(cells) if value else ready_lines.correction(cells),
        line_for="confirmations.csv" if value else "corrections.csv",
    )


def _decision(row: StudyRow) -> WorkRow:
    return _of_study(
        row, "decision", row.decision, row.reason, ready_lines.inclusion(row.study, row.decision), "inclusions.csv"
    )


def _empty(row: StudyRow) -> WorkRow:
    why = "a reviewer took the study in, and no outcome was read; add what it reports in added.csv"
    return _of_study(row, "outcomes", "", why, "", "added.csv")


def _of_study(row: StudyRow, field: str, value: str, why: str, line: str, line_for: str) -> WorkRow:
    return WorkRow(
        study=row.study,
        arm="",
        field=field,
        value=value,
        why=why,
        evidence="",
        file=row.file,
        start=row.evidence_start,
        end=row.evidence_end,
        line=line,
        line_for=line_for,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
