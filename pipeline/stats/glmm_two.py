"""One-step models of odds ratios of two groups, kinds named as in metafor's rma.glmm; mu is a log odds ratio.

- UM.FS: binomial counts in both groups, a fixed effect of each study, random treatment effects that move the groups'
  logits by ±u/2 (Jackson et al. 2018, Stat Med 37:1059, model 4).
- UM.RS: the same with random effects of the studies (`glmm_random_studies`), always by Laplace's approximation.
- CM.EL: the events of group 1 given all events, noncentral hypergeometric, log odds ratio mu + u (Stijnen, Hamza &
  Özdemir 2010). CM.AL: the same with the binomial approximation, for rare events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.glmm import POINTS, TAU_LIMIT, NoFit, highest
from pipeline.stats.glmm_families import Binomial, Family
from pipeline.stats.glmm_likelihood import evaluate
from pipeline.stats.glmm_profile import Held
from pipeline.stats.glmm_random_studies import fit_random_studies
from pipeline.stats.glmm_search import Marginal, Peak, Points, Surface, climb, without_spread
from pipeline.stats.inference import one_of
from pipeline.stats.special import gammaln, logit, xlogy

KINDS = ("UM.FS", "UM.RS", "CM.EL", "CM.AL")
#: numbers that the exact conditional model may hold at once: places of a count, studies, and nodes
MOST_PLACES = 2e7
#: spreads from which the search of UM.FS climbs
STARTS = (0.2, 0.6, 1.5)
#: steps in a study's own logit for derivatives by differences, and their weights (error of the fourth order)
H = 0.02
STENCIL = np.array([-2, -1, 0, 1, 2]) * H
FIRST = np.array([1, -8, 0, 8, -1]) / (12 * H)
SECOND = np.array([-1, 16, -30, 16, -1]) / (12 * H * H)


@dataclass(frozen=True)
class TwoGroups:
    """mu (log odds ratio, group 1 over group 2) with standard error, tau², and tests of heterogeneity on k - 1 df.

    `k` studies were used: those without events, or without non-events, in both groups say nothing of an odds ratio.
    UM.RS has no tests.
    """

    kind: str
    k: int
    mu: float
    se: float
    tau2: float
    Q: float | None
    Q_wald: float | None


def fit_two(
    events1: ArrayLike, n1: ArrayLike, events2: ArrayLike, n2: ArrayLike, kind: str = "UM.FS", points: int = POINTS
) -> TwoGroups:
    """Maximum-likelihood fit. Counts of shape (k,); `kind` of KINDS. Raises NoFit, ValueError for another kind."""
    one_of("kind", kind, KINDS)
    a, n, c, m = (np.asarray(v, float) for v in (events1, n1, events2, n2))
    used = (a + c > 0) & (a + c < n + m)
    a, n, c, m = a[used], n[used], c[used], m[used]
    if len(a) < 2:
        raise NoFit("less than two studies say anything of an odds ratio")
    if min(a.sum(), c.sum(), (n - a).sum(), (m - c).sum()) == 0:
        raise NoFit("one group has only events or only non-events in all studies")
    if kind == "UM.RS":
        mu, se, tau2 = fit_random_studies(a, n, c, m)
        return TwoGroups(kind=kind, k=len(a), mu=mu, se=se, tau2=tau2, Q=None, Q_wald=None)
    if kind == "UM.FS":
        surface = _FixedStudies(a, n, c, m, points)
        peak, flat = _highest_fixed(surface)
        best = _binomial(a, n) + _binomial(c, m)
    else:
        marginal = _conditional(a, n, c, m, kind, points)
        b = without_spread(marginal, np.zeros(1))
        flat = float(marginal.family.level_and_slopes(b + marginal.offset)[0].sum())
        peak = highest(marginal, b, TAU_LIMIT)
        best = _binomial(a, a + c) if kind == "CM.AL" else _best_hypergeometric(marginal)
    if abs(peak.theta[1]) > TAU_LIMIT or abs(peak.theta[0]) > 15:
        raise NoFit("the likelihood grows without bound")
    at_zero = peak.theta[1] ** 2 < 1e-10
    information = peak.information[:1, :1] if at_zero else peak.information
    y, v = _own(a, n, c, m, kind)
    return TwoGroups(
        kind=kind,
        k=len(a),
        mu=float(peak.theta[0]),
        se=float(np.sqrt(np.linalg.inv(information)[0, 0])),
        tau2=0.0 if at_zero else float(peak.theta[1] ** 2),
        Q=max(0.0, 2 * (best - flat)),
        Q_wald=float(np.sum((y - np.sum(y / v) / np.sum(1 / v)) ** 2 / v)) if len(y) else 0.0,
    )


def _binomial(x: Floats, n: Floats) -> float:
    """The log-likelihood with a proportion for each study."""
    return float(np.sum(xlogy(x, x / n) + xlogy(n - x, (n - x) / n)))


def _own(a: Floats, n: Floats, c: Floats, m: Floats, kind: str) -> tuple[Floats, Floats]:
    """Each study's own effect and variance as Wald's test has them; without a finite one it adds nothing."""
    if kind == "CM.AL":
        inside = (a > 0) & (c > 0)
        a, n, c, m = a[inside], n[inside], c[inside], m[inside]
        return np.log(a / c) - np.log(n / m), 1 / a + 1 / c
    inside = (a > 0) & (c > 0) & (a < n) & (c < m)
    a, n, c, m = a[inside], n[inside], c[inside], m[inside]
    return logit(a / n) - logit(c / m), 1 / a + 1 / (n - a) + 1 / c + 1 / (m - c)


# ---- given all events -----------------------------------------------------------------------------------------------


def _conditional(a: Floats, n: Floats, c: Floats, m: Floats, kind: str, points: int) -> Marginal:
    ones = np.ones((len(a), 1))
    if kind == "CM.AL":
        return Marginal(Binomial(a, a + c), ones, np.log(n / m), points)
    total = a + c
    least, most = np.maximum(0, total - m), np.minimum(n, total)
    if float((most - least).max()) * len(a) * points > MOST_PLACES:
        raise NoFit("the counts are too large for the exact conditional model; UM.FS and CM.AL have no such limit")
    s = least + np.arange(int((most - least).max()) + 1, dtype=float)[:, None]
    inside = s <= most
    s = np.minimum(s, most)
    ways = -gammaln(s + 1) - gammaln(n - s + 1) - gammaln(total - s + 1) - gammaln(m - total + s + 1)
    return Marginal(
        Hypergeometric(a, np.asarray(s, float), np.where(inside, ways - ways.max(axis=0), -np.inf)), ones, 0 * a, points
    )


def _best_hypergeometric(marginal: Marginal) -> float:
    """The log-likelihood with an odds ratio for each study: of those with one inside the support by Newton's method."""
    family = marginal.family
    assert isinstance(family, Hypergeometric)
    support = np.where(np.isfinite(family.ways), family.places, np.nan)
    edge_low, edge_high = family.x == np.nanmin(support, axis=0), family.x == np.nanmax(support, axis=0)
    b = np.zeros(len(family.x))
    for _ in range(200):
        l1, l2 = family.slopes(b, 2)
        b = np.clip(b + np.clip(l1 / np.maximum(-l2, 1e-12), -1, 1), -40, 40)
    b = np.where(edge_low, -60, np.where(edge_high, 60, b))
    return float(family.level_and_slopes(np.where(edge_low & edge_high, 0, b))[0].sum())


@dataclass(frozen=True, eq=False)
class Hypergeometric(Family):
    """x (K,) events of group 1; `places` (S, K) it could have been, `ways` the logs of how often, -inf for none."""

    x: Floats
    places: Floats
    ways: Floats

    def tiled(self, times: int) -> Hypergeometric:
        return Hypergeometric(np.tile(self.x, times), np.tile(self.places, times), np.tile(self.ways, times))

    def _shares(self, eta: Floats) -> tuple[Floats, Floats, Floats]:
        """Probabilities (S, …, K), the distances of places from x, and the log of the normalising sum."""
        shape = (len(self.ways), *[1] * (eta.ndim - 1), len(self.x))
        away = (self.places - self.x).reshape(shape)
        height = self.ways.reshape(shape) + away * eta
        top = height.max(axis=0)
        p = np.exp(height - top)
        total = p.sum(axis=0)
        return p / total, away, top + np.log(total)

    def slopes(self, eta: Floats, order: int) -> list[Floats]:
        p, away, _ = self._shares(eta)
        mean = (p * away).sum(axis=0)
        d = away - mean
        second = (p * d**2).sum(axis=0)
        found = [-mean, -second]
        if order > 2:
            found += [-(p * d**3).sum(axis=0), 3 * second**2 - (p * d**4).sum(axis=0)]
        return found

    def level_and_slopes(self, eta: Floats) -> list[Floats]:
        return [-self._shares(eta)[2], *self.slopes(eta, 2)]


# ---- fixed effects of studies ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Arms(Family):
    """Both groups of a study, logits own ± eta / 2."""

    first: Binomial
    second: Binomial
    own: Floats

    def tiled(self, times: int) -> _Arms:
        return _Arms(self.first.tiled(times), self.second.tiled(times), np.tile(self.own, times))

    def slopes(self, eta: Floats, order: int) -> list[Floats]:
        one, two = self.first.slopes(self.own + eta / 2, order), self.second.slopes(self.own - eta / 2, order)
        return [(a + (-1) ** r * b) / 2**r for r, (a, b) in enumerate(zip(one, two, strict=True), 1)]

    def level_and_slopes(self, eta: Floats) -> list[Floats]:
        one = self.first.level_and_slopes(self.own + eta / 2)
        two = self.second.level_and_slopes(self.own - eta / 2)
        return [(a + (-1) ** r * b) / 2**r for r, (a, b) in enumerate(zip(one, two, strict=True))]


@dataclass(frozen=True, eq=False)
class _FixedStudies(Surface):
    """Likelihood of (mu, tau), each study's own logit at its best: derivatives by that logit are by differences."""

    a: Floats
    n: Floats
    c: Floats
    m: Floats
    points: int

    def start(self) -> Floats:
        own = (logit((self.a + 0.5) / (self.n + 1)) + logit((self.c + 0.5) / (self.m + 1))) / 2
        return np.asarray(np.concatenate([own, np.zeros(len(own))])[None])

    def at(self, theta: Floats, near: Floats) -> Points:
        rows = [self._one(t, s) for t, s in zip(theta, near, strict=True)]
        level, slope, bend, states = (np.array(part) for part in zip(*rows, strict=True))
        return Points(theta, level, slope, bend, states)

    def _one(self, theta: Floats, near: Floats) -> tuple[float, Floats, Floats, Floats]:
        k = len(self.a)
        own, mode = near[:k], np.tile(near[k:], 5)
        first, second = Binomial(self.a, self.n).tiled(5), Binomial(self.c, self.m).tiled(5)
        e, tau = np.full(5 * k, theta[0]), np.full(5 * k, theta[1])
        for _ in range(50):
            family = _Arms(first, second, (own + STENCIL[:, None]).ravel())
            found = evaluate(family, e, tau, mode, self.points)
            mode, level = found.mode, found.loglik.reshape(5, k)
            bend = np.minimum(SECOND @ level, -1e-10)
            step = np.clip(-(FIRST @ level) / bend, -1, 1)
            if np.abs(step).max() < 1e-9:
                break
            own = own + step
        by = [part.reshape(5, k) for part in (found.by_e, found.by_t)]
        across = np.array([FIRST @ part for part in by])
        inner = [part.reshape(5, k)[2] for part in (found.by_ee, found.by_et, found.by_tt)]
        whole = np.array([[inner[0], inner[1]], [inner[1], inner[2]]]) - across[:, None] * across / bend
        slope = np.array([part[2].sum() for part in by])
        return float(level[2].sum()), slope, whole.sum(axis=2), np.concatenate([own, mode.reshape(5, k)[2]])


def _highest_fixed(surface: _FixedStudies) -> tuple[Peak, float]:
    """The highest peak, and the height without a spread between treatment effects."""
    zero = climb(Held(surface, 1, 0.0), Held(surface, 1, 0.0).at(np.zeros((1, 1)), surface.start()))
    at = surface.at(np.array([[zero.theta[0], 0.0]]), zero.near)
    peaks = [climb(surface, surface.at(np.array([[zero.theta[0], tau]]), at.near)) for tau in STARTS]
    if at.hessian[0, 1, 1] <= 0:
        peaks.append(Peak(at.theta[0], float(at.loglik[0]), -at.hessian[0], at.near))
    best = max(peaks, key=lambda peak: (peak.loglik > zero.loglik + 1e-10, peak.loglik))
    if not best.settled:
        raise NoFit("the search for the maximum of the likelihood did not converge")
    return best, zero.loglik
