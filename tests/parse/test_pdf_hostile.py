"""PDFs that are locked, damaged, huge, turned, or partly pictures: each is read, or set aside with a reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.limits import Limits
from pipeline.parse import parse
from pipeline.parse.pdf import text_pages
from pipeline.parsed import ParsedRecord, SetAside

from . import make_pdf
from .conftest import one

PROSE = "Of 40 adults who received dapsone, 22 (55%) responded.\nNobody died in the course of the study."


def test_an_owners_password_does_not_stop_a_reader(tmp_path: Path) -> None:
    assert "22 of 40 adults responded" in one(make_pdf.locked_for_printing_only(tmp_path / "a.pdf")).text


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    record = one(make_pdf.pages(tmp_path / "a.pdf", [PROSE, None, PROSE, None]))
    (problem,) = record.problems
    assert "pages 2, 4" in problem
    assert "ocrmypdf" in problem
    assert [page.page for page in record.pages] == [1, 2, 3, 4]


def test_a_scan_says_how_to_get_its_text(tmp_path: Path) -> None:
    path = make_pdf.pages(tmp_path / "a.pdf", [None] * 3)
    (row,) = parse(path, path.name)
    assert isinstance(row, SetAside)
    assert "no text layer" in row.reason
    assert "ocrmypdf" in row.remedy


def test_pages_beyond_the_limit_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    path = make_pdf.pages(tmp_path / "a.pdf", [f"{PROSE}\nThis is page {n}." for n in range(1, 8)])
    (record,) = parse(path, path.name, Limits(pages=5))
    assert isinstance(record, ParsedRecord)
    assert "This is page 5" in record.text
    assert "This is page 6" not in record.text
    assert any("first 5 of 7 pages" in problem for problem in record.problems)


def test_many_pages(tmp_path: Path) -> None:
    path = make_pdf.pages(tmp_path / "a.pdf", [f"{PROSE}\nThis is page {n}." for n in range(500)])
    assert len(text_pages(path)) == 500


@pytest.mark.parametrize("size", [(14_400.0, 14_400.0), (800.0, 800.0)])
def test_pages_of_any_size(size: tuple[float, float], tmp_path: Path) -> None:
    assert "22 (55%) responded" in one(make_pdf.pages(tmp_path / "a.pdf", [PROSE], size)).text


def test_a_table_on_its_side(tmp_path: Path) -> None:
    (table,) = one(make_pdf.table_on_its_side(tmp_path / "a.pdf")).tables
    assert table.rows == make_pdf.TABLE


def test_a_table_over_two_pages(tmp_path: Path) -> None:
    (table,) = one(make_pdf.table_over_two_pages(tmp_path / "a.pdf")).tables
    assert table.rows == [["Row", "First", "Second"], *([f"Row {i}", f"{i}.1", f"{i}.2"] for i in range(1, 21))]
    assert table.header_rows == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-40],
        lambda data: data.replace(b"/Page\n", b"/Pige\n"),
        lambda data: data.replace(b"endstream", b"endstraem"),
        lambda data: b"junk\n" * 100 + data,
    ],
    ids=["half", "no end", "no pages", "streams without end", "junk first"],
)
def test_damage_is_survived(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    whole = make_pdf.two_columns(tmp_path / "whole.pdf").read_bytes()
    path = tmp_path / "damaged.pdf"
    path.write_bytes(damage(whole))
    (row,) = parse(path, path.name)
    if isinstance(row, SetAside):
        assert row.reason
        assert row.remedy
    else:
        assert row.text


def test_a_page_of_half_a_million_characters_is_read(tmp_path: Path) -> None:
    path = make_pdf.pages(tmp_path / "a.pdf", ["\n".join([PROSE, *["word " * 1000] * 100])])
    assert one(path).text.count("word") == 100_000
