"""Meta-regression: effects with sampling variances on moderators, by weighted least squares.

Model and notation: yi = X beta + u + e, u ~ N(0, tau²), e ~ N(0, vi); beta = (X'WX)^-1 X'W yi with W = diag(1 / (vi +
tau²)) (Berkey et al. 1995, Stat Med 14:395; van Houwelingen et al. 2002, Stat Med 21:589).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.design import INTERCEPT, Design, design
from pipeline.stats.effects import Floats
from pipeline.stats.heterogeneity import chi2_tail, heterogeneity
from pipeline.stats.inference import TESTS, Inference, Interval, one_of, statistic
from pipeline.stats.moderators import Data
from pipeline.stats.regression_result import Moderated, Predictions, Regression, Residuals, TermTest
from pipeline.stats.tau2 import ESTIMATORS, Tau2, estimate
from pipeline.stats.two_step import check_level, checked_effects, floats, variance_factor
from pipeline.stats.weighting import Columns, Weighted, one_group

#: residuals of this size beside the effects are rounding error
ROUNDING = 1e-12


def meta_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    mods: str | ArrayLike,
    data: Data | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> Regression:
    """k effects `yi` with sampling variances `vi`, shapes (k,), on moderators, as metafor's `rma.uni(yi, vi, mods=)`.

    `mods`: a formula ("year + C(design)"; see `formula`) of the columns of `data` (by name, k values each), one
    moderator (k,), or a matrix X (k, p) as it is to be fitted, with its column of ones. `method` of ESTIMATORS, `test`
    of TESTS, `level` on (0, 1). Studies with a missing moderator are left out, redundant columns dropped, with a
    warning. Raises ValueError that names the value and what is allowed, and where fewer than p + 1 studies are left
    (p for EE).
    """
    y, v = checked_effects(yi, vi)
    return regress(y, v, design(mods, data, np.ones(len(y), bool)), method, test, level)


def regress(y: Floats, v: Floats, on: Design, method: str, test: str, level: float) -> Regression:
    """`meta_regression` on a design; y and v of all studies, of which `on.kept` are taken."""
    one_of("method", method, list(ESTIMATORS))
    one_of("test", test, list(TESTS))
    check_level(level)
    sample = Columns(y[on.kept], v[on.kept], on.X)
    _check_size(sample, method)
    tau = estimate(sample, method)
    test = test if sample.df > 0 else "z"
    at = sample.weigh(np.asarray(tau.value))
    beta, rss = without_rounding(sample, at)
    vcov = at.covariance * variance_factor(test, rss, sample.df)
    spread = heterogeneity(sample, tau.value, method, level)
    return Regression(
        model="iv",
        method=method,
        test=test,
        level=level,
        k=sample.k,
        **coefficients(on, beta, vcov, sample.df if TESTS[test].uses_t else None, level),
        tau2=tau.value,
        se_tau2=tau.se,
        **spread.intervals,
        R2=explained(sample, tau.value, method),
        QE=spread.Q,
        QE_df=sample.df,
        QE_p=spread.p,
        yi=floats(sample.y),
        vi=floats(sample.v),
        design=on,
        warnings=(
            *on.warnings,
            *_cautions(sample, method, test, tau, spread.empty, not vcov.any()),
        ),
    )


def coefficients(on: Design, beta: Floats, vcov: Floats, df: int | None, level: float) -> dict[str, Any]:
    """The fields of a `Regression` that follow from beta (p,), its covariance (p, p), and t's df (None: normal)."""
    inference, se = Inference(df, level), np.sqrt(np.diagonal(vcov))
    stats = tuple(statistic(float(b), float(s)) for b, s in zip(beta, se, strict=True))
    tested = [j for j, name in enumerate(on.names) if name != INTERCEPT] or [0]
    overall = wald("moderators", on, beta, vcov, tested, df)
    return {
        "terms": on.names,
        "beta": floats(beta),
        "se": floats(se),
        "stat": stats,
        "df": df,
        "p": tuple(inference.p_value(s) for s in stats),
        "ci": tuple(inference.around(float(b), float(s)) for b, s in zip(beta, se, strict=True)),
        "vcov": tuple(floats(row) for row in vcov),
        "QM": overall.QM,
        "QM_df": overall.df,
        "QM_df2": overall.df2,
        "QM_p": overall.p,
        "tests": term_tests(on, beta, vcov, df),
    }


def without_rounding(sample: Columns, at: Weighted) -> tuple[Floats, Floats]:
    """Coefficients (…, p) and Q (…): where the fit meets every effect, what is only rounding error becomes 0."""
    beta, size = at.coefficients, np.abs(sample.y).max(axis=-1)
    parts = np.abs(beta) * np.abs(sample.X).max(axis=0)
    residuals = np.abs(sample.y - beta @ sample.X.T).max(axis=-1)
    exact = residuals <= ROUNDING * np.maximum(parts.max(axis=-1), size)
    nothing = exact[..., None] & (parts <= 100 * ROUNDING * size[..., None])
    return np.where(nothing, 0.0, beta), np.where(exact, 0.0, at.rss)


def _check_size(sample: Columns, method: str) -> None:
    needed = sample.p + (method != "EE" and sample.k > 1)
    if sample.k < needed:
        what = f"{sample.p} coefficients" + ("" if method == "EE" else " and tau²")
        raise ValueError(f"{what} cannot be estimated from {sample.k} studies: at least {needed}, or fewer moderators")


def _cautions(sample: Columns, method: str, test: str, tau: Tau2, empty: bool, exact: bool) -> tuple[str, ...]:
    """What a reader of these numbers must know."""
    moderators = sample.p - 1
    said = {
        f"the likelihood has {tau.peaks} peaks; this is the highest": tau.peaks > 1,
        "Knapp-Hartung is not meant for a model of equal effects": method == "EE" and TESTS[test].floor is not None,
        f"{sample.k} studies for {moderators} moderator columns: fewer than 10 for each (Cochrane Handbook, ch. 10)": (
            sample.k < 10 * moderators
        ),
        "QE is smaller than any tau² explains: the intervals of tau², I² and H² are empty, and printed as 0": empty,
        "the moderators meet every effect exactly, so that Knapp-Hartung intervals have no width": exact,
    }
    return tuple(text for text, applies in said.items() if applies)


# ---- tests ----------------------------------------------------------------------------------------------------------


def wald(name: str, on: Design, beta: Floats, vcov: Floats, columns: list[int], df: int | None) -> TermTest:
    """b' V^-1 b of some coefficients: chi², or with `df` residual degrees of freedom F (divided by their number)."""
    m = len(columns)
    b, block = beta[columns], vcov[np.ix_(columns, columns)]
    names = tuple(on.names[j] for j in columns)
    if not np.any(block):  # residuals of 0 under Knapp-Hartung
        stat = None if np.allclose(b, 0, atol=1e-12) else np.inf
        return TermTest(term=name, names=names, QM=stat, df=m, df2=df, p=None if stat is None else 0.0)
    q = float(wald_statistic(b, block))
    if df is None:
        return TermTest(term=name, names=names, QM=q, df=m, df2=None, p=chi2_tail(q, m))
    return TermTest(term=name, names=names, QM=q / m, df=m, df2=df, p=f_tail(q / m, m, df))


def wald_statistic(b: Floats, vcov: Floats) -> Floats:
    """b' V^-1 b for coefficients (…, m) and covariances (…, m, m); where V is 0: infinite, or 0 where b is 0, too."""
    scale = np.sqrt(np.diagonal(vcov, axis1=-2, axis2=-1))
    flat = (scale == 0).any(axis=-1)
    scale = np.where(scale == 0, 1.0, scale)
    z = b / scale
    correlation = np.where(
        flat[..., None, None], np.eye(b.shape[-1]), vcov / (scale[..., :, None] * scale[..., None, :])
    )
    q = (z * np.linalg.solve(correlation, z[..., None])[..., 0]).sum(axis=-1)
    return np.where(flat, np.where(np.abs(b).max(axis=-1) > 1e-12, np.inf, 0.0), q)


def term_tests(on: Design, beta: Floats, vcov: Floats, df: int | None) -> tuple[TermTest, ...]:
    """One for each term but the intercept."""
    terms = [t for t in dict.fromkeys(on.terms) if t != INTERCEPT]
    return tuple(wald(t, on, beta, vcov, [j for j, own in enumerate(on.terms) if own == t], df) for t in terms)


def f_tail(f: float, df1: int, df2: int) -> float:
    """P(F > f)."""
    from pipeline.stats.special import fdtrc

    return float(fdtrc(df1, df2, f))


def explained(sample: Columns, tau2: float, method: str) -> float | None:
    """R² in percent: the part of the tau² without moderators that is gone (Raudenbush 2009), at least 0."""
    ones = np.ones(sample.k)
    rest = ones - sample.X @ np.linalg.lstsq(sample.X, ones, rcond=None)[0]
    if method == "EE" or sample.p < 2 or float(np.abs(rest).max()) > 1e-6:
        return None
    whole = estimate(one_group(sample.y, sample.v), method).value
    return 0.0 if whole == 0 else max(0.0, 100 * (whole - tau2) / whole)


# ---- what follows from a fit ----------------------------------------------------------------------------------------


def predict(fit: Regression | Moderated, new: Data | ArrayLike) -> Predictions:
    """At new moderators: columns by name as in the formula (m values each, or one), or rows (m, p) of X."""
    if isinstance(fit, Regression):
        return predictions_at(fit, fit.design.rows(new))
    at = predictions_at(fit.regression, fit.regression.design.rows(new))
    return replace(
        at,
        proportion=fit.led_back(at.pred),
        proportion_ci=_pairs(fit.led_back(np.ravel(at.ci))),
        proportion_pi=_pairs(fit.led_back(np.ravel(at.pi))),
    )


def _pairs(ends: tuple[float, ...]) -> tuple[Interval, ...]:
    return tuple(zip(ends[::2], ends[1::2], strict=True))


def predictions_at(fit: Regression, rows: Floats) -> Predictions:
    """At rows (m, p) of the design."""
    inference, spread = Inference(fit.df, fit.level), np.sqrt(fit.tau2)
    pred = rows @ np.array(fit.beta)
    se = np.sqrt(np.maximum(np.einsum("mp,pq,mq->m", rows, np.array(fit.vcov), rows), 0))
    return Predictions(
        level=fit.level,
        pred=floats(pred),
        se=floats(se),
        ci=tuple(inference.around(float(y), float(s)) for y, s in zip(pred, se, strict=True)),
        pi=tuple(inference.around(float(y), float(np.hypot(s, spread))) for y, s in zip(pred, se, strict=True)),
    )


def residuals(fit: Regression | Moderated) -> Residuals:
    """Of each study, standardised by se² = vi + tau² - x'(X'WX)^-1 x, as metafor's rstandard has it.

    Raises ValueError for a GLMM, which has no such residuals.
    """
    fit = fit.regression if isinstance(fit, Moderated) else fit
    if fit.model == "glmm":
        raise ValueError('model = "glmm": residuals are those of the two-step model, "iv"')
    sample = Columns(np.array(fit.yi), np.array(fit.vi), fit.design.X)
    at = sample.weigh(np.array([fit.tau2]))
    fitted = sample.X @ at.coefficients[0]
    total = sample.v + fit.tau2
    free = total - np.einsum("kp,pq,kq->k", sample.X, at.covariance[0], sample.X)
    se = [float(np.sqrt(f)) if f > 1e-12 * t else None for f, t in zip(free, total, strict=True)]
    resid = floats(sample.y - fitted)
    z = tuple(None if s is None else r / s for r, s in zip(resid, se, strict=True))
    return Residuals(fitted=floats(fitted), resid=resid, se=tuple(se), z=z)
