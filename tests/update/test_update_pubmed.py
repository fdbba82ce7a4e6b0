"""`litpool update` with PubMed: what comes, what does not come again, and what is told."""

from __future__ import annotations

import datetime
import errno
import os
from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parsed import Citation, ParsedRecord
from pipeline.searched import read_searches
from pipeline.update import eutils
from tests.update.conftest import Review
from tests.update.entrez import LIMIT, Article, Entrez
from tests.update.server import Server

DAY = datetime.date


def pmids(path: Path) -> list[str]:
    """As our own reader reads the export."""
    return sorted(r.citation.pmid or "" for r in parse(path, path.name) if isinstance(r, ParsedRecord))


def test_the_first_update_takes_all_that_fits(
    review: Review, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review.update() == 0
    assert sorted(review.files()) == ["2026-11-21-itp-pubmed.xml", "searches.csv"]
    assert pmids(review.corpus / "2026-11-21-itp-pubmed.xml") == ["101", "102", "103", "104", "105"]
    (row,) = read_searches(review.corpus)
    assert (row.date, row.search, row.source, row.query) == (DAY(2026, 11, 21), "itp", "PubMed", "thrombocytopenia")
    assert (row.since, row.until, row.hits, row.new, row.updated) == (None, DAY(2026, 11, 21), 5, 5, 0)
    assert "itp: PubMed: 5 records fit, 5 new, 0 updated → corpus/2026-11-21-itp-pubmed.xml" in capsys.readouterr().out


def test_every_request_names_program_and_person(review: Review, server: Server) -> None:
    review.update()
    assert [a.path for a in server.asked] == ["/esearch.fcgi", "/efetch.fcgi"]
    assert {(a.fields["tool"], a.fields["email"]) for a in server.asked} == {("litpool", "a.reviewer@example.org")}
    assert all("litpool/" in a.headers["User-Agent"] for a in server.asked)


def test_the_next_update_takes_what_is_new_and_what_changed(review: Review, server: Server, entrez: Entrez) -> None:
    review.update("2026-10-01")
    entrez.add(Article(301, "Rituximab for thrombocytopenia", DAY(2026, 10, 20)))
    entrez.articles[102].changed = DAY(2026, 10, 10)
    entrez.articles[102].types = ("Journal Article", "Retracted Publication")
    server.asked.clear()
    assert review.update("2026-11-01") == 0
    assert pmids(review.corpus / "2026-11-01-itp-pubmed.xml") == ["102", "301"]
    row = read_searches(review.corpus)[-1]
    assert (row.since, row.hits, row.new, row.updated) == (DAY(2026, 9, 17), 2, 1, 1)
    fetched = [a for a in server.asked if a.path == "/efetch.fcgi"]
    assert sum(int(a.fields["retmax"]) for a in fetched) == 2


def test_nothing_new_is_a_line_without_a_file(review: Review, server: Server) -> None:
    review.update("2026-10-01")
    before = review.files()
    assert review.update("2026-11-01") == 0
    assert sorted(review.files()) == sorted(before)
    row = read_searches(review.corpus)[-1]
    assert (row.hits, row.new, row.updated, row.file, row.sha256) == (0, 0, 0, "", "")


def test_a_record_that_changed_in_nothing_that_counts_is_no_update(
    review: Review, server: Server, entrez: Entrez
) -> None:
    review.update("2026-10-01")
    entrez.articles[102].changed = DAY(2026, 10, 10)
    review.update("2026-11-01")
    row = read_searches(review.corpus)[-1]
    assert (row.hits, row.new, row.updated, row.file) == (1, 0, 0, "")


def test_an_update_of_days_that_overlap_takes_a_changed_record_once(
    review: Review, server: Server, entrez: Entrez
) -> None:
    review.update("2026-10-01")
    entrez.articles[102].changed, entrez.articles[102].text = DAY(2026, 10, 2), "Of 20 patients, 11 (55%) responded."
    review.update("2026-10-03")
    review.update("2026-10-04")
    assert [row.updated for row in read_searches(review.corpus)] == [0, 1, 0]


def test_records_of_exports_made_by_hand_are_known(review: Review, server: Server) -> None:
    (review.corpus / "by-hand.nbib").write_text(
        "PMID- 103\nOWN - NLM\nTI  - Danazol for thrombocytopenia 3\nAB  - Of 20 patients, 12 (60%) responded.\n\n"
    )
    assert review.update() == 0
    assert pmids(review.corpus / "2026-11-21-itp-pubmed.xml") == ["101", "102", "104", "105"]
    assert read_searches(review.corpus)[0].hits == 5
    assert [a.path for a in server.asked] == ["/esearch.fcgi", "/epost.fcgi", "/efetch.fcgi"]


def test_another_query_asks_for_all_dates_and_fetches_what_is_not_there(
    review: Review, server: Server, entrez: Entrez
) -> None:
    review.update("2026-10-01")
    review.search({"name": "itp", "source": "pubmed", "query": "danazol"})
    review.update("2026-11-01")
    row = read_searches(review.corpus)[-1]
    assert (row.since, row.hits, row.new) == (None, 6, 1)
    assert pmids(review.corpus / "2026-11-01-itp-pubmed.xml") == ["200"]


def test_only_records_of_the_days_of_the_search_count_whenever_they_changed(
    review: Review, server: Server, entrez: Entrez
) -> None:
    review.search(
        {
            "name": "itp",
            "source": "pubmed",
            "query": "thrombocytopenia",
            "since": DAY(2020, 2, 1),
            "until": DAY(2020, 4, 1),
        }
    )
    entrez.articles[101].changed = DAY(2020, 3, 1)
    review.update("2026-10-01")
    assert [(row.since, row.until, row.hits) for row in read_searches(review.corpus)] == [
        (DAY(2020, 2, 1), DAY(2020, 4, 1), 3)
    ]
    for pmid in (101, 103, 105):
        entrez.articles[pmid].changed = DAY(2026, 10, 20)
        entrez.articles[pmid].types = ("Retracted Publication",)
    review.update("2026-11-01")
    row = read_searches(review.corpus)[-1]
    assert (row.hits, row.new, row.updated) == (1, 0, 1)
    assert pmids(review.corpus / row.file) == ["103"]


@pytest.mark.parametrize(
    "query",
    [
        '"immune thrombocytopenia"[tiab] OR danazol, "a;b"', "-thrombocytopenia", "=thrombocytopenia", "@itp", "+itp",
        "1-2", "1/2 thrombocytopenia", "2020-01-01", "Jan 2020", "1e5", "'itp'", "true", "a\n  folded\tquery ", "50%", "ü – ≥ 30",
    ],
)  # fmt: skip
def test_a_query_is_the_same_when_its_line_is_read_again(review: Review, server: Server, query: str) -> None:
    review.search({"name": "itp", "source": "pubmed", "query": query})
    assert review.update("2026-10-01") == 0
    assert review.update("2026-11-01") == 0
    rows = read_searches(review.corpus)
    assert {row.query for row in rows} == {" ".join(query.split())}
    assert rows[1].since == DAY(2026, 9, 17)


def test_the_records_of_included_studies_come_again_if_they_changed(
    review: Review, server: Server, entrez: Entrez
) -> None:
    """Also those of an export made by hand, and those that no longer fit the query that found them."""
    (review.corpus / "by-hand.nbib").write_text("PMID- 103\nOWN - NLM\nTI  - Danazol for thrombocytopenia 3\n\n")
    review.update("2026-10-01")
    review.search({"name": "own", "source": "pubmed", "query": "included"})
    review.studies(
        (Citation(pmid="101"), "include"),
        (Citation(pmid="102"), "include"),
        (Citation(pmid="103"), "review"),
        (Citation(pmid="104"), "exclude"),
    )
    entrez.articles[102].title, entrez.articles[102].types = "RETRACTED", ("Retracted Publication",)
    entrez.articles[104].types = ("Retracted Publication",)
    assert review.update("2026-10-02") == 0
    assert pmids(review.corpus / "2026-10-02-own-pubmed.xml") == ["102", "103"]
    assert review.update("2026-10-03") == 0
    rows = read_searches(review.corpus)
    assert [(row.since, row.hits, row.new, row.updated) for row in rows[1:]] == [(None, 3, 0, 2), (None, 3, 0, 0)]


def test_an_export_that_is_gone_comes_again(review: Review, server: Server, entrez: Entrez) -> None:
    review.update("2026-10-01")
    (review.corpus / "2026-10-01-itp-pubmed.xml").unlink()
    entrez.add(Article(301, "Rituximab for thrombocytopenia", DAY(2026, 10, 20)))
    review.update("2026-11-01")
    assert pmids(review.corpus / "2026-11-01-itp-pubmed.xml") == ["101", "102", "103", "104", "105", "301"]
    review.update("2026-12-01")
    assert [row.since for row in read_searches(review.corpus)] == [None, None, DAY(2026, 10, 18)]


def test_a_dry_run_fetches_and_writes_nothing(
    review: Review, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review.update("2026-10-01", "--dry-run") == 0
    assert "itp: PubMed: 5 records fit, 5 new, 0 to look at for changes\n" in capsys.readouterr().out
    assert review.files() == {}
    assert {a.path for a in server.asked} == {"/esearch.fcgi"}


def test_a_full_disk_leaves_corpus_as_it_was(
    review: Review, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.update.export._put", full)
        assert review.update() == 2
    assert "itp: corpus/: No space left on device; corpus/ is as it was" in capsys.readouterr().err
    assert review.files() == {}
    assert review.update() == 0


def test_two_updates_of_one_day_have_two_files(review: Review, server: Server, entrez: Entrez) -> None:
    review.update()
    entrez.add(Article(301, "Rituximab for thrombocytopenia", DAY(2026, 11, 20)))
    review.update()
    assert sorted(review.files()) == ["2026-11-21-itp-pubmed-2.xml", "2026-11-21-itp-pubmed.xml", "searches.csv"]


def test_more_than_pubmed_gives_at_once_is_split_by_date(
    review: Review, server: Server, entrez: Entrez, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert eutils.MOST == LIMIT == 9_999
    monkeypatch.setattr(eutils, "MOST", 99)
    entrez.limit = 99
    days = (DAY(2015, 1, 1) + datetime.timedelta(days=i // 7) for i in range(500))
    entrez.add(*(Article(1000 + i, "Trial of thrombocytopenia", day) for i, day in enumerate(days)))
    review.search({"name": "itp", "source": "pubmed", "query": "trial"})
    assert review.update() == 0
    row = read_searches(review.corpus)[0]
    assert (row.hits, row.new, row.note) == (500, 500, "")


def test_more_of_one_day_than_pubmed_gives_is_told(
    review: Review, server: Server, entrez: Entrez, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(eutils, "MOST", 9)
    entrez.limit = 9
    entrez.add(*(Article(1000 + i, "Trial of thrombocytopenia", DAY(2015, 1, 1)) for i in range(10)))
    assert review.update() == 1
    assert "10 records of one day (2015-01-01) fit, of which only 9 can be had" in capsys.readouterr().err


def test_a_record_that_is_listed_and_not_given_is_told_and_asked_for_again(
    review: Review, server: Server, entrez: Entrez
) -> None:
    entrez.deleted.add(104)
    assert review.update("2026-10-01") == 0
    row = read_searches(review.corpus)[0]
    assert (row.hits, row.new) == (5, 4)
    assert "1 listed but not given" in row.note


def test_a_part_of_the_query_that_is_not_found_is_told(review: Review, server: Server) -> None:
    review.search({"name": "itp", "source": "pubmed", "query": "thrombocytopenia xyzzy"})
    assert review.update() == 0
    assert read_searches(review.corpus)[0].note == 'part of the query not found: "xyzzy"'


def test_a_query_that_is_too_wide_fetches_nothing(
    review: Review, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    review.search({"name": "itp", "source": "pubmed", "query": "danazol", "limit": 5})
    assert review.update() == 2
    assert review.files() == {}
    assert "6 records fit, more than its limit of 5" in capsys.readouterr().err
    assert {a.path for a in server.asked} == {"/esearch.fcgi"}


def test_the_export_is_in_the_line_by_its_hash(review: Review, server: Server) -> None:
    import hashlib

    review.update()
    (row,) = read_searches(review.corpus)
    assert row.sha256 == hashlib.sha256((review.corpus / row.file).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("searches", "said"),
    [
        ([{"name": "itp", "source": "pubmud", "query": "x"}], '"pubmud" is not known (known: pubmed'),
        ([{"name": "itp", "source": "pubmed"}], "searches 1 query: missing key"),
        ([{"name": "itp", "source": "pubmed", "query": "x", "limits": 3}], 'did you mean "limit"?'),
        ([{"name": "I T P", "source": "pubmed", "query": "x"}], "searches 1 name"),
        ([{"name": "itp", "source": "pubmed", "query": "x"}] * 2, '"itp" is there 2 times for pubmed'),
        (
            [{"name": "itp", "source": "pubmed", "query": "x", "since": DAY(2020, 2, 1), "until": DAY(2020, 1, 1)}],
            "since must not be after until",
        ),
        (
            [{"name": "itp", "source": "europepmc", "query": "included"}],
            "the query `included` is for pubmed, pmc, openalex",
        ),
        ([], "has none; add one"),
    ],
)
def test_what_is_wrong_in_the_config_is_told_with_its_place(
    review: Review, searches: list[dict[str, object]], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    review.search(*searches)
    assert review.update() == 2
    told = capsys.readouterr().err
    assert said in told
    assert "config/searches.yaml" in told


def test_without_an_address_nothing_is_asked(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    review.search({"name": "itp", "source": "pubmed", "query": "x"}, contact="")
    assert review.update() == 2
    assert "contact: missing" in capsys.readouterr().err
