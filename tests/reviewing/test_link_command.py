"""`litpool link`: how two records relate."""

from __future__ import annotations

import pytest

from tests.reviewing.commands import Review

LINK = ("link", "arnold", "smith", "same study", "--reason", "one trial")


def test_two_records(review: Review) -> None:
    done = review.run(*LINK)
    assert done.out.startswith("overrides/links.csv has got\n  arnold,smith,same study,one trial,AB,")
    assert "says of arnold and smith: nothing in common; now they become two reports of one study" in done.flat
    (row,) = review.rows("links.csv")
    assert (row.record_a, row.record_b, row.relation, row.reviewer) == ("arnold", "smith", "same study", "AB")
    assert review.clean() == ""


@pytest.mark.parametrize("name", ["arnold-2010", "20200202", "PMID: 20200202"])
def test_a_record_by_its_study_or_its_number(review: Review, name: str) -> None:
    assert "says of arnold and smith: " in review.run("link", name, "smith", "different", "--reason", "r").flat


@pytest.mark.parametrize("relation", ["shared cohort", "shared-cohort", "Shared Cohort"])
def test_a_relation_as_people_write_it(review: Review, relation: str) -> None:
    assert review.run("link", "arnold", "smith", relation, "--reason", "r").code == 0
    assert review.rows("links.csv")[0].relation == "shared cohort"


MISTAKES = {
    "a record that is not there": (("link", "arnold", "smit", "different"), 'no record "smit" (nearest: smith)'),
    "a relation that there is not": (
        ("link", "arnold", "smith", "twins"),
        'relation "twins" is not known (known: same record, same study, shared cohort, different)',
    ),
    "one record": (("link", "arnold", "20200202", "different"), '"arnold" and "20200202" are one record'),
}


@pytest.mark.parametrize(("words", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_and_nothing_added(review: Review, words: tuple[str, ...], message: str) -> None:
    assert message in review.refused(*words, "--reason", "r")


def test_what_lines_say_already_or_otherwise(review: Review) -> None:
    review.run(*LINK)
    assert (
        review.refused(*LINK) == "overrides/links.csv:2: you decided on these two: same study; there is nothing to add"
    )
    told = review.refused("link", "smith", "arnold", "same record", "--reason", "r", reviewer="CD")
    assert told.startswith("overrides/links.csv:2: AB decided on these two: same study; change that line, or delete it")


def test_lines_that_would_contradict_each_other(review: Review) -> None:
    review.run(*LINK)
    review.run("link", "arnold", "weber", "different", "--reason", "r")
    told = review.refused("link", "smith", "weber", "same study", "--reason", "r")
    assert told.startswith(
        "overrides/links.csv:3: arnold and weber cannot be different: lines 2 and 4 make them one study"
    )
    assert told.endswith("(line 4 is the one to be added)")


def test_a_dry_run_adds_nothing(review: Review) -> None:
    before = review.bytes()
    assert review.run(*LINK, "--dry-run").out.endswith("Nothing was added.\n")
    assert review.bytes() == before
