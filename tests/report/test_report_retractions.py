"""A retracted study is the first thing that the page says, whether it was taken out or a reviewer kept it in."""

from __future__ import annotations

from pathlib import Path

from lxml import html
from report_rendered import Rendered

from pipeline.resolved import StudyRow
from pipeline.tables import read_rows, write_rows

NOTICE = "retraction in <b>Blood</b>. 2012;119:4333 (PMID 99)"


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def page(folder: Path, **changes: object) -> tuple[html.HtmlElement, StudyRow]:
    """The page of the small review in which a study has been changed."""
    review = Rendered("itp", folder)
    path = folder / "extracted" / "studies.csv"
    rows = [row for _, row in read_rows(path, StudyRow)]
    at = next(i for i, row in enumerate(rows) if row.decision == "include")
    rows[at] = rows[at].model_copy(update=changes)
    write_rows(path, StudyRow, rows)
    return html.document_fromstring(review.render("again").read_bytes()), rows[at]


def test_taken_out(tmp_path: Path) -> None:
    found, row = page(
        tmp_path, decision="exclude", reason="retracted", retracted=True, notices=NOTICE, code="retracted"
    )
    (alert,) = found.xpath("//header//ul[@class='alerts']/li")
    assert words_of(alert) == f"Retracted and taken out: {row.label}. {NOTICE}"
    assert alert.xpath(".//a/@href") == [f"#excluded-{row.study}"]
    assert NOTICE in words_of(found.get_element_by_id(f"excluded-{row.study}"))
    assert not alert.xpath(".//b"), "a notice is never markup"


def test_kept_in_by_a_reviewer(tmp_path: Path) -> None:
    found, row = page(tmp_path, retracted=True, authority="corrected", reason="figures were sound", notices=NOTICE)
    (alert,) = found.xpath("//header//ul[@class='alerts']/li")
    assert words_of(alert) == f"Retracted, still in: {row.label}, a reviewer says: figures were sound. {NOTICE}"
    assert "Retracted, kept in by a reviewer: figures were sound" in words_of(
        found.get_element_by_id(f"study-{row.study}")
    )


def test_an_erratum_is_told_at_the_study_alone(tmp_path: Path) -> None:
    found, row = page(tmp_path, notices="erratum in Blood. 2011;1:1")
    assert not found.xpath("//ul[@class='alerts']")
    assert "erratum in Blood. 2011;1:1" in words_of(found.get_element_by_id(f"study-{row.study}"))
