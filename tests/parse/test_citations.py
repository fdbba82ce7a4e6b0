"""Exports of PubMed, RIS and Web of Science."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import DATA, SHARED, check_spans, read_all, section, stored

CITATIONS = SHARED / "corpora" / "citations"
needs_citations = pytest.mark.skipif(not CITATIONS.is_dir(), reason="no ../shared/corpora/citations here")


def test_pubmed_export() -> None:
    path = DATA / "pubmed.nbib"
    first, second = read_all(path)
    assert [first.record_id, second.record_id] == ["pubmed-99000001", "pubmed-99000002"]
    assert first.text.startswith(
        "Danazol in adults with an invented disease of the platelets: a randomised and open comparison.\n\nBACKGROUND: "
    )
    assert "below 30 x 10⁹/L, and nothing" in first.text
    assert [s.title for s in first.sections] == ["title", "BACKGROUND", "METHODS", "RESULTS", "CONCLUSION"]
    assert section(first, "RESULTS") == "Response was seen in 22 (55%) of 40 and in 2 (10%) of 20."
    for record in (first, second):
        check_spans(record, stored(path))
    assert second.text == "A letter without an abstract."


def test_citation_of_a_pubmed_export() -> None:
    cited = read_all(DATA / "pubmed.nbib")[0].citation
    assert cited.authors == ["Curie, Marie", "Meitner, Lise"]
    assert (cited.year, cited.journal, cited.volume, cited.issue, cited.pages) == (
        2004,
        "J Test Med",
        "12",
        "3",
        "101-9",
    )
    assert (cited.doi, cited.pmid, cited.pmcid) == ("10.1000/test.2004.1", "99000001", "PMC9900001")
    assert cited.registration == ["NCT00000002", "NCT00000001"]
    assert cited.publication_types == ["Journal Article", "Randomized Controlled Trial"]
    assert cited.mesh == ["Adult", "Danazol/*therapeutic use"]
    assert (cited.language, cited.database) == ("eng", "PubMed")


def test_words_of_a_wrapped_abstract_lead_to_their_lines() -> None:
    record = read_all(DATA / "pubmed.nbib")[0]
    start = record.text.index("RESULTS: Response")
    _, _, words = record.quote(start, start + len("RESULTS: Response"))
    assert words == "RESULTS: \n      Response"


def test_ris_export() -> None:
    path = DATA / "export.ris"
    records = read_all(path)
    assert [r.record_id for r in records] == [
        "export-10_1000_ann_7_11",
        "export-99000003",
        "export-10_1000_nothing_else",
        "export-04",
    ]
    first, second, third, fourth = records
    assert [s.title for s in first.sections] == ["title", "Aims", "Methods", "Results"]
    assert "ER is no end here." in section(first, "Methods")
    assert second.text == "Title after the abstract\n\nThe abstract comes before the title & has markup."
    assert third.text == ""
    assert third.problems == ["has neither title nor abstract"]
    assert fourth.text == "The last one has no end\n\nNine of ten were well."
    for record in records:
        check_spans(record, stored(path))


def test_citation_of_a_ris_export() -> None:
    cited = read_all(DATA / "export.ris")[0].citation
    assert cited.authors == ["Hopper, Grace", "Lovelace, Ada"]
    assert (cited.year, cited.journal, cited.volume, cited.issue) == (2012, "Annals of Tests", "7", "2")
    assert (cited.pages, cited.doi, cited.database) == ("11-19", "10.1000/ann.7.11", "Scopus")


def test_web_of_science_text() -> None:
    path = DATA / "wos.txt"
    first, second = read_all(path)
    assert first.citation.title == "A test of tests: how records of one database are read by a program"
    assert first.citation.authors == ["Shannon, Claude", "Hamming, Richard"]
    assert (first.citation.pages, first.citation.doi) == ("5-9", "10.1000/jot.3.5")
    assert first.text.endswith("The others did not.")
    assert second.citation.year == 2020
    for record in (first, second):
        check_spans(record, stored(path))


def starts(path: Path, pattern: bytes) -> int:
    """How many records the file holds, counted without the reader."""
    return len(re.findall(pattern, path.read_bytes(), re.M))


@needs_citations
@pytest.mark.parametrize(
    ("name", "pattern", "count"),
    [
        ("pubmed_export.nbib", rb"^PMID-", 975),
        ("asysd_scopus.ris", rb"^(?:\xef\xbb\xbf)?TY  -", 10),
        ("asysd_wos_test.ris", rb"^(?:\xef\xbb\xbf)?TY  -", 50),
        ("asysd_zotero_export.ris", rb"^TY  -", 1000),
        ("asysd_ris_export.txt", rb"^(?:\xef\xbb\xbf)?TY  -", 69),
        ("rispy_example_bom.ris", rb"^(?:\xef\xbb\xbf)?TY  -", 1),
        ("rispy_example_extraneous_data.ris", rb"^TY  -", 2),
        ("rispy_example_multiline.ris", rb"^TY  -", 3),
        ("rispy_example_utf_chars.ris", rb"^(?:\xef\xbb\xbf)?TY  -", 1),
        ("rispy_example_wos.ris", rb"^PT J", 2),
    ],
)
def test_real_exports(name: str, pattern: bytes, count: int) -> None:
    path = CITATIONS / name
    records = read_all(path)
    assert len(records) == count == starts(path, pattern)
    assert len({record.record_id for record in records}) == count
    source = stored(path)
    for record in records:
        check_spans(record, source)


@needs_citations
def test_fields_of_the_real_pubmed_export() -> None:
    path = CITATIONS / "pubmed_export.nbib"
    cited = [record.citation for record in read_all(path)]
    assert [c.pmid for c in cited] == re.findall(r"(?m)^PMID- (\d+)", stored(path))
    assert sum(c.doi is not None for c in cited) == starts(path, rb"^AID - .*\[doi\]")
    assert all(c.title and c.year and c.journal for c in cited)


@needs_citations
def test_ris_says_what_bibtex_says_of_the_same_thousand_articles() -> None:
    """Zotero wrote both files in one order; the BibTeX is read with plain patterns."""
    entries = re.split(r"(?m)^@", stored(CITATIONS / "asysd_zotero_export.bib"))[1:]
    cited = [record.citation for record in read_all(CITATIONS / "asysd_zotero_export.ris")]
    assert len(cited) == len(entries) == 1000
    for c, entry in zip(cited, entries, strict=True):
        assert plain(c.title) == plain(value(entry, "title"))
        assert c.doi == (value(entry, "doi").replace("\\", "").lower() or None)
        assert str(c.year or "") == value(entry, "year")
        assert plain(c.volume) == plain(value(entry, "volume"))
        assert plain(c.issue) == plain(value(entry, "number"))
        assert plain(c.pages) == re.sub(r"^(\w+)-\1$", r"\1", plain(value(entry, "pages")))
        assert len(c.authors) == (value(entry, "author").count(" and ") + 1 if value(entry, "author") else 0)


def value(entry: str, name: str) -> str:
    m = re.search(rf"(?m)^\s*{name}\s*=\s*\{{(.*)\}},?\r?$", entry)
    return m[1] if m else ""


def plain(text: str | None) -> str:
    """Letters, digits and single dashes; LaTeX's words for signs left out."""
    return re.sub(r"-+", "-", re.sub(r"[^\w-]|_", "", re.sub(r"\\text[a-z]+", "", text or "")))


@needs_citations
def test_every_evidence_over_title_and_abstract_is_a_stretch_of_the_file() -> None:
    """EndNote writes the abstract before the title."""
    path = CITATIONS / "asysd_ris_export.txt"
    source = stored(path)
    for record in read_all(path):
        start, end, words = record.quote(0, len(record.text))
        assert source[start:end] == words
        assert record.text == "" or words
