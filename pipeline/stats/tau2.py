"""Estimators of tau², the variance between studies, with the formulas and the names of metafor.

Sources: Viechtbauer (2005) for HE, HS, DL, ML, REML and the variances of the estimates; Sidik & Jonkman (2005) for
SJ; Paule & Mandel (1982) for PM; Morris (1983) for EB. For a new estimator write one function Sample → Tau2 and add its
line to `ESTIMATORS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.weighting import Sample, Weighted

#: a tau² below this share of the mean sampling variance is 0
NEGLIGIBLE = 1e-9
#: points of the search for peaks of a likelihood
GRID = 200


@dataclass(frozen=True)
class Tau2:
    """The estimate, its standard error (None if there is none), and how many peaks the likelihood has (1 if closed)."""

    value: float
    se: float | None
    peaks: int = 1


def estimate(sample: Sample, method: str) -> Tau2:
    """tau² by a method of `ESTIMATORS`; 0 without standard error where no degree of freedom is left."""
    if sample.df < 1:
        return Tau2(0.0, None)
    return ESTIMATORS[method](sample)


def _equal_effects(sample: Sample) -> Tau2:
    return Tau2(0.0, None)


def _moment_se(sample: Sample, divisor: float, tau2: float, tr: float, tr2: float) -> float:
    """sqrt(Var(y'Py)) / divisor, for P with weights 1/v: Viechtbauer (2005), equations 17 to 19."""
    return float(np.sqrt(2 * sample.df + 4 * tau2 * tr + 2 * tau2**2 * tr2) / divisor)


def _der_simonian_laird(sample: Sample) -> Tau2:
    at = _at(sample, 0.0)
    tr, tr2 = at.trace[0], at.trace2[0]
    tau2 = max(0.0, float((at.rss[0] - sample.df) / tr))
    return Tau2(tau2, _moment_se(sample, tr, tau2, tr, tr2))


def _hunter_schmidt(sample: Sample) -> Tau2:
    """Subtracts k, not k - p, as metafor does."""
    at = _at(sample, 0.0)
    total = float(at.total[0])
    tau2 = max(0.0, (float(at.rss[0]) - sample.k) / total)
    return Tau2(tau2, _moment_se(sample, total, tau2, at.trace[0], at.trace2[0]))


def _hedges(sample: Sample) -> Tau2:
    """From the residuals of unweighted least squares."""
    ones, v = np.ones(sample.k), sample.v
    tr_v, tr_vv = sample.trace(ones, v), sample.trace_product(ones, v, v)
    tau2 = max(0.0, (float(sample.at(ones[None]).rss[0]) - tr_v) / sample.df)
    return Tau2(tau2, float(np.sqrt(2 * tr_vv + 4 * tau2 * tr_v + 2 * tau2**2 * sample.df)) / sample.df)


def _sidik_jonkman(sample: Sample) -> Tau2:
    start = float(np.mean((sample.y - sample.y.mean()) ** 2))
    if start == 0:
        return Tau2(0.0, 0.0)
    at = _at(sample, start)
    tau2 = start * float(at.rss[0]) / sample.df
    w, v = 1 / (sample.v + start), sample.v
    spread = (
        2 * sample.trace_product(w, v, v) + 4 * tau2 * sample.trace_product(w, v) + 2 * tau2**2 * float(at.trace2[0])
    )
    return Tau2(tau2, start / sample.df * float(np.sqrt(spread)))


def _maximum_likelihood(sample: Sample) -> Tau2:
    tau2, peaks = _highest_peak(sample, _ml_score, _ml_loglik)
    w = 1 / (sample.v + tau2)
    return Tau2(tau2, float(np.sqrt(2 / (w**2).sum())), peaks)


def _restricted_likelihood(sample: Sample) -> Tau2:
    tau2, peaks = _highest_peak(sample, _reml_score, _reml_loglik)
    return Tau2(tau2, float(np.sqrt(2 / _at(sample, tau2).trace2[0])), peaks)


def _paule_mandel(sample: Sample) -> Tau2:
    """tau² at which the generalised Q is its expectation, k - p. Empirical Bayes has the same root and standard error
    (Viechtbauer et al. 2015)."""
    tau2 = q_root(sample, sample.df)
    return Tau2(tau2, sample.k * float(np.sqrt(2 / sample.df) / np.sum(1 / (sample.v + tau2))))


ESTIMATORS: dict[str, Callable[[Sample], Tau2]] = {
    "EE": _equal_effects,
    "DL": _der_simonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "ML": _maximum_likelihood,
    "REML": _restricted_likelihood,
    "EB": _paule_mandel,
    "PM": _paule_mandel,
}


# ---- likelihoods: up to constants, at G values of tau² --------------------------------------------------------------


def _ml_loglik(at: Weighted) -> Floats:
    """Viechtbauer (2005), equation 7, at the weighted means."""
    return np.asarray((at.log_weights - at.rss) / 2)


def _reml_loglik(at: Weighted) -> Floats:
    """Viechtbauer (2005), equation 10."""
    return np.asarray((at.log_weights - at.log_det - at.rss) / 2)


def _ml_score(sample: Sample, tau2: Floats) -> Floats:
    return np.asarray((sample.weigh(tau2).rss2 - (1 / (sample.v + tau2[:, None])).sum(axis=1)) / 2)


def _reml_score(sample: Sample, tau2: Floats) -> Floats:
    at = sample.weigh(tau2)
    return (at.rss2 - at.trace) / 2


def _highest_peak(
    sample: Sample, score: Callable[[Sample, Floats], Floats], loglik: Callable[[Weighted], Floats]
) -> tuple[float, int]:
    """(tau², number of peaks). The likelihood can have several peaks, one of them at 0, so all are compared."""
    grid = _search_grid(sample, score)
    slopes = score(sample, grid)
    falls = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    peaks = [_root(lambda t: score(sample, np.array([t]))[0], grid[i], grid[i + 1]) for i in falls]
    if slopes[0] <= 0:
        peaks.insert(0, 0.0)
    best = int(np.argmax(loglik(sample.weigh(np.array(peaks)))))
    return _negligible_is_zero(sample, peaks[best]), len(peaks)


def _search_grid(sample: Sample, score: Callable[[Sample, Floats], Floats]) -> Floats:
    """0 and values from far below the smallest variance to where the likelihood only falls."""
    top = max(float(np.ptp(sample.y)) ** 2, float(sample.v.max()))
    while score(sample, np.array([top]))[0] > 0:
        top *= 4
    return np.concatenate([[0.0], np.geomspace(1e-4 * float(sample.v.min()), 4 * top, GRID)])


# ---- generalised Q --------------------------------------------------------------------------------------------------


def q_root(sample: Sample, target: float) -> float:
    """tau² at which Q(tau²) = sum w (y - m)² equals `target`; 0 where Q is below it already at 0 (Q only falls)."""
    if sample.generalised_q(0.0) <= target:
        return 0.0
    top = max(float(np.ptp(sample.y)) ** 2, float(sample.v.max()))
    while sample.generalised_q(top) > target:
        top *= 4
    return _negligible_is_zero(sample, _root(lambda t: sample.generalised_q(t) - target, 0.0, top))


def _at(sample: Sample, tau2: float) -> Weighted:
    return sample.weigh(np.array([tau2]))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-300, rtol=1e-14, maxiter=500))


def _negligible_is_zero(sample: Sample, tau2: float) -> float:
    return 0.0 if tau2 < NEGLIGIBLE * float(sample.v.mean()) else tau2
