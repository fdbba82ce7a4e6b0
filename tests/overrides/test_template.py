"""The workbook to fill in: a sheet per file, checks as one types, and its lines read back and taken over."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Literal

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import Field

from pipeline.cli import main
from pipeline.errors import UserError
from pipeline.overrides import FILES
from pipeline.overrides.command import take_over
from pipeline.overrides.reading import read_lines
from pipeline.overrides.template import CHOICES, write_template
from pipeline.parsed import Row
from pipeline.records import Correction, Exclusion
from pipeline.tables.cells import columns_of
from tests.overrides.models import Every

DAY = datetime.date(2026, 11, 21)


class Judged(Row):
    """Choices that do not fit into a cell's own list."""

    answer: Literal["low, or nearly", "high"] = Field(description="a list with a comma")
    other: Literal[tuple(f"choice number {i}" for i in range(40))]  # type: ignore[valid-type]


def template(tmp_path: Path, files: dict[str, type[Row]]) -> Workbook:
    write_template(tmp_path / "out.xlsx", files)  # type: ignore[arg-type]
    return load_workbook(tmp_path / "out.xlsx")


def checks(sheet: Worksheet) -> dict[str, tuple[str, str | None]]:
    return {str(c.sqref).split("2:")[0]: (c.type, c.formula1) for c in sheet.data_validations.dataValidation}


def test_a_sheet_for_each_file_with_its_columns_and_their_meaning(tmp_path: Path) -> None:
    book = template(tmp_path, FILES)
    assert book.sheetnames == [name.removesuffix(".csv") for name in FILES]
    for (_, model), sheet in zip(FILES.items(), book.worksheets, strict=True):
        assert [c.value for c in sheet[1]] == list(model.model_fields)
        assert all(
            (f.description or "") in c.comment.text for c, f in zip(sheet[1], model.model_fields.values(), strict=True)
        )
        assert sheet.freeze_panes == "A2"
        assert sheet.max_row == 1


def test_columns_are_kept_and_checked_by_their_kind(tmp_path: Path) -> None:
    sheet = template(tmp_path, {"every.csv": Every})["every"]
    letters = dict(zip("ABCDEFGHIJ", columns_of(Every), strict=True))
    formats = {letters[k]: d.number_format for k, d in sheet.column_dimensions.items()}
    assert {n for n, f in formats.items() if f == "@"} == {
        "study",
        "value",
        "date",
        "adjudicated",
        "answer",
        "drugs",
        "reason",
    }
    assert {letters[k]: c for k, c in checks(sheet).items()} == {
        "events": ("whole", "0"),
        "mean": ("decimal", "-1E+15"),
        "percent": ("decimal", "0"),
        "date": ("textLength", "10"),
        "adjudicated": ("list", '"true,false"'),
        "answer": ("list", '"yes,no,unclear,not applicable"'),
    }


def test_long_choices_stand_on_a_hidden_sheet(tmp_path: Path) -> None:
    book = template(tmp_path, {"judged.csv": Judged})
    assert checks(book["judged"]) == {"A": ("list", f"{CHOICES}!$A$2:$A$3"), "B": ("list", f"{CHOICES}!$B$2:$B$41")}
    assert [c.value for c in book[CHOICES]["A"]][:3] == ["answer", "low, or nearly", "high"]
    assert book[CHOICES].sheet_state == "hidden"


def filled(path: Path, **rows: list[list[object]]) -> Path:
    """The template as somebody fills it in."""
    write_template(path, FILES)  # type: ignore[arg-type]
    book = load_workbook(path)
    for name, lines in rows.items():
        for line in lines:
            book[name].append(line)
    book.save(path)
    return path


@pytest.fixture
def line() -> list[object]:
    """A line of corrections as typed into the template, whatever columns it has."""
    typed = {
        "study": "arnold-2010",
        "arm": "A1",
        "field": "n",
        "value": "5/12",
        "reason": "-see page 3",
        "reviewer": "AB",
        "date": "2026-11-21",
    }
    return [typed.get(name) for name in Correction.model_fields]


def test_a_filled_sheet_is_taken_over_once(
    tmp_path: Path, line: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    book = filled(tmp_path / "filled.xlsx", corrections=[line])
    folder = tmp_path / "overrides"
    command = ["template", "--read", str(book), "--overrides", str(folder)]
    assert main(command) == 0
    assert f"{folder}/corrections.csv: 1 line added" in capsys.readouterr().err
    ((number, row),) = read_lines(folder / "corrections.csv", Correction)
    assert (number, row.study, row.value, row.reason, row.date) == (2, "arnold-2010", "5/12", "-see page 3", DAY)
    assert not (folder / "exclusions.csv").exists()
    before = (folder / "corrections.csv").read_bytes()
    assert main(command) == 0
    assert (folder / "corrections.csv").read_bytes() == before


def test_a_filled_workbook_in_the_folder_counts(tmp_path: Path, line: list[object]) -> None:
    filled(tmp_path / "anna.xlsx", corrections=[line], exclusions=[])
    assert [row.value for _, row in read_lines(tmp_path / "corrections.csv", Correction)] == ["5/12"]


def test_nothing_is_taken_over_if_something_is_wrong(
    tmp_path: Path, line: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    short = {"study": "b", "reason": "few", "reviewer": "AB", "date": "03/04/2026"}
    wrong = [short.get(name) for name in Exclusion.model_fields]
    book = filled(tmp_path / "filled.xlsx", corrections=[line], exclusions=[wrong])
    assert main(["template", "--read", str(book), "--overrides", str(tmp_path / "overrides")]) == 2
    assert re.search(r'filled\.xlsx, sheet exclusions:2: date: "03/04/2026": may be', capsys.readouterr().err)
    assert not (tmp_path / "overrides").exists()


def test_the_command_writes_a_template_and_never_over_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.xlsx"
    assert main(["template", str(out)]) == 0
    before = out.read_bytes()
    assert main(["template", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_a_workbook_without_a_known_sheet(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "x.xlsx")
    with pytest.raises(UserError, match="no sheet has the name of a file of overrides/"):
        take_over(tmp_path / "x.xlsx", tmp_path)
    with pytest.raises(UserError, match=r"nowhere\.xlsx: No such file"):
        take_over(tmp_path / "nowhere.xlsx", tmp_path)
