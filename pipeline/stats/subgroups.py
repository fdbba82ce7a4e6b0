"""Test between subgroups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc

from pipeline.stats.pool import Fit


def between(fits: Sequence[Fit]) -> dict[str, float] | None:
    """Wald-type Q between the pooled effects of subgroups that were fitted apart, each with its own tau² (Borenstein
    2009, ch. 19): {"Q_between", "df", "p"}; None with fewer than two subgroups of positive standard error."""
    usable = [f for f in fits if np.isfinite(f.se) and f.se > 0]
    if len(usable) < 2:
        return None
    mu, w = np.array([f.mu for f in usable]), np.array([f.se**-2 for f in usable])
    q = float(np.sum(w * (mu - np.sum(w * mu) / np.sum(w)) ** 2))
    return {"Q_between": q, "df": float(len(usable) - 1), "p": float(chdtrc(len(usable) - 1, q))}
