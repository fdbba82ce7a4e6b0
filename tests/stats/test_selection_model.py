"""The selection model and PET-PEESE against metafor's printed figures, direct maximisation, statsmodels and known truth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import optimize, stats
from statsmodels.api import WLS, add_constant

from pipeline.stats import pet_peese, selection_model
from pipeline.stats.effects import escalc
from pipeline.stats.step_weights import ALTERNATIVES, loglik, p_values, selected
from pipeline.stats.two_step import pool_effects
from tests.stats.test_reference import assert_close
from tests.stats.test_small_study import EVENTS, SIZES

Array = np.ndarray[Any, np.dtype[np.float64]]

#: odds ratio and its 95 % interval of 37 studies of lung cancer and passive smoking (Hackshaw et al. 1997, BMJ 315:980)
HACKSHAW = np.array([
    1.18, 0.90, 1.54, 1.45, 1.02, 2.08, 2.02, 0.48, 8.56, 1.20, 0.80, 1.60, 0.75, 0.43, 1.30, 2.07, 0.81, 5.25,
    2.13, 1.19, 3.83, 0.80, 0.34, 1.90, 0.79, 0.25, 2.45, 2.01, 1.09, 3.72, 1.23, 0.81, 1.87, 1.20, 0.50, 3.30,
    1.52, 0.87, 2.63, 1.03, 0.41, 2.55, 1.55, 0.90, 2.67, 1.03, 0.61, 1.74, 2.34, 0.81, 6.75, 1.65, 1.16, 2.35,
    1.19, 0.82, 1.73, 1.52, 0.39, 5.96, 2.16, 1.08, 4.29, 1.08, 0.64, 1.82, 2.55, 0.74, 8.78, 1.62, 0.90, 2.91,
    1.06, 0.74, 1.52, 0.79, 0.62, 1.02, 0.74, 0.32, 1.69, 2.27, 0.75, 6.82, 0.97, 0.78, 1.21, 1.60, 0.80, 3.00,
    1.19, 0.66, 2.13, 1.66, 0.73, 3.78, 1.26, 1.04, 1.54, 1.10, 0.62, 1.96, 1.66, 1.12, 2.45, 1.16, 0.80, 1.69,
    1.11, 0.67, 1.84,
]).reshape(-1, 3)  # fmt: skip
YI = np.log(HACKSHAW[:, 0])
VI = ((np.log(HACKSHAW[:, 2]) - np.log(HACKSHAW[:, 1])) / (2 * stats.norm.ppf(0.975))) ** 2
STEPS = (0.05, 0.1, 0.5, 1.0)


def test_as_printed_for_metafor() -> None:
    """The figures that metafor's own tests hold for selmodel(type="stepfun") on these data."""
    fit = selection_model(YI, VI, STEPS)
    assert_close(fit.delta, [1, 2.422079, 0.977543, 0.396713], 1e-5, "delta")
    assert_close([e for e in fit.se_delta if e is not None], [1.66085, 0.820387, 0.469235], 1e-5, "se of delta")
    assert_close(fit.lrt, 7.066137, 1e-6, "LRT")
    assert_close(fit.tau2, 0.03071325, 1e-5, "tau2")
    assert fit.lrt_df == 3
    assert_close(fit.lrt_p, stats.chi2.sf(7.066137, 3), 1e-6, "p")


def density(y: float, v: float, mu: float, tau2: float, delta: Array, steps: Array, alternative: str) -> float:
    """Of one effect, from its definition: the weights integrated over the line by brute force."""
    s = math.sqrt(v + tau2)
    line = np.linspace(mu - 12 * s, mu + 12 * s, 200_001)
    w = delta[np.searchsorted(steps, p_values(line, np.full(line.shape, v), alternative))]
    whole = float(np.trapezoid(w * stats.norm.pdf(line, mu, s), line))
    own = delta[np.searchsorted(steps, p_values(np.array([y]), np.array([v]), alternative))[0]]
    return float(own * stats.norm.pdf(y, mu, s) / whole)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_likelihood_is_that_of_the_weighted_density(alternative: str) -> None:
    y, v, steps = YI[:4], VI[:4], np.array([0.05, 0.3, 0.7])
    delta = np.array([1.0, 0.6, 1.7, 0.3])
    ours, _ = loglik(selected(y, v, steps, alternative), 0.15, 0.04, delta)
    theirs = sum(math.log(density(a, b, 0.15, 0.04, delta, steps, alternative)) for a, b in zip(y, v, strict=True))
    assert ours == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_slope_is_that_of_differences(alternative: str) -> None:
    data = selected(YI, VI, np.array([0.05, 0.3, 0.7]), alternative)
    at = np.array([0.1, 0.05, 0.6, 1.7, 0.3])

    def value(x: Array) -> float:
        return loglik(data, x[0], x[1], np.concatenate([[1.0], x[2:]]))[0]

    slope = loglik(data, at[0], at[1], np.concatenate([[1.0], at[2:]]))[1]
    assert_close(slope, optimize.approx_fprime(at, value, 1e-7), 1e-4, "slope")


@pytest.mark.parametrize(
    ("steps", "alternative"), [((0.025,), "greater"), ((0.1, 0.5), "greater"), ((0.5,), "less"), ((0.05,), "two.sided")]
)
def test_no_other_search_finds_a_higher_maximum(steps: tuple[float, ...], alternative: str) -> None:
    """Nelder and Mead's simplex, without derivatives."""
    fit = selection_model(YI, VI, steps, alternative)
    data = selected(YI, VI, np.array(steps), alternative)

    def downhill(x: Array) -> float:
        return -loglik(data, x[0], x[1] ** 2, np.concatenate([[1.0], np.exp(x[2:])]))[0]

    begin = np.array([0.2, 0.15, *[0.0] * len(steps)])
    found = optimize.minimize(
        downhill, begin, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-11, "maxiter": 4000}
    )
    assert fit.loglik == pytest.approx(-found.fun, abs=1e-7)
    assert_close([fit.mu, *fit.delta[1:]], [found.x[0], *np.exp(found.x[2:])], 1e-3, "at")


def published(rng: np.random.Generator, k: int, mu: float, tau: float, chance: float) -> tuple[Array, Array]:
    """k studies that were published: significant ones always, others with a chance."""
    v = rng.uniform(0.02, 0.25, 40 * k)
    y = rng.normal(mu, np.sqrt(v + tau**2))
    seen = (y / np.sqrt(v) > stats.norm.ppf(0.975)) | (rng.random(len(v)) < chance)
    return y[seen][:k], v[seen][:k]


def test_the_truth_behind_a_selection_is_found() -> None:
    """2,000 published studies of a mean of 0.2, of the others every fifth: the plain mean is far off."""
    y, v = published(np.random.default_rng(11), 2000, 0.2, 0.2, 0.2)
    fit = selection_model(y, v)
    assert fit.se is not None
    assert abs(fit.mu - 0.2) < 3 * fit.se < 0.1
    assert fit.se_delta[1] is not None
    assert abs(fit.delta[1] - 0.2) < 3 * fit.se_delta[1] < 0.1
    assert abs(fit.tau2 - 0.04) < 0.02
    assert fit.unadjusted_mu > 0.35
    assert fit.lrt_p < 1e-6


def test_without_selection_nothing_is_adjusted() -> None:
    y, v = published(np.random.default_rng(3), 1500, 0.2, 0.2, 1.0)
    fit = selection_model(y, v)
    assert abs(fit.mu - fit.unadjusted_mu) < 0.05
    assert fit.lrt_p > 0.01
    assert fit.loglik >= fit.loglik_null


def test_less_mirrors_greater() -> None:
    one, other = selection_model(YI, VI, (0.1, 0.5)), selection_model(-YI, VI, (0.1, 0.5), "less")
    assert_close([other.mu, other.tau2, *other.delta], [-one.mu, one.tau2, *one.delta], 1e-6, "mirror")


def test_null_moves_the_scale() -> None:
    one, other = selection_model(YI, VI, (0.1, 0.5)), selection_model(YI + 3, VI, (0.1, 0.5), null=3)
    assert_close([other.mu - 3, other.tau2, *other.delta], [one.mu, one.tau2, *one.delta], 1e-6, "null")


def test_equal_effects_have_no_tau2() -> None:
    fit = selection_model(YI, VI, (0.5,), method="EE")
    assert (fit.tau2, fit.se_tau2) == (0.0, None)
    assert fit.loglik <= selection_model(YI, VI, (0.5,)).loglik


STUDY = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=20, deadline=None)
@given(st.lists(STUDY, min_size=3, max_size=14), st.sampled_from(ALTERNATIVES), st.sampled_from([(0.5,), (0.1, 0.6)]))
def test_there_is_a_result_or_a_reason(
    studies: list[tuple[int, int]], alternative: str, steps: tuple[float, ...]
) -> None:
    events, n = (np.array(c, float) for c in zip(*studies, strict=True))
    yi, vi = escalc("PLO", events, n)
    interval = np.searchsorted(steps, p_values(yi - yi.mean(), vi, alternative))
    if len(set(interval)) <= len(steps):
        with pytest.raises(ValueError, match="each interval of p must hold a study"):
            selection_model(yi, vi, steps, alternative, null=float(yi.mean()), force=True)
        return
    fit = selection_model(yi, vi, steps, alternative, null=float(yi.mean()), force=True)
    assert math.isfinite(fit.mu)
    assert fit.tau2 >= 0
    assert fit.loglik >= fit.loglik_null - 1e-7
    assert fit.se is not None or "curvature" in " ".join(fit.warnings) or "rises" in " ".join(fit.warnings)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"steps": (0.0,)}, "above 0 and up to 1"),
        ({"steps": (1.5,)}, "above 0 and up to 1"),
        ({"steps": ()}, "above 0 and up to 1"),
        ({"steps": (1.0,)}, "at least one below 1"),
        ({"steps": (1e-9,)}, "0 to 1e-09: 0, 1e-09 to 1: 37"),
        ({"alternative": "up"}, "greater, less, two.sided"),
        ({"method": "REML"}, "ML, EE"),
        ({"level": 95}, "0.95 for 95 %"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        selection_model(YI, VI, **options)


def test_few_studies_only_if_forced() -> None:
    for call in (selection_model, pet_peese):
        with pytest.raises(ValueError, match="at least 10 studies"):
            call(YI[:7], VI[:7])
    assert "7 studies" in pet_peese(YI[:7], VI[:7], force=True).warnings[0]
    fit = selection_model(YI[:7], VI[:7], (0.5,), force=True)
    assert any("hardly known" in w for w in fit.warnings)
    assert "selection: LRT(1)" in str(fit)


# ---- PET-PEESE ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("yi", "vi"), [(YI, VI), (YI + 1, VI), escalc("PLO", EVENTS, SIZES)])
def test_pet_and_peese_are_intercepts_of_weighted_lines(yi: Array, vi: Array) -> None:
    fit = pet_peese(yi, vi)
    for ours, x in ((fit.pet, np.sqrt(vi)), (fit.peese, vi)):
        theirs = WLS(yi, add_constant(x), weights=1 / vi).fit()
        assert_close([ours.intercept, ours.se_intercept], [theirs.params[0], theirs.bse[0]], 1e-8, ours.name)
        assert_close(ours.limit_ci, theirs.conf_int()[0], 1e-8, ours.name)
    assert fit.p is not None
    assert fit.chosen == ("PEESE" if fit.p < 0.1 else "PET")
    best = fit.peese if fit.chosen == "PEESE" else fit.pet
    assert (fit.mu, fit.ci) == (best.limit, pytest.approx(best.limit_ci))
    assert f"hence {fit.chosen}" in str(fit)


def test_the_rule_chooses_by_the_null() -> None:
    assert pet_peese(YI, VI).chosen == "PET"
    assert pet_peese(YI + 1, VI).chosen == "PEESE"
    assert pet_peese(YI + 1, VI, null=1.0).chosen == "PET"
    with pytest.raises(ValueError, match="alpha = 5"):
        pet_peese(YI, VI, alpha=5)


def test_both_are_closer_to_the_truth_than_the_mean_of_what_was_published() -> None:
    y, v = published(np.random.default_rng(7), 2000, 0.0, 0.0, 0.05)
    plain, fit = pool_effects(y, v).mu, pet_peese(y, v)
    assert plain > 0.2
    assert abs(fit.pet.intercept) < plain / 2
