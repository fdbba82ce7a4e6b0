"""A workbook to fill in decisions: a sheet for each file of overrides/, so that a spreadsheet does no damage.

Texts, names and dates are cells of text: what is typed there stays as it is, and no formula runs. Counts are checked as
they are typed, choices are picked from a list, and each header tells what the column means.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from pipeline.errors import UserError
from pipeline.tables.cells import Column, columns_of

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

#: lines that are checked as they are typed; more can be written
LINES = 2000
#: the sheet that holds choices too long for a cell's own list
CHOICES = "choices"
_LONGEST_LIST = 250
_WIDTHS = {"id": 22, "value": 18, "date": 12, "whole": 10, "number": 10, "percent": 10, "truth": 10, "text": 40}
_FORMATS = {"whole": "0", "number": "General", "percent": "General"}


def write_template(path: Path, files: Mapping[str, type[BaseModel]]) -> None:
    """Write the workbook for the files of overrides/ and their rows. Raises UserError where it cannot be written."""
    from openpyxl import Workbook

    if path.exists():
        raise UserError(f"{path}: is there already; choose another name, or move it away")
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, model in files.items():
        _fill(book, book.create_sheet(Path(name).stem), model)
    try:
        book.save(path)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def _fill(book: Workbook, sheet: Worksheet, model: type[BaseModel]) -> None:
    from openpyxl.utils import get_column_letter

    for number, column in enumerate(columns_of(model).values(), 1):
        _head(sheet, number, column, model)
        check = _check(book, column)
        if check is not None:
            letter = get_column_letter(number)
            check.add(f"{letter}2:{letter}{LINES + 1}")
            sheet.add_data_validation(check)
    sheet.freeze_panes = "A2"


def _head(sheet: Worksheet, number: int, column: Column, model: type[BaseModel]) -> None:
    """The header of a column with its meaning, and how the cells below it are kept."""
    from openpyxl.comments import Comment
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    field = model.model_fields[column.name]
    cell = sheet.cell(1, number, column.name)
    must = "must be filled" if field.is_required() else "may be empty"
    cell.comment = Comment(f"{field.description or column.name} ({must})", "litpool", width=320, height=140)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE8F0" if field.is_required() else "EEEEEE")
    below = sheet.column_dimensions[get_column_letter(number)]
    below.number_format = _FORMATS.get(column.kind, "@")
    below.width = max(_WIDTHS.get(column.kind, 18), len(column.name) + 4)


def _check(book: Workbook, column: Column) -> DataValidation | None:
    """What a spreadsheet checks as somebody types; None where anything goes."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.kind in ("choice", "truth"):
        options = column.options or ("true", "false")
        return _with_help(DataValidation("list", _options(book, column.name, options)), "Pick one of the list.")
    if column.kind == "whole":
        return _with_help(DataValidation("whole", "0", operator="greaterThanOrEqual"), "A whole number of 0 or more.")
    if column.kind in ("number", "percent"):
        low, high = ("0", "100") if column.kind == "percent" else ("-1E+15", "1E+15")
        told = "Percent from 0 to 100, as 71.4 without a sign." if column.kind == "percent" else "A number, as 3.5."
        return _with_help(DataValidation("decimal", low, high, operator="between"), told)
    if column.kind == "date":
        return _with_help(DataValidation("textLength", "10", operator="equal"), "The day as text: 2026-11-21.")
    return None


def _with_help(check: DataValidation, told: str) -> DataValidation:
    check.allow_blank = True
    check.showErrorMessage = check.showInputMessage = True
    check.error = check.prompt = told
    return check


def _options(book: Workbook, name: str, options: tuple[str, ...]) -> str:
    """The list itself, or where it stands: one with a comma, or a long one, needs cells of its own."""
    from openpyxl.utils import get_column_letter

    listed = ",".join(options)
    if len(listed) <= _LONGEST_LIST and not any("," in o or '"' in o for o in options):
        return f'"{listed}"'
    if CHOICES not in book.sheetnames:
        book.create_sheet(CHOICES).sheet_state = "hidden"
    sheet = book[CHOICES]
    number = 1 if sheet.max_column == 1 and sheet.cell(1, 1).value is None else sheet.max_column + 1
    for row, text in enumerate((name, *options), 1):
        sheet.cell(row, number, text).number_format = "@"
    letter = get_column_letter(number)
    return f"{CHOICES}!${letter}$2:${letter}${len(options) + 1}"
