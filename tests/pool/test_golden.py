"""The numbers behind each plot, against metafor's on the same counts (`metafor_values.csv`, made by `metafor_values.R`
with metafor 3.8-1 on R 4.2.2; not by litpool)."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from pipeline.analysed import Analyses
from pipeline.pool.analyses import analyse
from pipeline.pool.other_rows import Tables
from pipeline.pool.outcomes import pool_outcomes
from pipeline.pooled import PooledOutcome
from tests.pool.pool_rows import Spec, settings, tables

VALUES = Path(__file__).with_name("metafor_values.csv")
#: closed forms; REML is an optimum, converged on both sides
CLOSE = 1e-7
#: trimfill's inner fits stop at R's usual criterion
FILLED = 1e-5


def read() -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    with VALUES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["what"]].append(float(row["value"]))
    return dict(found)


R = read()
SPECS: list[Spec] = [
    (f"s{i}", "A1", "xy"[i % 2], None if i == 4 else 2000 + i, int(events), int(n))
    for i, (events, n) in enumerate(zip(R["counts.events"], R["counts.n"], strict=True))
]
LABELS = [f"S{i}" for i in range(len(SPECS))]


@pytest.fixture(scope="module")
def pooled() -> PooledOutcome:
    (found,) = pool_outcomes(*tables(SPECS), settings())
    return found


@pytest.fixture(scope="module")
def analysed() -> Analyses:
    return analysed_of(SPECS)


def analysed_of(specs: list[Spec]) -> Analyses:
    outcomes, arms, studies = tables(specs)
    pooled = pool_outcomes(outcomes, arms, studies, settings())
    (found,) = analyse(pooled, Tables(studies, arms, outcomes), settings())
    return found


def close(values: object, what: str) -> None:
    assert values == pytest.approx(R[what], rel=CLOSE, abs=1e-9), what


def test_forest(pooled: PooledOutcome) -> None:
    effects = {e.label: e for e in pooled.effects}
    close([effects[name].weight for name in LABELS], "forest.weight")
    close([effects[name].ci[0] for name in LABELS], "forest.low")
    close([effects[name].ci[1] for name in LABELS], "forest.high")
    assert pooled.overall is not None
    fit = pooled.overall.fits["iv"]
    close([fit["proportion"], *fit["proportion_ci"]], "main.proportion")  # type: ignore[misc]
    close(fit["proportion_pi"], "main.pi")
    close([fit[name] for name in ("tau2", "I2", "Q", "Q_p")], "main.heterogeneity")


def test_classes(pooled: PooledOutcome) -> None:
    assert pooled.class_test is not None
    close([pooled.class_test[name] for name in ("Q_between", "df", "p")], "class.test")


@pytest.mark.parametrize(("number", "prefix"), [(0, "funnel"), (1, "funnel.PAS")])
def test_funnel(analysed: Analyses, number: int, prefix: str) -> None:
    funnel = analysed.funnels[number]
    points = {p.label: p for p in funnel.points if not p.filled}
    close([points[name].y for name in LABELS], f"{prefix}.y")
    close([points[name].at for name in LABELS], f"{prefix}.se")


def test_the_funnels_center_and_that_nothing_is_added_to_it(analysed: Analyses) -> None:
    close([analysed.funnels[0].center], "funnel.center")
    assert [sum(p.filled for p in analysed.funnels[0].points)] == R["funnel.filled"]


def test_what_trim_and_fill_adds() -> None:
    counts = zip(R["skewed.events"], R["skewed.n"], strict=True)
    found = analysed_of([(f"s{i}", "A1", "x", 2000, int(events), int(n)) for i, (events, n) in enumerate(counts)])
    added = sorted((p.y, p.at) for p in found.funnels[0].points if p.filled)
    theirs = sorted(zip(R["skewed.L0.y"], R["skewed.L0.se"], strict=True))
    assert len(added) == len(theirs) > 2
    for ours, other in zip(added, theirs, strict=True):
        assert ours == pytest.approx(other, rel=FILLED)
    assert found.small_study is not None
    for adjusted in found.small_study.adjusted:
        for estimator in ("L0", "R0"):
            if f"fill {estimator}" in adjusted.name:
                assert [adjusted.proportion, *adjusted.ci] == pytest.approx(R[f"skewed.{estimator}.pooled"], rel=FILLED)


def test_specification_curve(analysed: Analyses) -> None:
    found = {(c.measure, c.method, c.test): c for c in analysed.specifications if c.model == "iv"}
    assert {".".join(("choice", *key)) for key in found} == {what for what in R if what.startswith("choice.")}
    for key, choice in found.items():
        close([choice.proportion, *choice.ci], ".".join(("choice", *key)))


def test_without_each_arm(analysed: Analyses) -> None:
    found = {r.label: r for r in analysed.leave_one_out}
    for i, name in enumerate(LABELS, 1):
        r = found[name]
        close([r.proportion, *r.ci, r.tau2, r.i2], f"without.{i}")


def test_cumulative(analysed: Analyses) -> None:
    assert [r.label for r in analysed.cumulative] == [*LABELS[:4], *LABELS[5:], LABELS[4]]
    for i, r in enumerate(analysed.cumulative, 1):
        close([r.proportion, *r.ci, r.tau2, r.i2], f"growing.{i}")


def test_influence_and_baujat(analysed: Analyses) -> None:
    found = {p.label: p for p in analysed.influence}
    pulls = [found[name] for name in LABELS]
    for what, name in {"rstudent": "rstudent", "cook.d": "cook_d", "dffits": "dffits", "weight": "weight"}.items():
        close([getattr(p, name) for p in pulls], f"influence.{what}")
    assert [float(p.influential) for p in pulls] == R["influence.influential"]
    close([p.baujat_x for p in pulls], "baujat.x")
    close([p.baujat_y for p in pulls], "baujat.y")


def test_bubbles(analysed: Analyses) -> None:
    years = analysed.years
    assert years is not None
    close([years.slope, *years.slope_ci, years.p], "year.slope")
    close([years.tau2, years.i2, years.r2], "year.left")
    line = {round(p.at, 6): p for p in years.line}
    at = [line[year] for year in (2000, 2006, 2012)]
    close([p.proportion for p in at], "year.line")
    close([p.ci[0] for p in at], "year.line.low")
    close([p.ci[1] for p in at], "year.line.high")


def test_asymmetry(analysed: Analyses) -> None:
    assert analysed.small_study is not None
    found = {t.name: t for t in analysed.small_study.tests}
    names = {"peters": "Peters' test", "macaskill": "Macaskill's test", "arcsine": "Rücker's arcsine test", "egger": "Egger's test"}  # fmt: skip
    for what, name in names.items():
        stat, p = R[f"asymmetry.{what}"]
        assert found[name].statistic == f"t({len(SPECS) - 2}) = {stat:.2f}".replace("-", "−")
        assert found[name].p == pytest.approx(p, rel=CLOSE)
    tau, p = R["asymmetry.rank"]
    rank = found["Begg & Mazumdar's rank correlation"]
    assert rank.statistic == f"Kendall's τ = {tau:.2f}".replace("-", "−")
    assert rank.p == pytest.approx(p, rel=1e-6)
