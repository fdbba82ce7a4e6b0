"""Three-level models against R's metafor 3.8-1, printed results, and a likelihood written out with whole matrices."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import minimize_scalar

from pipeline.stats import pool_effects, vcalc
from pipeline.stats.multilevel import METHODS, TESTS, multilevel
from tests.stats.test_reference import FULL, HERE, assert_close

Floats = np.ndarray[Any, np.dtype[np.float64]]
NAMES = {
    "mu": "mu",
    "se": "se",
    "stat": "z",
    "p": "p",
    "ci": "ci",
    "Q": "Q",
    "Q_p": "Qp",
    "loglik": "loglik",
    "pi": "pi_z",
}


def tables() -> dict[str, Any]:
    path = FULL if FULL.is_file() else HERE / "reference.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["multilevel"]
    return found


TABLES = tables()


def arguments(name: str) -> tuple[Any, ...]:
    return tuple(TABLES[name][c] for c in ("yi", "vi", "outer", "inner"))


@pytest.mark.parametrize("name", list(TABLES))
@pytest.mark.parametrize("method", METHODS)
def test_reference(name: str, method: str) -> None:
    answer = TABLES[name][method]
    fit = multilevel(*arguments(name), method=method)
    for level in ("outer", "inner"):
        theirs = answer["sigma2"][level]
        assert_close(getattr(fit, f"sigma2_{level}"), theirs, 1e-5, level, zero=1e-7)  # R stops at 2e-9 for 0
    for ours, theirs in NAMES.items():
        assert_close(getattr(fit, ours), answer[theirs], 1e-6, ours)
    if fit.tau2 > 0:
        assert_close(fit.icc, answer["icc_outer"], 1e-6, "icc")


@pytest.mark.parametrize("name", list(TABLES))
def test_reference_with_t(name: str) -> None:
    answer, fit = TABLES[name]["REML_t"], multilevel(*arguments(name), test="t")
    assert fit.df == answer["df"]
    assert_close(fit.se, answer["se"], 1e-6, "se")
    assert_close(fit.ci, answer["ci"], 1e-6, "ci")


def test_no_method_or_test_is_without_a_reference() -> None:
    for table in TABLES.values():
        assert set(METHODS) < set(table)
        assert {"z": "REML", "t": "REML_t"}.keys() == set(TESTS)
        assert "REML_t" in table


def test_the_printed_example() -> None:
    """Konstantopoulos (2011), table 5: three levels by maximum likelihood, to the digits printed there."""
    fit = multilevel(*arguments("konstantopoulos2011"), method="ML")
    assert [round(v, 3) for v in (fit.mu, fit.se, fit.sigma2_outer, fit.sigma2_inner)] == [0.184, 0.080, 0.058, 0.033]


# ---- the same likelihood with whole matrices ------------------------------------------------------------------------


def same(labels: Any) -> Floats:
    labels = np.asarray(labels)
    return (labels[:, None] == labels[None, :]).astype(float)


def covariance(theta: Any, V: Floats, outer: Any, arms: Any) -> Floats:
    return V + theta[0] * same(outer) + theta[1] * same(arms)


def dense_loglik(theta: Any, y: Floats, X: Floats, V: Floats, outer: Any, arms: Any, restricted: bool) -> float:
    S = covariance(theta, V, outer, arms)
    inverse = np.linalg.inv(S)
    xx = X.T @ inverse @ X
    beta = np.linalg.solve(xx, X.T @ inverse @ y)
    r = y - X @ beta
    value = np.linalg.slogdet(S)[1] + r @ inverse @ r
    k, p = X.shape
    if restricted:
        return float(
            -0.5 * ((k - p) * np.log(2 * np.pi) + value + np.linalg.slogdet(xx)[1] - np.linalg.slogdet(X.T @ X)[1])
        )
    return float(-0.5 * (k * np.log(2 * np.pi) + value))


def assert_highest(theta: Any, *problem: Any) -> None:
    """No variances a little beside theta, nor any of a grid, are likelier."""
    height = dense_loglik(theta, *problem)
    beside = [theta + step for a in (0, 1) for step in np.array([[-1e-3], [1e-3]]) * theta[a] * np.eye(2)[a]]
    grid = [(a, b) for a in (0, 0.05, 0.2, 0.8) for b in (0, 0.05, 0.2, 0.8)]
    assert height >= max(dense_loglik(t, *problem) for t in [*beside, *grid]) - 1e-11


def simulated(seed: int, rows: int, rho: float) -> dict[str, Any]:
    """8 studies of 1 to 4 arms, each with `rows` rows of the same patients."""
    rng = np.random.default_rng(seed)
    studies = np.repeat(np.arange(8), rng.integers(1, 5, 8))
    arms = np.repeat(np.arange(len(studies)), rows)
    outer = studies[arms]
    v = rng.uniform(0.02, 0.3, len(arms))
    patients = arms if rows > 1 else outer
    V = np.where(np.eye(len(v)) > 0, np.diag(v), rho * same(patients) * np.sqrt(np.outer(v, v)))
    u, w = rng.normal(0, 0.4, 8)[outer], rng.normal(0, 0.3, len(studies))[arms]
    y = 0.5 + u + w + np.linalg.cholesky(V) @ rng.normal(size=len(v))
    X = np.column_stack([np.ones(len(v)), rng.normal(2010, 5, len(v))])
    return {"y": y, "v": v, "V": V, "outer": outer, "arms": arms, "patients": patients, "X": X, "rho": rho}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("rows", "rho"), [(1, 0.0), (1, 0.6), (3, 0.0), (3, 0.5)])
@pytest.mark.parametrize("moderated", [False, True])
def test_against_whole_matrices(method: str, rows: int, rho: float, moderated: bool) -> None:
    """Estimates, log-likelihood, coefficients, Q, I² and weights: one row to an arm or more, independent errors or not."""
    d = simulated(7, rows, rho)
    options = {"rho": rho, "patients": d["patients"]} if rho else {}
    fit = multilevel(
        d["y"],
        d["v"],
        d["outer"],
        d["arms"],
        X=d["X"] if moderated else None,
        method=method,
        intervals=False,
        **options,
    )
    X = d["X"] if moderated else np.ones((len(d["y"]), 1))
    problem = (d["y"], X, d["V"], d["outer"], d["arms"], method == "REML")
    ours = np.array([fit.sigma2_outer, fit.sigma2_inner])
    assert fit.loglik == pytest.approx(dense_loglik(ours, *problem), abs=1e-6)
    assert_highest(ours, *problem)
    inverse = np.linalg.inv(covariance(ours, d["V"], d["outer"], d["arms"]))
    C = np.linalg.inv(X.T @ inverse @ X)
    beta = C @ X.T @ inverse @ d["y"]
    at = X.mean(axis=0)
    assert fit.mu == pytest.approx(at @ beta, rel=1e-8)
    assert fit.se == pytest.approx(np.sqrt(at @ C @ at), rel=1e-6)
    M = np.linalg.inv(d["V"])
    P = M - M @ X @ np.linalg.solve(X.T @ M @ X, X.T @ M)
    assert pytest.approx(d["y"] @ P @ d["y"], rel=1e-8) == fit.Q
    typical = (len(X) - X.shape[1]) / np.trace(P)
    assert pytest.approx(100 * ours.sum() / (ours.sum() + typical), rel=1e-6) == fit.I2
    assert pytest.approx(fit.I2_outer + fit.I2_inner, rel=1e-12) == fit.I2
    if moderated:
        assert fit.coefficients is not None
        assert [c.estimate for c in fit.coefficients] == pytest.approx(beta, rel=1e-6)
        assert [c.se for c in fit.coefficients] == pytest.approx(np.sqrt(np.diagonal(C)), rel=1e-6)
    else:
        assert fit.weights == pytest.approx(100 * inverse.sum(axis=1) / inverse.sum(), rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_profile_intervals_against_whole_matrices(method: str) -> None:
    """At an end of the interval the best likelihood with that variance is half a chi² quantile (3.841459) lower."""
    y, v, outer, _ = arguments("konstantopoulos2011")
    fit = multilevel(y, v, outer, method=method)
    problem = (np.array(y), np.ones((len(y), 1)), np.diag(v), outer, np.arange(len(y)), method == "REML")
    for component, interval in enumerate((fit.sigma2_outer_ci, fit.sigma2_inner_ci)):
        assert interval is not None
        for end in interval:

            def lower(root: float, held: float = end, c: int = component) -> float:
                return -dense_loglik(np.insert([root**2], c, held), *problem)

            best = -minimize_scalar(lower, bounds=(0, 1), method="bounded", options={"xatol": 1e-6}).fun
            assert fit.loglik - best == pytest.approx(3.841458820694124 / 2, abs=1e-6)


def test_likelihood_ratios_against_two_levels() -> None:
    """Without the outer level the model is the usual one with all rows independent: its likelihood is that of metafor's
    rma.uni, here written out."""
    y, v, outer, _ = arguments("konstantopoulos2011")
    fit = multilevel(y, v, outer, method="ML")
    two = pool_effects(y, v, "ML")
    total = np.array(v) + two.tau2
    loglik = -0.5 * np.sum(np.log(2 * np.pi * total) + (np.array(y) - two.mu) ** 2 / total)
    tests = {t.against: t for t in fit.tests}
    assert set(tests) == {"no outer level", "no inner level", "common effect"}
    assert tests["no outer level"].loglik == pytest.approx(loglik, abs=1e-8)
    assert tests["no outer level"].stat == pytest.approx(2 * (fit.loglik - loglik), rel=1e-7)
    assert tests["common effect"].df == 2


# ---- what must hold whatever the data -------------------------------------------------------------------------------

effects = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 2), st.integers(0, 4)), min_size=3, max_size=14).filter(
    lambda rows: len({r[2] for r in rows}) > 1
)


@settings(max_examples=12, deadline=None)
@given(effects, st.floats(0.1, 10), st.floats(-5, 5), st.randoms(use_true_random=False))
def test_order_scale_and_origin_do_not_matter(rows: list[Any], scale: float, shift: float, random: Any) -> None:
    y, v, outer = (np.array(c) for c in zip(*rows, strict=True))
    fit = multilevel(y, v, outer, intervals=False)
    order = np.array(random.sample(range(len(y)), len(y)))
    other = multilevel((scale * y + shift)[order], (scale**2 * v)[order], outer[order], intervals=False)
    assert other.loglik == pytest.approx(fit.loglik - (len(y) - 1) * np.log(scale), abs=1e-6)
    assert pytest.approx(fit.Q, rel=1e-6, abs=1e-8) == other.Q
    assert fit.sigma2_outer >= 0
    assert fit.sigma2_inner >= 0
    if len({len(w) for w in (fit.warnings, other.warnings)}) == 1 and not any("peaks" in w for w in fit.warnings):
        assert other.mu == pytest.approx(scale * fit.mu + shift, abs=1e-4 * scale * max(1, abs(fit.mu)))


@settings(max_examples=12, deadline=None)
@given(effects)
def test_no_point_of_a_fine_grid_is_higher(rows: list[Any]) -> None:
    y, v, outer = (np.array(c) for c in zip(*rows, strict=True))
    fit = multilevel(y, v, outer, intervals=False)
    axis = [0, *np.geomspace(1e-3, 30, 12)]
    X, arms = np.ones((len(y), 1)), np.arange(len(y))
    values = [dense_loglik((a, b), y, X, np.diag(v), outer, arms, True) for a in axis for b in axis]
    assert fit.loglik >= max(values) - 1e-9


def test_one_arm_to_a_study_is_the_two_level_model() -> None:
    y, v = arguments("konstantopoulos2011")[:2]
    fit, two = multilevel(y, v, range(len(y))), pool_effects(y, v)
    assert (fit.sigma2_outer, fit.sigma2_inner) == (pytest.approx(two.tau2, rel=1e-8), 0)
    assert (fit.mu, fit.se, fit.I2) == (pytest.approx(two.mu), pytest.approx(two.se), pytest.approx(two.I2))
    assert any("cannot be told apart" in w for w in fit.warnings)


@pytest.mark.parametrize(
    ("y", "v", "outer"),
    [
        ([0.3], [0.1], ["a"]),
        ([0.3, 0.8], [0.1, 0.2], ["a", "a"]),
        ([0.3, 0.8], [0.1, 0.2], ["a", "b"]),
        ([0.3, 0.3, 0.3], [0.1, 0.2, 0.1], ["a", "a", "b"]),
        ([0.3, 5.0, -4.0], [1e-6, 2.0, 1e-6], ["a", "a", "b"]),
        ([1e3, 1e3 + 1, 1e3], [1e-6, 1e-6, 1e6], ["a", "b", "b"]),
    ],
)
def test_small_and_odd_tables(y: list[float], v: list[float], outer: list[str]) -> None:
    for method in METHODS:
        fit = multilevel(y, v, outer, method=method)
        assert np.isfinite([fit.mu, fit.se, *fit.ci, fit.tau2, fit.loglik, fit.I2, fit.Q]).all()
        assert min(y) <= fit.mu <= max(y)
        assert str(fit).startswith("Three-level model")
        assert fit.to_dict()["sigma2_outer"] == fit.sigma2_outer
    if len(set(y)) == 1:
        assert (fit.tau2, fit.Q, fit.icc) == (0, 0, None)


def test_many_studies() -> None:
    """The cost is linear in k: 3,000 arms take no matrix of that size."""
    rng = np.random.default_rng(3)
    outer = np.repeat(np.arange(1000), 3)
    v = rng.uniform(0.05, 0.2, 3000)
    y = 1 + rng.normal(0, 0.5, 1000)[outer] + rng.normal(0, 0.3, 3000) + rng.normal(0, np.sqrt(v))
    fit = multilevel(y, v, outer)
    assert (fit.sigma2_outer, fit.sigma2_inner) == (pytest.approx(0.25, rel=0.15), pytest.approx(0.09, rel=0.25))
    assert fit.sigma2_outer_ci is not None
    assert fit.sigma2_outer_ci[0] < 0.25 < fit.sigma2_outer_ci[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "DL"}, 'method = "DL": not one of REML, ML'),
        ({"test": "knha"}, 'test = "knha": not one of z, t'),
        ({"level": 95}, "level = 95"),
        ({"outer": ["a", "b"]}, "outer must have a label for each of the 3 rows, got 2"),
        ({"outer": ["a", None, "b"]}, "outer: row 2 has no label"),
        ({"inner": ["1"]}, "inner must have a label"),
        ({"vi": [0.1, 0, 0.1]}, "study 2: yi = 2, vi = 0"),
        ({"rho": 0.5}, "rho and patients go together"),
        ({"rho": 1.0, "patients": "abc"}, "rho = 1: must lie between -1 and 1"),
        ({"rho": -0.6, "patients": "aaa"}, "rho = -0.6: impossible among 3 outcomes, must be above -0.5"),
        (
            {"rho": 0.5, "patients": ["p", "q", "p"]},
            "row 3: its sampling error is correlated with that of a row of another study",
        ),
        ({"X": [[1, 2], [1, 2], [1, 2]]}, "X has 2 columns and a smaller rank"),
        ({"X": [[1], [1]]}, "X must have 3 rows"),
        ({"vi": [[1, 2, 0], [2, 1, 0], [0, 0, 1]]}, "V is not positive definite among the rows 1, 2"),
        ({"vi": [[1, 2, 0], [0, 1, 0], [0, 0, 1]]}, "V must be a symmetric matrix"),
    ],
)
def test_errors_name_the_value(options: dict[str, Any], message: str) -> None:
    given_: dict[str, Any] = {"yi": [1, 2, 3], "vi": [0.1, 0.1, 0.1], "outer": ["a", "a", "b"]} | options
    with pytest.raises(ValueError, match="^" + message.replace("(", r"\(").replace(")", r"\)")):
        multilevel(**given_)


# ---- correlated sampling errors -------------------------------------------------------------------------------------


def test_vcalc_and_a_whole_matrix() -> None:
    """Variances 4 and 9 with a correlation of a half have a covariance of 3; the matrix gives the same fit as rho."""
    assert vcalc([4, 9, 1], ["p", "p", "q"], 0.5).tolist() == [[4, 3, 0], [3, 9, 0], [0, 0, 1]]
    d = simulated(5, 1, 0.4)
    by_rho = multilevel(d["y"], d["v"], d["outer"], rho=0.4, patients=d["patients"])
    whole = multilevel(d["y"], vcalc(d["v"], d["patients"], 0.4), d["outer"])
    assert (whole.mu, whole.se, whole.loglik) == (
        pytest.approx(by_rho.mu),
        pytest.approx(by_rho.se),
        pytest.approx(by_rho.loglik),
    )
    assert whole.V is not None
    assert by_rho.V is None


def test_no_correlation_is_independence() -> None:
    d = simulated(5, 1, 0.0)
    assert (
        multilevel(d["y"], d["v"], d["outer"], rho=0, patients=d["outer"]).mu
        == multilevel(d["y"], d["v"], d["outer"]).mu
    )
