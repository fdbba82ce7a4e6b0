"""What was read from the reports of a study, each with its place: after the reviewers where they have spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.candidates import Candidate, Comparison, Evidence, Outcome
from pipeline.linked import Study
from pipeline.report.asked import Asked
from pipeline.report.formats import MISSING, fraction, percent_points
from pipeline.report.proofs import NONE, Proofs, proofs, proofs_of_row
from pipeline.report.study_facts import Found, study_facts
from pipeline.report.study_pages.material import Material, Place
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow

#: kinds of readings: the class of their marks, the letter of their labels and what they are
KINDS = {
    "decision": ("E", "whether the study is eligible"),
    "size": ("N", "patients of the study"),
    "arm": ("A", "an arm and its size"),
    "outcome": ("O", "patients with an outcome"),
    "comparison": ("C", "an effect that the text prints"),
    "fact": ("F", "what describes the study"),
}


@dataclass(frozen=True)
class Reading:
    """`start`, `end`: characters of the source of `place` (file, record_id); None where no words are known."""

    kind: str
    what: str
    value: str
    authority: str
    place: Place
    start: int | None
    end: int | None
    confidence: float | None = None
    proofs: Proofs = NONE
    note: str = ""


def readings(of: Material) -> list[Reading]:
    """Decision, size, arms, outcomes, comparisons, facts."""
    study, asked = of.study, of.shared.asked
    own = study.candidate
    main: Place = (own.source.file, own.record_id)
    found = [*_head(of.row, own, main)]
    found += [_arm(row, _place(row, main)) for row in of.arms] or [r for c in _reports(study) for r in _arms_read(c)]
    found += [_outcome(asked, row, _place(row, main)) for row in of.outcomes] or [
        _outcome_read(asked, outcome, (c.source.file, c.record_id)) for c in _reports(study) for outcome in c.outcomes
    ]
    found += [_comparison(asked, each, (c.source.file, c.record_id)) for c in _reports(study) for each in c.comparisons]
    return [*found, *(_fact(each) for each in study_facts(study))]


def _reports(study: Study) -> list[Candidate]:
    return [study.candidate, *study.further]


def _place(row: ArmRow | OutcomeRow, main: Place) -> Place:
    return (row.file, row.record_id) if row.record_id else main


def _ends(evidence: Evidence | None) -> tuple[int | None, int | None]:
    return (None, None) if evidence is None else (evidence.start, evidence.end)


def _read_as(status: str) -> str:
    return "accepted" if status == "accepted" else "waiting"


def _head(row: StudyRow, own: Candidate, main: Place) -> Iterator[Reading]:
    yield Reading(
        "decision",
        "Decision",
        f"{row.decision}: {row.reason}",
        row.authority,
        main,
        row.evidence_start,
        row.evidence_end,
    )
    size = own.n_total
    value = MISSING if row.n_total is None else str(row.n_total)
    yield Reading("size", "Patients", value, row.n_total_authority, main, *_ends(size.evidence), size.confidence)


def _arm(row: ArmRow, place: Place) -> Reading:
    value = MISSING if row.n is None else f"n = {row.n}"
    note = "; ".join(part for part in (row.drugs, row.regimen, f"class: {row.regimen_class}") if part)
    what = f"{row.arm} {row.label}"
    return Reading("arm", what, value, row.authority, place, row.evidence_start, row.evidence_end, note=note)


def _arms_read(candidate: Candidate) -> Iterator[Reading]:
    for arm in candidate.arms:
        value = MISSING if arm.n is None else f"n = {arm.n}"
        place = (candidate.source.file, candidate.record_id)
        what = f"{arm.arm} {arm.label}"
        yield Reading("arm", what, value, "waiting", place, *_ends(arm.evidence), note=", ".join(arm.drugs))


def _outcome(asked: Asked, row: OutcomeRow, place: Place) -> Reading:
    return Reading(
        "outcome",
        f"{row.arm} {asked.label(row.outcome)}{f', {row.timepoint}' if row.timepoint else ''}",
        _counts(row.events, row.n, row.percent),
        row.authority,
        place,
        row.evidence_start,
        row.evidence_end,
        row.confidence if row.authority in ("accepted", "waiting") else None,
        proofs_of_row(row.checks),
        f"not pooled: {why}" if (why := asked.why_not_pooled(row)) else "pooled",
    )


def _outcome_read(asked: Asked, outcome: Outcome, place: Place) -> Reading:
    return Reading(
        "outcome",
        f"{outcome.arm} {asked.label(outcome.outcome)}{f', {outcome.timepoint}' if outcome.timepoint else ''}",
        _counts(outcome.events, outcome.n, outcome.percent),
        _read_as(outcome.status),
        place,
        *_ends(outcome.evidence),
        outcome.confidence,
        proofs(outcome.checks),
    )


def _counts(events: int | None, n: int | None, percent: float | None) -> str:
    return f"{fraction(events, n)}, {percent_points(percent)}" if percent is not None else fraction(events, n)


def _comparison(asked: Asked, found: Comparison, place: Place) -> Reading:
    ends = "" if found.ci is None else f" ({found.ci[0]:g} to {found.ci[1]:g})"
    p = "" if found.p is None else f", p {found.p_is or '='} {found.p:g}"
    return Reading(
        "comparison",
        f"{' against '.join(found.arms)} {asked.label(found.outcome)}",
        f"{found.measure} {found.estimate:g}{ends}{p}",
        _read_as(found.status),
        place,
        *_ends(found.evidence),
        proofs=proofs(found.checks),
    )


def _fact(found: Found) -> Reading:
    return Reading(
        "fact",
        found.what,
        found.words,
        "accepted" if found.sure else "waiting",
        found.place,
        *_ends(found.evidence),
        note="" if found.evidence is not None else "as the database has it",
    )
