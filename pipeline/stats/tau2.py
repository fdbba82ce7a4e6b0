"""Estimators of tau², the variance between studies, with the formulas and the names of metafor.

Sources: Viechtbauer (2005) for HE, HS, DL, ML, REML and the variances of the estimates; Sidik & Jonkman (2005) for
SJ; Paule & Mandel (1982) for PM; Morris (1983) for EB. For a new estimator write one function Sample → Estimates and
add its line to `ESTIMATORS`; its arrays have the sample's shape, so that it serves one meta-analysis and many at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.likelihood import highest_peak
from pipeline.stats.roots import q_root
from pipeline.stats.sample import Sample


@dataclass(frozen=True)
class Tau2:
    """The estimate, its standard error (None if there is none), and how many peaks the likelihood has (1 if closed)."""

    value: float
    se: float | None
    peaks: int = 1


@dataclass(frozen=True, eq=False)
class Estimates:
    """The same of many, arrays of the sample's shape; `se` is NaN where there is none."""

    value: Floats
    se: Floats
    peaks: NDArray[np.intp] | int = 1


@lru_cache(maxsize=64)  # by the object, which never changes: several tests are made of one estimate
def estimate(sample: Sample, method: str) -> Tau2:
    """tau² of one meta-analysis by a method of `ESTIMATORS`; 0 without standard error where no degree of freedom is
    left."""
    if sample.df < 1:
        return Tau2(0.0, None)
    found = ESTIMATORS[method](sample)
    se = float(found.se)
    return Tau2(float(found.value), None if np.isnan(se) else se, int(found.peaks))


def estimates(sample: Sample, method: str) -> Estimates:
    """tau² of all meta-analyses of a sample, as `estimate` of each."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = ESTIMATORS[method](sample)
    some = sample.free >= 1
    return Estimates(np.where(some, found.value, 0.0), np.where(some, found.se, np.nan), np.where(some, found.peaks, 1))


def _equal_effects(sample: Sample) -> Estimates:
    return Estimates(np.zeros(sample.shape), np.full(sample.shape, np.nan))


def _moment_se(sample: Sample, divisor: Floats, tau2: Floats, tr: Floats, tr2: Floats) -> Floats:
    """sqrt(Var(y'Py)) / divisor, for P with weights 1/v: Viechtbauer (2005), equations 17 to 19."""
    return np.asarray(np.sqrt(2 * sample.free + 4 * tau2 * tr + 2 * tau2**2 * tr2) / divisor)


def _der_simonian_laird(sample: Sample) -> Estimates:
    at = sample.weigh(np.zeros(sample.shape))
    tau2 = np.maximum(0.0, (at.rss - sample.free) / at.trace)
    return Estimates(tau2, _moment_se(sample, at.trace, tau2, at.trace, at.trace2))


def _hunter_schmidt(sample: Sample) -> Estimates:
    """Subtracts k, not k - p, as metafor does."""
    at = sample.weigh(np.zeros(sample.shape))
    tau2 = np.maximum(0.0, (at.rss - sample.sizes) / at.total)
    return Estimates(tau2, _moment_se(sample, at.total, tau2, at.trace, at.trace2))


def _hedges(sample: Sample) -> Estimates:
    """From the residuals of unweighted least squares."""
    ones, v = sample.here, sample.v
    tr_v, tr_vv = sample.trace(ones, v), sample.trace_product(ones, v, v)
    tau2 = np.maximum(0.0, (sample.at(ones).rss - tr_v) / sample.free)
    return Estimates(tau2, np.sqrt(2 * tr_vv + 4 * tau2 * tr_v + 2 * tau2**2 * sample.free) / sample.free)


def _sidik_jonkman(sample: Sample) -> Estimates:
    """From a crude start, the mean square of the effects about their mean; 0 where that is."""
    start = sample.crude
    same = start == 0
    w, v = sample.here / (sample.v + start[..., None]), sample.v
    tau2 = start * sample.generalised_q(start)[0] / sample.free
    tr_vv, tr_v, tr = sample.trace_product(w, v, v), sample.trace_product(w, v), sample.trace_product(w)
    spread = 2 * tr_vv + 4 * tau2 * tr_v + 2 * tau2**2 * tr
    return Estimates(np.where(same, 0.0, tau2), np.where(same, 0.0, start / sample.free * np.sqrt(spread)))


def _maximum_likelihood(sample: Sample) -> Estimates:
    tau2, peaks = highest_peak(sample, restricted=False)
    w = sample.here / (sample.v + tau2[..., None])
    return Estimates(tau2, np.sqrt(2 / np.vecdot(w, w)), peaks)


def _restricted_likelihood(sample: Sample) -> Estimates:
    tau2, peaks = highest_peak(sample, restricted=True)
    return Estimates(tau2, np.sqrt(2 / sample.score_slopes(tau2, True)[3]), peaks)


def _paule_mandel(sample: Sample) -> Estimates:
    """tau² at which the generalised Q is its expectation, k - p. Empirical Bayes has the same root and standard error
    (Viechtbauer et al. 2015)."""
    tau2 = q_root(sample, sample.free)
    total = (sample.here / (sample.v + tau2[..., None])).sum(axis=-1)
    return Estimates(tau2, sample.sizes * np.sqrt(2 / sample.free) / total)


def _median_unbiased_paule_mandel(sample: Sample) -> Estimates:
    """tau² at which the generalised Q is the median of its distribution, chi² on k - p (Viechtbauer 2021)."""
    from pipeline.stats.special import chdtri

    tau2 = q_root(sample, chdtri(sample.free, 0.5))
    total = (sample.here / (sample.v + tau2[..., None])).sum(axis=-1)
    return Estimates(tau2, sample.sizes * np.sqrt(2 / sample.free) / total)


def _by_moments(sample: Sample, a: Floats) -> Estimates:
    """From the residuals with weights `a`, (…, k): (Q_a - tr PV)/tr P (DerSimonian & Kacker 2007, general method of
    moments); the standard error takes the weights as given."""
    v = sample.v
    tr, tr_v = sample.trace(a), sample.trace(a, v)
    tau2 = np.maximum(0.0, (sample.at(a).rss - tr_v) / tr)
    tr_vv, tr_vp, tr_pp = sample.trace_product(a, v, v), sample.trace_product(a, v), sample.trace_product(a)
    return Estimates(tau2, np.sqrt(2 * tr_vv + 4 * tau2 * tr_vp + 2 * tau2**2 * tr_pp) / tr)


def _two_steps(first: Callable[[Sample], Estimates]) -> Callable[[Sample], Estimates]:
    """Method of moments with the weights 1/(v + tau²) of a first estimate (DerSimonian & Kacker 2007)."""

    def estimator(sample: Sample) -> Estimates:
        return _by_moments(sample, sample.here / (sample.v + first(sample).value[..., None]))

    return estimator


def _square_root_weights(sample: Sample) -> Estimates:
    """Method of moments with weights 1/sqrt(v), between those of HE and DL (Jackson & Bowden 2016)."""
    return _by_moments(sample, sample.here / np.sqrt(sample.v))


ESTIMATORS: dict[str, Callable[[Sample], Estimates]] = {
    "EE": _equal_effects,
    "DL": _der_simonian_laird,
    "HE": _hedges,
    "HS": _hunter_schmidt,
    "SJ": _sidik_jonkman,
    "ML": _maximum_likelihood,
    "REML": _restricted_likelihood,
    "EB": _paule_mandel,
    "PM": _paule_mandel,
    "PMM": _median_unbiased_paule_mandel,
    "DL2": _two_steps(_der_simonian_laird),
    "HE2": _two_steps(_hedges),
    "SQGENQ": _square_root_weights,
}

#: those that no table of R's in the reference has; tests check them by the equations that define them, and a review's
#: config does not offer them, as its R script names the estimator in one call
WITHOUT_R = ("PMM", "DL2", "HE2", "SQGENQ")
