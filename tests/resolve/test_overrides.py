"""Reviewers' lines: what they change, what is refused, and what the audit says."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.candidates import Arm, Candidate, Comparison, Eligibility, Evidence, Outcome, Population, Size
from pipeline.config import Settings
from pipeline.errors import UserError
from pipeline.linked import Report, Study
from pipeline.parsed import Citation, Source
from pipeline.records import Confirmation
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolve.worklist import worklist
from pipeline.resolved import OutcomeRow

HEADER = "study,arm,field,value,was,reason,reviewer,date\n"  # as it was before outcomes had a column
WORDS = Evidence(start=0, end=2, text="14")


def outcome(arm: str, name: str, events: int | None, n: int | None, status: str = "accepted", **more: str) -> Outcome:
    return Outcome.model_validate(
        {"arm": arm, "outcome": name, "name": name, "events": events, "n": n, "percent": None, "denominator": "enrolled",
         "status": status, "confidence": 0.95, "evidence": WORDS} | more
    )  # fmt: skip


def study(name: str, *outcomes: Outcome, decision: str = "include") -> Study:
    arms = [Arm(arm="A1", label="one", role="experimental", drugs=["tretinoin"], n=35),
            Arm(arm="A2", label="two", role="control", drugs=["danazol"], n=30),
            Arm(arm="A3", label="part", role="subgroup", drugs=["danazol"], n=5),
            Arm(arm="A4", label="all", role="pooled", drugs=["danazol"], n=65)]  # fmt: skip
    candidate = Candidate(
        record_id=f"record-{name}",
        source=Source(file="corpus/a.txt", span=(0, 99)),
        citation=Citation(year=2010),
        eligibility=Eligibility.model_validate({"decision": decision, "reason": "r"}),
        design="other",
        population=Population(),
        n_total=Size(value=65, status="accepted", confidence=1),
        arms=arms,
        outcomes=list(outcomes),
    )
    return Study(study=name, label=name, reports=[Report(record_id="r", file="f", kept=True)], candidate=candidate)


STUDIES = [study("arnold-2010", outcome("A1", "overall_response", 14, 35), outcome("A2", "overall_response", 9, 30, "review"),
                 outcome("A1", "relapse", 8, 14, denominator="responders")),
           study("smith-2011", outcome("A1", "overall_response", 0, 35))]  # fmt: skip


def resolved(tmp_path: Path, settings: Settings, corrections: str = "", exclusions: str = "") -> Tables:
    if corrections:
        (tmp_path / "corrections.csv").write_text(HEADER + corrections, encoding="utf-8")
    if exclusions:
        (tmp_path / "exclusions.csv").write_text("study,reason,reviewer,date\n" + exclusions, encoding="utf-8")
    tables = machine_tables(STUDIES, settings)
    apply_overrides(tables, tmp_path, settings)
    return finish(tables, settings)


def row(tables: Tables, name: str, arm: str = "A1", outcome: str = "overall_response") -> OutcomeRow:
    return next(r for r in tables.outcomes if (r.study, r.arm, r.outcome) == (name, arm, outcome))


def test_without_overrides(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings)
    assert row(tables, "arnold-2010").pooled
    assert row(tables, "smith-2011").pooled, "no responders is a result"
    waiting = row(tables, "arnold-2010", "A2")
    assert (waiting.pooled, waiting.not_pooled_because) == (False, "waits for a reviewer")


@pytest.mark.parametrize(
    ("line", "events", "effect"),
    [
        ("arnold-2010,A1,overall_response.events,15,14,misread,AB,2026-11-01", 15, "applied"),
        ("arnold-2010,A1,overall_response.events,0,14,misread,AB,2026-11-01", 0, "applied"),
        ("arnold-2010,A1,overall_response.events,14,12,misread,AB,2026-11-01", 14, "redundant"),
        ("arnold-2010,A1,overall_response.events,16,12,misread,AB,2026-11-01", 16, "stale"),
        ("record-arnold-2010,A1,overall_response.events,15,14,by record,AB,2026-11-01", 15, "applied"),
    ],
)
def test_a_correction_counts(tmp_path: Path, settings: Settings, line: str, events: int, effect: str) -> None:
    tables = resolved(tmp_path, settings, line + "\n")
    changed = row(tables, "arnold-2010")
    assert (changed.events, changed.authority, changed.pooled) == (events, "corrected", True)
    assert changed.percent == round(100 * events / 35, 1)
    assert [(a.effect, a.machine, a.line) for a in tables.decisions] == [(effect, "14", 2)]


def test_confirming_and_doubting(tmp_path: Path, settings: Settings) -> None:
    lines = ("arnold-2010,A2,overall_response.status,accepted,review,seen,AB,2026-11-01\n"
             "smith-2011,A1,status,review,accepted,unsure,AB,2026-11-01\n")  # fmt: skip
    tables = resolved(tmp_path, settings, lines)
    assert row(tables, "arnold-2010", "A2").pooled
    assert not row(tables, "smith-2011").pooled


def test_drugs_change_the_class(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, "arnold-2010,A1,drugs,rituximab|tretinoin,tretinoin,text,AB,2026-11-01\n")
    arm = next(a for a in tables.arms if (a.study, a.arm) == ("arnold-2010", "A1"))
    assert (arm.drugs, arm.regimen_class) == ("rituximab + tretinoin", "ATRA + rituximab")


def test_an_exclusion(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings, exclusions="arnold-2010,not refractory,AB,2026-11-01\n")
    excluded = next(s for s in tables.studies if s.study == "arnold-2010")
    assert (excluded.decision, excluded.reason) == ("exclude", "not refractory")
    assert row(tables, "arnold-2010").not_pooled_because == "the study is not included"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("arnold-2011,A1,n,1,,r,AB,2026-11-01", 'corrections.csv:2: study "arnold-2011" is not known (nearest: arnold-2010'),
        ("arnold-2010,A9,n,1,,r,AB,2026-11-01", 'corrections.csv:2: arm "A9" is not in study arnold-2010 (it has A1 "tretinoin", A2 "danazol; control"'),
        ("arnold-2010,A1,cure.events,1,,r,AB,2026-11-01", "A1 of arnold-2010 has no row of cure (it has overall_response, relapse)"),
        ("arnold-2010,A1,events,1,,r,AB,2026-11-01", '"events" is not a field of arm A1 of arnold-2010'),
        ("arnold-2010,,colour,1,,r,AB,2026-11-01", "n_total, design"),
        ("arnold-2010,A1,overall_response.events,36,14,r,AB,2026-11-01", "36 of 35 patients is not possible"),
        ("arnold-2010,A1,overall_response.events,-1,14,r,AB,2026-11-01", "not a whole number"),
        ("arnold-2010,A1,overall_response.status,yes,,r,AB,2026-11-01", "not accepted or review"),
        ("arnold-2010,A1,n,1,,,AB,2026-11-01", "corrections.csv:2: reason is empty"),
        ("arnold-2010,A1,n,1,,r,AB,1 Nov", 'corrections.csv:2: date: "1 Nov"'),
    ],
)  # fmt: skip
def test_refused(tmp_path: Path, settings: Settings, line: str, message: str) -> None:
    with pytest.raises(UserError) as error:
        resolved(tmp_path, settings, line + "\n")
    assert message in str(error.value)


def test_all_problems_at_once(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(UserError) as error:
        resolved(tmp_path, settings, "x,A1,n,1,,r,AB,2026-11-01\ny,A1,n,1,,r,AB,2026-11-01\n", "z,r,AB,2026-11-01\n")
    assert [m.split(": study")[0].rsplit("/", 1)[1] for m in str(error.value).splitlines()] == ["corrections.csv:2", "corrections.csv:3", "exclusions.csv:2"]  # fmt: skip


@pytest.mark.parametrize("encode", ["utf-8-sig", "cp1252", "utf-16"])
def test_dialects_of_spreadsheets(tmp_path: Path, settings: Settings, encode: str) -> None:
    text = HEADER + "arnold-2010,A1,overall_response.events,15,14,Müller’s table,AB,2026-11-01\n,,,,,,,\n"
    data = text.replace(",", ";").replace("\n", "\r\n").encode(encode)
    (tmp_path / "corrections.csv").write_bytes(data)
    tables = resolved(tmp_path, settings)
    assert row(tables, "arnold-2010").events == 15
    assert tables.decisions[0].reason == "Müller’s table"


def test_worklist_line_can_be_pasted(tmp_path: Path, settings: Settings) -> None:
    tables = resolved(tmp_path, settings)
    work = worklist(tables, STUDIES, settings)
    assert [(w.study, w.arm, w.field) for w in work] == [("arnold-2010", "A2", "overall_response")]
    line = work[0].line.replace("REASON", "seen").replace("REVIEWER", "AB").replace("DATE", "2026-11-01")
    assert work[0].line_for == "confirmations.csv"
    (tmp_path / "confirmations.csv").write_text(",".join(Confirmation.model_fields) + "\n" + line, encoding="utf-8")
    assert row(resolved(tmp_path, settings), "arnold-2010", "A2").pooled


def test_comparisons_are_a_table_of_their_own(settings: Settings) -> None:
    printed = Comparison(outcome="overall_response", name="response", measure="RD", estimate=0.22, ci=(0.07, 0.36), p=0.001,
                         p_is="<", arms=["A2", "A1"], status="review", checks=["a", "b"], evidence=WORDS)  # fmt: skip
    one = study("arnold-2010")
    told = one.model_copy(update={"candidate": one.candidate.model_copy(update={"comparisons": [printed]})})
    (row,) = machine_tables([told], settings).comparisons
    assert (row.study, row.measure, row.estimate, row.ci_low, row.ci_high) == ("arnold-2010", "RD", 0.22, 0.07, 0.36)
    assert (row.first_arm, row.second_arm, row.p_is, row.p, row.checks) == ("A2", "A1", "<", 0.001, "a; b")
