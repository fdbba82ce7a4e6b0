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

from pipeline.stats.effects_two import MEASURES_TWO
from pipeline.stats.heterogeneity import heterogeneity
from pipeline.stats.inference import Inference, one_of
from pipeline.stats.network_arms import Arms, arm_effects, check_connected, checked_arms, informative_arms
from pipeline.stats.network_designs import design_name, designs_of, q_test, within_designs
from pipeline.stats.network_effects import against_all, network_effects
from pipeline.stats.network_result import Network, NetworkEffects
from pipeline.stats.tau2 import Tau2, estimate
from pipeline.stats.two_step import check_level, floats
from pipeline.stats.within_studies import WithinStudies, network_sample

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
    spread = heterogeneity(sample, tau.value, method, level)
    between = spread.intervals["tau2_ci"]
    within = within_designs(yi, vi, arms.study, arms.treatment)
    heterogeneous = q_test(float(within.q_at_zero[0]), within.df)
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
        designs=tuple(design_name(arms.treatments, d) for d in sorted(set(designs_of(arms.study, arms.treatment)))),
        tau2=2 * tau.value,
        se_tau2=None if tau.se is None or method == "PM" else 2 * tau.se,
        **spread.intervals | {"tau2_ci": None if between is None else (2 * between[0], 2 * between[1])},
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


# ---- all comparisons ------------------------------------------------------------------------------------------------


def _effects(
    sample: WithinStudies, tau2: float, treatments: tuple[str, ...], normal: Inference, predict: Inference | None
) -> NetworkEffects:
    mu, se = against_all(sample, tau2)
    spread = np.sqrt(se**2 + 2 * tau2 * (1 - np.eye(len(mu))))
    return network_effects(treatments, mu, se, normal, None if predict is None else (spread, predict))


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
