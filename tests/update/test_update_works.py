"""`litpool update` with OpenAlex (citation chasing) and Crossref (missing DOIs), and what our readers make of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.linked import Report, Study
from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, as_line
from pipeline.searched import read_searches
from tests.link.linked_records import record
from tests.update.conftest import Review
from tests.update.server import Server, page
from tests.update.works import Crossref, OpenAlex, work

KEY = "a-key-of-some-length"
TITLE = "Danazol in adults with chronic refractory thrombocytopenia of unknown cause"
OWN: dict[str, Any] = {
    "title": TITLE,
    "journal": "Blood",
    "year": 2020,
    "volume": "1",
    "pages": "3-9",
    "authors": ["Lovelace, Ada"],
}


def studies(review: Review, *citations: dict[str, Any], decision: str = "include") -> None:
    """As the last rebuild left them."""
    (review.folder / "extracted").mkdir(exist_ok=True)
    lines = []
    for i, citation in enumerate(citations):
        found = record(f"r{i}", decision=decision, **citation)
        of = Report(record_id=found.record_id, file=found.source.file, kept=True)
        lines.append(as_line(Study(study=f"s{i}", label=f"S {i}", reports=[of], candidate=found)))
    (review.folder / "extracted" / "studies.jsonl").write_text("".join(lines), encoding="utf-8")


def read(review: Review, source: str) -> list[ParsedRecord]:
    path = review.corpus / f"2026-11-21-itp-{source}.json"
    return [row for row in parse(path, path.name) if isinstance(row, ParsedRecord)]


# ---- OpenAlex ------------------------------------------------------------------------------------------------------


@pytest.fixture
def openalex(review: Review, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAlex]:
    """Our study 1 (by PMID) cites 2 and is cited by 3; 4 is cited by our study 5 (by DOI); 6 has nothing to do with it."""
    there = OpenAlex()
    there.add(
        work(1, TITLE, cites=(2,), pmid=101), work(2, "Earlier"), work(3, "Later", cites=(1,), is_retracted=True),
        work(4, "Method"), work(5, "Ours, too", cites=(4,)), work(6, "Elsewhere", cites=(2,)),
    )  # fmt: skip
    review.search({"name": "itp", "source": "openalex", "query": "included"})
    studies(review, {"pmid": "101"}, {"doi": "10.1000/5"})
    with Server(there.routes()) as server:
        monkeypatch.setenv("LITPOOL_ADDRESS_OPENALEX", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OPENALEX_API_KEY", KEY)
        yield there


def test_citations_are_chased_in_both_directions(review: Review, openalex: OpenAlex) -> None:
    openalex.page = 1
    assert review.update() == 0
    assert [r.citation.title for r in read(review, "openalex")] == ["Earlier", "Later", "Method"]
    (row,) = read_searches(review.corpus)
    assert (row.source, row.query, row.hits, row.new, row.since) == ("OpenAlex", "included", 3, 3, None)
    assert row.note == "citations of and by 2 works of the review"
    assert review.update("2026-12-21") == 0
    assert read_searches(review.corpus)[-1].file == "", "what is there does not come again"


def test_a_work_is_read_with_its_abstract_in_order(review: Review, openalex: OpenAlex) -> None:
    review.update()
    later = read(review, "openalex")[1]
    c = later.citation
    assert later.text == "Later\n\nOf 20 patients 12 of 20 responded."
    assert (c.doi, c.year, c.journal, c.volume, c.pages) == ("10.1000/3", 2020, "Blood", "1", "3-9")
    assert c.publication_types == ["Retracted Publication", "article"]
    assert (c.authors, c.database) == (["Ada Lovelace"], "OpenAlex")


def test_a_filter_of_its_own(review: Review, openalex: OpenAlex) -> None:
    review.search({"name": "itp", "source": "openalex", "query": "title.search:Elsewhere"})
    assert review.update() == 0
    assert [r.citation.title for r in read(review, "openalex")] == ["Elsewhere"]


def test_the_key_is_needed_and_stands_nowhere(
    review: Review, openalex: OpenAlex, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    review.update()
    assert all(KEY.encode() not in data for data in review.files().values())
    monkeypatch.delenv("OPENALEX_API_KEY")
    assert review.update() == 2
    assert "OPENALEX_API_KEY" in capsys.readouterr().err


def test_citations_want_a_rebuild_first(review: Review, openalex: OpenAlex, capsys: pytest.CaptureFixture[str]) -> None:
    (review.folder / "extracted" / "studies.jsonl").unlink()
    assert review.update() == 2
    assert "run `snakemake all` first" in capsys.readouterr().err


# ---- Crossref ------------------------------------------------------------------------------------------------------


@pytest.fixture
def crossref(review: Review, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crossref]:
    there = Crossref()
    review.search({"name": "itp", "source": "crossref", "query": "missing dois"})
    with Server(there.routes()) as server:
        monkeypatch.setenv("LITPOOL_ADDRESS_CROSSREF", server.address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield there


def item(doi: str, title: str = TITLE, **more: Any) -> dict[str, Any]:
    return {
        "DOI": doi, "title": [title], "author": [{"family": "Lovelace", "given": "Ada", "sequence": "first"}],
        "issued": {"date-parts": [[2020, 3]]}, "container-title": ["Blood"], "volume": "1", "page": "3-9",
        "type": "journal-article",
    } | more  # fmt: skip


def test_a_sure_match_brings_the_doi(review: Review, crossref: Crossref) -> None:
    studies(review, OWN, OWN | {"title": "Another one with its DOI", "doi": "10.1000/own"})
    crossref.items += [item("10.1000/OTHER", "Danazol in children with thrombocytopenia"), item("10.1000/X")]
    assert review.update() == 0
    (found,) = read(review, "crossref")
    assert (found.citation.doi, found.citation.title, found.citation.authors) == ("10.1000/x", TITLE, ["Lovelace, Ada"])
    assert read_searches(review.corpus)[-1].note == "1 reports without DOI, 1 surely found"


@pytest.mark.parametrize(
    "items",
    [
        [item("10.1000/1", TITLE + " in children", page="30-39")],
        [item("10.1000/1", page="30-39", volume="2", author=[{"family": "Turing"}])],
        [item("10.1000/1"), item("10.1000/2")],
        [],
    ],
)
def test_what_is_not_sure_is_not_taken(review: Review, crossref: Crossref, items: list[dict[str, Any]]) -> None:
    studies(review, OWN)
    crossref.items += items
    assert review.update() == 0
    assert sorted(review.files()) == ["searches.csv"]


def test_another_query_is_refused(review: Review, crossref: Crossref, capsys: pytest.CaptureFixture[str]) -> None:
    review.search({"name": "itp", "source": "crossref", "query": "danazol"})
    assert review.update() == 2
    assert "missing dois" in capsys.readouterr().err


def test_a_page_of_maintenance_leaves_all_as_it_was(review: Review, crossref: Crossref) -> None:
    studies(review, OWN)
    with Server({"/works": lambda *_: page(None)}) as broken, pytest.MonkeyPatch.context() as patch:  # type: ignore[arg-type]
        patch.setenv("LITPOOL_ADDRESS_CROSSREF", broken.address)
        assert review.update() == 1
    assert review.files() == {}


# ---- readers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "notice"),
    [("retraction", "retraction of"), ("corrigendum", "erratum for"), ("expression_of_concern", "expression of concern for"),
     ("clarification", None)],
)  # fmt: skip
def test_crossrefs_updates_are_notices(tmp_path: Path, kind: str, notice: str | None) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"items": [item("10.1000/n", **{"update-to": [{"DOI": "10.1000/X", "type": kind}]})]}))
    (found,) = parse(path, "a.json")
    assert isinstance(found, ParsedRecord)
    told = [(n.kind, n.doi) for n in found.citation.notices]
    assert told == ([(notice, "10.1000/x")] if notice else [])


def test_reference_managers_json_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([item("10.1000/n", title=TITLE) | {"title": TITLE, "container-title": "Blood"}]))
    (found,) = parse(path, "a.json")
    assert isinstance(found, ParsedRecord)
    assert (found.citation.title, found.citation.journal) == (TITLE, "Blood")
