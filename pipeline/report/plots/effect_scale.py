"""The axis of effects: ratios on a logarithmic scale, differences on a plain one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.report.plots.scales import Scale, number, ticks

#: intervals are drawn within these, an arrow says that they go on; a point is always drawn
FARTHEST = 32.0
#: between ticks
ROOM = 26.0
_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True)
class EffectScale:
    """`none` is where there is no effect: a ratio of 1, a difference of 0."""

    scale: Scale
    log: bool

    @property
    def none(self) -> float:
        return 1.0 if self.log else 0.0

    def place(self, value: float) -> float:
        return self.scale.place(self._on(value))

    def beyond(self, value: float) -> int:
        """-1 where the value lies left of the axis, 1 where right of it."""
        at = self._on(value)
        return int(at > self.scale.high + 1e-9) - int(at < self.scale.low - 1e-9)

    def marks(self) -> list[tuple[float, str]]:
        """Round values and how they are written."""
        if not self.log:
            return [(t / 100, number(t)) for t in ticks(100 * self.scale.low, 100 * self.scale.high)]
        low, high = 10**self.scale.low, 10**self.scale.high
        return [(t, number(t)) for t in self._apart(round_ratios(low, high))]

    def _on(self, value: float) -> float:
        if not self.log:
            return value
        return math.log10(value) if value > 0 else -math.inf

    def _apart(self, found: Sequence[float]) -> list[float]:
        """1 and powers of ten first, then what has room between them."""
        kept: list[float] = []
        for t in sorted(found, key=lambda t: (t != 1, not _is_power(t), abs(math.log10(t)), t)):
            if all(abs(self.place(t) - self.place(other)) >= ROOM for other in kept):
                kept.append(t)
        return sorted(kept)


def effect_scale(points: Iterable[float], ends: Iterable[float], ratio: bool, start: float, end: float) -> EffectScale:
    """Wide enough for all points, and for the ends of intervals as far as they are near; no effect is always in it."""
    found, far = [p for p in points if math.isfinite(p)], [e for e in ends if math.isfinite(e)]
    if ratio:
        return _ratios([p for p in found if p > 0], far, start, end)
    values = [0.0, *found, *far]
    low, high = math.floor(10 * min(values) - 0.01) / 10, math.ceil(10 * max(values) + 0.01) / 10
    return EffectScale(Scale(max(-1.0, low), min(1.0, high), start, end), log=False)


def _ratios(points: Sequence[float], ends: Sequence[float], start: float, end: float) -> EffectScale:
    near = [min(FARTHEST, max(1 / FARTHEST, e)) for e in ends]
    low, high = min([*points, *near, 1.0]), max([*points, *near, 1.0])
    below = [t for t in round_ratios(low / 10, low) if t <= low]
    above = [t for t in round_ratios(high, high * 10) if t >= high]
    low, high = min(max(below), 0.5), max(min(above), 2.0)
    return EffectScale(Scale(math.log10(low), math.log10(high), start, end), log=True)


def round_ratios(low: float, high: float) -> list[float]:
    """…, 0.2, 0.5, 1, 2, 5, … within [low, high]."""
    powers = range(math.floor(math.log10(low)), math.floor(math.log10(high)) + 1)
    found = [float(f"{step}e{power}") for power in powers for step in _STEPS]
    return [t for t in found if low * (1 - 1e-9) <= t <= high * (1 + 1e-9)]


def _is_power(value: float) -> bool:
    return abs(math.log10(value) - round(math.log10(value))) < 1e-9
