"""Regression tests of funnel asymmetry: effects on a measure of size, as metafor's regtest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.effects import Floats
from pipeline.stats.inference import TESTS, Inference, Interval, one_of, statistic
from pipeline.stats.small_study import SmallStudy, check_number
from pipeline.stats.tau2 import ESTIMATORS, estimate
from pipeline.stats.two_step import check_level, checked_effects
from pipeline.stats.weighting import SAME, Columns

#: residuals and differences below this, relative to what they are residuals of, are rounding errors
ROUNDING = 1e-13


class NoTest(ValueError):
    """All studies have the same size, so that nothing can be regressed on it."""


@dataclass(frozen=True)
class Predictor:
    """`of(vi, ni)` → (k,). `vanishes`: it goes to 0 in ever larger studies, so that the intercept is their effect."""

    of: Callable[[Floats, Floats], Floats]
    label: str
    needs_ni: bool
    vanishes: bool


PREDICTORS = {
    "sei": Predictor(lambda v, n: np.sqrt(v), "standard error", False, True),
    "vi": Predictor(lambda v, n: v, "sampling variance", False, True),
    "ni": Predictor(lambda v, n: n, "n", True, False),
    "ninv": Predictor(lambda v, n: 1 / n, "1/n", True, True),
    "sqrtni": Predictor(lambda v, n: np.sqrt(n), "√n", True, False),
    "sqrtninv": Predictor(lambda v, n: 1 / np.sqrt(n), "1/√n", True, True),
}
#: lm: weighted least squares with a dispersion that multiplies vi; rma: a variance between studies added to vi
MODELS = ("lm", "rma")


@dataclass(frozen=True, kw_only=True)
class RegressionTest(SmallStudy):
    """yi = intercept + slope · predictor. `stat` and `p` test slope = 0 with `df` degrees of freedom of t (None: z);
    both None where slope and se_slope are 0.

    `limit` is the effect as studies become ever larger, with `limit_ci`; None for predictors that grow with size.
    `tau2` is what is left between studies (rma), `dispersion` the factor on vi (lm); `method` is None for lm.
    `measure` and `paper` come with the named tests.
    """

    name: str
    predictor: str
    model: str
    method: str | None
    test: str
    level: float
    intercept: float
    se_intercept: float
    slope: float
    se_slope: float
    stat: float | None
    df: int | None
    p: float | None
    tau2: float | None
    dispersion: float | None
    limit: float | None
    limit_ci: Interval | None
    measure: str | None = None
    paper: str | None = None

    def __str__(self) -> str:
        name = "z" if self.df is None else f"t({self.df})"
        rows = [
            ["intercept", printing.number(self.intercept), printing.number(self.se_intercept), "", ""],
            ["slope", printing.number(self.slope), printing.number(self.se_slope), printing.number(self.stat),
             printing.p_value(self.p)],
        ]  # fmt: skip
        return "\n".join(
            [
                self._title(),
                "",
                *printing.table(["", "estimate", "se", name, "p"], rows),
                *self._limit(),
                *self._notes(),
            ]
        )

    def _title(self) -> str:
        effect, source = self.measure or "yi", "" if self.paper is None else f"\n{self.paper}"
        return f"{self.name}: {effect} on {PREDICTORS[self.predictor].label} (k = {self.k}; {self._model()}){source}"

    def _model(self) -> str:
        if self.tau2 is not None:
            return f"additive variance, tau² = {self.tau2:.4f} by {self.method}; test {self.test}"
        return f"weighted, dispersion {self.dispersion:.4f}"

    def _limit(self) -> list[str]:
        if self.limit is None:
            return []
        return ["", f"limit of large studies  {self.limit:.4f}{printing.after(self.limit_ci)}"]


def regtest(
    yi: ArrayLike,
    vi: ArrayLike,
    ni: ArrayLike | None = None,
    predictor: str = "sei",
    model: str = "rma",
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    force: bool = False,
    name: str = "Regression test",
) -> RegressionTest:
    """Regress the effects on a measure of size, as metafor's `regtest(yi, vi, ni, predictor, model)`.

    yi, vi, ni: shape (k,), k ≥ 3; ni only for the predictors that need it. `predictor` of PREDICTORS, `model` of
    MODELS, `method` of ESTIMATORS and `test` of TESTS for rma; lm always has t on k - 2 (Egger et al. 1997, BMJ
    315:629; its weighted form in Sterne & Egger 2005). Raises ValueError that names the value and what is allowed,
    with fewer than MINIMUM studies unless `force`, and where the predictor is the same in all studies.
    """
    one_of("predictor", predictor, list(PREDICTORS))
    one_of("model", model, MODELS)
    one_of("method", method, list(ESTIMATORS))
    one_of("test", test, list(TESTS))
    check_level(level)
    y, v = checked_effects(yi, vi)
    few = check_number(len(y), f"{name} of asymmetry" if name == "Regression test" else name, force)
    line = _line(y, v, _predictor(v, ni, predictor), model, method, test)
    inference, stat = Inference(line.df, level), statistic(line.slope, line.se_slope)
    limit = line.intercept if PREDICTORS[predictor].vanishes else None
    return RegressionTest(
        name=name,
        k=len(y),
        predictor=predictor,
        model=model,
        method=method if model == "rma" else None,
        test=test if model == "rma" else "t",
        level=level,
        intercept=line.intercept,
        se_intercept=line.se_intercept,
        slope=line.slope,
        se_slope=line.se_slope,
        stat=stat,
        df=line.df,
        p=inference.p_value(stat),
        tau2=line.tau2,
        dispersion=line.dispersion,
        limit=limit,
        limit_ci=None if limit is None else inference.around(limit, line.se_intercept),
        warnings=(*few, *_cautions(line)),
    )


@dataclass(frozen=True)
class Line:
    intercept: float
    se_intercept: float
    slope: float
    se_slope: float
    df: int | None
    tau2: float | None
    dispersion: float | None
    peaks: int


def _line(y: Floats, v: Floats, x: Floats, model: str, method: str, test: str) -> Line:
    """The fitted line. The predictor is scaled, so that 1/n of a million is no smaller than any other column."""
    scale = float(np.abs(x).max())
    sample = Columns(y, v, np.column_stack([np.ones(len(y)), x / scale]))
    tau = estimate(sample, method) if model == "rma" else None
    at = sample.weigh(np.array([0.0 if tau is None else tau.value]))
    spread = _residual_sum(float(at.rss[0]), y, v) / sample.df
    b, slope = (float(c) for c in at.coefficients[0])
    if np.ptp(y) <= SAME * float(np.abs(y).max()):
        b, slope = float(y[0]), 0.0
    factor = spread if tau is None else _factor(spread, test)
    ses = np.sqrt(np.diagonal(at.covariance[0]) * factor)
    return Line(
        intercept=b,
        se_intercept=float(ses[0]),
        slope=slope / scale,
        se_slope=float(ses[1]) / scale,
        df=sample.df if tau is None or TESTS[test].uses_t else None,
        tau2=None if tau is None else tau.value,
        dispersion=spread if tau is None else None,
        peaks=1 if tau is None else tau.peaks,
    )


def _factor(spread: float, test: str) -> float:
    """Knapp & Hartung's factor on the variances, 1 for Wald's tests."""
    floor = TESTS[test].floor
    return 1.0 if floor is None else max(floor, spread)


def _residual_sum(rss: float, y: Floats, v: Floats) -> float:
    """0 where it is rounding error of effects on a line."""
    return 0.0 if rss <= ROUNDING**2 * float(np.sum(y**2 / v)) else rss


def _predictor(v: Floats, ni: ArrayLike | None, name: str) -> Floats:
    rule = PREDICTORS[name]
    x = rule.of(v, checked_sizes(ni, len(v), name) if rule.needs_ni else np.ones(len(v)))
    if same_in_all(x):
        raise NoTest(f'predictor "{name}" ({rule.label}) is the same in all {len(v)} studies: nothing to regress on')
    return x


def same_in_all(x: Floats) -> bool:
    """Whether the values of a predictor, (k,), differ by rounding errors at most."""
    return bool(np.ptp(x) <= ROUNDING * float(np.abs(x).max()))


def checked_sizes(ni: ArrayLike | None, k: int, predictor: str) -> Floats:
    """(k,). Raises ValueError."""
    if ni is None:
        raise ValueError(f'predictor "{predictor}" needs the sizes ni of the studies')
    n = np.atleast_1d(np.asarray(ni, float))
    if n.shape != (k,):
        raise ValueError(f"ni must hold a size for each of the {k} studies, got shape {n.shape}")
    possible = np.isfinite(n) & (n > 0)
    if not possible.all():
        i = int(np.argmin(possible))
        raise ValueError(f"study {i + 1}: ni = {n[i]:g}: a size must be above 0")
    return n


def _cautions(line: Line) -> tuple[str, ...]:
    said = {
        "the effects lie on a line, so that the standard errors are 0": line.se_slope == 0,
        f"the likelihood has {line.peaks} peaks; this is the highest": line.peaks > 1,
    }
    return tuple(text for text, applies in said.items() if applies)
