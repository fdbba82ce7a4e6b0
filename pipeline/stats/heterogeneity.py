"""Cochran's Q, I², H² and the Q-profile interval of tau²."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.roots import q_root
from pipeline.stats.sample import Sample


@dataclass(frozen=True)
class Heterogeneity:
    """Q with df and p; I² (percent) and H² as metafor defines them for the estimator; `profile` None for a model of
    equal effects and one study."""

    Q: float
    df: int
    p: float
    I2: float
    H2: float
    profile: TauInterval | None

    @property
    def intervals(self) -> dict[str, Any]:
        """The fields tau2_ci, I2, I2_ci, H2, H2_ci of a result."""
        at = self.profile
        return {
            "tau2_ci": at.tau2 if at else None,
            "I2": self.I2,
            "I2_ci": at.I2 if at else None,
            "H2": self.H2,
            "H2_ci": at.H2 if at else None,
        }

    @property
    def empty(self) -> bool:
        """Whether the Q-profile interval is."""
        return self.profile is not None and self.profile.empty


@dataclass(frozen=True)
class TauInterval:
    """Q-profile intervals of tau², I² (percent) and H². `empty`: no tau² explains so small a Q; both ends are at 0."""

    tau2: tuple[float, float]
    I2: tuple[float, float]
    H2: tuple[float, float]
    empty: bool


def heterogeneity(sample: Sample, tau2: float, method: str, level: float) -> Heterogeneity:
    """Q (Cochran 1954), and I² and H² from tau² by `method` and the typical variance (Higgins & Thompson 2002,
    equation 9), with Q-profile intervals.

    For DL this I² is Higgins' (Q - df)/Q, for the others it is not; a model of equal effects has the latter.
    """
    equal = method == "EE"
    q, p, i2, h2 = heterogeneity_of_many(sample, np.asarray(tau2), equal)
    profile = None if equal else q_profile(sample, level)
    return Heterogeneity(float(q), sample.df, float(p), float(i2), float(h2), profile)


def heterogeneity_of_many(sample: Sample, tau2: Floats, equal_effects: bool) -> tuple[Floats, Floats, Floats, Floats]:
    """Q, its p, I² and H² as arrays of the sample's shape. One study has p = 1, I² = 0, H² = 1."""
    from pipeline.stats.special import chdtrc

    q, df = sample.q_at_zero[0], np.maximum(sample.free, 1)
    if equal_effects:
        i2, h2 = 100 * np.maximum(0.0, q - df) / np.where(q > 0, q, 1.0), q / df
    else:
        i2, h2 = shares(sample, tau2)
    some = sample.free >= 1
    return q, np.where(some, chdtrc(df, q), 1.0), np.where(some, i2, 0.0), np.where(some, h2, 1.0)


def shares(sample: Sample, tau2: Floats | float) -> tuple[Floats, Floats]:
    """(I² in percent, H²) at values of tau² (…, *shape): 100 tau²/(tau² + vt) and (tau² + vt)/vt."""
    typical = sample.typical_variance
    return 100 * tau2 / (tau2 + typical), tau2 / typical + 1


@lru_cache(maxsize=64)  # by the object, which never changes: the same for all estimators and tests
def q_profile(sample: Sample, level: float) -> TauInterval | None:
    """Viechtbauer (2007): the values of tau² that the generalised Q does not reject. None with one study."""
    from pipeline.stats.special import chdtri

    if sample.df < 1:
        return None
    alpha = 1 - level
    small, large = float(chdtri(sample.df, 1 - alpha / 2)), float(chdtri(sample.df, alpha / 2))
    empty = bool(sample.q_at_zero[0] < small)
    ends = q_root(sample, np.array([large, small]))
    tau2, i2, h2 = ((float(a[0]), float(a[1])) for a in (ends, *shares(sample, ends)))
    return TauInterval(tau2, i2, h2, empty)


def chi2_tail(q: float, df: int) -> float:
    """P(chi² with df > q)."""
    from pipeline.stats.special import chdtrc

    return float(chdtrc(df, q))
