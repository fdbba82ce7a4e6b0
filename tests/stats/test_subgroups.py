"""Subgroups as one result, against metafor's models of each group and of all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pipeline.stats import Subgroups, between, between_common, pool_proportions, subgroups
from pipeline.stats.effects import MEASURES
from pipeline.stats.inference import TESTS
from pipeline.stats.tau2 import ESTIMATORS
from tests.stats.test_reference import TABLES, assert_close

EVENTS, N = [3, 8, 20, 14, 2, 9, 11, 4], [10, 12, 40, 30, 9, 11, 25, 30]
GROUPS = list("abababbc")


def cells() -> Iterator[tuple[str, str, str]]:
    for name, table in TABLES.items():
        for column, source in table.get("subgroup", {}).items():
            for method in source["results"]:
                yield name, column, method


def fitted(name: str, column: str, method: str, tau2: str) -> tuple[Subgroups, dict[str, Any]]:
    table, source = TABLES[name], TABLES[name]["subgroup"][column]
    ours = subgroups(table["events"], table["n"], source["group"], source["measure"], method, tau2=tau2)
    return ours, source["results"][method][f"{tau2}_tau2"]


@pytest.mark.parametrize(("name", "column", "method"), list(cells()))
def test_separate_tau2(name: str, column: str, method: str) -> None:
    ours, answer = fitted(name, column, method, "separate")
    assert list(ours.fits) == list(answer["groups"])
    for group, theirs in answer["groups"].items():
        fit = ours.fits[group]
        for field in ("k", "tau2", "Q", "mu", "se", "ci"):
            assert_close(getattr(fit, field), theirs[field], 1e-8, field)
        assert_close(fit.Q_p, theirs["Qp"], 1e-8, "Qp")
        assert_close(fit.I2, theirs["I2"], 1e-8, "I2", zero=1e-8)
    assert_close(
        [ours.Q_between, ours.Q_df, ours.p], [answer["test"][f] for f in ("Q_between", "df", "p")], 1e-8, "test"
    )
    assert (ours.tau2, ours.R2, ours.QE) == (None, None, None)


@pytest.mark.parametrize(("name", "column", "method"), list(cells()))
def test_common_tau2(name: str, column: str, method: str) -> None:
    ours, answer = fitted(name, column, method, "common")
    theirs, test = answer["fit"], answer["test"]
    assert list(ours.fits) == list(theirs["mu"])
    for group, fit in ours.fits.items():
        assert_close([fit.mu, fit.se], [theirs["mu"][group], theirs["se"][group]], 1e-8, group)
    assert_close([f.ci[0] for f in ours.fits.values()], theirs["ci_lb"], 1e-8, "ci_lb")
    assert_close([f.ci[1] for f in ours.fits.values()], theirs["ci_ub"], 1e-8, "ci_ub")
    assert_close([ours.tau2, ours.QE, ours.QE_p], [theirs["tau2"], theirs["QE"], theirs["QEp"]], 1e-8, "model")
    assert_close([ours.Q_between, ours.Q_df, ours.p], [test["Q_between"], test["df"], test["p"]], 1e-8, "test")
    assert_close(ours.R2, test["R2"], 1e-8, "R2")


@pytest.mark.parametrize("measure", list(MEASURES))
@pytest.mark.parametrize("method", list(ESTIMATORS))
def test_the_tests_are_those_of_the_parts(measure: str, method: str) -> None:
    common = subgroups(EVENTS, N, GROUPS, measure, method, test="knha", tau2="common")
    test = between_common(EVENTS, N, GROUPS, measure, method)
    assert test is not None
    assert [common.Q_between, common.p] == pytest.approx([test["Q_between"], test["p"]], rel=1e-7)
    assert sum(f.Q for f in common.fits.values()) == pytest.approx(common.QE)
    separate = subgroups(EVENTS, N, GROUPS, measure, method, test="knha")
    test = between(list(separate.fits.values()))
    assert test is not None
    assert [separate.Q_between, separate.p] == [test["Q_between"], test["p"]]


@pytest.mark.parametrize("test", list(TESTS))
def test_q_adds_up_where_effects_are_equal(test: str) -> None:
    """Cochran's Q of all is that within plus that between the groups."""
    ours = subgroups(EVENTS, N, GROUPS, method="EE", test=test, tau2="common")
    assert ours.QE is not None
    assert ours.Q_between is not None
    assert ours.QE + ours.Q_between == pytest.approx(pool_proportions(EVENTS, N, method="EE").Q)


def test_a_separate_group_is_its_own_fit() -> None:
    ours = subgroups(EVENTS, N, GROUPS, test="knha")
    mine = [i for i, g in enumerate(GROUPS) if g == "b"]
    assert ours.fits["b"] == pool_proportions([EVENTS[i] for i in mine], [N[i] for i in mine], test="knha")
    assert "one study in c" in ours.warnings[0]


@pytest.mark.parametrize("tau2", ["separate", "common"])
def test_glmm(tau2: str) -> None:
    ours = subgroups(EVENTS[:7], N[:7], GROUPS[:7], model="glmm", tau2=tau2)
    assert {f.model for f in ours.fits.values()} == {"glmm"}
    assert all(0 < f.proportion_ci[0] < f.proportion < f.proportion_ci[1] < 1 for f in ours.fits.values())
    mods = pool_proportions(EVENTS[:7], N[:7], model="glmm", mods="g", data={"g": GROUPS[:7]})
    if tau2 == "common":
        assert ours.Q_between == pytest.approx(mods.regression.QM, rel=1e-6)  # type: ignore[attr-defined]
        assert ours.tau2 == pytest.approx(mods.tau2, rel=1e-6, abs=1e-9)
    fallen = subgroups([5, 9, 7, 0, 0], [5, 9, 7, 6, 8], list("aaabb"), model="glmm", tau2=tau2)
    assert {(f.model, f.model_asked) for f in fallen.fits.values()} == {("iv", "glmm")}


@pytest.mark.parametrize("tau2", ["separate", "common"])
def test_studies_without_a_group_and_numbers_as_groups(tau2: str) -> None:
    ours = subgroups(EVENTS, N, [10, 2, 10, 2, 10, 2, None, ""], tau2=tau2)
    assert list(ours.fits) == ["2", "10"]
    assert "studies 7, 8: no group" in ours.warnings[0]
    assert "Between groups: Q(1)" in str(ours)
    out = json.loads(json.dumps(ours.to_dict(), allow_nan=False))
    assert (out["tau2_of"], set(out["fits"])) == (tau2, {"2", "10"})


@pytest.mark.parametrize("tau2", ["separate", "common"])
def test_one_group_is_not_tested(tau2: str) -> None:
    ours = subgroups(EVENTS, N, ["all"] * 8, tau2=tau2)
    assert (ours.Q_between, ours.Q_df, ours.p) == (None, 0, None)
    assert ours.fits["all"].mu == pytest.approx(pool_proportions(EVENTS, N).mu, rel=1e-9)
    assert "not tested" in str(ours)


@pytest.mark.parametrize("tau2", ["separate", "common"])
@pytest.mark.parametrize(
    ("events", "n"), [([0] * 6, [9] * 6), ([9] * 6, [9] * 6), ([0, 1, 0, 1, 1, 0], [1] * 6), ([5] * 6, [10**6] * 6)]
)
def test_edges(events: list[int], n: list[int], tau2: str) -> None:
    for measure in MEASURES:
        ours = subgroups(events, n, list("aabbab"), measure=measure, test="knha", tau2=tau2)
        assert all(np.isfinite([f.mu, f.se, *f.ci, *f.pi]).all() for f in ours.fits.values())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"groups": ["a"]}, "each of the 8 studies, got 1"),
        ({"groups": [None] * 8}, "no study has one"),
        ({"tau2": "x"}, "separate, common"),
        ({"measure": "OR"}, "PLO"),
        ({"test": "x"}, "knha"),
        ({"groups": list("abcdefgh"), "tau2": "common"}, "8 coefficients and tau² cannot be estimated from 8 studies"),
        ({"model": "glmm", "measure": "PR", "tau2": "common"}, "measure of the glmm"),
        ({"model": "beta-binomial", "tau2": "common"}, "one tau² for all.*iv, glmm"),
    ],
)
def test_bad_input_is_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        subgroups(EVENTS, N, **({"groups": GROUPS} | options))
