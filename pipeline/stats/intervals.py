"""Intervals of one study's proportion, and of the difference between two."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.special import betaincinv, ndtri

Floats = NDArray[np.float64]


def clopper_pearson(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Exact interval (Clopper & Pearson 1934, Biometrika 26:404). Shapes (k,) in, two of (k,) out, on [0, 1]."""
    x, size = np.asarray(events, float), np.asarray(n, float)
    a = (1 - level) / 2
    low = np.where(x > 0, betaincinv(np.maximum(x, 1), size - x + 1, a), 0.0)
    high = np.where(x < size, betaincinv(x + 1, np.maximum(size - x, 1), 1 - a), 1.0)
    return low, high


def wilson(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Score interval (Wilson 1927, JASA 22:209). Shapes (k,) in, two of (k,) out, on [0, 1]."""
    x, size = np.asarray(events, float), np.asarray(n, float)
    z = float(ndtri((1 + level) / 2))
    p = x / size
    middle = (p + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(p * (1 - p) / size + z**2 / (4 * size**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def agresti_coull(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Wald's interval around Wilson's middle (Agresti & Coull 1998, Am Stat 52:119), in [0, 1]. Shapes as above."""
    x, size = np.asarray(events, float), np.asarray(n, float)
    z = float(ndtri((1 + level) / 2))
    total = size + z**2
    p = (x + z**2 / 2) / total
    half = z * np.sqrt(p * (1 - p) / total)
    return np.maximum(p - half, 0.0), np.minimum(p + half, 1.0)


def jeffreys(events: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Equal tails of the posterior Beta(x + 1/2, n - x + 1/2) (Brown, Cai & DasGupta 2001, Stat Sci 16:101).

    As they advise, the lower end is 0 without events and the upper end 1 where all are events. Shapes as above.
    """
    x, size = np.asarray(events, float), np.asarray(n, float)
    a = (1 - level) / 2
    low, high = (betaincinv(x + 0.5, size - x + 0.5, tail) for tail in (a, 1 - a))
    return np.where(x > 0, low, 0.0), np.where(x < size, high, 1.0)


def difference(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, level: float = 0.95, continuity: bool = False
) -> tuple[Floats, Floats]:
    """Wald's interval of events1/n1 - events2/n2, cut at -1 and 1. Shapes (k,) in, two of (k,) out.

    `continuity` widens it by (1/n1 + 1/n2)/2 to both sides, as a corrected chi-square test goes with (Fleiss, Levin &
    Paik 2003, Statistical Methods for Rates and Proportions).
    """
    x1, m1, x2, m2 = (np.asarray(c, float) for c in (events1, n1, events2, n2))
    p1, p2 = x1 / m1, x2 / m2
    half = float(ndtri((1 + level) / 2)) * np.sqrt(p1 * (1 - p1) / m1 + p2 * (1 - p2) / m2)
    half = half + (1 / m1 + 1 / m2) / 2 * continuity
    return np.maximum(p1 - p2 - half, -1.0), np.minimum(p1 - p2 + half, 1.0)
