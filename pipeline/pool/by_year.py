"""Meta-regression of a pooled outcome on the year of publication."""

from __future__ import annotations

import numpy as np

from pipeline.analysed import Line, Point, Years
from pipeline.pool.single_arms import Sample
from pipeline.stats import meta_regression, predict
from pipeline.stats.regression_result import Regression

#: arms that a regression on one moderator needs (Cochrane Handbook, 10.11.4)
LEAST = 10
STEPS = 25


def dated(of: Sample) -> Sample:
    return of.of([i for i, arm in enumerate(of.arms) if arm.year is not None])


def why_not(of: Sample) -> str:
    """Why there is no regression on the year; empty if there is one."""
    years = [a.year for a in dated(of).arms]
    if len(years) < LEAST:
        return f"at least {LEAST} arms with a year are needed for a regression on it, there are {len(years)}"
    return "all arms are of the same year" if len(set(years)) == 1 else ""


def on_year(whole: Sample) -> Years:
    """The regression on all arms that have a year; call it where `why_not` is empty."""
    of = dated(whole)
    a, years = of.analysis, np.array([arm.year for arm in of.arms], float)
    fit = meta_regression(of.y, of.v, "year", {"year": years.tolist()}, a.method, a.test, of.level)
    share = 1 / (of.v + fit.tau2)
    weights = 100 * share / share.sum()
    slope = fit.terms.index("year")
    return Years(
        points=[
            Point(label=arm.label, proportion=arm.proportion, at=float(year), weight=float(w))
            for arm, year, w in zip(of.arms, years, weights, strict=True)
        ],
        line=_line(of, fit, years),
        slope=fit.beta[slope],
        slope_ci=fit.ci[slope],
        p=fit.p[slope],
        r2=fit.R2,
        tau2=fit.tau2,
        i2=fit.I2,
        without_year=len(whole.arms) - len(of.arms),
    )


def _line(of: Sample, fit: Regression, years: np.ndarray) -> list[Line]:
    at = np.linspace(years.min(), years.max(), STEPS)
    found = predict(fit, {"year": at.tolist()})
    led = [of.back([p, *ci], of.n) for p, ci in zip(found.pred, found.ci, strict=True)]
    return [Line(at=float(x), proportion=p, ci=(low, high)) for x, (p, low, high) in zip(at, led, strict=True)]
