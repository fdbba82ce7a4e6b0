"""A notice in one file retracts a report that another file has; older copies hide nothing."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pipeline.candidates import RETRACTED, Candidate, Eligibility
from pipeline.link.linking import link
from pipeline.link.reports import merged
from pipeline.linked import Study
from tests.link.linked_records import record

TITLE = "Danazol in adults with chronic refractory anaemia of unknown cause"
PAPER: dict[str, Any] = {"title": TITLE, "journal": "Blood", "year": 2010, "authors": ["Arnold, Donald"]}


def notice(record_id: str = "notice", decision: str = "exclude", **citation: Any) -> Candidate:
    about = {"title": "Retraction", "journal": "Blood", "year": 2012} | citation
    return record(record_id, decision=decision, **about)


def paper(record_id: str = "paper", **citation: Any) -> Candidate:
    return record(record_id, events=30, **(PAPER | citation))


def study_of(name: str, records: list[Candidate]) -> Study:
    return next(s for s in link(records).studies if name in {r.record_id for r in s.reports})


def is_out(study: Study) -> bool:
    e = study.candidate.eligibility
    return (e.decision, e.reason) == ("exclude", RETRACTED)


@pytest.mark.parametrize(
    ("article", "named"),
    [
        ({"pmid": "11"}, {"pmid": "11"}),
        ({"doi": "10.1000/a"}, {"doi": "https://doi.org/10.1000/A"}),
        ({"pmid": "011"}, {"pmid": "11"}),
    ],
)
def test_a_notice_retracts_the_report_that_it_names(article: dict[str, str], named: dict[str, str]) -> None:
    records = [paper(**article), notice(pmid="99", notices=[{"kind": "retraction of", **named}])]
    for order in permutations(records):
        study = study_of("paper", list(order))
        assert is_out(study)
        (told,) = study.candidate.citation.notices
        assert (told.kind, told.pmid) == ("retraction in", "99")
        assert "notice" in told.where
        assert study.candidate.outcomes, "its numbers are kept, for a reviewer may overrule"


def test_a_notice_of_another_article_does_nothing() -> None:
    records = [paper(pmid="11"), notice(pmid="99", notices=[{"kind": "retraction of", "pmid": "12"}])]
    assert not is_out(study_of("paper", records))


@pytest.mark.parametrize(
    ("title", "journal", "out"),
    [
        (f"Retraction: {TITLE}", "Blood", True),
        (f"Retraction notice to “{TITLE}” [Blood 116 (2010) 1-9]", "Blood", True),
        (f"{TITLE} (Retraction of vol 116, pg 1, 2010)", "Blood", True),
        (f"Retraction: {TITLE}", "Lancet", False),
        (f"Retraction: {TITLE} in children", "Blood", False),
        (f"Erratum: {TITLE}", "Blood", False),
        (f"Comment on: {TITLE}", "Blood", False),
    ],
)
def test_a_notice_that_names_no_number_is_told_by_title_and_journal(title: str, journal: str, out: bool) -> None:
    assert is_out(study_of("paper", [paper(), notice(title=title, journal=journal)])) == out


def test_an_older_copy_does_not_hide_the_retraction() -> None:
    old = paper("old", pmid="11", revised="2011-01-01", mesh=["Danazol"], volume="1")
    new = paper("new", pmid="11", revised="2013-01-01", notices=[{"kind": "retraction in", "pmid": "99"}])
    new = new.model_copy(update={"eligibility": Eligibility(decision="exclude", reason=RETRACTED)})
    for order in ([old, new], [new, old]):
        assert is_out(study_of("old", order))
        assert [n.pmid for n in study_of("old", order).candidate.citation.notices] == ["99"]


def test_the_newest_state_of_a_record_is_read() -> None:
    old = record(
        "old", events=30, length=2000, pmid="11", database="PubMed", revised="2011-01-01", volume="1", mesh=["x"]
    )
    new = record("new", events=29, length=900, pmid="11", database="PubMed", revised="2013-01-01")
    assert merged([old, new]).record_id == "new"
    assert merged([old, new]).citation.mesh == ["x"], "what the new state lacks is taken from the old"
    other = record("other", events=30, length=2000, pmid="11", database="Embase", volume="1", mesh=["x"])
    assert merged([other, new]).record_id == "other", "states of two databases cannot be compared"


def test_print_takes_the_place_of_ahead_of_print() -> None:
    ahead = paper("ahead", pmid="11", year=2009, mesh=["a"], affiliations=["Vienna"], language="eng", doi="10.1000/a")
    printed = paper("printed", pmid="11", year=2010, volume="116", issue="2", pages="1-9")
    for order in ([ahead, printed], [printed, ahead]):
        c = merged(order).citation
        assert (c.year, c.volume, c.pages, c.doi) == (2010, "116", "1-9", "10.1000/a")


def test_what_is_kept_out_anyway_stays_so() -> None:
    review = record("paper", decision="exclude", **(PAPER | {"pmid": "11"}))
    study = study_of("paper", [review, notice(notices=[{"kind": "retraction of", "pmid": "11"}])])
    assert study.candidate.eligibility.reason == "as told"


def test_errata_of_other_files_are_told_once() -> None:
    said = {"kind": "erratum in", "pmid": "99"}
    records = [paper(pmid="11", notices=[said]), notice(pmid="99", notices=[{"kind": "erratum for", "pmid": "11"}])]
    study = study_of("paper", records)
    assert [(n.kind, n.pmid) for n in study.candidate.citation.notices] == [("erratum in", "99")]
    assert study.candidate.eligibility.decision == "include"
