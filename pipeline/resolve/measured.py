"""Reviewers measured by each other, and the machine by the reviewers, from the lines that they wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from pipeline.resolve.accuracy import Judged, Status
from pipeline.resolve.agreement import Vote
from pipeline.resolve.overrides import Applied
from pipeline.resolve.said import Said
from pipeline.resolve.tables import Tables
from pipeline.resolve.targets import Spot
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow

#: of a row, not of the report: nothing that two people would extract
_OF_THE_ROW = ("status", "notices")

#: study and arm → what lines call the arm
Keys = Mapping[tuple[str, str], str]


def votes(tables: Tables, applied: Applied) -> list[Vote]:
    """What each line says of a cell, with the names of today."""
    keys = _keys(tables)
    return [
        Vote(**_names(tables, spot, keys), value=s.value, reviewer=s.reviewer, date=s.date, adjudicates=s.adjudicated)
        for s, spot in applied.spots.items()
        if s.field not in _OF_THE_ROW
    ]


def judged(tables: Tables, applied: Applied) -> list[Judged]:
    """The cells in which people have had the last word; a row that was accepted as it stands is right in events and n.
    A decision that the machine left open is no value of it."""
    found: dict[Spot, Judged] = {}
    keys = _keys(tables)
    for spot, given in applied.verdicts.items():
        if given.value is None:
            continue
        if spot.field not in _OF_THE_ROW:
            found[spot] = _judged(tables, keys, applied, spot, given.value, given.standing[-1])
        elif spot.field == "status" and given.value.strip().lower() == "accepted":
            for field in ("events", "n"):
                same = Spot("outcomes", spot.index, field)
                value = getattr(applied.rows[spot.table, spot.index], field)
                if same not in applied.verdicts and value is not None:
                    found[same] = _judged(tables, keys, applied, same, str(value), given.standing[-1])
    return list(found.values())


def _keys(tables: Tables) -> Keys:
    return {(a.study, a.arm): a.key or a.arm for a in tables.arms}


def totals(tables: Tables) -> Counter[tuple[str, Status]]:
    """How many values the machine has, before any line."""
    return Counter(_values(tables))


def _values(tables: Tables) -> Iterator[tuple[str, Status]]:
    for row in tables.outcomes:
        for field in ("events", "n"):
            if getattr(row, field) is not None:
                yield field, _status(row, field)
    for study in tables.studies:
        if study.n_total is not None:
            yield "n_total", _status(study, "n_total")
        if study.decision != "review":
            yield "decision", _status(study, "decision")


def _judged(tables: Tables, keys: Keys, applied: Applied, spot: Spot, truth: str, by: Said) -> Judged:
    row = applied.rows.get((spot.table, spot.index))
    text = None if row is None else getattr(row, spot.field)
    nothing = row is None or text in (None, "") or (spot.field == "decision" and text == "review")
    return Judged(
        **_names(tables, spot, keys),
        machine=None if nothing else str(text),
        truth=truth,
        status="waiting" if row is None else _status(row, spot.field),
        confidence=row.confidence if isinstance(row, OutcomeRow) and not nothing else None,
        reviewer=by.reviewer,
        date=by.date,
    )


def _status(row: StudyRow | ArmRow | OutcomeRow, field: str) -> Status:
    authority = row.n_total_authority if isinstance(row, StudyRow) and field == "n_total" else row.authority
    return "waiting" if authority == "waiting" else "accepted"


def _names(tables: Tables, spot: Spot, keys: Keys) -> dict[str, str]:
    row: StudyRow | ArmRow | OutcomeRow = getattr(tables, spot.table)[spot.index]
    names = {"study": row.study, "field": spot.field}
    if not isinstance(row, StudyRow):
        names["arm"] = keys[row.study, row.arm]
    if isinstance(row, OutcomeRow):
        names |= {"outcome": row.outcome, "timepoint": row.timepoint}
    return names
