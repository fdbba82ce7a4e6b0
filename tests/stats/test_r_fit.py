"""A pooled proportion as a script for metafor, read as text: R is not there to run it."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from pipeline.stats import Fit, meta_regression, pool_proportions
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.r_script import BACK, CONTROL, GENERALISED_Q, comment
from pipeline.stats.regression_result import Moderated
from pipeline.stats.tau2 import ESTIMATORS, WITHOUT_R
from tests.stats.r_text import arguments, balanced, bare, column, comments, labels, statements

EVENTS, N = [3, 0, 8, 5, 9, 14], [10, 12, 20, 9, 9, 31]


def fitted(**options: object) -> Fit:
    return pool_proportions(EVENTS, N, **options)  # type: ignore[arg-type]


def number(value: float) -> str:
    return f"{value:.8g}"


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("test", ["z", "knha"])
def test_data_and_options_are_those_of_the_fit(measure: str, test: str) -> None:
    fit = fitted(measure=measure, test=test, level=0.9, add=0.25, to="all")
    said = fit.to_r()
    assert (column(said, "events"), column(said, "n")) == (EVENTS, N)
    assert arguments(said, "escalc") == {
        "measure": f'"{measure}"', "xi": "events", "ni": "n", "data": "d", "add": "0.25", "to": '"all"', "slab": "study"
    }  # fmt: skip
    model = arguments(said, "fit <- rma")
    assert (model["method"], model["test"], model["level"]) == ('"REML"', f'"{test}"', "90")
    assert f"print(predict(fit{BACK[measure]}))" in said
    assert balanced(said)


@pytest.mark.parametrize("measure", MEASURES)
def test_what_the_measure_adds_is_said(measure: str) -> None:
    assert arguments(fitted(measure=measure).to_r(), "escalc")["add"] == ("0" if measure in ("PAS", "PFT") else "0.5")


@pytest.mark.parametrize("method", ESTIMATORS)
def test_the_estimator_is_named_or_made(method: str) -> None:
    said = fitted(method=method).to_r()
    assert balanced(said)
    assert ("confint(" in said) == (method != "EE")
    if method in GENERALISED_Q:
        assert f'"{method}"' not in statements(said)
        assert "tau2 = first$tau2" in said
    else:
        assert arguments(said, "fit <- rma")["method"] == f'"{method}"'
        assert ("control = list(" in said.split("print(fit)")[0]) == (method in CONTROL)


def test_each_estimator_without_a_name_in_r_has_its_weights() -> None:
    assert set(WITHOUT_R) - {"PMM"} == set(GENERALISED_Q)


@pytest.mark.parametrize("method", GENERALISED_Q)
def test_the_weights_give_the_estimate(method: str) -> None:
    """GENQ is (y'Py - tr PV)/tr P with P of the weights, in metafor's source as in DerSimonian & Kacker (2007)."""
    y, v = escalc("PLO", np.array(EVENTS, float), np.array(N, float))
    weights = GENERALISED_Q[method]
    first = {"DL2": "DL", "HE2": "HE"}.get(method)
    assert first is None or f'method = "{first}"' in weights
    w = 1 / np.sqrt(v) if first is None else 1 / (v + fitted(method=first).tau2)
    p = np.diag(w) - np.outer(w, w) / w.sum()
    assert fitted(method=method).tau2 == pytest.approx(max(0.0, (y @ p @ y - np.trace(p * v)) / np.trace(p)), rel=1e-10)


@pytest.mark.parametrize("options", [{}, {"model": "glmm"}, {"model": "beta-binomial"}, {"measure": "PFT"}])
def test_comments_tell_the_numbers(options: dict[str, str]) -> None:
    fit = fitted(**options)
    said = comments(fit.to_r())
    for value in (fit.mu, fit.se, *fit.ci, *fit.pi, fit.tau2, fit.Q, fit.proportion, *fit.proportion_ci):
        assert number(value) in said
    assert all(comment(f"litpool warns: {warning}") in said for warning in fit.warnings)
    assert "did not run" in said


def test_a_study_left_out_stays_in_the_data() -> None:
    said = fitted(add=0).to_r()
    assert column(said, "used") == [1, 0, 1, 1, 0, 1]
    assert said.index("escalc(") < said.index("d <- d[d$used, ]") < said.index("rma(")
    assert "used" not in fitted().to_r()


NAMES = ['o\'neil "x"', "a\\b", '"); system("x")\n#', "τ²", "😀 a", "c"]


def test_names_are_strings_whatever_they_hold() -> None:
    said = fitted().to_r(NAMES)
    assert labels(said) == [name.replace("\n", " ") for name in NAMES]
    assert balanced(said)
    assert "system" not in bare(said)


def test_comments_stay_on_their_line() -> None:
    assert comment("a\nquit()\r\u2028b τ²") == "# a quit()  b tau^2"


@pytest.mark.parametrize("pi", ["z", "t", "hts"])
@pytest.mark.parametrize("model", ["iv", "glmm"])
def test_other_prediction_intervals_are_made_by_hand(pi: str, model: str) -> None:
    fit = fitted(pi=pi, test="t", model=model)
    said = fit.to_r()
    if pi == "t":  # that of the test
        assert "ends <-" not in said
        return
    upper = re.search(r"ends <- c\(fit\$beta\) \+ c\(-1, 1\) \* (\w+)\(([\d.]+)(?:, (\d+))?\)", said)
    assert upper
    c = stats.norm.ppf(float(upper[2])) if upper[1] == "qnorm" else stats.t.ppf(float(upper[2]), int(upper[3]))
    wald = fit.se**2 if model == "glmm" else 1 / np.sum(1 / (np.array(fit.vi) + fit.tau2))
    assert fit.mu + c * np.sqrt(wald + fit.tau2) == pytest.approx(fit.pi[1], rel=1e-10)
    assert ("fit$se^2 + fit$tau2" if model == "glmm" else "1 / sum(1 / (d$vi + fit$tau2)) + fit$tau2") in said


def test_a_bootstrap_is_not_promised() -> None:
    said = fitted(pi="bootstrap").to_r()
    assert "metafor has none of its kind" in said
    assert "ends <-" not in said


def test_the_glmm() -> None:
    said = fitted(model="glmm", points=9, test="t").to_r()
    assert arguments(said, "rma.glmm") == {
        "measure": '"PLO"', "xi": "events", "ni": "n", "data": "d", "test": '"t"', "level": "95", "nAGQ": "9"
    }  # fmt: skip
    assert "escalc(" not in said


@pytest.mark.parametrize("link", ["probit", "cloglog"])
def test_other_links_are_lme4s(link: str) -> None:
    said = fitted(model="glmm", link=link, pi="hts").to_r()
    assert f'family = binomial(link = "{link}"), nAGQ = 7)' in said
    assert "rma.glmm" not in said
    assert balanced(said)


def test_a_fallback_is_written_as_what_it_is() -> None:
    fit = pool_proportions([0, 0, 0], [5, 8, 9], model="glmm")
    assert "fit <- rma(" in fit.to_r()
    assert "no GLMM" in comments(fit.to_r())


def test_the_beta_binomial_model_names_the_nearest() -> None:
    said = fitted(model="beta-binomial").to_r()
    assert "VGAM::betabinomial" in said
    assert "whose numbers differ" in comments(said)
    assert balanced(said)


YEAR = [2001, 2004, 2003.5, np.nan, 2010, 2012]


@pytest.mark.parametrize(("mods", "means"), [("year", "colMeans(X)[-1]"), ("0 + year", "colMeans(X)")])
@pytest.mark.parametrize("model", ["iv", "glmm"])
def test_moderators_are_a_matrix(mods: str, means: str, model: str) -> None:
    fit = fitted(mods=mods, data={"year": YEAR}, model=model)
    assert isinstance(fit, Moderated)
    said = fit.to_r()
    found = re.search(r"X <- matrix\(c\(\n(.*?)\n\), ncol = (\d), byrow = TRUE", said, re.S)
    assert found
    x = np.array([float(cell) for cell in found[1].replace("\n", "").split(",")]).reshape(-1, int(found[2]))
    np.testing.assert_array_equal(x, fit.regression.design.X)
    assert column(said, "used") == [1, 1, 1, 0, 1, 1]
    assert "mods = X, intercept = FALSE" in said
    assert f"newmods = rbind({means})" in said
    assert number(fit.regression.beta[-1]) in comments(said)
    assert balanced(said)


@pytest.mark.parametrize("test", ["z", "knha"])
@pytest.mark.parametrize("method", ["REML", "DL2"])
def test_a_regression_of_effects(test: str, method: str) -> None:
    y, v = [0.1, -1 / 3, 0.7, 1.2, 2.0], [0.1, 0.2, 1 / 7, 0.1, 0.3]
    mods = [[2, 1], [3, 1], [5, 1], [8, 1], [13.25, 1]]  # the intercept is not in front
    fit = meta_regression(y, v, mods, method=method, test=test)
    said = fit.to_r()
    assert (column(said, "yi"), column(said, "vi")) == (y, v)
    assert "  1, 13.25\n), ncol = 2, byrow = TRUE" in said
    assert said.count("mods = X, intercept = FALSE") == (1 if method == "REML" else 4)
    assert f'test = "{test}"' in said
    for value in (*fit.beta, *fit.se, fit.tau2, fit.QE):
        assert number(value) in comments(said)
    assert balanced(said)


def test_a_regression_of_counts_keeps_them_elsewhere() -> None:
    fit = fitted(mods="year", data={"year": YEAR}, model="glmm")
    assert isinstance(fit, Moderated)
    with pytest.raises(ValueError, match="model = glmm"):
        fit.regression.to_r()


@pytest.mark.parametrize(("events", "n"), [([3], [9]), ([0], [9]), ([9, 9], [9, 9]), ([2, 3], [4, 6])])
@pytest.mark.parametrize("model", ["iv", "glmm", "beta-binomial"])
def test_few_studies(events: list[int], n: list[int], model: str) -> None:
    assert balanced(pool_proportions(events, n, model=model).to_r())


def test_what_cannot_be_written_is_said() -> None:
    with pytest.raises(ValueError, match="2 names for 6 studies"):
        fitted().to_r(["a", "b"])
    with pytest.raises(ValueError, match="model = multilevel: no R script"):
        fitted(cluster=[1, 1, 2, 2, 3, 3]).to_r()
    with pytest.raises(ValueError, match=r"level = 0\.005"):
        fitted(level=0.005).to_r()
