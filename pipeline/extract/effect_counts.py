"""What the counts of two arms say of an effect that is printed for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.extract.effect_arithmetic import Proportion, estimate_agrees, interval_agrees, intervals, measured
from pipeline.extract.effect_arms import Pair
from pipeline.extract.effects import Effect
from pipeline.extract.rows import Row

#: rows of an arm that are tried, the nearest of them; a text of hundreds of pages has hundreds
_MOST = 10


class Agreement(StrEnum):
    """What confirms a comparison."""

    ESTIMATE = "estimate matches the counts"
    INTERVAL = "interval matches the counts"
    PERCENTAGES = "estimate matches the percentages"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The arms in the order in which two rows give the effect; `clear`: in the other order they do not."""

    pair: Pair
    checks: tuple[Agreement, ...]
    rows: tuple[Row, Row]
    clear: bool


def confirmed(effect: Effect, pair: Pair, rows: Sequence[Row]) -> Confirmed | None:
    """The first two rows that give the effect, with the arms in the pair's order or else the reverse."""
    for order in (pair, pair.reverse):
        for one, other in _both(effect, order, rows):
            checks = _agreements(effect, one, other)
            if checks:
                return Confirmed(order, checks, (one, other), not _agreements(effect, other, one))
    return None


def contradicted(effect: Effect, pair: Pair, rows: Sequence[Row]) -> str | None:
    """What the counts of the two arms give, where they are known."""
    for one, other in _both(effect, pair, rows):
        a, b = _proportion(one), _proportion(other)
        if a is None or b is None or not (a.is_counted and b.is_counted):
            continue
        given = measured(effect.measure, a.low, b.low)
        ci = next(intervals(effect, a, b), None)
        spread = f" ({ci[0]:.2f} to {ci[1]:.2f})" if ci is not None else ""
        return None if given is None else f"{given:.2f}{spread}"
    return None


def _agreements(effect: Effect, one: Row, other: Row) -> tuple[Agreement, ...]:
    """An interval that matches counts as well where the estimate is misprinted or otherwise rounded."""
    a, b = _proportion(one), _proportion(other)
    if a is None or b is None:
        return ()
    counted = a.is_counted and b.is_counted
    fits = estimate_agrees(effect, a, b)
    of_estimate = [Agreement.ESTIMATE if counted else Agreement.PERCENTAGES] if fits else []
    return (*of_estimate, *([Agreement.INTERVAL] if interval_agrees(effect, a, b) else []))


def _both(effect: Effect, pair: Pair, rows: Sequence[Row]) -> Iterator[tuple[Row, Row]]:
    """Rows of the two arms, those next to the effect first."""
    near = sorted(rows, key=lambda r: abs(r.share.span[0] - effect.start))
    firsts, seconds = ([r for r in near if r.arm == arm][:_MOST] for arm in (pair.first, pair.second))
    yield from ((a, b) for a in firsts for b in seconds)


def _proportion(row: Row) -> Proportion | None:
    percent = row.share.measure.percent
    if row.events is not None and row.n is not None and 0 <= row.events <= row.n and row.n > 0:
        return Proportion.counted(row.events, row.n)
    return None if percent is None else Proportion.printed(percent.value, percent.decimals)
