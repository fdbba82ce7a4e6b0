"""The main outcome from other rows than those of the main analysis: what the choice of rows does to the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.analysed import RowSet
from pipeline.config import Analysis, Settings
from pipeline.pool.impact import WaitingRow, plausible
from pipeline.pool.pooled_set import Counts, pooled_set
from pipeline.pooled import PooledOutcome
from pipeline.resolve.pooling import mark_pooled
from pipeline.resolved import BY_REVIEWER, SHARED, ArmRow, ComparisonRow, MachineRow, OutcomeRow, StudyRow

MACHINE = "the machine alone, without overrides"
ACCEPTED = "without reviewers' numbers"
WAITING = "with the numbers that wait, as read"
FULL_TEXTS = "full texts only"
ABSTRACTS = "abstracts only"

Place = tuple[str, str]


@dataclass(frozen=True)
class Tables:
    """All rows after the overrides; `machine` those that would be pooled without, `full_texts` (file, record_id) of the
    reports that are one. Both are None where they are not at hand."""

    studies: Sequence[StudyRow]
    arms: Sequence[ArmRow]
    outcomes: Sequence[OutcomeRow]
    machine: Sequence[MachineRow] | None = None
    full_texts: frozenset[Place] | None = None
    comparisons: Sequence[ComparisonRow] = ()

    @cached_property
    def main_report(self) -> dict[str, Place]:
        return {s.study: (s.file, s.record_id) for s in self.studies}

    def of(self, outcome: str) -> list[OutcomeRow]:
        return [r for r in self.outcomes if r.outcome == outcome]


def row_sets(pooled: PooledOutcome, given: Tables, settings: Settings) -> list[tuple[RowSet, Counts]]:
    """Each other set with its counts; one that cannot be had, or is the main one again, has a sentence instead."""
    rows = given.of(pooled.outcome)
    main = [r for r in rows if r.pooled]
    sets = [
        _accepted(main),
        _waiting(rows, given, settings),
        _machine(pooled.outcome, given),
        *_texts(main, given),
    ]
    same = sorted(_key(r) for r in main)
    return [_row_set(name, found, why, same, settings.config.analysis) for name, found, why in sets]


def counts_of(rows: Iterable[OutcomeRow | MachineRow]) -> Counts:
    return [(r.events, r.n) for r in rows if r.events is not None and r.n is not None]


# ---- which rows -----------------------------------------------------------------------------------------------------

#: name, its rows, and why there are none
_Set = tuple[str, Sequence[OutcomeRow | MachineRow], str]


def _row_set(
    name: str, rows: Sequence[OutcomeRow | MachineRow], why: str, same: list[tuple[object, ...]], analysis: Analysis
) -> tuple[RowSet, Counts]:
    if why:
        return RowSet(name=name, why=why), []
    if not rows:
        return RowSet(name=name, why="no number would be left"), []
    if sorted(_key(r) for r in rows) == same:
        return RowSet(name=name, why="the same numbers as the main analysis"), []
    counts = counts_of(rows)
    return pooled_set(name, counts, analysis), counts


def _key(row: OutcomeRow | MachineRow) -> tuple[object, ...]:
    return row.study, row.arm, row.events, row.n


def _accepted(main: list[OutcomeRow]) -> _Set:
    return ACCEPTED, [r for r in main if r.authority not in BY_REVIEWER], ""


def _machine(outcome: str, given: Tables) -> _Set:
    if given.machine is None:
        return MACHINE, [], "what resolve tells of it was not given"
    return MACHINE, [r for r in given.machine if r.outcome == outcome], ""


def _texts(main: list[OutcomeRow], given: Tables) -> list[_Set]:
    if given.full_texts is None:
        why = "what resolve tells of it was not given"
        return [(FULL_TEXTS, [], why), (ABSTRACTS, [], why)]
    full = given.full_texts

    def kept(wanted: Callable[[bool], bool]) -> list[OutcomeRow]:
        return [r for r in main if wanted(_place(r, given) in full)]

    whole, short = kept(lambda is_full: is_full), kept(lambda is_full: not is_full)
    return [
        (FULL_TEXTS, whole, "" if whole else "every number is from an abstract"),
        (ABSTRACTS, short, "" if short else "every number is from a full text"),
    ]


def _place(row: OutcomeRow, given: Tables) -> Place:
    """(file, record_id) of the report that a row was read from."""
    return (row.file, row.record_id) if row.record_id else given.main_report.get(row.study, ("", ""))


def _waiting(rows: list[OutcomeRow], given: Tables, settings: Settings) -> _Set:
    """Rows that wait, with their counts as read, marked again by resolve's own rules; studies that wait are taken in.

    Of studies that share patients the same ones count as in the main analysis.
    """
    taken = [_as_read(r) for r in rows]
    if taken == rows and all(s.decision != "review" for s in given.studies):
        return WAITING, [], "no number waits of which events and n were read"
    studies = [_included(s) for s in given.studies]
    marked = mark_pooled(studies, list(given.arms), taken, settings)
    shared = [SHARED in r.sensitivity.split(" + ") and not r.pooled for r in rows]
    found = [r for r, left_out in zip(marked, shared, strict=True) if r.pooled and not left_out]
    return WAITING, [r for r in found if r.events is not None and r.n is not None], ""


def _included(study: StudyRow) -> StudyRow:
    return study.model_copy(update={"decision": "include"}) if study.decision == "review" else study


def _as_read(row: OutcomeRow) -> OutcomeRow:
    """A row that waits as if it were accepted, with the events that were read or that its percentage makes of n."""
    if row.authority != "waiting" or row.n is None or row.n < 1 or (row.events is None and row.percent is None):
        return row
    read = () if row.events is None else (row.events,)
    waits = WaitingRow(study=row.study, arm=row.arm, events=read, n=(row.n,), percent=row.percent)
    events, n = plausible(waits)[0]
    return row.model_copy(update={"authority": "accepted", "events": events, "n": n})
