"""Weighted least squares at given values of tau²: what every estimator of tau² is made of.

Notation: y_i effects, v_i sampling variances, w_i = 1 / (v_i + tau²), X (k, p) the design, W = diag(w), and
P = W - W X (X'WX)^-1 X'W (Viechtbauer 2005, section 2). k studies, p coefficients.

Two kinds of design: `Groups`, one mean for each group of studies (the usual meta-analysis has one), and `Columns`,
any matrix of full rank (meta-regression). Traces of P are sums of positive terms in `Groups` (leave-one-out sums in
place of differences), so that one study with nearly all the weight does not cost digits.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats

Index = np.ndarray[tuple[int], np.dtype[np.intp]]

#: effects that differ by less than this, relative to their size, are the same number
SAME = 1e-14


@dataclass(frozen=True, eq=False)
class Weighted:
    """What G sets of weights give: `coefficients` (G, p), `covariance` (G, p, p), the others (G,)."""

    coefficients: Floats
    covariance: Floats  # (X'WX)^-1
    log_det: Floats  # log det X'WX
    rss: Floats  # y'Py = sum w (y - Xb)²
    rss2: Floats  # y'PPy = sum w² (y - Xb)²
    trace: Floats  # tr P
    trace2: Floats  # tr PP
    log_weights: Floats  # sum log w
    total: Floats  # sum w


@dataclass(frozen=True, eq=False)
class Sample(ABC):
    """Effects and sampling variances, each (k,)."""

    y: Floats
    v: Floats

    @property
    def k(self) -> int:
        return len(self.y)

    @property
    @abstractmethod
    def p(self) -> int:
        """Number of coefficients."""

    @property
    def df(self) -> int:
        return self.k - self.p

    def weigh(self, tau2: Floats) -> Weighted:
        """All sums at each of the G values in `tau2`, shape (G,)."""
        return self.at(1 / (self.v + tau2[:, None]))

    @abstractmethod
    def at(self, w: Floats) -> Weighted:
        """All sums at each row of the weights `w` (G, k)."""

    @abstractmethod
    def generalised_q(self, tau2: float) -> float:
        """Q(tau²) = sum w (y - Xb)², as `weigh` gives in `rss`, for one value and without the rest."""

    @abstractmethod
    def trace(self, w: Floats, a: Floats | float = 1.0) -> float:
        """tr(P A) for weights (k,) and a diagonal A (k,)."""

    @abstractmethod
    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> float:
        """tr(P A P B) for weights (k,) and diagonal A and B (k,)."""


# ---- one mean for each group ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Groups(Sample):
    """`groups` holds the studies of each group as index arrays."""

    groups: tuple[Index, ...]

    @property
    def p(self) -> int:
        return len(self.groups)

    def at(self, w: Floats) -> Weighted:
        parts = [_sums(self.y[g], w[:, g]) for g in self.groups]
        means, precisions, *sums = zip(*parts, strict=True)
        precision = np.stack(precisions, axis=1)
        covariance = np.eye(self.p) / precision[:, :, None]
        rss, rss2, tr, tr2, log_weights = (sum(s, np.zeros(len(w))) for s in sums)
        total, log_det = precision.sum(axis=1), np.log(precision).sum(axis=1)
        return Weighted(np.stack(means, axis=1), covariance, log_det, rss, rss2, tr, tr2, log_weights, total)

    def generalised_q(self, tau2: float) -> float:
        q = 0.0
        for members in self.groups:
            y, w = self.y[members], 1 / (self.v[members] + tau2)
            residuals = y - y[0] - (w @ (y - y[0])) / w.sum()
            q += float(w @ residuals**2)
        return q

    def trace(self, w: Floats, a: Floats | float = 1.0) -> float:
        a = np.broadcast_to(a, w.shape)
        return float(sum(trace(w[g], a[g]) for g in self.groups))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> float:
        a, b = np.broadcast_to(a, w.shape), np.broadcast_to(b, w.shape)
        return float(sum(trace_product(w[g], a[g], b[g]) for g in self.groups))


def one_group(y: Floats, v: Floats) -> Groups:
    """The usual meta-analysis: one mean."""
    return grouped(y, v, np.zeros(len(y), dtype=np.intp))


def grouped(y: Floats, v: Floats, codes: Index) -> Groups:
    """`codes` (k,) numbers the groups from 0. Effects that are equal up to rounding become equal."""
    groups = tuple(np.flatnonzero(codes == g) for g in range(int(codes.max()) + 1))
    y = y.copy()
    for members in groups:
        inside = y[members]
        if np.ptp(inside) <= SAME * max(1.0, float(np.abs(inside).max())):
            y[members] = inside[0]
    return Groups(y, v, groups)


def _sums(y: Floats, w: Floats) -> tuple[Floats, ...]:
    """Mean, precision, rss, rss2, trace, trace2 and sum of log weights of one group, each (G,)."""
    total = w.sum(axis=1)
    shift = y[0]  # identical effects have residuals of exactly 0
    mean = (w @ (y - shift)) / total
    squares = ((y - shift) - mean[:, None]) ** 2
    rss, rss2 = (w * squares).sum(axis=1), (w**2 * squares).sum(axis=1)
    return mean + shift, total, rss, rss2, trace(w), trace_product(w), np.log(w).sum(axis=1)


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


# ---- any design -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Columns(Sample):
    """`X` (k, p), of full rank. By QR of W^½ X: P = W^½ (I - QQ') W^½, so nothing is inverted."""

    X: Floats

    @property
    def p(self) -> int:
        return int(self.X.shape[1])

    def at(self, w: Floats) -> Weighted:
        q, r = self._qr(w)
        root = np.sqrt(w)
        coefficients = np.linalg.solve(r, np.einsum("gkp,gk->gp", q, root * self.y)[:, :, None])[:, :, 0]
        squares = (self.y - coefficients @ self.X.T) ** 2
        inverse = np.linalg.solve(r, np.broadcast_to(np.eye(self.p), r.shape))
        free = 1 - (q**2).sum(axis=2)  # 1 - leverage
        weighted = np.einsum("gkp,gk,gkq->gpq", q, w, q)
        trace2 = (w**2 * (2 * free - 1)).sum(axis=1) + (weighted**2).sum(axis=(1, 2))
        return Weighted(
            coefficients=coefficients,
            covariance=inverse @ inverse.transpose(0, 2, 1),
            log_det=2 * np.log(np.abs(np.diagonal(r, axis1=1, axis2=2))).sum(axis=1),
            rss=(w * squares).sum(axis=1),
            rss2=(w**2 * squares).sum(axis=1),
            trace=(w * free).sum(axis=1),
            trace2=trace2,
            log_weights=np.log(w).sum(axis=1),
            total=w.sum(axis=1),
        )

    def generalised_q(self, tau2: float) -> float:
        root = np.sqrt(1 / (self.v + tau2))
        q, _ = np.linalg.qr(root[:, None] * self.X)
        z = root * self.y
        return float(np.sum((z - q @ (q.T @ z)) ** 2))

    def trace(self, w: Floats, a: Floats | float = 1.0) -> float:
        q, _ = self._qr(w[None])
        return float(np.sum(w * a * (1 - (q[0] ** 2).sum(axis=1))))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> float:
        q = self._qr(w[None])[0][0]
        leverage = (q**2).sum(axis=1)
        first, second = (q.T @ ((w * np.broadcast_to(c, w.shape))[:, None] * q) for c in (a, b))
        return float(np.sum(w**2 * a * b * (1 - 2 * leverage)) + np.sum(first * second))

    def _qr(self, w: Floats) -> tuple[Floats, Floats]:
        """Q (G, k, p) and R (G, p, p) of W^½ X for each row of weights."""
        q, r = np.linalg.qr(np.sqrt(w)[:, :, None] * self.X)
        return q, r
