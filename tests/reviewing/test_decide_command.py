"""`litpool exclude` and `litpool include`."""

from __future__ import annotations

import pytest

from pipeline.cli import main
from tests.reviewing.commands import Review

EXCLUDE = ("exclude", "smith-2011", "--code", "design", "--reason", "no control group")


def test_a_study_is_taken_out(review: Review) -> None:
    done = review.run(*EXCLUDE)
    assert done.out.startswith("overrides/exclusions.csv has got\n  smith-2011,design,no control group,AB,")
    assert "smith-2011: was include, now exclude (no control group)\n" in done.out
    assert "now 20 of 35 (accepted, the study is not included)" in done.flat
    (row,) = review.rows("exclusions.csv")
    assert (row.study, row.code, row.was, row.adjudicated) == ("smith-2011", "design", "include", False)
    assert review.clean() == ""


def test_a_code_by_its_words(review: Review) -> None:
    assert review.run("exclude", "smith", "--code", "Too few patients", "--reason", "r").code == 0
    assert [(row.study, row.code) for row in review.rows("exclusions.csv")] == [("smith-2011", "size")]


def test_a_study_is_taken_in(review: Review) -> None:
    done = review.run("include", "weber-2012", "--reason", "the full text has adults")
    assert done.out.startswith("overrides/inclusions.csv has got\n  weber-2012,,the full text has adults,AB,")
    (row,) = review.rows("inclusions.csv")
    assert (row.study, row.was) == ("weber-2012", "exclude")


MISTAKES = {
    "a code that the protocol has not": (
        ("exclude", "smith-2011", "--code", "desing", "--reason", "r"),
        'code "desing" is not known (known: population, intervention',
    ),
    "a study that is not there": (
        ("include", "smith-2012", "--reason", "r"),
        'study "smith-2012" is not known (nearest: smith-2011',
    ),
    "one that is in already": (("include", "smith-2011", "--reason", "r"), "smith-2011 is included already"),
    "one that is out already": (("exclude", "weber-2012", "--reason", "r"), "weber-2012 is excluded already"),
}


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_added(review: Review, words: tuple[str, ...], message: str) -> None:
    assert message in review.refused(*words)


def test_a_reason_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["exclude", "smith-2011"])
    assert "the following arguments are required: --reason" in capsys.readouterr().err


def test_another_reviewer_is_overruled_only_knowingly(review: Review) -> None:
    review.run(*EXCLUDE)
    include = ("include", "smith-2011", "--reason", "it has one")
    told = review.refused(*include, reviewer="CD")
    assert (
        told
        == "smith-2011: AB says exclude (overrides/exclusions.csv:2); talk it over, then --overrule if yours is to count"
    )
    done = review.run(*include, "--overrule", reviewer="CD")
    assert "Otherwise: AB says exclude (overrides/exclusions.csv:2)" in done.flat
    assert [(row.was, row.adjudicated) for row in review.rows("inclusions.csv")] == [("exclude", True)]
    assert review.clean() == ""


def test_ones_own_mind_may_change(review: Review) -> None:
    review.run(*EXCLUDE)
    assert review.run("include", "smith-2011", "--reason", "seen the full text").code == 0


def test_a_dry_run_adds_nothing(review: Review) -> None:
    before = review.bytes()
    assert review.run(*EXCLUDE, "--dry-run").out.endswith("Nothing was added.\n")
    assert review.bytes() == before
