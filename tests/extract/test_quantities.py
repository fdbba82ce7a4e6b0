"""Every number is typed, so that only counts of people can become counts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from pipeline.extract.quantities import quantities, words_value


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("14 patients", "COUNT", 14),
        ("Fifty-seven patients", "COUNT", 57),
        ("Four hundred and five patients", "COUNT", 405),
        ("1,300 patients", "COUNT", 1300),
        ("1\u202f300 patients", "COUNT", 1300),
        ("10 948 patients", "COUNT", 10948),
        ("10 948 eligible participants", "COUNT", 10948),
        ("n = 10 948)", "SIZE", 10948),
        ("n = 35, 120 mg", "SIZE", 35),
        ("73.7%", "PERCENT", 73.7),
        ("twenty percent of patients", "PERCENT", 20),
        ("25/31", "FRACTION", 25),
        ("n = 112", "SIZE", 112),
        ("95% CI, 14.1–40.4", "INTERVAL", 14.1),
        ("P = .019", "PVALUE", 0.019),
    ],
)
def test_values(text: str, kind: str, value: float) -> None:
    first = quantities(text)[0]
    assert (first.kind, first.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    ["375 mg/m2", "30 × 10⁹/L", "12x109/L", "for 12 weeks", "aged 93 years", "grade 3", "phase II", "2009-2017",
     "≥ 50", "2:1", "day 14", "60–70%", "95% CI", "0.05", "NCT03304288", "six weeks", "R406", "CD20", "31/25",
     "genotype 1/4", "genotypes 2 and 3", "in study 1 120 patients"],
)  # fmt: skip
def test_what_is_no_count(text: str) -> None:
    assert not [q for q in quantities(text) if q.kind in {"COUNT", "FRACTION", "PERCENT"}]


@pytest.mark.parametrize(
    ("text", "counts"),
    [("in response at month 12 (30%)", []), ("by day 28 (40%)", []), ("in the first week 12 (30%) responded", [12])],
)
def test_a_time_before_a_percentage_is_no_count(text: str, counts: list[int]) -> None:
    assert [q.value for q in quantities(text) if q.kind == "COUNT"] == counts


@given(st.integers(1, 99_999))
def test_a_number_in_words_is_that_number(number: int) -> None:
    assert words_value(spoken(number)) == number


def spoken(number: int) -> str:
    """English words of a number below 100,000, made independently of the reader."""
    ones = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
    tens = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    thousands, rest = divmod(number, 1000)
    hundreds, last = divmod(rest, 100)
    small = ones[last] if last < 20 else (tens[last // 10] + "-" + ones[last % 10]).strip("-")
    parts = [spoken(thousands) + " thousand"] if thousands else []
    parts += [ones[hundreds] + " hundred"] if hundreds else []
    return " ".join([*parts, *([small] if small else [])])


@given(st.text(max_size=300))
def test_spans_are_in_order_and_apart(text: str) -> None:
    found = quantities(text)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("text", ["1" * 100_000, "(" * 100_000, "1 " * 50_000, "one " * 25_000, "5/" * 50_000])
def test_hostile_text_is_read(text: str) -> None:
    assert all(q.end <= len(text) for q in quantities(text))
