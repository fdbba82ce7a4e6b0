"""One pooled proportion: two-step inverse-variance models, and the one-step models with their fallback."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import MEASURES, Floats, added, escalc
from pipeline.stats.glmm import POINTS, NoFit
from pipeline.stats.glmm_families import LINKS
from pipeline.stats.inference import TESTS, Inference, one_of
from pipeline.stats.moderators import Data
from pipeline.stats.one_step import OneStep, by_beta_binomial, by_glmm
from pipeline.stats.prediction import PREDICTIONS, bootstrapped, predicted
from pipeline.stats.result import Fit, Pooled
from pipeline.stats.tau2 import ESTIMATORS
from pipeline.stats.two_step import check_level, floats, pool_effects, whole
from pipeline.stats.weighting import one_group
from pipeline.stats.zero_cells import correction_notes, left_out, usable

#: add and to
Correction = tuple[float | None, str]
MODELS = ("iv", "glmm", "beta-binomial")

#: prediction intervals of a GLMM: it has no sampling variances to draw from
GLMM_PREDICTIONS = [p for p in PREDICTIONS if p != "bootstrap"]

BEYOND = "an interval leaves [0, 1] on this scale: cut there"
NO_EFFECT = "all or none had the event, which gives no effect or no variance without a correction"


@dataclass(frozen=True)
class Asked:
    """How to pool; `correction` is (add, to)."""

    measure: str
    method: str
    test: str
    level: float
    correction: Correction


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
    points: int = POINTS,
    link: str = "logit",
    profile: bool = True,
    pi: str = "metafor",
    seed: int = 1,
    cluster: Sequence[object] | None = None,
) -> Fit:
    """Pool k proportions. events and n: whole numbers of shape (k,), 0 ≤ events ≤ n, n ≥ 1; `level` on (0, 1).

    `measure` of MEASURES, `method` of ESTIMATORS, `model` iv (inverse variance), glmm or beta-binomial (PLO, by maximum
    likelihood; `method` then serves the fallback), `test` of TESTS (knha: Knapp & Hartung 2003; adhoc: the same, never
    narrower than Wald; one-step models have z and t, and take t in their place, with a warning). `add` and `to` say
    what the two-step model adds to the counts (see `escalc`); a study that has no effect without is left out, with a
    warning. `points` of quadrature (1 is Laplace's approximation) and `link` of LINKS are those of a GLMM without
    moderators; without `profile` one-step models leave the profile-likelihood intervals out, which take half of their
    time. Where a one-step model has no maximum the result is the two-step model: `model` and `warnings` say so.

    `mods`, a formula ("year + C(design)") of the columns of `data` (by name, k values each), one moderator (k,) or a
    matrix (k, p) with its intercept, makes it a meta-regression, a `Moderated`: mu and the proportion are then the
    prediction at the mean of each column of the design.

    `cluster` (k labels), the study of each row where studies have several arms, makes it a three-level model (method
    REML or ML) with cluster-robust inference, a `Clustered`.

    `pi` of PREDICTIONS says how the prediction interval is made, `seed` draws it (see `pool_effects`). A GLMM has all
    but the bootstrap; a beta-binomial model and a meta-regression have their own, "metafor". Raises ValueError
    that names the value and what is allowed.
    """
    x, size = checked(events, n)
    one_of("measure", measure, list(MEASURES))
    one_of("method", method, list(ESTIMATORS))
    one_of("model", model, MODELS)
    one_of("test", test, list(TESTS))
    one_of("pi", pi, list(PREDICTIONS))
    check_level(level)
    one_of("link", link, list(LINKS))
    if model != "iv":
        one_of(f"measure of the {model} model", measure, ["PLO"])
        one_of(f"pi of the {model} model", pi, GLMM_PREDICTIONS if model == "glmm" else ["metafor"])
    asked = Asked(measure, method, test, level, (add, to))
    if cluster is not None:
        from pipeline.stats.clustered import pool_clustered  # it is made of this module

        _check_alone(model, pi, mods)
        fit: Fit = pool_clustered(x, size, cluster, asked)
    elif mods is not None:
        from pipeline.stats.moderated import pool_on_moderators  # it is made of this module

        one_of("pi with moderators", pi, ["metafor"])
        one_of("model with moderators", model, ["iv", "glmm"])
        one_of("link with moderators", link, ["logit"])
        fit = pool_on_moderators(x, size, mods, data, model, asked)
    else:
        one_step = OneStep(points, link, profile)
        fit = _with_prediction(_fitted(x, size, model, asked, one_step), pi, seed, size)
    return replace(fit, events=whole(x), n=whole(size), add=added(measure, add), to=to)


def _fitted(x: Floats, n: Floats, model: str, asked: Asked, one_step: OneStep) -> Fit:
    """The model asked for; where a one-step model has no maximum the two-step one, and a warning that says so."""
    try:
        if model == "glmm":
            return by_glmm(x, n, asked.test, asked.level, one_step)
        if model == "beta-binomial":
            return by_beta_binomial(x, n, asked.test, asked.level, one_step.profile)
    except NoFit as why:
        note = f"no {'GLMM' if model == 'glmm' else model + ' model'}, inverse variance instead: {why}"
        return _two_step(x, n, asked, model, (note,))
    return _two_step(x, n, asked, model, ())


def _check_alone(model: str, pi: str, mods: str | ArrayLike | None) -> None:
    """What does not go with `cluster`. Raises ValueError."""
    one_of("model with cluster", model, ["iv"])
    one_of("pi with cluster", pi, ["metafor"])
    if mods is not None:
        raise ValueError("mods with cluster: not available here; pipeline.stats.multilevel(X=…) and robust() have it")


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


def _two_step(x: Floats, n: Floats, asked: Asked, model_asked: str, notes: tuple[str, ...]) -> Fit:
    yi, vi = escalc(asked.measure, x, n, *asked.correction)
    kept = usable(yi, vi)
    pooled = pool_effects(yi[kept], vi[kept], asked.method, asked.test, asked.level)
    said = (*notes, *left_out(kept, NO_EFFECT), *pooled.warnings, *cautions(x, n, asked.measure, asked.correction))
    return led_back(replace(pooled, warnings=said), asked.measure, n[kept], model="iv", model_asked=model_asked)


def cautions(x: Floats, n: Floats, measure: str, correction: Correction) -> list[str]:
    """What a reader must know of the effects themselves."""
    add, to = correction
    extreme = int(np.sum((x == 0) | (x == n)))
    said = correction_notes(
        added(measure, add), to, extreme, len(n), "events and non-events", "have none of one of them"
    )
    if measure == "PFT":
        said.append("Freeman-Tukey's back-transformation can mislead when sizes differ (Schwarzer 2019)")
    return said


# ---- the next study -------------------------------------------------------------------------------------------------


def _with_prediction(fit: Fit, pi: str, seed: int, n: Floats) -> Fit:
    """The fit with its prediction interval made another way."""
    if pi == "metafor":
        return fit
    if pi == "bootstrap":
        found = bootstrapped(one_group(np.array(fit.yi), np.array(fit.vi)), fit.level, seed)
    else:
        wald = fit.se if fit.model != "iv" else float(np.sum(1 / (np.array(fit.vi) + fit.tau2)) ** -0.5)
        found = predicted(pi, fit.mu, fit.se, wald, fit.tau2, fit.k, Inference(fit.df, fit.level))
    ends = np.array(found.interval)
    if fit.model == "glmm" and fit.link is not None:
        raw = LINKS[fit.link].proportion(ends)
    else:
        raw = MEASURES[fit.measure].back(ends, float(1 / np.mean(1 / n)))
    low, high = floats(np.clip(raw, 0, 1))
    beyond = () if (low, high) == tuple(raw) or BEYOND in fit.warnings else (BEYOND,)
    return replace(
        fit,
        pi=found.interval,
        pi_method=found.name,
        proportion_pi=(low, high),
        warnings=(*fit.warnings, *found.warnings, *beyond),
    )


# ---- the way back ---------------------------------------------------------------------------------------------------


def led_back(
    pooled: Pooled, measure: str, n: Floats, *, model: str, model_asked: str, averages: Sequence[float] | None = None
) -> Fit:
    """The result with its proportions; what lies beyond [0, 1] is cut there, and said."""
    harmonic = float(1 / np.mean(1 / n))
    raw = MEASURES[measure].back(np.array([pooled.mu, *pooled.ci, *pooled.pi]), harmonic)
    p, c_low, c_high, p_low, p_high = floats(np.clip(raw, 0, 1))
    beyond = () if np.array_equal(raw, np.clip(raw, 0, 1)) else (BEYOND,)
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
