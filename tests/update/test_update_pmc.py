"""`litpool update` with PubMed Central: full texts, each in a file of its own, only where the licence allows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.parse import parse
from pipeline.parsed import Citation, ParsedRecord
from pipeline.searched import read_searches
from pipeline.update.export import digest_of
from pipeline.workflow import sources
from tests.update.conftest import Review
from tests.update.pmc_articles import FullText, PubMedCentral
from tests.update.server import Server, fine, page, shortened, status, torn

SEARCH: dict[str, object] = {"name": "itp", "source": "pmc", "query": "thrombocytopenia"}
FOLDER = "2026-11-21-itp-pmc"


@pytest.fixture
def central() -> PubMedCentral:
    there = PubMedCentral()
    there.add_texts(
        FullText(501, "Danazol for thrombocytopenia"),
        FullText(502, "Rituximab for thrombocytopenia"),
        FullText(503, "Closed words on thrombocytopenia", open=False),
        FullText(504, "Danazol for angioedema"),
    )
    return there


@pytest.fixture
def pmc(central: PubMedCentral, review: Review, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    review.search(SEARCH)
    with Server(central.routes()) as server:
        monkeypatch.setenv("LITPOOL_ADDRESS_EUTILS", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server


def texts(review: Review) -> list[str]:
    return [name for name in sources(review.corpus) if "-pmc/" in name]


def test_each_open_article_is_a_file(review: Review, pmc: Server) -> None:
    assert review.update() == 0
    assert texts(review) == [f"{FOLDER}/PMC501.xml", f"{FOLDER}/PMC502.xml"]
    (row,) = read_searches(review.corpus)
    assert (row.source, row.hits, row.new, row.file) == ("PubMed Central", 2, 2, FOLDER)
    assert row.sha256 == digest_of(review.corpus / FOLDER)
    path = review.corpus / texts(review)[0]
    (record,) = (r for r in parse(path, path.name) if isinstance(r, ParsedRecord))
    assert (record.record_id, record.citation.pmcid) == ("PMC501", "PMC501")
    assert "Of 20 patients treated with danazol, 12 (60%) responded." in record.text


def test_an_article_that_is_there_is_not_fetched_again(review: Review, pmc: Server, central: PubMedCentral) -> None:
    review.update("2026-10-01")
    (review.corpus / "mine.nxml").write_text(FullText(505, "Mine on thrombocytopenia").xml)
    central.add_texts(FullText(505, "Mine on thrombocytopenia"), FullText(506, "New on thrombocytopenia"))
    pmc.asked.clear()
    assert review.update("2026-11-01") == 0
    assert texts(review)[2:] == ["2026-11-01-itp-pmc/PMC506.xml"]
    assert [a.fields["id"] for a in pmc.asked if a.path == "/epost.fcgi"] == ["506"]
    row = read_searches(review.corpus)[-1]
    assert (row.since, row.hits, row.new) == (None, 4, 1)


def test_an_article_without_its_text_is_not_kept(review: Review, pmc: Server, central: PubMedCentral) -> None:
    def unfiltered(fields: dict[str, str], headers: object) -> object:
        return central.esearch({**fields, "term": fields["term"].replace(" AND open access[filter]", "")}, {})

    pmc.routes["/esearch.fcgi"] = unfiltered  # type: ignore[assignment]
    assert review.update() == 0
    assert texts(review) == [f"{FOLDER}/PMC501.xml", f"{FOLDER}/PMC502.xml"]
    assert "1 listed but not given" in read_searches(review.corpus)[0].note


def test_the_articles_of_included_studies(review: Review, pmc: Server, capsys: pytest.CaptureFixture[str]) -> None:
    review.search({**SEARCH, "query": "included"})
    assert review.update() == 2
    assert "run `snakemake all` first" in capsys.readouterr().err
    review.studies(
        (Citation(pmcid="PMC501"), "include"),
        (Citation(pmcid="PMC503"), "review"),
        (Citation(), "include"),
        (Citation(pmcid="PMC504"), "exclude"),
    )
    assert review.update() == 0
    assert texts(review) == [f"{FOLDER}/PMC501.xml"]


@pytest.mark.parametrize("trouble", [status(503), page, torn, shortened])
@pytest.mark.parametrize("request_no", [0, 1, 2], ids=["search", "post", "fetch"])
def test_passing_trouble_is_waited_out(review: Review, pmc: Server, trouble: object, request_no: int) -> None:
    pmc.trouble.extend([fine] * request_no + [trouble])  # type: ignore[list-item]
    assert review.update() == 0
    assert len(texts(review)) == 2


def test_an_update_that_is_cut_short_before_its_line_shows_no_article(review: Review, pmc: Server) -> None:
    lock = review.corpus / ".~lock.searches.csv#"
    lock.touch()
    assert review.update() == 2
    assert (review.corpus / FOLDER).is_dir()
    assert sources(review.corpus) == []
    lock.unlink()
    assert review.update() == 0
    assert len(texts(review)) == 2
