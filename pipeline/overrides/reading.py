"""The lines of one file of overrides/: its CSV, and sheets of the same name in workbooks beside it.

A workbook counts where it lies: `corrections.xlsx` (beside or instead of `corrections.csv`), and in any other .xlsx
of the folder the sheet that is named `corrections`. A line that an earlier file has, too, counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Generic

from pipeline.errors import UserError
from pipeline.overrides import FILES
from pipeline.tables import Model, read_rows, rows_of
from pipeline.tables.dialect import Record
from pipeline.tables.workbook import sheets

#: files that somebody may take for a table of decisions
_TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".numbers")
#: how Excel and LibreOffice name the file that says who has another one open
_LOCKS = ("~$", ".~lock.", ".")


@dataclass(frozen=True)
class Line(Generic[Model]):
    """One decision and where it stands."""

    file: Path
    line: int
    row: Model

    @property
    def place(self) -> str:
        """As errors name it."""
        return f"{self.file}:{self.line}"


def read_lines(path: Path, model: type[Model], beside: bool = True) -> list[tuple[int, Model]]:
    """(line, row) of each decision of `path` and the workbooks `beside` it; none where there is no file. Raises
    UserError that lists every problem of all of them."""
    return [(found.line, found.row) for found in read_placed(path, model, beside)]


def read_placed(path: Path, model: type[Model], beside: bool = True) -> list[Line[Model]]:
    """As `read_lines`, each with the file that it stands in."""
    lines: list[Line[Model]] = []
    problems: list[str] = []
    for file in [path, *(workbooks(path.parent) if beside else [])]:
        try:
            found = [Line(file, line, row) for line, row in _read(file, path, model)]
        except UserError as error:
            problems.append(str(error))
            continue
        lines += _new(found, lines) if lines else found
    if problems:
        raise UserError("\n".join(problems))
    return lines


def workbooks(folder: Path) -> list[Path]:
    """The workbooks of a folder, without the locks of those that are open."""
    found = folder.glob("*.[xX][lL][sS][xX]") if folder.is_dir() else []
    return sorted(p for p in found if not p.name.startswith(_LOCKS))


def unknown_files(folder: Path, files: dict[str, type[Model]] | None = None) -> list[str]:
    """A line for each file of overrides/ that nobody would read: a misspelled name, a workbook without a known sheet,
    a kind of table that is not read."""
    names = list(FILES if files is None else files)
    return [problem for path in _others(folder, names) if (problem := _unknown(path, names))]


def _others(folder: Path, names: list[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        table = path.suffix.lower() in _TABLES and not path.name.startswith(_LOCKS)
        if table and path.name not in names:
            yield path


def _unknown(path: Path, names: list[str]) -> str | None:
    if path.suffix.lower() == ".xlsx":
        try:
            check_sheets(path, names)
        except UserError as error:
            return str(error)
        return None
    near = get_close_matches(path.name.lower(), names, 1, 0.6)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{path}: is not read{hint} (files: {', '.join(names)}, or .xlsx)"


def _new(found: list[Line[Model]], before: list[Line[Model]]) -> list[Line[Model]]:
    """Those that no earlier file has."""
    seen = {line.row.model_dump_json() for line in before}
    return [line for line in found if line.row.model_dump_json() not in seen]


def check_sheets(path: Path, names: Iterable[str] = tuple(FILES)) -> None:
    """Raises UserError for a workbook of which nothing would be read."""
    stems = [name.removesuffix(".csv") for name in names]
    titles = {title.strip().lower() for title in sheets(path)}
    if path.stem.lower() not in stems and not titles & set(stems):
        told = "is not read: no sheet has the name of a file of overrides/"
        raise UserError(f"{path}: {told} (sheets: {', '.join(stems)})")


def _read(file: Path, path: Path, model: type[Model]) -> list[tuple[int, Model]]:
    if file == path:
        return read_rows(path, model) if path.exists() else []
    return read_sheet(file, path.stem, model)


def read_sheet(file: Path, name: str, model: type[Model]) -> list[tuple[int, Model]]:
    """(row number, row) of the sheet of that name; none where the workbook has no such sheet. Raises UserError."""
    title, table = _sheet(file, name)
    place = str(file) if file.stem.lower() == name.lower() else f"{file}, sheet {title}"
    return rows_of(place, table, model) if table else []


def _sheet(file: Path, name: str) -> tuple[str, list[Record]]:
    """The sheet of that name; in a workbook of that name without one, the first that holds something."""
    found = sheets(file)
    for title, table in found.items():
        if title.strip().lower() == name.lower():
            return title, table
    if file.stem.lower() == name.lower():
        return next(((title, table) for title, table in found.items() if table), ("", []))
    return "", []
