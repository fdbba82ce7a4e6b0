"""Sizes of arms that heads of tables print, beside those of the text."""

from __future__ import annotations

import pytest

from pipeline.candidates import Candidate
from pipeline.config import Settings
from pipeline.extract import Extractor
from pipeline.parsed import ParsedRecord, Source, Table
from pipeline.table_text import with_tables

SIZED = "Forty adults were randomised to danazol plus tretinoin (n = 20) or danazol alone (n = 20). "
UNSIZED = "Forty-one adults were randomised to danazol plus tretinoin or danazol alone. "
RESPONSE = "The response rate was 55% in the danazol plus tretinoin group and 30% in the danazol alone group. "
BASE = "Table 1. Baseline characteristics"


@pytest.fixture(scope="module")
def extract(settings: Settings) -> Extractor:
    return Extractor(settings)


def read(extract: Extractor, text: str, both: str, alone: str, caption: str = BASE) -> Candidate:
    rows = [["", f"Danazol + tretinoin ({both})", f"Danazol ({alone})"], ["Mean age", "46", "44"]]
    made = ParsedRecord(
        record_id="r",
        source=Source(file="r.nxml", span=(0, len(text))),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        tables=[Table(caption=caption, rows=rows)],
    )
    return extract(with_tables(made))


def sizes(found: Candidate) -> list[int | None]:
    return [arm.n for arm in sorted(found.arms, key=lambda arm: -len(arm.drugs))]


def test_the_head_of_a_table_fills_what_the_text_leaves_out(extract: Extractor) -> None:
    found = read(extract, UNSIZED + RESPONSE, "n = 21", "n = 20")
    assert sizes(found) == [21, 20]
    assert {arm.evidence.text for arm in found.arms if arm.evidence} == {
        "Danazol + tretinoin (n = 21)",
        "Danazol (n = 20)",
    }
    assert found.problems == []


def test_arms_that_add_up_to_the_study_are_filled_from_any_table(extract: Extractor) -> None:
    assert sizes(read(extract, UNSIZED + RESPONSE, "n = 21", "n = 20", "Table 1. Response")) == [21, 20]


@pytest.mark.parametrize(
    ("both", "alone", "caption"),
    [
        ("n = 12", "n = 11", "Table 3. Response"),  # some of the patients
        ("n = 210", "n = 200", BASE),  # more than there are
        ("n = 12", "n = 11", "Table 1. Baseline characteristics of the subgroup with splenectomy"),
    ],
)
def test_sizes_that_may_be_of_others_fill_nothing(extract: Extractor, both: str, alone: str, caption: str) -> None:
    assert sizes(read(extract, UNSIZED + RESPONSE, both, alone, caption)) == [None, None]


def test_a_head_that_agrees_says_nothing(extract: Extractor) -> None:
    found = read(extract, SIZED + RESPONSE, "n = 20", "n = 20")
    assert (sizes(found), found.problems) == ([20, 20], [])


def test_another_size_at_entry_is_a_problem_and_a_doubt(extract: Extractor) -> None:
    found = read(extract, SIZED + RESPONSE, "n = 26", "n = 20")
    (problem,) = found.problems
    assert "20 patients, table 1 26: Danazol + tretinoin (n = 26)" in problem
    doubted = {o.percent for o in found.outcomes if "doubt: the head of a table gives the arm another size" in o.checks}
    assert doubted == {55.0}


def test_fewer_in_a_table_of_results_are_those_evaluated(extract: Extractor) -> None:
    found = read(extract, SIZED + RESPONSE, "n = 18", "n = 20", "Table 2. Change of counts")
    assert (sizes(found), found.problems) == ([20, 20], [])
