"""extracted/worklist.csv: what waits, ordered by what it could change; and how many decisions settle the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.config import Analysis, Settings
from pipeline.pool.decisions import decisions_by_impact
from pipeline.pool.impact import Change, Impact, PooledRow, impacts, what_if
from pipeline.pool.undecided import pooled_rows, waiting_rows, waiting_studies
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow, ToDecideRow, WorkRow, having

#: study, arm, outcome, time point
Place = tuple[str, str, str, str]


@dataclass(frozen=True)
class Undecided:
    """Of an outcome the rows that are pooled, the rows and the studies that wait, and what each row could change."""

    pooled: list[PooledRow]
    rows: list[OutcomeRow]
    impacts: list[Impact]
    studies: list[tuple[StudyRow, Change]]


def undecided(
    studies: Sequence[StudyRow], arms: Sequence[ArmRow], outcomes: Sequence[OutcomeRow], settings: Settings
) -> dict[str, Undecided]:
    """By pooled outcome, the main one first."""
    found = {}
    for name in settings.config.analysis.outcomes:
        pooled, waiting = pooled_rows(outcomes, name), waiting_rows(studies, arms, outcomes, name, settings)
        moved = impacts(pooled, [waits for _, waits in waiting], settings.config.analysis)
        own = waiting_studies(studies, arms, outcomes, name, settings)
        found[name] = Undecided(pooled, [row for row, _ in waiting], moved, own)
    return found


def ordered(work: Sequence[WorkRow], waiting: Mapping[str, Undecided], settings: Settings) -> list[WorkRow]:
    """Reviewers who differ and stale decisions stay on top; then what could move the main outcome's result, the most
    telling first, then the next outcome's; then the rest in its order."""
    names = list(waiting)
    shifts = {name: _shifts(waits, settings.config.analysis) for name, waits in waiting.items()}
    filled = [having(row, shift=_shift(row, shifts)) for row in work]
    rank = {name: i for i, name in enumerate(names)}

    def key(row: WorkRow) -> tuple[bool, int, float]:
        outcome = row.outcome or (names[0] if row.shift is not None else "")
        return not _asked_again(row), rank.get(outcome, len(names)), -(row.shift or 0.0)

    return sorted(filled, key=key)


def _asked_again(row: WorkRow) -> bool:
    return row.why.startswith(("reviewers differ", "stale"))


def _shift(row: WorkRow, shifts: Mapping[str, Mapping[Place, float]]) -> float | None:
    """Of a study's decision, on the first outcome that it could move."""
    if row.field == "decision":
        return next((s[row.study, "", "", ""] for s in shifts.values() if (row.study, "", "", "") in s), None)
    return shifts.get(row.outcome, {}).get((row.study, row.arm, row.outcome, row.timepoint))


def _shifts(waits: Undecided, analysis: Analysis) -> dict[Place, float]:
    """How far each waiting row, or study, could move the outcome's result; 1 where there is none without it."""
    found: dict[Place, float] = {}
    for row, impact in zip(waits.rows, waits.impacts, strict=True):
        found[row.study, row.arm, row.outcome, row.timepoint] = 1.0 if impact.shift is None else round(impact.shift, 6)
    now, then = what_if(waits.pooled, [change for _, change in waits.studies], analysis)
    for (study, _), estimate in zip(waits.studies, then, strict=True):
        moved = 1.0 if now is None else abs(estimate.proportion - now.proportion) if estimate is not None else 0.0
        found[study.study, "", "", ""] = round(moved, 6)
    return found


def to_decide(waiting: Mapping[str, Undecided], settings: Settings) -> list[ToDecideRow]:
    """For each pooled outcome, how many of the waiting rows must be decided until the rest cannot move it much."""
    told = []
    tolerance = settings.config.reviewing.tolerance
    for name, waits in waiting.items():
        found = decisions_by_impact(waits.pooled, waits.impacts, tolerance, settings.config.analysis)
        told.append(
            ToDecideRow(
                outcome=name,
                waiting=len(waits.rows),
                needed=found.needed,
                tolerance=tolerance,
                result=None if found.now is None else round(found.now.proportion, 6),
                low=None if found.before is None else round(found.before[0], 6),
                high=None if found.before is None else round(found.before[1], 6),
            )
        )
    return told
