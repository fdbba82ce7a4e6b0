"""The maximum of a marginal likelihood over coefficients and tau: a coarse search for peaks, then Newton's method.

The likelihood is even in tau, so a step may pass through 0; it can have a peak at 0 and another one inside, so all are
compared. Parameters are theta = (b_1 … b_p, tau); G sets of them at once have shape (G, p + 1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm_families import Family
from pipeline.stats.glmm_likelihood import evaluate

#: values of tau at which the profile likelihood is looked at for peaks
GRID = 10
#: Newton's method ends where a step gains less than this of the log-likelihood; the last step is still taken
ENOUGH = 1e-13
#: a parameter beyond this will not come back: the caller sees how high the likelihood is there
AWAY = 60.0


@dataclass(frozen=True, eq=False)
class Points:
    """Log-likelihood (G,), gradient (G, q) and Hessian (G, q, q) at theta (G, q); `near` starts the next evaluation."""

    theta: Floats
    loglik: Floats
    gradient: Floats
    hessian: Floats
    near: Floats

    def __getitem__(self, rows: list[int]) -> Points:
        return Points(self.theta[rows], self.loglik[rows], self.gradient[rows], self.hessian[rows], self.near[rows])


class Surface(ABC):
    """A log-likelihood of coefficients and tau."""

    @abstractmethod
    def at(self, theta: Floats, near: Floats) -> Points:
        """At G sets of parameters."""


@dataclass(frozen=True, eq=False)
class Marginal(Surface):
    """Studies with one predictor each, offset + X b, and a normal random effect: X (K, p), offset (K,)."""

    family: Family
    X: Floats
    offset: Floats
    points: int

    @cached_property
    def products(self) -> Floats:
        return np.asarray(np.einsum("kp,kq->kpq", self.X, self.X).reshape(len(self.X), -1))

    @cached_property
    def _tiles(self) -> dict[int, Family]:
        return {1: self.family}

    def tiled(self, times: int) -> Family:
        return self._tiles.setdefault(times, self._tiles.get(times) or self.family.tiled(times))

    def at(self, theta: Floats, near: Floats) -> Points:
        sets, (k, p) = len(theta), self.X.shape
        e = theta[:, :p] @ self.X.T + self.offset
        s = evaluate(self.tiled(sets), e.reshape(-1), np.repeat(theta[:, p], k), near.reshape(-1), self.points)
        loglik, by_e, by_t, by_ee, by_et, by_tt, modes = (a.reshape(sets, k) for a in s)
        gradient, hessian = np.empty((sets, p + 1)), np.empty((sets, p + 1, p + 1))
        gradient[:, :p], gradient[:, p] = by_e @ self.X, by_t.sum(axis=1)
        hessian[:, :p, :p] = (by_ee @ self.products).reshape(sets, p, p)
        hessian[:, :p, p] = hessian[:, p, :p] = by_et @ self.X
        hessian[:, p, p] = by_tt.sum(axis=1)
        return Points(theta, loglik.sum(axis=1), gradient, hessian, modes)


@dataclass(frozen=True, eq=False)
class Peak:
    """theta (q,), its log-likelihood, the negative Hessian there (q, q), and the modes of the studies."""

    theta: Floats
    loglik: float
    information: Floats
    near: Floats
    settled: bool = True


def at_zero(surface: Marginal, b: Floats) -> tuple[Peak, bool]:
    """The generalised linear model with coefficients b (p,), and whether it is a peak in tau, too.

    The second derivative by tau at 0 is the sum of l1² + l2, however many nodes there are.
    """
    p = len(b)
    level, l1, l2 = surface.family.level_and_slopes(surface.X @ b + surface.offset)
    information = np.zeros((p + 1, p + 1))
    information[:p, :p] = (-l2 @ surface.products).reshape(p, p)
    information[p, p] = -float((l1 * l1 + l2).sum())
    peak = Peak(np.append(b, 0.0), float(level.sum()), information, np.zeros((1, len(l1))))
    return peak, bool(information[p, p] >= 0)


def without_spread(surface: Marginal, start: Floats) -> Floats:
    """Coefficients (p,) at tau = 0: the generalised linear model, by Newton's method on a concave likelihood."""
    b = start
    for _ in range(100):
        l1, l2 = surface.family.slopes(surface.X @ b + surface.offset, 2)
        step = np.linalg.lstsq((surface.X.T * -l2) @ surface.X, surface.X.T @ l1, rcond=None)[0]
        step *= min(1.0, 3 / max(1e-300, float(np.abs(surface.X @ step).max())))
        b = b + step
        if float(np.abs(surface.X @ step).max()) < 1e-9:
            break
    return b


def climb(surface: Surface, start: Points, steps: int = 60) -> Peak:
    """Newton's method from one point. A climb that runs away, or finds no maximum in time, is not `settled`."""
    point = start
    for _ in range(steps):
        information, gradient = -point.hessian[0], point.gradient[0]
        step, concave = _step(information, gradient)
        gain = float(gradient @ step) / 2
        if gain < ENOUGH * max(1.0, 1e-3 * abs(float(point.loglik[0]))):
            return Peak(point.theta[0] + step, float(point.loglik[0]) + gain, information, point.near, concave)
        if float(np.abs(point.theta[0]).max()) > AWAY:
            break
        following = _uphill(surface, point, step)
        if following is None:  # nothing more can be gained in these digits
            return Peak(point.theta[0], float(point.loglik[0]), information, point.near, concave and gain < 1e-6)
        point = following
    return Peak(point.theta[0], float(point.loglik[0]), -point.hessian[0], point.near, settled=False)


def _step(information: Floats, gradient: Floats) -> tuple[Floats, bool]:
    """Newton's step, and whether the surface is concave; where it is not, uphill by the absolute curvatures."""
    values, vectors = np.linalg.eigh(information)
    if values[0] > 0:
        return vectors @ ((vectors.T @ gradient) / values), True
    uphill = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
    return vectors @ ((vectors.T @ gradient) / uphill), False


def _uphill(surface: Surface, point: Points, step: Floats) -> Points | None:
    """The end of the step, or of its largest halving that does not lose likelihood beyond rounding; None if none."""
    slack = 1e-13 * (1 + abs(point.loglik[0]))
    for _ in range(12):
        following = surface.at(point.theta + step, point.near)
        if following.loglik[0] >= point.loglik[0] - slack:
            return following
        step = step / 2
    return None


# ---- where to start -------------------------------------------------------------------------------------------------


def starts(surface: Marginal, at_zero: Floats, largest: float) -> list[Points]:
    """Points from which to climb: where the profile likelihood turns from rising to falling in tau between two values
    of a coarse grid, and the last value if it still rises there.

    The coefficients at each tau are those of the highest joint density with the random effects (cheap), bettered by one
    step of Newton's on the likelihood itself, with three nodes at most; that step's part in the slope is added, too.
    """
    p = surface.X.shape[1]
    _, l2 = surface.family.slopes(surface.X @ at_zero + surface.offset, 2)
    lowest = min(0.1 / float(np.sqrt(np.max(-l2) + 1e-300)), 0.5)
    taus = lowest * (largest / lowest) ** np.linspace(0, 1, GRID)
    b, z = _joint(surface, at_zero, taus)
    points = replace(surface, points=min(surface.points, 3)).at(np.column_stack([b, taus]), z)
    step = _solve(-points.hessian[:, :p, :p], points.gradient[:, :p])
    step /= np.maximum(1, np.abs(step @ surface.X.T).max(axis=1))[:, None]
    slope = (points.gradient[:, p] + (points.hessian[:, p, :p] * step).sum(axis=1)) * taus
    rises = slope > 0
    theta = np.column_stack([b + step, np.log(taus)])
    found = [(theta[-1], points.near[-1])] if rises[-1] else []
    for i in np.flatnonzero(rises[:-1] & ~rises[1:]):
        part = slope[i] / (slope[i] - slope[i + 1])
        found.append(tuple((1 - part) * a[i] + part * a[i + 1] for a in (theta, points.near)))
    return [surface.at(np.append(t[:p], np.exp(t[p]))[None], near[None]) for t, near in found]


def _solve(matrices: Floats, vectors: Floats) -> Floats:
    """(G, p, p), (G, p) → (G, p)."""
    if vectors.shape[1] == 1:
        return vectors / matrices[:, 0]
    return np.asarray(np.linalg.solve(matrices, vectors[:, :, None])[:, :, 0])


def _joint(surface: Marginal, b: Floats, taus: Floats) -> tuple[Floats, Floats]:
    """For each tau (T,) coefficients (T, p) and random effects z (T, K) of highest joint density, nearly."""
    X, tau = surface.X, taus[:, None]
    p, t2 = X.shape[1], tau * tau
    b, z = np.tile(b, (len(taus), 1)), np.zeros((len(taus), len(X)))
    for _ in range(5):
        l1, l2 = surface.family.slopes(b @ X.T + surface.offset + tau * z, 2)
        h, pull = 1 - t2 * l2, tau * l1 - z
        share = l2 / h
        curve = (-share @ surface.products).reshape(len(taus), p, p)
        curve += 1e-12 * np.abs(curve).max(axis=(1, 2), keepdims=True) * np.eye(p)
        change = _solve(curve, (l1 + tau * share * pull) @ X)
        change /= np.maximum(1, np.abs(change @ X.T).max(axis=1) / 2)[:, None]
        step = (pull + tau * l2 * (change @ X.T)) / h
        z += np.maximum(np.minimum(step, 3 / tau), -3 / tau)
        b += change
    return b, z
