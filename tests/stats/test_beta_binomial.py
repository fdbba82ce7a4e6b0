"""The beta-binomial model against scipy's density and a general optimiser."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit
from scipy.stats import beta, betabinom, chi2

from pipeline.stats import pool_proportions
from pipeline.stats.beta_binomial import _counted, fit_beta_binomial, profile_of_rho
from pipeline.stats.glmm import NoFit
from tests.stats.test_reference import TABLES


def log_density(x: Any, n: Any, mu: float, log_theta: float) -> float:
    p, theta = expit(mu), math.exp(log_theta)
    return float(betabinom.logpmf(x, n, p / theta, (1 - p) / theta).sum())


def counts(name: str) -> tuple[Any, Any]:
    return np.array(TABLES[name]["events"], float), np.array(TABLES[name]["n"], float)


#: scipy's density loses its digits as rho goes to 0, so only tables with a spread can be compared
SPREAD = [
    "pritz1997",
    "debruin2009",
    "edge_outlier",
    "kearon_sens",
    "roever2022",
    "edge_very_het",
    "axfors_control",
    "edge_k500",
]


@pytest.mark.parametrize("name", [name for name in SPREAD if name in TABLES])
def test_against_direct_maximisation(name: str) -> None:
    x, n = counts(name)
    fit = fit_beta_binomial(x, n)
    tries = [
        minimize(
            lambda t: -log_density(x, n, *t),
            [0.5 * fit.mu, s],
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-10},
        )
        for s in (-4, -1)
    ]
    best = min(tries, key=lambda t: t.fun)
    assert math.isclose(fit.loglik, -best.fun, rel_tol=1e-9)
    assert math.isclose(fit.mu, best.x[0], abs_tol=1e-5)
    assert math.isclose(fit.rho, expit(best.x[1]), rel_tol=1e-4)
    h = 1e-3
    steps = [np.array(s) * h for s in ((1, 0), (0, 1))]
    at = np.array([fit.mu, math.log(fit.theta)])
    bend = [
        [
            (
                log_density(x, n, *(at + a + b))
                - log_density(x, n, *(at + a - b))
                - log_density(x, n, *(at - a + b))
                + log_density(x, n, *(at - a - b))
            )
            / (4 * h * h)
            for a in steps
        ]
        for b in steps
    ]
    covariance = np.linalg.inv(-np.array(bend))
    assert math.isclose(fit.se, math.sqrt(covariance[0, 0]), rel_tol=1e-3)
    assert fit.se_rho is not None
    assert math.isclose(fit.se_rho, fit.rho * (1 - fit.rho) * math.sqrt(covariance[1, 1]), rel_tol=1e-3)


def test_profile_interval() -> None:
    x, n = counts("pritz1997")
    fit = fit_beta_binomial(x, n)
    for rho in profile_of_rho(fit, 0.95):
        log_theta = math.log(rho / (1 - rho))
        best = minimize_scalar(
            lambda m, t=log_theta: -log_density(x, n, m, t), bounds=(-4, 4), method="bounded", options={"xatol": 1e-9}
        )
        assert math.isclose(-best.fun, fit.loglik - chi2.ppf(0.95, 1) / 2, abs_tol=1e-7)


@pytest.mark.parametrize("top", [1, 63, 64, 65, 1000, 10**6])
def test_sums_over_patients(top: int) -> None:
    x = np.array([0, top // 3, top, top], float)
    j, w = _counted(x)
    for theta in (1e-9, 1e-3, 5.0):
        plain = sum(np.log(0.2 + theta * np.arange(v)).sum() for v in x)
        assert math.isclose(float(w @ np.log(0.2 + theta * j)), plain, rel_tol=1e-12, abs_tol=1e-12)
    assert len(j) < 700


def test_without_spread_it_is_the_binomial() -> None:
    fit = pool_proportions([10, 20, 30], [100, 200, 300], model="beta-binomial")
    assert (fit.rho, fit.tau2, fit.se_rho) == (0.0, 0.0, None)
    assert math.isclose(fit.proportion, 0.1)
    assert math.isclose(fit.se, (600 * 0.1 * 0.9) ** -0.5)
    assert fit.rho_ci is not None
    assert fit.rho_ci[0] == 0 < fit.rho_ci[1]


def test_what_is_told_of_the_population() -> None:
    """tau² is the variance of logits of the beta distribution; its quantiles lie inside the prediction interval."""
    x, n = counts("pritz1997")
    fit = pool_proportions(x, n, model="beta-binomial")
    assert fit.rho is not None
    size = (1 - fit.rho) / fit.rho
    population = beta(fit.proportion * size, (1 - fit.proportion) * size)
    draws = population.rvs(400_000, random_state=np.random.default_rng(5))
    assert math.isclose(fit.tau2, np.var(np.log(draws / (1 - draws))), rel_tol=0.02)
    assert fit.proportion_pi[0] < population.ppf(0.025)
    assert fit.proportion_pi[1] > population.ppf(0.975)
    assert fit.proportion_averaged == fit.proportion


def test_events_and_non_events_mirror() -> None:
    x, n = counts("debruin2009")
    one, other = fit_beta_binomial(x, n), fit_beta_binomial(n - x, n)
    assert math.isclose(one.mu, -other.mu, rel_tol=1e-8)
    assert math.isclose(one.rho, other.rho, rel_tol=1e-8)


@pytest.mark.parametrize("x", [[0, 0, 0], [5, 9, 7], [5, 0, 7]])
def test_no_maximum_inside(x: list[int]) -> None:
    with pytest.raises(NoFit):
        fit_beta_binomial(np.array(x, float), np.array([5.0, 9, 7]))
    fit = pool_proportions(x, [5, 9, 7], model="beta-binomial")
    assert (fit.model, fit.model_asked) == ("iv", "beta-binomial")
    assert "no beta-binomial model" in fit.warnings[0]


def test_huge_studies() -> None:
    """n of 10^9: no sum over patients is spelled out."""
    fit = fit_beta_binomial(np.array([3e8, 4e8, 2e8, 1.0]), np.array([1e9, 1e9, 1e9, 10.0]))
    assert math.isclose(expit(fit.mu), 0.29, abs_tol=0.1)
    assert 0 < fit.rho < 0.1
