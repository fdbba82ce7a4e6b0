"""A quote leads to its place on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from pipeline.parse.pdf_boxes import boxes
from pipeline.table_text import cells

from . import make_pdf
from .conftest import one


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pdf.two_columns(tmp_path_factory.mktemp("pdf") / "trial.pdf")


def test_a_quote_over_two_lines_has_a_box_for_each(article: Path) -> None:
    """The right column starts at x 310, y 700, a line each 12 points, Times-Roman 10 (make_pdf)."""
    record = one(article)
    quote = "22 (55%) responded"
    start = record.text.index(quote)
    first, second = boxes(article, record, start, start + len(quote))
    before = stringWidth("Of 40 adults who received dapsone, ", "Times-Roman", 10)
    assert first.page == second.page == 1
    assert first.x0 == pytest.approx(310 + before, abs=1)
    assert first.y0 < 700 - 12 < first.y1
    assert second.x0 == pytest.approx(310 + stringWidth("(", "Times-Roman", 10), abs=1)
    assert second.x1 == pytest.approx(310 + stringWidth("(55%) responded", "Times-Roman", 10), abs=1)
    assert second.y0 < 700 - 24 < second.y1


def test_the_second_page_is_looked_at_for_what_stands_there(article: Path) -> None:
    record = one(article)
    start = record.text.index("received danazol")
    (box,) = boxes(article, record, start, start + len("received danazol"))
    assert box.page == 2
    assert box.y0 < 480 - 12 < box.y1


def test_an_undone_hyphen_does_not_matter(article: Path) -> None:
    record = one(article)
    start = record.text.index("respond to treatment")
    found = boxes(article, record, start, start + len("respond to treatment"))
    assert [round(box.y0) for box in found] == sorted((round(box.y0) for box in found), reverse=True)
    assert len(found) == 2


def test_the_cell_of_a_table_is_shown_in_its_table(article: Path) -> None:
    """The prose of another page holds the same digits."""
    record = one(article)
    (table,) = record.tables
    start, end = next(place for (i, j), place in cells(table).items() if (i, j) == (2, 1))
    (box,) = boxes(article, record, start, end)
    assert record.text[start:end] == table.rows[2][1]
    assert box.page == table.page
    below = boxes(article, record, *cells(table)[3, 1])[0]
    assert box.y0 > below.y0
    assert box.x0 == pytest.approx(below.x0, abs=12)


def test_a_span_outside_the_text(article: Path) -> None:
    with pytest.raises(ValueError, match="is not within"):
        boxes(article, one(article), 0, 10**9)
