"""Which row a command means where an outcome stands in several, and lines that have become stale."""

from __future__ import annotations

from pipeline.candidates import Evidence
from tests.reviewing.commands import Review
from tests.reviewing.review import build, candidate, outcome, study

RESPONSE = ("--arm", "A1", "--outcome", "overall_response")
WHY = ("--reason", "r")


def at(start: int) -> Evidence:
    return Evidence(start=start, end=start + 2, text="14")


EARLY = outcome("A1", "overall_response", 14, 35, timepoint="8 weeks", evidence=at(0))
LATE = outcome("A1", "overall_response", 9, 35, timepoint="6 months", evidence=at(10))
MILD = outcome("A1", "toxicity", 4, 35, name="nausea", evidence=at(20))
SEVERE = outcome("A1", "toxicity", 2, 35, name="bleeding", evidence=at(30))
RARE = outcome("A1", "toxicity", 2, 35, name="fever", evidence=at(40))


def test_a_time_point_must_be_named(review: Review) -> None:
    build(review.folder, study("arnold-2010", candidate("arnold", EARLY, LATE)))
    told = review.refused("correct", "arnold-2010", "events", "10", *RESPONSE, *WHY)
    assert told.endswith('is told for several time points; give --timepoint, one of "8 weeks", "6 months"')
    told = review.refused("correct", "arnold-2010", "events", "10", *RESPONSE, "--timepoint", "1 year", *WHY)
    assert 'is not told for "1 year"; give --timepoint, one of "8 weeks"' in told
    done = review.run("correct", "arnold-2010", "events", "10", *RESPONSE, "--timepoint", "6 Months", *WHY)
    assert "6 months: was 9 of 35" in done.flat
    (row,) = review.rows("corrections.csv")
    assert (row.timepoint, row.value, row.was, row.seen) == ("6 months", "10", "9", "t-arnold")
    assert review.clean() == ""


def test_each_time_point_is_confirmed(review: Review) -> None:
    build(review.folder, study("arnold-2010", candidate("arnold", EARLY, LATE)))
    review.run("confirm", "arnold-2010", *RESPONSE)
    assert [(r.timepoint, r.value) for r in review.rows("confirmations.csv")] == [
        ("8 weeks", "14 of 35"),
        ("6 months", "9 of 35"),
    ]
    assert "you have said so already" in review.refused("confirm", "arnold-2010", *RESPONSE, "--timepoint", "8 weeks")


def test_of_several_rows_what_was_seen_tells_the_one(review: Review) -> None:
    build(review.folder, study("arnold-2010", candidate("arnold", MILD, SEVERE)))
    words = ("correct", "arnold-2010", "events", "5", "--arm", "A1", "--outcome", "toxicity", *WHY)
    assert "stands in several rows: 4 (nausea), 2 (bleeding); say which with --was VALUE" in review.refused(*words)
    assert "is nowhere 3: 4 (nausea), 2 (bleeding)" in review.refused(*words, "--was", "3")
    assert "was 2 of 35" in review.run(*words, "--was", "2").flat
    assert [(row.was, row.value) for row in review.rows("corrections.csv")] == [("2", "5")]


def test_what_lines_cannot_tell_apart_is_not_confirmed(review: Review) -> None:
    build(review.folder, study("arnold-2010", candidate("arnold", MILD, SEVERE, RARE)))
    done = review.run("confirm", "arnold-2010", "--arm", "A1")
    assert [row.value for row in review.rows("confirmations.csv")] == ["4 of 35"]
    assert "Left out, as lines cannot tell them apart: toxicity 2 of 35" in done.out


def test_a_further_report_by_its_record(review: Review) -> None:
    main, further = (
        candidate("arnold", outcome("A1", "overall_response", 14, 35)),
        candidate("followup", LATE, outcome("A1", "relapse", 5, 14)),
    )
    build(review.folder, study("arnold-2010", main, further))
    done = review.run("correct", "followup", "events", "10", *RESPONSE, *WHY)
    assert "6 months: was 9 of 35" in done.flat
    review.run("correct", "arnold-2010", "events", "6", "--arm", "A1", "--outcome", "relapse", *WHY)
    assert [(row.study, row.was, row.seen) for row in review.rows("corrections.csv")] == [
        ("followup", "9", "t-followup"), ("followup", "5", "t-followup"),
    ]  # fmt: skip
    assert review.clean() == ""


# ---- stale -----------------------------------------------------------------------------------------------------------


def test_one_stands_by_a_value_though_the_machine_says_another(review: Review) -> None:
    words = ("correct", "arnold-2010", "events", "15", *RESPONSE, *WHY)
    review.run(*words)
    build(review.folder, study("arnold-2010", candidate("arnold", outcome("A1", "overall_response", 13, 35))))
    assert "stale: the machine now says 13, the line saw 14; 15 counts, look again" in review.clean()
    told = review.refused("confirm", "arnold-2010", *RESPONSE)
    assert told.endswith("`litpool correct` with the right one, also if it is still 15")
    assert review.run(*words).code == 0
    assert [row.was for row in review.rows("corrections.csv")] == ["14", "13"]
    assert review.clean() == ""


def test_one_confirms_again_when_the_text_has_changed(review: Review) -> None:
    words = ("confirm", "arnold-2010", *RESPONSE)
    review.run(*words)
    changed = candidate("arnold", outcome("A1", "overall_response", 14, 35)).model_copy(update={"text_hash": "t-new"})
    build(review.folder, study("arnold-2010", changed))
    assert "stale: the source text changed; 14 counts, look again" in review.clean()
    assert review.run(*words).code == 0
    assert [row.seen for row in review.rows("confirmations.csv")] == ["t-arnold", "t-new"]
    assert review.clean() == ""
