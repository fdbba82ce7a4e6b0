"""A typed view of one model's answer as `pipeline.stats` wrote it (`to_dict()`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Interval = tuple[float, float]


@dataclass(frozen=True)
class Fit:
    """`proportion`, `ci`, `pi` and `averaged` are on [0, 1], `i2` in percent; None where the model gives no value."""

    k: int
    proportion: float | None
    ci: Interval | None
    pi: Interval | None
    #: mean of the proportion over the population of studies (GLMM); `proportion` is that of the median study
    averaged: float | None
    tau2: float | None
    se_tau2: float | None
    i2: float | None
    h2: float | None
    q: float | None
    q_p: float | None
    warnings: tuple[str, ...]


def fit_of(raw: Mapping[str, object] | None) -> Fit | None:
    """None stays None: the model was not fitted."""
    if raw is None:
        return None
    k = number(raw.get("k"))
    warnings = raw.get("warnings")
    return Fit(
        k=0 if k is None else int(k),
        proportion=number(raw.get("proportion")),
        ci=interval(raw.get("proportion_ci")),
        pi=interval(raw.get("proportion_pi")),
        averaged=number(raw.get("proportion_averaged")),
        tau2=number(raw.get("tau2")),
        se_tau2=number(raw.get("se_tau2")),
        i2=number(raw.get("I2")),
        h2=number(raw.get("H2")),
        q=number(raw.get("Q")),
        q_p=number(raw.get("Q_p")),
        warnings=tuple(map(str, warnings)) if isinstance(warnings, (list, tuple)) else (),
    )


def number(value: object) -> float | None:
    """A finite number, else None; truth is not a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def interval(value: object) -> Interval | None:
    if not isinstance(value, (list, tuple)) or len(value) != 2:
        return None
    low, high = map(number, value)
    return None if low is None or high is None else (low, high)
