"""Weighted least squares with an intercept for each study: the sums of `weighting` where only comparisons inside a
study count, as in a network of treatments. The cost is linear in the number of studies, whose intercepts are swept out.

An arm has effect y, variance v and a random effect of variance t, so that two arms of a study differ with the variance
v1 + v2 + 2t, and two differences that share an arm have the covariance v + t. With tau² = 2t that is the model of
contrasts with equal variances between studies (Higgins & Whitehead 1996), for any number of arms: nothing is lost by
working on arms, and all weights are diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.weighting import Index, Sample, Weighted, others


@dataclass(frozen=True, eq=False)
class Swept:
    """Of weights `w` (G, N): their totals per study, and W^½ X and W^½ y after the intercepts are taken out."""

    w: Floats
    total: Floats  # (G, k)
    remaining: Floats  # (G, N): 1 - leverage of the intercept, w of the other arms over the total
    q: Floats  # (G, N, p), r (G, p, p): QR of the swept W^½ X
    r: Floats
    z: Floats  # (G, N)

    @property
    def free(self) -> Floats:
        """1 - leverage of each arm, (G, N)."""
        return np.asarray(self.remaining - (self.q**2).sum(axis=2))


@dataclass(frozen=True, eq=False)
class WithinStudies(Sample):
    """N arms: y and v (N,), `X` (N, q) of full rank inside the studies, `study` (N,) numbers the studies from 0.

    `coefficients` and `covariance` of what `weigh` gives are those of X; all other sums count the k intercepts too.
    """

    X: Floats
    study: Index

    @property
    def p(self) -> int:
        return self.studies + int(self.X.shape[1])

    @property
    def studies(self) -> int:
        return int(self.study[-1]) + 1 if len(self.study) else 0

    def at(self, w: Floats) -> Weighted:
        swept = self._sweep(w)
        q, r = swept.q, swept.r
        fitted: Floats = (swept.z[:, None, :] @ q)[:, 0]
        rest = swept.z - (q @ fitted[:, :, None])[:, :, 0]
        inverse = np.linalg.solve(r, np.broadcast_to(np.eye(r.shape[1]), r.shape))
        diagonal = np.abs(np.diagonal(r, axis1=1, axis2=2))
        one = np.ones(w.shape[1])
        return Weighted(
            coefficients=np.asarray(np.linalg.solve(r, fitted[:, :, None])[:, :, 0], float),
            covariance=inverse @ inverse.transpose(0, 2, 1),
            log_det=2 * np.log(diagonal).sum(axis=1) + np.log(swept.total).sum(axis=1),
            rss=(rest**2).sum(axis=1),
            rss2=(w * rest**2).sum(axis=1),
            trace=(w * swept.free).sum(axis=1),
            trace2=self._product(swept, one, one),
            log_weights=np.log(w).sum(axis=1),
            total=w.sum(axis=1),
        )

    def generalised_q(self, tau2: float) -> float:
        swept = self._sweep(1 / (self.v + tau2)[None])
        q, z = swept.q[0], swept.z[0]
        return float(np.sum((z - q @ (q.T @ z)) ** 2))

    def trace(self, w: Floats, a: Floats | float = 1.0) -> float:
        return float(np.sum(w * a * self._sweep(w[None]).free[0]))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> float:
        return float(self._product(self._sweep(w[None]), np.broadcast_to(a, w.shape), np.broadcast_to(b, w.shape))[0])

    def _sweep(self, w: Floats) -> Swept:
        total = self._per_study(w[:, :, None])[:, :, 0]
        columns = np.column_stack([self.X, self.y])
        means = self._per_study(w[:, :, None] * columns) / total[:, :, None]
        root = np.sqrt(w)[:, :, None]
        swept = root * (columns - means[:, self.study])
        q, r = np.linalg.qr(swept[:, :, :-1])
        return Swept(w, total, self._others(w) / total[:, self.study], q, r, swept[:, :, -1])

    def _per_study(self, a: Floats) -> Floats:
        """(G, N, c) → (G, k, c): sums over the arms of each study, which stand together."""
        starts = np.searchsorted(self.study, np.arange(self.studies))
        return np.asarray(np.add.reduceat(a, starts, axis=1))

    def _others(self, w: Floats) -> Floats:
        """(G, N): for each arm the weights of its study's other arms, without subtraction."""
        place = np.arange(len(self.study)) - np.searchsorted(self.study, self.study)
        padded = np.zeros((len(w), self.studies, int(place.max()) + 1))
        padded[:, self.study, place] = w
        return np.asarray(others(padded)[:, self.study, place])

    def _product(self, swept: Swept, a: Floats, b: Floats) -> Floats:
        """tr(P A P B) for each row of weights; a, b (N,). H = QQ' has a block for intercepts and one for X."""
        w, q, total = swept.w, swept.q, swept.total
        first, second = (self._blocks(w, q, total, c) for c in (a, b))
        shared = sum(
            (x * y).reshape(len(w), -1).sum(axis=1) * n for x, y, n in zip(first, second, (1, 2, 1), strict=True)
        )
        return np.asarray((w**2 * a * b * (2 * swept.free - 1)).sum(axis=1) + shared)

    def _blocks(self, w: Floats, q: Floats, total: Floats, c: Floats) -> tuple[Floats, Floats, Floats]:
        """Q'WCQ: the diagonal of the intercepts (G, k), intercepts against X (G, k, q), X against X (G, q, q)."""
        intercepts = self._per_study((w**2 * c)[:, :, None])[:, :, 0] / total
        mixed = self._per_study((w**1.5 * c)[:, :, None] * q) / np.sqrt(total)[:, :, None]
        return intercepts, mixed, (q * (w * c)[:, :, None]).transpose(0, 2, 1) @ q
