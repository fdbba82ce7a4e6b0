"""Retractions, corrections and updates, as each format prints them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parse.notices import named_kind
from pipeline.parsed import Citation, ParsedRecord

NBIB = """PMID- 11
OWN - NLM
DP  - 2010
TI  - Drug A in anaemia.
AB  - We treated 20 patients.
LR  - 20240531
RIN - Blood. 2012 May 3;119(18):4333. doi: 10.1000/retract.1. PMID: 99
EIN - Blood. 2011 Jan 6;117(1):
      12-14
CIN - Blood. 2010;116:1. PMID: 12
PT  - Journal Article
PT  - Retracted Publication

PMID- 12
OWN - NLM
DP  - 2000
TI  - Drug B in anaemia.
ECF - N Engl J Med. 2005 Dec 29;353(26):2813-4. PMID: 16

PMID- 13
OWN - NLM
DP  - 2005
TI  - Expression of concern: drug B in anaemia.
ECF - N Engl J Med. 2000 Nov 23;343(21):1520-8. PMID: 12
"""

XML = """<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>11</PMID>
<DateRevised><Year>2024</Year><Month>5</Month><Day>31</Day></DateRevised>
<Article><ArticleTitle>Drug A in anaemia.</ArticleTitle><Abstract><AbstractText>We treated 20 patients.</AbstractText></Abstract></Article>
<CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><RefSource>Blood. 2012 May 3;119(18):4333. doi: 10.1000/retract.1</RefSource><PMID Version="1">99</PMID></CommentsCorrections>
<CommentsCorrections RefType="Cites"><RefSource>Blood. 2001;1:1</RefSource><PMID>98</PMID></CommentsCorrections>
<CommentsCorrections RefType="CommentIn"><RefSource>Blood. 2010;116:1</RefSource></CommentsCorrections>
</CommentsCorrectionsList></MedlineCitation></PubmedArticle></PubmedArticleSet>
"""

TEXT = """1. Ann Test Haem. 2010 Mar 1;119(9):1967-72.

Drug A in anaemia.

Lovelace A(1), Turing AM(1).

Retraction in
    Ann Test Haem. 2012 May 3;121(18):4333. doi:
    10.1000/retract.1.
    Ann Test Haem. 2013 Jan 3;122(1):1.

We treated 20 patients, and 12 of them responded well.

PMID: 11
"""

JATS = """<article article-type="{kind}" xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="pmid">11</article-id><title-group><article-title>Drug A in anaemia</article-title></title-group>
<related-article id="r1" related-article-type="{related}" ext-link-type="{link}" xlink:href="{to}"/>
<abstract><p>We treated 20 patients.</p></abstract></article-meta></front><body><p>We treated 20 patients.</p></body></article>
"""


def records(folder: Path, name: str, text: str) -> list[ParsedRecord]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    rows = list(parse(path, name))
    return [row for row in rows if isinstance(row, ParsedRecord)]


def cited(record: ParsedRecord) -> list[tuple[str, str, str | None, str | None]]:
    return [(n.kind, n.where, n.pmid, n.doi) for n in record.citation.notices]


def said(record: ParsedRecord) -> list[str]:
    return [record.raw[slice(*n.span)] for n in record.citation.notices if n.span is not None]


def test_medline(tmp_path: Path) -> None:
    first, _, _ = records(tmp_path, "a.nbib", NBIB)
    assert [(kind, pmid, doi) for kind, _, pmid, doi in cited(first)] == [
        ("retraction in", "99", "10.1000/retract.1"),
        ("erratum in", None, None),
    ]
    assert said(first)[0].startswith("Blood. 2012")
    assert "12-14" in said(first)[1], "a value that goes on in the next line"
    assert first.citation.revised == "2024-05-31"


def test_a_concern_is_about_what_is_earlier(tmp_path: Path) -> None:
    _, article, notice = records(tmp_path, "a.nbib", NBIB)
    assert [n.kind for n in article.citation.notices] == ["expression of concern in"]
    assert [n.kind for n in notice.citation.notices] == ["expression of concern for"]


def test_pubmed_xml(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "a.xml", XML)
    assert cited(record) == [
        ("retraction in", "Blood. 2012 May 3;119(18):4333. doi: 10.1000/retract.1", "99", "10.1000/retract.1")
    ]
    assert said(record) == ["Retraction in: Blood. 2012 May 3;119(18):4333. doi: 10.1000/retract.1. PMID: 99"]
    assert "Retraction" not in record.text, "what is read for results is title and abstract"
    assert record.citation.revised == "2024-05-31"


def test_pubmed_xml_of_two_records_keeps_places(tmp_path: Path) -> None:
    twice = XML.replace("</PubmedArticleSet>", "") + XML.split("<PubmedArticleSet>")[1].replace(">11<", ">12<")
    _, second = records(tmp_path, "a.xml", twice)
    assert second.source.span[0] > 0
    assert said(second)[0].startswith("Retraction in: Blood")


def test_europe_pmc() -> None:
    path = Path(__file__).parent / "data" / "europepmc.xml"
    record = next(row for row in parse(path, path.name) if isinstance(row, ParsedRecord))
    assert cited(record) == [("retraction in", "J Inv Tests. 2012 Apr;32(1):1", "99000029", None)]
    assert said(record) == ["Retraction in: J Inv Tests. 2012 Apr;32(1):1. PMID: 99000029"]


def test_pubmed_text(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "a.txt", TEXT)
    assert [(kind, doi) for kind, _, _, doi in cited(record)] == [
        ("retraction in", "10.1000/retract.1"),
        ("retraction in", None),
    ]
    assert "Retraction in" not in record.text


@pytest.mark.parametrize(
    ("kind", "related", "link", "to", "expected"),
    [
        ("research-article", "retraction-forward", "doi", "10.1000/X", ("retraction in", None, "10.1000/x")),
        ("retraction", "retracted-article", "pubmed", "99", ("retraction of", "99", None)),
        ("correction", "corrected-article", "doi", "10.1000/x", ("erratum for", None, "10.1000/x")),
        ("expression-of-concern", "object-of-concern", "doi", "10.1000/x", ("expression of concern for", None, "10.1000/x")),
        ("expression-of-concern", "expression-of-concern", "pubmed", "9", ("expression of concern for", "9", None)),
        ("research-article", "commentary", "pubmed", "9", None),
    ],
)  # fmt: skip
def test_jats(tmp_path: Path, kind: str, related: str, link: str, to: str, expected: object) -> None:
    (record,) = records(tmp_path, "a.nxml", JATS.format(kind=kind, related=related, link=link, to=to))
    assert [(k, pmid, doi) for k, _, pmid, doi in cited(record)] == ([expected] if expected is not None else [])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("RetractionIn", "retraction in"),
        ("Retraction in", "retraction in"),
        ("CorrectedandRepublishedIn", "corrected and republished in"),
        ("Corrected and republished from", "corrected and republished from"),
        ("ExpressionOfConcernFor", "expression of concern for"),
        ("UpdateOf", "update of"),
        ("CommentIn", None),
        ("Cites", None),
    ],
)
def test_names_of_pubmed(name: str, kind: str | None) -> None:
    assert named_kind(name) == kind


def test_a_citation_without_notices_says_so() -> None:
    assert Citation().notices == []
    assert Citation().revised is None
