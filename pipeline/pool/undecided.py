"""From the tables that resolve writes to what `impact` and `decisions` ask for: rows that are pooled, rows that wait,
and studies that wait.

A waiting row matters if it would be pooled once a person said yes; resolve's own rules tell, on the rows of its study.
Which of two studies with the same patients counts is not decided anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.config import Settings
from pipeline.pool.impact import Change, Counts, PooledRow, Slot, WaitingRow
from pipeline.resolve.pooling import mark_pooled
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow


def pooled_rows(
    outcomes: Iterable[OutcomeRow], outcome: str, machine: Mapping[Slot, Counts | None] | None = None
) -> list[PooledRow]:
    """The rows of the main analysis of an outcome. `machine` holds the slots whose row rests on a reviewer, with the
    counts that the machine alone would pool (None: none)."""
    said = machine or {}
    found = []
    for r in outcomes:
        if r.pooled and r.outcome == outcome and r.events is not None and r.n is not None:
            row = PooledRow(study=r.study, arm=r.arm, events=r.events, n=r.n)
            found.append(replace(row, by_reviewer=row.slot in said, machine=said.get(row.slot)))
    return found


@dataclass(frozen=True)
class Tables:
    """An outcome's rows of one study, as they would be were the study included."""

    study: StudyRow
    arms: list[ArmRow]
    rows: list[OutcomeRow]
    settings: Settings

    def marked(self, rows: list[OutcomeRow]) -> list[OutcomeRow]:
        return mark_pooled([self.study], self.arms, rows, self.settings)


def waiting_rows(
    studies: Iterable[StudyRow],
    arms: Iterable[ArmRow],
    outcomes: Sequence[OutcomeRow],
    outcome: str,
    settings: Settings,
) -> list[tuple[OutcomeRow, WaitingRow]]:
    """Rows of an outcome that wait and would be pooled if a person accepted them, by study; those of excluded studies
    are left out, a study that waits is taken as included.

    n that was not read is that of the arm, or of the study where it has no other arm.
    """
    asked = (s for s in studies if s.decision != "exclude")
    return [pair for _, tables in _included(asked, arms, outcomes, outcome, settings) for pair in _waiting(tables)]


def waiting_studies(
    studies: Iterable[StudyRow],
    arms: Iterable[ArmRow],
    outcomes: Iterable[OutcomeRow],
    outcome: str,
    settings: Settings,
) -> list[tuple[StudyRow, Change]]:
    """Studies that wait, each with what would be pooled of it were it included; without those that add nothing."""
    found = []
    asked = (s for s in studies if s.decision == "review")
    for study, tables in _included(asked, arms, outcomes, outcome, settings):
        new = pooled_rows(tables.marked(tables.rows), outcome)
        found += [(study, Change(adds=tuple((p.slot, (p.events, p.n)) for p in new)))] if new else []
    return found


def _included(
    studies: Iterable[StudyRow],
    arms: Iterable[ArmRow],
    outcomes: Iterable[OutcomeRow],
    outcome: str,
    settings: Settings,
) -> Iterator[tuple[StudyRow, Tables]]:
    """The studies that have a row of the outcome."""
    arms_of: defaultdict[str, list[ArmRow]] = defaultdict(list)
    rows_of: defaultdict[str, list[OutcomeRow]] = defaultdict(list)
    for arm in arms:
        arms_of[arm.study].append(arm)
    for row in outcomes:
        if row.outcome == outcome:
            rows_of[row.study].append(row)
    for study in studies:
        if study.study in rows_of:
            included = study.model_copy(update={"decision": "include"})
            yield study, Tables(included, arms_of[study.study], rows_of[study.study], settings)


def _waiting(tables: Tables) -> Iterator[tuple[OutcomeRow, WaitingRow]]:
    now = {_slot(row) for row in tables.marked(tables.rows) if row.pooled}
    for i, row in enumerate(tables.rows):
        if row.authority == "waiting":
            n = _size(row, tables)
            accepted = row.model_copy(update={"authority": "corrected", "events": row.events or 0, "n": n or 1})
            then = tables.marked([*tables.rows[:i], accepted, *tables.rows[i + 1 :]])
            if then[i].pooled:
                yield row, _as_read(row, n, now - {_slot(r) for r in then if r.pooled})


def _as_read(row: OutcomeRow, n: int | None, displaces: set[Slot]) -> WaitingRow:
    return WaitingRow(
        study=row.study,
        arm=row.arm,
        events=() if row.events is None else (row.events,),
        n=() if n is None else (n,),
        percent=row.percent,
        displaces=tuple(sorted(displaces)),
    )


def _size(row: OutcomeRow, tables: Tables) -> int | None:
    """Of the first of these that has one: the row, its arm, the study."""
    arm = [a.n for a in tables.arms if a.arm == row.arm]
    study = [tables.study.n_total] if len(tables.arms) == 1 else []
    return next((n for n in (row.n, *arm, *study) if n is not None and n > 0), None)


def _slot(row: OutcomeRow) -> Slot:
    return row.study, row.arm
