"""Two pieces of work timed against each other in one run: taken in turns, so that a busy machine slows both."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], int]


@dataclass(frozen=True)
class Bench:
    """Two ways to the same job, each returning how many units it did; `wanted` is the least ratio of their speeds.

    `most_rounds`: for long work; a single round is timed without another one before. `prepare`: before each round, out
    of the clock.
    """

    name: str
    unit: str
    against: str
    wanted: float
    ours: Work
    reference: Work
    most_rounds: int | None = None
    prepare: Callable[[], None] | None = None


@dataclass(frozen=True)
class Timing:
    """Units per second (medians), and the ratio of the speeds: its median and range over the rounds."""

    ours: float
    reference: float
    ratio: float
    lowest: float
    highest: float


def run(bench: Bench, rounds: int) -> Timing:
    """Time both sides `rounds` times in turns, after one round that counts for nothing."""
    rounds = rounds if bench.most_rounds is None else min(rounds, bench.most_rounds)
    if rounds > 1:
        _pair(bench)
    pairs = [_pair(bench) for _ in range(rounds)]
    ratios = [ours / reference for ours, reference in pairs]
    return Timing(
        ours=median(ours for ours, _ in pairs),
        reference=median(reference for _, reference in pairs),
        ratio=median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
    )


def _pair(bench: Bench) -> tuple[float, float]:
    if bench.prepare is not None:
        bench.prepare()
    return _speed(bench.ours), _speed(bench.reference)


def _speed(work: Work) -> float:
    gc.collect()
    begin = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - begin)
