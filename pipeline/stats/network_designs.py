"""The designs of a network: the sets of treatments that its studies compare, and the model in which each has effects of
its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.heterogeneity import chi2_tail
from pipeline.stats.network_result import QTest
from pipeline.stats.sample import Index, Sample, Weighted
from pipeline.stats.weighting import WEIGHTED_SUMS, add_up
from pipeline.stats.within_studies import WithinStudies, network_sample

Design = tuple[int, ...]


def designs_of(study: Index, treatment: Index) -> list[Design]:
    """The treatments of each study, in its order."""
    starts = np.searchsorted(study, np.arange(1, int(study[-1]) + 1))
    return [tuple(part.tolist()) for part in np.split(treatment, starts)]


def design_name(treatments: Sequence[str], design: Design) -> str:
    """Its treatments with colons between."""
    return ":".join(treatments[t] for t in design)


@dataclass(frozen=True, eq=False)
class WithinDesigns(Sample):
    """The full design-by-treatment interaction (Higgins et al. 2012, Res Synth Methods 3:98): a network for each
    design, with one tau². y and v hold the arms design by design. What is asked of all is the sum over designs."""

    designs: tuple[Design, ...]
    parts: tuple[WithinStudies, ...]

    @property
    def p(self) -> int:
        return sum(part.p for part in self.parts)

    def at(self, w: Floats) -> Weighted:
        parts = [part.at(own) for part, own in zip(self.parts, self._shares(w), strict=True)]
        size = sum(part.coefficients.shape[-1] for part in parts)
        covariance, first = np.zeros((*w.shape[:-1], size, size)), 0
        for part in parts:
            last = first + part.coefficients.shape[-1]
            covariance[..., first:last, first:last] = part.covariance
            first = last
        sums = {name: sum(getattr(part, name) for part in parts) for name in WEIGHTED_SUMS}
        return Weighted(np.concatenate([part.coefficients for part in parts], axis=-1), covariance, **sums)

    def generalised_q(self, tau2: Floats | float) -> tuple[Floats, Floats]:
        return add_up([part.generalised_q(tau2) for part in self.parts])

    def score(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats]:
        return add_up([part.score(tau2, restricted) for part in self.parts])

    def score_slopes(self, tau2: Floats, restricted: bool) -> tuple[Floats, Floats, Floats, Floats]:
        return add_up([part.score_slopes(tau2, restricted) for part in self.parts])

    def trace(self, w: Floats, a: Floats | float = 1.0) -> Floats:
        shares = zip(self.parts, self._shares(w), self._shares(np.broadcast_to(a, w.shape)), strict=True)
        return np.asarray(sum(part.trace(*own) for part, *own in shares))

    def trace_product(self, w: Floats, a: Floats | float = 1.0, b: Floats | float = 1.0) -> Floats:
        each = (self._shares(np.broadcast_to(c, w.shape)) for c in (w, a, b))
        return np.asarray(sum(part.trace_product(*own) for part, *own in zip(self.parts, *each, strict=True)))

    def _shares(self, a: Floats) -> list[Floats]:
        """Of an array (…, N): the arms of each part."""
        return np.split(a, np.cumsum([part.k for part in self.parts])[:-1], axis=-1)


def within_designs(yi: Floats, vi: Floats, study: Index, treatment: Index) -> WithinDesigns:
    """The studies of each design by themselves."""
    designs = designs_of(study, treatment)
    place = {design: i for i, design in enumerate(sorted(set(designs)))}
    of_arm = np.array([place[design] for design in designs])[study]
    parts = []
    for i in place.values():
        arms = np.flatnonzero(of_arm == i)
        codes = (np.unique(of[arms], return_inverse=True)[1] for of in (study, treatment))
        parts.append(network_sample(yi[arms], vi[arms], *codes))
    y, v = (np.concatenate([getattr(part, name) for part in parts]) for name in "yv")
    return WithinDesigns(y, v, tuple(place), tuple(parts))


def q_test(q: float, df: int) -> QTest:
    """Rounding errors below 0 are 0; without degrees of freedom Q is 0 and p 1."""
    q = max(0.0, q) if df > 0 else 0.0
    return QTest(Q=q, df=df, p=chi2_tail(q, df) if df > 0 else 1.0)
