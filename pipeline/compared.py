"""Treatments compared inside the studies that gave several: `Analyses.comparative` of `extracted/analyses.json`.

Effects are of the first treatment against the second, on the natural scale: ratios of 1 and differences of 0 (a
difference of two shares on [0, 1]) are no effect. What has no values has a sentence instead.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.parsed import Row

Interval = tuple[float, float]
Measure = Literal["RR", "OR", "RD"]

#: whether chance alone gave patients their treatment: results of the two kinds are never pooled together
Kind = Literal["randomised", "not randomised"]


class Side(Row):
    """The arms of one treatment in a study, added up."""

    arms: list[str]
    labels: list[str]
    events: int
    n: int


class Estimate(Row):
    estimate: float
    ci: Interval


class Trial(Row):
    """One study in one comparison."""

    study: str
    label: str
    year: int | None
    design: str
    first: Side
    second: Side
    timepoint: str
    effects: dict[Measure, Estimate] = Field(description="with Wald's interval; without the measures that it has not")
    weight: float | None = Field(None, description="share in the pooled main measure, in percent")
    high_risk: bool = Field(False, description="at high risk of bias, as reviewers judged it for this outcome")
    notes: list[str] = []


class PooledEffect(Row):
    """The studies of one kind pooled; `pi` is null where the model has one effect for all."""

    measure: Measure
    method: str
    test: str
    k: int
    estimate: float
    ci: Interval
    pi: Interval | None
    p: float | None
    tau2: float
    i2: float
    q: float
    q_df: int
    q_p: float
    warnings: list[str] = []


class TrialSet(Row):
    kind: Kind
    trials: list[Trial]
    pooled: list[PooledEffect] = Field([], description="the main measure first")
    low_risk: list[PooledEffect] = Field([], description="the same without studies at high risk of bias, if some are")
    why: str = Field("", description="why nothing is pooled")


class Contrast(Row):
    """First against second treatment: two classes of regimens, or two treatments `within` one class."""

    first: str
    second: str
    within: str = ""
    sets: list[TrialSet]


#: how a printed effect lies to the one that the counts give; turned: it is that of the second arm, or of those
#: without the outcome
Verdict = Literal["same", "close", "turned", "differs", "not computed"]


class PrintedEffect(Row):
    """An effect that a report states (`ComparisonRow`), beside the one that the counts of the two arms give."""

    study: str
    label: str
    name: str
    measure: str
    estimate: float
    ci: Interval | None
    level: float
    p: float | None
    p_is: str
    adjusted: bool | None
    analysis: str
    first_label: str
    second_label: str
    status: str
    computed: Estimate | None
    verdict: Verdict
    why: str = ""
    evidence_start: int
    evidence_end: int
    record_id: str
    file: str


class NotCompared(Row):
    """A study of several arms whose numbers are not set against each other, and why."""

    study: str
    label: str
    why: str


# ---- the network ----------------------------------------------------------------------------------------------------


class Node(Row):
    """A treatment; `p_score` is how sure it is, on average over the others, that it is the better one."""

    name: str
    studies: int
    patients: int
    p_score: float


class Edge(Row):
    """Two treatments that studies compare directly."""

    first: str
    second: str
    studies: int
    patients: int


class Against(Row):
    """A treatment against the reference."""

    treatment: str
    direct: int = Field(description="studies that compare the two")
    estimate: float
    ci: Interval
    pi: Interval | None
    p: float


class LeagueCell(Row):
    """Row against column: from the whole network, and from the studies alone that compare the two."""

    row: str
    column: str
    network: Estimate
    direct: Estimate | None
    studies: int


class SplitEvidence(Row):
    """Direct against indirect evidence of two treatments, where there are both."""

    first: str
    second: str
    studies: int
    share: float = Field(description="of the direct evidence in the network's estimate, on [0, 1]")
    direct: Estimate
    indirect: Estimate
    ratio: Estimate = Field(description="direct over indirect (of differences: less)")
    p: float


class QPart(Row):
    """A part of Cochran's Q: of the studies of one design, of all within designs, or between them."""

    name: str
    studies: int | None
    q: float
    df: int
    p: float


class NetworkArm(Row):
    """All patients of a study on one treatment."""

    study: str
    treatment: str
    events: int
    n: int


class NetworkResult(Row):
    """`nodes` by falling P-score; a league table in that order holds each pair once."""

    kind: Literal["randomised", "all"]
    measure: Measure
    method: str
    level: float
    k: int
    arms: int
    patients: int
    reference: str
    data: list[NetworkArm]
    nodes: list[Node]
    edges: list[Edge]
    against: list[Against]
    league: list[LeagueCell]
    tau2: float
    i2: float
    q: list[QPart]
    split: list[SplitEvidence]
    inconsistency: QPart | None = Field(
        description="between designs, with random effects; null in a network without loops"
    )
    warnings: list[str] = []


class NetworkSet(Row):
    """The networks of one kind of studies: one for each part that connects three treatments or more."""

    kind: Literal["randomised", "all"]
    networks: list[NetworkResult]
    parts: list[list[str]] = Field(description="treatments that studies connect, the largest part first")
    why: str = ""


class Comparative(Row):
    """Of one outcome."""

    measure: Measure
    method: str
    contrasts: list[Contrast] = []
    printed: list[PrintedEffect] = []
    not_compared: list[NotCompared] = []
    networks: list[NetworkSet] = []
