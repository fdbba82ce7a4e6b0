"""What audit.csv says of pooled numbers, and how the worklist is ordered."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.audit.__main__ import main
from pipeline.audit.first import ordered, to_decide, undecided
from pipeline.audit.numbers import audit
from pipeline.config import Settings
from pipeline.pool.outcomes import pool_outcomes
from pipeline.resolve.pooling import mark_pooled
from pipeline.resolved import ArmRow, AuditRow, OutcomeRow, StudyRow, ToDecideRow, WorkRow
from pipeline.tables import read_rows, write_rows

ROOT = Path(__file__).parents[2]


def study(name: str, decision: str = "include") -> StudyRow:
    return StudyRow.model_validate(
        {"study": name, "label": name, "decision": decision, "reason": "", "authority": "accepted", "design": "other",
         "age": "adult", "line": "", "n_total": 40, "n_total_authority": "accepted", "year": 2010, "title": "",
         "journal": "", "doi": "", "pmid": "", "record_id": name, "file": "a", "reports": 1, "evidence_start": 0,
         "evidence_end": 1})  # fmt: skip


def arm(name: str) -> ArmRow:
    return ArmRow(study=name, arm="A1", label="all", role="single", drugs="danazol", regimen_class="", regimen="", n=40,
                  authority="accepted", evidence_start=0, evidence_end=1, record_id=name, file="a")  # fmt: skip


def row(name: str, events: int, n: int = 40, authority: str = "accepted", **more: object) -> OutcomeRow:
    return OutcomeRow.model_validate(
        {"study": name, "arm": "A1", "outcome": "overall_response", "name": "", "events": events, "n": n, "percent": None,
         "timepoint": "", "denominator": "enrolled", "authority": authority, "confidence": 0.9, "checks": "read twice",
         "pooled": False, "not_pooled_because": "", "evidence_start": 0, "evidence_end": 1} | more)  # fmt: skip


def waits(name: str, field: str = "overall_response", outcome: str = "overall_response", why: str = "alone") -> WorkRow:
    return WorkRow(study=name, arm="A1" if outcome else "", field=field, value="", why=why, evidence="", file="a",
                   start=0, end=1, line="", outcome=outcome)  # fmt: skip


NAMES = ("a", "b", "c", "far", "near", "open")
STUDIES = [study(n, "review" if n == "open" else "include") for n in NAMES]
ARMS = [arm(n) for n in NAMES]


def marked(settings: Settings) -> list[OutcomeRow]:
    theirs = {"reviewers": "AB; CD", "decided": "2026-11-01", "reason": "misread", "machine": "12 of 40"}
    rows = [row("a", 20), row("b", 18, authority="corrected", machine_accepted=True, **theirs), row("c", 22),
            row("far", 39, authority="waiting"), row("near", 20, authority="waiting"), row("open", 30)]  # fmt: skip
    return mark_pooled(STUDIES, ARMS, rows, settings)


def result(rows: list[OutcomeRow], settings: Settings) -> float:
    """By the pool stage itself."""
    overall = pool_outcomes(rows, ARMS, STUDIES, settings)[0].overall
    assert overall is not None
    return float(str(overall.fits["iv"]["proportion"]))


def test_the_audit_of_a_corrected_number(settings: Settings) -> None:
    rows = marked(settings)
    told = {a.study: a for a in audit(rows, settings)}
    assert sorted(told) == ["a", "b", "c"]
    b = told["b"]
    assert (b.authority, b.who, b.when, b.why, b.was) == ("corrected", "AB; CD", "2026-11-01", "misread", "12 of 40")
    assert b.result == pytest.approx(result(rows, settings), abs=1e-6)
    without = [r.model_copy(update={"pooled": r.pooled and r.study != "b"}) for r in rows]
    assert b.without == pytest.approx(result(without, settings), abs=1e-6)
    machine = [r.model_copy(update={"events": 12}) if r.study == "b" else r for r in rows]
    assert b.with_machine == pytest.approx(result(machine, settings), abs=1e-6)


def test_the_audit_of_a_machines_number(settings: Settings) -> None:
    a = audit(marked(settings), settings)[0]
    assert (a.authority, a.who, a.why, a.was, a.with_machine) == ("accepted", "", "read twice", "20 of 40", None)


def test_what_moves_the_result_most_comes_first(settings: Settings) -> None:
    work = [waits("near"), waits("a", outcome="", field="n_total"), waits("far"), waits("b", why="stale (x:2)"),
            waits("open", "decision", outcome="")]  # fmt: skip
    found = ordered(work, undecided(STUDIES, ARMS, marked(settings), settings), settings)
    assert [w.study for w in found] == ["b", "far", "open", "near", "a"]
    assert found[1].shift is not None
    assert found[-1].shift is None


def test_how_many_decisions_settle_it(settings: Settings) -> None:
    needed = []
    for tolerance in (0.0001, 0.9):
        reviewing = settings.config.reviewing.model_copy(update={"tolerance": tolerance})
        asked = settings.model_copy(update={"config": settings.config.model_copy(update={"reviewing": reviewing})})
        first = to_decide(undecided(STUDIES, ARMS, marked(asked), asked), asked)[0]
        assert (first.outcome, first.waiting, first.tolerance) == ("overall_response", 2, tolerance)
        assert first.result == pytest.approx(result(marked(asked), asked), abs=1e-6)
        needed.append(first.needed)
    assert needed == [2, 0]


def test_the_command_writes_three_tables(tmp_path: Path, settings: Settings) -> None:
    tables = [("studies", StudyRow, STUDIES), ("arms", ArmRow, ARMS), ("outcomes", OutcomeRow, marked(settings)),
              ("waiting", WorkRow, [waits("far")])]  # fmt: skip
    for name, model, rows in tables:
        write_rows(tmp_path / f"{name}.csv", model, rows)  # type: ignore[arg-type, type-var]
    paths = [str(tmp_path / f"{name}.csv") for name, _, _ in tables]
    assert main([*paths, "--config", str(ROOT / "config"), "--out", str(tmp_path)]) == 0
    assert [len(read_rows(tmp_path / f"{n}.csv", m)) for n, m in (("audit", AuditRow), ("worklist", WorkRow))] == [3, 1]
    assert read_rows(tmp_path / "to_decide.csv", ToDecideRow)
