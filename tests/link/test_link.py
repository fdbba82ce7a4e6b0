"""Duplicates are merged, studies are named, the order of records does not matter."""

from __future__ import annotations

import random

import pytest

from pipeline.candidates import Candidate, Eligibility, Population, Size
from pipeline.link.linking import link
from pipeline.link.names import surname
from pipeline.parsed import Citation, Source

TITLE = "Rituximab for refractory immune thrombocytopenia in adults"


def record(record_id: str, length: int = 10, **citation: object) -> Candidate:
    return Candidate(
        record_id=record_id,
        source=Source(file=f"corpus/{record_id}.txt", span=(0, length)),
        citation=Citation.model_validate(citation),
        eligibility=Eligibility(decision="include", reason=""),
        design="other",
        population=Population(),
        n_total=Size(value=9, status="accepted", confidence=1),
    )


def test_the_same_doi_is_one_study_and_the_richer_record_is_kept() -> None:
    studies = link([record("a", 10, doi="10.1/X"), record("b", 99, doi="https://doi.org/10.1/x", title=TITLE)]).studies
    assert len(studies) == 1
    assert studies[0].candidate.record_id == "b"
    assert {(r.record_id, r.kept) for r in studies[0].reports} == {("a", False), ("b", True)}


def test_different_pmids_are_two_studies() -> None:
    both = {"title": TITLE, "year": 2010, "authors": ["Arnold DM"]}
    assert len(link([record("a", pmid="1", **both), record("b", pmid="2", **both)]).studies) == 2


@pytest.mark.parametrize("author", ["Arnold DM", "Donald M. Arnold", "Arnold, Donald M.", "Arnold D"])
def test_surnames(author: str) -> None:
    assert surname(author) == "Arnold"


def test_equal_names_take_a_word_of_the_title_and_equal_labels_a_letter() -> None:
    by = {"year": 2010, "authors": ["Arnold DM"]}
    studies = link(
        [record("r1", title="Danazol", **by), record("r2", title="A trial of azathioprine", **by), record("r3")]
    ).studies
    assert [(s.study, s.label) for s in studies] == [
        ("arnold-2010-azathioprine", "Arnold 2010a"), ("arnold-2010-danazol", "Arnold 2010b"), ("r3", "r3")]  # fmt: skip


def test_order_does_not_matter() -> None:
    records = [record(f"r{i}", i + 5, doi=f"10.1/{i % 7}", authors=["Li X"], year=2000 + i % 7) for i in range(30)]
    first = link(records)
    for seed in range(5):
        shuffled = records.copy()
        random.Random(seed).shuffle(shuffled)
        assert link(shuffled) == first
    assert len(first.studies) == 7
