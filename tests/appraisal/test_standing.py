"""Which judgement stands; the rule is that of values (tests/test_last_word.py)."""

from __future__ import annotations

import datetime

from pipeline.appraisal.standing import Judgement, standing

DAY = datetime.date(2026, 11, 1)


def said(*lines: str) -> list[Judgement]:
    """As "AB low", a day after the other; "AB low!" adjudicates."""
    told = [line.rstrip("!").split(" ") for line in lines]
    return [
        Judgement(value, who, DAY + datetime.timedelta(i), words=f"{who} on {value}", adjudicates=line.endswith("!"))
        for i, (line, (who, value)) in enumerate(zip(lines, told, strict=True))
    ]


def test_nothing_said() -> None:
    assert (standing([]).value, standing([]).status) == ("", "missing")


def test_one_reviewer_however_the_name_is_written() -> None:
    both = standing([Judgement("low", "Ann  Bee", DAY), Judgement("high", "ann bee", DAY)])
    assert (both.value, both.status, both.reviewers) == ("high", "judged", "ann bee")


def test_two_who_differ_leave_it_open_with_what_each_says() -> None:
    stands = standing(said("AB low", "CD high"))
    assert (stands.value, stands.status, stands.voices) == ("", "disagreement", "AB: low; CD: high")
    assert stands.words == "AB on low; CD on high"


def test_a_third_decides_by_words_of_its_own() -> None:
    stands = standing(said("AB low", "CD high", "EF high"))
    assert (stands.value, stands.status, stands.voices) == ("high", "adjudicated", "AB: low; CD: high; EF: high")
    assert stands.words == "EF on high"
    assert stands.date == "2026-11-03"


def test_a_third_against_two_who_agree_opens_it_again() -> None:
    assert standing(said("AB low", "CD low", "EF high")).status == "disagreement"
    assert standing(said("AB low", "CD low", "EF high!")).value == "high"
