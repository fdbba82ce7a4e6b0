"""What spreadsheets do to one cell: read when there is one reading, else refused with what happened."""

from __future__ import annotations

import pytest

from pipeline.tables.cells import Damaged, Formula, Typed, columns_of, read_cell, write_cell
from tests.overrides.models import Every

COLUMNS = columns_of(Every)


def test_the_kind_of_a_column_is_that_of_its_field() -> None:
    assert {name: c.kind for name, c in COLUMNS.items()} == {
        "study": "id",
        "value": "value",
        "events": "whole",
        "mean": "number",
        "percent": "percent",
        "date": "date",
        "adjudicated": "truth",
        "answer": "choice",
        "drugs": "list",
        "reason": "text",
    }


READ = [
    ("value", "25/35", "25/35"),
    ("value", "25 of 35", "25 of 35"),
    ("value", "25.0", "25"),
    ("value", "25,0", "25"),
    ("value", "0", "0"),
    ("value", "0.25", "0.25"),
    ("value", "71,4 %", "71.4%"),
    ("value", "71.4\u00a0%", "71.4%"),
    ("value", "'25/35", "25/35"),
    ("value", "'2035-03-25", "2035-03-25"),
    ("value", "prednisone + rituximab", "prednisone + rituximab"),
    ("value", "set 12", "set 12"),
    ("value", "arm 10", "arm 10"),
    ("value", "high-dose, 3 weeks", "high-dose, 3 weeks"),
    ("study", "arnold-2010", "arnold-2010"),
    ("study", "may-2010", "may-2010"),
    ("study", "12345678.0", "12345678"),
    ("study", "'0012", "0012"),
    ("study", "o’brien-2010", "o'brien-2010"),
    ("study", "arnold\u200b-2010\u00a0", "arnold-2010"),
    ("events", "25", "25"),
    ("events", "25.0", "25"),
    ("events", "25,00", "25"),
    ("events", "1,234", "1234"),
    ("events", "1 234", "1234"),
    ("events", "1\u202f234", "1234"),
    ("events", "1’234", "1234"),
    ("events", "1.234.567", "1234567"),
    ("events", "'25", "25"),
    ("events", "−5", "-5"),
    ("mean", "71,4", "71.4"),
    ("mean", "1.234", "1.234"),
    ("mean", "1,234.5", "1234.5"),
    ("mean", "1.234,5", "1234.5"),
    ("mean", "0,714", "0.714"),
    ("mean", "1.2E+07", "1.2E+07"),
    ("percent", "71.4", "71.4"),
    ("percent", "71.4%", "71.4"),
    ("percent", "71,4 %", "71.4"),
    ("percent", "0.5%", "0.5"),
    ("percent", "0", "0"),
    ("percent", "1%", "1"),
    ("date", "2026-11-21", "2026-11-21"),
    ("date", "2026-11-21T00:00:00", "2026-11-21"),
    ("date", "2026-11-21 00:00", "2026-11-21"),
    ("date", "21/11/2026", "2026-11-21"),
    ("date", "11/21/2026", "2026-11-21"),
    ("date", "11/21/2026 12:00:00 AM", "2026-11-21"),
    ("date", "21-11-2026", "2026-11-21"),
    ("date", "21.11.2026", "2026-11-21"),
    ("date", "03.04.2026", "2026-04-03"),
    ("date", "21.11.26", "2026-11-21"),
    ("date", "3. 4. 2026", "2026-04-03"),
    ("date", "04/04/2026", "2026-04-04"),
    ("date", "2026/11/21", "2026-11-21"),
    ("date", "20261121", "2026-11-21"),
    ("date", "21-Nov-26", "2026-11-21"),
    ("date", "21-Nov-2026", "2026-11-21"),
    ("date", "21. Mrz 2026", "2026-03-21"),
    ("date", "21 août 2026", "2026-08-21"),
    ("date", "Nov 21, 2026", "2026-11-21"),
    ("date", "'2026-11-21", "2026-11-21"),
    ("adjudicated", "TRUE", "true"),
    ("adjudicated", "WAHR", "true"),
    ("adjudicated", "VRAI", "true"),
    ("adjudicated", "FALSCH", "false"),
    ("adjudicated", "FAUX", "false"),
    ("answer", "Yes", "yes"),
    ("answer", "NOT\u00a0applicable ", "not applicable"),
    ("reason", "=1+1", "=1+1"),
    ("reason", "'=1+1", "=1+1"),
    ("reason", "'tis so", "'tis so"),
    ("reason", "25-Mar", "25-Mar"),
    ("reason", "a “smart” quote", "a “smart” quote"),
    ("reason", "#1 of the list", "#1 of the list"),
]


@pytest.mark.parametrize(("column", "cell", "value"), READ)
def test_read_when_certain(column: str, cell: str, value: str) -> None:
    assert read_cell(cell, COLUMNS[column]) == value


REFUSED = [
    ("value", "25-Mar", 'made a date of what was typed; if it was a share, write "3 of 25"'),
    ("value", "Mar-35", 'write "3 of 35"'),
    ("value", "25. Mrz", 'write "3 of 25"'),
    ("value", "Mrz 35", 'write "3 of 35"'),
    ("value", "5-août", 'write "5 of 8"'),
    ("value", "2035-03-01", 'write "3 of 35"'),
    ("value", "2035-03-25", 'write "3 of 25"'),
    ("value", "05/12/2026", 'write "5 of 12"'),
    ("value", "Nov 21, 2026", 'write a share as "25 of 35"'),
    ("value", "1,234", "may be 1234 or 1.234"),
    ("value", "1.2E+07", "last digits are lost"),
    ("study", "May-10", "made a date of what was typed; write it again with ' before it"),
    ("study", "05/01/2010", "made a date"),
    ("study", "1.2E+07", "a spreadsheet shortened a long number"),
    ("study", "1,2E+07", "a spreadsheet shortened a long number"),
    ("events", "Mar-35", 'write "3 of 35"'),
    ("events", "25.5", "is not a whole number"),
    ("events", "1.234", "may be 1 or 1234"),
    ("events", "1.2E+07", "last digits are lost"),
    ("events", "many", "is not a number"),
    ("mean", "1,234", "may be 1234 or 1.234"),
    ("percent", "0.714", 'may be 0.714% or, as a spreadsheet keeps it, 71.4%; write "71.4%" or "0.714%"'),
    ("percent", "0,714", "may be 0.714% or"),
    ("percent", "1", "may be 1% or"),
    ("date", "03/04/2026", "may be 2026-03-04 or 2026-04-03"),
    ("date", "3-4-2026", "may be 2026-03-04 or 2026-04-03"),
    ("date", "21/11/26", "may be 2021-11-26 or 2026-11-21"),
    ("date", "46347", "which may be 2026-11-21 or 2030-11-22"),
    ("date", "30.02.2026", "is not a date such as 2026-11-21"),
    ("date", "tomorrow", "is not a date such as 2026-11-21"),
    ("adjudicated", "perhaps", "is not true or false"),
    ("answer", "maybe", "is not one of yes, no, unclear, not applicable"),
    ("reason", "#NAME?", "took the cell for a formula"),
    ("reason", "#REF!", "took the cell for a formula"),
    ("reason", "#¿NOMBRE?", "took the cell for a formula"),
    ("reason", "#BEZUG!", "took the cell for a formula"),
    ("reason", "#N/A", "took the cell for a formula"),
    ("reason", "#NV", "took the cell for a formula"),
    ("reason", "#DIV/0!", "took the cell for a formula"),
    ("reason", "Err:508", "took the cell for a formula"),
    ("date", "########", "too narrow"),
]


@pytest.mark.parametrize(("column", "cell", "message"), REFUSED)
def test_refused_with_what_happened(column: str, cell: str, message: str) -> None:
    with pytest.raises(Damaged) as error:
        read_cell(cell, COLUMNS[column])
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("mean", "1.234", "may be 1234 or 1.234"),
        ("events", "1,234", "may be 1234 or 1.234"),
        ("percent", "71.429", "may be"),
    ],
)
def test_in_a_file_with_semicolons_a_point_may_part_thousands(column: str, cell: str, message: str) -> None:
    with pytest.raises(Damaged, match=message):
        read_cell(cell, COLUMNS[column], decimal_comma=True)


@pytest.mark.parametrize(("cell", "number"), [("71,4", "71.4"), ("0,714", "0.714"), ("71.4", "71.4"), ("25,0", "25.0")])
def test_in_a_file_with_semicolons_commas_are_decimal(cell: str, number: str) -> None:
    assert read_cell(cell, COLUMNS["mean"], decimal_comma=True) == number


def test_text_of_a_workbook_is_what_was_typed() -> None:
    assert read_cell(Typed("Mar-35"), COLUMNS["value"]) == "Mar-35"
    assert read_cell(Typed("=1+1"), COLUMNS["reason"]) == "=1+1"
    with pytest.raises(Damaged, match="is a formula"):
        read_cell(Formula("=A1"), COLUMNS["value"])


WRITTEN = [
    ("reason", "=1+1", "'=1+1"),
    ("reason", "@SUM(A1)", "'@SUM(A1)"),
    ("reason", "-", "'-"),
    ("reason", "'=1", "''=1"),
    ("reason", "'tis so", "'tis so"),
    ("reason", "5/12", "5/12"),
    ("reason", "#NAME?", "'#NAME?"),
    ("value", "5/12", "'5/12"),
    ("value", "Mar-35", "'Mar-35"),
    ("value", "25 of 35", "25 of 35"),
    ("value", "14", "14"),
    ("study", "may-2010", "'may-2010"),
    ("study", "maya-2010", "maya-2010"),
    ("study", "0012", "'0012"),
    ("study", "123456789012", "'123456789012"),
    ("study", "12345678", "12345678"),
    ("study", "'12", "''12"),
    ("events", -5, "-5"),
    ("events", None, ""),
    ("adjudicated", True, "true"),
    ("drugs", ["danazol", "eltrombopag"], "danazol|eltrombopag"),
]


@pytest.mark.parametrize(("column", "value", "cell"), WRITTEN)
def test_written_so_that_no_spreadsheet_runs_or_changes_it(column: str, value: object, cell: str) -> None:
    assert write_cell(value, COLUMNS[column]) == cell
    if isinstance(value, str):
        assert read_cell(cell, COLUMNS[column]) == value
