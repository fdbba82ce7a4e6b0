"""Weighted least squares on any matrix of moderators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.sample import Index, Sample, Weighted


@dataclass(frozen=True, eq=False)
class Columns(Sample):
    """`X` (k, p), of full rank; y and v (k,), or M meta-analyses on the same X, (M, k).

    By QR of W^½ X: P = W^½ (I - QQ') W^½, so nothing is inverted.
    """

    X: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        return self.y.shape[:-1]

    @property
    def p(self) -> int:
        return int(self.X.shape[1])

    def take(self, rows: Index) -> Sample:
        return Columns(self.y[rows], self.v[rows], self.X) if self.shape else self

    def at(self, w: Floats) -> Weighted:
        q, r = self._qr(w)
        root = np.sqrt(w)
        coefficients = np.linalg.solve(r, np.einsum("...kp,...k->...p", q, root * self.y)[..., None])[..., 0]
        squares = (self.y - coefficients @ self.X.T) ** 2
        inverse = np.linalg.solve(r, np.broadcast_to(np.eye(self.p), r.shape))
        free = _free(q)
        return Weighted(
            coefficients=coefficients,
            covariance=inverse @ inverse.swapaxes(-1, -2),
            log_det=2 * np.log(np.abs(np.diagonal(r, axis1=-2, axis2=-1))).sum(axis=-1),
            rss=(w * squares).sum(axis=-1),
            rss2=(w**2 * squares).sum(axis=-1),
            trace=(w * free).sum(axis=-1),
            trace2=_trace2(q, w, free),
            log_weights=np.log(w).sum(axis=-1),
            total=w.sum(axis=-1),
        )

    def generalised_q(self, tau2: Floats | float) -> tuple[Floats, Floats]:
        w, _, residuals = self._residuals(tau2)
        return np.vecdot(residuals, residuals), np.vecdot(w * residuals, residuals)

    def score(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats]:
        w, q, residuals = self._residuals(tau2)
        return np.vecdot(w * residuals, residuals), np.vecdot(w, _free(q)) if restricted else w.sum(axis=-1)

    def score_slopes(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats, Floats, Floats]:
        w, q, residuals = self._residuals(tau2)
        pulls = _without(q, w * residuals)
        rss2, fall = np.vecdot(w * residuals, residuals), 2 * np.vecdot(pulls, pulls)
        if not restricted:
            return rss2, w.sum(axis=-1), fall, np.vecdot(w, w)
        free = _free(q)
        return rss2, np.vecdot(w, free), fall, _trace2(q, w, free)

    def trace(self, w: Floats, a: Floats | float = 1.0) -> Floats:
        return np.asarray((w * a * _free(self._qr(w)[0])).sum(axis=-1))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
        q = self._qr(w)[0]
        first, second = (q.swapaxes(-1, -2) @ ((w * c)[..., None] * q) for c in (a, b))
        diagonal = (w**2 * a * b * (2 * _free(q) - 1)).sum(axis=-1)
        return np.asarray(diagonal + (first * second).sum(axis=(-1, -2)))

    def _qr(self, w: Floats) -> tuple[Floats, Floats]:
        """Q (…, k, p) and R (…, p, p) of W^½ X for each row of weights."""
        q, r = np.linalg.qr(np.sqrt(w)[..., None] * self.X)
        return q, r

    def _residuals(self, tau2: Floats | float) -> tuple[Floats, Floats, Floats]:
        """Weights, Q, and W^½ (y - Xb)."""
        w = 1 / (self.v + np.asarray(tau2)[..., None])
        q, _ = self._qr(w)
        return w, q, _without(q, np.sqrt(w) * self.y)


def _without(q: Floats, z: Floats) -> Floats:
    """z (…, k) less its projection on the columns of Q (…, k, p)."""
    return np.asarray(z - (q @ (q.swapaxes(-1, -2) @ z[..., None]))[..., 0])


def _free(q: Floats) -> Floats:
    """1 - leverage of each study."""
    return np.asarray(1 - (q**2).sum(axis=-1))


def _trace2(q: Floats, w: Floats, free: Floats) -> Floats:
    """tr PP."""
    weighted = q.swapaxes(-1, -2) @ (w[..., None] * q)
    return np.asarray((w**2 * (2 * free - 1)).sum(axis=-1) + (weighted**2).sum(axis=(-1, -2)))
