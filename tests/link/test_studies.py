"""Records become reports, reports studies: the main report, the names, and what an update may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.link.best_report import best_first
from pipeline.link.linking import link
from tests.link.linked_records import LONG, decided, record, told

BY = {"authors": ["Lindqvist, Maja"], "year": 2014}
LATER = {"authors": ["Lindqvist, Maja"], "year": 2016}
MEETING = {"publication_types": ["Conference Abstract"]}


@pytest.mark.parametrize(
    ("reports", "best"),
    [
        ([record("abstract", events=9), record("paper", events=9, length=LONG)], "paper"),
        ([record("abstract", events=9), record("scan", length=LONG)], "abstract"),
        ([record("first", events=9, year=2010), record("later", events=9, year=2012)], "later"),
        ([record("paper", events=9, length=LONG, year=2010), record("update", events=9, year=2014)], "paper"),
        ([record("article", events=9, year=2010), record("meeting", events=9, year=2011, **MEETING)], "article"),
        ([record("empty-meeting", year=2015, **MEETING), record("article", events=9, year=2010)], "article"),
        ([record("zero", events=0, year=2010), record("none", year=2015)], "zero"),
    ],
)
def test_the_main_report(reports: list, best: str) -> None:  # type: ignore[type-arg]
    assert best_first(reports)[0].record_id == best
    assert best_first(reports) == best_first(reports[::-1])


def test_a_follow_up_of_one_arm_does_not_speak_for_two() -> None:
    """Nor does a report whose counts wait for a reviewer."""
    paper = record("paper", events=9, year=2010)
    control = [x.model_copy(update={"arm": "A2"}) for x in (*paper.arms, *paper.outcomes)]
    both = paper.model_copy(update={"arms": [*paper.arms, control[0]], "outcomes": [*paper.outcomes, control[1]]})
    later = record("later", events=7, year=2015)
    waiting = later.model_copy(update={"outcomes": [o.model_copy(update={"status": "review"}) for o in later.outcomes]})
    assert best_first([both, later])[0].record_id == "paper"
    assert best_first([paper, later])[0].record_id == "later"
    assert best_first([paper, waiting])[0].record_id == "paper"


def test_an_entry_of_an_export_is_no_full_text_however_long() -> None:
    entry = record("export-12", events=9, length=LONG, file="corpus/export.nbib", year=2010)
    assert best_first([entry, record("later", events=9, year=2012)])[0].record_id == "later"


def test_a_study_keeps_all_its_reports() -> None:
    records = [record("abstract", events=9, **BY), record("paper", events=9, length=LONG, doi="10.1/p", **LATER),
               record("entry", doi="10.1/P", title="Danazol in centre paper", **LATER)]  # fmt: skip
    (study,) = link(records, relate=told(("abstract", "paper", "same study", "sure", 0.98))).studies
    assert study.candidate.record_id == "paper"
    assert [c.record_id for c in study.further] == ["abstract"]
    assert [(r.record_id, r.kept, r.report) for r in study.reports] == [
        ("abstract", True, "abstract"), ("entry", False, "paper"), ("paper", True, "paper")]  # fmt: skip
    assert (study.study, study.label) == ("lindqvist-2014", "Lindqvist 2016")


def test_the_citation_that_says_most_speaks_for_all_duplicates() -> None:
    title = "Danazol for adults with a chronic disease of the blood in centre p"
    scan = record("scan", events=9, length=LONG, doi="10.1/p", title=title.upper())
    entry = record("entry", doi="10.1/p", title=title, pmid="77", registration=["NCT00000001"], **BY)
    (study,) = link([scan, entry]).studies
    assert study.candidate.record_id == "scan"
    assert study.candidate.arms
    assert (study.candidate.citation.pmid, study.candidate.citation.year) == ("77", 2014)
    assert (study.study, study.candidate.citation.registration) == ("lindqvist-2014", ["NCT00000001"])


def test_a_further_report_does_not_rename_a_study() -> None:
    abstract, paper = record("abstract", events=9, **BY), record("paper", events=9, length=LONG, **LATER)
    same = told(("abstract", "paper", "same study", "sure", 0.98))
    assert [s.study for s in link([abstract], relate=same).studies] == ["lindqvist-2014"]
    (study,) = link([abstract, paper], relate=same).studies
    assert study.study == "lindqvist-2014"
    assert {"lindqvist-2014", "lindqvist-2016"} <= set(study.names)


def test_a_name_never_moves_to_another_study() -> None:
    """Neither the plain name, nor one that an earlier update had to lengthen."""
    one = record("r1", title="Danazol for adults", **BY)
    two = record("r2", title="Azathioprine for adults", **BY)
    three = record("r3", title="Danazol again", **BY)
    of = [
        {s.candidate.record_id: s.study for s in link(some).studies} for some in ([one], [one, two], [one, two, three])
    ]
    assert of[0] == {"r1": "lindqvist-2014"}
    assert of[1] == {"r1": "lindqvist-2014-danazol", "r2": "lindqvist-2014-azathioprine"}
    assert of[2] == {"r1": "lindqvist-2014-danazol-adults", "r2": "lindqvist-2014-azathioprine", "r3": "lindqvist-2014-danazol-again"}  # fmt: skip


def test_names_are_unique_whatever_the_records_say() -> None:
    records = [
        record(f"r{i}", title="The same title of two words", year=2014, authors=["Lindqvist M"], pmid=str(i + 1))
        for i in range(4)
    ]
    names = [s.study for s in link(records).studies]
    assert len(set(names)) == len(names)


def test_adding_records_never_splits_a_study() -> None:
    records = [
        record(f"r{i}", doi=f"10.1/{i // 2}", title=f"Report number {i // 2} of centre", events=9, length=900 + i)
        for i in range(8)
    ]
    same = told(("r1", "r3", "same study", "sure", 0.9), ("r5", "r7", "same study", "sure", 0.9))
    before: list[set[str]] = []
    for k in range(1, 9):
        now = [{r.record_id for r in s.reports} for s in link(records[:k], relate=same).studies]
        assert all(any(old <= new for new in now) for old in before)
        before = now
    assert sorted(map(len, before)) == [4, 4]


def test_shared_cohorts_stay_two_studies_and_count_from_the_likelihood() -> None:
    records = [record("a"), record("b"), record("c")]
    shared = told(("a", "b", "shared cohort", "possible", 0.7), ("b", "c", "shared cohort", "possible", 0.3))
    linked = link(records, relate=shared)
    assert len(linked.studies) == 3
    assert [(r.record_a, r.record_b, r.used, r.likelihood) for r in linked.links] == [
        ("a", "b", True, 0.7),
        ("b", "c", False, 0.3),
    ]


def test_a_cohort_shared_within_one_study_is_nothing_to_say(tmp_path: Path) -> None:
    shared = told(("a", "b", "shared cohort", "possible", 0.7))
    linked = link([record("a"), record("b")], decided(tmp_path, "a,b,same study"), relate=shared)
    assert [r.relation for r in linked.links] == ["same study"]
