"""Tables that people pool: a column study, counts of events and sizes, and any moderators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from pipeline.errors import UserError
from pipeline.stats.formula import parse
from pipeline.tables.dialect import decode, records

#: more digits are no patients, and no exact floats
WHOLE = re.compile(r"\d{1,15}(\.0+)?", re.ASCII)
#: the group of rows whose cell is empty
NOT_GIVEN = "(not given)"

#: cells of a moderator that a study lacks
MISSING = ("", "NA")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
WITH_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)

Rows = list[dict[str, str]]
#: the columns of events and of the patients that they are of
Group = tuple[str, str]


def read_table(path: Path, groups: Sequence[Group] = (("events", "n"),)) -> Rows:
    """Rows of the table as text by column. Each of the `groups` must be there, and the column study.

    Raises UserError that lists every bad cell with file, line and column.
    """
    table = records(path, decode(path))
    names = _header(path, table[0][1] if table else [], ("study", *(c for g in groups for c in g)))
    rows, problems = [], []
    for line, row in table[1:]:
        cells = dict(zip_longest(names, map(str.strip, row[: len(names)]), fillvalue=""))
        surplus = [f"has more cells ({c!r}) than the header; unquoted comma?" for c in row[len(names) :] if c.strip()]
        found = surplus[:1] or _problems(cells, groups)
        problems += [f"{path}:{line}: {p}" for p in found]
        rows.append(cells)
    if not rows:
        problems.append(f"{path}: has no rows below its header")
    if problems:
        raise UserError("\n".join(problems))
    return rows


def numbers(rows: Rows, column: str) -> list[int]:
    """A column of counts."""
    return [int(float(r[column])) for r in rows]


def check_column(path: Path, rows: Rows, column: str, option: str) -> None:
    """Raises UserError where the table has no such column."""
    if column not in rows[0]:
        raise UserError(f'{path}:1: no column "{column}" for {option} (columns: {", ".join(rows[0])})')


def check_filled(path: Path, rows: Rows, column: str, option: str) -> None:
    """Raises UserError that names the first row without a value in the column."""
    for row in rows:
        if not row[column]:
            raise UserError(f'{path}: study "{row["study"]}", column "{column}": is empty, but {option} needs it')


def names_of(rows: Rows, column: str) -> list[str]:
    """Each row's group by a column."""
    return [row[column] or NOT_GIVEN for row in rows]


def grouped(rows: Rows, column: str) -> dict[str, Rows]:
    """The rows of each value of a column, by name."""
    names = names_of(rows, column)
    return {name: [r for r, own in zip(rows, names, strict=True) if own == name] for name in sorted(set(names))}


def moderators(path: Path, rows: Rows, formula: str) -> dict[str, list[float | str | None]]:
    """The columns that a formula names: numbers where all cells are, else text; None where a cell is empty or NA.

    Raises UserError for a formula that cannot be read, a column that is not there, and a cell that is no number though
    others of its column are, unless the formula takes the column as a factor.
    """
    try:
        variables = parse(formula).variables
    except ValueError as error:
        raise UserError(f"--{error}") from None
    for variable in variables:
        check_column(path, rows, variable.column, "--mods")
    factors = {v.column for v in variables if v.factor}
    return {v.column: _cells(path, rows, v.column, v.column in factors) for v in variables}


def _cells(path: Path, rows: Rows, column: str, factor: bool) -> list[float | str | None]:
    texts = [None if row[column] in MISSING else row[column] for row in rows]
    numeric = [t is None or NUMBER.fullmatch(t) is not None for t in texts]
    if all(numeric):
        return [None if t is None else float(t) for t in texts]
    some = any(t is not None and (n or WITH_COMMA.fullmatch(t)) for t, n in zip(texts, numeric, strict=True))
    if some and not factor:
        row = rows[numeric.index(False)]
        raise UserError(
            f'{path}: study "{row["study"]}", column "{column}": "{row[column]}" is not a number such as 3.5, as other '
            f"cells are; leave it empty if it is missing, or take the column as a factor: C({column}) in --mods"
        )
    return list(texts)


def _header(path: Path, header: list[str], required: Sequence[str]) -> list[str]:
    """Names of the columns; the required ones in any case. Columns after the last name are dropped."""
    names = [name.strip() for name in header]
    while names and not names[-1]:
        names.pop()
    names = [name.lower() if name.lower() in required else name for name in names]
    missing = [name for name in required if name not in names]
    if missing:
        have = f" (it has {', '.join(names)})" if names else "; the file is empty"
        raise UserError(f"{path}:1: no column {', '.join(missing)}{have}")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(f"{path}:1: column {', '.join(map(repr, twice))} is there more than once or has no name")
    return names


def _problems(cells: dict[str, str], groups: Sequence[Group]) -> list[str]:
    bad = [
        f'column "{name}": "{cells[name]}" is not a whole number of 0 or more'
        for group in groups
        for name in group
        if not WHOLE.fullmatch(cells[name])
    ]
    return bad or [problem for group in groups for problem in _impossible(cells, *group)]


def _impossible(cells: dict[str, str], events: str, n: str) -> list[str]:
    some, all_of_them = float(cells[events]), float(cells[n])
    if all_of_them == 0:
        return [f'column "{n}": "0": a study needs at least one patient' + ("" if n == "n" else " in each group")]
    return [f'column "{events}": "{some:.0f}" is more than {n} = {all_of_them:.0f}'] if some > all_of_them else []
