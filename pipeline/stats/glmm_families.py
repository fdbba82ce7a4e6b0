"""What a study's counts say about its linear predictor: log-densities with their derivatives.

A family holds its data and gives, for predictors eta of shape (..., K), the log-density and its derivatives up to an
order, each of that shape. All are concave in eta, so that a study's mode is unique. Constants are left out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.special import erfcx, expit, log_ndtr, logit, ndtr, ndtri

#: between these exp(eta) is a number of use
LOWEST, HIGHEST = -600.0, 30.0


@dataclass(frozen=True)
class Link:
    """`proportion(eta)` and its inverse `eta(p)`; `slope(eta)` is d proportion / d eta."""

    name: str
    proportion: Callable[[Floats], Floats]
    eta: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    symmetric: bool


class Family(ABC):
    """Data of K studies."""

    @abstractmethod
    def slopes(self, eta: Floats, order: int) -> list[Floats]:
        """Derivatives of the log-density from the first to the `order`th, which is 2 or 4."""

    @abstractmethod
    def level_and_slopes(self, eta: Floats) -> list[Floats]:
        """[log-density, first derivative, second derivative]."""

    @abstractmethod
    def tiled(self, times: int) -> Family:
        """The same studies again and again, to try several parameters at once."""


@dataclass(frozen=True, eq=False)
class Binomial(Family):
    """`events` of `n`, shape (K,), with a link of LINKS."""

    events: Floats
    n: Floats
    link: str = "logit"

    def slopes(self, eta: Floats, order: int) -> list[Floats]:
        return _SLOPES[self.link](self.events, self.n, eta, order)

    def level_and_slopes(self, eta: Floats) -> list[Floats]:
        return [_LEVELS[self.link](self.events, self.n, eta), *self.slopes(eta, 2)]

    def tiled(self, times: int) -> Binomial:
        return Binomial(np.tile(self.events, times), np.tile(self.n, times), self.link)


def _logit_level(x: Floats, n: Floats, eta: Floats) -> Floats:
    return np.asarray(x * eta - n * (np.maximum(eta, 0) + np.log1p(np.exp(-np.abs(eta)))))


def _logit_slopes(x: Floats, n: Floats, eta: Floats, order: int) -> list[Floats]:
    p = expit(eta)
    spread = p * (1 - p)
    second = -n * spread
    if order == 2:
        return [x - n * p, second]
    return [x - n * p, second, second * (1 - 2 * p), second * (1 - 6 * spread)]


def _probit_level(x: Floats, n: Floats, eta: Floats) -> Floats:
    return np.asarray(x * log_ndtr(eta) + (n - x) * log_ndtr(-eta))


def _probit_slopes(x: Floats, n: Floats, eta: Floats, order: int) -> list[Floats]:
    ahead, behind = _slopes_of_log_normal(eta, order), _slopes_of_log_normal(-eta, order)
    return [x * a - (n - x) * (-1) ** r * b for r, (a, b) in enumerate(zip(ahead, behind, strict=True))]


def _slopes_of_log_normal(t: Floats, order: int) -> list[Floats]:
    """Of log Phi(t): the first derivative is Mills' ratio m, the second -m (t + m)."""
    mills = np.sqrt(2 / np.pi) / erfcx(-t / np.sqrt(2))
    above = t + mills
    second = -mills * above
    if order == 2:
        return [mills, second]
    third = -second * above - mills * (1 + second)
    return [mills, second, third, -third * above - 2 * second * (1 + second) - mills * third]


def _cloglog_level(x: Floats, n: Floats, eta: Floats) -> Floats:
    """With w = exp(eta): log(1 - exp(-w)) for an event, -w for none."""
    w = np.exp(np.clip(eta, LOWEST, HIGHEST))
    return x * np.log(-np.expm1(-w)) - (n - x) * w


def _cloglog_slopes(x: Floats, n: Floats, eta: Floats, order: int) -> list[Floats]:
    """r = w / (exp(w) - 1) is the first derivative of log(1 - exp(-w)) by eta, r' = r (1 - w - r)."""
    w = np.exp(np.clip(eta, LOWEST, HIGHEST))
    r = w / np.expm1(np.minimum(w, 700))
    r *= w < 700
    a = 1 - w - r
    found = [r, r * a]
    if order > 2:
        a1 = -w - found[1]
        found.append(found[1] * a + r * a1)
        found.append(found[2] * a + 2 * found[1] * a1 - r * (w + found[2]))
    return [x * f - (n - x) * w for f in found]


_LEVELS: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "logit": _logit_level,
    "probit": _probit_level,
    "cloglog": _cloglog_level,
}
_SLOPES: dict[str, Callable[[Floats, Floats, Floats, int], list[Floats]]] = {
    "logit": _logit_slopes,
    "probit": _probit_slopes,
    "cloglog": _cloglog_slopes,
}


def _normal_density(eta: Floats) -> Floats:
    return np.asarray(np.exp(-(eta**2) / 2) / np.sqrt(2 * np.pi))


def _cloglog_proportion(eta: Floats) -> Floats:
    return np.asarray(-np.expm1(-np.exp(np.minimum(eta, HIGHEST))))


def _cloglog_slope(eta: Floats) -> Floats:
    w = np.exp(np.minimum(eta, HIGHEST))
    return np.asarray(w * np.exp(-w))


LINKS = {
    link.name: link
    for link in (
        Link("logit", expit, logit, lambda eta: np.asarray(expit(eta) * expit(-eta)), True),
        Link("probit", ndtr, ndtri, _normal_density, True),
        Link("cloglog", _cloglog_proportion, lambda p: np.asarray(np.log(-np.log1p(-p))), _cloglog_slope, False),
    )
}
