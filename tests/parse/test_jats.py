"""JATS articles."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parsed import SetAside
from pipeline.table_text import prose_of

from .body_words import body_words, words
from .conftest import DATA, SHARED, check_spans, one, read_all, section, written

JATS = SHARED / "corpora" / "jats"
needs_jats = pytest.mark.skipif(not JATS.is_dir(), reason="no ../shared/corpora/jats here")
ARTICLE = DATA / "article.nxml"


def test_sections_and_text() -> None:
    record = one(ARTICLE)
    assert record.record_id == "article"
    assert section(record, "title") == "Dapsone for an invented disease: a randomised trial"
    assert section(record, "abstract").startswith("Background:\n\nDapsone is old.\n\nResults:\n\nOf 40 adults")
    assert [s.title for s in record.sections][:4] == ["title", "abstract", "Background", "Results"]
    assert [s.title for s in record.sections][4:] == ["Introduction", "Methods", "Patients", "Results", "tables"]
    assert section(record, "Patients") == "We asked for:\n\nadults\n\nvolunteers\n\nwho took 50 mg/m² a day."
    assert section(record, "Methods").endswith("50 mg/m² a day.")
    assert prose_of(record).text.endswith("Figure 1. Counts over time.")
    assert "picture of a pill" not in record.text
    assert "60 of 61" not in record.text, "references are not read"
    check_spans(record, written([record]))


def test_references_are_not_counts_and_exponents_are_exponents() -> None:
    assert section(one(ARTICLE), "Introduction") == (
        "The disease is rare in ITP and elsewhere. Counts were below 30 × 10⁹/L, as others say (Doe, 2003)."
    )


def test_table() -> None:
    record = one(ARTICLE)
    (table,) = record.tables
    assert table.caption == "Table 1 Responses by group."
    assert table.header_rows == 2
    assert table.rows == [
        ["Outcome", "Group", "Group"],
        ["Outcome", "Dapsone (n = 40)", "Nothing (n = 38)"],
        ["Response", "22 (55)", "4 (11)"],
        ["Platelets, ×10⁹/L", "20", "20"],
    ]
    assert table.footnotes == ["a At 8 weeks.", "b One died."]
    assert "22 (55)" not in prose_of(record).text
    assert section(record, "tables").startswith(
        "Table 1 Responses by group.\nOutcome | Group\nOutcome | Dapsone (n = 40) |"
    )
    assert record.problems == ["Table 2 is a picture; its numbers are not read"]


def test_citation() -> None:
    cited = one(ARTICLE).citation
    assert cited.title == "Dapsone for an invented disease: a randomised trial"
    assert cited.authors == ["Hopper, Grace", "The Test Group"]
    assert (cited.year, cited.journal, cited.volume, cited.issue) == (2012, "Journal of Tests", "4", "2")
    assert (cited.pages, cited.doi, cited.pmid, cited.pmcid) == ("10-15", "10.1000/jot.10", "99000010", "PMC9900010")
    assert (cited.registration, cited.language, cited.database) == (["NCT00000003"], "en", "PMC")
    assert cited.publication_types == ["research-article", "Original Article"]


def article(tmp_path: Path, body: str, doctype: str = "") -> Path:
    path = tmp_path / "a.xml"
    path.write_text(f"<?xml version='1.0'?>{doctype}<article><body><p>{body}</p></body></article>", "utf-8")
    return path


def test_external_entities_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret", "utf-8")
    doctype = f'<!DOCTYPE article [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    assert one(article(tmp_path, "Twelve of 20 &x; were well.", doctype)).text == "Twelve of 20 &x; were well."


def test_entity_bomb_does_no_harm(tmp_path: Path) -> None:
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    doctype = f'<!DOCTYPE article [<!ENTITY e0 "ha">{levels}]>'
    rows = list(parse(article(tmp_path, "Bang: &e11;", doctype), "a.xml"))
    assert len(rows) == 1
    assert len(str(rows[0])) < 5_000


def test_damaged_xml_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "cut.nxml"
    path.write_bytes(ARTICLE.read_bytes()[:3000])
    (row,) = parse(path, "cut.nxml")
    assert isinstance(row, SetAside)
    assert "damaged XML" in row.reason


@needs_jats
def test_real_articles() -> None:
    paths = sorted(JATS.glob("*.nxml"))
    assert paths
    for path in paths:
        record = one(path)
        assert record.record_id == path.stem == record.citation.pmcid
        assert record.citation.title
        assert len(record.text) > 10_000
        assert len(record.sections) > 4
        check_spans(record, written([record]))


@needs_jats
def test_numbers_of_a_real_table() -> None:
    tables = one(JATS / "PMC2430617.nxml").tables
    assert ["Female sex (no. ; %)", "19 (24.4)", "22 (27.2)", "17 (21.8)"] in tables[0].rows


def test_wrong_bytes_and_characters_cost_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<article><body><p>Sj\xf6gren \x0b&#11;&#x0;and \xc3\xa4, 12 of 20 &alpha;.</p></body></article>")
    record = one(path)
    assert record.text == "Sjögren and ä, 12 of 20 α."
    assert "characters that XML does not allow are left out" in record.problems
    assert any("Windows-1252" in problem for problem in record.problems)


def test_a_set_of_articles_with_a_wrong_byte(tmp_path: Path) -> None:
    path = tmp_path / "set.xml"
    meta = "<article-meta><title-group><article-title>No {}</article-title></title-group></article-meta>"
    article = f"<article><front>{meta}</front></article>"
    inner = "".join(article.format(i) for i in range(30)).replace("No 7", "Nö \udc81\x01 7")
    path.write_bytes(f"<pmc-articleset>{inner}</pmc-articleset>".encode("utf-8", "surrogateescape"))
    expected = [f"No {i}" for i in range(30)]
    expected[7] = "Nö \ufffd 7"
    assert [r.citation.title for r in read_all(path)] == expected


@needs_jats
def test_no_word_of_real_articles_is_lost() -> None:
    kept: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    for path in [*JATS.glob("*.nxml"), *(SHARED / "corpora" / "pdf").glob("*.xml")]:
        record = one(path)
        expected = body_words(ET.parse(path).getroot())
        wanted += expected
        kept += expected & words(record.text)
    assert wanted.total() > 100_000
    assert kept.total() >= 0.999 * wanted.total()


@needs_jats
def test_tables_of_real_articles_are_even_and_whole() -> None:
    for path in JATS.glob("*.nxml"):
        tables = one(path).tables
        written = [list(t.iter("tr")) for t in ET.parse(path).iter("table")]
        assert len(tables) == len(written), path
        for table, rows in zip(tables, written, strict=True):
            # a row without words of its own is left out, unless a cell from above spans into it
            assert sum(bool("".join(r.itertext()).strip()) for r in rows) <= len(table.rows) <= len(rows), path
        assert all(len(row) == len(table.rows[0]) for table in tables for row in table.rows), path


MATHML = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mi>n</mml:mi></mml:math>'
TEX = "<tex-math>$n$</tex-math>"


@pytest.mark.parametrize("formula", [TEX, MATHML, MATHML + TEX, TEX + MATHML, f"{TEX}<graphic/>{MATHML}"])
def test_a_formula_is_read_once_whatever_its_forms(tmp_path: Path, formula: str) -> None:
    words = f"<p>Of <inline-formula><alternatives>{formula}</alternatives></inline-formula> adults</p>"
    path = tmp_path / "a.nxml"
    path.write_text(f"<article><body>{words}</body></article>", encoding="utf-8")
    assert one(path).text == "Of n adults"
