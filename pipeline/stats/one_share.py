"""The interval of one share, without arrays: what tells a few shares need not wait for numpy, which takes longer."""

from __future__ import annotations

import math


def wilson_of_one(events: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """`pipeline.stats.wilson` of one proportion, n ≥ 1."""
    from statistics import NormalDist  # where there is nothing to tell, this would be most of the time

    z, p = NormalDist().inv_cdf((1 + level) / 2), events / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)
