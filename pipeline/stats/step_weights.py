"""Likelihood of effects that were selected by their p-value: normal effects, weights that are a step function.

Study i was observed with a probability proportional to w(p_i), w = delta_j where p_i lies in the j-th interval between
the steps, and so has the density w(p_i) N(y_i; mu, v_i + tau²) / A_i with A_i = Σ_j delta_j P(p in interval j)
(Hedges 1992, Stat Sci 7:246; Vevea & Hedges 1995, Psychometrika 60:419). delta_1 = 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats.effects import Floats
from pipeline.stats.special import ndtr, ndtri

Index = NDArray[np.intp]

ALTERNATIVES = ("greater", "less", "two.sided")
#: below this A_i is 0 in floating point
TINY = 1e-300
LOG_2_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class Selected:
    """Effects y, variances v and the interval of each study's p, all (k,). The m pieces into which the steps cut the
    line of effects have the ends `edges` (k, m + 1), ascending, and the intervals `piece` (m,)."""

    y: Floats
    v: Floats
    interval: Index
    edges: Floats
    piece: Index

    @property
    def intervals(self) -> int:
        return int(self.piece.max()) + 1


def p_values(y: Floats, v: Floats, alternative: str) -> Floats:
    """Of each study, one-sided for an effect above (greater) or below (less) 0, or two-sided; (k,)."""
    z = y / np.sqrt(v)
    if alternative == "two.sided":
        return np.asarray(2 * ndtr(-np.abs(z)))
    return np.asarray(ndtr(-z if alternative == "greater" else z))


def selected(y: Floats, v: Floats, steps: Floats, alternative: str) -> Selected:
    """`steps` ascending between 0 and 1, without the ends; p on a step counts below it."""
    last = len(steps)
    interval = np.searchsorted(steps, p_values(y, v, alternative), side="left")
    if alternative == "two.sided":
        cuts = -ndtri(steps / 2)  # descending
        line, piece = np.concatenate([-cuts, cuts[::-1]]), np.concatenate([np.arange(last + 1), np.arange(last)[::-1]])
    elif alternative == "greater":
        line, piece = -ndtri(steps)[::-1], np.arange(last + 1)[::-1]
    else:
        line, piece = ndtri(steps), np.arange(last + 1)
    ends = np.concatenate([[-np.inf], line, [np.inf]])
    return Selected(y, v, interval, np.sqrt(v)[:, None] * ends, piece)


def loglik(data: Selected, mu: float, tau2: float, delta: Floats) -> tuple[float, Floats]:
    """Log-likelihood, and its derivatives by mu, tau² and delta_2 … delta_J, shape (J + 1,)."""
    variance = data.v + tau2
    s, r = np.sqrt(variance), data.y - mu
    u = (data.edges - mu) / s[:, None]
    shares = np.diff(ndtr(u), axis=1)
    weights = delta[data.piece]
    a = np.maximum(shares @ weights, TINY)
    density = np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    lean = np.zeros_like(density)
    inner = np.isfinite(u)
    lean[inner] = density[inner] * u[inner]
    value = float(
        np.sum(np.log(delta[data.interval]) - (np.log(variance) + LOG_2_PI + r**2 / variance) / 2 - np.log(a))
    )
    by_mu = np.sum(r / variance + np.diff(density, axis=1) @ weights / (s * a))
    by_tau2 = np.sum((r**2 / variance - 1 + np.diff(lean, axis=1) @ weights / a) / (2 * variance))
    counts = np.bincount(data.interval, minlength=data.intervals)
    expected = np.bincount(data.piece, weights=(shares / a[:, None]).sum(axis=0), minlength=data.intervals)
    return value, np.array([by_mu, by_tau2, *(counts / delta - expected)[1:]])
