"""What a network meta-analysis is told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stats import printing
from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.inference import Interval, one_of
from pipeline.stats.result import Result

Matrix = tuple[tuple[float, ...], ...]
Intervals = tuple[tuple[Interval, ...], ...]

MODELS = ("common", "random")


@dataclass(frozen=True, kw_only=True)
class QTest(Result):
    """A chi-square statistic; p is 1 without degrees of freedom."""

    Q: float
    df: int
    p: float

    def __str__(self) -> str:
        return f"Q({self.df}) = {self.Q:.4f}, p {printing.p_value(self.p)}"


@dataclass(frozen=True, kw_only=True)
class NetworkEffects(Result):
    """All comparisons: [i][j] is treatment i against treatment j, in the order of `treatments` (logs of OR and RR).

    `p` tests mu = 0 (1 on the diagonal). `pi` of the common model is its `ci`; that of the random one is None where it
    has no degree of freedom.
    """

    treatments: tuple[str, ...]
    mu: Matrix
    se: Matrix
    p: Matrix
    ci: Intervals
    pi: Intervals | None


@dataclass(frozen=True, kw_only=True)
class Network(Result):
    """A network of T treatments in k studies, `n_arms` arms and `m` comparisons of two arms.

    `designs` are the sets of treatments that studies compare. `tau2` is the variance between studies of any comparison;
    tau2_ci by Q-profile; I2 in percent, I2 and H2 as metafor defines them for the estimator (netmeta's where it is DL).
    Q, Q_df, Q_p: the whole network; `heterogeneity` within designs, `inconsistency` between designs (Q is their sum).
    study, treatment, yi, vi: one entry for each arm, on the scale whose differences are `measure`.
    """

    measure: str
    method: str
    level: float
    treatments: tuple[str, ...]
    reference: str
    k: int
    n_arms: int
    m: int
    designs: tuple[str, ...]
    tau2: float
    se_tau2: float | None
    tau2_ci: Interval | None
    I2: float
    I2_ci: Interval | None
    H2: float
    H2_ci: Interval | None
    Q: float
    Q_df: int
    Q_p: float
    heterogeneity: QTest
    inconsistency: QTest
    common: NetworkEffects
    random: NetworkEffects
    pi_method: str
    study: tuple[str, ...]
    treatment: tuple[str, ...]
    yi: tuple[float, ...]
    vi: tuple[float, ...]
    warnings: tuple[str, ...]

    def effects(self, model: str = "random") -> NetworkEffects:
        """Of one of the two models, `common` or `random`."""
        one_of("model", model, MODELS)
        return self.random if model == "random" else self.common

    def __str__(self) -> str:
        return "\n".join([self._title(), "", *self._spread(), "", *self._against(), *printing.notes(self.warnings)])

    def _title(self) -> str:
        size = f"{len(self.treatments)} treatments, k = {self.k}, {self.n_arms} arms, {len(self.designs)} designs"
        return f"Network meta-analysis ({size}; measure {self.measure}; tau² by {self.method})"

    def _spread(self) -> list[str]:
        error = "" if self.se_tau2 is None else f" (SE = {self.se_tau2:.4f})"
        total = QTest(Q=self.Q, df=self.Q_df, p=self.Q_p)
        return [
            f"tau²  {self.tau2:.4f}{error}{printing.after(self.tau2_ci)}",
            f"I²    {self.I2:.2f} %{printing.after(self.I2_ci, 2)}",
            f"total           {total}",
            f"within designs  {self.heterogeneity}",
            f"between designs {self.inconsistency}",
        ]

    def _against(self) -> list[str]:
        """Both models against the reference."""
        back, percent = MEASURES_TWO[self.measure].back, f"{100 * self.level:g} %"
        at = self.treatments.index(self.reference)
        head = [
            f"against {self.reference}",
            "model",
            MEASURES_TWO[self.measure].label,
            f"{percent} CI",
            f"{percent} PI",
            "p",
        ]
        rows = []
        for i, name in enumerate(self.treatments):
            for model in MODELS if i != at else ():
                found = self.effects(model)
                pi = None if found.pi is None or model == "common" else found.pi[i][at]
                rows.append(
                    [
                        name,
                        model,
                        f"{float(back(found.mu[i][at])):.4f}",
                        _interval([float(b) for b in back(found.ci[i][at])]),
                        "-" if pi is None else _interval([float(b) for b in back(pi)]),
                        printing.p_value(found.p[i][at]),
                    ]
                )
        return printing.table(head, rows)


def _interval(ends: Sequence[float], digits: int = 4) -> str:
    return f"[{ends[0]:.{digits}f}, {ends[1]:.{digits}f}]"
