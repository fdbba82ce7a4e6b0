"""resolve: studies → tables of studies, arms and outcomes after the reviewers' overrides, audited."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.candidates import Arm, Comparison, Dose, Outcome
from pipeline.config import Settings
from pipeline.records import ArmRow, AuditRow, ComparisonRow, OutcomeRow, Study, StudyRow, WorkRow
from pipeline.resolve.pooling import mark_pooled, regimen_class


@dataclass
class Tables:
    """What resolve writes; rows are replaced, never changed, as overrides apply."""

    studies: list[StudyRow]
    arms: list[ArmRow]
    outcomes: list[OutcomeRow]
    comparisons: list[ComparisonRow] = field(default_factory=list)
    audit: list[AuditRow] = field(default_factory=list)
    work: list[WorkRow] = field(default_factory=list)


def machine_tables(studies: list[Study], settings: Settings) -> Tables:
    """What the machine says, before any override. Excluded records have no arms and no outcomes."""
    ordered = sorted(studies, key=lambda s: s.study)
    return Tables(
        [_study_row(s) for s in ordered],
        [_arm_row(s, a, settings) for s in ordered for a in s.candidate.arms],
        [_outcome_row(s, o) for s in ordered for o in s.candidate.outcomes],
        [_comparison_row(s, c) for s in ordered for c in s.candidate.comparisons],
    )


def finish(tables: Tables, settings: Settings) -> Tables:
    """Marks the rows that feed the main analysis; classes follow corrected drugs."""
    tables.arms = [a.model_copy(update={"regimen_class": regimen_class(a.drugs, settings)}) for a in tables.arms]
    tables.outcomes = mark_pooled(tables.studies, tables.arms, tables.outcomes, settings)
    return tables


def _study_row(s: Study) -> StudyRow:
    c = s.candidate
    why = c.eligibility.evidence or c.n_total.evidence
    return StudyRow(
        study=s.study,
        label=s.label,
        decision=c.eligibility.decision,
        reason=c.eligibility.reason,
        authority="waiting" if c.eligibility.decision == "review" else "accepted",
        design=c.design,
        age=c.population.age,
        line=c.population.line or "",
        n_total=c.n_total.value,
        n_total_authority="accepted" if c.n_total.status == "accepted" else "waiting",
        year=c.citation.year,
        title=c.citation.title or "",
        journal=c.citation.journal or "",
        doi=c.citation.doi or "",
        pmid=c.citation.pmid or "",
        record_id=c.record_id,
        file=c.source.file,
        reports=len(s.reports),
        evidence_start=why.start if why else None,
        evidence_end=why.end if why else None,
    )


def _arm_row(s: Study, a: Arm, settings: Settings) -> ArmRow:
    drugs = " + ".join(a.drugs)
    return ArmRow(
        study=s.study,
        arm=a.arm,
        label=a.label,
        role=a.role,
        drugs=drugs,
        regimen_class=regimen_class(drugs, settings),
        regimen="; ".join(_dose(d) for d in a.regimen),
        n=a.n,
        authority="accepted",
        evidence_start=a.evidence.start if a.evidence else None,
        evidence_end=a.evidence.end if a.evidence else None,
    )


def _dose(d: Dose) -> str:
    amount = f"{d.dose:g} {d.unit}" if d.dose is not None else ""
    words = [d.drug, amount, d.schedule or "", d.route or "", f"for {d.duration}" if d.duration else ""]
    return " ".join(w for w in words if w)


def _outcome_row(s: Study, o: Outcome) -> OutcomeRow:
    return OutcomeRow(
        study=s.study,
        arm=o.arm,
        outcome=o.outcome,
        name=o.name,
        events=o.events,
        n=o.n,
        percent=o.percent,
        timepoint=o.timepoint or "",
        denominator=o.denominator,
        authority="accepted" if o.status == "accepted" else "waiting",
        confidence=o.confidence,
        checks="; ".join(o.checks),
        pooled=False,
        not_pooled_because="",
        evidence_start=o.evidence.start,
        evidence_end=o.evidence.end,
    )


def _comparison_row(s: Study, c: Comparison) -> ComparisonRow:
    return ComparisonRow(
        study=s.study,
        outcome=c.outcome,
        name=c.name,
        measure=c.measure,
        estimate=c.estimate,
        ci_low=c.ci[0] if c.ci is not None else None,
        ci_high=c.ci[1] if c.ci is not None else None,
        level=c.level,
        p=c.p,
        p_is=c.p_is or "",
        adjusted=c.adjusted,
        analysis=c.analysis or "",
        first_arm=c.arms[0],
        second_arm=c.arms[1],
        status=c.status,
        checks="; ".join(c.checks),
        evidence_start=c.evidence.start,
        evidence_end=c.evidence.end,
    )
