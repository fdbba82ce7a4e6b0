"""What single studies do to the pooled effect: fits without each, fits that grow by one, diagnostics, predictions.

Viechtbauer & Cheung (2010, Res Synth Methods 1:112) for the diagnostics, Baujat et al. (2002, Stat Med 21:2641) for the
plot's coordinates, Raudenbush & Bryk (1985) for the predictions. All refits are made at once by `pool_many`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Inference
from pipeline.stats.influence_result import Influence, Predicted, Refits
from pipeline.stats.many import Many, pool_many
from pipeline.stats.two_step import checked_effects, floats, pool_effects
from pipeline.stats.weighting import others


def leave_one_out(
    yi: ArrayLike,
    vi: ArrayLike,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> Refits:
    """The pooled effect without each of k ≥ 2 studies, as metafor's `leave1out`. yi, vi (k,) and the options are those
    of `pool_effects`; `studies` (k,) names them. Raises ValueError that names the value and what is allowed.
    """
    y, v = _several(yi, vi)
    k = len(y)
    many = pool_many(y, v, method, test, level, ~np.eye(k, dtype=bool))
    return _refits(many, np.arange(k), study_names(studies, k), "Without each study", "without")


def cumulative(
    yi: ArrayLike,
    vi: ArrayLike,
    order: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> Refits:
    """The pooled effect of the first study, the first two, …, as metafor's `cumul`. `order` (k,) holds what to sort by
    (years, sizes, …; equal ones stay in their order); None takes the studies as they come. A row with one study has
    the normal distribution. Else as `leave_one_out`.
    """
    y, v = checked_effects(yi, vi)
    k = len(y)
    by = np.arange(k) if order is None else np.asarray(order, float)
    if by.shape != (k,) or np.isnan(by).any():
        raise ValueError(f"order must hold a number for each of the {k} studies, got {np.asarray(order).tolist()}")
    places = np.argsort(by, kind="stable")
    many = pool_many(y[places], v[places], method, test, level, np.tri(k, dtype=bool))
    return _refits(many, places, study_names(studies, k), "Cumulative", "up to")


def influence(yi: ArrayLike, vi: ArrayLike, method: str = "REML", studies: Sequence[str] | None = None) -> Influence:
    """Diagnostics of k ≥ 2 studies, with Wald's standard errors, as metafor's `influence(rma(yi, vi))`.

    A study is influential by metafor's rule where |dffits| > 3 sqrt(1/(k - 1)), cook_d is above the median of chi² on
    1 df, hat > 3/k or |dfbs| > 1. Arguments and errors are those of `leave_one_out`.
    """
    from pipeline.stats.special import chdtr

    y, v = _several(yi, vi)
    k = len(y)
    fit, without = pool_effects(y, v, method), pool_many(y, v, method, present=~np.eye(k, dtype=bool))
    variances = v + fit.tau2
    w = 1 / variances
    hat, resid = w / w.sum(), y - fit.mu
    resid_se = np.sqrt(variances * others(w) / w.sum())  # variance · (1 - hat)
    moved = fit.mu - without.mu
    dffits = moved / np.sqrt(hat * (v + without.tau2))
    cook_d = (moved / fit.se) ** 2
    dfbs = moved * np.sqrt((1 / (v + without.tau2[:, None])).sum(axis=1))
    rule = (np.abs(dffits) > 3 * np.sqrt(1 / (k - 1))) | (chdtr(1, cook_d) > 0.5) | (hat > 3 / k) | (np.abs(dfbs) > 1)
    names = study_names(studies, k)
    return Influence(
        method=method,
        study=names,
        warnings=(*fit.warnings, *_peaks(without, names, "without")),
        influential=tuple(rule.tolist()),
        rstudent=floats((y - without.mu) / np.sqrt(v + without.tau2 + without.se**2)),
        dffits=floats(dffits),
        cook_d=floats(cook_d),
        cov_r=floats((without.se / fit.se) ** 2),
        tau2_del=floats(without.tau2),
        QE_del=floats(without.Q),
        hat=floats(hat),
        weight=floats(100 * hat),
        dfbs=floats(dfbs),
        rstandard=floats(resid / resid_se),
        resid=floats(resid),
        resid_se=floats(resid_se),
        mu_del=floats(without.mu),
        se_del=floats(without.se),
        baujat_x=floats(resid**2 / variances),
        baujat_y=floats((moved / without.se) ** 2),
    )


def blup(
    yi: ArrayLike,
    vi: ArrayLike,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    studies: Sequence[str] | None = None,
) -> Predicted:
    """Best linear unbiased predictions of the k studies' true effects, as metafor's `blup`: each effect is drawn to mu
    by the share of its variance that is sampling error. Arguments and errors are those of `leave_one_out`.
    """
    y, v = checked_effects(yi, vi)
    fit = pool_effects(y, v, method, test, level)
    kept = fit.tau2 / (fit.tau2 + v)
    pred = kept * y + (1 - kept) * fit.mu
    se = np.sqrt(kept * v + ((1 - kept) * fit.se) ** 2)
    inference = Inference(fit.df, level)
    return Predicted(
        method=method,
        study=study_names(studies, len(y)),
        warnings=fit.warnings,
        level=level,
        pred=floats(pred),
        se=floats(se),
        pi=tuple(inference.around(float(m), float(s)) for m, s in zip(pred, se, strict=True)),
    )


def _several(yi: ArrayLike, vi: ArrayLike) -> tuple[Floats, Floats]:
    y, v = checked_effects(yi, vi)
    if len(y) < 2:
        raise ValueError("1 study: without it nothing is left, at least 2 are needed")
    return y, v


def study_names(studies: Sequence[str] | None, k: int) -> tuple[str, ...]:
    """As given, or numbers from 1. Raises ValueError."""
    names = tuple(str(i + 1) for i in range(k)) if studies is None else tuple(studies)
    if len(names) != k:
        raise ValueError(f"studies must name each of the {k} studies, got {len(names)} names")
    return names


def _peaks(many: Many, names: Sequence[str], word: str) -> tuple[str, ...]:
    """Which refits have a likelihood of several peaks."""
    several = [name for name, peaks in zip(names, many.peaks.tolist(), strict=True) if peaks > 1]
    return (f"the likelihood has several peaks, the highest is taken: {word} {', '.join(several)}",) if several else ()


def _refits(many: Many, places: NDArray[np.intp], names: Sequence[str], title: str, word: str) -> Refits:
    names = tuple(names[i] for i in places)
    return Refits(
        title=title,
        method=many.method,
        test=many.test,
        level=many.level,
        study=names,
        order=tuple((places + 1).tolist()),
        k=tuple(many.k.tolist()),
        mu=floats(many.mu),
        se=floats(many.se),
        stat=_or_none(many.stat),
        p=_or_none(many.p),
        ci=tuple((low, high) for low, high in many.ci.tolist()),
        tau2=floats(many.tau2),
        I2=floats(many.I2),
        H2=floats(many.H2),
        Q=floats(many.Q),
        Q_p=floats(many.Q_p),
        warnings=_peaks(many, names, word),
    )


def _or_none(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(v) else v for v in values.tolist())
