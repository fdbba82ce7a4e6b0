"""What cluster-robust inference is told by."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.stats import printing
from pipeline.stats.inference import Interval
from pipeline.stats.multilevel_result import Coefficient, coefficient_row
from pipeline.stats.result import Result


@dataclass(frozen=True, kw_only=True)
class Robust(Result):
    """Coefficients with robust errors, t tests on `df` and intervals; `vcov` (p, p).

    For a model with one mean mu, se, stat, df, p and ci are those of its one coefficient.
    """

    kind: str
    level: float
    k: int
    clusters: int
    coefficients: tuple[Coefficient, ...]
    vcov: tuple[tuple[float, ...], ...]
    warnings: tuple[str, ...]

    @property
    def mean(self) -> Coefficient:
        """The one coefficient of a model without moderators. Raises ValueError where there are several."""
        if len(self.coefficients) != 1:
            raise ValueError(f"the model has {len(self.coefficients)} coefficients: see `coefficients`")
        return self.coefficients[0]

    @property
    def mu(self) -> float:
        return self.mean.estimate

    @property
    def se(self) -> float:
        return self.mean.se

    @property
    def stat(self) -> float | None:
        return self.mean.stat

    @property
    def df(self) -> float | None:
        return self.mean.df

    @property
    def p(self) -> float | None:
        return self.mean.p

    @property
    def ci(self) -> Interval:
        return self.mean.ci

    def __str__(self) -> str:
        names = ["mu"] if len(self.coefficients) == 1 else [f"X{j + 1}" for j in range(len(self.coefficients))]
        title = f"Cluster-robust inference ({self.kind}; k = {self.k} in {self.clusters} clusters)"
        interval = f"{100 * self.level:g} % CI"
        head = f"{'':12}{'estimate':>10}{'se':>9}{'t':>11}{'p':>9}{interval:>22}{'df':>8}"
        rows = [coefficient_row(n, c) + f"{c.df:8.2f}" for n, c in zip(names, self.coefficients, strict=True)]
        return "\n".join([title, "", head, *rows, *printing.notes(self.warnings)])
