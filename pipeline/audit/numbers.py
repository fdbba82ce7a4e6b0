"""extracted/audit.csv: each pooled number with who says so, what it was, and the main result without it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.config import Settings
from pipeline.pool.impact import Change, Counts, PooledRow, what_if
from pipeline.pool.sets import Estimate
from pipeline.pool.undecided import pooled_rows
from pipeline.resolved import BY_REVIEWER, AuditRow, OutcomeRow

_SHARE = re.compile(r"([0-9]+) of ([0-9]+)", re.ASCII)


def audit(outcomes: Sequence[OutcomeRow], settings: Settings) -> list[AuditRow]:
    """By outcome in the analysis' order, then by study and arm."""
    rows: list[AuditRow] = []
    for name in settings.config.analysis.outcomes:
        told = [r for r in outcomes if r.pooled and r.outcome == name]
        rows += _of_outcome(sorted(told, key=lambda r: (r.study, r.arm)), pooled_rows(told, name), settings)
    return rows


def _of_outcome(told: Sequence[OutcomeRow], pooled: Sequence[PooledRow], settings: Settings) -> list[AuditRow]:
    by_machine = {i: counts for i, r in enumerate(told) if (counts := machine_counts(r)) is not None}
    left_out = [Change(removes=((r.study, r.arm),)) for r in told]
    replaced = [Change(adds=(((told[i].study, told[i].arm), counts),)) for i, counts in by_machine.items()]
    now, found = what_if(pooled, [*left_out, *replaced], settings.config.analysis)
    other = dict(zip(by_machine, found[len(told) :], strict=True))
    return [_row(r, now, without, other.get(i)) for i, (r, without) in enumerate(zip(told, found, strict=False))]


def machine_counts(row: OutcomeRow) -> Counts | None:
    """What the machine alone would pool in the place of a reviewer's row; None for nothing, and for its own rows."""
    if row.authority not in BY_REVIEWER or not row.machine_accepted:
        return None
    share = _SHARE.fullmatch(row.machine)
    return (int(share[1]), int(share[2])) if share else None


def _row(r: OutcomeRow, now: Estimate | None, without: Estimate | None, other: Estimate | None) -> AuditRow:
    by_reviewer = r.authority in BY_REVIEWER
    assert r.events is not None
    assert r.n is not None
    return AuditRow(
        study=r.study,
        arm=r.arm,
        outcome=r.outcome,
        timepoint=r.timepoint,
        events=r.events,
        n=r.n,
        authority=r.authority,
        who=r.reviewers,
        when=r.decided,
        why=r.reason if by_reviewer else r.checks,
        was=r.machine if by_reviewer else f"{r.events} of {r.n}",
        result=_proportion(now),
        without=_proportion(without),
        with_machine=_proportion(other),
    )


def _proportion(estimate: Estimate | None) -> float | None:
    return None if estimate is None else round(estimate.proportion, 6)
