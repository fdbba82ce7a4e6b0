"""Pooled proportions with moderators: the two-step model, and the binomial-normal model on a design."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import glmm
from pipeline.stats.design import Design, design
from pipeline.stats.effects import Floats, escalc
from pipeline.stats.heterogeneity import chi2_tail, shares
from pipeline.stats.inference import TESTS, Inference, one_step_test, statistic
from pipeline.stats.moderators import Data
from pipeline.stats.pool import NO_EFFECT, Asked, cautions, led_back
from pipeline.stats.regression import coefficients, predictions_at, regress
from pipeline.stats.regression_result import Moderated, Regression
from pipeline.stats.result import Fit, Pooled
from pipeline.stats.two_step import floats
from pipeline.stats.weighting import Columns
from pipeline.stats.zero_cells import left_out, usable

#: fields that mean the same in both
SHARED = tuple("method test level k df tau2 se_tau2 tau2_ci I2 I2_ci H2 H2_ci yi vi warnings".split())


def pool_on_moderators(x: Floats, n: Floats, mods: str | ArrayLike, data: Data | None, model: str, asked: Asked) -> Fit:
    """`pool_proportions` with `mods`. x, n: checked counts (k,)."""
    if model != "glmm":
        return _two_step(x, n, mods, data, asked, model, ())
    on = design(mods, data, np.ones(len(x), bool))
    try:
        fitted = glmm_regression(x[on.kept], n[on.kept], on, asked.test, asked.level)
    except glmm.NoFit as why:
        note = f"no GLMM, inverse variance instead: {why}"
        return _two_step(x, n, mods, data, asked, model, (note,))
    mu, low, high = (float(v) for v in _at_means(fitted))
    averages = [glmm.averaged(value, fitted.tau2) for value in (mu, low, high)]
    fit = led_back(_pooled(fitted), "PLO", n[on.kept], model="glmm", model_asked="glmm", averages=averages)
    return _moderated(fit, fitted, n[on.kept])


def _two_step(
    x: Floats, n: Floats, mods: str | ArrayLike, data: Data | None, asked: Asked, model: str, notes: tuple[str, ...]
) -> Fit:
    yi, vi = escalc(asked.measure, x, n, *asked.correction)
    can = usable(yi, vi)
    on = design(mods, data, can)
    fitted = regress(yi, vi, on, asked.method, asked.test, asked.level)
    lost = left_out(can, NO_EFFECT)
    x, n = x[on.kept], n[on.kept]
    said = (*notes, *lost, *fitted.warnings, *cautions(x, n, asked.measure, asked.correction))
    fit = led_back(replace(_pooled(fitted), warnings=said), asked.measure, n, model="iv", model_asked=model)
    return _moderated(fit, fitted, n)


def glmm_regression(x: Floats, n: Floats, on: Design, test: str, level: float) -> Regression:
    """metafor's `rma.glmm(mods=)` by maximum likelihood, on the logit scale. x and n of the studies that `on` keeps.

    QE is the likelihood ratio against a model with an effect for each study, `QE_wald` Wald's test of the same. Raises
    NoFit, and ValueError where there are fewer than p + 1 studies.
    """
    k, p = on.X.shape
    if k < p + 1:
        raise ValueError(f"{p} coefficients and tau² cannot be estimated from {k} studies: at least {p + 1}")
    fit = glmm.fit_glmm(x, n, on.X)
    yi, vi = escalc("PLO", x, n)
    i2, h2 = map(float, shares(Columns(yi, vi, on.X), fit.tau2))
    test, notes = one_step_test(test, "k - p")
    ratio, wald = glmm.likelihood_ratio(x, n, on.X), glmm.wald(x, n, on.X)
    return Regression(
        model="glmm",
        method="ML",
        test=test,
        level=level,
        k=k,
        **coefficients(on, fit.b, fit.covariance[:p, :p], k - p if TESTS[test].uses_t else None, level),
        tau2=fit.tau2,
        se_tau2=fit.se_tau2,
        tau2_ci=None,
        I2=i2,
        I2_ci=None,
        H2=h2,
        H2_ci=None,
        R2=None,
        QE=ratio,
        QE_df=k - p,
        QE_p=chi2_tail(ratio, k - p),
        QE_wald=wald,
        QE_wald_p=chi2_tail(wald, k - p),
        yi=floats(yi),
        vi=floats(vi),
        design=on,
        warnings=(*on.warnings, *notes),
    )


def _at_means(fitted: Regression) -> Floats:
    """mu and its interval: the prediction at the mean of each column of the design."""
    at = predictions_at(fitted, fitted.design.X.mean(axis=0)[None])
    return np.array([at.pred[0], *at.ci[0]])


def _pooled(fitted: Regression) -> Pooled:
    """The regression's prediction at the mean of each column, with what it leaves between studies."""
    at = predictions_at(fitted, fitted.design.X.mean(axis=0)[None])
    inference, stat = Inference(fitted.df, fitted.level), statistic(at.pred[0], at.se[0])
    return Pooled(
        **{name: getattr(fitted, name) for name in SHARED},
        mu=at.pred[0],
        se=at.se[0],
        stat=stat,
        p=inference.p_value(stat),
        ci=at.ci[0],
        pi=at.pi[0],
        pi_method=inference.name,
        Q=fitted.QE,
        Q_df=fitted.QE_df,
        Q_p=fitted.QE_p,
        weights=None,
    )


def _moderated(fit: Fit, fitted: Regression, n: Floats) -> Moderated:
    own = {f.name: getattr(fit, f.name) for f in fields(Fit)}
    return Moderated(**own, regression=fitted, n_harmonic=float(1 / np.mean(1 / n)))
