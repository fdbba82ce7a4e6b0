"""Which judgement stands is decided as the reviewers' agreement is measured."""

from __future__ import annotations

import datetime

from hypothesis import given, settings, strategies as st

from pipeline.appraisal.standing import Judgement, standing
from pipeline.resolve.agreement import Vote, disagreements

DAY = datetime.date(2026, 11, 1)
SAID = st.tuples(st.sampled_from("ABC"), st.sampled_from(["low", "high"]), st.integers(0, 5), st.booleans())


def test_nothing_said() -> None:
    assert (standing([]).value, standing([]).status) == ("", "missing")


def test_one_reviewer_however_the_name_is_written() -> None:
    both = standing([Judgement("low", "Ann  Bee", DAY), Judgement("high", "ann bee", DAY)])
    assert (both.value, both.status, both.reviewers) == ("high", "judged", "ann bee")


@settings(max_examples=300, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=7))
def test_open_and_settled_as_in_the_list_of_disagreements(said: list[tuple[str, str, int, bool]]) -> None:
    judgements = [Judgement(v, who, DAY + datetime.timedelta(d), adjudicates=a) for who, v, d, a in said]
    votes = [Vote(study="s", field="D1", value=j.value, reviewer=j.reviewer, date=j.date, adjudicates=j.adjudicates) for j in judgements]  # fmt: skip
    stands, differ = standing(judgements), disagreements(votes)
    if differ:
        assert (stands.value or None) == differ[0].settled
        assert (stands.status == "disagreement") == differ[0].open
    else:
        assert stands.value
        assert stands.status in ("judged", "agreed", "adjudicated")
