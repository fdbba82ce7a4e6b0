"""Beta-binomial model: events ~ Binomial(n, p_i), p_i ~ Beta with mean mu and variance rho mu (1 - mu).

Skellam (1948, J R Stat Soc B 10:257); the likelihood as a product over patients after Griffiths (1973, Biometrics
29:637): with theta = rho / (1 - rho),

    L = sum over j < x of log(mu + j theta) + over j < n - x of log(1 - mu + j theta) - over j < n of log(1 + j theta),

which holds at theta = 0, the binomial, too, and loses no digits near it, as differences of log-gammas do. By maximum
likelihood over logit(mu) and log(theta).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm import NoFit
from pipeline.stats.glmm_profile import Held
from pipeline.stats.glmm_search import Peak, Points, Surface, climb
from pipeline.stats.inference import Interval
from pipeline.stats.special import expit, gammaln

#: sums over patients are exact up to here, above by Gauss's rules for sums
SINGLE = 64
NODES = 12
#: values of theta at which the profile likelihood is looked at for peaks; rho is 1 beyond the last
GRID = np.geomspace(1e-12, 1e5, 52)


@dataclass(frozen=True, eq=False)
class BetaBinomial:
    """mu on the logit scale with standard error, rho with its own (None at 0), and the log-likelihood."""

    mu: float
    se: float
    rho: float
    se_rho: float | None
    loglik: float
    surface: _Counts
    height: float  # loglik without the binomial coefficients

    @property
    def theta(self) -> float:
        return self.rho / (1 - self.rho)


@dataclass(frozen=True, eq=False)
class _Counts(Surface):
    """Places j and how many studies count there, of events, others and patients; parameters (logit mu, log theta)."""

    events: tuple[Floats, Floats]
    others: tuple[Floats, Floats]
    patients: tuple[Floats, Floats]

    def at(self, theta: Floats, near: Floats) -> Points:
        mu, rest, spread = expit(theta[:, 0]), expit(-theta[:, 0]), np.exp(theta[:, 1])
        a, b, c = (
            _sums(m, spread, *s) for m, s in ((mu, self.events), (rest, self.others), (1 + 0 * mu, self.patients))
        )
        pull, v = a[1] - b[1], mu * rest
        g_mu, g_theta = pull * v, (a[2] + b[2] - c[2]) * spread
        bend = (a[4] - b[4]) * v * spread
        gradient = np.stack([g_mu, g_theta], axis=1)
        hessian = np.empty((len(mu), 2, 2))
        hessian[:, 0, 0] = (a[3] + b[3]) * v * v + pull * v * (rest - mu)
        hessian[:, 0, 1] = hessian[:, 1, 0] = bend
        hessian[:, 1, 1] = (a[5] + b[5] - c[5]) * spread**2 + g_theta
        return Points(theta, a[0] + b[0] - c[0], gradient, hessian, near)

    def binomial(self, mu: float) -> tuple[float, float]:
        """The log-likelihood at theta = 0 and its derivative by theta there."""
        zero = np.zeros(1)
        a, b, c = (
            _sums(np.array([m]), zero, *s) for m, s in ((mu, self.events), (1 - mu, self.others), (1.0, self.patients))
        )
        return float((a[0] + b[0] - c[0])[0]), float((a[2] + b[2] - c[2])[0])


def _sums(m: Floats, theta: Floats, j: Floats, w: Floats) -> tuple[Floats, ...]:
    """Of log(m + j theta): the sum, its derivatives by m, theta, m twice, m and theta, theta twice; (G,) each."""
    inverse = 1 / (m[:, None] + j * theta[:, None])
    first, second = w * inverse, w * inverse * inverse
    return (
        -(np.log(inverse) @ w),
        first.sum(axis=1),
        first @ j,
        -second.sum(axis=1),
        -(second @ j),
        -(second @ (j * j)),
    )


# ---- sums over patients ---------------------------------------------------------------------------------------------


def _counted(x: Floats) -> tuple[Floats, Floats]:
    """(j, w) so that sum w f(j) is the sum over studies of f(0) + … + f(x - 1), for an f as smooth as a logarithm.

    Up to SINGLE each j is a place; above, between the studies' counts and doublings, Gauss's rule for a sum over
    equally spaced points (its polynomials are Gram's), which is exact to degree 2 NODES - 1.
    """
    top = float(x.max(initial=0))
    doublings = SINGLE * 2.0 ** np.arange(max(0, int(np.ceil(np.log2(max(top, 1) / SINGLE))) + 1))
    edges = np.unique(np.concatenate([np.arange(min(top, SINGLE) + 1), x[x > SINGLE], doublings[doublings < top]]))
    start, length = edges[:-1], np.diff(edges)
    share = (x[:, None] > start).sum(axis=0) if len(x) * len(start) < 10**7 else _above(x, start)
    long = length > NODES
    short = [np.arange(s, s + n) for s, n in zip(start[~long], length[~long], strict=True)]
    weights = [np.full(len(p), float(w)) for p, w in zip(short, share[~long], strict=True)]
    nodes, parts = _gram_rules(length[long])
    j = np.concatenate([*short, (start[long][:, None] + nodes).ravel()])
    return j, np.concatenate([*weights, (share[long][:, None] * parts).ravel()])


def _above(x: Floats, start: Floats) -> Floats:
    return len(x) - np.searchsorted(np.sort(x), start, side="right").astype(float)


def _gram_rules(length: Floats) -> tuple[Floats, Floats]:
    """Nodes and weights (S, NODES) for sums over 0 … length - 1, from the recurrence of Gram's polynomials."""
    if not len(length):
        return np.zeros((0, NODES)), np.zeros((0, NODES))
    n = np.arange(1, NODES)
    beside = np.sqrt(n**2 * (length[:, None] ** 2 - n**2) / (4.0 * (4 * n**2 - 1)))
    matrix = np.zeros((len(length), NODES, NODES))
    matrix[:, n, n - 1] = matrix[:, n - 1, n] = beside
    values, vectors = np.linalg.eigh(matrix)
    return values + (length[:, None] - 1) / 2, length[:, None] * vectors[:, 0] ** 2


# ---- the fit --------------------------------------------------------------------------------------------------------


def fit_beta_binomial(events: Floats, n: Floats) -> BetaBinomial:
    """Maximum-likelihood fit. events, n of shape (k,). Raises NoFit."""
    x, n = np.asarray(events, float), np.asarray(n, float)
    if len(x) < 2:
        raise NoFit("one study")
    if np.all(x == 0) or np.all(x == n) or (np.all((x == 0) | (x == n)) and np.any(n > 1)):
        raise NoFit("every study has only events or only non-events, so the likelihood has no maximum inside")
    surface = _Counts(_counted(x), _counted(n - x), _counted(n))
    constant = float(np.sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)))
    p, total = float(x.sum() / n.sum()), float(n.sum())
    height, slope = surface.binomial(p)
    mu, se = float(np.log(x.sum() / (n - x).sum())), (total * p * (1 - p)) ** -0.5
    best = BetaBinomial(mu, se, 0.0, None, height + constant, surface, height)
    for peak in _peaks(surface, mu):
        if peak.settled and (peak.loglik > best.height + 1e-10 or (slope > 0 and best.rho == 0)):
            best = _summary(surface, peak, constant)
    return best


def _peaks(surface: _Counts, mu: float) -> list[Peak]:
    """Climbs from where the profile likelihood turns from rising to falling in theta on a coarse grid."""
    log_theta = np.log(GRID)
    theta = np.column_stack([np.full(len(GRID), mu), log_theta])
    nothing = np.zeros((len(GRID), 0))
    for _ in range(6):
        points = surface.at(theta, nothing)
        step = points.gradient[:, 0] / np.maximum(np.abs(points.hessian[:, 0, 0]), 1e-12)
        theta = theta + np.column_stack([np.clip(step, -1, 1), np.zeros(len(GRID))])
    rises = surface.at(theta, nothing).gradient[:, 1] > 0
    turns = np.flatnonzero(rises[:-1] & ~rises[1:])
    if rises[-1]:
        raise NoFit("the likelihood still rises where all patients of a study are alike (rho = 1)")
    return [climb(surface, surface.at((theta[[i]] + theta[[i + 1]]) / 2, nothing[:1])) for i in turns]


def _summary(surface: _Counts, peak: Peak, constant: float) -> BetaBinomial:
    covariance = np.linalg.inv(peak.information)
    rho = float(expit(peak.theta[1]))
    return BetaBinomial(
        mu=float(peak.theta[0]),
        se=float(np.sqrt(covariance[0, 0])),
        rho=rho,
        se_rho=rho * (1 - rho) * float(np.sqrt(covariance[1, 1])),
        loglik=peak.loglik + constant,
        surface=surface,
        height=peak.loglik,
    )


def profile_of_rho(fit: BetaBinomial, level: float) -> Interval:
    """Profile-likelihood interval of rho; its lower end is 0 where the binomial is not rejected, its upper end 1 where
    nothing is."""
    from scipy.optimize import brentq

    from pipeline.stats.special import chdtri

    target = fit.height - float(chdtri(1, 1 - level)) / 2
    last = [fit.mu]

    def excess(log_theta: float) -> float:
        held = Held(fit.surface, 1, log_theta)
        peak = climb(held, held.at(np.array([[last[0]]]), np.zeros((1, 0))))
        last[0] = float(peak.theta[0])
        return peak.loglik - target

    start = np.log(max(fit.theta, GRID[0]))
    whole = float(fit.surface.events[1] @ np.ones_like(fit.surface.events[1]))
    share = whole / float(fit.surface.patients[1].sum())
    low = 0.0
    if fit.surface.binomial(share)[0] < target:
        low = float(expit(brentq(excess, np.log(GRID[0]), start, xtol=1e-10)))
    last[0] = fit.mu
    high = start
    while excess(high) > 0:
        high += 1
        if high > np.log(GRID[-1]):
            return low, 1.0
    return low, float(expit(brentq(excess, high - 1, high, xtol=1e-10)) if high > start else fit.rho)
