"""Mantel and Haenszel's common odds ratio, risk ratio and risk difference, their tests, and Peto's odds ratio.

Counts are taken as they are, without a correction for empty cells. For a further measure write one function
Tables → Common and add its line to `MANTEL_HAENSZEL`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.effects_two import Tables
from pipeline.stats.heterogeneity import chi2_tail

#: a variance below this share of the terms it is the difference of is rounding error of 0
ROUNDING = 1e-13


class NoEstimate(Exception):
    """The tables give no finite estimate, or one without a variance; the text says why."""


@dataclass(frozen=True, eq=False)
class Common:
    """The common effect (log of a ratio) with its standard error, and each study's share of the weight, (k,)."""

    mu: float
    se: float
    weights: Floats


@dataclass(frozen=True)
class TableTest:
    """A chi-square test; statistic and p are None where no table can tell."""

    statistic: float | None
    df: int
    p: float | None


def odds_ratio(t: Tables) -> Common:
    """Mantel & Haenszel 1959; variance of Robins, Breslow & Greenland 1986, Biometrics 42:311."""
    agree, differ = (t.a + t.d) / t.total, (t.b + t.c) / t.total
    up, down = t.a * t.d / t.total, t.b * t.c / t.total
    r, s = float(up.sum()), float(down.sum())
    if r == 0 or s == 0:
        raise NoEstimate("in all studies together one of the groups has only events or none")
    variance = np.sum(agree * up) / r**2 + np.sum(agree * down + differ * up) / (r * s) + np.sum(differ * down) / s**2
    return Common(float(np.log(r / s)), float(np.sqrt(variance / 2)), down)


def risk_ratio(t: Tables) -> Common:
    """Variance of Greenland & Robins 1985, Biometrics 41:55."""
    r, s = float(np.sum(t.a * t.n2 / t.total)), float(np.sum(t.c * t.n1 / t.total))
    if r == 0 or s == 0:
        raise NoEstimate("one of the groups has no event in any study")
    spread, shared = t.n1 * t.n2 * t.events / t.total**2, t.a * t.c / t.total
    variance = _above_zero(float(np.sum(spread - shared)), float(np.sum(spread))) / (r * s)
    return Common(float(np.log(r / s)), float(np.sqrt(variance)), t.c * t.n1 / t.total)


def risk_difference(t: Tables) -> Common:
    """Variance of Sato 1989, Biometrics 45:1323 (valid for few large and for many small studies)."""
    weights = t.n1 * t.n2 / t.total
    total = float(weights.sum())
    mu = float(np.sum((t.a * t.n2 - t.c * t.n1) / t.total)) / total
    slope = np.sum((t.c * t.n1**2 - t.a * t.n2**2 + t.n1 * t.n2 * (t.n2 - t.n1) / 2) / t.total**2)
    level = np.sum((t.a * t.d + t.c * t.b) / t.total) / 2
    variance = _above_zero(float(mu * slope + level), float(abs(mu * slope) + level)) / total**2
    return Common(mu, float(np.sqrt(variance)), weights)


def peto(t: Tables) -> Common:
    """Odds ratio from observed less expected events (Yusuf, Peto, Lewis, Collins & Sleight 1985)."""
    excess, variance = hypergeometric(t)
    information = float(variance.sum())
    if information == 0:
        raise NoEstimate("no study has events and non-events")
    return Common(float(excess.sum()) / information, information**-0.5, variance)


def _above_zero(variance: float, terms: float) -> float:
    if variance <= ROUNDING * terms:
        raise NoEstimate("the counts leave the estimate without a variance")
    return variance


MANTEL_HAENSZEL: dict[str, Callable[[Tables], Common]] = {
    "OR": odds_ratio,
    "RR": risk_ratio,
    "RD": risk_difference,
}


def hypergeometric(t: Tables) -> tuple[Floats, Floats]:
    """Events of group 1 less those expected without an effect, and their variance given the margins. Each (k,)."""
    share = t.n1 / t.total
    return t.a - t.events * share, t.events * t.others * share * (1 - share) / (t.total - 1)


def cochran_mantel_haenszel(t: Tables) -> TableTest:
    """That the common odds ratio is 1, with Mantel and Haenszel's correction for continuity (1959), as R has it."""
    excess, variance = hypergeometric(t)
    if variance.sum() == 0:
        return TableTest(None, 1, None)
    statistic = float(max(0.0, abs(excess.sum()) - 0.5) ** 2 / variance.sum())
    return TableTest(statistic, 1, chi2_tail(statistic, 1))


def tarone(t: Tables, log_odds_ratio: float) -> TableTest:
    """That the odds ratios are equal: Breslow and Day's test with Tarone's correction (Tarone 1985, Biometrika 72:91).

    Studies without events, or without non-events, say nothing and do not count.
    """
    t = t.only(~t.uninformative)
    df = len(t.a) - 1
    if df < 1:
        return TableTest(None, max(df, 0), None)
    expected = _expected_events(t, float(np.exp(log_odds_ratio)))
    cells = np.stack([expected, t.events - expected, t.n1 - expected, t.n2 - t.events + expected])
    variance = 1 / (1 / cells).sum(axis=0)
    excess = t.a - expected
    statistic = max(0.0, float(np.sum(excess**2 / variance) - excess.sum() ** 2 / variance.sum()))
    return TableTest(statistic, df, chi2_tail(statistic, df))


def _expected_events(t: Tables, psi: float) -> Floats:
    """Events of group 1 at the odds ratio psi with the margins as they are, in the form that is stable at psi = 1."""
    room = psi * (t.n1 + t.events) + t.n2 - t.events
    root = np.sqrt(room**2 - 4 * psi * (psi - 1) * t.n1 * t.events)
    return np.asarray(2 * psi * t.n1 * t.events / (room + root))
