"""Saved pages of articles."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, SetAside

from . import jats_to_html
from .body_words import body_words, words
from .conftest import DATA, SHARED, check_spans, one, section, written

JATS = SHARED / "corpora" / "jats"
needs_jats = pytest.mark.skipif(not JATS.is_dir(), reason="no ../shared/corpora/jats here")
PAGE = DATA / "page.html"
PROSE = "We treated forty adults for eight weeks and counted what came of it, twice, by hand, in one room. "


def test_text_and_sections() -> None:
    record = one(PAGE)
    assert record.record_id == "page"
    assert [s.title for s in record.sections] == [
        "title", "abstract", "Background", "Results", "Introduction", "Methods", "Patients", "Analysis", "Results",
        "Acknowledgements", "tables",
    ]  # fmt: skip
    assert section(record, "abstract") == "Background: Dapsone is old.\n\nResults: Of 40 adults, 22 (55%) responded."
    assert section(record, "Introduction") == "The disease is rare in adults. Counts were below 30 × 10⁹/L."
    assert section(record, "Patients") == "We asked for adults who:\n\ncould walk;\n\ntook 50 mg/m² a day."
    assert "Figure 1. Counts over time." in record.text
    assert record.problems == []
    check_spans(record, written([record]))


@pytest.mark.parametrize(
    "words", ["99 of 99", "77 of 78", "12 of 13", "60 of 61", "33 of 34", "Copyright", "All issues"]
)
def test_what_is_not_the_article_is_not_read(words: str) -> None:
    assert words in PAGE.read_text("utf-8") or words == "Copyright"
    assert words not in one(PAGE).model_dump_json()


def test_table() -> None:
    (table,) = one(PAGE).tables
    assert (table.caption, table.header_rows, table.footnotes) == ("Table 1. Responses by group.", 2, ["a At 8 weeks."])
    assert table.rows == [
        ["Outcome", "Group", "Group"],
        ["Outcome", "Dapsone (n = 40)", "Nothing (n = 38)"],
        ["Response", "22 (55)", "4 (11)"],
        ["Platelets, ×10⁹/L", "20", "20"],
    ]


def test_citation() -> None:
    cited = one(PAGE).citation
    assert (cited.title, cited.year) == ("Dapsone for an invented disease: a cohort", 2014)
    assert cited.authors == ["Grace Hopper", "Ada Lovelace"]
    assert (cited.journal, cited.volume, cited.issue, cited.pages) == ("Journal of Tests", "6", "3", "101-109")
    assert (cited.doi, cited.pmid) == ("10.1000/jot.14", "99000014")


def saved(tmp_path: Path, body: str, head: str = "", name: str = "a.html", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(f"<html><head>{head}</head><body>{body}</body></html>".encode(encoding))
    return path


def test_linked_data_and_dublin_core(tmp_path: Path) -> None:
    linked = (
        '<script type="application/ld+json">{"@graph": [{"@type": "WebSite"}, {"@type": "ScholarlyArticle", "headline":'
        ' "On counting", "author": [{"name": "Ada Lovelace"}], "datePublished": "1999-04-01", "isPartOf": {"@type":'
        ' "PublicationIssue", "isPartOf": {"name": "J Count"}}, "sameAs": "https://doi.org/10.1000/X1"}]}</script>'
    )
    cited = one(saved(tmp_path, f"<p>{PROSE * 10}</p>", linked)).citation
    assert (cited.title, cited.authors, cited.year) == ("On counting", ["Ada Lovelace"], 1999)
    assert (cited.journal, cited.doi) == ("J Count", "10.1000/x1")
    core = '<meta name="DC.Title" content="On core"><meta name="DC.Creator" content="A, B"><meta name="DC.Date" content="2001">'
    cited = one(saved(tmp_path, f"<p>{PROSE * 10}</p>", core)).citation
    assert (cited.title, cited.authors, cited.year) == ("On core", ["A, B"], 2001)


@pytest.mark.parametrize(
    "body",
    [
        "<form><input type='password'></form><p>Please sign in to read this article with your library card.</p>",
        "<noscript>Enable JavaScript</noscript><p>Just a moment...</p>",
        "<h1>Results for: dapsone</h1>" + "".join(f"<li><a href='/{i}'>{PROSE}</a></li>" for i in range(20)),
        "",
    ],
)
def test_pages_without_an_article_are_set_aside(tmp_path: Path, body: str) -> None:
    (row,) = parse(saved(tmp_path, body), "a.html")
    assert isinstance(row, SetAside)
    assert "save the page again" in row.remedy


def test_page_with_only_the_abstract(tmp_path: Path) -> None:
    body = f"<div class='abstract'><h2>Abstract</h2><div><p><strong>Methods:</strong> {PROSE * 3}</p></div></div>"
    record = one(saved(tmp_path, f"<main><h1>On counting</h1>{body}</main>"))
    assert record.citation.title == "On counting"
    assert section(record, "abstract").startswith("Methods: We treated forty")
    assert record.problems == ["the page holds no full text, only the abstract"]


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "cp1252"),
        ("", "utf-16"),
        ('<meta charset="iso-8859-1">', "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
    ],
)
def test_encodings(tmp_path: Path, head: str, encoding: str) -> None:
    special = "Дапсон" if encoding == "cp1251" else "Sjögren – naïve"
    record = one(saved(tmp_path, f"<h1>{special}</h1><p>{PROSE * 10}</p>", head, "a.txt", encoding))
    assert record.citation.title == special
    assert section(record, "title") == special


def test_web_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    page = PAGE.read_bytes().decode("utf-8")
    path.write_text(
        'From: <Saved>\nMIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="-b"\n\n---b\n'
        f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{page}\n---b--\n",
        "utf-8",
    )
    assert one(path).text == one(PAGE).text


def test_layout_tables_and_forms_around_a_page_are_looked_through(tmp_path: Path) -> None:
    body = f"<form><table><tr><td><h1>On counting</h1><p>{PROSE * 10}</p></td></tr></table></form>"
    record = one(saved(tmp_path, body))
    assert record.tables == []
    assert record.text.count("forty adults") == 10


@needs_jats
@pytest.mark.parametrize("nested", [True, False])
def test_articles_written_as_pages_come_through(tmp_path: Path, nested: bool) -> None:
    kept: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for path in sorted(JATS.glob("*.nxml")):
        article = ET.parse(path).getroot()
        place = tmp_path / f"{path.stem}.html"
        place.write_text(jats_to_html.page(article, nested=nested), "utf-8")
        record, original = one(place), one(path)
        assert jats_to_html.NOISE not in record.text
        assert [t.rows for t in record.tables] == [t.rows for t in original.tables], path
        expected = body_words(article)
        wanted += expected
        kept += expected & words(record.text)
        assert isinstance(record, ParsedRecord)
    assert kept.total() >= 0.999 * wanted.total()
