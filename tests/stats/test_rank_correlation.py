"""Kendall's tau and its p are those of scipy, whose import they do without."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau

from pipeline.stats.rank_correlation import kendall


@pytest.mark.parametrize("k", [3, 4, 9, 33, 100, 170, 171, 172, 200])
def test_without_ties_p_is_exact(k: int) -> None:
    random = np.random.default_rng(k)
    rising = np.arange(k, dtype=float)
    turned = rising.copy()
    turned[[0, 1]] = turned[[1, 0]]
    for y in (rising, -rising, turned, *(random.permutation(rising) for _ in range(5))):
        expected = kendalltau(rising, y, method="exact")
        assert kendall(rising, y, exact=True) == (expected.statistic, expected.pvalue)


@pytest.mark.parametrize("k", [3, 10, 50, 1000])
def test_ties_are_counted_in_the_variance(k: int) -> None:
    random = np.random.default_rng(k)
    for values in (2, k // 2 + 1, 3 * k):
        x, y = (np.append(random.integers(0, values, k - 2), [0, values]).astype(float) for _ in range(2))
        expected = kendalltau(x, y, method="asymptotic")
        assert kendall(x, y, exact=False) == (expected.statistic, expected.pvalue)
