"""Permutation tests of a meta-regression: the moderators are dealt out anew among the studies, and the model is fitted
again (Higgins & Thompson 2004, Stat Med 23:1663; metafor's permutest). All permutations are fitted at once on arrays.

An effect and its variance stay together. To deal the rows of X out among the studies is to deal the studies out among
the rows of X, so X stays, and y and v change places.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.stats import printing
from pipeline.stats.design import INTERCEPT
from pipeline.stats.effects import Floats
from pipeline.stats.regression import wald_statistic, without_rounding
from pipeline.stats.regression_result import Moderated, Regression
from pipeline.stats.result import Result
from pipeline.stats.sample import Index
from pipeline.stats.tau2 import estimates
from pipeline.stats.two_step import variance_factor
from pipeline.stats.weighting import Columns

#: numbers that an array of one step may have
ROOM = 4_000_000
#: statistics that differ by less, relative to their size, are equal
SAME = 1e-8


@dataclass(frozen=True, kw_only=True)
class TermPermutation(Result):
    """The permutation p-value of all coefficients of a term."""

    term: str
    QM: float
    p: float


@dataclass(frozen=True, kw_only=True)
class PermutationTest(Result):
    """The share of permutations with a statistic at least as far from 0: `p` (p,) of the coefficients (|stat|), `QM_p`
    of all moderators, `tests` of each term.

    `exact`: all distinct `permutations` were fitted; else so many drawn by `seed`, the data as they are among them, so
    that no p is below 1 / permutations.
    """

    terms: tuple[str, ...]
    stat: tuple[float, ...]
    p: tuple[float, ...]
    QM: float
    QM_p: float
    tests: tuple[TermPermutation, ...]
    permutations: int
    exact: bool
    seed: int | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        kind = "all" if self.exact else f"seed {self.seed}"
        lines = [*zip(self.terms, self.stat, self.p, strict=True), ("moderators", self.QM, self.QM_p)]
        lines += [(f"{t.term} (term)", t.QM, t.p) for t in self.tests if len(self.tests) > 1]
        rows = [(name, f"{stat:.4f}", printing.p_value(p)) for name, stat, p in lines]
        title = f"Permutation test ({self.permutations} permutations, {kind})"
        return "\n".join([title, "", *printing.table(("", "statistic", "p"), rows), *printing.notes(self.warnings)])


def permutation_test(fit: Regression | Moderated, permutations: int = 1000, seed: int = 1) -> PermutationTest:
    """Of a meta-regression's coefficients and terms, with its own estimator of tau² and its own test.

    Exact where there are at most `permutations` distinct ways to deal the rows of X out. Raises ValueError for a GLMM,
    for fewer than 2 permutations, and where X is the same for all studies.
    """
    fit = fit.regression if isinstance(fit, Moderated) else fit
    if fit.model != "iv":
        raise ValueError(f'model = "{fit.model}": the permutation test is of the two-step model, "iv"')
    if permutations < 2:
        raise ValueError(f"permutations = {permutations}: must be 2 or more (1000 is usual)")
    ways = distinct(fit.design.X)
    if ways < 2:
        raise ValueError("permutations: the moderators are the same for all studies")
    exact = ways <= permutations
    order = every(fit.design.X) if exact else drawn(fit.k, permutations, seed)
    return _compared(fit, order, exact, seed)


def _compared(fit: Regression, order: Index, exact: bool, seed: int) -> PermutationTest:
    tested = [j for j, name in enumerate(fit.terms) if name != INTERCEPT] or [0]
    groups = [tested, *([fit.terms.index(name) for name in t.names] for t in fit.tests)]
    own = np.arange(fit.k)[None]
    stats, sums = _statistics(fit, own, groups)
    size = max(1, ROOM // (40 * fit.k * len(fit.terms)))
    parts = [_statistics(fit, order[i : i + size], groups) for i in range(0, len(order), size)]
    p = _share(np.abs(stats), np.abs(np.concatenate([a for a, _ in parts])))
    q = _share(sums, np.concatenate([b for _, b in parts]))
    few = f"there are only {len(order)} distinct permutations: no p is below {1 / len(order):.3f}"
    return PermutationTest(
        terms=fit.terms,
        stat=tuple(stats[0].tolist()),
        p=p,
        QM=float(sums[0, 0]),
        QM_p=q[0],
        tests=tuple(
            TermPermutation(term=t.term, QM=float(s), p=value)
            for t, s, value in zip(fit.tests, sums[0, 1:], q[1:], strict=True)
        ),
        permutations=len(order),
        exact=exact,
        seed=None if exact else seed,
        warnings=(few,) if len(order) < 20 else (),
    )


def _share(own: Floats, permuted: Floats) -> tuple[float, ...]:
    """For each column, the share of rows that are no smaller."""
    least = np.where(np.isinf(own), own, own * (1 - SAME) - SAME)
    return tuple(np.mean(permuted >= least, axis=0).tolist())


def _statistics(fit: Regression, order: Index, groups: list[list[int]]) -> tuple[Floats, Floats]:
    """(stat (M, p), QM of each group of coefficients (M, g)) of the studies in each `order` (M, k)."""
    sample = Columns(np.array(fit.yi)[order], np.array(fit.vi)[order], fit.design.X)
    at = sample.weigh(estimates(sample, fit.method).value)
    coefficients, rss = without_rounding(sample, at)
    factor = variance_factor(fit.test, rss, sample.df)
    covariance = at.covariance * factor[:, None, None]
    se = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        stats = np.nan_to_num(coefficients / se, nan=0.0, posinf=np.inf, neginf=-np.inf)
    sums = [wald_statistic(coefficients[:, g], covariance[:, np.array(g)[:, None], g]) for g in groups]
    return stats, np.stack(sums, axis=1) / [1 if fit.df is None else len(g) for g in groups]


# ---- permutations ---------------------------------------------------------------------------------------------------


def distinct(X: Floats) -> int:
    """Number of ways to deal the rows of X out that differ."""
    same = np.unique(X, axis=0, return_counts=True)[1]
    return math.factorial(len(X)) // math.prod(math.factorial(int(c)) for c in same)


def drawn(k: int, permutations: int, seed: int) -> Index:
    """(M, k): the studies as they are, then in random orders."""
    generator = np.random.default_rng(seed)
    rows = np.broadcast_to(np.arange(k), (permutations - 1, k))
    return np.concatenate([np.arange(k)[None], generator.permuted(rows, axis=1)])


def every(X: Floats) -> Index:
    """(M, k): one order of the studies for each distinct way to deal the rows of X out."""
    codes = np.unique(X, axis=0, return_inverse=True)[1].reshape(-1)
    arranged = np.array(list(_arrangements(codes.tolist())))
    to, kept = np.argsort(codes, kind="stable"), np.argsort(arranged, axis=1, kind="stable")
    order = np.empty_like(kept)
    order[:, to] = kept
    return order


def _arrangements(codes: list[int]) -> Iterator[list[int]]:
    """Each distinct arrangement of a list with repeats, in lexical order."""
    left = Counter(codes)
    if not left:
        yield []
    for code in sorted(left):
        rest = sorted((left - Counter([code])).elements())
        for tail in _arrangements(rest):
            yield [code, *tail]
