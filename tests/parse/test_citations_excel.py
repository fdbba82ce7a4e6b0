"""Excel workbooks of records."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

from openpyxl import Workbook

from pipeline.parse import parse
from pipeline.parsed import ParsedRecord, SetAside

from .conftest import DATA, check_spans, read_all, written


def test_excel() -> None:
    first, second = records = read_all(DATA / "covidence.xlsx")
    assert first.text == (
        "Danazol in tests\n\nBACKGROUND: Nobody had counted.\n\nRESULTS: Of 40 patients, 22 (55%) responded."
    )
    assert [s.title for s in first.sections] == ["title", "BACKGROUND", "RESULTS"]
    cited = first.citation
    assert (cited.authors, cited.year, cited.journal) == (["Noether E", "Curie M"], 2011, "J Inv Tests")
    assert (cited.volume, cited.issue, cited.pages) == ("31", "4", "7-12")
    assert (cited.doi, cited.pmid) == ("10.1000/inv.15", "99000051")
    assert second.text == "=cmd|' /C calc'!A0"
    assert (second.citation.pages, second.citation.year) == (None, 2012)
    assert second.problems == ['the pages "2012-07-01" was made by a spreadsheet and is left out']
    for record in records:
        check_spans(record, written(records))


def workbook(tmp_path: Path, *sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for table in sheets:
        sheet = book.create_sheet()
        for row in table:
            sheet.append(row)
    path = tmp_path / "a.xlsx"
    book.save(path)
    return path


def test_every_sheet_of_a_workbook(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [["Notes"], ["Ask Ada."]],
        [["Title", "Year"], ["One", 2001], [None, None], ["=1+1", datetime(2002, 5, 1)]],
        [["Abstract", "PMID"], ["Of 20, 12 were well.", 123.0]],
        [],
    )
    found = list(parse(path, path.name))
    assert [row.text for row in found if isinstance(row, ParsedRecord)] == ["One", "", "Of 20, 12 were well."]
    assert [row.citation.year for row in found if isinstance(row, ParsedRecord)] == [2001, 2002, None]
    assert found[2].citation.pmid == "123"  # type: ignore[union-attr]
    assert [row.record for row in found if isinstance(row, SetAside)] == ['sheet "Sheet"']


def test_a_workbook_of_unknown_columns_is_set_aside(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["name", "weight"], [1, 2]])
    (row,) = parse(path, path.name)
    assert isinstance(row, SetAside)
    assert "its columns are name, weight" in row.reason


def test_what_is_no_workbook(tmp_path: Path) -> None:
    good = (DATA / "covidence.xlsx").read_bytes()
    for data in (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), good[:3000], b"PK\x03\x04" + bytes(100)):
        path = tmp_path / "a.xlsx"
        path.write_bytes(data)
        (row,) = parse(path, path.name)
        assert isinstance(row, SetAside)
        assert "save it" in row.remedy


def repacked(tmp_path: Path, part: str, change: tuple[str, str]) -> Path:
    path = tmp_path / "changed.xlsx"
    with ZipFile(DATA / "covidence.xlsx") as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data.decode().replace(*change).encode() if name == part else data)
    return path


def test_entities_in_a_workbook(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet'
    (row,) = parse(repacked(tmp_path, "xl/worksheets/sheet1.xml", ("<worksheet", bomb)), "a.xlsx")
    assert isinstance(row, SetAside)
    assert "declares entities" in row.reason


def test_a_damaged_sheet_keeps_what_comes_before(tmp_path: Path) -> None:
    many = "".join(f'<row r="{i}"><c t="inlineStr"><is><t>Title {i}</t></is></c></row>' for i in range(6, 9000))
    path = repacked(tmp_path, "xl/worksheets/sheet1.xml", ("</sheetData>", f"{many}<row <<"))
    found = list(parse(path, "a.xlsx"))
    assert len(found) > 1000
    assert all(isinstance(row, ParsedRecord) for row in found[:-1])
    assert isinstance(found[-1], SetAside)
    assert "damaged" in found[-1].reason
