"""CSV files of declared rows: read as spreadsheets leave them, written so that equal rows are equal bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError

from pipeline.errors import UserError
from pipeline.files import new_text, printable
from pipeline.tables.cells import Column, Damaged, columns_of, read_cell
from pipeline.tables.columns import NO_VALUE, line_of, line_writer, read_column
from pipeline.tables.dialect import Record, decode, delimiter, records

__all__ = ["Model", "explain", "line_writer", "read_rows", "rows_of", "shown", "write_lines", "write_rows"]

Model = TypeVar("Model", bound=BaseModel)

#: characters of a cell that a message quotes
_LONGEST_SHOWN = 80
#: unknown columns that a message names
_MOST_TOLD = 10
#: what spreadsheets and people put into a header's cell besides its name
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u200b": "", "\ufeff": "", "-": "_"})


def write_rows(path: Path, model: type[Model], rows: Iterable[Model]) -> None:
    """Write rows with the model's columns; None is an empty cell, truth is true or false."""
    write_lines(path, model, map(line_writer(model), map(vars, rows)))


def write_lines(path: Path, model: type[BaseModel], lines: Iterable[str]) -> None:
    """Write rows of which each is a line already, as `line_writer` makes them."""
    with new_text(path) as out:
        out.write(line_of(columns_of(model)))
        out.writelines(lines)


def read_rows(path: Path, model: type[Model]) -> list[tuple[int, Model]]:
    """(line, row) of each row of a CSV file. Raises UserError listing every problem with file, line and column."""
    text = decode(path)
    return rows_of(str(path), records(path, text), model, decimal_comma=delimiter(text) == ";")


def rows_of(
    place: str, table: list[Record], model: type[Model], decimal_comma: bool = False
) -> list[tuple[int, Model]]:
    """(line, row) of each record after the header. Raises UserError listing every problem; `place` is their start."""
    if not table:
        raise UserError(f"{place}: is empty; its first line must be {','.join(model.model_fields)}")
    (header_line, header), *body = table
    columns = header_columns(f"{place}:{header_line}", header, model)
    empty = _empty_cells(model)
    rows: list[tuple[int, Model]] = []
    problems: list[str] = []
    filled = {column.name for column in columns if column is not None}
    for (line, cells), values in zip(body, _values(body, columns, model, decimal_comma), strict=True):
        if values is not None:
            try:
                rows.append((line, _sharing(model.model_validate(values), filled)))
                continue
            except ValidationError:
                pass  # told below, with the cells that it is about
        raw, wrong = _raw(cells, columns, empty, decimal_comma)
        try:
            rows.append((line, model.model_validate(raw)))
        except ValidationError as error:
            told = {w.partition(":")[0] for w in wrong}
            wrong += [explain(e) for e in error.errors() if str(e["loc"][0]) not in told]
        problems += [f"{place}:{line}: {w}" for w in wrong]
    if problems:
        raise UserError("\n".join(problems))
    return rows


def _sharing(row: Model, filled: set[str]) -> Model:
    """The row with one set of the names of filled fields for all rows: they take more memory than the values."""
    object.__setattr__(row, "__pydantic_fields_set__", filled)
    return row


def _values(
    body: list[Record], columns: list[Column | None], model: type[BaseModel], decimal_comma: bool
) -> Iterator[dict[str, object] | None]:
    """Of each row its values by column, NO_VALUE where something is wrong with a cell; None if the cells must be looked
    at one by one."""
    known = [column for column in columns if column is not None]
    even = [cells for _, cells in body if len(cells) == len(columns)]
    if len(known) < len(columns) or not even:
        return iter([None] * len(body))
    absent = _absent(model)
    by_column = zip(zip(*even, strict=True), known, strict=True)
    rows = zip(*(read_column(c, k, decimal_comma, absent[k.name]) for c, k in by_column), strict=True)
    names = [column.name for column in known]
    return (dict(zip(names, next(rows), strict=True)) if len(cells) == len(names) else None for _, cells in body)


def _absent(model: type[BaseModel]) -> dict[str, object]:
    """What an empty cell of a column means; NO_VALUE where it must not be empty."""
    empty = _empty_cells(model)
    return {
        name: empty.get(name, NO_VALUE) if field.is_required() else field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
    }


def explain(error: object) -> str:
    """One pydantic error in a reader's words."""
    assert isinstance(error, dict)
    column = ".".join(str(p) for p in error["loc"])
    if error["type"] == "missing" or (error["type"] == "string_too_short" and error["input"] == ""):
        return f"{column} is empty, and must not be"
    return f'{column}: "{shown(error["input"])}": {str(error["msg"]).lower()}'


def shown(cell: object) -> str:
    """A cell in a message of one line."""
    text = printable(str(cell).strip())
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def header_columns(place: str, header: list[str], model: type[BaseModel]) -> list[Column | None]:
    """The column of each cell of a header; None for one without a name. Raises UserError for a header that does not
    fit the model."""
    names = [_name(cell) for cell in header]
    known = columns_of(model)
    times = Counter(n for n in names if n)
    unknown = [n for n in times if n not in known][:_MOST_TOLD]
    twice = [n for n in known if times[n] > 1]
    missing = [n for n, field in model.model_fields.items() if field.is_required() and n not in names]
    if unknown or missing or twice:
        what = [f'unknown column "{shown(n)}"' for n in unknown] + [f'missing column "{n}"' for n in missing]
        what += [f'column "{n}" is there twice' for n in twice]
        raise UserError(f"{place}: {', '.join(what)} (columns: {', '.join(known)})")
    return [known.get(name) for name in names]


def _name(cell: str) -> str:
    return "_".join(cell.translate(_BLANKS).strip().strip("'\"").lower().split())


def _raw(
    cells: list[str], columns: list[Column | None], empty: dict[str, object], decimal_comma: bool
) -> tuple[dict[str, object], list[str]]:
    """A row's values by column as the model takes them, and what is wrong with its cells."""
    raw, problems = dict(empty), []
    for column, cell in zip(columns, cells, strict=False):
        if column is None:
            if cell.strip():
                problems.append(f'"{shown(cell)}" stands in a column without a name')
            continue
        try:
            value = read_cell(cell, column, decimal_comma)
        except Damaged as damaged:
            problems.append(f'{column.name}: "{shown(cell)}": {damaged}')
            continue
        if value != "":
            raw[column.name] = value
    if any(cell.strip() for cell in cells[len(columns) :]):
        problems.append(f"has {len(cells)} cells, the header has {len(columns)}; unquoted comma?")
    return raw, problems


def _empty_cells(model: type[BaseModel]) -> dict[str, object]:
    """Columns that need a value even if their cell is empty: what `write_rows` writes as empty, null or no text."""
    filled: dict[str, object] = {}
    for name, field in model.model_fields.items():
        if field.is_required() and type(None) in get_args(field.annotation):
            filled[name] = None
        elif field.is_required() and field.annotation is str:
            filled[name] = ""
        elif field.is_required() and columns_of(model)[name].kind == "list":
            filled[name] = []
    return filled
