"""Cochran's Q, I², H² and the Q-profile interval of tau²."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.tau2 import q_root
from pipeline.stats.weighting import Sample


@dataclass(frozen=True)
class Heterogeneity:
    """Q with df and p; I² (percent) and H² as metafor defines them for the estimator."""

    Q: float
    df: int
    p: float
    I2: float
    H2: float


@dataclass(frozen=True)
class TauInterval:
    """Q-profile intervals of tau², I² (percent) and H². `empty`: no tau² explains so small a Q; both ends are at 0."""

    tau2: tuple[float, float]
    I2: tuple[float, float]
    H2: tuple[float, float]
    empty: bool


def heterogeneity(sample: Sample, tau2: float, equal_effects: bool) -> Heterogeneity:
    """Q (Cochran 1954), and I² and H² from tau² and the typical variance (Higgins & Thompson 2002, equation 9).

    For DL this I² is Higgins' (Q - df)/Q, for the others it is not; a model of equal effects has the latter.
    """
    q = sample.generalised_q(0.0)
    if sample.df < 1:
        return Heterogeneity(q, 0, 1.0, 0.0, 1.0)
    if equal_effects:
        i2 = max(0.0, 100 * (q - sample.df) / q) if q > 0 else 0.0
        return Heterogeneity(q, sample.df, chi2_tail(q, sample.df), i2, q / sample.df)
    return Heterogeneity(q, sample.df, chi2_tail(q, sample.df), *shares(sample, tau2))


def shares(sample: Sample, tau2: float) -> tuple[float, float]:
    """(I² in percent, H²) at a tau²: 100 tau²/(tau² + vt) and (tau² + vt)/vt with vt = (k - p)/tr P."""
    typical = sample.df / float(sample.weigh(np.zeros(1)).trace[0])
    return 100 * tau2 / (tau2 + typical), tau2 / typical + 1


def q_profile(sample: Sample, level: float) -> TauInterval | None:
    """Viechtbauer (2007): the values of tau² that the generalised Q does not reject. None with one study."""
    from scipy.special import chdtri

    if sample.df < 1:
        return None
    alpha = 1 - level
    small, large = float(chdtri(sample.df, 1 - alpha / 2)), float(chdtri(sample.df, alpha / 2))
    empty = sample.generalised_q(0.0) < small
    low, high = q_root(sample, large), q_root(sample, small)
    (i_low, h_low), (i_high, h_high) = shares(sample, low), shares(sample, high)
    return TauInterval((low, high), (i_low, i_high), (h_low, h_high), empty)


def chi2_tail(q: float, df: int) -> float:
    """P(chi² with df > q)."""
    from scipy.special import chdtrc

    return float(chdtrc(df, q))
