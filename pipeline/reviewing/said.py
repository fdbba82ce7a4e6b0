"""What reviewers have said of a cell so far, and what of it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.appraisal.naming import plain
from pipeline.appraisal.standing import person
from pipeline.errors import UserError
from pipeline.overrides.reading import Line, read_placed
from pipeline.records import Added, Confirmation, Correction, Exclusion, Inclusion
from pipeline.resolve import Tables
from pipeline.resolve.cells import same_value
from pipeline.reviewing.now import find_arm, find_study

_OF = re.compile(r"(\d+)\s*(?:of|/)\s*(\d+)", re.ASCII)


@dataclass(frozen=True)
class Cell:
    """`arm` is its number in extracted/arms.csv; parts that a field does not need are empty."""

    study: str
    arm: str
    outcome: str
    timepoint: str
    field: str

    def is_of(self, other: Cell) -> bool:
        """The same cell; a line without a time point is of the only one."""
        times = {plain(self.timepoint), plain(other.timepoint)}
        mine, others = ((c.study, c.arm, c.outcome, c.field) for c in (self, other))
        return mine == others and (len(times) == 1 or "" in times)


@dataclass(frozen=True)
class Said:
    """One line's word on a cell."""

    cell: Cell
    value: str
    was: str
    adjudicated: bool
    reviewer: str
    date: str
    place: str


def standing(tables: Tables, overrides: Path, cell: Cell) -> list[Said]:
    """The last word of each reviewer on the cell, without those that a later line overrules."""
    said = [s for s in _all(tables, overrides) if s.cell.is_of(cell)]
    last: dict[str, Said] = {}
    for one in sorted(said, key=lambda s: s.date):
        last = {who: s for who, s in last.items() if not _overrules(one, s)} | {person(one.reviewer): one}
    return list(last.values())


def others_than(tables: Tables, overrides: Path, cell: Cell, value: str, reviewer: str) -> list[Said]:
    """What stands of other reviewers than this one, and is not the value."""
    said = standing(tables, overrides, cell)
    return [s for s in said if person(s.reviewer) != person(reviewer) and not same_value(cell.field, s.value, value)]


def listed(said: Iterable[Said]) -> str:
    """For people."""
    return "; ".join(f"{s.reviewer} says {s.value or 'nothing'} ({s.place})" for s in said)


def _overrules(later: Said, earlier: Said) -> bool:
    return later.adjudicated or (later.was != "" and same_value(later.cell.field, later.was, earlier.value))


def _all(tables: Tables, overrides: Path) -> Iterator[Said]:
    for line in read_placed(overrides / "corrections.csv", Correction):
        yield from _corrected(tables, line)
    for confirmed in read_placed(overrides / "confirmations.csv", Confirmation):
        yield from _confirmed(tables, confirmed)
    for added in read_placed(overrides / "added.csv", Added):
        yield from _added(tables, added)
    for excluded in read_placed(overrides / "exclusions.csv", Exclusion):
        yield _said(tables, excluded, "decision", "exclude")
    for included in read_placed(overrides / "inclusions.csv", Inclusion):
        yield _said(tables, included, "decision", "include")


def _corrected(tables: Tables, line: Line[Correction]) -> Iterator[Said]:
    outcome, _, field = line.row.field.rpartition(".")
    yield _said(tables, line, field, line.row.value, line.row.outcome or outcome)


def _confirmed(tables: Tables, line: Line[Confirmation]) -> Iterator[Said]:
    both = _OF.fullmatch(line.row.value)
    if line.row.field:
        yield _said(tables, line, line.row.field, line.row.value)
    elif both:
        yield _said(tables, line, "events", both[1])
        yield _said(tables, line, "n", both[2])


def _added(tables: Tables, line: Line[Added]) -> Iterator[Said]:
    for field in ("events", "n") if line.row.outcome else ():
        value = getattr(line.row, field)
        yield _said(tables, line, field, "" if value is None else str(value))


def _said(
    tables: Tables,
    line: Line[Correction] | Line[Confirmation] | Line[Added] | Line[Exclusion] | Line[Inclusion],
    field: str,
    value: str,
    outcome: str = "",
) -> Said:
    row = line.row
    study, arm = _place(tables, row.study, getattr(row, "arm", ""))
    cell = Cell(study, arm, outcome or getattr(row, "outcome", ""), getattr(row, "timepoint", ""), field)
    adjudicated = bool(getattr(row, "adjudicated", False))
    return Said(cell, value, getattr(row, "was", ""), adjudicated, row.reviewer, row.date.isoformat(), line.place)


def _place(tables: Tables, study: str, arm: str) -> tuple[str, str]:
    """Names of the tables; as written where they are not there."""
    try:
        named = find_study(tables, study)
        return named.study, find_arm(tables, named, arm).arm if arm else ""
    except UserError:
        return study, arm
