"""A multiverse: the pooled proportion under every defensible combination of choices (Steegen et al. 2016, Perspect
Psychol Sci 11:702), with the rows of a specification curve (Simonsohn, Simmons & Nelson 2020, Nat Hum Behav 4:1208)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats import printing
from pipeline.stats.inference import Interval
from pipeline.stats.pool import checked, pool_proportions
from pipeline.stats.result import Fit, Result

MEASURES = ("PLO", "PAS")
METHODS = ("DL", "REML", "PM")
TESTS = ("z", "knha", "adhoc")
ALL = "all studies"


@dataclass(frozen=True, kw_only=True)
class Specification(Result):
    """One combination of choices, and what it gives on [0, 1]. `model` is what was fitted; `warnings` are the fit's."""

    inclusion: str
    model: str
    measure: str
    method: str
    test: str
    k: int
    proportion: float
    ci: Interval
    pi: Interval
    tau2: float
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Multiverse(Result):
    """All specifications, by rising proportion; `low`, `median` and `high` are of their proportions.

    `excluding` is the share of specifications whose confidence interval excludes `value`; None where none was given.
    The specifications use the same studies, so that their share is no probability.
    """

    level: float
    specifications: tuple[Specification, ...]
    low: float
    median: float
    high: float
    value: float | None
    excluding: float | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        percent = f"{100 * self.level:g} %"
        head = ["inclusion", "model", "measure", "method", "test", "k", "proportion", f"{percent} CI", f"{percent} PI"]
        lines = [
            f"Multiverse of {len(self.specifications)} specifications: proportion {self.median:.4f} (median), "
            f"{self.low:.4f} to {self.high:.4f}"
        ]
        if self.value is not None and self.excluding is not None:
            lines.append(f"{100 * self.excluding:.0f} % of the confidence intervals exclude {self.value:g}")
        return "\n".join([*lines, "", *printing.table(head, self._cells()), *printing.notes(self.warnings)])

    def _cells(self) -> list[list[str]]:
        return [
            [s.inclusion, s.model, s.measure, s.method, s.test, str(s.k), f"{s.proportion:.4f}"]
            + [printing.intervals(each).strip() for each in (s.ci, s.pi)]
            for s in self.specifications
        ]


def multiverse(
    events: ArrayLike,
    n: ArrayLike,
    measures: Sequence[str] = MEASURES,
    methods: Sequence[str] = METHODS,
    tests: Sequence[str] = TESTS,
    inclusion: Mapping[str, ArrayLike] | None = None,
    glmm: bool = True,
    level: float = 0.95,
    value: float | None = None,
) -> Multiverse:
    """Fit every measure × method × test × inclusion set, each as `pool_proportions` does, and, with `glmm`, the GLMM of
    each set with z and with t.

    events and n as there, shape (k,). `inclusion` names sets of studies by masks of shape (k,), True where a study is
    in; without it there is one, "all studies". Raises ValueError that names the value and what is allowed.
    """
    x, size = checked(events, n)
    if value is not None and not 0 <= value <= 1:
        raise ValueError(f"value = {value}: a proportion, between 0 and 1")
    for name, choices in {"measures": measures, "methods": methods, "tests": tests}.items():
        if not choices:
            raise ValueError(f"{name}: at least one")
    sets = _masks(inclusion, len(x))
    found = [
        _specification(name, fit)
        for name, mask in sets.items()
        for fit in _fits(x[mask], size[mask], measures, methods, tests, glmm, level)
    ]
    found.sort(key=lambda s: (s.proportion, s.inclusion, s.model, s.measure, s.method, s.test))
    proportions = [s.proportion for s in found]
    outside = None if value is None else float(np.mean([not s.ci[0] <= value <= s.ci[1] for s in found]))
    return Multiverse(
        level=level,
        specifications=tuple(found),
        low=proportions[0],
        median=float(np.median(proportions)),
        high=proportions[-1],
        value=value,
        excluding=outside,
        warnings=("the specifications share their studies: their number is no evidence",),
    )


def _masks(inclusion: Mapping[str, ArrayLike] | None, k: int) -> dict[str, np.ndarray]:
    if inclusion is None:
        return {ALL: np.ones(k, bool)}
    masks = {name: np.asarray(mask) for name, mask in inclusion.items()}
    if not masks:
        raise ValueError("inclusion: at least one set of studies")
    for name, mask in masks.items():
        if mask.dtype != bool or mask.shape != (k,) or not mask.any():
            raise ValueError(f'inclusion "{name}": must be {k} values True or False, one for each study, not all False')
    return masks


def _fits(
    x: ArrayLike,
    n: ArrayLike,
    measures: Sequence[str],
    methods: Sequence[str],
    tests: Sequence[str],
    glmm: bool,
    level: float,
) -> Iterator[Fit]:
    for measure, method, test in product(measures, methods, tests):
        yield pool_proportions(x, n, measure=measure, method=method, test=test, level=level)
    if glmm:
        fits = [pool_proportions(x, n, model="glmm", test=t, level=level, profile=False) for t in ("z", "t")]
        yield from (fit for fit in fits if fit.model == "glmm")  # what it falls back to is among the others


def _specification(inclusion: str, fit: Fit) -> Specification:
    return Specification(
        inclusion=inclusion,
        model=fit.model,
        measure=fit.measure,
        method=fit.method,
        test=fit.test,
        k=fit.k,
        proportion=fit.proportion,
        ci=fit.proportion_ci,
        pi=fit.proportion_pi,
        tau2=fit.tau2,
        warnings=fit.warnings,
    )
