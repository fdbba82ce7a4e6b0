"""Effect sizes of single proportions, as metafor's escalc: one function and one line in MEASURES each.

By default a half is added to events and non-events of those studies where one of the two is 0, for PR, PLO and PLN;
PAS and PFT need none (metafor: add=1/2 and add=0, to="only0").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.special import expit
from pipeline.stats.zero_cells import as_missing, corrected

Floats = NDArray[np.float64]
Effect = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Measure:
    """`effect(events, n)` → (yi, vi), shapes (k,); `back(y, n_harmonic)` → proportion."""

    name: str
    effect: Effect
    back: Callable[[Floats, float], Floats]
    corrects_zeros: bool


def _raw(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    p = x / n
    return p, p * (1 - p) / n


def _logit(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    return np.log(x / (n - x)), 1 / x + 1 / (n - x)


def _log(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    return np.log(x / n), 1 / x - 1 / n


def _arcsine(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    return np.arcsin(np.sqrt(x / n)), 1 / (4 * n)


def _freeman_tukey(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Freeman & Tukey 1950, halved as in metafor; vi = 1 / (4n + 2)."""
    return (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2, 1 / (4 * n + 2)


def _back_arcsine(y: Floats, n_harmonic: float) -> Floats:
    return np.asarray(np.sin(np.clip(y, 0, np.pi / 2)) ** 2)


def _back_freeman_tukey(y: Floats, n_harmonic: float) -> Floats:
    """Miller 1978, Am Stat 32:138, at the harmonic mean of n; 0 and 1 beyond what x = 0 and x = n give."""
    n = n_harmonic
    zero = float(_freeman_tukey(np.array([0.0]), np.array([n]))[0][0])
    full = float(_freeman_tukey(np.array([n]), np.array([n]))[0][0])
    t = 2 * np.clip(y, zero, full)
    inner = 1 - (np.sin(t) + (np.sin(t) - 1 / np.sin(t)) / n) ** 2
    p = 0.5 * (1 - np.sign(np.cos(t)) * np.sqrt(np.clip(inner, 0, None)))
    return np.asarray(np.where(y <= zero, 0.0, np.where(y >= full, 1.0, p)))


MEASURES = {
    m.name: m
    for m in (
        Measure("PR", _raw, lambda y, n: np.asarray(y, float), True),
        Measure("PLO", _logit, lambda y, n: np.asarray(expit(y)), True),
        Measure("PLN", _log, lambda y, n: np.asarray(np.exp(y)), True),
        Measure("PAS", _arcsine, _back_arcsine, False),
        Measure("PFT", _freeman_tukey, _back_freeman_tukey, False),
    )
}


def escalc(
    measure: str, events: Floats, n: Floats, add: float | None = None, to: str = "only0"
) -> tuple[Floats, Floats]:
    """(yi, vi), shapes (k,), of a measure in MEASURES; both NaN for a study that has no effect on this scale.

    `add` goes to events and non-events of the studies that `to` names: all, only0 (those without events or without
    non-events), if0all (all, if one is such), none. None is the measure's own: 1/2 for PR, PLO and PLN, else 0.
    """
    events, others = corrected(np.stack([events, n - events]), added(measure, add), to)
    with np.errstate(divide="ignore", invalid="ignore"):
        return as_missing(*MEASURES[measure].effect(events, events + others))


def added(measure: str, add: float | None) -> float:
    """`add`, or what the measure needs where it is None."""
    if add is not None:
        return add
    return 0.5 if MEASURES[measure].corrects_zeros else 0.0
