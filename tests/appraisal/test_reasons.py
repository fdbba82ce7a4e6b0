"""Codes of the protocol: on reviewers' lines, on what the machine leaves out, and counted for the flow diagram."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline.appraisal import reasons
from pipeline.appraisal.naming import Unknown
from pipeline.appraisal.reasons import Excluded, code_of, coded, excluded, machine_codes
from pipeline.config import REASONS, EligibilityConfig
from pipeline.resolved import StudyRow

PROTOCOL = {"E1": "wrong patients", "E2": "wrong drug", "design": "no study"}


def study(name: str, decision: str = "exclude", reason: str = "", code: str = "") -> StudyRow:
    return StudyRow.model_validate(
        {"study": name, "label": name, "decision": decision, "reason": reason, "code": code, "authority": "corrected",
         "design": "other", "age": "", "line": "", "n_total": None, "n_total_authority": "accepted", "year": None, "title": "",
         "journal": "", "doi": "", "pmid": "", "record_id": "r", "file": "f", "reports": 1, "evidence_start": None, "evidence_end": None}
    )  # fmt: skip


def test_a_code_is_read_as_people_write_it() -> None:
    assert [code_of(c, PROTOCOL) for c in ("E1", "e1", "E 1", "Wrong drug", "", " ")] == [
        "E1",
        "E1",
        "E1",
        "E2",
        "",
        "",
    ]
    with pytest.raises(Unknown, match=r'code "E3" is not known \(known: E1, E2, design\)'):
        code_of("E3", PROTOCOL)


def test_unknown_codes_are_told_with_the_way_out() -> None:
    told = reasons.problems([("x:2", "E1"), ("x:3", "E9"), ("x:4", "")], PROTOCOL)
    assert told == ['x:3: code "E9" is not known (known: E1, E2, design); they are set in config.yaml, eligibility.reasons']  # fmt: skip


def test_studies_get_the_code_of_what_leaves_them_out() -> None:
    rows = [
        study("a", reason="their children", code="e1"),
        study("b", reason="case report"),
        study("c", reason="too few patients"),  # this protocol has no code for size
        study("d", decision="include", reason="case report", code="E1"),
    ]
    assert [row.code for row in coded(rows, PROTOCOL)] == ["E1", "design", "", ""]


def test_counts_for_the_flow_diagram() -> None:
    rows = [
        study("a", reason="their children", code="E1"),
        study("b", reason="pregnant", code="E1"),
        study("c", reason="case report", code="design"),
        study("d", reason="too few patients"),
        study("e", reason="own words"),
        study("f", reason="too few patients"),
        study("g", decision="review"),
        study("h", decision="include"),
    ]
    assert excluded(rows, PROTOCOL) == [
        Excluded("E1", "wrong patients", 2),
        Excluded("design", "no study", 1),
        Excluded("", "too few patients", 2),
        Excluded("", "own words", 1),
    ]


def test_a_code_that_the_protocol_lost_is_still_counted() -> None:
    assert excluded([study("a", code="old")], PROTOCOL) == [Excluded("old", "old", 1)]


def test_every_reason_of_the_machine_has_a_code_of_the_defaults() -> None:
    """Those that labels may hold (gold README), as extract gives them."""
    from pipeline.extract.eligibility import NO_SHARES
    from pipeline.extract.kinds import FRONT, TITLE, TYPES

    said = {*TYPES.values(), *(cue.says for cue in (*TITLE, *FRONT)), NO_SHARES, "preclinical", "too few patients"}
    assert said <= set(machine_codes())
    assert set(machine_codes().values()) <= set(REASONS)
    assert EligibilityConfig().reasons == REASONS


def test_the_table_names_each_reason_once() -> None:
    path = Path(reasons.__file__).parent / "machine_reasons.csv"
    names = [row["reason"] for row in csv.DictReader(path.read_text("utf-8").splitlines())]
    assert len(names) == len(set(names))
