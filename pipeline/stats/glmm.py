"""Binomial-normal model: events ~ Binomial(n, expit(mu + tau z)), z ~ N(0, 1) (Stijnen, Hamza & Özdemir 2010, eq. 3).

The likelihood is integrated by adaptive Gauss-Hermite quadrature, seven points around each study's mode (Liu & Pierce
1994; Pinheiro & Bates 1995), and maximised over (mu, tau) with the exact gradient of that approximation, so that the
optimum is the one that lme4 and metafor look for, to more digits. It is even in tau, so a step may pass through 0.

Notation: p = expit(mu + tau z), g(z) = log p(x | z) - z²/2, zhat its mode, s = (1 + tau² n p (1 - p))^(-1/2) at zhat.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln, xlogy

Floats = NDArray[np.float64]
POINTS = 7
#: estimates beyond these are runaways: the data set no bound
MU_LIMIT, TAU_LIMIT = 15.0, 8.0
#: values of tau at which the profile likelihood is looked at for peaks
GRID = 16


@dataclass(frozen=True)
class GLMM:
    """mu with standard error (logit scale), tau² with its own (None at tau² = 0), and the marginal log-likelihood."""

    mu: float
    se: float
    tau2: float
    se_tau2: float | None
    loglik: float


class NoFit(Exception):
    """The model has no finite or no regular maximum on these data; the message says why."""


@dataclass(frozen=True, eq=False)
class _Point:
    """The log-likelihood (without the binomial coefficients) and its gradient at theta = (mu, tau); modes (k,)."""

    theta: Floats
    loglik: float
    gradient: Floats
    modes: Floats


def fit_glmm(events: Floats, n: Floats) -> GLMM:
    """Maximum-likelihood fit. events, n of shape (k,), k ≥ 2. Raises NoFit."""
    if np.all(events == 0) or np.all(events == n) or (np.all((events == 0) | (events == n)) and np.any(n > 1)):
        raise NoFit("every study has only events or only non-events, so the likelihood has no finite maximum")
    mu, p = _common(events, n)
    best = GLMM(mu, float(1 / np.sqrt(n.sum() * p * (1 - p))), 0.0, None, float(events @ np.full_like(n, mu)
                - n.sum() * np.logaddexp(0, mu)))  # fmt: skip
    peaks = [] if _rises_from_zero(events, n, p) else [best]
    for start in _profile_peaks(events, n, best.loglik):
        peaks += _climb(events, n, start)
    if not peaks:
        raise NoFit("the search for the maximum of the likelihood did not converge")
    top = max(peak.loglik for peak in peaks)
    found = min((peak for peak in peaks if peak.loglik >= top - 1e-10), key=lambda peak: peak.tau2)
    if abs(found.mu) > MU_LIMIT or found.tau2 > TAU_LIMIT**2:
        raise NoFit("the likelihood grows without bound")
    return found


def loglik(events: Floats, n: Floats, mu: float, tau: float) -> float:
    """Marginal log-likelihood, binomial coefficients included."""
    constant = float(np.sum(gammaln(n + 1) - gammaln(events + 1) - gammaln(n - events + 1)))
    return constant + _evaluate(events, n, np.array([mu, tau]), np.zeros_like(n)).loglik


def averaged(mu: float, tau2: float) -> float:
    """The population's proportion E[expit(mu + u)]; expit(mu) itself is that of the median study.

    Trapezoids: for an analytic integrand that dies off at both ends their error falls exponentially.
    """
    z = np.linspace(-9, 9, 1801)
    density = np.exp(-(z**2) / 2)
    return float(np.sum(density * expit(mu + np.sqrt(tau2) * z)) / density.sum())


def likelihood_ratio(events: Floats, n: Floats) -> float:
    """Q: twice the log-likelihood that one proportion for each study gains over one for all (metafor's QE.LRT)."""
    p = events.sum() / n.sum()
    rest = n - events
    own = xlogy(events, events / n) + xlogy(rest, rest / n)
    return float(max(0.0, 2 * np.sum(own - xlogy(events, p) - xlogy(rest, 1 - p))))


# ---- search ---------------------------------------------------------------------------------------------------------


def _common(events: Floats, n: Floats) -> tuple[float, float]:
    """(logit, proportion) at tau = 0."""
    p = float(events.sum() / n.sum())
    return float(np.log(events.sum() / (n - events).sum())), p


def _rises_from_zero(events: Floats, n: Floats, p: float) -> bool:
    """Whether the likelihood rises in tau² at 0: the score is half of sum (x - np)² - np(1 - p)."""
    return bool(np.sum((events - n * p) ** 2 - n * p * (1 - p)) > 0)


def _profile_peaks(events: Floats, n: Floats, at_zero: float) -> list[_Point]:
    """Starting points: peaks on a grid of tau with mu at its best; there can be one at 0 and another inside."""
    mu, p = _common(events, n)
    lowest = 0.05 / np.sqrt(float(n.max()) * p * (1 - p))
    point = _Point(np.array([mu, 0.0]), at_zero, np.zeros(2), np.zeros_like(n))
    points = []
    for tau in np.geomspace(min(lowest, 0.5), TAU_LIMIT, GRID):
        point = _best_mu(events, n, float(tau), point)
        points.append(point)
    height = [at_zero, *(q.loglik for q in points), -np.inf]
    return [q for i, q in enumerate(points, 1) if height[i] >= height[i + 1] and (i == 1 or height[i] >= height[i - 1])]


def _best_mu(events: Floats, n: Floats, tau: float, near: _Point) -> _Point:
    """The best mu for a tau, nearly: a few secant steps are enough for a starting point."""
    point = _evaluate(events, n, np.array([near.theta[0], tau]), near.modes)
    p = expit(point.theta[0])
    slope = -float(np.sum(1 / (1 / (n * p * (1 - p)) + tau**2)))
    for _ in range(4):
        step = float(np.clip(-point.gradient[0] / slope, -1, 1))
        following = _evaluate(events, n, point.theta + [step, 0], point.modes)
        if abs(step) < 1e-3 / np.sqrt(-slope):
            return following
        bend = (following.gradient[0] - point.gradient[0]) / step
        slope, point = (float(bend) if bend < 0 else slope), following
    return point


def _climb(events: Floats, n: Floats, start: _Point) -> list[GLMM]:
    """Newton's method from a starting point; empty if it does not settle at a maximum."""
    point = start
    for _ in range(60):
        information = _information(events, n, point)
        values, vectors = np.linalg.eigh(information)
        uphill = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())  # also where the surface is not concave
        step = vectors @ ((vectors.T @ point.gradient) / uphill)
        if float(point.gradient @ step) < 1e-18:
            return _summary(events, n, point, information) if values[0] > 0 else []
        point = _uphill(events, n, point, step)
        if max(abs(point.theta[0]) / MU_LIMIT, abs(point.theta[1]) / TAU_LIMIT) > 3:
            return [GLMM(float(point.theta[0]), np.inf, float(point.theta[1] ** 2), None, point.loglik)]
    return []


def _uphill(events: Floats, n: Floats, point: _Point, step: Floats) -> _Point:
    """The end of the step, or of its largest halving that does not lose likelihood beyond rounding."""
    slack = 1e-13 * (1 + abs(point.loglik))
    for _ in range(30):
        following = _evaluate(events, n, point.theta + step, point.modes)
        if following.loglik >= point.loglik - slack:
            return following
        step = step / 2
    return point


def _summary(events: Floats, n: Floats, point: _Point, information: Floats) -> list[GLMM]:
    """The estimate at a peak; a peak that merges with tau = 0 is left to the fit at 0."""
    mu, tau = float(point.theta[0]), abs(float(point.theta[1]))
    covariance = np.linalg.inv(information)
    if tau**2 < 1e-9 * float(np.mean(1 / (n * expit(mu) * expit(-mu)))):
        return [GLMM(mu, float(information[0, 0] ** -0.5), 0.0, None, point.loglik)]
    se = float(np.sqrt(covariance[0, 0]))
    return [GLMM(mu, se, tau**2, float(2 * tau * np.sqrt(covariance[1, 1])), point.loglik)]


def _information(events: Floats, n: Floats, point: _Point) -> Floats:
    """(2, 2) negative second derivatives: central differences of the exact gradient, on the scale of the errors."""
    mu, tau = point.theta
    size = 1e-3 / np.sqrt(np.sum(1 / (1 / (n * expit(mu) * expit(-mu)) + tau**2)))
    rows = []
    for direction in np.eye(2) * size:
        ahead = _evaluate(events, n, point.theta + direction, point.modes)
        behind = _evaluate(events, n, point.theta - direction, point.modes)
        rows.append((behind.gradient - ahead.gradient) / (2 * size))
    half = np.array(rows)
    return np.asarray((half + half.T) / 2)


# ---- likelihood -----------------------------------------------------------------------------------------------------

_NODES, _WEIGHTS = np.polynomial.hermite.hermgauss(POINTS)
_LOG_WEIGHTS = np.log(_WEIGHTS) + _NODES**2 - np.log(np.pi) / 2


def _evaluate(x: Floats, n: Floats, theta: Floats, near: Floats) -> _Point:
    """Likelihood and gradient; the nodes move with theta, which the gradient includes. `near` starts the modes."""
    mu, tau = float(theta[0]), float(theta[1])
    mode = _modes(x, n, mu, tau, near)
    p = expit(mu + tau * mode)
    v = n * p * (1 - p)
    h = 1 + tau**2 * v
    d_mode = np.array([-tau * v / h, (x - n * p - tau * v * mode) / h])  # (2, k), by the implicit function theorem
    d_eta = np.array([1 + tau * d_mode[0], mode + tau * d_mode[1]])
    d_h = tau**2 * v * (1 - 2 * p) * d_eta
    d_h[1] += 2 * tau * v
    s = h**-0.5
    d_s = -(s**3) * d_h / 2

    reach = np.sqrt(2) * _NODES
    z = mode[:, None] + s[:, None] * reach
    eta = mu + tau * z
    log_terms = x[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - z**2 / 2 + _LOG_WEIGHTS
    top = log_terms.max(axis=1, keepdims=True)
    terms = np.exp(log_terms - top)
    total = terms.sum(axis=1)
    share = terms / total[:, None]

    residual = x[:, None] - n[:, None] * expit(eta)
    slope = share * (tau * residual - z)  # dg/dz, weighted
    direct = np.array([(share * residual).sum(axis=1), (share * residual * z).sum(axis=1)])
    moved = slope.sum(axis=1) * d_mode + (slope @ reach) * d_s
    gradient = (direct + moved + d_s / s).sum(axis=1)
    return _Point(theta, float(np.sum(top[:, 0] + np.log(total) + np.log(s))), gradient, mode)


def _modes(x: Floats, n: Floats, mu: float, tau: float, near: Floats) -> Floats:
    """Mode of each study's z, the root of f(z) = tau (x - n p) - z. f falls, and its root lies between 0 and f(0), so
    Newton's steps are kept inside a bracket that closes: undamped, they can run away."""
    at_zero = tau * (x - n * expit(mu))
    low, high = np.minimum(at_zero, 0), np.maximum(at_zero, 0)
    z = np.clip(near, low, high)
    for _ in range(200):
        p = expit(mu + tau * z)
        f = tau * (x - n * p) - z
        low, high = np.where(f > 0, z, low), np.where(f < 0, z, high)
        step = f / (1 + tau**2 * n * p * (1 - p))
        settled = np.abs(step) <= 1e-14 * (1 + np.abs(z))
        outside = ~settled & ((z + step <= low) | (z + step >= high))
        z = np.where(outside, (low + high) / 2, z + step)
        if settled.all():
            break
    return np.asarray(z)
