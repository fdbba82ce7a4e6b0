"""The tables that resolve writes: what the machine says of the studies, and what follows once overrides applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.appraisal.reasons import coded
from pipeline.candidates import Arm, Comparison, Dose, Outcome
from pipeline.config import Settings
from pipeline.linked import LinkRow, Study
from pipeline.resolve.arm_keys import keyed
from pipeline.resolve.cohorts import count_once
from pipeline.resolve.confirmation import compared, place
from pipeline.resolve.lookup import Lookup
from pipeline.resolve.notices import is_retracted, retracted_report, told
from pipeline.resolve.pooling import ClassOf, classes, mark_pooled
from pipeline.resolve.reports import NumberedReport, disagreement, numbered
from pipeline.resolved import ArmRow, ComparisonRow, DecisionRow, OutcomeRow, StudyRow, WorkRow, having


@dataclass
class Tables:
    """What resolve writes; rows are replaced, never changed, as overrides apply."""

    studies: list[StudyRow]
    arms: list[ArmRow]
    outcomes: list[OutcomeRow]
    comparisons: list[ComparisonRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    work: list[WorkRow] = field(default_factory=list)
    lookup: Lookup = field(default_factory=Lookup)
    #: amounts of the drugs of each arm, by study and arm
    doses: dict[tuple[str, str], str] = field(default_factory=dict)
    #: of each study, best first
    reports: dict[str, list[NumberedReport]] = field(default_factory=dict)


def machine_tables(studies: list[Study], settings: Settings) -> Tables:
    """What the machine says, before any override. Records that are excluded for what they are have no arms and no
    outcomes; retracted ones have, for a reviewer may overrule."""
    tables = Tables([], [], [])
    class_of = classes(settings)
    for study in sorted(studies, key=lambda s: s.study):
        reports = numbered(study)
        tables.lookup.add(study, reports)
        tables.reports[study.study] = reports
        tables.studies.append(_study_row(study))
        tables.arms += _arm_rows(study, reports, class_of)
        tables.outcomes += _outcome_rows(study, reports)
        tables.doses |= {(study.study, r.arms[a.arm]): _amounts(a) for r in reversed(reports) for a in r.report.arms}
        tables.comparisons += [_comparison_row(study, r, c) for r in reports for c in r.report.comparisons]
    tables.arms = keyed(tables.arms, tables.doses)
    return tables


def finish(tables: Tables, settings: Settings, links: Sequence[LinkRow] = ()) -> Tables:
    """Marks the rows that feed the main analysis; classes follow corrected drugs, shared patients count once;
    excluded studies have the protocol's code of the reason."""
    class_of = classes(settings)
    tables.arms = [having(a, regimen_class=class_of(a.drugs)) for a in tables.arms]
    tables.studies = coded(tables.studies, settings.config.eligibility.reasons)
    tables.outcomes = mark_pooled(tables.studies, tables.arms, tables.outcomes, settings, _retracted(tables))
    tables.outcomes = count_once(tables.outcomes, tables.studies, links, settings)
    return tables


def _retracted(tables: Tables) -> frozenset[tuple[str, str]]:
    """The further reports that are retracted: whatever becomes of the study, their numbers are not its result."""
    return frozenset(r.place for reports in tables.reports.values() for r in reports[1:] if is_retracted(r.report))


def _study_row(s: Study) -> StudyRow:
    c = s.candidate
    gone = retracted_report(s)
    said = c.eligibility if gone is None else gone.eligibility
    why = c.eligibility.evidence or c.n_total.evidence
    doubt = disagreement(s) if gone is None else ""
    return StudyRow(
        study=s.study,
        label=s.label,
        decision="review" if doubt else said.decision,
        reason=doubt or said.reason,
        authority="waiting" if doubt or said.decision == "review" else "accepted",
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
        text_hash=c.text_hash,
        notices=told(s),
        retracted=gone is not None,
    )


def _arm_rows(s: Study, reports: list[NumberedReport], class_of: ClassOf) -> list[ArmRow]:
    """The arms of the main report, then those of the others that it does not have."""
    rows: dict[str, ArmRow] = {}
    for r in reports:
        for arm in r.report.arms:
            rows.setdefault(r.arms[arm.arm], _arm_row(s, r, arm, class_of))
    return list(rows.values())


def _arm_row(s: Study, r: NumberedReport, a: Arm, class_of: ClassOf) -> ArmRow:
    drugs = " + ".join(a.drugs)
    return ArmRow(
        study=s.study,
        arm=r.arms[a.arm],
        label=a.label,
        role=a.role,
        drugs=drugs,
        regimen_class=class_of(drugs),
        regimen="; ".join(_dose(d) for d in a.regimen),
        n=a.n,
        authority="accepted",
        evidence_start=a.evidence.start if a.evidence else None,
        evidence_end=a.evidence.end if a.evidence else None,
        record_id=r.report.record_id,
        file=r.report.source.file,
        text_hash=r.report.text_hash,
    )


def _amounts(a: Arm) -> str:
    """As 500 mg, or "drug a 500 mg + drug b 20 mg" of several drugs."""
    told = [(d.drug, f"{d.dose:g} {d.unit or ''}".strip()) for d in a.regimen if d.dose is not None]
    return told[0][1] if len(told) == 1 and len(a.drugs) == 1 else " + ".join(f"{drug} {dose}" for drug, dose in told)


def _dose(d: Dose) -> str:
    amount = f"{d.dose:g} {d.unit}" if d.dose is not None else ""
    words = [d.drug, amount, d.schedule or "", d.route or "", f"for {d.duration}" if d.duration else ""]
    return " ".join(w for w in words if w)


def _outcome_rows(s: Study, reports: list[NumberedReport]) -> list[OutcomeRow]:
    """The rows of all reports, best report first, compared between them."""
    told = [(_outcome_row(s, r, o), o.evidence.text) for r in reports for o in r.report.outcomes]
    return compared([row for row, _ in told], {place(row): words for row, words in told})


def _outcome_row(s: Study, r: NumberedReport, o: Outcome) -> OutcomeRow:
    return OutcomeRow(
        study=s.study,
        arm=r.arms[o.arm],
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
        record_id=r.report.record_id,
        file=r.report.source.file,
        text_hash=r.report.text_hash,
    )


def _comparison_row(s: Study, r: NumberedReport, c: Comparison) -> ComparisonRow:
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
        first_arm=r.arms[c.arms[0]],
        second_arm=r.arms[c.arms[1]],
        status=c.status,
        checks="; ".join(c.checks),
        evidence_start=c.evidence.start,
        evidence_end=c.evidence.end,
        record_id=r.report.record_id,
        file=r.report.source.file,
    )
