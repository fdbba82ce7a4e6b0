"""Small-study effects of a pooled outcome: funnels, tests of their asymmetry, and adjusted estimates."""

from __future__ import annotations

import numpy as np

from pipeline.analysed import Adjusted, Asymmetry, Funnel, Point, SmallStudy
from pipeline.pool.single_arms import Sample, sample
from pipeline.stats import RankTest, RegressionTest, pool_effects, small_study_effects, trimfill
from pipeline.stats.effects import MEASURES
from pipeline.stats.small_study import MINIMUM
from pipeline.stats.special import ndtri

#: below, a funnel shows nothing
LEAST_DRAWN = 3
#: the scale on which the standard error of a proportion is its size alone
BY_SIZE = "PAS"
CONTOURS = (90.0, 95.0, 99.0)
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
LARGE = 1e6


def funnels(of: Sample) -> list[Funnel]:
    """By standard error on the config's scale, with what trim and fill adds; and on the arcsine scale, where the
    standard error is 1 / (2 √n), whatever the proportion."""
    other = sample(of.arms, of.analysis.model_copy(update={"measure": BY_SIZE}))
    return [_funnel(of)] if of.analysis.measure == BY_SIZE else [_funnel(of), _funnel(other)]


def _funnel(of: Sample) -> Funnel:
    points = [
        Point(label=arm.label, proportion=arm.proportion, at=float(np.sqrt(v)), y=float(y))
        for arm, y, v in zip(of.arms, of.y, of.v, strict=True)
    ]
    return Funnel(
        measure=of.analysis.measure,
        center=pool_effects(of.y, of.v, of.analysis.method).mu,
        points=points + _filled(of),
        ticks=_ticks(of),
        quantiles=[(level, float(ndtri(0.5 + level / 200))) for level in CONTOURS],
    )


def _filled(of: Sample) -> list[Point]:
    """Only where there are enough arms to judge asymmetry."""
    if len(of.arms) < MINIMUM:
        return []
    filled = trimfill(of.y, of.v, method=of.analysis.method)
    led = of.back(filled.filled_yi, of.n)
    return [
        Point(label="filled", proportion=p, at=float(np.sqrt(v)), y=y, filled=True)
        for p, y, v in zip(led, filled.filled_yi, filled.filled_vi, strict=True)
    ]


def _ticks(of: Sample) -> list[tuple[float, float]]:
    """(proportion, its place on the scale of the measure), as of a very large arm."""
    shares = np.array(TICKS)
    places, _ = MEASURES[of.analysis.measure].effect(shares * LARGE, np.full(len(shares), LARGE))
    return [(float(p), float(y)) for p, y in zip(shares, places, strict=True)]


def small_study(of: Sample) -> SmallStudy:
    """Tests and adjusted estimates, for MINIMUM arms or more."""
    a = of.analysis
    events = [arm.events for arm in of.arms]
    found = small_study_effects(events, [arm.n for arm in of.arms], a.measure, a.method, of.level)
    return SmallStudy(
        tests=[_test(t, i == 0) for i, t in enumerate(found.tests)],
        adjusted=[Adjusted(name=x.name, k=x.k, proportion=x.effect, ci=x.effect_ci) for x in found.adjusted],
        why=found.why,
        caveat=found.caveat,
        warnings=list(found.warnings),
    )


def _test(test: RegressionTest | RankTest, first: bool) -> Asymmetry:
    if isinstance(test, RankTest):
        stat = "" if test.kendall_tau is None else f"Kendall's τ = {_number(test.kendall_tau)}"
        return Asymmetry(
            name=test.name,
            statistic=stat,
            p=test.p,
            paper="Begg & Mazumdar 1994, Biometrics 50:1088",
            recommended=False,
        )
    name = "z" if test.df is None else f"t({test.df})"
    stat = "" if test.stat is None else f"{name} = {_number(test.stat)}"
    return Asymmetry(name=test.name, statistic=stat, p=test.p, paper=test.paper or "", recommended=first)


def _number(value: float) -> str:
    """Two decimals with a true minus, and none before zero."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "−")
