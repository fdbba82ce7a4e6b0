"""Corrections for empty cells and intervals of single studies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from pipeline.stats import agresti_coull, clopper_pearson, difference, jeffreys, pool_proportions, wilson
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.one_share import wilson_of_one
from pipeline.stats.zero_cells import TO
from tests.stats.test_reference import TABLES

VARIANTS = [(name, v) for name, table in TABLES.items() for v in table.get("escalc_variants", {})]


@pytest.mark.parametrize(("name", "variant"), VARIANTS)
def test_variants_of_the_correction(name: str, variant: str) -> None:
    answer = TABLES[name]["escalc_variants"][variant]
    events, n = (np.array(TABLES[name][c], float) for c in ("events", "n"))
    for measure in MEASURES:
        yi, vi = escalc(measure, events, n, answer["add"], answer["to"])
        for ours, theirs in ((yi, answer[measure]["yi"]), (vi, answer[measure]["vi"])):
            expected = [math.nan if t is None else t for t in theirs]
            assert np.allclose(ours, expected, rtol=1e-11, atol=1e-15, equal_nan=True), measure


def test_no_way_to_add_is_without_a_reference() -> None:
    assert {TABLES[name]["escalc_variants"][v]["to"] for name, v in VARIANTS} == set(TO)


def test_a_study_without_an_effect_is_left_out_by_name() -> None:
    fit = pool_proportions([0, 3, 4, 9], [5, 9, 10, 9], to="none")
    assert fit.k == len(fit.yi) == 2
    assert fit.warnings[0].startswith("left out: studies 1, 4: all or none had the event")
    assert fit.mu == pool_proportions([3, 4], [9, 10]).mu


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "0.5 was added to events and non-events of 1 of 3 studies"),
        ({"add": 0.25}, "0.25 was added to events and non-events of 1 of 3 studies"),
        ({"to": "if0all"}, "0.5 was added to events and non-events of all studies"),
        ({"to": "all", "add": 1, "measure": "PAS"}, "1 was added to events and non-events of all studies"),
    ],
)
def test_what_was_added_is_said(options: dict[str, Any], said: str) -> None:
    assert any(said in w for w in pool_proportions([0, 3, 4], [5, 9, 10], **options).warnings)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to": "some"}, 'to = "some": not one of all, only0, if0all, none'),
        ({"add": -0.5}, "add = -0.5: must be a number of 0 or more"),
        ({"add": math.nan}, "add = nan"),
    ],
)
def test_a_bad_correction_is_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        pool_proportions([0, 3], [5, 9], **options)


def test_nothing_left_to_pool_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="no study has an effect with a variance above 0: add something"):
        pool_proportions([0, 0], [5, 9], to="none")


COUNTS = np.array([(0, 1), (1, 1), (1, 2), (0, 30), (7, 30), (30, 30), (299, 300), (10**6 - 1, 10**6)], float).T


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_intervals_against_statsmodels(level: float) -> None:
    x, n = COUNTS
    theirs = {m: proportion_confint(x, n, 1 - level, m) for m in ("agresti_coull", "jeffreys", "wilson", "beta")}
    assert np.allclose(agresti_coull(x, n, level), np.clip(theirs["agresti_coull"], 0, 1), rtol=1e-9)
    assert np.allclose(wilson(x, n, level), theirs["wilson"], rtol=1e-9, atol=1e-15)
    alone = [wilson_of_one(*counts, level) for counts in zip(x, n, strict=True)]
    assert np.allclose(np.transpose(alone), theirs["wilson"], rtol=1e-9, atol=1e-15)
    assert np.allclose(clopper_pearson(x, n, level), theirs["beta"], rtol=1e-9)
    low, high = jeffreys(x, n, level)
    assert np.allclose(low[x > 0], theirs["jeffreys"][0][x > 0], rtol=1e-9)
    assert np.allclose(high[x < n], theirs["jeffreys"][1][x < n], rtol=1e-9)
    assert (low[x == 0].tolist(), high[x == n].tolist()) == ([0.0] * 2, [1.0] * 2)  # Brown, Cai & DasGupta 2001


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_mirror_and_hold_the_proportion(study: tuple[int, int]) -> None:
    x, n = study
    for interval in (agresti_coull, jeffreys, clopper_pearson, wilson):
        low, high = interval([x], [n])
        mirrored_low, mirrored_high = interval([n - x], [n])
        assert low[0] <= x / n + 1e-15
        assert high[0] >= x / n - 1e-15
        assert (low[0], high[0]) == (pytest.approx(1 - mirrored_high[0]), pytest.approx(1 - mirrored_low[0]))


#: counts of a randomised trial of 168 patients (Blood 2022, NCT03304288), (events1, n1, events2, n2), and the interval
#: of the difference that it prints: without a correction for continuity for its three kinds of response
PRINTED = [
    ((90, 112, 33, 56), (0.07, 0.36), False),  # overall response
    ((45, 112, 14, 56), (0.01, 0.30), False),  # complete response
    ((68, 112, 23, 56), (0.04, 0.35), False),  # sustained response
    ((47, 112, 7, 56), (0.16, 0.43), True),  # remission
    ((21, 112, 19, 56), (-0.31, 0.01), True),  # rescue
    ((14, 16, 76, 96), (-0.13, 0.30), True),  # overall response by concomitant medication
    ((5, 16, 40, 96), (-0.39, 0.18), True),  # complete response by the same
    ((12, 16, 56, 96), (-0.10, 0.44), True),  # sustained response by the same
]


@pytest.mark.parametrize(("counts", "interval", "continuity"), PRINTED)
def test_differences_as_printed(
    counts: tuple[int, int, int, int], interval: tuple[float, float], continuity: bool
) -> None:
    low, high = difference(*([c] for c in counts), continuity=continuity)
    assert (round(low[0], 2), round(high[0], 2)) == interval
    other_low, other_high = difference(*([c] for c in counts), continuity=not continuity)
    assert (round(other_low[0], 2), round(other_high[0], 2)) != interval


def test_differences_against_statsmodels() -> None:
    for counts in ((9, 20, 4, 30), (2, 10, 6, 10), (0, 5, 2, 7)):
        low, high = difference(*([c] for c in counts), level=0.9)
        theirs = confint_proportions_2indep(*counts, method="wald", compare="diff", alpha=0.1)
        assert (low[0], high[0]) == (pytest.approx(theirs[0]), pytest.approx(theirs[1]))


def test_differences_end_at_one() -> None:
    low, high = difference([5, 0], [5, 4], [0, 6], [5, 6], continuity=True)
    assert (low.tolist(), high.tolist()) == ([pytest.approx(0.8), -1], [1, pytest.approx(-1 + (1 / 4 + 1 / 6) / 2)])
