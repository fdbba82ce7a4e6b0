"""Records are cut out of real answers just where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from pipeline.update import pmc, pubmed
from pipeline.update.waiting import Passing

SHARED = Path(__file__).parents[3] / "shared/corpora"
PUBMED = sorted((SHARED / "pubmed_xml").glob("*.xml"))
ARTICLES = sorted((SHARED / "jats").glob("*.nxml"))
needs_shared = pytest.mark.skipif(not PUBMED, reason="no ../shared/corpora here")


@needs_shared
@pytest.mark.parametrize("path", PUBMED, ids=lambda p: str(p.name))
def test_pubmed_records(path: Path) -> None:
    data = path.read_bytes()
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
    records = [e for e in etree.fromstring(data, parser) if e.tag in ("PubmedArticle", "PubmedBookArticle")]
    found = list(pubmed.pieces(data))
    assert records
    assert [piece.names[0] for piece in found] == [f"pmid:{int(e.findtext('.//PMID') or 0)}" for e in records]
    dois = [e.findtext("PubmedData/ArticleIdList/ArticleId[@IdType='doi']") for e in records]
    assert [piece.names[1:] for piece in found] == [(f"doi:{doi.lower()}",) if doi else () for doi in dois]
    for piece in found:
        etree.fromstring(piece.data)
        assert piece.data.startswith(b"<Pubmed")
        assert etree.fromstring(pubmed.state_of(piece.data)).findtext(".//PMID")


@needs_shared
def test_articles_of_pubmed_central() -> None:
    wrong = []
    for path in ARTICLES:
        data = path.read_bytes()
        found = list(pmc.pieces(b"<pmc-articleset>" + data + data + b"</pmc-articleset>"))
        wrong += [path.name] if [p.names for p in found] != [(f"fulltext:{path.stem}",)] * 2 else []
    assert len(ARTICLES) > 40
    assert wrong == []


@pytest.mark.parametrize("cut", [40, 100, 250])
def test_a_record_that_is_not_whole_is_none(cut: int) -> None:
    whole = (
        b'<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">1</PMID>'
        + b"x" * 200
        + b"</MedlineCitation></PubmedArticle></PubmedArticleSet>"
    )
    assert [p.names for p in pubmed.pieces(whole)] == [("pmid:1",)]
    with pytest.raises(Passing):
        list(pubmed.pieces(whole[:cut]))


@pytest.mark.parametrize("hostile", [b"<PMID" * 30_000, b"<PubmedArticle>" * 20_000, b"<article " * 30_000])
def test_hostile_answers_take_no_time(hostile: bytes) -> None:
    from time import process_time

    began = process_time()
    for of in (pubmed, pmc):
        with pytest.raises(Passing):
            list(of.pieces(b"<PubmedArticle><article>" + hostile))
    assert process_time() - began < 2


def test_records_that_begin_and_do_not_end_are_one() -> None:
    data = b'<PubmedArticle><PMID Version="1">1</PMID>' * 50_000 + b"</PubmedArticle>"
    assert len(list(pubmed.pieces(data))) == 1
