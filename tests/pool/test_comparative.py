"""Treatments against each other: effects of R's metafor and of 2×2 tables by hand, and which arms may be compared."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from two_arm_rows import ArmSpec, compare, control, tables_of

from pipeline.compared import Comparative, Contrast, PooledEffect, TrialSet
from pipeline.errors import UserError
from pipeline.pool.times import same_time
from pipeline.resolve.pooling import ANOTHER_ROW
from pipeline.resolved import ComparisonRow

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "stats" / "reference.json").read_text("utf-8"))


def trials_of(name: str) -> list[ArmSpec]:
    """The counts of a published table, group 1 as `new` and group 2 as `old`."""
    t = REFERENCE["two_arm"][name]
    counts = list(zip(t["events1"], t["n1"], t["events2"], t["n2"], strict=True))
    pairs = [(ArmSpec(f"s{i}", "new", a, n), control(f"s{i}", "old", c, m)) for i, (a, n, c, m) in enumerate(counts)]
    return [arm for pair in pairs for arm in pair]


def only(found: Comparative) -> Contrast:
    (contrast,) = found.contrasts
    return contrast


def randomised(found: Comparative) -> TrialSet:
    (of_kind,) = only(found).sets
    assert of_kind.kind == "randomised"
    return of_kind


def pooled(found: Comparative, measure: str) -> PooledEffect:
    return next(p for p in randomised(found).pooled if p.measure == measure)


# ---- metafor's numbers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_random_effects_are_those_of_metafor(measure: str) -> None:
    """hine1989 has no study without events in both arms: what is left out of ratios there is nothing."""
    found = pooled(compare(tables_of(trials_of("hine1989")), test="z"), measure)
    theirs = REFERENCE["two_arm"]["hine1989"][measure]["rma"]["REML"]
    scale = math.log if measure != "RD" else float
    assert scale(found.estimate) == pytest.approx(theirs["mu"], rel=1e-6)
    assert [scale(e) for e in found.ci] == pytest.approx(theirs["ci"], rel=1e-6)
    assert found.pi is not None
    assert [scale(e) for e in found.pi] == pytest.approx(theirs["pi_z"], rel=1e-6)
    assert (found.tau2, found.q) == pytest.approx((theirs["tau2"], theirs["Q"]), rel=1e-6, abs=1e-12)


def test_knapp_and_hartung_as_metafor() -> None:
    found = pooled(compare(tables_of(trials_of("hine1989")), test="knha"), "RR")
    theirs = REFERENCE["two_arm"]["hine1989"]["RR"]["rma"]["REML"]["knha"]
    assert [math.log(e) for e in found.ci] == pytest.approx(theirs["ci"], rel=1e-6)


def test_unless_asked_knapp_and_hartung_is_for_three_studies_that_differ() -> None:
    alike = compare(tables_of(trials_of("hine1989")))
    assert [p.test for p in randomised(alike).pooled] == ["z", "z", "z"], "tau² is 0"
    apart = [
        a for s, e in (("a", 2), ("b", 9), ("c", 18)) for a in (ArmSpec(s, "new", e, 20), control(s, "old", 9, 20))
    ]
    assert pooled(compare(tables_of(apart)), "RR").test == "knha"
    assert pooled(compare(tables_of(apart[2:])), "RR").test == "z", "two studies"


def test_a_difference_of_shares_stays_within_one() -> None:
    arms = [a for s in "ab" for a in (ArmSpec(s, "new", 19, 20), control(s, "old", 1 if s == "a" else 17, 20))]
    found = pooled(compare(tables_of(arms), test="knha"), "RD")
    assert found.ci == (-1.0, 1.0)


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize("name", ["hine1989", "nielweise2007", "edge_sparse"])
def test_mantel_haenszel_is_that_of_metafor(name: str, measure: str) -> None:
    theirs = REFERENCE["two_arm"][name][measure]["mh"]
    found = pooled(compare(tables_of(trials_of(name)), method="MH"), measure)
    scale = math.log if measure != "RD" else float
    assert scale(found.estimate) == pytest.approx(theirs["est"], rel=1e-6)
    assert [scale(e) for e in found.ci] == pytest.approx(theirs["ci"], rel=1e-6)
    assert (found.method, found.test, found.pi) == ("MH", "z", None)


def test_peto_is_of_odds_and_stands_beside_mantel_and_haenszel() -> None:
    found = compare(tables_of(trials_of("nielweise2007")), measure="OR", method="Peto")
    theirs = REFERENCE["two_arm"]["nielweise2007"]
    assert math.log(pooled(found, "OR").estimate) == pytest.approx(theirs["peto"]["est"], rel=1e-6)
    assert math.log(pooled(found, "RR").estimate) == pytest.approx(theirs["RR"]["mh"]["est"], rel=1e-6)
    assert [p.method for p in randomised(found).pooled] == ["Peto", "MH", "MH"]


def test_effects_of_each_study_are_those_of_metafor() -> None:
    theirs = REFERENCE["two_arm"]["hine1989"]["RR"]["escalc"]
    found = randomised(compare(tables_of(trials_of("hine1989")))).trials
    assert [math.log(t.effects["RR"].estimate) for t in found] == pytest.approx(theirs["yi"], rel=1e-9, abs=1e-12)
    half = [(math.log(t.effects["RR"].ci[1]) - math.log(t.effects["RR"].ci[0])) / 2 for t in found]
    assert half == pytest.approx([1.959963984540054 * v**0.5 for v in theirs["vi"]], rel=1e-9)


# ---- a 2×2 table by hand --------------------------------------------------------------------------------------------


def test_one_trial_by_hand() -> None:
    """90 of 112 against 33 of 56: 90·56/(33·112) = 15/11; 90·23/(22·33); 45/56 - 33/56 = 12/56."""
    found = compare(tables_of([ArmSpec("s", "both", 90, 112), control("s", "one", 33, 56)]))
    (trial,) = randomised(found).trials
    assert trial.effects["RR"].estimate == pytest.approx(15 / 11)
    assert trial.effects["OR"].estimate == pytest.approx(90 * 23 / (22 * 33))
    assert trial.effects["RD"].estimate == pytest.approx(12 / 56)
    se = math.sqrt(1 / 90 - 1 / 112 + 1 / 33 - 1 / 56)
    assert math.log(trial.effects["RR"].ci[1]) == pytest.approx(math.log(15 / 11) + 1.959963984540054 * se)
    assert (randomised(found).pooled, randomised(found).why) == ([], "one study: nothing is pooled")


def test_an_empty_cell_takes_a_half_and_two_take_the_study_out_of_ratios() -> None:
    """0 of 10 against 5 of 10, with a half in each cell: (0.5/11)/(5.5/11) = 1/11."""
    arms = [
        *(ArmSpec("zero", "new", 0, 10), control("zero", "old", 5, 10)),
        *(ArmSpec("none", "new", 0, 10), control("none", "old", 0, 12)),
        *(ArmSpec("some", "new", 3, 10), control("some", "old", 6, 10)),
    ]
    found = compare(tables_of(arms), test="z")
    of = {t.study: t for t in randomised(found).trials}
    assert of["zero"].effects["RR"].estimate == pytest.approx(1 / 11)
    assert of["zero"].notes == ["a half is added to each cell, as one is empty"]
    assert set(of["none"].effects) == {"RD"}
    assert of["none"].weight is None
    assert "all patients or none had the outcome in both arms" in of["none"].notes[0]
    assert (pooled(found, "RR").k, pooled(found, "RD").k) == (2, 3)
    weights = [of[s].weight for s in ("zero", "some")]
    assert sum(w for w in weights if w is not None) == pytest.approx(100)
    assert any("left out: study 2" in w for w in pooled(found, "RR").warnings)


def test_where_only_one_study_can_tell_nothing_is_pooled() -> None:
    arms = [
        *(ArmSpec("none", "new", 0, 10), control("none", "old", 0, 12)),
        *(ArmSpec("some", "new", 3, 10), control("some", "old", 6, 10)),
    ]
    assert "only 1 of 2 studies can tell an effect" in randomised(compare(tables_of(arms))).why


# ---- which arms -----------------------------------------------------------------------------------------------------


def test_designs_are_never_pooled_together() -> None:
    arms = [a for s in "abcd" for a in (ArmSpec(s, "new", 8, 20), control(s, "old", 5, 20))]
    found = only(compare(tables_of(arms, designs={"c": "non-randomised comparative", "d": "case series"})))
    assert [(s.kind, [t.study for t in s.trials]) for s in found.sets] == [
        ("randomised", ["a", "b"]),
        ("not randomised", ["c", "d"]),
    ]
    assert all(s.pooled[0].k == 2 for s in found.sets)


def test_responders_of_a_trial_were_not_randomised() -> None:
    arms = [
        ArmSpec("s", "new", 43, 90, denominator="responders"),
        control("s", "old", 26, 33, denominator="responders"),
    ]
    (of_kind,) = only(compare(tables_of(arms))).sets
    assert of_kind.kind == "not randomised"
    assert of_kind.trials[0].notes == ["randomised, but counted among responders only"]


def test_without_studies_at_high_risk_of_bias() -> None:
    """What is left is pooled as if the others were not there; of one study alone nothing is pooled."""
    risk = {"sensitivity": "high risk of bias"}
    arms = [a for s in "ab" for a in (ArmSpec(s, "new", 8, 20), control(s, "old", 5, 20))]
    bad = [ArmSpec("c", "new", 15, 20, **risk), control("c", "old", 2, 20, **risk)]  # type: ignore[arg-type]
    whole = randomised(compare(tables_of([*arms, *bad])))
    assert [t.high_risk for t in whole.trials] == [False, False, True]
    alone = randomised(compare(tables_of(arms)))
    assert alone.low_risk == []
    assert [p.estimate for p in whole.low_risk] == [p.estimate for p in alone.pooled]
    assert randomised(compare(tables_of([*arms[:2], *bad]))).low_risk == []


def test_a_total_that_waits_is_told_and_one_that_is_known_decides() -> None:
    given = tables_of([ArmSpec("s", "new", 8, 20), control("s", "old", 5, 20)], totals={"s": 21})
    (study,) = given.studies
    waits = type(given)([study.model_copy(update={"n_total_authority": "waiting"})], given.arms, given.outcomes)
    (trial,) = randomised(compare(waits)).trials
    assert trial.notes == ["the study may have only 21 patients, which waits for a reviewer"]
    assert compare(given).contrasts == []


def test_the_control_stands_second_whatever_its_name() -> None:
    turned = compare(tables_of([control("s", "a", 5, 20), ArmSpec("s", "b", 10, 20)]))
    assert (only(turned).first, only(turned).second) == ("b", "a")
    assert randomised(turned).trials[0].effects["RR"].estimate == pytest.approx(2)
    neither = compare(tables_of([ArmSpec("s", "b", 10, 20), ArmSpec("s", "a", 5, 20)]))
    assert (only(neither).first, only(neither).second) == ("a", "b")


def test_a_trial_of_three_arms_is_in_each_comparison_once() -> None:
    found = compare(tables_of([ArmSpec("s", "x", 9, 20), ArmSpec("s", "y", 7, 20), control("s", "z", 4, 20)]))
    assert [(c.first, c.second) for c in found.contrasts] == [("x", "y"), ("x", "z"), ("y", "z")]


def test_arms_of_one_class_are_added_up_against_another_class() -> None:
    arms = [
        ArmSpec("s", "x", 9, 20, label="x 10 mg"),
        ArmSpec("s", "x", 11, 30, label="x 20 mg"),
        control("s", "z", 4, 25),
    ]
    (trial,) = randomised(compare(tables_of(arms))).trials
    assert (trial.first.events, trial.first.n, trial.first.arms) == (20, 50, ["A1", "A2"])
    assert trial.notes == ["2 arms added up: x"]


def test_within_a_class_other_drugs_are_compared_and_other_doses_are_not_pooled() -> None:
    drugs = compare(tables_of([ArmSpec("s", "x", 9, 20, drugs="x + y"), ArmSpec("s", "x", 5, 20, drugs="x")]))
    assert (only(drugs).first, only(drugs).second, only(drugs).within) == ("x", "x + y", "x")
    doses = [
        a for s in "ab" for a in (ArmSpec(s, "x", 9, 20, label="high"), control(s, "x", 5, 20, label="low"))
    ]  # fmt: skip
    found = compare(tables_of(doses))
    assert (only(found).first, only(found).second, only(found).within) == ("high", "low", "x")
    assert "need not be the same" in randomised(found).why
    assert found.networks[0].why == "no study compares two classes of regimens"


def test_arms_that_cannot_be_compared_have_a_reason() -> None:
    arms = [
        *(ArmSpec("parts", "x", 9, 20), ArmSpec("parts", "y", 5, 20, role="subgroup")),
        *(ArmSpec("whole", "x", 9, 20), ArmSpec("whole", "y", 5, 20, role="pooled")),
        *(ArmSpec("crossed", "x", 9, 20), ArmSpec("crossed", "y", 5, 19)),
        *(ArmSpec("waits", "x", 9, 20, label="first"), ArmSpec("waits", "y", 5, 20, label="second", pooled=False)),
        *(ArmSpec("times", "x", 9, 20, timepoint="week 4"), ArmSpec("times", "y", 5, 20, timepoint="1 year")),
        *(ArmSpec("mixed", "x", 9, 20), ArmSpec("mixed", "y", 5, 9, denominator="responders")),
        *(ArmSpec("dark", "x", 9, 20), ArmSpec("dark", "not stated", 5, 20, label="usual care")),
        *(ArmSpec("alike", "x", 9, 20), ArmSpec("alike", "x", 5, 20)),
        *(ArmSpec("shared", "x", 9, 20, sensitivity="shared cohorts"), ArmSpec("shared", "y", 5, 20)),
    ]
    found = compare(tables_of(arms, totals={"crossed": 21}))
    assert found.contrasts == []
    assert {n.study: n.why for n in found.not_compared} == {
        "crossed": "its arms count 39 patients, the study has 21: some would count on both sides",
        "waits": "only one arm has a number that counts (second: waits for a reviewer)",
        "times": "the arms are counted at different times (x arm: week 4; y arm: 1 year)",
        "mixed": "one arm counts responders, another all patients",
        "dark": "what was given is not known of: usual care",
        "alike": "its arms have the same drugs (x), and none is the control",
        "shared": "it shares patients with a larger study",
    }


def test_rows_of_one_time_are_taken_where_the_pooled_ones_are_not() -> None:
    arms = [ArmSpec("s", "x", 9, 20, timepoint="3 months"), control("s", "y", 5, 20, timepoint="1 year")]
    given = tables_of(arms)
    late = given.outcomes[0].model_copy(
        update={"events": 6, "timepoint": "12 months", "pooled": False, "not_pooled_because": ANOTHER_ROW}
    )
    given = tables_with(given, [*given.outcomes, late])
    (trial,) = randomised(compare(given)).trials
    assert (trial.first.events, trial.second.events) == (6, 5)


def tables_with(given: Any, outcomes: list[Any]) -> Any:
    return type(given)(given.studies, given.arms, outcomes)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("12 months", "one year", True),
        ("52 weeks", "1 year", True),
        ("week 24", "24 weeks", False),
        ("", "1 year", True),
        ("end of treatment", "End  of treatment", True),
        ("end of treatment", "1 year", False),
        ("3 months", "6 months", False),
        ("3 months and 1 year", "1 year", False),
    ],
)
def test_times(a: str, b: str, same: bool) -> None:
    assert same_time(a, b) is same


# ---- what reports state ---------------------------------------------------------------------------------------------


def stated(measure: str, estimate: float, low: float | None = None, high: float | None = None) -> ComparisonRow:
    return ComparisonRow(
        study="s", outcome="overall_response", name="response", measure=measure, estimate=estimate, ci_low=low,
        ci_high=high, level=95, p=None, p_is="", adjusted=None, analysis="", first_arm="A1", second_arm="A2",
        status="accepted", checks="", evidence_start=3, evidence_end=9,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [
        (stated("RD", 0.21, 0.07, 0.36), "same"),
        (stated("RD", 0.22, 0.07, 0.36), "close"),
        (stated("RR", 1.36, 1.08, 1.73), "same"),
        (stated("OR", 2.85, 1.41, 5.79), "same"),
        (stated("OR", 0.35, 0.17, 0.71), "turned"),
        (stated("RR", 0.48, 0.29, 0.78), "turned"),
        (stated("RD", 0.41, 0.27, 0.55), "differs"),
        (stated("HR", 0.6, 0.4, 0.9), "not computed"),
    ],
)
def test_printed_effects_beside_computed_ones(printed: ComparisonRow, verdict: str) -> None:
    """90 of 112 against 33 of 56: RD 0.2143, RR 1.3636, OR 2.8512; its inverse 0.3507, RR of the others 0.4783."""
    arms = [ArmSpec("s", "both", 90, 112), control("s", "one", 33, 56)]
    (found,) = compare(tables_of(arms, comparisons=[printed])).printed
    assert found.verdict == verdict
    assert (found.first_label, found.second_label) == ("both arm", "one arm")
    assert (found.computed is None) == (printed.measure == "HR")


def test_a_printed_effect_of_arms_that_wait_has_nothing_beside_it() -> None:
    arms = [ArmSpec("s", "both", 90, 112), ArmSpec("s", "one", 33, 56, pooled=False)]
    (found,) = compare(tables_of(arms, comparisons=[stated("RD", 0.22)])).printed
    assert (found.computed, found.verdict) == (None, "not computed")
    assert "wait for a reviewer" in found.why


def test_peto_asks_for_odds() -> None:
    with pytest.raises((UserError, ValueError), match="method Peto is of odds ratios"):
        compare(tables_of([]), method="Peto")
