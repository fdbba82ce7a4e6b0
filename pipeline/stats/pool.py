"""One pooled proportion: two-step inverse-variance models and the one-step binomial-normal model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import glmm
from pipeline.stats.effects import MEASURES, Floats, added, escalc
from pipeline.stats.heterogeneity import chi2_tail, shares
from pipeline.stats.inference import TESTS, Inference, one_of, statistic
from pipeline.stats.moderators import Data
from pipeline.stats.result import Fit, Pooled
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.stats.two_step import check_level, floats, pool_effects
from pipeline.stats.weighting import one_group
from pipeline.stats.zero_cells import left_out, usable

#: add and to
Correction = tuple[float | None, str]
MODELS = ("iv", "glmm")
#: tests that a GLMM has; the others rescale the standard error of weighted least squares
GLMM_TESTS = ("z", "t")

NO_EFFECT = "all or none had the event, which gives no effect or no variance without a correction"


def pool_proportions(
    events: ArrayLike,
    n: ArrayLike,
    measure: str = "PLO",
    method: str = "REML",
    model: str = "iv",
    test: str = "z",
    level: float = 0.95,
    add: float | None = None,
    to: str = "only0",
    mods: str | ArrayLike | None = None,
    data: Data | None = None,
) -> Fit:
    """Pool k proportions. events and n: whole numbers of shape (k,), 0 ≤ events ≤ n, n ≥ 1; `level` on (0, 1).

    `measure` of MEASURES, `method` of ESTIMATORS, `model` iv (inverse variance) or glmm (PLO, by maximum likelihood;
    `method` then serves the fallback), `test` of TESTS (knha: Knapp & Hartung 2003; adhoc: the same, never narrower
    than Wald; a GLMM has z and t, and takes t in their place, with a warning). `add` and `to` say what the two-step
    model adds to the counts (see `escalc`); a study that has no effect without is left out, with a warning. Where the
    GLMM has no maximum the result is the two-step model: `model` and `warnings` say so.

    `mods`, a formula ("year + C(design)") of the columns of `data` (by name, k values each) or a matrix (k, p), makes
    it a meta-regression, a `Moderated`: mu and the proportion are then the prediction at the mean of each column of
    the design. Raises ValueError that names the value and what is allowed.
    """
    x, size = checked(events, n)
    one_of("measure", measure, list(MEASURES))
    one_of("method", method, list(ESTIMATORS))
    one_of("model", model, MODELS)
    one_of("test", test, list(TESTS))
    check_level(level)
    if model == "glmm":
        one_of("measure of the glmm", measure, ["PLO"])
    if mods is not None:
        from pipeline.stats.moderated import Asked, pool_on_moderators  # it is made of this module

        return pool_on_moderators(x, size, mods, data, model, Asked(measure, method, test, level, (add, to)))
    if model == "glmm":
        return _one_step(x, size, method, test, level, (add, to))
    return _two_step(x, size, measure, method, test, level, (add, to), "iv", ())


def checked(events: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Both as arrays of shape (k,). Raises ValueError that names the first study that cannot be."""
    x, size = np.atleast_1d(np.asarray(events, float)), np.atleast_1d(np.asarray(n, float))
    if x.shape != size.shape or x.ndim != 1 or not len(x):
        raise ValueError(f"events and n must be two sequences of the same length, got {x.shape} and {size.shape}")
    for i, (e, total) in enumerate(zip(x, size, strict=True)):
        if not (e == np.floor(e) and total == np.floor(total) and 0 <= e <= total and 1 <= total < np.inf):
            raise ValueError(f"study {i + 1}: events = {e:g}, n = {total:g}: whole numbers with 0 ≤ events ≤ n, n ≥ 1")
    return x, size


# ---- two steps: effects, then weighted least squares ----------------------------------------------------------------


def _two_step(
    x: Floats,
    n: Floats,
    measure: str,
    method: str,
    test: str,
    level: float,
    correction: Correction,
    asked: str,
    notes: tuple[str, ...],
) -> Fit:
    yi, vi = escalc(measure, x, n, *correction)
    kept = usable(yi, vi)
    pooled = pool_effects(yi[kept], vi[kept], method, test, level)
    lost = left_out(kept, NO_EFFECT)
    pooled = replace(pooled, warnings=(*notes, *lost, *pooled.warnings, *cautions(x, n, measure, correction)))
    return led_back(pooled, measure, n[kept], model="iv", model_asked=asked)


def cautions(x: Floats, n: Floats, measure: str, correction: Correction) -> list[str]:
    """What a reader must know of the effects themselves."""
    k, extreme = len(n), int(np.sum((x == 0) | (x == n)))
    add, to = added(measure, correction[0]), correction[1]
    said = {
        f"{add:g} was added to events and non-events of {extreme} of {k} studies, which have none of one of them": (
            extreme > 0 and add > 0 and to == "only0"
        ),
        f"{add:g} was added to events and non-events of all studies": (
            add > 0 and (to == "all" or (to == "if0all" and extreme > 0))
        ),
        "Freeman-Tukey's back-transformation can mislead when sizes differ (Schwarzer 2019)": measure == "PFT",
    }
    return [text for text, applies in said.items() if applies]


# ---- one step: the GLMM ---------------------------------------------------------------------------------------------


def _one_step(x: Floats, n: Floats, method: str, test: str, level: float, correction: Correction) -> Fit:
    """The GLMM; where it has no fit, the two-step model, and a warning that says so."""
    k = len(x)
    try:
        if k < 2:
            raise glmm.NoFit("one study")
        fit = glmm.fit_glmm(x, n)
    except glmm.NoFit as why:
        note = f"no GLMM, inverse variance instead: {why}"
        return _two_step(x, n, "PLO", method, test, level, correction, "glmm", (note,))
    yi, vi = escalc("PLO", x, n)
    i2, h2 = map(float, shares(one_group(yi, vi), fit.tau2))
    q = glmm.likelihood_ratio(x, n)
    notes = () if test in GLMM_TESTS else (f"test {test} is not defined for a GLMM: t on k - 1 instead",)
    test = test if test in GLMM_TESTS else "t"
    df = k - 1 if TESTS[test].uses_t else None
    inference, stat = Inference(df, level), statistic(fit.mu, fit.se)
    low, high = inference.around(fit.mu, fit.se)
    pooled = Pooled(
        method="ML",
        test=test,
        level=level,
        k=k,
        mu=fit.mu,
        se=fit.se,
        stat=stat,
        df=df,
        p=inference.p_value(stat),
        ci=(low, high),
        pi=inference.around(fit.mu, float(np.hypot(fit.se, np.sqrt(fit.tau2)))),
        pi_method=inference.name,
        tau2=fit.tau2,
        se_tau2=fit.se_tau2,
        tau2_ci=None,
        I2=i2,
        I2_ci=None,
        H2=h2,
        H2_ci=None,
        Q=q,
        Q_df=k - 1,
        Q_p=chi2_tail(q, k - 1),
        yi=floats(yi),
        vi=floats(vi),
        weights=None,
        warnings=notes,
    )
    averages = [glmm.averaged(mu, fit.tau2) for mu in (fit.mu, low, high)]
    return led_back(pooled, "PLO", n, model="glmm", model_asked="glmm", averages=averages)


# ---- the way back ---------------------------------------------------------------------------------------------------


def led_back(
    pooled: Pooled, measure: str, n: Floats, *, model: str, model_asked: str, averages: Sequence[float] | None = None
) -> Fit:
    """The result with its proportions; what lies beyond [0, 1] is cut there, and said."""
    harmonic = float(1 / np.mean(1 / n))
    raw = MEASURES[measure].back(np.array([pooled.mu, *pooled.ci, *pooled.pi]), harmonic)
    p, c_low, c_high, p_low, p_high = floats(np.clip(raw, 0, 1))
    beyond = () if np.array_equal(raw, np.clip(raw, 0, 1)) else ("an interval leaves [0, 1] on this scale: cut there",)
    core = {f.name: getattr(pooled, f.name) for f in fields(Pooled)}
    core["warnings"] = (*pooled.warnings, *beyond)
    return Fit(
        **core,
        measure=measure,
        model=model,
        model_asked=model_asked,
        proportion=p,
        proportion_ci=(c_low, c_high),
        proportion_pi=(p_low, p_high),
        proportion_averaged=averages[0] if averages else None,
        proportion_averaged_ci=(averages[1], averages[2]) if averages else None,
    )
