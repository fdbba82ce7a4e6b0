"""Tests between subgroups: Q = Σ (m_g - m)² / s_g² on the number of groups less 1 (Borenstein et al. 2009, ch. 19).

With tau² of its own for each group a group of one study counts as if it had no spread between studies, and the test
finds differences too easily; with one tau² for all it borrows the spread of the others. Both use Wald's standard
errors, also beside Knapp-Hartung intervals: those of small groups can be next to 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.comparison import Comparison
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.heterogeneity import chi2_tail
from pipeline.stats.inference import one_of
from pipeline.stats.pool import checked
from pipeline.stats.result import Fit
from pipeline.stats.tau2 import ESTIMATORS, estimate
from pipeline.stats.two_step import checked_effects
from pipeline.stats.weighting import grouped

Floats = NDArray[np.float64]


def between(fits: Sequence[Fit | Comparison]) -> dict[str, float] | None:
    """{"Q_between", "df", "p"} of subgroups fitted apart, each with its own tau²; None with fewer than two."""
    if len(fits) < 2:
        return None
    return _q_test(np.array([f.mu for f in fits]), np.array([_wald_variance(f) for f in fits]))


def between_common(
    events: ArrayLike, n: ArrayLike, groups: Sequence[str], measure: str = "PLO", method: str = "REML"
) -> dict[str, float] | None:
    """{"Q_between", "df", "p"} with one tau² for all groups, as metafor's `rma(mods = ~ group)` and its QM (test "z").

    `groups` (k,) names each study's group. None where `between_effects` is.
    """
    x, size = checked(events, n)
    one_of("measure", measure, list(MEASURES))
    return between_effects(*escalc(measure, x, size), groups, method)


def between_effects(
    yi: ArrayLike, vi: ArrayLike, groups: Sequence[str], method: str = "REML"
) -> dict[str, float] | None:
    """The same for effects `yi` with sampling variances `vi`, (k,), of any measure.

    None with fewer than two groups, or where each has one study and tau² is to be estimated: nothing is left to
    estimate it from.
    """
    one_of("method", method, list(ESTIMATORS))
    y, v = checked_effects(yi, vi)
    if len(groups) != len(y):
        raise ValueError(f"groups must name a group for each of the {len(y)} studies, got {len(groups)}")
    names, codes = np.unique(np.asarray(groups, str), return_inverse=True)
    sample = grouped(y, v, codes)
    if len(names) < 2 or (sample.df < 1 and method != "EE"):
        return None
    at = sample.weigh(np.array([estimate(sample, method).value]))
    return _q_test(at.coefficients[0], np.diagonal(at.covariance[0]))


def _wald_variance(fit: Fit | Comparison) -> float:
    if fit.model != "iv":
        return fit.se**2
    return float(1 / np.sum(1 / (np.array(fit.vi) + fit.tau2)))


def _q_test(means: Floats, variances: Floats) -> dict[str, float]:
    w, df = 1 / variances, len(means) - 1
    q = float(np.sum(w * (means - np.sum(w * means) / np.sum(w)) ** 2))
    return {"Q_between": q, "df": float(df), "p": chi2_tail(q, df)}
