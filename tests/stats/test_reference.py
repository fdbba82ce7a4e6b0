"""Every measure and every estimator against R's metafor 3.8-1, on every table of the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.stats import Fit, between, between_common, clopper_pearson, pool_proportions, wilson
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.tau2 import ESTIMATORS, WITHOUT_R

HERE = Path(__file__).parent
FULL = HERE.parent.parent.parent / "shared/reference/proportions_dev.json"

#: tau² by iteration in R, agreed to 1e-8 there; the others are closed formulas
ITERATED = {"ML", "REML", "EB", "PM"}


def tables() -> dict[str, Any]:
    path = FULL if FULL.is_file() else HERE / "reference.json"
    datasets: dict[str, Any] = json.loads(path.read_text("utf-8"))["datasets"]
    return datasets


TABLES = tables()


def cells() -> Iterator[tuple[str, str, str]]:
    for name, table in TABLES.items():
        for measure, answers in table["measures"].items():
            yield name, measure, "EE"
            for method, answer in answers["est"].items():
                if "mu" in answer:
                    yield name, measure, method


def answer_of(name: str, measure: str, method: str) -> dict[str, Any]:
    answers: dict[str, Any] = TABLES[name]["measures"][measure]
    found: dict[str, Any] = answers["common"] if method == "EE" else answers["est"][method]
    return found


def assert_close(ours: Any, theirs: Any, tolerance: float, what: str, zero: float = 1e-11) -> None:
    """Relative; below `zero` R's number is rounding error of a 0. None must meet None."""
    if theirs is None or ours is None:
        assert ours is theirs, what
        return
    theirs = np.array([float(t) for t in np.ravel(theirs)])
    scale = np.where(np.abs(theirs) > zero, np.abs(theirs), max(1.0, zero / tolerance))
    gap = np.abs(np.ravel(ours) - theirs) / scale
    assert np.all(gap <= tolerance), f"{what}: {ours} against {theirs.tolist()}"


def fitted(name: str, **options: Any) -> Fit:
    return pool_proportions(TABLES[name]["events"], TABLES[name]["n"], **options)


@pytest.mark.parametrize("name", list(TABLES))
def test_effects(name: str) -> None:
    events, n = (np.array(TABLES[name][c], float) for c in ("events", "n"))
    for measure, answers in TABLES[name]["measures"].items():
        yi, vi = escalc(measure, events, n)
        assert_close(yi, answers["escalc"]["yi"], 1e-12, measure)
        assert_close(vi, answers["escalc"]["vi"], 1e-12, measure)


@pytest.mark.parametrize(("name", "measure", "method"), list(cells()))
def test_two_step(name: str, measure: str, method: str) -> None:
    answer = answer_of(name, measure, method)
    tolerance = 1e-6 if method in ITERATED else 1e-8
    fit = fitted(name, measure=measure, method=method)
    for field, theirs in {"mu": "mu", "se": "se", "p": "p", "ci": "ci", "Q": "Q", "Q_p": "Qp", "stat": "z"}.items():
        assert_close(getattr(fit, field), answer[theirs], tolerance, field)
    for field in ("I2", "H2"):
        assert_close(getattr(fit, field), answer[field], tolerance, field, zero=1e-8)  # I² of 1e-9 % is 0
    if method != "EE":
        assert_close(fit.tau2, answer["tau2"], tolerance, "tau2")
        assert_close(fit.se_tau2, answer["se_tau2"], tolerance, "se_tau2")
        assert_close(fit.pi, answer["pi_z"], tolerance, "pi")
    if "bt" in answer:
        expected = np.clip(np.array([answer["bt"]["mu"], *answer["bt"]["ci"]], float), 0, 1)
        assert_close([fit.proportion, *fit.proportion_ci], expected, 1e-6, "proportion")
    if "pi_z" in answer.get("bt", {}):
        assert_close(fit.proportion_pi, np.clip(np.array(answer["bt"]["pi_z"], float), 0, 1), 1e-6, "proportion_pi")


@pytest.mark.parametrize(("name", "measure", "method"), [c for c in cells() if "knha" in answer_of(*c)])
def test_knapp_hartung(name: str, measure: str, method: str) -> None:
    answer = answer_of(name, measure, method)["knha"]
    fit = fitted(name, measure=measure, method=method, test="knha")
    assert fit.df == answer["df"]
    for field in ("se", "ci", "pi", "p"):
        assert_close(getattr(fit, field), answer[field], 1e-6, field)
    if isinstance(answer["t"], str):  # "Inf" or "-Inf": identical studies
        assert fit.stat == float(answer["t"])
    else:
        assert_close(fit.stat, answer["t"], 1e-6, "stat")


@pytest.mark.parametrize("name", list(TABLES))
def test_q_profile(name: str) -> None:
    for measure, answers in TABLES[name]["measures"].items():
        profile, fit = answers["q_profile"], fitted(name, measure=measure)
        if "error" in profile:
            assert fit.tau2_ci is None
            continue
        for ours, theirs in ((fit.tau2_ci, "tau2"), (fit.I2_ci, "I2"), (fit.H2_ci, "H2")):
            assert_close(ours, profile[theirs], 1e-6, f"{measure} {theirs}")
        assert any("Q is smaller" in w for w in fit.warnings) == profile["empty_set"]


def test_no_estimator_or_measure_is_without_a_reference() -> None:
    have = {(measure, method) for _, measure, method in cells()}
    assert have == {(measure, method) for measure in MEASURES for method in set(ESTIMATORS) - set(WITHOUT_R)}


@pytest.mark.parametrize(
    "name", [n for n, t in TABLES.items() if "mu" in (t["glmm"].get("nAGQ7", {}).get("check") or {})]
)
def test_glmm(name: str) -> None:
    answer = TABLES[name]["glmm"]["nAGQ7"]
    check = answer["check"]
    fit = fitted(name, model="glmm")
    if check.get("unbounded"):
        assert fit.model == "iv"
        assert "no GLMM" in fit.warnings[0]
        return
    assert fit.model == "glmm"
    assert_close(fit.mu, check["mu"], 1e-5, "mu")
    assert_close(fit.tau2, check["tau2"], 1e-5, "tau2", zero=1e-9)
    assert_close(fit.se, check["se"], 1e-3, "se")
    if "QE_LRT" in answer:
        assert_close(fit.Q, answer["QE_LRT"], 1e-6, "Q")
        assert_close(fit.Q_p, answer["QEp_LRT"], 1e-6, "Q_p")
        assert_close(fit.I2, answer["I2"], 1e-4, "I2")


def subgroups() -> Iterator[tuple[str, str, str]]:
    for name, table in TABLES.items():
        for column, source in table.get("subgroup", {}).items():
            for method in source["results"]:
                yield name, column, method


@pytest.mark.parametrize(("name", "column", "method"), list(subgroups()))
def test_between_subgroups(name: str, column: str, method: str) -> None:
    table, source = TABLES[name], TABLES[name]["subgroup"][column]
    answer, measure = source["results"][method], source["measure"]
    rows = [r for r in zip(table["events"], table["n"], source["group"], strict=True) if r[2] is not None]
    events, n, groups = (list(c) for c in zip(*rows, strict=True))
    common = between_common(events, n, groups, measure, method)
    apart = between([of_group(rows, g, measure=measure, method=method, test="knha") for g in sorted(set(groups))])
    for ours, theirs in ((common, answer["common_tau2"]["test"]), (apart, answer["separate_tau2"]["test"])):
        assert ours is not None
        for field in ("Q_between", "df", "p"):
            assert_close(ours[field], theirs[field], 1e-6, field)


def of_group(rows: Sequence[tuple[int, int, str]], group: str, **options: Any) -> Fit:
    mine = [(e, n) for e, n, g in rows if g == group]
    return pool_proportions([e for e, _ in mine], [n for _, n in mine], **options)


@pytest.mark.parametrize("name", list(TABLES))
def test_intervals_of_studies(name: str) -> None:
    study = TABLES[name]["study"]
    for ours, theirs in ((clopper_pearson, "clopper_pearson"), (wilson, "wilson")):
        low, high = ours(TABLES[name]["events"], TABLES[name]["n"])
        assert np.allclose(low, study[theirs]["lo"], rtol=1e-8, atol=1e-12)
        assert np.allclose(high, study[theirs]["hi"], rtol=1e-8, atol=1e-12)
