"""Pooled proportions of studies with several arms."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from pipeline.stats import Clustered, meta_regression, pool_proportions
from pipeline.stats.effects import escalc
from pipeline.stats.multilevel import multilevel
from pipeline.stats.robust import robust
from tests.stats.test_multilevel import simulated
from tests.stats.test_reference import FULL, assert_close
from tests.stats.test_robust import by_definition

EVENTS, SIZES = [5, 7, 0, 9, 12, 3], [10, 20, 12, 30, 14, 9]
STUDIES = ["A", "A", "B", "C", "D", "D"]


def pooled(**options: Any) -> Clustered:
    fit = pool_proportions(EVENTS, SIZES, cluster=STUDIES, **options)
    assert isinstance(fit, Clustered)
    return fit


@pytest.mark.skipif(not FULL.is_file(), reason="needs ../shared, which is not here")
def test_reference() -> None:
    """R's three-level model of the counts of Röver (2022), logits with the correction."""
    full = json.loads(FULL.read_text("utf-8"))
    table, levels = full["datasets"]["roever2022"], full["multilevel"]["roever2022_logit"]
    fit = pool_proportions(table["events"], table["n"], cluster=levels["outer"])
    assert_close(fit.yi, levels["yi"], 1e-9, "yi")
    assert_close(fit.mu, levels["REML"]["mu"], 1e-6, "mu")
    assert isinstance(fit, Clustered)
    assert_close(fit.levels.se, levels["REML"]["se"], 1e-6, "se")


@pytest.mark.parametrize("measure", ["PLO", "PAS", "PFT", "PR", "PLN"])
def test_it_is_the_three_level_model_with_robust_errors(measure: str) -> None:
    fit = pooled(measure=measure)
    yi, vi = escalc(measure, np.array(EVENTS, float), np.array(SIZES, float))
    levels = multilevel(yi, vi, STUDIES)
    found = robust(levels)
    assert (fit.mu, fit.tau2, fit.clusters) == (levels.mu, levels.sigma2_outer + levels.sigma2_inner, 4)
    assert (fit.se, fit.df, fit.p, fit.ci) == (found.se, found.df, found.p, found.ci)
    assert fit.pi[0] <= fit.ci[0] < fit.mu < fit.ci[1] <= fit.pi[1]
    assert 0 <= fit.proportion_pi[0] <= fit.proportion <= fit.proportion_pi[1] <= 1
    if measure == "PLO":
        assert fit.proportion_ci == pytest.approx(expit(fit.ci))
        assert any("0.5 was added" in w for w in fit.warnings)


def test_it_prints_and_turns_into_a_dict() -> None:
    fit = pooled()
    shown = str(fit)
    for words in (
        "k = 6 arms in 4 studies",
        "errors cluster-robust (CR2)",
        "sigma² outer",
        "ICC",
        "by model",
        "proportion",
    ):
        assert words in shown or (words == "ICC" and fit.tau2 == 0)
    told: Any = fit.to_dict()
    assert told["levels"]["sigma2_outer"] == fit.levels.sigma2_outer
    assert told["robust"]["kind"] == "CR2"


def test_one_cluster_has_the_errors_of_the_model() -> None:
    fit = pool_proportions([5, 7], [10, 20], cluster=["A", "A"])
    assert isinstance(fit, Clustered)
    assert fit.robust is None
    assert (fit.se, fit.df) == (fit.levels.se, None)
    assert "one cluster" in fit.warnings[0]
    assert "errors of the model" in str(fit)


def test_a_test_that_clusters_do_not_have() -> None:
    assert any("test knha is not defined for clusters" in w for w in pooled(test="knha").warnings)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster": ["A"]}, "cluster must have a label for each of the 6 rows, got 1"),
        ({"cluster": ["A", "A", "", "C", "D", "D"]}, "cluster: row 3 has no label"),
        ({"method": "DL"}, 'method of the three-level model = "DL": not one of REML, ML'),
        ({"model": "glmm"}, 'model with cluster = "glmm": not one of iv'),
        ({"mods": [[1.0]] * 6}, "mods with cluster: not available here"),
    ],
)
def test_errors_name_the_value(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        pool_proportions(EVENTS, SIZES, **{"cluster": STUDIES, **options})


def test_robust_errors_of_a_meta_regression() -> None:
    d = simulated(6, 1, 0.0)
    X = np.column_stack([np.ones(len(d["y"])), np.arange(len(d["y"])) % 3])
    fit = meta_regression(d["y"], d["v"], X)
    vcov, df = by_definition(d["y"], X, np.diag(d["v"] + fit.tau2), d["outer"], "CR2")
    found = robust(fit, d["outer"])
    assert np.array(found.vcov) == pytest.approx(vcov, rel=1e-6)
    assert [c.df for c in found.coefficients] == pytest.approx(df, rel=1e-6)
    assert [c.estimate for c in found.coefficients] == pytest.approx(fit.beta)
    moderated = robust(pool_proportions(EVENTS, SIZES, mods=[[1.0, i] for i in range(6)]), STUDIES)
    assert len(moderated.coefficients) == 2
