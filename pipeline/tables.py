"""CSV files of declared rows: read as spreadsheets leave them, written so that equal rows are equal bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from pipeline.errors import UserError

Model = TypeVar("Model", bound=BaseModel)

#: a spreadsheet runs a cell that starts with one of these; such text is written with an apostrophe before it
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
LIST_SEPARATOR = "|"


def write_rows(path: Path, model: type[Model], rows: Iterable[Model]) -> None:
    """Write rows with the model's columns; None is an empty cell, truth is true or false."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(model.model_fields)
    for row in rows:
        table.writerow([_cell(getattr(row, name)) for name in model.model_fields])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, (list, tuple)):
        return LIST_SEPARATOR.join(map(str, value))
    text = str(value)
    return "'" + text if text.startswith(FORMULA_STARTS) else text


def read_rows(path: Path, model: type[Model]) -> list[tuple[int, Model]]:
    """(line, row) of each row of a CSV file. Raises UserError listing every problem with file, line and column."""
    table = _table(path)
    if not table:
        raise UserError(f"{path}: is empty; its first line must be {','.join(model.model_fields)}")
    (header_line, header), *body = table
    columns = _columns(f"{path}:{header_line}", header, model)
    rows, problems = [], []
    for line, cells in body:
        if len(cells) > len(columns) and any(c.strip() for c in cells[len(columns) :]):
            problems.append(f"{path}:{line}: has {len(cells)} cells, the header has {len(columns)}; unquoted comma?")
            continue
        raw = {name: _value(model, name, cell) for name, cell in zip(columns, cells, strict=False) if name}
        try:
            rows.append((line, model.model_validate(_without_empty(model, raw))))
        except ValidationError as error:
            problems += [f"{path}:{line}: {explain(e)}" for e in error.errors()]
    if problems:
        raise UserError("\n".join(problems))
    return rows


def explain(error: object) -> str:
    """One pydantic error in a reader's words."""
    assert isinstance(error, dict)
    column = ".".join(str(p) for p in error["loc"])
    if error["type"] == "missing" or (error["type"] == "string_too_short" and error["input"] == ""):
        return f"{column} is empty, and must not be"
    return f'{column}: "{error["input"]}": {str(error["msg"]).lower()}'


def _columns(place: str, header: list[str], model: type[BaseModel]) -> list[str]:
    names = [h.strip().lower() for h in header]
    while names and not names[-1]:
        names.pop()
    allowed = list(model.model_fields)
    unknown = [n for n in names if n not in allowed]
    missing = [n for n, field in model.model_fields.items() if field.is_required() and n not in names]
    if unknown or missing:
        what = [f'unknown column "{n}"' for n in unknown] + [f'missing column "{n}"' for n in missing]
        raise UserError(f"{place}: {', '.join(what)} (columns: {', '.join(allowed)})")
    return names


def _value(model: type[BaseModel], name: str, cell: str) -> object:
    text = cell.strip()
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]
    if get_origin(model.model_fields[name].annotation) is list or list in get_args(model.model_fields[name].annotation):
        return [part.strip() for part in text.split(LIST_SEPARATOR) if part.strip()]
    return text


def _without_empty(model: type[BaseModel], raw: dict[str, object]) -> dict[str, object]:
    """An empty cell is the field's default; without one, it is what `write_rows` writes as empty: null or no text."""
    filled: dict[str, object] = {}
    for name, value in raw.items():
        field = model.model_fields[name]
        if value != "":
            filled[name] = value
        elif field.is_required() and type(None) in get_args(field.annotation):
            filled[name] = None
        elif field.is_required() and field.annotation is str:
            filled[name] = ""
    return filled


def _table(path: Path) -> list[tuple[int, list[str]]]:
    """(line number, cells) of each row that is not blank."""
    text = decode(path)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter(text))
    rows, line = [], 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append((line, cells))
        line = reader.line_num + 1
    return rows


def delimiter(text: str) -> str:
    """The separator that the first line has most of."""
    first = text.lstrip("\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def decode(path: Path) -> str:
    """The file's text, whether UTF-8 (with or without BOM), UTF-16 or Windows-1252, with newlines as \\n."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    encodings: Sequence[str] = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise UserError(f"{path}: is neither UTF-8 nor Windows-1252 text; save it again as CSV UTF-8")
