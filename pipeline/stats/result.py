"""What pooled effects and a pooled proportion are told by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from pipeline.stats import printing
from pipeline.stats.inference import Interval


@dataclass(frozen=True, kw_only=True)
class Result:
    """What every result can do. Subclasses say what they hold, and print as a statistician's table (`__str__`)."""

    def to_dict(self) -> dict[str, object]:
        """All fields by name; sequences and arrays as lists, results inside as dicts; what is not finite as None."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Pooled(Result):
    """Pooled effects. mu, se, ci, pi, tau2, yi, vi on the analysis scale; I2 and weights in percent.

    `stat` and `p` test mu = 0 with `df` degrees of freedom (None: normal); both None where mu and se are 0.
    `pi` is mu ± c·sqrt(se² + tau²) as metafor has it; `pi_method` says what c is.
    `tau2_ci`, `I2_ci` and `H2_ci` are by Q-profile (Viechtbauer 2007), for one-step models by profile likelihood; None
    for EE and one study.
    `Q` is Cochran's, for one-step models the likelihood ratio (metafor's QE.LRT), on `Q_df`; these have no `weights`.
    `warnings` say what else a reader must know.
    """

    method: str
    test: str
    level: float
    k: int
    mu: float
    se: float
    stat: float | None
    df: float | None
    p: float | None
    ci: Interval
    pi: Interval
    pi_method: str
    tau2: float
    se_tau2: float | None
    tau2_ci: Interval | None
    I2: float
    I2_ci: Interval | None
    H2: float
    H2_ci: Interval | None
    Q: float
    Q_df: int
    Q_p: float
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    weights: tuple[float, ...] | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([self._title(), "", *self._spread(), "", *self._estimates(), *printing.notes(self.warnings)])

    def _title(self) -> str:
        return f"Inverse-variance model (k = {self.k}; tau² by {self.method}; test {self.test})"

    def _spread(self) -> list[str]:
        return [
            *printing.between_studies(self.tau2, self.se_tau2, self.tau2_ci, self.I2, self.I2_ci),
            f"H²    {self.H2:.2f}{printing.after(self.H2_ci, 2)}",
            f"Q({self.Q_df}) = {self.Q:.4f}, p {printing.p_value(self.Q_p)}",
        ]

    def _estimates(self) -> list[str]:
        percent = f"{100 * self.level:g} %"
        name = "z" if self.df is None else f"t({self.df:.4g})"
        head = f"{'':12}{'estimate':>10}{'se':>9}{name:>11}{'p':>9}{percent + ' CI':>22}{percent + ' PI':>22}"
        mu = f"{'mu':12}{self.mu:10.4f}{self.se:9.4f}{printing.number(self.stat, 11)}{printing.p_value(self.p):>9}"
        return [head, mu + printing.intervals(self.ci, self.pi), *self._led_back()]

    def _led_back(self) -> list[str]:
        """Rows below mu, on the scale that people think in."""
        return []


@dataclass(frozen=True, kw_only=True)
class Fit(Pooled):
    """A pooled proportion: `Pooled` on the scale of `measure`, and `proportion…` on [0, 1].

    `model` is what was fitted, `model_asked` what was asked; `warnings` say why they differ.
    `proportion` is mu led back: the median study's. `proportion_averaged` is the mean over the population of studies;
    for the GLMM its interval is by the delta method over (mu, tau), for the beta-binomial it is `proportion` itself.

    One-step models have `loglik` with all constants, `link`, the Wald test of heterogeneity `Q_wald` (on `Q_df`) beside
    the likelihood ratio `Q`, and profile-likelihood intervals: `tau2_ci`, for the GLMM `profile_ci` of mu and
    `proportion_profile_ci`, for the beta-binomial `rho_ci`. `points` are those of the GLMM's quadrature; `rho` is the
    beta-binomial's overdispersion, the correlation of two patients of a study, and its `tau2` the variance of logits.

    `events` and `n` are the counts of all studies given, `add` and `to` what the two-step model did with them; empty
    for a group of a joint model.
    """

    measure: str
    model: str
    model_asked: str
    proportion: float
    proportion_ci: Interval
    proportion_pi: Interval
    proportion_averaged: float | None
    proportion_averaged_ci: Interval | None
    link: str | None = None
    points: int | None = None
    loglik: float | None = None
    Q_wald: float | None = None
    Q_wald_p: float | None = None
    profile_ci: Interval | None = None
    proportion_profile_ci: Interval | None = None
    rho: float | None = None
    se_rho: float | None = None
    rho_ci: Interval | None = None
    events: tuple[int, ...] = ()
    n: tuple[int, ...] = ()
    add: float = 0.0
    to: str = "only0"

    def to_r(self, studies: Sequence[str] | None = None) -> str:
        """The same analysis as a script for R's metafor, data inline; litpool's numbers stand in its comments.

        `studies` names the k studies. litpool does not run the script: it is there to be checked against. What metafor
        has not comes by other means that give the same number, and a comment says so: DL2, HE2 and SQGENQ by the
        generalised Q-statistic, prediction intervals of another test by hand, GLMMs of other links by lme4. For the
        beta-binomial model it is VGAM, with metafor's nearest model below. Raises ValueError for clusters and for a
        group of a joint model.
        """
        from pipeline.stats.r_fit import of_fit  # it is made of this module

        return of_fit(self, studies)

    def _title(self) -> str:
        if self.model == "glmm":
            quadrature = f"{self.points} quadrature point{'' if self.points == 1 else 's'}"
            return f"Binomial-normal model (GLMM; k = {self.k}; link {self.link}; {quadrature}; test {self.test})"
        if self.model == "beta-binomial":
            return f"Beta-binomial model (k = {self.k}; maximum likelihood; test {self.test})"
        return f"Inverse-variance model (k = {self.k}; measure {self.measure}; tau² by {self.method}; test {self.test})"

    def _spread(self) -> list[str]:
        lines = super()._spread()
        if self.rho is not None:
            error = "" if self.se_rho is None else f" (SE = {self.se_rho:.4f})"
            lines.insert(0, f"rho   {self.rho:.4f}{error}{printing.after(self.rho_ci)}")
        if self.Q_wald is not None:
            lines[-1] += f" (likelihood ratio); {self.Q_wald:.4f}, p {printing.p_value(self.Q_wald_p)} (Wald)"
        return lines

    def _led_back(self) -> list[str]:
        digits = printing.digits_of(self.proportion)
        rows = [printing.led_back("proportion", self.proportion, self.proportion_ci, self.proportion_pi, digits=digits)]
        if self.proportion_averaged is not None and self.proportion_averaged_ci is not None:
            averaged = printing.led_back(
                "  averaged", self.proportion_averaged, self.proportion_averaged_ci, digits=digits
            )
            rows.append(averaged)
        return rows


def _plain(value: object) -> object:
    if isinstance(value, Result):
        return value.to_dict()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
