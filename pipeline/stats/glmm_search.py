"""The maximum of a marginal likelihood over coefficients and tau: a coarse search for peaks, then Newton's method.

The likelihood is even in tau, so a step may pass through 0; it can have a peak at 0 and another one inside, so all are
compared. Parameters are theta = (b_1 … b_p, tau); G sets of them at once have shape (G, p + 1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm_families import Family
from pipeline.stats.glmm_likelihood import evaluate

#: values of tau at which the profile likelihood is looked at for peaks
GRID = 12
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
    def _products(self) -> Floats:
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
        hessian[:, :p, :p] = (by_ee @ self._products).reshape(sets, p, p)
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


def climb(surface: Surface, start: Points) -> Peak | None:
    """Newton's method from one point; None if it does not settle at a maximum.

    A climb that runs away ends where it was seen to.
    """
    point = start
    for _ in range(80):
        information, gradient = -point.hessian[0], point.gradient[0]
        step, concave = _step(information, gradient)
        if float(gradient @ step) < ENOUGH * max(1.0, 1e-3 * abs(float(point.loglik[0]))):
            gain = float(gradient @ step) / 2
            return (
                Peak(point.theta[0] + step, float(point.loglik[0]) + gain, information, point.near) if concave else None
            )
        if float(np.abs(point.theta[0]).max()) > AWAY:
            return Peak(point.theta[0], float(point.loglik[0]), information, point.near)
        point = _uphill(surface, point, step)
    return None


def _step(information: Floats, gradient: Floats) -> tuple[Floats, bool]:
    """Newton's step, and whether the surface is concave; where it is not, uphill by the absolute curvatures."""
    values, vectors = np.linalg.eigh(information)
    if values[0] > 0:
        return vectors @ ((vectors.T @ gradient) / values), True
    uphill = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
    return vectors @ ((vectors.T @ gradient) / uphill), False


def _uphill(surface: Surface, point: Points, step: Floats) -> Points:
    """The end of the step, or of its largest halving that does not lose likelihood beyond rounding."""
    slack = 1e-13 * (1 + abs(point.loglik[0]))
    for _ in range(30):
        following = surface.at(point.theta + step, point.near)
        if following.loglik[0] >= point.loglik[0] - slack:
            return following
        step = step / 2
    return point


# ---- where to start -------------------------------------------------------------------------------------------------


def starts(surface: Marginal, at_zero: Floats, largest: float) -> list[Points]:
    """Points from which to climb: the profile likelihood rises in tau at one value of a coarse grid and falls at the
    next, or still rises at the last.

    The coefficients at each tau are those at the maximum of their joint density with the random effects (cheap),
    bettered by one step of Newton's on the likelihood itself: that step's part in slope and height is added, too.
    """
    p = surface.X.shape[1]
    _, l2 = surface.family.slopes(surface.X @ at_zero + surface.offset, 2)
    lowest = min(0.05 / float(np.sqrt(np.max(-l2) + 1e-300)), 0.5)
    taus = np.geomspace(lowest, largest, GRID)
    b, z = _joint(surface, at_zero, taus)
    points = surface.at(np.column_stack([b, taus]), z)
    step = np.linalg.solve(-points.hessian[:, :p, :p], points.gradient[:, :p, None])[:, :, 0]
    slope = points.gradient[:, p] + (points.hessian[:, p, :p] * step).sum(axis=1)
    height = points.loglik + (points.gradient[:, :p] * step).sum(axis=1) / 2
    rises = slope > 0
    tops = [int(i) + int(height[i] <= height[i + 1]) for i in np.flatnonzero(rises[:-1] & ~rises[1:])]
    return [points[[i]] for i in (*tops, *([GRID - 1] if rises[-1] else []))]


def _joint(surface: Marginal, b: Floats, taus: Floats) -> tuple[Floats, Floats]:
    """For each tau (T,) coefficients (T, p) and random effects z (T, K) of highest joint density, nearly."""
    X, family, tau = surface.X, surface.family, taus[:, None]
    b, z = np.tile(b, (len(taus), 1)), np.zeros((len(taus), len(X)))
    for _ in range(8):
        l1, l2 = family.slopes(b @ X.T + surface.offset + tau * z, 2)
        h, pull = 1 - tau * tau * l2, tau * l1 - z
        curve = ((-l2 / h) @ surface._products).reshape(len(taus), *[X.shape[1]] * 2)
        curve += 1e-12 * np.trace(curve, axis1=1, axis2=2)[:, None, None] * np.eye(X.shape[1])
        change = np.linalg.solve(curve, ((l1 + tau * l2 / h * pull) @ X)[:, :, None])[:, :, 0]
        moved = np.clip(change @ X.T, -2, 2)
        z = z + np.clip((pull + tau * l2 * moved) / h, -3 / tau, 3 / tau)
        b = b + change / np.maximum(1, np.abs(change @ X.T).max(axis=1) / 2)[:, None]
    return b, z
