"""What two groups' counts give for a difference or ratio, against what is printed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

from pipeline.extract.effects import Effect

#: a share known no better than this part of the effect proves nothing of it
_SHARP = 0.1


@dataclass(frozen=True, slots=True)
class Proportion:
    """The share of a group that had the outcome, on [0, 1]: between `low` and `high`, which are equal where it was counted."""

    low: float
    high: float
    events: int | None = None
    n: int | None = None

    @classmethod
    def counted(cls, events: int, n: int) -> Proportion:
        return cls(events / n, events / n, events, n)

    @classmethod
    def printed(cls, percent: float, decimals: int) -> Proportion:
        half = 0.5 * 10**-decimals
        return cls(max(0.0, percent - half) / 100, min(100.0, percent + half) / 100)

    @property
    def is_counted(self) -> bool:
        return self.n is not None


def measured(measure: str, p: float, q: float) -> float | None:
    """RD, OR or RR of a share p over a share q; None where it is not defined (or is a hazard ratio)."""
    if measure == "RD":
        return p - q
    if measure == "RR":
        return p / q if q > 0 else None
    if measure == "OR":
        return p * (1 - q) / (q * (1 - p)) if q > 0 and p < 1 else None
    return None


def estimate_agrees(effect: Effect, first: Proportion, second: Proportion) -> bool:
    """Whether the printed estimate is that of first over second, as sharply as the shares are known."""
    low = measured(effect.measure, first.low, second.high)
    high = measured(effect.measure, first.high, second.low)
    if low is None or high is None or high - low > max(_SHARP * abs(effect.estimate), 2.1 * effect.step):
        return False
    half = effect.step / 2 + 1e-9
    return low - half <= effect.estimate <= high + half


def interval_agrees(effect: Effect, first: Proportion, second: Proportion) -> bool:
    """Whether the printed interval is one of those that the counts give, each limit to its last printed digit."""
    if effect.ci is None:
        return False
    return any(
        all(abs(a - b) <= effect.ci_step + 1e-9 for a, b in zip(found, effect.ci, strict=True))
        for found in intervals(effect, first, second)
    )


def intervals(effect: Effect, first: Proportion, second: Proportion) -> Iterator[tuple[float, float]]:
    """The usual intervals of two counts: Wald's and Newcombe's of a difference, Katz's of RR, Woolf's of OR."""
    if first.events is None or first.n is None or second.events is None or second.n is None:
        return
    z = NormalDist().inv_cdf(0.5 + effect.level / 200)
    counts = (first.events, first.n, second.events, second.n)
    if effect.measure == "RD":
        yield _wald(*counts, z)
        yield _newcombe(*counts, z)
    elif min(counts[0], counts[2]) > 0:
        yield from _on_log_scale(effect.measure, *counts, z)


def _wald(a: int, n: int, b: int, m: int, z: float) -> tuple[float, float]:
    p, q = a / n, b / m
    half = z * math.sqrt(p * (1 - p) / n + q * (1 - q) / m)
    return p - q - half, p - q + half


def _newcombe(a: int, n: int, b: int, m: int, z: float) -> tuple[float, float]:
    """Newcombe 1998, method 10: from Wilson's intervals of the two shares."""
    p, q = a / n, b / m
    (p_low, p_high), (q_low, q_high) = _wilson(a, n, z), _wilson(b, m, z)
    low = math.sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    high = math.sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return p - q - low, p - q + high


def _wilson(x: int, n: int, z: float) -> tuple[float, float]:
    p = x / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def _on_log_scale(measure: str, a: int, n: int, b: int, m: int, z: float) -> Iterator[tuple[float, float]]:
    """Katz 1978 for the risk ratio, Woolf 1955 for the odds ratio."""
    estimate = measured(measure, a / n, b / m)
    whole = measure == "OR" and (a == n or b == m)
    if estimate is None or whole or measure == "HR":
        return
    rest = 1 / (n - a) + 1 / (m - b) if measure == "OR" else -1 / n - 1 / m
    half = z * math.sqrt(1 / a + 1 / b + rest)
    yield estimate * math.exp(-half), estimate * math.exp(half)
