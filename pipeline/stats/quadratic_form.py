"""The distribution of Cochran's Q with any weights: a quadratic form in normal effects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.effects import Floats

Complex = NDArray[np.complex128]

#: steps of the trapezoidal rule, and their width in units of the integrand's own width
STEPS, WIDTH = 120, 0.05
#: up to so many squares of equal weight the path is that of steepest descent; with more the integrand dies off by
#: itself, and the bend would bring the path near its singularities
FEW = 10


def q_cdf(q: float, a: Floats, variances: Floats) -> Floats:
    """P(Q ≤ q) of Q = Σ a (y - ȳ)², ȳ = Σ a y / Σ a, where y_i ~ N(mu, variances_i). (G, k) variances give (G,).

    Q is Σ λ χ²(1) with the eigenvalues λ of V^½ (diag(a) - aa'/Σa) V^½; `a` (k,) and V are above 0, k ≥ 2. Its Laplace
    transform needs no eigenvalues, as det(I + 2pΛ) = Π (1 + pc) · Σ s/(1 + pc) with c = 2av and s = a/Σa, and is
    inverted along a parabola through the saddle point: linear in k, and right to 1e-11 or better.
    """
    if q <= 0:
        return np.zeros(len(variances))
    c, s = 2 * a * variances, a / a.sum()
    saddle = _saddle(q, c, s)
    width, bend = _shape(saddle, c, s)
    x = WIDTH * np.arange(STEPS + 1)
    u, step = width[:, None] * np.sinh(x), width[:, None] * np.cosh(x) * WIDTH
    p = saddle[:, None] + 1j * u - bend[:, None] * u**2
    values = np.imag(np.exp(p * q - _log_det(p, c, s) / 2) / p * (1j - 2 * bend[:, None] * u)) * step
    values[:, 0] /= 2
    return np.asarray(np.clip(values.sum(axis=1) / np.pi, 0.0, 1.0))


def _log_det(p: Complex, c: Floats, s: Floats) -> Complex:
    """log det(I + 2pΛ) at each p (G, N). No factor meets the negative axis off the real line."""
    product, total = np.zeros_like(p), np.zeros_like(p)
    for j in range(len(s)):
        factor = 1 + p * c[:, j, None]
        product += np.log(factor)
        total += s[j] / factor
    return np.asarray(product + np.log(total))


def _saddle(q: float, c: Floats, s: Floats) -> Floats:
    """Where pq - log p - log det/2 is least, (G,): in [1, (k + 1)/2] / q. By bisection; a rough place will do."""
    near, far = np.full(len(c), 1 / q), np.full(len(c), (len(s) + 1) / 2 / q)
    for _ in range(12):
        p = np.sqrt(near * far)
        beyond = q - _slope(p, c, s) / 2 - 1 / p > 0
        near, far = np.where(beyond, near, p), np.where(beyond, p, far)
    return np.asarray(np.sqrt(near * far))


def _slope(p: Floats, c: Floats, s: Floats) -> Floats:
    """Derivative of log det(I + 2pΛ)."""
    r = c / (1 + p[:, None] * c)
    weights = s / (1 + p[:, None] * c)
    return np.asarray(r.sum(axis=1) - (weights * r).sum(axis=1) / weights.sum(axis=1))


def _shape(p: Floats, c: Floats, s: Floats) -> tuple[Floats, Floats]:
    """Width of the integrand at the saddle point, by its second derivative, and how far the path bends to the left."""
    r = c / (1 + p[:, None] * c)
    weights = s / (1 + p[:, None] * c)
    total = weights.sum(axis=1)
    first, second = (weights * r).sum(axis=1) / total, (weights * r**2).sum(axis=1) / total
    curvature = 1 / p**2 + ((r**2).sum(axis=1) - 2 * second + first**2) / 2
    few = np.minimum(1.0, FEW * (r**2).sum(axis=1) / r.sum(axis=1) ** 2)
    return 1 / np.sqrt(curvature), few * (2 / p**3 + (r**3).sum(axis=1)) / (6 * curvature)
