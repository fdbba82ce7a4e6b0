"""Judgements that are open are in the worklist, each with a line that closes it."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable
from pathlib import Path

from pipeline.appraisal import bias, certainty as grade
from pipeline.overrides import FILES
from pipeline.records import Certainty, RiskOfBias
from pipeline.resolve.judgement_work import judgement_work
from pipeline.resolve.judgements import Judged
from pipeline.resolved import WorkRow
from pipeline.tables import read_rows

DAY = datetime.date(2026, 11, 1)
NAMES = grade.Names(["response"], [])
STUDIES = bias.Names(lambda name: name, ["response"])


def judged(bias_lines: Iterable[tuple[str, ...]] = (), grade_lines: Iterable[tuple[str, ...]] = ()) -> Judged:
    """Lines as (tool, item, judgement, reviewer, outcome), and as (domain, judgement, reviewer, start)."""
    of_bias = [
        RiskOfBias(study="wu-2012", tool=t, item=i, judgement=j, reviewer=r, date=DAY, outcome=o)
        for t, i, j, r, o in bias_lines
    ]
    of_grade = [
        Certainty.model_validate({"outcome": "response", "domain": d, "judgement": j, "reviewer": r, "date": DAY, "start": s or None})
        for d, j, r, s in grade_lines
    ]  # fmt: skip
    return together(of_bias, of_grade)


def together(of_bias: list[RiskOfBias], of_grade: list[Certainty]) -> Judged:
    said = bias.read_said([("x", row) for row in of_bias], STUDIES)
    told = grade.read_said([("x", row) for row in of_grade], NAMES)
    return Judged(bias.risk_of_bias(said), grade.certainty(told, NAMES), said, told)


def rob(*answers: str, who: str = "AB") -> list[tuple[str, ...]]:
    return [("RoB 2", f"D{i}", answer, who, "") for i, answer in enumerate(answers, 1) if answer]


def fields(rows: list[WorkRow]) -> list[str]:
    return [row.field.partition(":")[0] for row in rows]


def test_items_that_nobody_judged() -> None:
    rows = judgement_work(judged(rob("low", "", "low", "", "low")))
    assert fields(rows) == ["RoB 2 D2", "RoB 2 D4"]
    assert rows[0].why == "not judged; one of low, some concerns, high"
    assert (rows[0].study, rows[0].line_for) == ("wu-2012", "risk_of_bias.csv")


def test_nothing_waits_where_all_is_judged_or_the_whole_is_given() -> None:
    assert judgement_work(judged(rob("low", "low", "low", "low", "low"))) == []
    assert judgement_work(judged([("JBI", "overall", "low", "AB", "")])) == []
    assert judgement_work(judged()) == []


def test_a_checklist_that_is_full_waits_for_its_whole() -> None:
    (row,) = judgement_work(judged([("JBI", f"Q{i}", "yes", "AB", "") for i in range(1, 11)]))
    assert fields([row]) == ["JBI case series overall"]
    assert "10 of 10 applicable items are yes; no rule for the whole is published" in row.why


def test_reviewers_who_differ_come_first_and_their_line_decides(tmp_path: Path) -> None:
    lines = [*rob("low", "", "low", "low", "low"), *rob("", "", "", "", "high", who="CD")]
    rows = judgement_work(judged(lines))
    assert fields(rows) == ["RoB 2 D5", "RoB 2 D2"]
    assert (rows[0].value, rows[0].why) == ("AB: low; CD: high", "reviewers differ; one of low, some concerns, high")
    closing = pasted(tmp_path, rows)
    before = [RiskOfBias(study="wu-2012", tool=t, item=i, judgement=j, reviewer=r, date=DAY, outcome=o) for t, i, j, r, o in lines]  # fmt: skip
    after = together([*before, *closing], [])
    assert judgement_work(after) == []
    assert [(r.item, r.judgement, r.status) for r in after.risk_of_bias if r.item in ("D5", "D2", "overall")] == [
        ("D2", "low", "judged"),
        ("D5", "low", "adjudicated"),
        ("overall", "low", "derived"),
    ]


def pasted(folder: Path, rows: list[WorkRow]) -> list[RiskOfBias]:
    """The lines put into a file, filled in by EF."""
    said = [
        row.line.replace("JUDGEMENT", "low").replace("REVIEWER", "EF").replace("DATE", "2026-11-02") for row in rows
    ]
    path = folder / "risk_of_bias.csv"
    path.write_text("\n".join([",".join(FILES["risk_of_bias.csv"].model_fields), *said, ""]), "utf-8")
    return [row for _, row in read_rows(path, RiskOfBias)]


def test_an_outcome_of_its_own_is_named() -> None:
    rows = judgement_work(judged([("RoB 2", "D1", "low", "AB", "response")]))
    assert rows[0].field.startswith("RoB 2 D2 for response: ")
    cells = dict(zip(FILES["risk_of_bias.csv"].model_fields, next(csv.reader([rows[0].line])), strict=True))
    assert (cells["outcome"], cells["item"], cells["adjudicated"]) == ("response", "D2", "")


def test_domains_of_certainty() -> None:
    rows = judgement_work(judged([], [("risk of bias", "serious", "AB", "low"), ("risk of bias", "not serious", "CD", "high")]))  # fmt: skip
    assert [row.field.rpartition(": ")[2] for row in rows] == ["start", "risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias"]  # fmt: skip
    assert rows[0].why == "reviewers differ; one of high, low"
    cells = dict(zip(FILES["certainty.csv"].model_fields, next(csv.reader([rows[1].line])), strict=True))
    assert (cells["outcome"], cells["regimen_class"], cells["domain"], cells["adjudicated"]) == ("response", "", "risk of bias", "yes")  # fmt: skip
    assert all(row.line_for == "certainty.csv" for row in rows)
