"""One pooled proportion: two-step inverse-variance models and the one-step binomial-normal model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from pipeline.stats import glmm
from pipeline.stats.effects import MEASURES, escalc
from pipeline.stats.heterogeneity import TauInterval, chi2_tail, heterogeneity, q_profile, shares
from pipeline.stats.result import Fit, Interval
from pipeline.stats.tau2 import ESTIMATORS, Tau2, estimate
from pipeline.stats.weighting import Sample, one_group

Floats = NDArray[np.float64]

MODELS = ("iv", "glmm")
#: tests that a GLMM has; the others rescale the standard error of weighted least squares
GLMM_TESTS = ("z", "t")


@dataclass(frozen=True)
class Rule:
    """Which quantiles a test takes (t on k - 1 degrees of freedom, or normal) and the least factor on the variance.

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


def pool_proportions(
    events: ArrayLike,
    n: ArrayLike,
    measure: str = "PLO",
    method: str = "REML",
    model: str = "iv",
    test: str = "z",
    level: float = 0.95,
) -> Fit:
    """Pool k proportions. events and n: whole numbers of shape (k,), 0 ≤ events ≤ n, n ≥ 1; `level` on (0, 1).

    `measure` of MEASURES, `method` of ESTIMATORS, `model` iv (inverse variance) or glmm (PLO, by maximum likelihood;
    `method` then serves the fallback), `test` of TESTS (knha: Knapp & Hartung 2003; adhoc: the same, never narrower
    than Wald; a GLMM has z and t, and takes t in their place, with a warning). Where the GLMM has no maximum the
    result is the two-step model: `model` and `warnings` say so. Raises ValueError that names the value and what is
    allowed.
    """
    x, size = checked(events, n)
    one_of("measure", measure, list(MEASURES))
    one_of("method", method, list(ESTIMATORS))
    one_of("model", model, MODELS)
    one_of("test", test, list(TESTS))
    if not 0 < level < 1:
        raise ValueError(f"level = {level}: must lie between 0 and 1 (0.95 for 95 %)")
    if model == "glmm":
        one_of("measure of the glmm", measure, ["PLO"])
        return _one_step(x, size, method, test, level)
    return _two_step(x, size, measure, method, test, level, "iv", ())


def checked(events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays of shape (k,). Raises ValueError that names the first study that cannot be."""
    x, size = np.atleast_1d(np.asarray(events, float)), np.atleast_1d(np.asarray(n, float))
    if x.shape != size.shape or x.ndim != 1 or not len(x):
        raise ValueError(f"events and n must be two sequences of the same length, got {x.shape} and {size.shape}")
    for i, (e, total) in enumerate(zip(x, size, strict=True)):
        if not (e == np.floor(e) and total == np.floor(total) and 0 <= e <= total and 1 <= total < np.inf):
            raise ValueError(f"study {i + 1}: events = {e:g}, n = {total:g}: whole numbers with 0 ≤ events ≤ n, n ≥ 1")
    return x, size


def one_of(name: str, value: str, allowed: Sequence[str]) -> None:
    """Raises ValueError that lists what is allowed."""
    if value not in allowed:
        raise ValueError(f'{name} = "{value}": not one of {", ".join(allowed)}')


# ---- two steps: effects, then weighted least squares ----------------------------------------------------------------


def _two_step(
    x: Floats, n: Floats, measure: str, method: str, test: str, level: float, asked: str, notes: tuple[str, ...]
) -> Fit:
    yi, vi = escalc(measure, x, n)
    sample = one_group(yi, vi)
    tau = estimate(sample, method)
    test = test if sample.df > 0 else "z"
    mu, se = _mean(sample, tau.value, test)
    scale = _Scale(measure, n, test, level, sample.k)
    spread = heterogeneity(sample, tau.value, method == "EE")
    profile = None if method == "EE" else q_profile(sample, level)
    return scale.fit(
        mu,
        se,
        tau.value,
        method=method,
        model="iv",
        model_asked=asked,
        se_tau2=tau.se,
        tau2_ci=profile.tau2 if profile else None,
        I2=spread.I2,
        I2_ci=profile.I2 if profile else None,
        H2=spread.H2,
        H2_ci=profile.H2 if profile else None,
        Q=spread.Q,
        Q_p=spread.p,
        proportion_averaged=None,
        proportion_averaged_ci=None,
        yi=_floats(yi),
        vi=_floats(vi),
        weights=_weights(vi + tau.value),
        warnings=(*notes, *_cautions(x, n, measure, method, test, tau, se, profile)),
    )


def _mean(sample: Sample, tau2: float, test: str) -> tuple[float, float]:
    """(mu, standard error): Wald, or with Knapp & Hartung's factor (2003, Stat Med 22:2693, eq. 6)."""
    at = sample.weigh(np.array([tau2]))
    wald = float(np.sqrt(at.covariance[0, 0, 0]))
    floor = TESTS[test].floor
    factor = 1.0 if floor is None else max(floor, float(at.rss[0]) / sample.df)
    return float(at.coefficients[0, 0]), wald * float(np.sqrt(factor))


def _weights(variances: Floats) -> tuple[float, ...]:
    w = 1 / variances
    return _floats(100 * w / w.sum())


def _cautions(
    x: Floats, n: Floats, measure: str, method: str, test: str, tau: Tau2, se: float, profile: TauInterval | None
) -> list[str]:
    """What a reader of these numbers must know."""
    k, extreme = len(n), int(np.sum((x == 0) | (x == n)))
    said = {
        "one study: nothing is pooled, and heterogeneity is not defined": k == 1,
        "two studies: tau² is hardly known": k == 2,
        f"0.5 was added to events and non-events of {extreme} of {k} studies, which have none of one of them": (
            extreme > 0 and MEASURES[measure].corrects_zeros
        ),
        "Freeman-Tukey's back-transformation can mislead when sizes differ (Schwarzer 2019)": measure == "PFT",
        f"the likelihood has {tau.peaks} peaks; this is the highest": tau.peaks > 1,
        "Knapp-Hartung is not meant for a model of equal effects": method == "EE" and TESTS[test].floor is not None,
        "the effects are identical, so that the Knapp-Hartung interval has no width": se == 0,
        "Q is smaller than any tau² explains: the intervals of tau², I² and H² are empty, and printed as 0": (
            profile is not None and profile.empty
        ),
    }
    return [text for text, applies in said.items() if applies]


# ---- one step: the GLMM ---------------------------------------------------------------------------------------------


def _one_step(x: Floats, n: Floats, method: str, test: str, level: float) -> Fit:
    """The GLMM; where it has no fit, the two-step model, and a warning that says so."""
    k = len(x)
    try:
        if k < 2:
            raise glmm.NoFit("one study")
        fit = glmm.fit_glmm(x, n)
    except glmm.NoFit as why:
        return _two_step(x, n, "PLO", method, test, level, "glmm", (f"no GLMM, inverse variance instead: {why}",))
    yi, vi = escalc("PLO", x, n)
    i2, h2 = shares(one_group(yi, vi), fit.tau2)
    q = glmm.likelihood_ratio(x, n)
    notes = () if test in GLMM_TESTS else (f"test {test} is not defined for a GLMM: t on k - 1 instead",)
    scale = _Scale("PLO", n, test if test in GLMM_TESTS else "t", level, k)
    low, high = scale.around(fit.mu, fit.se)
    return scale.fit(
        fit.mu,
        fit.se,
        fit.tau2,
        method="ML",
        model="glmm",
        model_asked="glmm",
        se_tau2=fit.se_tau2,
        tau2_ci=None,
        I2=i2,
        I2_ci=None,
        H2=h2,
        H2_ci=None,
        Q=q,
        Q_p=chi2_tail(q, k - 1),
        proportion_averaged=glmm.averaged(fit.mu, fit.tau2),
        proportion_averaged_ci=(glmm.averaged(low, fit.tau2), glmm.averaged(high, fit.tau2)),
        yi=_floats(yi),
        vi=_floats(vi),
        weights=None,
        warnings=notes,
    )


# ---- intervals, and the way back ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Scale:
    """What leads from mu and its standard error to intervals and proportions."""

    measure: str
    n: Floats
    test: str
    level: float
    k: int

    @property
    def df(self) -> int | None:
        """Degrees of freedom of t; None for the normal distribution."""
        return self.k - 1 if TESTS[self.test].uses_t else None

    def around(self, mu: float, se: float) -> Interval:
        upper = (1 + self.level) / 2
        half = se * float(ndtri(upper) if self.df is None else stdtrit(self.df, upper))
        return mu - half, mu + half

    @staticmethod
    def statistic(mu: float, se: float) -> float | None:
        """mu / se; infinite without a width, and None where mu is 0 besides: nothing can be tested then."""
        if se == 0:
            return None if mu == 0 else float(np.copysign(np.inf, mu))
        return mu / se

    def p_value(self, stat: float) -> float:
        return float(2 * (ndtr(-abs(stat)) if self.df is None else stdtr(self.df, -abs(stat))))

    def back(self, values: Sequence[float]) -> tuple[float, ...]:
        harmonic = float(1 / np.mean(1 / self.n))
        return _floats(MEASURES[self.measure].back(np.array(values), harmonic))

    def fit(self, mu: float, se: float, tau2: float, *, warnings: Sequence[str], **rest: object) -> Fit:
        """The whole result; `rest` are the fields of `Fit` that do not follow from mu, se and tau²."""
        ci, pi = self.around(mu, se), self.around(mu, float(np.hypot(se, np.sqrt(tau2))))
        raw = self.back([mu, *ci, *pi])
        p, c_low, c_high, p_low, p_high = _floats(np.clip(raw, 0, 1))
        beyond = (
            "" if raw == (p, c_low, c_high, p_low, p_high) else "an interval leaves [0, 1] on this scale: cut there"
        )
        stat = self.statistic(mu, se)
        said = {
            "measure": self.measure, "test": self.test, "level": self.level, "k": self.k, "mu": mu, "se": se,
            "stat": stat, "df": self.df, "p": None if stat is None else self.p_value(stat), "ci": ci, "pi": pi,
            "pi_method": "normal" if self.df is None else f"t on {self.df} df",
            "tau2": tau2, "Q_df": self.k - 1, "proportion": p, "proportion_ci": (c_low, c_high),
            "proportion_pi": (p_low, p_high), "warnings": (*warnings, *([beyond] if beyond else [])),
        }  # fmt: skip
        return Fit(**said, **rest)  # type: ignore[arg-type]


def _floats(values: ArrayLike) -> tuple[float, ...]:
    return tuple(float(v) for v in np.asarray(values, float))
