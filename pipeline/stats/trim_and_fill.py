"""Trim and fill: how many studies are missing on one side of the funnel, and the estimate with their mirror images.

Duval & Tweedie 2000, JASA 95:89 and Biometrics 56:455; conventions as metafor's trimfill.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.effects import Floats
from pipeline.stats.inference import Interval, one_of
from pipeline.stats.small_study import SmallStudy, check_number
from pipeline.stats.small_study_regression import same_in_all
from pipeline.stats.tau2 import ESTIMATORS, estimate
from pipeline.stats.two_step import checked_effects, floats, pool_effects
from pipeline.stats.weighting import Columns, one_group

SIDES = ("left", "right")
#: distances from the centre that differ by less, relative to the largest effect, are the same
SAME_DISTANCE = 1e-12


class NotDefined(Exception):
    """The estimator of the number of missing studies has no value for these ranks."""


@dataclass(frozen=True)
class Missing:
    """An estimate of the number of missing studies, not rounded, and its variance."""

    k0: float
    variance: float


@dataclass(frozen=True, kw_only=True)
class TrimFill(SmallStudy):
    """`k0` studies (`se_k0`) are missing on `side`; `p_k0` tests that none is (R0 only). `k` counts those observed.

    mu, se, ci, pi, tau2, I2 are of observed and filled studies together, `observed_mu` and `observed_ci` without the
    filled. `filled_yi` and `filled_vi` are the mirror images, shape (k0,). `estimator` is what was computed,
    `estimator_asked` what was asked; `warnings` say why they differ.
    """

    estimator: str
    estimator_asked: str
    side: str
    k0: int
    se_k0: float | None
    p_k0: float | None
    method: str
    test: str
    level: float
    mu: float
    se: float
    ci: Interval
    pi: Interval
    tau2: float
    I2: float
    observed_mu: float
    observed_ci: Interval
    filled_yi: tuple[float, ...]
    filled_vi: tuple[float, ...]

    def __str__(self) -> str:
        error = "" if self.se_k0 is None else f" (SE = {self.se_k0:.2f})"
        p = "" if self.p_k0 is None else f", p {printing.p_value(self.p_k0)}"
        rows = [
            [name, f"{k}", f"{mu:.4f}", printing.cell(ci)]
            for name, k, mu, ci in (
                ("observed", self.k, self.observed_mu, self.observed_ci),
                ("filled", self.k + self.k0, self.mu, self.ci),
            )
        ]
        return "\n".join(
            [
                f"Trim and fill, estimator {self.estimator} (tau² by {self.method}; test {self.test})",
                f"missing on the {self.side}: {self.k0}{error}{p}",
                "",
                *printing.table(["", "k", "mu", f"{100 * self.level:g} % CI"], rows),
                *self._notes(),
            ]
        )


def trimfill(
    yi: ArrayLike,
    vi: ArrayLike,
    estimator: str = "L0",
    side: str | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    force: bool = False,
) -> TrimFill:
    """Trim and fill k effects `yi` with variances `vi`, shapes (k,), k ≥ 2.

    `estimator` of MISSING; `side` on which studies are missing, left or right; None takes the side that the slope of
    the effects on their standard errors points to. `method`, `test` and `level` as `pool_effects` has them. Where Q0
    has no value L0 takes its place, with a warning. Raises ValueError that names the value and what is allowed, and
    with fewer than MINIMUM studies unless `force`.
    """
    one_of("estimator", estimator, list(MISSING))
    one_of("method", method, list(ESTIMATORS))
    if side is not None:
        one_of("side", side, SIDES)
    y, v = checked_effects(yi, vi)
    observed = pool_effects(y, v, method, test, level)
    few = check_number(len(y), "Trim and fill", force, least=2)
    chosen, why = (side, ()) if side is not None else missing_side(y, v, method)
    sign = 1.0 if chosen == "left" else -1.0
    found = _found(sign * y, v, method, estimator)
    filled = observed
    if found.k0 > 0:
        filled = pool_effects(np.append(y, sign * found.yi), np.append(v, found.vi), method, test, level)
    return TrimFill(
        k=len(y),
        estimator=found.estimator,
        estimator_asked=estimator,
        side=chosen,
        k0=found.k0,
        se_k0=found.se,
        p_k0=0.5 ** (found.k0 + 1) if found.estimator == "R0" else None,
        method=method,
        test=test,
        level=level,
        mu=filled.mu,
        se=filled.se,
        ci=filled.ci,
        pi=filled.pi,
        tau2=filled.tau2,
        I2=filled.I2,
        observed_mu=observed.mu,
        observed_ci=observed.ci,
        filled_yi=floats(sign * found.yi),
        filled_vi=floats(found.vi),
        warnings=(*few, *why, *found.warnings),
    )


def missing_side(y: Floats, v: Floats, method: str) -> tuple[str, tuple[str, ...]]:
    """The side where small studies are missing if the slope of yi on its standard error tells, and a warning if not."""
    rise = 0.0 if same_in_all(v) else _rise(y, np.sqrt(v), v, method)
    if abs(rise) <= SAME_DISTANCE * float(np.abs(y).max()):
        return "left", ("effects do not rise or fall with their standard errors, so that nothing tells the side: left",)
    return ("right" if rise < 0 else "left"), ()


def _rise(y: Floats, se: Floats, v: Floats, method: str) -> float:
    """Of the fitted line, from the least to the largest standard error."""
    x = (se - se.min()) / np.ptp(se)
    sample = Columns(y, v, np.column_stack([np.ones(len(y)), x]))
    return float(sample.weigh(np.array([estimate(sample, method).value])).coefficients[0, 1])


# ---- how many are missing -------------------------------------------------------------------------------------------


def _linear(d: Floats) -> Missing:
    """L0: from the sum of the positive ranks, whose expectation grows with k0."""
    k, total = len(d), _positive_ranks(d)
    k0 = (4 * total - k * (k + 1)) / (2 * k - 1)
    return Missing(k0, 16 * _variance_of_ranks(k, k0) / (2 * k - 1) ** 2)


def _run(d: Floats) -> Missing:
    """R0: from the number of studies that lie further above the centre than any lies below it."""
    below = -d[d < 0]
    run = int(np.sum(d > below.max())) if len(below) else int(np.sum(d > 0))
    return Missing(run - 1, 2 * max(0, run - 1) + 2)


def _quadratic(d: Floats) -> Missing:
    """Q0: the root of the quadratic that L0 simplifies. It has none where the ranks exceed k²/2 + 1/16."""
    k, total = len(d), _positive_ranks(d)
    inside = 2 * k**2 - 4 * total + 0.25
    if inside < 0:
        raise NotDefined(f"the sum of ranks, {total:g}, is above k²/2 + 1/16 = {k**2 / 2 + 1 / 16:g}")
    k0 = k - 0.5 - float(np.sqrt(inside))
    return Missing(k0, 4 * _variance_of_ranks(k, k0) / inside if inside > 0 else np.inf)


#: distances from the centre, (k,), negative below it, to the number missing on the left
MISSING: dict[str, Callable[[Floats], Missing]] = {"L0": _linear, "R0": _run, "Q0": _quadratic}


def _positive_ranks(d: Floats) -> float:
    """Sum of the ranks of the distances above the centre; equal distances share their ranks."""
    _, place, counts = np.unique(np.abs(d), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float(ranks[d > 0].sum())


def _variance_of_ranks(k: int, k0: float) -> float:
    """Of the sum of positive ranks when k0 more are missing. Below 0 for k0 far below 0."""
    third = 10 * k0**3 + 27 * k0**2 + 17 * k0 - 18 * k * k0**2 - 18 * k * k0 + 6 * k**2 * k0
    return (k * (k + 1) * (2 * k + 1) + third) / 24


@dataclass(frozen=True, eq=False)
class _Found:
    estimator: str
    k0: int
    se: float | None
    yi: Floats
    vi: Floats
    warnings: tuple[str, ...]


def _found(y: Floats, v: Floats, method: str, estimator: str) -> _Found:
    """What is missing on the left of `y`, with the mirror images to fill in; L0 where `estimator` is not defined."""
    order = np.argsort(y, kind="stable")
    y, v = y[order], v[order]
    try:
        return _trimmed(y, v, method, estimator, ())
    except NotDefined as why:
        return _trimmed(y, v, method, "L0", (f"{estimator} is not defined here, L0 instead: {why}",))


def _trimmed(y: Floats, v: Floats, method: str, estimator: str, notes: tuple[str, ...]) -> _Found:
    """Trim on the right, find the centre, count again, until the count stays. y ascending."""
    k, k0 = len(y), 0
    seen: list[int] = []
    while k0 not in seen:
        seen.append(k0)
        centre = _centre(y[: k - k0], v[: k - k0], method)
        missing = MISSING[estimator](_distances(y, centre))
        k0 = min(max(0, round(missing.k0)), k - 1)
    if k0 != seen[-1]:
        turns = ", ".join(str(turn) for turn in seen[seen.index(k0) :])
        notes = (*notes, f"the number of missing studies does not settle: it goes round {turns}")
    se = float(np.sqrt(missing.variance)) if 0 <= missing.variance < np.inf else None
    return _Found(estimator, k0, se, 2 * centre - y[k - k0 :], v[k - k0 :], notes)


def _centre(y: Floats, v: Floats, method: str) -> float:
    sample = one_group(y, v)
    return float(sample.weigh(np.array([estimate(sample, method).value])).coefficients[0, 0])


def _distances(y: Floats, centre: float) -> Floats:
    """y - centre, such that distances that are equal but for rounding errors are equal."""
    unit = SAME_DISTANCE * max(float(np.abs(y).max()), abs(centre))
    return np.asarray(np.round((y - centre) / unit)) if unit > 0 else y - centre
