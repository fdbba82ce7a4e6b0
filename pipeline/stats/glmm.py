"""Binomial-normal model: events ~ Binomial(n, expit(mu + u)), u ~ N(0, tau²) (Stijnen, Hamza & Özdemir 2010, eq. 3).

The likelihood is integrated by adaptive Gauss-Hermite quadrature, seven points around each study's mode (Liu & Pierce
1994; Pinheiro & Bates 1995), and maximised over (mu, tau).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

Floats = NDArray[np.float64]
POINTS = 7


@dataclass(frozen=True)
class GLMM:
    """mu and its standard error on the logit scale, tau², the marginal log-likelihood, and whether it was found."""

    mu: float
    se: float
    tau2: float
    loglik: float


class NoFit(Exception):
    """The model has no finite or no regular maximum on these data; the message says why."""


def fit_glmm(events: Floats, n: Floats) -> GLMM:
    """Maximum-likelihood fit. events, n of shape (k,), k ≥ 2. Raises NoFit."""
    if np.all(events == 0) or np.all(events == n) or (np.all((events == 0) | (events == n)) and np.any(n > 1)):
        raise NoFit("every study has only events or only non-events, so the likelihood has no finite maximum")
    start = float(np.log(events.sum() / (n - events).sum()))
    mu, tau = _maximum(events, n, start)
    if abs(mu) > 15 or tau > 8:
        raise NoFit("the likelihood grows without bound")
    h = _hessian(events, n, mu, tau)
    information = h[0, 0] if tau < 1e-5 else h[0, 0] - h[0, 1] ** 2 / h[1, 1]
    if not np.isfinite(information) or information <= 0:
        raise NoFit("the information at the maximum is not positive")
    return GLMM(mu, float(1 / np.sqrt(information)), tau**2, loglik(events, n, mu, tau))


def loglik(events: Floats, n: Floats, mu: float, tau: float) -> float:
    """Marginal log-likelihood, binomial coefficients included."""
    constant = float(np.sum(gammaln(n + 1) - gammaln(events + 1) - gammaln(n - events + 1)))
    if tau < 1e-7:
        return constant + float(np.sum(events * mu - n * np.logaddexp(0, mu)))
    u = _modes(events, n, mu, tau)
    p = expit(mu + tau * u)
    scale = 1 / np.sqrt(1 + tau**2 * n * p * (1 - p))
    x, w = np.polynomial.hermite.hermgauss(POINTS)
    z = u[:, None] + np.sqrt(2) * scale[:, None] * x[None, :]
    eta = mu + tau * z
    inner = events[:, None] * eta - n[:, None] * np.logaddexp(0, eta) - z**2 / 2 + x[None, :] ** 2 + np.log(w)[None, :]
    top = inner.max(axis=1)
    return constant + float(
        np.sum(top + np.log(np.exp(inner - top[:, None]).sum(axis=1)) + np.log(scale)) - len(n) * np.log(np.pi) / 2
    )


def _modes(events: Floats, n: Floats, mu: float, tau: float) -> Floats:
    """Mode of each study's standardised random effect: damped Newton; the target is concave, so it converges."""
    u = np.zeros_like(n)
    for _ in range(100):
        p = expit(mu + tau * u)
        gradient = tau * (events - n * p) - u
        step = gradient / (1 + tau**2 * n * p * (1 - p))
        u = u + np.clip(step, -1.0, 1.0)
        if np.max(np.abs(step)) < 1e-13:
            break
    return np.asarray(u)


def _maximum(events: Floats, n: Floats, start: float) -> tuple[float, float]:
    """(mu, tau): over tau on a coarse grid first, since small data can have a peak at 0 and another inside."""
    from scipy.optimize import minimize

    def lost(theta: Floats) -> float:
        return -loglik(events, n, float(theta[0]), abs(float(theta[1])))

    candidates = []
    for tau in (0.0, 0.3, 1.0, 2.5):
        first = minimize(lost, np.array([start, tau]), method="Nelder-Mead",
                         options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000})  # fmt: skip
        candidates.append((float(first.fun), float(first.x[0]), abs(float(first.x[1]))))
    flat = minimize(lambda m: -loglik(events, n, float(m[0]), 0.0), np.array([start]), method="BFGS")
    candidates.append((float(flat.fun), float(flat.x[0]), 0.0))
    best = min(c[0] for c in candidates)
    _, mu, tau = next(c for c in sorted(candidates, key=lambda c: c[2]) if c[0] <= best + 1e-9)
    return _polish(events, n, mu, tau)


def _polish(events: Floats, n: Floats, mu: float, tau: float) -> tuple[float, float]:
    """Newton steps on the numerical derivatives, for the last digits."""
    for _ in range(8):
        h = _hessian(events, n, mu, tau)
        g = _gradient(events, n, mu, tau)
        step = np.linalg.solve(h, g) if tau > 1e-5 else np.array([g[0] / h[0, 0], 0.0])
        if not np.all(np.isfinite(step)) or np.max(np.abs(step)) > 0.1:
            break
        mu, tau = mu + float(step[0]), abs(tau + float(step[1]))
    return mu, tau


def _gradient(events: Floats, n: Floats, mu: float, tau: float, d: float = 1e-5) -> Floats:
    def f(a: float, b: float) -> float:
        return loglik(events, n, mu + a, abs(tau + b))

    return np.array([(f(d, 0) - f(-d, 0)) / (2 * d), (f(0, d) - f(0, -d)) / (2 * d)])


def _hessian(events: Floats, n: Floats, mu: float, tau: float, d: float = 1e-3) -> Floats:
    """Negative second derivatives in (mu, tau), fourth-order central differences on the diagonal."""

    def f(a: float, b: float) -> float:
        return loglik(events, n, mu + a * d, abs(tau + b * d))

    def second(values: list[float]) -> float:
        return (-values[0] + 16 * values[1] - 30 * values[2] + 16 * values[3] - values[4]) / (12 * d**2)

    aa = second([f(i, 0) for i in (-2, -1, 0, 1, 2)])
    bb = second([f(0, i) for i in (-2, -1, 0, 1, 2)])
    ab = (f(1, 1) - f(1, -1) - f(-1, 1) + f(-1, -1)) / (4 * d**2)
    return -np.array([[aa, ab], [ab, bb]])


def averaged(mu: float, tau2: float) -> float:
    """The population's proportion E[expit(mu + u)]; expit(mu) itself is that of the median study."""
    x, w = np.polynomial.hermite_e.hermegauss(60)
    return float(np.sum(w * expit(mu + np.sqrt(tau2) * x)) / np.sum(w))
