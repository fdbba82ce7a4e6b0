"""The three designs against each other, against matrices written out, and peaks against the likelihood itself."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pipeline.stats.heterogeneity import q_profile
from pipeline.stats.likelihood import highest_peak
from pipeline.stats.roots import q_root
from pipeline.stats.sample import Sample
from pipeline.stats.tau2 import ESTIMATORS, estimate
from pipeline.stats.weighting import Columns, grouped, one_group, trace, trace_product
from pipeline.stats.within_studies import WithinStudies

RNG = np.random.default_rng(20)
Y, V = RNG.normal(0, 1, 12), RNG.uniform(0.01, 0.6, 12)
CODES = np.arange(12) % 3
YEAR = np.column_stack([np.ones(12), RNG.normal(0, 1, 12)])
STUDY = np.array([0, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3])
SAMPLES: dict[str, Sample] = {
    "one mean": one_group(Y, V),
    "groups": grouped(Y, V, CODES),
    "columns": Columns(Y, V, YEAR),
    "within": WithinStudies(Y, V, YEAR[:, 1:], STUDY),
}
MATRICES = {
    "one mean": np.ones((12, 1)),
    "groups": np.eye(3)[CODES],
    "columns": YEAR,
    "within": np.column_stack([np.eye(4)[STUDY], YEAR[:, 1:]]),
}


def projection(name: str, tau2: float) -> np.ndarray:
    """P = W - W X (X'WX)^-1 X'W, written out."""
    w, x = np.diag(1 / (V + tau2)), MATRICES[name]
    return np.asarray(w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("tau2", [0.0, 0.3])
def test_sums_are_those_of_the_matrices(name: str, tau2: float) -> None:
    sample, p = SAMPLES[name], projection(name, tau2)
    w, x = 1 / (V + tau2), MATRICES[name]
    at = sample.weigh(np.array([tau2, 9.0]))
    quadratic = [float(Y @ np.linalg.matrix_power(p, i) @ Y) for i in (1, 2, 3)]
    inverse, told = np.linalg.inv(x.T @ np.diag(w) @ x), -at.coefficients.shape[-1]  # `within` tells no intercepts
    assert np.allclose(at.covariance[0], inverse[told:, told:])
    assert np.allclose(at.coefficients[0], (inverse @ x.T @ (w * Y))[told:])
    expected = (
        *quadratic[:2],
        np.trace(p),
        np.trace(p @ p),
        np.log(w).sum(),
        np.linalg.slogdet(x.T @ np.diag(w) @ x)[1],
    )
    assert np.allclose([s[0] for s in (at.rss, at.rss2, at.trace, at.trace2, at.log_weights, at.log_det)], expected)
    at_once = np.array(tau2)
    assert np.allclose(sample.generalised_q(tau2), quadratic[:2])
    assert np.allclose(sample.score(at_once, True), [quadratic[1], np.trace(p)])
    assert np.allclose(
        sample.score_slopes(at_once, True), [quadratic[1], np.trace(p), 2 * quadratic[2], np.trace(p @ p)]
    )
    assert np.allclose(sample.score_slopes(at_once, False), [quadratic[1], w.sum(), 2 * quadratic[2], w @ w])
    assert np.allclose(sample.trace(w, V), np.trace(p @ np.diag(V)))
    assert np.allclose(sample.trace_product(w, V, Y**2), np.trace(p @ np.diag(V) @ p @ np.diag(Y**2)))


@pytest.mark.parametrize("method", ESTIMATORS)
@pytest.mark.parametrize("name", ["one mean", "groups"])
def test_means_are_columns_too(name: str, method: str) -> None:
    ours, columns = estimate(SAMPLES[name], method), estimate(Columns(Y, V, MATRICES[name]), method)
    assert ours.value == pytest.approx(columns.value, rel=1e-9)
    assert ours.se == (None if columns.se is None else pytest.approx(columns.se, rel=1e-9))


@pytest.mark.parametrize("name", SAMPLES)
def test_roots_of_q(name: str) -> None:
    sample = SAMPLES[name]
    q0 = float(sample.q_at_zero[0])
    targets = q0 * np.array([2, 1, 0.999, 0.5, 0.1, 1e-6])
    roots = q_root(sample, targets)
    assert roots[:2].tolist() == [0, 0]
    assert np.allclose(sample.generalised_q(roots[2:])[0], targets[2:], rtol=1e-12)
    assert q_profile(sample, 0.95) is not None


def test_traces_keep_their_digits() -> None:
    """Against exact fractions, with variances over sixteen powers of ten."""
    rng = np.random.default_rng(6)
    for _ in range(100):
        v = 10 ** rng.uniform(-8, 8, int(rng.integers(2, 7)))
        w = [Fraction(x) for x in (1 / v).tolist()]
        total, squares, cubes = (sum(x**i for x in w) for i in (1, 2, 3))
        exact = [float(total - squares / total), float(squares - 2 * cubes / total + (squares / total) ** 2)]
        _, tr, _, tr2 = one_group(rng.normal(size=len(v)), v).score_slopes(np.zeros(()), restricted=True)
        assert np.allclose([tr, tr2], exact, rtol=1e-14)
        assert np.allclose([trace(1 / v), trace_product(1 / v)], exact, rtol=1e-14)


def log_likelihood(sample: Sample, tau2: np.ndarray, restricted: bool) -> np.ndarray:
    """Of one mean, up to a constant, from its definition."""
    w = 1 / (sample.v + tau2[:, None])
    mean = (w * sample.y).sum(axis=1) / w.sum(axis=1)
    squares = (w * (sample.y - mean[:, None]) ** 2).sum(axis=1)
    return np.asarray((np.log(w).sum(axis=1) - squares - (np.log(w.sum(axis=1)) if restricted else 0)) / 2)


@pytest.mark.parametrize("restricted", [True, False])
def test_no_tau2_is_more_likely_than_the_highest_peak(restricted: bool) -> None:
    """Effects with outliers and variances over many powers of ten, where there can be several peaks."""
    rng, several = np.random.default_rng(4), 0
    for _ in range(300):
        k = int(rng.integers(2, 10))
        v = 10 ** rng.uniform(-rng.uniform(0, 4), rng.uniform(0, 4), k)
        y = rng.normal(0, np.sqrt(v)) + (rng.random(k) < 0.2) * rng.normal(0, 5, k)
        sample = one_group(y, v)
        tau2, peaks = highest_peak(sample, restricted)
        grid = np.concatenate([[0], np.geomspace(1e-4 * v.min(), 2 * float(sample.ceiling), 1500)])
        best = log_likelihood(sample, grid, restricted).max()
        assert log_likelihood(sample, np.array([float(tau2)]), restricted)[0] >= best - 1e-9
        several += int(peaks) > 1
    assert several > 3
