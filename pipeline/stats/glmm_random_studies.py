"""UM.RS: two groups with random effects of studies and, independent of them, of treatments, by Laplace's approximation.

logit p = m + s b1 ± (mu + tau b2) / 2 with b1, b2 ~ N(0, 1) (Jackson et al. 2018, Stat Med 37:1059, model 5), as lme4
fits it with one quadrature point. Maximised numerically over (m, mu, s, tau), even in the last two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm import NoFit
from pipeline.stats.special import expit, logit


def fit_random_studies(a: Floats, n: Floats, c: Floats, m: Floats) -> tuple[float, float, float]:
    """(mu, standard error, tau²). Counts (k,). Raises NoFit."""
    from scipy.optimize import minimize

    arms = np.array([a, c]), np.array([n, m])
    crude = [float(logit((x.sum() + 0.5) / (t.sum() + 1))) for x, t in zip(*arms, strict=True)]
    middle, effect = sum(crude) / 2, crude[0] - crude[1]

    def cost(theta: Floats) -> float:
        return -_loglik(*arms, theta)

    tries = [
        minimize(cost, [middle, effect, s, tau], method="BFGS", options={"gtol": 1e-7})
        for s in (0.5, 1.5)
        for tau in (0.2, 0.8)
    ]
    best = min(tries, key=lambda found: float(found.fun))
    theta = np.asarray(best.x, float)
    at_zero = theta[3] ** 2 < 1e-6 or cost(theta) > cost(np.append(theta[:3], 0.0)) - 1e-9
    free = [0, 1, 2] if at_zero else [0, 1, 2, 3]
    if at_zero:
        theta[3] = 0.0
    information = _curvature(cost, theta, free)
    if not np.all(np.isfinite(information)) or np.linalg.eigvalsh(information)[0] <= 0 or abs(theta[1]) > 15:
        raise NoFit("the likelihood has no regular maximum")
    return float(theta[1]), float(np.sqrt(np.linalg.inv(information)[1, 1])), float(theta[3] ** 2)


def _loglik(x: Floats, n: Floats, theta: Floats) -> float:
    """x, n (2, k). The sum over studies of the joint density at its mode less half the log of its curvature."""
    middle, mu, s, tau = theta
    side = np.array([[0.5], [-0.5]])
    b1, b2 = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for _ in range(60):
        eta = middle + s * b1 + side * (mu + tau * b2)
        p = expit(eta)
        left, v = x - n * p, n * p * (1 - p)
        g1, g2 = s * left.sum(axis=0) - b1, tau * (side * left).sum(axis=0) - b2
        h11, h22 = 1 + s * s * v.sum(axis=0), 1 + tau * tau * v.sum(axis=0) / 4
        h12 = s * tau * (side * v).sum(axis=0)
        det = h11 * h22 - h12 * h12
        d1, d2 = (h22 * g1 - h12 * g2) / det, (h11 * g2 - h12 * g1) / det
        reach = np.maximum(1, np.abs(s * d1) + np.abs(tau * d2))  # held to one unit of eta
        b1, b2 = b1 + d1 / reach, b2 + d2 / reach
        if np.abs(d1).max() + np.abs(d2).max() < 1e-10:
            break
    level = x * eta - n * np.logaddexp(0, eta)
    return float((level.sum(axis=0) - (b1 * b1 + b2 * b2 + np.log(det)) / 2).sum())


def _curvature(cost: Callable[[Floats], float], theta: Floats, free: list[int]) -> Floats:
    """Second derivatives by central differences."""
    steps = [np.eye(4)[i] * 1e-3 for i in free]
    rows = [
        [cost(theta + a + b) - cost(theta + a - b) - cost(theta - a + b) + cost(theta - a - b) for a in steps]
        for b in steps
    ]
    return np.array(rows) / 4e-6
