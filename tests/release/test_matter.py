"""Whether a conclusion is likely to change: by thresholds, by a shift that matters, by the interval of then."""

from __future__ import annotations

import pytest

from pipeline.config import Living, Threshold
from pipeline.release.matter import matter
from pipeline.released import Estimate

HALF = Living(thresholds=[Threshold(outcome="response", proportion=0.5, meaning="better than what is given now")])


def estimate(proportion: float, low: float, high: float) -> Estimate:
    return Estimate(k=5, studies=5, n=200, proportion=proportion, ci=(low, high), pi=(low - 0.1, high + 0.1))


THEN = estimate(0.60, 0.52, 0.68)


@pytest.mark.parametrize(
    ("now", "living", "verdict", "said"),
    [
        (estimate(0.61, 0.54, 0.68), Living(), "unlikely", "the review sets no threshold"),
        (estimate(0.61, 0.54, 0.68), HALF, "unlikely", "no threshold crossed"),
        (estimate(0.49, 0.41, 0.57), HALF, "likely", "The result crossed the threshold of 50 %"),
        (estimate(0.57, 0.48, 0.66), HALF, "likely", "then above it, is now on both sides of it"),
        (estimate(0.57, 0.48, 0.66), Living(shift=0.03), "likely", "a shift that matters"),
        (estimate(0.57, 0.48, 0.66), Living(shift=0.04), "unlikely", "It moved by 3.0 percentage points"),
        (estimate(0.70, 0.66, 0.74), Living(), "likely", "outside the interval of then."),
        (estimate(0.80, 0.76, 0.84), Living(), "likely", "and outside the prediction interval"),
        (THEN, HALF, "unlikely", "The result is the same."),
    ],
)
def test_what_speaks_for_a_change(now: Estimate, living: Living, verdict: str, said: str) -> None:
    found = matter("response", THEN, now, living)
    assert found.verdict == verdict
    assert said in " ".join(found.why)


def test_the_shift_is_measured_against_the_interval_of_then() -> None:
    """(0.64 − 0.60) / 0.08 is half of half the interval."""
    found = matter("response", THEN, estimate(0.64, 0.56, 0.72), Living())
    assert found.shift == pytest.approx(0.04)
    assert found.of_interval == pytest.approx(0.5)
    assert (found.in_interval, found.in_prediction) == (True, True)


def test_a_threshold_of_another_outcome_does_not_count() -> None:
    assert matter("relapse", THEN, estimate(0.57, 0.48, 0.66), HALF).thresholds == []


def test_where_one_side_has_no_result_there_is_no_shift() -> None:
    assert matter("response", None, THEN, HALF).verdict == "first"
    assert matter("response", THEN, None, HALF).verdict == "gone"
