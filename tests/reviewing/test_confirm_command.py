"""`litpool confirm`: what is there is taken down as seen."""

from __future__ import annotations

import pytest

from tests.reviewing.commands import DANAZOL, TRETINOIN, Review

A1 = ("confirm", "arnold-2010", "--arm", "A1")


def seen(review: Review) -> list[tuple[str, str, str]]:
    return [(row.outcome, row.field, row.value) for row in review.rows("confirmations.csv")]


def test_an_outcome_of_an_arm(review: Review) -> None:
    done = review.run(*A1, "--outcome", "overall_response", "--note", "Table 2")
    assert done.code == 0
    (row,) = review.rows("confirmations.csv")
    assert row.arm in TRETINOIN
    assert (row.study, row.outcome, row.field, row.value, row.note, row.reviewer) == (
        "arnold-2010", "overall_response", "", "14 of 35", "Table 2", "AB",
    )  # fmt: skip
    assert review.clean() == ""


def test_all_outcomes_of_an_arm(review: Review) -> None:
    review.run(*A1)
    assert seen(review) == [("overall_response", "", "14 of 35"), ("relapse", "", "8 of 14")]


def test_an_outcome_of_all_arms(review: Review) -> None:
    review.run("confirm", "arnold-2010", "--outcome", "overall_response")
    rows = review.rows("confirmations.csv")
    assert [(row.arm in TRETINOIN, row.arm in DANAZOL, row.value) for row in rows] == [
        (True, False, "14 of 35"),
        (False, True, "9 of 30"),
    ]


def test_all_of_a_study_with_its_size(review: Review) -> None:
    review.run("confirm", "arnold-2010")
    assert seen(review) == [
        ("", "n_total", "65"),
        ("overall_response", "", "14 of 35"),
        ("relapse", "", "8 of 14"),
        ("overall_response", "", "9 of 30"),
    ]


def test_what_counts_now_is_confirmed(review: Review) -> None:
    of_relapse = ("--arm", "A1", "--outcome", "relapse", "--reason", "r")
    review.run("correct", "arnold-2010", "n", "20", *of_relapse)
    review.run("correct", "arnold-2010", "events", "15", *of_relapse)
    review.run(*A1, "--outcome", "relapse", reviewer="CD")
    assert seen(review) == [("relapse", "", "15 of 20")]


def test_what_was_confirmed_is_not_confirmed_again(review: Review) -> None:
    review.run(*A1, "--outcome", "relapse")
    review.run(*A1)
    assert seen(review) == [("relapse", "", "8 of 14"), ("overall_response", "", "14 of 35")]
    assert "you have said so already" in review.refused(*A1)
    assert review.run(*A1, reviewer="CD").code == 0


MISTAKES = {
    "a study that is not there": (("confirm", "arnold"[:4]), 'study "arno" is not known (nearest: '),
    "an arm that is not there": (("confirm", "arnold-2010", "--arm", "A9"), 'arm "A9" is not in study arnold-2010'),
    "an outcome that the arm has not": ((*A1, "--outcome", "death"), "has no death (it has overall_response, relapse)"),
    "an outcome that no arm has": (("confirm", "arnold-2010", "--outcome", "death"), "nothing to confirm there"),
    "a time point of no outcome": ((*A1, "--timepoint", "8 weeks"), "give --outcome, too"),
    "a time point that is not there": (
        (*A1, "--outcome", "relapse", "--timepoint", "8 weeks"),
        "has no time point: leave --timepoint out",
    ),
}


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_added(review: Review, words: tuple[str, ...], message: str) -> None:
    assert message in review.refused(*words)


def test_a_dry_run_adds_nothing(review: Review) -> None:
    before = review.bytes()
    assert review.run(*A1, "--dry-run").out.endswith("Nothing was added.\n")
    assert review.bytes() == before
