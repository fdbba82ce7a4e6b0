"""The step-function selection model: the mean effect if significant studies were likelier to be seen (or less likely).

By maximum likelihood, with the conventions of metafor's `selmodel(type="stepfun")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.effects import Floats
from pipeline.stats.heterogeneity import chi2_tail
from pipeline.stats.inference import Inference, Interval, one_of, statistic
from pipeline.stats.selection_search import MOST, Peak, highest, standard_errors
from pipeline.stats.small_study import SmallStudy, check_number
from pipeline.stats.step_weights import ALTERNATIVES, Selected, loglik, selected
from pipeline.stats.two_step import check_level, checked_effects, floats, pool_effects

METHODS_OF_SELECTION = ("ML", "EE")


@dataclass(frozen=True, kw_only=True)
class StepSelection(SmallStudy):
    """`delta` are the chances to be seen of studies with p in the intervals that end at `steps`, relative to the first
    (`counts` studies in each, `se_delta` None for the first); mu, se, ci, tau2 are adjusted for them.

    `lrt` on `lrt_df` with `lrt_p` tests that all weights are 1, against `loglik_null`, the model without selection,
    whose estimates are the `unadjusted_…`. Standard errors are None where an estimate lies on a bound.
    """

    alternative: str
    method: str
    level: float
    null: float
    steps: tuple[float, ...]
    counts: tuple[int, ...]
    delta: tuple[float, ...]
    se_delta: tuple[float | None, ...]
    mu: float
    se: float | None
    stat: float | None
    p: float | None
    ci: Interval | None
    tau2: float
    se_tau2: float | None
    loglik: float
    loglik_null: float
    lrt: float
    lrt_df: int
    lrt_p: float
    unadjusted_mu: float
    unadjusted_ci: Interval
    unadjusted_tau2: float

    def __str__(self) -> str:
        begins = ("0", *(f"{step:g}" for step in self.steps[:-1]))
        weights = [
            [f"{low} < p ≤ {high:g}", f"{count}", f"{delta:.4f}", printing.number(se)]
            for low, high, count, delta, se in zip(
                begins, self.steps, self.counts, self.delta, self.se_delta, strict=True
            )
        ]
        percent = f"{100 * self.level:g} % CI"
        rows = [
            ["adjusted", f"{self.mu:.4f}", printing.cell(self.ci), f"{self.tau2:.4f}"],
            [
                "unadjusted",
                f"{self.unadjusted_mu:.4f}",
                printing.cell(self.unadjusted_ci),
                f"{self.unadjusted_tau2:.4f}",
            ],
        ]
        return "\n".join(
            [
                f"Step-function selection model (k = {self.k}; {self.method}; alternative {self.alternative})",
                "",
                *printing.table(["", "mu", percent, "tau²"], rows),
                "",
                *printing.table(["", "studies", "weight", "se"], weights),
                "",
                f"selection: LRT({self.lrt_df}) = {self.lrt:.4f}, p {printing.p_value(self.lrt_p)}",
                *self._notes(),
            ]
        )


def selection_model(
    yi: ArrayLike,
    vi: ArrayLike,
    steps: Sequence[float] = (0.025,),
    alternative: str = "greater",
    method: str = "ML",
    null: float = 0.0,
    level: float = 0.95,
    force: bool = False,
) -> StepSelection:
    """Fit mu, tau² and a weight for each interval of p, as metafor's `selmodel(type="stepfun", steps, alternative)`.

    yi, vi: shape (k,). p is each study's own, for yi above `null` (greater), below it (less) or either (two.sided);
    `steps` are the ends of the intervals, between 0 and 1 (the last, 1, may be left out); each interval must hold a
    study. `method` ML, or EE for tau² = 0; intervals are Wald's at `level`. Raises ValueError that names the value and
    what is allowed, and with fewer than MINIMUM studies unless `force`.
    """
    one_of("alternative", alternative, ALTERNATIVES)
    one_of("method", method, METHODS_OF_SELECTION)
    check_level(level)
    cuts = _checked_steps(steps)
    y, v = checked_effects(yi, vi)
    few = check_number(len(y), "The selection model", force)
    data = selected(y - null, v, cuts, alternative)
    counts = _checked_counts(data, cuts)
    plain = pool_effects(y, v, method, "z", level)
    nothing = loglik(data, plain.mu - null, plain.tau2, np.ones(data.intervals))[0]
    fit = highest(data, plain.mu - null, plain.tau2, method == "ML")
    errors = standard_errors(data, fit)
    inference, mu, se = Inference(None, level), float(fit.at[0]) + null, errors[0]
    stat = None if se is None else statistic(mu, se)
    lrt = max(0.0, 2 * (fit.value - nothing))
    return StepSelection(
        k=len(y),
        alternative=alternative,
        method=method,
        level=level,
        null=null,
        steps=(*floats(cuts), 1.0),
        counts=counts,
        delta=(1.0, *floats(fit.at[2:])),
        se_delta=(None, *errors[2:]),
        mu=mu,
        se=se,
        stat=stat,
        p=inference.p_value(stat),
        ci=None if se is None else inference.around(mu, se),
        tau2=float(fit.at[1]),
        se_tau2=errors[1],
        loglik=fit.value,
        loglik_null=nothing,
        lrt=lrt,
        lrt_df=len(cuts),
        lrt_p=chi2_tail(lrt, len(cuts)),
        unadjusted_mu=plain.mu,
        unadjusted_ci=plain.ci,
        unadjusted_tau2=plain.tau2,
        warnings=(*few, *_cautions(fit, counts, se)),
    )


def _checked_steps(steps: Sequence[float]) -> Floats:
    """Ascending, without 1 at the end. Raises ValueError."""
    cuts = np.unique(np.asarray(steps, float))
    if not len(cuts) or not np.all((cuts > 0) & (cuts <= 1)):
        raise ValueError(f"steps = {', '.join(map(str, steps))}: p-values above 0 and up to 1, such as 0.025, 0.5")
    cuts = cuts[cuts < 1]
    if not len(cuts):
        raise ValueError("steps = 1: at least one below 1 is needed, such as 0.025")
    return np.asarray(cuts)


def _checked_counts(data: Selected, cuts: Floats) -> tuple[int, ...]:
    counts = tuple(int(c) for c in np.bincount(data.interval, minlength=len(cuts) + 1))
    if 0 in counts:
        ends = [0.0, *cuts, 1.0]
        told = ", ".join(f"{ends[j]:g} to {ends[j + 1]:g}: {c}" for j, c in enumerate(counts))
        raise ValueError(f"each interval of p must hold a study, or its weight has no estimate; studies in {told}")
    return counts


def _cautions(fit: Peak, counts: tuple[int, ...], se: float | None) -> tuple[str, ...]:
    said = {
        "these data cannot tell the mean from selection: the likelihood rises without end": not fit.free[0],
        f"a weight has no finite estimate: the likelihood still rises at {1 / MOST:g} or {MOST:g}": (
            not fit.free[2:].all()
        ),
        "no standard errors: the likelihood has no curvature at its maximum": (
            se is None and bool(np.delete(fit.free, 1).all())
        ),
        f"an interval of p holds fewer than 4 studies ({', '.join(map(str, counts))}): its weight is hardly known": (
            min(counts) < 4
        ),
    }
    return tuple(text for text, applies in said.items() if applies)
