"""Made-up reviews as the earlier stages would leave them, to render and to look at.

`python tests/report/make_review.py itp DIR` writes DIR/config and DIR/extracted; the other names are in REVIEWS.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from report_pooling import pooled_outcome
from report_specs import LABELS, REVIEWS, NumberSpec, ReviewSpec, StudySpec, pooled_here

from pipeline.appraisal import bias, certainty
from pipeline.candidates import Arm, Candidate, Eligibility, Evidence, Outcome, Population, Size
from pipeline.config import load
from pipeline.linked import LinkRow, Report, SetAsideRow, Study
from pipeline.parsed import Citation, Page, ParsedRecord, Repair, Source, write_parsed
from pipeline.pool.analyses import analyse
from pipeline.pool.other_rows import Tables
from pipeline.pool.writing import as_json
from pipeline.resolved import (
    AccuracyRow,
    AgreementRow,
    ArmRow,
    AuditRow,
    CertaintyRow,
    ComparisonRow,
    DecisionRow,
    OutcomeRow,
    RiskOfBiasRow,
    StudyRow,
    ToDecideRow,
    WorkRow,
)
from pipeline.searched import SearchRow
from pipeline.tables import read_rows, write_rows

# ---- what reviewers have in common, made up ------------------------------------------------------------------------

AGREEMENT = [
    AgreementRow(field="events", kind="count", reviewers="AB & CD", cells=8, agreeing=6, share=0.75, share_low=0.409,
                 share_high=0.929, statistic="ICC(1,1)", value=0.913, value_low=0.654, value_high=0.982, ac1=None, note=""),
    AgreementRow(field="decision", kind="category", reviewers="all", cells=3, agreeing=3, share=1, share_low=0.439,
                 share_high=1, statistic="Fleiss' kappa", value=None, value_low=None, value_high=None, ac1=None,
                 note="all <in> one category"),
]  # fmt: skip
ACCURACY = [
    AccuracyRow(field="all", period=period, measure=measure, confidence="", mean_confidence=None, right=9, of=10,
                share=0.9, low=0.596, high=0.982, total=total)
    for period, measure, total in (("all", "precision of accepted", 40), ("all", "recall", None),
                                   ("2026-Q4", "recall", None), ("all", "calibration", None))
]  # fmt: skip
TO_DECIDE = [
    ToDecideRow(outcome="overall_response", waiting=4, needed=1, tolerance=0.02, result=0.712, low=0.664, high=0.75),
    ToDecideRow(outcome="relapse", waiting=0, needed=0, tolerance=0.02, result=0.3, low=0.3, high=0.3),
]

# ---- the texts ---------------------------------------------------------------------------------------------------


@dataclass
class Told:
    """A study's made-up text with the spans of what it says, in characters of the file."""

    record: ParsedRecord
    size: Evidence
    decision: Evidence
    numbers: list[Evidence]


def tell(spec: StudySpec, at: int) -> Told:
    text = ""
    spans: list[tuple[int, int]] = []

    def say(words: str, before: str = "", after: str = " ") -> tuple[int, int]:
        nonlocal text
        text += before
        start = len(text)
        text += words
        end = len(text)
        text += after
        return start, end

    say(spec.title or "(untitled)", after="\n\n")
    decision = say(spec.reason, before="This record: ", after=".\n")
    if spec.filler:
        say(spec.filler, after="\n")
    patients = "Some patients" if spec.n_total is None else f"{spec.n_total} patients"
    size = say(patients, before="We looked at ", after=" who had had other treatment before.\n\n")
    for number in spec.numbers:
        spans.append(say(number.words, before="At the last visit, ", after=" by the usual definition.\n"))

    def evidence(span: tuple[int, int]) -> Evidence:
        return Evidence(start=at + span[0], end=at + span[1], text=text[span[0] : span[1]])

    return Told(_record(spec, text, at, spans), evidence(size), evidence(decision), [evidence(span) for span in spans])


def _record(spec: StudySpec, text: str, at: int, spans: list[tuple[int, int]]) -> ParsedRecord:
    half = len(text) // 2
    first = spans[0] if spans else (0, 0)
    return ParsedRecord(
        record_id=spec.study,
        source=Source(file=spec.file, span=(at, at + len(text))),
        citation=_citation(spec),
        text=text,
        raw=text,
        pieces=[(0, at, len(text))],
        pages=[Page(page=1, start=0, end=half), Page(page=2, start=half, end=len(text))] if spec.pages else [],
        repairs=[Repair(start=at + first[0], end=at + first[0] + 1, was="5", now="=", why="glyph")]
        if spec.pages
        else [],
    )


def _citation(spec: StudySpec) -> Citation:
    return Citation(
        title=spec.title or None,
        authors=list(spec.authors),
        year=spec.year,
        journal=spec.journal or None,
        doi=spec.doi or None,
        pmid=spec.pmid or None,
    )


# ---- the rows ----------------------------------------------------------------------------------------------------


def study_row(spec: StudySpec, told: Told) -> StudyRow:
    return StudyRow(
        study=spec.study,
        label=spec.label,
        decision=spec.decision,
        reason=spec.reason,
        authority="waiting" if spec.decision == "review" else "accepted",
        design=spec.design,
        age=spec.age,
        line="refractory",
        n_total=spec.n_total,
        n_total_authority="accepted" if spec.n_total is not None else "waiting",
        year=spec.year,
        title=spec.title,
        journal=spec.journal,
        doi=spec.doi,
        pmid=spec.pmid,
        record_id=spec.study,
        file=spec.file,
        reports=1,
        evidence_start=told.decision.start,
        evidence_end=told.decision.end,
    )


def arm_rows(spec: StudySpec, told: Told) -> list[ArmRow]:
    return [
        ArmRow(
            study=spec.study,
            arm=f"A{i}",
            label=arm.label,
            role=arm.role,
            drugs=" + ".join(arm.drugs),
            regimen_class=arm.regimen_class,
            regimen=arm.regimen,
            n=arm.n,
            authority="accepted" if arm.n is not None else "waiting",
            evidence_start=told.size.start,
            evidence_end=told.size.end,
        )
        for i, arm in enumerate(spec.arms, 1)
    ]


def outcome_rows(spec: StudySpec, told: Told, outcomes: Sequence[str]) -> list[OutcomeRow]:
    rows = []
    for number, evidence in zip(spec.numbers, told.numbers, strict=True):
        pooled = pooled_here(spec, number, outcomes)
        rows.append(
            OutcomeRow(
                study=spec.study,
                arm=f"A{number.arm}",
                outcome=number.outcome,
                name=number.name,
                events=number.events,
                n=number.n,
                percent=_percent(number),
                timepoint=number.timepoint,
                denominator=number.denominator,
                authority=number.authority,
                confidence=0.97 if number.authority == "accepted" else 0.6,
                checks="count matches percent" if number.authority == "accepted" else "",
                pooled=pooled,
                not_pooled_because="" if pooled else _because(number, outcomes),
                evidence_start=evidence.start,
                evidence_end=evidence.end,
            )
        )
    return rows


def audit_rows(spec: StudySpec, outcomes: Sequence[str]) -> list[AuditRow]:
    """Of the pooled numbers; a reviewer stands behind those that the machine did not accept."""
    return [
        AuditRow(
            study=spec.study,
            arm=f"A{number.arm}",
            outcome=number.outcome,
            timepoint=number.timepoint,
            events=number.events or 0,
            n=number.n or 0,
            authority=number.authority,
            who="" if number.authority == "accepted" else "AB",
            when="" if number.authority == "accepted" else "2026-11-20",
            why="count matches percent" if number.authority == "accepted" else "counted in the table",
            was="" if number.authority == "accepted" else "14 of 35",
            result=0.7,
            without=0.69,
            with_machine=0.68,
        )
        for number in spec.numbers
        if pooled_here(spec, number, outcomes)
    ]


def _because(number: NumberSpec, outcomes: Sequence[str]) -> str:
    if number.outcome not in outcomes:
        return "outcome is not asked for"
    return "waits for a reviewer" if number.authority == "waiting" else "subgroup of another arm"


def _percent(number: NumberSpec) -> float | None:
    if number.percent is not None or number.events is None or number.n is None:
        return number.percent
    return round(100 * number.events / number.n, 1)


def candidate(spec: StudySpec, told: Told) -> Candidate:
    return Candidate(
        record_id=spec.study,
        source=told.record.source,
        citation=told.record.citation,
        eligibility=Eligibility(decision=spec.decision, reason=spec.reason, evidence=told.decision),
        design=spec.design,
        population=Population(age=spec.age, line="refractory"),
        n_total=Size(value=spec.n_total, status="accepted", confidence=0.98, evidence=told.size),
        arms=[
            Arm(arm=f"A{i}", label=arm.label, role=arm.role, drugs=list(arm.drugs), n=arm.n, evidence=told.size)
            for i, arm in enumerate(spec.arms, 1)
        ],
        outcomes=[_outcome(number, evidence) for number, evidence in zip(spec.numbers, told.numbers, strict=True)],
        problems=[],
    )


def _outcome(number: NumberSpec, evidence: Evidence) -> Outcome:
    return Outcome(
        arm=f"A{number.arm}",
        outcome=number.outcome,
        name=number.name,
        events=number.events,
        n=number.n,
        percent=_percent(number),
        denominator=number.denominator,
        status="review" if number.authority == "waiting" else "accepted",
        confidence=0.9,
        evidence=evidence,
    )


def work_rows(spec: StudySpec, told: Told) -> list[WorkRow]:
    rows = []
    for number, evidence in zip(spec.numbers, told.numbers, strict=True):
        if number.authority == "waiting":
            where, value = f"{number.outcome}.events", "" if number.events is None else str(number.events)
            rows.append(
                WorkRow(
                    study=spec.study,
                    arm=f"A{number.arm}",
                    field=where,
                    value=value,
                    why="only a percentage is printed",
                    evidence=evidence.text,
                    file=spec.file,
                    start=evidence.start,
                    end=evidence.end,
                    line=f'{spec.study},A{number.arm},{where},{value},,"read in the text, by hand",YOU,2026-11-21',
                )
            )
    return rows


# ---- writing -----------------------------------------------------------------------------------------------------


def write_review(spec: ReviewSpec, folder: Path) -> None:
    """config/ and extracted/ of a review below `folder`."""
    _write_config(spec, folder / "config")
    told, at = [], {}
    for study in spec.studies:
        one = tell(study, at.get(study.file, 0))
        at[study.file] = one.record.source.span[1] + 2
        told.append(one)
    extracted = folder / "extracted"
    pairs = list(zip(spec.studies, told, strict=True))
    for i, file in enumerate(sorted({study.file for study in spec.studies})):
        write_parsed(extracted / "parsed" / f"source-{i}.jsonl", [t.record for s, t in pairs if s.file == file])
    write_rows(extracted / "studies.csv", StudyRow, [study_row(s, t) for s, t in pairs])
    included = [(s, t) for s, t in pairs if s.decision == "include"]
    write_rows(extracted / "arms.csv", ArmRow, [row for s, t in included for row in arm_rows(s, t)])
    write_rows(
        extracted / "outcomes.csv", OutcomeRow, [row for s, t in included for row in outcome_rows(s, t, spec.outcomes)]
    )
    write_rows(extracted / "comparisons.csv", ComparisonRow, spec.comparisons)
    write_rows(extracted / "audit.csv", AuditRow, [row for s, t in included for row in audit_rows(s, spec.outcomes)])
    write_rows(extracted / "worklist.csv", WorkRow, [row for s, t in included for row in work_rows(s, t)])
    write_rows(extracted / "to_decide.csv", ToDecideRow, TO_DECIDE)
    write_rows(extracted / "agreement.csv", AgreementRow, AGREEMENT)
    write_rows(extracted / "accuracy.csv", AccuracyRow, ACCURACY)
    write_rows(extracted / "decisions.csv", DecisionRow, spec.decisions)
    write_rows(folder / "corpus" / "searches.csv", SearchRow, spec.searches)
    write_rows(extracted / "set_aside.csv", SetAsideRow, spec.set_aside)
    write_rows(extracted / "links.csv", LinkRow, [])
    _write_judgements(spec, extracted)
    _write_studies(pairs, extracted / "studies.jsonl")
    results = [pooled_outcome(spec, outcome) for outcome in spec.outcomes]
    (extracted / "pooled.json").write_text(json.dumps([r.model_dump(mode="json") for r in results], indent=1), "utf-8")
    given = Tables(
        studies=[row for _, row in read_rows(extracted / "studies.csv", StudyRow)],
        arms=[row for _, row in read_rows(extracted / "arms.csv", ArmRow)],
        outcomes=[row for _, row in read_rows(extracted / "outcomes.csv", OutcomeRow)],
        comparisons=spec.comparisons,
    )
    (extracted / "changes.json").write_text(as_json(spec.changes.model_dump(mode="json"), indent=1), "utf-8")
    analyses = analyse(results, given, load(folder / "config"))
    (extracted / "analyses.json").write_text(as_json([a.model_dump() for a in analyses], indent=1), "utf-8")


def _write_judgements(spec: ReviewSpec, extracted: Path) -> None:
    """As resolve writes them."""
    said = bias.read_said([("", row) for row in spec.risk_of_bias], bias.Names(str, list(LABELS)))
    classes = sorted({arm.regimen_class for study in spec.studies for arm in study.arms})
    names = certainty.Names(list(LABELS), classes)
    graded = certainty.read_said([("", row) for row in spec.certainty], names)
    write_rows(extracted / "risk_of_bias.csv", RiskOfBiasRow, bias.risk_of_bias(said))
    write_rows(extracted / "certainty.csv", CertaintyRow, certainty.certainty(graded, names))


def _write_studies(pairs: Sequence[tuple[StudySpec, Told]], path: Path) -> None:
    """The first study has a duplicate in another export."""
    lines = []
    for i, (spec, told) in enumerate(pairs):
        reports = [Report(record_id=spec.study, file=spec.file, kept=True)]
        if i == 0:
            reports.append(Report(record_id="copy-1", file="corpus/export.nbib", kept=False))
        study = Study(study=spec.study, label=spec.label, reports=reports, candidate=candidate(spec, told))
        lines.append(study.model_dump_json() + "\n")
    path.write_text("".join(lines), "utf-8")


def _write_config(spec: ReviewSpec, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "review": {"title": spec.title, "question": spec.question, "authors": ["A. Reviewer"]},
        "analysis": {"outcomes": spec.outcomes},
    }
    (folder / "config.yaml").write_text(json.dumps(config), "utf-8")
    drugs = sorted({drug for study in spec.studies for arm in study.arms for drug in arm.drugs} | {"tretinoin"})
    rows = "".join(f"{drug},some class,\n" for drug in drugs)
    (folder / "drugs.csv").write_text(f"name,drug_class,synonyms\n{rows}", "utf-8")
    header = "outcome,label,phrases,verbs,abbreviations,denominator,positive\n"
    rows = "".join(f"{name},{label},{words},,,{whom},true\n" for name, (label, whom, words) in LABELS.items())
    (folder / "outcomes.csv").write_text(header + rows, "utf-8")


if __name__ == "__main__":
    write_review(REVIEWS[sys.argv[1]](), Path(sys.argv[2]))
