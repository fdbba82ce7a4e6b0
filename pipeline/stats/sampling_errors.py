"""Sampling errors that are correlated within blocks: outcomes of the same patients.

The covariance of two errors of a block is rho · sqrt(v_r v_s), as metafor's `vcalc(vi, cluster, obs, rho)` has it. rho
is seldom known: vary it, and see what changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.weighting import Index

#: rows of a table, of any shape
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class SamplingErrors:
    """Variances `v` (k,), and `blocks` (k,), the number of each row's block: errors of two blocks are independent.

    Within a block the correlation is `rho`, or that of `matrix` (k, k) where it was given whole.
    """

    v: Floats
    blocks: Index
    rho: float = 0.0
    matrix: Floats | None = None

    @property
    def independent(self) -> bool:
        return len(np.unique(self.blocks)) == len(self.v)

    def among(self, rows: Rows) -> Floats:
        """Covariances (b, n, n) among the rows of each line of `rows` (b, n)."""
        if self.matrix is not None:
            return np.asarray(self.matrix[rows[:, :, None], rows[:, None, :]])
        same = self.blocks[rows][:, :, None] == self.blocks[rows][:, None, :]
        root = np.sqrt(self.v[rows])
        covariances = self.rho * same * root[:, :, None] * root[:, None, :]
        diagonal = np.arange(rows.shape[1])
        covariances[:, diagonal, diagonal] = self.v[rows]
        return np.asarray(covariances)


def sampling_errors(
    vi: ArrayLike, rho: float | None = None, patients: Sequence[object] | None = None
) -> SamplingErrors:
    """From variances (k,), with the correlation `rho` of rows whose label in `patients` (k,) is the same, or from the
    whole matrix V (k, k). Raises ValueError that names the value and what is allowed.
    """
    v = np.atleast_1d(np.asarray(vi, float))
    if v.ndim == 2:
        if rho is not None or patients is not None:
            raise ValueError("rho and patients go with variances vi of shape (k,); a matrix V has the covariances")
        return _from_matrix(v)
    if (rho is None) != (patients is None):
        raise ValueError("rho and patients go together: the correlation, and whose outcomes are correlated")
    alone = np.arange(len(v))
    if rho is None or patients is None:
        return SamplingErrors(v, alone)
    if not -1 < rho < 1:
        raise ValueError(f"rho = {rho:g}: must lie between -1 and 1")
    codes = codes_of("patients", patients, len(v))
    largest = int(np.bincount(codes).max())
    if rho * (largest - 1) <= -1:
        raise ValueError(f"rho = {rho:g}: impossible among {largest} outcomes, must be above {-1 / (largest - 1):.4g}")
    return SamplingErrors(v, codes if rho != 0 else alone, rho)


def vcalc(vi: ArrayLike, patients: Sequence[object], rho: float) -> Floats:
    """The matrix V (k, k) of errors that are correlated by `rho` between outcomes of the same patients."""
    errors = sampling_errors(vi, rho, patients)
    return np.asarray(errors.among(np.arange(len(errors.v))[None])[0])


def codes_of(name: str, labels: Sequence[object], k: int) -> Index:
    """Labels numbered from 0, (k,). Raises ValueError where there are not k of them, or one is missing."""
    if len(labels) != k:
        raise ValueError(f"{name} must have a label for each of the {k} rows, got {len(labels)}")
    for i, label in enumerate(labels):
        if label is None or label != label or label == "":
            raise ValueError(f"{name}: row {i + 1} has no label")
    return numbered(np.array([str(label) for label in labels]))


def numbered(values: NDArray[Any]) -> Index:
    """The different values numbered from 0, (k,)."""
    return np.asarray(np.unique(values, return_inverse=True)[1].reshape(-1), dtype=np.intp)


def batches(codes: Index) -> list[Rows]:
    """Rows of each group, as one array (groups, size) for each size that groups have."""
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    return [order[starts[sizes == n][:, None] + np.arange(n)] for n in np.unique(sizes[sizes > 0])]


def _from_matrix(V: Floats) -> SamplingErrors:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if V.shape[0] != V.shape[1] or not np.isfinite(V).all() or not np.allclose(V, V.T, rtol=1e-8, atol=0):
        raise ValueError(f"V must be a symmetric matrix of finite numbers, got the shape {V.shape}")
    blocks = connected_components(csr_array(V != 0), directed=False)[1].astype(np.intp)
    for rows in batches(blocks):
        least = np.linalg.eigvalsh(V[rows[:, :, None], rows[:, None, :]])[:, 0]
        bad = np.flatnonzero(least <= 1e-12 * np.diagonal(V)[rows].max(axis=1))
        if len(bad):
            named = ", ".join(str(r + 1) for r in rows[bad[0]][:5])
            raise ValueError(f"V is not positive definite among the rows {named}")
    return SamplingErrors(np.diagonal(V).copy(), blocks, matrix=(V + V.T) / 2)
