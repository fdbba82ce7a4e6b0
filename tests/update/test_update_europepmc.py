"""`litpool update` with Europe PMC: cursors, records that PubMed gave already, preprints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord
from pipeline.searched import read_searches
from pipeline.update import europepmc
from tests.update.conftest import DAY, Review
from tests.update.entrez import Article, Entrez
from tests.update.europepmc_rest import EuropePmc
from tests.update.server import Server, Trouble, empty, fine, page, shortened, status, torn

SEARCH: dict[str, object] = {"name": "itp", "source": "europepmc", "query": "thrombocytopenia"}


@pytest.fixture
def index(entrez: Entrez) -> EuropePmc:
    """What PubMed has, and a preprint."""
    there = EuropePmc()
    there.add(*entrez.articles.values())
    there.add_preprints(Article(900, "A preprint on thrombocytopenia", DAY(2021, 1, 1), types=("Preprint",)))
    return there


@pytest.fixture
def europe(index: EuropePmc, review: Review, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    review.search(SEARCH)
    with Server(index.routes()) as server:
        monkeypatch.setenv("LITPOOL_ADDRESS_EUROPEPMC", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server


def records(review: Review, name: str) -> list[ParsedRecord]:
    path = review.corpus / name
    return [row for row in parse(path, name) if isinstance(row, ParsedRecord)]


def test_all_that_fits_comes_once(review: Review, europe: Server) -> None:
    assert review.update() == 0
    (row,) = read_searches(review.corpus)
    assert (row.source, row.hits, row.new, row.file) == ("Europe PMC", 6, 6, "2026-11-21-itp-europepmc.xml")
    found = records(review, row.file)
    assert sorted(r.citation.pmid or r.citation.doi or "" for r in found) == ["10.1000/900", *map(str, range(101, 106))]
    assert all("Of 20 patients treated with danazol, 12 (60%) responded." in r.text for r in found)


@pytest.mark.parametrize("size", [1, 2, 4, 6, 7])
def test_pages_are_followed_until_the_cursor_repeats(
    review: Review, europe: Server, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(europepmc, "PAGE", size)
    monkeypatch.setattr(europepmc, "BATCH", size)
    assert review.update() == 0
    assert read_searches(review.corpus)[0].new == 6
    marks = [a.fields["cursorMark"] for a in europe.asked if a.fields["resultType"] == "lite"]
    assert len(set(marks)) == len(marks)


def test_what_pubmed_gave_is_not_fetched_again(
    review: Review, server: Server, europe: Server, index: EuropePmc
) -> None:
    review.search({"name": "itp", "source": "pubmed", "query": "thrombocytopenia"}, SEARCH)
    assert review.update() == 0
    assert [(row.source, row.hits, row.new) for row in read_searches(review.corpus)] == [
        ("PubMed", 5, 5),
        ("Europe PMC", 6, 1),
    ]
    assert index.given == ["PPR900"]


def test_what_is_new_and_what_changed(review: Review, europe: Server, index: EuropePmc) -> None:
    review.update("2026-10-01")
    index.add(Article(301, "Rituximab for thrombocytopenia", DAY(2026, 10, 20)))
    retracted, counted = index.articles["MED", "102"], index.articles["MED", "103"]
    retracted.changed = counted.changed = DAY(2026, 10, 10)
    retracted.types = ("Journal Article", "Retracted Publication")
    index.cited = 7
    review.update("2026-11-01")
    row = read_searches(review.corpus)[-1]
    assert (row.hits, row.new, row.updated) == (3, 1, 1)
    assert sorted(r.citation.pmid or "" for r in records(review, row.file)) == ["102", "301"]


def test_only_records_of_the_days_of_the_search_count(review: Review, europe: Server, index: EuropePmc) -> None:
    review.search({**SEARCH, "since": DAY(2020, 2, 1), "until": DAY(2020, 4, 1)})
    review.update("2026-10-01")
    for pmid in ("101", "103", "105"):
        index.articles["MED", pmid].changed = DAY(2026, 10, 20)
        index.articles["MED", pmid].types = ("Retracted Publication",)
    review.update("2026-11-01")
    assert [(row.hits, row.new, row.updated) for row in read_searches(review.corpus)] == [(3, 3, 0), (1, 0, 1)]


@pytest.mark.parametrize(
    "trouble",
    [
        status(429),
        status(500),
        page,
        empty,
        torn,
        shortened,
        status(200, b'{"errCode":404,"errMsg":"no"}'),
        status(200, b"[]"),
    ],
)
@pytest.mark.parametrize("request_no", [0, 2], ids=["list", "fetch"])
def test_passing_trouble_is_waited_out(review: Review, europe: Server, trouble: Trouble, request_no: int) -> None:
    europe.trouble.extend([fine] * request_no + [trouble])
    assert review.update() == 0
    assert read_searches(review.corpus)[0].new == 6


def test_a_list_that_ends_early_leaves_corpus_as_it_was(
    review: Review, europe: Server, index: EuropePmc, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = index.search

    def early(fields: dict[str, str], headers: object) -> object:
        answer = whole(fields, {})
        answer.body = answer.body.replace(b'"hitCount": 6', b'"hitCount": 60')
        return answer

    europe.routes["/searchPOST"] = early  # type: ignore[assignment]
    assert review.update() == 1
    assert review.files() == {}
    assert "says that 60 records fit and lists 6" in capsys.readouterr().err
