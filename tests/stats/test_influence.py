"""Diagnostics of single studies against R's metafor, and against fits made one by one."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pipeline.stats import blup, cumulative, leave_one_out
from pipeline.stats.effects import escalc
from pipeline.stats.gosh import gosh
from pipeline.stats.influence import influence
from pipeline.stats.influence_result import Refits
from pipeline.stats.two_step import pool_effects
from tests.stats.test_reference import FULL, HERE, assert_close

PARTS = ("leave_one_out", "cumulative", "influence", "rstandard", "blup")
#: R's names of what is told of a refit
REFITS = {
    "mu": "mu",
    "se": "se",
    "stat": "zval",
    "p": "pval",
    "tau2": "tau2",
    "I2": "I2",
    "H2": "H2",
    "Q": "Q",
    "Q_p": "Qp",
}


def tables() -> dict[str, Any]:
    path = FULL if FULL.is_file() else HERE / "reference.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["datasets" if FULL.is_file() else "influence"]
    return found


TABLES = tables()


def cells(part: str) -> Iterator[tuple[str, str, str]]:
    """(table, measure, estimator) of a part of the reference."""
    for name, table in TABLES.items():
        for measure, answers in table.get(part, {}).items():
            for method in answers.get("results", answers) if part in PARTS[:3] else ["REML"]:
                yield name, measure, method


def effects(name: str, measure: str) -> tuple[np.ndarray, np.ndarray]:
    return escalc(measure, *(np.array(TABLES[name][c], float) for c in ("events", "n")))


def assert_refits(ours: Refits, theirs: dict[str, Any], method: str) -> None:
    tolerance = 1e-6 if method == "REML" else 1e-8
    for field, name in REFITS.items():
        if name in theirs:
            zero = 1e-8 if field in ("I2", "H2") else 1e-11
            assert_close(getattr(ours, field), theirs[name], tolerance, field, zero)
    assert_close([c[0] for c in ours.ci], theirs["ci.lb"], tolerance, "ci.lb")
    assert_close([c[1] for c in ours.ci], theirs["ci.ub"], tolerance, "ci.ub")


@pytest.mark.parametrize(("name", "measure", "method"), list(cells("leave_one_out")))
def test_leave_one_out(name: str, measure: str, method: str) -> None:
    answer = TABLES[name]["leave_one_out"][measure][method]
    assert_refits(leave_one_out(*effects(name, measure), method), answer, method)


@pytest.mark.parametrize(("name", "measure", "method"), list(cells("cumulative")))
def test_cumulative(name: str, measure: str, method: str) -> None:
    answer = TABLES[name]["cumulative"][measure]
    ours = cumulative(*effects(name, measure), answer["order_by"], method)
    assert list(ours.order) == answer["order"]
    assert_refits(ours, answer["results"][method], method)


@pytest.mark.parametrize(("name", "measure", "method"), list(cells("influence")))
def test_influence(name: str, measure: str, method: str) -> None:
    answer = TABLES[name]["influence"][measure][method]
    ours = influence(*effects(name, measure), method)
    for field, theirs in answer.items():
        if field == "is_infl":
            assert list(ours.influential) == theirs
        else:
            assert_close(getattr(ours, field), theirs, 1e-6, field)


@pytest.mark.parametrize(("name", "measure", "method"), list(cells("rstandard")))
def test_standardised_residuals(name: str, measure: str, method: str) -> None:
    ours = influence(*effects(name, measure), method)
    for field, theirs in {"resid": "resid", "resid_se": "se", "rstandard": "z"}.items():
        assert_close(getattr(ours, field), TABLES[name]["rstandard"][measure][theirs], 1e-6, field)


@pytest.mark.parametrize(("name", "measure", "method"), list(cells("blup")))
def test_predicted_effects(name: str, measure: str, method: str) -> None:
    answer, ours = TABLES[name]["blup"][measure], blup(*effects(name, measure), method)
    assert_close(ours.pred, answer["pred"], 1e-6, "pred")
    assert_close(ours.se, answer["se"], 1e-6, "se")
    assert_close(ours.pi, list(zip(answer["pi_lb"], answer["pi_ub"], strict=True)), 1e-6, "pi")


def test_no_part_is_without_a_reference() -> None:
    assert all(list(cells(part)) for part in PARTS)


# ---- what R's results here do not hold ------------------------------------------------------------------------------

Y, V = np.array([0.2, -0.4, 1.9, 0.5, 0.3, 0.9]), np.array([0.1, 0.2, 0.15, 0.05, 0.4, 0.3])


@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc"])
def test_refits_are_fits_of_the_others(test: str) -> None:
    left, grown = leave_one_out(Y, V, "PM", test, 0.9), cumulative(Y, V, None, "PM", test, 0.9)
    for i in range(len(Y)):
        for ours, alone in (
            (left, pool_effects(np.delete(Y, i), np.delete(V, i), "PM", test, 0.9)),
            (grown, pool_effects(Y[: i + 1], V[: i + 1], "PM", test, 0.9)),
        ):
            for field in ("k", "mu", "se", "stat", "p", "ci", "tau2", "I2", "Q"):
                assert getattr(ours, field)[i] == pytest.approx(getattr(alone, field), rel=1e-9), field


def test_baujat() -> None:
    """With equal effects the x are the parts of Q; y is the squared move of mu over its variance without the study."""
    ours, fit = influence(Y, V, "EE"), pool_effects(Y, V, "EE")
    assert sum(ours.baujat_x) == pytest.approx(fit.Q)
    for i, y in enumerate(ours.baujat_y):
        alone = pool_effects(np.delete(Y, i), np.delete(V, i), "EE")
        assert y == pytest.approx(((fit.mu - alone.mu) / alone.se) ** 2)


def test_influence_of_equal_effects_is_that_of_weighted_least_squares() -> None:
    """statsmodels' leverage, and its changes of the mean when a study is left out."""
    from statsmodels.regression.linear_model import OLS

    ours, fit = influence(Y, V, "EE"), OLS(Y / np.sqrt(V), 1 / np.sqrt(V)).fit()
    theirs = fit.get_influence()
    assert ours.hat == pytest.approx(theirs.hat_matrix_diag)
    assert np.array(ours.dfbs) == pytest.approx(theirs.dfbeta[:, 0] / np.sqrt(fit.normalized_cov_params[0, 0]))
    assert np.array(ours.cook_d) == pytest.approx(theirs.cooks_distance[0] * fit.scale)


def test_predictions_shrink() -> None:
    """Between the effect and the mean; the same as the mean where tau² is 0."""
    ours, fit = blup(Y, V), pool_effects(Y, V)
    assert np.all((np.array(ours.pred) - fit.mu) * (Y - np.array(ours.pred)) >= 0)
    none = blup([0.5, 0.5], [0.1, 0.3])
    assert none.pred == (0.5, 0.5)
    assert none.se == pytest.approx([pool_effects([0.5, 0.5], [0.1, 0.3]).se] * 2)


def test_all_subsets() -> None:
    ours = gosh(Y, V, "DL")
    assert ours.complete
    assert len(ours.mu) == 2**6 - 1 == len({tuple(row) for row in ours.present.tolist()})
    for i, row in enumerate(ours.present):
        alone = pool_effects(Y[row], V[row], "DL")
        assert [ours.mu[i], ours.tau2[i], ours.I2[i], ours.Q[i]] == pytest.approx(
            [alone.mu, alone.tau2, alone.I2, alone.Q]
        )


@pytest.mark.parametrize("k", [6, 20, 62, 70])
def test_drawn_subsets(k: int) -> None:
    y = np.linspace(0, 1, k)
    one, again, other = (gosh(y, np.full(k, 0.1), "DL", 50, seed) for seed in (3, 3, 4))
    assert np.array_equal(one.present, again.present)
    assert not np.array_equal(one.present, other.present)
    assert len({tuple(row) for row in one.present.tolist()}) == 50
    assert one.present.any(axis=1).all()
    assert "50 of the" in one.warnings[0]


def test_each_study_is_in_half_of_the_drawn_subsets() -> None:
    present = gosh(np.zeros(40), np.ones(40), "EE", 4000).present
    assert np.all(np.abs(present.mean(axis=0) - 0.5) < 5 * np.sqrt(0.25 / 4000))


@pytest.mark.parametrize("y", [[0.5, 0.5], [0.0, 0.0, 0.0], [0.0, 10.0]])
def test_few_and_identical_studies(y: list[float]) -> None:
    v = [0.1] * len(y)
    for result in (
        influence(y, v),
        leave_one_out(y, v, test="knha"),
        cumulative(y, v, test="knha"),
        blup(y, v),
        gosh(y, v),
    ):
        told = result.to_dict()
        assert not any(
            isinstance(x, float) and np.isnan(x) for column in told.values() for x in np.ravel(np.array(column, object))
        )
        assert str(result)
    assert cumulative([1.0], [0.1]).k == (1,)


def test_one_giant_study_keeps_its_residual() -> None:
    """Its residual's variance is the small difference of two variances."""
    ours = influence([0.0, 1.0, 1.0], [1e-12, 1.0, 1.0], "EE")
    assert ours.resid_se[0] == pytest.approx(np.sqrt(1e-12 * 2 / (1e12 + 2)), rel=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: leave_one_out([1], [1]), "at least 2"),
        (lambda: influence([1], [1]), "at least 2"),
        (lambda: leave_one_out([1, 2], [1, 0]), "study 2: yi = 2, vi = 0"),
        (lambda: leave_one_out([1, 2], [1, 1], "XX"), "DL"),
        (lambda: leave_one_out([1, 2], [1, 1], studies=["a"]), "name each of the 2 studies"),
        (lambda: cumulative([1, 2], [1, 1], [2001]), "a number for each of the 2 studies"),
        (lambda: cumulative([1, 2], [1, 1], [2001, float("nan")]), "a number for each"),
        (lambda: gosh([1, 2], [1, 1], subsets=0), "subsets = 0"),
    ],
)
def test_bad_input_is_named(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_tables_print() -> None:
    names = ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]
    ours = influence(Y, V, studies=names)
    line = next(row for row in str(ours).splitlines() if row.startswith("Cy"))
    assert f"{ours.rstudent[2]:.4f}" in line
    assert ("*" in line) == ours.influential[2]
    assert cumulative(Y, V, -V, studies=names).study[0] == "Ed"
    assert "Without each study" in str(leave_one_out(Y, V, studies=names))
    assert "Flo" in str(gosh(Y, V, studies=names))


def test_refits_of_several_peaks_are_named() -> None:
    table = TABLES["edge_outlier"]
    y, v = escalc("PLO", *(np.array(table[c], float) for c in ("events", "n")))
    several = [
        i
        for i in range(len(y))
        if any("peaks" in w for w in pool_effects(np.delete(y, i), np.delete(v, i), "ML").warnings)
    ]
    said = [w for w in leave_one_out(y, v, "ML").warnings if "several peaks" in w]
    assert len(several) > 0
    assert said[0].endswith("without " + ", ".join(str(i + 1) for i in several))


def test_leaving_one_of_fifty_out_is_quick() -> None:
    """R's metafor takes 0.40 s of a busy core; at most a tenth of that."""
    rng = np.random.default_rng(5)
    v = rng.uniform(0.02, 0.5, 50)
    y = rng.normal(0, np.sqrt(v + 0.2))
    leave_one_out(y, v)
    begin = time.process_time()
    leave_one_out(y, v)
    assert time.process_time() - begin < 0.04
