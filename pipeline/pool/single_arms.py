"""What single arms do to a pooled result: without each, cumulative by year, and diagnostics of influence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.analysed import Pull, Refit
from pipeline.config import Analysis
from pipeline.pooled import Effect
from pipeline.stats import cumulative, leave_one_out
from pipeline.stats.effects import MEASURES, Floats, escalc
from pipeline.stats.influence import influence
from pipeline.stats.influence_result import Refits
from pipeline.stats.zero_cells import usable

#: without one of two arms nothing is pooled
LEAST = 3


@dataclass(frozen=True)
class Sample:
    """The arms of the main analysis that have an effect on the config's scale."""

    arms: Sequence[Effect]
    y: Floats
    v: Floats
    analysis: Analysis

    @cached_property
    def n(self) -> Floats:
        return np.array([a.n for a in self.arms], float)

    @cached_property
    def labels(self) -> list[str]:
        return [a.label for a in self.arms]

    @property
    def level(self) -> float:
        return self.analysis.level / 100

    def back(self, y: Floats | Sequence[float], n: Floats) -> list[float]:
        """Effects as proportions; `n` are those of the arms they rest on."""
        led = MEASURES[self.analysis.measure].back(np.asarray(y, float), float(1 / np.mean(1 / n)))
        return [float(p) for p in np.clip(led, 0, 1)]

    def of(self, kept: Sequence[int]) -> Sample:
        return Sample([self.arms[i] for i in kept], self.y[list(kept)], self.v[list(kept)], self.analysis)


def sample(arms: Sequence[Effect], analysis: Analysis) -> Sample:
    y, v = escalc(analysis.measure, np.array([a.events for a in arms], float), np.array([a.n for a in arms], float))
    kept = np.flatnonzero(usable(y, v)).tolist()
    return Sample([arms[i] for i in kept], y[kept], v[kept], analysis)


def without_each(of: Sample) -> list[Refit]:
    """One for each arm, in their order."""
    a = of.analysis
    refits = leave_one_out(of.y, of.v, a.method, a.test, of.level)
    return [_refit(of, refits, i, np.delete(of.n, i), of.arms[i]) for i in range(len(of.arms))]


def growing(of: Sample) -> list[Refit]:
    """The first arm, the first two, …, by year; arms without a year come last."""
    known = sorted(range(len(of.arms)), key=lambda i: (of.arms[i].year is None, of.arms[i].year or 0))
    ordered, a = of.of(known), of.analysis
    refits = cumulative(ordered.y, ordered.v, None, a.method, a.test, of.level)
    return [_refit(ordered, refits, i, ordered.n[: i + 1], ordered.arms[i]) for i in range(len(known))]


def _refit(of: Sample, refits: Refits, i: int, n: Floats, arm: Effect) -> Refit:
    p, low, high = of.back([refits.mu[i], *refits.ci[i]], n)
    return Refit(
        label=arm.label,
        year=arm.year,
        k=refits.k[i],
        proportion=p,
        ci=(low, high),
        tau2=refits.tau2[i],
        i2=refits.I2[i],
    )


def pulls(of: Sample) -> list[Pull]:
    found = influence(of.y, of.v, of.analysis.method)
    return [
        Pull(
            label=label,
            rstudent=found.rstudent[i],
            cook_d=found.cook_d[i],
            dffits=found.dffits[i],
            weight=found.weight[i],
            baujat_x=found.baujat_x[i],
            baujat_y=found.baujat_y[i],
            influential=found.influential[i],
        )
        for i, label in enumerate(of.labels)
    ]
