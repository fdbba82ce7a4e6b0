"""Differences and ratios between groups, in the ways in which texts print them."""

from __future__ import annotations

import pytest

from pipeline.extract.effect_arithmetic import Proportion, estimate_agrees, interval_agrees, intervals, measured
from pipeline.extract.effects import Effect, effects


def read(text: str) -> list[Effect]:
    return list(effects(text, 0, len(text)))


def one(text: str) -> Effect:
    (found,) = read(text)
    return found


@pytest.mark.parametrize(
    ("text", "measure", "estimate", "ci"),
    [
        ("odds ratio, 2.4 (95% CI 1.2-4.8)", "OR", 2.4, (1.2, 4.8)),
        ("OR 2.4, 95% CI 1.2 to 4.8", "OR", 2.4, (1.2, 4.8)),
        ("odds ratio (OR) = 2.4 [1.2, 4.8]", "OR", 2.4, (1.2, 4.8)),
        ("odds ratio 2.4, 1.2 to 4.8; P=0.01", "OR", 2.4, (1.2, 4.8)),
        ("the odds ratio for a response was 2.4 (95% confidence interval [CI]: 1.2–4.8)", "OR", 2.4, (1.2, 4.8)),
        ("hazards ratio [HR], 0·71; 95% CI, 0·52–0·97", "HR", 0.71, (0.52, 0.97)),
        ("HR 0.71 (0.52–0.97)", "HR", 0.71, (0.52, 0.97)),
        ("relative risk of relapse = .71, 95 percent confidence limits .52 and .97", "RR", 0.71, (0.52, 0.97)),
        ("rate ratio 0.71 and 95% CI 0.52, 0.97", "RR", 0.71, (0.52, 0.97)),
        ("hazard ratio 0. 71, confidence interval 0.52, 0.97", "HR", 0.71, (0.52, 0.97)),
        ("risk difference 0.12 [0.03 to 0.21]", "RD", 0.12, (0.03, 0.21)),
        ("between-group difference, -0.12; 95% CI, -0.21--0.03", "RD", -0.12, (-0.21, -0.03)),
        ("between-group difference, −0.12; 95% CI, −0.27-0.03", "RD", -0.12, (-0.27, 0.03)),
        ("difference 12%, 95% confidence interval 3% to 21%", "RD", 0.12, (0.03, 0.21)),
        ("a difference of 12 percentage points (95% CI 3 to 21 percentage points)", "RD", 0.12, (0.03, 0.21)),
        ("the difference between the groups was 12% (95% CI: 3, 21)", "RD", 0.12, (0.03, 0.21)),
        ("absolute risk reduction of 12%", "RD", 0.12, None),
        ("relative risk, 1.9; P = .02", "RR", 1.9, None),
    ],
)
def test_an_effect(text: str, measure: str, estimate: float, ci: tuple[float, float] | None) -> None:
    found = one(text)
    assert (found.measure, found.estimate, found.ci) == (measure, pytest.approx(estimate), ci and pytest.approx(ci))


@pytest.mark.parametrize(
    "text",
    [
        "HR 83 ± 15 beats per minute",
        "HR 83 beats/min",
        "odds ratio (OR): 41.7 (95% CL 29.1–55.1%) in one arm and OR: 38.9 (27.6–51.1) in the other",
        "the OR was 44% (95% CI 31-57%)",
        "a relative risk reduction of 20.6%",
        "reduction in relative risk of 18.0 percent",
        "the mean difference was 0.6 (95% CI 0.2-1.0)",
        "difference in mean score 0.6 (95% CI 0.2-1.0)",
        "the difference in time to healing was 0.6 (0.2-1.0)",
        "a difference of 4 points (95% CI 1 to 7)",
        "to show a difference with a power of 80%",
        "OR 12 of the patients",
        "odds ratio 2.4 (95% CI 3.1-4.8)",
        "results are given as odds ratios with 95% confidence intervals",
    ],
)
def test_what_is_no_effect(text: str) -> None:
    assert read(text) == []


def test_the_evidence_reaches_from_the_name_to_the_end_of_what_belongs_to_it() -> None:
    text = "More responded (odds ratio 2.4 [95% CI 1.2-4.8]; p = 0.012) with the drug."
    found = one(text)
    assert text[found.start : found.end] == "odds ratio 2.4 [95% CI 1.2-4.8]; p = 0.012"
    assert text[slice(*found.value)] == "2.4"


@pytest.mark.parametrize(
    ("text", "p", "p_is"),
    [
        ("RR 1.9 (95% CI 1.1-3.3), P=0.02", 0.02, "="),
        ("RR 1.9 (95% CI 1.1-3.3; p≤.001)", 0.001, "<"),
        ("(P < .05; relative risk, 1.9; 95% CI, 1.1 to 3.3)", 0.05, "<"),
        ("RR 1.9, p value = 0.02, 95% CI 1.1 to 3.3", 0.02, "="),
        ("RR 1.9 (95% CI 1.1-3.3)", None, None),
    ],
)
def test_p_values(text: str, p: float | None, p_is: str | None) -> None:
    assert (one(text).p, one(text).p_is) == (p, p_is)


def test_numbers_that_share_a_name() -> None:
    text = "hazard ratios for death and relapse were 0.7 (P = .03) and 0.6 (P = .01), respectively"
    assert [(e.estimate, e.p, e.again) for e in read(text)] == [(0.7, 0.03, 0), (0.6, 0.01, 1)]
    assert [e.estimate for e in read("HR 0.7 (P = .03) and 0.6 of the dose")] == [0.7]


def test_adjusted_and_not() -> None:
    assert one("adjusted odds ratio 1.9 (1.1-3.3)").adjusted is True
    assert one("aOR 1.9 (1.1-3.3)").adjusted is True
    assert one("unadjusted odds ratio 1.9 (1.1-3.3)").adjusted is False
    assert one("odds ratio 1.9 (1.1-3.3)").adjusted is None


def test_the_level_of_an_interval() -> None:
    assert one("OR 1.9 (97.5% CI 1.1-3.3)").level == 97.5
    assert one("OR 1.9 (1.1-3.3)").level == 95


def test_a_reduction_is_what_the_first_has_less() -> None:
    assert one("absolute risk reduction 12% (3-21%)").reduction
    assert not one("absolute difference 12% (3-21%)").reduction


# ---- against the counts ----------------------------------------------------------------------------------------------

#: myocardial infarctions in the Physicians' Health Study, in Agresti 2002, 2.2 and 3.1: placebo, then aspirin
PLACEBO, ASPIRIN = Proportion.counted(189, 11034), Proportion.counted(104, 11037)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("OR 1.832 (1.440-2.331)", (1.440, 2.331)),
        ("RR 1.82 (1.433-2.306)", (1.433, 2.306)),
        ("risk difference 0.0077 (0.0047-0.0107)", (0.0047, 0.0107)),
    ],
)
def test_published_estimates_and_intervals_are_those_of_the_counts(text: str, interval: tuple[float, float]) -> None:
    effect = one(text)
    assert estimate_agrees(effect, PLACEBO, ASPIRIN)
    assert interval_agrees(effect, PLACEBO, ASPIRIN)
    assert not estimate_agrees(effect, ASPIRIN, PLACEBO)
    assert next(intervals(effect, PLACEBO, ASPIRIN)) == pytest.approx(interval, abs=6e-4)


def test_newcombes_interval() -> None:
    """56/70 against 48/80, methods 1 and 10 of Newcombe 1998, Statistics in Medicine 17:873, table II."""
    found = list(
        intervals(one("risk difference 0.20 (0.05-0.33)"), *(Proportion.counted(*x) for x in ((56, 70), (48, 80))))
    )
    assert found == [pytest.approx((0.0575, 0.3425), abs=5e-5), pytest.approx((0.0524, 0.3339), abs=5e-5)]


def test_percentages_confirm_as_sharply_as_they_are_printed() -> None:
    first, second = Proportion.printed(43, 0), Proportion.printed(24, 0)
    assert estimate_agrees(one("RR 1.79"), first, second)
    assert not estimate_agrees(one("RR 2.10"), first, second)
    assert not estimate_agrees(one("RR 2.0"), Proportion.printed(2, 0), Proportion.printed(1, 0))


def test_hazard_ratios_are_not_computed_from_counts() -> None:
    assert measured("HR", 0.4, 0.2) is None
    assert list(intervals(one("HR 2.0 (1.1-3.3)"), Proportion.counted(4, 10), Proportion.counted(2, 10))) == []
    assert not estimate_agrees(one("HR 2.0 (1.1-3.3)"), Proportion.counted(4, 10), Proportion.counted(2, 10))


def test_nobody_and_everybody() -> None:
    none, everybody = Proportion.counted(0, 10), Proportion.counted(10, 10)
    assert measured("RR", 0.5, none.low) is None
    assert measured("OR", everybody.low, 0.5) is None
    assert measured("RD", everybody.low, none.low) == 1
    assert list(intervals(one("OR 2.0 (1.1-3.3)"), everybody, Proportion.counted(2, 10))) == []
    assert list(intervals(one("RR 2.0 (1.1-3.3)"), none, everybody)) == []
