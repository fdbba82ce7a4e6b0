"""Many meta-analyses at once, each as `pool_effects` has it: by the same estimators, on arrays of shape (M, k)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.heterogeneity import heterogeneity_of_many
from pipeline.stats.inference import TESTS, intervals, one_of, tests
from pipeline.stats.result import Result
from pipeline.stats.tau2 import ESTIMATORS, estimates
from pipeline.stats.two_step import check_level, mean
from pipeline.stats.weighting import one_group

#: effects that are worked on at once: what the search for a peak makes of them still fits a processor's cache
CELLS = 8192


@dataclass(frozen=True, kw_only=True, eq=False)
class Many(Result):
    """Pooled effects of M meta-analyses, arrays (M,), intervals (M, 2); names and units are those of `Pooled`.

    `df` is NaN where the normal distribution applies, `se_tau2` where there is none (EE, one study), `stat` and `p`
    where mu and se are 0.
    """

    method: str
    test: str
    level: float
    k: NDArray[np.intp]
    mu: Floats
    se: Floats
    stat: Floats
    df: Floats
    p: Floats
    ci: Floats
    pi: Floats
    tau2: Floats
    se_tau2: Floats
    I2: Floats
    H2: Floats
    Q: Floats
    Q_p: Floats
    peaks: NDArray[np.intp]

    def __str__(self) -> str:
        low, middle, high = np.quantile(self.mu, [0.25, 0.5, 0.75])
        return (
            f"{len(self.mu)} inverse-variance models (tau² by {self.method}; test {self.test}): "
            f"mu {middle:.4f} (median), {low:.4f} to {high:.4f} (quartiles)"
        )


def pool_many(
    yi: ArrayLike,
    vi: ArrayLike,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    present: ArrayLike | None = None,
) -> Many:
    """Pool M meta-analyses of up to k effects. yi, vi and `present` have shapes that broadcast to (M, k).

    `present` is true where a study belongs to the meta-analysis (default: all do); what yi and vi hold elsewhere does
    not matter. The other arguments are those of `pool_effects`. Raises ValueError that names the value and what is
    allowed.
    """
    one_of("method", method, list(ESTIMATORS))
    one_of("test", test, list(TESTS))
    check_level(level)
    y, v, there = _checked(yi, vi, present)
    rows = max(1, CELLS // y.shape[1])
    parts = [
        _pool(y[i : i + rows], v[i : i + rows], there[i : i + rows], method, test, level)
        for i in range(0, len(y), rows)
    ]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Many(method=method, test=test, level=level, **columns)


def _pool(y: Floats, v: Floats, there: NDArray[np.bool_], method: str, test: str, level: float) -> dict[str, Floats]:
    sample = one_group(y, v, None if there.all() else there.astype(float))
    tau = estimates(sample, method)
    mu, se = mean(sample, tau.value, test)
    df = np.where((sample.free >= 1) & TESTS[test].uses_t, sample.free, np.nan)
    stat, p = tests(mu, se, df)
    q, q_p, i2, h2 = heterogeneity_of_many(sample, tau.value, method == "EE")
    return {
        "k": sample.sizes.astype(int),
        "mu": mu,
        "se": se,
        "stat": stat,
        "df": df,
        "p": p,
        "ci": intervals(mu, se, df, level),
        "pi": intervals(mu, np.hypot(se, np.sqrt(tau.value)), df, level),
        "tau2": tau.value,
        "se_tau2": tau.se,
        "I2": i2,
        "H2": h2,
        "Q": q,
        "Q_p": q_p,
        "peaks": np.broadcast_to(tau.peaks, mu.shape),
    }


def _checked(yi: ArrayLike, vi: ArrayLike, present: ArrayLike | None) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """All of shape (M, k). Raises ValueError that names the first study that cannot be pooled."""
    given = np.asarray(yi, float), np.asarray(vi, float), np.asarray(True if present is None else present, bool)
    try:
        y, v, there = np.broadcast_arrays(*given)
    except ValueError:
        y = v = there = np.empty(0)
    if y.ndim != 2 or not y.size:
        shapes = ", ".join(str(a.shape) for a in given[: 2 if present is None else 3])
        raise ValueError(f"yi, vi and present must have shapes that give meta-analyses × studies, got {shapes}")
    empty = np.flatnonzero(~there.any(axis=1))
    if len(empty):
        raise ValueError(f"meta-analysis {empty[0] + 1}: no study is present")
    bad = np.argwhere(there & ~(np.isfinite(y) & (v > 0) & (v < np.inf)))
    if len(bad):
        m, i = bad[0]
        raise ValueError(
            f"meta-analysis {m + 1}, study {i + 1}: yi = {y[m, i]:g}, vi = {v[m, i]:g}: "
            "the effect must be finite, its variance above 0"
        )
    return y, v, there
