"""Tables written behind the prose: the words of a cell are the cell, and the prose stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.extract.sentences import sentences
from pipeline.parsed import Page, ParsedRecord, Section, Source, Table
from pipeline.report.quotes import page_of
from pipeline.table_text import cells, prose_of, with_tables
from tests.parse import make_pdf
from tests.parse.conftest import DATA, SHARED, check_spans, one, read_all, written

PROSE = "Danazol after splenectomy\n\nOf 40 patients 10 responded (Table 1)."
ROWS = [["", "Danazol", "Danazol"], ["", "n", "%"], ["Response", "10", "10"]]


def record(text: str, *tables: Table) -> ParsedRecord:
    return ParsedRecord(
        record_id="r",
        source=Source(file="r.nxml", span=(0, len(text))),
        text=text,
        raw=text,
        pieces=[(0, 0, len(text))],
        sections=[Section(title="title", start=0, end=5)] if text else [],
        tables=list(tables),
        pages=[Page(page=1, start=0, end=len(text))],
    )


def check_cells(found: ParsedRecord) -> int:
    """Each cell's place holds its words; how many cells."""
    places = [(table, cell, place) for table in found.tables for cell, place in cells(table).items()]
    for table, (row, column), (start, end) in places:
        assert found.text[start:end] == found.raw[start:end] == table.rows[row][column]
    return len(places)


def test_a_table_stands_behind_the_prose_as_its_lines() -> None:
    found = with_tables(record(PROSE, Table(caption="Table 1. Response", rows=ROWS, footnotes=["n: patients"], page=3)))
    behind = "Table 1. Response\n | Danazol\n | n | %\nResponse | 10 | 10\nn: patients"
    assert found.text == found.raw == f"{PROSE}\n\n{behind}"
    assert [found.text[s.start : s.end] for s in found.sections if s.title == "tables"] == [behind]
    assert found.source.span == (0, len(found.text))
    assert found.pages == [Page(page=1, start=0, end=len(PROSE))]
    assert (page_of(found, 0), page_of(found, len(PROSE) + 4)) == (1, 3)
    assert check_cells(found) == 7


def test_a_head_over_two_columns_is_the_words_of_both_and_equal_numbers_are_not() -> None:
    (table,) = with_tables(record(PROSE, Table(rows=ROWS))).tables
    places = cells(table)
    assert places[0, 1] == places[0, 2]
    assert places[2, 1] != places[2, 2]


def test_the_prose_is_got_back() -> None:
    plain = record(PROSE, Table(rows=ROWS))
    back = prose_of(with_tables(plain))
    assert (back.text, back.sections, back.pages, back.pieces) == (PROSE, plain.sections, plain.pages, plain.pieces)
    assert sentences(back) == sentences(plain)
    assert prose_of(plain) is plain


def test_a_table_that_stands_in_the_prose_stays_there() -> None:
    there = record(PROSE, Table(rows=ROWS, span=(5, 20)))
    assert with_tables(there) is there


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["", PROSE]),
    st.lists(
        st.builds(
            Table,
            caption=st.sampled_from(["", " ", "Table 1"]),
            rows=st.lists(
                st.lists(st.sampled_from(["", " ", "n", "n | n", "1", "٣", "İ", "a\nb"]), max_size=5), max_size=4
            ),
            footnotes=st.lists(st.sampled_from(["", "a: note"]), max_size=2),
        ),
        max_size=3,
    ),
)
def test_whatever_the_cells_hold_their_places_do(text: str, tables: list[Table]) -> None:
    plain = record(text, *tables)
    found = with_tables(plain)
    filled = sum(bool(cell) for table in tables for row in table.rows for cell in row)
    assert check_cells(found) == filled
    assert prose_of(found).text == text
    check_spans(found, found.raw)


@pytest.mark.parametrize("name", ["article.nxml", "page.html"])
def test_cells_of_a_file_lead_to_their_words(name: str) -> None:
    assert check_cells(one(DATA / name)) > 4


def test_cells_of_a_pdf_lead_to_their_words_and_page(tmp_path: Path) -> None:
    found = one(make_pdf.table_over_two_pages(tmp_path / "a.pdf"))
    assert check_cells(found) > 4
    (table,) = found.tables
    assert {page_of(found, start) for start, _ in cells(table).values()} == {table.page}


def test_cells_of_full_texts_in_one_file(tmp_path: Path) -> None:
    """Spans of a file's second article count from the start of the written source text."""
    article = (DATA / "article.nxml").read_text("utf-8")
    body = article[article.index("<article") :]
    path = tmp_path / "two.xml"
    path.write_text(f"<pmc-articleset>{body}{body}</pmc-articleset>", "utf-8")
    records = read_all(path)
    assert len(records) == 2
    assert written(records)[slice(*records[1].source.span)] == records[1].raw
    assert check_cells(records[1]) > 4


def test_cells_of_shared_full_texts() -> None:
    paths = sorted((SHARED / "corpora/jats").glob("*.nxml"))
    if not paths:
        pytest.skip("no shared corpora")
    assert sum(check_cells(one(path)) for path in paths) > 5_000
