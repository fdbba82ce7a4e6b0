"""PDFs, typeset for the test or of real journals."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.parse import parse
from pipeline.parsed import SetAside

from . import make_pdf
from .conftest import SHARED, check_spans, one, section, written

PDFS = SHARED / "corpora" / "pdf"
needs_pdfs = pytest.mark.skipif(not PDFS.is_dir(), reason="no ../shared/corpora/pdf here")


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pdf.two_columns(tmp_path_factory.mktemp("pdf") / "trial.pdf")


def test_columns_are_read_one_after_the_other(article: Path) -> None:
    record = one(article)
    assert record.record_id == "trial"
    assert record.citation.title == "Dapsone for adults with an invented disease: a trial"
    text = record.text
    assert "Thrombocytopenia that does not respond to treatment is a rare disease of adults, and no" in text
    assert "judged by masked assessors who did not know the groups of patients. Of 40 adults" in text
    assert "the long-term care of such" in text
    assert section(record, "Methods").startswith("Thrombocytopenia that does not respond")
    check_spans(record, written([record]))


def test_running_heads_and_page_numbers_are_left_out(article: Path) -> None:
    text = one(article).text
    assert "Journal of Tests" not in text
    assert not any(line.strip().isdigit() for line in text.splitlines())


def test_pages(article: Path) -> None:
    record = one(article)
    assert [page.page for page in record.pages] == [1, 2]
    first, second = (record.text[page.start : page.end] for page in record.pages)
    assert "Of 40 adults who received dapsone" in first
    assert "Of 40 adults who received danazol" in second


def test_table(article: Path) -> None:
    (table,) = one(article).tables
    assert table.caption == "Table 1. Outcomes by group, n (%)"
    assert table.page == 2
    assert table.rows == make_pdf.TABLE
    assert table.header_rows == 1


def test_same_bytes_twice(article: Path) -> None:
    assert one(article).model_dump_json() == one(article).model_dump_json()


def reason(path: Path) -> str:
    (row,) = parse(path, path.name)
    assert isinstance(row, SetAside)
    assert row.remedy
    return row.reason


def test_pictures_only(tmp_path: Path) -> None:
    assert "no text layer" in reason(make_pdf.picture_only(tmp_path / "scan.pdf"))


def test_encrypted(tmp_path: Path) -> None:
    assert "encrypted" in reason(make_pdf.encrypted(tmp_path / "locked.pdf"))


def test_damaged(tmp_path: Path, article: Path) -> None:
    path = tmp_path / "cut.pdf"
    path.write_bytes(article.read_bytes()[:200])
    assert "damaged" in reason(path)


def test_web_page_named_pdf(tmp_path: Path) -> None:
    path = tmp_path / "login.pdf"
    path.write_text("<html><body>Please sign in to read this article, dear reader.</body></html>", "utf-8")
    assert reason(path)


@needs_pdfs
@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("PMC4344766", ["α-Pinene", "954", "0.76", "0.41", "0.66"]),
        ("PMC6039906", ["S. aureus", "16.0±1.7", "18.0±1.5", "21.0±1.0", "25"]),
    ],
)
def test_rows_of_real_tables(name: str, row: list[str]) -> None:
    record = one(PDFS / f"{name}.pdf")
    assert any(row in table.rows for table in record.tables)
    check_spans(record, written([record]))


@needs_pdfs
def test_columns_of_a_real_article() -> None:
    text = one(PDFS / "PMC5860693.pdf").text
    assert "Ursolic acid" in text
    assert len(text) > 30_000
