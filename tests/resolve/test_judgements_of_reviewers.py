"""risk_of_bias.csv, certainty.csv and codes of exclusions, from files on disk to the tables of extracted/."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.appraisal.bias import high_risk
from pipeline.config import Settings, load
from pipeline.errors import UserError
from pipeline.linked import LinkRow, Study
from pipeline.pool.outcomes import WITHOUT_HIGH_RISK, pool_outcomes
from pipeline.resolve.agreement import agreement
from pipeline.resolve.judgement_votes import scales, votes
from pipeline.resolve.judgement_work import judgement_work
from pipeline.resolve.judgements import Judged, certainty_names, judge, mark_high_risk
from pipeline.resolve.overrides import apply_overrides
from pipeline.resolve.tables import Tables, finish, machine_tables
from pipeline.resolved import HIGH_RISK, SHARED, CertaintyRow, RiskOfBiasRow, StudyRow
from pipeline.tables import read_rows, write_rows

ROOT = Path(__file__).parent.parent.parent
BIAS = "study,tool,item,judgement,reviewer,date\n"
GRADE = "outcome,regimen_class,domain,judgement,start,reviewer,date\n"


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(ROOT / "config")


def study(name: str, decision: str = "include") -> Study:
    words = {"start": 0, "end": 1, "text": "a"}
    arm = {"arm": "A1", "label": "one", "role": "single", "drugs": ["somedrug"], "n": 35, "evidence": words}
    candidate = {
        "record_id": f"record-{name}",
        "source": {"file": "corpus/a.txt", "span": (0, 9)},
        "citation": {"year": 2010},
        "eligibility": {"decision": decision, "reason": "case report"},
        "design": "other",
        "population": {},
        "n_total": {"value": 35, "status": "accepted", "confidence": 1},
        "arms": [arm],
        "outcomes": [],
    }
    reports = [{"record_id": f"record-{name}", "file": "corpus/a.txt", "kept": True}]
    return Study.model_validate({"study": name, "label": name, "reports": reports, "candidate": candidate})


def with_response(one: Study, events: int) -> Study:
    row = {"arm": "A1", "outcome": "overall_response", "name": "response", "events": events, "n": 35, "percent": None,
           "denominator": "enrolled", "status": "accepted", "confidence": 1.0, "evidence": {"start": 0, "end": 1, "text": "a"}}  # fmt: skip
    return Study.model_validate_json(json.dumps(one.model_dump(mode="json") | {"candidate": one.candidate.model_dump(mode="json") | {"outcomes": [row]}}))  # fmt: skip


STUDIES = [study("arnold-2010"), study("smith-2011"), study("doe-2012", "exclude")]


def tables(folder: Path, settings: Settings) -> Tables:
    found = machine_tables(STUDIES, settings)
    apply_overrides(found, folder, settings)
    return finish(found, settings)


def judged(folder: Path, settings: Settings, **files: str) -> Judged:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return judge(tables(folder, settings), folder, settings)


def bias(*lines: str) -> str:
    return BIAS + "".join(f"{line},2026-11-01\n" for line in lines)


def grade(*lines: str) -> str:
    return GRADE + "".join(f"{line},2026-11-01\n" for line in lines)


def test_nothing_is_judged(tmp_path: Path, settings: Settings) -> None:
    assert judged(tmp_path, settings) == Judged([], [], [], [])


def test_lines_become_tables(tmp_path: Path, settings: Settings) -> None:
    found = judged(
        tmp_path,
        settings,
        risk_of_bias=bias("arnold-2010,RoB 2,D1,high,AB", "record-smith-2011,JBI,1,yes,AB", "smith-2011,JBI,Q1,no,CD"),
        certainty=grade("overall_response,,risk of bias,serious,low,AB", "complete_response,somedrug,imprecision,serious,,AB"),
    )  # fmt: skip
    assert len(found.risk_of_bias) == 6 + 11
    assert high_risk(found.risk_of_bias, "overall_response") == {"arnold-2010"}
    whole = {(r.outcome, r.regimen_class): r.note for r in found.certainty if r.domain == "certainty"}
    assert list(whole) == [("overall_response", "overall"), ("complete_response", "somedrug")]
    assert whole["overall_response", "overall"].startswith("open: inconsistency")


def test_the_tables_are_read_as_they_are_written(tmp_path: Path, settings: Settings) -> None:
    found = judged(tmp_path, settings, risk_of_bias=bias("arnold-2010,RoB 2,D1,high,AB"), certainty=grade("relapse,,imprecision,serious,,AB"))  # fmt: skip
    write_rows(tmp_path / "bias.csv", RiskOfBiasRow, found.risk_of_bias)
    write_rows(tmp_path / "grade.csv", CertaintyRow, found.certainty)
    assert [row for _, row in read_rows(tmp_path / "bias.csv", RiskOfBiasRow)] == found.risk_of_bias
    assert [row for _, row in read_rows(tmp_path / "grade.csv", CertaintyRow)] == found.certainty


def test_every_problem_of_every_file_is_told(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(UserError) as error:
        judged(
            tmp_path,
            settings,
            risk_of_bias=bias("arnold-2011,RoB 2,D1,high,AB", "arnold-2010,RoB 2,D1,bad,AB"),
            certainty=grade("relapse,Rituxi,imprecision,serious,,AB"),
            exclusions="study,code,reason,reviewer,date\nsmith-2011,odd,r,AB,2026-11-01\n",
        )
    told = [line.rsplit("/", 1)[1] for line in str(error.value).splitlines()]
    assert [line.split(": ")[0] for line in told] == ["risk_of_bias.csv:2", "risk_of_bias.csv:3", "certainty.csv:2", "exclusions.csv:2"]  # fmt: skip
    assert 'study "arnold-2011" is not known (nearest: arnold-2010' in told[0]
    assert 'code "odd" is not known (known: population, ' in told[3]


def test_codes_of_exclusions(tmp_path: Path, settings: Settings) -> None:
    text = "study,code,reason,reviewer,date\nsmith-2011,Intervention,another drug,AB,2026-11-01\narnold-2010,,own words,AB,2026-11-01\n"
    (tmp_path / "exclusions.csv").write_text(text, "utf-8")
    found = {s.study: (s.decision, s.code, s.reason) for s in tables(tmp_path, settings).studies}
    assert found == {
        "smith-2011": ("exclude", "intervention", "another drug"),
        "arnold-2010": ("exclude", "", "own words"),
        "doe-2012": ("exclude", "design", "case report"),
    }


def test_classes_that_lines_may_name(tmp_path: Path, settings: Settings) -> None:
    names = certainty_names(tables(tmp_path, settings), settings)
    assert names.outcomes[: len(settings.config.analysis.outcomes)] == settings.config.analysis.outcomes
    assert set(names.classes) == {c.name for c in settings.config.analysis.regimen_classes} | {"somedrug"}


def test_votes_feed_the_agreement_of_reviewers(tmp_path: Path, settings: Settings) -> None:
    found = judged(
        tmp_path,
        settings,
        risk_of_bias=bias("arnold-2010,RoB 2,D1,high,AB", "arnold-2010,RoB 2,D1,low,CD", "smith-2011,RoB 2,D1,low,AB", "smith-2011,RoB 2,D1,low,CD"),
        certainty=grade("relapse,,imprecision,serious,,AB", "relapse,,imprecision,very serious,,CD"),
    )  # fmt: skip
    rows = {row.field: row for row in agreement(votes(found), scales())}
    assert set(rows) == {"RoB 2 D1", "certainty: imprecision"}
    assert (rows["RoB 2 D1"].cells, rows["RoB 2 D1"].agreeing, rows["RoB 2 D1"].kind) == (2, 1, "category")
    assert rows["RoB 2 D1"].statistic == "Cohen's kappa, linear weights"


def test_the_analysis_without_high_risk(tmp_path: Path, settings: Settings) -> None:
    studies = [with_response(study("arnold-2010"), 7), with_response(study("smith-2011"), 14), with_response(study("wu-2012"), 21)]  # fmt: skip
    found = finish(machine_tables(studies, settings), settings)
    (tmp_path / "risk_of_bias.csv").write_text(bias("smith-2011,RoB 2,D1,high,AB", "wu-2012,RoB 2,D1,low,AB"), "utf-8")
    rows = mark_high_risk(found.outcomes, judge(found, tmp_path, settings).risk_of_bias)
    assert {r.study: (r.pooled, r.sensitivity) for r in rows} == {
        "arnold-2010": (True, ""),
        "smith-2011": (True, HIGH_RISK),
        "wu-2012": (True, ""),
    }
    response = pool_outcomes(rows, found.arms, found.studies, settings)[0]
    assert response.overall is not None
    assert (response.overall.events, response.overall.n) == (42, 105)
    assert [(p.name, p.k, p.events, p.n) for p in response.sensitivity] == [(WITHOUT_HIGH_RISK, 2, 28, 70)]


def test_a_row_that_is_not_pooled_is_not_marked(tmp_path: Path, settings: Settings) -> None:
    found = finish(machine_tables([with_response(study("arnold-2010"), 7)], settings), settings)
    (tmp_path / "risk_of_bias.csv").write_text(bias("arnold-2010,RoB 2,D1,high,AB"), "utf-8")
    rows = judge(found, tmp_path, settings).risk_of_bias
    left_out = [r.model_copy(update={"pooled": False, "sensitivity": SHARED}) for r in found.outcomes]
    assert mark_high_risk(left_out, rows) == left_out
    both = [r.model_copy(update={"sensitivity": SHARED}) for r in found.outcomes]
    assert [r.sensitivity for r in mark_high_risk(both, rows)] == [f"{SHARED} + {HIGH_RISK}"]


def test_nothing_is_asked_of_an_excluded_study(tmp_path: Path, settings: Settings) -> None:
    found = judged(tmp_path, settings, risk_of_bias=bias("arnold-2010,RoB 2,D1,low,AB", "doe-2012,RoB 2,D1,low,AB"))
    work = judgement_work(found, tables(tmp_path, settings).studies)
    assert {row.study for row in work} == {"arnold-2010"}
    assert len(work) == 4


def run_resolve(folder: Path) -> subprocess.CompletedProcess[str]:
    where = ["--config", str(ROOT / "config"), "--out", "out"]
    command = [sys.executable, "-m", "pipeline.resolve", "studies.jsonl", "links.csv", *where]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=env)


def test_the_stage_writes_both_tables_and_tells_all_problems(tmp_path: Path) -> None:
    (tmp_path / "studies.jsonl").write_text("".join(s.model_dump_json() + "\n" for s in STUDIES), "utf-8")
    write_rows(tmp_path / "links.csv", LinkRow, [])
    overrides = tmp_path / "overrides"
    overrides.mkdir()
    (overrides / "risk_of_bias.csv").write_text(bias("arnold-2010,RoB 2,overall,high,AB"), "utf-8")
    assert run_resolve(tmp_path).returncode == 0
    (whole,) = [r for _, r in read_rows(tmp_path / "out/risk_of_bias.csv", RiskOfBiasRow) if r.item == "overall"]
    assert (whole.judgement, whole.high) == ("high", True)
    assert read_rows(tmp_path / "out/certainty.csv", CertaintyRow) == []
    assert [row.code for _, row in read_rows(tmp_path / "out/studies.csv", StudyRow)] == ["", "design", ""]
    (overrides / "exclusions.csv").write_text("study,reason,reviewer,date\nzeta-1999,r,AB,2026-11-01\n", "utf-8")
    (overrides / "certainty.csv").write_text(grade("cure2,,imprecision,serious,,AB"), "utf-8")
    refused = run_resolve(tmp_path)
    assert refused.returncode == 2
    assert [line.split(": ")[0] for line in refused.stderr.splitlines()] == ["overrides/exclusions.csv:2", "overrides/certainty.csv:2"]  # fmt: skip
