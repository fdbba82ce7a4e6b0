"""What must hold whatever the data."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings, strategies as st

from pipeline.stats import between, pool_proportions
from pipeline.stats.effects import MEASURES
from pipeline.stats.inference import TESTS
from pipeline.stats.tau2 import ESTIMATORS

STUDY = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
STUDIES = st.lists(STUDY, min_size=2, max_size=12)


@settings(max_examples=60, deadline=None)
@given(STUDIES, st.sampled_from(sorted(MEASURES)), st.sampled_from(sorted(ESTIMATORS)), st.sampled_from(sorted(TESTS)))
def test_nothing_is_nan_and_tau2_is_not_negative(
    studies: list[tuple[int, int]], measure: str, method: str, test: str
) -> None:
    fit = pool_proportions([e for e, _ in studies], [n for _, n in studies], measure=measure, method=method, test=test)
    assert fit.tau2 >= 0
    assert all(math.isfinite(x) for x in (fit.mu, fit.se, *fit.ci, *fit.pi, fit.Q, fit.I2, *fit.weights))
    assert math.isclose(sum(fit.weights), 100)


@settings(max_examples=40, deadline=None)
@given(STUDIES, st.randoms(use_true_random=False), st.sampled_from(sorted(MEASURES)))
def test_the_order_of_studies_does_not_matter(studies: list[tuple[int, int]], random: object, measure: str) -> None:
    shuffled = studies.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (pool_proportions([e for e, _ in s], [n for _, n in s], measure=measure) for s in (studies, shuffled))
    assert math.isclose(one.mu, other.mu, rel_tol=1e-6, abs_tol=1e-7)


@settings(max_examples=40, deadline=None)
@given(STUDIES, st.sampled_from(["PLO", "PAS"]))
def test_events_and_non_events_mirror(studies: list[tuple[int, int]], measure: str) -> None:
    n = [n for _, n in studies]
    events = pool_proportions([e for e, _ in studies], n, measure=measure)
    others = pool_proportions([n - e for e, n in studies], n, measure=measure)
    assert math.isclose(events.proportion, 1 - others.proportion, abs_tol=1e-6)
    assert math.isclose(events.tau2, others.tau2, rel_tol=1e-5, abs_tol=1e-7)


def test_glmm_mirrors() -> None:
    events, n = [3, 8, 20, 14], [10, 12, 40, 30]
    one = pool_proportions(events, n, model="glmm")
    other = pool_proportions([b - a for a, b in zip(events, n, strict=True)], n, model="glmm")
    assert math.isclose(one.proportion, 1 - other.proportion, abs_tol=1e-6)


@pytest.mark.parametrize("events", [[0, 0, 0], [5, 9, 7]])
def test_glmm_falls_back_openly(events: list[int]) -> None:
    fit = pool_proportions(events, [5, 9, 7], model="glmm")
    assert (fit.model, fit.model_asked) == ("iv", "glmm")
    assert "no finite maximum" in fit.warnings[0]


def test_one_study() -> None:
    fit = pool_proportions([5], [5], test="knha")
    assert fit.k == 1
    assert 0 < fit.proportion_ci[0] < fit.proportion_ci[1] < 1
    assert "one study" in fit.warnings[0]


@pytest.mark.parametrize(
    ("events", "n", "options", "words"),
    [
        ([6], [5], {}, "study 1: events = 6, n = 5"),
        ([0], [0], {}, "n ≥ 1"),
        ([1.5], [5], {}, "whole numbers"),
        ([1, 2], [5], {}, "same length"),
        ([], [], {}, "same length"),
        ([1, 2], [5, 5], {"measure": "OR"}, "PR, PLO, PLN, PAS, PFT"),
        ([1, 2], [5, 5], {"method": "XX"}, "DL"),
        ([1, 2], [5, 5], {"model": "probit"}, "iv, glmm, beta-binomial"),
        ([1, 2], [5, 5], {"model": "glmm", "link": "log"}, "logit, probit, cloglog"),
        ([1, 2], [5, 5], {"model": "glmm", "points": 0}, "points = 0"),
        ([1, 2], [5, 5], {"model": "beta-binomial", "measure": "PR"}, "measure of the beta-binomial model"),
        ([1, 2], [5, 5], {"test": "x"}, "knha"),
        ([1, 2], [5, 5], {"level": 95}, "0.95 for 95 %"),
    ],
)
def test_bad_input_is_named(events: list[float], n: list[int], options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        pool_proportions(events, n, **options)  # type: ignore[arg-type]


def test_between_is_a_wald_test_of_two_groups() -> None:
    """With two groups Q is the square of the difference over its standard error."""
    a, b = pool_proportions([10, 12], [20, 20]), pool_proportions([3, 4], [20, 20])
    test = between([a, b])
    assert test is not None
    assert math.isclose(test["Q_between"], (a.mu - b.mu) ** 2 / (a.se**2 + b.se**2))
    assert test["df"] == 1
    assert between([a]) is None
