"""Cluster-robust variances of the coefficients: right also where the working model of the dependence is not.

With S the working covariance, M its inverse, C = (X'MX)^-1 and e the residuals, the variance is
C (Σ X_j' M_j A_j e_j e_j' A_j' M_j X_j) C over clusters j (Liang & Zeger 1986, Biometrika 73:13). A_j = I is CR0; CR1
multiplies by m / (m - p) for m clusters; CR2 takes A_j = D_j' B_j^-½ D_j with D_j'D_j = S_j and B_j = D_j (S_j - X_j C
X_j') D_j', so that the estimate is unbiased if the working model holds (Bell & McCaffrey 2002, Surv Methodol 28:169;
Pustejovsky & Tipton 2018, J Bus Econ Stat 36:672). As S is that of the weights, B_j needs no more than its own cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stats.comparison import Comparison
from pipeline.stats.effects import Floats
from pipeline.stats.inference import Inference, one_of
from pipeline.stats.multilevel import coefficient
from pipeline.stats.multilevel_result import Multilevel
from pipeline.stats.regression_result import Moderated, Regression
from pipeline.stats.result import Fit, Pooled
from pipeline.stats.robust_result import Robust
from pipeline.stats.sampling_errors import Rows, SamplingErrors, batches, codes_of, numbered, sampling_errors
from pipeline.stats.weighting import Index

KINDS = ("CR0", "CR1", "CR2")
#: fewer clusters than this and CR0 and CR1 are too small
FEW_CLUSTERS = 20
#: with fewer degrees of freedom p-values are not to be trusted (Tipton 2015, Psychol Methods 20:375)
FEW_DF = 4


@dataclass(frozen=True, eq=False)
class Working:
    """What a fit assumed: effects, design, and their covariance, which any set of whole studies has by itself."""

    y: Floats
    X: Floats
    errors: SamplingErrors
    outer: Index
    inner: Index
    sigma2_outer: float
    sigma2_inner: float

    def among(self, rows: Rows) -> Floats:
        """Covariances (b, n, n) of the rows of each line of `rows` (b, n)."""
        covariances = self.errors.among(rows)
        for codes, variance in ((self.outer, self.sigma2_outer), (self.inner, self.sigma2_inner)):
            covariances = covariances + variance * (codes[rows][:, :, None] == codes[rows][:, None, :])
        return covariances


def robust(
    fit: Pooled | Regression,
    cluster: Sequence[object] | None = None,
    kind: str = "CR2",
    level: float | None = None,
) -> Robust:
    """Inference for the coefficients of `fit` when the effects of a cluster depend on each other in unknown ways.

    `fit`: of pool_effects, pool_proportions or compare_proportions (inverse variance), meta_regression or multilevel.
    `cluster` (a label for each effect of the fit): effects of different ones are independent; None: the studies of a
    multilevel fit. `kind`: CR2 with Satterthwaite's degrees of freedom, or CR0 and CR1 with m - p of them for m
    clusters. Raises ValueError that names the value and what is allowed.
    """
    one_of("kind", kind, KINDS)
    if isinstance(fit, Moderated):
        fit = fit.regression
    working = _working(fit)
    if cluster is None and not isinstance(fit, Multilevel):
        raise ValueError("cluster: a label for each effect is needed, such as the study it comes from")
    codes = working.outer if cluster is None else codes_of("cluster", cluster, fit.k)
    m, p = int(codes.max()) + 1, working.X.shape[1]
    if m <= p:
        raise ValueError(f"cluster: {m} cluster(s) for {p} coefficient(s): at least {p + 1} are needed")
    _check_whole(working, codes)
    beta, vcov, df, model = _sandwich(working, codes, kind)
    level = fit.level if level is None else level
    rows = zip(beta, np.sqrt(np.diagonal(vcov)), df, strict=True)
    told = tuple(coefficient(float(b), float(se), Inference(float(f), level)) for b, se, f in rows)
    return Robust(
        kind=kind,
        level=level,
        k=fit.k,
        clusters=m,
        coefficients=told,
        vcov=tuple(tuple(float(v) for v in row) for row in vcov),
        warnings=_cautions(kind, m, [float(f) for f in df], _without_width(vcov, model)),
    )


def _working(fit: Pooled | Regression) -> Working:
    """Raises ValueError where the fit is no weighted least squares with the inverse of its variances."""
    y = np.array(fit.yi)
    if isinstance(fit, Multilevel):
        X = np.ones((fit.k, 1)) if fit.X is None else np.array(fit.X)
        errors = sampling_errors(fit.vi if fit.V is None else np.array(fit.V), fit.rho, fit.patients)
        outer, inner = codes_of("outer", fit.outer, fit.k), codes_of("inner", fit.inner, fit.k)
        arms = numbered(outer * fit.k + inner)
        return Working(y, X, errors, outer, arms, fit.sigma2_outer, fit.sigma2_inner)
    if isinstance(fit, Fit | Comparison | Regression) and fit.model != "iv":
        raise ValueError(f'fit: model "{fit.model}" has no cluster-robust variance; inverse variance (iv) has')
    alone = np.arange(fit.k)
    X = fit.design.X if isinstance(fit, Regression) else np.ones((fit.k, 1))
    return Working(y, X, sampling_errors(fit.vi), alone, alone, 0.0, fit.tau2)


def _check_whole(working: Working, codes: Index) -> None:
    """Raises ValueError where the model makes effects of two clusters depend on each other."""
    studies = working.outer if working.sigma2_outer > 0 else working.inner
    for groups in (studies, working.errors.blocks):
        first = np.full(int(groups.max()) + 1, -1)
        first[groups[::-1]] = codes[::-1]
        astray = np.flatnonzero(first[groups] != codes)
        if len(astray):
            raise ValueError(
                f"cluster: row {astray[0] + 1} is in another cluster than a row it depends on in the model"
            )


# ---- the sandwich ---------------------------------------------------------------------------------------------------


def _sandwich(working: Working, codes: Index, kind: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Coefficients (p,), their robust covariance (p, p), degrees of freedom (p,), and the model's covariance (p, p)."""
    groups = batches(codes)
    covariances = [working.among(rows) for rows in groups]
    designs = [working.X[rows] for rows in groups]
    weighted = [np.asarray(np.linalg.solve(S, X), float) for S, X in zip(covariances, designs, strict=True)]  # M_j X_j
    C = np.linalg.inv(sum(np.einsum("bnp,bnq->pq", X, MX) for X, MX in zip(designs, weighted, strict=True)))
    beta = C @ sum(np.einsum("bnp,bn->p", MX, working.y[rows]) for MX, rows in zip(weighted, groups, strict=True))
    if kind == "CR2":
        parts = zip(covariances, designs, weighted, strict=True)
        weighted = [_adjusted(S, X, C) @ MX for S, X, MX in parts]  # A_j M_j X_j
    residuals = working.y - working.X @ beta
    scores = np.concatenate(
        [np.einsum("bnp,bn->bp", AX, residuals[rows]) for AX, rows in zip(weighted, groups, strict=True)]
    )
    vcov = C @ (scores.T @ scores) @ C
    m, p = len(scores), len(C)
    if kind != "CR2":
        return beta, vcov * (m / (m - p) if kind == "CR1" else 1.0), np.full(p, float(m - p)), C
    return beta, vcov, _satterthwaite(covariances, designs, weighted, C), C


def _adjusted(S: Floats, X: Floats, C: Floats) -> Floats:
    """A_j of CR2 for clusters of one size, (b, n, n). A direction that a cluster decides alone has no residual, and
    no part (Moore-Penrose)."""
    root = np.linalg.cholesky(S)  # its transpose is D_j
    B = root.transpose(0, 2, 1) @ (S - X @ C @ X.transpose(0, 2, 1)) @ root
    values, vectors = np.linalg.eigh(B)
    least = 1e-10 * np.linalg.eigvalsh(S)[:, -1:] ** 2
    inverse = np.where(values > least, 1 / np.sqrt(np.where(values > least, values, 1.0)), 0.0)
    middle = (vectors * inverse[:, None, :]) @ vectors.transpose(0, 2, 1)
    return np.asarray(root @ middle @ root.transpose(0, 2, 1))


def _satterthwaite(covariances: list[Floats], designs: list[Floats], weighted: list[Floats], C: Floats) -> Floats:
    """(tr G)² / tr GG for each coefficient, G_ij the covariance under the working model of what clusters i and j add:
    q_i'(1(i = j) S_i - X_i C X_j') q_j, with q_j = A_j M_j X_j C c (Pustejovsky & Tipton 2018)."""
    df = []
    for c in C:
        q = [AX @ c for AX in weighted]
        own = np.concatenate([np.einsum("bn,bnm,bm->b", x, S, x) for x, S in zip(q, covariances, strict=True)])
        t = np.concatenate([np.einsum("bnp,bn->bp", X, x) for x, X in zip(q, designs, strict=True)])
        shared = np.einsum("jp,pq,jq->j", t, C, t)
        inner = C @ t.T @ t
        squares = np.sum(own**2 - 2 * own * shared) + np.trace(inner @ inner)
        df.append(float(np.sum(own - shared) ** 2 / squares))
    return np.array(df)


def _without_width(vcov: Floats, model: Floats) -> bool:
    """Whether a robust error is 0 but for rounding: what the clusters add up to is the same in all."""
    return bool(np.any(np.diagonal(vcov) <= 1e-16 * np.diagonal(model)))


def _cautions(kind: str, clusters: int, df: list[float], without_width: bool) -> tuple[str, ...]:
    """What a reader of these numbers must know."""
    said = {
        f"{clusters} clusters: {kind} is too small with fewer than {FEW_CLUSTERS}; CR2 is made for few": (
            kind != "CR2" and clusters < FEW_CLUSTERS
        ),
        f"{min(df):.1f} degrees of freedom: below {FEW_DF} the p-value is not to be trusted (Tipton 2015)": (
            kind == "CR2" and min(df) < FEW_DF
        ),
    }
    said["the clusters agree exactly, so that a robust interval has no width: take the model's"] = without_width
    return tuple(text for text, applies in said.items() if applies)
