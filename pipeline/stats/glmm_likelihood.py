"""Marginal likelihood of studies with a normal random effect each, with its exact first and second derivatives.

A study's predictor is eta = e + tau z with z ~ N(0, 1), its log-density given z is g(z) = l(eta) - z²/2. The integral
over z is by adaptive Gauss-Hermite quadrature: `points` nodes z_j = m + s t_j around the mode m of g, with
s = (-g''(m))^(-1/2) (Liu & Pierce 1994; Pinheiro & Bates 1995); one point is Laplace's approximation. The nodes move
with the parameters, and the derivatives are those of the approximation itself, so that its optimum is the one that
lme4 and metafor look for.

Suffixes: `_e`, `_t` are derivatives by e and tau, `_ee`, `_et`, `_tt` second ones; l1 … l4 are derivatives of l by eta.
Arrays have the studies (K,) as their last axis, before it the nodes where there are any. h = 1 - tau² l2 = -g''(m).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.glmm_families import Family


class Studies(NamedTuple):
    """Of each study (K,): log-likelihood, its derivatives by e and tau, and the mode of z."""

    loglik: Floats
    by_e: Floats
    by_t: Floats
    by_ee: Floats
    by_et: Floats
    by_tt: Floats
    mode: Floats


@dataclass(frozen=True, eq=False)
class Rule:
    """Nodes t (M, 1) for the weight exp(-t²/2) / sqrt(2 pi), and log(weight) + t²/2 (M, 1)."""

    nodes: Floats
    log_weights: Floats


@cache
def rule(points: int) -> Rule:
    """Raises ValueError for less than one point."""
    if points < 1:
        raise ValueError(f"points = {points}: quadrature needs at least 1")
    t, w = np.polynomial.hermite_e.hermegauss(points)
    return Rule(t[:, None], (np.log(w) + t**2 / 2 - np.log(2 * np.pi) / 2)[:, None])


def evaluate(family: Family, e: Floats, tau: Floats, near: Floats, points: int) -> Studies:
    """At predictors e and spreads tau, shapes (K,); `near` (K,) are where the modes may lie."""
    at = _Mode(family, e, tau, modes(family, e, tau, near))
    return _integrated(family, e, tau, at, rule(points))


class _Mode:
    """The mode m of z, s, and log s, with their first and second derivatives by the implicit function theorem."""

    def __init__(self, family: Family, e: Floats, tau: Floats, m: Floats) -> None:
        l1, l2, l3, l4 = family.slopes(e + tau * m, 4)
        t2 = tau * tau
        inverse = 1 / (1 - t2 * l2)
        m_e, m_t = tau * l2 * inverse, (l1 + tau * m * l2) * inverse
        eta_e, eta_t = inverse, m + tau * m_t  # 1 + tau m_e = 1 / h
        bend_e, bend_t = tau * l3 * eta_e, tau * l3 * eta_t
        m_ee = bend_e * eta_e * inverse
        m_et = (l2 * (eta_e + tau * m_e) + bend_e * eta_t) * inverse
        m_tt = (2 * l2 * (eta_t + tau * m_t) + bend_t * eta_t) * inverse
        eta_ee, eta_et, eta_tt = tau * m_ee, m_e + tau * m_et, 2 * m_t + tau * m_tt
        half = -inverse / 2
        a_e, a_t = half * -t2 * l3 * eta_e, half * (-t2 * l3 * eta_t - 2 * tau * l2)  # of log s = -log(h) / 2
        a_ee = half * -t2 * (l4 * eta_e * eta_e + l3 * eta_ee) + 2 * a_e * a_e
        a_et = half * (-t2 * (l4 * eta_e * eta_t + l3 * eta_et) - 2 * bend_e) + 2 * a_e * a_t
        a_tt = half * (-t2 * (l4 * eta_t * eta_t + l3 * eta_tt) - 4 * bend_t - 2 * l2) + 2 * a_t * a_t
        s = np.sqrt(inverse)
        self.m, self.m_e, self.m_t, self.m_ee, self.m_et, self.m_tt = m, m_e, m_t, m_ee, m_et, m_tt
        self.a, self.a_e, self.a_t, self.a_ee, self.a_et, self.a_tt = np.log(s), a_e, a_t, a_ee, a_et, a_tt
        self.s, self.s_e, self.s_t = s, s * a_e, s * a_t
        self.s_ee, self.s_et, self.s_tt = s * (a_ee + a_e * a_e), s * (a_et + a_e * a_t), s * (a_tt + a_t * a_t)


def _integrated(family: Family, e: Floats, tau: Floats, at: _Mode, rule: Rule) -> Studies:
    """Sums over nodes, whose share of the likelihood is `share`: of g's derivatives along the moving nodes."""
    t = rule.nodes
    z, z_e, z_t = at.m + at.s * t, at.m_e + at.s_e * t, at.m_t + at.s_t * t
    level, l1, l2 = family.level_and_slopes(e + tau * z)
    height = level - z * z / 2 + rule.log_weights
    top = height.max(axis=0)
    share = np.exp(height - top)
    total = share.sum(axis=0)
    share /= total

    down = tau * l1 - z  # dg / dz
    g_e, g_t = l1 + down * z_e, l1 * z + down * z_t
    eta_e, eta_t = 1 + tau * z_e, z + tau * z_t
    bent = l2 * eta_e
    g_ee = bent * eta_e - z_e * z_e + down * (at.m_ee + at.s_ee * t)
    g_et = bent * eta_t - z_e * z_t + down * (at.m_et + at.s_et * t) + l1 * z_e
    g_tt = l2 * eta_t * eta_t - z_t * z_t + down * (at.m_tt + at.s_tt * t) + 2 * l1 * z_t
    mean_e, mean_t = (share * g_e).sum(axis=0), (share * g_t).sum(axis=0)
    return Studies(
        loglik=at.a + top + np.log(total),
        by_e=at.a_e + mean_e,
        by_t=at.a_t + mean_t,
        by_ee=at.a_ee + (share * (g_ee + g_e * g_e)).sum(axis=0) - mean_e * mean_e,
        by_et=at.a_et + (share * (g_et + g_e * g_t)).sum(axis=0) - mean_e * mean_t,
        by_tt=at.a_tt + (share * (g_tt + g_t * g_t)).sum(axis=0) - mean_t * mean_t,
        mode=at.m,
    )


def modes(family: Family, e: Floats, tau: Floats, near: Floats) -> Floats:
    """Mode of each study's z, the root of f(z) = tau l1(e + tau z) - z, by Newton's method from `near`.

    Steps are held to 3 units of eta: beyond, the second derivative says little of a likelihood like exp(-exp(eta)).
    """
    z = near
    reach = 3 / np.maximum(np.abs(tau), 1e-9)
    for _ in range(40):
        l1, l2 = family.slopes(e + tau * z, 2)
        step = (tau * l1 - z) / (1 - tau * tau * l2)
        step = np.minimum(np.maximum(step, -reach), reach)
        z = z + step
        if (np.abs(step) <= 1e-8 * (1 + np.abs(z))).all():  # the next step would be of the order of its square
            return z
    return _modes_in_brackets(family, e, tau)


def _modes_in_brackets(family: Family, e: Floats, tau: Floats) -> Floats:
    """f falls by 1 or more for each 1 of z, so its root lies between 0 and f(0): Newton's steps, kept inside a bracket
    that closes. Undamped they can run away."""
    z = np.zeros_like(e)
    at_zero = tau * family.slopes(e, 2)[0]
    low, high = np.minimum(at_zero, 0), np.maximum(at_zero, 0)
    for _ in range(300):
        l1, l2 = family.slopes(e + tau * z, 2)
        f = tau * l1 - z
        low, high = np.where(f > 0, z, low), np.where(f < 0, z, high)
        step = f / (1 - tau * tau * l2)
        settled = np.abs(step) <= 1e-14 * (1 + np.abs(z))
        outside = ~settled & ((z + step <= low) | (z + step >= high))
        z = np.where(outside, (low + high) / 2, z + step)
        if settled.all():
            break
    return z
