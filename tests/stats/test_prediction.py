"""Prediction intervals and the generalised-Q interval of tau²."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from pipeline.stats import pool_proportions, tau2_interval
from pipeline.stats.prediction import PREDICTIONS
from pipeline.stats.quadratic_form import q_cdf
from pipeline.stats.two_step import pool_effects
from tests.stats.test_reference import TABLES, answer_of, assert_close, cells, fitted

#: which of metafor's and meta's intervals each is; the bootstrap is checked by its authors' example
R_NAMES = {"z": "S", "t": "V", "hts": "HTS"}
#: Hartung & Knapp 2001 (Stat Med 20:3875): thirteen trials of cisapride, events and patients under the drug and placebo
CISAPRIDE = np.array(
    [
        [15, 12, 29, 42, 14, 44, 14, 29, 10, 17, 38, 19, 21],
        [16, 16, 34, 56, 22, 54, 17, 58, 14, 26, 44, 29, 38],
        [9, 1, 18, 31, 6, 17, 7, 23, 3, 6, 12, 22, 19],
        [16, 16, 34, 56, 22, 55, 15, 58, 15, 27, 45, 30, 38],
    ]
)


@pytest.mark.parametrize(("name", "measure", "method"), [c for c in cells() if "pi_z" in answer_of(*c)])
def test_metafors_prediction_intervals(name: str, measure: str, method: str) -> None:
    answer = answer_of(name, measure, method)
    for pi, theirs in {"metafor": "pi_z", "z": "pi_z", "hts": "pi_t"}.items():
        if answer.get(theirs) is not None:
            fit = fitted(name, measure=measure, method=method, pi=pi)
            assert_close(fit.pi, answer[theirs], 1e-6, pi)


def same_effects(name: str, measure: str) -> bool:
    """meta treats zero cells of PLN and PR in ways of its own."""
    table = TABLES[name]
    return measure not in ("PLN", "PR") or all(0 < e < n for e, n in zip(table["events"], table["n"], strict=True))


@pytest.mark.parametrize("name", [n for n, t in TABLES.items() if "meta_pkg" in t])
def test_metas_prediction_intervals(name: str) -> None:
    for measure, answers in TABLES[name]["meta_pkg"].items():
        if "S" not in answers.get("REML_pi", {}) or not same_effects(name, measure):
            continue
        for pi, theirs in R_NAMES.items():
            expected = answers["REML_pi"][theirs]["pi"]
            if None in expected:
                assert pi == "hts"
                assert fitted(name, measure=measure, pi=pi).pi == (-math.inf, math.inf)
                continue
            # meta takes metafor's default convergence, which is absolute: 2e-6 off on a scale of 1e-4
            for test in ("z", "knha"):  # Wald's standard error whatever the test
                assert_close(fitted(name, measure=measure, pi=pi, test=test).pi, expected, 1e-5, f"{measure} {pi}")
        hartung_knapp = answers["REML_pi"]["HK"]["pi"]
        assert_close(fitted(name, measure=measure, test="knha").pi, hartung_knapp, 1e-5, f"{measure} HK")


def test_every_prediction_interval_has_a_reference() -> None:
    assert set(PREDICTIONS) == {"metafor", "bootstrap", *R_NAMES}


def cisapride() -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    e1, n1, e2, n2 = CISAPRIDE
    cells_ = np.stack([e1, n1 - e1, e2, n2 - e2]) + 0.5
    return np.log(cells_[0] * cells_[3] / cells_[1] / cells_[2]), (1 / cells_).sum(axis=0)


def test_the_bootstrap_gives_its_authors_example() -> None:
    """R's pimeta, vignette: 4.141 [0.533, 33.692] from 25,000 draws, which leave some 2 % on each end."""
    fit = pool_effects(*cisapride(), method="DL", pi="bootstrap")
    assert math.isclose(math.exp(fit.mu), 4.141, abs_tol=5e-4)
    assert fit.pi == pytest.approx((math.log(0.533), math.log(33.692)), abs=0.05)
    assert fit.pi_method == "parametric bootstrap"


def test_the_seed_makes_the_bootstrap() -> None:
    one, same, other = (pool_effects(*cisapride(), pi="bootstrap", seed=s).pi for s in (1, 1, 2))
    assert one == same != other


def test_the_bootstrap_has_no_part_in_the_model() -> None:
    assert pool_effects(*cisapride(), "EE", "knha", pi="bootstrap").pi == pool_effects(*cisapride(), pi="bootstrap").pi


def test_bootstrap_intervals_hold_new_studies() -> None:
    """Seeded: six studies, tau² 0.1; the share of new studies inside is that of the normal distribution."""
    rng, held = np.random.default_rng(6), []
    for _ in range(40):
        v = rng.uniform(0.05, 0.3, 6)
        y = rng.normal(0, np.sqrt(v + 0.1))
        low, high = pool_effects(y, v, "DL", pi="bootstrap").pi
        held.append(stats.norm.cdf(high / math.sqrt(0.1)) - stats.norm.cdf(low / math.sqrt(0.1)))
    assert 0.92 < np.mean(held) < 0.985


def test_too_few_studies_for_an_interval() -> None:
    for k, pi in ((1, "t"), (1, "hts"), (2, "hts"), (1, "bootstrap")):
        fit = pool_proportions([3, 9][:k], [10, 20][:k], pi=pi)
        assert fit.pi == (-math.inf, math.inf)
        assert fit.proportion_pi == (0, 1)
        assert any("infinite" in w for w in fit.warnings)


def test_identical_studies() -> None:
    fit = pool_proportions([5, 5, 5], [20, 20, 20], pi="bootstrap")
    assert fit.pi == (fit.mu, fit.mu)
    assert any("no width" in w for w in fit.warnings)


def test_a_glmm_has_all_but_the_bootstrap() -> None:
    events, n = TABLES["pritz1997"]["events"], TABLES["pritz1997"]["n"]
    fit = pool_proportions(events, n, model="glmm", pi="hts")
    half = stats.t.ppf(0.975, len(n) - 2) * math.hypot(fit.se, math.sqrt(fit.tau2))
    assert fit.pi == pytest.approx((fit.mu - half, fit.mu + half))
    with pytest.raises(ValueError, match="metafor, z, t, hts"):
        pool_proportions(events, n, model="glmm", pi="bootstrap")
    with pytest.raises(ValueError, match="bootstrap"):
        pool_proportions(events, n, pi="x")


# ---- the distribution of Q ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [2, 3, 10, 60, 500])
def test_inverse_variances_give_chi_square(k: int) -> None:
    v = np.random.default_rng(k).uniform(0.01, 5, k)
    for p in (1e-6, 0.025, 0.5, 0.975, 1 - 1e-6):
        assert q_cdf(stats.chi2.ppf(p, k - 1), 1 / v, v[None])[0] == pytest.approx(p, abs=1e-11)


@pytest.mark.parametrize("spread", [0.5, 2.0])
@pytest.mark.parametrize("k", [8, 12])
def test_the_distribution_is_imhofs(k: int, spread: float) -> None:
    """Imhof (1961): by the eigenvalues and an integral along the real line."""
    rng = np.random.default_rng(k)
    a, v = np.exp(rng.normal(0, spread, (2, k)))
    root = np.sqrt(v)[:, None]
    eigenvalues = np.linalg.eigvalsh(root * (np.diag(a) - np.outer(a, a) / a.sum()) * root.T)[1:]
    for q in np.array([0.3, 1, 2]) * eigenvalues.sum():

        def imhof(u: float, q: float = q) -> float:
            angle = np.sum(np.arctan(eigenvalues * u)) / 2 - q * u / 2
            return float(np.sin(angle) / (u * np.prod((1 + (eigenvalues * u) ** 2) ** 0.25)))

        tail = integrate.quad(imhof, 0, np.inf, limit=2000, epsabs=1e-8)[0]
        assert q_cdf(float(q), a, v[None])[0] == pytest.approx(0.5 - tail / np.pi, abs=1e-6)


def test_equal_variances_have_an_exact_interval() -> None:
    """Q / (1 + tau²/v) is chi² on k - 1 then: both ends in closed form, at any offset, and those of the Q-profile."""
    y, v = np.array([0.1, 0.9, 1.7, -0.4, 2.2, 0.3]), np.full(6, 0.2)
    q = np.sum((y - y.mean()) ** 2) / 0.2
    exact = tuple(0.2 * (q / stats.chi2.ppf(p, 5) - 1) for p in (0.975, 0.025))
    for offset in (0.0, 1.0):
        assert tau2_interval(y, v, offset=offset) == pytest.approx(exact, rel=1e-9)
    assert pool_effects(y, v).tau2_ci == pytest.approx(exact, rel=1e-6)


def test_the_interval_covers_at_its_level() -> None:
    """Simulated, seeded: tau² = 0.3 among unequal variances lies inside 90 % of the time, half of the rest each side."""
    rng = np.random.default_rng(4)
    v = np.array([0.02, 0.05, 0.1, 0.3, 0.9, 2.0])
    drawn = [tau2_interval(rng.normal(0, np.sqrt(v + 0.3)), v, 0.9, offset=0.1) for _ in range(100)]
    ends = [i for i in drawn if i is not None]
    assert 0.84 < np.mean([low <= 0.3 <= high for low, high in ends]) < 0.96
    assert 0.01 <= np.mean([low > 0.3 for low, _ in ends]) < 0.1


def test_ends_of_the_interval() -> None:
    assert tau2_interval([1.0], [0.5]) is None
    assert tau2_interval([1.0, 1.0], [0.5, 0.7]) == (0, 0)
    low, high = tau2_interval([0.0, 3.0], [0.5, 0.7]) or (0.0, 0.0)
    assert 0 < low < high
    with pytest.raises(ValueError, match="offset = -1"):
        tau2_interval([1.0, 2.0], [0.5, 0.7], offset=-1)
    with pytest.raises(ValueError, match="study 2: yi = 2, vi = 0"):
        tau2_interval([1.0, 2.0], [0.5, 0.0])
