"""Profile-likelihood intervals of the coefficients and of tau².

A bound of a parameter is where its profile likelihood (the others at their best) has fallen by half of a chi² quantile
on 1 df. All bounds are solved at once as equations in all parameters, by Newton's method with the likelihood's own
second derivatives: the height is the target, the slopes by all other parameters are 0 (Venzon & Moolgavkar 1988,
Appl Stat 37:87). A bound that is not found so is bracketed along the profile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm import GLMM
from pipeline.stats.glmm_search import Marginal, Points, Surface, climb, without_spread
from pipeline.stats.inference import Interval

#: where the search for a bound gives up, in units of the link: the interval is open then
FARTHEST = 60.0
#: bounds are settled when a step is below this share of a standard error; the step is still taken
SMALL = 1e-5
#: of Newton's method for one point of a profile
STEPS = 25


@dataclass(frozen=True)
class Bound:
    """Of parameter `index` (tau is the last), on `side` -1 or 1."""

    index: int
    side: int


def profile_intervals(fit: GLMM, level: float) -> tuple[list[Interval], Interval]:
    """(interval of each coefficient, interval of tau²). Ends are infinite where the likelihood never falls so far."""
    from pipeline.stats.special import chdtri

    p = len(fit.b)
    surface, target = fit.surface, fit.height - float(chdtri(1, 1 - level)) / 2
    tau_is_open = fit.tau > 0 and _height_at_zero(fit) >= target
    wanted = [Bound(j, side) for j in range(p) for side in (-1, 1)]
    wanted += [Bound(p, 1)] if fit.tau == 0 or tau_is_open else [Bound(p, -1), Bound(p, 1)]
    found = _all_at_once(surface, fit, wanted, target)
    values = {
        b: float(theta[b.index]) if ok else _along_the_profile(surface, fit, b, target)
        for b, (theta, ok) in zip(wanted, found, strict=True)
    }
    low, high = values.get(Bound(p, -1), 0.0), values[Bound(p, 1)]
    return [(values[Bound(j, -1)], values[Bound(j, 1)]) for j in range(p)], (low**2, high**2)


def _height_at_zero(fit: GLMM) -> float:
    b = without_spread(fit.surface, fit.b)
    return float(fit.surface.family.level_and_slopes(fit.surface.X @ b + fit.surface.offset)[0].sum())


# ---- all bounds at once ---------------------------------------------------------------------------------------------


def _all_at_once(surface: Marginal, fit: GLMM, wanted: list[Bound], target: float) -> list[tuple[Floats, bool]]:
    """For each bound its parameters, and whether they are what they should be.

    Steps of tau are on its logarithm where tau itself is asked for.
    """
    p, rows = len(fit.b), np.arange(len(wanted))
    index, side = np.array([b.index for b in wanted]), np.array([b.side for b in wanted])
    top = float(2 * (fit.height - target)) ** 0.5
    theta = guess = _first_guesses(fit, index, side, top)
    lost = np.zeros(len(wanted), bool)
    size = np.append(np.sqrt(np.diag(fit.covariance)[:p]), 1.0)
    near = np.tile(fit.near, (len(wanted), 1))
    logarithmic = index == p
    settled = np.zeros(len(wanted), bool)
    for _ in range(12):
        points = surface.at(theta, near)
        near = points.near
        scale = np.ones_like(theta)
        scale[logarithmic, p] = theta[logarithmic, p]
        slope, bend = points.gradient * scale, points.hessian * scale[:, :, None] * scale[:, None]
        bend[logarithmic, p, p] += slope[logarithmic, p]
        residual, jacobian = slope.copy(), bend.copy()
        residual[rows, index], jacobian[rows, index] = points.loglik - target, slope
        step = -_solved(jacobian, residual)
        step *= np.minimum(1, 1.5 / np.maximum(np.abs(step / size).max(axis=1) / top, 1e-300))[:, None]
        settled = np.abs(step / size).max(axis=1) < SMALL
        theta = np.where(logarithmic[:, None] & (np.arange(p + 1) == p), theta * np.exp(step), theta + step)
        lost |= np.abs(theta).max(axis=1) > FARTHEST
        theta = np.where(lost[:, None], guess, theta)
        if (settled | lost).all():
            break
    return [
        (t, bool(s) and _is_a_bound(fit, w, t, h))
        for t, s, w, h in zip(theta, settled & ~lost, wanted, points.hessian, strict=True)
    ]


def _solved(matrices: Floats, vectors: Floats) -> Floats:
    """(G, q); a step far away where one of the matrices is singular, so that the brackets find the bounds."""
    try:
        return np.asarray(np.linalg.solve(matrices, vectors[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        return np.full(vectors.shape, 1e6)


def _first_guesses(fit: GLMM, index: Floats, side: Floats, top: float) -> Floats:
    """As if the likelihood were quadratic in the coefficients, where tau grows by the distance gone, and in log tau."""
    p = len(fit.b)
    theta = np.tile(np.append(fit.b, fit.tau), (len(index), 1))
    se = np.sqrt(np.diag(fit.covariance))
    if fit.tau > 0:
        along = fit.covariance / np.where(se > 0, se, 1) * top
        of_tau = np.clip(side * top * se[p] / fit.tau, -1.5, 1.5)
    for row, (j, s) in enumerate(zip(index, side, strict=True)):
        if j == p and fit.tau > 0:
            theta[row] += s * along[:, p] * 0.5
            theta[row, p] = fit.tau * np.exp(of_tau[row])
        elif j == p:
            theta[row, p] = min(3.0, top / np.sqrt(max(fit.curvature_at_zero, 0.1)))
        else:
            theta[row, j] += s * top * se[j]
            theta[row, p] = np.hypot(fit.tau, 0.5 * top * se[j])
    return theta


def _is_a_bound(fit: GLMM, bound: Bound, theta: Floats, hessian: Floats) -> bool:
    """On its side, and at a maximum over the other parameters."""
    at = np.append(fit.b, fit.tau)[bound.index]
    others = [i for i in range(len(theta)) if i != bound.index]
    if not np.all(np.isfinite(theta)) or (theta[bound.index] - at) * bound.side <= 0:
        return False
    return bool(np.linalg.eigvalsh(-hessian[np.ix_(others, others)])[0] > 0)


# ---- one bound along the profile ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Held(Surface):
    """A surface with one parameter held."""

    whole: Surface
    index: int
    value: float

    def at(self, theta: Floats, near: Floats) -> Points:
        free = [i for i in range(theta.shape[1] + 1) if i != self.index]
        point = self.whole.at(np.insert(theta, self.index, self.value, axis=1), near)
        return Points(theta, point.loglik, point.gradient[:, free], point.hessian[:, free][:, :, free], point.near)


def _along_the_profile(surface: Marginal, fit: GLMM, bound: Bound, target: float) -> float:
    """Steps outwards until the profile is below the target, then a root between; infinite if it never is."""
    of_tau = bound.index == len(fit.b)
    start = float(np.append(fit.b, fit.tau)[bound.index])
    profile = _profile(surface, fit, bound.index)
    step = 0.2 if of_tau else max(0.1, float(np.sqrt(fit.covariance[bound.index, bound.index])))
    inside, above = start, fit.height - target
    while abs(inside - start) < FARTHEST:
        outside = inside + bound.side * step
        outside = max(outside, 0.0) if of_tau else outside
        below = profile(outside) - target
        if below < 0:
            return _root_between(lambda v: profile(v) - target, (inside, above), (outside, below))
        if of_tau and outside == 0:
            return 0.0
        inside, above, step = outside, below, 2 * step
    return bound.side * np.inf


def _root_between(excess: Callable[[float], float], one: tuple[float, float], other: tuple[float, float]) -> float:
    """By the Illinois rule, from two (place, value) with values of opposite signs, neither asked for again: a profile
    that knows where it has been need not answer the same twice."""
    (a, fa), (b, fb) = one, other
    for _ in range(40):
        c = a + (b - a) * fa / (fa - fb)
        fc = excess(c)
        if fc * fb < 0:
            a, fa = b, fb
        else:
            fa /= 2
        b, fb = c, fc
        if abs(b - a) < 1e-10 * (1 + abs(b)) or abs(fb) < 1e-10:
            break
    return b


def _profile(surface: Marginal, fit: GLMM, index: int) -> Callable[[float], float]:
    """The log-likelihood at a value of one parameter, the others at their best; each climb starts where the last ended,
    and with a held coefficient also from some tau, since there can be two peaks."""
    last = [np.delete(np.append(fit.b, fit.tau), index)]
    near = [fit.near]

    def at(value: float) -> float:
        held = Held(surface, index, value)
        tries = [last[0]]
        if index < len(fit.b):
            tries.append(np.append(last[0][:-1], max(abs(value - float(fit.b[index])), 0.1)))
        peaks = [climb(held, held.at(start[None], near[0]), STEPS) for start in tries]
        best = max(peaks, key=lambda peak: peak.loglik)
        last[0], near[0] = best.theta, best.near
        return best.loglik

    return at
