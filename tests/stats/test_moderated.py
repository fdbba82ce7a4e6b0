"""Pooled proportions on moderators: two steps, and the GLMM against metafor and against brute force."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logsumexp

from pipeline.stats import Moderated, meta_regression, pool_proportions, predict, residuals
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.inference import TESTS
from pipeline.stats.tau2 import ESTIMATORS
from tests.stats.test_reference import TABLES, assert_close

EVENTS, N = [3, 8, 20, 14, 2, 9, 11], [10, 12, 40, 30, 9, 11, 25]
DATA = {"x": [1, 2, 3, 4, 5, 6, 9], "g": list("abababb")}


def moderated(**options: Any) -> Moderated:
    fit = pool_proportions(EVENTS, N, **({"mods": "x + g", "data": DATA} | options))
    assert isinstance(fit, Moderated)
    return fit


@pytest.mark.parametrize("name", [n for n, t in TABLES.items() if "glmm_metareg" in t])
def test_glmm_against_metafor(name: str) -> None:
    """R's numbers here are those of glmer's own search: its se is a difference quotient, 0.1 % off on bcg_control
    (`test_glmm_by_brute_force` has ours by another way), and QM and p follow from it."""
    table = TABLES[name]
    for answer in table["glmm_metareg"]:
        fit = pool_proportions(
            table["events"], table["n"], model="glmm", mods=answer["formula"], data=table["moderators"]
        )
        assert isinstance(fit, Moderated)
        ours = fit.regression
        assert (list(ours.terms), fit.model) == (answer["terms"], "glmm")
        assert_close(ours.beta, answer["beta"], 1e-5, "beta")
        assert_close(ours.tau2, answer["tau2"], 1e-5, "tau2")
        assert_close(ours.se, answer["se"], 2e-3, "se")
        assert_close(ours.QM, answer["QM"], 4e-3, "QM")
        assert_close(ours.QE, answer["QE_LRT"], 1e-6, "QE")
        assert_close(ours.QE_wald, answer["QE_Wld"], 1e-6, "QE_wald")
        assert_close(np.log(ours.p), np.log(answer["p"]), 4e-3, "log p")


@pytest.mark.parametrize("name", [n for n, t in TABLES.items() if "glmm_metareg" in t])
def test_glmm_by_brute_force(name: str) -> None:
    """The marginal likelihood as a plain sum over a fine grid of u: its peak is ours, its curvature our se."""
    table, formula = TABLES[name], TABLES[name]["glmm_metareg"][0]["formula"]
    x, n = (np.array(table[c], float) for c in ("events", "n"))
    fit = pool_proportions(x, n, model="glmm", mods=formula, data=table["moderators"])
    assert isinstance(fit, Moderated)
    u = np.linspace(-9, 9, 4001)

    def loglik(theta: np.ndarray) -> float:
        eta = (fit.regression.design.X @ theta[:2])[:, None] + theta[2] * u
        terms = x[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - u**2 / 2
        return float(np.sum(logsumexp(terms, axis=1)))

    assert fit.se_tau2 is not None
    at, se = np.array([*fit.regression.beta, fit.tau2**0.5]), [*fit.regression.se, fit.se_tau2 / 2 / fit.tau2**0.5]
    steps = 0.01 * np.diag(se)
    slope = [(loglik(at + s) - loglik(at - s)) / 0.02 for s in steps]
    assert np.allclose(slope, 0, atol=1e-3)  # in units of se; seven points against the whole integral
    curve = [
        [(loglik(at + a + b) - loglik(at + a - b) - loglik(at - a + b) + loglik(at - a - b)) / 4e-4 for b in steps]
        for a in steps
    ]
    assert np.sqrt(np.diag(np.linalg.inv(-np.array(curve)))) == pytest.approx(1, rel=2e-4)


@pytest.mark.parametrize("measure", list(MEASURES))
@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_two_steps_are_the_regression_of_the_effects(measure: str, method: str) -> None:
    fit = moderated(measure=measure, method=method, test="knha")
    plain = meta_regression(
        *escalc(measure, np.array(EVENTS, float), np.array(N, float)), "x + g", DATA, method, "knha"
    )
    assert fit.regression.beta == plain.beta
    assert (fit.tau2, fit.Q, fit.k) == (plain.tau2, plain.QE, 7)
    at = predict(plain, [np.mean([1] * 7), np.mean(DATA["x"]), 4 / 7])
    assert [fit.mu, fit.se, *fit.ci, *fit.pi] == pytest.approx([at.pred[0], at.se[0], *at.ci[0], *at.pi[0]])
    assert fit.weights is None


@pytest.mark.parametrize("test", list(TESTS))
def test_predictions_are_led_back(test: str) -> None:
    fit = moderated(test=test)
    new = {"x": [0, 4], "g": "b"}
    at, plain = predict(fit, new), predict(fit.regression, new)
    assert at.proportion == pytest.approx(expit(plain.pred))
    assert np.allclose(at.proportion_ci, expit(plain.ci))
    assert np.allclose(at.proportion_pi, expit(plain.pi))
    assert plain.proportion is None
    assert "proportion" in str(at)
    assert "predicted" in str(plain)
    assert residuals(fit) == residuals(fit.regression)


def test_without_moderators_it_is_the_plain_fit() -> None:
    one, plain = moderated(mods="1"), pool_proportions(EVENTS, N)
    for field in ("mu", "se", "tau2", "Q", "proportion"):
        assert getattr(one, field) == pytest.approx(getattr(plain, field), rel=1e-9)
    glmm, plain = moderated(mods="1", model="glmm"), pool_proportions(EVENTS, N, model="glmm")
    for field in ("mu", "se", "tau2", "Q", "proportion", "proportion_averaged"):
        assert getattr(glmm, field) == pytest.approx(getattr(plain, field), rel=1e-6)


def test_studies_lost_for_either_reason_are_named_and_their_levels_forgotten() -> None:
    events, data = [0, *EVENTS[1:]], {"x": [*DATA["x"][:6], None], "g": ["only", *DATA["g"][1:]]}
    fit = pool_proportions(events, N, mods="x + g", data=data, to="none")
    assert isinstance(fit, Moderated)
    assert (fit.k, fit.regression.design.levels["g"]) == (5, ("a", "b"))
    assert any("left out: study 1: all or none had the event" in w for w in fit.warnings)
    assert any("left out: study 7: no value of x" in w for w in fit.warnings)


def test_a_glmm_without_a_maximum_falls_back_openly() -> None:
    fit = pool_proportions([5, 9, 7, 0, 0], [5, 9, 7, 6, 8], mods="g", data={"g": list("aaabb")}, model="glmm")
    assert (fit.model, fit.model_asked) == ("iv", "glmm")
    assert "no GLMM" in fit.warnings[0]


def test_what_a_glmm_has_not() -> None:
    assert "test knha is not defined for a GLMM" in moderated(model="glmm", test="knha").warnings[0]
    with pytest.raises(ValueError, match="two-step model"):
        residuals(moderated(model="glmm"))
    with pytest.raises(ValueError, match="at least 3"):
        pool_proportions([1, 2], [4, 5], mods=[[1, 2], [1, 3]], model="glmm")


@pytest.mark.parametrize("model", ["iv", "glmm"])
def test_it_prints_and_goes_to_json(model: str) -> None:
    fit = moderated(model=model)
    for words in (
        "moderators: QM(2)",
        "Test of x",
        "Test of g",
        "gb",
        "At the mean of the moderators' columns",
        "left beside",
    ):
        assert words in str(fit)
    out = json.loads(json.dumps(fit.to_dict(), allow_nan=False))
    assert out["regression"]["terms"] == ["intrcpt", "x", "gb"]
    assert out["regression"]["design"] == {
        "formula": "x + g", "names": ["intrcpt", "x", "gb"], "terms": ["intrcpt", "x", "g"], "levels": {"g": ["a", "b"]}, "left_out": [],
    }  # fmt: skip


def test_a_data_frame_will_do() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [*DATA["x"][:6], None], "g": pandas.Categorical(DATA["g"])})
    assert moderated(data=frame).regression.beta == pytest.approx(
        moderated(data={**DATA, "x": [*DATA["x"][:6], None]}).regression.beta
    )
