"""One-step models of two groups: against R, against scipy's hypergeometric density, and what must hold."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import nchypergeom_fisher

from pipeline.stats.glmm import NoFit
from pipeline.stats.glmm_likelihood import evaluate
from pipeline.stats.glmm_two import KINDS, _conditional, fit_two
from tests.stats.test_reference import FULL, HERE, assert_close

TWO: dict[str, Any] = json.loads((FULL if FULL.is_file() else HERE / "reference.json").read_text("utf-8"))["two_arm"]
CELLS = [(name, kind) for name, table in TWO.items() for kind in table["glmm"] if kind in KINDS]


def arms(name: str) -> list[Any]:
    return [np.array(TWO[name][c], float) for c in ("events1", "n1", "events2", "n2")]


@pytest.mark.parametrize(("name", "kind"), CELLS)
def test_against_metafor(name: str, kind: str) -> None:
    answer = TWO[name]["glmm"][kind]
    fit = fit_two(*arms(name), kind)
    assert fit.k == answer["k"]
    if kind == "UM.RS":  # R's numbers have glmer's default precision: its se is 0.4 % off (README, trap 2)
        assert_close(fit.mu, answer["mu"], 5e-4, "mu")
        assert_close(fit.tau2, answer["tau2"], 1e-3, "tau2", zero=1e-6)
        assert_close(fit.se, answer["se"], 5e-3, "se")
        return
    assert_close(fit.mu, answer["mu"], 1e-5, "mu")
    assert_close(fit.tau2, answer["tau2"], 1e-4, "tau2", zero=1e-6)
    assert_close(fit.se, answer["se"], 1e-3, "se")
    assert_close(fit.Q, answer["QE_LRT"], 1e-6, "Q")
    assert_close(fit.Q_wald, answer["QE_Wld"], 1e-4, "Q_wald", zero=1e-4)


def test_every_kind_that_r_answers_has_a_reference() -> None:
    assert {kind for _, kind in CELLS} == {
        "UM.FS",
        "UM.RS",
        "CM.AL",
    }  # R's reference lacks CM.EL: checked by scipy below


def test_the_hypergeometric_likelihood_is_the_integral() -> None:
    """Thirty points against scipy's density integrated by quadrature; constants cancel in the ratio of two places."""
    a, n, c, m = (np.array(v, float) for v in ([3, 0, 7], [10, 8, 9], [5, 2, 1], [12, 20, 15]))
    surface = _conditional(a, n, c, m, "CM.EL", 30)
    ones, nothing = np.ones(3), np.zeros(3)

    def brute(i: int, mu: float, tau: float) -> float:
        def density(z: float) -> float:
            p = nchypergeom_fisher.pmf(a[i], n[i] + m[i], n[i], a[i] + c[i], math.exp(mu + tau * z))
            return float(p) * math.exp(-(z**2) / 2)

        return math.log(quad(density, -9, 9, epsabs=0, epsrel=1e-9)[0])

    first = evaluate(surface.family, 0.4 * ones, 0.7 * ones, nothing, 30).loglik
    second = evaluate(surface.family, -0.3 * ones, 0.2 * ones, nothing, 30).loglik
    for i in range(3):
        assert math.isclose(first[i] - second[i], brute(i, 0.4, 0.7) - brute(i, -0.3, 0.2), abs_tol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_groups_swapped_turn_the_sign(kind: str) -> None:
    a, n, c, m = arms("hine1989")
    one, other = fit_two(a, n, c, m, kind), fit_two(c, m, a, n, kind)
    assert math.isclose(one.mu, -other.mu, rel_tol=1e-5)
    assert math.isclose(one.se, other.se, rel_tol=1e-5)
    if one.Q is not None:
        assert math.isclose(one.Q, other.Q, rel_tol=1e-8)


def test_without_spread_the_exact_model_is_the_conditional_estimate() -> None:
    """Two studies of the same table: tau² 0, and the mean of scipy's distribution at mu is the count itself."""
    fit = fit_two([4, 4], [10, 10], [2, 2], [12, 12], "CM.EL")
    assert fit.tau2 == 0
    assert math.isclose(nchypergeom_fisher.mean(22, 10, 6, math.exp(fit.mu)), 4, rel_tol=1e-6)
    assert math.isclose(fit.se, (2 * nchypergeom_fisher.var(22, 10, 6, math.exp(fit.mu))) ** -0.5, rel_tol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("events", [([0, 0], [0, 0]), ([0, 0, 0], [2, 1, 3]), ([5, 5], [5, 5])])
def test_what_has_no_maximum_is_said(kind: str, events: tuple[list[int], list[int]]) -> None:
    n = [5] * len(events[0])
    with pytest.raises(NoFit):
        fit_two(events[0], n, events[1], n, kind)


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(ValueError, match=r"UM\.FS, UM\.RS, CM\.EL, CM\.AL"):
        fit_two([1, 2], [5, 5], [1, 2], [5, 5], "UM.XX")


def test_counts_too_large_for_the_exact_model_are_said() -> None:
    with pytest.raises(NoFit, match="too large"):
        fit_two([400_000, 500_000], [10**6] * 2, [300_000, 500_000], [10**6] * 2, "CM.EL", 30)
