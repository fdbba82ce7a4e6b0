"""Effect sizes of two groups, as metafor's escalc: one function and one line in MEASURES_TWO each.

A study is a 2×2 table: a, b events and non-events of group 1, c, d those of group 2, n1 = a + b, n2 = c + d. Effects
are group 1 against group 2: log odds ratio, log risk ratio, risk difference, difference of arcsine square roots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.inference import one_of
from pipeline.stats.zero_cells import Flags, as_missing, corrected

Effect = Callable[[Floats, Floats, Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class TwoMeasure:
    """`effect(a, b, c, d)` → (yi, vi), shapes (k,); `back` leads to the natural scale, where the effect is `label`."""

    name: str
    label: str
    effect: Effect
    back: Callable[[ArrayLike], Floats]
    corrects_zeros: bool


def _odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    """Variance: Woolf 1955."""
    return np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d


def _risk_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    n1, n2 = a + b, c + d
    return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2


def _risk_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    n1, n2 = a + b, c + d
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3


def _arcsine_difference(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    """Rücker, Schwarzer, Carpenter & Olkin 2009, Stat Med 28:721."""
    n1, n2 = a + b, c + d
    return np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 1 / (4 * n1) + 1 / (4 * n2)


def _as_it_is(y: ArrayLike) -> Floats:
    return np.asarray(y, float)


def _exponential(y: ArrayLike) -> Floats:
    """Infinite where the number is beyond a float, without numpy's warning."""
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(np.asarray(y, float)))


MEASURES_TWO = {
    m.name: m
    for m in (
        TwoMeasure("OR", "odds ratio", _odds_ratio, _exponential, True),
        TwoMeasure("RR", "risk ratio", _risk_ratio, _exponential, True),
        TwoMeasure("RD", "risk difference", _risk_difference, _as_it_is, True),
        TwoMeasure("AS", "arcsine difference", _arcsine_difference, _as_it_is, False),
    )
}


@dataclass(frozen=True, eq=False)
class Tables:
    """k 2×2 tables, each column of shape (k,)."""

    a: Floats
    b: Floats
    c: Floats
    d: Floats

    @property
    def n1(self) -> Floats:
        return self.a + self.b

    @property
    def n2(self) -> Floats:
        return self.c + self.d

    @property
    def total(self) -> Floats:
        return self.n1 + self.n2

    @property
    def events(self) -> Floats:
        return self.a + self.c

    @property
    def others(self) -> Floats:
        return self.b + self.d

    def only(self, kept: Flags) -> Tables:
        """The tables of the studies that are kept."""
        return Tables(self.a[kept], self.b[kept], self.c[kept], self.d[kept])

    @property
    def uninformative(self) -> Flags:
        """Studies where nobody or everybody had the event, in both groups alike."""
        return np.asarray((self.events == 0) | (self.others == 0))


def checked_tables(events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike) -> Tables:
    """Raises ValueError that names the first study that cannot be."""
    given = {"events1": events1, "n1": n1, "events2": events2, "n2": n2}
    columns = {name: np.atleast_1d(np.asarray(values, float)) for name, values in given.items()}
    shapes = {column.shape for column in columns.values()}
    if len(shapes) > 1 or columns["n1"].ndim != 1 or not columns["n1"].size:
        found = ", ".join(f"{name} {column.shape}" for name, column in columns.items())
        raise ValueError(f"events1, n1, events2 and n2 must be four sequences of the same length, got {found}")
    for group in "12":
        _check_group(columns[f"events{group}"], columns[f"n{group}"], group)
    x1, m1, x2, m2 = columns.values()
    return Tables(x1, m1 - x1, x2, m2 - x2)


def _check_group(events: Floats, n: Floats, group: str) -> None:
    whole = (events == np.floor(events)) & (n == np.floor(n))
    possible = whole & (events >= 0) & (events <= n) & (n >= 1) & np.isfinite(n)
    if not possible.all():
        i = int(np.argmin(possible))
        raise ValueError(
            f"study {i + 1}: events{group} = {events[i]:g}, n{group} = {n[i]:g}: "
            f"whole numbers with 0 ≤ events{group} ≤ n{group}, n{group} ≥ 1"
        )


def escalc_two(
    measure: str, tables: Tables, add: float | None = None, to: str = "only0", drop00: bool = False
) -> tuple[Floats, Floats]:
    """(yi, vi), shapes (k,), of a measure in MEASURES_TWO; both NaN for a study that has no effect on this scale.

    `add` goes to all four cells of the studies that `to` names: all, only0 (those with an empty cell), if0all (all, if
    one is such), none. None is the measure's own: 1/2, and 0 for AS. `drop00` gives no effect to the studies without
    events, or without non-events, in both groups. Raises ValueError that names the value and what is allowed.
    """
    one_of("measure", measure, list(MEASURES_TWO))
    cells = corrected(np.stack([tables.a, tables.b, tables.c, tables.d]), added_two(measure, add), to)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = MEASURES_TWO[measure].effect(*cells)
    return as_missing(np.where(tables.uninformative & drop00, np.nan, yi), vi)


def added_two(measure: str, add: float | None) -> float:
    """`add`, or what the measure needs where it is None."""
    if add is not None:
        return add
    return 0.5 if MEASURES_TWO[measure].corrects_zeros else 0.0
