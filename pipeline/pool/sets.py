"""Many sets of rows pooled at once as the main analysis pools one: by inverse variance with the config's options."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.config import Analysis
from pipeline.stats import clopper_pearson, pool_many
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.inference import Interval

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Estimate:
    """What a set of k rows gives: the pooled proportion with its interval; of one row its own with the exact one."""

    k: int
    proportion: float
    ci: Interval

    @property
    def width(self) -> float:
        return self.ci[1] - self.ci[0]


def pool_sets(events: ArrayLike, n: ArrayLike, present: ArrayLike, analysis: Analysis) -> list[Estimate | None]:
    """The estimate of each of M sets; None of an empty one. events, n and `present` have shapes that broadcast to
    (M, K); counts that are not present do not matter."""
    x, size, there = np.broadcast_arrays(np.asarray(events, float), np.asarray(n, float), np.asarray(present, bool))
    k = there.sum(axis=1)
    found: list[Estimate | None] = [None] * len(k)
    for i in np.flatnonzero(k == 1):
        found[i] = _alone(int(x[i, there[i]][0]), int(size[i, there[i]][0]), analysis)
    several = np.flatnonzero(k > 1)
    if len(several):
        for i, estimate in zip(several, _pooled(x[several], size[several], there[several], analysis), strict=True):
            found[i] = estimate
    return found


def _alone(events: int, n: int, analysis: Analysis) -> Estimate:
    low, high = clopper_pearson([events], [n], analysis.level / 100)
    return Estimate(1, events / n, (float(low[0]), float(high[0])))


def _pooled(x: Floats, n: Floats, there: Flags, analysis: Analysis) -> list[Estimate]:
    y, v = effects(np.where(there, x, 0.0), np.where(there, n, 1.0), analysis)
    many = pool_many(y, v, analysis.method, analysis.test, analysis.level / 100, there)
    harmonic = many.k / np.where(there, 1 / np.where(there, n, 1.0), 0.0).sum(axis=1)
    return [
        Estimate(int(k), *_led_back(np.array([mu, *ci]), float(h), analysis))
        for k, mu, ci, h in zip(many.k, many.mu, many.ci, harmonic, strict=True)
    ]


def _led_back(scale: Floats, harmonic: float, analysis: Analysis) -> tuple[float, Interval]:
    p, low, high = led_back(scale, harmonic, analysis).tolist()
    return p, (low, high)


def effects(events: Floats, n: Floats, analysis: Analysis) -> tuple[Floats, Floats]:
    """(yi, vi) of the config's measure, in the shape of the counts."""
    return escalc(analysis.measure, events, n)


def led_back(scale: Floats, harmonic: float, analysis: Analysis) -> Floats:
    """From the scale of the config's measure to [0, 1]; `harmonic` is the mean of n that Freeman-Tukey needs."""
    return np.asarray(np.clip(MEASURES[analysis.measure].back(scale, harmonic), 0, 1))
