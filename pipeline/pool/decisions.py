"""How many of the waiting values a person must decide until the rest cannot move the main result much.

What the rest can do together is bounded, not sampled. For a given tau² the pooled effect is a weighted mean, and the
highest and the lowest one over all ways to decide the rest (each left out, or pooled with one of its plausible counts)
is found exactly, by Dinkelbach's iteration (1967, Manage Sci 13:492): of every row the option that pulls the mean up
most, until the mean stays. tau² itself depends on what is decided; the bound is the outermost over all tau² between the
smallest and the largest that sets made to agree and to disagree have. By EE, where there is no tau², it is exact.

Else it is no proof. Of 8800 small analyses, of which every way to decide was tried, the bound was wider than the ways
by 2 % in half and by a quarter or more in a tenth of them, and ways stuck out of it in 5, by 0.00006 at most. It is
also careful in that all the rest is taken to be at its worst at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Analysis
from pipeline.pool.impact import (
    Counts,
    Impact,
    PooledRow,
    Slot,
    WaitingRow,
    impacts,
    largest_n,
    most_telling,
    plausible,
)
from pipeline.pool.sets import Estimate, Floats, effects, led_back, pool_sets
from pipeline.stats import pool_many
from pipeline.stats.inference import Interval

Choices = NDArray[np.intp]
Number = TypeVar("Number", np.bool_, np.float64)

#: values of tau² from the smallest to the largest at which the bound is taken
TAUS = 15
#: rounds of an iteration that converges faster than linearly; it takes about five
ROUNDS = 50

#: times that the range of tau² is widened by the sets that reach the bound
WIDENINGS = 3

#: means between the lowest and the highest, about which sets are made to agree and to disagree
MIDDLES = 7

NOTHING: Counts = (0, 0)


@dataclass(frozen=True)
class Decisions:
    """`needed` of the waiting rows, the first of `order`, must be decided so that the rest together moves the result by
    less than `tolerance` on the proportion scale, whatever the rest turns out to be.

    `before` is where the result can come to lie as all that waits is decided, `after` where it can once the first
    `needed` are (with these left out); both None where nothing is pooled, and every row is needed.
    """

    needed: int
    order: tuple[WaitingRow, ...]
    tolerance: float
    now: Estimate | None
    before: Interval | None
    after: Interval | None


def decisions_needed(
    pooled: Sequence[PooledRow], waiting: Sequence[WaitingRow], tolerance: float, analysis: Analysis
) -> Decisions:
    """The fewest rows to decide, the most telling first, found by bisection.

    A decided row may end up left out or pooled as read: the rest must stay within the tolerance in both cases (all
    decided rows alike). Raises ValueError for a tolerance that is not above 0.
    """
    if not tolerance > 0:
        raise ValueError(f"tolerance = {tolerance:g}: must be above 0, on the scale of proportions (0.02, say)")
    return decisions_by_impact(pooled, impacts(pooled, waiting, analysis), tolerance, analysis)


def decisions_by_impact(
    pooled: Sequence[PooledRow], found: Iterable[Impact], tolerance: float, analysis: Analysis
) -> Decisions:
    """`decisions_needed` of waiting rows whose impacts are known."""
    order = [impact.row for impact in most_telling(found)]
    if not pooled:
        return Decisions(len(order), tuple(order), tolerance, None, None, None)
    enough, short = len(order), -1
    while enough - short > 1:
        tried = (enough + short) // 2
        if _settled(pooled, order[:tried], order[tried:], tolerance, analysis):
            enough = tried
        else:
            short = tried
    now, before = reach(pooled, [], order, analysis)
    return Decisions(enough, tuple(order), tolerance, now, before, reach(pooled, [], order[enough:], analysis)[1])


def _settled(
    pooled: Sequence[PooledRow],
    decided: Sequence[WaitingRow],
    rest: Sequence[WaitingRow],
    tolerance: float,
    analysis: Analysis,
) -> bool:
    """Whether the rest stays near where the decided rows leave the result."""
    for kept in ([], decided) if decided else ([],):
        middle, (low, high) = reach(pooled, kept, rest, analysis)
        if max(middle.proportion - low, high - middle.proportion) >= tolerance:
            return False
    return True


def reach(
    pooled: Sequence[PooledRow], kept: Sequence[WaitingRow], rest: Sequence[WaitingRow], analysis: Analysis
) -> tuple[Estimate, Interval]:
    """The result without the rest, and the bounds of where it can lie with any of it; `pooled` holds a row or more,
    `kept` are decided and pooled as read."""
    options = _options(pooled, kept, rest)
    middle = pool_sets(options.events[None, :, 0], options.n[None, :, 0], options.n[None, :, 0] > 0, analysis)[0]
    assert middle is not None
    p = middle.proportion
    if not rest:
        return middle, (p, p)
    low, high = _Means(options, analysis).bounds()
    return middle, (min(low, p), max(high, p))


# ---- what each slot may hold ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Options:
    """Arrays (S, O): the counts that each of S slots may hold, n = 0 for nothing; first what it holds without the rest,
    which also fills the places of slots with fewer options."""

    events: Floats
    n: Floats


def _options(pooled: Sequence[PooledRow], kept: Sequence[WaitingRow], rest: Sequence[WaitingRow]) -> _Options:
    largest = largest_n(pooled)
    decided = {row.slot: row for row in reversed(kept) if row.is_read}
    gone = {slot for row in decided.values() for slot in row.displaces}
    held: dict[Slot, list[Counts]] = {p.slot: [(p.events, p.n)] for p in pooled if p.slot not in gone}
    held |= {slot: [plausible(row, largest)[0]] for slot, row in decided.items()}
    for row in rest:
        held.setdefault(row.slot, [NOTHING]).extend(plausible(row, largest))
    for slot in {slot for row in rest for slot in row.displaces} & set(held):
        held[slot].append(NOTHING)
    most = max(map(len, held.values()))
    filled = np.array([[*each, *[each[0]] * (most - len(each))] for each in held.values()], float)
    return _Options(filled[..., 0], filled[..., 1])


# ---- weighted means over all choices --------------------------------------------------------------------------------


class _Means:
    """The effects of all options, and the outermost weighted means of one option of each slot."""

    def __init__(self, options: _Options, analysis: Analysis) -> None:
        self.events, self.n, self.there, self.analysis = options.events, options.n, options.n > 0, analysis
        y, v = effects(options.events, np.where(self.there, options.n, 1.0), analysis)
        self.y, self.v = np.where(self.there, y, 0.0), np.where(self.there, v, 1.0)
        self.slots = np.arange(len(self.y))

    def bounds(self) -> Interval:
        """On the scale of proportions."""
        grid = self.grid()
        low, high = (self.outermost(grid, up) for up in (False, True))
        alone = self.alone().tolist()
        return min([low, *alone]), max([high, *alone])

    def grid(self) -> Floats:
        """tau² from the smallest to the largest that is found, widened by the sets that reach the bound."""
        grid = self.tau2(np.zeros((1, len(self.y)), int))
        for _ in range(WIDENINGS):
            tried = [self.pulled(grid, up) for up in (True, False)]
            means = np.concatenate([means for _, means in tried])
            middles = np.linspace(means.min(), means.max(), MIDDLES)
            ends = np.unique([0.0, grid[0], grid[-1]])
            spread = [self.spread(m, t) for m in middles for t in ends]
            found = np.concatenate([grid, self.tau2(_each_once([*(c for c, _ in tried), *spread]))])
            grid = np.unique(np.linspace(found.min(), found.max(), TAUS))
        return grid

    def alone(self) -> Floats:
        """What a set of one row gives, where that can be: its own proportion, without a correction."""
        held = self.there.all(axis=1)
        if np.count_nonzero(held) > 1:
            return np.empty(0)
        rows = held if held.any() else np.ones_like(held)
        there = self.there[rows]
        return np.asarray(self.events[rows][there] / self.n[rows][there])

    def outermost(self, grid: Floats, up: bool) -> float:
        choices, means = self.pulled(grid, up)
        sizes = np.where(self.picked(self.there, choices), self.picked(self.n, choices), np.inf)
        harmonic = np.maximum(np.isfinite(sizes).sum(axis=1), 1) / np.maximum((1 / sizes).sum(axis=1), 1e-12)
        ends = [float(led_back(np.array(m), float(h), self.analysis)) for m, h in zip(means, harmonic, strict=True)]
        return max(ends) if up else min(ends)

    def pulled(self, taus: Floats, up: bool) -> tuple[Choices, Floats]:
        """For each tau² (T,) the choices (T, S) with the highest (or lowest) mean, and that mean."""
        w = self.there / (self.v + taus[:, None, None])
        means = self.mean(np.zeros((len(taus), len(self.y)), int), taus)
        for _ in range(ROUNDS):
            pull = w * (self.y - means[:, None, None])
            choices = np.argmax(pull if up else -pull, axis=2)
            some = self.picked(self.there, choices).any(axis=1)  # none pull more where all rows may be left out
            new = np.where(some, self.mean(choices, taus), means)
            done = bool(np.all(np.abs(new - means) <= 1e-12 * np.maximum(1, np.abs(new))))
            means = new
            if done:
                break
        return choices, means

    def spread(self, middle: float, tau2: float) -> Choices:
        """Choices that disagree as much as can be, and as little: a row that is farther from the middle than its
        standard deviation adds to the heterogeneity, one that is nearer takes from it."""
        adds = np.where(self.there, (self.y - middle) ** 2 / (self.v + tau2) - 1, 0.0)
        return np.array([adds.argmax(axis=1), adds.argmin(axis=1)])

    def picked(self, values: NDArray[Number], choices: Choices) -> NDArray[Number]:
        """(S, O) and (T, S) → (T, S)."""
        return np.asarray(values[self.slots, choices])

    def mean(self, choices: Choices, taus: Floats) -> Floats:
        w = self.picked(self.there, choices) / (self.picked(self.v, choices) + taus[:, None])
        total = w.sum(axis=1)
        return np.asarray(np.vecdot(w, self.picked(self.y, choices)) / np.where(total > 0, total, 1.0))

    def tau2(self, choices: Choices) -> Floats:
        """As the main analysis estimates it, of each set of choices."""
        y, v, there = (self.picked(a, choices) for a in (self.y, self.v, self.there))
        some = there.any(axis=1)
        y, v, there = y[some], v[some], there[some]
        return pool_many(y, v, self.analysis.method, present=there).tau2


def _each_once(choices: Sequence[Choices]) -> Choices:
    """The rows (T, S) of all, equal ones once. Their bytes tell them apart at once; to sort them would take longer than
    what is done with them."""
    rows = {row.tobytes(): row for some in choices for row in some}
    return np.array(list(rows.values()))
