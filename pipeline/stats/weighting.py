"""Weighted least squares with one mean per group: what every estimator of tau² is made of.

Notation: y_i effects, v_i sampling variances, w_i = 1 / (v_i + tau²), m_g the weighted mean of group g, p groups, k
studies, and P = W - W X (X'WX)^-1 X'W with one indicator column in X for each group (Viechtbauer 2005, section 2). The
usual meta-analysis is one group.

Traces of P are sums of positive terms here (leave-one-out sums in place of differences), so that one study with nearly
all the weight does not cost digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats

#: effects that differ by less than this, relative to their size, are the same number
SAME = 1e-14


@dataclass(frozen=True, eq=False)
class Sample:
    """Effects and variances, each (k,), and the studies of each group as index arrays."""

    y: Floats
    v: Floats
    groups: tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...]

    @property
    def k(self) -> int:
        return len(self.y)

    @property
    def p(self) -> int:
        return len(self.groups)

    @property
    def df(self) -> int:
        return self.k - self.p


def one_group(y: Floats, v: Floats) -> Sample:
    return grouped(y, v, np.zeros(len(y), dtype=np.intp))


def grouped(y: Floats, v: Floats, codes: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Sample:
    """`codes` (k,) numbers the groups from 0. Effects that are equal up to rounding become equal."""
    groups = tuple(np.flatnonzero(codes == g) for g in range(int(codes.max()) + 1))
    y = y.copy()
    for members in groups:
        inside = y[members]
        if np.ptp(inside) <= SAME * max(1.0, float(np.abs(inside).max())):
            y[members] = inside[0]
    return Sample(y, v, groups)


@dataclass(frozen=True, eq=False)
class Weighted:
    """Sums at G values of tau², each (G,); `means` and `precisions` are (G, p)."""

    means: Floats
    precisions: Floats  # sum of w in each group
    rss: Floats  # y'Py = sum w (y - m)²
    rss2: Floats  # y'PPy = sum w² (y - m)²
    trace: Floats  # tr P
    trace2: Floats  # tr PP
    log_weights: Floats  # sum log w


def weigh(sample: Sample, tau2: Floats) -> Weighted:
    """All sums at each of the G values in `tau2`, shape (G,)."""
    parts = [_weigh_group(sample.y[g], sample.v[g], tau2) for g in sample.groups]
    means, precisions, *sums = zip(*parts, strict=True)
    return Weighted(np.stack(means, axis=1), np.stack(precisions, axis=1), *(sum(s, np.zeros(len(tau2))) for s in sums))


def _weigh_group(y: Floats, v: Floats, tau2: Floats) -> tuple[Floats, ...]:
    w = 1 / (v + tau2[:, None])
    total = w.sum(axis=1)
    shift = y[0]  # identical effects have residuals of exactly 0
    mean = (w @ (y - shift)) / total
    squares = ((y - shift) - mean[:, None]) ** 2
    rss, rss2 = (w * squares).sum(axis=1), (w**2 * squares).sum(axis=1)
    return mean + shift, total, rss, rss2, trace(w), trace_product(w), np.log(w).sum(axis=1)


def generalised_q(sample: Sample, tau2: float) -> float:
    """Q(tau²) = sum w (y - m)², as `weigh` gives in `rss`, for one value and without the rest."""
    q = 0.0
    for members in sample.groups:
        y, w = sample.y[members], 1 / (sample.v[members] + tau2)
        residuals = y - y[0] - (w @ (y - y[0])) / w.sum()
        q += float(w @ residuals**2)
    return q


def others(a: Floats) -> Floats:
    """(…, k) → (…, k): for each entry the sum of all other entries of its row, without subtraction."""
    sums = np.zeros_like(a)
    sums[..., 1:] = np.cumsum(a, axis=-1)[..., :-1]
    sums[..., :-1] += np.cumsum(a[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return sums


def trace(w: Floats, a: Floats | float = 1.0) -> Floats:
    """tr(P A) of one group for weights (…, k) and a diagonal A (k,)."""
    return np.asarray((w * others(w) * a).sum(axis=-1) / w.sum(axis=-1))


def trace_product(w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
    """tr(P A P B) of one group for weights (…, k) and diagonal A and B (k,)."""
    total = w.sum(axis=-1)
    diagonal = ((w * others(w)) ** 2 * a * b).sum(axis=-1)
    rest = (w**2 * b * others(w**2 * a)).sum(axis=-1)
    return np.asarray((diagonal + rest) / total**2)


def over_groups(sample: Sample, per_group: list[Floats]) -> float:
    """Sum of what a trace gives in each group."""
    assert len(per_group) == sample.p
    return float(sum(float(x) for x in per_group))
