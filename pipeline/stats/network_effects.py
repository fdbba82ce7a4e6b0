"""All comparisons of a network, from effects against one treatment."""

from __future__ import annotations

import numpy as np

from pipeline.stats.effects import Floats
from pipeline.stats.inference import Inference, Interval, statistic
from pipeline.stats.network_result import Intervals, Matrix, NetworkEffects
from pipeline.stats.two_step import floats
from pipeline.stats.within_studies import WithinStudies


def differences(theta: Floats, covariance: Floats) -> tuple[Floats, Floats]:
    """(mu, se), each (T, T), row against column, from the effects (T - 1,) of all treatments against the first."""
    theta, covariance = np.concatenate([[0.0], theta]), np.pad(covariance, ((1, 0), (1, 0)))
    own = np.diagonal(covariance)
    variance = own[:, None] + own - 2 * covariance
    return theta[:, None] - theta, np.sqrt(np.clip(variance, 0, None))


def against_all(sample: WithinStudies, tau2: float) -> tuple[Floats, Floats]:
    """The same of a `network_sample`; `tau2` is that of an arm, half of a comparison's."""
    at = sample.weigh(np.asarray(tau2))
    return differences(at.coefficients, at.covariance)


def network_effects(
    treatments: tuple[str, ...], mu: Floats, se: Floats, normal: Inference, predict: tuple[Floats, Inference] | None
) -> NetworkEffects:
    """`predict` holds the standard deviations (T, T) of a further study's effects, and their distribution."""
    return NetworkEffects(
        treatments=treatments,
        mu=_matrix(mu),
        se=_matrix(se),
        p=tuple(tuple(p_of(m, s, normal) for m, s in zip(*row, strict=True)) for row in zip(mu, se, strict=True)),
        ci=_intervals(mu, se, normal),
        pi=None if predict is None else _intervals(mu, *predict),
    )


def p_of(mu: float, se: float, inference: Inference) -> float:
    """That the effect is 0; 1 where it is 0 without a standard error, as of a treatment against itself."""
    p = inference.p_value(statistic(mu, se))
    return 1.0 if p is None else p


def _matrix(values: Floats) -> Matrix:
    return tuple(floats(row) for row in values)


def _intervals(mu: Floats, se: Floats, inference: Inference) -> Intervals:
    half = inference.around(0.0, 1.0)[1] * se

    def row(m: Floats, h: Floats) -> tuple[Interval, ...]:
        return tuple(zip(floats(m - h), floats(m + h), strict=True))

    return tuple(row(m, h) for m, h in zip(mu, half, strict=True))
