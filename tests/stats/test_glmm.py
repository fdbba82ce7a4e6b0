"""One-step models of proportions: against R, against the integral by brute force, and what must hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import binom, chi2

from pipeline.stats import glmm, pool_proportions
from pipeline.stats.glmm_families import LINKS, Binomial
from pipeline.stats.glmm_likelihood import evaluate
from pipeline.stats.glmm_profile import Bound, _along_the_profile, profile_intervals
from tests.stats.test_reference import TABLES, assert_close

RUNS = [
    (name, run, points)
    for name, table in TABLES.items()
    for run, points in (("nAGQ7", 7), ("nAGQ1", 1))
    if "mu" in (table["glmm"].get(run, {}).get("check") or {})
]


def counts(name: str) -> tuple[Any, Any]:
    return np.array(TABLES[name]["events"], float), np.array(TABLES[name]["n"], float)


@pytest.mark.parametrize(("name", "run", "points"), RUNS)
def test_against_metafor(name: str, run: str, points: int) -> None:
    x, n = counts(name)
    answer = TABLES[name]["glmm"][run]
    check = answer["check"]
    if check.get("unbounded"):
        with pytest.raises(glmm.NoFit):
            glmm.fit_glmm(x, n, points=points)
        return
    fit = glmm.fit_glmm(x, n, points=points)
    assert_close(fit.mu, check["mu"], 1e-5, "mu")
    assert_close(fit.tau2, check["tau2"], 1e-5, "tau2", zero=1e-9)
    assert_close(fit.se, check["se"], 1e-3, "se")
    assert_close(fit.loglik, check["loglik"], 1e-8, "loglik")
    if "QE_LRT" in answer:
        assert_close(glmm.likelihood_ratio(x, n), answer["QE_LRT"], 1e-6, "Q")
        # R's own Wald test takes 1e-5 from studies without events, whose predictor it puts at -20 or so instead of -inf
        assert_close(glmm.wald(x, n), answer["QE_Wld"], 1e-4, "Q_wald", zero=1e-5)


def test_both_numbers_of_points_have_a_reference() -> None:
    assert {points for _, _, points in RUNS} == {1, 7}


@pytest.mark.parametrize("link", sorted(LINKS))
def test_the_likelihood_is_the_integral(link: str) -> None:
    """Thirty points against adaptive quadrature of the integrand by scipy."""
    x, n, e, tau = np.array([0.0, 3, 9, 12]), np.array([5.0, 11, 9, 40]), np.array([-1.0, 0.3, -0.2, 0.5]), 0.8
    ours = evaluate(Binomial(x, n, link), e, np.full(4, tau), np.zeros(4), 30).loglik
    for i in range(4):

        def integrand(z: float, i: int = i) -> float:
            p = float(LINKS[link].proportion(np.array(e[i] + tau * z)))
            return float(binom.pmf(x[i], n[i], p) * math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi))

        whole = quad(integrand, -10, 10, epsabs=0, epsrel=1e-11, limit=200)[0]
        assert math.isclose(ours[i] + math.log(math.comb(int(n[i]), int(x[i]))), math.log(whole), abs_tol=1e-7)


@pytest.mark.parametrize("link", [name for name, link in LINKS.items() if link.symmetric])
@pytest.mark.parametrize("points", [1, 2, 7])
def test_symmetric_links_mirror(link: str, points: int) -> None:
    x, n = np.array([3.0, 8, 20, 14, 0]), np.array([10.0, 12, 40, 30, 6])
    one, other = (glmm.fit_glmm(e, n, points=points, link=link) for e in (x, n - x))
    assert math.isclose(one.mu, -other.mu, rel_tol=1e-8)
    assert math.isclose(one.tau2, other.tau2, rel_tol=1e-7)
    assert math.isclose(one.loglik, other.loglik, rel_tol=1e-12)


REGRESSIONS = [(name, i) for name, table in TABLES.items() for i in range(len(table.get("glmm_metareg") or []))]


@pytest.mark.parametrize(("name", "i"), REGRESSIONS)
def test_moderators_against_metafor(name: str, i: int) -> None:
    x, n = counts(name)
    answer = TABLES[name]["glmm_metareg"][i]
    column = TABLES[name]["moderators"][answer["formula"].removeprefix("~")]
    values = [c if isinstance(c, (int, float)) else float(c != min(column)) for c in column]
    X = np.column_stack([np.ones(len(x)), values])
    fit = glmm.fit_glmm(x, n, X)
    assert_close(fit.b, answer["beta"], 1e-5, "beta")
    # glmer's second derivatives are by finite differences: 1e-3 off where a moderator has a large unit
    assert_close(np.sqrt(np.diag(fit.covariance)[:2]), answer["se"], 2e-3, "se")
    assert_close(fit.tau2, answer["tau2"], 1e-5, "tau2")
    assert_close(glmm.likelihood_ratio(x, n, X), answer["QE_LRT"], 1e-6, "Q")
    assert_close(glmm.wald(x, n, X), answer["QE_Wld"], 1e-4, "Q_wald")


def test_regressions_have_a_reference() -> None:
    assert REGRESSIONS


def test_units_of_a_moderator_only_change_its_coefficient() -> None:
    x, n = counts("debruin2009")
    year = np.arange(13.0)
    plain, scaled = (glmm.fit_glmm(x, n, np.column_stack([np.ones(13), c])) for c in (year, 1000 * year + 5))
    assert math.isclose(plain.b[1], 1000 * scaled.b[1], rel_tol=1e-6)
    assert math.isclose(plain.loglik, scaled.loglik, rel_tol=1e-10)
    assert math.isclose(plain.tau2, scaled.tau2, rel_tol=1e-6)


def test_a_design_without_rank_is_refused() -> None:
    x, n = counts("debruin2009")
    with pytest.raises(ValueError, match="full rank"):
        glmm.fit_glmm(x, n, np.ones((13, 2)))


def test_separated_groups_have_no_fit() -> None:
    x, n = np.array([0.0, 0, 0, 5, 8, 6]), np.array([5.0, 8, 6, 5, 8, 6])
    with pytest.raises(glmm.NoFit):
        glmm.fit_glmm(x, n, np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]]))


def brute_loglik(x: Any, n: Any, link: str, mu: float, tau: float) -> float:
    """The marginal log-likelihood by a fine sum over z."""
    z = np.linspace(-9, 9, 3001)[:, None]
    p = LINKS[link].proportion(mu + tau * z)
    terms = np.exp(binom.logpmf(x, n, p)) * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    return float(np.log(terms.sum(axis=0)).sum())


@pytest.mark.parametrize("link", sorted(LINKS))
def test_the_fit_is_the_maximum_of_the_integral(link: str) -> None:
    """Thirty points, against a general optimiser on the likelihood by brute force."""
    x, n = np.array([3.0, 18, 10, 14, 1, 25]), np.array([10.0, 22, 40, 30, 16, 31])
    fit = glmm.fit_glmm(x, n, points=30, link=link)
    best = minimize(
        lambda t: -brute_loglik(x, n, link, t[0], t[1]),
        [0.2, 0.6],
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-11},
    )
    assert math.isclose(fit.loglik, -best.fun, abs_tol=1e-8)
    assert math.isclose(fit.mu, best.x[0], abs_tol=2e-5)
    assert math.isclose(math.sqrt(fit.tau2), abs(best.x[1]), abs_tol=2e-5)


@pytest.mark.parametrize("name", ["pritz1997", "edge_k2", "edge_outlier"])
@pytest.mark.parametrize("link", ["logit", "cloglog"])
def test_profile_bounds_are_where_the_best_likelihood_has_fallen_by_half_of_chi2(name: str, link: str) -> None:
    """Profiled by a scalar optimiser of scipy's over the other parameter, on the quadrature of 25 points."""
    x, n = counts(name)
    fit = glmm.fit_glmm(x, n, points=25, link=link)
    (of_mu,), of_tau2 = profile_intervals(fit, 0.9)
    target = fit.loglik - chi2.ppf(0.9, 1) / 2
    for mu in of_mu:
        best = max(
            -minimize_scalar(
                lambda tau, mu=mu: -brute_loglik(x, n, link, mu, tau),
                bounds=b,
                method="bounded",
                options={"xatol": 1e-8},
            ).fun
            for b in ((0, 0.7), (0.5, 6))
        )
        assert math.isclose(best, target, abs_tol=2e-5)
    for tau2 in of_tau2:
        best = -minimize_scalar(
            lambda mu, tau2=tau2: -brute_loglik(x, n, link, mu, math.sqrt(tau2)),
            bounds=(fit.mu - 4, fit.mu + 4),
            method="bounded",
            options={"xatol": 1e-8},
        ).fun
        if tau2 > 0:
            assert math.isclose(best, target, abs_tol=2e-5)
        else:
            assert best >= target


def test_bounds_along_the_profile_and_all_at_once_agree() -> None:
    x, n = counts("pritz1997")
    fit = glmm.fit_glmm(x, n)
    (of_mu,), of_tau2 = profile_intervals(fit, 0.95)
    target = fit.height - chi2.ppf(0.95, 1) / 2
    slow = [_along_the_profile(fit.surface, fit, Bound(j, side), target) for j in (0, 1) for side in (-1, 1)]
    assert np.allclose([*of_mu, *np.sqrt(of_tau2)], slow, rtol=1e-8)


@pytest.mark.parametrize("link", sorted(LINKS))
@pytest.mark.parametrize("tau2", [0.0, 0.3, 4.0, 40.0])
def test_averaged_is_the_mean_of_the_population(link: str, tau2: float) -> None:
    mean, by_mu, by_tau = glmm.averaged_with_slopes(-1.2, tau2, link)
    p = LINKS[link].proportion
    whole = quad(
        lambda z: float(p(np.array(-1.2 + math.sqrt(tau2) * z))) * math.exp(-(z**2) / 2),
        -12,
        12,
        epsabs=1e-12,
        limit=400,
    )[0]
    assert math.isclose(mean, whole / math.sqrt(2 * math.pi), rel_tol=1e-8)
    h = 1e-5
    assert math.isclose(
        by_mu, (glmm.averaged(-1.2 + h, tau2, link) - glmm.averaged(-1.2 - h, tau2, link)) / (2 * h), rel_tol=1e-6
    )
    if tau2 > 0:
        tau = math.sqrt(tau2)
        ends = [glmm.averaged(-1.2, (tau + s * h) ** 2, link) for s in (1, -1)]
        assert math.isclose(by_tau, (ends[0] - ends[1]) / (2 * h), rel_tol=1e-6, abs_tol=1e-9)


def test_the_averaged_interval_counts_the_error_of_tau() -> None:
    """At the two ends of a slice the interval is that of mu's alone only if tau is known."""
    x, n = counts("bcg_control") if "bcg_control" in TABLES else counts("edge_outlier")
    fit = pool_proportions(x, n, model="glmm")
    assert fit.proportion_averaged is not None
    assert fit.proportion_averaged_ci is not None
    low, high = fit.proportion_averaged_ci
    held = [glmm.averaged(end, fit.tau2) for end in fit.ci]
    assert low < fit.proportion_averaged < high
    assert abs((high - low) / (held[1] - held[0]) - 1) > 0.01


STUDY = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(STUDY, min_size=1, max_size=10),
    st.sampled_from(["glmm", "beta-binomial"]),
    st.sampled_from(sorted(LINKS)),
    st.sampled_from([1, 7]),
)
def test_valid_counts_always_have_an_answer(studies: list[tuple[int, int]], model: str, link: str, points: int) -> None:
    fit = pool_proportions([e for e, _ in studies], [n for _, n in studies], model=model, link=link, points=points)
    assert fit.tau2 >= 0
    assert all(math.isfinite(v) for v in (fit.mu, fit.se, fit.Q, fit.I2, fit.proportion))
    assert fit.model == model or fit.warnings
    if fit.tau2_ci is not None:
        assert fit.tau2_ci[0] <= fit.tau2 * (1 + 1e-6) + 1e-9
        assert fit.tau2 <= fit.tau2_ci[1] * (1 + 1e-6)
    if fit.profile_ci is not None:
        assert fit.profile_ci[0] < fit.mu < fit.profile_ci[1]


def test_large_counts() -> None:
    fit = pool_proportions([10**6 // 3, 0, 4 * 10**5, 7], [10**6, 10, 10**6, 10**6], model="glmm")
    assert fit.model == "glmm"
    assert 0 < fit.tau2 < math.inf
