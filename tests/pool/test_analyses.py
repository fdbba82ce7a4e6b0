"""How sure a pooled result is: each analysis against the one pooled by hand, and a sentence where it cannot be had."""

from __future__ import annotations

import pytest
from pool_rows import Spec, settings, tables

from pipeline.analysed import Analyses, RowSet
from pipeline.pool.analyses import analyse
from pipeline.pool.other_rows import ABSTRACTS, ACCEPTED, FULL_TEXTS, MACHINE, WAITING, Tables
from pipeline.pool.outcomes import pool_outcomes
from pipeline.resolved import Authority, MachineRow, OutcomeRow
from pipeline.stats import pool_proportions

TWELVE: list[Spec] = [
    (f"s{i}", "A1", "xy"[i % 2], 2000 + i, events, n)
    for i, (events, n) in enumerate(
        [
            (25, 35),
            (8, 19),
            (90, 112),
            (44, 80),
            (3, 12),
            (30, 41),
            (12, 25),
            (7, 9),
            (60, 101),
            (18, 33),
            (5, 21),
            (0, 8),
        ]
    )
]


def analysed(specs: list[Spec], **changed: object) -> Analyses:
    outcomes, arms, studies = tables(specs)
    pooled = pool_outcomes(outcomes, arms, studies, settings())
    (found,) = analyse(pooled, Tables(studies, arms, outcomes, **changed), settings())  # type: ignore[arg-type]
    return found


def share(specs: list[Spec]) -> float:
    return pool_proportions([s[4] for s in specs], [s[5] for s in specs], test="knha").proportion


@pytest.fixture(scope="module")
def twelve() -> Analyses:
    return analysed(TWELVE)


def test_the_main_analysis_is_one_specification(twelve: Analyses) -> None:
    (chosen,) = [c for c in twelve.specifications if c.chosen]
    assert twelve.main is not None
    assert chosen.proportion == pytest.approx(twelve.main.proportion) == pytest.approx(share(TWELVE))
    assert (chosen.measure, chosen.method, chosen.test, chosen.model) == ("PLO", "REML", "knha", "iv")
    assert {c.model for c in twelve.specifications} == {"iv", "glmm"}
    assert [c.proportion for c in twelve.specifications] == sorted(c.proportion for c in twelve.specifications)


def test_without_each_arm(twelve: Analyses) -> None:
    labels = {r.label: r for r in twelve.leave_one_out}
    for i in (2, 11):
        without = labels[f"S{i}"]
        assert without.proportion == pytest.approx(share([s for j, s in enumerate(TWELVE) if j != i]))
        assert without.k == 11


def test_cumulative_by_year(twelve: Analyses) -> None:
    assert [r.year for r in twelve.cumulative] == list(range(2000, 2012))
    assert twelve.cumulative[4].proportion == pytest.approx(share(TWELVE[:5]))
    assert twelve.cumulative[-1].proportion == pytest.approx(share(TWELVE))


def test_an_arm_without_a_year_comes_last_and_is_no_bubble() -> None:
    found = analysed([(*TWELVE[0][:3], None, *TWELVE[0][4:]), *TWELVE[1:]])
    assert found.cumulative[-1].label == "S0"
    assert found.years is not None
    assert (found.years.without_year, len(found.years.points)) == (1, 11)


def test_the_regression_on_the_year_is_that_of_pool_proportions(twelve: Analyses) -> None:
    by_hand = pool_proportions(
        [s[4] for s in TWELVE], [s[5] for s in TWELVE], mods="year", data={"year": [s[3] for s in TWELVE]}, test="knha"
    )
    assert twelve.years is not None
    assert twelve.years.slope == pytest.approx(by_hand.regression.beta[1])  # type: ignore[attr-defined]
    assert twelve.years.points[0].proportion == 25 / 35


def test_the_funnel_by_size_has_the_standard_error_of_size_alone(twelve: Analyses) -> None:
    by_error, by_size = twelve.funnels
    assert [f.measure for f in twelve.funnels] == ["PLO", "PAS"]
    n = {f"S{i}": s[5] for i, s in enumerate(TWELVE)}
    assert all(p.at == pytest.approx(0.5 * (n[p.label] or 1) ** -0.5) for p in by_size.points if not p.filled)
    assert dict(by_error.ticks)[0.5] == pytest.approx(0)
    assert by_error.quantiles[1][1] == pytest.approx(1.959964, abs=1e-6)


def test_few_arms_have_a_sentence_for_each_analysis_that_they_cannot_have() -> None:
    two = analysed(TWELVE[:2])
    assert not two.specifications
    assert not two.leave_one_out
    assert two.small_study is None
    assert two.not_done["leave_one_out"] == "at least 3 arms are needed for leaving one out, there are 2"
    assert two.not_done["years"] == "at least 10 arms with a year are needed for a regression on it, there are 2"
    assert "at least 10 arms are needed for tests of asymmetry" in two.not_done["small_study"]
    assert "each class has one arm" in two.not_done["class_test"]


def test_nothing_pooled_and_one_arm() -> None:
    nothing = analysed([])
    assert (nothing.main, nothing.k, nothing.leave_one_out) == (None, 0, [])
    one = analysed(TWELVE[:1])
    assert one.main is not None
    assert one.main.proportion == 25 / 35


def test_all_arms_of_one_year_have_no_regression() -> None:
    found = analysed([(*s[:3], 2010, *s[4:]) for s in TWELVE])
    assert found.not_done["years"] == "all arms are of the same year"


# ---- other rows -----------------------------------------------------------------------------------------------------


def set_of(name: str, rows: list[OutcomeRow], specs: list[Spec], **given: object) -> RowSet:
    _, arms, studies = tables(specs)
    pooled = pool_outcomes(rows, arms, studies, settings())
    (found,) = analyse(pooled, Tables(studies, arms, rows, **given), settings())  # type: ignore[arg-type]
    return next(s for s in found.sets if s.name == name)


def by(authority: Authority, rows: list[OutcomeRow], at: int) -> list[OutcomeRow]:
    return [r.model_copy(update={"authority": authority}) if i == at else r for i, r in enumerate(rows)]


def test_without_the_numbers_of_reviewers() -> None:
    rows = tables(TWELVE)[0]
    assert set_of(ACCEPTED, rows, TWELVE).why == "the same numbers as the main analysis"
    without = set_of(ACCEPTED, by("corrected", rows, 2), TWELVE)
    assert without.k == 11
    assert without.proportion == pytest.approx(share(TWELVE[:2] + TWELVE[3:]))


def test_what_waits_as_read() -> None:
    rows = by("waiting", tables(TWELVE)[0], 0)
    rows[0] = rows[0].model_copy(update={"pooled": False, "not_pooled_because": "waits for a reviewer"})
    with_it = set_of(WAITING, rows, TWELVE)
    assert with_it.k == 12
    assert with_it.proportion == pytest.approx(share(TWELVE))
    percentage = [rows[0].model_copy(update={"events": None, "percent": 71.4}), *rows[1:]]
    assert set_of(WAITING, percentage, TWELVE).events == with_it.events, "71.4 % of 35 is 25"
    unread = [rows[0].model_copy(update={"events": None, "n": None}), *rows[1:]]
    assert set_of(WAITING, unread, TWELVE).why == "no number waits of which events and n were read"


def test_what_the_machine_alone_reads() -> None:
    rows = tables(TWELVE)[0]
    counts = [15, *(r.events for r in rows[1:])]
    machine = [
        MachineRow(study=r.study, arm=r.arm, outcome=r.outcome, events=events or 0, n=r.n or 1)
        for r, events in zip(rows, counts, strict=True)
    ]
    found = set_of(MACHINE, rows, TWELVE, machine=machine)
    assert found.proportion == pytest.approx(share([(*TWELVE[0][:4], 15, 35), *TWELVE[1:]]))
    assert set_of(MACHINE, rows, TWELVE).why == "what resolve tells of it was not given"


def test_full_texts_and_abstracts() -> None:
    rows = tables(TWELVE)[0]
    rows = [r.model_copy(update={"file": f"{r.study}.pdf", "record_id": r.study}) for r in rows]
    some = {"full_texts": frozenset((r.file, r.record_id) for r in rows[:4])}
    assert set_of(FULL_TEXTS, rows, TWELVE, **some).proportion == pytest.approx(share(TWELVE[:4]))
    assert set_of(ABSTRACTS, rows, TWELVE, **some).k == 8
    none = {"full_texts": frozenset[tuple[str, str]]()}
    assert set_of(FULL_TEXTS, rows, TWELVE, **none).why == "every number is from an abstract"
