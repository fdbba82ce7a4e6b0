"""Arithmetic that decides between readings: which counts make a printed percentage, interval or p-value possible."""

from __future__ import annotations

import math

from pipeline.extract.quantities import Quantity

#: |z| of a 95 % interval
Z95 = 1.959963984540054


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
    step = 10.0**-interval.decimals
    printed = (interval.value, interval.high)
    return any(
        all(abs(100 * ours - theirs) <= step / 2 + 1e-9 for ours, theirs in zip(computed, printed, strict=True))
        for computed in (_clopper_pearson(events, n), _wilson(events, n), _wald(events, n))
    )


def _clopper_pearson(x: int, n: int) -> tuple[float, float]:
    """Clopper & Pearson 1934."""
    from scipy.special import betaincinv

    low = float(betaincinv(x, n - x + 1, 0.025)) if x > 0 else 0.0
    high = float(betaincinv(x + 1, n - x, 0.975)) if x < n else 1.0
    return low, high


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
    step = 10.0**-p.decimals
    tests = (
        _chi2(events1, n1, events2, n2, 0.0),
        _chi2(events1, n1, events2, n2, 0.5),
        _fisher(events1, n1, events2, n2),
    )
    return any(abs(ours - p.value) <= step / 2 + 1e-12 for ours in tests)


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
