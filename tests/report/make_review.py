"""Made-up reviews as the earlier stages would leave them, to render and to look at.

`python -m tests.report.make_review itp DIR` writes DIR/config and DIR/extracted; the other names are in REVIEWS.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scipy.stats import beta, norm

from pipeline.candidates import Arm, Candidate, Eligibility, Evidence, Outcome, Population, Size
from pipeline.parsed import Citation, Page, ParsedRecord, Repair, Source, write_parsed
from pipeline.records import (
    ArmRow,
    AuditRow,
    Effect,
    OutcomeRow,
    Pooled,
    PooledOutcome,
    Report,
    SetAsideRow,
    Study,
    StudyRow,
    WorkRow,
)
from pipeline.tables import write_rows
from tests.report.specs import LABELS, REVIEWS, NumberSpec, ReviewSpec, StudySpec

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


def pooled_here(spec: StudySpec, number: NumberSpec, outcomes: Sequence[str]) -> bool:
    arm = spec.arms[number.arm - 1]
    known = number.events is not None and number.n is not None
    return known and number.authority != "waiting" and number.outcome in outcomes and arm.role != "subgroup"


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


# ---- pooling, roughly: a stand-in with the shape of pipeline.stats' answers ---------------------------------------


def clopper_pearson(events: int, n: int) -> tuple[float, float]:
    low = 0.0 if events == 0 else float(beta.ppf(0.025, events, n - events + 1))
    high = 1.0 if events == n else float(beta.ppf(0.975, events + 1, n - events))
    return low, high


def _logits(counts: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    added = [(e + 0.5, n + 1) if e in (0, n) else (float(e), float(n)) for e, n in counts]
    return [(math.log(e / (n - e)), 1 / e + 1 / (n - e)) for e, n in added]


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def fit(counts: Sequence[tuple[int, int]], shift: float = 0.0) -> dict[str, object]:
    effects = _logits(counts)
    weights = [1 / v for _, v in effects]
    mean = sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, (y, _) in zip(weights, effects, strict=True))
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    tau2 = max(0.0, (q - len(counts) + 1) / scale) if scale > 0 else 0.0
    weights = [1 / (v + tau2) for _, v in effects]
    mu = sum(w * y for w, (y, _) in zip(weights, effects, strict=True)) / sum(weights) + shift
    se = math.sqrt(1 / sum(weights))
    z = float(norm.ppf(0.975))
    spread = z * math.sqrt(se**2 + tau2)
    i2 = 100 * max(0.0, (q - len(counts) + 1) / q) if q > 0 else 0.0
    return {
        "mu": mu,
        "se": se,
        "ci": [mu - z * se, mu + z * se],
        "pi": [mu - spread, mu + spread],
        "tau2": tau2,
        "se_tau2": None,
        "I2": i2,
        "H2": 1.0,
        "Q": q,
        "Q_p": 0.04,
        "k": len(counts),
        "proportion": _expit(mu),
        "proportion_ci": [_expit(mu - z * se), _expit(mu + z * se)],
        "proportion_pi": [_expit(mu - spread), _expit(mu + spread)],
        "warnings": [],
        "weights": [100 * w / sum(weights) for w in weights],
    }


def pooled(name: str, effects: Sequence[Effect]) -> Pooled:
    counts = [(effect.events, effect.n) for effect in effects]
    glmm = {**fit(counts, shift=0.02), "I2": None}
    warnings = ["k = 1: the pooled value is the arm's own"] if len(effects) == 1 else []
    return Pooled(
        name=name,
        k=len(effects),
        events=sum(e for e, _ in counts),
        n=sum(n for _, n in counts),
        fits={"iv": fit(counts), "glmm": glmm},
        warnings=warnings,
    )


def pooled_outcome(spec: ReviewSpec, outcome: str) -> PooledOutcome:
    effects = _effects(spec, outcome)
    classes = sorted({effect.regimen_class for effect in effects})
    groups = [pooled(name, [e for e in effects if e.regimen_class == name]) for name in classes]
    return PooledOutcome(
        outcome=outcome,
        label=LABELS[outcome][0],
        effects=effects,
        overall=pooled("overall", effects) if effects else None,
        by_class=groups,
        class_test={"Q_between": 7.2, "df": float(len(classes) - 1), "p": 0.0004} if len(classes) > 1 else None,
    )


def _effects(spec: ReviewSpec, outcome: str) -> list[Effect]:
    raw = []
    for study in spec.studies:
        for number in study.numbers:
            if study.decision == "include" and number.outcome == outcome and pooled_here(study, number, spec.outcomes):
                raw.append(_effect(study, number))
    weights = fit([(e.events, e.n) for e in raw])["weights"] if raw else []
    assert isinstance(weights, list)
    return [e.model_copy(update={"weight": w}) for e, w in zip(raw, weights, strict=True)]


def _effect(study: StudySpec, number: NumberSpec) -> Effect:
    assert number.events is not None
    assert number.n is not None
    arm = study.arms[number.arm - 1]
    return Effect(
        study=study.study,
        label=study.label if len(study.arms) == 1 else f"{study.label}, {arm.label}",
        arm=f"A{number.arm}",
        regimen_class=arm.regimen_class,
        year=study.year,
        events=number.events,
        n=number.n,
        proportion=number.events / number.n,
        ci=clopper_pearson(number.events, number.n),
        weight=0.0,
    )


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
    write_rows(extracted / "worklist.csv", WorkRow, [row for s, t in included for row in work_rows(s, t)])
    write_rows(extracted / "audit.csv", AuditRow, spec.audit)
    write_rows(extracted / "set_aside.csv", SetAsideRow, spec.set_aside)
    _write_studies(pairs, extracted / "studies.jsonl")
    results = [pooled_outcome(spec, outcome).model_dump(mode="json") for outcome in spec.outcomes]
    (extracted / "pooled.json").write_text(json.dumps(results, indent=1), "utf-8")


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
