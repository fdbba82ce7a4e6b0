"""One-step models of proportions: against R, against the integral by brute force, and what must hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom

from pipeline.stats import glmm
from pipeline.stats.glmm_families import LINKS, Binomial
from pipeline.stats.glmm_likelihood import evaluate
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
