"""The maximum of the likelihood of `step_weights`, and standard errors from its curvature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.step_weights import Selected, loglik

Free = NDArray[np.bool_]

#: weights beyond 1/MOST and MOST, and means that many standard errors away, are without a finite estimate
MOST = 1e4
#: starting values of the weights; the likelihood can have several peaks
STARTS = (1.0, 0.25, 4.0)
#: logarithms are kept within this
LARGEST_LOG = 50.0


@dataclass(frozen=True, eq=False)
class Peak:
    """`at`: mu, tau², delta_2 … delta_J, shape (J + 1,). `free`: those that are neither held at 0 nor without end."""

    value: float
    at: Floats
    free: Free


@dataclass(frozen=True, eq=False)
class Scale:
    """Coordinates of the search: mu in units of its standard error from `mu`, the logs of tau² (if `random`, else it is
    held at 0) and of the weights."""

    data: Selected
    mu: float
    unit: float
    random: bool

    def back(self, x: Floats) -> Floats:
        logs = np.exp(np.clip(x[1:], -LARGEST_LOG, LARGEST_LOG))
        return np.array([self.mu + self.unit * x[0], logs[0] if self.random else 0.0, *logs[1:]])

    def downhill(self, x: Floats) -> tuple[float, Floats]:
        """The negative log-likelihood and its slope."""
        at = self.back(x)
        value, slope = loglik(self.data, at[0], at[1], np.concatenate([[1.0], at[2:]]))
        return -value, -slope * np.array([self.unit, *at[1:]])

    def slope(self, x: Floats) -> Floats:
        return self.downhill(x)[1]

    def finite(self, x: Floats) -> Free:
        most = np.array([MOST, LARGEST_LOG if self.random else -1.0, *[np.log(MOST)] * (len(x) - 2)])
        return np.asarray(np.abs(x) < most)


def highest(data: Selected, mu: float, tau2: float, random: bool) -> Peak:
    """The highest of the peaks found from several starts near `mu`, with tau² = 0 and, if `random`, above."""
    unit = float(1 / np.sqrt(np.sum(1 / (data.v + tau2))))
    zero = _best(Scale(data, mu, unit, False), 1.0)
    if not random:
        return zero
    above = _best(Scale(data, mu, unit, True), max(tau2, float(np.mean(data.v)) / 4))
    return above if above.value > zero.value + 1e-10 * abs(zero.value) else zero


def _best(scale: Scale, tau2: float) -> Peak:
    """By BFGS from every start, and Newton's steps from the highest end."""
    from scipy.optimize import minimize

    def climbed(delta: float) -> Floats:
        begin = np.array([0.0, np.log(tau2), *[np.log(delta)] * (scale.data.intervals - 1)])
        found = minimize(scale.downhill, begin, jac=True, method="BFGS", options={"gtol": 1e-6})
        return np.asarray(found.x)

    ends = [climbed(delta) for delta in STARTS]
    end = ends[int(np.argmin([scale.downhill(x)[0] for x in ends]))]
    free = scale.finite(end)
    x = _polished(scale.slope, end, free)
    return Peak(-scale.downhill(x)[0], scale.back(x), free)


def _polished(slope: Callable[[Floats], Floats], x: Floats, free: Free, rounds: int = 4) -> Floats:
    """Newton's steps, as long as they make the slope flatter."""
    for _ in range(rounds):
        old = slope(x)
        step = np.zeros_like(x)
        try:
            step[free] = np.linalg.solve(_second(slope, x, free), old[free])
        except np.linalg.LinAlgError:
            return x
        new = x - step
        if not np.abs(slope(new)[free]).max(initial=0) < np.abs(old[free]).max(initial=0):
            return x
        x = new
    return x


def _second(slope: Callable[[Floats], Floats], x: Floats, free: Free) -> Floats:
    """Second derivatives by the free parameters: differences of the slope, with one step of Richardson's."""

    def difference(i: int, h: float) -> Floats:
        step = np.zeros_like(x)
        step[i] = h
        return np.asarray((slope(x + step) - slope(x - step))[free] / (2 * h))

    def derivative(i: int) -> Floats:
        h = 1e-4 * max(abs(float(x[i])), 1e-2)
        return np.asarray((4 * difference(i, h / 2) - difference(i, h)) / 3)

    matrix = np.array([derivative(int(i)) for i in np.flatnonzero(free)])
    return np.asarray((matrix + matrix.T) / 2)


def standard_errors(data: Selected, fit: Peak) -> list[float | None]:
    """Of mu, tau² and the weights, from the observed information on what is free; None for the others."""

    def slope(at: Floats) -> Floats:
        return -loglik(data, at[0], at[1], np.concatenate([[1.0], at[2:]]))[1]

    errors: list[float | None] = [None] * len(fit.at)
    if not fit.free.any():
        return errors
    try:
        variances = np.diagonal(np.linalg.inv(_second(slope, fit.at, fit.free)))
    except np.linalg.LinAlgError:
        return errors
    if np.all(variances > 0):
        for i, variance in zip(np.flatnonzero(fit.free), variances, strict=True):
            errors[i] = float(np.sqrt(variance))
    return errors
