"""Cluster-robust inference against R, printed results, and the definitions written out with whole matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.stats import compare_proportions, pool_effects, pool_proportions
from pipeline.stats.multilevel import multilevel
from pipeline.stats.robust import KINDS, robust
from tests.stats.test_multilevel import TABLES, Floats, arguments, covariance, simulated
from tests.stats.test_reference import assert_close

#: Colditz et al. (1994): tuberculosis and not, with and without BCG vaccine
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
        [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232],
        [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
    ]
)  # fmt: skip


@pytest.mark.parametrize("name", list(TABLES))
def test_reference(name: str) -> None:
    """CR1, t on the number of studies less 1."""
    answer, fit = TABLES[name]["robust"], robust(multilevel(*arguments(name), intervals=False), kind="CR1")
    assert fit.df == answer["df"]
    for field in ("se", "p", "ci"):
        assert_close(getattr(fit, field), answer[field], 1e-6, field)


@pytest.mark.parametrize(
    ("kind", "variance", "stat", "df"),
    [("CR0", 0.029636, -4.150592, 12), ("CR1", 0.032106, -3.98776, 12), ("CR2", 0.03229357, -3.97616, 11.04125)],
)
def test_what_metafor_and_club_sandwich_print(kind: str, variance: float, stat: float, df: float) -> None:
    """Numbers of metafor's own tests of `robust` (clubSandwich=TRUE is CR2) for the 13 trials of BCG vaccine, each a
    cluster: risk ratios, REML."""
    a, b, c, d = BCG.T
    fit = compare_proportions(a, a + b, c, c + d, measure="RR")
    found = robust(fit, cluster=range(13), kind=kind)
    assert found.vcov[0][0] == pytest.approx(variance, rel=2e-5)
    assert found.stat == pytest.approx(stat, rel=1e-5)
    assert found.df == pytest.approx(df, rel=1e-6)
    assert found.mu == pytest.approx(fit.mu)


def test_no_kind_is_without_a_reference() -> None:
    assert {"CR0", "CR1", "CR2"} == set(KINDS)


# ---- by definition, slowly ------------------------------------------------------------------------------------------


def root(matrix: Floats, power: float) -> Floats:
    """A symmetric power by eigenvalues; those of 0 stay 0."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > 1e-10 * values.max()
    return np.asarray((vectors[:, kept] * values[kept] ** power) @ vectors[:, kept].T)


def by_definition(y: Floats, X: Floats, S: Floats, cluster: Any, kind: str) -> tuple[Floats, Floats]:
    """(covariance, df): Pustejovsky & Tipton (2018) with (I - H)_i S (I - H)_i' whole, the symmetric root of S_i, and
    the degrees of freedom from the whole matrices p_i p_j'."""
    W = np.linalg.inv(S)
    C = np.linalg.inv(X.T @ W @ X)
    IH = np.eye(len(y)) - X @ C @ X.T @ W
    e = IH @ y
    names = sorted(set(cluster))
    meat, p = np.zeros_like(C), []
    for name in names:
        i = np.flatnonzero(np.asarray(cluster) == name)
        A = np.eye(len(i))
        if kind == "CR2":
            D = root(S[np.ix_(i, i)], 0.5)
            A = D.T @ root(D @ IH[i] @ S @ IH[i].T @ D.T, -0.5) @ D
        XWA = X[i].T @ W[np.ix_(i, i)] @ A
        meat += np.outer(XWA @ e[i], XWA @ e[i])
        p.append(C @ XWA @ IH[i])  # (p, k): what the cluster adds to the coefficients
    m = len(names)
    factor = m / (m - len(C)) if kind == "CR1" else 1
    df = []
    for c in range(len(C)):
        rows = np.array([q[c] for q in p])
        G = rows @ S @ rows.T
        df.append(np.trace(G) ** 2 / np.sum(G**2))
    return factor * C @ meat @ C, np.array(df) if kind == "CR2" else np.full(len(C), m - len(C))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "rho"), [(1, 0.0), (3, 0.5)])
def test_against_the_definition(kind: str, rows: int, rho: float) -> None:
    d = simulated(11, rows, rho)
    options = {"rho": rho, "patients": d["patients"]} if rho else {}
    X = np.column_stack([np.ones(len(d["y"])), d["outer"] % 2, np.arange(len(d["y"])) % 3])
    fit = multilevel(d["y"], d["v"], d["outer"], d["arms"], X=X, intervals=False, **options)
    S = covariance((fit.sigma2_outer, fit.sigma2_inner), d["V"], d["outer"], d["arms"])
    wider = d["outer"] // 2  # clusters may hold several studies
    for cluster, given in ((d["outer"], None), (wider, wider)):
        found = robust(fit, given, kind)
        vcov, df = by_definition(d["y"], X, S, cluster, kind)
        assert np.array(found.vcov) == pytest.approx(vcov, rel=1e-6, abs=1e-12)
        assert [c.df for c in found.coefficients] == pytest.approx(df, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_two_step_models(kind: str) -> None:
    d = simulated(2, 1, 0.0)
    fit = pool_effects(d["y"], d["v"], "DL")
    S = np.diag(d["v"] + fit.tau2)
    vcov, df = by_definition(d["y"], np.ones((fit.k, 1)), S, d["outer"], kind)
    found = robust(fit, d["outer"], kind)
    assert (found.se**2, found.df) == (pytest.approx(vcov[0, 0]), pytest.approx(df[0]))
    assert (found.mu, found.clusters) == (pytest.approx(fit.mu), 8)


def test_equal_weights_give_the_textbook_standard_error() -> None:
    """With equal variances and clusters of one CR2 is sd/√k and has k - 1 degrees of freedom, as Student's test."""
    y = [0.1, 0.5, 0.2, 0.9, 0.4]
    found = robust(pool_effects(y, [0.1] * 5, "EE"), range(5))
    assert (found.se, found.df) == (pytest.approx(np.std(y, ddof=1) / np.sqrt(5)), pytest.approx(4))


def test_a_coefficient_of_one_cluster_alone() -> None:
    """A moderator that one study decides: its residuals are 0, and nothing breaks."""
    d = simulated(4, 1, 0.0)
    X = np.column_stack([np.ones(len(d["y"])), d["outer"] == 3])
    found = robust(multilevel(d["y"], d["v"], d["outer"], X=X, intervals=False))
    assert np.isfinite(found.vcov).all()
    assert any("Tipton" in w for w in found.warnings)


def test_clusters_that_agree_exactly_are_said() -> None:
    """Arms differ, their studies do not: 0 and 1 in each. The interval has no width, and is not left without a word."""
    fit = multilevel([0, 1, 1, 0], [1, 1, 1, 1], "aabb", intervals=False)
    assert any("no width" in w for w in robust(fit).warnings)
    assert not any("no width" in w for w in robust(multilevel([0, 1, 1, 2], [1, 1, 1, 1], "aabb")).warnings)


def test_few_clusters_are_said_and_printed() -> None:
    fit = multilevel(*arguments("konstantopoulos2011"), intervals=False)
    assert "11 clusters: CR1 is too small" in robust(fit, kind="CR1").warnings[0]
    shown = str(robust(fit, level=0.9))
    assert "CR2; k = 56 in 11 clusters" in shown
    assert "90 % CI" in shown
    assert robust(fit).to_dict()["clusters"] == 11


@pytest.mark.parametrize(
    ("fit", "options", "message"),
    [
        (pool_effects([1, 2], [1, 1]), {}, "cluster: a label for each effect is needed"),
        (pool_effects([1, 2], [1, 1]), {"cluster": "aa"}, "cluster: 1 cluster"),
        (pool_effects([1, 2], [1, 1]), {"cluster": "abc"}, "cluster must have a label for each of the 2 rows"),
        (pool_effects([1, 2], [1, 1]), {"cluster": "ab", "kind": "CR3"}, 'kind = "CR3": not one of CR0, CR1, CR2'),
        (pool_proportions([1, 2], [9, 9], model="glmm"), {"cluster": "ab"}, 'fit: model "glmm" has no'),
        (multilevel([1, 5, 9], [1, 1, 1], "aab"), {"cluster": "xyy"}, "cluster: row 2 is in another cluster"),
    ],
)  # fmt: skip
def test_errors_name_the_value(fit: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        robust(fit, **options)
