"""The main outcome from other rows than those of the main analysis: what the choice of rows does to the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.analysed import RowSet
from pipeline.config import Analysis, Settings
from pipeline.link.best_report import weight
from pipeline.linked import LinkRow, Study
from pipeline.pool.impact import WaitingRow, plausible
from pipeline.pool.pooled_set import Counts, pooled_set
from pipeline.pooled import PooledOutcome
from pipeline.resolve import finish, machine_tables
from pipeline.resolve.pooling import mark_pooled
from pipeline.resolved import BY_REVIEWER, SHARED, ArmRow, ComparisonRow, OutcomeRow, StudyRow

MACHINE = "the machine alone, without overrides"
ACCEPTED = "without reviewers' numbers"
WAITING = "with the numbers that wait, as read"
FULL_TEXTS = "full texts only"
ABSTRACTS = "abstracts only"

Place = tuple[str, str]
FULL = 2


@dataclass(frozen=True)
class Tables:
    """All rows after the overrides; `machine` those without, `full_texts` (file, record_id) of the reports that are
    one. Both are None where the studies as linked are not at hand."""

    studies: Sequence[StudyRow]
    arms: Sequence[ArmRow]
    outcomes: Sequence[OutcomeRow]
    machine: Sequence[OutcomeRow] | None = None
    full_texts: frozenset[Place] | None = None
    main_report: dict[str, Place] = field(default_factory=dict)
    comparisons: Sequence[ComparisonRow] = ()

    def of(self, outcome: str) -> list[OutcomeRow]:
        return [r for r in self.outcomes if r.outcome == outcome]


def tables(
    studies: Sequence[StudyRow],
    arms: Sequence[ArmRow],
    outcomes: Sequence[OutcomeRow],
    linked: Sequence[Study],
    links: Sequence[LinkRow],
    settings: Settings,
) -> Tables:
    """With what the machine alone says of the studies as they are linked."""
    machine = finish(machine_tables(list(linked), settings), settings, links)
    reports = [c for s in linked for c in (s.candidate, *s.further)]
    full = frozenset((c.source.file, c.record_id) for c in reports if weight(c) == FULL)
    main = {s.study: (s.candidate.source.file, s.candidate.record_id) for s in linked}
    return Tables(studies, arms, outcomes, machine.outcomes, full, main)


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


def counts_of(rows: Iterable[OutcomeRow]) -> Counts:
    return [(r.events, r.n) for r in rows if r.events is not None and r.n is not None]


# ---- which rows -----------------------------------------------------------------------------------------------------

#: name, its rows, and why there are none
_Set = tuple[str, list[OutcomeRow], str]


def _row_set(
    name: str, rows: list[OutcomeRow], why: str, same: list[tuple[object, ...]], analysis: Analysis
) -> tuple[RowSet, Counts]:
    if why:
        return RowSet(name=name, why=why), []
    if not rows:
        return RowSet(name=name, why="no number would be left"), []
    if sorted(_key(r) for r in rows) == same:
        return RowSet(name=name, why="the same numbers as the main analysis"), []
    counts = counts_of(rows)
    return pooled_set(name, counts, analysis), counts


def _key(row: OutcomeRow) -> tuple[object, ...]:
    return row.study, row.arm, row.events, row.n


def _accepted(main: list[OutcomeRow]) -> _Set:
    return ACCEPTED, [r for r in main if r.authority not in BY_REVIEWER], ""


def _machine(outcome: str, given: Tables) -> _Set:
    if given.machine is None:
        return MACHINE, [], "the studies as linked were not given"
    return MACHINE, [r for r in given.machine if r.pooled and r.outcome == outcome], ""


def _texts(main: list[OutcomeRow], given: Tables) -> list[_Set]:
    if given.full_texts is None:
        why = "the studies as linked were not given"
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
