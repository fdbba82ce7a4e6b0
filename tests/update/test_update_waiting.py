"""Politeness, and what a source says about when to come again."""

from __future__ import annotations

import datetime

import pytest

from pipeline.errors import UserError
from pipeline.update.eutils import EUTILS
from pipeline.update.waiting import Pace, retry_after


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (None, 0), ("", 0), ("7", 7), (" 120 ", 120), ("-3", 0), ("soon", 0), ("9" * 5000, 999_999_999),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30), ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(said: str | None, seconds: float) -> None:
    assert retry_after(said, datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)) == seconds


def test_requests_are_spread_evenly() -> None:
    now = [100.0]
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    pace = Pace(4, clock=lambda: now[0], sleep=sleep)
    for _ in range(9):
        pace.wait()
    assert now[0] == pytest.approx(100 + 8 / 4)
    now[0] += 10
    pace.wait()
    assert len(waits) == 8


def test_a_key_allows_more() -> None:
    key = {"NCBI_API_KEY": "0123456789abcdef"}
    assert EUTILS.pace(EUTILS.secret({})) == 3
    assert EUTILS.pace(EUTILS.secret(key)) == 10


@pytest.mark.parametrize("wrong", ["short", "with blank inside", "zeile\numbruch1", "schlüssel12345"])
def test_what_cannot_be_a_key_is_told_without_it(wrong: str) -> None:
    with pytest.raises(UserError) as error:
        EUTILS.secret({"NCBI_API_KEY": wrong})
    assert wrong not in str(error.value)


def test_another_address_comes_from_the_environment() -> None:
    assert EUTILS.base({"LITPOOL_ADDRESS_EUTILS": "http://127.0.0.1:1/"}) == "http://127.0.0.1:1"
    assert EUTILS.base({}) == "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
