"""Rows within arms within studies, turned into independent rows but for what a study shares.

The model: y = X beta + Z_outer u + Z_inner w + e, u ~ N(0, outer), w ~ N(0, inner), e ~ N(0, V), V in blocks.
Rotating the blocks of V, or the rows of an arm, makes the variance of a study diag(variance + own · inner) +
outer · load load', a diagonal and one vector, whose inverse is Woodbury's. No matrix is larger than a block, and the
cost of a likelihood is linear in k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.sampling_errors import Rows, SamplingErrors, batches
from pipeline.stats.weighting import SAME, Index


@dataclass(frozen=True, eq=False)
class Nested:
    """k rotated rows, those of a study together, studies beginning at `starts` (m,).

    `data` (k, 1 + p) has y, less its least-squares fit, and an orthonormal basis of X's columns; `fit` (p,) and
    `triangle` (p, p) lead back: beta = triangle^-1 (fit + coefficients on the basis). `log_det` is what the rotation
    takes from log det of the variance. `typical` is the mean sampling variance, `least` the smallest.
    """

    data: Floats
    variance: Floats
    own: Floats  # 1 where the arm's effect adds to the variance, else 0
    load: Floats
    starts: Index
    study: Index  # number of each row's study, (k,)
    log_det: float
    fit: Floats
    triangle: Floats
    typical: float
    least: float

    @property
    def k(self) -> int:
        return len(self.data)

    @property
    def p(self) -> int:
        return int(self.data.shape[1]) - 1

    def per_study(self, values: Floats) -> Floats:
        """Sums over the rows of each study: (…, k) → (…, m)."""
        return np.add.reduceat(values, self.starts, axis=-1)

    def per_row(self, values: Floats) -> Floats:
        """Each study's value at each of its rows: (…, m) → (…, k)."""
        return np.asarray(values[..., self.study])


def nest(y: Floats, X: Floats, errors: SamplingErrors, outer: Index, inner: Index) -> Nested:
    """`outer` and `inner` (k,) number studies and arms; arms lie within studies, blocks of errors within studies, or
    within arms where an arm has several rows. Raises ValueError where they do not, or where X is not of full rank.
    """
    basis, triangle = np.linalg.qr(X)
    diagonal = np.abs(np.diagonal(triangle))
    if X.shape[1] > len(y) or diagonal.min() <= 1e-10 * np.sqrt((X**2).sum(axis=0)).max():
        raise ValueError(f"X has {X.shape[1]} columns and a smaller rank: leave redundant columns out")
    fit = basis.T @ y
    rest = y - basis @ fit
    rest[np.abs(rest) <= 10 * SAME * max(1.0, float(np.abs(y).max()))] = 0.0
    data = np.column_stack([rest, basis])
    whole_arms = len(np.unique(inner)) < len(inner)
    groups, within = (inner, "arm") if whole_arms else (errors.blocks, "study")
    _check_within(errors.blocks, inner if whole_arms else outer, within)
    turned = [(_arms if whole_arms else _blocks)(data, errors, rows) for rows in batches(groups)]
    rows, new, variance, own, load = (np.concatenate([t[i] for t in turned]) for i in range(5))
    order = np.argsort(outer[rows], kind="stable")
    first = np.append(True, np.diff(outer[rows][order]) != 0)
    return Nested(
        data=new[order],
        variance=variance[order],
        own=own[order],
        load=load[order],
        starts=np.flatnonzero(first),
        study=np.cumsum(first) - 1,
        log_det=float(sum(t[5] for t in turned)),
        fit=fit,
        triangle=triangle,
        typical=float(errors.v.mean()),
        least=float(errors.v.min()),
    )


def _check_within(blocks: Index, groups: Index, name: str) -> None:
    """Each block lies in one group."""
    first = np.full(int(blocks.max()) + 1, -1)
    first[blocks[::-1]] = groups[::-1]
    astray = np.flatnonzero(first[blocks] != groups)
    if len(astray):
        raise ValueError(f"row {astray[0] + 1}: its sampling error is correlated with that of a row of another {name}")


Turned = tuple[Index, Floats, Floats, Floats, Floats, float]


def _blocks(data: Floats, errors: SamplingErrors, rows: Rows) -> Turned:
    """Blocks (b, n) of arms with one row each: V = U L U' turns into L, whatever is added to its diagonal."""
    flat = rows.ravel()
    if rows.shape[1] == 1:
        return flat, data[flat], errors.v[flat], np.ones(len(flat)), np.ones(len(flat)), 0.0
    values, vectors = np.linalg.eigh(errors.among(rows))
    new = np.einsum("bij,biq->bjq", vectors, data[rows]).reshape(-1, data.shape[1])
    return flat, new, values.ravel(), np.ones(len(flat)), vectors.sum(axis=1).ravel(), 0.0


def _arms(data: Floats, errors: SamplingErrors, rows: Rows) -> Turned:
    """Arms (b, n) of several rows: their weighted mean, which the arm's effect moves, and n - 1 differences of variance
    1, which it does not. By Householder's reflection of the whitened rows."""
    flat, n = rows.ravel(), rows.shape[1]
    if n == 1:
        return _blocks(data, errors, rows)
    root = np.linalg.cholesky(errors.among(rows))
    white = np.linalg.solve(root, data[rows])
    q = np.linalg.solve(root, np.ones((len(rows), n, 1)))[:, :, 0]
    length = np.sqrt((q**2).sum(axis=1))
    towards = np.where(q[:, 0] < 0, -1.0, 1.0) * length
    normal = q.copy()
    normal[:, 0] += towards
    factor = 2 / (normal**2).sum(axis=1)
    new = white - (factor[:, None] * normal)[:, :, None] * np.einsum("bn,bnq->bq", normal, white)[:, None, :]
    new[:, 0] /= -towards[:, None]
    variance, own = np.ones(rows.shape), np.zeros(rows.shape)
    variance[:, 0], own[:, 0] = 1 / length**2, 1.0
    log_det = 2 * np.log(np.diagonal(root, axis1=1, axis2=2)).sum() + 2 * np.log(length).sum()
    return flat, new.reshape(-1, data.shape[1]), variance.ravel(), own.ravel(), own.ravel().copy(), float(log_det)
