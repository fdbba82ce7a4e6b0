"""Weighted least squares at given values of tau²: what every estimator of tau² is made of.

Notation: y_i effects, v_i sampling variances, w_i = 1 / (v_i + tau²), X (k, p) the design, W = diag(w), and
P = W - W X (X'WX)^-1 X'W (Viechtbauer 2005, section 2). k studies, p coefficients.

Three kinds of design: `OneMean` (the usual meta-analysis, or many at once), `Groups`, one mean for each group of
studies, and `Columns`, any matrix of full rank (meta-regression). Traces of P are sums of positive terms in the first
two, so that one study with nearly all the weight does not cost digits.

Shapes: a sample has a `shape`, () for one meta-analysis and (M,) for M at once; values of tau² may have further axes in
front of it, (…, *shape), and so have the answers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.stats.effects import Floats

Index = np.ndarray[tuple[int], np.dtype[np.intp]]


@dataclass(frozen=True, eq=False)
class Weighted:
    """What sets of weights (…, k) give: `coefficients` (…, p), `covariance` (…, p, p), the others (…)."""

    coefficients: Floats
    covariance: Floats  # (X'WX)^-1
    log_det: Floats  # log det X'WX
    rss: Floats  # y'Py = sum w (y - Xb)²
    rss2: Floats  # y'PPy = sum w² (y - Xb)²
    trace: Floats  # tr P
    trace2: Floats  # tr PP
    log_weights: Floats  # sum log w
    total: Floats  # sum w


@dataclass(frozen=True, eq=False)
class Sample(ABC):
    """Effects and sampling variances, each (k,)."""

    y: Floats
    v: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """() for one meta-analysis, (M,) for M at once."""
        return ()

    @property
    def k(self) -> int:
        return int(self.y.shape[-1])

    @property
    @abstractmethod
    def p(self) -> int:
        """Number of coefficients."""

    @property
    def df(self) -> int:
        return self.k - self.p

    @property
    def here(self) -> Floats:
        """1 for each study, (*shape, k); 0 for one that is absent from its meta-analysis."""
        return np.ones(self.y.shape)

    @cached_property
    def sizes(self) -> Floats:
        """Number of studies, as an array of `shape`."""
        return np.asarray(self.here.sum(axis=-1))

    @cached_property
    def free(self) -> Floats:
        """Degrees of freedom, as an array of `shape`."""
        return self.sizes - self.p

    @cached_property
    def variances(self) -> tuple[Floats, Floats, Floats]:
        """Least, mean and largest sampling variance."""
        return np.asarray(self.v.min(axis=-1)), np.asarray(self.v.mean(axis=-1)), np.asarray(self.v.max(axis=-1))

    @cached_property
    def crude(self) -> Floats:
        """Mean square of the effects about their plain mean."""
        return np.asarray(np.mean((self.y - self.y.mean(axis=-1, keepdims=True)) ** 2, axis=-1))

    @cached_property
    def ceiling(self) -> Floats:
        """A tau² above which no likelihood has a peak.

        In an orthonormal basis of the residual space in which the variances are diagonal, l_j, with z_j the effects
        there, the restricted likelihood's slope is half of sum z_j² / (l_j + tau²)² - sum 1 / (l_j + tau²). All l_j lie
        between the least and the largest v, and sum z_j² is the residual sum of squares of unweighted least squares,
        so the slope is negative from s² + max v, s² = sum z_j² / df; that of the full likelihood is smaller still.
        """
        return self.at(self.here).rss / np.maximum(self.free, 1) + self.variances[2]

    @cached_property
    def q_at_zero(self) -> tuple[Floats, Floats]:
        """`generalised_q` at 0: Cochran's Q."""
        return self.generalised_q(np.zeros(self.shape))

    @cached_property
    def typical_variance(self) -> Floats:
        """(k - p) / tr P at tau² = 0: Higgins & Thompson's (2002) typical sampling variance; infinite where k = p."""
        trace = self.score(np.zeros(self.shape), restricted=True)[1]
        return np.where(self.free >= 1, self.free, np.inf) / np.where(self.free >= 1, trace, 1.0)

    def take(self, rows: Index) -> Sample:
        """The meta-analyses at `rows` (N,) of a sample of many; one alone answers for all N."""
        return self

    def weigh(self, tau2: Floats) -> Weighted:
        """All sums at values of tau² (…, *shape)."""
        return self.at(self.here / (self.v + np.asarray(tau2)[..., None]))

    @abstractmethod
    def at(self, w: Floats) -> Weighted:
        """All sums at weights `w` (…, k)."""

    @abstractmethod
    def generalised_q(self, tau2: Floats | float) -> tuple[Floats, Floats]:
        """Q(tau²) = y'Py = sum w (y - Xb)², and how fast it falls, y'PPy."""

    @abstractmethod
    def score(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats]:
        """(y'PPy, tr P): half their difference is the slope of the restricted likelihood; for ML (y'PPy, tr W)."""

    @abstractmethod
    def score_slopes(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats, Floats, Floats]:
        """`score`, and how fast its parts fall: (y'PPy, tr P, 2 y'PPPy, tr PP); for ML tr W and tr WW."""

    @abstractmethod
    def trace(self, w: Floats, a: Floats | float = 1.0) -> Floats:
        """tr(P A) for weights (…, k) and a diagonal A (…, k)."""

    @abstractmethod
    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
        """tr(P A P B) for weights (…, k) and diagonal A and B (…, k)."""
