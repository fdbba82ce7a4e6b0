"""`litpool add`: arms and outcomes that the machine missed."""

from __future__ import annotations

import pytest

from pipeline.cli import main
from tests.reviewing.commands import DANAZOL, Review

WHERE = ("--where", "Table 2", "--reason", "only in the table")
RELAPSE = ("add", "arnold-2010", "--arm", "A2", "--outcome", "relapse", "--events", "3", "--n", "9", *WHERE)
PLACEBO = ("add", "arnold-2010", "--arm", "placebo", "--drugs", "placebo", "--role", "control", "--arm-n", "12", *WHERE)


def test_an_outcome_of_an_arm(review: Review) -> None:
    done = review.run(*RELAPSE, "--timepoint", "6 months", "--denominator", "responders")
    assert done.out.startswith("overrides/added.csv has got\n  arnold-2010,")
    (row,) = review.rows("added.csv")
    assert row.arm in DANAZOL
    assert (row.drugs, row.role, row.arm_n) == ("", None, None)
    assert (row.outcome, row.events, row.n, row.timepoint, row.denominator) == (
        "relapse",
        3,
        9,
        "6 months",
        "responders",
    )
    assert (row.where, row.reason, row.reviewer) == ("Table 2", "only in the table", "AB")
    assert review.clean() == ""


def test_nobody_is_a_number_too(review: Review) -> None:
    assert review.run(*RELAPSE[:7], "0", *RELAPSE[8:]).code == 0
    assert review.rows("added.csv")[0].events == 0


def test_a_new_arm(review: Review) -> None:
    assert review.run(*PLACEBO).code == 0
    (row,) = review.rows("added.csv")
    assert (row.arm, row.drugs, row.role, row.arm_n, row.outcome) == ("placebo", "placebo", "control", 12, "")
    assert review.clean() == ""


def test_a_new_arm_with_an_outcome(review: Review) -> None:
    assert review.run(*PLACEBO, "--outcome", "relapse", "--events", "3", "--n", "9").code == 0
    assert review.rows("added.csv")[0].outcome == "relapse"


MISTAKES = {
    "an arm that is not there": ((*RELAPSE[:3], "placebo", *RELAPSE[4:]), '(it has A1 = "tretinoin", A2 = "danazol"); a new arm needs --drugs'),
    "an outcome that is there": (
        ("add", "arnold-2010", "--arm", "A1", "--outcome", "relapse", "--events", "3", "--n", "9", *WHERE),
        "relapse is there (8 of 14): `litpool confirm` agrees, `litpool correct` changes it",
    ),
    "an outcome that is not defined": (
        ("add", "arnold-2010", "--arm", "A2", "--outcome", "relaps", "--events", "3", "--n", "9", *WHERE),
        'outcome "relaps" is not known (nearest: relapse',
    ),
    "more than there are": (
        ("add", "arnold-2010", "--arm", "A2", "--outcome", "relapse", "--events", "10", "--n", "9", *WHERE),
        "10 of 9 patients is not possible",
    ),
    "of nobody": (
        ("add", "arnold-2010", "--arm", "A2", "--outcome", "relapse", "--events", "0", "--n", "0", *WHERE),
        "0 of 0 patients is not possible",
    ),
    "half a share": (
        ("add", "arnold-2010", "--arm", "A2", "--outcome", "relapse", "--events", "3", *WHERE),
        "an outcome needs --events and --n",
    ),
    "numbers of no outcome": (("add", "arnold-2010", "--arm", "A2", "--events", "3", *WHERE), "give --outcome, too"),
    "nothing": (("add", "arnold-2010", "--arm", "A2", *WHERE), "is in arnold-2010 already: give --outcome, --events and --n"),
    "drugs of an arm that is there": ((*RELAPSE, "--drugs", "danazol"), "--drugs, --role, --arm-n are for a new one"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_added(review: Review, words: tuple[str, ...], message: str) -> None:
    assert message in review.refused(*words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*RELAPSE[:7], "-3", *RELAPSE[8:]), '"-3" is not a whole number of 0 or more'),
        ((*RELAPSE[:7], "3.5", *RELAPSE[8:]), '"3.5" is not a whole number of 0 or more'),
        ((*PLACEBO, "--role", "comparator"), "invalid choice: 'comparator'"),
        ((*RELAPSE, "--denominator", "all"), "invalid choice: 'all'"),
    ],
)
def test_an_option_that_is_wrong(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(list(words))
    assert message in capsys.readouterr().err


def test_another_reviewers_numbers(review: Review) -> None:
    review.run(*RELAPSE)
    other = (*RELAPSE[:7], "4", *RELAPSE[8:])
    assert "AB says 3 (overrides/added.csv:2); talk it over, then --overrule" in review.refused(*other, reviewer="CD")
    done = review.run(*other, "--overrule", reviewer="CD")
    assert "Overruled: AB says 3 (overrides/added.csv:2)" in done.flat
    assert [row.adjudicated for row in review.rows("added.csv")] == [False, True]
    assert review.clean() == ""


def test_a_dry_run_adds_nothing(review: Review) -> None:
    before = review.bytes()
    assert review.run(*PLACEBO, "--dry-run").out.endswith("Nothing was added.\n")
    assert review.bytes() == before
