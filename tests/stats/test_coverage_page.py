"""docs/statistics.md and docs/coverage.csv: complete, equal to each other, and what the simulation gives."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from itertools import product

import pytest

from pipeline import stats
from pipeline.config import Analysis
from pipeline.stats.glmm import averaged
from scripts import validate
from scripts.validate import PAGE, Cell, Scenario

TEXT = PAGE.read_text("utf-8")
CELLS = validate.read()


def key(cell: Cell) -> tuple[object, ...]:
    return (cell.model, cell.measure, cell.method, cell.test, cell.k, cell.sizes, cell.median, cell.tau)


def test_the_grid_is_complete() -> None:
    drawn = (validate.STUDIES, validate.SIZES, validate.MEDIANS, validate.TAUS)
    few = (validate.GLMM_STUDIES, validate.SIZES, validate.GLMM_MEDIANS, validate.TAUS)
    expected = [
        *product(("iv",), validate.SIMULATED, validate.METHODS, validate.TESTS, *drawn),
        *product(("glmm",), ("PLO",), ("ML",), validate.GLMM_TESTS, *few),
    ]
    assert Counter(map(key, CELLS)) == Counter(expected)
    assert {c.replicates for c in CELLS if c.model == "iv"} == {validate.REPLICATES}
    assert {c.replicates for c in CELLS if c.model == "glmm"} == {validate.GLMM_REPLICATES}


def test_the_tables_of_the_page_are_those_of_the_cells() -> None:
    assert validate.with_tables(TEXT, CELLS) == TEXT


def test_the_page_says_how_the_tables_were_made() -> None:
    section = " ".join(TEXT.split("## Coverage\n")[1].split())
    assert f"seed {validate.SEED})" in section
    assert f"simulates {validate.REPLICATES} meta-analyses" in section
    assert f"by the GLMM ({validate.GLMM_REPLICATES} of them)" in section
    for values in (validate.STUDIES, validate.MEDIANS):
        assert f"({', '.join(map(str, values))})" in section
    for sizes in validate.SIZES.values():
        assert "{} to {}".format(*sizes) in section


@pytest.mark.parametrize("scenario", [Scenario(10, "10-40", 0.1, 0.5), Scenario(5, "50-200", 0.3, 0.0)])
def test_a_scenario_simulated_again_gives_its_cells(scenario: Scenario) -> None:
    written = {key(c): c for c in CELLS}
    for cell in validate.measured(scenario):
        for target in ("own_mean", "median_study", "new_study", "new_study_hts"):
            assert abs(getattr(cell, target) - getattr(written[key(cell)], target)) < 0.002, (key(cell), target)


def test_coverage_is_the_same_for_events_and_non_events() -> None:
    """Medians 0.1 and 0.9 are mirror images: any difference is chance (at most five standard errors of one)."""
    written = {key(c): c for c in CELLS}
    pairs = [
        (c, written[(*key(c)[:6], 0.9, c.tau)])
        for c in CELLS
        if c.median == 0.1 and c.measure == "PLO"
        if c.model == "iv"
    ]
    for one, other in pairs:
        p = (one.median_study + other.median_study) / 2
        assert abs(one.median_study - other.median_study) < 5 * (2 * p * (1 - p) / one.replicates) ** 0.5


def test_the_own_mean_by_symmetry_and_as_the_glmm_averages() -> None:
    assert validate.own_mean("PLO", 0.5, 1.0) == pytest.approx(0, abs=1e-12)
    assert validate.own_mean("PR", 0.5, 1.0) == pytest.approx(0.5)
    assert validate.own_mean("PR", 0.1, 1.0) == pytest.approx(averaged(validate.logit(0.1), 1.0), abs=1e-8)
    assert validate.own_mean("PFT", 0.3, 0.5) == validate.own_mean("PAS", 0.3, 0.5)


def test_every_public_name_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)`", TEXT))
    assert [name for name in stats.__all__ if name not in named] == []


def test_every_module_is_of_a_family() -> None:
    table = TEXT.split("## What there is\n")[1].split("\n## ")[0]
    families = [f for row in table.splitlines() for f in re.findall(r"`([\w*]+)`", row.strip("|").split("|")[0])]
    patterns = [re.compile(f.replace("*", r"\w*") + "$") for f in families]
    modules = {p.stem for p in PAGE.parent.parent.glob("pipeline/stats/*.py")}
    assert [f.pattern for f in patterns if not any(f.match(m) for m in modules)] == []


def test_the_defaults_are_those_of_the_code() -> None:
    given = {n: p.default for n, p in inspect.signature(stats.pool_proportions).parameters.items()}
    assert [given[n] for n in ("measure", "method", "test", "pi")] == ["PLO", "REML", "z", "metafor"]
    assert [Analysis.model_fields[n].default for n in ("measure", "method", "test")] == ["PLO", "REML", "knha"]


def test_the_page_is_short() -> None:
    assert len(TEXT.splitlines()) <= 120
