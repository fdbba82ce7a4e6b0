"""Weighted least squares with an intercept for each study: the sums of `sample` where only comparisons inside a study
count, as in a network of treatments. The cost is linear in the number of studies, whose intercepts are swept out.

An arm has effect y, variance v and a random effect of variance t, so that two arms of a study differ with the variance
v1 + v2 + 2t, and two differences that share an arm have the covariance v + t. With tau² = 2t that is the model of
contrasts with equal variances between studies (Higgins & Whitehead 1996), for any number of arms: nothing is lost by
working on arms, and all weights are diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.sample import Index, Sample, Weighted
from pipeline.stats.weighting import others


@dataclass(frozen=True, eq=False)
class Swept:
    """Of weights `w` (…, N): their totals per study, and W^½ X and W^½ y after the intercepts are taken out."""

    w: Floats
    total: Floats  # (…, k)
    remaining: Floats  # (…, N): 1 - leverage of the intercept, w of the study's other arms over the total
    q: Floats  # (…, N, p), r (…, p, p): QR of the swept W^½ X
    r: Floats
    z: Floats  # (…, N)

    @property
    def free(self) -> Floats:
        """1 - leverage of each arm, (…, N)."""
        return np.asarray(self.remaining - (self.q**2).sum(axis=-1))

    def projected(self) -> Floats:
        """Q'z, (…, p, 1)."""
        return np.asarray(self.q.swapaxes(-1, -2) @ self.z[..., None])

    def residuals(self) -> Floats:
        """W^½ (y - Xb), (…, N)."""
        return np.asarray(self.z - (self.q @ self.projected())[..., 0])


@dataclass(frozen=True, eq=False)
class WithinStudies(Sample):
    """N arms: y and v (N,), `X` (N, q) of full rank inside the studies, `study` (N,) numbers the studies from 0; the
    arms of a study stand together.

    `coefficients` and `covariance` of what `weigh` gives are those of X; all other sums count the k intercepts too.
    """

    X: Floats
    study: Index

    @property
    def p(self) -> int:
        return self.studies + int(self.X.shape[1])

    @property
    def studies(self) -> int:
        return int(self.study[-1]) + 1

    def at(self, w: Floats) -> Weighted:
        swept = self._sweep(w)
        r, residuals = swept.r, swept.residuals()
        inverse = np.linalg.solve(r, np.broadcast_to(np.eye(r.shape[-1]), r.shape))
        diagonal = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
        return Weighted(
            coefficients=np.asarray(np.linalg.solve(r, swept.projected())[..., 0], float),
            covariance=inverse @ inverse.swapaxes(-1, -2),
            log_det=2 * np.log(diagonal).sum(axis=-1) + np.log(swept.total).sum(axis=-1),
            rss=np.vecdot(residuals, residuals),
            rss2=np.vecdot(w * residuals, residuals),
            trace=np.vecdot(w, swept.free),
            trace2=self._product(swept, 1.0, 1.0),
            log_weights=np.log(w).sum(axis=-1),
            total=w.sum(axis=-1),
        )

    def generalised_q(self, tau2: Floats | float) -> tuple[Floats, Floats]:
        swept = self._swept_at(tau2)
        residuals = swept.residuals()
        return np.vecdot(residuals, residuals), np.vecdot(swept.w * residuals, residuals)

    def score(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats]:
        swept = self._swept_at(tau2)
        w, residuals = swept.w, swept.residuals()
        return np.vecdot(w * residuals, residuals), np.vecdot(w, swept.free) if restricted else w.sum(axis=-1)

    def score_slopes(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats, Floats, Floats]:
        swept = self._swept_at(tau2)
        w, residuals = swept.w, swept.residuals()
        pulls = self._without(swept, w * residuals)
        rss2, fall = np.vecdot(w * residuals, residuals), 2 * np.vecdot(pulls, pulls)
        if not restricted:
            return rss2, w.sum(axis=-1), fall, np.vecdot(w, w)
        return rss2, np.vecdot(w, swept.free), fall, self._product(swept, 1.0, 1.0)

    def trace(self, w: Floats, a: Floats | float = 1.0) -> Floats:
        return np.asarray((w * a * self._sweep(w).free).sum(axis=-1))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
        return self._product(self._sweep(w), a, b)

    def _swept_at(self, tau2: Floats | float) -> Swept:
        return self._sweep(1 / (self.v + np.asarray(tau2)[..., None]))

    def _sweep(self, w: Floats) -> Swept:
        columns = np.column_stack([self.X, self.y])
        total = self._per_study(w[..., None])[..., 0]
        means = self._per_study(w[..., None] * columns) / total[..., None]
        swept = np.sqrt(w)[..., None] * (columns - means[..., self.study, :])
        q, r = np.linalg.qr(swept[..., :-1])
        return Swept(w, total, self._others(w) / total[..., self.study], q, r, swept[..., -1])

    def _without(self, swept: Swept, z: Floats) -> Floats:
        """z (…, N) less its projections on the intercepts and on the columns of Q."""
        root, total = np.sqrt(swept.w), swept.total
        z = z - root * (self._per_study((root * z)[..., None])[..., 0] / total)[..., self.study]
        return np.asarray(z - (swept.q @ (swept.q.swapaxes(-1, -2) @ z[..., None]))[..., 0])

    def _per_study(self, a: Floats) -> Floats:
        """(…, N, c) → (…, k, c): sums over the arms of each study."""
        starts = np.searchsorted(self.study, np.arange(self.studies))
        return np.asarray(np.add.reduceat(a, starts, axis=-2))

    def _others(self, w: Floats) -> Floats:
        """(…, N): for each arm the weights of its study's other arms, without subtraction."""
        place = np.arange(len(self.study)) - np.searchsorted(self.study, self.study)
        padded = np.zeros((*w.shape[:-1], self.studies, int(place.max()) + 1))
        padded[..., self.study, place] = w
        return np.asarray(others(padded)[..., self.study, place])

    def _product(self, swept: Swept, a: Floats | float, b: Floats | float) -> Floats:
        """tr(P A P B) for diagonal A and B, (…, N). The hat matrix QQ' has a block for intercepts and one for X."""
        first, second = (self._blocks(swept, c) for c in (a, b))
        intercepts, mixed, own = (x * y for x, y in zip(first, second, strict=True))
        shared = intercepts.sum(axis=-1) + 2 * mixed.sum(axis=(-1, -2)) + own.sum(axis=(-1, -2))
        return np.asarray((swept.w**2 * a * b * (2 * swept.free - 1)).sum(axis=-1) + shared)

    def _blocks(self, swept: Swept, c: Floats | float) -> tuple[Floats, Floats, Floats]:
        """Q'WCQ: the diagonal of the intercepts (…, k), intercepts against X (…, k, p), X against X (…, p, p)."""
        w, q = swept.w, swept.q
        weighted = w * c
        intercepts = self._per_study((w * weighted)[..., None])[..., 0] / swept.total
        mixed = self._per_study((np.sqrt(w) * weighted)[..., None] * q) / np.sqrt(swept.total)[..., None]
        return intercepts, mixed, q.swapaxes(-1, -2) @ (weighted[..., None] * q)


def network_sample(yi: Floats, vi: Floats, study: Index, treatment: Index) -> WithinStudies:
    """Arms of numbered studies and treatments, with a coefficient for each treatment but the first: its effect against
    the first. Effects are taken from those of each study's first arm, so that equal arms differ by exactly 0."""
    columns = (treatment[:, None] == np.arange(1, int(treatment.max()) + 1)).astype(float)
    return WithinStudies(yi - yi[np.searchsorted(study, study)], vi, columns, study)
