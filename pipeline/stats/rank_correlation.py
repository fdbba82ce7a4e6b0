"""Kendall's rank correlation, as R's cor.test and scipy's kendalltau have it; to import the latter takes a second."""

from __future__ import annotations

import math
from bisect import bisect_right, insort

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.special import ndtr

Ranks = NDArray[np.intp]

#: above, factorials are no floats
_LARGEST_FACTORIAL = 170


def kendall(x: Floats, y: Floats, exact: bool) -> tuple[float, float]:
    """(tau_b, two-sided p) of x and y, shapes (k,), neither of them all the same. `exact` p only without ties; else by
    the normal distribution with the variance for ties (Kendall 1970, Rank correlation methods, 4th edition)."""
    a, b = (np.unique(values, return_inverse=True)[1] for values in (x, y))
    k, pairs = len(a), len(a) * (len(a) - 1) // 2
    discordant, (ties_a, ties_b) = _inversions(b[np.lexsort((b, a))]), (_sizes(a), _sizes(b))
    tied_a, tied_b = _tied(ties_a), _tied(ties_b)
    difference = pairs - tied_a - tied_b + _tied(_sizes(a * k + b)) - 2 * discordant
    tau = float(np.clip(difference / np.sqrt(pairs - tied_a) / np.sqrt(pairs - tied_b), -1, 1))
    if exact:
        return tau, _exact(k, min(discordant, pairs - discordant))
    m = k * (k - 1.0)
    variance = (
        (m * (2 * k + 5) - _sum(ties_a, 2, 5) - _sum(ties_b, 2, 5)) / 18
        + (2 * tied_a * tied_b) / m
        + _sum(ties_a, 1, -2) * _sum(ties_b, 1, -2) / (9 * m * (k - 2))
    )
    return tau, float(2 * ndtr(-abs(difference / np.sqrt(variance))))


def _inversions(ranks: Ranks) -> int:
    """Pairs of which the first is the larger."""
    seen: list[int] = []
    found = 0
    for i, rank in enumerate(ranks.tolist()):
        found += i - bisect_right(seen, rank)
        insort(seen, rank)
    return found


def _sizes(ranks: Ranks) -> Ranks:
    """How many share each rank that several share."""
    sizes = np.unique(ranks, return_counts=True)[1]
    return sizes[sizes > 1]


def _tied(sizes: Ranks) -> int:
    """Pairs of equal ones."""
    return int((sizes * (sizes - 1) // 2).sum())


def _sum(sizes: Ranks, factor: int, term: int) -> int:
    """Σ t (t - 1) (factor t + term)."""
    return int((sizes * (sizes - 1.0) * (factor * sizes + term)).sum())


def _exact(k: int, fewer: int) -> float:
    """Twice the probability of at most `fewer` inversions of k ranks in random order, by the recursion over k."""
    if 4 * fewer == k * (k - 1):
        return 1.0
    if fewer <= 1:
        order = k - fewer
        return 2.0 / math.factorial(order) if order <= _LARGEST_FACTORIAL else 0.0
    by_step = k > _LARGEST_FACTORIAL
    ways = np.zeros(fewer + 1)
    ways[:2] = 1.0
    for j in range(3, k + 1):
        ways = np.cumsum(ways) / j if by_step else np.cumsum(ways)
        if j <= fewer:
            ways[j:] -= ways[: fewer + 1 - j]
    total = np.sum(ways) if by_step else 2.0 * np.sum(ways) / math.factorial(k)
    return float(np.clip(total, 0, 1))
