"""The labelled pairs are well formed, no sure link is wrong, most are found, and docs/linking.md has the figures."""

from __future__ import annotations

import csv
import re

import pytest

from pipeline.records import LinkDecision
from scripts.gold import DEVELOP, HELD, ROOT
from scripts.score_links import (
    CLAIMS,
    KINDS,
    LABELLED,
    PAGE,
    SAME_RECORD,
    SAME_STUDY,
    SHARED,
    Claim,
    Labels,
    Scored,
    labels,
    score,
    scored,
    table,
    with_figures,
)

HALVES = (DEVELOP, HELD)
#: (set, relation) → pairs found for sure, and found at all, at least
FLOOR = {
    (DEVELOP, SAME_RECORD): (2, 2),
    (DEVELOP, SAME_STUDY): (17, 26),
    (DEVELOP, SHARED): (0, 15),
    (HELD, SAME_RECORD): (3, 3),
    (HELD, SAME_STUDY): (16, 23),
    (HELD, SHARED): (0, 6),
}
#: lines for a person per 100 records, at most; the sets are made of related reports, and a shared cohort is never sure
ASKED = 60


def rows(half: str, name: str) -> list[dict[str, str]]:
    with (LABELLED / half / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("half", HALVES)
def test_every_label_is_of_two_records_that_are_there(half: str) -> None:
    names = {path.stem for path in (LABELLED / half).glob("*.nbib")}
    pairs = rows(half, "pairs.csv")
    assert len(pairs) >= 30
    assert {row["relation"] for row in pairs} <= set(KINDS)
    assert all(row["record_a"] < row["record_b"] for row in pairs)
    assert {row[side] for row in pairs for side in ("record_a", "record_b")} <= names
    assert len({(row["record_a"], row["record_b"]) for row in pairs}) == len(pairs)
    assert all(row["note"] and row["basis"] for row in pairs)


@pytest.mark.parametrize("half", HALVES)
def test_every_record_says_what_its_facts_rest_on(half: str) -> None:
    listed = rows(half, "records.csv")
    assert [row["record"] for row in listed] == sorted(path.stem for path in (LABELLED / half).glob("*.nbib"))
    assert all(re.search("looked up|seed document|as remembered", row["facts_from"]) for row in listed)
    assert all(row["publication"] for row in listed)


def test_no_publication_is_in_both_halves() -> None:
    develop, held = ({row["publication"] for row in rows(half, "records.csv")} for half in HALVES)
    assert not develop & held


@pytest.mark.parametrize("half", HALVES)
def test_labels_do_not_contradict_each_other(half: str) -> None:
    truth = labels(half)
    fit = {(SAME_RECORD, SAME_STUDY), ("different", "unclear")}
    other = [
        sorted(pair)
        for pair, kind in truth.given.items()
        if pair in truth.follows and kind != truth.follows[pair] and (kind, truth.follows[pair]) not in fit
    ]
    assert other == []


@pytest.fixture(scope="module")
def sets() -> list[Scored]:
    return [scored(half) for half in HALVES]


def test_no_sure_link_is_wrong(sets: list[Scored]) -> None:
    for found in sets:
        for kind in CLAIMS:
            s = score(found.truth, found.said, kind)
            assert s.right == s.sure, (found.half, kind)


def test_most_are_found_and_few_are_asked(sets: list[Scored]) -> None:
    for found in sets:
        for kind in CLAIMS:
            s = score(found.truth, found.said, kind)
            assert (s.found_sure, s.found) >= FLOOR.get((found.half, kind), (0, 0)), (found.half, kind)
        assert 100 * found.asked / found.records <= ASKED


def test_the_page_has_the_figures(sets: list[Scored]) -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_figures(page, table(sets)), "run: python -m scripts.score_links --docs"


def test_the_page_s_example_is_a_decision_and_its_paths_are_there() -> None:
    page = PAGE.read_text("utf-8")
    (example,) = re.findall(r"```\n(record_a.*?)```", page, re.DOTALL)
    (row,) = csv.DictReader(example.splitlines())
    assert LinkDecision.model_validate(row).relation == "same study"
    links = re.findall(r"\]\(([^)#]+)\)", page)
    paths = re.findall(r"`((?:pipeline|config|overrides|tests|scripts)/[\w./]*)`", page)
    assert links
    assert paths
    assert [p for p in links if not (PAGE.parent / p).exists()] == []
    assert [p for p in paths if not (ROOT / p).exists()] == []


def pair(a: str, b: str) -> frozenset[str]:
    return frozenset((a, b))


def test_a_claim_that_follows_from_the_labels_is_right_and_its_absence_costs_nothing() -> None:
    given = {pair("a", "b"): SAME_RECORD, pair("b", "c"): SAME_STUDY, pair("c", "x"): SHARED}
    truth = Labels.of_given(given)
    assert truth.of(pair("a", "c")) == SAME_STUDY
    assert truth.of(pair("a", "x")) == SHARED
    assert truth.of(pair("a", "y")) == "different"
    said = {pair("a", "c"): [Claim(SAME_STUDY, True)], pair("a", "y"): [Claim(SAME_STUDY, True)]}
    s = score(truth, said, SAME_STUDY)
    assert (s.labelled, s.sure, s.right, s.found_sure, s.found) == (1, 2, 1, 0, 0)


def test_two_copies_are_reports_of_one_study() -> None:
    truth = Labels.of_given({pair("a", "b"): SAME_RECORD})
    said = {
        pair("a", "b"): [Claim(SAME_STUDY, True), Claim(SAME_RECORD, False)],
        pair("a", "c"): [Claim(SHARED, False)],
    }
    assert score(truth, said, SAME_STUDY).right == 1
    copies = score(truth, said, SAME_RECORD)
    assert (copies.found_sure, copies.found, copies.linked) == (0, 1, 1)
