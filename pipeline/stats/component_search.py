"""The highest peak of the likelihood of two variance components, and their profile-likelihood intervals.

The likelihood can have several peaks, and the highest can lie where one or both components are 0: a grid is searched,
and each of its peaks climbed by Newton's method inside theta ≥ 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Interval
from pipeline.stats.nested import Nested
from pipeline.stats.roots import NEGLIGIBLE
from pipeline.stats.variance_components import Likelihood, Point

#: values of each component on the grid
GRID = 32
#: steps of Newton's method, halvings of a step, doublings towards an upper bound
STEPS, HALVINGS, DOUBLINGS = 50, 20, 60


def highest_peak(likelihood: Likelihood) -> tuple[Point, int]:
    """(the peak, number of peaks). Components that are not free stay 0; a negligible one is 0."""
    values = grid(likelihood.nested)
    outer, inner = (values if free else np.zeros(1) for free in likelihood.free)
    peaks = [climb(likelihood, start) for start in _tops(likelihood.surface(outer, inner), outer, inner)]
    best = max(peaks, key=lambda peak: peak.loglik)
    return best, len({tuple(np.round(peak.theta / (1e-6 * values[-1]))) for peak in peaks})


def grid(nested: Nested) -> Floats:
    """0 and values from far below the least variance to where the data cannot reach."""
    reach = max(float(np.ptp(nested.data[:, 0])) ** 2, nested.typical)
    return np.concatenate([[0.0], np.geomspace(1e-3 * min(nested.least, reach), 4 * reach, GRID - 1)])


def _tops(surface: Floats, outer: Floats, inner: Floats) -> list[Floats]:
    """Points of the grid (O, I) that none of their neighbours overtops."""
    rows, columns = surface.shape
    framed = np.full((rows + 2, columns + 2), -np.inf)
    framed[1:-1, 1:-1] = surface
    around = [framed[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return [np.array([outer[i], inner[j]]) for i, j in np.argwhere(surface >= np.max(around, axis=0))]


def climb(likelihood: Likelihood, start: Floats) -> Point:
    """The peak above `start`, moving the free components."""
    free, scale = np.array(likelihood.free), likelihood.nested.typical
    here = likelihood.at(start)
    for _ in range(STEPS):
        bend = here.hessian if np.linalg.eigvalsh(here.hessian)[-1] < 0 else -here.expected
        new = _uphill(likelihood, here, _top_of_parabola(here.theta, here.score, bend, free))
        if new is None:
            break
        moved, here = float(np.abs(new.theta - here.theta).max()), new
        if moved <= 1e-6 * max(scale, float(here.theta.max())):  # the next step is of the order of its square
            break
    negligible = (here.theta < NEGLIGIBLE * scale) & free
    return likelihood.at(np.where(negligible, 0.0, here.theta)) if np.any(here.theta[negligible] > 0) else here


def _top_of_parabola(theta: Floats, score: Floats, bend: Floats, free: Floats) -> Floats:
    """Where score'd + d'bend d/2, d = new - theta, is highest for new ≥ 0: inside, or with one of the two held."""
    candidates = [theta]
    if free.all():
        with np.errstate(all="ignore"):
            candidates.append(theta - np.linalg.lstsq(bend, score, rcond=None)[0])
    for moving in np.flatnonzero(free):
        still = 1 - moving
        for held in {0.0, float(theta[still])} if free[still] else {float(theta[still])}:
            new = theta.copy()
            new[still] = held
            slope = score[moving] + bend[moving, still] * (held - theta[still])
            new[moving] = max(0.0, theta[moving] - slope / bend[moving, moving]) if bend[moving, moving] < 0 else 0.0
            candidates.append(new)
    allowed = [c for c in candidates if np.all(c >= 0)]
    gains = [float(score @ (c - theta) + (c - theta) @ bend @ (c - theta) / 2) for c in allowed]
    return allowed[int(np.argmax(gains))]


def _uphill(likelihood: Likelihood, here: Point, target: Floats) -> Point | None:
    """At the first of target, half of the way, a quarter … that is not lower; None where none is."""
    for halving in range(HALVINGS):
        new = likelihood.at(here.theta + (target - here.theta) / 2**halving if halving else target)
        if new.loglik >= here.loglik - 1e-12 * abs(here.loglik):
            return new
    return None


# ---- profiles -------------------------------------------------------------------------------------------------------


def profile(likelihood: Likelihood, component: int, value: float) -> Point:
    """With one component held at `value`, the other at its best."""
    held = _holding(likelihood, component)
    theta = np.zeros(2)
    theta[component] = value
    if not any(held.free):
        return likelihood.at(theta)
    values = grid(likelihood.nested)
    axes = (values, np.array([value])) if component else (np.array([value]), values)
    theta[1 - component] = values[int(np.argmax(likelihood.surface(*axes)))]
    return climb(held, theta)


def _holding(likelihood: Likelihood, component: int) -> Likelihood:
    outer, inner = likelihood.free
    return replace(likelihood, free=(outer and component != 0, inner and component != 1))


def profile_interval(likelihood: Likelihood, component: int, best: Point, level: float) -> Interval | None:
    """Values whose profile lies at most half a chi² quantile (1 df) below the peak `best`, as metafor's confint has it
    for rma.mv. None for a component that is not free; infinite where the likelihood never falls so far."""
    from pipeline.stats.special import chdtri

    if not likelihood.free[component]:
        return None
    floor = best.loglik - float(chdtri(1, 1 - level)) / 2
    starts_at_0 = best.theta[component] == 0 or profile(likelihood, component, 0.0).loglik >= floor
    low = 0.0 if starts_at_0 else _edge(likelihood, component, best, floor, 0.0)
    return low, _edge(likelihood, component, best, floor, np.inf)


def _edge(likelihood: Likelihood, component: int, best: Point, floor: float, outside: float) -> float:
    """Where the profile crosses `floor` between the peak and `outside`. Newton's method, as the profile's slope is the
    score of its component; a step that leaves the bracket is a halving or a doubling instead."""
    held = _holding(likelihood, component)
    inside = float(best.theta[component])
    value = 2 * max(inside, likelihood.nested.typical) if outside == np.inf else inside / 2
    theta = best.theta.copy()
    for _ in range(DOUBLINGS):
        theta[component] = value
        point = climb(held, theta)
        theta, over = point.theta.copy(), point.loglik - floor
        if abs(over) < 1e-9:
            return value
        inside, outside = (value, outside) if over > 0 else (inside, value)
        slope = float(point.score[component])
        value = value - over / slope if slope != 0 else np.inf
        last = float(theta[component])
        if not min(inside, outside) < value < min(max(inside, outside), 8 * last):
            value = 2 * last if outside == np.inf else (inside + outside) / 2
    return value if outside < np.inf else np.inf
