"""Counts, percentages, intervals and p-values, against published figures."""

from __future__ import annotations

import math

from hypothesis import given, strategies as st

from pipeline.extract.arithmetic import agrees, interval_agrees, p_agrees, possible_events
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
