"""extracted/studies.csv in one pass: rows of studies in play, and of those that are excluded the reasons of all and the
rows of a few. A review leaves out a hundred records for each that it includes."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.errors import UserError
from pipeline.resolved import BY_REVIEWER, StudyRow
from pipeline.tables import rows_of
from pipeline.tables.cells import columns_of, read_cell
from pipeline.tables.dialect import Record

#: rows of excluded studies that the page has, over all reasons
MOST_EXCLUDED = 200


#: columns that are read of all rows
_TOLD = ("study", "decision", "code", "reason", "authority", "retracted")


class Lines(Protocol):
    """A reader of the module csv."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a study is excluded; the studies of one reason share one object."""

    code: str
    reason: str
    by_reviewer: bool
    decision: str = "exclude"


@dataclass(frozen=True)
class Studies:
    """`rows`, in the file's order: all studies in play, those retracted or named, and the first excluded of each
    reason; `left_out`: all that are excluded, by name."""

    rows: list[StudyRow]
    left_out: Mapping[str, LeftOut]


def read_studies(path: Path, named: Container[str], most: int = MOST_EXCLUDED) -> Studies:
    """Raises UserError if the file is missing or not what litpool wrote."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return _read(str(path), csv.reader(lines, strict=True), named, most)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; `snakemake all` makes it") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {error}; delete the file, `snakemake all` makes it again") from None


def _read(path: str, lines: Lines, named: Container[str], most: int) -> Studies:
    header = next(lines, [])
    places = {name: i for i, name in enumerate(columns_of(StudyRow))}
    if header != list(places):
        raise UserError(f"{path}:1: other columns than litpool writes; delete the file, `snakemake all` makes it again")
    name, decision, why, words, authority, retracted = (places[column] for column in _TOLD)
    kept: list[Record] = []
    spare: dict[tuple[str, str], list[Record]] = defaultdict(list)
    left_out: dict[str, LeftOut] = {}
    shared: dict[tuple[str, str, bool], LeftOut] = {}

    for cells in lines:
        record = lines.line_num, cells
        if len(cells) != len(places) or cells[decision] != "exclude":
            kept.append(record)
            continue
        study, code, reason = _plain(cells[name], "study"), _plain(cells[why], "code"), _plain(cells[words], "reason")
        key = code, reason, cells[authority] in BY_REVIEWER
        left_out[study] = shared.get(key) or shared.setdefault(key, LeftOut(*key))
        if study in named or cells[retracted] == "true":
            kept.append(record)
        elif len(spare[code, reason]) < most:
            spare[code, reason].append(record)
    kept += _fair(list(spare.values()), most)
    rows = rows_of(path, [(1, header), *sorted(kept)], StudyRow)
    return Studies([row for _, row in rows], left_out)


def _plain(cell: str, column: str) -> str:
    """litpool wrote the file: only what it guards from spreadsheets reads otherwise than it stands."""
    return str(read_cell(cell, columns_of(StudyRow)[column], False)) if cell.startswith("'") else cell


def _fair(groups: Sequence[list[Record]], most: int) -> list[Record]:
    """`most` records in all, shared out evenly: what a small group leaves, larger ones have."""
    taken: list[Record] = []
    for i, group in enumerate(sorted(groups, key=len)):
        taken += group[: max(0, most - len(taken)) // (len(groups) - i)]
    return taken
