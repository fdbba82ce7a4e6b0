"""What reviewers' lines say, one cell at a time, whatever file they stand in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import Problems, UserError
from pipeline.last_word import person
from pipeline.overrides.reading import Line, read_placed
from pipeline.parsed import Row
from pipeline.records import Added, Confirmation, Correction, Exclusion, Inclusion

Kind = Literal["confirmed", "corrected", "added"]

_SHARE = re.compile(r"([0-9]{1,9}) ?(?:of|/) ?([0-9]{1,9})(?: ?\([^()]{0,20}\))?", re.ASCII)


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """One cell by one line, as written, known by being itself. `was` is None where the line does not tell what was
    seen; `of` is the line's row, `order` its place among lines of one day."""

    path: Path
    line: int
    kind: Kind
    study: str
    arm: str = ""
    outcome: str = ""
    timepoint: str = ""
    field: str
    value: str
    was: str | None
    seen: str = ""
    reason: str
    reviewer: str
    date: datetime.date
    adjudicated: bool = False
    order: tuple[int, int] = (0, 0)
    of: Row

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def person(self) -> str:
        return person(self.reviewer)


class Unclear(Exception):
    """What is wrong with one line."""


def read_said(folder: Path) -> list[Said]:
    """All that the files of a folder say of the tables' cells, the earliest first; of one day, who decides between
    others last. Raises UserError with every problem."""
    problems = Problems()
    said: list[Said] = []
    for number, (name, model, tell) in enumerate(_FILES):
        with problems.kept():
            said += _of_file(read_placed(folder / name, model), tell, number)
    problems.tell()
    return sorted(said, key=lambda s: (s.date, s.adjudicated, s.order))


def _of_file(lines: Iterable[Line[Any]], tell: Callable[[Any], Iterator[dict[str, Any]]], number: int) -> list[Said]:
    said: list[Said] = []
    problems: list[str] = []
    for at, line in enumerate(lines):
        shared = {"path": line.file, "line": line.line, "of": line.row, "order": (number, at)}
        try:
            said += [Said(**shared, **_who(line.row), **cell) for cell in tell(line.row)]
        except Unclear as unclear:
            problems.append(f"{line.place}: {unclear}")
    if problems:
        raise UserError("\n".join(problems))
    return said


def _who(row: Any) -> dict[str, Any]:
    return {
        "study": row.study,
        "reviewer": row.reviewer.strip(),
        "date": row.date,
        "reason": row.note if isinstance(row, Confirmation) else row.reason,
        "adjudicated": getattr(row, "adjudicated", False),
    }


def _corrected(row: Correction) -> Iterator[dict[str, Any]]:
    """Before outcomes had a column of their own, a field of an outcome was called relapse.events."""
    outcome, _, field = (row.outcome, "", row.field) if row.outcome else row.field.rpartition(".")
    yield _cell(row, "corrected", outcome, field, row.value, row.was)


def _confirmed(row: Confirmation) -> Iterator[dict[str, Any]]:
    if row.field:
        outcome, _, field = (row.outcome, "", row.field) if row.outcome else row.field.rpartition(".")
        yield _cell(row, "confirmed", outcome, field, row.value, row.value)
        return
    if not row.arm and not row.outcome and row.value in ("include", "exclude"):
        yield _cell(row, "confirmed", "", "decision", row.value, row.value)
        return
    if not row.outcome:
        raise Unclear("field is empty; only of an outcome may it be, for events and n at once")
    share = _SHARE.fullmatch(" ".join(row.value.split()))
    if share is None:
        raise Unclear(f'value: "{row.value}" does not say events and n, as "25 of 35"; or fill the column field')
    for field, value in zip(("events", "n"), share.groups(), strict=True):
        yield _cell(row, "confirmed", row.outcome, field, str(int(value)), str(int(value)))


def _added(row: Added) -> Iterator[dict[str, Any]]:
    """Of a new arm its drugs, role and size; of an outcome events, n and whom n counts."""
    of_arm = {"drugs": row.drugs, "role": row.role or "", "n": _text(row.arm_n)}
    of_outcome = {"events": _text(row.events), "n": _text(row.n), "denominator": row.denominator or ""}
    if row.outcome and not (of_outcome["events"] and of_outcome["n"]):
        raise Unclear("an outcome is added with its events and n")
    if not row.outcome and (of_outcome["events"] or of_outcome["n"] or row.timepoint):
        raise Unclear("outcome is empty, so that nobody knows what is counted; fill it")
    for cells, outcome in ((of_arm, ""), (of_outcome, row.outcome)):
        for field, value in cells.items():
            if value:
                yield _cell(row, "added", outcome, field, value, "")
    if not row.outcome and not any(of_arm.values()):
        raise Unclear("adds nothing: an arm has drugs, an outcome has a name, events and n")


def _excluded(row: Exclusion) -> Iterator[dict[str, Any]]:
    yield _cell(row, "corrected", "", "decision", "exclude", row.was or None)


def _included(row: Inclusion) -> Iterator[dict[str, Any]]:
    yield _cell(row, "corrected", "", "decision", "include", row.was or None)


def _cell(row: Any, kind: Kind, outcome: str, field: str, value: str, was: str | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "arm": getattr(row, "arm", "").strip(),
        "outcome": outcome.strip(),
        "timepoint": getattr(row, "timepoint", ""),
        "field": field.strip(),
        "value": value.strip(),
        "was": was,
        "seen": getattr(row, "seen", ""),
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


#: of lines of one day, those further down count as the later ones
_FILES: tuple[tuple[str, type[Any], Callable[[Any], Iterator[dict[str, Any]]]], ...] = (
    ("confirmations.csv", Confirmation, _confirmed),
    ("added.csv", Added, _added),
    ("corrections.csv", Correction, _corrected),
    ("exclusions.csv", Exclusion, _excluded),
    ("inclusions.csv", Inclusion, _included),
)
