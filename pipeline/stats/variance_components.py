"""Two variance components, between studies (outer) and between the arms of a study (inner), by (restricted) likelihood.

theta = (outer, inner) ≥ 0. With M the inverse of the variance of y, P = M - M X (X'MX)^-1 X'M and K the derivative of
the variance by a component, the score of REML is (y'PKPy - tr PK)/2, that of ML has tr MK (Searle, Casella & McCulloch
1992, Variance Components, chapter 6). Newton's method has exact second derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.nested import Nested

OUTER, INNER = 0, 1
#: numbers of one array while a grid is searched
AT_ONCE = 200_000


@dataclass(frozen=True, eq=False)
class Point:
    """At one theta: `coefficients` (p,) on X as given, their `covariance` (p, p), log-likelihood and derivatives."""

    theta: Floats
    coefficients: Floats
    covariance: Floats
    loglik: float
    rss: float
    score: Floats
    hessian: Floats
    expected: Floats  # Fisher's information


@dataclass(frozen=True, eq=False)
class Likelihood:
    """`restricted`: REML, else ML. `free` says which components are estimated; the others stay 0."""

    nested: Nested
    restricted: bool
    free: tuple[bool, bool] = (True, True)

    def surface(self, outer: Floats, inner: Floats) -> Floats:
        """Log-likelihoods (O, I) on a grid of values, some values of inner at a time, so that memory stays bounded."""
        at_once = max(1, AT_ONCE // self.nested.data.size)
        parts = [self._surface(outer, inner[i : i + at_once]) for i in range(0, len(inner), at_once)]
        return np.concatenate(parts, axis=1)

    def _surface(self, outer: Floats, inner: Floats) -> Floats:
        n = self.nested
        w = 1 / (n.variance + n.own * inner[:, None])
        precision = n.per_study(w * n.load**2)  # (I, m)
        means = n.per_study((w * n.load)[:, None] * n.data.T) / precision[:, None]  # (I, 1 + p, m)
        inside = n.data.T - n.load * n.per_row(means)
        within = np.matmul(inside * w[:, None], inside.transpose(0, 2, 1))
        shared = 1 / (1 / precision + outer[:, None, None])  # (O, I, m)
        between = np.matmul(means * shared[:, :, None], means.transpose(0, 2, 1))
        log_det = n.log_det - np.log(w).sum(axis=1) + np.log1p(outer[:, None, None] * precision).sum(axis=2)
        return self._loglik(within + between, log_det)

    def _loglik(self, cross: Floats, log_det: Floats) -> Floats:
        """From (y X)' M (y X), shape (…, 1 + p, 1 + p)."""
        n = self.nested
        xx, xy = cross[..., 1:, 1:], cross[..., 1:, :1]
        rss = np.maximum(cross[..., 0, 0] - (xy * np.linalg.solve(xx, xy)).sum(axis=(-2, -1)), 0)
        if not self.restricted:
            return np.asarray(-0.5 * (n.k * np.log(2 * np.pi) + log_det + rss))
        return np.asarray(-0.5 * ((n.k - n.p) * np.log(2 * np.pi) + log_det + np.linalg.slogdet(xx)[1] + rss))

    def value(self, theta: Floats) -> float:
        return float(self._surface(theta[:1], theta[1:])[0, 0])

    def at(self, theta: Floats) -> Point:
        """The likelihood with its first and second derivatives."""
        n, m = self.nested, Inverse(self.nested, theta)
        y, X = n.data[:, 0], n.data[:, 1:]
        mx = m.times(X)
        C = np.asarray(np.linalg.inv(X.T @ mx), float)
        gamma = C @ (mx.T @ y)
        h = m.times((y - X @ gamma)[:, None])  # Py
        cross = np.zeros((1 + n.p, 1 + n.p))
        cross[0, 0], cross[1:, 1:] = (y - X @ gamma) @ h[:, 0], X.T @ mx
        kh = np.concatenate(m.spread(h), axis=1)
        xmk = mx.T @ kh
        curvature = kh.T @ m.times(kh) - xmk.T @ C @ xmk  # y'P K P K Py
        traces, squares = self._traces(m, mx, C)
        back = np.linalg.inv(n.triangle)
        return Point(
            theta=theta,
            coefficients=back @ (n.fit + gamma),
            covariance=back @ C @ back.T,
            loglik=float(self._loglik(cross, np.asarray(m.log_det))),
            rss=float(cross[0, 0]),
            score=0.5 * (h[:, 0] @ kh - traces),
            hessian=0.5 * squares - curvature,
            expected=0.5 * squares,
        )

    def _traces(self, m: Inverse, mx: Floats, C: Floats) -> tuple[Floats, Floats]:
        """tr PK (2,) and tr PKPK (2, 2) for REML, the same of M for ML."""
        if not self.restricted:
            return m.traces(), m.squares()
        kx = m.spread(mx)
        first = [C @ (mx.T @ k) for k in kx]
        traces = m.traces() - [np.trace(f) for f in first]
        solved = [m.times(k) for k in kx]
        taken = [[2 * np.sum(C * (a.T @ b)) for b in solved] for a in kx]
        returned = [[np.sum(a * b.T) for b in first] for a in first]
        return traces, m.squares() - np.array(taken) + np.array(returned)


class Inverse:
    """M, the inverse of the variance of y at one theta, by Woodbury's identity; K = dV/dtheta of outer and inner."""

    def __init__(self, nested: Nested, theta: Floats) -> None:
        self.nested = n = nested
        self.w = 1 / (n.variance + n.own * theta[INNER])
        self.precision = n.per_study(self.w * n.load**2)  # z'M z without the shared effect
        self.part = 1 / (1 + theta[OUTER] * self.precision)
        self.shrink = theta[OUTER] * self.part
        self.log_det = n.log_det - np.log(self.w).sum() + np.log1p(theta[OUTER] * self.precision).sum()

    def times(self, columns: Floats) -> Floats:
        """M times (k, q)."""
        n = self.nested
        shared = n.load * n.per_row(self.shrink * n.per_study((self.w * n.load) * columns.T))
        return np.asarray(self.w[:, None] * (columns - shared.T))

    def spread(self, columns: Floats) -> tuple[Floats, Floats]:
        """K times (k, q), for outer and inner."""
        n = self.nested
        return (n.load * n.per_row(n.per_study(n.load * columns.T))).T, n.own[:, None] * columns

    def traces(self) -> Floats:
        """tr MK, (2,)."""
        inner = np.sum(self.nested.own * self.w) - np.sum(self.shrink * self._moment(2))
        return np.array([np.sum(self.precision * self.part), inner])

    def squares(self) -> Floats:
        """tr MKMK, (2, 2)."""
        second = self._moment(2)
        both = np.sum(second * self.part**2)
        inner = np.sum(self.nested.own * self.w**2) - 2 * np.sum(self.shrink * self._moment(3))
        inner += np.sum((self.shrink * second) ** 2)
        return np.array([[np.sum((self.precision * self.part) ** 2), both], [both, inner]])

    def _moment(self, power: int) -> Floats:
        n = self.nested
        return n.per_study(n.own * self.w**power * n.load**2)
