"""What a three-level model is told by."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.stats import printing
from pipeline.stats.inference import Interval
from pipeline.stats.result import Pooled, Result


@dataclass(frozen=True, kw_only=True)
class Coefficient(Result):
    """One coefficient with its test (`df` None: normal) and interval."""

    estimate: float
    se: float
    stat: float | None
    df: float | None
    p: float | None
    ci: Interval


@dataclass(frozen=True, kw_only=True)
class LevelTest(Result):
    """Likelihood ratio against a model without one level of variance, or without both (`against`).

    p is that of chi² on `df`. As a variance cannot be below 0 it is too large, up to twice for one level (Self & Liang
    1987, J Am Stat Assoc 82:605).
    """

    against: str
    loglik: float
    stat: float
    df: int
    p: float


@dataclass(frozen=True, kw_only=True)
class Multilevel(Pooled):
    """Three levels: `Pooled` with tau2 = sigma2_outer + sigma2_inner, and both of them.

    With moderators (`X`, k rows) mu is the prediction at the mean of each column, and `coefficients` has one entry for
    each. The intervals of the variances are by profile likelihood; None for one that cannot be estimated, which is 0.
    `I2_outer` and `I2_inner` (percent) add up to I2 (Cheung 2014, with the typical variance (k - p)/tr P of
    metafor). `icc` = sigma2_outer / tau2 is the correlation of two true effects of a study; None where tau2 is 0.
    `rho` with `patients`, or `V`, are the sampling errors' correlations, if there are any.
    """

    outer: tuple[str, ...]
    inner: tuple[str, ...]
    studies: int
    arms: int
    sigma2_outer: float
    sigma2_inner: float
    sigma2_outer_ci: Interval | None
    sigma2_inner_ci: Interval | None
    I2_outer: float
    I2_inner: float
    icc: float | None
    loglik: float
    tests: tuple[LevelTest, ...]
    coefficients: tuple[Coefficient, ...] | None
    X: tuple[tuple[float, ...], ...] | None
    rho: float | None
    patients: tuple[str, ...] | None
    V: tuple[tuple[float, ...], ...] | None

    def _title(self) -> str:
        return (
            f"Three-level model (k = {self.k}, in {self.arms} arms of {self.studies} studies; {self.method}; "
            f"test {self.test})"
        )

    def _spread(self) -> list[str]:
        return level_lines(self)

    def _estimates(self) -> list[str]:
        rows = super()._estimates()
        if self.coefficients is None:
            return rows
        head, mu = rows[:2]
        named = [coefficient_row(f"X{j + 1}", c) for j, c in enumerate(self.coefficients)]
        return [head, *named, "at mean X".ljust(12) + mu[12:]]


def level_lines(fit: Multilevel) -> list[str]:
    """Variances of both levels, their shares, Q and the tests of the levels."""
    levels = (
        ("outer", fit.sigma2_outer, fit.sigma2_outer_ci, fit.I2_outer),
        ("inner", fit.sigma2_inner, fit.sigma2_inner_ci, fit.I2_inner),
    )
    lines = [f"sigma² {n}  {s:.4f}{printing.after(ci)}   I² {i2:.2f} %" for n, s, ci, i2 in levels]
    if fit.icc is not None:
        lines.append(f"ICC           {fit.icc:.4f}")
    lines.append(f"Q({fit.Q_df}) = {fit.Q:.4f}, p {printing.p_value(fit.Q_p)}; log-likelihood {fit.loglik:.4f}")
    return lines + [f"against {t.against}: LR({t.df}) = {t.stat:.4f}, p {printing.p_value(t.p)}" for t in fit.tests]


def coefficient_row(name: str, c: Coefficient) -> str:
    text = f"{name:12}{c.estimate:10.4f}{c.se:9.4f}{printing.number(c.stat, 11)}{printing.p_value(c.p):>9}"
    return text + printing.intervals(c.ci)
