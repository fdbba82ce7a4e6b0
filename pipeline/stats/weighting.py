"""The designs of a meta-analysis: one mean, a mean for each group, any columns (see `sample` for the notation)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from pipeline.stats.columns import Columns
from pipeline.stats.effects import Floats
from pipeline.stats.sample import Index, Sample, Weighted

__all__ = [
    "Columns",
    "Groups",
    "Index",
    "OneMean",
    "Sample",
    "Weighted",
    "add_up",
    "grouped",
    "one_group",
    "trace",
    "trace_product",
]

#: effects that differ by less than this, relative to their size, are the same number
SAME = 1e-14
#: what is the sum over groups in `Weighted`
WEIGHTED_SUMS = ("log_det", "rss", "rss2", "trace", "trace2", "log_weights", "total")


# ---- one mean -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class OneMean(Sample):
    """The usual meta-analysis, y and v (k,), or M at once, (M, k). An absent study has 0 in `present`, y = 0, v = 1."""

    present: Floats | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.y.shape[:-1]

    @property
    def p(self) -> int:
        return 1

    @property
    def here(self) -> Floats:
        return np.ones(self.y.shape) if self.present is None else self.present

    @cached_property
    def variances(self) -> tuple[Floats, Floats, Floats]:
        if self.present is None:
            return self.v.min(axis=-1), self.v.mean(axis=-1), self.v.max(axis=-1)
        v, there = self.v, self.present > 0
        mean = (v * self.present).sum(axis=-1) / self.sizes
        return np.where(there, v, np.inf).min(axis=-1), mean, np.where(there, v, 0).max(axis=-1)

    @cached_property
    def _heaviest_first(self) -> tuple[Floats, Floats, Floats | float, Floats]:
        """(y - y of the most precise study, v, here), with that study in front, and its y (…, 1)."""
        if self.present is None:
            y, v = _in_front(self.v.argmin(axis=-1), self.y, self.v)
            here: Floats | float = 1.0
        else:
            first = np.where(self.present > 0, self.v, np.inf).argmin(axis=-1)
            y, v, here = _in_front(first, self.y, self.v, self.present)
        base = y[..., :1].copy()
        return y - base, v, here, base

    @cached_property
    def crude(self) -> Floats:
        y, _, here, _ = self._heaviest_first
        mean = (y * here).sum(axis=-1) / self.sizes
        return np.asarray((here * (y - mean[..., None]) ** 2).sum(axis=-1) / self.sizes)

    @cached_property
    def ceiling(self) -> Floats:
        y, _, here, _ = self._heaviest_first  # squares about any value are at least those about the mean
        return np.asarray(np.vecdot(here * y, y) / np.maximum(self.free, 1) + self.variances[2])

    def take(self, rows: Index) -> Sample:
        if not self.shape:
            return self
        return OneMean(self.y[rows], self.v[rows], None if self.present is None else self.present[rows])

    def _residuals(self, tau2: Floats | float) -> tuple[Floats, Floats, Floats, Floats]:
        """Weights, their sum, residuals, and the mean (…), less y of the most precise study."""
        y, v, here, _ = self._heaviest_first
        w = here / (v + np.asarray(tau2)[..., None])
        total = np.add.reduce(w, -1)
        mean = np.vecdot(w, y) / total
        return w, total, y - mean[..., None], mean

    def mean(self, tau2: Floats | float) -> tuple[Floats, Floats, Floats]:
        """(weighted mean, sum of weights, Q) at tau²."""
        w, total, residuals, mean = self._residuals(tau2)
        return mean + self._heaviest_first[3][..., 0], total, np.vecdot(w * residuals, residuals)

    def at(self, w: Floats) -> Weighted:
        y, base = self.y - self._heaviest_first[3], self._heaviest_first[3]
        total = w.sum(axis=-1)
        mean = np.vecdot(w, y) / total
        residuals = y - mean[..., None]
        pulls = w * residuals
        return Weighted(
            coefficients=mean[..., None] + base,
            covariance=(1 / total)[..., None, None],
            log_det=np.log(total),
            rss=np.vecdot(pulls, residuals),
            rss2=np.vecdot(pulls, pulls),
            trace=trace(w),
            trace2=trace_product(w),
            log_weights=np.log(np.where(self.here > 0, w, 1.0)).sum(axis=-1),
            total=total,
        )

    def generalised_q(self, tau2: Floats | float) -> tuple[Floats, Floats]:
        w, _, residuals, _ = self._residuals(tau2)
        pulls = w * residuals
        return np.vecdot(pulls, residuals), np.vecdot(pulls, pulls)

    def score(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats]:
        w, total, residuals, _ = self._residuals(tau2)
        pulls = w * residuals
        return np.vecdot(pulls, pulls), _trace_heaviest_first(w, total)[0] if restricted else total

    def score_slopes(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats, Floats, Floats]:
        w, total, residuals, _ = self._residuals(tau2)
        pulls = w * residuals
        rss2 = np.vecdot(pulls, pulls)
        fall = 2 * (np.vecdot(pulls * pulls, w) - np.vecdot(w, pulls) ** 2 / total)
        if not restricted:
            return rss2, total, fall, np.vecdot(w, w)
        tr, rest, rest2 = _trace_heaviest_first(w, total)
        first, others = w[..., 0], w[..., 1:]
        # sum w² - 2 sum w³ / sum w + (sum w² / sum w)², the first study's terms taken together: nothing cancels
        parts = (first * rest) ** 2 + rest2 * (2 * first**2 + rest2) - 2 * total * np.vecdot(others * others, others)
        return rss2, tr, fall, rest2 + parts / total**2

    def trace(self, w: Floats, a: Floats | float = 1.0) -> Floats:
        return trace(w, a)

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
        return trace_product(w, a, b)


def one_group(y: Floats, v: Floats, present: Floats | None = None) -> OneMean:
    """The usual meta-analysis, y and v (k,), or M at once (M, k), where `present` has 0 for an absent study, 1 else.

    Effects that are equal up to rounding become equal.
    """
    if present is None:
        low, high = y.min(axis=-1), y.max(axis=-1)
    else:
        y, v = np.where(present > 0, y, 0.0), np.where(present > 0, v, 1.0)
        low = np.where(present > 0, y, np.inf).min(axis=-1)
        high = np.where(present > 0, y, -np.inf).max(axis=-1)
    same = high - low <= SAME * np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
    if same.any():
        y = np.where(same[..., None], low[..., None], y)
    return OneMean(y, v, present)


def _in_front(first: Index, *arrays: Floats) -> list[Floats]:
    """Each array (…, k) with the entry at `first` (…) of its last axis exchanged with the one in front."""
    copies = [a.copy() for a in arrays]
    for a in copies:
        if first.ndim:
            rows = np.arange(len(first))
            a[rows, 0], a[rows, first] = a[rows, first], a[rows, 0]
        else:
            a[0], a[first] = float(a[first]), float(a[0])
    return copies


def _trace_heaviest_first(w: Floats, total: Floats) -> tuple[Floats, Floats, Floats]:
    """tr P, and the sums of the other weights and of their squares, for weights with the largest in front."""
    others = w[..., 1:]
    rest, rest2 = np.add.reduce(others, -1), np.vecdot(others, others)
    return rest + (w[..., 0] * rest - rest2) / total, rest, rest2


def others(a: Floats) -> Floats:
    """(…, k) → (…, k): for each entry the sum of all other entries of its row, without subtraction."""
    sums = np.zeros_like(a)
    sums[..., 1:] = np.cumsum(a, axis=-1)[..., :-1]
    sums[..., :-1] += np.cumsum(a[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return sums


def trace(w: Floats, a: Floats | float = 1.0) -> Floats:
    """tr(P A) of one group for weights (…, k) and a diagonal A (…, k)."""
    return np.asarray((w * others(w) * a).sum(axis=-1) / w.sum(axis=-1))


def trace_product(w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
    """tr(P A P B) of one group for weights (…, k) and diagonal A and B (…, k)."""
    total = w.sum(axis=-1)
    diagonal = ((w * others(w)) ** 2 * a * b).sum(axis=-1)
    rest = (w**2 * b * others(w**2 * a)).sum(axis=-1)
    return np.asarray((diagonal + rest) / total**2)


# ---- one mean for each group ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Groups(Sample):
    """`groups` holds the studies of each group as index arrays. What is asked of all is the sum over groups."""

    groups: tuple[Index, ...]

    @property
    def p(self) -> int:
        return len(self.groups)

    @cached_property
    def _parts(self) -> tuple[OneMean, ...]:
        return tuple(OneMean(self.y[g], self.v[g]) for g in self.groups)

    def at(self, w: Floats) -> Weighted:
        parts = [part.at(w[..., g]) for part, g in zip(self._parts, self.groups, strict=True)]
        precision = np.stack([part.total for part in parts], axis=-1)
        sums = {f: sum(getattr(part, f) for part in parts) for f in WEIGHTED_SUMS}
        coefficients = np.concatenate([part.coefficients for part in parts], axis=-1)
        return Weighted(coefficients, np.eye(self.p) / precision[..., None], **sums)

    def generalised_q(self, tau2: Floats | float) -> tuple[Floats, Floats]:
        return add_up([part.generalised_q(tau2) for part in self._parts])

    def score(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats]:
        return add_up([part.score(tau2, restricted) for part in self._parts])

    def score_slopes(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats, Floats, Floats]:
        return add_up([part.score_slopes(tau2, restricted) for part in self._parts])

    def trace(self, w: Floats, a: Floats | float = 1.0) -> Floats:
        a = np.broadcast_to(a, w.shape)
        return np.asarray(sum(trace(w[..., g], a[..., g]) for g in self.groups))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
        a, b = np.broadcast_to(a, w.shape), np.broadcast_to(b, w.shape)
        return np.asarray(sum(trace_product(w[..., g], a[..., g], b[..., g]) for g in self.groups))


def grouped(y: Floats, v: Floats, codes: Index) -> Groups:
    """`codes` (k,) numbers the groups from 0. Effects of a group that are equal up to rounding become equal."""
    groups = tuple(np.flatnonzero(codes == g) for g in range(int(codes.max()) + 1))
    y = y.copy()
    for members in groups:
        y[members] = one_group(y[members], v[members]).y
    return Groups(y, v, groups)


Sums = TypeVar("Sums", bound=tuple[Floats, ...])


def add_up(parts: Sequence[Sums]) -> Sums:
    """Tuples of sums, added entry by entry."""
    return tuple(sum(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]
