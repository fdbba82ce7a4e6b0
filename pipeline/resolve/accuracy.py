"""The machine measured by the people who looked: precision, recall and calibration per field, over time.

**These are not the accuracy of all values.** People look at what waits and at what seems wrong to them; an accepted
value is rarely opened, and more often if it is suspicious. So the precision of accepted values is of those that
somebody saw (probably too low), that of waiting ones of those decided so far, and recall counts as missed only what
somebody found and added (probably too high). Each row has its denominator, `total` says how many values there are to
look at, and only a random sample of accepted values, confirmed one by one, measures them all.

A value is what the machine says **now**: a better extractor changes all periods. A period is that of the reviewer's
date.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.resolve.agreement import Cell
from pipeline.resolve.cells import same_value
from pipeline.resolved import AccuracyRow
from pipeline.stats.one_share import wilson_of_one

#: lower ends of the bins of confidence; the upper one belongs to the next bin, but for 1
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)

ALL = "all"

Status = Literal["accepted", "waiting"]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A cell in which a person has had the last word.

    `machine` is the machine's value, None where it has none (an added row); `truth` the person's, None where there is
    nothing to be told (an excluded row). `status` and `confidence` are the machine's.
    """

    study: str
    arm: str = ""
    outcome: str = ""
    timepoint: str = ""
    field: str
    machine: str | None
    truth: str | None
    status: Status = "accepted"
    confidence: float | None = None
    reviewer: str = ""
    date: datetime.date

    @property
    def cell(self) -> Cell:
        return Cell(self.study, self.arm, self.outcome, self.timepoint, self.field)

    @property
    def right(self) -> bool:
        return self.machine is not None and self.truth is not None and same_value(self.field, self.machine, self.truth)


@dataclass(frozen=True)
class Measure:
    """A share: of the judged cells that are `among`, those for which `hit` holds."""

    name: str
    among: Callable[[Judged], bool]
    hit: Callable[[Judged], bool]
    status: Status | None = None


MEASURES = (
    Measure("precision of accepted", lambda j: _said(j, "accepted"), lambda j: j.right, "accepted"),
    Measure("precision of waiting", lambda j: _said(j, "waiting"), lambda j: j.right, "waiting"),
    Measure("recall", lambda j: j.truth is not None, lambda j: j.right),
    Measure("recall by accepted", lambda j: j.truth is not None, lambda j: j.right and j.status == "accepted"),
)

#: (field, status) → how many values the machine has, seen or not
Totals = Mapping[tuple[str, Status], int]


def accuracy(judged: Iterable[Judged], totals: Totals | None = None, level: float = 0.95) -> list[AccuracyRow]:
    """Rows by field (all fields first), then period (all, each quarter, all until its end), then measure; calibration
    for all periods together. Shares have Wilson's interval; a share of nothing has no row.

    Of several judgements of a cell the last by date counts. `totals` fills `total` in the rows of all periods.
    """
    last: dict[Cell, Judged] = {}
    for one in sorted(judged, key=lambda j: j.date):
        last[one.cell] = one
    cells = list(last.values())
    rows: list[AccuracyRow] = []
    for field in [ALL, *sorted({j.field for j in cells})] if cells else []:
        chosen = [j for j in cells if field in (ALL, j.field)]
        for period, members in _periods(chosen):
            for measure in MEASURES:
                total = _total(totals, field, measure.status) if period == ALL else None
                rows += _share(field, period, measure, members, total, level)
        rows += _calibration(field, chosen, level)
    return rows


def quarter(date: datetime.date) -> str:
    """As 2026-Q4."""
    return f"{date.year}-Q{(date.month + 2) // 3}"


def _said(j: Judged, status: Status) -> bool:
    return j.machine is not None and j.status == status


def _periods(cells: Sequence[Judged]) -> list[tuple[str, list[Judged]]]:
    quarters = sorted({quarter(j.date) for j in cells})
    each = [(q, [j for j in cells if quarter(j.date) == q]) for q in quarters]
    until = [(f"until {q}", [j for j in cells if quarter(j.date) <= q]) for q in quarters]
    return [(ALL, list(cells)), *each, *until]


def _total(totals: Totals | None, field: str, status: Status | None) -> int | None:
    if totals is None or status is None:
        return None
    return sum(count for (of, which), count in totals.items() if which == status and field in (ALL, of))


def _share(
    field: str, period: str, measure: Measure, cells: Sequence[Judged], total: int | None, level: float
) -> list[AccuracyRow]:
    among = [j for j in cells if measure.among(j)]
    row = _row(field, period, measure.name, "", among, measure.hit, level)
    return [r.model_copy(update={"total": total}) for r in row]


def _calibration(field: str, cells: Sequence[Judged], level: float) -> list[AccuracyRow]:
    """Does a confidence of 0.9 mean that nine of ten are right?"""
    rows: list[AccuracyRow] = []
    for low, high in zip(BINS, (*BINS[1:], 1.0), strict=True):
        among = [
            j
            for j in cells
            if j.machine is not None and j.confidence is not None
            if low <= j.confidence < high or j.confidence == high == 1
        ]
        rows += _row(field, ALL, "calibration", f"{low:g} to {high:g}", among, lambda j: j.right, level)
    return rows


def _row(
    field: str,
    period: str,
    measure: str,
    confidence: str,
    among: Sequence[Judged],
    hit: Callable[[Judged], bool],
    level: float,
) -> list[AccuracyRow]:
    """One row; none of nothing."""
    if not among:
        return []
    right = sum(hit(j) for j in among)
    low, high = wilson_of_one(right, len(among), level)
    known = [j.confidence for j in among if j.machine is not None and j.confidence is not None]
    return [
        AccuracyRow(
            field=field,
            period=period,
            measure=measure,
            confidence=confidence,
            mean_confidence=sum(known) / len(known) if known else None,
            right=right,
            of=len(among),
            share=right / len(among),
            low=low,
            high=high,
            total=None,
        )
    ]
