"""Every measure and every estimator against R's metafor 3.8-1, on every table of the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.stats import clopper_pearson, pool_proportions, wilson
from pipeline.stats.effects import MEASURES
from pipeline.stats.tau2 import ESTIMATORS

HERE = Path(__file__).parent
FULL = HERE.parent.parent.parent / "shared/reference/proportions_dev.json"


def tables() -> dict[str, Any]:
    path = FULL if FULL.is_file() else HERE / "reference.json"
    datasets: dict[str, Any] = json.loads(path.read_text("utf-8"))["datasets"]
    return datasets


TABLES = tables()


def cells() -> Iterator[tuple[str, str, str]]:
    for name, table in TABLES.items():
        for measure, answers in table["measures"].items():
            for method, answer in answers["est"].items():
                if "mu" in answer:
                    yield name, measure, method


def close(ours: float | None, theirs: float | None, tolerance: float = 1e-6) -> bool:
    """Relative; absolute below 0.01, where R's own convergence ends."""
    return theirs is None or (ours is not None and abs(ours - theirs) <= tolerance * max(abs(theirs), 1e-2))


@pytest.mark.parametrize(("name", "measure", "method"), list(cells()))
def test_two_step(name: str, measure: str, method: str) -> None:
    table = TABLES[name]
    answer = table["measures"][measure]["est"][method]
    fit = pool_proportions(table["events"], table["n"], measure=measure, method=method)
    for field in ("tau2", "se_tau2", "I2", "H2", "Q", "mu", "se"):
        assert close(getattr(fit, field), answer.get(field)), field
    assert all(close(a, b) for a, b in zip(fit.ci, answer["ci"], strict=True))
    assert all(close(a, b) for a, b in zip(fit.pi, answer["pi_z"], strict=True))
    if answer.get("bt"):
        assert close(fit.proportion, answer["bt"]["mu"])
    if len(table["n"]) > 1 and answer.get("knha", {}).get("ci"):
        knha = pool_proportions(table["events"], table["n"], measure=measure, method=method, test="knha")
        assert all(close(a, b) for a, b in zip(knha.ci, answer["knha"]["ci"], strict=True))


def test_no_estimator_or_measure_is_without_a_reference() -> None:
    """EE has no tau² and is checked through the others' weights at tau² = 0."""
    have = {(measure, method) for _, measure, method in cells()}
    assert have == {(measure, method) for measure in MEASURES for method in ESTIMATORS if method != "EE"}


@pytest.mark.parametrize(
    "name", [n for n, t in TABLES.items() if "mu" in (t["glmm"].get("nAGQ7", {}).get("check") or {})]
)
def test_glmm(name: str) -> None:
    table = TABLES[name]
    check = table["glmm"]["nAGQ7"]["check"]
    fit = pool_proportions(table["events"], table["n"], model="glmm")
    if check.get("unbounded"):
        assert fit.model == "iv"
        assert "no GLMM" in fit.warnings[0]
        return
    assert fit.model == "glmm"
    assert close(fit.mu, check["mu"], 1e-5)
    assert close(fit.tau2, check["tau2"], 1e-4)
    assert close(fit.se, check["se"], 1e-3)


@pytest.mark.skipif(not FULL.is_file(), reason="needs ../shared, which is not here")
@pytest.mark.parametrize("name", list(TABLES))
def test_intervals_of_studies(name: str) -> None:
    study = TABLES[name]["study"]
    for ours, theirs in ((clopper_pearson, "clopper_pearson"), (wilson, "wilson")):
        low, high = ours(TABLES[name]["events"], TABLES[name]["n"])
        assert np.allclose(low, study[theirs]["lo"], rtol=1e-8, atol=1e-12)
        assert np.allclose(high, study[theirs]["hi"], rtol=1e-8, atol=1e-12)
