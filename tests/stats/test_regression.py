"""Meta-regression against metafor, and against statsmodels where metafor's answers end."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from pipeline.stats import Regression, meta_regression, predict, residuals
from pipeline.stats.effects import escalc
from pipeline.stats.inference import TESTS
from pipeline.stats.tau2 import ESTIMATORS, WITHOUT_R
from pipeline.stats.two_step import pool_effects
from tests.stats.test_reference import TABLES, assert_close


def effects(name: str, measure: str = "PLO") -> tuple[np.ndarray, np.ndarray]:
    return escalc(measure, np.array(TABLES[name]["events"], float), np.array(TABLES[name]["n"], float))


def cells() -> Iterator[Any]:
    for name, table in TABLES.items():
        for answer in table.get("metareg", []):
            for method, tests in answer["fits"].items():
                for test, fit in tests.items():
                    yield pytest.param(name, answer, method, test, fit, id=f"{name}{answer['formula']}-{method}-{test}")


FIELDS = {
    **{f: f for f in ("beta", "se", "stat", "p", "tau2", "se_tau2", "I2", "H2", "R2", "QM", "QE")},
    "QM_p": "QMp",
    "QE_p": "QEp",
}


@pytest.mark.parametrize(("name", "answer", "method", "test", "fit"), list(cells()))
def test_metafor(name: str, answer: dict[str, Any], method: str, test: str, fit: dict[str, Any]) -> None:
    ours = meta_regression(*effects(name), answer["formula"], TABLES[name]["moderators"], method=method, test=test)
    assert list(ours.terms) == fit["terms"]
    assert ours.k == fit["k"]
    assert [ours.QM_df, ours.QM_df2] == fit["QM_df"]
    for field, theirs in FIELDS.items():
        assert_close(getattr(ours, field), fit[theirs], 1e-8, field)
    assert_close([low for low, _ in ours.ci], fit["ci_lb"], 1e-8, "ci_lb")
    assert_close([high for _, high in ours.ci], fit["ci_ub"], 1e-8, "ci_ub")


def test_no_estimator_is_without_a_check() -> None:
    """R has rows for four of them, with two tests; the others have their equations here."""
    seen = {(c.values[2], c.values[3]) for c in cells()}
    assert seen == {(method, test) for method in ("REML", "DL", "ML", "PM") for test in ("z", "knha")}
    by_equation = {"HE", "HS", "SJ", "EB"}  # test_closed_estimators_by_their_formulas, test_tau2_solves_its_equation
    assert {method for method, _ in seen} | by_equation | {"EE"} == set(ESTIMATORS) - set(WITHOUT_R)


X = np.column_stack([np.ones(8), [1, 4, 2, 8, 5, 7, 3, 6], [0, 1, 0, 1, 1, 0, 0, 1]])
Y = np.array([0.1, 0.9, 0.3, 1.2, 1.4, 0.8, 0.2, 1.1])
V = np.array([0.02, 0.05, 0.01, 0.08, 0.03, 0.04, 0.06, 0.02]) / 4


@pytest.mark.parametrize("method", list(ESTIMATORS))
@pytest.mark.parametrize("test", list(TESTS))
def test_statsmodels_wls_agrees_at_the_same_tau2(method: str, test: str) -> None:
    """Knapp-Hartung's covariance is that of weighted least squares with its own scale; Wald's has scale 1."""
    from statsmodels.regression.linear_model import WLS

    ours = meta_regression(Y, V, X, method=method, test=test)
    wls = WLS(Y, X, weights=1 / (V + ours.tau2)).fit(use_t=TESTS[test].uses_t)
    floor = TESTS[test].floor
    if floor is None or wls.scale < floor:
        wls = wls.get_robustcov_results("fixed scale", use_t=TESTS[test].uses_t)
    assert np.allclose(ours.beta, wls.params, rtol=1e-9)
    assert np.allclose(ours.se, wls.bse, rtol=1e-9)
    assert np.allclose(ours.p, wls.pvalues, rtol=1e-7)
    assert np.allclose(ours.ci, wls.conf_int(0.05), rtol=1e-9)
    overall = (
        wls.f_test(np.eye(3)[1:]) if TESTS[test].uses_t else wls.wald_test(np.eye(3)[1:], use_f=False, scalar=True)
    )
    assert np.ravel(overall.statistic)[0] == pytest.approx(ours.QM, rel=1e-9)
    assert ours.QM_p == pytest.approx(float(overall.pvalue), rel=1e-8)
    fitted, resid = residuals(ours).fitted, residuals(ours).resid
    assert np.allclose(fitted, wls.fittedvalues)
    assert np.allclose(resid, wls.resid)


@pytest.mark.parametrize("method", [m for m in ESTIMATORS if m not in ("EE", "SJ", "HS", "DL", "HE", *WITHOUT_R)])
def test_tau2_solves_its_equation(method: str) -> None:
    """The likelihoods fall to both sides of the estimate; the generalised Q meets k - p."""
    tau2 = meta_regression(Y, V, X, method=method).tau2

    def weighted(t: float) -> tuple[float, float, float]:
        w = 1 / (V + t)
        inside = X.T @ (w[:, None] * X)
        b = np.linalg.solve(inside, X.T @ (w * Y))
        return float(w @ (Y - X @ b) ** 2), float(np.log(w).sum()), float(np.linalg.slogdet(inside)[1])

    def loglik(t: float) -> float:
        q, logs, det = weighted(t)
        return (logs - q - (det if method == "REML" else 0)) / 2

    if method in ("PM", "EB"):
        assert weighted(tau2)[0] == pytest.approx(8 - 3, rel=1e-9)
    else:
        assert loglik(tau2) > max(loglik(tau2 * 1.01), loglik(tau2 * 0.99))


def test_one_column_of_ones_is_the_plain_meta_analysis() -> None:
    for test in TESTS:
        plain, ours = pool_effects(Y, V, test=test), meta_regression(Y, V, "1", test=test)
        for one, other in (
            (plain.mu, ours.beta[0]),
            (plain.se, ours.se[0]),
            (plain.tau2, ours.tau2),
            (plain.Q, ours.QE),
        ):
            assert one == pytest.approx(other, rel=1e-9)
        assert plain.pi == pytest.approx(predict(ours, {}).pi[0], rel=1e-9)
        assert ours.R2 is None


def test_a_factor_without_intercept_gives_the_means_of_its_levels() -> None:
    data = {"g": list("aabbabab")}
    means, contrasts = (meta_regression(Y, V, f, data) for f in ("0 + g", "g"))
    assert means.terms == ("ga", "gb")
    assert means.beta[1] - means.beta[0] == pytest.approx(contrasts.beta[1])
    assert predict(contrasts, {"g": ["a", "b"]}).pred == pytest.approx(means.beta)
    assert predict(contrasts, {"g": ["a", "b"]}).se == pytest.approx(means.se)
    assert means.R2 is not None
    assert math.isclose(means.R2, contrasts.R2, rel_tol=1e-9)


def test_one_moderator_needs_no_formula() -> None:
    assert meta_regression(Y, V, X[:, 1]).beta == pytest.approx(meta_regression(Y, V, "x", {"x": X[:, 1]}).beta)
    with pytest.raises(ValueError, match='give them as data, and name those to use in mods, for instance "x"'):
        meta_regression(Y, V, {"x": X[:, 1]})


def test_terms_are_tested_whole() -> None:
    data = {"x": X[:, 1], "g": list("abcabcab")}
    fit = meta_regression(Y, V, "x + C(g)", data, test="knha")
    factor = fit.tests[1]
    assert (factor.term, factor.names, factor.df, factor.df2) == ("C(g)", ("gb", "gc"), 2, 4)
    assert fit.stat[1] is not None
    assert [factor.df2, fit.tests[0].QM] == pytest.approx([4, fit.stat[1] ** 2])
    assert fit.tests[0].p == pytest.approx(fit.p[1])


def test_residuals_by_leverage() -> None:
    """metafor's formula: diag((I - H) M (I - H)'), H = X (X'WX)^-1 X'W, M = W^-1."""
    fit = meta_regression(Y, V, X)
    M = np.diag(V + fit.tau2)
    W = np.linalg.inv(M)
    rest = np.eye(8) - X @ np.linalg.inv(X.T @ W @ X) @ X.T @ W
    z = (rest @ Y) / np.sqrt(np.diag(rest @ M @ rest.T))
    assert residuals(fit).z == pytest.approx(z)


def test_a_study_that_the_fit_must_meet_has_no_standardised_residual() -> None:
    fit = meta_regression(Y, V, "g", {"g": ["own", *["other"] * 7]})
    assert residuals(fit).z[0] is None
    assert None not in residuals(fit).z[1:]


def test_units_do_not_matter() -> None:
    one = meta_regression(Y, V, "x", {"x": X[:, 1]})
    other = meta_regression(Y, V, "x", {"x": 2000 + 1e-3 * X[:, 1]})
    assert other.beta[1] == pytest.approx(1000 * one.beta[1], rel=1e-6)
    assert (other.tau2, other.QM) == pytest.approx((one.tau2, one.QM), rel=1e-6)


@pytest.mark.parametrize(
    ("k", "mods", "options", "words"),
    [
        (3, "x + C(g)", {}, "3 coefficients and tau² cannot be estimated from 3 studies: at least 4"),
        (2, "x + C(g)", {"method": "EE"}, "dropped|3 coefficients|at least"),
        (8, "x", {"method": "XX"}, "method"),
        (8, "x", {"test": "XX"}, "test"),
        (8, "x", {"level": 95}, "level"),
    ],
)
def test_bad_input_is_named(k: int, mods: str, options: dict[str, Any], words: str) -> None:
    data = {"x": X[:k, 1], "g": list("abababab")[:k]}
    if k == 2:
        fit = meta_regression(Y[:k], V[:k], mods, data, **options)
        assert "redundant" in fit.warnings[0]
        return
    with pytest.raises(ValueError, match=words):
        meta_regression(Y[:k], V[:k], mods, data, **options)


def test_missing_moderators_are_said_and_left_out() -> None:
    x = [*X[:7, 1], None]
    assert meta_regression(Y, V, "x", {"x": x}).beta == meta_regression(Y[:7], V[:7], "x", {"x": x[:7]}).beta
    assert "study 8: no value of x" in meta_regression(Y, V, "x", {"x": x}).warnings[0]


@pytest.mark.parametrize("start", [0, 2000])
def test_a_perfect_fit_has_no_width_but_numbers(start: float) -> None:
    x = start + X[:, 1]
    fit = meta_regression(2 + 3 * x, V, "x", {"x": x}, test="knha")
    assert fit.beta == pytest.approx((2, 3), rel=1e-7)
    assert (fit.tau2, fit.se, fit.QM, fit.QM_p) == (0, (0, 0), math.inf, 0)
    assert "no width" in fit.warnings[-1]


@pytest.mark.parametrize("value", [0.0, 2.708])
def test_identical_effects_have_nothing_to_explain(value: float) -> None:
    fit = meta_regression([value] * 8, V, "x", {"x": 2000 + X[:, 1]}, test="knha")
    assert (fit.beta[1], fit.se, fit.stat[1], fit.QM, fit.QM_p) == (0, (0, 0), None, None, None)
    assert meta_regression([value] * 8, V, "x", {"x": 2000 + X[:, 1]}).QM == 0


@pytest.mark.parametrize("method", ["DL", "HE", "HS", "SJ"])
def test_closed_estimators_by_their_formulas(method: str) -> None:
    """Written out with whole matrices. R has rows for DL only; the others are Viechtbauer's (2005) and, for SJ, Sidik &
    Jonkman's (2005) from metafor's start."""
    y = Y * 3  # so that all are above 0

    def p_matrix(w: np.ndarray) -> np.ndarray:
        W = np.diag(w)
        return np.asarray(W - W @ X @ np.linalg.inv(X.T @ W @ X) @ X.T @ W)

    by_v, plain, k, p = p_matrix(1 / V), p_matrix(np.ones(8)), 8, 3
    start = np.mean((y - y.mean()) ** 2)
    expected = {
        "DL": (y @ by_v @ y - (k - p)) / np.trace(by_v),
        "HE": (y @ plain @ y - np.trace(plain @ np.diag(V))) / (k - p),
        "HS": (y @ by_v @ y - k) / np.sum(1 / V),
        "SJ": start * (y @ p_matrix(1 / (V + start)) @ y) / (k - p),
    }
    assert expected[method] > 0
    assert meta_regression(y, V, X, method=method).tau2 == pytest.approx(expected[method], rel=1e-9)


def test_van_houwelingen_2002() -> None:
    """Trials of BCG (Colditz 1994): log odds ratio = 0.371 - 0.033 latitude, and 0.004 of a variance of 0.302 is left, by
    maximum likelihood (van Houwelingen, Arends & Stijnen 2002, Stat Med 21:589)."""
    cases = [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27], [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29]
    sizes = (
        [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
        [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854],
    )
    latitude = [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33]
    (a, c), (n1, n2) = np.array(cases, float), np.array(sizes, float)
    b, d = n1 - a, n2 - c
    fit = meta_regression(np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d, "x", {"x": latitude}, method="ML")
    assert fit.R2 is not None
    assert [round(v, 3) for v in (*fit.beta, fit.tau2)] == [0.371, -0.033, 0.004]
    assert fit.tau2 / (1 - fit.R2 / 100) == pytest.approx(0.302, abs=6e-4)


def six_digits(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda value: round(value, 6))


EFFECT = st.tuples(six_digits(-3, 3), six_digits(0.01, 2), st.sampled_from("abc"), six_digits(-2, 2))


@settings(max_examples=60, deadline=None)
@given(st.lists(EFFECT, min_size=6, max_size=14), st.sampled_from(sorted(ESTIMATORS)), st.sampled_from(sorted(TESTS)))
def test_nothing_is_nan(rows: list[tuple[float, float, str, float]], method: str, test: str) -> None:
    y, v, g, x = (list(c) for c in zip(*rows, strict=True))
    if len(set(g)) < 2:
        g[0] = "d"
    fit: Regression = meta_regression(y, v, "x + g", {"x": x, "g": g}, method=method, test=test)
    assert fit.tau2 >= 0
    numbers = [*fit.beta, *fit.se, *np.ravel(fit.ci), fit.QE, fit.I2, *np.ravel(fit.vcov)]
    assert all(math.isfinite(value) for value in numbers)
    assert fit.QM is None or fit.QM >= 0
    assert str(fit).startswith("Meta-regression")


@settings(max_examples=30, deadline=None)
@given(
    st.lists(EFFECT, min_size=8, max_size=12), st.sampled_from(["REML", "DL", "PM"]), st.randoms(use_true_random=False)
)
def test_order_and_reference_level_do_not_matter(
    rows: list[tuple[float, float, str, float]], method: str, random: Any
) -> None:
    """Other orders of the studies, and another level as the reference, give the same fit."""

    def fitted(some: list[tuple[float, float, str, float]], names: dict[str, str]) -> Regression:
        y, v, g, x = (list(c) for c in zip(*some, strict=True))
        return meta_regression(y, v, "x + g", {"x": x, "g": [names[level] for level in g]}, method=method)

    rows = [(y, v, "abc"[i % 3], round(x, 2)) for i, (y, v, _, x) in enumerate(rows)]
    if len({row[3] for row in rows}) < 4:
        rows = [(y, v, g, x + i % 5) for i, (y, v, g, x) in enumerate(rows)]
    shuffled = rows.copy()
    random.shuffle(shuffled)
    one = fitted(rows, {"a": "a", "b": "b", "c": "c"})
    for other in (fitted(shuffled, {"a": "a", "b": "b", "c": "c"}), fitted(rows, {"a": "z", "b": "y", "c": "x"})):
        assert other.tau2 == pytest.approx(one.tau2, rel=1e-5, abs=1e-7)
        assert pytest.approx(one.QM, rel=1e-4, abs=1e-6) == other.QM
        assert pytest.approx(one.QE, rel=1e-6, abs=1e-8) == other.QE
