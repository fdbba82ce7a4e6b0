"""From values to places in a drawing, and round numbers to mark on an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` at places from `start` to `end`; what lies beyond is put at the edge."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.start + (self.end - self.start) * min(1.0, max(0.0, share))

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers within [low, high], about so many."""
    if not high > low:
        return [low]
    raw = (high - low) / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in _STEPS if s * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 10) + 0.0 for i in range(first, math.floor(high / step + 1e-9) + 1)]


def share_scale(values: Iterable[float], start: float, end: float) -> Scale:
    """Of proportions: the range of `values` to the next 5 %, within [0, 1]."""
    found = list(values)
    low, high = min(found, default=0.0), max(found, default=1.0)
    low, high = math.floor(low * 20 + 1e-9) / 20, math.ceil(high * 20 - 1e-9) / 20
    low, high = (low - 0.05, high + 0.05) if high - low < 0.04 else (low, high)
    return Scale(max(0.0, low), min(1.0, high), start, end)


def percent_ticks(scale: Scale, about: int = 5) -> list[float]:
    """Proportions that are round in percent."""
    return [t / 100 for t in ticks(100 * scale.low, 100 * scale.high, about)]


def number(value: float) -> str:
    """A tick in as few digits as it has."""
    return f"{value:.4g}".replace("-", "−")


def span(values: Sequence[float], room: float = 0.05) -> tuple[float, float]:
    """The least and the largest, with `room` of their distance beyond."""
    low, high = min(values), max(values)
    pad = room * (high - low) if high > low else max(abs(high), 1.0) * room
    return low - pad, high + pad
