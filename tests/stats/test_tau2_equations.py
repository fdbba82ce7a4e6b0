"""Estimators of tau² that the reference of R has no row for, by the equations that define them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from pipeline.stats.tau2 import WITHOUT_R, estimate
from pipeline.stats.weighting import one_group

RNG = np.random.default_rng(11)
V = RNG.uniform(0.02, 0.6, 9)
Y = RNG.normal(0, np.sqrt(V + 0.4))


def moments(a: np.ndarray) -> float:  # type: ignore[type-arg]
    """DerSimonian & Kacker (2007), with the sums as they print them."""
    q = np.sum(a * (Y - np.sum(a * Y) / a.sum()) ** 2)
    expected = np.sum(a * V) - np.sum(a**2 * V) / a.sum()
    return float(max(0.0, (q - expected) / (a.sum() - np.sum(a**2) / a.sum())))


EQUATIONS = {
    "DL2": lambda: moments(1 / (V + moments(1 / V))),
    "HE2": lambda: moments(1 / (V + moments(np.ones(9)))),
    "SQGENQ": lambda: moments(V**-0.5),
}


@pytest.mark.parametrize("method", EQUATIONS)
def test_moments(method: str) -> None:
    found = estimate(one_group(Y, V), method)
    assert found.value == pytest.approx(EQUATIONS[method](), rel=1e-10)
    assert found.se is not None
    assert found.se > 0


def test_q_has_its_median_at_pmm() -> None:
    w = 1 / (V + estimate(one_group(Y, V), "PMM").value)
    q = np.sum(w * (Y - np.sum(w * Y) / w.sum()) ** 2)
    assert q == pytest.approx(stats.chi2.median(8), rel=1e-9)


def test_every_estimator_without_r_has_an_equation() -> None:
    assert set(WITHOUT_R) == {*EQUATIONS, "PMM"}
