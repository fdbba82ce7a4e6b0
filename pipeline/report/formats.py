"""How the report prints numbers. Shares are on [0, 1] unless a name says percent; None prints as a dash."""

from __future__ import annotations

import math
from collections.abc import Sequence

MISSING = "—"


def percent(share: float | None) -> str:
    """0.7234 → 72.3 %."""
    return MISSING if share is None else f"{_bare(share)} %"


def percent_points(value: float | None) -> str:
    """72.34, already in percent → 72.3 %."""
    return MISSING if value is None else percent(value / 100)


def interval(pair: Sequence[float] | None) -> str:
    """(0.562, 0.8401) → 56.2–84.0 %; a bound below 0 is set off from the dash by words."""
    if pair is None:
        return MISSING
    low, high = map(_bare, pair)
    return f"{low} to {high} %" if low.startswith("-") else f"{low}–{high} %"


def bounds(pair: Sequence[float] | None) -> str:
    """(0.562, 0.8401) → 56.2–84.0, beside an estimate that says percent."""
    return interval(pair).removesuffix(" %")


def estimate(share: float | None, pair: Sequence[float] | None) -> str:
    """0.723, (0.562, 0.84) → 72.3 (56.2–84.0), all in percent, for plots whose axis says so."""
    if share is None:
        return MISSING
    return _bare(share) if pair is None else f"{_bare(share)} ({bounds(pair)})"


def _bare(share: float) -> str:
    text = f"{100 * share:.1f}"
    return "0.0" if text == "-0.0" else text


def fraction(events: int | None, n: int | None) -> str:
    """25, 35 → 25/35; an unknown side prints as a dash, and two as one."""
    if events is None and n is None:
        return MISSING
    return f"{MISSING if events is None else events}/{MISSING if n is None else n}"


def whole(value: int | None) -> str:
    return MISSING if value is None else str(value)


def tau2(value: float | None) -> str:
    """Three significant digits, never in powers of ten."""
    if value is None:
        return MISSING
    if value == 0:
        return "0"
    if value < 0.0005:
        return "<0.0005"
    digits = max(0, 2 - math.floor(math.log10(value)))
    return f"{value:.{digits}f}"


def i2(value: float | None) -> str:
    """I², in percent → 45 %."""
    return MISSING if value is None else f"{value:.0f} %"


def p_value(value: float | None) -> str:
    if value is None:
        return MISSING
    if value < 0.001:
        return "<0.001"
    return f"{value:.3f}" if value < 0.01 else f"{value:.2f}"


def p_equation(value: float | None) -> str:
    """p = 0.04, p < 0.001."""
    text = p_value(value)
    return f"p < {text[1:]}" if text.startswith("<") else f"p = {text}"


def statistic(value: float | None) -> str:
    return MISSING if value is None else f"{value:.2f}"


def signed(value: float | None) -> str:
    """-0.0123 → −0.012, with a sign either way."""
    return MISSING if value is None else f"{value:+.3f}".replace("-", "−")


def points(shift: float) -> str:
    """-0.0123 → −1.2 percentage points."""
    return f"{100 * shift:+.1f} percentage points".replace("-", "−")


def level(value: float) -> str:
    """95.0 → 95 %, 97.5 → 97.5 %."""
    return f"{value:g} %"


FILTERS = {
    "percent": percent,
    "percent_points": percent_points,
    "interval": interval,
    "bounds": bounds,
    "whole": whole,
    "tau2": tau2,
    "i2": i2,
    "p_value": p_value,
    "p_equation": p_equation,
    "statistic": statistic,
    "signed": signed,
    "points": points,
    "level": level,
}
