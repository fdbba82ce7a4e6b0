"""Graphical display of study heterogeneity: the pooled effect of every subset of the studies (Olkin, Dahabreh &
Trikalinos 2012, Res Synth Methods 3:214)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.stats.influence import study_names
from pipeline.stats.influence_result import Gosh
from pipeline.stats.many import pool_many
from pipeline.stats.two_step import checked_effects

#: studies whose subsets are numbered by an integer of 64 bits
NUMBERED = 62


def gosh(
    yi: ArrayLike,
    vi: ArrayLike,
    method: str = "REML",
    subsets: int = 100_000,
    seed: int = 1,
    studies: Sequence[str] | None = None,
) -> Gosh:
    """Pool all subsets of the k studies where these are not more than `subsets`, else that many, drawn with `seed` so
    that all are equally likely and none comes twice. yi, vi (k,), `method` and errors are those of `pool_effects`;
    `studies` (k,) names them.
    """
    y, v = checked_effects(yi, vi)
    if subsets < 1:
        raise ValueError(f"subsets = {subsets}: must be at least 1")
    k = len(y)
    complete = 2**k - 1 <= subsets
    present = _all(k) if complete else _drawn(k, subsets, np.random.default_rng(seed))
    many = pool_many(y, v, method, present=present)
    note = f"{len(present)} of the 2^{k} - 1 subsets, drawn with seed {seed}"
    return Gosh(
        method=method,
        study=study_names(studies, k),
        complete=complete,
        mu=many.mu,
        tau2=many.tau2,
        I2=many.I2,
        H2=many.H2,
        Q=many.Q,
        k=many.k,
        present=present,
        warnings=() if complete else (note,),
    )


def _all(k: int) -> NDArray[np.bool_]:
    """(2^k - 1, k), the empty subset left out."""
    return _bits(np.arange(1, 2**k, dtype=np.int64), k)


def _drawn(k: int, subsets: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(subsets, k). With more studies than numbers have bits no subset comes twice in a lifetime, nor an empty one."""
    if k <= NUMBERED:
        return _bits(1 + rng.choice(2**k - 1, subsets, replace=False), k)
    return rng.random((subsets, k)) < 0.5


def _bits(numbers: NDArray[np.int64], k: int) -> NDArray[np.bool_]:
    return (numbers[:, None] >> np.arange(k) & 1).astype(bool)
