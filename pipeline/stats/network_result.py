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
class Compared(Result):
    """Treatments compared on the scale of `measure`; `reference` is the one that the printed table compares with."""

    measure: str
    level: float
    treatments: tuple[str, ...]
    reference: str

    def effects(self, model: str) -> NetworkEffects:
        """Of one of its models. Raises ValueError that lists them."""
        raise NotImplementedError

    def against_reference(self, models: Sequence[str]) -> list[str]:
        """A table of `models`, on the natural scale."""
        back, percent = MEASURES_TWO[self.measure].back, f"{100 * self.level:g} %"
        at, label = self.treatments.index(self.reference), MEASURES_TWO[self.measure].label
        rows = []
        for i, name in enumerate(self.treatments):
            for model in models if i != at else ():
                found = self.effects(model)
                ends = found.ci[i][at], None if found.pi is None or model == "common" else found.pi[i][at]
                shown = ["-" if e is None else _interval([float(b) for b in back(e)]) for e in ends]
                rows.append(
                    [name, model, f"{float(back(found.mu[i][at])):.4f}", *shown, printing.p_value(found.p[i][at])]
                )
        head = [f"against {self.reference}", "model", label, f"{percent} CI", f"{percent} PI", "p"]
        return printing.table(head, rows)


@dataclass(frozen=True, kw_only=True)
class Network(Compared):
    """A network of T treatments in k studies, `n_arms` arms and `m` comparisons of two arms.

    `designs` are the sets of treatments that studies compare. `tau2` is the variance between studies of any comparison;
    tau2_ci by Q-profile; I2 in percent, I2 and H2 as metafor defines them for the estimator (netmeta's where it is DL).
    Q, Q_df, Q_p: the whole network; `heterogeneity` within designs, `inconsistency` between designs (Q is their sum).
    study, treatment, yi, vi: one entry for each arm, on the scale whose differences are `measure`.
    """

    method: str
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
        return "\n".join(
            [self._title(), "", *self._spread(), "", *self.against_reference(MODELS), *printing.notes(self.warnings)]
        )

    def _title(self) -> str:
        size = f"{len(self.treatments)} treatments, k = {self.k}, {self.n_arms} arms, {len(self.designs)} designs"
        return f"Network meta-analysis ({size}; measure {self.measure}; tau² by {self.method})"

    def _spread(self) -> list[str]:
        total = QTest(Q=self.Q, df=self.Q_df, p=self.Q_p)
        return [
            *printing.between_studies(self.tau2, self.se_tau2, self.tau2_ci, self.I2, self.I2_ci),
            f"total           {total}",
            f"within designs  {self.heterogeneity}",
            f"between designs {self.inconsistency}",
        ]


@dataclass(frozen=True, kw_only=True)
class NetworkMH(Compared):
    """A network of log odds ratios by Mantel and Haenszel, from k studies of `designs`, with one effect per comparison.

    `inconsistency` between the designs; heterogeneity within them is not defined for this method.
    """

    k: int
    designs: tuple[str, ...]
    common: NetworkEffects
    inconsistency: QTest
    warnings: tuple[str, ...]

    def effects(self, model: str = "common") -> NetworkEffects:
        """The only model is `common`."""
        one_of("model", model, MODELS[:1])
        return self.common

    def __str__(self) -> str:
        size = f"{len(self.treatments)} treatments, k = {self.k}, {len(self.designs)} designs"
        title = f"Network meta-analysis by Mantel-Haenszel, common effects ({size}; measure OR)"
        between = f"between designs {self.inconsistency}"
        return "\n".join([title, "", between, "", *self.against_reference(MODELS[:1]), *printing.notes(self.warnings)])


@dataclass(frozen=True, kw_only=True)
class DesignHeterogeneity(Result):
    """The k studies of one design, and whether they agree."""

    design: str
    k: int
    heterogeneity: QTest


@dataclass(frozen=True, kw_only=True)
class Designs(Result):
    """Q within each design and in all, and Q between designs at tau² = 0 and (`inconsistency_random`) at `tau2_within`,
    the variance between studies of one design."""

    designs: tuple[DesignHeterogeneity, ...]
    heterogeneity: QTest
    inconsistency: QTest
    tau2_within: float
    inconsistency_random: QTest

    def __str__(self) -> str:
        rows = [[d.design, str(d.k), *_told(d.heterogeneity)] for d in self.designs]
        rows.append(["within designs", "", *_told(self.heterogeneity)])
        rows.append(["between designs", "", *_told(self.inconsistency)])
        rows.append([f"between designs, tau² {self.tau2_within:.4f}", "", *_told(self.inconsistency_random)])
        return "\n".join(printing.table(["design", "k", "Q", "df", "p"], rows))


def _told(test: QTest) -> list[str]:
    return [f"{test.Q:.4f}", str(test.df), printing.p_value(test.p) if test.df else "-"]


@dataclass(frozen=True, kw_only=True)
class Evidence(Result):
    """An effect on the scale of the measure; `p` tests that it is 0."""

    mu: float
    se: float
    p: float
    ci: Interval


@dataclass(frozen=True, kw_only=True)
class SplitComparison(Result):
    """Treatment 1 against treatment 2: the network's estimate, the direct evidence of k studies and its share of the
    weight, the indirect evidence, and direct less indirect. None is what the network has not."""

    treatment1: str
    treatment2: str
    k: int
    proportion: float
    network: Evidence
    direct: Evidence | None
    indirect: Evidence | None
    difference: Evidence | None


@dataclass(frozen=True, kw_only=True)
class Split(Result):
    """Direct and indirect evidence of all comparisons, by `method`, of one `model`."""

    measure: str
    method: str
    model: str
    level: float
    comparisons: tuple[SplitComparison, ...]

    def __str__(self) -> str:
        label = MEASURES_TWO[self.measure].label
        ratio = "ratio of the two" if self.measure in ("OR", "RR") else "difference"
        head = [
            f"{label} ({self.method}, {self.model})",
            "k",
            "direct share",
            "network",
            "direct",
            "indirect",
            ratio,
            "p",
        ]
        return "\n".join(printing.table(head, [self._row(c) for c in self.comparisons]))

    def _row(self, c: SplitComparison) -> list[str]:
        back = MEASURES_TWO[self.measure].back
        effects = [
            "-" if e is None else f"{float(back(e.mu)):.4f}" for e in (c.network, c.direct, c.indirect, c.difference)
        ]
        p = printing.p_value(None if c.difference is None else c.difference.p)
        return [f"{c.treatment1}:{c.treatment2}", str(c.k), f"{c.proportion:.2f}", *effects, p]


def _interval(ends: Sequence[float], digits: int = 4) -> str:
    return f"[{ends[0]:.{digits}f}, {ends[1]:.{digits}f}]"
