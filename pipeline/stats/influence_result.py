"""What is told of single studies and of their pull on the pooled effect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.stats import printing
from pipeline.stats.inference import Interval
from pipeline.stats.result import Result

Floats = NDArray[np.float64]
Numbers = tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class PerStudy(Result):
    """One row for each study; `study` names them."""

    method: str
    study: tuple[str, ...]
    warnings: tuple[str, ...]

    def _table(self, title: str, **columns: tuple[float | None, ...]) -> str:
        cells = [[printing.number(v, 0).strip() for v in column] for column in columns.values()]
        rows = [list(row) for row in zip(self.study, *cells, strict=True)]
        return "\n".join([title, "", *printing.table(["", *columns], rows), *printing.notes(self.warnings)])


@dataclass(frozen=True, kw_only=True)
class Refits(PerStudy):
    """Pooled effects of parts of the studies, one per row; names and units are those of `Pooled`.

    `order` tells which study (from 1, in the order given) the row leaves out or adds. `stat` and `p` are None where mu
    and se are 0.
    """

    title: str
    test: str
    level: float
    order: tuple[int, ...]
    k: tuple[int, ...]
    mu: Numbers
    se: Numbers
    stat: tuple[float | None, ...]
    p: tuple[float | None, ...]
    ci: tuple[Interval, ...]
    tau2: Numbers
    I2: Numbers
    H2: Numbers
    Q: Numbers
    Q_p: Numbers

    def __str__(self) -> str:
        low, high = zip(*self.ci, strict=True)
        title = f"{self.title} (tau² by {self.method}; test {self.test}; {100 * self.level:g} % CI)"
        parts = {"mu": self.mu, "se": self.se, "from": low, "to": high, "p": self.p}
        return self._table(title, **parts, tau2=self.tau2, I2=self.I2, Q=self.Q)


@dataclass(frozen=True, kw_only=True)
class Influence(PerStudy):
    """Diagnostics of each study, as metafor's `influence`, `rstandard`, `baujat`; `_del` is without the study.

    rstudent: effect less the mean of the others, in standard errors. rstandard: residual in standard errors. dffits and
    dfbs: what the study moves mu by, in two standardisations. cook_d: its square over mu's variance. cov_r: mu's
    variance without the study over that with it. hat: share of the weight; weight: in percent. baujat_x, baujat_y:
    squared Pearson residual, and squared move of mu over its variance without the study. `influential`: the verdict.
    """

    influential: tuple[bool, ...]
    rstudent: Numbers
    dffits: Numbers
    cook_d: Numbers
    cov_r: Numbers
    tau2_del: Numbers
    QE_del: Numbers
    hat: Numbers
    weight: Numbers
    dfbs: Numbers
    rstandard: Numbers
    resid: Numbers
    resid_se: Numbers
    mu_del: Numbers
    se_del: Numbers
    baujat_x: Numbers
    baujat_y: Numbers

    def __str__(self) -> str:
        names = ("rstudent", "dffits", "cook_d", "cov_r", "tau2_del", "QE_del", "hat", "dfbs")
        marked = tuple(f"{s} *" if i else s for s, i in zip(self.study, self.influential, strict=True))
        shown = PerStudy(method=self.method, study=marked, warnings=self.warnings)
        columns: dict[str, Numbers] = {name: getattr(self, name) for name in names}
        return shown._table(f"Influence of each study (tau² by {self.method}; * influential)", **columns)


@dataclass(frozen=True, kw_only=True)
class Predicted(PerStudy):
    """Best linear unbiased predictions of the studies' true effects, with standard errors and intervals."""

    level: float
    pred: Numbers
    se: Numbers
    pi: tuple[Interval, ...]

    def __str__(self) -> str:
        low, high = zip(*self.pi, strict=True)
        title = f"Predicted effects of the studies (tau² by {self.method}; {100 * self.level:g} % PI)"
        return self._table(title, pred=self.pred, se=self.se, **{"from": low, "to": high})


@dataclass(frozen=True, kw_only=True, eq=False)
class Gosh(Result):
    """Pooled effects of N subsets of the studies: mu, tau2, I2, H2, Q, k (N,); `present` (N, k) tells the subsets."""

    method: str
    study: tuple[str, ...]
    complete: bool
    mu: Floats
    tau2: Floats
    I2: Floats
    H2: Floats
    Q: Floats
    k: NDArray[np.intp]
    present: NDArray[np.bool_]
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        """The medians of mu and I² over the subsets with each study and over those without."""
        kind = "all" if self.complete else "a sample of the"
        title = f"{len(self.mu)} subsets ({kind} subsets of {len(self.study)} studies; tau² by {self.method})"
        rows = [
            [
                name,
                *(
                    printing.number(float(np.median(a[side])), 0).strip()
                    for a in (self.mu, self.I2)
                    for side in (w, ~w)
                ),
            ]
            for name, w in zip(self.study, self.present.T, strict=True)
            if not w.all()
        ]
        head = ["median", "mu with", "without", "I² with", "without"]
        return "\n".join([title, "", *printing.table(head, rows), *printing.notes(self.warnings)])
