"""Arithmetic that decides between readings: which counts make a printed percentage, interval or p-value possible."""

from __future__ import annotations

import math
from collections.abc import Callable

from pipeline.extract.quantities import Quantity

#: |z| of a 95 % interval
Z95 = 1.959963984540054
#: the chance beyond each of its ends
TAIL = 0.025


def agrees(events: int, n: int, percent: Quantity) -> bool:
    """Whether events/n gives the percentage at its printed precision, rounded or cut."""
    return 0 <= events <= n and n > 0 and _rounds_to(100 * events / n, percent.value, percent.decimals)


def possible_events(n: int, percent: Quantity) -> list[int]:
    """The counts of n whose share rounds to the percentage; where none does, those from which it was cut."""
    middle, reach = percent.value * n / 100, n * 10**-percent.decimals / 100
    near = range(max(0, math.floor(middle - reach)), min(n, math.ceil(middle + reach)) + 1)
    half = 0.5 * 10**-percent.decimals
    rounded = [e for e in near if -half - 1e-9 <= 100 * e / n - percent.value < half - 1e-9]  # a tie is rounded up
    return rounded or [e for e in near if agrees(e, n, percent)]


def chance_of_fit(n: int, percent: Quantity) -> float:
    """How often a percentage of so many decimals, printed of something else, would be one of n patients by chance."""
    return min(1.0, (n + 1) / (100 * 10.0**percent.decimals + 1))


def implied_size(events: int, percent: Quantity, at_most: int) -> int | None:
    """The only n, up to `at_most`, of which the events are the printed percentage, or None."""
    if events == 0 or percent.value == 0:
        return None
    step = 10.0**-percent.decimals
    low = math.ceil(100 * events / (percent.value + step / 2) - 1e-9)
    high = math.floor(100 * events / max(percent.value - step / 2, 1e-9) + 1e-9)
    fits = [n for n in range(max(low, events), min(high, at_most) + 1) if agrees(events, n, percent)]
    return fits[0] if len(fits) == 1 else None


def _rounds_to(share: float, printed: float, decimals: int) -> bool:
    step = 10.0**-decimals
    return abs(share - printed) <= step / 2 + 1e-9 or 0 <= share - printed < step


def interval_agrees(events: int, n: int, interval: Quantity) -> bool:
    """Whether the printed 95 % interval (in percent) is the Clopper-Pearson, Wilson or Wald interval of events/n."""
    if interval.high is None or n == 0:
        return False
    reach = 0.5 * 10.0**-interval.decimals + 1e-9
    printed = (interval.value, interval.high)
    for computed in (_wilson(events, n), _wald(events, n)):
        if all(abs(100 * ours - theirs) <= reach for ours, theirs in zip(computed, printed, strict=True)):
            return True
    return _is_clopper_pearson(events, n, interval.value, interval.high, reach)


def _is_clopper_pearson(x: int, n: int, low: float, high: float, reach: float) -> bool:
    """Whether both ends (in percent) are within `reach` of those of Clopper & Pearson 1934. These are not computed, for
    that takes a library which loads for a second: the chance of a count so far off, which is 2.5 % there, is on one side
    of it and on the other."""
    least = x == 0 or _passes(lambda p: _tail(x, n, p), low, reach)
    most = x == n or _passes(lambda p: -_tail(n - x, n, 1 - p), high, reach, -TAIL)
    return least and most and (x > 0 or abs(low) <= reach) and (x < n or abs(high - 100) <= reach)


def _passes(rising: Callable[[float], float], end: float, reach: float, level: float = TAIL) -> bool:
    """Whether a function that rises with the share reaches the level within `reach` of `end` (in percent)."""
    before, behind = max(0.0, (end - reach) / 100), min(1.0, (end + reach) / 100)
    return before <= behind and rising(before) <= level <= rising(behind)


def _tail(x: int, n: int, p: float) -> float:
    """The chance of `x` or more of n where each has the chance p; 1/2 where that many are no more than expected."""
    if p <= 0 or x > n:
        return 0.0
    if x <= n * p:
        return 0.5
    log = math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1) + x * math.log(p) + (n - x) * math.log1p(-p)
    term = total = math.exp(log)
    for k in range(x, n):  # each term is smaller than the one before by more than the last
        term *= (n - k) / (k + 1) * p / (1 - p)
        total += term
        if term < 1e-17 * total:
            break
    return total


def _wilson(x: int, n: int) -> tuple[float, float]:
    """Wilson 1927."""
    p, z2 = x / n, Z95**2
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return middle - half, middle + half


def _wald(x: int, n: int) -> tuple[float, float]:
    p = x / n
    half = Z95 * math.sqrt(p * (1 - p) / n)
    return p - half, p + half


def p_agrees(events1: int, n1: int, events2: int, n2: int, p: Quantity) -> bool:
    """Whether the printed exact p-value is that of Pearson's χ² (with or without Yates) or Fisher's exact test."""
    if p.high is not None or min(n1, n2) == 0 or events1 > n1 or events2 > n2:
        return False
    reach = 0.5 * 10.0**-p.decimals + 1e-12
    if any(abs(_chi2(events1, n1, events2, n2, yates) - p.value) <= reach for yates in (0.0, 0.5)):
        return True
    return abs(_fisher(events1, n1, events2, n2) - p.value) <= reach


def _chi2(a: int, n1: int, b: int, n2: int, yates: float) -> float:
    n, events = n1 + n2, a + b
    if events in (0, n):
        return 1.0
    expected = events * n1 / n
    deviation = max(0.0, abs(a - expected) - yates)
    variance = events * (n - events) * n1 * n2 / n**3
    return math.erfc(math.sqrt(deviation**2 / variance / 2))


def _fisher(a: int, n1: int, b: int, n2: int) -> float:
    """Two-sided, summing the tables no more likely than the observed one (Fisher 1934)."""
    events, n = a + b, n1 + n2
    total = math.comb(n, events)
    tables = [
        math.comb(n1, x) * math.comb(n2, events - x) / total for x in range(max(0, events - n2), min(n1, events) + 1)
    ]
    observed = math.comb(n1, a) * math.comb(n2, b) / total
    return min(1.0, sum(t for t in tables if t <= observed * (1 + 1e-7)))
