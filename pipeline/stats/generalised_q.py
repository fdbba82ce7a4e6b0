"""The interval of tau² from the exact distribution of a generalised Q."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Interval
from pipeline.stats.quadratic_form import q_cdf
from pipeline.stats.two_step import check_level, checked_effects
from pipeline.stats.weighting import one_group


def tau2_interval(yi: ArrayLike, vi: ArrayLike, level: float = 0.95, offset: float = 0.0) -> Interval | None:
    """Jackson (2013, Res Synth Methods 4:220): the values of tau² at which Q = Σ a (y - ȳ)² is neither too small nor
    too large, where a = 1/(vi + offset).

    Effects `yi` and sampling variances `vi` (k,); None with one study. `offset` 0 gives the weights of DerSimonian and
    Laird's estimator; above 0, chosen before the data are seen, it suits a larger tau². The ends are at 0 where no
    tau² is that small; both, where no tau² explains so small a Q. Exact if the vi are; the Q-profile interval is
    exact, too, with weights that follow tau². Raises ValueError.
    """
    y, v = checked_effects(yi, vi)
    check_level(level)
    if not 0 <= offset < np.inf:
        raise ValueError(f"offset = {offset}: must be a number of 0 or more, on the scale of vi")
    if len(y) < 2:
        return None
    a = 1 / (v + offset)
    q = float(one_group(y, v).at(a).rss)
    alpha = 1 - level
    return _tau2_at(1 - alpha / 2, q, a, v), _tau2_at(alpha / 2, q, a, v)


def _tau2_at(probability: float, q: float, a: Floats, v: Floats) -> float:
    """tau² at which P(Q ≤ q) is `probability`; 0 where it is below that already at 0 (it only falls)."""
    from scipy.optimize import brentq

    def excess(tau2: float) -> float:
        return float(q_cdf(q, a, v[None] + tau2)[0]) - probability

    if excess(0.0) <= 0:
        return 0.0
    return float(brentq(excess, 0.0, above(lambda t: excess(t) > 0, float(v.max())), xtol=1e-300, rtol=1e-12))


def above(holds: Callable[[float], bool], start: float) -> float:
    """The first of start, 4 start, 16 start … where it no longer holds."""
    top = start
    while holds(top):
        top *= 4
    return top
