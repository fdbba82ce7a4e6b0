"""Votes of reviewers: which count, what is measured for which field, and which cells they do not agree on."""

from __future__ import annotations

import datetime

import pytest

from pipeline.resolve.agreement import Cell, Vote, agreement, independent_votes
from pipeline.resolve.cells import same_value
from pipeline.resolved import AgreementRow
from pipeline.stats import cohen_kappa, fleiss_kappa, intraclass_correlation

DAY = datetime.date(2026, 11, 1)


def vote(study: str, field: str, value: str, reviewer: str, day: int = 0, **more: object) -> Vote:
    date = DAY + datetime.timedelta(days=day)
    return Vote(study=study, field=field, value=value, reviewer=reviewer, date=date, **more)  # type: ignore[arg-type]


def pair(field: str, *values: tuple[str, str], names: tuple[str, str] = ("AB", "CD"), start: int = 0) -> list[Vote]:
    return [
        vote(f"s{start + i}", field, value, name)
        for i, both in enumerate(values)
        for name, value in zip(names, both, strict=True)
    ]


def only(rows: list[AgreementRow]) -> AgreementRow:
    (row,) = rows
    return row


def test_a_category_has_kappa() -> None:
    """8 of 10 agree; by hand p_e = 0.6·0.4 + 0.4·0.6."""
    values = [("include", "include")] * 4 + [("exclude", "Exclude ")] * 4 + [("include", "exclude")] * 2
    row = only(agreement(pair("decision", *values)))
    assert (row.kind, row.reviewers, row.cells, row.agreeing, row.statistic) == (
        "category",
        "AB & CD",
        10,
        8,
        "Cohen's kappa",
    )
    assert (row.share, row.value, row.ac1) == pytest.approx((0.8, 0.32 / 0.52, 0.6))
    assert row.value_low is not None
    assert row.value_low < 0.32 / 0.52
    assert row.note == ""


def test_a_count_has_the_intraclass_correlation_and_no_kappa() -> None:
    values = [("14", "14.0"), ("0", "0"), ("35", "33"), ("120", "120"), ("7", "")]
    row = only(agreement(pair("events", *values)))
    expected = intraclass_correlation([[14, 14], [0, 0], [35, 33], [120, 120]])
    assert (row.kind, row.cells, row.agreeing, row.statistic) == ("count", 5, 3, "ICC(1,1)")
    assert (row.value, row.value_low) == pytest.approx((expected.icc, (expected.ci or (None,))[0]))
    assert row.ac1 is None
    assert row.note == "1 of the cells hold no number for one of the reviewers"


def test_text_has_the_share_alone() -> None:
    row = only(agreement(pair("drugs", ("Danazol + dapsone", "dapsone|danazol"), ("danazol", "dapsone"))))
    assert (row.cells, row.agreeing, row.statistic, row.value) == (2, 1, "", None)


def test_an_ordered_category_has_weights() -> None:
    values = [("low", "low"), ("low", "some concerns"), ("high", "high"), ("some concerns", "high"), ("low", "low")]
    scale = ["low", "some concerns", "high"]
    row = only(agreement(pair("overall", *values), {"overall": scale}))
    first, second = zip(*values, strict=True)
    assert row.statistic == "Cohen's kappa, linear weights"
    assert row.value == pytest.approx(cohen_kappa(first, second, "linear", scale).kappa)
    odd = only(agreement(pair("overall", *values, ("no idea", "low")), {"overall": scale}))
    assert (odd.statistic, odd.note) == ("Cohen's kappa", '"no idea" is not on the scale: no weights')


def test_three_reviewers_have_a_row_of_all_and_one_of_each_pair() -> None:
    one = [("adult", "adult"), ("mixed", "adult"), ("adult", "adult")]
    two = [("adult", "adult"), ("mixed", "mixed")]
    votes = pair("age", *one) + pair("age", *two, names=("AB", "EF"), start=3)
    rows = agreement(votes)
    assert [(r.reviewers, r.cells, r.agreeing) for r in rows] == [("all", 5, 4), ("AB & CD", 3, 2), ("AB & EF", 2, 2)]
    assert rows[0].statistic == "Fleiss' kappa"
    assert rows[0].value == pytest.approx(fleiss_kappa([*one, *two]).kappa)


def test_cells_seen_by_one_person_do_not_count() -> None:
    votes = [*pair("age", ("adult", "mixed"), ("mixed", "mixed")), vote("s9", "age", "adult", "AB")]
    assert only(agreement(votes)).cells == 2
    assert agreement([vote("s9", "age", "adult", "AB"), vote("s9", "age", "mixed", "AB", 3)]) == []
    assert agreement([]) == []


def test_the_first_vote_counts_and_that_of_a_third_does_not() -> None:
    """AB said 14, CD 15; then AB gave in, and EF decided."""
    votes = [
        vote("s", "events", "15", "AB", 5),
        vote("s", "events", "14", "AB", 1),
        vote("s", "events", "15", "CD", 2),
        vote("s", "events", "15", "EF", 6),
        vote("s", "n", "30", "GH", 7, adjudicates=True),
        vote("s", "n", "30", "AB", 8),
    ]
    assert independent_votes(votes) == {
        Cell("s", "", "", "", "events"): {"AB": "14", "CD": "15"},
        Cell("s", "", "", "", "n"): {"AB": "30"},
    }
    assert independent_votes(votes, independent=3)[Cell("s", "", "", "", "events")] == {
        "AB": "14",
        "CD": "15",
        "EF": "15",
    }


def test_one_person_under_two_spellings_is_one() -> None:
    votes = [vote("s", "n", "35", "AB"), vote("s", "n", "34", " ab ", 1), vote("t", "n", "34", "aB")]
    assert agreement(votes) == []
    assert independent_votes(votes)[Cell("t", "", "", "", "n")] == {"AB": "34"}


def test_one_category_has_no_kappa_and_says_why() -> None:
    row = only(agreement(pair("age", ("adult", "adult"), ("adult", "adult"))))
    assert (row.share, row.value) == (1.0, None)
    assert "one category" in row.note


# ---- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "a", "b", "same"),
    [
        ("n", "35", " 35.0 ", True),
        ("n", "35", "36", False),
        ("relapse.events", "08", "8", True),
        ("n_total", "1234567", "1234568", False),
        ("percent", "71.4", "71.40", True),
        ("n", "1_0", "10", False),
        ("n", "nan", "inf", False),
        ("drugs", "B + a", "a|b", True),
        ("drugs", "a + b", "a", False),
        ("", "25/35", "25 of  35", True),
        ("", "25/35", "25 of 36", False),
        ("label", "High  dose", "high dose", True),
        ("age", "adult", "mixed", False),
    ],
)
def test_the_same_value(field: str, a: str, b: str, same: bool) -> None:
    assert same_value(field, a, b) is same
