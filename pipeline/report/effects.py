"""How effects of one treatment against another are printed: ratios as numbers, differences in percentage points."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.report.formats import MISSING

NAMES = {"RR": "risk ratio", "OR": "odds ratio", "RD": "risk difference", "HR": "hazard ratio"}
#: beside a number; a difference is in percentage points
UNITS = {"RD": ", % points"}
#: beyond these a ratio has no digits worth reading
_SMALL, _LARGE = 0.005, 9999.5


def effect(value: float | None, measure: str) -> str:
    """1.3636 → 1.36; of a difference 0.2143 → 21.4."""
    if value is None:
        return MISSING
    return _points(value) if measure == "RD" else _ratio(value)


def effect_interval(pair: Sequence[float] | None, measure: str) -> str:
    """1.08–1.73; a bound below 0 is set off by words: −3.1 to 12.0."""
    if pair is None:
        return MISSING
    low, high = (effect(end, measure) for end in pair)
    return f"{low} to {high}" if low.startswith(("−", "<")) or high.startswith(">") else f"{low}–{high}"


def with_interval(value: float | None, pair: Sequence[float] | None, measure: str) -> str:
    """1.36 (1.08–1.73)."""
    if value is None:
        return MISSING
    return effect(value, measure) if pair is None else f"{effect(value, measure)} ({effect_interval(pair, measure)})"


def head(measure: str) -> str:
    """RR; RD, % points."""
    return measure + UNITS.get(measure, "")


def _ratio(value: float) -> str:
    if value < _SMALL:
        return "<0.01"
    if value > _LARGE:
        return ">9999"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f}"


def _points(value: float) -> str:
    text = f"{100 * value:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "−")


FILTERS = {"effect": effect, "effect_interval": effect_interval, "effect_head": head}
