"""Network meta-analysis: many treatments at once, from the comparisons inside studies (frequentist, contrast-based).

Rücker (2012, Res Synth Methods 3:312), as in R's netmeta: common and random effects with one tau² for all comparisons,
any number of arms in a study. netmeta reduces the weights of a study with several arms until its Laplacian is that of
the arms' covariance; here the arms themselves are weighed, with an intercept for each study (`within_studies`): the
same estimate (Rücker & Schwarzer 2014, Stat Med 33:4353).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from pipeline.stats.effects import Floats
from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.heterogeneity import chi2_tail, heterogeneity, q_profile
from pipeline.stats.inference import Inference, Interval, one_of, statistic
from pipeline.stats.network_arms import Arms, arm_effects, check_connected, checked_arms, informative_arms
from pipeline.stats.network_result import Intervals, Matrix, Network, NetworkEffects, QTest
from pipeline.stats.sample import Index
from pipeline.stats.tau2 import Tau2, estimate
from pipeline.stats.two_step import check_level, floats
from pipeline.stats.within_studies import WithinStudies

#: estimators of tau² that are the same on arms and on contrasts
NETWORK_METHODS = ("EE", "DL", "PM", "REML")
#: normal as metafor predicts, or t on Q's degrees of freedom less one, as netmeta does
PREDICTIONS = ("t", "z")


def pool_network(
    study: Sequence[Hashable],
    treatment: Sequence[Hashable],
    events: ArrayLike,
    n: ArrayLike,
    measure: str = "OR",
    method: str = "DL",
    level: float = 0.95,
    reference: str | None = None,
    prediction: str = "t",
) -> Network:
    """Pool a network from its arms: `study`, `treatment`, whole numbers `events` and `n`, one entry for each arm.

    `measure` of MEASURES_TWO, `method` of NETWORK_METHODS, `level` on (0, 1). `reference` is the treatment that the
    printed table compares with (the first by name); the matrices hold all comparisons. `prediction` of PREDICTIONS.
    Raises ValueError that names the value and what is allowed, or the parts of a network that is not connected.
    """
    one_of("measure", measure, list(MEASURES_TWO))
    one_of("method", method, NETWORK_METHODS)
    one_of("prediction", prediction, PREDICTIONS)
    check_level(level)
    arms, lost = informative_arms(checked_arms(study, treatment, events, n), measure)
    check_connected(arms)
    if reference is not None:
        one_of("reference", reference, arms.treatments)
    yi, vi, added = arm_effects(arms, measure)
    sample = network_sample(yi, vi, arms.study, arms.treatment)
    tau = estimate(sample, method)
    spread = heterogeneity(sample, tau.value, method == "EE")
    profile = None if method == "EE" else q_profile(sample, level)
    designs = designs_of(arms.study, arms.treatment)
    within = within_designs(yi, vi, arms.study, arms.treatment, designs).values()
    heterogeneous = q_test(sum(float(d.q_at_zero[0]) for d in within), sum(d.df for d in within))
    normal = Inference(None, level)
    predict = normal if method == "EE" else _prediction(sample, prediction, level)
    return Network(
        measure=measure,
        method=method,
        level=level,
        treatments=arms.treatments,
        reference=arms.treatments[0] if reference is None else reference,
        k=len(arms.studies),
        n_arms=sample.k,
        m=int(sum(c * (c - 1) // 2 for c in np.bincount(arms.study))),
        designs=tuple(design_name(arms.treatments, d) for d in sorted(set(designs))),
        tau2=2 * tau.value,
        se_tau2=None if tau.se is None or method == "PM" else 2 * tau.se,
        tau2_ci=(2 * profile.tau2[0], 2 * profile.tau2[1]) if profile else None,
        I2=spread.I2,
        I2_ci=profile.I2 if profile else None,
        H2=spread.H2,
        H2_ci=profile.H2 if profile else None,
        Q=spread.Q,
        Q_df=sample.df,
        Q_p=spread.p,
        heterogeneity=heterogeneous,
        inconsistency=q_test(spread.Q - heterogeneous.Q, sample.df - heterogeneous.df),
        common=_effects(sample, 0.0, arms.treatments, normal, normal),
        random=_effects(sample, tau.value, arms.treatments, normal, predict),
        pi_method="none" if predict is None else predict.name,
        study=tuple(arms.studies[s] for s in arms.study),
        treatment=tuple(arms.treatments[t] for t in arms.treatment),
        yi=floats(yi),
        vi=floats(vi),
        warnings=(*lost, *added, *_cautions(arms, sample, tau)),
    )


# ---- designs and their models ---------------------------------------------------------------------------------------

Design = tuple[int, ...]


def network_sample(yi: Floats, vi: Floats, study: Index, treatment: Index) -> WithinStudies:
    """All arms, with a coefficient for each treatment but the first: its effect against the first."""
    return within_studies(yi, vi, study, (treatment[:, None] == np.arange(1, int(treatment.max()) + 1)).astype(float))


def within_studies(yi: Floats, vi: Floats, study: Index, columns: Floats) -> WithinStudies:
    """Effects are taken from those of each study's first arm, so that equal arms differ by exactly 0."""
    first = np.searchsorted(study, study)
    return WithinStudies(yi - yi[first], vi, columns, study)


def designs_of(study: Index, treatment: Index) -> list[Design]:
    """The treatments of each study, in its order."""
    starts = np.searchsorted(study, np.arange(1, int(study[-1]) + 1))
    return [tuple(int(t) for t in part) for part in np.split(treatment, starts)]


def design_name(treatments: Sequence[str], design: Design) -> str:
    return ":".join(treatments[t] for t in design)


def within_designs(
    yi: Floats, vi: Floats, study: Index, treatment: Index, designs: Sequence[Design]
) -> dict[Design, WithinStudies]:
    """The studies of each design by themselves: together the full design-by-treatment interaction (Higgins et al.
    2012, Res Synth Methods 3:98), in which each design has effects of its own."""
    place = {design: i for i, design in enumerate(sorted(set(designs)))}
    of_arm = np.array([place[design] for design in designs])[study]
    found = {}
    for design, i in place.items():
        arms = np.flatnonzero(of_arm == i)
        codes = (np.unique(of[arms], return_inverse=True)[1] for of in (study, treatment))
        found[design] = network_sample(yi[arms], vi[arms], *codes)
    return found


def q_test(q: float, df: int) -> QTest:
    """Rounding errors below 0 are 0; without degrees of freedom Q is 0 and p 1."""
    q = max(0.0, q) if df > 0 else 0.0
    return QTest(Q=q, df=df, p=chi2_tail(q, df) if df > 0 else 1.0)


# ---- all comparisons ------------------------------------------------------------------------------------------------


def against_all(sample: WithinStudies, tau2: float) -> tuple[Floats, Floats]:
    """(mu, se), each (T, T), row against column; `tau2` is that of an arm, half of a comparison's."""
    at = sample.weigh(np.asarray(tau2))
    theta = np.concatenate([[0.0], at.coefficients])
    covariance = np.pad(at.covariance, ((1, 0), (1, 0)))
    own = np.diagonal(covariance)
    variance = own[:, None] + own - 2 * covariance
    return theta[:, None] - theta, np.sqrt(np.clip(variance, 0, None))


def _effects(
    sample: WithinStudies, tau2: float, treatments: tuple[str, ...], normal: Inference, predict: Inference | None
) -> NetworkEffects:
    mu, se = against_all(sample, tau2)
    spread = np.sqrt(se**2 + 2 * tau2 * (1 - np.eye(len(mu))))
    p = [[_p_value(m, s, normal) for m, s in zip(*rows, strict=True)] for rows in zip(mu, se, strict=True)]
    return NetworkEffects(
        treatments=treatments,
        mu=_matrix(mu),
        se=_matrix(se),
        p=_matrix(np.array(p)),
        ci=_intervals(mu, se, normal),
        pi=None if predict is None else _intervals(mu, spread, predict),
    )


def _p_value(mu: float, se: float, inference: Inference) -> float:
    p = inference.p_value(statistic(mu, se))
    return 1.0 if p is None else p


def _matrix(values: Floats) -> Matrix:
    return tuple(floats(row) for row in values)


def _intervals(mu: Floats, se: Floats, inference: Inference) -> Intervals:
    half = inference.around(0.0, 1.0)[1] * se

    def row(m: Floats, h: Floats) -> tuple[Interval, ...]:
        return tuple(zip(floats(m - h), floats(m + h), strict=True))

    return tuple(row(m, h) for m, h in zip(mu, half, strict=True))


def _prediction(sample: WithinStudies, prediction: str, level: float) -> Inference | None:
    """None where too few degrees of freedom are left for t."""
    if prediction == "z":
        return Inference(None, level)
    return Inference(sample.df - 1, level) if sample.df >= 2 else None


def _cautions(arms: Arms, sample: WithinStudies, tau: Tau2) -> tuple[str, ...]:
    """What a reader of these numbers must know."""
    said = {
        "one study: nothing is pooled, and heterogeneity is not defined": len(arms.studies) == 1,
        "no degree of freedom is left: heterogeneity is not defined, and tau² is 0": sample.df == 0
        and len(arms.studies) > 1,
        "one degree of freedom: tau² is hardly known": sample.df == 1,
        f"the likelihood has {tau.peaks} peaks; this is the highest": tau.peaks > 1,
    }
    return tuple(text for text, applies in said.items() if applies)
