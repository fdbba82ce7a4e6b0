"""From an estimate and its standard error to a test, a confidence and a prediction interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.special import ndtr, ndtri, stdtr, stdtrit

Interval = tuple[float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """Which quantiles a test takes (t on the residual df, or normal) and the least factor on the variance.

    `floor` None leaves the standard error as it is; else Knapp & Hartung's factor applies, at least `floor`.
    """

    uses_t: bool
    floor: float | None = None


TESTS = {
    "z": Rule(uses_t=False),
    "t": Rule(uses_t=True),
    "knha": Rule(uses_t=True, floor=0.0),
    "adhoc": Rule(uses_t=True, floor=1.0),
}


#: tests that a one-step model has; the others rescale the standard error of weighted least squares
GLMM_TESTS = ("z", "t")


def one_step_test(test: str, df: str = "k - 1") -> tuple[str, tuple[str, ...]]:
    """The test that a one-step model takes where `test` is asked for, and what to say where that is another."""
    if test in GLMM_TESTS:
        return test, ()
    return "t", (f"test {test} is not defined for a GLMM: t on {df} instead",)


@dataclass(frozen=True)
class Inference:
    """`df` degrees of freedom of t, None for the normal distribution; `level` on (0, 1)."""

    df: float | None
    level: float

    def around(self, estimate: float, se: float) -> Interval:
        """estimate ± quantile · se."""
        upper = (1 + self.level) / 2
        half = se * float(ndtri(upper) if self.df is None else stdtrit(self.df, upper))
        return estimate - half, estimate + half

    def p_value(self, statistic: float | None) -> float | None:
        """Two-sided; None where there is no statistic."""
        if statistic is None:
            return None
        return float(2 * (ndtr(-abs(statistic)) if self.df is None else stdtr(self.df, -abs(statistic))))

    @property
    def name(self) -> str:
        """Of the distribution, for a reader."""
        return "normal" if self.df is None else f"t on {self.df:.4g} df"


def intervals(estimate: Floats, se: Floats, df: Floats, level: float) -> Floats:
    """`Inference.around` of many, (M, 2); `df` (M,), NaN for the normal distribution."""
    upper = (1 + level) / 2
    half = se * np.where(np.isnan(df), ndtri(upper), stdtrit(df, upper))
    return np.stack([estimate - half, estimate + half], axis=-1)


def tests(estimate: Floats, se: Floats, df: Floats) -> tuple[Floats, Floats]:
    """`statistic` and `Inference.p_value` of many, (M,); both NaN where estimate and se are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        stat = estimate / se
    return stat, 2 * np.where(np.isnan(df), ndtr(-np.abs(stat)), stdtr(df, -np.abs(stat)))


def statistic(estimate: float, se: float) -> float | None:
    """estimate / se; infinite without a width, and None where both are 0: nothing can be tested then."""
    if se == 0:
        return None if estimate == 0 else float(np.copysign(np.inf, estimate))
    return estimate / se


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Raises ValueError that lists what is allowed."""
    if value not in allowed:
        raise ValueError(f'{name} = "{value}": not one of {", ".join(allowed)}')
