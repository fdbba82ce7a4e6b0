"""Title, authors, DOI and year of typeset first pages; every value is what the test itself prints."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.parse.pdf_front import find_year, read_front
from pipeline.parse.pdf_page import TextLine
from pipeline.parsed import Citation

from .conftest import one

BODY = [
    "Patients who had not responded to two earlier drugs were asked to take part.",
    "They took one tablet each morning for twelve weeks and came back every month.",
    "A response was a count above the limit at two visits that followed each other.",
    "Nobody was lost, and the count of each visit was read by a masked assessor.",
] * 6

#: (size, line) from the top of the page down
Printed = list[tuple[float, str]]


def first_page(path: Path, front: Printed, *, title: str = "", author: str = "") -> Citation:
    """The citation read from a page with the lines of `front` above prose in print of 10 points."""
    canvas = Canvas(str(path / "article.pdf"), pagesize=A4, invariant=True)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    y = 790.0
    for size, line in [*front, *((10.0, line) for line in BODY)]:
        canvas.setFont("Times-Roman", size)
        canvas.drawString(60, y, line)
        y -= 1.4 * size
    canvas.showPage()
    canvas.save()
    return one(path / "article.pdf").citation


def test_title_of_two_lines_and_its_authors(tmp_path: Path) -> None:
    front = [
        (18.0, "A weekly tablet for people with an invented"),
        (18.0, "disease of the blood: a randomised trial"),
        (12.0, "Ada Mustermann, Bo de Vries and Chen Li"),
        (9.0, "Department of Inventions, University of Nowhere"),
    ]
    citation = first_page(tmp_path, front)
    assert citation.title == "A weekly tablet for people with an invented disease of the blood: a randomised trial"
    assert citation.authors == ["Ada Mustermann", "Bo de Vries", "Chen Li"]


def test_marks_and_degrees_are_no_part_of_a_name(tmp_path: Path) -> None:
    front = [
        (18.0, "A weekly tablet for an invented disease"),
        (12.0, "Ada Mustermann, MD1, Bo de Vries, PhD2* and Chen Li1,2"),
        (9.0, "1 Department of Inventions, University of Nowhere"),
    ]
    assert first_page(tmp_path, front).authors == ["Ada Mustermann", "Bo de Vries", "Chen Li"]


def test_an_institution_is_no_author(tmp_path: Path) -> None:
    front = [(18.0, "A weekly tablet for an invented disease"), (12.0, "Department of Inventions, Nowhere Hospital")]
    assert first_page(tmp_path, front).authors == []


@pytest.mark.parametrize("kicker", ["ORIGINAL ARTICLE", "Research article", "Case Report", "Review"])
def test_the_kind_of_article_is_no_part_of_the_title(kicker: str, tmp_path: Path) -> None:
    front = [(18.0, kicker), (18.0, "A weekly tablet for an invented disease")]
    assert first_page(tmp_path, front).title == "A weekly tablet for an invented disease"


def test_the_journals_name_in_larger_print_is_no_title(tmp_path: Path) -> None:
    front = [(26.0, "Nowhere Journal of Invented Medicine"), (18.0, "A weekly tablet for an invented disease")]
    assert first_page(tmp_path, front).title == "A weekly tablet for an invented disease"


@pytest.mark.parametrize(
    "stated", ["Microsoft Word - draft_final3.doc", "untitled", "10.1000/jim.2015.17", "jim-17.pdf"]
)
def test_what_programs_write_for_a_title_is_none(stated: str, tmp_path: Path) -> None:
    citation = first_page(tmp_path, [(18.0, "A weekly tablet for an invented disease")], title=stated)
    assert citation.title == "A weekly tablet for an invented disease"


def test_without_larger_print_the_stated_title_counts_if_the_page_prints_it(tmp_path: Path) -> None:
    printed = [(10.0, "A weekly tablet for an invented disease")]
    assert first_page(tmp_path, printed, title="A Weekly Tablet for an Invented Disease").title == (
        "A Weekly Tablet for an Invented Disease"
    )
    assert first_page(tmp_path, printed, title="Minutes of a meeting of another society").title is None


def test_stated_authors_count_if_the_page_names_them_all(tmp_path: Path) -> None:
    printed = [(10.0, "by Ada Mustermann and by Chen Li of the same hospital")]
    assert first_page(tmp_path, printed, author="Ada Mustermann; Chen Li").authors == ["Ada Mustermann", "Chen Li"]
    assert first_page(tmp_path, printed, author="Ada Mustermann; Some Typist").authors == []


@pytest.mark.parametrize(
    ("line", "doi"),
    [
        ("doi: 10.1000/jim.2015.17", "10.1000/jim.2015.17"),
        ("https://doi.org/10.1000/JIM(15)17-2.", "10.1000/jim(15)17-2"),
        ("DOI 10.1000/jim.2015.17, received in May", "10.1000/jim.2015.17"),
    ],
)
def test_doi(line: str, doi: str, tmp_path: Path) -> None:
    assert first_page(tmp_path, [(18.0, "A weekly tablet for an invented disease"), (8.0, line)]).doi == doi


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Received 4 March 2014; published online 7 May 2015.", 2015),
        ("© The Author(s) 2016. Published by a press.", 2016),
        ("Nowhere J Invent Med 2009;12(3):45-51", 2009),
        ("Copyright 2011 by the society", 2011),
        ("Between 1998 and 2004 we asked 120 people.", None),
    ],
)
def test_year(text: str, year: int | None) -> None:
    assert find_year(text) == year


def test_nothing_on_the_page_is_nothing_in_the_citation() -> None:
    assert read_front([], {}) == (None, [])
    assert read_front([[]], {"Title": "A weekly tablet for an invented disease"}) == (None, [])


def test_a_line_of_a_million_characters_hides_no_title() -> None:
    long = TextLine("Nowhere Journal 2015 " * 50_000, 60.0, 500.0, 780.0, 790.0, 0)
    title = TextLine("A weekly tablet for an invented disease", 60.0, 400.0, 740.0, 758.0, 0)
    body = [TextLine(line, 60.0, 400.0, 700.0 - 12 * i, 710.0 - 12 * i, 1) for i, line in enumerate(BODY)]
    assert read_front([[long, title, *body]], {}).title == "A weekly tablet for an invented disease"
