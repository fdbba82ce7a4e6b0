"""The stage: rows after the overrides → pooled.json and the R script."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from scipy import optimize, stats
from statsmodels.stats.meta_analysis import combine_effects

from pipeline.config import Drug, OutcomeDefinition
from pipeline.errors import UserError
from pipeline.pool.__main__ import main
from pipeline.pool.outcomes import pool_outcomes
from pipeline.pooled import PooledOutcome
from pipeline.resolved import ArmRow, OutcomeRow, StudyRow
from pipeline.tables import write_rows
from tests.pool.pool_rows import Spec, settings, tables

SEEDS = Path(__file__).parents[3] / "shared/gold/seeds"

SPECS: list[Spec] = [
    ("berg", "A1", "x", 2011, 8, 20),
    ("adams", "A1", "x", 2015, 12, 40),
    ("cole", "A1", "y", None, 5, 5),
    ("adams", "A2", "x", 2015, 9, 10),
    ("dorn", "A1", "x", None, 7, 21),
]


def pooled(specs: list[Spec], **analysis: Any) -> PooledOutcome:
    return pool_outcomes(*tables(specs), settings(**analysis))[0]


def labelled(outcome: str) -> list[tuple[int, int]]:
    """(events, n) of each arm that the labels give for an outcome, subgroups left out."""
    found = []
    for path in sorted(SEEDS.glob("seed-*.json")):
        record = json.loads(path.read_text("utf-8"))
        arms = {a["arm"] for a in record["arms"] if a.get("role") != "subgroup"} if record["include"] else set()
        rows = [o for o in record["outcomes"] if o["class"] == outcome and o["arm"] in arms]
        found += [(o["events"], o["n"]) for o in rows if o["events"] is not None]
    return found


@pytest.mark.skipif(not SEEDS.is_dir(), reason="needs ../shared, which is not here")
@pytest.mark.parametrize("outcome", ["overall_response", "complete_response"])
def test_labels_of_the_seeds_against_statsmodels_and_direct_integration(outcome: str) -> None:
    counts = labelled(outcome)
    assert len(counts) == {"overall_response": 11, "complete_response": 4}[outcome]
    specs: list[Spec] = [(f"s{i}", "A1", "one", 2000, e, n) for i, (e, n) in enumerate(counts)]
    result = pooled(specs, method="PM", test="z").overall
    assert result is not None
    assert (result.events, result.n) == (sum(e for e, _ in counts), sum(n for _, n in counts))
    iv, glmm = result.fits["iv"], result.fits["glmm"]

    half = np.array([(e + 0.5, n + 1) if e in (0, n) else (e, n) for e, n in counts])
    x, rest = half[:, 0], half[:, 1] - half[:, 0]
    theirs = combine_effects(np.log(x / rest), 1 / x + 1 / rest, method_re="iterated", atol=1e-7)
    assert math.isclose(number(iv["mu"]), theirs.mean_effect_re, rel_tol=1e-6)
    assert math.isclose(number(iv["tau2"]), theirs.tau2, rel_tol=1e-6)

    mu, tau = by_integration(counts)
    assert math.isclose(number(glmm["mu"]), mu, abs_tol=2e-3)  # seven quadrature points against the integral
    assert math.isclose(math.sqrt(number(glmm["tau2"])), tau, abs_tol=5e-3)


def by_integration(counts: list[tuple[int, int]]) -> tuple[float, float]:
    """Maximum of the GLMM's likelihood with each integral done by trapezoids, so fine that they are exact here."""
    u = np.linspace(-8, 8, 4001)
    density = stats.norm.pdf(u)

    def lost(theta: Any) -> float:
        p = 1 / (1 + np.exp(-theta[0] - (abs(theta[1]) + 1e-9) * u))
        return -sum(math.log(np.trapezoid(stats.binom.pmf(e, n, p) * density, u)) for e, n in counts)

    found = optimize.minimize(lost, [0.5, 0.6], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    return float(found.x[0]), abs(float(found.x[1]))


def number(value: object) -> float:
    assert isinstance(value, float)
    return value


def test_order_labels_and_weights() -> None:
    effects = pooled(SPECS).effects
    assert [(e.label, e.regimen_class) for e in effects] == [
        ("Berg", "x"),
        ("Adams, arm A1", "x"),
        ("Adams, arm A2", "x"),
        ("Dorn", "x"),  # without a year: last of its class
        ("Cole", "y"),
    ]
    assert math.isclose(sum(e.weight for e in effects), 100)
    cole = effects[-1]
    assert cole.proportion == 1
    assert math.isclose(cole.ci[0], 0.025 ** (1 / 5))  # Clopper-Pearson for n of n
    assert cole.ci[1] == 1


def test_a_class_of_one_arm_is_told_exactly_and_without_heterogeneity() -> None:
    by_class = {c.name: c for c in pooled(SPECS).by_class}
    fit = by_class["y"].fits["iv"]
    assert (by_class["y"].k, fit["model"], fit["proportion"]) == (1, "exact", 1.0)
    assert fit["proportion_ci"] == [pytest.approx(0.025 ** (1 / 5)), 1.0]
    assert all(fit[name] is None for name in ("tau2", "I2", "H2", "Q", "proportion_pi", "mu"))
    assert by_class["x"].k == 4
    assert set(by_class["x"].fits) == {"iv", "glmm"}


def test_classes_are_compared_with_one_tau2() -> None:
    """Equal effects: then Q_between is the squared difference of the class means over its variance."""
    specs: list[Spec] = [("a", "A1", "x", 1, 10, 20), ("b", "A1", "x", 2, 30, 60), ("c", "A1", "y", 3, 8, 40)]
    test = pooled(specs, method="EE", test="z").class_test
    assert test is not None
    difference = math.log(40 / 40) - math.log(8 / 32)
    assert math.isclose(test["Q_between"], difference**2 / (1 / (5 + 15) + 1 / 8 + 1 / 32))
    assert test["df"] == 1


def test_classes_of_one_arm_each_are_not_compared() -> None:
    specs: list[Spec] = [("a", "A1", "x", 1, 10, 20), ("b", "A1", "y", 2, 30, 60)]
    result = pooled(specs)
    assert result.class_test is None
    assert result.overall is not None
    assert any("each class has one arm" in w for w in result.overall.warnings)


def test_the_glmm_takes_t_where_the_config_asks_knapp_hartung() -> None:
    result = pooled(SPECS, test="knha").overall
    assert result is not None
    assert (result.fits["iv"]["test"], result.fits["glmm"]["test"]) == ("knha", "t")


def test_rows_not_for_pooling_stay_out_and_nothing_to_pool_is_null() -> None:
    outcomes, arms, studies = tables(SPECS, pooled=False)
    result = pool_outcomes(outcomes, arms, studies, settings())[0]
    assert (result.overall, result.effects, result.by_class, result.class_test) == (None, [], [], None)


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert pooled(SPECS[::-1]) == pooled(SPECS)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("berg", "A1", "x", 2011, 8, 20), "study berg, arm A1: overall_response is marked for pooling 2 times"),
        (("new", "A1", "x", 2011, None, 20), "study new, arm A1: overall_response: events = None, n = 20"),
        (("new", "A1", "x", 2011, 3, 2), "events = 3, n = 2 cannot be pooled"),
    ],
)
def test_rows_that_cannot_be_pooled_are_named(more: Spec, message: str) -> None:
    with pytest.raises(UserError, match=message):
        pooled([*SPECS, more])


def test_an_unknown_arm_is_named_with_those_there_are() -> None:
    outcomes, arms, studies = tables(SPECS)
    with pytest.raises(UserError, match=r"study adams, arm A2: .* no such arm \(it has A1\)"):
        pool_outcomes(outcomes, [a for a in arms if (a.study, a.arm) != ("adams", "A2")], studies, settings())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    outcomes, arms, studies = tables(SPECS)
    write_rows(tmp_path / "outcomes.csv", OutcomeRow, outcomes)
    write_rows(tmp_path / "arms.csv", ArmRow, arms)
    write_rows(tmp_path / "studies.csv", StudyRow, studies)
    config = settings()
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.yaml").write_text(yaml.safe_dump(config.config.model_dump()), encoding="utf-8")
    write_rows(tmp_path / "config/drugs.csv", Drug, [])
    write_rows(tmp_path / "config/outcomes.csv", OutcomeDefinition, config.outcomes)
    return tmp_path


def run(folder: Path, out: str) -> int:
    tables = [str(folder / f"{name}.csv") for name in ("studies", "arms", "outcomes")]
    return main([*tables, str(folder / out / "pooled.json"), "--r", str(folder / out / "m.R"),
                 "--config", str(folder / "config")])  # fmt: skip


def test_the_command_writes_the_same_bytes_twice(folder: Path) -> None:
    assert run(folder, "one") == run(folder, "two") == 0
    for name in ("pooled.json", "m.R"):
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()
    rows = json.loads((folder / "one/pooled.json").read_text("utf-8"), parse_constant=pytest.fail)
    assert [PooledOutcome.model_validate(r).label for r in rows] == ["Overall response"]


def test_the_command_tells_what_is_wrong(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "arms.csv").write_text("study,arm\n", encoding="utf-8")
    assert run(folder, "out") == 2
    assert "arms.csv:1: missing column" in capsys.readouterr().err
