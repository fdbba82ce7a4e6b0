"""PubMed's XML, EndNote's XML and Mendeley's, which has the shape of EndNote's."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from time import process_time
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.parse import BETWEEN, parse
from pipeline.parsed import ParsedRecord, SetAside

from .conftest import DATA, SHARED, check_spans, letters, read_all, section, written

CITATIONS = SHARED / "corpora" / "citations"
PUBMED = SHARED / "corpora" / "pubmed_xml"
needs_shared = pytest.mark.skipif(not PUBMED.is_dir(), reason="no ../shared/corpora here")


def test_pubmed_xml() -> None:
    first, second = records = read_all(DATA / "pubmed.xml")
    assert first.citation.title == "Platelets above 30 x 10⁹/L after two invented drugs & none."
    assert [s.title for s in first.sections] == ["title", "BACKGROUND", "WHAT WE DID", "RESULTS"]
    assert section(first, "WHAT WE DID") == "Forty patients were asked."
    assert section(first, "BACKGROUND").startswith("Nobody had counted <5 tests")
    assert second.text == "A chapter on answers\n\nMost of them were well."
    assert (second.citation.pmid, second.citation.year) == ("99000012", 2018)
    for record in records:
        check_spans(record, written(records))


def test_citation_of_pubmed_xml() -> None:
    cited = read_all(DATA / "pubmed.xml")[0].citation
    assert cited.authors == ["Noether, Emmy", "Test Counters Group"]
    assert cited.authors_truncated
    assert (cited.year, cited.journal, cited.volume, cited.issue, cited.pages) == (
        2011,
        "J Inv Tests",
        "31",
        "4",
        "7-12",
    )
    assert (cited.doi, cited.pmid, cited.pmcid) == ("10.1000/inv.11", "99000011", "PMC9900011")
    assert cited.registration == ["NCT00000012", "NCT00000011"]
    assert cited.mesh == ["Danazol/*therapeutic use"]
    assert (cited.publication_types, cited.language, cited.database) == (["Journal Article"], "eng", "PubMed")


def test_europe_pmc_xml() -> None:
    first, second = records = read_all(DATA / "europepmc.xml")
    assert first.citation.title == "Counts above 10⁹ after an invented drug."
    assert [s.title for s in first.sections] == ["title", "Background", "Results"]
    assert section(first, "Background") == "Nobody had counted <5 tests (NCT00000012)."
    assert section(first, "Results") == "Of 20 tests, 12 were good (p < 0.01 & more)."
    assert second.text == "A preprint of answers\n\nMost of them were well: 10⁹ and more. The rest was not."
    for record in records:
        check_spans(record, written(records))


def test_citation_of_europe_pmc_xml() -> None:
    first, second = (record.citation for record in read_all(DATA / "europepmc.xml"))
    assert first.authors == ["Noether, Emmy", "Test Counters Group"]
    assert first.affiliations == ["Department of Tests, University of Inventing, Erlangen, Germany"]
    assert (first.year, first.journal, first.volume, first.issue, first.pages) == (
        2011,
        "J Inv Tests",
        "31",
        "4",
        "7-12",
    )
    assert (first.doi, first.pmid, first.pmcid) == ("10.1000/inv.21", "99000021", "PMC9900021")
    assert first.registration == ["NCT00000012"]
    assert first.mesh == ["Danazol/*therapeutic use"]
    assert first.publication_types == ["research-article", "Journal Article"]
    assert [(n.kind, n.pmid, n.where) for n in first.notices] == [
        ("retraction in", "99000029", "J Inv Tests. 2012 Apr;32(1):1")
    ]
    assert first.revised == "2013-05-06"
    assert (second.authors, second.year, second.doi) == (["Germain S", "Lovelace A"], 2023, "10.1101/900")
    assert (second.pmid, second.publication_types, second.database) == (None, ["Preprint"], "Europe PMC")


def test_endnote_xml() -> None:
    first, second = records = read_all(DATA / "endnote.xml")
    assert first.text == "Counts above 10⁹ are rare\n\nAims: To count.\n\nResults: Of 20 tests, 12 were good."
    assert [s.title for s in first.sections] == ["title", "Aims", "Results"]
    cited = first.citation
    assert cited.authors == ["Germain, Sophie", "Lovelace, A."]
    assert (cited.year, cited.journal, cited.volume, cited.issue, cited.pages) == (
        2009,
        "Annals of Tests",
        "2",
        "1",
        "3-8",
    )
    assert (cited.doi, cited.pmid, cited.database) == ("10.1000/ann.2", "99000021", "Medline")
    assert cited.mesh == ["tests", "counts"]
    assert second.citation.pmid is None, "an accession number of Embase is no PMID"
    for record in records:
        check_spans(record, written(records))


@needs_shared
@pytest.mark.parametrize("path", sorted(PUBMED.glob("*.xml")), ids=lambda p: str(p.name))
def test_real_pubmed_xml(path: Path) -> None:
    articles = ElementTree.parse(path).getroot().findall("PubmedArticle")
    records = read_all(path)
    assert [r.citation.pmid for r in records] == [a.findtext("MedlineCitation/PMID") for a in articles]
    for record, article in zip(records, articles, strict=True):
        parts = article.findall("MedlineCitation/Article/Abstract/AbstractText")
        labels = [part.get("Label") for part in parts if part.get("Label")]
        assert [s.title for s in record.sections if s.title not in ("title", "abstract")] == labels
        for part in parts:
            assert letters("".join(part.itertext())) in letters(record.text)
        assert len(record.citation.authors) == len(article.findall("MedlineCitation/Article/AuthorList/Author"))
        check_spans(record, written(records))


@needs_shared
@pytest.mark.parametrize("name", ["asysd_mendeley_export.xml", "dedupe_copper_endnote.xml"])
def test_real_endnote_xml(name: str) -> None:
    expected = ElementTree.parse(CITATIONS / name).getroot().findall("records/record")
    records = read_all(CITATIONS / name)
    assert len(records) == len(expected)
    for record, element in zip(records, expected, strict=True):
        title = "".join(element.find("titles/title").itertext())  # type: ignore[union-attr]
        assert " ".join((record.citation.title or "").split()) == " ".join(title.split())
        assert len(record.citation.authors) == len(element.findall("contributors/authors/author"))
        year = element.find("dates/year")
        assert str(record.citation.year) == ("".join(year.itertext()) if year is not None else "None")
        abstract = element.find("abstract")
        words = "".join(abstract.itertext()) if abstract is not None else ""
        assert letters(words) in letters(record.text)


@needs_shared
def test_mendeley_and_pubmed_say_the_same_where_they_hold_the_same() -> None:
    cited = {r.citation.pmid: r.citation for r in read_all(CITATIONS / "asysd_mendeley_export.xml")}
    assert None not in cited
    assert all(c.journal and c.title for c in cited.values())


def aside(path: Path) -> list[SetAside]:
    return [row for row in parse(path, path.name) if isinstance(row, SetAside)]


def kept(path: Path) -> list[ParsedRecord]:
    return [row for row in parse(path, path.name) if isinstance(row, ParsedRecord)]


RECORD = "<record><ref-type>17</ref-type><titles><title>{}</title></titles></record>"


def export(tmp_path: Path, *records: str, head: str = "") -> Path:
    path = tmp_path / "library.xml"
    path.write_text(f'<?xml version="1.0"?>{head}<xml><records>{"".join(records)}</records></xml>', "utf-8")
    return path


def test_a_damaged_record_costs_itself_only(tmp_path: Path) -> None:
    path = export(tmp_path, RECORD.format("One"), RECORD.format("<b>Two"), RECORD.format("Three"))
    assert [r.text for r in kept(path)] == ["One", "Three"]
    (lost,) = aside(path)
    assert lost.record == "number 2"
    assert "damaged XML" in lost.reason


def test_an_empty_record_is_set_aside_by_number(tmp_path: Path) -> None:
    path = export(tmp_path, RECORD.format("One"), "<record></record>", RECORD.format("Three"))
    assert [r.text for r in kept(path)] == ["One", "Three"]
    assert [(row.record, "is empty" in row.reason) for row in aside(path)] == [("number 2", True)]
    path.write_text("<PubmedArticleSet><PubmedArticle>\n</PubmedArticle></PubmedArticleSet>", "utf-8")
    assert [row.record for row in aside(path)] == ["number 1"]


def test_a_file_cut_off_keeps_what_comes_before(tmp_path: Path) -> None:
    path = export(tmp_path, RECORD.format("One"), RECORD.format("Two"))
    path.write_text(path.read_text("utf-8").split("</title></titles></record></records>")[0], "utf-8")
    assert [r.text for r in kept(path)] == ["One"]
    assert [row.record for row in aside(path)] == ["number 2"]


BOMB = (
    "<!DOCTYPE x ["
    + '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY k SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, OUTSIDE])
def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path, head: str) -> None:
    path = export(tmp_path, RECORD.format("&k;"), head=head)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (row,) = aside(path)
    assert not kept(path)
    assert "declares XML entities" in row.reason
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_names_of_characters_are_read_and_lone_ampersands_kept(tmp_path: Path) -> None:
    (record,) = kept(export(tmp_path, RECORD.format("&alpha; &lt; R&D &nosuch; &#946; \x02x")))
    assert record.text == "α < R&D &nosuch; β x"


def test_deep_nesting_is_set_aside(tmp_path: Path) -> None:
    deep = "<b>" * 100_000 + "</b>" * 100_000
    path = export(tmp_path, RECORD.format(deep), RECORD.format("Two"))
    assert [r.text for r in kept(path)] == ["Two"]
    assert [row.record for row in aside(path)] == ["number 1"]


def test_records_are_read_one_by_one(tmp_path: Path) -> None:
    """The first record is there before the last one is looked at: memory does not grow with the file."""
    path = export(tmp_path, *(RECORD.format(f"Title {i} " + "word " * 200) for i in range(2000)))
    rows = parse(path, path.name)
    next(rows)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 20)
    assert isinstance(next(rows), ParsedRecord)


def test_utf16_and_windows_files(tmp_path: Path) -> None:
    text = f'<?xml version="1.0" encoding="{{}}"?><xml><records>{RECORD.format("Naïve – tests")}</records></xml>'
    for encoding in ("utf-16", "cp1252", "utf-8-sig"):
        path = tmp_path / f"{encoding}.xml"
        path.write_text(text.format(encoding.removesuffix("-sig")), encoding)
        assert [r.text for r in kept(path)] == ["Naïve – tests"]


def endnote(title: str, abstract: str, authors: list[str], year: int) -> str:
    names = "".join(f"<author><style face='normal'>{escape(name)}</style></author>" for name in authors)
    return (
        f"<record><ref-type>17</ref-type><contributors><authors>{names}</authors></contributors><titles><title>"
        f"<style>{escape(title)}</style></title></titles><dates><year>{year}</year></dates>"
        + (f"<abstract>{escape(abstract)}</abstract>" if abstract else "")
        + "</record>"
    )


def pubmed(title: str, abstract: str, authors: list[str], year: int) -> str:
    names = "".join(f"<Author><LastName>{escape(name)}</LastName></Author>" for name in authors)
    return (
        f"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><Journal><JournalIssue><PubDate><Year>{year}</Year>"
        f"</PubDate></JournalIssue></Journal><ArticleTitle>{escape(title)}</ArticleTitle>"
        + (f"<Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>" if abstract else "")
        + f"<AuthorList>{names}</AuthorList></Article></MedlineCitation></PubmedArticle>"
    )


WRITERS = {"xml><records": endnote, "PubmedArticleSet": pubmed}
#: words, and signs that XML has to write otherwise
_WORDS = st.lists(st.sampled_from(["five", "wörter", "and", "&", "β", "of", "treated", "]]>", "platelets"]), min_size=1)
_MADE = st.tuples(
    _WORDS.map(" ".join), _WORDS.map(" ".join) | st.just(""), st.lists(st.just("Müller")), st.integers(1900, 2029)
)


@pytest.mark.parametrize("top", list(WRITERS))
@settings(max_examples=60, deadline=None)
@given(made=st.lists(_MADE, min_size=1, max_size=4))
def test_what_is_written_is_read(top: str, made: list[tuple[str, str, list[str], int]]) -> None:
    end = "".join(f"</{name}>" for name in reversed(top.split("><")))
    rows = read_bytes(f"<{top}>{''.join(WRITERS[top](*one) for one in made)}{end}".encode())
    source = BETWEEN.join(row.raw for row in rows if isinstance(row, ParsedRecord))
    assert len(rows) == len(made)
    for row, (title, abstract, authors, year) in zip(rows, made, strict=True):
        assert isinstance(row, ParsedRecord)
        assert row.raw == source[slice(*row.source.span)]
        assert row.text == (f"{title}\n\n{abstract}" if abstract else title)
        assert (row.citation.authors, row.citation.year) == (authors, year)


def read_bytes(data: bytes) -> list[ParsedRecord | SetAside]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.xml"
        path.write_bytes(data)
        return list(parse(path, path.name))


_PIECES = [
    "<xml><records>",
    "<record>",
    "</record>",
    "<titles><title>",
    "</title></titles>",
    "<abstract>",
    "<style>",
    "a ",
]
_PIECES += [
    "</abstract>",
    "<PubmedArticleSet>",
    "<PubmedArticle>",
    "</PubmedArticle>",
    "&amp;",
    "&x;",
    "<!--",
    "<![CDATA[",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_PIECES).map(str.encode) | st.binary(max_size=4), max_size=30).map(b"".join))
def test_any_bytes_give_records_or_a_reason(data: bytes) -> None:
    rows = read_bytes(data)
    assert rows
    assert all(row.reason and row.remedy for row in rows if isinstance(row, SetAside))


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: "<xml><records>" + "<record>" * n,
        lambda n: f"<xml><records>{RECORD.format('&' * n)}",
        lambda n: f"<xml><records>{RECORD.format('<style>a</style>' * n)}",
        lambda n: "<xml><records><record><titles><title>a</title></titles>" + "</record " * n + "</record>",
        lambda n: "<xml><records><record><titles><title>a</title></titles>" + "<b>" * n,
    ],
    ids=["not closed", "ampersands", "styles", "ends", "deep"],
)
def test_hostile_xml_costs_linear_time(hostile: Callable[[int], str]) -> None:
    def took(n: int) -> float:
        begin = process_time()
        assert read_bytes(hostile(n).encode())
        return process_time() - begin

    small, large = (min(took(n) for _ in range(3)) for n in (2_000, 20_000))
    assert large < 30 * small + 0.05
