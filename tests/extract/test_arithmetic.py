"""Counts, percentages, intervals and p-values, against published figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st
from scipy.special import betaincinv

from pipeline.extract.arithmetic import _is_clopper_pearson, agrees, interval_agrees, p_agrees, possible_events
from pipeline.extract.quantities import Quantity


def percent(value: float, decimals: int = 0) -> Quantity:
    return Quantity("PERCENT", 0, 1, value, None, decimals)


def test_published_shares() -> None:
    assert agrees(90, 112, percent(80))
    assert agrees(28, 73, percent(38.3, 1)), "cut, not rounded: 38.356"
    assert not agrees(8, 19, percent(57.1, 1))
    assert possible_events(57, percent(81)) == [46]
    assert possible_events(31, percent(59)) == [], "no count of 31 gives 59 %"
    assert len(possible_events(806, percent(60))) > 1


def test_published_interval() -> None:
    """81 % (69–89 %) of 57 patients (Robak 2007) is 46 patients."""
    assert interval_agrees(46, 57, Quantity("INTERVAL", 0, 1, 69, 89, 0))
    assert not interval_agrees(45, 57, Quantity("INTERVAL", 0, 1, 69, 89, 0))


def test_published_p_value() -> None:
    """28/73 against 41/70: Fisher's exact test, p = 0.019 (PMC4096387)."""
    assert p_agrees(28, 73, 41, 70, Quantity("PVALUE", 0, 1, 0.019, None, 3))
    assert not p_agrees(28, 73, 38, 70, Quantity("PVALUE", 0, 1, 0.019, None, 3))


def test_counts_larger_than_their_sizes_give_no_p_value() -> None:
    assert not p_agrees(12, 3, 9, 4, Quantity("PVALUE", 0, 1, 0.05, None, 2))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(0, 2))
def test_a_rounded_share_is_always_possible(counts: tuple[int, int], decimals: int) -> None:
    events, n = counts
    step = 10**decimals
    printed = percent(math.floor(100 * events / n * step + 0.5 + 1e-9) / step, decimals)  # Python rounds halves to even
    assert agrees(events, n, printed)
    assert events in possible_events(n, printed)


def test_every_count_that_rounds_to_the_percentage_is_possible() -> None:
    """0.5 to 1.5 % of 500 are 3 to 7 patients, by hand: 2.5 and 7.5 are the borders."""
    assert possible_events(500, percent(1)) == [3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("events", "n"), [(0, 7), (7, 7), (0, 40), (40, 40), (1, 9), (25, 35), (3, 2000), (997, 1000), (120_000, 300_000)]
)
@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_exact_intervals_are_told_without_the_library_that_computes_them(events: int, n: int, decimals: int) -> None:
    low = float(betaincinv(events, n - events + 1, 0.025)) if events else 0.0
    high = float(betaincinv(events + 1, n - events, 0.975)) if events < n else 1.0
    step = 10.0**-decimals
    ends, reach = (round(100 * low, decimals), round(100 * high, decimals)), step / 2 + 1e-9
    assert _is_clopper_pearson(events, n, *ends, reach)
    for shift in ((step, 0), (-step, 0), (0, step), (0, -step)):
        assert not _is_clopper_pearson(events, n, ends[0] + shift[0], ends[1] + shift[1], reach)
