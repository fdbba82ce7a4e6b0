"""Intervals of one study's proportion."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri

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
