"""Effects with sampling variances, pooled by weighted least squares: any measure, one mean."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.heterogeneity import heterogeneity
from pipeline.stats.inference import TESTS, Inference, one_of, statistic
from pipeline.stats.prediction import PREDICTIONS, Prediction, bootstrapped, predicted
from pipeline.stats.result import Pooled
from pipeline.stats.tau2 import ESTIMATORS, Tau2, estimate
from pipeline.stats.weighting import OneMean, one_group


def pool_effects(
    yi: ArrayLike,
    vi: ArrayLike,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    pi: str = "metafor",
    seed: int = 1,
) -> Pooled:
    """Pool k effects `yi` with sampling variances `vi`, shapes (k,), as metafor's `rma.uni(yi, vi)`.

    `method` of ESTIMATORS, `test` of TESTS (knha: Knapp & Hartung 2003; adhoc: the same, never narrower than Wald),
    `level` on (0, 1). `pi` of PREDICTIONS says how `pi` is made: metafor (quantile and standard error of the test), z,
    t (k - 1), hts (k - 2), bootstrap (with `seed`). Raises ValueError that names the value and what is allowed.
    """
    one_of("method", method, list(ESTIMATORS))
    one_of("test", test, list(TESTS))
    one_of("pi", pi, list(PREDICTIONS))
    check_level(level)
    sample = _sample(*(a.tobytes() for a in checked_effects(yi, vi)))
    tau = estimate(sample, method)
    test = test if sample.df > 0 else "z"
    mu, se = map(float, mean(sample, tau.value, test))
    inference = Inference(sample.df if TESTS[test].uses_t else None, level)
    stat = statistic(mu, se)
    spread = heterogeneity(sample, tau.value, method, level)
    next_study = _prediction(sample, pi, mu, se, tau.value, inference, seed)
    return Pooled(
        method=method,
        test=test,
        level=level,
        k=sample.k,
        mu=mu,
        se=se,
        stat=stat,
        df=sample.df if TESTS[test].uses_t else None,
        p=inference.p_value(stat),
        ci=inference.around(mu, se),
        pi=next_study.interval,
        pi_method=next_study.name,
        tau2=tau.value,
        se_tau2=tau.se,
        **spread.intervals,
        Q=spread.Q,
        Q_df=sample.df,
        Q_p=spread.p,
        yi=floats(sample.y),
        vi=floats(sample.v),
        weights=_weights(sample.v + tau.value),
        warnings=(*_cautions(sample.k, method, test, tau, se, spread.empty), *next_study.warnings),
    )


@lru_cache(maxsize=32)
def _sample(yi: bytes, vi: bytes) -> OneMean:
    """One object for the same effects: what tests share is then found once, as tau² is known by its sample."""
    return one_group(np.frombuffer(yi), np.frombuffer(vi))


def checked_effects(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays of shape (k,), k ≥ 1. Raises ValueError that names the first study that cannot be pooled."""
    y, v = np.atleast_1d(np.asarray(yi, float)), np.atleast_1d(np.asarray(vi, float))
    if y.shape != v.shape or y.ndim != 1 or not len(y):
        raise ValueError(f"yi and vi must be two sequences of the same length, got {y.shape} and {v.shape}")
    bad = np.flatnonzero(~(np.isfinite(y) & (v > 0) & (v < np.inf)))
    if len(bad):
        i = bad[0]
        raise ValueError(
            f"study {i + 1}: yi = {y[i]:g}, vi = {v[i]:g}: the effect must be finite, its variance above 0"
        )
    return y, v


def check_level(level: float) -> None:
    """Raises ValueError."""
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: must lie between 0 and 1 (0.95 for 95 %)")


def floats(values: ArrayLike) -> tuple[float, ...]:
    """A tuple of Python's floats."""
    return tuple(np.asarray(values, float).tolist())


def whole(counts: Floats) -> tuple[int, ...]:
    """Counts as Python's whole numbers."""
    return tuple(int(count) for count in counts)


def variance_factor(test: str, rss: Floats | float, df: Floats | int) -> Floats:
    """What the variance of the coefficients is multiplied by: 1 for Wald, else Knapp & Hartung's factor (2003, Stat Med
    22:2693, eq. 6), the weighted residual sum of squares on its degrees of freedom, not below the floor of the test; 1
    where no degree of freedom is left."""
    floor = TESTS[test].floor
    if floor is None:
        return np.ones(np.shape(rss))
    return np.where(np.asarray(df) >= 1, np.maximum(floor, rss / np.maximum(df, 1)), 1.0)


def mean(sample: OneMean, tau2: Floats | float, test: str) -> tuple[Floats, Floats]:
    """(mu, standard error)."""
    mu, total, q = sample.mean(tau2)
    return mu, np.sqrt(variance_factor(test, q, sample.free) / total)


def _prediction(
    sample: OneMean, pi: str, mu: float, se: float, tau2: float, inference: Inference, seed: int
) -> Prediction:
    if pi == "bootstrap":
        return bootstrapped(sample, inference.level, seed)
    return predicted(pi, mu, se, float(mean(sample, tau2, "z")[1]), tau2, sample.k, inference)


def _weights(variances: Floats) -> tuple[float, ...]:
    w = 1 / variances
    return floats(100 * w / w.sum())


def _cautions(k: int, method: str, test: str, tau: Tau2, se: float, empty: bool) -> tuple[str, ...]:
    """What a reader of these numbers must know."""
    said = {
        "one study: nothing is pooled, and heterogeneity is not defined": k == 1,
        "two studies: tau² is hardly known": k == 2,
        f"the likelihood has {tau.peaks} peaks; this is the highest": tau.peaks > 1,
        "Knapp-Hartung is not meant for a model of equal effects": method == "EE" and TESTS[test].floor is not None,
        "the effects are identical, so that the Knapp-Hartung interval has no width": se == 0,
        "Q is smaller than any tau² explains: the intervals of tau², I² and H² are empty, and printed as 0": empty,
    }
    return tuple(text for text, applies in said.items() if applies)
