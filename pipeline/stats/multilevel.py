"""Three-level meta-analysis: several arms or outcomes of a study, which resemble each other more than those of others.

yi = X beta + u(study) + w(arm within study) + e, with variances sigma²_outer, sigma²_inner and V (Konstantopoulos 2011,
Res Synth Methods 2:61; Cheung 2014, Psychol Methods 19:211), as metafor's rma.mv(yi, V, random = ~ 1 | outer/inner).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.component_search import highest_peak, profile, profile_interval
from pipeline.stats.effects import Floats
from pipeline.stats.heterogeneity import chi2_tail
from pipeline.stats.inference import Inference, one_of, statistic
from pipeline.stats.multilevel_result import Coefficient, LevelTest, Multilevel
from pipeline.stats.nested import nest
from pipeline.stats.sampling_errors import SamplingErrors, batches, codes_of, numbered, sampling_errors
from pipeline.stats.two_step import check_level, checked_effects, floats
from pipeline.stats.variance_components import INNER, OUTER, Likelihood, Point
from pipeline.stats.weighting import Columns, Index, one_group

METHODS = ("REML", "ML")
TESTS = ("z", "t")


def multilevel(
    yi: ArrayLike,
    vi: ArrayLike,
    outer: Sequence[object],
    inner: Sequence[object] | None = None,
    X: ArrayLike | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
    rho: float | None = None,
    patients: Sequence[object] | None = None,
    intervals: bool = True,
) -> Multilevel:
    """Pool k effects `yi` of the studies `outer` and their arms or outcomes `inner` (k labels each).

    `vi`: sampling variances (k,), or their whole matrix V (k, k). `inner` None: each row is an arm of its own; a label
    is an arm within its study. `X` (k, p): the design, with its column of ones; None: one mean. `rho` with `patients`
    (k labels): sampling errors of rows of the same patients are correlated by rho (see `sampling_errors`). `method`
    REML or ML, `test` z or t (k - p degrees of freedom). `intervals` False leaves out those of the variances, which
    take most of the time. Raises ValueError that names the value and what is allowed.
    """
    one_of("method", method, METHODS)
    one_of("test", test, TESTS)
    check_level(level)
    errors = sampling_errors(vi, rho, patients)
    y, _ = checked_effects(yi, errors.v)
    studies = codes_of("outer", outer, len(y))
    design = np.ones((len(y), 1)) if X is None else checked_design(X, len(y))
    table = Table(y, design, errors, studies, _arms(studies, inner))
    nested = nest(y, design, errors, studies, table.arms)
    likelihood = Likelihood(nested, method == "REML", _estimable(design, studies, table.arms))
    peak, peaks = highest_peak(likelihood)
    test = test if table.df > 0 else "z"
    inference = Inference(table.df if test == "t" else None, level)
    return Multilevel(
        method=method,
        test=test,
        level=level,
        k=len(y),
        **_mean(table, peak, inference),
        **_spread(table, likelihood, peak, level, intervals),
        yi=floats(y),
        vi=floats(errors.v),
        weights=_weights(table, peak.theta) if X is None else None,
        warnings=_cautions(table, likelihood.free, peaks),
        outer=tuple(str(label) for label in outer),
        inner=tuple(str(label) for label in (inner if inner is not None else range(1, len(y) + 1))),
        studies=len(nested.starts),
        arms=int(table.arms.max()) + 1,
        coefficients=None if X is None else _coefficients(peak, inference),
        X=None if X is None else tuple(floats(row) for row in design),
        rho=rho,
        patients=None if patients is None else tuple(str(label) for label in patients),
        V=None if errors.matrix is None else tuple(floats(row) for row in errors.matrix),
    )


@dataclass(frozen=True, eq=False)
class Table:
    """What is pooled: effects (k,), design (k, p), errors, and the number of each row's study and arm."""

    y: Floats
    design: Floats
    errors: SamplingErrors
    studies: Index
    arms: Index

    @property
    def df(self) -> int:
        return len(self.y) - int(self.design.shape[1])


def _mean(table: Table, peak: Point, inference: Inference) -> dict[str, Any]:
    """mu, at the mean of each column of the design, with its test and intervals."""
    centre = table.design.mean(axis=0)
    mu, se = float(centre @ peak.coefficients), float(np.sqrt(centre @ peak.covariance @ centre))
    told = coefficient(mu, se, inference)
    pi = inference.around(mu, float(np.hypot(se, np.sqrt(peak.theta.sum()))))
    return {"mu": mu, "se": se, "stat": told.stat, "df": told.df, "p": told.p, "ci": told.ci} | {
        "pi": pi,
        "pi_method": inference.name,
    }


def _spread(table: Table, likelihood: Likelihood, peak: Point, level: float, intervals: bool) -> dict[str, Any]:
    """The variances, their shares and intervals, Q, and the tests of the levels."""
    outer, inner = (float(v) for v in peak.theta)
    tau2, df = outer + inner, table.df
    typical = df / _trace(table) if df > 0 else float("inf")
    common = likelihood.at(np.zeros(2))
    cis = [profile_interval(likelihood, c, peak, level) if intervals else None for c in (OUTER, INNER)]
    of_tau2 = {"tau2": tau2, "se_tau2": None, "tau2_ci": None, "I2_ci": None, "H2_ci": None}
    of_levels = {"sigma2_outer": outer, "sigma2_inner": inner, "sigma2_outer_ci": cis[0], "sigma2_inner_ci": cis[1]}
    i2, i2_outer, i2_inner = (100 * part / (tau2 + typical) for part in (tau2, outer, inner))
    shares = {"I2": i2, "I2_outer": i2_outer, "I2_inner": i2_inner, "H2": tau2 / typical + 1}
    q = {"Q": common.rss, "Q_df": df, "Q_p": chi2_tail(common.rss, df) if df > 0 else 1.0}
    icc = outer / tau2 if tau2 > 0 else None
    tests = _level_tests(likelihood, peak, common)
    return of_tau2 | of_levels | shares | q | {"icc": icc, "loglik": peak.loglik, "tests": tests}


def checked_design(X: ArrayLike, k: int) -> Floats:
    """(k, p). Raises ValueError."""
    design = np.asarray(X, float)
    design = design[:, None] if design.ndim == 1 else design
    if design.ndim != 2 or len(design) != k or not design.shape[1] or not np.isfinite(design).all():
        raise ValueError(f"X must have {k} rows of finite numbers, one for each effect, got the shape {design.shape}")
    return design


def _arms(studies: Index, inner: Sequence[object] | None) -> Index:
    """Arms numbered from 0 over all studies."""
    if inner is None:
        return np.arange(len(studies))
    within = codes_of("inner", inner, len(studies))
    return numbered(studies * len(studies) + within)


def _estimable(design: Floats, studies: Index, arms: Index) -> tuple[bool, bool]:
    """Whether the design leaves anything of each level, and whether the levels are two."""
    basis, _ = np.linalg.qr(design)
    outer, inner = (
        len(basis) - sum(float(np.sum(basis[rows].sum(axis=1) ** 2)) for rows in batches(codes)) > 1e-9 * len(basis)
        for codes in (studies, arms)
    )
    return outer, inner and not (outer and int(arms.max()) == int(studies.max()))


def _trace(table: Table) -> float:
    """tr(P) with the weights V^-1."""
    y, design, errors = table.y, table.design, table.errors
    if errors.independent:
        one_mean = design.shape[1] == 1 and np.ptp(design) == 0
        sample = one_group(y, errors.v) if one_mean else Columns(y, errors.v, design)
        return float(sample.trace(1 / errors.v))
    p = design.shape[1]
    total, xx, xvx = 0.0, np.zeros((p, p)), np.zeros((p, p))
    for rows in batches(errors.blocks):
        inverse = np.linalg.inv(errors.among(rows))
        solved = inverse @ design[rows]
        total += float(np.trace(inverse, axis1=1, axis2=2).sum())
        xx += np.einsum("bnp,bnq->pq", design[rows], solved)
        xvx += np.einsum("bnp,bnq->pq", solved, solved)
    return total - float(np.trace(np.linalg.solve(xx, xvx)))


def _weights(table: Table, theta: Floats) -> tuple[float, ...]:
    """Of each effect in mu, in percent: the row sums of the inverse of the variance."""
    errors, studies, arms = table.errors, table.studies, table.arms
    groups = errors.blocks if int(arms.max()) + 1 == len(arms) else arms
    alone = np.empty(len(arms))
    for rows in batches(groups):
        same = arms[rows][:, :, None] == arms[rows][:, None, :]
        ones = np.ones((*rows.shape, 1))
        alone[rows] = np.linalg.solve(errors.among(rows) + theta[INNER] * same, ones)[:, :, 0]
    together = np.bincount(studies, alone)
    w = alone / (1 + theta[OUTER] * together[studies])
    return floats(100 * w / w.sum())


def _level_tests(likelihood: Likelihood, peak: Point, common: Point) -> tuple[LevelTest, ...]:
    """Against the models without one level, or without both."""
    without = {"no outer level": (OUTER,), "no inner level": (INNER,), "common effect": (OUTER, INNER)}
    tests = []
    for name, dropped in without.items():
        df = sum(likelihood.free[c] for c in dropped)
        if df == len(dropped):
            loglik = (profile(likelihood, dropped[0], 0.0) if len(dropped) == 1 else common).loglik
            stat = max(0.0, 2 * (peak.loglik - loglik))
            tests.append(LevelTest(against=name, loglik=loglik, stat=stat, df=df, p=chi2_tail(stat, df)))
    return tuple(tests)


def _coefficients(peak: Point, inference: Inference) -> tuple[Coefficient, ...]:
    rows = zip(peak.coefficients, np.sqrt(np.diagonal(peak.covariance)), strict=True)
    return tuple(coefficient(float(b), float(se), inference) for b, se in rows)


def coefficient(estimate: float, se: float, inference: Inference) -> Coefficient:
    """With its test and interval."""
    stat = statistic(estimate, se)
    p, ci = inference.p_value(stat), inference.around(estimate, se)
    return Coefficient(estimate=estimate, se=se, stat=stat, df=inference.df, p=p, ci=ci)


def _cautions(table: Table, free: tuple[bool, bool], peaks: int) -> tuple[str, ...]:
    """What a reader of these numbers must know."""
    (k, p), m = table.design.shape, int(table.studies.max()) + 1
    apart = int(table.arms.max()) + 1 == m
    said = {
        "one study: its variance from others cannot be estimated, and is taken as 0": m == 1,
        "the moderators leave nothing of the studies' variance, which is taken as 0": m > 1
        and not free[OUTER]
        and k > p,
        "each study has one arm: the levels cannot be told apart, and all variance is given to the studies": (
            apart and m > 1 and free[OUTER]
        ),
        "as many coefficients as effects: no variance can be estimated": k == p and k > 1,
        f"{m} studies: the variance between them is hardly known": free[OUTER] and 1 < m < 5,
        f"the likelihood has {peaks} peaks; this is the highest": peaks > 1,
    }
    return tuple(text for text, applies in said.items() if applies)
