"""Networks of treatments: each part that studies connect, with three treatments or more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from pipeline.compared import (
    Against,
    Edge,
    Estimate,
    LeagueCell,
    Measure,
    NetworkArm,
    NetworkResult,
    NetworkSet,
    Node,
    QPart,
    SplitEvidence,
)
from pipeline.config import Analysis
from pipeline.pool.contrasts import CONTROL, by_class
from pipeline.pool.two_arms import Arms, side
from pipeline.stats import Network, inconsistency_by_design, p_scores, pool_network, split_network
from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.network import NETWORK_METHODS
from pipeline.stats.network_arms import checked_arms, connected, informative_arms
from pipeline.stats.network_result import Designs, Evidence, QTest, SplitComparison

#: fewer treatments are one comparison
LEAST = 3
#: of the estimators that a network has, the one that stands in for the others
METHOD = "REML"

SetKind = Literal["randomised", "all"]


@dataclass(frozen=True)
class Arm:
    """All patients of a study on one treatment."""

    study: str
    treatment: str
    events: int
    n: int
    control: bool


def network_sets(studies: Sequence[Arms], analysis: Analysis, more_is_better: bool) -> list[NetworkSet]:
    """Of randomised trials; and of all studies, where there are others that compare classes."""
    chosen = [s for s in studies if s.kind == "randomised"]
    found = [_network_set("randomised", chosen, analysis, more_is_better)]
    if any(s.kind != "randomised" and len(by_class(s)) > 1 for s in studies):
        found.append(_network_set("all", studies, analysis, more_is_better))
    return found


def arms_of(studies: Sequence[Arms]) -> list[Arm]:
    """Of the studies that compare two classes or more; arms of one class in a study are added up."""
    found = []
    for study in studies:
        classes = by_class(study)
        for name, units in classes.items() if len(classes) > 1 else ():
            whole = side(units)
            control = all(u.arm.role == CONTROL for u in units)
            found.append(Arm(study.study.study, name, whole.events, whole.n, control))
    return found


def _network_set(kind: SetKind, studies: Sequence[Arms], analysis: Analysis, more: bool) -> NetworkSet:
    arms = arms_of(studies)
    parts = parts_of(arms, analysis.comparative.measure)
    large = [p for p in parts if len(p) >= LEAST]
    networks = [_network(kind, [a for a in arms if a.treatment in part], analysis, more) for part in large]
    return NetworkSet(kind=kind, networks=networks, parts=parts, why="" if large else _why(parts))


def parts_of(arms: Sequence[Arm], measure: Measure) -> list[list[str]]:
    """Treatments that studies connect, the largest part first; by studies that say something of the measure."""
    if not arms:
        return []
    told, _ = informative_arms(checked_arms(*_columns(arms)), measure)
    if not len(told.treatment):
        return []
    of = connected(told.study, told.treatment)
    parts = [[t for t, at in zip(told.treatments, of, strict=True) if at == part] for part in np.unique(of)]
    return sorted(parts, key=lambda p: (-len(p), p))


def _why(parts: Sequence[Sequence[str]]) -> str:
    if not parts:
        return "no study compares two classes of regimens"
    if len(parts) == 1:
        return f"only {' and '.join(parts[0])} are compared: a network needs three treatments"
    return "no three treatments are connected"


def _columns(arms: Sequence[Arm]) -> tuple[list[str], list[str], list[int], list[int]]:
    return [a.study for a in arms], [a.treatment for a in arms], [a.events for a in arms], [a.n for a in arms]


# ---- one network ----------------------------------------------------------------------------------------------------


def _network(kind: SetKind, arms: Sequence[Arm], analysis: Analysis, more: bool) -> NetworkResult:
    asked = analysis.comparative
    method = asked.method if asked.method in NETWORK_METHODS else METHOD
    reference = reference_of(arms, asked.reference)
    net = pool_network(
        *_columns(arms), measure=asked.measure, method=method, level=analysis.level / 100, reference=reference
    )
    told = [a for a in arms if a.study in set(net.study)]
    split = {(c.treatment1, c.treatment2): c for c in split_network(net).comparisons}
    designs = inconsistency_by_design(net)
    scores = p_scores(net, "more" if more else "fewer")
    return NetworkResult(
        kind=kind,
        measure=asked.measure,
        method=method,
        level=analysis.level,
        k=net.k,
        arms=net.n_arms,
        patients=sum(a.n for a in told),
        reference=reference,
        data=[NetworkArm(study=a.study, treatment=a.treatment, events=a.events, n=a.n) for a in told],
        nodes=[_node(name, told, score) for name, score in scores.items()],
        edges=_edges(told),
        against=_against(net, list(scores), split),
        league=_league(net, list(scores), split),
        tau2=net.tau2,
        i2=net.I2,
        q=_q(net, designs),
        split=[_split(c, net) for c in split.values() if c.direct and c.indirect and c.difference],
        inconsistency=_between_designs(designs),
        warnings=list(net.warnings),
    )


def reference_of(arms: Sequence[Arm], wanted: str) -> str:
    """The one that config names, if it is there; else the one that is the control in most studies, of equal ones in
    more studies, of equal ones the first by name."""
    names = {a.treatment for a in arms}
    if wanted in names:
        return wanted
    control, all_of = Counter(a.treatment for a in arms if a.control), Counter(a.treatment for a in arms)
    return min(names, key=lambda name: (-control[name], -all_of[name], name))


def _node(name: str, arms: Sequence[Arm], score: float) -> Node:
    mine = [a for a in arms if a.treatment == name]
    return Node(name=name, studies=len(mine), patients=sum(a.n for a in mine), p_score=score)


def _edges(arms: Sequence[Arm]) -> list[Edge]:
    of: dict[str, list[Arm]] = {}
    for arm in arms:
        of.setdefault(arm.study, []).append(arm)
    studies: Counter[tuple[str, str]] = Counter()
    patients: Counter[tuple[str, str]] = Counter()
    for mine in of.values():
        for a, b in combinations(sorted(mine, key=lambda x: x.treatment), 2):
            studies[a.treatment, b.treatment] += 1
            patients[a.treatment, b.treatment] += a.n + b.n
    return [Edge(first=a, second=b, studies=k, patients=patients[a, b]) for (a, b), k in sorted(studies.items())]


Splits = dict[tuple[str, str], SplitComparison]


def _against(net: Network, order: Sequence[str], split: Splits) -> list[Against]:
    """All treatments against the reference, by falling P-score."""
    at, back, found = net.treatments.index(net.reference), MEASURES_TWO[net.measure].back, []
    for name in order:
        i = net.treatments.index(name)
        if i == at:
            continue
        mu, ci = net.random.mu[i][at], net.random.ci[i][at]
        pi = None if net.random.pi is None or net.method == "EE" else tuple(back(net.random.pi[i][at]).tolist())
        found.append(
            Against(
                treatment=name,
                direct=_pair(split, name, net.reference).k,
                estimate=float(back(mu)),
                ci=tuple(back(ci).tolist()),
                pi=pi,
                p=net.random.p[i][at],
            )
        )
    return found


def _pair(split: Splits, a: str, b: str) -> SplitComparison:
    return split[a, b] if (a, b) in split else split[b, a]


def _league(net: Network, order: Sequence[str], split: Splits) -> list[LeagueCell]:
    """Each pair once: the better by P-score against the other."""
    found = []
    for a, b in combinations(order, 2):
        i, j = net.treatments.index(a), net.treatments.index(b)
        direct, sign = _pair(split, a, b), 1.0 if (a, b) in split else -1.0
        found.append(
            LeagueCell(
                row=a,
                column=b,
                network=_natural(net, net.random.mu[i][j], net.random.ci[i][j]),
                direct=None if direct.direct is None else _told(net, direct.direct, sign),
                studies=direct.k,
            )
        )
    return found


def _natural(net: Network, mu: float, ci: tuple[float, float]) -> Estimate:
    estimate, low, high = MEASURES_TWO[net.measure].back([mu, *ci]).tolist()
    return Estimate(estimate=estimate, ci=(low, high))


def _told(net: Network, evidence: Evidence, sign: float = 1.0) -> Estimate:
    low, high = sorted(sign * end for end in evidence.ci)
    return _natural(net, sign * evidence.mu, (low, high))


def _split(c: SplitComparison, net: Network) -> SplitEvidence:
    assert c.direct is not None
    assert c.indirect is not None
    assert c.difference is not None
    return SplitEvidence(
        first=c.treatment1,
        second=c.treatment2,
        studies=c.k,
        share=c.proportion,
        direct=_told(net, c.direct),
        indirect=_told(net, c.indirect),
        ratio=_told(net, c.difference),
        p=c.difference.p,
    )


# ---- agreement ------------------------------------------------------------------------------------------------------


def _q(net: Network, designs: Designs) -> list[QPart]:
    """The whole, what is within designs, one line for each that has two studies, and what is between them."""
    whole = QPart(name="all", studies=net.k, q=net.Q, df=net.Q_df, p=net.Q_p)
    within = [_part(d.design, d.k, d.heterogeneity) for d in designs.designs if d.heterogeneity.df > 0]
    return [
        whole,
        _part("within designs", None, net.heterogeneity),
        *within,
        _part("between designs", None, net.inconsistency),
    ]


def _between_designs(designs: Designs) -> QPart | None:
    if designs.inconsistency_random.df == 0:
        return None
    return _part("between designs", None, designs.inconsistency_random)


def _part(name: str, studies: int | None, test: QTest) -> QPart:
    return QPart(name=name, studies=studies, q=test.Q, df=test.df, p=test.p)
