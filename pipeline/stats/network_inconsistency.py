"""Whether the parts of a network agree: between designs, and direct with indirect evidence of each comparison."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Inference, one_of
from pipeline.stats.network_arms import connected
from pipeline.stats.network_designs import design_name, q_test, within_designs
from pipeline.stats.network_effects import against_all, p_of
from pipeline.stats.network_result import (
    MODELS,
    DesignHeterogeneity,
    Designs,
    Evidence,
    Network,
    Split,
    SplitComparison,
)
from pipeline.stats.sample import Index
from pipeline.stats.tau2 import estimate
from pipeline.stats.weighting import one_group
from pipeline.stats.within_studies import network_sample

#: how indirect evidence is told from direct: by subtraction, or from the other studies alone
SPLITS = ("back-calculation", "SIDDE")
#: where the direct evidence has all the weight but this share, there is no indirect evidence
NO_WEIGHT = 1e-8


@dataclass(frozen=True, eq=False)
class Coded:
    """The arms of a network, all (N,), with numbers for names."""

    yi: Floats
    vi: Floats
    study: Index
    treatment: Index

    def of_studies(self, chosen: Index) -> Coded:
        keep = np.isin(self.study, chosen)
        study = np.unique(self.study[keep], return_inverse=True)[1]
        return Coded(self.yi[keep], self.vi[keep], study, self.treatment[keep])


def coded(network: Network) -> Coded:
    """Studies are numbered in the order of the arms, treatments as in `network.treatments`."""
    studies, place = dict.fromkeys(network.study), {t: i for i, t in enumerate(network.treatments)}
    order = {s: i for i, s in enumerate(studies)}
    study = np.array([order[s] for s in network.study], dtype=np.intp)
    treatment = np.array([place[t] for t in network.treatment], dtype=np.intp)
    return Coded(np.array(network.yi), np.array(network.vi), study, treatment)


# ---- between designs ------------------------------------------------------------------------------------------------


def inconsistency_by_design(network: Network) -> Designs:
    """Q of each design, and Q between designs: with common effects, and with a random effect inside the designs.

    The latter is the Wald test of the design-by-treatment interaction (Higgins et al. 2012), with the tau² that the
    network's estimator finds within designs (netmeta's `decomp.design` where that is DL).
    """
    arms = coded(network)
    within = within_designs(arms.yi, arms.vi, arms.study, arms.treatment)
    sample = network_sample(arms.yi, arms.vi, arms.study, arms.treatment)
    tau2 = estimate(within, network.method).value
    between = float(sample.generalised_q(tau2)[0] - within.generalised_q(tau2)[0])
    return Designs(
        designs=tuple(
            DesignHeterogeneity(
                design=design_name(network.treatments, design),
                k=part.studies,
                heterogeneity=q_test(float(part.q_at_zero[0]), part.df),
            )
            for design, part in zip(within.designs, within.parts, strict=True)
        ),
        heterogeneity=network.heterogeneity,
        inconsistency=network.inconsistency,
        tau2_within=2 * tau2,
        inconsistency_random=q_test(between, sample.df - within.df),
    )


# ---- direct and indirect evidence -----------------------------------------------------------------------------------


def split_network(network: Network, method: str = "back-calculation", model: str = "random") -> Split:
    """Direct and indirect evidence of every comparison, with their difference, all at the network's tau².

    Direct: the studies that compare the two, pooled. Indirect, by `method`:
    back-calculation (König, Krahn & Binder 2013, Stat Med 32:5414; netsplit's default): what must be added to the
    direct estimate to give the network's, with the weight 1 - var(network)/var(direct); a study of several arms can
    count in both, and the two are still uncorrelated, for the network's estimate is the best linear one;
    SIDDE (Efthimiou et al. 2019, Stat Med 38:2992): the network of the studies that do not compare the two.
    Raises ValueError that names the value and what is allowed.
    """
    one_of("method", method, SPLITS)
    one_of("model", model, MODELS)
    arms, tau2 = coded(network), network.tau2 if model == "random" else 0.0
    found = [
        _split(network, arms, pair, method, model, tau2) for pair in combinations(range(len(network.treatments)), 2)
    ]
    return Split(measure=network.measure, method=method, model=model, level=network.level, comparisons=tuple(found))


def _split(
    network: Network, arms: Coded, pair: tuple[int, int], method: str, model: str, tau2: float
) -> SplitComparison:
    effects = network.effects(model)
    whole = effects.mu[pair[0]][pair[1]], effects.se[pair[0]][pair[1]]
    studies, direct = _direct(arms, pair, tau2)
    share = None if direct is None else min(1.0, (whole[1] / direct[1]) ** 2)
    if method == "SIDDE":
        indirect = _without(arms, studies, pair, tau2)
    else:
        indirect = _remainder(whole, direct)
    difference = None
    if direct is not None and indirect is not None:
        difference = direct[0] - indirect[0], float(np.hypot(direct[1], indirect[1]))
    evidence = [_evidence(e, network.level) for e in (direct, indirect, difference)]
    return SplitComparison(
        treatment1=network.treatments[pair[0]],
        treatment2=network.treatments[pair[1]],
        k=len(studies),
        proportion=0.0 if share is None else share,
        network=_told(*whole, network.level),
        direct=evidence[0],
        indirect=evidence[1],
        difference=evidence[2],
    )


Estimate = tuple[float, float]  # mu, se


def _direct(arms: Coded, pair: tuple[int, int], tau2: float) -> tuple[Index, Estimate | None]:
    """The studies that compare the two treatments, and their pooled effect."""
    one, other = (np.flatnonzero(arms.treatment == t) for t in pair)
    studies, i, j = np.intersect1d(arms.study[one], arms.study[other], return_indices=True)
    if not len(studies):
        return studies, None
    a, b = one[i], other[j]
    at = one_group(arms.yi[a] - arms.yi[b], arms.vi[a] + arms.vi[b]).weigh(np.asarray(tau2))
    return studies, (float(at.coefficients[0]), float(np.sqrt(at.covariance[0, 0])))


def _remainder(whole: Estimate, direct: Estimate | None) -> Estimate | None:
    """The network's estimate without the direct one; all of it where there is no direct evidence."""
    if direct is None:
        return whole
    share = (whole[1] / direct[1]) ** 2
    if 1 - share < NO_WEIGHT:
        return None
    return (whole[0] - share * direct[0]) / (1 - share), whole[1] / float(np.sqrt(1 - share))


def _without(arms: Coded, studies: Index, pair: tuple[int, int], tau2: float) -> Estimate | None:
    """The network of all other studies, as far as it connects the two treatments."""
    rest = arms.of_studies(np.setdiff1d(arms.study, studies))
    if not np.isin(pair, rest.treatment).all():
        return None
    label = connected(rest.study, rest.treatment)
    if label[pair[0]] != label[pair[1]]:
        return None
    linked = rest.of_studies(rest.study[label[rest.treatment] == label[pair[0]]])
    treatments, treatment = np.unique(linked.treatment, return_inverse=True)
    mu, se = against_all(network_sample(linked.yi, linked.vi, linked.study, treatment), tau2 / 2)
    i, j = np.searchsorted(treatments, pair)
    return float(mu[i, j]), float(se[i, j])


def _evidence(estimate: Estimate | None, level: float) -> Evidence | None:
    return None if estimate is None else _told(*estimate, level)


def _told(mu: float, se: float, level: float) -> Evidence:
    inference = Inference(None, level)
    return Evidence(mu=mu, se=se, p=p_of(mu, se, inference), ci=inference.around(mu, se))
