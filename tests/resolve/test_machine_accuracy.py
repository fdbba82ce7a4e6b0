"""The machine measured by people's last words: each share counted by hand."""

from __future__ import annotations

import datetime

import pytest

from pipeline.resolve.accuracy import BINS, MEASURES, Judged, accuracy, quarter
from pipeline.resolved import AccuracyRow
from pipeline.stats import wilson


def judged(study: str, machine: str | None, truth: str | None, status: str = "accepted", **more: object) -> Judged:
    given = {"field": "events", "date": datetime.date(2026, 11, 1), "confidence": None} | more
    return Judged(study=study, machine=machine, truth=truth, status=status, **given)  # type: ignore[arg-type]


#: accepted: 3 right (one of 0), 1 wrong, 1 that should not be there; waiting: 1 right, 1 wrong; 2 added
CELLS = [
    judged("a", "14", "14"),
    judged("b", "0", "0.0"),
    judged("c", "9", "9"),
    judged("d", "9", "8"),
    judged("e", "5", None),
    judged("f", "5", "5", "waiting"),
    judged("g", "5", "6", "waiting"),
    judged("h", None, "7"),
    judged("i", None, "0"),
]


def row(rows: list[AccuracyRow], measure: str, field: str = "all", period: str = "all") -> AccuracyRow:
    (found,) = [r for r in rows if (r.measure, r.field, r.period) == (measure, field, period)]
    return found


@pytest.mark.parametrize(
    ("measure", "right", "of"),
    [("precision of accepted", 3, 5), ("precision of waiting", 1, 2), ("recall", 4, 8), ("recall by accepted", 3, 8)],
)
def test_shares_by_hand(measure: str, right: int, of: int) -> None:
    found = row(accuracy(CELLS), measure)
    low, high = wilson([right], [of])
    assert (found.right, found.of) == (right, of)
    assert (found.share, found.low, found.high) == pytest.approx((right / of, low[0], high[0]))


def test_all_measures_are_declared_and_told() -> None:
    assert {r.measure for r in accuracy(CELLS)} == {m.name for m in MEASURES}


def test_fields_apart_and_together() -> None:
    cells = [*CELLS, judged("a", "35", "36", field="n"), judged("b", "30", "30", field="n")]
    rows = accuracy(cells)
    assert (row(rows, "recall", "n").right, row(rows, "recall", "n").of) == (1, 2)
    assert (row(rows, "recall", "events").right, row(rows, "recall").right) == (4, 5)
    assert list(dict.fromkeys(r.field for r in rows)) == ["all", "events", "n"]


def test_quarters_and_what_was_known_until_then() -> None:
    cells = [
        judged("a", "1", "2", date=datetime.date(2026, 3, 31)),
        judged("b", "1", "1", date=datetime.date(2026, 4, 1)),
        judged("c", "1", "1", date=datetime.date(2027, 1, 1)),
    ]
    found = {r.period: (r.right, r.of) for r in accuracy(cells) if r.measure == "recall" and r.field == "all"}
    assert found == {
        "all": (2, 3),
        "2026-Q1": (0, 1),
        "2026-Q2": (1, 1),
        "2027-Q1": (1, 1),
        "until 2026-Q1": (0, 1),
        "until 2026-Q2": (1, 2),
        "until 2027-Q1": (2, 3),
    }


@pytest.mark.parametrize(("month", "name"), [(1, "Q1"), (3, "Q1"), (4, "Q2"), (9, "Q3"), (10, "Q4"), (12, "Q4")])
def test_quarter(month: int, name: str) -> None:
    assert quarter(datetime.date(2026, month, 15)) == f"2026-{name}"


def test_calibration_by_hand() -> None:
    cells = [
        judged("a", "1", "1", confidence=0.99),
        judged("b", "1", "1", confidence=1.0),
        judged("c", "1", "2", confidence=0.98),
        judged("d", "1", "1", "waiting", confidence=0.5),
        judged("e", "1", None, "waiting", confidence=0.6),
        judged("f", None, "1", "waiting", confidence=0.6),
    ]
    found = [r for r in accuracy(cells) if r.measure == "calibration" and r.field == "all"]
    assert [(r.confidence, r.right, r.of) for r in found] == [("0.5 to 0.7", 1, 2), ("0.98 to 1", 2, 3)]
    assert [r.mean_confidence for r in found] == pytest.approx([0.55, 0.99])


@pytest.mark.parametrize("confidence", [0.0, *BINS[1:], 1.0])
def test_each_confidence_is_in_one_bin(confidence: float) -> None:
    rows = accuracy([judged("a", "1", "1", confidence=confidence)])
    assert sum(r.of for r in rows if r.measure == "calibration" and r.field == "all") == 1


def test_the_last_word_counts() -> None:
    cells = [
        judged("a", "1", "2", date=datetime.date(2026, 5, 2)),
        judged("a", "1", "1", date=datetime.date(2026, 5, 1)),
    ]
    assert (row(accuracy(cells), "recall").right, row(accuracy(cells), "recall").of) == (0, 1)


def test_how_many_there_are_to_look_at() -> None:
    totals = {("events", "accepted"): 340, ("events", "waiting"): 12, ("n", "accepted"): 60}
    rows = accuracy(CELLS, totals)  # type: ignore[arg-type]
    assert row(rows, "precision of accepted", "events").total == 340
    assert row(rows, "precision of accepted").total == 400
    assert row(rows, "precision of waiting").total == 12
    assert row(rows, "recall").total is None
    assert row(rows, "precision of accepted", period="2026-Q4").total is None
    assert row(accuracy(CELLS), "precision of accepted").total is None


def test_nothing_judged() -> None:
    assert accuracy([]) == []
