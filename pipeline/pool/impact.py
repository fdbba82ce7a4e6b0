"""What a value that waits could change in the main result, and what the result would be without a reviewer's values.

A row that waits is left out now. Once it is decided it is pooled as it was read, or with what a person finds, or not at
all. `plausible` says which counts that may be; each is pooled with the rows that are pooled now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from pipeline.config import Analysis
from pipeline.pool.sets import Estimate, pool_sets

#: n of a waiting row of which nothing is known, where nothing is pooled either
TYPICAL_N = 30

#: values of events tried from 0 to n where nothing is known of them. The extremes alone do not do: a study without
#: events has little weight on a log scale, and can move the result less than one with a few
STEPS = 11

#: counts that are pooled at once, of all changes: memory stays the same however many there are
CELLS = 1 << 20

Slot = tuple[str, str]
Counts = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class PooledRow:
    """A row of the main analysis. `by_reviewer`: it is there, or as it is, because a person said so; `machine` are then
    the counts that the machine alone would pool, None if it would pool none."""

    study: str
    arm: str
    events: int
    n: int
    by_reviewer: bool = False
    machine: Counts | None = None

    @property
    def slot(self) -> Slot:
        """Of each only one row is pooled."""
        return self.study, self.arm


@dataclass(frozen=True, kw_only=True)
class WaitingRow:
    """A row that waits for a person: what may be its events and n (none: not read) and its percentage.

    `doubted`: the counts themselves are in doubt, so that anything from 0 to n is plausible. It takes the place of a
    pooled row of its slot; `displaces` are slots of others that leave the analysis as it comes in (all arms together,
    once they are pooled one by one). `key` is the caller's own.
    """

    study: str
    arm: str
    events: tuple[int, ...] = ()
    n: tuple[int, ...] = ()
    percent: float | None = None
    doubted: bool = False
    displaces: tuple[Slot, ...] = ()
    key: str = ""

    @property
    def slot(self) -> Slot:
        return self.study, self.arm

    @property
    def is_read(self) -> bool:
        """Its first plausible counts are the machine's."""
        return bool(self.events) or self.percent is not None


@dataclass(frozen=True)
class Change:
    """Another analysis: without the rows of some slots, and with other counts in some. What is added to the slot of a
    pooled row takes its place."""

    removes: tuple[Slot, ...] = ()
    adds: tuple[tuple[Slot, Counts], ...] = ()


@dataclass(frozen=True)
class Impact:
    """`now` is the result without the row, `scenarios` what it would be with each plausible pair of counts.

    `shift` is the largest distance of a scenario from now, `of_width` the same in widths of the interval now; both None
    where nothing is pooled without the row.
    """

    row: WaitingRow
    now: Estimate | None
    scenarios: tuple[tuple[Counts, Estimate], ...]
    shift: float | None
    of_width: float | None


@dataclass(frozen=True)
class Standing:
    """The result without a row that rests on a reviewer, and with what the machine would pool in its place; None where
    nothing is left, or where the machine would pool nothing."""

    row: PooledRow
    now: Estimate
    without: Estimate | None
    with_machine: Estimate | None


def plausible(row: WaitingRow, largest_n: int = TYPICAL_N) -> list[Counts]:
    """The pairs of events and n to try, in their order.

    Events are those read and n times the percentage; where there is neither, or they are doubted, STEPS values from 0
    to n. n that was not read is what events and percentage make it, else the largest that is pooled, `largest_n`, or
    the events where these are more: so the row weighs most.
    """
    sizes = [n for n in row.n if n >= 1] or _implied(row) or [max(largest_n, *row.events, 1)]
    tried = [(events, n) for n in sizes for events in _events(row, n) if 0 <= events <= n]
    return list(dict.fromkeys(tried)) or [(events, n) for n in sizes for events in _any(n)]


def _implied(row: WaitingRow) -> list[int]:
    if row.percent is None or row.percent <= 0:
        return []
    return [round(100 * events / row.percent) for events in row.events if events > 0]


def _events(row: WaitingRow, n: int) -> list[int]:
    read = list(row.events)
    if row.percent is not None:
        read.append(round(row.percent * n / 100))
    return [*read, *_any(n)] if row.doubted or not read else read


def _any(n: int) -> list[int]:
    return sorted({round(n * i / (STEPS - 1)) for i in range(STEPS)})


def largest_n(pooled: Sequence[PooledRow]) -> int:
    return max((p.n for p in pooled), default=TYPICAL_N)


def impacts(pooled: Sequence[PooledRow], waiting: Sequence[WaitingRow], analysis: Analysis) -> list[Impact]:
    """The impact of each waiting row by itself, in the order given."""
    largest = largest_n(pooled)
    tried = [plausible(row, largest) for row in waiting]
    changes = [
        Change(row.displaces, ((row.slot, counts),))
        for row, each in zip(waiting, tried, strict=True)
        for counts in each
    ]
    now, rest = what_if(pooled, changes, analysis)
    found = iter(rest)
    return [
        _impact(row, now, [(counts, e) for counts in each if (e := next(found)) is not None])
        for row, each in zip(waiting, tried, strict=True)
    ]


def _impact(row: WaitingRow, now: Estimate | None, scenarios: list[tuple[Counts, Estimate]]) -> Impact:
    if now is None:
        return Impact(row, None, tuple(scenarios), None, None)
    shift = max((abs(e.proportion - now.proportion) for _, e in scenarios), default=0.0)
    return Impact(row, now, tuple(scenarios), shift, shift / now.width if now.width > 0 else None)


def most_telling(found: Iterable[Impact]) -> list[Impact]:
    """The largest shift first; before all, rows without which there is no result. Equal ones stay in their order."""
    return sorted(found, key=lambda i: -np.inf if i.shift is None else -i.shift)


def standing(pooled: Sequence[PooledRow], analysis: Analysis) -> list[Standing]:
    """For each pooled row that rests on a reviewer."""
    rows = [p for p in pooled if p.by_reviewer]
    left_out = [Change(removes=(row.slot,)) for row in rows]
    replaced = [Change((row.slot,), ((row.slot, row.machine),) if row.machine else ()) for row in rows]
    now, found = what_if(pooled, [*left_out, *replaced], analysis)
    if now is None:
        return []
    pairs = zip(rows, found[: len(rows)], found[len(rows) :], strict=True)
    return [Standing(row, now, without, other if row.machine else None) for row, without, other in pairs]


def what_if(
    pooled: Sequence[PooledRow], changes: Sequence[Change], analysis: Analysis
) -> tuple[Estimate | None, list[Estimate | None]]:
    """The result now, and with each change alone; None where nothing is left to pool."""
    added = max((len(c.adds) for c in changes), default=0)
    at_once = max(1, CELLS // max(1, len(pooled) + added))
    asked = [Change(), *changes]
    now, *found = chain.from_iterable(
        _changed(pooled, asked[i : i + at_once], added, analysis) for i in range(0, len(asked), at_once)
    )
    return now, found


def _changed(
    pooled: Sequence[PooledRow], changes: Sequence[Change], added: int, analysis: Analysis
) -> list[Estimate | None]:
    """With each change alone; `added` is the most that one of them adds."""
    k = len(pooled)
    place = {p.slot: i for i, p in enumerate(pooled)}
    counts = np.tile(
        np.array([(p.events, p.n) for p in pooled] + [(0, 1)] * added, float).reshape(-1, 2), (len(changes), 1, 1)
    )
    present = np.zeros((len(changes), k + added), bool)
    present[:, :k] = True
    for m, change in enumerate(changes):
        leaving = [*change.removes, *(slot for slot, _ in change.adds)]
        present[m, [place[slot] for slot in leaving if slot in place]] = False
        for i, (_, new) in enumerate(change.adds, start=k):
            counts[m, i], present[m, i] = new, True
    return pool_sets(counts[..., 0], counts[..., 1], present, analysis)
