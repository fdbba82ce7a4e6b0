"""Binomial-normal model: events ~ Binomial(n, p_i), g(p_i) = X b + u_i, u_i ~ N(0, tau²).

Stijnen, Hamza & Özdemir (2010, Stat Med 29:3046), with moderators. By maximum likelihood, integrated by adaptive
quadrature (`glmm_likelihood`), for a link g of LINKS: logit, probit or complementary log-log. With one column of ones
in X, b is mu.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm_families import LINKS, Binomial
from pipeline.stats.glmm_search import Marginal, Peak, at_zero, climb, starts, without_spread
from pipeline.stats.inference import one_of
from pipeline.stats.special import gammaln, xlogy

#: nodes of the quadrature, as in the reference of metafor; 1 is Laplace's approximation
POINTS = 7
#: estimates beyond these are runaways: the data set no bound
MU_LIMIT, TAU_LIMIT = 15.0, 8.0


@dataclass(frozen=True, eq=False)
class GLMM:
    """Coefficients `b` (p,) and tau² on the scale of the link, with what belongs to them.

    `covariance` is that of (b, tau), from the exact second derivatives of the approximated likelihood; at tau² = 0 its
    last row and column are nan. `loglik` is the marginal log-likelihood, binomial coefficients included. `modes` (k,)
    are those of u given the data, `spread` their standard deviations by the curvature there: with tau² = 0 both 0.
    """

    b: Floats
    covariance: Floats
    tau2: float
    loglik: float
    modes: Floats
    spread: Floats
    surface: Marginal
    height: float  # of the surface at its peak: loglik without the binomial coefficients
    near: Floats  # modes of z (1, k)
    curvature_at_zero: float  # minus the second derivative of the surface by tau at tau = 0

    @property
    def mu(self) -> float:
        return float(self.b[0])

    @property
    def se(self) -> float:
        return float(np.sqrt(self.covariance[0, 0]))

    @property
    def tau(self) -> float:
        return float(np.sqrt(self.tau2))

    @property
    def se_tau2(self) -> float | None:
        """2 tau se(tau); None at 0."""
        return None if self.tau2 == 0 else 2 * self.tau * float(np.sqrt(self.covariance[-1, -1]))


class NoFit(Exception):
    """The model has no finite or no regular maximum on these data; the message says why."""


def fit_glmm(events: Floats, n: Floats, X: Floats | None = None, points: int = POINTS, link: str = "logit") -> GLMM:
    """Maximum-likelihood fit. events, n of shape (k,), X (k, p) of full rank, a column of ones by default.

    Raises NoFit, and ValueError for a design that is not of full rank or leaves no study over.
    """
    one_of("link", link, list(LINKS))
    x, n = np.asarray(events, float), np.asarray(n, float)
    design = np.ones((len(x), 1)) if X is None else np.asarray(X, float)
    if len(x) < 2:
        raise NoFit("one study")
    if np.all(x == 0) or np.all(x == n) or (np.all((x == 0) | (x == n)) and np.any(n > 1)):
        raise NoFit("every study has only events or only non-events, so the likelihood has no finite maximum")
    if points == 1 and np.all(n == 1):
        raise NoFit("with n = 1 in every study Laplace's approximation has no finite maximum")
    q, r = _orthogonal(design)
    surface = Marginal(Binomial(x, n, link), q, np.zeros(len(x)), points)
    crude = float(LINKS[link].eta(np.asarray(x.sum() / n.sum())))
    b = np.array([crude])
    if q is not design:
        b = without_spread(surface, np.linalg.lstsq(q, np.full(len(x), crude), rcond=None)[0])
    if float(np.abs(q @ b).max()) > max(MU_LIMIT, abs(crude) + MU_LIMIT):
        raise NoFit("the moderators separate events from non-events, so the likelihood has no finite maximum")
    peak = highest(surface, b, TAU_LIMIT)
    if float(np.abs(q @ peak.theta[:-1]).max()) > max(MU_LIMIT, abs(crude) + 10) or abs(peak.theta[-1]) > TAU_LIMIT:
        raise NoFit("the likelihood grows without bound")
    constant = float(np.sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)))
    return _summary(surface, design, r, peak, constant)


def highest(surface: Marginal, b: Floats, largest: float) -> Peak:
    """The highest peak over all tau ≥ 0; that at 0 wins a tie. `b`: coefficients at tau = 0. Raises NoFit."""
    zero, is_peak = at_zero(surface, b)
    peaks = [zero] * is_peak + [climb(surface, start) for start in starts(surface, b, largest)]
    if not peaks:
        raise NoFit("the search for the maximum of the likelihood did not converge")
    top = max(peak.loglik for peak in peaks)
    best = min((peak for peak in peaks if peak.loglik >= top - 1e-10), key=lambda peak: abs(peak.theta[-1]))
    if not best.settled:
        raise NoFit("the likelihood grows without bound, or the search for its maximum did not converge")
    return best


def _orthogonal(design: Floats) -> tuple[Floats, Floats]:
    """X = QR with the columns of Q of mean square 1: Newton's steps then do not depend on units."""
    k, p = design.shape
    if p == 1 and np.ptp(design) == 0 and design[0, 0] == 1:
        return design, np.eye(1)
    q, r = np.linalg.qr(design)
    if p >= k or np.abs(np.diag(r)).min() < 1e-10 * np.abs(np.diag(r)).max():
        raise ValueError(f"X ({k} studies, {p} columns) is not of full rank or leaves nothing over")
    return q * np.sqrt(k), r / np.sqrt(k)


def _summary(surface: Marginal, design: Floats, r: Floats, peak: Peak, constant: float) -> GLMM:
    """On the columns of the design; a peak that merges with tau = 0 is at 0."""
    p = len(r)
    tau = abs(float(peak.theta[-1]))
    back = np.eye(p + 1)
    back[:p, :p] = np.linalg.inv(r)
    _, l2 = surface.family.slopes(surface.X @ peak.theta[:p], 2)
    if tau**2 < 1e-9 * float(np.mean(-1 / np.minimum(l2, -1e-300))):
        tau = 0.0
        inside = np.full((p + 1, p + 1), np.nan)
        inside[:p, :p] = np.linalg.inv(peak.information[:p, :p])
    else:
        inside = np.linalg.inv(peak.information)
        inside[-1] *= np.copysign(1, peak.theta[-1])
        inside[:, -1] *= np.copysign(1, peak.theta[-1])
    covariance = inside.copy()
    covariance[:p, :p] = back[:p, :p] @ inside[:p, :p] @ back[:p, :p].T
    covariance[:p, p] = covariance[p, :p] = back[:p, :p] @ inside[:p, p]
    z = np.copysign(1, peak.theta[-1]) * peak.near.reshape(-1)
    _, curve = surface.family.slopes(surface.X @ peak.theta[:p] + tau * z, 2)
    return GLMM(
        b=back[:p, :p] @ peak.theta[:p],
        covariance=covariance,
        tau2=tau**2,
        loglik=peak.loglik + constant,
        modes=tau * z,
        spread=tau / np.sqrt(1 - tau**2 * curve),
        surface=Marginal(surface.family, design, surface.offset, surface.points),
        height=peak.loglik,
        near=z[None],
        curvature_at_zero=float(peak.information[p, p]),
    )


# ---- tests of heterogeneity -----------------------------------------------------------------------------------------


def likelihood_ratio(events: Floats, n: Floats, X: Floats | None = None, link: str = "logit") -> float:
    """Twice the log-likelihood that a proportion for each study gains over X b alone (metafor's QE.LRT)."""
    rest = n - events
    own = xlogy(events, events / n) + xlogy(rest, rest / n)
    if X is None or X.shape[1] == 1:
        p = events.sum() / n.sum()
        return float(max(0.0, 2 * np.sum(own - xlogy(events, p) - xlogy(rest, 1 - p))))
    q, _ = _orthogonal(np.asarray(X, float))
    surface = Marginal(Binomial(events, n, link), q, np.zeros(len(n)), 1)
    level = surface.family.level_and_slopes(q @ without_spread(surface, np.zeros(q.shape[1])))[0]
    return float(max(0.0, 2 * np.sum(own - level)))


def wald(events: Floats, n: Floats, X: Floats | None = None, link: str = "logit") -> float:
    """Wald's test that the studies' own predictors g(x/n) lie in the space of X (metafor's QE.Wld).

    Sum of (y - X b)² n g'(p)^-2 / (p (1 - p)). A study without events or without non-events has no finite predictor
    and an infinite variance, and adds nothing; yet the degrees of freedom of the test count it, as in metafor.
    """
    inside = (events > 0) & (events < n)
    design = np.ones((len(n), 1)) if X is None else np.asarray(X, float)
    if not inside.any():
        return 0.0
    p = events[inside] / n[inside]
    y = LINKS[link].eta(p)
    root = np.sqrt(n[inside] / (p * (1 - p))) * LINKS[link].slope(y)
    z, columns = root * y, root[:, None] * design[inside]
    return float(np.sum((z - columns @ np.linalg.lstsq(columns, z, rcond=None)[0]) ** 2))


# ---- the population of studies --------------------------------------------------------------------------------------


def averaged(mu: float, tau2: float, link: str = "logit") -> float:
    """The population's proportion E[p(mu + u)]; p(mu) itself is that of the median study."""
    return averaged_with_slopes(mu, tau2, link)[0]


def averaged_with_slopes(mu: float, tau2: float, link: str = "logit") -> tuple[float, float, float]:
    """The population's proportion, and its derivatives by mu and tau.

    Trapezoids: for an analytic integrand that dies off at both ends their error falls exponentially.
    """
    z = np.linspace(-9, 9, 601)
    density = np.exp(-(z**2) / 2)
    density /= density.sum()
    eta = mu + np.sqrt(tau2) * z
    slope = density * LINKS[link].slope(eta)
    return float(density @ LINKS[link].proportion(eta)), float(slope.sum()), float(slope @ z)
